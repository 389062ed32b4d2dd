//! Time and chance, passed in: a simulated day takes a second, and a run can be replayed by its seed.
//!
//! Everything that needs the time, a pause or a random number gets a [`Clock`]. [`SystemClock`] is the machine's;
//! [`ManualClock`] stands still until it is moved. Keys and passwords never come from here: those are always the
//! operating system's.

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::sync::watch;

/// Time, pauses and chance.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time of day.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; never goes back, does not jump with the time of day, and goes on while the machine is
    /// suspended where its system can tell.
    fn elapsed(&self) -> Duration;

    /// Ends when `duration` has passed.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// The next random number. Not for secrets.
    fn random(&self) -> u64;
}

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Duration,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: since_boot() }
    }
}

/// Time since the machine was started, suspended or not.
fn since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    rustix::time::clock_gettime(CLOCK).try_into().unwrap_or_default()
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        since_boot().saturating_sub(self.start)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        rand::rng().next_u64()
    }
}

/// A clock that stands still until [`advance`](Self::advance) moves it. Clones are the same clock.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::time::Duration;
/// use haven_core::clock::{Clock, ManualClock};
///
/// let clock = ManualClock::seeded(7);
/// let tomorrow = clock.sleep(Duration::from_secs(86_400));
/// clock.advance(Duration::from_secs(86_400));
/// tomorrow.await;
/// assert_eq!(clock.elapsed(), Duration::from_secs(86_400));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    elapsed: Arc<watch::Sender<Duration>>,
    random: Arc<Mutex<StdRng>>,
}

impl ManualClock {
    /// A clock at 2026-01-01T00:00:00Z whose random numbers follow from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            elapsed: Arc::new(watch::Sender::new(Duration::ZERO)),
            random: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))),
        }
    }

    /// Moves the clock; whoever sleeps until then wakes up.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        /// 2026-01-01T00:00:00Z.
        const START: i64 = 1_767_225_600;
        let start = Timestamp::from_second(START).unwrap_or(Timestamp::UNIX_EPOCH);
        SignedDuration::try_from(self.elapsed())
            .ok()
            .and_then(|passed| start.checked_add(passed).ok())
            .unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let until = self.elapsed().saturating_add(duration);
        let mut elapsed = self.elapsed.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock; without one no time will pass any more.
            if elapsed.wait_for(|now| *now >= until).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    fn random(&self) -> u64 {
        self.random.lock().expect("no panic happens under this lock").next_u64()
    }
}
