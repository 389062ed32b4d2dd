//! What plans are asked for with.

use std::{collections::HashMap, sync::Arc, time::Duration};

use haven_core::{
    deploy::{self, SpecChanges},
    model::{
        self, ClusterName, ContainerId, ContainerName, NodeName, Requirements,
        plan::{Gate as ModelGate, OnFailure as ModelOnFailure, Order as ModelOrder},
    },
};

use crate::{ContainerSpec, HavenError, Result, Secret, mirror::mirror, secret};

/// New containers, and where they may go.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CreateRequest {
    /// What they shall be.
    pub spec: ContainerSpec,
    /// The name; none: one after the image.
    #[uniffi(default = None)]
    pub name: Option<String>,
    /// How many. The others are called as the first, with a number: `web`, `web-1`, …
    #[uniffi(default = 1)]
    pub count: u32,
    /// Whether what the labels of the image and the repository of configurations say is left out.
    #[uniffi(default = false)]
    pub unconfigured: bool,
    /// The cluster whose nodes may take them; none: any node.
    #[uniffi(default = None)]
    pub cluster: Option<String>,
    /// The one node that may take them.
    #[uniffi(default = None)]
    pub node: Option<String>,
    /// What their node shall be: `zone==a`, `node!=web-*`, `storage==~ssd` as a wish.
    #[uniffi(default = [])]
    pub constraints: Vec<String>,
    /// What shall be on their node already, or shall not: `container==db`, `image==nginx`.
    #[uniffi(default = [])]
    pub affinities: Vec<String>,
    /// How they are started; none: eight at once, each watched for a second.
    #[uniffi(default = None)]
    pub rollout: Option<Rollout>,
}

impl TryFrom<CreateRequest> for deploy::CreateRequest {
    type Error = HavenError;

    fn try_from(request: CreateRequest) -> Result<Self> {
        let requirements = Requirements {
            constraints: request.constraints.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            affinities: request.affinities.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
            ..Requirements::default()
        };
        Ok(Self {
            cluster: request.cluster.map(ClusterName::new).transpose()?,
            node: request.node.map(NodeName::new).transpose()?,
            name: request.name.map(ContainerName::new).transpose()?,
            spec: request.spec.try_into()?,
            requirements,
            unconfigured: request.unconfigured,
            count: Some(request.count),
            rollout: request.rollout.map(|rollout| rollout.over(deploy::quick())),
        })
    }
}

/// Which containers get what.
#[derive(Clone, Debug, uniffi::Record)]
pub struct UpdateRequest {
    /// Which containers.
    pub selection: Selection,
    /// The tag that they get, `1.5`, or a whole image, `registry/web:1.5`; none: the image that they have by name, as it is
    /// now.
    #[uniffi(default = None)]
    pub image: Option<String>,
    /// Only those whose tag is this: exact, or with `*` for any text.
    #[uniffi(default = None)]
    pub present_tag: Option<String>,
    /// Only so many of a hundred of them, at least one, of each node in turn; none: all.
    #[uniffi(default = None)]
    pub percent: Option<u8>,
    /// Variables that are set.
    #[uniffi(default)]
    pub env: HashMap<String, Arc<Secret>>,
    /// Variables that go.
    #[uniffi(default = [])]
    pub unset_env: Vec<String>,
    /// Labels that are set.
    #[uniffi(default)]
    pub labels: HashMap<String, String>,
    /// Labels that go.
    #[uniffi(default = [])]
    pub unset_labels: Vec<String>,
    /// Also those that would be as they are.
    #[uniffi(default = false)]
    pub recreate: bool,
    /// Whether what the labels of the image and the repository of configurations say now wins over what they are.
    #[uniffi(default = false)]
    pub configure: bool,
    /// How they are replaced; none: each is stopped, and then its successor started.
    #[uniffi(default = None)]
    pub rollout: Option<Rollout>,
}

impl TryFrom<UpdateRequest> for deploy::UpdateRequest {
    type Error = HavenError;

    fn try_from(request: UpdateRequest) -> Result<Self> {
        let changes = SpecChanges {
            env: secret::by_name(request.env),
            unset_env: request.unset_env,
            labels: request.labels.into_iter().collect(),
            unset_labels: request.unset_labels,
            ..SpecChanges::default()
        };
        Ok(Self {
            selection: request.selection.try_into()?,
            from: request.present_tag,
            to: request.image,
            changes,
            percent: request.percent,
            recreate: request.recreate,
            configure: request.configure,
            rollout: request.rollout.map(Into::into).unwrap_or_default(),
        })
    }
}

/// Which containers a plan is made for: those that meet all conditions.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Selection {
    /// Only of one of these images: `nginx`, `nginx:1.*`, `registry/team/web*`; without a tag any tag.
    #[uniffi(default = [])]
    pub image: Vec<String>,
    /// Only with one of these names: exact, or with `*` for any text.
    #[uniffi(default = [])]
    pub name: Vec<String>,
    /// Only these containers.
    #[uniffi(default = [])]
    pub id: Vec<String>,
    /// Only with all of these labels: `key` or `key=value`.
    #[uniffi(default = [])]
    pub label: Vec<String>,
    /// Only of this cluster.
    #[uniffi(default = None)]
    pub cluster: Option<String>,
    /// Only of this node.
    #[uniffi(default = None)]
    pub node: Option<String>,
    /// Not of these nodes.
    #[uniffi(default = [])]
    pub exclude_node: Vec<String>,
    /// Not these containers: names, exact or with `*`.
    #[uniffi(default = [])]
    pub exclude: Vec<String>,
}

impl TryFrom<Selection> for model::plan::Selection {
    type Error = HavenError;

    fn try_from(selection: Selection) -> Result<Self> {
        Ok(Self {
            cluster: selection.cluster.map(ClusterName::new).transpose()?,
            node: selection.node.map(NodeName::new).transpose()?,
            id: selection.id.into_iter().map(ContainerId::new).collect::<Result<_, _>>()?,
            name: selection.name,
            image: selection.image,
            label: selection.label,
            exclude_node: selection.exclude_node.into_iter().map(NodeName::new).collect::<Result<_, _>>()?,
            exclude: selection.exclude,
        })
    }
}

/// How the steps of a plan are taken. What is left out is as usual for the plan.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Rollout {
    /// Whether a container's successor starts before it is stopped; by default after.
    #[uniffi(default = None)]
    pub order: Option<Order>,
    /// How many steps are taken at once, 0: all.
    #[uniffi(default = None)]
    pub parallelism: Option<u32>,
    /// The time between one step and the next.
    #[uniffi(default = None)]
    pub delay: Option<Duration>,
    /// The time for which a new container must go on well before it counts.
    #[uniffi(default = None)]
    pub monitor: Option<Duration>,
    /// The time that a new container has until it must be ready.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// How a new container shows that it is ready; by default by its health check, else by running.
    #[uniffi(default = None)]
    pub gate: Option<Gate>,
    /// Which part of the steps may fail, 0 to 1; by default none.
    #[uniffi(default = None)]
    pub max_failure_ratio: Option<f64>,
    /// What happens when more fail; by default the plan is held.
    #[uniffi(default = None)]
    pub on_failure: Option<OnFailure>,
}

impl Rollout {
    pub(super) fn over(self, usual: model::Rollout) -> model::Rollout {
        model::Rollout {
            order: self.order.map_or(usual.order, Into::into),
            parallelism: self.parallelism.unwrap_or(usual.parallelism),
            delay: self.delay.map_or(usual.delay, |delay| delay.as_secs_f64()),
            monitor: self.monitor.map_or(usual.monitor, |monitor| monitor.as_secs_f64()),
            timeout: self.timeout.map(|timeout| timeout.as_secs_f64()).or(usual.timeout),
            gate: self.gate.map_or(usual.gate, Into::into),
            max_failure_ratio: self.max_failure_ratio.unwrap_or(usual.max_failure_ratio),
            on_failure: self.on_failure.map_or(usual.on_failure, Into::into),
        }
    }
}

impl From<Rollout> for model::Rollout {
    fn from(rollout: Rollout) -> Self {
        rollout.over(Self::default())
    }
}

mirror! {
    /// Whether the old container goes before the new one comes.
    Order, into ModelOrder {
        /// Each is stopped, and then its successor started.
        StopFirst,
        /// Each successor is started, and when it is ready the old one stopped.
        StartFirst,
        /// All are stopped, and then all successors started.
        StopAll,
    }
}

mirror! {
    /// What happens when more steps fail than may.
    OnFailure, into ModelOnFailure {
        /// No further step is taken until somebody resumes the plan or takes it back.
        Pause,
        /// The other steps are taken.
        Continue,
        /// Every step is taken back.
        Rollback,
    }
}

/// How a new container shows that it is ready. Probes run on the node, inside the container.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Gate {
    /// By its health check where it has one, else by running.
    Auto,
    /// By running.
    Running,
    /// By its health check; a container without one is never ready.
    Health,
    /// By taking a connection on a port.
    Tcp {
        /// The port inside.
        port: u16,
    },
    /// By answering a GET with success.
    Http {
        /// The port inside.
        port: u16,
        /// The path, with its `/`.
        path: String,
    },
    /// By a program in the container that ends with 0.
    Exec {
        /// The program and its arguments.
        command: Vec<String>,
    },
}

impl From<Gate> for ModelGate {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Auto => Self::Auto,
            Gate::Running => Self::Running,
            Gate::Health => Self::Health,
            Gate::Tcp { port } => Self::Tcp { port },
            Gate::Http { port, path } => Self::Http { port, path },
            Gate::Exec { command } => Self::Exec { command },
        }
    }
}
