//! How a simulated container is made of its specification.

use std::{collections::BTreeMap, time::Duration};

use haven_model::{
    Connection, ContainerId, ContainerName, ContainerSpec, ContainerState, Error, ErrorKind, Mount, NetworkName, Port,
    Result,
    spec::{MountKind, NetworkMode, Protocol},
};

use super::{
    record::{Endpoint, Record},
    state::State,
};

impl State {
    pub(super) fn refuse_taken(&self, name: &str) -> Result<()> {
        match self.names.get(name) {
            Some(id) => Err(Error::new(
                ErrorKind::AlreadyExists,
                format!("the name `{name}` is taken by container `{}`", id.short()),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn create(&mut self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId> {
        let image = self.image(&spec.image)?.clone();
        if matches!(spec.network, Some(NetworkMode::Container(_))) && !spec.expose.is_empty() {
            return Err(Error::invalid("a container in the network of another exposes no ports"));
        }
        let mut spec = spec.merged(&image.detail);
        self.check(&spec)?;
        let connections = self.connections(&spec)?;
        self.settle_modes(&mut spec);
        if let Some(name) = name {
            self.refuse_taken(name.as_str())?;
        }
        let id = ContainerId::new(self.new_id())?;
        let name = name.map_or_else(|| self.new_name(), ToString::to_string);
        let (mounts, anonymous) = self.mounts(&spec);
        let record = Record {
            exposed: spec.expose.iter().filter_map(|port| exposed(port)).collect(),
            id: id.clone(),
            name: name.clone(),
            image_id: image.detail.summary.id.clone(),
            created: self.time(),
            state: ContainerState::Created,
            run: None,
            execs: BTreeMap::new(),
            attached: Vec::new(),
            checks: None,
            forced_health: None,
            log: super::logs::Log::default(),
            files: super::program::Files::default(),
            programs: image.programs.as_slice().into(),
            mounts,
            anonymous,
            networks: connections,
            published: Vec::new(),
            exit_code: None,
            oom_killed: false,
            error: None,
            started: None,
            finished: None,
            restart_count: 0,
            restart_at: None,
            backoff: Duration::ZERO,
            ended_by_hand: false,
            stopping: None,
            runs: 0,
            removed: false,
            due: None,
            changed: std::sync::Arc::default(),
            spec,
        };
        for name in record.networks.keys() {
            if let Some(network) = self.networks.get_mut(name) {
                network.members.insert(id.clone());
            }
        }
        self.names.insert(name, id.clone());
        self.emit_container(&record, "create", &[]);
        self.containers.insert(id.clone(), Box::new(record));
        Ok(id)
    }

    /// How it is connected, by the networks' names. One that is not there is found missing at the start.
    fn connections(&self, spec: &ContainerSpec) -> Result<BTreeMap<String, Endpoint>> {
        let usual;
        let first = match &spec.network {
            Some(NetworkMode::Container(_)) if spec.networks.is_empty() => return Ok(BTreeMap::new()),
            Some(NetworkMode::Container(_)) => {
                return Err(Error::invalid("a container in the network of another is in no network of its own"));
            }
            Some(NetworkMode::Network(network)) if network.as_str() != "default" => network,
            _ => {
                usual = NetworkName::new("bridge")?;
                &usual
            }
        };
        let mut connections = BTreeMap::new();
        let links = if first.as_str() == "bridge" { Vec::new() } else { spec.links.clone() };
        let own = Connection { links, ..Connection::to(first.clone()) };
        connections.insert(self.name_of(first.as_str()), own);
        let mut seen = Vec::new();
        for connection in &spec.networks {
            if seen.contains(&&connection.network) {
                return Err(Error::invalid(format!("two connections to network `{}`", connection.network)));
            }
            seen.push(&connection.network);
            let is_first = connection.network == *first;
            if !is_first {
                // It is connected to them one by one, as it would be later.
                self.find_network(connection.network.as_str())?;
                self.check_connection(connection)?;
            }
            let own = connections.entry(self.name_of(connection.network.as_str()));
            own.and_modify(|own| {
                let links = [std::mem::take(&mut own.links), connection.links.clone()].concat();
                *own = Connection { links, ..connection.clone() };
            })
            .or_insert_with(|| connection.clone());
        }
        let host = |name: &String| name == "host";
        if connections.len() > 1 && connections.keys().any(host) {
            return Err(Error::invalid("a container is on the host's network alone or not at all"));
        }
        Ok(connections.into_iter().map(|(name, connection)| (name, Endpoint::of(connection))).collect())
    }

    /// Others whose namespaces it has are known by their ids from then on.
    fn settle_modes(&self, spec: &mut ContainerSpec) {
        if let Some(NetworkMode::Container(other)) = &mut spec.network
            && let Ok(id) = self.find(other)
        {
            *other = id.into();
        }
        for mode in [&mut spec.pid_mode, &mut spec.ipc_mode].into_iter().flatten() {
            let other = mode.strip_prefix("container:").and_then(|other| other.parse().ok());
            if let Some(id) = other.and_then(|other| self.find(&other).ok()) {
                *mode = format!("container:{id}");
            }
        }
    }

    /// A network's name, where it is told by its id.
    fn name_of(&self, network: &str) -> String {
        self.find_network(network).map_or_else(|_| network.to_owned(), |found| found.network.name.clone())
    }

    /// What is mounted, and which of it was made for this container alone.
    fn mounts(&mut self, spec: &ContainerSpec) -> (Vec<Mount>, Vec<String>) {
        let mut mounts: Vec<Mount> = spec
            .mounts
            .iter()
            .map(|mount| Mount {
                read_only: mount.read_only,
                driver: mount.driver.clone().filter(|driver| driver != "local"),
                ..Mount::new(mount.kind, &mount.source, &mount.target)
            })
            .collect();
        for other in &spec.volumes_from {
            let (name, mode) = other.split_once(':').unwrap_or((other, "rw"));
            let from = name.parse().ok().and_then(|name| self.find(&name).ok()).and_then(|id| self.containers.get(&id));
            for mount in from.iter().flat_map(|record| &record.mounts) {
                if mount.kind != MountKind::Tmpfs && !mounts.iter().any(|own| own.target == mount.target) {
                    mounts.push(Mount { read_only: mount.read_only || mode == "ro", ..mount.clone() });
                }
            }
        }
        let mut anonymous = Vec::new();
        for mount in mounts.iter_mut().filter(|mount| mount.kind == MountKind::Volume) {
            if mount.source.is_empty() {
                mount.source = self.new_id();
                anonymous.push(mount.source.clone());
            }
            let made = spec.mounts.iter().find(|own| own.target == mount.target);
            let labels = made.map(|own| own.labels.clone()).unwrap_or_default();
            let options = made.map(|own| own.driver_options.clone()).unwrap_or_default();
            self.make_volume(&mount.source, mount.driver.as_deref().unwrap_or("local"), &labels, &options);
        }
        mounts.sort_by(|one, other| one.target.cmp(&other.target));
        (mounts, anonymous)
    }

    /// A name that is free, as Docker makes them up.
    fn new_name(&mut self) -> String {
        const FIRST: [&str; 8] = ["calm", "eager", "kind", "lucid", "quiet", "swift", "wise", "zen"];
        const SECOND: [&str; 8] = ["bay", "cove", "dock", "ferry", "harbor", "jetty", "pier", "quay"];
        loop {
            let number = self.random();
            let [first, second] = [FIRST[(number % 8) as usize], SECOND[(number / 8 % 8) as usize]];
            let name = format!("{first}_{second}_{:06x}", number >> 40);
            if !self.names.contains_key(&name) {
                return name;
            }
        }
    }
}

/// A port as it stands in a specification, `80/tcp`.
pub(super) fn exposed(text: &str) -> Option<Port> {
    let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let protocol =
        [Protocol::Tcp, Protocol::Udp, Protocol::Sctp].into_iter().find(|known| known.as_str() == protocol)?;
    Some(Port { container: port.parse().ok()?, host: None, address: None, protocol })
}
