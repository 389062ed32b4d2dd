//! What is done to containers: those that are named, or all that are chosen by what they are.

use std::fmt;

use clap::Args;
use haven_core::{
    ErrorKind,
    door::ops::containers::{
        KillContainer, ListContainers, PauseContainer, RemoveContainer, RenameContainer, RestartContainer,
        StartContainer, StopContainer, UnpauseContainer,
    },
    model::{At, Container, ContainerName, ContainerRef, ContainerState, NodeName, Outcome, cluster::Missing},
};
use serde::Serialize;

use super::{
    Context,
    containers::RUNNING,
    each::Each,
    pick::{Where, filter},
    terminal,
};
use crate::failure::{Failure, Result};

/// How many are worked on at the same time.
const AT_ONCE: usize = 16;
/// How many are named when it is asked whether they shall go.
const NAMED: usize = 10;

/// Some containers.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// The containers, by id, beginning of the id, or name
    #[arg(value_name = "CONTAINER", conflicts_with_all = ["all", "filter", "label"])]
    containers: Vec<ContainerRef>,
    /// In place of names: all that this can be done to, within `--cluster` or `--node` where one is given
    #[arg(long)]
    all: bool,
    /// In place of names: those with this id, name, image, label, status, node or cluster: `key=value`
    #[arg(long, value_name = "KEY=VALUE")]
    filter: Vec<String>,
    /// In place of names: those with this label: `key` or `key=value`
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    #[command(flatten)]
    place: Where,
}

/// One of them.
#[derive(Clone, Debug)]
enum Choice {
    /// As it was named.
    Named(ContainerRef),
    /// As it was found.
    Found(Box<At<Container>>),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(container) => write!(f, "{container}"),
            Self::Found(at) if at.item.name.is_empty() => f.write_str(at.item.id.short()),
            Self::Found(at) => f.write_str(&at.item.name),
        }
    }
}

/// How it went with one container.
#[derive(Serialize)]
struct Went {
    node: NodeName,
    id: String,
    outcome: Outcome,
}

impl Chosen {
    /// Those that are meant; of all, those in one of `states`. And the nodes that could not say what they have.
    async fn choose(&self, context: &Context, states: &[ContainerState]) -> Result<(Vec<Choice>, Vec<Missing>)> {
        if !self.containers.is_empty() {
            return Ok((self.containers.iter().cloned().map(Choice::Named).collect(), Vec::new()));
        }
        if !self.all && self.filter.is_empty() && self.label.is_empty() {
            return Err(Failure::usage(
                "it is not said which containers",
                "name them, or choose with `--all`, `--label` or `--filter`, within `--cluster` or `--node`",
            ));
        }
        let mut conditions = ListContainers {
            cluster: self.place.cluster.clone(),
            node: self.place.node.clone(),
            label: self.label.clone(),
            // What is acted on shall be what is there, not what was.
            fresh: true,
            ..ListContainers::default()
        };
        filter(&mut conditions, &self.filter)?;
        if conditions.state.is_empty() {
            conditions.state = states.to_vec();
        }
        let listing = context.haven().await?.call(conditions).await?;
        if listing.items.is_empty() && listing.missing.is_empty() {
            context.show.progress("no container to do this to");
        }
        Ok((listing.items.into_iter().map(|at| Choice::Found(Box::new(at))).collect(), listing.missing))
    }

    /// Does `act` to each, and tells how it went.
    async fn each<F>(
        &self,
        context: &Context,
        doing: &'static str,
        (choices, missing): (Vec<Choice>, Vec<Missing>),
        act: impl Fn(At<Container>) -> F,
    ) -> Result
    where
        F: Future<Output = Result<Outcome>>,
    {
        let act = |choice: Choice| {
            let act = &act;
            async move {
                let at = match choice.clone() {
                    Choice::Named(container) => self.place.find(context, &container).await?,
                    Choice::Found(at) => *at,
                };
                let (node, id) = (at.node.clone(), at.item.id.to_string());
                let outcome = act(at).await.map_err(|failure| match failure {
                    Failure::Error(error, hint) => Failure::Error(error.with("container", choice), hint),
                    other => other,
                })?;
                Ok(Went { node, id, outcome })
            }
        };
        let people = |choice: &Choice, went: &Went| match (choice, went.outcome) {
            (Choice::Named(container), _) => container.to_string(),
            (Choice::Found(_), Outcome::Done) => format!("{choice} on {}", went.node),
            (Choice::Found(_), Outcome::AlreadySo) => format!("{choice} on {} (was so already)", went.node),
        };
        // A node whose containers were found as last seen is told of with each of them.
        let is_acted_on =
            |node: &NodeName| choices.iter().any(|choice| matches!(choice, Choice::Found(at) if at.node == *node));
        let missing: Vec<Missing> = missing.into_iter().filter(|missing| !is_acted_on(&missing.node)).collect();
        let mut told = Each { noun: "container", doing, at_once: AT_ONCE }.told(context, choices.len());
        told.all(choices, act, people).await?;
        for missing in missing {
            let error = haven_core::Error::from(missing.error).with("node", &missing.node);
            told.failed("node", &missing.node, &error, Some("what runs there was not reached"));
        }
        told.end()
    }
}

/// Asks whether all that were found shall go.
fn confirm_removal(context: &Context, choices: &[Choice]) -> Result {
    let found: Vec<String> = choices
        .iter()
        .filter_map(|choice| match choice {
            Choice::Found(at) => Some(format!("`{choice}` on {}", at.node)),
            Choice::Named(_) => None,
        })
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    let more = if found.len() > NAMED { format!(" and {} more", found.len() - NAMED) } else { String::new() };
    let named = format!("{}{more}", found.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "));
    terminal::confirm_removal(context.show, &named)
}

/// Declares a command that does one operation to each of some containers; to all of those in some states.
macro_rules! acting {
    (
        $(#[doc = $doc:literal])+ $name:ident { $($fields:tt)* }, $doing:literal, $states:expr,
        |$self:ident, $node:ident, $container:ident| $operation:expr, |$answer:pat_param| $outcome:expr
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Args)]
        pub(crate) struct $name {
            #[command(flatten)]
            some: Chosen,
            $($fields)*
        }

        impl $name {
            pub(crate) async fn run(self, context: &Context) -> Result {
                let $self = &self;
                let choices = $self.some.choose(context, $states).await?;
                $self.check(context, &choices.0)?;
                let haven = context.haven().await?;
                let act = |at: At<Container>| {
                    let ($node, $container) = (at.node, ContainerRef::from(&at.item.id));
                    let operation = $operation;
                    async move {
                        let $answer = haven.call(operation).await.map_err(|error| $self.explain(error))?;
                        Ok($outcome)
                    }
                };
                $self.some.each(context, $doing, choices, act).await
            }
        }
    };
}

/// What a command has to say before it acts, and of what fails.
trait Careful {
    fn check(&self, _context: &Context, _choices: &[Choice]) -> Result {
        Ok(())
    }

    fn explain(&self, error: haven_core::Error) -> Failure {
        error.into()
    }
}

impl Careful for Start {}
impl Careful for Stop {}
impl Careful for Restart {}
impl Careful for Kill {}
impl Careful for Pause {}
impl Careful for Unpause {}

impl Careful for Rm {
    fn check(&self, context: &Context, choices: &[Choice]) -> Result {
        if self.yes { Ok(()) } else { confirm_removal(context, choices) }
    }

    fn explain(&self, error: haven_core::Error) -> Failure {
        let runs = error.kind() == ErrorKind::Conflict && !self.force;
        Failure::Error(error, runs.then(|| "stop it first, or kill and remove it with `-f`".to_owned()))
    }
}

acting! {
    /// Start containers
    Start {}, "starting", &[ContainerState::Created, ContainerState::Exited],
    |_this, node, container| StartContainer { node, container }, |answer| answer.outcome
}
acting! {
    /// Stop containers
    Stop {
        /// Seconds until they are killed [default: the container's own, else 10]
        #[arg(short, long, value_name = "SECONDS")]
        time: Option<u32>,
    }, "stopping", &RUNNING,
    |this, node, container| StopContainer { node, container, timeout: this.time }, |answer| answer.outcome
}
acting! {
    /// Restart containers
    Restart {
        /// Seconds until they are killed [default: the container's own, else 10]
        #[arg(short, long, value_name = "SECONDS")]
        time: Option<u32>,
    }, "restarting", &RUNNING,
    |this, node, container| RestartContainer { node, container, timeout: this.time }, |answer| answer.outcome
}
acting! {
    /// Send a signal to the program of containers
    Kill {
        /// The signal [default: SIGKILL]
        #[arg(short, long)]
        signal: Option<String>,
    }, "killing", &RUNNING,
    |this, node, container| KillContainer { node, container, signal: this.signal.clone() }, |answer| answer.outcome
}
acting! {
    /// Hold the program of containers
    Pause {}, "pausing", &[ContainerState::Running],
    |_this, node, container| PauseContainer { node, container }, |answer| answer.outcome
}
acting! {
    /// Let the program of containers go on
    Unpause {}, "unpausing", &[ContainerState::Paused],
    |_this, node, container| UnpauseContainer { node, container }, |answer| answer.outcome
}
acting! {
    /// Remove containers
    Rm {
        /// Also those that run: they are killed first
        #[arg(short, long)]
        force: bool,
        /// With their volumes that have no name
        #[arg(short, long)]
        volumes: bool,
        /// Do not ask, where they are not named
        #[arg(short, long)]
        yes: bool,
    }, "removing", &[],
    |this, node, container| RemoveContainer { node, container, force: this.force, volumes: this.volumes },
    |answer| answer.outcome
}

/// Give a container another name
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
    /// The name it shall have
    name: ContainerName,
    #[command(flatten)]
    place: Where,
}

impl Rename {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let at = self.place.find(context, &self.container).await?;
        let operation = RenameContainer { node: at.node, container: (&at.item.id).into(), name: self.name };
        let answer = context.haven().await?.call(operation).await.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                Failure::Error(error, Some("`haven ps -a` tells which has that name: choose another".to_owned()))
            }
            _ => error.into(),
        })?;
        context.show.silent(&answer)
    }
}
