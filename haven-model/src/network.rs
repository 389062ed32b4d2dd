//! Networks of an engine.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContainerId, NetworkName};

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its driver: `bridge`, `host`, `overlay`, …
    pub driver: String,
    /// How far it reaches: `local`, `swarm`.
    pub scope: String,
    /// When it was made, where the engine says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Whether it has no way out.
    #[serde(default)]
    pub internal: bool,
    /// Whether containers that nobody's service made may join it, where it spans a swarm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attachable: bool,
    /// Whether it has IPv6.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enable_ipv6: bool,
    /// Its address ranges: `172.17.0.0/16`.
    #[serde(default)]
    pub subnets: Vec<String>,
    /// How addresses are given out in it.
    #[serde(default, skip_serializing_if = "Ipam::is_default")]
    pub ipam: Ipam,
    /// Options of its driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The running containers that are connected to it; told when one network is looked at, not in lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub containers: BTreeMap<ContainerId, Member>,
}

/// A container in a network, as the network tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4_address: Option<Ipv4Addr>,
    /// Its IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address: Option<Ipv6Addr>,
    /// Its hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
}

/// How a network gives out addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ipam {
    /// Who gives them out; none: the engine itself, `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The ranges that they are taken from; none: the engine chooses one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<AddressPool>,
    /// Options of the driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl Ipam {
    /// Whether everything is left to the engine.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A range of a network's addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressPool {
    /// The range: `10.1.0.0/16`.
    pub subnet: String,
    /// The part of it that is given out: `10.1.4.0/24`; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_range: Option<String>,
    /// The address of the way out; none: the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// Addresses that are others', by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aux_addresses: BTreeMap<String, IpAddr>,
}

/// What a network shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Its name.
    pub name: NetworkName,
    /// Its driver; none: `bridge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Whether it has no way out.
    #[serde(default)]
    pub internal: bool,
    /// Whether containers that nobody's service made may join it, where it spans a swarm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attachable: bool,
    /// Whether it has IPv6.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enable_ipv6: bool,
    /// Its address range; none: the engine chooses. In short for a pool of `ipam` that has no more than a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<String>,
    /// How addresses are given out in it.
    #[serde(default, skip_serializing_if = "Ipam::is_default")]
    pub ipam: Ipam,
    /// Options of its driver: `com.docker.network.bridge.name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl NetworkSpec {
    /// A network of which nothing is said but its name.
    pub fn new(name: NetworkName) -> Self {
        Self {
            name,
            driver: None,
            internal: false,
            attachable: false,
            enable_ipv6: false,
            subnet: None,
            ipam: Ipam::default(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Its address ranges, the one given in short first.
    pub fn pools(&self) -> impl Iterator<Item = AddressPool> {
        let short = self.subnet.iter().map(|subnet| AddressPool { subnet: subnet.clone(), ..AddressPool::default() });
        short.chain(self.ipam.pools.iter().cloned())
    }
}
