//! What is said of networks: published ports, networks, links, further hosts.

use std::net::IpAddr;

use haven_model::{
    NetworkName, Port, Result,
    spec::{Connection, NetworkMode, Protocol},
};

use super::{
    read::{Reading, typed},
    value::shown,
};
use crate::source::document::{Node, Value};

/// `"[ADDRESS:]HOST": CONTAINER[/PROTOCOL]`, as in Haven 1.x, or `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]` each.
pub(super) fn ports(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let Value::Map(entries) = &node.value else {
        for (place, text) in reading.texts(node)? {
            let ports = published(&text).map_err(|why| reading.wrong(place, why))?;
            for port in ports {
                reading.typed_part(place, &port)?;
            }
        }
        return Ok(());
    };
    for (name, inside) in entries {
        if matches!(inside.value, Value::Null) {
            let why = format!("`{}` has no port of the container", shown(&name.text));
            return Err(reading.wrong(name.place, why));
        }
        let (first, last, protocol) = reading.parsed(inside, container)?;
        let (address, host) = on_host(&name.text).map_err(|why| reading.wrong(name.place, why))?;
        let ports = paired(address, Some(host), (first, last), protocol, &name.text)
            .map_err(|why| reading.wrong(name.place, why))?;
        for port in ports {
            reading.typed_part(name.place, &port)?;
        }
    }
    Ok(())
}

type Range = (u16, u16);

/// One text: what is inside comes last.
fn published(text: &str) -> Result<Vec<Port>, String> {
    let wrong = || format!("`{}` is no port, which looks like `8080:80` or `127.0.0.1:53:53/udp`", shown(text));
    let text = text.trim();
    let (host, inside) = match text.rsplit_once(':') {
        Some((host, inside)) => (Some(host), inside),
        None => (None, text),
    };
    let (first, last, protocol) = container(inside).map_err(|_| wrong())?;
    let (address, host) = match host {
        None => (None, None),
        Some(host) => match host.strip_suffix(':') {
            // An address alone: the engine chooses the port.
            Some(address) => (Some(ip(address).ok_or_else(wrong)?), None),
            None => on_host(host).map(|(address, host)| (address, Some(host))).map_err(|_| wrong())?,
        },
    };
    paired(address, host, (first, last), protocol, text)
}

/// `PORT[-PORT][/PROTOCOL]`.
fn container(text: &str) -> Result<(u16, u16, Protocol), String> {
    let wrong = || format!("`{}` is no port of a container, which looks like `80` or `53/udp`", shown(text));
    let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let protocol = match protocol.to_ascii_lowercase().as_str() {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => return Err(wrong()),
    };
    let (first, last) = range(port).ok_or_else(wrong)?;
    Ok((first, last, protocol))
}

/// `[ADDRESS:]PORT[-PORT]`.
fn on_host(text: &str) -> Result<(Option<IpAddr>, Range), String> {
    let wrong = || format!("`{}` is no port of the host, which looks like `8080` or `127.0.0.1:8080`", shown(text));
    let text = text.trim();
    let (address, port) = match text.rsplit_once(':') {
        Some((address, port)) => (Some(ip(address).ok_or_else(wrong)?), port),
        None => (None, text),
    };
    Ok((address, range(port).ok_or_else(wrong)?))
}

fn ip(text: &str) -> Option<IpAddr> {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse().ok()
}

fn range(text: &str) -> Option<Range> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    let (first, last) = (port(first)?, port(last)?);
    (first <= last && last - first < 1000).then_some((first, last))
}

fn paired(
    address: Option<IpAddr>,
    host: Option<Range>,
    (first, last): Range,
    protocol: Protocol,
    text: &str,
) -> Result<Vec<Port>, String> {
    if host.is_some_and(|(begin, end)| end - begin != last - first) {
        return Err(format!("the ranges of `{}` are not of one length", shown(text)));
    }
    // Everywhere is where it is published when no address is said.
    let address = address.filter(|address| !address.is_unspecified() || address.is_ipv6());
    let host = |port: u16| host.map(|(begin, _)| begin + (port - first));
    Ok((first..=last).map(|port| Port { container: port, host: host(port), address, protocol }).collect())
}

/// A network's name, `host`, `none`, `container:ID`.
pub(super) fn mode(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let mode = reading.parsed(node, |text| text.parse::<NetworkMode>().map_err(|error| error.message().to_owned()))?;
    reading.one(node.place, typed(&mode)?);
    Ok(())
}

/// Names, or maps by name that say how it is connected.
pub(super) fn networks(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let named = |text: &str| NetworkName::new(text).map_err(|error| error.message().to_owned());
    let Value::Map(entries) = &node.value else {
        for (place, text) in reading.texts(node)? {
            let network = named(&text).map_err(|why| reading.wrong(place, why))?;
            reading.typed_part(place, &Connection::to(network))?;
        }
        return Ok(());
    };
    for (name, part) in entries {
        let network = named(&name.text).map_err(|why| reading.wrong(name.place, why))?;
        let mut connection = Connection::to(network);
        let parts = if matches!(part.value, Value::Null) { Vec::new() } else { reading.map(part, "a connection")? };
        let address = |text: &str| format!("`{}` is no address", shown(text));
        for (said, place, value) in parts {
            match said.as_str() {
                "aliases" => {
                    let texts = reading.texts(value)?;
                    connection.aliases = texts.into_iter().map(|(_, alias)| alias.into_owned()).collect();
                }
                "links" => {
                    let texts = reading.texts(value)?;
                    connection.links = texts.into_iter().map(|(_, link)| link.into_owned()).collect();
                }
                "ipv4address" | "ipv4" => {
                    connection.ipv4_address =
                        Some(reading.parsed(value, |text| text.parse().map_err(|_| address(text)))?);
                }
                "ipv6address" | "ipv6" => {
                    connection.ipv6_address =
                        Some(reading.parsed(value, |text| text.parse().map_err(|_| address(text)))?);
                }
                "macaddress" | "mac" => connection.mac_address = Some(reading.text(value)?.to_owned()),
                _ => return Err(reading.stranger(part, place, "a connection")),
            }
        }
        reading.typed_part(name.place, &connection)?;
    }
    Ok(())
}

/// `CONTAINER[:ALIAS]` each, or an alias by container.
pub(super) fn links(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    joined(reading, node)
}

/// `HOST:ADDRESS` each, or an address by host.
pub(super) fn hosts(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    joined(reading, node)
}

/// Texts, or a map that is one of two halves with a `:` between.
fn joined(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    if let Value::Map(_) = &node.value {
        for (place, name, value) in reading.pairs(node)? {
            let text = value
                .filter(|value| !value.is_empty())
                .map_or_else(|| name.clone().into_owned(), |value| format!("{name}:{value}"));
            reading.part(place, text);
        }
        return Ok(());
    }
    for (place, text) in reading.texts(node)? {
        reading.part(place, text.into_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use haven_model::ContainerSpec;

    use super::{super::tests::spec, *};
    use crate::source::document::Format;

    fn told(text: &str) -> Vec<String> {
        let (spec, _): (ContainerSpec, _) = spec(Format::Yaml, text);
        let port = |port: &Port| {
            let address = port.address.map(|address| format!("{address} ")).unwrap_or_default();
            let host = port.host.map(|host| format!("{host}->")).unwrap_or_default();
            format!("{address}{host}{}/{}", port.container, port.protocol.as_str())
        };
        spec.ports.iter().map(port).collect()
    }

    #[test]
    fn ports_are_read_the_right_way_round() {
        assert_eq!(told("ports:\n 127.0.0.1:8761: 8761\n"), ["127.0.0.1 8761->8761/tcp"]);
        assert_eq!(told("ports: {8080: 80, 53: 53/udp, '[::1]:9': 9}"), ["8080->80/tcp", "53->53/udp", "::1 9->9/tcp"]);
        assert_eq!(
            told("ports: ['8080:80', '80', '127.0.0.1::443', '1-3:11-13/udp']"),
            ["8080->80/tcp", "80/tcp", "127.0.0.1 443/tcp", "1->11/udp", "2->12/udp", "3->13/udp",]
        );
        assert_eq!(told("ports: {0.0.0.0:80: 80}"), ["80->80/tcp"]);
        for text in ["0", "70000", "80:", ":80:", "a:80", "1-3:80", "1-9999:1-9999", "80/x", "999.0.0.1:80:80", ""] {
            assert!(published(text).is_err(), "{text}: {:?}", published(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}|[0-9.:\\[\\]/-]{0,30}(udp|tcp)?") {
            if let Ok(ports) = published(&text) {
                proptest::prop_assert!(!ports.is_empty() && ports.len() <= 1000);
            }
        }
    }
}
