//! What a container's successor is made of: what the old one was made of, less what it had from its image.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use haven_model::{
    ContainerDetail, ContainerId, ContainerRef, ContainerSpec, Error, ErrorKind, ImageDetail, ImageRef, NodeName,
    Result,
    plan::{Observed, Old},
    spec::MountKind,
};

use super::{
    Shared,
    select::Candidate,
    step::{PLAN, SPEC, STEP},
};
use crate::node::Summary;

/// How many containers of one node are asked for at the same time, and how many nodes.
const CONTAINERS: usize = 8;
const NODES: usize = 64;

/// A container that was looked at closely.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) candidate: Candidate,
    pub(super) detail: Arc<ContainerDetail>,
    /// The image that it runs; none: the engine does not have it any more.
    pub(super) image: Option<Arc<ImageDetail>>,
    /// Containers that are bound to it by its id, and how.
    pub(super) dependants: Vec<String>,
}

impl Seen {
    /// What a plan says of it.
    pub(super) fn old(&self, shared: &Shared) -> Old {
        Old {
            node: self.candidate.node.clone(),
            observed: Observed {
                id: self.detail.id.clone(),
                spec: shared.digest(&self.detail.spec),
                running: self.candidate.container.is_running(),
                image: self.detail.spec.image.to_string(),
            },
            remove: false,
        }
    }

    /// What goes with it when it is stopped and nothing takes its place: one that removes itself takes the volumes that
    /// nobody named along.
    pub(super) fn lost(&self) -> Option<String> {
        let mounts = self.detail.spec.mounts.iter();
        let unnamed = mounts.filter(|mount| mount.kind == MountKind::Volume && mount.source.is_empty());
        let targets: Vec<&str> = unnamed.map(|mount| mount.target.as_str()).collect();
        let removes_itself = self.detail.spec.auto_remove;
        match (removes_itself, targets.is_empty()) {
            (false, _) => None,
            (true, true) => Some("it removes itself when it stops: a rollback makes it anew".to_owned()),
            (true, false) => {
                Some(format!("it removes itself when it stops, and the data in {} with it", targets.join(", ")))
            }
        }
    }

    /// What it was made of, less what it had from its image and from a plan, with the volumes that it has.
    pub(super) fn own_spec(&self) -> ContainerSpec {
        let spec = self.detail.spec_with_volumes();
        let mut spec = self.image.as_ref().map_or_else(|| spec.clone(), |image| spec.without(image));
        for label in [PLAN, STEP, SPEC] {
            spec.labels.remove(label);
        }
        spec
    }
}

impl Shared {
    /// Looks at containers closely, at all of a node together; those that cannot be looked at are answered with the reason.
    pub(super) async fn look_at(&self, candidates: Vec<Candidate>) -> (Vec<Seen>, Vec<(Candidate, Error)>) {
        let mut nodes: Vec<Vec<Candidate>> = Vec::new();
        for candidate in candidates {
            match nodes.last_mut() {
                Some(node) if node[0].node == candidate.node => node.push(candidate),
                _ => nodes.push(vec![candidate]),
            }
        }
        let nodes: Vec<BoxFuture<'_, _>> = nodes.into_iter().map(|node| self.look_on(node).boxed()).collect();
        let mut answers = stream::iter(nodes).buffered(NODES);
        let (mut seen, mut failed) = (Vec::new(), Vec::new());
        while let Some((some, others)) = answers.next().await {
            seen.extend(some);
            failed.extend(others);
        }
        (seen, failed)
    }

    async fn look_on(&self, candidates: Vec<Candidate>) -> (Vec<Seen>, Vec<(Candidate, Error)>) {
        let node = candidates[0].node.clone();
        let engine = match self.nodes.engine(&node) {
            Ok(engine) => engine,
            Err(error) => {
                let why = error.to_wire();
                let all = candidates.into_iter().map(|candidate| (candidate, Error::from(why.clone())));
                return (Vec::new(), all.collect());
            }
        };
        let others = self.bound(&node).await;
        let mut images: HashMap<String, Option<Arc<ImageDetail>>> = HashMap::new();
        for candidate in &candidates {
            let id = candidate.container.image_id();
            if !images.contains_key(id) {
                let image = match ImageRef::new(id) {
                    Ok(image) => engine.image(&image).await.ok().map(Arc::new),
                    Err(_) => None,
                };
                images.insert(id.to_owned(), image);
            }
        }
        let mut answers = stream::iter(candidates)
            .map(|candidate| {
                let (nodes, node) = (self.nodes.clone(), node.clone());
                async move {
                    let detail = nodes.detail(&node, &candidate.container.id()).await;
                    (candidate, detail)
                }
            })
            .buffered(CONTAINERS);
        let (mut seen, mut failed) = (Vec::new(), Vec::new());
        while let Some((candidate, detail)) = answers.next().await {
            match detail {
                Ok(detail) => {
                    let image = images.get(candidate.container.image_id()).cloned().flatten();
                    let dependants = match &others {
                        Ok(others) => dependants(&detail, others),
                        Err(error) => vec![format!("what is bound to it is not known: {}", error.message())],
                    };
                    seen.push(Seen { candidate, detail, image, dependants });
                }
                Err(error) => failed.push((candidate, error)),
            }
        }
        (seen, failed)
    }

    /// The containers of a node that are bound to others.
    async fn bound(&self, node: &NodeName) -> Result<Vec<Bound>> {
        let all = self.nodes.inventory(node)?;
        let ids: Vec<ContainerId> = all.containers().iter().map(Summary::id).collect();
        let mut answers = stream::iter(ids)
            .map(|id| {
                let (nodes, node) = (self.nodes.clone(), node.clone());
                async move { nodes.detail(&node, &id).await }
            })
            .buffered(CONTAINERS);
        let mut bound = Vec::new();
        while let Some(detail) = answers.next().await {
            match detail {
                Ok(detail) if super::names::is_of_a_plan(&detail.name) => {}
                Ok(detail) => bound.extend(Bound::of(&detail)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(bound)
    }
}

/// A container that is bound to another.
#[derive(Debug)]
struct Bound {
    name: String,
    to: String,
    how: &'static str,
}

impl Bound {
    fn of(detail: &ContainerDetail) -> Vec<Self> {
        let spec = &detail.spec;
        let mut bound = Vec::new();
        let mut add = |to: &str, how| bound.push(Self { name: detail.name.clone(), to: to.to_owned(), how });
        if let Some(haven_model::spec::NetworkMode::Container(of)) = &spec.network {
            add(of.as_str(), "uses its network");
        }
        for (mode, how) in [(&spec.pid_mode, "uses its processes"), (&spec.ipc_mode, "uses its shared memory")] {
            if let Some(of) = mode.as_ref().and_then(|mode| mode.strip_prefix("container:")) {
                add(of, how);
            }
        }
        for from in &spec.volumes_from {
            add(from.split(':').next().unwrap_or(from), "uses its volumes");
        }
        for link in &spec.links {
            add(link.split(':').next().unwrap_or(link).trim_start_matches('/'), "is linked to it");
        }
        bound
    }
}

fn dependants(detail: &ContainerDetail, others: &[Bound]) -> Vec<String> {
    let is_it = |to: &str| {
        to == detail.name || (to.len() >= 12 && ContainerRef::new(to).is_ok() && detail.id.as_str().starts_with(to))
    };
    let bound = others.iter().filter(|other| is_it(&other.to));
    bound.map(|other| format!("`{}` {}", other.name, other.how)).collect()
}
