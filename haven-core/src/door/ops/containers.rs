//! Containers over the fleet: listed and found by cluster or node, and worked with where they are.

use std::time::Duration;

use async_trait::async_trait;
use haven_model::{
    Actor, ClusterName, Container, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef,
    ContainerSpec, ContainerState, ContainerStats, ContainerUpdate, Error, ExecSpec, Found, Listing, LogOptions,
    NodeName, Outcome, Output, Requirements, Result,
    container::{Environment, Processes, RemoveOptions, StopOptions},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::operation;
use crate::{
    cluster::{Scope, Window},
    deploy::is_of_a_plan,
    door::{Call, Converse, Follow, Row},
    engine::{Stream, Terminal},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListContainers>(),
        Row::call::<FindContainer>(),
        Row::call::<CreateContainer>(),
        Row::call::<InspectContainer>(),
        Row::call::<ContainerEnvironment>(),
        Row::call::<StartContainer>(),
        Row::call::<StopContainer>(),
        Row::call::<RestartContainer>(),
        Row::call::<KillContainer>(),
        Row::call::<PauseContainer>(),
        Row::call::<UnpauseContainer>(),
        Row::call::<RenameContainer>(),
        Row::call::<UpdateContainerLimits>(),
        Row::call::<RemoveContainer>(),
        Row::call::<WaitContainer>(),
        Row::call::<ContainerProcesses>(),
        Row::call::<GetContainerStats>(),
        Row::follow::<FollowContainerStats>(),
        Row::call::<ContainerHistory>(),
        Row::follow::<ContainerLogs>(),
        Row::converse::<ExecContainer>(),
        Row::converse::<AttachContainer>(),
    ]
}

/// An answer that is one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acted {
    /// Whether it changed something.
    pub outcome: Outcome,
}

operation! {
    /// Lists containers of a cluster, a node or the whole fleet, ordered by node, name and id.
    ///
    /// From the live inventory: `as_of` says how old the oldest part is, `stale` and `missing` what cannot be counted on.
    "containers.list", Get "/containers", needs Read;
    #[derive(Default)]
    pub struct ListContainers {
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// Only with one of these ids, or beginnings of ids.
        #[serde(default)]
        pub id: Vec<String>,
        /// Only with one of these texts in the name.
        #[serde(default)]
        pub name: Vec<String>,
        /// Only of one of these images.
        #[serde(default)]
        pub image: Vec<String>,
        /// Only with all of these labels: `key` or `key=value`.
        #[serde(default)]
        pub label: Vec<String>,
        /// Only in one of these states.
        #[serde(default)]
        pub state: Vec<ContainerState>,
        /// Ask every engine now instead of the inventory.
        #[serde(default)]
        pub fresh: bool,
        /// At most so many, 1 to 10,000; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Go on after this `next` of an earlier page.
        #[serde(default)]
        pub cursor: Option<String>,
    }
}

#[async_trait]
impl Call for ListContainers {
    type Output = Listing<Container>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Listing<Container>> {
        let scope = Scope::from_parts(self.cluster, self.node);
        let filter =
            ContainerFilter { id: self.id, name: self.name, image: self.image, label: self.label, state: self.state };
        let window = Window { limit: self.limit, cursor: self.cursor };
        services.clusters.containers(&scope, &filter, self.fresh, &window).await
    }
}

operation! {
    /// Finds one container by id, beginning of an id, or name. `conflict` names the candidates when there are several.
    ///
    /// From the live inventory, as lists are: `stale` says that it is what was last seen.
    "containers.find", Get "/containers/{container}", needs Read;
    pub struct FindContainer {
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
    }
}

#[async_trait]
impl Call for FindContainer {
    type Output = Found<Container>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Found<Container>> {
        services.clusters.find(&Scope::from_parts(self.cluster, self.node), &self.container)
    }
}

/// An answer that is the id of what was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Created {
    /// The container's id.
    pub id: ContainerId,
}

operation! {
    /// Creates a container on a node, without starting it. What its environment asks of placement (`constraint:zone==a`)
    /// is kept in labels, and not given to its program. `invalid` for what no engine takes, and for a name as plans give.
    "containers.create", Post "/nodes/{node}/containers", needs Create on Node node;
    pub struct CreateContainer {
        /// The node.
        pub node: NodeName,
        /// Its name; none: the engine makes one up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<ContainerName>,
        /// What it shall be.
        pub spec: ContainerSpec,
    }
}

#[async_trait]
impl Call for CreateContainer {
    type Output = Created;

    async fn run(self, services: &Services, _: &Actor) -> Result<Created> {
        self.name.as_ref().map_or(Ok(()), refuse_names_of_plans)?;
        self.spec.check()?;
        let engine = services.nodes.engine(&self.node)?;
        let (spec, _) = Requirements::split(self.spec)?;
        let id =
            engine.create_container(self.name.as_ref(), &spec).await.map_err(|error| error.with("node", &self.node))?;
        services.nodes.refresh(&self.node, &(&id).into()).await;
        Ok(Created { id })
    }
}

/// What plans have parked is told by its name; anything else of such a name would be taken for it.
fn refuse_names_of_plans(name: &ContainerName) -> Result<()> {
    if is_of_a_plan(name.as_str()) {
        return Err(Error::invalid(format!("names like `{name}` are those of containers that plans have parked")));
    }
    Ok(())
}

/// Declares an operation on one container that is a single call of its engine, after which the inventory is read again.
macro_rules! acting {
    ($(#[doc = $doc:literal])+ $name:literal, $method:ident $path:literal, $verb:ident, $type:ident { $($fields:tt)* },
     |$operation:ident, $engine:ident| $call:expr $(, lasts $lasts:expr)?) => {
        operation! {
            $(#[doc = $doc])+
            $name, $method $path, needs $verb on Node node;
            pub struct $type {
                /// The node it is on.
                pub node: NodeName,
                /// Its id, the beginning of its id, or its name.
                pub container: ContainerRef,
                $($fields)*
            }
        }

        #[async_trait]
        impl Call for $type {
            type Output = Acted;

            $(fn lasts(&self) -> Option<Duration> {
                let lasts: fn(&Self) -> Option<Duration> = $lasts;
                lasts(self)
            })?

            async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
                let $operation = &self;
                let $engine = services.nodes.engine(&self.node)?;
                let answer: Result<Outcome> = $call.await;
                services.nodes.refresh(&self.node, &self.container).await;
                answer.map(|outcome| Acted { outcome }).map_err(|error| error.with("node", &self.node).with("container", &self.container))
            }
        }
    };
}

acting! {
    /// Starts a container.
    "containers.start", Post "/nodes/{node}/containers/{container}/start", Execute, StartContainer {},
    |operation, engine| engine.start_container(&operation.container)
}

acting! {
    /// Stops a container: asks its program to end, and kills it when it does not in time.
    "containers.stop", Post "/nodes/{node}/containers/{container}/stop", Execute, StopContainer {
        /// Seconds until it is killed; none: the container's own, else 10.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub timeout: Option<u32>,
    },
    |operation, engine| engine.stop_container(&operation.container, &StopOptions { timeout: operation.timeout }),
    lasts |operation| Some(StopOptions { timeout: operation.timeout }.lasts())
}

acting! {
    /// Stops a container if it runs, and starts it.
    "containers.restart", Post "/nodes/{node}/containers/{container}/restart", Execute, RestartContainer {
        /// Seconds until it is killed; none: the container's own, else 10.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub timeout: Option<u32>,
    },
    |operation, engine| engine.restart_container(&operation.container, &StopOptions { timeout: operation.timeout }),
    lasts |operation| Some(StopOptions { timeout: operation.timeout }.lasts())
}

acting! {
    /// Sends a signal to a container's program. `conflict` when it does not run.
    "containers.kill", Post "/nodes/{node}/containers/{container}/kill", Execute, KillContainer {
        /// The signal; none: SIGKILL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signal: Option<String>,
    },
    |operation, engine| engine.kill_container(&operation.container, operation.signal.as_deref())
}

acting! {
    /// Holds a container's program.
    "containers.pause", Post "/nodes/{node}/containers/{container}/pause", Execute, PauseContainer {},
    |operation, engine| engine.pause_container(&operation.container)
}

acting! {
    /// Lets a container's program go on.
    "containers.unpause", Post "/nodes/{node}/containers/{container}/unpause", Execute, UnpauseContainer {},
    |operation, engine| engine.unpause_container(&operation.container)
}

acting! {
    /// Gives a container another name. `invalid` for one as plans give.
    "containers.rename", Post "/nodes/{node}/containers/{container}/rename", Update, RenameContainer {
        /// The name.
        pub name: ContainerName,
    },
    |operation, engine| async {
        refuse_names_of_plans(&operation.name)?;
        engine.rename_container(&operation.container, &operation.name).await
    }
}

acting! {
    /// Changes limits and restart policy of a container, of one that runs too. `invalid` for a limit that is refused.
    "containers.update_limits", Patch "/nodes/{node}/containers/{container}/limits", Update, UpdateContainerLimits {
        /// What changes.
        pub limits: ContainerUpdate,
    },
    |operation, engine| engine.update_container(&operation.container, &operation.limits)
}

acting! {
    /// Removes a container. `conflict` when it runs and `force` is not set.
    "containers.remove", Delete "/nodes/{node}/containers/{container}", Delete, RemoveContainer {
        /// Also when it runs: it is killed first.
        #[serde(default)]
        pub force: bool,
        /// With its volumes that have no name.
        #[serde(default)]
        pub volumes: bool,
    },
    |operation, engine| async {
        let options = RemoveOptions { force: operation.force, volumes: operation.volumes };
        engine.remove_container(&operation.container, &options).await
    }
}

/// Declares an operation that looks at one container through its engine.
macro_rules! looking {
    ($(#[doc = $doc:literal])+ $name:literal, $path:literal, $type:ident, $output:ty,
     |$operation:ident, $engine:ident| $call:expr $(, lasts $lasts:expr)?) => {
        operation! {
            $(#[doc = $doc])+
            $name, Get $path, needs Read on Node node;
            pub struct $type {
                /// The node it is on.
                pub node: NodeName,
                /// Its id, the beginning of its id, or its name.
                pub container: ContainerRef,
            }
        }

        #[async_trait]
        impl Call for $type {
            type Output = $output;

            $(fn lasts(&self) -> Option<Duration> {
                let lasts: fn(&Self) -> Option<Duration> = $lasts;
                lasts(self)
            })?

            async fn run(self, services: &Services, _: &Actor) -> Result<$output> {
                let $operation = &self;
                let $engine = services.nodes.engine(&self.node)?;
                let answer: Result<$output> = $call.await;
                answer.map_err(|error| error.with("node", &self.node).with("container", &self.container))
            }
        }
    };
}

looking! {
    /// Shows everything about one container. Values of its environment show as `***`.
    "containers.inspect", "/nodes/{node}/containers/{container}", InspectContainer,
    ContainerDetail, |operation, engine| engine.container(&operation.container)
}

operation! {
    /// Shows the environment of a container in the clear, the image's values included. It is recorded in the audit.
    "containers.environment", Get "/nodes/{node}/containers/{container}/environment", needs Reveal on Node node;
    pub struct ContainerEnvironment {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Call for ContainerEnvironment {
    type Output = Environment;

    async fn run(self, services: &Services, _: &Actor) -> Result<Environment> {
        let detail = services.nodes.engine(&self.node)?.container(&self.container).await;
        let detail = detail.map_err(|error| error.with("node", &self.node).with("container", &self.container))?;
        let env = detail.spec.env.into_iter().map(|(name, value)| (name, value.expose().to_owned())).collect();
        Ok(Environment { env })
    }
}

looking! {
    /// Waits until a container's program has ended, and answers its exit code.
    "containers.wait", "/nodes/{node}/containers/{container}/wait", WaitContainer,
    Exited, |operation, engine| async { Ok(Exited { exit_code: engine.wait_container(&operation.container).await? }) },
    lasts |_| None
}

looking! {
    /// Shows what runs in a container.
    "containers.processes", "/nodes/{node}/containers/{container}/processes", ContainerProcesses,
    Processes, |operation, engine| engine.processes(&operation.container)
}

looking! {
    /// Takes one sample of what a container uses.
    "containers.stats", "/nodes/{node}/containers/{container}/stats", GetContainerStats,
    ContainerStats, |operation, engine| engine.stats(&operation.container)
}

operation! {
    /// Shows what a running container used, oldest first: the last 60 samples.
    "containers.metrics", Get "/nodes/{node}/containers/{container}/metrics", needs Read on Node node;
    pub struct ContainerHistory {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Call for ContainerHistory {
    type Output = Vec<ContainerStats>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<ContainerStats>> {
        services.clusters.container_history(&Scope::Node(self.node), &self.container)
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exited {
    /// Its exit code.
    pub exit_code: i64,
}

operation! {
    /// Follows what a container uses: a sample about every second, until it stops.
    "containers.stats_stream", Get "/nodes/{node}/containers/{container}/stats/stream", needs Read on Node node;
    pub struct FollowContainerStats {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Follow for FollowContainerStats {
    type Item = ContainerStats;

    async fn open(self, services: &Services, _: &Actor) -> Result<Stream<ContainerStats>> {
        services
            .nodes
            .engine(&self.node)?
            .stats_stream(&self.container)
            .await
            .map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Reads what a container wrote; with `follow` also what it writes from now on.
    "containers.logs", Get "/nodes/{node}/containers/{container}/logs", needs Read on Node node;
    pub struct ContainerLogs {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
        /// Go on until the container stops.
        #[serde(default)]
        pub follow: bool,
        /// Only so many lines from the end.
        #[serde(default)]
        pub tail: Option<u32>,
        /// Only what was written since then.
        #[serde(default)]
        pub since: Option<Timestamp>,
        /// Only what was written until then.
        #[serde(default)]
        pub until: Option<Timestamp>,
        /// Begin each line with its time.
        #[serde(default)]
        pub timestamps: bool,
        /// Standard output; by default yes.
        #[serde(default = "yes")]
        pub stdout: bool,
        /// Standard error; by default yes.
        #[serde(default = "yes")]
        pub stderr: bool,
    }
}

fn yes() -> bool {
    true
}

impl ContainerLogs {
    /// All that a container wrote so far, on both channels.
    pub fn of(node: &NodeName, container: &ContainerRef) -> Self {
        Self {
            node: node.clone(),
            container: container.clone(),
            follow: false,
            tail: None,
            since: None,
            until: None,
            timestamps: false,
            stdout: true,
            stderr: true,
        }
    }
}

#[async_trait]
impl Follow for ContainerLogs {
    type Item = Output;

    async fn open(self, services: &Services, _: &Actor) -> Result<Stream<Output>> {
        let options = LogOptions {
            follow: self.follow,
            tail: self.tail,
            since: self.since,
            until: self.until,
            timestamps: self.timestamps,
            stdout: self.stdout,
            stderr: self.stderr,
        };
        let engine = services.nodes.engine(&self.node)?;
        engine.logs(&self.container, &options).await.map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Runs a program in a container, and talks with it.
    "containers.exec", Get "/nodes/{node}/containers/{container}/exec", needs Execute on Node node;
    pub struct ExecContainer {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
        /// The program.
        pub spec: ExecSpec,
    }
}

#[async_trait]
impl Converse for ExecContainer {
    async fn open(self, services: &Services, _: &Actor) -> Result<Terminal> {
        services
            .nodes
            .engine(&self.node)?
            .exec(&self.container, &self.spec)
            .await
            .map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Connects to the main program of a container.
    "containers.attach", Get "/nodes/{node}/containers/{container}/attach", needs Execute on Node node;
    pub struct AttachContainer {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Converse for AttachContainer {
    async fn open(self, services: &Services, _: &Actor) -> Result<Terminal> {
        services.nodes.engine(&self.node)?.attach(&self.container).await.map_err(|error| error.with("node", &self.node))
    }
}
