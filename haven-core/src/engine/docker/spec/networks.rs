//! How a container is reached: networks, published ports, names of others.
//!
//! Engines before Docker 25 make a container with one connection, and take a hardware address for that one only; the
//! others are made after it.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HostConfig, NetworkingConfig, PortBinding,
};
use haven_model::{Connection, ContainerSpec, Error, NetworkName, Port, Result, spec::NetworkMode};

use super::{ENDPOINTS, Told, list, map, text};
use crate::engine::docker::{http::Http, summary::protocol_of};

/// The network that a container joins where nothing is said.
const USUAL: &str = "bridge";

/// The name of the first network, where it is one.
fn first(spec: &ContainerSpec) -> Option<&str> {
    match &spec.network {
        None => Some(USUAL),
        Some(mode) => mode.network().map(NetworkName::as_str).map(|name| if name == "default" { USUAL } else { name }),
    }
}

/// The hardware address in the first network.
pub(super) fn first_mac(spec: &ContainerSpec) -> Option<String> {
    let first = first(spec)?;
    spec.networks.iter().find(|connection| connection.network.as_str() == first)?.mac_address.clone()
}

/// Writes what is made with the container, and answers the connections that are made after it.
pub(super) fn write(
    spec: &ContainerSpec,
    http: &Http,
    body: &mut ContainerCreateBody,
    host: &mut HostConfig,
) -> Result<Vec<Connection>> {
    let mut bindings: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in &spec.ports {
        let binding = PortBinding {
            host_ip: port.address.map(|address| address.to_string()),
            host_port: port.host.map(|host| host.to_string()),
        };
        bindings.entry(port_key(port)).or_default().get_or_insert_default().push(binding);
    }
    body.exposed_ports =
        Some(spec.ports.iter().map(port_key).chain(spec.expose.iter().map(|port| exposed(port))).collect());
    host.port_bindings = Some(bindings);
    host.publish_all_ports = spec.publish_all_ports.then_some(true);
    host.network_mode = spec.network.as_ref().map(ToString::to_string);
    host.dns = list(&spec.dns);
    host.dns_search = list(&spec.dns_search);
    host.dns_options = list(&spec.dns_options);
    host.extra_hosts = list(&spec.extra_hosts);
    let mut connections = spec.networks.clone();
    refuse_twice(&connections)?;
    let first = first(spec);
    if first.is_none() && !connections.is_empty() {
        return Err(Error::invalid("a container in the network of another is in no network of its own"));
    }
    if spec.network.as_ref().is_some_and(NetworkMode::is_user_defined) {
        if let (Some(NetworkMode::Network(own)), false) = (&spec.network, spec.links.is_empty()) {
            match connections.iter_mut().find(|connection| connection.network == *own) {
                Some(connection) => connection.links.extend(spec.links.iter().cloned()),
                None => {
                    connections.push(Connection { links: spec.links.clone(), ..Connection::to(own.clone()) });
                }
            }
        }
    } else {
        host.links = list(&spec.links);
    }
    let (own, mut further): (Vec<_>, Vec<_>) =
        connections.into_iter().partition(|connection| Some(connection.network.as_str()) == first);
    if further.iter().any(|connection| connection.mac_address.is_some()) {
        http.needs(ENDPOINTS, "a hardware address in a further network")?;
    }
    let mut endpoints: HashMap<String, EndpointSettings> = HashMap::new();
    for connection in &own {
        host.network_mode.get_or_insert_with(|| USUAL.to_owned());
        endpoints.insert(connection.network.to_string(), endpoint_settings(connection, http.api >= ENDPOINTS));
    }
    if http.api >= ENDPOINTS && !further.is_empty() {
        if let Some(first) = first {
            host.network_mode.get_or_insert_with(|| USUAL.to_owned());
            endpoints.entry(first.to_owned()).or_default();
        }
        for connection in further.drain(..) {
            endpoints.insert(connection.network.to_string(), endpoint_settings(&connection, true));
        }
    }
    if !endpoints.is_empty() {
        body.networking_config = Some(NetworkingConfig { endpoints_config: Some(endpoints) });
    }
    Ok(further)
}

fn refuse_twice(connections: &[Connection]) -> Result<()> {
    for (at, connection) in connections.iter().enumerate() {
        if connections[..at].iter().any(|before| before.network == connection.network) {
            return Err(Error::invalid(format!("two connections to network `{}`", connection.network)));
        }
    }
    Ok(())
}

/// A connection as the engine takes it.
pub(in crate::engine::docker) fn endpoint_settings(connection: &Connection, with_mac: bool) -> EndpointSettings {
    let ipam = EndpointIpamConfig {
        ipv4_address: connection.ipv4_address.map(|address| address.to_string()),
        ipv6_address: connection.ipv6_address.map(|address| address.to_string()),
        link_local_ips: (!connection.link_local_ips.is_empty())
            .then(|| connection.link_local_ips.iter().map(ToString::to_string).collect()),
    };
    EndpointSettings {
        ipam_config: (ipam != EndpointIpamConfig::default()).then_some(ipam),
        aliases: list(&connection.aliases),
        links: list(&connection.links),
        mac_address: connection.mac_address.clone().filter(|_| with_mac),
        driver_opts: map(&connection.driver_options),
        ..EndpointSettings::default()
    }
}

fn port_key(port: &Port) -> String {
    format!("{}/{}", port.container, port.protocol.as_str())
}

fn exposed(port: &str) -> String {
    if port.contains('/') { port.to_owned() } else { format!("{port}/tcp") }
}

pub(super) fn read(told: &mut Told<'_>, spec: &mut ContainerSpec) {
    let host = told.host;
    // What is exposed only stands apart: a container made of this specification would publish it.
    spec.ports = host.port_bindings.as_ref().map(published).unwrap_or_default();
    let published = |port: &String| spec.ports.iter().any(|own| *port == port_key(own));
    spec.expose = told.config.exposed_ports.take().unwrap_or_default();
    spec.expose.retain(|port| !published(port));
    spec.expose.sort();
    spec.publish_all_ports = host.publish_all_ports.unwrap_or_default();
    spec.dns = host.dns.clone().unwrap_or_default();
    spec.dns_search = host.dns_search.clone().unwrap_or_default();
    spec.dns_options = host.dns_options.clone().unwrap_or_default();
    spec.extra_hosts = host.extra_hosts.clone().unwrap_or_default();
    spec.links = host.links.iter().flatten().filter_map(|text| link(text)).collect();
    let mode = host.network_mode.as_deref().filter(|mode| !mode.is_empty() && *mode != "default");
    spec.network = mode.filter(|mode| *mode != USUAL).and_then(|mode| mode.parse().ok());
    if let Some(NetworkMode::Container(_)) = spec.network {
        // It has the names of the other.
        (told.config.hostname, told.config.domainname) = (None, None);
        return;
    }
    // What its host name and its short id are, the engine makes names of it by itself.
    let own = [told.id.short(), told.config.hostname.as_deref().unwrap_or_default()];
    let mut connections: Vec<Connection> =
        told.endpoints.iter().filter_map(|(name, endpoint)| connection(name, endpoint, own)).collect();
    connections.sort();
    // A network may be told by its id in the mode.
    let id = |name: &str| told.endpoints.get(name).and_then(|endpoint| endpoint.network_id.as_deref());
    let mut first = mode.unwrap_or(USUAL).to_owned();
    if let Some(own) = connections.iter().find(|own| id(own.network.as_str()) == Some(&first)) {
        first = own.network.to_string();
        spec.network = Some(own.network.clone().into());
    }
    // It has left the network that it was made in.
    if !connections.is_empty() && !connections.iter().any(|connection| connection.network.as_str() == first) {
        let own = connections[0].network.clone();
        first = own.to_string();
        spec.network = (first != USUAL).then(|| own.into());
    }
    for connection in &mut connections {
        if connection.network.as_str() == first {
            connection.mac_address = told.mac_address.take();
        }
    }
    connections.retain(|connection| connection.network.as_str() != first || !connection.is_plain());
    spec.networks = connections;
}

/// What was configured of a connection; not what the engine chose.
fn connection(name: &str, endpoint: &EndpointSettings, own: [&str; 2]) -> Option<Connection> {
    let ipam = endpoint.ipam_config.clone().unwrap_or_default();
    let link_local = ipam.link_local_ips.unwrap_or_default();
    let aliases = endpoint.aliases.clone().unwrap_or_default();
    Some(Connection {
        network: NetworkName::new(name).ok()?,
        aliases: aliases.into_iter().filter(|alias| !own.contains(&alias.as_str())).collect(),
        ipv4_address: ipam.ipv4_address.and_then(|address| address.parse().ok()),
        ipv6_address: ipam.ipv6_address.and_then(|address| address.parse().ok()),
        link_local_ips: link_local.iter().filter_map(|address| address.parse().ok()).collect(),
        mac_address: None,
        links: endpoint.links.clone().unwrap_or_default(),
        driver_options: endpoint.driver_opts.clone().unwrap_or_default().into_iter().collect(),
    })
}

/// A link as the engine tells it, `/db:/web/alias`.
fn link(told: &str) -> Option<String> {
    let (container, alias) = told.split_once(':')?;
    let alias = alias.rsplit('/').next().unwrap_or(alias);
    Some(format!("{}:{alias}", container.trim_start_matches('/')))
}

/// Ports by the engine's map of them.
pub(in crate::engine::docker) fn published(ports: &HashMap<String, Option<Vec<PortBinding>>>) -> Vec<Port> {
    let mut found = Vec::new();
    for (key, bindings) in ports {
        let (port, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
        let Ok(container) = port.parse() else { continue };
        let protocol = protocol_of(protocol);
        let bindings = bindings.as_deref().unwrap_or_default();
        if bindings.is_empty() {
            found.push(Port { container, host: None, address: None, protocol });
        }
        for binding in bindings {
            let address = text(binding.host_ip.as_ref()).and_then(|ip| ip.parse().ok());
            found.push(Port {
                container,
                host: binding.host_port.as_deref().and_then(|port| port.parse().ok()).filter(|port: &u16| *port > 0),
                address: address.filter(|ip: &std::net::IpAddr| !ip.is_unspecified()),
                protocol,
            });
        }
    }
    found.sort();
    found.dedup();
    found
}
