//! Networks: listed, made, removed, and containers connected to them.

use clap::{Args, Subcommand};
use haven_core::{
    door::ops::networks::{ConnectNetwork, CreateNetwork, DisconnectNetwork, GetNetwork, ListNetworks, RemoveNetwork},
    model::{ContainerRef, NetworkName, NetworkSpec, NodeName},
};

use super::{
    Context,
    each::Each,
    pick::{Where, parse_pair},
};
use crate::{
    failure::Result,
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
        /// Its address range: `172.30.0.0/16`
        #[arg(long)]
        subnet: Option<String>,
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
        /// The network
        network: NetworkName,
        /// The container
        container: ContainerRef,
    },
    /// Disconnect a container from a network
    Disconnect {
        #[command(flatten)]
        place: Where,
        /// The network
        network: NetworkName,
        /// The container
        container: ContainerRef,
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
            NetworksCommand::Create { node, driver, internal, subnet, label, name } => {
                let spec = NetworkSpec {
                    driver,
                    internal,
                    subnet,
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
            NetworksCommand::Connect { place, alias, network, container } => {
                let (node, container) = place.found(context, container).await?;
                let connect = ConnectNetwork { aliases: alias, ..ConnectNetwork::to(node, network, container) };
                let answer = haven.call(connect).await?;
                context.show.silent(&answer)
            }
            NetworksCommand::Disconnect { place, network, container } => {
                let (node, container) = place.found(context, container).await?;
                let answer = haven.call(DisconnectNetwork { node, network, container, force: false }).await?;
                context.show.silent(&answer)
            }
        }
    }
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
