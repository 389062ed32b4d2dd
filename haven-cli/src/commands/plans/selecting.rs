//! Which containers a plan is for, as they are typed.

use clap::Args;
use haven_core::model::{ContainerRef, NodeName, plan::Selection};

use super::super::{Context, pick::Where};
use crate::failure::{Failure, Result};

/// Some containers of the fleet.
#[derive(Debug, Args)]
pub(crate) struct Selecting {
    /// The containers: names, exact or with `*` for any text, or an id
    #[arg(value_name = "CONTAINER")]
    containers: Vec<String>,
    /// Only of this image: `web`, `web:1.*`, `registry/team/*`; without a tag any tag
    #[arg(long, value_name = "IMAGE")]
    image: Vec<String>,
    /// Only with this name, image, label, node or cluster: `key=value`
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// All, within `--cluster` or `--node` where one is given
    #[arg(long, conflicts_with_all = ["containers", "image", "filter"])]
    all: bool,
    /// Not these: names, exact or with `*` for any text
    #[arg(long, value_name = "NAME")]
    exclude: Vec<String>,
    /// Not those of this node
    #[arg(long, value_name = "NODE")]
    exclude_node: Vec<NodeName>,
    #[command(flatten)]
    place: Where,
}

impl Selecting {
    /// Those that are meant. It must be said which, or that it is all.
    pub(super) async fn some(self, context: &Context) -> Result<Selection> {
        if !self.all && self.containers.is_empty() && self.image.is_empty() && self.filter.is_empty() {
            return Err(Failure::usage(
                "it is not said which containers",
                "name them, or choose with `--image`, `--filter` or `--all`, within `--cluster` or `--node`",
            ));
        }
        self.any(context).await
    }

    /// Those that are meant; all where nothing is said.
    pub(super) async fn any(self, context: &Context) -> Result<Selection> {
        let mut selection = Selection {
            image: self.image,
            exclude: self.exclude,
            exclude_node: self.exclude_node,
            ..named(context, &self.place, &self.containers).await?
        };
        for filter in &self.filter {
            let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
            match key {
                "name" => selection.name.push(value.to_owned()),
                "image" | "ancestor" => selection.image.push(value.to_owned()),
                "label" => selection.label.push(value.to_owned()),
                "node" => selection.node = Some(value.parse()?),
                "cluster" => selection.cluster = Some(value.parse()?),
                _ => {
                    let shown: String = filter.chars().take(100).collect();
                    return Err(Failure::usage(
                        format!("`{}` is no filter", shown.escape_debug()),
                        "filters are name, image, ancestor, label, node and cluster, as in `--filter label=tier=web`",
                    ));
                }
            }
        }
        Ok(selection)
    }
}

/// Containers by what is typed for them: each the one that it means, unless there is a pattern among them.
pub(super) async fn named(context: &Context, place: &Where, containers: &[String]) -> Result<Selection> {
    let mut selection = Selection { cluster: place.cluster.clone(), node: place.node.clone(), ..Selection::default() };
    if containers.iter().any(|container| container.contains('*')) {
        selection.name = containers.to_vec();
        return Ok(selection);
    }
    for container in containers {
        let at = place.find(context, &ContainerRef::new(container)?).await?;
        selection.name.push(at.item.name.clone());
        selection.id.push(at.item.id);
    }
    Ok(selection)
}
