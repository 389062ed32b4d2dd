//! Options about how it is reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use clap::Args;
use haven_core::model::{Connection, ContainerSpec, NetworkName, spec::NetworkMode};

use super::words::{Ports, parse_network, parse_ports};
use crate::failure::{Failure, Result};

#[derive(Debug, Args)]
#[command(next_help_heading = "Networks")]
pub(super) struct Networks {
    /// A published port, or a range of them: `[[ADDRESS:]HOST:]PORT[/PROTOCOL]`
    #[arg(short, long, value_name = "PORT", value_parser = parse_ports)]
    publish: Vec<Ports>,
    /// Publish every exposed port, on ports that the engine chooses
    #[arg(short = 'P', long)]
    publish_all: bool,
    /// A port to expose: `80/tcp`
    #[arg(long, value_name = "PORT")]
    expose: Vec<String>,
    /// A network to join: a name, `host`, `none`, `container:CONTAINER`, or `name=NAME,alias=ALIAS,ip=ADDRESS,…`
    #[arg(long, visible_alias = "net", value_name = "NETWORK", value_parser = parse_network)]
    network: Vec<(NetworkMode, Connection)>,
    /// A further name of it in its first network
    #[arg(long, value_name = "ALIAS")]
    network_alias: Vec<String>,
    /// Its address in its first network
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<Ipv4Addr>,
    /// Its IPv6 address in its first network
    #[arg(long, value_name = "ADDRESS")]
    ip6: Option<Ipv6Addr>,
    /// An address of its link to its first network
    #[arg(long, value_name = "ADDRESS")]
    link_local_ip: Vec<IpAddr>,
    /// Its hardware address in its first network
    #[arg(long, value_name = "ADDRESS")]
    mac_address: Option<String>,
    /// Another container that it knows by a name: `CONTAINER[:ALIAS]`
    #[arg(long, value_name = "CONTAINER")]
    link: Vec<String>,
    /// A name server
    #[arg(long, value_name = "ADDRESS")]
    dns: Vec<String>,
    /// A domain in which names are looked up
    #[arg(long, value_name = "DOMAIN")]
    dns_search: Vec<String>,
    /// An option of the resolver
    #[arg(long, visible_alias = "dns-opt", value_name = "OPTION")]
    dns_option: Vec<String>,
    /// A further host that it knows by name
    #[arg(long, value_name = "HOST:ADDRESS")]
    add_host: Vec<String>,
}

impl Networks {
    pub(super) fn apply(self, spec: &mut ContainerSpec) -> Result<()> {
        let mut given = self.network.into_iter();
        let first = given.next();
        let (mode, mut own) = match first {
            Some((mode, connection)) => (Some(mode), connection),
            None => (None, Connection::to(NetworkName::new("bridge")?)),
        };
        own.aliases.extend(self.network_alias);
        own.link_local_ips.extend(self.link_local_ip);
        own.ipv4_address = self.ip.or(own.ipv4_address);
        own.ipv6_address = self.ip6.or(own.ipv6_address);
        own.mac_address = self.mac_address.or(own.mac_address);
        spec.networks = (!own.is_plain()).then_some(own).into_iter().collect();
        for (mode, connection) in given {
            if mode.network().is_none() {
                return Err(Failure::usage(
                    "a container in the network of another is in no network of its own",
                    "give `--network container:…` alone",
                ));
            }
            spec.networks.push(connection);
        }
        spec.network = mode;
        spec.ports = self.publish.concat();
        spec.publish_all_ports = self.publish_all;
        spec.expose = self.expose;
        spec.links = self.link;
        spec.dns = self.dns;
        spec.dns_search = self.dns_search;
        spec.dns_options = self.dns_option;
        spec.extra_hosts = self.add_host;
        Ok(())
    }
}
