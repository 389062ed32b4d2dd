//! Haven's plain data, and its one error: what the SDK, the server, the agent and the bindings all speak.
//!
//! Names are parsed types ([`NodeName`], [`ImageRef`], …), secrets are a type ([`Secret`]), and every failure is an
//! [`Error`] with a [kind](ErrorKind) that answers what the caller can do. Nothing here knows a socket, a clock or a
//! runtime; with the feature `schema` every type also describes itself as JSON Schema.

pub mod access;
pub mod address;
pub mod audit;
pub mod cluster;
pub mod container;
pub mod error;
pub mod event;
pub mod image;
pub mod label;
pub mod metrics;
pub mod name;
pub mod network;
pub mod node;
pub mod page;
pub mod placement;
pub mod revision;
pub mod secret;
pub mod spec;
pub mod stats;
pub mod system;
pub mod terminal;
pub mod volume;

pub use access::{Access, Actor, Face, Object, Verb};
pub use address::NodeAddress;
pub use cluster::{At, Cluster, ClusterKind, Found, Listing, Missing};
pub use container::{Container, ContainerBrief, ContainerDetail, ContainerFilter, ContainerState, Health};
pub use error::{Error, ErrorKind, Result};
pub use event::{Event, EventFilter, Severity};
pub use image::{Image, ImageDetail};
pub use metrics::{NodeMetrics, Report};
pub use name::{ClusterName, ContainerId, ContainerName, ContainerRef, ImageRef, NetworkName, NodeName, VolumeName};
pub use network::{Network, NetworkSpec};
pub use node::{Node, NodeStatus};
pub use page::Page;
pub use placement::Placement;
pub use revision::Revision;
pub use secret::Secret;
pub use spec::{Connection, ContainerSpec, ContainerUpdate, Mount, Port, RestartPolicy};
pub use stats::ContainerStats;
pub use system::{EngineEvent, EngineInfo, EngineVersion, Outcome};
pub use terminal::{Channel, ExecSpec, LogOptions, Output, TerminalSize};
pub use volume::{Volume, VolumeSpec};
