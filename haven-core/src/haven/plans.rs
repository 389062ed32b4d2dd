//! Plans from a program: made, looked at, applied, followed to their end, taken back.

use futures_util::StreamExt as _;
use haven_model::{
    Error, Plan, PlanId, PlanStatus, Result,
    plan::{Kept, PlanDetail, PlanProgress},
};

use super::Haven;
use crate::{
    deploy::{CreateRequest, DrainRequest, PruneRequest, ScaleRequest, UpdateRequest},
    door::ops::plans,
    engine::Stream,
};

/// What shall happen to many containers, as data: a plan is made, looked at, applied, and taken back.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> haven_core::Result<()> {
/// use haven_core::{Haven, deploy::UpdateRequest, model::{ContainerSpec, ImageRef, NodeAddress, NodeName, PlanState}};
/// use haven_core::model::{Rollout, plan::{Order, Selection}};
///
/// let haven = Haven::open("memory:").await?;
/// let node = NodeName::new("web-1")?;
/// haven.nodes().register(&node, NodeAddress::Sim).await?;
/// haven.nodes().wait_online(&node).await?;
/// haven.containers().run(&node, "web", ContainerSpec::new(ImageRef::new("nginx:latest")?)).await?;
///
/// let plan = haven.plans().update(UpdateRequest {
///     selection: Selection { image: vec!["nginx".into()], ..Selection::default() },
///     to: Some("1.27".into()),
///     rollout: Rollout { order: Order::StartFirst, monitor: 0.1, ..Rollout::default() },
///     ..UpdateRequest::default()
/// }).await?;
/// assert!(plan.diff().contains("image: nginx:latest -> nginx:1.27"));
/// let done = haven.plans().apply_and_wait(&plan).await?;
/// assert_eq!(done.status.state, PlanState::Applied);
///
/// let back = haven.plans().rollback(&plan.id).await?;
/// haven.plans().apply_and_wait(&back).await?;
/// assert_eq!(haven.containers().list().await?.items[0].item.image, "nginx:latest");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PlansHandle<'a>(&'a Haven);

impl Haven {
    /// What shall happen to many containers, as data.
    pub fn plans(&self) -> PlansHandle<'_> {
        PlansHandle(self)
    }
}

impl PlansHandle<'_> {
    /// Plans new containers on the nodes that take them; those that no node takes are in the plan, with the reasons.
    ///
    /// `AlreadyExists` when a name that was asked for is taken; `Conflict` when no node takes any; `Invalid` for a
    /// specification or a constraint that is none; `NotFound` when the cluster or the node is not there.
    pub async fn create(&self, request: CreateRequest) -> Result<Plan> {
        self.0.call(plans::PlanCreate(request)).await
    }

    /// Plans more or fewer containers of the same. `NotFound` when there is no such container, `Conflict` when its label
    /// `scalable` is not `true`, or when no node takes more.
    pub async fn scale(&self, request: ScaleRequest) -> Result<Plan> {
        self.0.call(plans::PlanScale(request)).await
    }

    /// Plans an update of containers: another image, other settings, or the same again. Those that cannot or need not be
    /// replaced are in the plan, with the reason. `Invalid` for a pattern, a tag or a percentage that is none; `NotFound`
    /// when the cluster or the node is not there.
    pub async fn update(&self, request: UpdateRequest) -> Result<Plan> {
        self.0.call(plans::PlanUpdate(request)).await
    }

    /// Plans to move away from a node what Haven placed there. What cannot move is in the plan, with the reason. `NotFound`
    /// when the node is not there.
    pub async fn drain(&self, request: DrainRequest) -> Result<Plan> {
        self.0.call(plans::PlanDrain(request)).await
    }

    /// Plans to remove containers that do not run. `NotFound` when the cluster or the node is not there.
    pub async fn prune(&self, request: PruneRequest) -> Result<Plan> {
        self.0.call(plans::PlanPrune(request)).await
    }

    /// Plans to take back what a plan did that has ended. `Conflict` when it has not, or when nothing of it is kept any more.
    pub async fn rollback(&self, plan: &PlanId) -> Result<Plan> {
        self.0.call(plans::PlanRollback { plan: plan.clone() }).await
    }

    /// All plans, the newest first.
    pub async fn list(&self) -> Result<Vec<PlanStatus>> {
        self.0.call(plans::ListPlans::default()).await
    }

    /// A plan, and how far it and each of its steps have come.
    pub async fn get(&self, plan: &PlanId) -> Result<PlanDetail> {
        self.0.call(plans::GetPlan { plan: plan.clone() }).await
    }

    /// What a stored plan does, as a text that people like to read; [`Plan::diff`] has it of one at hand.
    pub async fn diff(&self, plan: &PlanId) -> Result<String> {
        Ok(self.0.call(plans::DiffPlan { plan: plan.clone() }).await?.text)
    }

    /// Begins a plan and answers at once; the fleet goes on with it. `Conflict` when it was begun already, when it is stale,
    /// or while another plan is at a container that it is about.
    pub async fn apply(&self, plan: &PlanId) -> Result<PlanStatus> {
        self.0.call(plans::ApplyPlan { plan: plan.clone(), contents: None }).await
    }

    /// Begins a plan, of which it is checked first that nobody altered it since it was made, and follows it until it is at
    /// rest: applied, or whatever else its status says.
    ///
    /// A plan that was printed and read back, in this process or another, is the same plan. `Invalid` for one that was
    /// altered.
    pub async fn apply_and_wait(&self, plan: &Plan) -> Result<PlanDetail> {
        // Not left to the server: a plan may be larger than what it takes.
        crate::deploy::check(plan)?;
        self.apply(&plan.id).await?;
        self.wait(&plan.id).await
    }

    /// Waits until a plan that was begun is at rest.
    pub async fn wait(&self, plan: &PlanId) -> Result<PlanDetail> {
        let mut progress = self.follow(plan).await?;
        while let Some(told) = progress.next().await {
            told?;
        }
        let detail = self.get(plan).await?;
        if detail.status.state.is_moving() {
            return Err(
                Error::unavailable("the fleet was closed while the plan was followed").with("plan", plan.short())
            );
        }
        Ok(detail)
    }

    /// What each step has come to so far, and then each change, until the plan is at rest.
    pub async fn follow(&self, plan: &PlanId) -> Result<Stream<PlanProgress>> {
        self.0.follow(plans::FollowPlan { plan: plan.clone() }).await
    }

    /// Holds a plan: steps that were begun are ended, no other is begun. `Conflict` unless it is being applied.
    pub async fn pause(&self, plan: &PlanId) -> Result<PlanStatus> {
        self.0.call(plans::PausePlan { plan: plan.clone() }).await
    }

    /// Lets a plan go on, with what it was doing, that was held or could not be ended. `Conflict` for any other.
    pub async fn resume(&self, plan: &PlanId) -> Result<PlanStatus> {
        self.0.call(plans::ResumePlan { plan: plan.clone() }).await
    }

    /// Takes a plan back that has not ended; what is waited for meanwhile is broken off. `Conflict` for one that was not
    /// begun, or has ended.
    pub async fn abort(&self, plan: &PlanId) -> Result<PlanStatus> {
        self.0.call(plans::AbortPlan { plan: plan.clone() }).await
    }

    /// Removes a plan that does not move and for which nothing is parked.
    pub async fn remove(&self, plan: &PlanId) -> Result<()> {
        self.0.call(plans::RemovePlan { plan: plan.clone(), kept: false }).await
    }

    /// Removes a plan and the containers that are parked for it: what it did cannot be rolled back any more. Volumes stay.
    /// `Conflict` while it moves, is held or is stuck.
    pub async fn remove_with_kept(&self, plan: &PlanId) -> Result<()> {
        self.0.call(plans::RemovePlan { plan: plan.clone(), kept: true }).await
    }

    /// The containers that are parked, so that plans can be rolled back, oldest first.
    pub async fn kept(&self) -> Result<Vec<Kept>> {
        self.0.call(plans::ListKept::default()).await
    }
}
