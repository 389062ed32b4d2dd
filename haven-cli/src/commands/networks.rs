//! Networks: listed, made, removed, and containers connected to them.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use clap::{Args, Subcommand};
use haven_core::{
    door::ops::networks::{
        ConnectNetwork, CreateNetwork, DisconnectNetwork, GetNetwork, ListNetworks, PruneNetworks, RemoveNetwork,
    },
    model::{
        Connection, ContainerRef, NetworkName, NetworkSpec, NodeName,
        network::{AddressPool, Ipam},
    },
};

use super::{
    Context,
    each::Each,
    pick::{Where, parse_pair},
    terminal,
};
use crate::{
    failure::{Failure, Result},
    show::{Table, short_id},
};

/// Manage networks
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Networks {
    #[command(subcommand)]
    command: Option<NetworksCommand>,
    #[command(flatten)]
    ls: Where,
}

#[derive(Debug, Subcommand)]
enum NetworksCommand {
    /// List networks (the default)
    Ls(Where),
    /// Show everything about a network of a node
    Inspect {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The network
        network: NetworkName,
    },
    /// Make a network on a node
    Create {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// Its driver [default: bridge]
        #[arg(short, long)]
        driver: Option<String>,
        /// Without a way out
        #[arg(long)]
        internal: bool,
        /// Containers that no service made may join it, where it spans a swarm
        #[arg(long)]
        attachable: bool,
        /// With IPv6
        #[arg(long)]
        ipv6: bool,
        /// Its address range: `172.30.0.0/16`; further ones for other kinds of addresses
        #[arg(long, value_name = "RANGE")]
        subnet: Vec<String>,
        /// The part of each range that is given out
        #[arg(long, value_name = "RANGE", requires = "subnet")]
        ip_range: Vec<String>,
        /// The address of the way out of each range
        #[arg(long, value_name = "ADDRESS", requires = "subnet")]
        gateway: Vec<IpAddr>,
        /// An address of the first range that is another's: `NAME=ADDRESS`
        #[arg(long, value_name = "NAME=ADDRESS", requires = "subnet", value_parser = parse_pair)]
        aux_address: Vec<(String, String)>,
        /// Who gives addresses out
        #[arg(long, value_name = "DRIVER")]
        ipam_driver: Option<String>,
        /// An option of that driver
        #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
        ipam_opt: Vec<(String, String)>,
        /// An option of the network's driver
        #[arg(short, long = "opt", value_name = "KEY=VALUE", value_parser = parse_pair)]
        option: Vec<(String, String)>,
        /// A label
        #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
        label: Vec<(String, String)>,
        /// Its name
        name: NetworkName,
    },
    /// Remove networks from a node
    Rm {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The networks
        #[arg(required = true)]
        networks: Vec<NetworkName>,
    },
    /// Connect a container to a network
    Connect {
        #[command(flatten)]
        place: Where,
        /// A further name of the container there
        #[arg(long)]
        alias: Vec<String>,
        /// Its address there
        #[arg(long, value_name = "ADDRESS")]
        ip: Option<Ipv4Addr>,
        /// Its IPv6 address there
        #[arg(long, value_name = "ADDRESS")]
        ip6: Option<Ipv6Addr>,
        /// An address of its link
        #[arg(long, value_name = "ADDRESS")]
        link_local_ip: Vec<IpAddr>,
        /// Another container there that it knows by a name: `CONTAINER[:ALIAS]`
        #[arg(long, value_name = "CONTAINER")]
        link: Vec<String>,
        /// An option of the network's driver
        #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
        driver_opt: Vec<(String, String)>,
        /// The network
        network: NetworkName,
        /// The container
        container: ContainerRef,
    },
    /// Disconnect a container from a network
    Disconnect {
        #[command(flatten)]
        place: Where,
        /// Also when the container is gone and the network still knows of it
        #[arg(short, long)]
        force: bool,
        /// The network
        network: NetworkName,
        /// The container
        container: ContainerRef,
    },
    /// Remove the networks of a node that no running container is in
    Prune {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// Only with this label: `KEY` or `KEY=VALUE`
        #[arg(short, long, value_name = "KEY[=VALUE]")]
        label: Vec<String>,
        /// Do not ask
        #[arg(short, long, visible_alias = "force", visible_short_alias = 'f')]
        yes: bool,
    },
}

impl Networks {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(NetworksCommand::Ls(self.ls)) {
            NetworksCommand::Ls(place) => list(context, place).await,
            NetworksCommand::Inspect { node, network } => {
                context.show.pretty(&haven.call(GetNetwork { node, network }).await?)
            }
            NetworksCommand::Create {
                node,
                driver,
                internal,
                attachable,
                ipv6,
                subnet,
                ip_range,
                gateway,
                aux_address,
                ipam_driver,
                ipam_opt,
                option,
                label,
                name,
            } => {
                let pools = pools(subnet, ip_range, gateway, aux_address)?;
                let ipam = Ipam { driver: ipam_driver, pools, options: ipam_opt.into_iter().collect() };
                let spec = NetworkSpec {
                    driver,
                    internal,
                    attachable,
                    enable_ipv6: ipv6,
                    ipam,
                    options: option.into_iter().collect(),
                    labels: label.into_iter().collect(),
                    ..NetworkSpec::new(name)
                };
                let network = haven.call(CreateNetwork { node, spec }).await?;
                context.show.value(&network, || network.id.clone())
            }
            NetworksCommand::Rm { node, networks } => {
                let remove = |network| async { Ok(haven.call(RemoveNetwork { node: node.clone(), network }).await?) };
                Each::of("network", "removing").run(context, networks, remove, |network, _| network.to_string()).await
            }
            NetworksCommand::Connect { place, alias, ip, ip6, link_local_ip, link, driver_opt, network, container } => {
                let (node, container) = place.found(context, container).await?;
                let connection = Connection {
                    aliases: alias,
                    ipv4_address: ip,
                    ipv6_address: ip6,
                    link_local_ips: link_local_ip,
                    links: link,
                    driver_options: driver_opt.into_iter().collect(),
                    ..Connection::to(network)
                };
                let answer = haven.call(ConnectNetwork::with(node, container, connection)).await?;
                context.show.silent(&answer)
            }
            NetworksCommand::Disconnect { place, force, network, container } => {
                let (node, container) = place.found(context, container).await?;
                let answer = haven.call(DisconnectNetwork { node, network, container, force }).await?;
                context.show.silent(&answer)
            }
            NetworksCommand::Prune { node, label, yes } => {
                if !yes {
                    let what = format!("the networks of `{node}` that no running container is in");
                    terminal::confirm_removal(context.show, &what)?;
                }
                let pruned = haven.call(PruneNetworks { node, label }).await?;
                context.show.value(&pruned, || pruned.removed.join("\n"))
            }
        }
    }
}

/// Ranges with what was given of each, in their order.
fn pools(
    subnets: Vec<String>,
    ranges: Vec<String>,
    gateways: Vec<IpAddr>,
    others: Vec<(String, String)>,
) -> Result<Vec<AddressPool>> {
    if ranges.len() > subnets.len() || gateways.len() > subnets.len() {
        return Err(Failure::usage(
            "there are more parts or ways out than ranges",
            "give a `--subnet` for each `--ip-range` and `--gateway`",
        ));
    }
    let (mut ranges, mut gateways) = (ranges.into_iter(), gateways.into_iter());
    let pool = |subnet| AddressPool {
        subnet,
        ip_range: ranges.next(),
        gateway: gateways.next(),
        aux_addresses: BTreeMap::new(),
    };
    let mut pools: Vec<AddressPool> = subnets.into_iter().map(pool).collect();
    for (name, address) in others {
        let wrong =
            |_| Failure::usage(format!("`{}` is no address", address.escape_debug()), "as in `router=10.0.0.9`");
        let address = address.parse().map_err(wrong)?;
        pools.iter_mut().take(1).for_each(|pool| {
            pool.aux_addresses.insert(name.clone(), address);
        });
    }
    Ok(pools)
}

async fn list(context: &Context, Where { cluster, node }: Where) -> Result {
    let listing = context.haven().await?.call(ListNetworks { cluster, node, ..ListNetworks::default() }).await?;
    context.show.listing(&listing, || {
        let mut table = Table::new(&["NODE", "NETWORK ID", "NAME", "DRIVER", "SCOPE", "SUBNETS"]);
        for at in &listing.items {
            let network = &at.item;
            table.row([
                at.node.to_string(),
                short_id(&network.id).to_owned(),
                network.name.clone(),
                network.driver.clone(),
                network.scope.clone(),
                network.subnets.join(", "),
            ]);
        }
        table
    })
}
