//! Names of the fleet, for a shell to complete: asked of the server when the key is pressed, and never waited for long.

use std::{ffi::OsStr, time::Duration};

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use haven_core::Haven;

use crate::{
    connection::{ServerArgs, is_http},
    failure::Result,
    show::{Show, printable},
};

/// How long a key may hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an argument names.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Node,
    Cluster,
    Container,
    Plan,
}

/// The command line, with what completes the names in it.
pub(crate) fn with_names(command: clap::Command) -> clap::Command {
    let completing = |arg: clap::Arg| match kind(arg.get_id().as_str()) {
        Some(kind) => arg.add(ArgValueCompleter::new(move |begin: &OsStr| names(kind, begin))),
        None => arg,
    };
    command.mut_args(completing).mut_subcommands(with_names)
}

fn kind(argument: &str) -> Option<Kind> {
    match argument {
        "node" | "nodes" => Some(Kind::Node),
        "cluster" | "clusters" => Some(Kind::Cluster),
        "container" | "containers" => Some(Kind::Container),
        "plan" | "plans" => Some(Kind::Plan),
        _ => None,
    }
}

/// The names that begin so; none where the fleet does not tell: nobody reads an error while a word is being typed.
fn names(kind: Kind, begin: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begin) = begin.to_str() else { return Vec::new() };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(kind)).await });
    let mut names = asked.ok().and_then(Result::ok).unwrap_or_default();
    names.retain(|(name, _)| name.starts_with(begin));
    names.into_iter().map(|(name, what)| CompletionCandidate::new(name).help(Some(printable(&what).into()))).collect()
}

/// All names of a kind, each with a word about it.
async fn ask(kind: Kind) -> Result<Vec<(String, String)>> {
    let server = ServerArgs::default().or_usual();
    if !is_http(server.url()) {
        return Ok(Vec::new());
    }
    let haven: Haven = server.open(Show { json: false }).await?;
    Ok(match kind {
        Kind::Node => {
            let nodes = haven.nodes().list().await?.into_iter();
            nodes
                .map(|node| (node.name.to_string(), node.address.map_or_else(String::new, |at| at.to_string())))
                .collect()
        }
        Kind::Cluster => {
            let clusters = haven.clusters().list().await?.into_iter();
            clusters.map(|cluster| (cluster.name.to_string(), cluster.description)).collect()
        }
        Kind::Container => {
            let listing = haven.containers().list().await?.items.into_iter();
            listing.map(|at| (at.item.name, format!("{} on {}", at.item.image, at.node))).collect()
        }
        Kind::Plan => {
            let plans = haven.plans().list().await?.into_iter();
            plans.map(|plan| (plan.id.short().to_owned(), plan.summary)).collect()
        }
    })
}
