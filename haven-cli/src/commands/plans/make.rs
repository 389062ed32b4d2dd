//! How each kind of plan is asked for, and what is shown of one that was made.

use std::collections::BTreeMap;

use clap::Args;
use haven_core::{
    ErrorKind,
    deploy::{self, CreateRequest, DrainRequest, PruneRequest, ScaleRequest, SpecChanges, UpdateRequest},
    model::{ClusterName, ContainerName, NodeName, Plan, PlanId, Rollout, plan::PlanKind},
};

use super::{
    super::{
        Context,
        create::{Make, parse_cpus, parse_memory},
        environment::environment,
        pick::{Where, parse_pair},
    },
    advice::Advice as _,
    rollout::Steps,
    selecting::{Selecting, named},
    words,
};
use crate::{
    failure::{Failure, Result},
    show::printable,
};

/// Makes a plan of what was typed.
pub(crate) trait Maker: Args {
    async fn plan(self, context: &Context) -> Result<Plan>;
}

/// A plan that is made and shown, and not applied.
#[derive(Debug, Args)]
pub(crate) struct Planned<M: Args> {
    #[command(flatten)]
    make: M,
    /// Only print the id
    // Without the heading that what is flattened before leaves.
    #[arg(short, long, help_heading = None::<&'static str>)]
    quiet: bool,
}

impl<M: Maker> Planned<M> {
    pub(super) async fn run(self, context: &Context) -> Result {
        let plan = self.make.plan(context).await?;
        if self.quiet && !context.show.json {
            return context.show.text(plan.id.as_str());
        }
        context.show.value(&plan, || format!("{}plan {}\n", words::diff(&plan), plan.id))?;
        if is_empty(context, &plan) {
            return Ok(());
        }
        context.show.progress(&format!("nothing has happened yet: `haven apply {}` applies it", plan.id.short()));
        if let (PlanKind::Drain, Some(node)) = (plan.kind, &plan.selection.node) {
            context.show.progress(&format!("until then `haven nodes availability {node} drain` lets nothing new come"));
        }
        Ok(())
    }
}

/// Containers that get another image, or other settings.
#[derive(Debug, Args)]
pub(crate) struct Update {
    #[command(flatten)]
    which: Selecting,
    /// The tag that they get, or a whole image; without it the image that they have, as its name means it now. Their
    /// settings stay: those that the repository of configurations has for the new tag need `--configure`
    #[arg(long, value_name = "TAG|IMAGE")]
    to: Option<String>,
    /// Only those whose tag is this: exact, or with `*` for any text
    #[arg(long, value_name = "TAG")]
    from: Option<String>,
    /// Only so many of a hundred of them, at least one, of each node in turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    percent: Option<u8>,
    /// Let what the image's labels and the repository of configurations say now of the tag that they get win over what
    /// they are
    #[arg(long)]
    configure: bool,
    /// A variable of the environment to set; NAME alone takes the value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// A variable that goes
    #[arg(long, value_name = "NAME")]
    unset_env: Vec<String>,
    /// A label to set
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// A label that goes
    #[arg(long, value_name = "KEY")]
    unset_label: Vec<String>,
    /// The most memory: `512m`
    #[arg(short, long, value_name = "SIZE", value_parser = parse_memory)]
    memory: Option<u64>,
    /// The most CPU time, in cores: `1.5`
    #[arg(long, value_name = "N", value_parser = parse_cpus)]
    cpus: Option<u64>,
    #[command(flatten)]
    how: Steps,
}

impl Maker for Update {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let changes = SpecChanges {
            env: environment(&[], &self.env)?,
            unset_env: self.unset_env,
            labels: self.label.into_iter().collect(),
            unset_labels: self.unset_label,
            command: None,
            memory: self.memory,
            nano_cpus: self.cpus,
        };
        if self.to.is_none() && changes == SpecChanges::default() && !self.configure {
            return Err(Failure::usage(
                "nothing to change",
                "give `--to`, `--env`, `--label` or what takes them away, `--memory`, `--cpus`, or `--configure`; `haven recreate` makes the same again",
            ));
        }
        let request = UpdateRequest {
            selection: self.which.some(context).await?,
            from: self.from,
            to: self.to,
            changes,
            percent: self.percent,
            recreate: false,
            configure: self.configure,
            rollout: self.how.over(Rollout::default()),
        };
        Ok(context.haven().await?.plans().update(request).await?)
    }
}

/// Containers that are made again as they are.
#[derive(Debug, Args)]
pub(crate) struct Recreate {
    #[command(flatten)]
    which: Selecting,
    /// Only with this label: `key` or `key=value`
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    #[command(flatten)]
    how: Steps,
}

impl Maker for Recreate {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let mut selection =
            if self.label.is_empty() { self.which.some(context).await? } else { self.which.any(context).await? };
        selection.label.extend(self.label);
        let rollout = self.how.over(Rollout::default());
        let request = UpdateRequest { selection, recreate: true, rollout, ..UpdateRequest::default() };
        Ok(context.haven().await?.plans().update(request).await?)
    }
}

/// A container that gets other labels; labels of a living container cannot change, so it is made again.
#[derive(Debug, Args)]
pub(crate) struct Relabel {
    /// The container: a name, exact or with `*` for any text, or an id
    container: String,
    /// The labels: KEY=VALUE sets one, `KEY-` takes one away
    #[arg(required_unless_present = "label", value_name = "KEY=VALUE|KEY-", value_parser = parse_relabel)]
    labels: Vec<(String, Option<String>)>,
    /// A label, as above
    #[arg(short, long, value_name = "KEY=VALUE|KEY-", value_parser = parse_relabel)]
    label: Vec<(String, Option<String>)>,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: Steps,
}

fn parse_relabel(text: &str) -> Result<(String, Option<String>), String> {
    if text.contains('=') {
        return parse_pair(text).map(|(key, value)| (key, Some(value)));
    }
    match text.strip_suffix('-') {
        Some(key) if !key.is_empty() => Ok((key.to_owned(), None)),
        _ => Err(format!("`{}` is neither KEY=VALUE nor KEY-", text.escape_debug())),
    }
}

impl Maker for Relabel {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let (mut labels, mut unset_labels) = (BTreeMap::new(), Vec::new());
        for (key, value) in self.labels.into_iter().chain(self.label) {
            match value {
                Some(value) => drop(labels.insert(key, value)),
                None => unset_labels.push(key),
            }
        }
        let request = UpdateRequest {
            selection: named(context, &self.place, &[self.container]).await?,
            changes: SpecChanges { labels, unset_labels, ..SpecChanges::default() },
            rollout: self.how.over(Rollout::default()),
            ..UpdateRequest::default()
        };
        Ok(context.haven().await?.plans().update(request).await?)
    }
}

/// How many of a container there shall be.
#[derive(Debug, Args)]
pub(crate) struct Scale {
    /// The container, or the first of its group, and how many there shall be
    #[arg(value_name = "NAME=REPLICAS", value_parser = parse_scale)]
    scale: (ContainerName, u32),
    /// Only of this cluster
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<ClusterName>,
    #[command(flatten)]
    how: Steps,
}

fn parse_scale(text: &str) -> Result<(ContainerName, u32), String> {
    let wrong = || format!("`{}` is not of the form NAME=REPLICAS, as in `web=5`", text.escape_debug());
    let (name, replicas) = text.split_once('=').ok_or_else(wrong)?;
    let name = ContainerName::new(name).map_err(|error| error.to_string())?;
    Ok((name, replicas.parse().map_err(|_| wrong())?))
}

impl Maker for Scale {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let (name, replicas) = self.scale;
        let request =
            ScaleRequest { name, replicas, cluster: self.cluster, rollout: Some(self.how.over(deploy::quick())) };
        let made = context.haven().await?.plans().scale(request).await;
        made.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::Error(error, Some("`haven ps -a` lists all containers".to_owned())),
            _ => error.into(),
        })
    }
}

// What these mean here, where any node may be chosen; `run` needs a cluster for that.
const NODE: &str = "The node to put them on; without it, and without `--cluster`, any of the fleet";
const CONSTRAINT: &str =
    "What the node shall be: `zone==a`, `node!=web-*`, `storage==~ssd` as a wish, `/regular expression/`";
const AFFINITY: &str = "What the node shall have already: `container==db`, `image==nginx`, `LABEL!=VALUE`";

/// New containers.
#[derive(Debug, Args)]
#[command(
    mut_arg("node", |arg| arg.help(NODE)),
    mut_arg("constraint", |arg| arg.help(CONSTRAINT)),
    mut_arg("affinity", |arg| arg.help(AFFINITY))
)]
pub(crate) struct Create {
    /// How many; the others are called as the first, with a number: `web`, `web-1`, …
    #[arg(long, visible_alias = "replicas", value_name = "N")]
    count: Option<u32>,
    #[command(flatten)]
    how: Steps,
    #[command(flatten)]
    make: Make,
}

impl Maker for Create {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let rollout = Some(self.how.over(deploy::quick()));
        let request = CreateRequest { count: self.count, rollout, ..self.make.request()? };
        let name = request.name.clone();
        let made = context.haven().await?.plans().create(request).await;
        made.map_err(|error| match (error.kind(), name) {
            (ErrorKind::Conflict, _) => {
                Failure::Error(error, Some("`haven nodes` shows what there is; ask less, or of other nodes".to_owned()))
            }
            (ErrorKind::AlreadyExists, Some(name)) => Failure::Error(
                error,
                Some(format!("choose another `--name`; `haven scale {name}=N` has more of the same")),
            ),
            _ => error.into(),
        })
    }
}

/// A node that is emptied.
#[derive(Debug, Args)]
pub(crate) struct Drain {
    /// The node
    pub(super) node: NodeName,
    /// Also containers whose volumes, or folders of the host, stay behind
    #[arg(long)]
    leave_data: bool,
    #[command(flatten)]
    how: Steps,
}

impl Maker for Drain {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let rollout = self.how.over(Rollout::default());
        let request = DrainRequest { node: self.node, leave_data: self.leave_data, rollout };
        Ok(context.haven().await?.plans().drain(request).await?)
    }
}

/// Containers that do not run, and are removed.
#[derive(Debug, Args)]
pub(crate) struct Prune {
    #[command(flatten)]
    which: Selecting,
    /// Only with this label: `key` or `key=value`
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
}

impl Maker for Prune {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let mut selection = self.which.any(context).await?;
        selection.label.extend(self.label);
        Ok(context.haven().await?.plans().prune(PruneRequest { selection }).await?)
    }
}

/// A plan that has ended, and is taken back.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The plan, by id or the beginning of the id
    plan: PlanId,
}

impl Maker for Rollback {
    async fn plan(self, context: &Context) -> Result<Plan> {
        let haven = context.haven().await?;
        haven.plans().rollback(&self.plan).await.advised_unless_ended(haven, &self.plan).await
    }
}

/// Says that a plan has nothing to do.
pub(super) fn is_empty(context: &Context, plan: &Plan) -> bool {
    if plan.steps.is_empty() {
        let why = match plan.kind {
            _ if !plan.skipped.is_empty() => "all are left alone",
            PlanKind::Scale => "there are as many already",
            PlanKind::Drain => "there is no container",
            _ => "no container is meant: `haven ps -a` shows names and images",
        };
        context.show.progress(&printable(&format!("nothing to do: {why}")));
    }
    plan.steps.is_empty()
}
