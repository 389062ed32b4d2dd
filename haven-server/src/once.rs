//! Requests that are sent again under the same `Idempotency-Key`, and are answered but not done again.
//!
//! Kept in memory, for a day and up to a bound: it covers a client that lost an answer, not a restart of the server.
//! What failed may be tried again, also with another request, unless it may have been done all the same: nothing is done
//! twice. For that an answer that is too large to keep, or had to make room, leaves the knowledge that it was given.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use haven_core::{
    Error, ErrorKind, Result,
    door::{self, Reply},
};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

/// How long an answer is kept.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// The most keys that are known.
const MAX_KEPT: usize = 10_000;
/// The largest answer that is kept, and the most of all of them, in bytes.
const MAX_REPLY: usize = 64 * 1024;
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The longest key.
const MAX_KEY: usize = 255;

/// The value of an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(String);

impl Key {
    /// The key of a request; none: it has none. `Invalid` for several.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let mut keys = headers.get_all("idempotency-key").iter();
        match (keys.next(), keys.next()) {
            (Some(_), Some(_)) => Err(Error::invalid("the request has more than one `Idempotency-Key`")),
            (key, _) => key.map(Self::parse).transpose(),
        }
    }

    fn parse(value: &HeaderValue) -> Result<Self> {
        let text = value.to_str().ok().filter(|text| (1..=MAX_KEY).contains(&text.len()));
        text.map(|text| Self(text.to_owned()))
            .ok_or_else(|| Error::invalid(format!("`Idempotency-Key` is 1 to {MAX_KEY} printable ASCII characters")))
    }
}

/// What an operation asks, in short.
pub(crate) fn fingerprint(name: &str, asked: &door::Request) -> [u8; 32] {
    let mut digest = Sha256::new();
    let path = asked.path.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    for part in [name.as_bytes(), asked.query.as_bytes(), &asked.body].into_iter().chain(path) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// The answers that are kept.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    kept: Mutex<Keys>,
}

type Slot = (String, Key);

#[derive(Debug, Default)]
struct Keys {
    slots: HashMap<Slot, Kept>,
    /// The bytes of all answers.
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    since: Instant,
    /// Held by who does what the key stands for.
    turnstile: Arc<Turnstile<()>>,
    /// What it stood for, once that was done.
    done: Option<Done>,
}

#[derive(Debug)]
struct Done {
    asked: [u8; 32],
    how: How,
}

/// How it went.
#[derive(Debug)]
enum How {
    /// Well.
    Answered(Reply),
    /// Well, but the answer is not kept.
    Dropped,
    /// There was no answer in time, and nobody knows.
    Unknown,
}

impl Kept {
    fn new() -> Self {
        Self { since: Instant::now(), turnstile: Arc::default(), done: None }
    }

    fn bytes(&self) -> usize {
        match &self.done {
            Some(Done { how: How::Answered(reply), .. }) => reply.json.len(),
            _ => 0,
        }
    }

    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.turnstile) == 1
    }
}

/// The turn to do what a key stands for. Others with the same key wait until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    slot: Slot,
    asked: [u8; 32],
    _turn: OwnedMutexGuard<()>,
}

/// What a key leads to.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is to be done.
    Turn(Turn),
    /// It was done, and answered like this.
    Answered(Reply),
}

impl Answered {
    /// Waits for the turn of a key. `Invalid` when the key stood for something else, `Conflict` when it was done and the
    /// answer is not known any more or when it may have been done, `Busy` when too many are kept.
    pub(crate) async fn turn(&self, who: &str, key: &Key, asked: [u8; 32]) -> Result<Begun> {
        let slot = (who.to_owned(), key.clone());
        let turnstile = {
            let mut keys = self.keys();
            if keys.slots.get(&slot).is_some_and(|known| known.since.elapsed() >= KEEP && known.is_idle()) {
                keys.forget(&slot);
            }
            if keys.slots.len() >= MAX_KEPT && !keys.slots.contains_key(&slot) {
                keys.make_room()?;
            }
            keys.slots.entry(slot.clone()).or_insert_with(Kept::new).turnstile.clone()
        };
        let turn = turnstile.lock_owned().await;
        let keys = self.keys();
        match keys.slots.get(&slot).and_then(|known| known.done.as_ref()) {
            None => Ok(Begun::Turn(Turn { slot, asked, _turn: turn })),
            Some(done) if done.asked != asked => {
                Err(Error::invalid("this `Idempotency-Key` was used for another request"))
            }
            Some(Done { how: How::Answered(reply), .. }) => Ok(Begun::Answered(reply.clone())),
            Some(Done { how: How::Dropped, .. }) => Err(Error::conflict(
                "this was done before, under this `Idempotency-Key`, and is not done again; its answer is not kept any more",
            )),
            Some(Done { how: How::Unknown, .. }) => Err(Error::conflict(
                "it may have been done: there was no answer in time under this `Idempotency-Key`; look whether it was, and use another key to try again",
            )),
        }
    }

    /// Ends a turn. What was done, or may have been, is kept for who asks again; the key of what else failed stands for
    /// nothing.
    pub(crate) fn end(&self, turn: Turn, reply: &Result<Reply>) {
        let mut keys = self.keys();
        let how = match reply {
            Ok(reply) if reply.json.len() <= MAX_REPLY => Some(How::Answered(reply.clone())),
            Ok(_) => Some(How::Dropped),
            Err(error) if error.kind() == ErrorKind::Timeout => Some(How::Unknown),
            Err(_) => None,
        };
        if let Some(how) = how {
            if let How::Answered(reply) = &how {
                keys.make_room_for(reply.json.len());
                keys.bytes += reply.json.len();
            }
            if let Some(kept) = keys.slots.get_mut(&turn.slot) {
                kept.done = Some(Done { asked: turn.asked, how });
            }
        } else if keys.slots.get(&turn.slot).is_some_and(|kept| Arc::strong_count(&kept.turnstile) <= 2) {
            // Nobody but the map and this turn knows it.
            keys.forget(&turn.slot);
        }
        drop(keys);
        drop(turn);
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.kept.lock().expect("no panic happens under this lock")
    }
}

impl Keys {
    fn forget(&mut self, slot: &Slot) {
        if let Some(kept) = self.slots.remove(slot) {
            self.bytes -= kept.bytes();
        }
    }

    /// Drops the keys that are too old, else the oldest that nobody works on.
    fn make_room(&mut self) -> Result<()> {
        let old = self.slots.iter().filter(|(_, kept)| kept.since.elapsed() >= KEEP && kept.is_idle());
        let old: Vec<Slot> = old.map(|(slot, _)| slot.clone()).collect();
        for slot in &old {
            self.forget(slot);
        }
        if self.slots.len() < MAX_KEPT {
            return Ok(());
        }
        let idle = self.slots.iter().filter(|(_, kept)| kept.is_idle());
        let oldest = idle.min_by_key(|(_, kept)| kept.since).map(|(slot, _)| slot.clone());
        let oldest = oldest.ok_or_else(|| {
            Error::new(ErrorKind::Busy, "too many requests with an `Idempotency-Key` run")
                .retry_in(Duration::from_secs(1))
        })?;
        self.forget(&oldest);
        Ok(())
    }

    /// Drops the oldest answers, until there is room for one more. That they were given stays known.
    fn make_room_for(&mut self, bytes: usize) {
        if self.bytes + bytes <= MAX_BYTES {
            return;
        }
        let mut with_answer: Vec<&mut Kept> = self.slots.values_mut().filter(|kept| kept.bytes() > 0).collect();
        with_answer.sort_unstable_by_key(|kept| kept.since);
        // Half of them at once, so that this is seldom done.
        for kept in with_answer {
            if self.bytes <= MAX_BYTES / 2 {
                break;
            }
            self.bytes -= kept.bytes();
            if let Some(done) = &mut kept.done {
                done.how = How::Dropped;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(&HeaderValue::from_str(text).unwrap()).unwrap()
    }

    fn reply(bytes: usize) -> Reply {
        Reply { json: vec![b' '; bytes], revision: None }
    }

    async fn turn(answered: &Answered, who: &str, name: &str, asked: u8) -> Turn {
        match answered.turn(who, &key(name), [asked; 32]).await.unwrap() {
            Begun::Turn(turn) => turn,
            Begun::Answered(_) => panic!("it was not done yet"),
        }
    }

    #[tokio::test]
    async fn repeats_an_answer_to_the_same_request_of_the_same_person_only() {
        let answered = Answered::default();
        let first = turn(&answered, "a", "k", 1).await;
        answered.end(first, &Ok(reply(2)));
        assert!(matches!(answered.turn("a", &key("k"), [1; 32]).await, Ok(Begun::Answered(_))));
        assert_eq!(answered.turn("a", &key("k"), [2; 32]).await.unwrap_err().kind(), ErrorKind::Invalid);
        turn(&answered, "b", "k", 2).await;
    }

    #[tokio::test]
    async fn a_failure_does_not_burn_the_key_and_leaves_nothing() {
        let answered = Answered::default();
        let first = turn(&answered, "a", "k", 1).await;
        answered.end(first, &Err(Error::unavailable("gone")));
        assert!(answered.keys().slots.is_empty());
        let other = turn(&answered, "a", "k", 2).await;
        answered.end(other, &Ok(reply(2)));
        assert_eq!(answered.keys().bytes, 2);
    }

    #[tokio::test]
    async fn what_may_have_been_done_is_not_done_again() {
        let answered = Answered::default();
        let first = turn(&answered, "a", "k", 1).await;
        answered.end(first, &Err(Error::timeout("no answer")));
        let again = answered.turn("a", &key("k"), [1; 32]).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Conflict);
        assert!(again.message().starts_with("it may have been done"), "{again}");
        assert_eq!(answered.turn("a", &key("k"), [2; 32]).await.unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[tokio::test]
    async fn who_comes_meanwhile_waits_for_the_answer_or_has_the_next_turn() {
        for failed in [false, true] {
            let answered = Arc::new(Answered::default());
            let first = turn(&answered, "a", "k", 1).await;
            let second = tokio::spawn({
                let answered = answered.clone();
                async move { answered.turn("a", &key("k"), [1; 32]).await.unwrap() }
            });
            tokio::task::yield_now().await;
            answered.end(first, &if failed { Err(Error::unavailable("gone")) } else { Ok(reply(2)) });
            assert_eq!(matches!(second.await.unwrap(), Begun::Turn(_)), failed);
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_not_kept_is_said_to_have_been_given() {
        let answered = Answered::default();
        let first = turn(&answered, "a", "k", 1).await;
        answered.end(first, &Ok(reply(MAX_REPLY + 1)));
        assert_eq!(answered.turn("a", &key("k"), [1; 32]).await.unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(answered.keys().bytes, 0);
    }

    #[tokio::test]
    async fn keeps_a_bounded_number_and_a_bounded_size() {
        let answered = Answered::default();
        for number in 0..MAX_KEPT + 10 {
            let next = turn(&answered, "a", &number.to_string(), 1).await;
            answered.end(next, &Ok(reply(MAX_REPLY)));
        }
        let keys = answered.keys();
        assert_eq!(keys.slots.len(), MAX_KEPT);
        assert_eq!(keys.bytes, keys.slots.values().map(Kept::bytes).sum::<usize>());
        assert!(keys.bytes <= MAX_BYTES && keys.bytes > 0);
    }
}
