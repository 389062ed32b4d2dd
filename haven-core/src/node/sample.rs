//! What nodes and containers use, sampled on a period with bounded concurrency.
//!
//! A node whose agent reports tells its own figures; of one without, the sum over its containers is taken. Limits that
//! are passed become warnings in the journal.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Weak},
    time::Duration,
};

use futures_util::{
    StreamExt as _,
    stream::{self, FuturesUnordered},
};
use haven_model::{
    ContainerId, ContainerStats, Error, ErrorKind, Event, NodeMetrics, NodeName, Result, Severity,
    metrics::{MetricsSource, NetUse},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    inventory::Summary,
    limits::{Crossing, Watched},
    service::NodeService,
    state::NodeState,
    supervise::Shared,
    tell::event,
};
use crate::engine::Engine;

/// How long one sample may take: Docker before API 1.41 takes two readings a second apart.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked which nodes are due.
const TICK: Duration = Duration::from_secs(1);
/// How soon the second sample of a node follows the first.
const SECOND: Duration = Duration::from_secs(2);
/// How many nodes are sampled at the same time.
const NODES: usize = 32;
/// How many samples are kept of a container: some 10 KB, and a quarter of an hour at the default period.
const HISTORY: usize = 60;
/// How many disks, and how many interfaces, are kept of a node's earlier samples.
const REMEMBERED: usize = 8;

/// When a node is sampled next.
#[derive(Default)]
struct Next {
    due: Duration,
    busy: bool,
    /// It was sampled before.
    again: bool,
}

/// Samples each node on the period, until `stop` or until the service is gone; the first time as soon as there is
/// contact, and soon again, since CPU use takes two samples. A node that takes longer than a period costs its own next
/// round, not that of others.
pub(super) async fn run(service: Weak<NodeService>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(NODES));
    let mut plan: HashMap<NodeName, Next> = HashMap::new();
    let mut rounds = FuturesUnordered::new();
    let Some(clock) = service.upgrade().map(|service| service.shared.clock.clone()) else { return };
    loop {
        let Some(period) = service.upgrade().map(|service| service.settings().sample) else { return };
        let mut pause = clock.sleep(period.unwrap_or(TICK).min(TICK));
        loop {
            tokio::select! {
                () = &mut pause => break,
                Some(done) = rounds.next() => {
                    if let Some(next) = plan.get_mut::<NodeName>(&done) {
                        next.busy = false;
                    }
                }
                () = stop.cancelled() => return,
            }
        }
        let Some(service) = service.upgrade() else { return };
        tell_silent_agents(&service);
        let Some(period) = period else { continue };
        let now = clock.elapsed();
        for state in service.states() {
            let Ok(engine) = state.engine() else { continue };
            let next = plan.entry(state.name.clone()).or_default();
            if next.busy || next.due > now {
                continue;
            }
            let after = if next.again { period } else { SECOND.min(period) };
            *next = Next { due: now + after, busy: true, again: true };
            let (shared, places) = (service.shared.clone(), places.clone());
            rounds.push(async move {
                let _place = places.acquire().await;
                node(&shared, &state, engine).await;
                state.name.clone()
            });
        }
        // A node that was away begins anew.
        plan.retain(|_, next| next.busy || next.due + period > now);
    }
}

fn tell_silent_agents(service: &NodeService) {
    let now = service.shared.clock.elapsed();
    for state in service.states() {
        let (silent, was_heard) = {
            let mut agent = state.agent();
            let silent = agent.is_silent(now) && !std::mem::replace(&mut agent.told_silent, true);
            (silent, agent.last_seen.is_some())
        };
        if silent {
            let message = format!("node {}: its agent is silent", state.name);
            let event = event(&*service.shared.clock, &state, Severity::Warning, "agent_silent", message);
            // One that this master never heard may report to another.
            if was_heard || service.shared.teller.is_alone() {
                service.shared.tell(event);
            }
        }
    }
}

/// Samples the running containers of one node.
async fn node(shared: &Shared, state: &NodeState, engine: Arc<dyn Engine>) {
    let reading = state.inventory.read();
    let containers = reading.containers().iter().filter(|container| container.is_running());
    let containers: Vec<(ContainerId, Summary)> = containers.map(|known| (known.id(), known.clone())).collect();
    let running: HashSet<ContainerId> = containers.iter().map(|(id, _)| id.clone()).collect();
    let answers: Vec<((ContainerId, Summary), Result<ContainerStats>)> = stream::iter(containers)
        .map(|container| {
            let engine = engine.clone();
            async move {
                // Without contact each would wait for its own time limit.
                let answer = match state.engine() {
                    Ok(_) => one(&*engine, &container.0).await,
                    Err(error) => Err(error),
                };
                (container, answer)
            }
        })
        .buffer_unordered(shared.settings.sample_concurrency.max(1))
        .collect()
        .await;
    // A container that has ended since uses nothing. One that gave no answer uses what nobody knows.
    let has_ended = |error: &Error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict);
    let is_whole = !answers.iter().any(|(_, answer)| answer.as_ref().is_err_and(|error| !has_ended(error)));
    let samples = answers.into_iter().filter_map(|(container, answer)| answer.ok().map(|stats| (container, stats)));
    let machine_memory = state.memory();
    let mut warnings = Vec::new();
    let sum = {
        let mut figures = state.figures();
        let mut now: HashMap<ContainerId, ContainerStats> = HashMap::with_capacity(running.len());
        for ((id, known), mut stats) in samples {
            let history = figures.containers.entry(id.clone()).or_default();
            stats.cpu_percent = history.back().and_then(|before| stats.cpu_percent_since(before));
            history.push_back(stats.clone());
            if history.len() > HISTORY {
                history.pop_front();
            }
            let crossing = figures.watchdog.container(&shared.settings.limits, &id, &stats, machine_memory);
            warnings.extend(crossing.map(|crossing| (crossing, known.name().to_owned())));
            now.insert(id, stats);
        }
        figures.containers.retain(|id, _| running.contains(id));
        let over = figures.watchdog.retain(&shared.settings.limits, |id| running.contains(id));
        warnings.extend(over.into_iter().map(|crossing| {
            let known = match &crossing.what {
                Watched::Container(id) => reading.get(id),
                _ => None,
            };
            let name = known.map(|known| known.name().to_owned());
            (crossing, name.unwrap_or_else(|| "that was removed".to_owned()))
        }));
        sum(shared, state, &now, machine_memory)
    };
    for (crossing, name) in warnings {
        shared.notice(passed(shared, state, &crossing, &name));
    }
    let agent_tells = state.agent().is_reporting(shared.clock.elapsed());
    if is_whole && !agent_tells {
        take_node(shared, state, sum);
    }
}

async fn one(engine: &dyn Engine, container: &ContainerId) -> Result<ContainerStats> {
    let late = |_| Err(Error::timeout(format!("no sample within {PATIENCE:?}")));
    tokio::time::timeout(PATIENCE, engine.stats(&container.into())).await.unwrap_or_else(late)
}

/// The sum over a node's containers.
fn sum(
    shared: &Shared,
    state: &NodeState,
    stats: &HashMap<ContainerId, ContainerStats>,
    memory_total: Option<u64>,
) -> NodeMetrics {
    let cpus = state.contact().info.as_ref().map_or(1, |info| info.cpus.max(1));
    let known: Vec<f64> = stats.values().filter_map(|stats| stats.cpu_percent).collect();
    let cpu_percent = (!known.is_empty() || stats.is_empty())
        .then(|| known.iter().fold(0.0, |sum, percent| sum + percent) / f64::from(cpus));
    let net = NetUse {
        bytes_in: stats.values().map(|stats| stats.network_rx).sum(),
        bytes_out: stats.values().map(|stats| stats.network_tx).sum(),
    };
    NodeMetrics {
        time: shared.clock.now(),
        source: MetricsSource::Containers,
        cpu_percent,
        memory_used: Some(stats.values().map(|stats| stats.memory).sum()),
        memory_total,
        disks: BTreeMap::new(),
        net: BTreeMap::from([("containers".to_owned(), net)]),
    }
}

/// Takes a node's figures: into its history, and against the limits.
pub(super) fn take_node(shared: &Shared, state: &NodeState, metrics: NodeMetrics) {
    let is_reported = metrics.source == MetricsSource::Agent;
    let crossings = {
        let mut figures = state.figures();
        let crossings = figures.watchdog.node(&shared.settings.limits, &metrics);
        while figures.history.len() >= shared.settings.history.max(1) {
            figures.history.pop_front();
        }
        if let Some(before) = figures.history.back_mut() {
            shorten(before);
        }
        figures.history.push_back(metrics);
        crossings
    };
    for event in crossings.iter().map(|crossing| passed(shared, state, crossing, "")) {
        // An agent reports to one master.
        if is_reported { shared.tell(event) } else { shared.notice(event) }
    }
}

/// Keeps of a sample that is not the newest any more the disks and interfaces of most weight: a machine may have hundreds.
fn shorten(metrics: &mut NodeMetrics) {
    keep_largest(&mut metrics.disks, REMEMBERED, |disk| disk.total);
    keep_largest(&mut metrics.net, REMEMBERED, |net| net.bytes_in.saturating_add(net.bytes_out));
}

/// Keeps the `count` entries of most weight.
pub(super) fn keep_largest<T>(all: &mut BTreeMap<String, T>, count: usize, weight: impl Fn(&T) -> u64) {
    if all.len() > count {
        let mut entries: Vec<(String, T)> = std::mem::take(all).into_iter().collect();
        entries.sort_by_key(|(_, value)| std::cmp::Reverse(weight(value)));
        all.extend(entries.into_iter().take(count));
    }
}

/// A limit that was passed, by the node or by its container of this name, as an event.
fn passed(shared: &Shared, state: &NodeState, crossing: &Crossing, name: &str) -> Event {
    let (action, severity, verb) = if crossing.raised {
        ("limit", Severity::Warning, "above")
    } else {
        ("limit_cleared", Severity::Info, "below")
    };
    let what = match &crossing.what {
        Watched::Cpu => format!("node {}: CPU", state.name),
        Watched::Memory => format!("node {}: memory", state.name),
        Watched::Disk(mount) => format!("node {}: disk {mount}", state.name),
        Watched::Container(_) => format!("container {name}: memory"),
    };
    let message = match crossing.percent {
        Some(percent) => format!("{what} at {percent:.0} %, {verb} the limit of {:.0} %", crossing.limit),
        None => format!("{what} is measured no more, and was above the limit of {:.0} %", crossing.limit),
    };
    let of_node = event(&*shared.clock, state, severity, action, message);
    match &crossing.what {
        Watched::Container(id) => {
            Event { kind: "container".to_owned(), id: id.to_string(), name: name.to_owned(), ..of_node }
        }
        _ => of_node,
    }
}
