//! Limits on what is used, with hysteresis: passed once, warned of once, until it is clearly over.

use std::collections::HashMap;

use haven_model::{ContainerId, ContainerStats, NodeMetrics, metrics::MetricsSource};

/// A limit in percent, and where it counts as over again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// At or above this for two samples in a row: a warning.
    pub raise: f64,
    /// Below this: over.
    pub clear: f64,
}

/// The limits of all nodes and containers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// CPU of a machine, of all its cores. Default 90, over below 80.
    pub cpu: Limit,
    /// Memory of a machine. Default 90, over below 85.
    pub memory: Limit,
    /// Each disk of a machine. Default 90, over below 85.
    pub disk: Limit,
    /// Memory of a container that has a limit of its own. Default 90, over below 80.
    pub container_memory: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Limit { raise: 90.0, clear: 80.0 },
            memory: Limit { raise: 90.0, clear: 85.0 },
            disk: Limit { raise: 90.0, clear: 85.0 },
            container_memory: Limit { raise: 90.0, clear: 80.0 },
        }
    }
}

/// What is being watched against a limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Watched {
    /// CPU of the machine.
    Cpu,
    /// Memory of the machine.
    Memory,
    /// A disk of the machine.
    Disk(String),
    /// Memory of a container.
    Container(ContainerId),
}

/// A limit that was passed, or is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Crossing {
    pub(super) what: Watched,
    /// None: it is measured no more.
    pub(super) percent: Option<f64>,
    pub(super) limit: f64,
    pub(super) raised: bool,
}

/// Which limits of a node are passed now.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    states: HashMap<Watched, State>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Above once.
    Suspected,
    Raised,
}

impl Watchdog {
    /// Looks at a machine's figures.
    pub(super) fn node(&mut self, limits: &Limits, metrics: &NodeMetrics) -> Vec<Crossing> {
        // An agent tells of all disks; the sum over containers of none.
        let is_gone = |mount: &str| metrics.source == MetricsSource::Agent && !metrics.disks.contains_key(mount);
        let mut crossings =
            self.forget(limits.disk, |what| if let Watched::Disk(mount) = what { is_gone(mount) } else { false });
        let mut readings = Vec::new();
        if let Some(cpu) = metrics.cpu_percent {
            readings.push((Watched::Cpu, cpu, limits.cpu));
        }
        if let (Some(used), Some(total)) = (metrics.memory_used, metrics.memory_total.filter(|total| *total > 0)) {
            readings.push((Watched::Memory, used as f64 / total as f64 * 100.0, limits.memory));
        }
        for (mount, disk) in metrics.disks.iter().filter(|(_, disk)| disk.total > 0) {
            readings.push((Watched::Disk(mount.clone()), disk.used as f64 / disk.total as f64 * 100.0, limits.disk));
        }
        crossings.extend(readings.into_iter().filter_map(|(what, percent, limit)| self.see(what, percent, limit)));
        crossings
    }

    /// Looks at a container's figures. A limit of the whole machine's memory is none of its own.
    pub(super) fn container(
        &mut self,
        limits: &Limits,
        id: &ContainerId,
        stats: &ContainerStats,
        machine_memory: Option<u64>,
    ) -> Option<Crossing> {
        let own = stats.memory_limit.filter(|limit| machine_memory.is_none_or(|machine| *limit < machine))?;
        let percent = stats.memory as f64 / own.max(1) as f64 * 100.0;
        self.see(Watched::Container(id.clone()), percent, limits.container_memory)
    }

    /// Forgets the containers that do not run; what was raised for one of them is over.
    pub(super) fn retain(&mut self, limits: &Limits, runs: impl Fn(&ContainerId) -> bool) -> Vec<Crossing> {
        self.forget(limits.container_memory, |what| if let Watched::Container(id) = what { !runs(id) } else { false })
    }

    fn forget(&mut self, limit: Limit, is_gone: impl Fn(&Watched) -> bool) -> Vec<Crossing> {
        let gone = self.states.extract_if(|what, _| is_gone(what));
        gone.filter(|(_, state)| *state == State::Raised)
            .map(|(what, _)| Crossing { what, percent: None, limit: limit.raise, raised: false })
            .collect()
    }

    fn see(&mut self, what: Watched, percent: f64, limit: Limit) -> Option<Crossing> {
        let state = self.states.get(&what).copied();
        let crossing = |what, raised| Some(Crossing { what, percent: Some(percent), limit: limit.raise, raised });
        match state {
            None if percent >= limit.raise => {
                self.states.insert(what, State::Suspected);
                None
            }
            Some(State::Suspected) if percent >= limit.raise => {
                self.states.insert(what.clone(), State::Raised);
                crossing(what, true)
            }
            Some(State::Suspected) => {
                self.states.remove(&what);
                None
            }
            Some(State::Raised) if percent < limit.clear => {
                self.states.remove(&what);
                crossing(what, false)
            }
            None | Some(State::Raised) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use haven_model::metrics::DiskUse;

    use super::*;

    #[test]
    fn warns_once_and_clears_once() {
        let limit = Limit { raise: 90.0, clear: 80.0 };
        let mut dog = Watchdog::default();
        let seen: Vec<Option<bool>> = [95.0, 70.0, 95.0, 95.0, 99.0, 85.0, 91.0, 79.0, 85.0]
            .into_iter()
            .map(|percent| dog.see(Watched::Cpu, percent, limit).map(|crossing| crossing.raised))
            .collect();
        let want = [None, None, None, Some(true), None, None, None, Some(false), None];
        assert_eq!(seen, want, "one spike is no warning; between the bounds nothing changes");
    }

    fn disks(source: MetricsSource, used: impl IntoIterator<Item = (&'static str, u64)>) -> NodeMetrics {
        NodeMetrics {
            time: jiff::Timestamp::UNIX_EPOCH,
            source,
            cpu_percent: None,
            memory_used: None,
            memory_total: None,
            disks: used.into_iter().map(|(mount, used)| (mount.to_owned(), DiskUse { total: 100, used })).collect(),
            net: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn a_warning_of_what_is_gone_is_taken_back() {
        let (limits, mut dog) = (Limits::default(), Watchdog::default());
        dog.node(&limits, &disks(MetricsSource::Agent, [("/data", 95)]));
        assert_eq!(dog.node(&limits, &disks(MetricsSource::Agent, [("/data", 95)])).len(), 1, "raised");
        assert_eq!(
            dog.node(&limits, &disks(MetricsSource::Containers, [])),
            [],
            "an agent that is silent mends no disk"
        );
        let over = dog.node(&limits, &disks(MetricsSource::Agent, [("/", 10)]));
        assert!(matches!(&over[..], [Crossing { raised: false, percent: None, .. }]), "unmounted: {over:?}");

        let id = ContainerId::new("a".repeat(64)).unwrap();
        let full = ContainerStats { memory: 99, memory_limit: Some(100), ..ContainerStats::default() };
        dog.container(&limits, &id, &full, Some(1000));
        assert!(dog.container(&limits, &id, &full, Some(1000)).is_some(), "raised");
        assert_eq!(dog.retain(&limits, |_| false).len(), 1, "it stopped");
        assert_eq!(dog.retain(&limits, |_| false), [], "and is told of once");
    }
}
