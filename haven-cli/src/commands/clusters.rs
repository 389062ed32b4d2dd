//! Clusters: made, described, given nodes and relieved of them, removed.

use clap::{Args, Subcommand};
use haven_core::{
    door::ops::clusters::{
        AddClusterNode, CreateCluster, DeleteCluster, GetCluster, ListClusters, RemoveClusterNode, UpdateCluster,
    },
    model::{Cluster, ClusterName, NodeName, Revision, cluster::ClusterSpec},
};

use super::{Context, each::Each, placing::Strategy};
use crate::{
    failure::{Failure, Result},
    show::{Table, word},
};

/// Manage clusters: machines seen and driven as one
#[derive(Debug, Args)]
pub(crate) struct Clusters {
    #[command(subcommand)]
    command: Option<ClustersCommand>,
}

#[derive(Debug, Subcommand)]
enum ClustersCommand {
    /// List the clusters (the default)
    Ls,
    /// Show everything about a cluster
    Inspect {
        /// The cluster
        cluster: ClusterName,
    },
    /// Make a cluster
    Create {
        /// Its name
        name: ClusterName,
        /// What it is for
        #[arg(short, long, default_value = "")]
        description: String,
        #[command(flatten)]
        placing: Placing,
    },
    /// Change how containers are placed on a cluster's nodes, or what it is for
    Update {
        /// The cluster
        cluster: ClusterName,
        /// What it is for
        #[arg(short, long)]
        description: Option<String>,
        #[command(flatten)]
        placing: Placing,
        /// Only when it is still at this revision
        #[arg(long)]
        revision: Option<Revision>,
    },
    /// Describe a cluster anew
    Describe {
        /// The cluster
        cluster: ClusterName,
        /// What it is for
        description: String,
        /// Only when it is still at this revision
        #[arg(long)]
        revision: Option<Revision>,
    },
    /// Put nodes into a cluster, out of the one they were in
    Add {
        /// The cluster
        cluster: ClusterName,
        /// The nodes
        #[arg(required = true)]
        nodes: Vec<NodeName>,
    },
    /// Take nodes out of a cluster
    Remove {
        /// The cluster
        cluster: ClusterName,
        /// The nodes
        #[arg(required = true)]
        nodes: Vec<NodeName>,
    },
    /// Delete clusters; their nodes become orphans
    Rm {
        /// The clusters
        #[arg(required = true)]
        clusters: Vec<ClusterName>,
    },
}

/// How containers are placed on a cluster's nodes.
#[derive(Debug, Args)]
struct Placing {
    /// Which of the nodes that can take a new container takes it
    #[arg(long)]
    strategy: Option<Strategy>,
    /// The most containers of one image on one node; 0: as many as there is room for
    #[arg(long, value_name = "COUNT")]
    max_count_of_instances: Option<u32>,
}

impl Clusters {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(ClustersCommand::Ls) {
            ClustersCommand::Ls => {
                let clusters = haven.call(ListClusters::default()).await?;
                context.show.value(&clusters, || table(&clusters.items).render())
            }
            ClustersCommand::Inspect { cluster } => context.show.pretty(&haven.call(GetCluster { cluster }).await?),
            ClustersCommand::Create { name, description, placing } => {
                let cluster = haven
                    .call(CreateCluster(ClusterSpec {
                        name,
                        description,
                        strategy: placing.strategy.map(Into::into).unwrap_or_default(),
                        max_count_of_instances: placing.max_count_of_instances,
                    }))
                    .await?;
                context.show.value(&cluster, || cluster.name.to_string())
            }
            ClustersCommand::Update { cluster, description, placing, revision } => {
                let Placing { strategy, max_count_of_instances } = placing;
                let strategy = strategy.map(Into::into);
                if description.is_none() && strategy.is_none() && max_count_of_instances.is_none() {
                    return Err(Failure::usage(
                        "nothing to change",
                        "give `--strategy`, `--max-count-of-instances` or `--description`",
                    ));
                }
                let change = UpdateCluster { cluster, description, strategy, max_count_of_instances, revision };
                let cluster = haven.call(change).await?;
                context.show.value(&cluster, || cluster.name.to_string())
            }
            ClustersCommand::Describe { cluster, description, revision } => {
                let description = Some(description);
                let cluster =
                    haven.call(UpdateCluster { description, revision, ..UpdateCluster::of(&cluster) }).await?;
                context.show.value(&cluster, || cluster.name.to_string())
            }
            ClustersCommand::Add { cluster, nodes } => {
                let add = |node| async { Ok(haven.call(AddClusterNode { cluster: cluster.clone(), node }).await?) };
                Each::of("node", "adding").run(context, nodes, add, |node, _| node.to_string()).await
            }
            ClustersCommand::Remove { cluster, nodes } => {
                let remove =
                    |node| async { Ok(haven.call(RemoveClusterNode { cluster: cluster.clone(), node }).await?) };
                Each::of("node", "removing").run(context, nodes, remove, |node, _| node.to_string()).await
            }
            ClustersCommand::Rm { clusters } => {
                let delete = |cluster| async { Ok(haven.call(DeleteCluster { cluster, revision: None }).await?) };
                Each::of("cluster", "deleting").run(context, clusters, delete, |cluster, ()| cluster.to_string()).await
            }
        }
    }
}

fn table(clusters: &[Cluster]) -> Table {
    let mut table = Table::new(&["NAME", "KIND", "NODES", "CONTAINERS", "DESCRIPTION"]);
    for cluster in clusters {
        table.row([
            cluster.name.to_string(),
            word(&cluster.kind),
            format!("{}/{}", cluster.nodes.on, cluster.nodes.total),
            format!("{}/{}", cluster.containers.on, cluster.containers.total),
            cluster.description.clone(),
        ]);
    }
    table
}
