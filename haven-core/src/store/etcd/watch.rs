//! A watch on etcd that goes on: over lost connections, lost leaders and compaction.
//!
//! etcd's own watch ends with its connection. This one asks again from the last revision that it told, at first at once
//! and then less and less often, and reads the whole prefix where etcd has forgotten what was since.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use etcd_client::{Event, EventType, GetOptions, WatchOptions, WatchResponse, WatchStream};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use haven_model::{ErrorKind, Result, Revision};
use tokio::time::{sleep, timeout};

use super::{
    Inner, MAX_ANSWER,
    failure::{Effect, kind_of, refused},
};
use crate::store::{Change, Entry, Key, Watched};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// How long etcd may take to open a watch.
const OPEN: Duration = Duration::from_secs(4);
/// A watch that lived this long was a good one.
const GOOD: Duration = Duration::from_secs(10);

pub(super) fn watch(store: Arc<Inner>, prefix: Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
    let at = (since.incarnation == store.incarnation).then_some(since.number);
    let watcher = Watcher { store, prefix, at, live: None, ready: VecDeque::new(), pause: FIRST_PAUSE };
    stream::unfold(watcher, |mut watcher| async move {
        let watched = watcher.next().await;
        Some((Ok(watched), watcher))
    })
    .boxed()
}

struct Watcher {
    store: Arc<Inner>,
    prefix: Key,
    /// The last revision that was told; none while the prefix is to be read anew.
    at: Option<u64>,
    live: Option<Live>,
    ready: VecDeque<Watched>,
    pause: Duration,
}

struct Live {
    stream: WatchStream,
    member: usize,
    since: Instant,
}

/// Why a watch cannot go on.
enum Break {
    /// Ask again.
    Lost,
    /// What was since is forgotten.
    Forgotten,
}

impl Watcher {
    async fn next(&mut self) -> Watched {
        loop {
            if let Some(watched) = self.ready.pop_front() {
                return watched;
            }
            let Some(at) = self.at else {
                match self.store.list(&self.prefix).await {
                    Ok(snapshot) => {
                        self.at = Some(snapshot.revision.number);
                        return Watched::Resynced(snapshot);
                    }
                    Err(error) => {
                        tracing::debug!(error = %error.report(), "a watch cannot be resynced");
                        self.rest().await;
                        continue;
                    }
                }
            };
            if let Err(broken) = self.advance(at).await {
                if let Some(live) = self.live.take() {
                    if live.since.elapsed() > GOOD {
                        self.pause = FIRST_PAUSE;
                    }
                    if matches!(broken, Break::Lost) {
                        self.store.members.distrust(live.member);
                    }
                }
                if matches!(broken, Break::Forgotten) {
                    self.at = None;
                }
                self.rest().await;
            }
        }
    }

    /// Waits for the next answer, after opening the watch where it is not.
    async fn advance(&mut self, at: u64) -> Result<(), Break> {
        if self.live.is_none() {
            self.live = Some(self.open(at).await?);
        }
        let Some(live) = &mut self.live else { return Err(Break::Lost) };
        let answer = live.stream.message().await.map_err(broken)?.ok_or(Break::Lost)?;
        self.take(at, &answer)
    }

    async fn open(&mut self, at: u64) -> Result<Live, Break> {
        let (mut client, member) = self.store.members.present_client().await.map_err(|_| Break::Lost)?;
        let (from, to) = self.store.range(&self.prefix);
        // From what is known, not from the next: only so etcd tells for certain whether it has forgotten the next.
        let start = i64::try_from(at.max(1)).unwrap_or(i64::MAX);
        let options = WatchOptions::new().with_range(to).with_start_revision(start).with_progress_notify();
        let opened = timeout(OPEN, async {
            // A watch does not sign in again when its token has run out; a read does, for both.
            client.get(self.store.prefix.as_str(), Some(GetOptions::new().with_keys_only())).await?;
            let mut watching = client.watch_client().max_decoding_message_size(MAX_ANSWER);
            let mut stream = watching.watch(from, Some(options)).await?;
            let created = stream.message().await?;
            Ok::<_, etcd_client::Error>((stream, created))
        });
        let lost = |members: &super::members::Members| {
            members.distrust(member);
            Break::Lost
        };
        let (stream, created) = match opened.await {
            Ok(Ok((stream, Some(created)))) => (stream, created),
            Ok(Err(error)) => {
                tracing::debug!(error = %refused(error, Effect::Reads).report(), "a watch cannot be opened");
                return Err(lost(&self.store.members));
            }
            Ok(Ok((_, None))) | Err(_) => return Err(lost(&self.store.members)),
        };
        // A member may lag behind; only all of them together tell that the store was set back.
        let stands = created.header().map_or(0, |header| u64::try_from(header.revision()).unwrap_or(0));
        if stands < at && self.store.present().await.map_err(|_| Break::Lost)? < at {
            return Err(Break::Forgotten);
        }
        let live = Live { stream, member, since: Instant::now() };
        self.take(at, &created)?;
        Ok(live)
    }

    /// Sorts an answer's events into transactions.
    fn take(&mut self, at: u64, answer: &WatchResponse) -> Result<(), Break> {
        if answer.compact_revision() > 0 {
            return Err(Break::Forgotten);
        }
        if answer.canceled() {
            tracing::warn!(prefix = %self.prefix, reason = answer.cancel_reason(), "etcd ended a watch");
            return Err(Break::Lost);
        }
        let mut changes: Vec<Change> = Vec::new();
        let mut number = 0;
        for event in answer.events() {
            let Some((changed, change)) = self.change(event) else { continue };
            if changed <= at {
                continue;
            }
            if changed != number && !changes.is_empty() {
                self.tell(number, std::mem::take(&mut changes));
            }
            number = changed;
            changes.push(change);
        }
        if !changes.is_empty() {
            self.tell(number, changes);
        } else if let (true, false, Some(header)) = (answer.events().is_empty(), answer.created(), answer.header()) {
            // etcd says that nothing happened until here.
            self.at = self.at.max(u64::try_from(header.revision()).ok());
            self.pause = FIRST_PAUSE;
        }
        Ok(())
    }

    fn tell(&mut self, number: u64, mut changes: Vec<Change>) {
        changes.sort_by(|a, b| a.key().cmp(b.key()));
        self.ready.push_back(Watched::Changed { changes, revision: self.store.revision(number) });
        self.at = Some(number);
        self.pause = FIRST_PAUSE;
    }

    fn change(&self, event: &Event) -> Option<(u64, Change)> {
        let found = event.kv()?;
        let number = u64::try_from(found.mod_revision()).ok()?;
        let key = self.store.key(found.key())?;
        Some(match event.event_type() {
            EventType::Put => {
                let value = Bytes::copy_from_slice(found.value());
                (number, Change::Put(Entry { key, value, revision: self.store.revision(number) }))
            }
            EventType::Delete => (number, Change::Deleted(key)),
        })
    }

    /// Pauses, longer each time, and never all watches at once.
    async fn rest(&mut self) {
        let jitter = rand::random_range(0.5..1.0);
        sleep(self.pause.mul_f64(jitter)).await;
        self.pause = (self.pause * 2).min(LAST_PAUSE);
    }
}

/// Whether a watch that failed was only lost, or too large to be told.
fn broken(error: etcd_client::Error) -> Break {
    let kind = match &error {
        etcd_client::Error::GRpcStatus(status) => kind_of(i32::from(status.code()), Effect::Reads),
        _ => ErrorKind::Unavailable,
    };
    tracing::debug!(error = %refused(error, Effect::Reads).report(), "a watch broke off");
    if matches!(kind, ErrorKind::Conflict | ErrorKind::Busy) { Break::Forgotten } else { Break::Lost }
}
