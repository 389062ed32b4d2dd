//! Plans: made, looked at, applied, held, taken back.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use haven_model::{
    Actor, Plan, PlanId, PlanStatus, Result,
    plan::{Kept, PlanDetail, PlanProgress},
};
use serde::{Deserialize, Serialize};

use super::operation;
use crate::{
    deploy::{CreateRequest, DrainRequest, PruneRequest, ScaleRequest, UpdateRequest},
    door::{Call, Follow, Row},
    engine::Stream,
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListPlans>(),
        Row::call::<GetPlan>(),
        Row::call::<DiffPlan>(),
        Row::call::<PlanCreate>(),
        Row::call::<PlanScale>(),
        Row::call::<PlanUpdate>(),
        Row::call::<PlanDrain>(),
        Row::call::<PlanPrune>(),
        Row::call::<PlanRollback>(),
        Row::call::<ApplyPlan>(),
        Row::follow::<FollowPlan>(),
        Row::call::<PausePlan>(),
        Row::call::<ResumePlan>(),
        Row::call::<AbortPlan>(),
        Row::call::<RemovePlan>(),
        Row::call::<ListKept>(),
    ]
}

operation! {
    /// Lists the plans, the newest first, and how far each has come.
    "plans.list", Get "/plans", needs Read;
    #[derive(Default)]
    pub struct ListPlans {}
}

#[async_trait]
impl Call for ListPlans {
    type Output = Vec<PlanStatus>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<PlanStatus>> {
        Ok(services.deploy.list())
    }
}

operation! {
    /// Shows a plan, and how far it and each of its steps have come.
    "plans.get", Get "/plans/{plan}", needs Read;
    pub struct GetPlan {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
    }
}

#[async_trait]
impl Call for GetPlan {
    type Output = PlanDetail;

    async fn run(self, services: &Services, _: &Actor) -> Result<PlanDetail> {
        services.deploy.get(&self.plan).await
    }
}

/// What a plan does, as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanText {
    /// Its id.
    pub id: PlanId,
    /// A line a step, its changes below it, and what is left alone.
    pub text: String,
}

operation! {
    /// Shows what a plan does as a text that people like to read; `plans.get` has the same as data.
    "plans.diff", Get "/plans/{plan}/diff", needs Read;
    pub struct DiffPlan {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
    }
}

#[async_trait]
impl Call for DiffPlan {
    type Output = PlanText;

    async fn run(self, services: &Services, _: &Actor) -> Result<PlanText> {
        let plan = services.deploy.get(&self.plan).await?.plan;
        Ok(PlanText { text: plan.diff(), id: plan.id })
    }
}

operation! {
    /// Plans new containers on the nodes that take them. Those that no node can take are in the plan, with the reasons.
    "plans.create", Post "/plans/create", needs Create;
    pub struct PlanCreate(pub CreateRequest)
}

#[async_trait]
impl Call for PlanCreate {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.create(self.0, actor).await
    }
}

operation! {
    /// Plans more or fewer containers of the same.
    "plans.scale", Post "/plans/scale", needs Create;
    pub struct PlanScale(pub ScaleRequest)
}

#[async_trait]
impl Call for PlanScale {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.scale(self.0, actor).await
    }
}

operation! {
    /// Plans to move away from a node what Haven placed there.
    "plans.drain", Post "/plans/drain", needs Create;
    pub struct PlanDrain(pub DrainRequest)
}

#[async_trait]
impl Call for PlanDrain {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.drain(self.0, actor).await
    }
}

operation! {
    /// Plans an update of containers: another image, other settings, or the same again. Nothing happens until the plan is
    /// applied; what is left alone is in the plan, with the reason.
    "plans.update", Post "/plans/update", needs Create;
    pub struct PlanUpdate(pub UpdateRequest)
}

#[async_trait]
impl Call for PlanUpdate {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.update(self.0, actor).await
    }
}

operation! {
    /// Plans to remove containers that do not run. Their volumes stay; a rollback makes them anew.
    "plans.prune", Post "/plans/prune", needs Create;
    pub struct PlanPrune(pub PruneRequest)
}

#[async_trait]
impl Call for PlanPrune {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.prune(self.0, actor).await
    }
}

operation! {
    /// Plans to take back what a plan did that has ended. `conflict` when it has not, or when what it parked is not kept any
    /// more.
    "plans.rollback", Post "/plans/{plan}/rollback", needs Create;
    pub struct PlanRollback {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
    }
}

#[async_trait]
impl Call for PlanRollback {
    type Output = Plan;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Plan> {
        services.deploy.rollback(&self.plan, actor).await
    }
}

operation! {
    /// Applies a plan: begins it, and answers at once; `plans.follow` tells how it goes. It goes on to its end also when
    /// this master is killed, as long as another is there or comes.
    ///
    /// `conflict` when it was begun already, or when what it was made for means other containers by now.
    "plans.apply", Post "/plans/{plan}/apply", needs Execute;
    pub struct ApplyPlan {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
        /// The plan as it was printed: `invalid` when it was altered since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub contents: Option<Plan>,
    }
}

#[async_trait]
impl Call for ApplyPlan {
    type Output = PlanStatus;

    async fn run(self, services: &Services, actor: &Actor) -> Result<PlanStatus> {
        services.deploy.apply(&self.plan, self.contents.as_ref(), actor).await
    }
}

operation! {
    /// Follows a plan: what each step has come to so far, and then each change, until the plan is at rest.
    "plans.follow", Get "/plans/{plan}/follow", needs Read;
    pub struct FollowPlan {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
    }
}

#[async_trait]
impl Follow for FollowPlan {
    type Item = PlanProgress;

    async fn open(self, services: &Services, _: &Actor) -> Result<Stream<PlanProgress>> {
        Ok(services.deploy.follow(&self.plan).await?.boxed())
    }
}

/// Declares an operation that says how a plan shall go on.
macro_rules! wish {
    ($(#[doc = $doc:literal])+ $name:literal, $path:literal, $type:ident, $method:ident) => {
        operation! {
            $(#[doc = $doc])+
            $name, Post $path, needs Execute;
            pub struct $type {
                /// Its id, or the beginning of its id.
                pub plan: PlanId,
            }
        }

        #[async_trait]
        impl Call for $type {
            type Output = PlanStatus;

            async fn run(self, services: &Services, _: &Actor) -> Result<PlanStatus> {
                services.deploy.$method(&self.plan).await
            }
        }
    };
}

wish! {
    /// Holds a plan: steps that were begun are ended, no other is begun.
    "plans.pause", "/plans/{plan}/pause", PausePlan, pause
}

wish! {
    /// Lets a plan go on that was held, or that could not be ended.
    "plans.resume", "/plans/{plan}/resume", ResumePlan, resume
}

wish! {
    /// Takes a plan back that has not ended; what has ended is taken back by `plans.rollback`.
    "plans.abort", "/plans/{plan}/abort", AbortPlan, abort
}

operation! {
    /// Removes a plan. `conflict` while it moves, is held or is stuck, and while containers are parked for it that shall not
    /// go.
    "plans.remove", Delete "/plans/{plan}", needs Delete;
    pub struct RemovePlan {
        /// Its id, or the beginning of its id.
        pub plan: PlanId,
        /// Also the containers that are parked for it: what it did cannot be rolled back any more. Volumes stay.
        #[serde(default)]
        pub kept: bool,
    }
}

#[async_trait]
impl Call for RemovePlan {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.deploy.remove(&self.plan, self.kept).await
    }
}

operation! {
    /// Lists the containers that are parked, so that plans can be rolled back, oldest first: the last ten of each name on
    /// each node; and what they take on disk.
    "plans.kept", Get "/parked", needs Read;
    #[derive(Default)]
    pub struct ListKept {}
}

#[async_trait]
impl Call for ListKept {
    type Output = Vec<Kept>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<Kept>> {
        services.deploy.kept().await
    }
}
