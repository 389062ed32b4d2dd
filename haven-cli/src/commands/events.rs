//! Events: read back, followed, counted.

use clap::{Args, Subcommand};
use futures_util::StreamExt as _;
use haven_core::{
    door::ops::events::{CountEvents, FollowEvents, ListEvents},
    model::{ClusterName, NodeName, Severity},
};
use jiff::Timestamp;

use super::Context;
use crate::{
    failure::Result,
    show::{Table, event_heading, event_line, event_table, parse_moment},
};

/// How many events are answered where nobody says how many.
const USUAL: usize = 1000;

/// Show what happened in the fleet
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Events {
    #[command(subcommand)]
    command: Option<EventsCommand>,
    #[command(flatten)]
    ls: Ls,
}

#[derive(Debug, Subcommand)]
enum EventsCommand {
    /// List events, oldest first (the default)
    Ls(Ls),
    /// Count events by cluster and severity
    Count {
        /// Only since then: `24h` (ago) or a time
        #[arg(long, value_parser = parse_moment)]
        since: Option<Timestamp>,
    },
}

#[derive(Debug, Args)]
struct Ls {
    /// Only of nodes that were in this cluster then
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<ClusterName>,
    /// Only of this node
    #[arg(long, value_name = "NODE")]
    node: Option<NodeName>,
    /// Only at least as severe: info, warning or error
    #[arg(long)]
    severity: Option<Severity>,
    /// Only of this kind of object: container, node, …
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only of this object, by id or name
    #[arg(long)]
    object: Option<String>,
    /// Only since then: `24h` (ago) or a time
    #[arg(long, value_parser = parse_moment)]
    since: Option<Timestamp>,
    /// Only until then
    #[arg(long, value_parser = parse_moment, conflicts_with = "follow")]
    until: Option<Timestamp>,
    /// Only after this cursor, which `--json` shows with each event
    #[arg(long)]
    after: Option<String>,
    /// At most so many, the newest [default: 1000]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Go on with each event as it happens
    #[arg(short, long)]
    follow: bool,
}

impl Events {
    pub(crate) async fn run(self, context: &Context) -> Result {
        match self.command.unwrap_or(EventsCommand::Ls(self.ls)) {
            EventsCommand::Ls(ls) => ls.run(context).await,
            EventsCommand::Count { since } => {
                let counts = context.haven().await?.call(CountEvents { since }).await?;
                context.show.value(&counts, || {
                    let mut table = Table::new(&["CLUSTER", "INFO", "WARNING", "ERROR"]);
                    for count in &counts {
                        let cluster = count.cluster.as_ref().map_or_else(|| "-".into(), ToString::to_string);
                        table.row([
                            cluster,
                            count.info.to_string(),
                            count.warning.to_string(),
                            count.error.to_string(),
                        ]);
                    }
                    table.render()
                })
            }
        }
    }
}

/// What stands above events that come one by one.
fn heading(context: &Context) -> Result {
    if context.show.json { Ok(()) } else { context.show.text(&event_heading()) }
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let mut after = self.after.clone();
        let mut has_heading = false;
        // Following alone begins with the next event; with something to read back, it goes on after that without a gap.
        if !self.follow || self.since.is_some() || self.limit.is_some() {
            let operation = ListEvents {
                cluster: self.cluster.clone(),
                node: self.node.clone(),
                severity: self.severity,
                kind: self.kind.clone(),
                object: self.object.clone(),
                since: self.since,
                until: self.until,
                after: after.take(),
                limit: self.limit,
            };
            let events = haven.call(operation).await?;
            if !self.follow {
                context.show.value(&events, || event_table(&events.items).render())?;
            }
            if self.limit.is_none() && events.items.len() >= USUAL {
                context.show.warn(&format!("there may be more than these {USUAL}: raise `--limit`, up to 10000"));
            }
            if !self.follow {
                return Ok(());
            }
            heading(context)?;
            has_heading = true;
            for event in &events.items {
                context.show.item(event, || event_line(event))?;
            }
            after = Some(events.cursor).filter(|cursor| !cursor.is_empty());
        }
        let operation = FollowEvents {
            cluster: self.cluster,
            node: self.node,
            severity: self.severity,
            kind: self.kind,
            object: self.object,
            after,
        };
        let mut events = haven.follow(operation).await?;
        if !has_heading {
            heading(context)?;
        }
        while let Some(event) = events.next().await {
            let event = event?;
            context.show.item(&event, || event_line(&event))?;
        }
        Ok(())
    }
}
