//! What a container wrote.

use clap::Args;
use futures_util::StreamExt as _;
use haven_core::{door::ops::containers::ContainerLogs, model::ContainerRef};
use jiff::Timestamp;

use super::{Context, pick::Where, terminal};
use crate::{failure::Result, show::parse_moment};

/// Show what a container wrote
#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Go on until the container stops
    #[arg(short, long)]
    follow: bool,
    /// Only so many lines from the end
    #[arg(short = 'n', long, value_name = "LINES", value_parser = parse_tail)]
    tail: Option<Tail>,
    /// Only what was written since then: `10m` (ago) or a time
    #[arg(long, value_parser = parse_moment)]
    since: Option<Timestamp>,
    /// Only what was written until then
    #[arg(long, value_parser = parse_moment)]
    until: Option<Timestamp>,
    /// Begin each line with its time
    #[arg(short, long)]
    timestamps: bool,
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
    #[command(flatten)]
    place: Where,
}

/// Lines from the end; none is all of them.
#[derive(Clone, Copy, Debug)]
struct Tail(Option<u32>);

fn parse_tail(text: &str) -> Result<Tail, String> {
    if text == "all" {
        return Ok(Tail(None));
    }
    text.parse().map(|lines| Tail(Some(lines))).map_err(|_| "a number of lines, or `all`".into())
}

impl Logs {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let at = self.place.find(context, &self.container).await?;
        let operation = ContainerLogs {
            follow: self.follow,
            tail: self.tail.and_then(|tail| tail.0),
            since: self.since,
            until: self.until,
            timestamps: self.timestamps,
            ..ContainerLogs::of(&at.node, &(&at.item.id).into())
        };
        follow(context, operation).await
    }
}

/// Shows a log as it comes.
pub(super) async fn follow(context: &Context, operation: ContainerLogs) -> Result {
    let mut pieces = context.haven().await?.follow(operation).await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if context.show.json {
            context.show.item(&piece, String::new)?;
        } else {
            terminal::write(piece.channel, &piece.bytes)?;
        }
    }
    Ok(())
}
