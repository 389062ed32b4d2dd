//! The services of one Haven, put together: what the local door runs operations with.

use std::{sync::Arc, time::Duration};

use haven_model::{Actor, Object, Result, node::Count, system::SystemStatus};
use serde_json::Map;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    access::{AccessService, Invitations},
    audit::{Act, AuditLog},
    claim::Claims,
    clock::Clock,
    cluster::ClusterService,
    configuration::ConfigurationService,
    deploy::DeployService,
    event::Journal,
    node::NodeService,
    store::Store,
};

/// Everything that decides, over one store.
#[derive(Debug)]
pub struct Services {
    /// Who is who, and who may do what.
    pub access: AccessService,
    /// What agents are invited with.
    pub invitations: Invitations,
    /// Who did what.
    pub audit: AuditLog,
    /// All clusters.
    pub clusters: Arc<ClusterService>,
    /// Plans.
    pub deploy: DeployService,
    /// Where the configuration of containers comes from.
    pub configuration: Arc<ConfigurationService>,
    /// All nodes.
    pub nodes: Arc<NodeService>,
    /// What happened.
    pub journal: Journal,
    /// Where the state is kept.
    pub store: Arc<dyn Store>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// What this master does for all.
    pub(crate) claims: Claims,
    /// What acts now, also for who has left.
    pub(crate) acts: TaskTracker,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// Dropping the services ends their background work.
    pub(crate) _guard: DropGuard,
}

impl Services {
    /// What Haven is and how it is.
    pub async fn status(&self) -> Result<SystemStatus> {
        let store = self.store.status().await?;
        let mut nodes = Count::default();
        let mut containers = Count::default();
        for state in self.nodes.states() {
            nodes.total += 1;
            nodes.on += u64::from(state.engine().is_ok());
            let count = state.inventory.read().count();
            containers.on += count.on;
            containers.total += count.total;
        }
        Ok(SystemStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: self.clock.now(),
            store: store.kind.to_owned(),
            revision: store.revision,
            store_bytes: store.bytes,
            alarms: store.alarms,
            nodes,
            containers,
            events: self.journal.len() as u64,
        })
    }

    /// Takes an invitation: whoever shows its token may know what agents must show. That is written down. `Unauthenticated`
    /// where there is none, or not any more.
    pub async fn take_invitation(&self, token: &str, actor: &Actor) -> Result<()> {
        // Strangers must not fill the audit with tokens that they make up: what is refused is only logged.
        self.invitations.take(token).await?;
        let act = Act { object: Object::System, parameters: Map::new() };
        self.audit.record(actor, "invitations.take", act, None).await;
        Ok(())
    }

    /// Waits until what acts has ended, ends the background work, and waits until what was taken is written; for at most
    /// `limit`.
    pub async fn close(&self, limit: Duration) {
        let ended = async {
            self.acts.close();
            self.acts.wait().await;
            self.stop.cancel();
            self.tasks.close();
            self.tasks.wait().await;
            self.claims.leave().await;
        };
        if tokio::time::timeout(limit, ended).await.is_err() {
            self.stop.cancel();
            tracing::warn!("what acts, or background work, did not end within {limit:?}");
        }
    }
}
