//! Which containers, and which node, are meant: references, and what narrows them down.

use clap::Args;
use haven_core::{
    Error, Haven,
    door::ops::{
        containers::{FindContainer, ListContainers},
        nodes::ListNodes,
    },
    model::{At, ClusterName, Container, ContainerRef, NodeName, NodeStatus},
};

use super::Context;
use crate::failure::{Failure, Result};

/// Narrows down where to look.
#[derive(Clone, Debug, Args)]
pub(crate) struct Where {
    /// Only of this cluster
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) cluster: Option<ClusterName>,
    /// Only of this node
    #[arg(long, value_name = "NODE")]
    pub(crate) node: Option<NodeName>,
}

impl Where {
    /// The node and the reference that say which container is meant; looked for where no node is named.
    pub(crate) async fn found(&self, context: &Context, container: ContainerRef) -> Result<(NodeName, ContainerRef)> {
        if let (None, Some(node)) = (&self.cluster, &self.node) {
            return Ok((node.clone(), container));
        }
        let at = self.find(context, &container).await?;
        Ok((at.node, (&at.item.id).into()))
    }

    /// The one container that a reference means.
    pub(crate) async fn find(&self, context: &Context, container: &ContainerRef) -> Result<At<Container>> {
        let operation =
            FindContainer { container: container.clone(), cluster: self.cluster.clone(), node: self.node.clone() };
        let found = context.haven().await?.call(operation).await.map_err(|error| match error.kind() {
            haven_core::ErrorKind::Conflict => Failure::Error(
                error,
                Some("narrow it down with `--node` or `--cluster`, or give more of the id".into()),
            ),
            haven_core::ErrorKind::NotFound => Failure::Error(error, Some("`haven ps -a` lists all containers".into())),
            _ => error.into(),
        })?;
        Ok(found.into())
    }
}

/// The node that is meant while there is only one; `flags` say which where there are several.
pub(crate) async fn only_node(haven: &Haven, flags: &str) -> Result<NodeName> {
    let online = ListNodes { status: Some(NodeStatus::Online), ..ListNodes::default() };
    match <[_; 1]>::try_from(haven.call(online).await?.items) {
        Ok([node]) => Ok(node.name),
        Err(nodes) if nodes.is_empty() => Err(Failure::Error(
            Error::unavailable("no node is online"),
            Some("register one with `haven nodes register NAME ADDRESS`".into()),
        )),
        Err(nodes) => {
            let names: Vec<String> = nodes.iter().take(5).map(|node| format!("`{}`", node.name)).collect();
            Err(Failure::usage("there are several nodes", format!("say which with {flags}: {}", names.join(", "))))
        }
    }
}

/// Adds conditions as `--filter` gives them to those of a list.
pub(crate) fn filter(conditions: &mut ListContainers, filters: &[String]) -> Result {
    for filter in filters {
        let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
        let owned = value.to_owned();
        match key {
            "id" => conditions.id.push(owned),
            "name" => conditions.name.push(owned),
            "image" | "ancestor" => conditions.image.push(owned),
            "label" => conditions.label.push(owned),
            "status" | "state" => conditions.state.push(value.parse()?),
            "node" => conditions.node = Some(value.parse()?),
            "cluster" => conditions.cluster = Some(value.parse()?),
            _ => {
                let shown: String = filter.chars().take(100).collect();
                return Err(Failure::usage(
                    format!("`{}` is no filter", shown.escape_debug()),
                    "filters are id, name, image, ancestor, label, status, node and cluster, as in `--filter name=web`",
                ));
            }
        }
    }
    Ok(())
}

/// `key=value`, for labels.
pub(crate) fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) | None => Err(format!("`{}` is not of the form key=value", text.escape_debug())),
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
    }
}
