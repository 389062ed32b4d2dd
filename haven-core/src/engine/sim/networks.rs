//! The networks of a simulated engine, with addresses given out as Docker's bridge driver does.
//!
//! A container gets the lowest free address of each network when it starts, and gives it back when it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr},
};

use async_trait::async_trait;
use haven_model::{
    ContainerId, ContainerRef, Error, ErrorKind, Network, NetworkName, NetworkSpec, Outcome, Port, Result,
    container::Connection,
};

use crate::engine::Networks;

use super::{
    SimEngine,
    record::{Endpoint, Record},
    state::State,
};

const ALWAYS_THERE: [&str; 3] = ["bridge", "host", "none"];

/// A network and who is in it.
#[derive(Debug)]
pub(super) struct NetworkRecord {
    pub(super) network: Network,
    pool: Option<Pool>,
    /// The containers connected to it, running or not.
    pub(super) members: BTreeSet<ContainerId>,
}

/// An address range.
#[derive(Clone, Debug)]
struct Pool {
    base: u32,
    bits: u8,
    /// Everything from here on was never given out.
    next: u32,
    given_back: BTreeSet<u32>,
}

impl Pool {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let bits: u8 = bits.parse().ok().filter(|bits| (8..=30).contains(bits))?;
        let base = u32::from(address.parse::<Ipv4Addr>().ok()?) & (u32::MAX << (32 - bits));
        // The first address is the gateway's.
        Some(Self { base, bits, next: base + 2, given_back: BTreeSet::new() })
    }

    fn last(&self) -> u32 {
        self.base | !(u32::MAX << (32 - self.bits))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.base <= other.last() && other.base <= self.last()
    }

    fn take(&mut self) -> Option<Ipv4Addr> {
        if let Some(lowest) = self.given_back.pop_first() {
            return Some(lowest.into());
        }
        let address = self.next;
        (address < self.last()).then(|| {
            self.next += 1;
            address.into()
        })
    }

    fn give_back(&mut self, address: Ipv4Addr) {
        self.given_back.insert(address.into());
    }
}

impl std::fmt::Display for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}

#[async_trait]
impl Networks for SimEngine {
    async fn networks(&self) -> Result<Vec<Network>> {
        Ok(self.reach()?.networks.values().map(|record| record.network.clone()).collect())
    }

    async fn network(&self, network: &NetworkName) -> Result<Network> {
        Ok(self.reach()?.find_network(network.as_str())?.network.clone())
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
        let pool = state.free_pool(spec.subnet.as_deref())?;
        let id = state.new_id();
        let network = Network {
            id: id.clone(),
            name: name.to_owned(),
            driver: driver.to_owned(),
            scope: "local".into(),
            internal: spec.internal,
            subnets: vec![pool.to_string()],
            labels: spec.labels.clone(),
        };
        state.emit_network(&network, "create", None);
        state.networks.insert(name.to_owned(), NetworkRecord { network, pool: Some(pool), members: BTreeSet::new() });
        Ok(id)
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
            record.networks.insert(name.clone(), Endpoint::default());
            if let Some(network) = state.networks.get_mut(&name) {
                network.members.insert(record.id.clone());
            }
            if record.run.is_some() {
                state.join_network(record, &name)?;
            }
            Ok(Outcome::Done)
        })
    }

    async fn disconnect_network(&self, container: &ContainerRef, network: &NetworkName) -> Result<Outcome> {
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
                internal: false,
                subnets: pool.iter().map(ToString::to_string).collect(),
                labels: BTreeMap::new(),
            };
            self.networks.insert(name.into(), NetworkRecord { network, pool, members: BTreeSet::new() });
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
    fn free_pool(&self, asked: Option<&str>) -> Result<Pool> {
        let free = |pool: &Pool| {
            !self.networks.values().filter_map(|record| record.pool.as_ref()).any(|other| other.overlaps(pool))
        };
        if let Some(text) = asked {
            let pool = Pool::parse(text)
                .ok_or_else(|| Error::invalid(format!("`{}` is no address range", text.escape_debug())))?;
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
        let names: Vec<String> = record.networks.keys().cloned().collect();
        names.iter().try_for_each(|name| self.join_network(record, name))
    }

    fn join_network(&mut self, record: &mut Record, name: &str) -> Result<()> {
        let network = self.networks.get_mut(name).ok_or_else(|| Error::not_found("network", name))?;
        let address = match &mut network.pool {
            None => None,
            Some(pool) => Some(
                pool.take()
                    .ok_or_else(|| Error::new(ErrorKind::Busy, format!("no address is left in network `{name}`")))?,
            ),
        };
        network.members.insert(record.id.clone());
        let network = network.network.clone();
        record.networks.insert(name.to_owned(), Endpoint { address });
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
