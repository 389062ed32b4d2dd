//! Which node of a cluster takes a container: what is known of its nodes now, put before the [`Scheduler`].

use std::collections::HashMap;

use haven_model::{ClusterName, ContainerName, ContainerSpec, Error, Image, NodeName, Placement, Requirements, Result};

use super::{
    ClusterService, Scope, Window,
    placement::{NodeView, Scheduler, Settings, Task},
};
use crate::node::NodeState;

impl ClusterService {
    /// Chooses the node of a cluster that takes a container. What the specification asks in its environment and labels
    /// counts as well as `requirements`. `NotFound` when there is no such cluster, `Invalid` for what cannot be asked.
    pub async fn place(
        &self,
        cluster: &ClusterName,
        name: Option<&ContainerName>,
        spec: &ContainerSpec,
        requirements: Requirements,
    ) -> Result<Placement> {
        let (spec, asked) = Requirements::split(spec.clone())?;
        let requirements = asked.and(requirements)?;
        let task = Task::new(name.cloned(), &spec, &requirements, &self.settings_of(Some(cluster))?)?;
        let views = self.views_for(&Scope::Cluster(cluster.clone()), looks_at_images(&requirements)).await?;
        let seed = self.clock.random();
        // Every container is looked at, and there may be very many.
        tokio::task::spawn_blocking(move || Scheduler::new(views, seed).explain(&task))
            .await
            .map_err(|error| Error::unexpected("placing a container ended early").caused_by(error))
    }

    /// The nodes of a scope as placement sees them, with what they hold as last seen. `NotFound` when there is no such
    /// scope.
    pub(crate) fn views(&self, scope: &Scope) -> Result<Vec<NodeView>> {
        Ok(self.nodes_of(scope)?.iter().map(|state| view(state)).collect())
    }

    /// The same, `with_images` with those that nodes have without a container of them.
    pub(crate) async fn views_for(&self, scope: &Scope, with_images: bool) -> Result<Vec<NodeView>> {
        let mut views = self.views(scope)?;
        if with_images {
            let mut images = self.images_of(scope).await?;
            for view in &mut views {
                view.images = images.remove(&view.name).unwrap_or_default();
            }
        }
        Ok(views)
    }

    /// The names and ids of the images on each node of a scope, of those that answer: one request a node.
    async fn images_of(&self, scope: &Scope) -> Result<HashMap<NodeName, Vec<String>>> {
        let window = Window::default();
        let listing = self.gather(scope, &window, |engine| async move { engine.images().await }).await?;
        let mut images: HashMap<NodeName, Vec<String>> = HashMap::new();
        for at in listing.items {
            let Image { id, tags, digests, .. } = at.item;
            images.entry(at.node).or_default().extend([id].into_iter().chain(tags).chain(digests));
        }
        Ok(images)
    }

    /// What a cluster says of placement; `all` and `orphans`, and no cluster, say nothing. `NotFound` when there is no such
    /// cluster.
    pub(crate) fn settings_of(&self, cluster: Option<&ClusterName>) -> Result<Settings> {
        let Some(cluster) = cluster else { return Ok(Settings::default()) };
        let cluster = self.get(cluster)?;
        Ok(Settings { strategy: cluster.strategy, max_count_of_instances: cluster.max_count_of_instances })
    }
}

/// Whether it matters which images nodes have without a container of them.
pub(crate) fn looks_at_images(requirements: &Requirements) -> bool {
    requirements.affinities.iter().any(|affinity| affinity.key() == "image")
}

/// A node as it is known now.
fn view(state: &NodeState) -> NodeView {
    NodeView {
        is_online: state.engine().is_ok(),
        availability: state.record.load().value.availability,
        labels: state.labels(),
        info: state.info(),
        containers: state.inventory.read(),
        ..NodeView::new(state.name.clone())
    }
}
