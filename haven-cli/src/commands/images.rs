//! Images: listed, fetched, named, removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, IsTerminal as _},
};

use clap::{Args, Subcommand};
use futures_util::StreamExt as _;
use haven_core::{
    door::ops::{
        images::{InspectImage, ListImages, PullImage, RemoveImage, TagImage},
        nodes::ListNodes,
    },
    model::{ClusterName, ImageRef, NodeName, image::PullProgress},
};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{
    Context,
    each::Each,
    pick::{Where, only_node},
};
use crate::{
    failure::Result,
    show::{Table, ago, printable, short_id, size},
};

/// The most bars at the same time; layers beyond that are fetched without one.
const MAX_BARS: usize = 64;

/// How many nodes fetch an image at the same time: the registry is the same for all.
const AT_ONCE: usize = 8;

/// Manage images
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Images {
    #[command(subcommand)]
    command: Option<ImagesCommand>,
    #[command(flatten)]
    ls: Ls,
}

#[derive(Debug, Subcommand)]
enum ImagesCommand {
    /// List images (the default)
    Ls(Ls),
    /// Show everything about an image on a node
    Inspect {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The image, by name or id
        image: ImageRef,
    },
    /// Fetch an image to nodes from its registry
    Pull {
        /// The nodes; may be left out while there is only one that is online
        #[arg(long)]
        node: Vec<NodeName>,
        /// All nodes of this cluster
        #[arg(long, value_name = "CLUSTER")]
        cluster: Option<ClusterName>,
        /// The image
        image: ImageRef,
    },
    /// Give an image on a node a further name
    Tag {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The image, by name or id
        image: ImageRef,
        /// The further name
        name: ImageRef,
    },
    /// Remove a name of images from a node, and with its last name the image
    Rm {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The images
        #[arg(required = true)]
        images: Vec<ImageRef>,
    },
}

#[derive(Debug, Args)]
struct Ls {
    #[command(flatten)]
    place: Where,
    /// Only print ids
    #[arg(short, long)]
    quiet: bool,
}

impl Images {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(ImagesCommand::Ls(self.ls)) {
            ImagesCommand::Ls(ls) => ls.run(context).await,
            ImagesCommand::Inspect { node, image } => {
                context.show.pretty(&haven.call(InspectImage { node, image }).await?)
            }
            ImagesCommand::Pull { node, cluster, image } => pull_to(context, node, cluster, &image).await,
            ImagesCommand::Tag { node, image, name } => {
                context.show.silent(&haven.call(TagImage { node, image, name }).await?)
            }
            ImagesCommand::Rm { node, images } => {
                let remove = |image| async { Ok(haven.call(RemoveImage { node: node.clone(), image }).await?) };
                Each::of("image", "removing").run(context, images, remove, |image, _| image.to_string()).await
            }
        }
    }
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let Where { cluster, node } = self.place;
        let listing = context.haven().await?.call(ListImages { cluster, node, ..ListImages::default() }).await?;
        if self.quiet && !context.show.json {
            context.show.lines(listing.items.iter().map(|at| short_id(&at.item.id)))?;
            context.show.missing(&listing);
            return Ok(());
        }
        context.show.listing(&listing, || {
            let mut table = Table::new(&["NODE", "REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]);
            for at in &listing.items {
                let image = &at.item;
                let tags = if image.tags.is_empty() { vec!["<none>:<none>".to_owned()] } else { image.tags.clone() };
                for tag in tags {
                    let (repository, tag) = tag.rsplit_once(':').unwrap_or((&tag, "<none>"));
                    table.row([
                        at.node.to_string(),
                        repository.to_owned(),
                        tag.to_owned(),
                        short_id(&image.id).to_owned(),
                        ago(image.created),
                        size(image.size),
                    ]);
                }
            }
            table
        })
    }
}

/// Fetches an image to these nodes and those of the cluster: with its progress where it is one node, else each is told.
async fn pull_to(
    context: &Context,
    mut nodes: Vec<NodeName>,
    cluster: Option<ClusterName>,
    image: &ImageRef,
) -> Result {
    let haven = context.haven().await?;
    if nodes.is_empty() && cluster.is_none() {
        nodes.push(only_node(haven, "`--node`").await?);
    }
    if let Some(cluster) = cluster.clone() {
        let members = haven.call(ListNodes { cluster: Some(cluster), ..ListNodes::default() }).await?;
        nodes.extend(members.items.into_iter().map(|node| node.name));
    }
    let mut seen = BTreeSet::new();
    nodes.retain(|node| seen.insert(node.clone()));
    if let (None, [node]) = (&cluster, &*nodes) {
        pull(context, node, image, context.show.json).await?;
        return if context.show.json { Ok(()) } else { context.show.text(image.as_str()) };
    }
    if nodes.is_empty() {
        context.show.warn("the cluster has no nodes");
    }
    let fetch = |node: NodeName| async move {
        let mut steps = haven.follow(PullImage { node, image: image.clone() }).await?;
        while let Some(step) = steps.next().await {
            step?;
        }
        Ok(())
    };
    let each = Each { noun: "node", doing: "fetching", at_once: AT_ONCE };
    each.run(context, nodes, fetch, |node, ()| format!("{node}: {image}")).await
}

/// Fetches an image, with a bar a layer on a terminal, else a line a message about the whole; with an object a step
/// where `steps_told`.
pub(crate) async fn pull(context: &Context, node: &NodeName, image: &ImageRef, steps_told: bool) -> Result {
    let mut steps = context.haven().await?.follow(PullImage { node: node.clone(), image: image.clone() }).await?;
    let mut bars = (!context.show.json && io::stderr().is_terminal()).then(Bars::default);
    while let Some(step) = steps.next().await {
        let step = step?;
        if steps_told {
            context.show.item(&step, String::new)?;
        } else if let Some(bars) = &mut bars {
            bars.show(&step);
        } else if step.layer.is_none() {
            context.show.progress(&step.status);
        }
    }
    Ok(())
}

/// A bar for each layer of a pull.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    layers: BTreeMap<String, ProgressBar>,
}

impl Bars {
    fn show(&mut self, step: &PullProgress) {
        let Some(layer) = &step.layer else {
            // The message stands above the bars; a terminal that refuses it has nobody in front of it.
            let _ = self.all.println(printable(&step.status));
            return;
        };
        if !self.layers.contains_key(layer) {
            if self.layers.len() >= MAX_BARS {
                return;
            }
            let bar = self.all.add(ProgressBar::new(0));
            if let Ok(style) = ProgressStyle::with_template(
                "{prefix:12} {msg:18} {bar:30} {binary_bytes:>10}/{binary_total_bytes:<10}",
            ) {
                bar.set_style(style);
            }
            bar.set_prefix(printable(short_id(layer)));
            self.layers.insert(layer.clone(), bar);
        }
        let Some(bar) = self.layers.get(layer) else { return };
        bar.set_message(printable(&step.status));
        if let Some(total) = step.total {
            bar.set_length(total);
        }
        if let Some(current) = step.current {
            bar.set_position(current);
        }
        if step.status.ends_with("complete") || step.status.contains("exists") {
            bar.set_position(bar.length().unwrap_or_default());
            bar.abandon();
        }
    }
}
