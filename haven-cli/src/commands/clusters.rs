//! Clusters: made, described, given nodes and relieved of them, removed.

use clap::{Args, Subcommand};
use haven_core::{
    door::ops::clusters::{
        AddClusterNode, CreateCluster, DeleteCluster, GetCluster, ListClusters, RemoveClusterNode, UpdateCluster,
    },
    model::{Cluster, ClusterName, NodeName, Revision, cluster::ClusterSpec},
};

use super::{Context, each::Each};
use crate::{
    failure::Result,
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

impl Clusters {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(ClustersCommand::Ls) {
            ClustersCommand::Ls => {
                let clusters = haven.call(ListClusters::default()).await?;
                context.show.value(&clusters, || table(&clusters.items).render())
            }
            ClustersCommand::Inspect { cluster } => context.show.pretty(&haven.call(GetCluster { cluster }).await?),
            ClustersCommand::Create { name, description } => {
                let cluster = haven.call(CreateCluster(ClusterSpec { name, description })).await?;
                context.show.value(&cluster, || cluster.name.to_string())
            }
            ClustersCommand::Describe { cluster, description, revision } => {
                let cluster = haven.call(UpdateCluster { cluster, description: Some(description), revision }).await?;
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
