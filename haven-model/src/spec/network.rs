//! How a container is reached: networks, and published ports.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::{
    ContainerRef, NetworkName,
    error::{Error, Result},
};

/// The network that a container joins when it is made: one by its name (`bridge`, `host` and `none` among them), or that
/// of another container.
///
/// ```
/// use haven_model::spec::NetworkMode;
///
/// let mode: NetworkMode = "container:web".parse()?;
/// assert!(matches!(&mode, NetworkMode::Container(container) if container.as_str() == "web"));
/// assert_eq!(mode.to_string(), "container:web");
/// # Ok::<(), haven_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NetworkMode {
    /// A network.
    Network(NetworkName),
    /// That of another container.
    Container(ContainerRef),
}

impl NetworkMode {
    /// The network, where it is not another container's.
    pub fn network(&self) -> Option<&NetworkName> {
        match self {
            Self::Network(network) => Some(network),
            Self::Container(_) => None,
        }
    }

    /// Whether it is a network that somebody made: neither the default bridge nor the host's nor none nor another
    /// container's.
    pub fn is_user_defined(&self) -> bool {
        self.network().is_some_and(|network| !["bridge", "default", "host", "none"].contains(&network.as_str()))
    }
}

impl From<NetworkName> for NetworkMode {
    fn from(network: NetworkName) -> Self {
        Self::Network(network)
    }
}

impl fmt::Display for NetworkMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => fmt::Display::fmt(network, f),
            Self::Container(container) => write!(f, "container:{container}"),
        }
    }
}

impl FromStr for NetworkMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix("container:") {
            Some(container) => ContainerRef::new(container).map(Self::Container),
            None => NetworkName::new(text).map(Self::Network),
        }
    }
}

impl Serialize for NetworkMode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NetworkMode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for NetworkMode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NetworkMode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A network's name, or `container:ID`." })
    }
}

/// How a container is connected to a network. What is not given is the engine's to choose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The network.
    pub network: NetworkName,
    /// Further names of the container there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its address there, which it keeps when it is started again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4_address: Option<Ipv4Addr>,
    /// Its IPv6 address there, which it keeps when it is started again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address: Option<Ipv6Addr>,
    /// Addresses of the link itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub link_local_ips: Vec<IpAddr>,
    /// Its hardware address there: `02:42:ac:11:00:02`. Engines before Docker 25 take one for the first network only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    /// Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Options of the network's driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_options: BTreeMap<String, String>,
}

impl Connection {
    /// A connection with nothing chosen.
    pub fn to(network: NetworkName) -> Self {
        Self {
            network,
            aliases: Vec::new(),
            ipv4_address: None,
            ipv6_address: None,
            link_local_ips: Vec::new(),
            mac_address: None,
            links: Vec::new(),
            driver_options: BTreeMap::new(),
        }
    }

    /// Whether nothing is chosen.
    pub fn is_plain(&self) -> bool {
        *self == Self::to(self.network.clone())
    }
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The port inside.
    pub container: u16,
    /// The port on the host; none: the engine chooses, or the port is exposed only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<u16>,
    /// The host address it is published on; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The protocol.
    #[serde(default)]
    pub protocol: Protocol,
}

/// The protocol of a published port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// As Docker writes it: `tcp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}
