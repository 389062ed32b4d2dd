//! What a container's successor is made of: what the old one was made of, less what it had from its image.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

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
    /// Containers that are bound to it, and how.
    dependants: Vec<String>,
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

    /// Why it is left alone: another would be cut off from it.
    pub(super) fn bound(&self) -> Option<String> {
        self.dependants.first().map(|dependant| format!("{dependant}, and would be cut off"))
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
    /// Looks at containers closely, at all of a node together, and answers in their order; those that cannot be looked at
    /// are answered with the reason.
    pub(super) async fn look_at(&self, candidates: Vec<Candidate>) -> (Vec<Seen>, Vec<(Candidate, Error)>) {
        let mut nodes: BTreeMap<NodeName, Vec<(usize, Candidate)>> = BTreeMap::new();
        for (place, candidate) in candidates.into_iter().enumerate() {
            nodes.entry(candidate.node.clone()).or_default().push((place, candidate));
        }
        let nodes: Vec<BoxFuture<'_, _>> =
            nodes.into_iter().map(|(node, candidates)| self.look_on(node, candidates).boxed()).collect();
        let mut answers = stream::iter(nodes).buffer_unordered(NODES);
        let mut all = Vec::new();
        while let Some(some) = answers.next().await {
            all.extend(some);
        }
        all.sort_unstable_by_key(|(place, _)| *place);
        let (mut seen, mut failed) = (Vec::new(), Vec::new());
        for (_, looked) in all {
            match looked {
                Ok(one) => seen.push(one),
                Err(one) => failed.push(one),
            }
        }
        (seen, failed)
    }

    async fn look_on(&self, node: NodeName, candidates: Vec<(usize, Candidate)>) -> Vec<(usize, Looked)> {
        let mut site = match self.details_of(&node).await {
            Ok(site) => site,
            Err(error) => {
                let why = error.to_wire();
                let failed = |(place, candidate)| (place, Err((candidate, Error::from(why.clone()))));
                return candidates.into_iter().map(failed).collect();
            }
        };
        let mut all = Vec::with_capacity(candidates.len());
        for (place, candidate) in candidates {
            let seen = self.look_at_one(&mut site, &node, &candidate).await;
            all.push((
                place,
                match seen {
                    Ok((detail, image)) => {
                        let dependants = site.dependants(&detail);
                        Ok(Seen { candidate, detail, image, dependants })
                    }
                    Err(error) => Err((candidate, error)),
                },
            ));
        }
        all
    }

    async fn look_at_one(
        &self,
        site: &mut Neighbours,
        node: &NodeName,
        candidate: &Candidate,
    ) -> Result<(Arc<ContainerDetail>, Option<Arc<ImageDetail>>)> {
        let id = candidate.container.id();
        let detail = match site.details.get(&id) {
            Some(detail) => detail.clone(),
            // Made since.
            None => self.nodes.detail(node, &id).await?,
        };
        let id = candidate.container.image_id();
        if let Some(image) = site.images.get(id) {
            return Ok((detail, image.clone()));
        }
        let image = match self.nodes.engine(node)?.image(&ImageRef::new(id)?).await {
            Ok(image) => Some(Arc::new(image)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error.with("node", node)),
        };
        site.images.insert(id.to_owned(), image.clone());
        Ok((detail, image))
    }

    /// Everything about the containers of a node: any may be bound to any other.
    async fn details_of(&self, node: &NodeName) -> Result<Neighbours> {
        self.nodes.engine(node)?;
        let ids: Vec<ContainerId> = self.nodes.inventory(node)?.containers().iter().map(Summary::id).collect();
        let mut answers = stream::iter(ids)
            .map(|id| {
                let (nodes, node) = (self.nodes.clone(), node.clone());
                async move {
                    let detail = nodes.detail(&node, &id).await;
                    (id, detail)
                }
            })
            .buffer_unordered(CONTAINERS);
        let mut site = Neighbours::default();
        while let Some((id, detail)) = answers.next().await {
            match detail {
                Ok(detail) => {
                    // What is parked does not run, and is not cut off.
                    if !super::names::is_of_a_plan(&detail.name) {
                        site.bound.extend(Bound::of(&detail));
                    }
                    site.details.insert(id, detail);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(site)
    }
}

/// A container that was looked at, or why it could not be.
type Looked = std::result::Result<Seen, (Candidate, Error)>;

/// The containers of a node, who of them is bound to another, and their images.
#[derive(Debug, Default)]
struct Neighbours {
    details: HashMap<ContainerId, Arc<ContainerDetail>>,
    bound: Vec<Bound>,
    images: HashMap<String, Option<Arc<ImageDetail>>>,
}

impl Neighbours {
    fn dependants(&self, detail: &ContainerDetail) -> Vec<String> {
        let is_it = |to: &str| {
            to == detail.name || (to.len() >= 12 && ContainerRef::new(to).is_ok() && detail.id.as_str().starts_with(to))
        };
        let bound = self.bound.iter().filter(|other| is_it(&other.to));
        bound.map(|other| format!("`{}` {}", other.name, other.how)).collect()
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
