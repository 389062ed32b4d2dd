//! Deployments: what shall happen to many containers is a plan first, and then is applied step by step, or taken back.
//!
//! * *Planning* looks at the fleet and makes a [`Plan`](haven_model::Plan), plain data, which is stored: `update`,
//!   `create`, `scale`, `drain`, `prune`, `rollback`, each a file.
//! * *Applying* (`run`) takes the steps of a stored plan and reads nothing else. One master does it, under a claim; when
//!   it is killed at any point, another goes on: each step's record says what it found before it changed anything
//!   (`record`), and `step` looks before each effect, so that it may be done again.
//! * *Parking* (`park`): an old container is stopped and kept, never removed, until its successor has shown that it is
//!   well (`gate`), and after that for as long as the plan may be rolled back (`keep`).

mod configure;
mod create;
mod difference;
mod draft;
mod drain;
mod failures;
mod follow;
mod gate;
mod keep;
mod keeper;
mod mend;
mod names;
mod park;
mod plans;
mod prune;
mod record;
mod reserve;
mod rollback;
mod run;
mod scale;
mod select;
mod shelf;
mod side_by_side;
mod site;
mod step;
mod successor;
mod update;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use haven_model::{PlanId, Result};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use create::{CreateRequest, quick};
pub use drain::DrainRequest;
pub use prune::PruneRequest;
pub use scale::ScaleRequest;
pub use shelf::check;
pub use update::{SpecChanges, UpdateRequest};

pub(crate) use names::is_of_a_plan;

use self::shelf::Shelf;
use crate::{
    claim::Claims,
    clock::Clock,
    cluster::ClusterService,
    configuration::ConfigurationService,
    event::Journal,
    node::NodeService,
    store::{Codec, Keyring, Store, Table},
};

/// Plans: made, applied, taken back.
#[derive(Debug)]
pub struct DeployService {
    shared: Arc<Shared>,
}

/// What planning and applying stand on.
#[derive(Debug)]
pub(crate) struct Shared {
    shelf: Shelf,
    /// Names that are given away.
    reserved: Table<reserve::Reservation>,
    nodes: Arc<NodeService>,
    clusters: Arc<ClusterService>,
    configuration: Arc<ConfigurationService>,
    claims: Claims,
    journal: Journal,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    /// Asks the keeper to look now.
    wake: Notify,
    /// The plans that this master is at.
    going: Mutex<HashSet<PlanId>>,
}

/// What the service is put together of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) codec: Codec,
    pub(crate) keyring: Keyring,
    pub(crate) nodes: Arc<NodeService>,
    pub(crate) clusters: Arc<ClusterService>,
    pub(crate) configuration: Arc<ConfigurationService>,
    pub(crate) claims: Claims,
    pub(crate) journal: Journal,
    pub(crate) clock: Arc<dyn Clock>,
}

impl DeployService {
    /// Reads which plans there are, and goes on with those that were begun.
    pub(crate) async fn open(parts: Parts, tasks: &TaskTracker, stop: &CancellationToken) -> Result<Self> {
        let Parts { store, codec, keyring, nodes, clusters, configuration, claims, journal, clock } = parts;
        let shelf = Shelf::open(&store, &codec, tasks, stop).await?;
        let reserved = Table::new(store.clone(), "names/", codec.clone());
        let (wake, going) = (Notify::new(), Mutex::default());
        let shared = Arc::new(Shared {
            shelf,
            reserved,
            nodes,
            clusters,
            configuration,
            claims,
            journal,
            clock,
            keyring,
            wake,
            going,
        });
        tasks.spawn(keeper::run(shared.clone(), tasks.clone(), stop.child_token()));
        Ok(Self { shared })
    }
}
