//! The keeper: sees to it that a plan which was begun has a master, also after the one that began it was killed.

use std::{sync::Arc, time::Duration};

use haven_model::{ErrorKind, PlanId, PlanState, Result};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Shared, record::Header, run::Run};

/// How often plans are looked at though nothing is said to have changed.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// Goes after every plan that moves, until `stop`.
pub(super) async fn run(shared: Arc<Shared>, tasks: TaskTracker, stop: CancellationToken) {
    let mut changes = shared.shelf.follow();
    loop {
        for (id, header) in &*shared.shelf.headers() {
            let Ok(id) = PlanId::new(id.clone()) else { continue };
            if shared.is_awaited(&header.value) {
                shared.wake_up(&id).await;
                continue;
            }
            if !header.value.state.is_moving() || !shared.going().insert(id.clone()) {
                continue;
            }
            let (shared, stop) = (shared.clone(), stop.clone());
            tasks.spawn(async move {
                let _going = Going { shared: &shared, id: &id };
                let ended = stop.run_until_cancelled(Box::pin(work(&shared, &id))).await;
                if let Some(Err(error)) = ended {
                    tracing::warn!(plan = id.short(), error = %error.report(), "the plan is left to whoever comes next");
                }
            });
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.wake.notified() => {}
            // Without the follower there is nothing more to be told; the pause below is enough.
            Ok(()) = changes.changed() => {}
            () = shared.clock.sleep(EVERY) => {}
        }
    }
}

/// A plan that this master is at, until this is dropped.
struct Going<'a> {
    shared: &'a Shared,
    id: &'a PlanId,
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.shared.going().remove(self.id);
    }
}

/// Takes a plan, unless another master who is alive has it, and goes on with it.
async fn work(shared: &Shared, id: &PlanId) -> Result<()> {
    let Some(held) = shared.claims.seize(&claim_of(id)).await? else { return Ok(()) };
    tracing::debug!(plan = id.short(), epoch = held.epoch(), "the plan is ours");
    let plan = match shared.shelf.read(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            held.release().await;
            return Ok(());
        }
        plan => plan?,
    };
    let ended = Run { shared, held: &held, plan: &plan }.run().await;
    // Asked in any case: the last effect may have been the late one.
    if let Err(error) = held.confirm_now().await
        && error.kind() == ErrorKind::Conflict
    {
        let since = held.confirmed_at();
        tracing::warn!(plan = id.short(), "another master took over, while this one may have been late with something");
        return shared.mend(&plan, since).await;
    }
    held.release().await;
    ended
}

/// The name of the claim on a plan.
pub(super) fn claim_of(plan: &PlanId) -> String {
    format!("plan-{plan}")
}

impl Shared {
    /// Whether a plan is stuck for want of nodes that are all back.
    fn is_awaited(&self, header: &Header) -> bool {
        let is_back = |node| self.nodes.engine(node).is_ok();
        header.state == PlanState::Stuck && !header.waiting_for.is_empty() && header.waiting_for.iter().all(is_back)
    }

    /// Lets a plan go on with what it was doing.
    async fn wake_up(&self, id: &PlanId) {
        let woken = self.shelf.change(id, None, |header| {
            if self.is_awaited(header) {
                header.go_on();
            }
            Ok(())
        });
        match woken.await {
            Ok(_) => tracing::info!(plan = id.short(), "the nodes that the plan waited for are back"),
            Err(error) => tracing::debug!(plan = id.short(), error = %error.report(), "the plan goes on later"),
        }
    }

    fn going(&self) -> std::sync::MutexGuard<'_, std::collections::HashSet<PlanId>> {
        self.going.lock().expect("no panic happens under this lock")
    }
}
