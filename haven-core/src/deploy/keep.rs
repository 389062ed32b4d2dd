//! What is kept for rollbacks, and for how long: of each container the last ten that plans parked.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use haven_model::{
    ContainerId, ContainerName, Error, ErrorKind, NodeName, Plan, PlanId, PlanState, Result,
    plan::{Kept, New},
};

use super::{
    Shared,
    site::{Done, Halt, Site},
};
use crate::claim::Held;

/// How many parked containers are kept of one name on one node.
const KEPT: usize = 10;
/// How many nodes are asked at once what is parked there.
const NODES: usize = 64;
/// How many plans are kept that are at rest and have nothing parked, and how many pages of a quarter of a MiB they have.
const PLANS: usize = 500;
const PAGES: u64 = 2_000;

impl Shared {
    /// Removes what was parked longest ago, where more is parked than is kept. Volumes stay. What cannot be removed now is
    /// tried again after the next plan.
    pub(super) async fn tidy(&self, held: &Held, plan: &Plan) {
        let mut all = match self.shelf.kept(None).await {
            Ok(all) => all,
            Err(error) => return tracing::debug!(error = %error.report(), "what is parked is not known now"),
        };
        let about: HashSet<(&NodeName, &ContainerName)> = plan
            .steps
            .iter()
            .flat_map(|step| {
                let nodes = step.old.iter().map(|old| &old.node).chain(step.new.iter().map(New::node));
                nodes.map(move |node| (node, &step.name))
            })
            .collect();
        all.retain(|kept| about.contains(&(&kept.node, &kept.name)));
        // The newest first.
        let mut seen: HashMap<(&NodeName, &ContainerName), usize> = HashMap::new();
        for kept in all.iter().rev() {
            let number = seen.entry((&kept.node, &kept.name)).or_default();
            *number += 1;
            if *number > KEPT
                && let Err(halt) = self.put_out(held, kept).await
            {
                let (Kept { node, name, .. }, error) = (kept, halt.error().report());
                tracing::info!(%node, %name, error, "a parked container is not removed yet");
            }
        }
    }

    /// Removes the oldest plans, where more are at rest than are kept: those that have nothing parked.
    pub(super) async fn forget_plans(&self) {
        let headers = self.shelf.headers();
        let mut rest: Vec<_> = headers.iter().filter(|(_, header)| !is_open(header.value.state)).collect();
        let mut pages: u64 = rest.iter().map(|(_, header)| u64::from(header.value.pages)).sum();
        let mut number = rest.len();
        if number <= PLANS && pages <= PAGES {
            return;
        }
        let Ok(kept) = self.shelf.kept(None).await else { return };
        let needed: HashSet<&PlanId> = kept.iter().map(|kept| &kept.plan).collect();
        rest.sort_by_key(|(_, header)| header.value.created);
        // The newest was made just now.
        rest.pop();
        for (id, header) in rest {
            if number <= PLANS && pages <= PAGES {
                return;
            }
            number -= 1;
            pages -= u64::from(header.value.pages);
            let Ok(id) = PlanId::new(id.clone()) else { continue };
            if needed.contains(&id) {
                continue;
            }
            if let Err(error) = self.shelf.remove(&id, header).await {
                tracing::debug!(plan = id.short(), error = %error.report(), "an old plan is not removed yet");
            }
        }
    }

    /// Removes all that is parked for a plan at rest. `Conflict` while another master is at it.
    pub(super) async fn put_all_out(&self, plan: &PlanId, kept: &[Kept]) -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        let claim = self.claims.seize(&super::keeper::claim_of(plan)).await?;
        let Some(held) = claim else { return Err(Error::conflict("another master is at this plan")) };
        let mut out = Ok(());
        for kept in kept {
            out = out.and(self.put_out(&held, kept).await.map_err(Halt::error));
        }
        held.release().await;
        out
    }

    /// Fills in what parked containers take on disk: one request a node, and nothing of one that does not answer.
    pub(super) async fn measure(&self, kept: &mut [Kept]) {
        let mut nodes: BTreeMap<NodeName, Vec<ContainerId>> = BTreeMap::new();
        for kept in &*kept {
            if let Some(id) = &kept.container {
                nodes.entry(kept.node.clone()).or_default().push(id.clone());
            }
        }
        let asked = nodes.into_iter().map(|(node, ids)| async move {
            let sizes = async { self.nodes.engine(&node)?.container_sizes(&ids).await };
            match sizes.await {
                Ok(sizes) => sizes,
                Err(error) => {
                    tracing::debug!(%node, error = %error.report(), "what is parked there takes is not known now");
                    BTreeMap::new()
                }
            }
        });
        let mut answers = stream::iter(asked).buffer_unordered(NODES);
        let mut sizes = BTreeMap::new();
        while let Some(some) = answers.next().await {
            sizes.extend(some);
        }
        for kept in kept {
            kept.size = kept.container.as_ref().and_then(|id| sizes.get(id).copied());
        }
    }

    /// Removes one parked container, if it is one still: what runs, or has another name, was brought back by somebody.
    async fn put_out(&self, held: &Held, kept: &Kept) -> Done {
        let engine = match self.nodes.engine(&kept.node) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // The node was taken out of the fleet, and nobody here can reach what is parked there.
                return self.shelf.forget_kept(held, kept).await.map_err(Halt::Lost);
            }
            engine => engine?,
        };
        let site = Site { node: &kept.node, engine, held };
        if let Some(id) = &kept.container
            && let Some(seen) = site.look(id).await?
            && !seen.state.is_running()
            && super::names::is_of_a_plan(&seen.name)
        {
            site.remove(id, false).await?;
            self.nodes.refresh(&kept.node, &id.into()).await;
        }
        self.shelf.forget_kept(held, kept).await.map_err(Halt::Lost)
    }
}

/// Whether a plan may still go on.
pub(super) fn is_open(state: PlanState) -> bool {
    state.is_moving() || matches!(state, PlanState::Paused | PlanState::Stuck)
}
