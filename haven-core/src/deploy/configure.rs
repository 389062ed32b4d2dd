//! What the labels of an image and the repository of configurations say of containers that a plan makes.

use std::{collections::BTreeMap, sync::Arc};

use haven_model::{
    ClusterName, ContainerName, ContainerSpec, ImageRef, Result, placement::Requirements, plan::Selection,
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

impl Shared {
    /// What is said of containers of an image that go where a selection says. The cluster is that of the selection, else
    /// that of its node. `Unavailable` when the repository could not be read yet.
    pub(super) async fn configurations(&self, selection: &Selection, image: &ImageRef) -> Result<Configurations> {
        let cluster = match (&selection.cluster, &selection.node) {
            (Some(cluster), _) => Some(cluster.clone()),
            (None, Some(node)) => home(&self.clusters, &self.nodes, node)?,
            (None, None) => None,
        };
        let node = selection.node.as_ref();
        let (labels, _) = labels_of(&self.clusters, &self.nodes, image, node, cluster.as_ref()).await?;
        Ok(Configurations { repository: self.configuration.snapshot().await?, cluster, labels })
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
