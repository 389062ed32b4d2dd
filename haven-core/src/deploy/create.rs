//! Planning new containers: what they are called, and where they go.

use std::collections::BTreeSet;

use haven_model::{
    Actor, ClusterName, ContainerName, ContainerSpec, Error, NodeName, Plan, Result, Rollout,
    placement::Requirements,
    plan::{New, Order, PlanKind, Selection, Skipped, Step},
};
use serde::{Deserialize, Serialize};

use super::{DeployService, Shared, update::count};
use crate::cluster::placement::{Scheduler, Task};

/// The most containers of one request.
const MAX_COUNT: u32 = 10_000;
/// A label by which copies of a container are known: the name of the first.
pub(super) const GROUP: &str = "haven.group";

/// What is created, and where it may go.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// The cluster whose nodes may take them; none: any node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// The one node that may take them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// The name; none: one after the image: `nginx`, `nginx-1`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ContainerName>,
    /// What they shall be. Entries of its environment such as `constraint:zone==a` say where they may go.
    pub spec: ContainerSpec,
    /// Where they may go.
    #[serde(default)]
    pub requirements: Requirements,
    /// How many; none: one. The others are called as the first, with a number: `web`, `web-1`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// How they are started; none: eight at once, each watched for a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

/// How new containers are started where nobody says so: eight at once, each watched for a second.
pub fn quick() -> Rollout {
    Rollout { parallelism: 8, monitor: 1.0, ..Rollout::default() }
}

impl DeployService {
    /// Plans new containers. Those that no node can take are in the plan, with the reasons.
    ///
    /// `AlreadyExists` when a name that was asked for is taken; `Invalid` for a constraint that cannot be read; `NotFound`
    /// when the cluster or the node is not there.
    pub async fn create(&self, request: CreateRequest, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_create(request, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_create(&self, request: CreateRequest, actor: &Actor) -> Result<Plan> {
        let CreateRequest { cluster, node, name, spec, requirements, count: number, rollout } = request;
        let number = number.unwrap_or(1);
        if !(1..=MAX_COUNT).contains(&number) {
            return Err(Error::invalid(format!("`count` is 1 to {MAX_COUNT}, not {number}")));
        }
        let image = spec.image.to_string();
        let (mut spec, own) = Requirements::split(spec)?;
        let requirements = own.and(requirements)?;
        // For its copies, and for where it goes later.
        requirements.keep_in(&mut spec.labels);
        let names = self.new_names(name.as_ref(), &spec.image, number).await?;
        if number > 1
            && let Some(first) = names.first()
        {
            spec.labels.entry(GROUP.to_owned()).or_insert_with(|| first.to_string());
        }
        let selection = Selection { cluster, node, ..Selection::default() };
        let mut plan = Plan { rollout: rollout.unwrap_or_else(quick), ..self.blank(PlanKind::Create, actor) };
        self.place(&mut plan, &selection, names, &spec, &requirements).await?;
        plan.summary = format!("create {}", summary(&plan, &image));
        plan.selection = selection;
        Ok(plan)
    }

    /// Adds a step for each name: a container of `spec` on the node that takes it, each seeing those before it.
    pub(super) async fn place(
        &self,
        plan: &mut Plan,
        selection: &Selection,
        names: Vec<ContainerName>,
        spec: &ContainerSpec,
        requirements: &Requirements,
    ) -> Result<()> {
        let mut scheduler = self.scheduler(selection, requirements).await?;
        let task = Task::new(None, spec, requirements, &self.clusters.settings_of(&cluster_of(selection))?)?;
        for name in names {
            let task = Task { name: Some(name.clone()), ..task.clone() };
            let placement = scheduler.place(&task);
            let Some(node) = placement.node else {
                let reason = placement.reason;
                plan.skipped.push(Skipped { node: None, name: name.to_string(), id: None, reason });
                continue;
            };
            scheduler.commit(&node, &task)?;
            plan.steps.push(Step {
                index: plan.steps.len().try_into().unwrap_or(u32::MAX),
                name,
                old: None,
                new: Some(New::Made { node, spec: Box::new(spec.clone()), start: true }),
                order: Order::StopFirst,
                reason: placement.reason,
                note: None,
                changes: Vec::new(),
            });
        }
        if plan.steps.is_empty()
            && let Some(skipped) = plan.skipped.first()
        {
            return Err(Error::conflict(skipped.reason.clone()));
        }
        Ok(())
    }
}

impl Shared {
    /// What knows the nodes that may take containers.
    pub(super) async fn scheduler(&self, selection: &Selection, requirements: &Requirements) -> Result<Scheduler> {
        let cluster = cluster_of(selection);
        let mut views = self.clusters.views(&cluster)?;
        if let Some(node) = &selection.node {
            self.nodes.get(node)?;
            views.retain(|view| view.name == *node);
        }
        if requirements.affinities.iter().any(|affinity| affinity.key() == "image") {
            let mut images = self.clusters.images_of(&cluster).await?;
            for view in &mut views {
                view.images = images.remove(&view.name).unwrap_or_default();
            }
        }
        Ok(Scheduler::new(views, self.clock.random()))
    }
}

/// The cluster of a selection; that of all nodes where it names none.
pub(super) fn cluster_of(selection: &Selection) -> ClusterName {
    let all = || ClusterName::new(ClusterName::ALL).expect("the names of builtin clusters are valid");
    selection.cluster.clone().unwrap_or_else(all)
}

/// `web: 3 containers of nginx on 2 nodes`.
pub(super) fn summary(plan: &Plan, image: &str) -> String {
    let nodes: BTreeSet<_> = plan.steps.iter().map(Step::node).collect();
    let first = plan.steps.first().map(|step| step.name.to_string()).unwrap_or_default();
    let (steps, nodes) = (count(plan.steps.len(), "container"), count(nodes.len(), "node"));
    format!("{first}: {steps} of {image} on {nodes}")
}
