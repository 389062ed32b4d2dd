//! Containers made from an image: `run` and `create`, and those of a plan, with Docker's options.
//!
//! The options are a file a topic; each file reads its own and writes them into the specification.

mod limits;
mod mounts;
mod networks;
mod program;
mod rights;
mod words;

use clap::Args;
use haven_core::{
    ErrorKind, Haven,
    deploy::CreateRequest,
    door::ops::containers::{
        AttachContainer, ContainerLogs, CreateContainer, RemoveContainer, StartContainer, WaitContainer,
    },
    engine::Terminal,
    model::{ClusterName, ContainerId, ContainerName, ContainerRef, ContainerSpec, ImageRef, NodeName, Requirements},
};

use self::{limits::Limits, mounts::Mounts, networks::Networks, program::Program, rights::Rights};
use super::{
    Context, images, logs, pick,
    placing::Placing,
    terminal::{self, Left},
};
use crate::failure::Result;

pub(crate) use self::{
    limits::Change,
    words::{parse_cpus, parse_memory},
};

/// Create a container and start it
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Print the id and leave it running
    #[arg(short, long)]
    detach: bool,
    /// Remove it when it has ended
    #[arg(long)]
    rm: bool,
    #[command(flatten)]
    make: Make,
}

/// Create a container without starting it
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Have the engine remove it when it has ended
    #[arg(long)]
    rm: bool,
    #[command(flatten)]
    make: Make,
}

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The node to put it on; may be left out while there is only one that is online
    #[arg(long)]
    node: Option<NodeName>,
    /// Put it on that node of this cluster which suits best, as the cluster's strategy says, of those that can take it
    #[arg(long, conflicts_with = "node")]
    cluster: Option<ClusterName>,
    #[command(flatten)]
    placing: Placing,
    /// Its name
    #[arg(long)]
    name: Option<ContainerName>,
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    networks: Networks,
    #[command(flatten)]
    mounts: Mounts,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    rights: Rights,
    /// The image
    image: ImageRef,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Create {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (node, id) = Box::pin(self.make.create(context, self.rm)).await?;
        context.show.value(&serde_json::json!({ "id": id, "node": node }), || id.to_string())
    }
}

impl Run {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (interactive, tty) = (self.make.program.interactive, self.make.program.tty);
        if tty && !self.detach {
            terminal::require_terminal()?;
        }
        let haven = context.haven().await?;
        // Who stays until it has ended removes it then, and knows how it ended.
        let (node, id) = Box::pin(self.make.create(context, self.rm && self.detach)).await?;
        let container = ContainerRef::from(&id);
        if self.detach {
            haven.call(StartContainer { node: node.clone(), container }).await?;
            return context.show.value(&serde_json::json!({ "id": id, "node": node }), || id.to_string());
        }
        let attended = Attended { context, haven, node: &node, container: &container, interactive, tty, rm: self.rm };
        let talk = Box::pin(attended.talk());
        let Some(exit_code) = terminal::passing_signals(haven, &node, &container, talk).await? else {
            if self.rm {
                context.show.warn(&format!("it goes on and is not removed when it ends: `haven rm {container}` does"));
            }
            return Ok(());
        };
        if self.rm {
            attended.remove().await?;
        }
        terminal::ended(exit_code)
    }
}

/// A container that is made, and how we shall talk with it.
struct Attended<'a> {
    context: &'a Context,
    haven: &'a Haven,
    node: &'a NodeName,
    container: &'a ContainerRef,
    interactive: bool,
    tty: bool,
    rm: bool,
}

impl Attended<'_> {
    /// Starts it, and passes on what it and we say until it has ended. Answers its exit code; none when we left.
    async fn talk(&self) -> Result<Option<i64>> {
        let Self { context, haven, node, container, interactive, tty, rm } = *self;
        let begun = self.begin().await;
        if begun.is_err()
            && rm
            && let Err(error) = self.remove().await
        {
            context.show.warn(&format!("container `{container}` is left behind: {error}"));
        }
        let left = match begun? {
            Some(attached) => terminal::talk(attached, interactive, tty).await?,
            None if interactive => terminal::talk(haven.converse(self.attach()).await?, true, tty).await?,
            None => {
                logs::follow(context, ContainerLogs { follow: true, ..ContainerLogs::of(node, container) }).await?;
                Left::Ended
            }
        };
        if left == Left::Detached {
            return Ok(None);
        }
        let waiting = WaitContainer { node: node.clone(), container: container.clone() };
        Ok(Some(haven.call(waiting).await?.exit_code))
    }

    /// Starts it. Attached before, so that nothing it says is missed; not every engine has that.
    async fn begin(&self) -> Result<Option<Terminal>> {
        let attached = match self.haven.converse(self.attach()).await {
            Ok(attached) => Some(attached),
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Unsupported) => None,
            Err(error) => return Err(error.into()),
        };
        let start = StartContainer { node: self.node.clone(), container: self.container.clone() };
        self.haven.call(start).await?;
        Ok(attached)
    }

    fn attach(&self) -> AttachContainer {
        AttachContainer { node: self.node.clone(), container: self.container.clone() }
    }

    async fn remove(&self) -> haven_core::Result<()> {
        let (node, container) = (self.node.clone(), self.container.clone());
        self.haven.call(RemoveContainer { node, container, force: true, volumes: true }).await?;
        Ok(())
    }
}

impl Make {
    /// Creates it, fetching the image where it is absent.
    async fn create(mut self, context: &Context, auto_remove: bool) -> Result<(NodeName, ContainerId)> {
        let haven = context.haven().await?;
        let (node, cluster, name) = (self.node.clone(), self.cluster.clone(), self.name.clone());
        let requirements = self.requirements()?;
        let mut spec = ContainerSpec { auto_remove, ..self.spec()? };
        Requirements::of_labels(&spec.labels)?.and(requirements.clone())?.keep_in(&mut spec.labels);
        let node = match (node, cluster) {
            (Some(node), _) => node,
            (None, Some(cluster)) => {
                let placement = haven.clusters().place_with(&cluster, name.as_ref(), &spec, requirements).await?;
                let reason = placement.reason.clone();
                let node = placement.chosen().map_err(|error| error.with("cluster", &cluster))?;
                context.show.progress(&format!("on node `{node}`: {reason}"));
                node
            }
            (None, None) => pick::only_node(haven, "`--node`, or let `--cluster all` choose").await?,
        };
        let image = spec.image.clone();
        let operation = CreateContainer { node: node.clone(), name, spec };
        let created = match haven.call(operation.clone()).await {
            Err(error) if error.kind() == ErrorKind::NotFound && haven.nodes().get(&node).await.is_ok() => {
                context.show.progress(&format!("image `{image}` is not on `{node}`: fetching it"));
                images::pull(context, &node, &image, false).await?;
                haven.call(operation).await?
            }
            answer => answer?,
        };
        Ok((node, created.id))
    }

    /// The same for a plan.
    pub(super) fn request(mut self) -> Result<CreateRequest> {
        let (node, cluster, name) = (self.node.take(), self.cluster.take(), self.name.take());
        let requirements = self.requirements()?;
        let spec = self.spec()?;
        Ok(CreateRequest { cluster, node, name, spec, requirements, unconfigured: false, count: None, rollout: None })
    }

    /// Takes out of its options and its environment where it may go.
    fn requirements(&mut self) -> Result<Requirements> {
        self.program.read_environment()?;
        std::mem::take(&mut self.placing).read(&mut self.program.env)
    }

    fn spec(self) -> Result<ContainerSpec> {
        let mut spec = ContainerSpec { command: self.command, ..ContainerSpec::new(self.image) };
        self.program.apply(&mut spec)?;
        self.networks.apply(&mut spec)?;
        self.mounts.apply(&mut spec);
        self.limits.apply(&mut spec);
        self.rights.apply(&mut spec)?;
        Ok(spec)
    }
}
