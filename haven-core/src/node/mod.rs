//! Nodes: the machines of the fleet, how they are registered, reached and watched.
//!
//! [`NodeService`] keeps the registrations and, for each of them, a supervisor that keeps contact with the engine and
//! the live inventory of its containers. A [`Connector`] makes engines of addresses: real ones, simulated ones.
//! Losing contact is *unknown*, never *gone*: what was last seen stays listed, marked as stale.

mod connect;
mod details;
mod hints;
mod inventory;
mod lastseen;
mod limits;
mod record;
mod registry;
mod report;
mod sample;
mod service;
mod state;
mod supervise;
mod tell;

pub use connect::Connector;
#[cfg(feature = "docker")]
pub use connect::DockerConnector;
#[cfg(feature = "sim")]
pub use connect::SimConnector;
pub(crate) use details::Details;
pub use inventory::{Changes, Inventory, Pool, Reading, Reserved, Summary};
pub use limits::{Limit, Limits};
pub use registry::NodeChange;
pub use service::NodeService;
pub(crate) use state::NodeState;
pub(crate) use supervise::Shared;
pub(crate) use tell::Teller;

use std::time::Duration;

/// Where registrations are kept.
pub(crate) const PREFIX: &str = "nodes/";

/// How nodes are watched. The defaults suit fleets of some hundreds of machines.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeSettings {
    /// How long an engine may be silent before its node is unknown. Default 10 s.
    pub unknown_after: Duration,
    /// How often a node's containers are listed anew though nothing is said to have changed: the bound of staleness
    /// should an engine lose an event. Default 60 s; none: never.
    pub relist: Option<Duration>,
    /// How long events gather before the containers they name are listed. Default 50 ms.
    pub coalesce: Duration,
    /// How often what containers use is sampled. Default 15 s; none: never.
    pub sample: Option<Duration>,
    /// How many samples are kept of each node. Default 240.
    pub history: usize,
    /// How many samples are taken at the same time on one node. Default 4.
    pub sample_concurrency: usize,
    /// The usual interval of agents: one is silent after three of these, unless its report says otherwise. Default 60 s.
    pub agent_interval: Duration,
    /// When what is used becomes a warning.
    pub limits: Limits,
    /// Of how many containers an inspection is kept until something happens to them. Default 32,768.
    pub details: usize,
    /// How many bytes these may take in all. Default 64 MiB.
    pub details_bytes: usize,
}

impl Default for NodeSettings {
    fn default() -> Self {
        Self {
            unknown_after: Duration::from_secs(10),
            relist: Some(Duration::from_secs(60)),
            coalesce: Duration::from_millis(50),
            sample: Some(Duration::from_secs(15)),
            history: 240,
            sample_concurrency: 4,
            agent_interval: Duration::from_secs(60),
            limits: Limits::default(),
            details: 32_768,
            details_bytes: 64 * 1024 * 1024,
        }
    }
}
