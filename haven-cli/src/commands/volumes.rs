//! Volumes: listed, made, removed.

use clap::{Args, Subcommand};
use haven_core::{
    door::ops::volumes::{CreateVolume, GetVolume, ListVolumes, PruneVolumes, RemoveVolume},
    model::{NodeName, VolumeName, VolumeSpec},
};

use super::{
    Context,
    each::Each,
    pick::{Where, parse_pair},
    terminal,
};
use crate::{
    failure::Result,
    show::{Table, ago, size},
};

/// Manage volumes
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Volumes {
    #[command(subcommand)]
    command: Option<VolumesCommand>,
    #[command(flatten)]
    ls: Where,
}

#[derive(Debug, Subcommand)]
enum VolumesCommand {
    /// List volumes (the default)
    Ls(Where),
    /// Show everything about a volume of a node
    Inspect {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The volume
        volume: VolumeName,
    },
    /// Make a volume on a node; one that is there already is left as it is
    Create {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// Its driver [default: local]
        #[arg(short, long)]
        driver: Option<String>,
        /// An option of the driver
        #[arg(short, long = "opt", value_name = "KEY=VALUE", value_parser = parse_pair)]
        option: Vec<(String, String)>,
        /// A label
        #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
        label: Vec<(String, String)>,
        /// Its name
        name: VolumeName,
    },
    /// Remove volumes from a node, with their data
    Rm {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// The volumes
        #[arg(required = true)]
        volumes: Vec<VolumeName>,
    },
    /// Remove the volumes of a node that no container has, with their data: those that nobody named
    Prune {
        /// The node
        #[arg(long)]
        node: NodeName,
        /// Also those that somebody named
        #[arg(short, long)]
        all: bool,
        /// Only with this label: `KEY` or `KEY=VALUE`
        #[arg(short, long, value_name = "KEY[=VALUE]")]
        label: Vec<String>,
        /// Do not ask
        #[arg(short, long, visible_alias = "force", visible_short_alias = 'f')]
        yes: bool,
    },
}

impl Volumes {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(VolumesCommand::Ls(self.ls)) {
            VolumesCommand::Ls(place) => list(context, place).await,
            VolumesCommand::Inspect { node, volume } => {
                context.show.pretty(&haven.call(GetVolume { node, volume }).await?)
            }
            VolumesCommand::Create { node, driver, option, label, name } => {
                let shown = name.to_string();
                let spec = VolumeSpec {
                    name,
                    driver,
                    options: option.into_iter().collect(),
                    labels: label.into_iter().collect(),
                };
                let answer = haven.call(CreateVolume { node, spec }).await?;
                context.show.value(&answer, || shown)
            }
            VolumesCommand::Rm { node, volumes } => {
                let remove = |volume| async { Ok(haven.call(RemoveVolume { node: node.clone(), volume }).await?) };
                Each::of("volume", "removing").run(context, volumes, remove, |volume, _| volume.to_string()).await
            }
            VolumesCommand::Prune { node, all, label, yes } => {
                if !yes {
                    let which = if all { "" } else { " and nobody named" };
                    let what = format!("the volumes of `{node}` that no container has{which}, with their data");
                    terminal::confirm_removal(context.show, &what)?;
                }
                let pruned = haven.call(PruneVolumes { node, label, all }).await?;
                let number = pruned.removed.len();
                let plural = if number == 1 { "" } else { "s" };
                context.show.progress(&format!("{number} volume{plural}, {}", size(pruned.bytes)));
                context.show.value(&pruned, || pruned.removed.join("\n"))
            }
        }
    }
}

async fn list(context: &Context, Where { cluster, node }: Where) -> Result {
    let listing = context.haven().await?.call(ListVolumes { cluster, node, ..ListVolumes::default() }).await?;
    context.show.listing(&listing, || {
        let mut table = Table::new(&["NODE", "DRIVER", "NAME", "CREATED", "MOUNTPOINT"]);
        for at in &listing.items {
            let volume = &at.item;
            table.row([
                at.node.to_string(),
                volume.driver.clone(),
                volume.name.clone(),
                volume.created.map_or_else(|| "-".into(), ago),
                volume.mountpoint.clone(),
            ]);
        }
        table
    })
}
