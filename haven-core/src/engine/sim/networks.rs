//! The networks of a simulated engine, with addresses given out as Docker's bridge driver does.
//!
//! A container gets the lowest free address of each network when it starts, and gives it back when it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr},
};

use async_trait::async_trait;
use haven_model::{
    Connection, ContainerId, ContainerRef, Error, ErrorKind, Network, NetworkName, NetworkSpec, Outcome, Port, Result,
    container::DisconnectOptions,
    label::has_labels,
    network::{AddressPool, Ipam, Member},
    spec::NetworkMode,
    system::Pruned,
};

use crate::engine::Networks;

use super::{
    SimEngine,
    pool::{Pool, range},
    record::{Endpoint, Record},
    state::State,
};

const ALWAYS_THERE: [&str; 3] = ["bridge", "host", "none"];

/// A network and who is in it.
#[derive(Debug)]
pub(super) struct NetworkRecord {
    pub(super) network: Network,
    pool: Option<Pool>,
    /// Whether its range was asked for, so that addresses of it can be.
    pub(super) has_own_range: bool,
    /// The containers connected to it, running or not.
    pub(super) members: BTreeSet<ContainerId>,
}

impl NetworkRecord {
    /// The address of its way out.
    pub(super) fn gateway(&self) -> Option<IpAddr> {
        self.pool.as_ref().map(|pool| Ipv4Addr::from(pool.gateway).into())
    }
}

#[async_trait]
impl Networks for SimEngine {
    async fn networks(&self) -> Result<Vec<Network>> {
        Ok(self.reach()?.networks.values().map(|record| record.network.clone()).collect())
    }

    async fn network(&self, network: &NetworkName) -> Result<Network> {
        let state = self.reach()?;
        let found = state.find_network(network.as_str())?;
        let member = |id: &ContainerId| {
            let record = state.containers.get(id).filter(|record| record.run.is_some())?;
            let own = record.networks.get(&found.network.name)?;
            let detail = record.endpoint(&state, &found.network.name, own);
            let member = Member {
                name: record.name.clone(),
                ipv4_address: detail.ipv4_address,
                ipv6_address: detail.ipv6_address,
                mac_address: detail.mac_address,
            };
            Some((id.clone(), member))
        };
        Ok(Network { containers: found.members.iter().filter_map(member).collect(), ..found.network.clone() })
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<String> {
        let mut state = self.reach()?;
        let name = spec.name.as_str();
        if state.networks.contains_key(name) {
            return Err(Error::new(ErrorKind::AlreadyExists, format!("network `{name}` exists already")));
        }
        let driver = spec.driver.as_deref().unwrap_or("bridge");
        if !matches!(driver, "bridge" | "macvlan" | "ipvlan") {
            return Err(Error::new(ErrorKind::Unsupported, format!("no network driver `{}`", driver.escape_debug())));
        }
        let asked: Vec<AddressPool> = spec.pools().collect();
        // Further ranges are kept and shown; addresses are of the first.
        let pool = state.free_pool(asked.iter().find(|pool| !pool.subnet.contains(':')))?;
        let id = state.new_id();
        let mut pools = asked;
        if pools.iter().all(|pool| pool.subnet.contains(':')) {
            pools.insert(0, AddressPool { subnet: pool.to_string(), ..AddressPool::default() });
        }
        for own in pools.iter_mut().filter(|own| range(&own.subnet).is_some_and(|(base, ..)| base == pool.base)) {
            own.gateway.get_or_insert(Ipv4Addr::from(pool.gateway).into());
        }
        let network = Network {
            id: id.clone(),
            name: name.to_owned(),
            driver: driver.to_owned(),
            scope: "local".into(),
            created: Some(state.time()),
            internal: spec.internal,
            attachable: spec.attachable,
            enable_ipv6: spec.enable_ipv6,
            subnets: pools.iter().map(|pool| pool.subnet.clone()).collect(),
            ipam: Ipam { pools, ..spec.ipam.clone() },
            options: spec.options.clone(),
            labels: spec.labels.clone(),
            containers: BTreeMap::new(),
        };
        state.emit_network(&network, "create", None);
        let has_own_range = spec.pools().next().is_some();
        let record = NetworkRecord { network, pool: Some(pool), has_own_range, members: BTreeSet::new() };
        state.networks.insert(name.to_owned(), record);
        Ok(id)
    }

    async fn prune_networks(&self, labels: &[String]) -> Result<Pruned> {
        let mut state = self.reach()?;
        let used = |record: &NetworkRecord| {
            record.members.iter().any(|id| state.containers.get(id).is_some_and(|record| record.run.is_some()))
        };
        let meant = |record: &&NetworkRecord| {
            let name = record.network.name.as_str();
            !ALWAYS_THERE.contains(&name)
                && has_labels(|key| record.network.labels.get(key).map(String::as_str), labels)
                && !used(record)
        };
        let removed: Vec<String> =
            state.networks.values().filter(meant).map(|record| record.network.name.clone()).collect();
        for name in &removed {
            if let Some(record) = state.networks.remove(name) {
                state.emit_network(&record.network, "destroy", None);
            }
        }
        Ok(Pruned { removed, bytes: 0 })
    }

    async fn remove_network(&self, network: &NetworkName) -> Result<Outcome> {
        let mut state = self.reach()?;
        let Ok(found) = state.find_network(network.as_str()) else { return Ok(Outcome::AlreadySo) };
        let name = found.network.name.clone();
        if ALWAYS_THERE.contains(&name.as_str()) {
            return Err(Error::new(ErrorKind::Denied, format!("network `{name}` is always there")));
        }
        let runs = |id: &&ContainerId| state.containers.get(*id).is_some_and(|record| record.run.is_some());
        if let Some(id) = found.members.iter().find(runs) {
            return Err(Error::conflict(format!("container `{}` is connected to network `{name}`", id.short())));
        }
        if let Some(record) = state.networks.remove(&name) {
            state.emit_network(&record.network, "destroy", None);
        }
        Ok(Outcome::Done)
    }

    async fn connect_network(&self, container: &ContainerRef, connection: &Connection) -> Result<Outcome> {
        let mut state = self.reach()?;
        let name = state.find_network(connection.network.as_str())?.network.name.clone();
        state.on(container, |state, record| {
            if record.networks.contains_key(&name) {
                return Ok(Outcome::AlreadySo);
            }
            if name == "host" || record.networks.contains_key("host") {
                return Err(Error::invalid("a container is on the host's network alone or not at all"));
            }
            let connection = Connection { network: NetworkName::new(&name)?, ..connection.clone() };
            state.check_connection(&connection)?;
            record.networks.insert(name.clone(), Endpoint::of(connection));
            if let Some(network) = state.networks.get_mut(&name) {
                network.members.insert(record.id.clone());
            }
            if record.run.is_some()
                && let Err(error) = state.join_network(record, &name)
            {
                record.networks.remove(&name);
                if let Some(network) = state.networks.get_mut(&name) {
                    network.members.remove(&record.id);
                }
                return Err(error);
            }
            Ok(Outcome::Done)
        })
    }

    async fn disconnect_network(
        &self,
        container: &ContainerRef,
        network: &NetworkName,
        _: &DisconnectOptions,
    ) -> Result<Outcome> {
        let mut state = self.reach()?;
        let name = state.find_network(network.as_str())?.network.name.clone();
        state.on(container, |state, record| {
            if !record.networks.contains_key(&name) {
                return Ok(Outcome::AlreadySo);
            }
            if name == "host" {
                return Err(Error::invalid("a container cannot leave the host's network"));
            }
            state.leave_network(record, &name);
            record.networks.remove(&name);
            if let Some(network) = state.networks.get_mut(&name) {
                network.members.remove(&record.id);
            }
            Ok(Outcome::Done)
        })
    }
}

impl State {
    /// The three that are always there.
    pub(super) fn make_networks(&mut self) {
        for (name, driver, pool) in
            [("bridge", "bridge", Pool::parse("172.17.0.0/16")), ("host", "host", None), ("none", "null", None)]
        {
            let network = Network {
                id: self.new_id(),
                name: name.into(),
                driver: driver.into(),
                scope: "local".into(),
                created: Some(self.time()),
                internal: false,
                attachable: false,
                enable_ipv6: false,
                subnets: pool.iter().map(ToString::to_string).collect(),
                ipam: Ipam { pools: pool.iter().map(Pool::shown).collect(), ..Ipam::default() },
                options: BTreeMap::new(),
                labels: BTreeMap::new(),
                containers: BTreeMap::new(),
            };
            let record = NetworkRecord { network, pool, has_own_range: false, members: BTreeSet::new() };
            self.networks.insert(name.into(), record);
        }
    }

    /// A network by name, by id, or by the beginning of its id.
    pub(super) fn find_network(&self, text: &str) -> Result<&NetworkRecord> {
        if let Some(found) = self.networks.get(text) {
            return Ok(found);
        }
        let mut found = self.networks.values().filter(|record| record.network.id.starts_with(text));
        match (found.next(), found.next()) {
            (Some(record), None) => Ok(record),
            _ => Err(Error::not_found("network", text)),
        }
    }

    /// The range asked for, or the first of Docker's that is free.
    fn free_pool(&self, asked: Option<&AddressPool>) -> Result<Pool> {
        let free = |pool: &Pool| {
            !self.networks.values().filter_map(|record| record.pool.as_ref()).any(|other| other.overlaps(pool))
        };
        if let Some(asked) = asked {
            let text = asked.subnet.escape_debug();
            let pool = Pool::of(asked).ok_or_else(|| Error::invalid(format!("`{text}` is no address range")))?;
            if !free(&pool) {
                return Err(Error::invalid(format!("the address range `{pool}` is taken")));
            }
            return Ok(pool);
        }
        let wide = (17..32).map(|second| format!("172.{second}.0.0/16"));
        let narrow = (0..16).map(|third| format!("192.168.{}.0/20", third * 16));
        wide.chain(narrow)
            .filter_map(|text| Pool::parse(&text))
            .find(free)
            .ok_or_else(|| Error::new(ErrorKind::Busy, "no address range is left for another network"))
    }

    fn emit_network(&mut self, network: &Network, action: &str, container: Option<&ContainerId>) {
        let mut attributes =
            BTreeMap::from([("name".to_owned(), network.name.clone()), ("type".to_owned(), network.driver.clone())]);
        attributes.extend(container.map(|id| ("container".to_owned(), id.to_string())));
        self.emit("network", action, &network.id, attributes);
    }

    /// Gives the container an address in every network that it is connected to.
    pub(super) fn join_networks(&mut self, record: &mut Record) -> Result<()> {
        if let Some(NetworkMode::Container(other)) = &record.spec.network {
            let id = self.find(other)?;
            if self.containers.get(&id).is_none_or(|other| other.run.is_none()) {
                return Err(Error::conflict(format!("container `{other}`, whose network it shares, is not running")));
            }
        }
        let names: Vec<String> = record.networks.keys().cloned().collect();
        names.iter().try_for_each(|name| self.join_network(record, name))
    }

    fn join_network(&mut self, record: &mut Record, name: &str) -> Result<()> {
        if let Some(own) = record.networks.get(name) {
            self.check_connection(&own.connection)?;
        }
        let network = self.networks.get_mut(name).ok_or_else(|| Error::not_found("network", name))?;
        let Some(own) = record.networks.get_mut(name) else { return Ok(()) };
        own.address = match (&mut network.pool, own.connection.ipv4_address) {
            (None, _) => None,
            (Some(pool), Some(chosen)) if !pool.has(chosen) => {
                return Err(Error::invalid(format!("network `{name}` does not have address {chosen}")));
            }
            (Some(pool), Some(chosen)) => {
                if !pool.take_chosen(chosen) {
                    return Err(Error::conflict(format!("another container has address {chosen} in network `{name}`")));
                }
                Some(chosen)
            }
            (Some(pool), None) => Some(
                pool.take()
                    .ok_or_else(|| Error::new(ErrorKind::Busy, format!("no address is left in network `{name}`")))?,
            ),
        };
        network.members.insert(record.id.clone());
        let network = network.network.clone();
        self.emit_network(&network, "connect", Some(&record.id));
        Ok(())
    }

    /// Gives all addresses and ports back.
    pub(super) fn leave_networks(&mut self, record: &mut Record) {
        let names: Vec<String> = record.networks.keys().cloned().collect();
        for name in names {
            self.leave_network(record, &name);
        }
        for port in record.published.drain(..) {
            if let Some(host) = port.host {
                self.ports.remove(&(host, port.protocol, port.address));
            }
        }
    }

    fn leave_network(&mut self, record: &mut Record, name: &str) {
        let Some(endpoint) = record.networks.get_mut(name) else { return };
        let address = endpoint.address.take();
        let Some(network) = self.networks.get_mut(name) else { return };
        match (&mut network.pool, address) {
            (Some(pool), Some(address)) => pool.give_back(address),
            (Some(_), None) => return,
            (None, _) => {}
        }
        let network = network.network.clone();
        self.emit_network(&network, "disconnect", Some(&record.id));
    }

    /// Takes the ports of the host. `Invalid` when one is taken.
    pub(super) fn publish(&mut self, record: &mut Record) -> Result<()> {
        for port in record.spec.ports.clone() {
            let host = match port.host.filter(|host| *host != 0) {
                Some(host) if !self.is_free(host, &port) => {
                    return Err(Error::invalid(format!("port {host}/{} of the host is taken", port.protocol.as_str())));
                }
                Some(host) => host,
                None => self.free_port(&port)?,
            };
            self.ports.insert((host, port.protocol, port.address));
            record.published.push(Port { host: Some(host), ..port });
        }
        Ok(())
    }

    fn free_port(&mut self, port: &Port) -> Result<u16> {
        for _ in 49_153..=u16::MAX {
            let host = self.next_port;
            self.next_port = host.checked_add(1).unwrap_or(49_153);
            if self.is_free(host, port) {
                return Ok(host);
            }
        }
        Err(Error::new(ErrorKind::Busy, "no port of the host is left"))
    }

    /// Whether nobody has the port on the same address, or either on all of them.
    fn is_free(&self, host: u16, port: &Port) -> bool {
        let all = |address: Option<IpAddr>| address.is_none_or(|address| address.is_unspecified());
        let same_port = self.ports.range((host, port.protocol, None)..);
        !same_port
            .take_while(|(taken, protocol, _)| (*taken, *protocol) == (host, port.protocol))
            .any(|(_, _, address)| all(*address) || all(port.address) || *address == port.address)
    }
}
