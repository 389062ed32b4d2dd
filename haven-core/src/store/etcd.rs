//! The clustered store: etcd, which several masters share.
//!
//! [`EtcdStore`] keeps its keys under a prefix, whose own key (`haven/`) holds the store's incarnation. Revisions are etcd's.
//! What fails and how is decided in `failure`, who is asked in `members`.

mod address;
mod failure;
mod lease;
mod members;
mod watch;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use etcd_client::{
    AlarmAction, AlarmType, Compare, CompareOp, GetOptions, GetResponse, KeyValue, ResponseHeader, Txn, TxnOp,
    TxnOpResponse, TxnResponse,
};
use futures_util::stream::BoxStream;
use haven_model::{Error, ErrorKind, Result, Revision};
use rand::{TryRng as _, rngs::SysRng};

use self::{address::Address, failure::Effect, lease::EtcdLease, members::Members};
use super::{
    Entry, Expect, Key, Lease, Snapshot, Status, Store, Watched, Write,
    limits::{check_txn, conflict},
};

/// The oldest etcd that will do.
const OLDEST: (u64, u64) = (3, 4);
/// How many entries a list reads at a time: with the largest values this is 50 MiB.
const PAGE: i64 = 100;
/// The largest answer that is taken.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// How often a list is begun again because what it reads was compacted meanwhile.
const LISTS: u32 = 5;

/// A store on an etcd cluster. Clones are the same store.
#[derive(Clone, Debug)]
pub struct EtcdStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    members: Members,
    prefix: String,
    incarnation: u32,
}

impl EtcdStore {
    /// Connects to `etcd://user:password@host:port,host:port/prefix?ca=FILE&cert=FILE&key=FILE`.
    ///
    /// `Invalid` for another address, `Unavailable` when no member answers, `Unauthenticated` for a wrong password,
    /// `Unsupported` for an etcd before 3.4, naming its version.
    pub async fn connect(url: &str) -> Result<Self> {
        let address = Address::parse(url)?;
        // tonic takes the process's provider; whoever set one before keeps it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let members = Members::new(&address).await?;
        let version = members
            .call(Effect::Reads, |mut client| async move { client.status().await })
            .await
            .map_err(|error| error.with("store", format!("{address:?}")))?;
        suits(version.version())?;
        let mut inner = Inner { members, prefix: address.prefix, incarnation: 0 };
        inner.incarnation = inner.incarnate().await?;
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// Whether this version of etcd will do.
fn suits(version: &str) -> Result<()> {
    let mut parts = version.split(['.', '-']).map(|part| part.parse::<u64>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
        _ => {
            let shown: String = version.chars().take(32).collect();
            let (major, minor) = OLDEST;
            let message = format!("this is etcd `{}`, needed is {major}.{minor} or newer", shown.escape_debug());
            Err(Error::new(ErrorKind::Unsupported, message))
        }
    }
}

impl Inner {
    /// The store's incarnation: drawn once for the prefix, and another on another cluster. A copy that is restored under
    /// the same members and token is the same cluster to etcd; removing the prefix's own key makes it another store.
    async fn incarnate(&self) -> Result<u32> {
        let mut drawn = [0; 4];
        SysRng
            .try_fill_bytes(&mut drawn)
            .map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))?;
        let root = self.prefix.as_str();
        let absent = Compare::version(root, CompareOp::Equal, 0);
        let put = TxnOp::put(root, hex::encode(drawn), None);
        let done = self.commit(vec![absent], vec![put], vec![TxnOp::get(root, None)]).await?;
        if !done.succeeded() {
            let responses = done.op_responses();
            let stored = responses.iter().find_map(|response| match response {
                TxnOpResponse::Get(found) => found.kvs().first(),
                _ => None,
            });
            stored.and_then(|stored| hex::decode_to_slice(stored.value(), &mut drawn).ok()).ok_or_else(|| {
                Error::new(
                    ErrorKind::Unsupported,
                    format!("the key `{root}` in etcd is not Haven's: give another prefix"),
                )
            })?;
        }
        let cluster = done.header().map_or(0, ResponseHeader::cluster_id).to_le_bytes();
        for (at, byte) in cluster.into_iter().enumerate() {
            drawn[at % drawn.len()] ^= byte;
        }
        Ok(u32::from_le_bytes(drawn))
    }

    fn revision(&self, number: u64) -> Revision {
        Revision { incarnation: self.incarnation, number }
    }

    fn revision_of(&self, header: Option<&ResponseHeader>) -> Result<Revision> {
        let number = header.and_then(|header| u64::try_from(header.revision()).ok());
        number.map(|number| self.revision(number)).ok_or_else(|| Error::unexpected("etcd named no revision"))
    }

    /// A key as etcd has it.
    fn raw(&self, key: &Key) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The key that etcd has as `raw`.
    fn key(&self, raw: &[u8]) -> Option<Key> {
        std::str::from_utf8(raw).ok()?.strip_prefix(&self.prefix).and_then(|key| Key::new(key).ok())
    }

    /// From where to where a prefix reaches; never over the incarnation, whose key is empty.
    fn range(&self, prefix: &Key) -> (Vec<u8>, Vec<u8>) {
        let mut from = self.raw(prefix).into_bytes();
        // No byte of UTF-8 is the highest, so that the last can be raised.
        let mut to = from.clone();
        if let Some(last) = to.last_mut() {
            *last += 1;
        }
        if prefix.as_str().is_empty() {
            from.push(0);
        }
        (from, to)
    }

    fn entry(&self, found: &KeyValue) -> Option<Entry> {
        let revision = self.revision(u64::try_from(found.mod_revision()).ok()?);
        Some(Entry { key: self.key(found.key())?, value: Bytes::copy_from_slice(found.value()), revision })
    }

    async fn read(&self, from: Vec<u8>, options: GetOptions) -> Result<GetResponse> {
        self.members
            .call(Effect::Reads, |client| {
                let (from, options) = (from.clone(), options.clone());
                async move { client.kv_client().max_decoding_message_size(MAX_ANSWER).get(from, Some(options)).await }
            })
            .await
    }

    /// The number of the present revision, of the cluster and not of a member.
    async fn present(&self) -> Result<u64> {
        let found = self.read(self.prefix.clone().into_bytes(), GetOptions::new().with_keys_only()).await?;
        Ok(self.revision_of(found.header())?.number)
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        let mut attempt = 1;
        loop {
            match self.list_once(prefix).await {
                Err(error) if error.kind() == ErrorKind::Conflict && attempt < LISTS => attempt += 1,
                result => return result,
            }
        }
    }

    async fn list_once(&self, prefix: &Key) -> Result<Snapshot> {
        let (mut from, to) = self.range(prefix);
        let mut entries = Vec::new();
        let mut revision = None;
        loop {
            let mut options = GetOptions::new().with_range(to.clone()).with_limit(PAGE);
            if let Some(Revision { number, .. }) = revision {
                options = options.with_revision(i64::try_from(number).unwrap_or(i64::MAX));
            }
            let page = self.read(from, options).await?;
            let read_at = match revision {
                Some(revision) => revision,
                None => self.revision_of(page.header())?,
            };
            revision = Some(read_at);
            entries.extend(page.kvs().iter().filter_map(|found| self.entry(found)));
            match page.kvs().last() {
                Some(last) if page.more() => from = [last.key(), &[0]].concat(),
                _ => return Ok(Snapshot { entries, revision: read_at }),
            }
        }
    }

    async fn commit(&self, checks: Vec<Compare>, then: Vec<TxnOp>, otherwise: Vec<TxnOp>) -> Result<TxnResponse> {
        let effect = if then.is_empty() { Effect::Reads } else { Effect::Writes };
        // Reading makes an otherwise empty transaction wait for the leader.
        let root = || TxnOp::get(self.prefix.as_str(), Some(GetOptions::new().with_keys_only()));
        let then = if then.is_empty() { vec![root()] } else { then };
        let txn = Txn::new().when(checks).and_then(then).or_else(otherwise);
        self.members
            .call(effect, |mut client| {
                let txn = txn.clone();
                async move { client.txn(txn).await }
            })
            .await
    }

    /// The check as etcd makes it. etcd takes a missing key for one of revision 0, so that number is never asked for.
    fn compare(&self, key: &Key, expect: &Expect) -> Compare {
        match expect {
            Expect::Absent => Compare::version(self.raw(key), CompareOp::Equal, 0),
            Expect::At(revision) => {
                let known = revision.incarnation == self.incarnation && revision.number > 0;
                let number = if known { i64::try_from(revision.number).unwrap_or(-1) } else { -1 };
                Compare::mod_revision(self.raw(key), CompareOp::Equal, number)
            }
        }
    }

    /// The error of the first check that does not hold, by what etcd read when it refused.
    fn failed(&self, checks: &[(Key, Expect)], found: &TxnResponse) -> Error {
        let responses = found.op_responses();
        for ((key, expect), response) in checks.iter().zip(&responses) {
            let TxnOpResponse::Get(found) = response else { continue };
            let now = found.kvs().first().and_then(|found| u64::try_from(found.mod_revision()).ok());
            let now = now.map(|number| self.revision(number));
            let holds = match expect {
                Expect::Absent => now.is_none(),
                Expect::At(revision) => now == Some(*revision),
            };
            if !holds {
                return conflict(key, *expect, now);
            }
        }
        Error::conflict("a check does not hold")
    }
}

#[async_trait]
impl Store for EtcdStore {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        if key.as_str().is_empty() {
            return Ok(None);
        }
        let found = self.inner.read(self.inner.raw(key).into_bytes(), GetOptions::new()).await?;
        Ok(found.kvs().first().and_then(|found| self.inner.entry(found)))
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        self.inner.list(prefix).await
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        check_txn(checks, writes)?;
        let inner = &self.inner;
        let compares = checks.iter().map(|(key, expect)| inner.compare(key, expect)).collect();
        let ops = writes.iter().map(|write| match write {
            Write::Put(key, value) => TxnOp::put(inner.raw(key), value.clone(), None),
            Write::Delete(key) => TxnOp::delete(inner.raw(key), None),
        });
        let keys_only = || Some(GetOptions::new().with_keys_only());
        let looks = checks.iter().map(|(key, _)| TxnOp::get(inner.raw(key), keys_only())).collect();
        let done = inner.commit(compares, ops.collect(), looks).await?;
        if done.succeeded() { inner.revision_of(done.header()) } else { Err(inner.failed(checks, &done)) }
    }

    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>> {
        Ok(Box::new(EtcdLease::grant(self.inner.clone(), ttl).await?))
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        watch::watch(self.inner.clone(), prefix.clone(), since)
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        let until = self.inner.present().await?.saturating_sub(keep);
        let Some(until) = i64::try_from(until).ok().filter(|until| *until > 0) else { return Ok(()) };
        // Doing it twice does no harm, and having done it before is the same.
        let compacted =
            self.inner.members.call(Effect::Reads, |mut client| async move { client.compact(until, None).await });
        match compacted.await {
            Err(error) if error.kind() != ErrorKind::Conflict => Err(error),
            _ => Ok(()),
        }
    }

    async fn status(&self) -> Result<Status> {
        let members = &self.inner.members;
        let revision = self.inner.revision(self.inner.present().await?);
        let status = members.call(Effect::Reads, |mut client| async move { client.status().await }).await?;
        let asked = members.call(Effect::Reads, |mut client| async move {
            client.alarm(AlarmAction::Get, AlarmType::None, None).await
        });
        let mut alarms = Vec::new();
        match asked.await {
            Ok(found) => {
                for alarm in found.alarms() {
                    let name = match alarm.alarm() {
                        AlarmType::None => continue,
                        AlarmType::Nospace => "NOSPACE",
                        AlarmType::Corrupt => "CORRUPT",
                    };
                    if !alarms.iter().any(|known| known == name) {
                        alarms.push(name.to_owned());
                    }
                }
            }
            // Not every user may ask; what the member itself complains of will do.
            Err(error) if error.kind() == ErrorKind::Denied => alarms.extend(status.errors().iter().cloned()),
            Err(error) => return Err(error),
        }
        let bytes = u64::try_from(status.db_size()).unwrap_or(0);
        Ok(Status { kind: "etcd", revision, bytes, alarms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_etcd_is_refused_by_its_version() {
        for version in ["3.4.0", "3.5.21", "3.7.0-alpha.1", "4.0.0"] {
            suits(version).unwrap();
        }
        for version in ["3.3.27", "2.3.8", "", "3", "x.y"] {
            let error = suits(version).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().contains(&format!("`{version}`")) && error.message().contains("3.4"), "{error}");
        }
    }
}
