//! What the labels of an image and the repository of configurations say of containers that a plan makes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use haven_model::{
    ClusterName, ContainerName, ContainerSpec, ImageRef, NodeName, Result, placement::Requirements, plan::Selection,
};

use super::Shared;
use crate::{
    configuration::{home, labels_of},
    source::{Resolved, Snapshot, Wanted, resolve, resolve_anew},
};

/// One version of the repository, and the labels of one image: for configuring any number of containers alike.
pub(super) struct Configurations {
    repository: Option<Arc<Snapshot>>,
    cluster: Option<ClusterName>,
    labels: BTreeMap<String, String>,
}

/// One version of the repository for all containers of a plan, and what it says for each node and image.
pub(super) struct Anew {
    repository: Option<Arc<Snapshot>>,
    known: HashMap<(NodeName, ImageRef), Arc<Configurations>>,
}

impl Shared {
    /// What is said of containers of an image that go where a selection says. The cluster is that of the selection, else
    /// that of its node. `Unavailable` when the repository could not be read yet.
    pub(super) async fn configurations(&self, selection: &Selection, image: &ImageRef) -> Result<Configurations> {
        let repository = self.configuration.snapshot().await?;
        self.configurations_of(repository, selection, image).await
    }

    async fn configurations_of(
        &self,
        repository: Option<Arc<Snapshot>>,
        selection: &Selection,
        image: &ImageRef,
    ) -> Result<Configurations> {
        let cluster = match (&selection.cluster, &selection.node) {
            (Some(cluster), _) => Some(cluster.clone()),
            (None, Some(node)) => home(&self.clusters, &self.nodes, node)?,
            (None, None) => None,
        };
        let node = selection.node.as_ref();
        let (labels, _) = labels_of(&self.clusters, &self.nodes, image, node, cluster.as_ref()).await?;
        Ok(Configurations { repository, cluster, labels })
    }

    /// For configuring containers that are there anew. `Unavailable` when the repository could not be read yet.
    pub(super) async fn anew(&self) -> Result<Anew> {
        Ok(Anew { repository: self.configuration.snapshot().await?, known: HashMap::new() })
    }

    /// What is said of containers of an image on a node: asked once.
    pub(super) async fn configured_on(
        &self,
        anew: &mut Anew,
        node: &NodeName,
        image: &ImageRef,
    ) -> Result<Arc<Configurations>> {
        let key = (node.clone(), image.clone());
        if let Some(known) = anew.known.get(&key) {
            return Ok(known.clone());
        }
        let selection = Selection { node: Some(node.clone()), ..Selection::default() };
        let found = Arc::new(self.configurations_of(anew.repository.clone(), &selection, image).await?);
        anew.known.insert(key, found.clone());
        Ok(found)
    }
}

impl Configurations {
    /// What a new container shall be, and where it may go; the request wins.
    pub(super) async fn of(&self, name: &ContainerName, own: &ContainerSpec) -> Result<(ContainerSpec, Requirements)> {
        split(&resolve(self.repository.as_deref(), self.wanted(name, own)).await?)
    }

    /// What the successor of a container shall be; what is said now wins over what it is.
    pub(super) async fn anew(&self, name: &ContainerName, own: &ContainerSpec) -> Result<ContainerSpec> {
        Ok(split(&resolve_anew(self.repository.as_deref(), self.wanted(name, own)).await?)?.0)
    }

    fn wanted<'a>(&'a self, name: &'a ContainerName, own: &'a ContainerSpec) -> Wanted<'a> {
        let (cluster, container) = (self.cluster.as_ref(), Some(name.as_str()));
        Wanted { cluster, container, ..Wanted::new(own, &self.labels) }
    }
}

fn split(resolved: &Resolved) -> Result<(ContainerSpec, Requirements)> {
    let (mut spec, mut requirements) = Requirements::split(resolved.marked())?;
    for entry in &resolved.placement {
        requirements.add_entry(entry)?;
    }
    requirements.keep_in(&mut spec.labels);
    Ok((spec, requirements))
}
