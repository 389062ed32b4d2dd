//! Attempts to sign in, and their bounds.
//!
//! Checking a password is made to be slow. So few are checked at once, who waits for a turn waits only so long, and after
//! some failures an address waits: for one user after few, for all users after more, so that neither guessing at one
//! name nor at many is quick, and who guesses at one locks out nobody else at the same address for a while yet.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use haven_model::{Actor, Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;

/// How many passwords are checked at once.
const AT_ONCE: usize = 2;
/// How long a turn is waited for.
const TURN: Duration = Duration::from_secs(10);
/// How many failures an address has before it waits: for one user, and for all of them.
const FAILURES: u32 = 10;
const ALL_FAILURES: u32 = 50;
/// For how long it waits, and when its failures are forgotten.
const WAIT: Duration = Duration::from_secs(60);
const FORGET: Duration = Duration::from_secs(600);
/// The most addresses, alone and with a user, that are remembered for that.
const REMEMBERED: usize = 10_000;

/// Who tries: the address, and the user it says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tries {
    address: String,
    pub(super) with_user: String,
}

impl Tries {
    pub(super) fn of(actor: &Actor, user: &str) -> Self {
        let address = actor.address.as_deref().map_or_else(String::new, network);
        Self { with_user: format!("{address} {user}"), address }
    }
}

/// Failures, and turns to check a password.
#[derive(Debug)]
pub(super) struct Attempts {
    clock: Arc<dyn Clock>,
    checking: Arc<Semaphore>,
    /// How many, and when the last one was.
    failures: Mutex<HashMap<String, (u32, Duration)>>,
}

impl Attempts {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, checking: Arc::new(Semaphore::new(AT_ONCE)), failures: Mutex::default() }
    }

    /// Waits for a turn to check a password; it lasts until the permit is dropped. `Busy` when it does not come in time.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        tokio::select! {
            biased;
            turn = self.checking.clone().acquire_owned() => {
                turn.map_err(|error| Error::unexpected("sign-in is closed").caused_by(error))
            }
            () = self.clock.sleep(TURN) => {
                Err(Error::new(ErrorKind::Busy, "too many passwords are being checked").retry_in(Duration::from_secs(1)))
            }
        }
    }

    /// `Busy` while an address waits.
    pub(super) fn refuse_if_waiting(&self, who: &Tries) -> Result<()> {
        self.refuse(&self.failures(), who)
    }

    /// Counts an attempt as a failure, until it is known to be [`right`](Self::right): who leaves before it was checked
    /// counts too. `Busy` while the address waits.
    pub(super) fn begin(&self, who: &Tries) -> Result<()> {
        let now = self.clock.elapsed();
        let mut failures = self.failures();
        self.refuse(&failures, who)?;
        for key in [&who.address, &who.with_user] {
            make_room(&mut failures, key, now);
            let (count, since) = failures.entry(key.clone()).or_insert((0, now));
            if now.saturating_sub(*since) >= FORGET {
                *count = 0;
            }
            (*count, *since) = (count.saturating_add(1), now);
        }
        Ok(())
    }

    /// The attempt was none of guessing.
    pub(super) fn right(&self, who: &Tries) {
        let mut failures = self.failures();
        failures.remove(&who.with_user);
        if let Some((count, _)) = failures.get_mut(&who.address) {
            *count = count.saturating_sub(1);
        }
    }

    fn refuse(&self, failures: &HashMap<String, (u32, Duration)>, who: &Tries) -> Result<()> {
        let now = self.clock.elapsed();
        for (key, most) in [(&who.with_user, FAILURES), (&who.address, ALL_FAILURES)] {
            let Some((count, since)) = failures.get(key) else { continue };
            let waited = now.saturating_sub(*since);
            if *count >= most && waited < WAIT {
                return Err(Error::new(ErrorKind::Busy, "too many failed attempts to sign in")
                    .retry_in(WAIT.saturating_sub(waited)));
            }
        }
        Ok(())
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<String, (u32, Duration)>> {
        self.failures.lock().expect("no panic happens under this lock")
    }
}

/// Forgets what is old, else what is oldest, where there is no room for one more.
fn make_room(failures: &mut HashMap<String, (u32, Duration)>, key: &str, now: Duration) {
    if failures.len() < REMEMBERED || failures.contains_key(key) {
        return;
    }
    failures.retain(|_, (_, since)| now.saturating_sub(*since) < FORGET);
    if failures.len() >= REMEMBERED {
        let oldest = failures.iter().min_by_key(|(_, (_, since))| *since).map(|(key, _)| key.clone());
        oldest.and_then(|oldest| failures.remove(&oldest));
    }
}

/// The address without its port, so that a client's connections count together; of IPv6 the part that one customer of a
/// network has for itself.
fn network(address: &str) -> String {
    let ip = address.parse::<SocketAddr>().map(|socket| socket.ip()).or_else(|_| address.parse::<IpAddr>());
    match ip.map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).to_string(),
        Ok(ip) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn attempts() -> (Arc<ManualClock>, Attempts) {
        let clock = Arc::new(ManualClock::seeded(1));
        (clock.clone(), Attempts::new(clock))
    }

    fn tries(address: &str, user: &str) -> Tries {
        Tries::of(&Actor { address: Some(address.to_owned()), ..Actor::system() }, user)
    }

    fn is_busy(answer: Result<()>) -> bool {
        answer.is_err_and(|error| error.kind() == ErrorKind::Busy && error.retry_after().is_some())
    }

    #[test]
    fn who_guesses_with_ever_new_names_waits() {
        let (clock, attempts) = attempts();
        for number in 0..ALL_FAILURES {
            attempts.begin(&tries("10.0.0.9:1", &format!("user-{number}"))).unwrap();
        }
        assert!(is_busy(attempts.refuse_if_waiting(&tries("10.0.0.9:2", "another"))));
        assert!(is_busy(attempts.begin(&tries("10.0.0.9:2", "another"))));
        attempts.begin(&tries("10.0.0.8:1", "another")).unwrap();
        clock.advance(WAIT);
        attempts.begin(&tries("10.0.0.9:2", "another")).unwrap();
        assert!(is_busy(attempts.begin(&tries("10.0.0.9:2", "a third"))), "and again after one more");
        clock.advance(FORGET);
        attempts.begin(&tries("10.0.0.9:2", "another")).unwrap();
        attempts.begin(&tries("10.0.0.9:2", "a third")).unwrap();
    }

    #[test]
    fn what_was_right_does_not_count() {
        let (_, attempts) = attempts();
        let admin = tries("10.0.0.9:1", "admin");
        for _ in 0..2 * ALL_FAILURES {
            attempts.begin(&admin).unwrap();
            attempts.right(&admin);
        }
        for _ in 0..FAILURES {
            attempts.begin(&admin).unwrap();
        }
        assert!(is_busy(attempts.begin(&admin)));
        attempts.begin(&tries("10.0.0.9:1", "another")).unwrap();
    }

    #[test]
    fn the_addresses_of_one_customer_count_as_one() {
        for (one, other, same) in [
            ("[2001:db8:1:2::1]:5", "[2001:db8:1:2:ffff::9]:6", true),
            ("[2001:db8:1:2::1]:5", "[2001:db8:1:3::1]:5", false),
            ("[::ffff:10.0.0.9]:5", "10.0.0.9:6", true),
            ("10.0.0.9", "10.0.0.8", false),
        ] {
            assert_eq!(tries(one, "a") == tries(other, "a"), same, "{one} {other}");
        }
    }

    #[test]
    fn a_bounded_number_is_remembered() {
        let (_, attempts) = attempts();
        for number in 0..REMEMBERED / 2 + 50 {
            attempts.begin(&tries(&format!("host-{number}"), "a")).unwrap();
        }
        assert_eq!(attempts.failures().len(), REMEMBERED);
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_told_so() {
        let (clock, attempts) = attempts();
        let held = [attempts.turn().await.unwrap(), attempts.turn().await.unwrap()];
        let late = async { tokio::join!(attempts.turn(), async { clock.advance(TURN) }).0 };
        assert_eq!(late.await.unwrap_err().kind(), ErrorKind::Busy);
        drop(held);
        assert!(attempts.turn().await.is_ok());
    }
}
