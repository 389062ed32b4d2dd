//! What a container that is to be placed asks of its node, read once for all that ask the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{Hash, Hasher},
    sync::Arc,
};

use haven_model::{
    ContainerName, ContainerSpec, Error, Port, Result, Strategy,
    placement::{Affinity, Constraint, Requirements, Reservation},
    spec::NetworkMode,
};

use super::{
    held::{ImageNames, kind_of},
    matcher::Matcher,
};

/// How many other containers one may use.
const MOST: usize = 64;

/// What a cluster says of placement, where a container says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which of the nodes that can take a container takes it.
    pub strategy: Strategy,
    /// The most containers of one image on one node; none: as many as there is room for.
    pub max_count_of_instances: Option<u32>,
}

/// A container to be placed. Clones are cheap; those with another name or other labels share the demand.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name, where it is known: no two containers of a node have the same.
    pub name: Option<ContainerName>,
    /// Its labels, by which those after it may be placed.
    pub labels: Arc<BTreeMap<String, String>>,
    /// What it asks of its node.
    pub demand: Arc<Demand>,
}

impl Task {
    /// A container that is made from `spec`, of which [`Requirements::split`] has taken what it asks. `Invalid` where
    /// that is too much, or a regular expression is none.
    pub fn new(
        name: Option<ContainerName>,
        spec: &ContainerSpec,
        requirements: &Requirements,
        settings: &Settings,
    ) -> Result<Self> {
        let demand = Arc::new(Demand::new(spec, requirements, settings)?);
        Ok(Self { name, labels: Arc::new(spec.labels.clone()), demand })
    }
}

/// What a container asks of its node. Two that ask the same are equal.
#[derive(Clone, Debug)]
pub struct Demand {
    pub(super) wants: Wants,
    /// Of each constraint, and of each affinity.
    pub(super) constraints: Vec<Matcher>,
    pub(super) affinities: Vec<Matcher>,
}

/// All that tells one demand from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wants {
    /// The image without tag and digest, and with them.
    pub(super) repository: String,
    pub(super) exact: String,
    /// What its replicas have in common.
    pub(super) kind: String,
    pub(super) ports: Vec<Port>,
    pub(super) reservation: Reservation,
    pub(super) constraints: Vec<Constraint>,
    pub(super) affinities: Vec<Affinity>,
    pub(super) strategy: Strategy,
    pub(super) max_count_of_instances: Option<u32>,
}

impl Demand {
    fn new(spec: &ContainerSpec, requirements: &Requirements, settings: &Settings) -> Result<Self> {
        requirements.check()?;
        let names = ImageNames::of(spec.image.as_str());
        let limits = [requirements.max_count_of_instances, settings.max_count_of_instances];
        let wants = Wants {
            kind: kind_of(&spec.labels, &names.repository),
            repository: names.repository,
            exact: names.exact,
            ports: spec.ports.iter().filter(|port| port.host.is_some()).cloned().collect(),
            reservation: Reservation::of(spec),
            constraints: requirements.constraints.clone(),
            affinities: requirements.affinities.iter().cloned().chain(dependencies(spec)?).collect(),
            strategy: requirements.strategy.unwrap_or(settings.strategy),
            max_count_of_instances: limits.into_iter().flatten().min(),
        };
        Ok(Self {
            constraints: wants.constraints.iter().map(|one| Matcher::new(one)).collect::<Result<_>>()?,
            affinities: wants.affinities.iter().map(|one| Matcher::new(one)).collect::<Result<_>>()?,
            wants,
        })
    }
}

/// That a container is where those are whose volumes, names or namespaces it uses.
fn dependencies(spec: &ContainerSpec) -> Result<Vec<Affinity>> {
    let network = match &spec.network {
        Some(NetworkMode::Container(container)) => Some(container.as_str()),
        _ => None,
    };
    let modes =
        [&spec.pid_mode, &spec.ipc_mode].into_iter().flatten().filter_map(|mode| mode.strip_prefix("container:"));
    let named = spec.volumes_from.iter().chain(&spec.links).map(|text| text.split(':').next().unwrap_or_default());
    let all: BTreeSet<&str> =
        network.into_iter().chain(modes).chain(named).map(|name| name.trim_matches('/')).collect();
    if all.len() > MOST {
        return Err(Error::invalid(format!("a container uses at most {MOST} others, not {}", all.len())));
    }
    let affinities = all.into_iter().map(|name| {
        let is_id = name.len() >= 12 && name.chars().all(|c| c.is_ascii_hexdigit());
        Affinity::new(format!("container=={name}{}", if is_id { "*" } else { "" }))
    });
    affinities.collect()
}

impl PartialEq for Demand {
    fn eq(&self, other: &Self) -> bool {
        self.wants == other.wants
    }
}

impl Eq for Demand {}

impl Hash for Demand {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wants.hash(state);
    }
}
