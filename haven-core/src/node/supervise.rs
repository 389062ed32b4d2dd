//! Keeping contact with one engine, and the inventory of its containers true.
//!
//! Subscribe to events and wait until that stands, then list: nothing falls between. Events are hints: a burst gathers
//! for some 50 ms into one list filtered by the ids it names. A whole list comes on a period, which bounds staleness
//! should an event be lost; where it shows what no event told of, events are listened to anew. A ping a few times per
//! `unknown_after` notices an engine that hangs. Whatever breaks ends the watch; the inventory is marked stale first,
//! then contact is tried again with growing pauses.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_model::{
    Container, ContainerFilter, EngineEvent, Error, Event, Result, Severity, system::EngineEventOptions,
};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    NodeSettings,
    connect::Connector,
    details::Details,
    hints::{Dirty, Ended, Untold},
    inventory::{Pool, Summary},
    lastseen::LastSeen,
    state::{NodeState, Order},
    tell::{Teller, event},
};
use crate::{
    clock::Clock,
    engine::{Engine, Hook, Hooked, Stream},
    event::{Heard, Journal},
    store::Store,
};

/// How long a list may take: a busy engine of many containers is slow, and pings tell whether it is there at all.
const LIST: Duration = Duration::from_secs(30);
/// How long the event may be late of a change that a list showed first.
const LATE: Duration = Duration::from_secs(2);
/// How soon a list is taken anew that shows as running what is said to have ended.
const DOUBT: Duration = Duration::from_millis(200);
/// How soon what was last seen is written after a change.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// And how soon it is tried again after it failed.
const SAVE_AGAIN_AFTER: Duration = Duration::from_secs(15);
/// The pauses between attempts to connect.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What every supervisor shares.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) journal: Journal,
    pub(crate) connectors: Arc<[Arc<dyn Connector>]>,
    pub(crate) hooks: Arc<[Arc<dyn Hook>]>,
    pub(crate) settings: Arc<NodeSettings>,
    pub(crate) teller: Arc<Teller>,
    /// What the inventories have in common, and the specifications that were inspected.
    pub(crate) pool: Arc<Pool>,
    pub(crate) details: Arc<Details>,
}

impl Shared {
    /// Tells what this master did, or alone can know.
    pub(super) fn tell(&self, event: Event) {
        self.journal.record(event);
    }

    /// Tells what every master sees by itself.
    pub(super) fn notice(&self, event: Event) {
        self.teller.notice(event);
    }
}

/// Keeps contact with one node until `stop`.
pub(super) struct Supervisor {
    pub(super) shared: Shared,
    pub(super) state: Arc<NodeState>,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) stop: CancellationToken,
    /// The whole service ends, and not this node alone.
    pub(super) closing: CancellationToken,
    /// Since when this process has listened: an engine that has told nothing yet is asked for what came after.
    pub(super) listening: Option<Timestamp>,
    /// What the store holds of the inventory; none: not known, or being written.
    pub(super) last_seen: Option<LastSeen>,
    /// The inventory may hold more than the store does.
    pub(super) unsaved: bool,
}

/// Why a watch ended.
enum Broken {
    /// Contact is lost, or could not be made.
    Lost(Error),
    /// The address or the certificates changed.
    Moved,
    /// Containers changed and no event told of it: those that come are not all, or come no more.
    Deaf,
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Lost(error)
    }
}

type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;
type Saving = Pin<Box<dyn Future<Output = (Option<LastSeen>, Result<()>)> + Send>>;

/// A list on its way: what it was asked for, and the answer.
struct Listing {
    asked: Dirty,
    answer: Pending<(Vec<Container>, Timestamp)>,
}

impl Supervisor {
    pub(super) async fn run(mut self) {
        self.recall().await;
        let mut pause = FIRST_PAUSE;
        let mut told_unknown = false;
        loop {
            let stop = self.stop.clone();
            let broken = tokio::select! {
                broken = self.watch(&mut pause, &mut told_unknown) => broken,
                () = stop.cancelled() => break,
            };
            match broken {
                Broken::Lost(error) => {
                    self.lose_contact(&error, &mut told_unknown);
                    self.save_rest().await;
                }
                Broken::Moved => {
                    self.leave();
                    continue;
                }
                Broken::Deaf => {
                    tracing::warn!(node = %self.state.name, "containers changed and no event told of it: listening anew");
                    self.leave();
                    continue;
                }
            }
            let jitter = Duration::from_millis(self.shared.clock.random() % 250);
            match self.rest(pause + jitter).await {
                Some(true) => pause = FIRST_PAUSE,
                Some(false) => pause = (pause * 2).min(LONGEST_PAUSE),
                None => break,
            }
        }
        self.leave();
        // Of a node that was removed nothing is to be remembered.
        if self.closing.is_cancelled() {
            let (_, done) = self.save().await;
            self.is_unsaved(&done);
        }
    }

    /// Waits before the next try, or until there is a reason to hope for it, which is answered; none: that was all.
    async fn rest(&mut self, pause: Duration) -> Option<bool> {
        let mut sleep = self.shared.clock.sleep(pause);
        loop {
            tokio::select! {
                () = &mut sleep => return Some(false),
                () = self.state.moved.notified() => return Some(true),
                // Nobody can be answered without contact; dropping the sender says so.
                order = self.orders.recv() => drop(order?),
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// Says of nothing any more that it can be counted on.
    fn leave(&self) {
        self.state.inventory.cut();
        self.state.contact().connected = false;
        self.state.engine.store(None);
        self.shared.details.forget(&self.state.name);
    }

    fn last_seen(&self) -> Result<LastSeen> {
        LastSeen::new(self.shared.store.clone(), &self.state.name)
    }

    /// Writes what was last seen, beside what else goes on: the store may be away.
    fn save(&mut self) -> Saving {
        let last_seen = self.last_seen.take().map_or_else(|| self.last_seen(), Ok);
        let reading = self.state.inventory.read();
        Box::pin(async move {
            let mut last_seen = match last_seen {
                Ok(last_seen) => last_seen,
                Err(error) => return (None, Err(error)),
            };
            let done = match reading.as_of {
                Some(as_of) => {
                    let containers = reading.containers().iter().map(Summary::container);
                    last_seen.save(containers, as_of).await
                }
                None => Ok(()),
            };
            (Some(last_seen), done)
        })
    }

    /// Writes what a lost watch had not written yet: this process may not live to see the engine again.
    async fn save_rest(&mut self) {
        if !self.unsaved {
            return;
        }
        let (saving, stop) = (self.save(), self.stop.clone());
        tokio::select! {
            (last_seen, done) = saving => {
                self.last_seen = last_seen;
                self.unsaved = self.is_unsaved(&done);
            }
            () = stop.cancelled() => {}
        }
    }

    /// Logs that what was last seen could not be written; answers whether that is so.
    fn is_unsaved(&self, done: &Result<()>) -> bool {
        if let Err(error) = done {
            tracing::warn!(node = %self.state.name, error = %error.report(), "what was last seen cannot be written");
        }
        done.is_err()
    }

    async fn recall(&mut self) {
        let recalled = async {
            let mut last_seen = self.last_seen()?;
            let (containers, as_of) = last_seen.load().await?;
            self.state.inventory.recall(containers, as_of);
            Ok(last_seen)
        };
        match recalled.await {
            Ok(last_seen) => self.last_seen = Some(last_seen),
            Err(error) => {
                let error: Error = error;
                tracing::warn!(node = %self.state.name, error = %error.report(), "what was last seen is not known");
            }
        }
    }

    fn lose_contact(&self, broken: &Error, told_unknown: &mut bool) {
        let state = &self.state;
        state.inventory.cut();
        let is_new = {
            let mut contact = state.contact();
            let wire = broken.to_wire();
            let is_new = contact.error.as_ref() != Some(&wire);
            contact.error = Some(wire);
            contact.connected = false;
            is_new
        };
        state.engine.store(None);
        self.shared.details.forget(&state.name);
        // Each attempt fails alike: said once.
        if is_new {
            tracing::info!(node = %state.name, error = %broken.report(), "no contact");
        }
        if !std::mem::replace(told_unknown, true) {
            self.notice("unknown", Severity::Warning, format!("node {}: no contact: {broken}", state.name));
        }
    }

    fn notice(&self, action: &str, severity: Severity, message: String) {
        self.shared.notice(event(&*self.shared.clock, &self.state, severity, action, message));
    }

    /// Says that the engine's replay did not reach back to what was heard last.
    fn tell_gap(&self, from: Timestamp, to: Timestamp) {
        let message = format!("node {}: events from {from:.0} to {to:.0} may be missing", self.state.name);
        self.notice("gap", Severity::Warning, message);
    }

    async fn connect(&self) -> Result<Arc<dyn Engine>> {
        let record = self.state.record.load_full();
        let address = record.value.address.as_ref().ok_or_else(|| Error::unavailable("the node has no address yet"))?;
        let connector = self.shared.connectors.iter().find(|connector| connector.serves(address)).ok_or_else(|| {
            Error::new(
                haven_model::ErrorKind::Unsupported,
                format!("this Haven cannot reach addresses like `{address}`"),
            )
        })?;
        let mut engine = connector.connect(&self.state.name, address, record.value.tls.as_ref()).await?;
        for hook in self.shared.hooks.iter() {
            engine = Arc::new(Hooked::named(self.state.name.as_str(), engine, hook.clone()));
        }
        Ok(engine)
    }

    /// Connects and watches until something breaks; answers what broke.
    async fn watch(&mut self, pause: &mut Duration, told_unknown: &mut bool) -> Broken {
        let (engine, events, heard) = match self.begin().await {
            Ok(begun) => begun,
            Err(error) => return error.into(),
        };
        *pause = FIRST_PAUSE;
        if std::mem::take(told_unknown) || self.state.contact().last_seen.is_none() {
            self.notice("online", Severity::Info, format!("node {}: connected", self.state.name));
        }
        // The engine first: a node that is said to be online can be used.
        self.state.engine.store(Some(Arc::new(engine.clone())));
        {
            let mut contact = self.state.contact();
            contact.connected = true;
            contact.last_seen = Some(self.shared.clock.now());
            contact.error = None;
        }
        match self.follow(engine, events, heard).await {
            Ok(never) => match never {},
            Err(broken) => broken,
        }
    }

    /// Subscribes, asks what the engine is, and lists. Answers too how far the engine was heard before.
    async fn begin(&mut self) -> Result<(Arc<dyn Engine>, Stream<EngineEvent>, Option<Heard>)> {
        let patience = self.shared.settings.unknown_after;
        let heard = self.shared.journal.heard(&self.state.name).map(|heard| {
            // While contact lasted, silence meant that nothing happened.
            let known = self.state.contact().last_seen.or(self.state.inventory.read().as_of);
            Heard { newest: heard.newest.max(known.unwrap_or(heard.newest)), ..heard }
        });
        let since = heard.map(|heard| heard.since).or(self.listening);
        let (engine, events) = bounded(self.shared.clock.clone(), patience, async {
            let engine = self.connect().await?;
            let events = engine.events(&EngineEventOptions { since }).await?;
            let (version, info) = (engine.version().await?, engine.info().await?);
            let mut contact = self.state.contact();
            contact.api = Some(version.api);
            contact.info = Some(Arc::new(info));
            drop(contact);
            Ok((engine, events))
        })
        .await?;
        let (containers, as_of) = self.ask(&engine, ContainerFilter::default()).await?;
        self.listening.get_or_insert(as_of);
        self.state.inventory.replace(containers, as_of);
        self.state.inventory.set_dirty(false);
        self.state.inventory.follow();
        // Also what was asked for late of the last contact: nobody heard what changed since.
        self.shared.details.forget(&self.state.name);
        Ok((engine, events, heard))
    }

    /// Follows events until something breaks.
    async fn follow(
        &mut self,
        engine: Arc<dyn Engine>,
        mut events: Stream<EngineEvent>,
        mut unjoined: Option<Heard>,
    ) -> Result<std::convert::Infallible, Broken> {
        let (clock, state) = (self.shared.clock.clone(), self.state.clone());
        let settings = self.shared.settings.clone();
        let (ping_every, ping_patience) = (settings.unknown_after.mul_f64(0.3), settings.unknown_after.mul_f64(0.5));
        let mut dirty = Dirty::default();
        let mut ended = Ended::default();
        let mut untold = Untold::default();
        let mut late = sleep_for(&clock, None);
        let mut doubted = false;
        let mut listing: Option<Listing> = None;
        let mut pinging: Option<Pending<()>> = None;
        let mut saving: Option<Saving> = None;
        let mut gather = sleep_for(&clock, None);
        let mut relist = sleep_for(&clock, settings.relist);
        let mut ping = sleep_for(&clock, Some(ping_every));
        let mut save = sleep_for(&clock, Some(Duration::ZERO));
        let mut unsaved = true;
        self.unsaved = true;
        let mut gathering = false;
        loop {
            if listing.is_none() && !gathering && !dirty.is_empty() {
                gathering = true;
                let wait = if doubted { DOUBT } else { settings.coalesce };
                let wait = if dirty.waiting.is_empty() { wait } else { Duration::ZERO };
                gather = sleep_for(&clock, Some(wait));
            }
            tokio::select! {
                event = events.next() => {
                    let event = event.unwrap_or_else(|| Err(Error::unavailable("the engine ended its events")))?;
                    let cluster = self.state.record.load().value.cluster.clone();
                    let joins = self.shared.journal.record_engine(&self.state.name, cluster.as_ref(), &event);
                    if let Some(heard) = unjoined.take().filter(|_| !joins) {
                        self.tell_gap(heard.newest, event.time);
                    }
                    dirty.mark(&event);
                    self.shared.details.hear(&self.state.name, &event);
                    ended.hear(&event);
                    untold.hear(&event);
                    if !dirty.is_empty() {
                        self.state.inventory.set_dirty(true);
                    }
                }
                () = &mut gather, if gathering && listing.is_none() => {
                    gathering = false;
                    listing = Some(self.list(&engine, std::mem::take(&mut dirty)));
                }
                answer = async { listing.as_mut().expect("guarded by the condition").answer.as_mut().await }, if listing.is_some() => {
                    let Some(done) = listing.take() else { continue };
                    let (containers, as_of) = answer?;
                    let changed = if done.asked.is_whole() {
                        let changes = self.state.inventory.replace(containers, as_of);
                        // Nothing hinted at this list; what it shows to be otherwise must be told of.
                        if done.asked.ids.is_empty() && untold.shown(changes.lifecycle, &dirty.ids) {
                            late = sleep_for(&clock, Some(LATE));
                        }
                        changes.ids
                    } else {
                        self.state.inventory.merge(&done.asked.ids, containers, as_of)
                    };
                    let reading = self.state.inventory.read();
                    let doubts = ended.doubt(|id| reading.get(id).is_some_and(Summary::is_running));
                    doubted = dirty.is_empty() && !doubts.is_empty();
                    dirty.ids.extend(doubts);
                    for id in &changed {
                        self.shared.details.changed(&self.state.name, id);
                    }
                    self.state.inventory.set_dirty(!dirty.is_empty());
                    self.state.contact().last_seen = Some(clock.now());
                    for waiting in done.asked.waiting {
                        let _ = waiting.send(());
                    }
                    self.unsaved |= !changed.is_empty();
                    if !changed.is_empty() && !unsaved {
                        unsaved = true;
                        save = sleep_for(&clock, Some(SAVE_AFTER));
                    }
                }
                () = &mut late, if !untold.is_empty() => return Err(Broken::Deaf),
                () = &mut relist => {
                    dirty.everything = true;
                    relist = sleep_for(&clock, settings.relist);
                }
                () = &mut ping, if pinging.is_none() => {
                    let engine = engine.clone();
                    pinging = Some(Box::pin(bounded(clock.clone(), ping_patience, async move { engine.ping().await })));
                }
                answer = async { pinging.as_mut().expect("guarded by the condition").await }, if pinging.is_some() => {
                    pinging = None;
                    answer?;
                    self.state.contact().last_seen = Some(clock.now());
                    // An engine that remembers would have told again what was heard last.
                    if let Some(heard) = unjoined.take() {
                        self.tell_gap(heard.newest, clock.now());
                    }
                    ping = sleep_for(&clock, Some(ping_every));
                }
                () = &mut save, if unsaved && saving.is_none() => {
                    unsaved = false;
                    saving = Some(self.save());
                }
                (last_seen, done) = async { saving.as_mut().expect("guarded by the condition").await }, if saving.is_some() => {
                    saving = None;
                    self.last_seen = last_seen;
                    self.unsaved = unsaved;
                    if self.is_unsaved(&done) {
                        self.unsaved = true;
                        unsaved = true;
                        save = sleep_for(&clock, Some(SAVE_AGAIN_AFTER));
                    }
                }
                order = self.orders.recv() => match order {
                    Some(Order::Refresh(container, done)) => {
                        match self.state.inventory.read().resolve(&container) {
                            Some(id) => drop(dirty.ids.insert(id)),
                            None => dirty.everything = true,
                        }
                        dirty.waiting.push(done);
                        gathering = false;
                    }
                    None => return Err(Error::unavailable("the node was removed").into()),
                },
                () = state.moved.notified() => return Err(Broken::Moved),
            }
        }
    }

    /// Sends for what is dirty: one request.
    fn list(&self, engine: &Arc<dyn Engine>, asked: Dirty) -> Listing {
        let answer = self.ask(engine, asked.filter());
        Listing { asked, answer: Box::pin(answer) }
    }

    /// Lists containers; answers them and when that was true.
    fn ask(
        &self,
        engine: &Arc<dyn Engine>,
        filter: ContainerFilter,
    ) -> impl Future<Output = Result<(Vec<Container>, Timestamp)>> + use<> {
        let (engine, clock) = (engine.clone(), self.shared.clock.clone());
        bounded(clock.clone(), LIST.max(self.shared.settings.unknown_after), async move {
            let as_of = clock.now();
            Ok((engine.containers(&filter).await?, as_of))
        })
    }
}

/// A pause that may be endless.
fn sleep_for(clock: &Arc<dyn Clock>, duration: Option<Duration>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    match duration {
        Some(duration) => clock.sleep(duration),
        None => Box::pin(std::future::pending()),
    }
}

/// Runs `work` for at most `patience` of the clock.
async fn bounded<T>(clock: Arc<dyn Clock>, patience: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        answer = work => answer,
        () = clock.sleep(patience) => Err(Error::timeout(format!("no answer within {patience:?}"))),
    }
}
