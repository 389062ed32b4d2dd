//! Everything a simulated engine knows, behind one lock, and how its time passes.
//!
//! Each container has at most one moment at which something is due; [`State::settle`] takes them in order, so that
//! what happened in between has the time and the order that it would have had.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use haven_model::{ContainerId, ContainerRef, EngineEvent, Error, Result, Volume, spec::Protocol};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;

use super::{SimOptions, images::Image, networks::NetworkRecord, record::Record};

/// How many events are remembered for whoever subscribes later: Docker's number.
const REMEMBERED: usize = 256;
/// How many events may wait for one subscriber, before it is dropped.
pub(super) const MAX_BACKLOG: usize = 65_536;

/// The machine.
#[derive(Debug)]
pub(super) struct State {
    pub(super) options: SimOptions,
    pub(super) id: String,
    /// False while the engine is cut off.
    pub(super) connected: bool,
    /// How often it was cut off: streams from before have ended.
    pub(super) epoch: u64,
    pub(super) hangup: Arc<Notify>,
    /// Notified when something is due earlier than was known.
    pub(super) sooner: Arc<Notify>,
    /// The moment that is worked on.
    pub(super) at: Duration,
    /// The time of day at [`Duration::ZERO`].
    zero: Timestamp,
    seed: u64,
    next_pid: u32,
    pub(super) containers: BTreeMap<ContainerId, Box<Record>>,
    pub(super) names: HashMap<String, ContainerId>,
    due: BTreeSet<(Duration, ContainerId)>,
    pub(super) images: BTreeMap<String, Image>,
    /// Image ids by name: `nginx:latest`.
    pub(super) tags: BTreeMap<String, String>,
    pub(super) networks: BTreeMap<String, NetworkRecord>,
    pub(super) volumes: BTreeMap<String, Volume>,
    /// The ports of the host that are taken, on one address or on all.
    pub(super) ports: BTreeSet<(u16, Protocol, Option<IpAddr>)>,
    pub(super) next_port: u16,
    /// How containers ended that were removed at their end, for those who wait for them.
    gone: VecDeque<(ContainerId, i64)>,
    recent: VecDeque<EngineEvent>,
    subscribers: Vec<mpsc::Sender<EngineEvent>>,
    last_event: Timestamp,
}

/// How long what is due may take at a time. A clock that is set by hand does not move meanwhile.
const AT_A_TIME: Duration = Duration::from_millis(20);

impl State {
    pub(super) fn new(clock: &dyn Clock, options: SimOptions) -> Self {
        let mut state = Self {
            id: String::new(),
            connected: true,
            epoch: 0,
            hangup: Arc::default(),
            sooner: Arc::default(),
            at: clock.elapsed(),
            zero: clock.now(),
            seed: clock.random(),
            next_pid: 1_000,
            containers: BTreeMap::new(),
            names: HashMap::new(),
            due: BTreeSet::new(),
            images: BTreeMap::new(),
            tags: BTreeMap::new(),
            networks: BTreeMap::new(),
            volumes: BTreeMap::new(),
            ports: BTreeSet::new(),
            next_port: 49_153,
            gone: VecDeque::new(),
            recent: VecDeque::new(),
            subscribers: Vec::new(),
            last_event: Timestamp::UNIX_EPOCH,
            options,
        };
        state.set_zero(clock);
        state.id = state.new_id();
        state.make_networks();
        for image in state.options.images.clone() {
            state.add_image(&image);
        }
        state
    }

    fn set_zero(&mut self, clock: &dyn Clock) {
        let passed = SignedDuration::try_from(self.at).unwrap_or(SignedDuration::ZERO);
        self.zero = clock.now().saturating_sub(passed).unwrap_or(Timestamp::UNIX_EPOCH);
    }

    /// Does everything that is due by now, in order. Where that takes longer than the time that passes, the rest is late
    /// rather than made up for: what is asked of the engine is answered all the same.
    pub(super) fn settle(&mut self, clock: &dyn Clock) {
        let now = clock.elapsed();
        while let Some((due, id)) = self.due.first().filter(|(due, _)| *due <= now).cloned() {
            self.at = self.at.max(due);
            self.with(&id, Self::tick);
            if clock.elapsed().saturating_sub(now) > AT_A_TIME {
                break;
            }
        }
        self.at = self.at.max(now);
        self.set_zero(clock);
    }

    /// The time of day at the moment that is worked on.
    pub(super) fn time(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.at).unwrap_or(SignedDuration::ZERO);
        self.zero.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// How long until something is due for the container.
    pub(super) fn pause_of(&self, id: &ContainerId) -> Option<Duration> {
        Some(self.containers.get(id)?.due?.saturating_sub(self.at))
    }

    /// How long until something is due at all.
    pub(super) fn pause(&self) -> Option<Duration> {
        Some(self.due.first()?.0.saturating_sub(self.at))
    }

    /// Works on one container and the rest at once, then notes what is due for it and tells who waits.
    pub(super) fn with<T>(&mut self, id: &ContainerId, work: impl FnOnce(&mut Self, &mut Record) -> T) -> Option<T> {
        let mut record = self.containers.remove(id)?;
        let answer = work(self, &mut record);
        let due = if record.removed { None } else { record.next_due() };
        if due != record.due {
            if let Some(before) = record.due.take() {
                self.due.remove(&(before, id.clone()));
            }
            if let Some(due) = due {
                if self.due.first().is_none_or(|(first, _)| due < *first) {
                    self.sooner.notify_waiters();
                }
                self.due.insert((due, id.clone()));
            }
            record.due = due;
        }
        record.changed.notify_waiters();
        if !record.removed {
            self.containers.insert(id.clone(), record);
        }
        Some(answer)
    }

    /// The same for a container that may not exist.
    pub(super) fn on<T>(
        &mut self,
        target: &ContainerRef,
        work: impl FnOnce(&mut Self, &mut Record) -> Result<T>,
    ) -> Result<T> {
        let id = self.find(target)?;
        self.with(&id, work).unwrap_or_else(|| Err(Error::not_found("container", target)))
    }

    /// A container by id, by name, or by the beginning of its id, in this order.
    pub(super) fn find(&self, target: &ContainerRef) -> Result<ContainerId> {
        let text = target.as_str();
        if let Some((id, _)) = self.containers.get_key_value(text) {
            return Ok(id.clone());
        }
        if let Some(id) = self.names.get(text) {
            return Ok(id.clone());
        }
        let mut begins = self.beginning(text);
        match (begins.next(), begins.next()) {
            (Some(record), None) => Ok(record.id.clone()),
            (Some(_), Some(_)) => Err(Error::invalid(format!("several containers' ids begin with `{text}`"))),
            (None, _) => Err(Error::not_found("container", text)),
        }
    }

    /// The containers whose ids begin so.
    pub(super) fn beginning<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Record> {
        let from = (std::ops::Bound::Included(text), std::ops::Bound::Unbounded);
        self.containers
            .range::<str, _>(from)
            .take_while(move |(id, _)| id.as_str().starts_with(text))
            .map(|(_, record)| &**record)
    }

    /// A random number that follows from the clock's seed (SplitMix64).
    pub(super) fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 64 hexadecimal digits.
    pub(super) fn new_id(&mut self) -> String {
        let [a, b, c, d] = [(); 4].map(|()| self.random());
        format!("{a:016x}{b:016x}{c:016x}{d:016x}")
    }

    pub(super) fn new_pid(&mut self) -> u32 {
        self.next_pid = self.next_pid.checked_add(1).unwrap_or(1_000);
        self.next_pid
    }

    /// Remembers how a container ended that is no more.
    pub(super) fn remember_gone(&mut self, id: &ContainerId, code: i64) {
        if self.gone.len() == REMEMBERED {
            self.gone.pop_front();
        }
        self.gone.push_back((id.clone(), code));
    }

    /// How a container ended that is no more: killed, where nothing else is known.
    pub(super) fn code_of_gone(&self, id: &ContainerId) -> i64 {
        self.gone.iter().rev().find(|(gone, _)| gone == id).map_or(137, |(_, code)| *code)
    }

    /// Tells everyone that something happened.
    pub(super) fn emit(
        &mut self,
        kind: &str,
        action: impl Into<String>,
        id: &str,
        attributes: BTreeMap<String, String>,
    ) {
        // Strictly later than the event before: order and identity survive a clock that stands still.
        let after = self.last_event.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX);
        self.last_event = self.time().max(after);
        let event = EngineEvent {
            time: self.last_event,
            kind: kind.to_owned(),
            action: action.into(),
            id: id.to_owned(),
            attributes,
        };
        // A subscriber that does not keep up loses its stream, which it can see, rather than events, which it cannot.
        self.subscribers.retain(|subscriber| subscriber.try_send(event.clone()).is_ok());
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(event);
    }

    /// Events from now on, after those since a time as far as they are remembered.
    pub(super) fn subscribe(&mut self, since: Option<Timestamp>) -> (Vec<EngineEvent>, mpsc::Receiver<EngineEvent>) {
        let (sender, receiver) = mpsc::channel(MAX_BACKLOG);
        self.subscribers.push(sender);
        let before = since
            .map_or_else(Vec::new, |since| self.recent.iter().filter(|event| event.time >= since).cloned().collect());
        (before, receiver)
    }

    /// Ends every stream and refuses calls, or takes them again.
    pub(super) fn set_connected(&mut self, connected: bool) {
        if self.connected == connected {
            return;
        }
        self.connected = connected;
        if !connected {
            self.epoch += 1;
            self.subscribers.clear();
            self.hangup.notify_waiters();
        }
    }
}
