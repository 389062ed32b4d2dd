//! Haven for other hosts: Kotlin, Swift, Ruby and Python, through UniFFI.
//!
//! Newtypes over the handles of the SDK, records that mirror its model, an error table, and nothing that decides. What
//! has no method of its own here is reached by name: [`Haven::call`] and [`Haven::follow`] run the operations of the
//! door's table with parameters and answers as JSON.
//!
//! Everything that takes time is awaited. Listeners are called on threads that Haven keeps for that, one call at a time
//! for each [`Subscription`].

mod clusters;
mod container;
mod containers;
mod error;
mod events;
mod fleet;
mod mirror;
mod nodes;
mod plans;
mod secret;
mod settled;
mod spec;
mod subscription;

pub use clusters::{Cluster, ClusterKind, Clusters};
pub use container::{Container, ContainerListing, ContainerState, FoundContainer, Health, Missing};
pub use containers::{Channel, Containers, LogOptions, Outcome, Output, OutputListener};
pub use error::HavenError;
pub use events::{Event, EventListener, Events, Severity};
pub use fleet::{Credentials, Haven, ItemListener, OpenOptions};
pub use nodes::{Count, Node, NodeSpec, NodeStatus, Nodes, TlsSpec};
pub use plans::{
    CreateRequest, Gate, OnFailure, Order, Plan, PlanDetail, PlanListener, PlanProgress, PlanState, PlanStatus,
    PlanStep, Plans, Rollout, Selection, SkippedContainer, StepState, StepStatus, UpdateRequest,
};
pub use secret::Secret;
pub use spec::{ContainerSpec, HealthCheck, Mount, MountKind, Port, Protocol, RestartPolicy};
pub use subscription::Subscription;

type Result<T, E = HavenError> = std::result::Result<T, E>;

uniffi::setup_scaffolding!();
