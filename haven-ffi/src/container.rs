//! Containers as lists show them.

use std::{collections::HashMap, time::SystemTime};

use haven_core::model::{self, At, Found, Listing};

use crate::{Mount, Port, mirror::mirror};

/// Containers over several machines: what those that answered hold, and which did not answer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ContainerListing {
    /// The containers; those of machines out of contact as last seen.
    pub items: Vec<Container>,
    /// The machines whose part is missing or stale, and why.
    pub missing: Vec<Missing>,
    /// When the oldest part of the list was true.
    pub as_of: SystemTime,
    /// Whether some part of the list is stale.
    pub stale: bool,
}

impl From<Listing<model::Container>> for ContainerListing {
    fn from(listing: Listing<model::Container>) -> Self {
        Self {
            items: listing.items.into_iter().map(Container::from).collect(),
            missing: listing.missing.into_iter().map(Missing::from).collect(),
            as_of: listing.as_of.into(),
            stale: listing.stale,
        }
    }
}

/// A machine that did not answer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Missing {
    /// The machine.
    pub node: String,
    /// Why.
    pub error: String,
    /// When its part of the list was true; none: it has no part.
    pub as_of: Option<SystemTime>,
}

impl From<model::Missing> for Missing {
    fn from(missing: model::Missing) -> Self {
        Self {
            node: missing.node.to_string(),
            error: missing.error.message,
            as_of: missing.as_of.map(SystemTime::from),
        }
    }
}

/// One container that was looked for, and how far that can be counted on.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FoundContainer {
    /// The container.
    pub container: Container,
    /// When its engine was last asked for all it has; none: never yet.
    pub as_of: Option<SystemTime>,
    /// Whether this is what was last seen.
    pub stale: bool,
}

impl From<Found<model::Container>> for FoundContainer {
    fn from(found: Found<model::Container>) -> Self {
        let (as_of, stale) = (found.as_of.map(SystemTime::from), found.stale);
        Self { container: At::from(found).into(), as_of, stale }
    }
}

/// A container, and the machine it is on.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Container {
    /// The machine.
    pub node: String,
    /// Its full id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The id of the image.
    pub image_id: String,
    /// The program and its arguments, as one text.
    pub command: String,
    /// When it was created.
    pub created: SystemTime,
    /// What it is doing.
    pub state: ContainerState,
    /// What its health check says, where it has one.
    pub health: Option<Health>,
    /// The state in Docker's words: `Up 5 minutes`.
    pub status: String,
    /// Its ports, published or exposed.
    pub ports: Vec<Port>,
    /// Its labels, the image's included.
    pub labels: HashMap<String, String>,
    /// The networks it is connected to, and its address there.
    pub networks: HashMap<String, String>,
    /// What is mounted into it.
    pub mounts: Vec<Mount>,
}

impl From<At<model::Container>> for Container {
    fn from(at: At<model::Container>) -> Self {
        let At { node, item } = at;
        Self {
            node: node.to_string(),
            id: item.id.to_string(),
            name: item.name,
            image: item.image,
            image_id: item.image_id,
            command: item.command,
            created: item.created.into(),
            state: item.state.into(),
            health: item.health.map(Health::from),
            status: item.status,
            ports: item.ports.into_iter().map(Port::from).collect(),
            labels: item.labels.into_iter().collect(),
            networks: item.networks.into_iter().collect(),
            mounts: item.mounts.into_iter().map(Mount::from).collect(),
        }
    }
}

mirror! {
    /// What a container is doing.
    ContainerState, from model::ContainerState {
        /// Made, not started yet.
        Created,
        /// Its program runs.
        Running,
        /// Its program is held.
        Paused,
        /// It ended, and the engine starts it again.
        Restarting,
        /// The engine is removing it.
        Removing,
        /// It ended.
        Exited,
        /// The engine could not remove it.
        Dead,
    }
}

mirror! {
    /// What a container's health check says.
    Health, from model::Health {
        /// Not known yet.
        Starting,
        /// The check passes.
        Healthy,
        /// The check failed as often as it may.
        Unhealthy,
    }
}
