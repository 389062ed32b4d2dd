//! One simulated container: what it shall be, what it is doing, and how Docker shows it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use haven_model::{
    Connection, Container, ContainerDetail, ContainerId, ContainerSpec, ContainerState, Health, Mount, Port,
    spec::NetworkMode,
};
use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    exec::{Exec, Pipe},
    health::Checks,
    logs::Log,
    networks::NetworkRecord,
    program::{Files, Process},
    state::State,
};

/// A container.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: ContainerId,
    pub(super) name: String,
    pub(super) spec: ContainerSpec,
    pub(super) image_id: String,
    pub(super) created: Timestamp,
    pub(super) state: ContainerState,
    pub(super) run: Option<Run>,
    pub(super) execs: BTreeMap<String, Exec>,
    pub(super) attached: Vec<Arc<Pipe>>,
    pub(super) checks: Option<Checks>,
    /// What [`set_health`](super::SimEngine::set_health) said.
    pub(super) forced_health: Option<bool>,
    pub(super) log: Log,
    pub(super) files: Files,
    pub(super) programs: Arc<[String]>,
    /// Ports of the image that are not published.
    pub(super) exposed: Vec<Port>,
    /// What is mounted, volumes without a name included.
    pub(super) mounts: Vec<Mount>,
    /// Volumes that were made for it alone.
    pub(super) anonymous: Vec<String>,
    /// Networks by name, and the address there while it runs.
    pub(super) networks: BTreeMap<String, Endpoint>,
    pub(super) published: Vec<Port>,
    pub(super) exit_code: Option<i64>,
    pub(super) oom_killed: bool,
    pub(super) error: Option<String>,
    pub(super) started: Option<Timestamp>,
    pub(super) finished: Option<Timestamp>,
    pub(super) restart_count: u64,
    /// When the engine starts it again.
    pub(super) restart_at: Option<Duration>,
    pub(super) backoff: Duration,
    /// Somebody ended it on purpose: it is not started again.
    pub(super) ended_by_hand: bool,
    pub(super) stopping: Option<Stopping>,
    /// How many runs have ended.
    pub(super) runs: u64,
    pub(super) removed: bool,
    pub(super) due: Option<Duration>,
    pub(super) changed: Arc<Notify>,
}

/// A connection to a network: what was chosen of it, and the address while it runs.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) connection: Connection,
    pub(super) address: Option<std::net::Ipv4Addr>,
}

impl Endpoint {
    pub(super) fn of(connection: Connection) -> Self {
        Self { connection, address: None }
    }
}

/// The container's program while it runs.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) process: Process,
    pub(super) began: Duration,
    pub(super) paused_at: Option<Duration>,
    /// How long it was held in all: its own time lags so much behind.
    pub(super) held: Duration,
}

/// A stop that waits for the program to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    /// When it is killed.
    pub(super) kill_at: Option<Duration>,
    pub(super) then_start: bool,
}

impl Record {
    /// When something happens next without anybody asking.
    pub(super) fn next_due(&self) -> Option<Duration> {
        let held = match &self.run {
            Some(run) if run.paused_at.is_none() => Some(run.held),
            _ => None,
        };
        let own = |process: &Process| Some(process.wake_at()?.saturating_add(held?));
        let main = self.run.as_ref().and_then(|run| own(&run.process));
        let execs = self.execs.values().filter(|exec| !exec.pipe.is_full()).filter_map(|exec| own(&exec.process)).min();
        let checks = held.and_then(|held| Some(self.checks.as_ref()?.next_due(held)));
        let kill = self.stopping.and_then(|stopping| stopping.kill_at);
        [main, execs, checks, kill, self.restart_at].into_iter().flatten().min().filter(|due| *due < Duration::MAX)
    }

    pub(super) fn is_running(&self) -> bool {
        self.state.is_running()
    }

    /// Its program and arguments.
    pub(super) fn argv(&self) -> Vec<String> {
        self.spec.entrypoint.iter().chain(&self.spec.command).cloned().collect()
    }

    pub(super) fn health(&self) -> Option<Health> {
        self.run.as_ref()?;
        self.checks.as_ref().map(|checks| checks.status)
    }

    /// As a list shows it: with its image's id, once the name that it was made of means another image or none.
    pub(super) fn summary(&self, state: &State) -> Container {
        let running = self.run.is_some();
        let means_it = state.image(&self.spec.image).is_ok_and(|image| image.detail.summary.id == self.image_id);
        Container {
            id: self.id.clone(),
            name: self.name.clone(),
            image: if means_it { self.spec.image.to_string() } else { self.image_id.clone() },
            image_id: self.image_id.clone(),
            command: self.argv().join(" "),
            created: self.created,
            state: self.state,
            // A list tells of health in the status, where a pause takes its place.
            health: self.health().filter(|_| self.state == ContainerState::Running),
            status: self.status(state.time()),
            ports: if running { self.published.iter().chain(&self.exposed).cloned().collect() } else { Vec::new() },
            labels: self.spec.labels.clone(),
            networks: self.addresses(),
            mounts: self.mounts.clone(),
            truncated: false,
        }
    }

    /// As an inspection shows it.
    pub(super) fn detail(&self, state: &State) -> ContainerDetail {
        ContainerDetail {
            id: self.id.clone(),
            name: self.name.clone(),
            image_id: self.image_id.clone(),
            spec: self.spec_now(),
            created: self.created,
            state: self.state,
            health: self.health(),
            pid: self.run.as_ref().map(|run| run.process.pid),
            exit_code: if self.run.is_some() { None } else { self.exit_code },
            oom_killed: self.oom_killed,
            error: self.error.clone(),
            started: self.started,
            finished: self.finished,
            restart_count: self.restart_count,
            networks: self.addresses(),
            endpoints: self
                .networks
                .iter()
                .map(|(name, own)| (name.clone(), self.endpoint(state, name, own)))
                .collect(),
            ports: self.published.clone(),
            mounts: self.mounts.clone(),
        }
    }

    /// What it was made of, connected as it is now.
    fn spec_now(&self) -> ContainerSpec {
        let mut spec = self.spec.clone();
        let usual = || "bridge".to_owned();
        let mut first = spec.network.as_ref().map_or_else(usual, ToString::to_string);
        if first == "default" || first == "bridge" {
            (first, spec.network) = (usual(), None);
        }
        if matches!(spec.network, Some(NetworkMode::Container(_))) {
            return spec;
        }
        let own = |name: &str| self.networks.values().find(|own| own.connection.network.as_str() == name);
        if own(&first).is_none()
            && let Some(other) = self.networks.values().next()
        {
            first = other.connection.network.to_string();
            spec.network = (first != "bridge").then(|| other.connection.network.clone().into());
        }
        if spec.network.as_ref().is_some_and(NetworkMode::is_user_defined) {
            spec.links.clear();
        }
        let connections = self.networks.values().map(|own| own.connection.clone());
        spec.networks = connections.filter(|own| own.network.as_str() != first || !own.is_plain()).collect();
        spec
    }

    pub(super) fn endpoint(&self, state: &State, name: &str, own: &Endpoint) -> haven_model::container::Endpoint {
        let network = state.networks.get(name);
        let mut aliases = own.connection.aliases.clone();
        if !["bridge", "host", "none"].contains(&name) {
            aliases.push(self.id.short().to_owned());
            let named = |hostname: &&String| **hostname != self.name && !aliases.contains(hostname);
            aliases.extend(self.spec.hostname.as_ref().filter(named).cloned().into_iter().collect::<Vec<_>>());
        }
        let mac = |address: std::net::Ipv4Addr| {
            let [a, b, c, d] = address.octets();
            format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
        };
        haven_model::container::Endpoint {
            network_id: network.map(|network| network.network.id.clone()).unwrap_or_default(),
            ipv4_address: own.address,
            ipv6_address: own.connection.ipv6_address.filter(|_| self.run.is_some()),
            mac_address: own.address.map(|address| own.connection.mac_address.clone().unwrap_or_else(|| mac(address))),
            aliases,
            gateway: network.filter(|_| own.address.is_some()).and_then(NetworkRecord::gateway),
        }
    }

    fn addresses(&self) -> BTreeMap<String, String> {
        let text = |endpoint: &Endpoint| endpoint.address.map(|address| address.to_string()).unwrap_or_default();
        self.networks.iter().map(|(name, endpoint)| (name.clone(), text(endpoint))).collect()
    }

    fn status(&self, now: Timestamp) -> String {
        let since = |moment: Option<Timestamp>| {
            ago(moment.map_or(Duration::ZERO, |moment| now.duration_since(moment).try_into().unwrap_or_default()))
        };
        let code = self.exit_code.unwrap_or_default();
        match self.state {
            ContainerState::Created => "Created".into(),
            ContainerState::Running => {
                let health = match self.health() {
                    Some(Health::Starting) => " (health: starting)",
                    Some(Health::Healthy) => " (healthy)",
                    Some(Health::Unhealthy) => " (unhealthy)",
                    None => "",
                };
                format!("Up {}{health}", since(self.started))
            }
            ContainerState::Paused => format!("Up {} (Paused)", since(self.started)),
            ContainerState::Restarting => format!("Restarting ({code}) {} ago", since(self.finished)),
            ContainerState::Removing => "Removal In Progress".into(),
            ContainerState::Exited => format!("Exited ({code}) {} ago", since(self.finished)),
            ContainerState::Dead => "Dead".into(),
        }
    }

    /// Takes what the program wrote.
    pub(super) fn take_output(&mut self, output: Vec<haven_model::Output>, time: Timestamp) {
        for output in output {
            for pipe in &self.attached {
                pipe.push(output.clone(), true);
            }
            self.log.push(time, output);
        }
    }

    pub(super) fn volumes(&self) -> impl Iterator<Item = &Mount> {
        self.mounts.iter().filter(|mount| mount.kind == haven_model::spec::MountKind::Volume)
    }
}

/// A span of time in Docker's words.
fn ago(span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours) = (seconds / 60, (seconds + 1_800) / 3_600);
    match (seconds, minutes, hours) {
        (0, ..) => "Less than a second".into(),
        (1, ..) => "1 second".into(),
        (..60, ..) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".into(),
        (_, ..60, _) => format!("{minutes} minutes"),
        (.., 1) => "About an hour".into(),
        (.., ..48) => format!("{hours} hours"),
        (.., ..336) => format!("{} days", hours / 24),
        (.., ..1_440) => format!("{} weeks", hours / 168),
        (.., ..17_520) => format!("{} months", hours / 720),
        _ => format!("{} years", hours / 8_760),
    }
}
