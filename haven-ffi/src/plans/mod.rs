//! Plans: made, looked at, applied, followed to their end, taken back.
//!
//! What they are asked for with is in `ask`, what hosts see of them in `tell`.

mod ask;
mod tell;

use std::{sync::Arc, time::Duration};

use haven_core::{
    Error,
    deploy::{self, DrainRequest, PruneRequest, ScaleRequest},
    model::{self, ContainerName, NodeName, PlanId},
};

pub use self::{
    ask::{CreateRequest, Gate, OnFailure, Order, Rollout, Selection, UpdateRequest},
    tell::{
        Plan, PlanDetail, PlanListener, PlanProgress, PlanState, PlanStatus, PlanStep, SkippedContainer, StepState,
        StepStatus,
    },
};
use crate::{Result, Subscription, settled::settled, subscription::Subscriptions};

/// What shall happen to many containers, as data.
#[derive(uniffi::Object)]
pub struct Plans(pub(crate) haven_core::Haven, pub(crate) Subscriptions);

#[uniffi::export(async_runtime = "tokio")]
impl Plans {
    /// Plans new containers on the nodes that take them.
    pub async fn create(&self, request: CreateRequest) -> Result<Plan> {
        settled(Box::pin(async move { Plan::of(self.0.plans().create(request.try_into()?).await?) })).await
    }

    /// Plans an update of containers: another image, other settings, or the same again.
    pub async fn update(&self, request: UpdateRequest) -> Result<Plan> {
        settled(async move { Plan::of(self.0.plans().update(request.try_into()?).await?) }).await
    }

    /// Plans more or fewer containers of the same. `NotFound` when there is none of this name.
    #[uniffi::method(default(rollout = None))]
    pub async fn scale(&self, name: String, replicas: u32, rollout: Option<Rollout>) -> Result<Plan> {
        settled(async move {
            let (name, rollout) = (ContainerName::new(name)?, rollout.map(|rollout| rollout.over(deploy::quick())));
            Plan::of(self.0.plans().scale(ScaleRequest { name, replicas, cluster: None, rollout }).await?)
        })
        .await
    }

    /// Plans to move away from a node what Haven placed there.
    #[uniffi::method(default(leave_data = false, rollout = None))]
    pub async fn drain(&self, node: String, leave_data: bool, rollout: Option<Rollout>) -> Result<Plan> {
        settled(async move {
            let rollout = rollout.map(Into::into).unwrap_or_default();
            let request = DrainRequest { node: NodeName::new(node)?, leave_data, rollout };
            Plan::of(self.0.plans().drain(request).await?)
        })
        .await
    }

    /// Plans to remove containers that do not run. Their volumes stay.
    pub async fn prune(&self, selection: Selection) -> Result<Plan> {
        settled(async move { Plan::of(self.0.plans().prune(PruneRequest { selection: selection.try_into()? }).await?) })
            .await
    }

    /// Plans to take back what a plan did that has ended.
    pub async fn rollback(&self, plan: String) -> Result<Plan> {
        settled(async move { Plan::of(self.0.plans().rollback(&PlanId::new(plan)?).await?) }).await
    }

    /// All plans, the newest first.
    pub async fn list(&self) -> Result<Vec<PlanStatus>> {
        settled(async move { Ok(self.0.plans().list().await?.into_iter().map(PlanStatus::from).collect()) }).await
    }

    /// A plan by its id or the beginning of it, and how far it and each of its steps have come.
    pub async fn get(&self, plan: String) -> Result<PlanDetail> {
        settled(async move { PlanDetail::of(self.0.plans().get(&PlanId::new(plan)?).await?) }).await
    }

    /// What a plan does, as a text that people like to read.
    pub async fn diff(&self, plan: String) -> Result<String> {
        settled(async move { Ok(self.0.plans().diff(&PlanId::new(plan)?).await?) }).await
    }

    /// Begins a plan and answers at once; the fleet goes on with it.
    pub async fn apply(&self, plan: String) -> Result<PlanStatus> {
        settled(async move { Ok(self.0.plans().apply(&PlanId::new(plan)?).await?.into()) }).await
    }

    /// Begins a plan that was kept as JSON, here or elsewhere. `Invalid` when it was altered since it was made.
    pub async fn apply_json(&self, plan: String) -> Result<PlanStatus> {
        settled(async move {
            let plan: model::Plan = serde_json::from_str(&plan)
                .map_err(|error| Error::invalid(format!("this is no plan in JSON: {error}")))?;
            deploy::check(&plan)?;
            Ok(self.0.plans().apply(&plan.id).await?.into())
        })
        .await
    }

    /// Waits until a plan that was begun is at rest: applied, or whatever else its status says.
    #[uniffi::method(default(timeout = None))]
    pub async fn wait(&self, plan: String, timeout: Option<Duration>) -> Result<PlanDetail> {
        settled(async move {
            let plan = PlanId::new(plan)?;
            let plans = self.0.plans();
            let waiting = plans.wait(&plan);
            let Some(timeout) = timeout else { return PlanDetail::of(waiting.await?) };
            let late = |_| Error::timeout(format!("plan `{plan}` is not at rest after {} s", timeout.as_secs_f64()));
            PlanDetail::of(tokio::time::timeout(timeout, waiting).await.map_err(late)??)
        })
        .await
    }

    /// Tells `listener` what each step has come to so far, and then each change, until the plan is at rest.
    pub async fn follow(&self, plan: String, listener: Arc<dyn PlanListener>) -> Result<Arc<Subscription>> {
        settled(async move {
            let progress = self.0.plans().follow(&PlanId::new(plan)?).await?;
            self.1.begin(progress, move |progress| listener.on_progress(progress.into()))
        })
        .await
    }

    /// Holds a plan: steps that were begun are ended, no other is begun.
    pub async fn pause(&self, plan: String) -> Result<PlanStatus> {
        settled(async move { Ok(self.0.plans().pause(&PlanId::new(plan)?).await?.into()) }).await
    }

    /// Lets a plan go on that was held, or that could not be ended.
    pub async fn resume(&self, plan: String) -> Result<PlanStatus> {
        settled(async move { Ok(self.0.plans().resume(&PlanId::new(plan)?).await?.into()) }).await
    }

    /// Takes a plan back that has not ended.
    pub async fn abort(&self, plan: String) -> Result<PlanStatus> {
        settled(async move { Ok(self.0.plans().abort(&PlanId::new(plan)?).await?.into()) }).await
    }

    /// Removes a plan that does not move and for which nothing is parked.
    pub async fn remove(&self, plan: String) -> Result<()> {
        settled(async move { Ok(self.0.plans().remove(&PlanId::new(plan)?).await?) }).await
    }
}
