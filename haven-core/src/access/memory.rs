//! What is remembered of who showed a token or a password that was right.
//!
//! For a moment, so that a client that signs every request costs one slow check; and for longer, so that looking at the
//! fleet goes on while the store does not answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;

use crate::clock::Clock;

/// How long a checked password is not checked again.
const REMEMBER: Duration = Duration::from_secs(60);
/// How long who was known is still known while the store does not answer.
const WITHOUT_STORE: Duration = Duration::from_secs(15 * 60);
/// The most tokens and passwords remembered for that.
const KNOWN: usize = 10_000;

/// What is remembered.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Arc<dyn Clock>,
    /// Passwords that were right a moment ago, by their fingerprint with the record.
    remembered: Mutex<HashMap<[u8; 32], Duration>>,
    /// Who showed something that was right, by the hash of the token, or by address and user.
    known: Mutex<HashMap<String, Known>>,
}

/// Somebody whose token or password was right a while ago.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) user: String,
    since: Duration,
    /// The fingerprint of the password, where it was one.
    pub(super) password: Option<[u8; 32]>,
    /// When the session ends, where it was a token.
    expires: Timestamp,
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, remembered: Mutex::default(), known: Mutex::default() }
    }

    /// Remembers a password that was checked.
    pub(super) fn remember_password(&self, fingerprint: [u8; 32]) {
        let now = self.clock.elapsed();
        let mut remembered = self.remembered.lock().expect("no panic happens under this lock");
        remembered.retain(|_, since| now.saturating_sub(*since) < REMEMBER);
        remembered.insert(fingerprint, now);
    }

    /// Whether a password was right a moment ago.
    pub(super) fn remembers(&self, fingerprint: &[u8; 32]) -> bool {
        let remembered = self.remembered.lock().expect("no panic happens under this lock");
        remembered.get(fingerprint).is_some_and(|since| self.clock.elapsed().saturating_sub(*since) < REMEMBER)
    }

    /// Remembers who showed something that was right.
    pub(super) fn remember(&self, key: &str, user: &str, password: Option<[u8; 32]>, expires: Timestamp) {
        let since = self.clock.elapsed();
        let mut known = self.known.lock().expect("no panic happens under this lock");
        let has_room = |known: &HashMap<_, _>| known.len() < KNOWN || known.contains_key(key);
        if !has_room(&known) {
            known.retain(|_, known| since.saturating_sub(known.since) < WITHOUT_STORE);
        }
        if has_room(&known) {
            known.insert(key.to_owned(), Known { user: user.to_owned(), since, password, expires });
        }
    }

    /// Who showed something that was right a while ago.
    pub(super) fn known(&self, key: &str) -> Option<Known> {
        let known = self.known.lock().expect("no panic happens under this lock").get(key).cloned();
        known.filter(|known| {
            self.clock.elapsed().saturating_sub(known.since) < WITHOUT_STORE && known.expires > self.clock.now()
        })
    }

    /// Forgets a token: its session has ended.
    pub(super) fn forget(&self, key: &str) {
        self.known.lock().expect("no panic happens under this lock").remove(key);
    }

    /// Forgets everybody.
    pub(super) fn clear(&self) {
        self.remembered.lock().expect("no panic happens under this lock").clear();
        self.known.lock().expect("no panic happens under this lock").clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn who_is_known_is_refreshed_also_when_no_other_can_be_remembered() {
        let clock = Arc::new(ManualClock::seeded(1));
        let memory = Memory::new(clock.clone());
        let remember = |number: usize| memory.remember(&number.to_string(), "admin", None, Timestamp::MAX);
        for number in 0..KNOWN {
            remember(number);
        }
        clock.advance(WITHOUT_STORE / 2);
        remember(0);
        remember(KNOWN);
        clock.advance(WITHOUT_STORE / 2);
        let known = |number: usize| memory.known(&number.to_string()).is_some();
        assert_eq!([known(0), known(1), known(KNOWN)], [true, false, false]);
    }
}
