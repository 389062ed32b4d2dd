//! Containers of the fleet: listed, waited for, looked into.

use clap::Args;
use haven_core::{
    door::ops::containers::{ContainerProcesses, ListContainers, WaitContainer},
    model::{Container, ContainerRef, ContainerState, Health, Listing},
};

use super::{
    Context,
    each::Each,
    pick::{Where, filter},
};
use crate::{
    failure::Result,
    show::{Table, ago, ports, truncated},
};

/// How often a list that is just being read anew is looked at again, and how long between.
const LOOKS: u32 = 5;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// The states of those that run.
pub(crate) const RUNNING: [ContainerState; 3] =
    [ContainerState::Running, ContainerState::Paused, ContainerState::Restarting];

/// List containers of the whole fleet
#[derive(Debug, Args)]
pub(crate) struct Ps {
    /// Also those that do not run
    #[arg(short, long)]
    all: bool,
    #[command(flatten)]
    place: Where,
    /// Only with this id, name, image (or ancestor), label, status, node or cluster: `key=value`
    #[arg(short, long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// Only of this image
    #[arg(long)]
    image: Vec<String>,
    /// Only with this label: `key` or `key=value`
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    /// Only in this state: created, running, paused, restarting, removing, exited or dead
    #[arg(long, value_name = "STATE")]
    state: Vec<ContainerState>,
    /// Only print ids
    #[arg(short, long)]
    quiet: bool,
    /// Do not shorten ids and commands
    #[arg(long)]
    no_trunc: bool,
    /// Ask every engine now instead of the live inventory
    #[arg(long)]
    fresh: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
}

impl Ps {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (quiet, whole) = (self.quiet, self.no_trunc);
        let haven = context.haven().await?;
        let conditions = self.conditions()?;
        let mut listing = haven.containers().list_with(conditions.clone()).await?;
        for _ in 0..LOOKS {
            if context.show.json || !listing.stale || !listing.missing.is_empty() {
                break;
            }
            // An engine said that something changed, and it is being read: people want to see what it is now.
            tokio::time::sleep(PAUSE).await;
            listing = haven.containers().list_with(conditions.clone()).await?;
        }
        if quiet && !context.show.json {
            let ids = listing.items.iter().map(|at| &at.item.id);
            context.show.lines(ids.map(|id| if whole { id.as_str() } else { id.short() }))?;
            context.show.missing(&listing);
            return Ok(());
        }
        context.show.listing(&listing, || table(&listing, whole))
    }

    fn conditions(self) -> Result<ListContainers> {
        let mut conditions = ListContainers {
            cluster: self.place.cluster,
            node: self.place.node,
            image: self.image,
            label: self.label,
            state: self.state,
            fresh: self.fresh,
            limit: self.limit,
            ..ListContainers::default()
        };
        filter(&mut conditions, &self.filter)?;
        if conditions.state.is_empty() && !self.all {
            conditions.state = RUNNING.to_vec();
        }
        Ok(conditions)
    }
}

fn table(listing: &Listing<Container>, whole: bool) -> Table {
    let mut table = Table::new(&["CONTAINER ID", "NODE", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAME"]);
    for at in &listing.items {
        let container = &at.item;
        // As last seen: nobody can say what it is now.
        let lost = if listing.missing.iter().any(|missing| missing.node == at.node) { " (stale)" } else { "" };
        table.row([
            if whole { container.id.to_string() } else { container.id.short().to_owned() },
            at.node.to_string(),
            truncated(&container.image, 40, whole),
            format!("\"{}\"", truncated(&container.command, 20, whole)),
            ago(container.created),
            status(container) + lost,
            ports(&container.ports),
            container.name.clone(),
        ]);
    }
    table
}

/// The state in Docker's words, with the health where Docker left it out.
fn status(container: &Container) -> String {
    let status = if container.status.is_empty() { container.state.to_string() } else { container.status.clone() };
    match container.health {
        Some(Health::Unhealthy) if !status.contains("unhealthy") => format!("{status} (unhealthy)"),
        Some(Health::Healthy) if !status.contains("healthy") => format!("{status} (healthy)"),
        _ => status,
    }
}

/// Wait until containers have ended, and print their exit codes
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// The containers, by id, beginning of the id, or name
    #[arg(required = true)]
    containers: Vec<ContainerRef>,
    #[command(flatten)]
    place: Where,
}

impl Wait {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let place = &self.place;
        let wait = |container: ContainerRef| async move {
            let at = place.find(context, &container).await?;
            let operation = WaitContainer { node: at.node, container: (&at.item.id).into() };
            Ok(haven.call(operation).await?)
        };
        let each = Each { noun: "container", doing: "waiting", at_once: 64 };
        each.run(context, self.containers, wait, |_, exited| exited.exit_code.to_string()).await
    }
}

/// Show what runs in a container
#[derive(Debug, Args)]
pub(crate) struct Processes {
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
    #[command(flatten)]
    place: Where,
}

impl Processes {
    pub(crate) async fn run(self, context: &Context) -> Result {
        processes(context, &self.place, &self.container).await
    }
}

/// What runs in one container.
pub(crate) async fn processes(context: &Context, place: &Where, container: &ContainerRef) -> Result {
    let at = place.find(context, container).await?;
    let operation = ContainerProcesses { node: at.node, container: (&at.item.id).into() };
    let processes = context.haven().await?.call(operation).await?;
    context.show.value(&processes, || {
        let titles: Vec<&str> = processes.titles.iter().map(String::as_str).collect();
        let mut table = Table::new(&titles);
        for process in &processes.processes {
            table.row(process.iter().cloned());
        }
        table.render()
    })
}
