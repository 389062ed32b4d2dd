//! What containers use, as it changes.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _},
    time::Duration,
};

use clap::Args;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use haven_core::{
    Haven,
    door::ops::containers::{ContainerHistory, FollowContainerStats, GetContainerStats, ListContainers},
    model::{At, Container, ContainerRef, ContainerState, ContainerStats, NodeName},
};
use serde::Serialize;

use super::{Context, pick::Where};
use crate::{
    failure::{Failure, Result, exit_code},
    show::{Table, percent, size},
};

/// How many containers are asked at the same time, and the most that are followed.
const AT_ONCE: usize = 64;
const MAX_FOLLOWED: usize = 200;

/// Show what containers use, as it changes
#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// Show it once, do not go on
    #[arg(long)]
    no_stream: bool,
    /// Show what they used until now, as far back as it is kept
    #[arg(long, conflicts_with = "no_stream")]
    history: bool,
    /// The containers [default: all that run]
    #[arg(value_name = "CONTAINER")]
    containers: Vec<ContainerRef>,
    #[command(flatten)]
    place: Where,
}

/// One container's figures, with who it is.
#[derive(Clone, Debug, Serialize)]
struct Sample {
    node: NodeName,
    id: String,
    name: String,
    stats: ContainerStats,
}

impl Sample {
    fn new(at: &At<Container>, stats: ContainerStats) -> Self {
        Self { node: at.node.clone(), id: at.item.id.to_string(), name: at.item.name.clone(), stats }
    }
}

impl Stats {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let chosen = self.chosen(context, haven).await?;
        if self.history {
            return history(context, haven, &chosen).await;
        }
        if self.no_stream { once(context, haven, &chosen).await } else { follow(context, haven, chosen).await }
    }

    async fn chosen(&self, context: &Context, haven: &Haven) -> Result<Vec<At<Container>>> {
        if self.containers.is_empty() {
            let conditions = ListContainers {
                cluster: self.place.cluster.clone(),
                node: self.place.node.clone(),
                state: vec![ContainerState::Running, ContainerState::Paused],
                ..ListContainers::default()
            };
            return Ok(haven.call(conditions).await?.items);
        }
        let mut chosen = Vec::new();
        for container in &self.containers {
            chosen.push(self.place.find(context, container).await?);
        }
        Ok(chosen)
    }
}

async fn once(context: &Context, haven: &Haven, chosen: &[At<Container>]) -> Result {
    let mut answers =
        stream::iter(chosen).map(|at| async move { (at, two_samples(haven, at).await) }).buffered(AT_ONCE);
    let mut samples = Vec::new();
    while let Some((at, answer)) = answers.next().await {
        match answer {
            Ok(stats) => samples.push(Sample::new(at, stats)),
            Err(error) if chosen.len() > 1 => context.show.warn(&format!("no figures of `{}`: {error}", at.item.name)),
            Err(error) => return Err(error.into()),
        }
    }
    context.show.value(&samples, || table(samples.iter()).render())
}

async fn history(context: &Context, haven: &Haven, chosen: &[At<Container>]) -> Result {
    let mut samples = Vec::new();
    for at in chosen {
        let operation = ContainerHistory { node: at.node.clone(), container: (&at.item.id).into() };
        samples.extend(haven.call(operation).await?.into_iter().map(|stats| Sample::new(at, stats)));
    }
    context.show.value(&samples, || {
        let mut table = Table::new(&["TIME", "NODE", "NAME", "CPU", "MEMORY / LIMIT", "NET I/O", "BLOCK I/O"]);
        for Sample { node, name, stats, .. } in &samples {
            table.row([
                stats.read.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                node.to_string(),
                name.clone(),
                percent(stats.cpu_percent),
                memory(stats),
                pair(stats.network_rx, stats.network_tx),
                pair(stats.block_read, stats.block_write),
            ]);
        }
        table.render()
    })
}

/// One sample with its share of CPU, which it takes a second one to know. A container that does not run has but one.
async fn two_samples(haven: &Haven, at: &At<Container>) -> haven_core::Result<ContainerStats> {
    let (node, container) = (at.node.clone(), ContainerRef::from(&at.item.id));
    let operation = FollowContainerStats { node: node.clone(), container: container.clone() };
    let mut samples = haven.follow(operation).await?.take(2);
    let mut last = None;
    while let Some(sample) = samples.next().await {
        last = Some(sample?);
    }
    match last {
        Some(sample) => Ok(sample),
        None => haven.call(GetContainerStats { node, container }).await,
    }
}

async fn follow(context: &Context, haven: &Haven, chosen: Vec<At<Container>>) -> Result {
    if chosen.len() > MAX_FOLLOWED {
        context.show.warn(&format!("only the first {MAX_FOLLOWED} of {} containers are followed", chosen.len()));
    }
    let is_alone = chosen.len() == 1;
    let mut streams = stream::SelectAll::new();
    for at in chosen.into_iter().take(MAX_FOLLOWED) {
        let operation = FollowContainerStats { node: at.node.clone(), container: (&at.item.id).into() };
        // Opened as it is read: a node that does not answer keeps nobody else waiting.
        let samples = async move {
            haven.follow(operation).await.unwrap_or_else(|error| stream::once(async { Err(error) }).boxed())
        };
        let named = at.clone();
        let samples = samples.flatten_stream().map(move |stats| stats.map(|stats| Some(Sample::new(&named, stats))));
        let end = stream::once(async { Ok(None) });
        streams.push(samples.chain(end).map(move |sample| (at.item.clone(), sample)).boxed());
    }
    let mut failed: Option<haven_core::Error> = None;
    let mut latest: BTreeMap<(NodeName, String), Sample> = BTreeMap::new();
    let mut redraw = tokio::time::interval(Duration::from_secs(1));
    redraw.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let terminal = io::stdout().is_terminal();
    let (mut changed, mut has_figures) = (false, false);
    loop {
        tokio::select! {
            item = streams.next() => match item {
                None => {
                    draw(context, &latest, terminal, changed)?;
                    return match failed {
                        Some(error) if is_alone && !has_figures => Err(error.into()),
                        Some(error) if !has_figures => Err(Failure::Exit(exit_code(error.kind()))),
                        _ => Ok(()),
                    };
                }
                Some((_, Ok(Some(sample)))) => {
                    if context.show.json {
                        context.show.item(&sample, String::new)?;
                    }
                    (changed, has_figures) = (true, true);
                    latest.insert((sample.node.clone(), sample.id.clone()), sample);
                }
                Some((container, Ok(None))) => {
                    changed = true;
                    latest.retain(|(_, known), _| *known != container.id.as_str());
                }
                Some((container, Err(error))) => {
                    if has_figures || !is_alone {
                        context.show.warn(&format!("no more figures of `{}`: {error}", container.name));
                    }
                    failed = Some(error);
                }
            },
            _ = redraw.tick() => {
                draw(context, &latest, terminal, changed)?;
                changed = false;
            }
        }
    }
}

fn draw(context: &Context, latest: &BTreeMap<(NodeName, String), Sample>, terminal: bool, changed: bool) -> Result {
    if context.show.json || !changed {
        return Ok(());
    }
    let clear = if terminal { "\x1b[2J\x1b[H" } else { "" };
    context.show.text(&format!("{clear}{}", table(latest.values()).render()))
}

fn memory(stats: &ContainerStats) -> String {
    format!("{} / {}", size(stats.memory), stats.memory_limit.map_or_else(|| "-".into(), size))
}

fn pair(first: u64, second: u64) -> String {
    format!("{} / {}", size(first), size(second))
}

fn table<'a>(samples: impl Iterator<Item = &'a Sample>) -> Table {
    let mut table = Table::new(&[
        "CONTAINER ID",
        "NODE",
        "NAME",
        "CPU",
        "MEMORY / LIMIT",
        "MEMORY",
        "NET I/O",
        "BLOCK I/O",
        "PIDS",
    ]);
    for sample in samples {
        let stats = &sample.stats;
        table.row([
            crate::show::short_id(&sample.id).to_owned(),
            sample.node.to_string(),
            sample.name.clone(),
            percent(stats.cpu_percent),
            memory(stats),
            percent(stats.memory_percent()),
            pair(stats.network_rx, stats.network_tx),
            pair(stats.block_read, stats.block_write),
            stats.pids.map_or_else(|| "-".into(), |pids| pids.to_string()),
        ]);
    }
    table
}
