//! Stored plans: listed, shown, begun, held, taken back, removed.

use std::{collections::HashSet, fmt::Write as _, sync::Arc};

use haven_model::{
    Actor, Error, ImageRef, NodeName, Plan, PlanId, PlanState, PlanStatus, Result,
    plan::{Kept, PlanDetail, PlanKind, StepStatus},
};

use super::{
    DeployService, Shared,
    keep::is_open,
    record::{Header, lock_names},
    shelf,
};

/// How many containers that came or went are named when a selection has moved.
const NAMED: usize = 5;

impl Shared {
    /// Stores a plan that was made.
    pub(super) async fn publish(&self, plan: Plan) -> Result<Plan> {
        plan.rollout.check()?;
        let plan = shelf::sealed(plan);
        self.shelf.put(&plan).await?;
        self.forget_plans().await;
        Ok(plan)
    }

    /// A plan without steps yet, by whoever asks.
    pub(super) fn blank(&self, kind: PlanKind, actor: &Actor) -> Plan {
        Plan {
            id: PlanId::default(),
            kind,
            summary: String::new(),
            author: actor.identity.to_string(),
            created: whole_microseconds(self.clock.now()),
            nonce: format!("{:016x}{:016x}", self.clock.random(), self.clock.random()),
            rollout: haven_model::Rollout::default(),
            selection: haven_model::plan::Selection::default(),
            steps: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Refuses a plan that is about containers which another is at: `Conflict` names both.
    async fn refuse_at_once(&self, plan: &Plan) -> Result<()> {
        let about: HashSet<String> = plan.steps.iter().flat_map(lock_names).collect();
        for (id, header) in &*self.shelf.headers() {
            let id = PlanId::new(id.clone())?;
            if id == plan.id || !header.value.state.is_moving() {
                continue;
            }
            let Ok(other) = self.shelf.read(&id).await else { continue };
            if let Some(step) = other.steps.iter().find(|step| lock_names(step).iter().any(|name| about.contains(name)))
            {
                let (id, name) = (id.short(), &step.name);
                let what = format!("plan `{id}` is at `{name}`, which this plan is about, too");
                return Err(Error::conflict(what).with("plan", plan.id.short()));
            }
        }
        Ok(())
    }

    /// Refuses a plan whose selection means other containers by now: `Conflict` names them.
    fn refuse_moved(&self, plan: &Plan) -> Result<()> {
        if !matches!(plan.kind, PlanKind::Update | PlanKind::Recreate | PlanKind::Drain | PlanKind::Prune) {
            return Ok(());
        }
        let seen: std::collections::BTreeMap<_, _> = plan
            .steps
            .iter()
            .filter_map(|step| Some((&step.old.as_ref()?.observed.id, step.name.as_str())))
            .chain(plan.skipped.iter().filter_map(|skipped| Some((skipped.id.as_ref()?, skipped.name.as_str()))))
            .collect();
        let now = self.select(&plan.selection)?;
        let now: std::collections::BTreeMap<_, _> =
            now.iter().map(|found| (found.container.id(), found.container.name())).collect();
        let came = now.iter().filter(|(id, _)| !seen.contains_key(id)).map(|(_, name)| format!("`{name}` came"));
        let went = seen.iter().filter(|(id, _)| !now.contains_key(**id)).map(|(_, name)| format!("`{name}` went"));
        let moved: Vec<String> = came.chain(went).collect();
        if moved.is_empty() {
            return Ok(());
        }
        let more = moved.len().saturating_sub(NAMED);
        let mut named = moved[..moved.len().min(NAMED)].join(", ");
        if more > 0 {
            let _ = write!(named, " and {more} more");
        }
        Err(Error::conflict(format!("the plan is stale: since it was made {named}")).with("plan", plan.id.short()))
    }
}

/// A plan's id is the hash of all that is in it, and not every host that keeps one knows shorter times.
fn whole_microseconds(time: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

impl DeployService {
    /// All plans, the newest first.
    pub fn list(&self) -> Vec<PlanStatus> {
        let headers = self.shared.shelf.headers();
        let mut plans: Vec<PlanStatus> = headers
            .iter()
            .filter_map(|(id, header)| Some(shelf::status(&PlanId::new(id.clone()).ok()?, header)))
            .collect();
        plans.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
        plans
    }

    /// One plan, and how far it and its steps have come.
    pub async fn get(&self, plan: &PlanId) -> Result<PlanDetail> {
        let id = self.shared.shelf.find(plan)?;
        let plan = self.shared.shelf.read(&id).await?;
        let header = self.shared.shelf.header(&id).await?;
        let records = self.shared.shelf.steps(&id).await?;
        let steps: Vec<StepStatus> = plan
            .steps
            .iter()
            .map(|step| shelf::step_status(step, records.get(&step.index).map(|record| &record.value)))
            .collect();
        let mut status = shelf::status(&id, &header);
        status.steps = shelf::tally(steps.len(), steps.iter().map(|step| &step.state));
        Ok(PlanDetail { plan: Arc::unwrap_or_clone(plan), status, steps })
    }

    /// Begins a plan: its steps are taken by this master or another, also when whoever asked for it leaves.
    ///
    /// `Conflict` when it was begun already, or when what it was made for means other containers by now; `Invalid` when
    /// `contents` are given and are not those of the plan that is stored.
    pub async fn apply(&self, plan: &PlanId, contents: Option<&Plan>, actor: &Actor) -> Result<PlanStatus> {
        let id = self.shared.shelf.find(plan)?;
        if let Some(contents) = contents {
            shelf::check(contents)?;
            if contents.id != id {
                return Err(Error::invalid(format!("the contents are those of plan `{}`", contents.id.short())));
            }
        }
        let stored = self.shared.shelf.read(&id).await?;
        if contents.is_some_and(|contents| !shelf::is_same_or_masked(contents, &stored)) {
            let what = "the contents have other values of environments than the plan, which are not taken from there";
            return Err(Error::invalid(what).with("plan", id.short()));
        }
        let state = self.shared.shelf.header(&id).await?.value.state;
        if state != PlanState::Planned {
            return Err(Error::conflict(format!("plan `{}` was begun already: it is {}", id.short(), state.words())));
        }
        self.shared.refuse_at_once(&stored).await?;
        self.shared.refuse_moved(&stored)?;
        let (by, now) = (actor.identity.to_string(), self.shared.clock.now());
        self.go(&id, |header| {
            if header.state != PlanState::Planned {
                return Err(refused(&id, header.state));
            }
            header.state = PlanState::Applying;
            header.applied_by = Some(by.clone());
            header.began = Some(now);
            Ok(())
        })
        .await
    }

    /// Holds a plan: steps that were begun are ended, no other is begun. `Conflict` unless it is being applied.
    pub async fn pause(&self, plan: &PlanId) -> Result<PlanStatus> {
        let id = self.shared.shelf.find(plan)?;
        self.go(&id, |header| match header.state {
            PlanState::Applying | PlanState::Paused => {
                header.state = PlanState::Paused;
                Ok(())
            }
            state => Err(refused(&id, state)),
        })
        .await
    }

    /// Lets a plan go on, with what it was doing, that was held or could not be ended. `Conflict` for any other.
    pub async fn resume(&self, plan: &PlanId) -> Result<PlanStatus> {
        let id = self.shared.shelf.find(plan)?;
        self.go(&id, |header| match header.state {
            PlanState::Applying => Ok(()),
            PlanState::Paused | PlanState::Stuck => {
                header.go_on();
                header.error = None;
                // Else the first step would hold it again.
                header.forgiven = header.tally.failed;
                Ok(())
            }
            state => Err(refused(&id, state)),
        })
        .await
    }

    /// Takes a plan back that has not ended. One that has is taken back by a plan of its own, see `rollback`. `Conflict` for
    /// one that was not begun, or has ended.
    pub async fn abort(&self, plan: &PlanId) -> Result<PlanStatus> {
        let id = self.shared.shelf.find(plan)?;
        self.go(&id, |header| match header.state {
            PlanState::RollingBack => Ok(()),
            PlanState::Applying | PlanState::Paused | PlanState::Stuck => {
                header.state = PlanState::RollingBack;
                // It is taken back because somebody wants so; what failed is told of each step.
                header.error = None;
                header.ended = None;
                Ok(())
            }
            state => Err(refused(&id, state)),
        })
        .await
    }

    /// What is parked for plans that could be rolled back, oldest first, and what it takes on disk as far as engines tell.
    pub async fn kept(&self) -> Result<Vec<Kept>> {
        let mut kept = self.shared.shelf.kept(None).await?;
        self.shared.measure(&mut kept).await;
        Ok(kept)
    }

    /// Refuses to let an image go that a container which is made anew by a rollback needs: `Conflict`. The engine itself
    /// keeps those of containers that are there.
    pub async fn refuse_needed(&self, node: &NodeName, image: &ImageRef) -> Result<()> {
        let kept = self.shared.shelf.kept(None).await?;
        let engine = self.shared.nodes.engine(node)?;
        for kept in kept.iter().filter(|kept| kept.node == *node && kept.container.is_none()) {
            let Ok(needed) = ImageRef::new(&kept.image) else { continue };
            let (Ok(goes), Ok(stays)) = (engine.image(image).await, engine.image(&needed).await) else { continue };
            let is_its_name = image.repository() == needed.repository() && image.tag() == needed.tag();
            if goes.summary.id == stays.summary.id && (is_its_name || image.is_id() || goes.summary.tags.len() < 2) {
                let (plan, name) = (kept.plan.short(), &kept.name);
                let what = format!("image `{image}` is needed: a rollback of plan `{plan}` makes `{name}` anew");
                return Err(Error::conflict(what).with("node", node));
            }
        }
        Ok(())
    }

    /// Removes a plan; `kept` with what is parked for it, so that it cannot be rolled back any more. `Conflict` while it
    /// moves, is held or is stuck, and while something is parked for it that shall not go.
    pub async fn remove(&self, plan: &PlanId, kept: bool) -> Result<()> {
        let id = self.shared.shelf.find(plan)?;
        let header = self.shared.shelf.header(&id).await?;
        let state = header.value.state;
        if is_open(state) {
            return Err(refused(&id, state));
        }
        let parked = self.shared.shelf.kept(None).await?;
        let parked: Vec<Kept> = parked.into_iter().filter(|kept| kept.plan == id).collect();
        if kept {
            self.shared.put_all_out(&id, &parked).await?;
        } else if let Some(kept) = parked.first() {
            let name = &kept.name;
            return Err(Error::conflict(format!("`{name}` on `{}` is kept for a rollback of it", kept.node)));
        }
        if state == PlanState::Planned {
            self.shared.unreserve_of(&*self.shared.shelf.read(&id).await?).await;
        }
        self.shared.shelf.remove(&id, &header).await
    }

    /// Changes what a plan shall do next, and has it done.
    async fn go(&self, id: &PlanId, edit: impl Fn(&mut Header) -> Result<()>) -> Result<PlanStatus> {
        let header = self.shared.shelf.change(id, None, edit).await?;
        self.shared.wake.notify_one();
        Ok(shelf::status(id, &header))
    }
}

fn refused(id: &PlanId, state: PlanState) -> Error {
    Error::conflict(format!("plan `{}` is {}", id.short(), state.words()))
}
