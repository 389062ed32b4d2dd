//! Where an engine answers.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// The port of an engine behind TLS, and without it; as Docker registered them.
const TLS_PORT: u16 = 2376;
const PLAIN_PORT: u16 = 2375;

/// The address of a container engine: `unix:///run/docker.sock`, `tcp://10.0.0.1:2375`, `https://10.0.0.1:2376`, `sim:`.
///
/// `HOST:PORT` alone means `tcp://HOST:PORT`, as the original's agents wrote it; a missing port is 2375, with TLS 2376.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NodeAddress {
    /// A unix socket.
    Unix(PathBuf),
    /// Plain HTTP over TCP.
    Tcp {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
    },
    /// HTTP over TLS, with a client certificate where the node has one.
    Tls {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
    },
    /// A simulated engine, in this process.
    Sim,
}

impl NodeAddress {
    /// The host, where there is one.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Tcp { host, .. } | Self::Tls { host, .. } => Some(host),
            Self::Unix(_) | Self::Sim => None,
        }
    }

    /// Whether the host is a name for the machine that says it: `localhost`, `127.0.0.0/8`, `::1`, and `0.0.0.0` and
    /// `::`, which mean all addresses of a machine.
    pub fn is_loopback(&self) -> bool {
        self.host().is_some_and(|host| {
            let ip = host.parse::<IpAddr>().map(|ip| ip.to_canonical());
            host.trim_end_matches('.').eq_ignore_ascii_case("localhost")
                || ip.is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
        })
    }

    /// The same address on another host.
    #[must_use]
    pub fn on_host(self, host: IpAddr) -> Self {
        let host = host.to_string();
        match self {
            Self::Tcp { port, .. } => Self::Tcp { host, port },
            Self::Tls { port, .. } => Self::Tls { host, port },
            other => other,
        }
    }
}

impl FromStr for NodeAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // What stands before an `@` may be a password: it is refused, and not repeated.
        if text.contains('@') {
            return Err(Error::invalid("an address of an engine holds no user and no password"));
        }
        let wrong = |why: &str| Err(Error::invalid(format!("{why} in the address `{}`", text.escape_debug())));
        if text.len() > 480 {
            return Err(Error::invalid(format!("an address has at most 480 characters, this one has {}", text.len())));
        }
        if text == "sim:" {
            return Ok(Self::Sim);
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("tcp", text));
        match scheme {
            "unix" if rest.starts_with('/') && !rest.contains('\0') => Ok(Self::Unix(rest.into())),
            "unix" => wrong("a socket needs an absolute path, as in `unix:///run/docker.sock`,"),
            "tcp" | "http" => host_port(rest.trim_end_matches('/'), PLAIN_PORT)
                .map_or_else(wrong, |(host, port)| Ok(Self::Tcp { host, port })),
            "https" | "tls" => host_port(rest.trim_end_matches('/'), TLS_PORT)
                .map_or_else(wrong, |(host, port)| Ok(Self::Tls { host, port })),
            _ => wrong("the scheme is none of unix, tcp, http, https"),
        }
    }
}

fn host_port(text: &str, default: u16) -> Result<(String, u16), &'static str> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("`[` has no `]`")?;
        host.parse::<std::net::Ipv6Addr>().map_err(|_| "what stands in brackets is no IPv6 address")?;
        (
            host,
            rest.strip_prefix(':')
                .or(rest.is_empty().then_some(""))
                .ok_or("`]` is followed by something else than a port")?,
        )
    } else {
        match text.split_once(':') {
            Some((_, "")) => return Err("the port is empty"),
            Some((host, port)) => (host, port),
            None => (text, ""),
        }
    };
    let is_ipv6 = text.starts_with('[');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() || host.len() > 253 {
        return Err("there is no host");
    }
    if !is_ipv6 && (!host.chars().all(fits) || host.contains("..")) {
        return Err("the host is no name and no address");
    }
    // `127.1` and `2130706433` are addresses to some programs only, and would stand beside the one they mean.
    let is_number = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !is_ipv6 && is_number && host.parse::<std::net::Ipv4Addr>().is_err() {
        return Err("the host is no complete IPv4 address");
    }
    let port = match port {
        "" => default,
        digits => digits.parse::<u16>().ok().filter(|port| *port > 0).ok_or("the port is no number from 1 to 65535")?,
    };
    Ok((host.to_owned(), port))
}

impl fmt::Display for NodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracket = |host: &str| if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp { host, port } => write!(f, "tcp://{}:{port}", bracket(host)),
            Self::Tls { host, port } => write!(f, "https://{}:{port}", bracket(host)),
            Self::Sim => f.write_str("sim:"),
        }
    }
}

impl Serialize for NodeAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NodeAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for NodeAddress {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NodeAddress".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Where an engine answers: `unix:///run/docker.sock`, `tcp://HOST:2375`, `https://HOST:2376`, `sim:`."
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_docker_and_the_original_write() {
        for (text, shown) in [
            ("unix:///run/docker.sock", "unix:///run/docker.sock"),
            ("10.0.0.1", "tcp://10.0.0.1:2375"),
            ("10.0.0.1:4243", "tcp://10.0.0.1:4243"),
            ("http://web-3:2375/", "tcp://web-3:2375"),
            ("https://localhost:8771", "https://localhost:8771"),
            ("https://web-3", "https://web-3:2376"),
            ("tcp://[::1]:2375", "tcp://[::1]:2375"),
        ] {
            assert_eq!(text.parse::<NodeAddress>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn refuses_and_says_why() {
        for text in [
            "",
            "ftp://a",
            "http://user:pw@a:1",
            "tcp://:1",
            "tcp://a:0",
            "tcp://a:99999",
            "tcp://a:",
            "unix://rel",
            "tcp://a b",
            "tcp://a/../b",
            "[::1",
            "[::1]x",
            "127.1:2375",
            "2130706433:2375",
            "10.0.0.256",
        ] {
            assert!(text.parse::<NodeAddress>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn only_loopback_is_rewritten() {
        let peer: IpAddr = "10.1.1.1".parse().unwrap();
        let address: NodeAddress = "https://localhost:8771".parse().unwrap();
        assert!(address.is_loopback());
        assert_eq!(address.on_host(peer).to_string(), "https://10.1.1.1:8771");
        for text in ["[::ffff:127.0.0.1]:1", "0.0.0.0:1", "[::]:1", "LOCALHOST.:1", "127.9.9.9"] {
            assert!(text.parse::<NodeAddress>().unwrap().is_loopback(), "{text}");
        }
        assert!(!"node-one:1234".parse::<NodeAddress>().unwrap().is_loopback());
    }

    proptest! {
        #[test]
        fn never_panics_and_round_trips(text in "\\PC{0,60}") {
            if let Ok(address) = text.parse::<NodeAddress>() {
                prop_assert_eq!(address.to_string().parse::<NodeAddress>().unwrap(), address);
            }
        }
    }
}
