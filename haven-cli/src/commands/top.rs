//! What uses most: nodes, containers, or the processes of one container.

use clap::{Args, Subcommand, ValueEnum};
use haven_core::{
    door::ops::top::{TopContainers, TopNodes},
    model::{ClusterName, ContainerRef, metrics::TopBy},
};

use super::{Context, containers::processes, pick::Where};
use crate::{
    failure::{Failure, Result},
    show::{Table, ago, percent, size, truncated, word},
};

/// Show what uses most
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
pub(crate) struct Top {
    #[command(subcommand)]
    command: Option<TopCommand>,
    /// Show what runs in this container, as `haven processes` does
    container: Option<ContainerRef>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Subcommand)]
enum TopCommand {
    /// The nodes that use most
    Nodes {
        /// Most of what
        #[arg(long, default_value = "cpu")]
        by: By,
        /// Only of this cluster
        #[arg(long)]
        cluster: Option<ClusterName>,
        /// At most so many
        #[arg(short = 'n', long, value_name = "N")]
        limit: Option<u32>,
    },
    /// The containers that use most
    Containers {
        /// Most of what
        #[arg(long, default_value = "cpu")]
        by: By,
        #[command(flatten)]
        place: Where,
        /// At most so many
        #[arg(short = 'n', long, value_name = "N")]
        limit: Option<u32>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    /// CPU
    Cpu,
    /// Memory
    Memory,
    /// Bytes over the network
    Network,
}

impl From<By> for TopBy {
    fn from(by: By) -> Self {
        match by {
            By::Cpu => Self::Cpu,
            By::Memory => Self::Memory,
            By::Network => Self::Network,
        }
    }
}

impl Top {
    pub(crate) async fn run(self, context: &Context) -> Result {
        match (self.command, self.container) {
            (Some(TopCommand::Nodes { by, cluster, limit }), _) => nodes(context, by.into(), cluster, limit).await,
            (Some(TopCommand::Containers { by, place: Where { cluster, node }, limit }), _) => {
                let operation = TopContainers { cluster, node, by: by.into(), limit };
                containers(context, operation).await
            }
            (None, Some(container)) => processes(context, &self.place, &container).await,
            (None, None) => {
                Err(Failure::usage("nothing to show", "say `haven top nodes`, `haven top containers` or a container"))
            }
        }
    }
}

async fn nodes(context: &Context, by: TopBy, cluster: Option<ClusterName>, limit: Option<u32>) -> Result {
    let nodes = context.haven().await?.call(TopNodes { cluster, by, limit }).await?;
    context.show.value(&nodes, || {
        let mut table = Table::new(&["NODE", "CLUSTER", "CPU", "MEMORY / OF", "CONTAINERS", "SOURCE", "AS OF"]);
        for node in &nodes {
            let metrics = node.metrics.as_ref();
            let bytes = |value: Option<u64>| value.map_or_else(|| "-".into(), size);
            table.row([
                node.name.to_string(),
                node.cluster.as_ref().map_or_else(|| "-".into(), ToString::to_string),
                percent(metrics.and_then(|metrics| metrics.cpu_percent)),
                format!(
                    "{} / {}",
                    bytes(metrics.and_then(|m| m.memory_used)),
                    bytes(metrics.and_then(|m| m.memory_total))
                ),
                format!("{}/{}", node.containers.on, node.containers.total),
                metrics.map_or_else(|| "-".into(), |metrics| word(&metrics.source)),
                metrics
                    .map_or_else(|| "-".into(), |metrics| ago(metrics.time) + if node.stale { " (stale)" } else { "" }),
            ]);
        }
        table.render()
    })
}

async fn containers(context: &Context, operation: TopContainers) -> Result {
    let containers = context.haven().await?.call(operation).await?;
    context.show.listing(&containers, || {
        let mut table = Table::new(&["CONTAINER ID", "NODE", "NAME", "IMAGE", "CPU", "MEMORY / LIMIT", "NET I/O"]);
        for at in &containers.items {
            let stats = &at.item.stats;
            table.row([
                at.item.id.short().to_owned(),
                at.node.to_string(),
                at.item.name.clone(),
                truncated(&at.item.image, 40, false),
                percent(stats.cpu_percent),
                format!("{} / {}", size(stats.memory), stats.memory_limit.map_or_else(|| "-".into(), size)),
                format!("{} / {}", size(stats.network_rx), size(stats.network_tx)),
            ]);
        }
        table
    })
}
