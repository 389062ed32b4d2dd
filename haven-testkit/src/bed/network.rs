//! The bed's own network: a bridge, and a namespace with one link to it for each host.
//!
//! Addresses of 10.213.N.0/24: `.1` is the bridge, which is how the hosts see this process; `.2` marks the connections of
//! our own proxies, so that the rule that redirects to a proxy leaves them alone; hosts count from `.10`. There is no way out of the subnet.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use super::command::run;
use super::state::State;

#[derive(Debug)]
pub(crate) struct Network {
    state: Arc<State>,
    bridge: String,
    /// Pairs of hosts that cannot reach each other, the lower address first.
    parted: Mutex<BTreeSet<(Ipv4Addr, Ipv4Addr)>>,
}

/// A host's place in the network.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) address: Ipv4Addr,
    pub(crate) netns: String,
    link: String,
}

impl Network {
    pub(crate) fn create(state: Arc<State>) -> io::Result<Self> {
        // An interface's name has at most 15 bytes: 2 + 7 (a process id) + 1 + 2 + 1 + 2.
        let bridge = format!("hv{}-{:x}", std::process::id(), state.slot());
        state.note("bridge", &bridge)?;
        let network = Self { state, bridge, parted: Mutex::default() };
        let bridge = &network.bridge;
        run("ip", &["link", "add", bridge, "type", "bridge"])?;
        run("ip", &["addr", "add", &format!("{}/24", network.gateway()), "dev", bridge])?;
        run("ip", &["addr", "add", &format!("{}/32", network.proxy_source()), "dev", bridge])?;
        run("ip", &["link", "set", bridge, "up"])?;
        // A dockerd on this machine sets the FORWARD chain to DROP, and bridged packets pass through it.
        network.add_rule(&format!("FORWARD -i {bridge} -o {bridge} -j ACCEPT"))?;
        Ok(network)
    }

    pub(crate) fn gateway(&self) -> Ipv4Addr {
        self.at(1)
    }

    pub(crate) fn proxy_source(&self) -> Ipv4Addr {
        self.at(2)
    }

    pub(crate) fn subnet(&self) -> String {
        format!("{}/24", self.at(0))
    }

    fn at(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 213, self.state.slot(), last)
    }

    /// Where the host `name`, the bed's number `index`, will be.
    pub(crate) fn place(&self, name: &str, index: u8) -> Place {
        Place {
            address: self.at(10 + index),
            netns: format!("haven-{}-{name}", self.state.id()),
            link: format!("{}h{index:x}", self.bridge),
        }
    }

    pub(crate) fn connect(&self, place: &Place) -> io::Result<()> {
        let Place { address, netns, link } = place;
        self.state.note("netns", netns)?;
        run("ip", &["netns", "add", netns])?;
        run("ip", &["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", netns])?;
        run("ip", &["link", "set", link, "master", &self.bridge, "up"])?;
        run("ip", &["-n", netns, "addr", "add", &format!("{address}/24"), "dev", "eth0"])?;
        run("ip", &["-n", netns, "link", "set", "eth0", "up"])?;
        run("ip", &["-n", netns, "link", "set", "lo", "up"])?;
        run("ip", &["-n", netns, "route", "add", "default", "via", &self.gateway().to_string()])?;
        Ok(())
    }

    /// Takes the host's cable out or puts it back in. The host keeps its address and its own loopback.
    pub(crate) fn set_link(place: &Place, state: &str) -> io::Result<()> {
        run("ip", &["link", "set", &place.link, state]).map(drop)
    }

    /// Drops what two hosts send to each other.
    pub(crate) fn part(&self, one: Ipv4Addr, other: Ipv4Addr) -> io::Result<()> {
        // Without this the packets on a bridge pass by the firewall, and the cut would not be one.
        let filtered = fs::read_to_string("/proc/sys/net/bridge/bridge-nf-call-iptables");
        if !filtered.is_ok_and(|value| value.trim() == "1") {
            let message = "bridged packets do not pass the firewall: `bridge-nf-call-iptables` is off";
            return Err(io::Error::new(io::ErrorKind::Unsupported, message));
        }
        let pair = (one.min(other), one.max(other));
        let mut parted = self.parted.lock().unwrap_or_else(PoisonError::into_inner);
        if parted.insert(pair) {
            for rule in rules_that_part(pair) {
                self.add_rule(&rule)?;
            }
        }
        Ok(())
    }

    /// Lets a host reach `other` again, or all others.
    pub(crate) fn rejoin(&self, one: Ipv4Addr, other: Option<Ipv4Addr>) -> io::Result<()> {
        let mut parted = self.parted.lock().unwrap_or_else(PoisonError::into_inner);
        let among = |host: Ipv4Addr, pair: &(Ipv4Addr, Ipv4Addr)| pair.0 == host || pair.1 == host;
        let mended = |pair: &(Ipv4Addr, Ipv4Addr)| among(one, pair) && other.is_none_or(|other| among(other, pair));
        let pairs: Vec<_> = parted.iter().copied().filter(mended).collect();
        for pair in pairs {
            parted.remove(&pair);
            for rule in rules_that_part(pair) {
                Self::remove_rule(&rule)?;
            }
        }
        Ok(())
    }

    /// Inserts a firewall rule, given as `CHAIN …` or `-t TABLE CHAIN …`; it is removed with the bed at the latest.
    pub(crate) fn add_rule(&self, rule: &str) -> io::Result<()> {
        self.state.note("rules", &with_verb(rule, "-D"))?;
        iptables(&with_verb(rule, "-I"))
    }

    pub(crate) fn remove_rule(rule: &str) -> io::Result<()> {
        iptables(&with_verb(rule, "-D"))
    }
}

fn rules_that_part((one, other): (Ipv4Addr, Ipv4Addr)) -> [String; 2] {
    [format!("FORWARD -s {one} -d {other} -j DROP"), format!("FORWARD -s {other} -d {one} -j DROP")]
}

fn with_verb(rule: &str, verb: &str) -> String {
    match rule.strip_prefix("-t nat ") {
        Some(rest) => format!("-t nat {verb} {rest}"),
        None => format!("{verb} {rule}"),
    }
}

fn iptables(rule: &str) -> io::Result<()> {
    let words: Vec<&str> = ["-w", "10"].into_iter().chain(rule.split_whitespace()).collect();
    run("iptables", &words).map(drop)
}
