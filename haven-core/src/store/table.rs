//! Typed records over a store: versioned, keeping what they do not know, sealed where they hold secrets.

use std::{marker::PhantomData, sync::Arc};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};
use haven_model::{Error, ErrorKind, Result, Revision, secret};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{Change, Entry, Expect, Key, Keyring, Store, Watched, Write, merge::keep_unknown};

/// A record that a [`Table`] keeps. Serialises as a JSON object.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it is, for messages.
    const KIND: &'static str;
    /// The version that is written.
    const VERSION: u32;
    /// Whether it holds secrets, and is sealed.
    const SEALED: bool;

    /// Brings a record of an older version up to [`VERSION`](Self::VERSION): as it is, unless said otherwise.
    fn upgrade(from: u32, value: Value) -> Result<Value> {
        let _ = from;
        Ok(value)
    }
}

/// A record and the revision of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// When it was changed last.
    pub revision: Revision,
    /// The stored fields, where a newer Haven wrote some that this one does not know; those stay when the record is
    /// written again.
    stored: Option<Value>,
}

impl<T> Versioned<T> {
    /// The same record with another value, as written at `revision`.
    #[must_use]
    pub fn changed(&self, value: T, revision: Revision) -> Self {
        Self { value, revision, stored: self.stored.clone() }
    }

    /// A record that was just made.
    pub fn made(value: T, revision: Revision) -> Self {
        Self { value, revision, stored: None }
    }
}

/// How records become bytes: with which keys secrets are sealed.
#[derive(Clone, Debug)]
pub struct Codec {
    keyring: Arc<Keyring>,
}

impl Codec {
    /// A codec that seals with `keyring`.
    pub fn new(keyring: Keyring) -> Self {
        Self { keyring: Arc::new(keyring) }
    }

    fn write<T: Record>(&self, key: &Key, value: &T, before: Option<&Versioned<T>>) -> Result<Bytes> {
        let unfit = |error| Error::unexpected(format!("the {} `{key}` cannot be written", T::KIND)).caused_by(error);
        let mut fields = shown(value).map_err(unfit)?;
        if !T::SEALED && serde_json::to_value(value).map_err(unfit)? != fields {
            return Err(Error::unexpected(format!("a {} holds secrets, so its records must be sealed", T::KIND)));
        }
        if let Some(stored) = before.and_then(|before| before.stored.as_ref()) {
            let known: T = serde_json::from_value(stored.clone()).map_err(unfit)?;
            keep_unknown(stored, &shown(&known).map_err(unfit)?, &mut fields);
        }
        let Value::Object(fields) = fields else {
            return Err(Error::unexpected(format!("a {} is a JSON object", T::KIND)));
        };
        let mut record = Map::from_iter([("v".to_owned(), T::VERSION.into())]);
        record.extend(fields);
        let plain = serde_json::to_vec(&record).map_err(unfit)?;
        if !T::SEALED {
            return Ok(plain.into());
        }
        let sealed = BASE64_STANDARD.encode(self.keyring.seal(key.as_str(), &plain)?);
        serde_json::to_vec(&json!({ "v": T::VERSION, "sealed": sealed })).map(Bytes::from).map_err(unfit)
    }

    fn read<T: Record>(&self, entry: &Entry) -> Result<Versioned<T>> {
        let fields = self.fields::<T>(&entry.key, &entry.value)?;
        let (fields, mut ignored) = (Value::Object(fields), false);
        let value = serde_ignored::deserialize(fields.clone(), |_| ignored = true)
            .map_err(|error| unreadable::<T>(&entry.key, error))?;
        Ok(Versioned { value, revision: entry.revision, stored: ignored.then_some(fields) })
    }

    /// Whether a stored record is sealed with the present key.
    fn is_present(&self, entry: &Entry) -> bool {
        let fields: Option<Map<String, Value>> = serde_json::from_slice(&entry.value).ok();
        let sealed = fields.and_then(|fields| sealed_part(&fields).ok());
        sealed.is_some_and(|sealed| self.keyring.is_present(&sealed))
    }

    /// The fields of a stored record, opened and brought up to date.
    fn fields<T: Record>(&self, key: &Key, bytes: &Bytes) -> Result<Map<String, Value>> {
        let mut fields: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|error| unreadable::<T>(key, error))?;
        if T::SEALED {
            let sealed = sealed_part(&fields).map_err(|error| unreadable::<T>(key, error))?;
            let plain = self.keyring.open(key.as_str(), &sealed)?;
            fields = serde_json::from_slice(&plain).map_err(|error| unreadable::<T>(key, error))?;
        }
        current::<T>(key, fields)
    }

    /// Whether a stored record is sealed with a key that is not given.
    fn lacks_key<T: Record>(&self, entry: &Entry) -> bool {
        if !T::SEALED {
            return false;
        }
        let fields: Option<Map<String, Value>> = serde_json::from_slice(&entry.value).ok();
        let sealed = fields.and_then(|fields| sealed_part(&fields).ok());
        sealed.is_some_and(|sealed| self.keyring.lacks_key(&sealed))
    }
}

/// The fields of a record, brought up to date. `Unsupported` for a newer version names both.
fn current<T: Record>(key: &Key, mut fields: Map<String, Value>) -> Result<Map<String, Value>> {
    let version = fields.shift_remove("v").and_then(|v| v.as_u64()).and_then(|v| u32::try_from(v).ok()).unwrap_or(0);
    if version > T::VERSION {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("the {} `{key}` is of version {version}, this Haven knows {}", T::KIND, T::VERSION),
        ));
    }
    if version == T::VERSION {
        return Ok(fields);
    }
    match T::upgrade(version, Value::Object(fields))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::unexpected(format!("a {} is a JSON object", T::KIND))),
    }
}

/// Reads a record that is in no table, and not sealed.
pub(crate) fn read_plain<T: Record>(entry: &Entry) -> Result<T> {
    let fields = serde_json::from_slice(&entry.value).map_err(|error| unreadable::<T>(&entry.key, error))?;
    let fields = current::<T>(&entry.key, fields)?;
    serde_json::from_value(Value::Object(fields)).map_err(|error| unreadable::<T>(&entry.key, error))
}

/// The bytes of a record that is in no table, and not sealed.
pub(crate) fn write_plain<T: Record>(value: &T) -> Result<Bytes> {
    #[derive(Serialize)]
    struct Plain<'a, T> {
        v: u32,
        #[serde(flatten)]
        fields: &'a T,
    }

    serde_json::to_vec(&Plain { v: T::VERSION, fields: value })
        .map(Bytes::from)
        .map_err(|error| Error::unexpected(format!("a {} cannot be written", T::KIND)).caused_by(error))
}

/// The sealed bytes of a stored record.
fn sealed_part(fields: &Map<String, Value>) -> Result<Vec<u8>, base64::DecodeError> {
    BASE64_STANDARD.decode(fields.get("sealed").and_then(Value::as_str).unwrap_or_default())
}

/// A record's fields, secrets shown.
fn shown<T: Record>(value: &T) -> serde_json::Result<Value> {
    secret::exposed(|| serde_json::to_value(value))
}

fn unreadable<T: Record>(key: &Key, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::unexpected(format!("the {} `{key}` cannot be read", T::KIND)).caused_by(error)
}

/// Typed records under a prefix, by name.
#[derive(Debug)]
pub struct Table<T> {
    store: Arc<dyn Store>,
    prefix: &'static str,
    codec: Codec,
    records: PhantomData<fn() -> T>,
}

/// What a watch on a table tells.
#[derive(Debug)]
pub enum TableEvent<T> {
    /// A record was made or changed.
    Put(String, Versioned<T>),
    /// A record was removed, at this revision.
    Deleted(String, Revision),
    /// Changes were missed: this is all there is.
    Resynced {
        /// All records that can be read.
        records: Vec<(String, Versioned<T>)>,
        /// The names of those that are there and cannot be read.
        unreadable: Vec<String>,
        /// When this was so.
        revision: Revision,
    },
}

impl<T: Record> Table<T> {
    /// The records under `prefix`, which ends with `/`.
    pub fn new(store: Arc<dyn Store>, prefix: &'static str, codec: Codec) -> Self {
        Self { store, prefix, codec, records: PhantomData }
    }

    /// The key of a record, for a transaction. `Invalid` when the name is empty, too long, or has a `/`.
    pub fn key(&self, name: &str) -> Result<Key> {
        if name.is_empty() || name.contains('/') {
            return Err(Error::invalid(format!("`{}` is no name of a {}", name.escape_debug(), T::KIND)));
        }
        Key::new(format!("{}{name}", self.prefix))
    }

    /// The write of a record, for a transaction; `before` is the record that it replaces.
    pub fn put_write(&self, name: &str, value: &T, before: Option<&Versioned<T>>) -> Result<Write> {
        let key = self.key(name)?;
        let bytes = self.codec.write(&key, value, before)?;
        Ok(Write::Put(key, bytes))
    }

    /// One record.
    pub async fn get(&self, name: &str) -> Result<Option<Versioned<T>>> {
        self.find(name).await?.map(|(_, record)| record).transpose()
    }

    /// One record and when it was changed last, which is known of one that cannot be read, too.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<(Revision, Result<Versioned<T>>)>> {
        let entry = self.store.get(&self.key(name)?).await?;
        Ok(entry.map(|entry| (entry.revision, self.codec.read(&entry))))
    }

    /// All records that can be read, ordered by name, and the revision at which this was so. `Unsupported` when the key
    /// of one is not given; one that cannot be read for another reason is logged and passed over.
    pub async fn list(&self) -> Result<(Vec<(String, Versioned<T>)>, Revision)> {
        let snapshot = self.store.list(&Key::new(self.prefix)?).await?;
        if let Some(entry) = snapshot.entries.iter().find(|entry| self.codec.lacks_key::<T>(entry)) {
            self.codec.read::<T>(entry)?;
        }
        Ok((self.read_all(&snapshot.entries).0, snapshot.revision))
    }

    /// All records that can be read and whose names begin so, ordered by name.
    pub(crate) async fn list_named(&self, beginning: &str) -> Result<Vec<(String, Versioned<T>)>> {
        let snapshot = self.store.list(&Key::new(format!("{}{beginning}", self.prefix))?).await?;
        Ok(self.read_all(&snapshot.entries).0)
    }

    /// The records that can be read, and the names of the others.
    fn read_all(&self, entries: &[Entry]) -> (Vec<(String, Versioned<T>)>, Vec<String>) {
        let (mut records, mut unreadable) = (Vec::new(), Vec::new());
        for entry in entries {
            let name = self.name_of(&entry.key);
            match self.codec.read(entry) {
                Ok(record) => records.push((name, record)),
                Err(error) => {
                    tracing::warn!(key = %entry.key, error = %error.report(), "a {} is passed over", T::KIND);
                    unreadable.push(name);
                }
            }
        }
        (records, unreadable)
    }

    fn name_of(&self, key: &Key) -> String {
        key.as_str().strip_prefix(self.prefix).unwrap_or_default().to_owned()
    }

    /// Makes a record. `AlreadyExists` when there is one of this name.
    pub async fn create(&self, name: &str, value: &T) -> Result<Revision> {
        let write = self.put_write(name, value, None)?;
        match self.store.txn(&[(self.key(name)?, Expect::Absent)], &[write]).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                Err(Error::new(ErrorKind::AlreadyExists, format!("a {} `{name}` exists already", T::KIND)))
            }
            done => done,
        }
    }

    /// Replaces a record. `Conflict` when it was changed since `before` was read.
    pub async fn update(&self, name: &str, before: &Versioned<T>, value: &T) -> Result<Revision> {
        let write = self.put_write(name, value, Some(before))?;
        self.store.txn(&[(self.key(name)?, Expect::At(before.revision))], &[write]).await
    }

    /// Removes a record, where a revision is given only at that one (`Conflict`). One that is not there is no change.
    pub async fn delete(&self, name: &str, revision: Option<Revision>) -> Result<Revision> {
        let key = self.key(name)?;
        let checks: Vec<_> = revision.map(|revision| (key.clone(), Expect::At(revision))).into_iter().collect();
        self.store.txn(&checks, &[Write::Delete(key)]).await
    }

    /// Seals with the present key what an older one sealed.
    ///
    /// What cannot be opened is left as it is: who reads it hears why.
    pub async fn reseal(&self) -> Result<()> {
        if !T::SEALED || !self.codec.keyring.has_older() {
            return Ok(());
        }
        for entry in self.store.list(&Key::new(self.prefix)?).await?.entries {
            if self.codec.is_present(&entry) {
                continue;
            }
            let name = self.name_of(&entry.key);
            let Ok(record) = self.codec.read::<T>(&entry) else { continue };
            match self.update(&name, &record, &record.value).await {
                // Somebody changed it meanwhile, and sealed it with what is their present key.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                done => drop(done?),
            }
        }
        Ok(())
    }

    /// Every change after `since`; never ends. A record that cannot be read is an error in between.
    pub fn watch(&self, since: Revision) -> BoxStream<'static, Result<TableEvent<T>>> {
        let table =
            Self { store: self.store.clone(), prefix: self.prefix, codec: self.codec.clone(), records: PhantomData };
        let prefix = Key::new(self.prefix).expect("prefixes are short texts of this program");
        let changes = self.store.watch(&prefix, since);
        changes
            .flat_map(move |watched| {
                let events = match watched {
                    Ok(Watched::Changed { changes, revision }) => {
                        changes.iter().map(|change| table.event(change, revision)).collect()
                    }
                    Ok(Watched::Resynced(snapshot)) => {
                        let (records, unreadable) = table.read_all(&snapshot.entries);
                        vec![Ok(TableEvent::Resynced { records, unreadable, revision: snapshot.revision })]
                    }
                    Err(error) => vec![Err(error)],
                };
                futures_util::stream::iter(events)
            })
            .boxed()
    }

    fn event(&self, change: &Change, revision: Revision) -> Result<TableEvent<T>> {
        Ok(match change {
            Change::Put(entry) => TableEvent::Put(self.name_of(&entry.key), self.codec.read(entry)?),
            Change::Deleted(key) => TableEvent::Deleted(self.name_of(key), revision),
        })
    }
}

#[cfg(test)]
mod tests {
    use haven_model::Secret;
    use serde::Deserialize;

    use super::*;
    use crate::{clock::SystemClock, store::MemoryStore};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Node {
        address: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        #[serde(default)]
        ports: Vec<Port>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Port {
        number: u16,
    }

    impl Record for Node {
        const KIND: &'static str = "node";
        const VERSION: u32 = 2;
        const SEALED: bool = false;

        fn upgrade(_from: u32, mut value: Value) -> Result<Value> {
            value["address"] = value["host"].take();
            Ok(value)
        }
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Login {
        password: Secret,
    }

    impl Record for Login {
        const KIND: &'static str = "login";
        const VERSION: u32 = 1;
        const SEALED: bool = true;

        fn upgrade(from: u32, _value: Value) -> Result<Value> {
            Err(Error::unexpected(format!("there never was a version {from}")))
        }
    }

    /// A record that holds a secret and does not say so.
    #[derive(Debug, Serialize, Deserialize)]
    struct Careless {
        login: Login,
    }

    impl Record for Careless {
        const KIND: &'static str = "careless";
        const VERSION: u32 = 1;
        const SEALED: bool = false;
    }

    fn store() -> Arc<dyn Store> {
        Arc::new(MemoryStore::new(&SystemClock::default()))
    }

    fn table<T: Record>(store: &Arc<dyn Store>, prefix: &'static str) -> Table<T> {
        Table::new(store.clone(), prefix, Codec::new(Keyring::parse(&"11".repeat(32)).unwrap()))
    }

    async fn raw(store: &Arc<dyn Store>, key: &str, value: &Value) {
        store.txn(&[], &[Write::Put(Key::new(key).unwrap(), value.to_string().into())]).await.unwrap();
    }

    async fn stored(store: &Arc<dyn Store>, key: &str) -> Value {
        serde_json::from_slice(&store.get(&Key::new(key).unwrap()).await.unwrap().unwrap().value).unwrap()
    }

    #[tokio::test]
    async fn what_a_newer_program_wrote_stays_at_every_depth_and_what_we_took_away_goes() {
        let (store, key) = (store(), "nodes/a");
        let nodes = table::<Node>(&store, "nodes/");
        let ports = json!([{ "number": 1, "x": "one" }, { "number": 2, "x": "two" }]);
        raw(&store, key, &json!({ "v": 2, "address": "a", "zone": "z", "ports": ports, "colour": "red" })).await;
        let before = nodes.get("a").await.unwrap().unwrap();
        let changed = Node { zone: None, address: "b".into(), ports: vec![Port { number: 2 }, Port { number: 3 }] };
        nodes.update("a", &before, &changed).await.unwrap();
        let ports = json!([{ "number": 2, "x": "two" }, { "number": 3 }]);
        assert_eq!(stored(&store, key).await, json!({ "v": 2, "address": "b", "ports": ports, "colour": "red" }));
        assert_eq!(nodes.get("a").await.unwrap().unwrap().value, changed);
    }

    #[tokio::test]
    async fn the_version_before_is_read_and_a_newer_one_refused_naming_both() {
        let store = store();
        let nodes = table::<Node>(&store, "nodes/");
        raw(&store, "nodes/old", &json!({ "v": 1, "host": "a" })).await;
        assert_eq!(nodes.get("old").await.unwrap().unwrap().value.address, "a");
        raw(&store, "nodes/new", &json!({ "v": 3, "address": "a" })).await;
        let error = nodes.get("new").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("version 3") && error.message().contains("knows 2"), "{error}");
    }

    #[tokio::test]
    async fn one_unreadable_record_fails_no_list_and_is_not_taken_for_deleted() {
        let store = store();
        let nodes = table::<Node>(&store, "nodes/");
        let first = nodes.create("a", &Node { address: "a".into(), zone: None, ports: vec![] }).await.unwrap();
        raw(&store, "nodes/newer", &json!({ "v": 3 })).await;
        raw(&store, "nodes/torn", &json!({ "v": 2, "address": 7 })).await;
        let (records, revision) = nodes.list().await.unwrap();
        assert_eq!(records.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(nodes.find("torn").await.unwrap().unwrap().0, revision);
        store.compact(0).await.unwrap();
        let told = nodes.watch(first).next().await.unwrap().unwrap();
        let TableEvent::Resynced { records: again, unreadable, .. } = told else { panic!("{told:?}") };
        assert_eq!(again, records);
        assert_eq!(unreadable, ["newer", "torn"]);
    }

    #[tokio::test]
    async fn a_record_that_is_sealed_with_a_key_not_given_fails_the_list() {
        let store = store();
        let logins = table::<Login>(&store, "logins/");
        logins.create("a", &Login { password: "s3cret".into() }).await.unwrap();
        raw(&store, "logins/torn", &json!({ "v": 1, "sealed": "AAAA" })).await;
        assert_eq!(logins.list().await.unwrap().0.len(), 1);
        let keyring = Keyring::parse(&"22".repeat(32)).unwrap();
        let other: Table<Login> = Table::new(store.clone(), "logins/", Codec::new(keyring));
        assert_eq!(other.list().await.unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[tokio::test]
    async fn secrets_are_stored_sealed_to_their_place_or_not_at_all() {
        let store = store();
        let logins = table::<Login>(&store, "logins/");
        let login = Login { password: "s3cret".into() };
        logins.create("a", &login).await.unwrap();
        assert_eq!(logins.get("a").await.unwrap().unwrap().value, login);
        assert!(!stored(&store, "logins/a").await.to_string().contains("s3cret"));
        raw(&store, "logins/b", &stored(&store, "logins/a").await).await;
        assert_eq!(logins.get("b").await.unwrap_err().kind(), ErrorKind::Unexpected, "it was moved");
        raw(&store, "logins/a", &json!({ "v": 1, "password": "planted" })).await;
        assert!(logins.get("a").await.is_err(), "it is not sealed");
        let careless = table::<Careless>(&store, "careless/");
        let error = careless.create("a", &Careless { login }).await.unwrap_err();
        assert!(error.message().contains("must be sealed"), "{error}");
    }
}
