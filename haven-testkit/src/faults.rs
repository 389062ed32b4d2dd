//! Faults by rule and by seed: engines and stores that cannot be reached, are slow, refuse, lose the answer, or kill.
//!
//! [`Faults`] is a list of [`Rule`]s and a seed. It is a [`Hook`] for engines (see
//! [`Hooked`](haven_core::engine::Hooked)) and, through [`FaultyStore`], for stores. Calls are named by seam and method:
//! `engine.start_container`, `store.txn`, `engine.*`, `*`. Every error it makes names the seed, and a run with the same
//! seed and the same order of calls has the same faults.
//!
//! A process that is to die at a given call takes the rule from the variable [`VARIABLE`] with [`Faults::from_env`]:
//! `HAVEN_FAULT=store.txn:3:after` ends it by SIGKILL when its third transaction has taken effect. Only test programs
//! do that; nothing in the SDK reads the variable.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> haven_core::Result<()> {
//! use std::sync::Arc;
//! use haven_core::{ErrorKind, engine::{Containers, Hooked, sim::SimEngine}, model::{ContainerFilter, ContainerSpec, ImageRef}};
//! use haven_testkit::faults::{Fault, Faults, Rule};
//!
//! let faults = Faults::seeded(7).with(Rule::always("engine.create_container", Fault::LoseAnswer));
//! let engine = Hooked::new(Arc::new(SimEngine::default()), Arc::new(faults));
//! let spec = ContainerSpec::new(ImageRef::new("nginx")?);
//! assert_eq!(engine.create_container(None, &spec).await.unwrap_err().kind(), ErrorKind::Timeout);
//! assert_eq!(engine.containers(&ContainerFilter::default()).await?.len(), 1, "it took effect");
//! # Ok(()) }
//! ```

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, future::BoxFuture, stream::BoxStream};
use haven_core::{
    Error, ErrorKind, Result,
    clock::{Clock, SystemClock},
    engine::{Call, Hook},
    model::Revision,
    store::{Entry, Expect, Key, Lease, Snapshot, Status, Store, Watched, Write},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio_util::sync::CancellationToken;

/// The variable that names the call at which a process kills itself.
pub const VARIABLE: &str = "HAVEN_FAULT";

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives: `Unavailable`.
    Unreachable,
    /// It takes so much longer.
    Slow(Duration),
    /// It never arrives, and this is the answer.
    Refuse(ErrorKind),
    /// It takes effect, and nobody hears of it: `Timeout`.
    LoseAnswer,
    /// A stream that it opened ends with `Unavailable`.
    CutStream,
    /// This process is killed before the call arrives.
    KillBefore,
    /// This process is killed when the call has taken effect.
    KillAfter,
}

/// When something goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Which calls: `engine.start_container`, `store.*`, `*`.
    pub op: String,
    /// Only calls on targets that hold this text.
    pub target: String,
    /// How many such calls go well first.
    pub skip: u64,
    /// How many calls it may hit; none: any number.
    pub times: Option<u64>,
    /// How likely it hits, from 0 to 1.
    pub probability: f64,
    /// What goes wrong.
    pub fault: Fault,
}

impl Rule {
    /// Hits every call.
    pub fn always(op: impl Into<String>, fault: Fault) -> Self {
        Self { op: op.into(), target: String::new(), skip: 0, times: None, probability: 1.0, fault }
    }

    /// Hits one call in so many, by chance.
    pub fn sometimes(op: impl Into<String>, probability: f64, fault: Fault) -> Self {
        Self { probability, ..Self::always(op, fault) }
    }

    /// Hits the `number`th call, counted from 1, and no other.
    pub fn nth(op: impl Into<String>, number: u64, fault: Fault) -> Self {
        Self { skip: number.saturating_sub(1), times: Some(1), ..Self::always(op, fault) }
    }

    /// The same for calls on targets that hold `text` only.
    #[must_use]
    pub fn on(self, text: impl Into<String>) -> Self {
        Self { target: text.into(), ..self }
    }

    /// Parses what [`VARIABLE`] holds: `store.txn:3:after`, the number and `before` or `after` may be left out.
    fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!(
                "`{}` is no fault, which looks like `store.txn:3:after`",
                text.chars().take(80).collect::<String>().escape_debug()
            ))
        };
        let mut parts = text.split(':');
        let op = parts.next().filter(|op| op.contains('.')).ok_or_else(wrong)?;
        let number = parts.next().map_or(Ok(1), str::parse).map_err(|_| wrong())?;
        let fault = match (parts.next(), parts.next()) {
            (None | Some("before"), None) => Fault::KillBefore,
            (Some("after"), None) => Fault::KillAfter,
            _ => return Err(wrong()),
        };
        Ok(Self::nth(op, number, fault))
    }

    fn covers(&self, op: &str, target: &str) -> bool {
        let named = match self.op.strip_suffix('*') {
            Some(begin) => op.starts_with(begin),
            None => self.op == op,
        };
        named && target.contains(&self.target)
    }

    /// The moment of a call at which the fault shows.
    fn moment(&self) -> Moment {
        match self.fault {
            Fault::Unreachable | Fault::Slow(_) | Fault::Refuse(_) | Fault::KillBefore => Moment::Before,
            Fault::LoseAnswer | Fault::KillAfter => Moment::After,
            Fault::CutStream => Moment::Item,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    After,
    Item,
}

/// Rules of what goes wrong, and chance from a seed. Clones share everything.
#[derive(Clone, Debug)]
pub struct Faults {
    seed: u64,
    clock: Arc<dyn Clock>,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    healed: AtomicBool,
}

#[derive(Debug)]
struct State {
    random: StdRng,
    /// Each rule, how many calls it covered, and how many it hit.
    rules: Vec<(Rule, u64, u64)>,
}

impl Faults {
    /// No faults yet; chance follows from `seed`.
    pub fn seeded(seed: u64) -> Self {
        let state = Mutex::new(State { random: StdRng::seed_from_u64(seed), rules: Vec::new() });
        let inner = Arc::new(Inner { state, healed: AtomicBool::new(false) });
        Self { seed, clock: Arc::new(SystemClock::default()), inner }
    }

    /// The fault that the environment asks for with [`VARIABLE`]; none where it asks for none.
    ///
    /// `Invalid` when it is no fault.
    pub fn from_env() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(text) => Ok(Self::seeded(0).with(Rule::parse(&text)?)),
            Err(_) => Ok(Self::seeded(0)),
        }
    }

    /// The same, being slow on another clock.
    #[must_use]
    pub fn on_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same with one more rule. The first rule that hits a call decides it, but for slowness, which adds up.
    #[must_use]
    pub fn with(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule while calls go on.
    pub fn add(&self, rule: Rule) {
        self.lock().rules.push((rule, 0, 0));
    }

    /// From now on everything goes well.
    pub fn heal(&self) {
        self.inner.healed.store(true, Ordering::SeqCst);
    }

    /// The seed, to run the same again.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many calls went wrong so far.
    pub fn hits(&self) -> u64 {
        self.lock().rules.iter().map(|(_, _, hits)| hits).sum()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().expect("no panic happens under this lock")
    }

    /// What goes wrong with the call at this moment.
    fn draw(&self, op: &str, target: &str, moment: Moment) -> Vec<Fault> {
        if self.inner.healed.load(Ordering::SeqCst) {
            return Vec::new();
        }
        let mut drawn = Vec::new();
        let State { random, rules } = &mut *self.lock();
        for (rule, covered, hits) in rules {
            if rule.moment() != moment || !rule.covers(op, target) {
                continue;
            }
            *covered += 1;
            let spent = rule.times.is_some_and(|times| *hits >= times);
            if *covered <= rule.skip || spent || !random.random_bool(rule.probability.clamp(0.0, 1.0)) {
                continue;
            }
            *hits += 1;
            drawn.push(rule.fault);
            if !matches!(rule.fault, Fault::Slow(_)) {
                break;
            }
        }
        drawn
    }

    async fn strike(&self, op: &str, target: &str, moment: Moment) -> Result<()> {
        for fault in self.draw(op, target, moment) {
            let error = match fault {
                Fault::Slow(pause) => {
                    self.clock.sleep(pause).await;
                    continue;
                }
                Fault::KillBefore | Fault::KillAfter => kill_this_process().await,
                Fault::Unreachable => Error::unavailable("cannot be reached, as a fault has it"),
                Fault::CutStream => Error::unavailable("the stream was cut, as a fault has it"),
                Fault::Refuse(kind) => Error::new(kind, "refused, as a fault has it"),
                Fault::LoseAnswer => Error::timeout("the answer was lost, as a fault has it"),
            };
            return Err(error.with("fault", op).with("target", target).with("seed", self.seed));
        }
        Ok(())
    }

    async fn around<T>(&self, op: &str, target: &str, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.strike(op, target, Moment::Before).await?;
        let answer = work.await;
        self.strike(op, target, Moment::After).await?;
        answer
    }
}

/// Ends this process as a power cut would: nothing is flushed, nothing is dropped.
async fn kill_this_process() -> Error {
    let killed = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    debug_assert!(killed.is_ok(), "a process may kill itself");
    // The signal is delivered before this goes on; were it not, no later effect may be seen.
    std::future::pending().await
}

#[async_trait]
impl Hook for Faults {
    async fn before(&self, call: Call<'_>) -> Result<()> {
        self.strike(&format!("engine.{}", call.op), call.target, Moment::Before).await
    }

    async fn after(&self, call: Call<'_>, _succeeded: bool) -> Result<()> {
        self.strike(&format!("engine.{}", call.op), call.target, Moment::After).await
    }

    async fn item(&self, call: Call<'_>) -> Result<()> {
        self.strike(&format!("engine.{}", call.op), call.target, Moment::Item).await
    }
}

/// A store whose calls have [`Faults`]: `store.get`, `store.list`, `store.txn`, `store.lease`, `store.lease_put`,
/// `store.compact`, `store.status`.
///
/// A watch never ends by contract, so that the only fault it knows is slowness, at every item of `store.watch`. A
/// transaction's target is its keys, separated by blanks.
#[derive(Clone, Debug)]
pub struct FaultyStore {
    store: Arc<dyn Store>,
    faults: Faults,
    leases: Arc<Mutex<Vec<CancellationToken>>>,
}

impl FaultyStore {
    /// Wraps `store`.
    pub fn new(store: Arc<dyn Store>, faults: Faults) -> Self {
        Self { store, faults, leases: Arc::default() }
    }

    fn leases(&self) -> MutexGuard<'_, Vec<CancellationToken>> {
        self.leases.lock().expect("no panic happens under this lock")
    }

    /// All leases of this store are lost at once, as after a long pause of the process.
    pub fn lose_leases(&self) {
        self.leases().drain(..).for_each(|lease| lease.cancel());
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        self.faults.around("store.get", key.as_str(), self.store.get(key)).await
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        self.faults.around("store.list", prefix.as_str(), self.store.list(prefix)).await
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        let keys: Vec<&str> = writes.iter().map(|write| write.key().as_str()).collect();
        self.faults.around("store.txn", &keys.join(" "), self.store.txn(checks, writes)).await
    }

    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>> {
        let lease = self.faults.around("store.lease", "", self.store.lease(ttl)).await?;
        let lost = lease.lost().child_token();
        let mut leases = self.leases();
        leases.retain(|lease| !lease.is_cancelled());
        leases.push(lost.clone());
        Ok(Box::new(FaultyLease { lease, faults: self.faults.clone(), lost }))
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        let (faults, prefix_text) = (self.faults.clone(), prefix.to_string());
        let slowed = self.store.watch(prefix, since).then(move |item| -> BoxFuture<'static, Result<Watched>> {
            let pauses = faults.draw("store.watch", &prefix_text, Moment::Before);
            let clock = Arc::clone(&faults.clock);
            Box::pin(async move {
                for fault in pauses {
                    if let Fault::Slow(pause) = fault {
                        clock.sleep(pause).await;
                    }
                }
                item
            })
        });
        slowed.boxed()
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        self.faults.around("store.compact", "", self.store.compact(keep)).await
    }

    async fn status(&self) -> Result<Status> {
        self.faults.around("store.status", "", self.store.status()).await
    }
}

#[derive(Debug)]
struct FaultyLease {
    lease: Box<dyn Lease>,
    faults: Faults,
    lost: CancellationToken,
}

#[async_trait]
impl Lease for FaultyLease {
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision> {
        if self.lost.is_cancelled() {
            return Err(Error::unavailable("the lease is lost, as a fault has it").with("seed", self.faults.seed));
        }
        self.faults.around("store.lease_put", key.as_str(), self.lease.put(key, value)).await
    }

    fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kill_is_named_by_call_number_and_moment() {
        let parsed = Rule::parse("store.txn:3:after").unwrap();
        assert_eq!(parsed, Rule::nth("store.txn", 3, Fault::KillAfter));
        assert_eq!(Rule::parse("engine.start_container").unwrap().fault, Fault::KillBefore);
        for text in ["", "txn", "store.txn:x", "store.txn:1:sometime", "store.txn:1:after:more"] {
            assert_eq!(Rule::parse(text).unwrap_err().kind(), ErrorKind::Invalid, "{text}");
        }
    }

    #[test]
    fn the_same_seed_hits_the_same_calls() {
        let run = |seed| -> Vec<bool> {
            let faults = Faults::seeded(seed).with(Rule::sometimes("store.*", 0.3, Fault::Unreachable));
            (0..200).map(|_| !faults.draw("store.get", "", Moment::Before).is_empty()).collect()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).into_iter().filter(|hit| *hit).count();
        assert!((30..90).contains(&hits), "{hits}");
    }

    #[test]
    fn rules_cover_by_name_target_and_number() {
        let faults = Faults::seeded(0).with(Rule::nth("engine.*", 2, Fault::Unreachable).on("web"));
        let hits = |op, target| !faults.draw(op, target, Moment::Before).is_empty();
        assert!(!hits("store.get", "web-1") && !hits("engine.ping", "db-1"));
        assert!(!hits("engine.ping", "web-1"));
        assert!(hits("engine.ping", "web-1"));
        assert!(!hits("engine.ping", "web-1"));
        assert_eq!(faults.hits(), 1);
    }
}
