//! Planning to move away from a node what Haven placed there.

use haven_model::{
    Actor, Availability, ClusterName, ContainerName, Error, NodeName, Plan, Result, Rollout,
    placement::Requirements,
    plan::{New, Order, PlanKind, Selection, Step},
    spec::MountKind,
};
use serde::{Deserialize, Serialize};

use super::{
    DeployService, Shared,
    draft::{self, count},
    side_by_side,
    step::PLAN,
    successor::Seen,
};
use crate::cluster::{
    Scope, looks_at_images,
    placement::{Scheduler, Settings, Task},
};

/// Which node is emptied.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrainRequest {
    /// The node.
    pub node: NodeName,
    /// Also containers whose volumes, or folders of the host, stay behind.
    #[serde(default)]
    pub leave_data: bool,
    /// How they are moved.
    #[serde(default)]
    pub rollout: Rollout,
}

impl DeployService {
    /// Plans to move what Haven placed on a node to others of its cluster. What cannot move is in the plan, with the reason.
    pub async fn drain(&self, request: DrainRequest, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_drain(request, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_drain(&self, request: DrainRequest, actor: &Actor) -> Result<Plan> {
        let DrainRequest { node, leave_data, rollout } = request;
        let cluster = self.nodes.get(&node)?.cluster;
        let selection = Selection { node: Some(node.clone()), ..Selection::default() };
        let mut plan = Plan { rollout, ..self.blank(PlanKind::Drain, actor) };
        let mut chosen = Vec::new();
        for candidate in self.select(&selection)? {
            let container = &candidate.container;
            match candidate.untouchable() {
                Some(reason) => plan.skipped.push(candidate.skipped(reason)),
                None if container.label(PLAN).is_none() => {
                    plan.skipped.push(candidate.skipped("Haven did not place it"));
                }
                None if !container.is_running() => plan.skipped.push(candidate.skipped("it does not run")),
                None => chosen.push(candidate),
            }
        }
        let (seen, failed) = self.look_at(chosen).await;
        draft::skip_unseen(&mut plan, &failed);
        let orphans = || ClusterName::new(ClusterName::ORPHANS).expect("the names of builtin clusters are valid");
        let cluster = cluster.unwrap_or_else(orphans);
        let settings = self.clusters.settings_of(Some(&cluster))?;
        let asks =
            |seen: &Seen| Requirements::of_labels(&seen.detail.spec.labels).is_ok_and(|asks| looks_at_images(&asks));
        let mut views = self.clusters.views_for(&Scope::Cluster(cluster), seen.iter().any(asks)).await?;
        for view in views.iter_mut().filter(|view| view.name == node) {
            view.availability = Availability::Drain;
        }
        let mut scheduler = Scheduler::new(views, self.clock.random());
        self.commit_pending(&mut scheduler).await?;
        for seen in seen {
            match self.removal(&seen, &mut scheduler, &settings, leave_data, plan.rollout.order) {
                Ok(step) => draft::push(&mut plan, step),
                Err(error) => plan.skipped.push(seen.candidate.skipped(error.message().to_owned())),
            }
        }
        plan.summary = format!("drain {node}: {}", count(plan.steps.len(), "container"));
        plan.selection = selection;
        Ok(plan)
    }

    fn removal(
        &self,
        seen: &Seen,
        scheduler: &mut Scheduler,
        settings: &Settings,
        leave_data: bool,
        asked: Order,
    ) -> Result<Step> {
        if let Some(reason) = seen.bound() {
            return Err(Error::conflict(reason));
        }
        let mut spec = seen.own_spec();
        for mount in &mut spec.mounts {
            match mount.kind {
                MountKind::Volume | MountKind::Bind if !leave_data => {
                    let what = if mount.source.is_empty() { &mount.target } else { &mount.source };
                    return Err(Error::conflict(format!("its data in `{what}` is on this node")));
                }
                _ => {}
            }
        }
        let from = &seen.candidate.node;
        let (spec, requirements) = Requirements::split(spec)?;
        let name = ContainerName::new(seen.candidate.container.name())?;
        let task = Task::new(Some(name.clone()), &spec, &requirements.leaving(from), settings)?;
        let placement = scheduler.place(&task);
        let reason = placement.reason.clone();
        let to = placement.chosen()?;
        scheduler.commit(&to, &task)?;
        // Two machines share no ports; an address or a MAC of a network between them, they do.
        let (order, note) = match (asked, side_by_side::refusal(&spec)) {
            (Order::StartFirst, Some(why)) if spec.ports.iter().all(|port| port.host.is_none()) => {
                (Order::StopFirst, Some(why))
            }
            (order, _) => (order, None),
        };
        Ok(Step {
            index: 0,
            name,
            old: Some(seen.old(self)),
            new: Some(New::Made { node: to, spec: Box::new(spec), start: true }),
            order,
            reason,
            note,
            changes: Vec::new(),
        })
    }
}
