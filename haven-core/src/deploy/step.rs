//! One step: observed, taken, or taken back.
//!
//! Taking and taking back look before each effect, and so may be done again from their beginning: after a lost answer, by
//! the next owner after a kill, or by a master that finds out that it was late.

use std::time::Duration;

use futures_util::StreamExt as _;
use haven_model::{
    ContainerDetail, ContainerId, ContainerName, ContainerSpec, ContainerState, Error, ErrorKind, LogOptions, NodeName,
    Plan, PlanState, RestartPolicy,
    plan::{New, Observed, Old, Order, Step, StepState},
    secret,
};

use super::{
    Shared, gate, names,
    park::{park, set_running, unpark},
    record::{Inverse, StepRecord},
    site::{Done, Halt, Site},
};
use crate::claim::Held;

/// Labels of what a plan makes: which plan, which step of it, and the specification that was asked for.
pub(super) const PLAN: &str = "haven.plan";
pub(super) const STEP: &str = "haven.step";
pub(super) const SPEC: &str = "haven.spec";

/// How much of what a container said last is kept, and how long it is asked for.
const LAST_LINES: u32 = 20;
const LAST_BYTES: usize = 2_000;
const LAST_WAIT: Duration = Duration::from_secs(5);

/// One step while a plan is at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taking<'a> {
    pub(super) shared: &'a Shared,
    pub(super) held: &'a Held,
    pub(super) plan: &'a Plan,
    pub(super) step: &'a Step,
}

/// A new container as it is found.
struct Come {
    seen: ContainerDetail,
    /// Whether this step made it; else it was parked before.
    made: bool,
}

impl<'a> Taking<'a> {
    pub(super) fn site(&self, node: &'a NodeName) -> Done<Site<'a>> {
        Ok(Site { node, engine: self.shared.nodes.engine(node)?, held: self.held })
    }

    pub(super) fn coming(&self) -> Done<ContainerName> {
        Ok(names::coming(&self.step.name, &self.plan.id, self.step.index)?)
    }

    /// Looks whether the containers are what the plan saw, and says how to bring them back. `Conflict` says what moved.
    pub(super) async fn observe(self) -> Done<StepRecord> {
        let old = match &self.step.old {
            Some(old) => Some(self.observe_old(old).await?),
            None => None,
        };
        let parked =
            match &self.step.new {
                Some(New::Parked { plan, step, .. }) => {
                    let record = self.shared.shelf.step(plan, *step).await.map_err(Halt::Lost)?;
                    let inverse = record.and_then(|record| record.value.old);
                    Some(inverse.ok_or_else(|| {
                        Error::conflict(format!("what `{}` was is not kept any more", self.step.name))
                    })?)
                }
                _ => None,
            };
        let began = self.shared.clock.now();
        Ok(StepRecord { state: StepState::Doing, old, parked, new: None, error: None, said: None, began, ended: None })
    }

    async fn observe_old(&self, old: &'a Old) -> Done<Inverse> {
        let Observed { id, spec, running, .. } = &old.observed;
        let (site, name) = (self.site(&old.node)?, &self.step.name);
        let moved = |what: &str| Halt::Failed(Error::conflict(format!("`{name}` on `{}` {what}", old.node)));
        let seen = site.look(id).await?.ok_or_else(|| moved("is gone since the plan was made"))?;
        if self.shared.digest(&seen.spec) != *spec {
            return Err(moved("has another specification since the plan was made"));
        }
        if seen.state.is_running() != *running {
            return Err(moved(if *running {
                "was stopped since the plan was made"
            } else {
                "was started since the plan was made"
            }));
        }
        if seen.name != name.as_str() {
            return Err(moved(&format!("is called `{}` since the plan was made", seen.name)));
        }
        Inverse::of(&site, &seen, names::parked(name, &self.plan.id, self.step.index)?)
    }

    /// Takes the step up to where a plan that stops all before it starts any must wait for the others.
    pub(super) async fn prepare(self, record: &StepRecord) -> Done {
        self.bring(record).await?;
        self.put_away(record).await.map(drop)
    }

    /// Takes the step. Answers the new container, and whether the old one is kept.
    pub(super) async fn take(self, record: &StepRecord) -> Done<(Option<ContainerId>, bool)> {
        let new = self.bring(record).await?;
        let kept = match (&new, self.step.order) {
            (Some(new), Order::StartFirst) => {
                self.set_going(new, record).await?;
                let kept = self.put_away(record).await?;
                self.give_name(new).await?;
                kept
            }
            (Some(new), Order::StopFirst | Order::StopAll) => {
                let kept = self.put_away(record).await?;
                self.give_name(new).await?;
                self.set_going(new, record).await?;
                kept
            }
            (None, _) => self.put_away(record).await?,
        };
        Ok((new, kept))
    }

    /// Sees to it that the new container is there.
    async fn bring(&self, record: &StepRecord) -> Done<Option<ContainerId>> {
        let Some(new) = &self.step.new else { return Ok(None) };
        if let Some(come) = self.come(record).await? {
            return Ok(Some(come.seen.id));
        }
        let site = self.site(new.node())?;
        let spec = match (new, &record.parked) {
            (New::Made { spec, .. }, _) => spec.as_ref(),
            // It removed itself when it was stopped, or somebody removed it.
            (New::Parked { .. }, Some(parked)) => &parked.spec,
            (New::Parked { .. }, None) => return Err(Error::unexpected("a step lacks what it brings back").into()),
        };
        site.fetch(&spec.image).await?;
        match site.create(&self.coming()?, &self.marked(spec)).await {
            // The answer was lost, or somebody else did it meanwhile.
            Err(Halt::Failed(error)) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::Timeout) => {
                match self.come(record).await? {
                    Some(come) => Ok(Some(come.seen.id)),
                    None => Err(error.into()),
                }
            }
            made => made.map(Some),
        }
    }

    /// A specification with the labels that tell whose it is.
    fn marked(&self, spec: &ContainerSpec) -> ContainerSpec {
        let mut marked = spec.clone();
        marked.labels.insert(PLAN.to_owned(), self.plan.id.to_string());
        marked.labels.insert(STEP.to_owned(), self.step.index.to_string());
        marked.labels.insert(SPEC.to_owned(), self.shared.digest(spec));
        marked
    }

    /// The new container, as far as it is there.
    async fn come(&self, record: &StepRecord) -> Done<Option<Come>> {
        let Some(new) = &self.step.new else { return Ok(None) };
        let site = self.site(new.node())?;
        if let Some(parked) = &record.parked
            && let Some(seen) = site.look(&parked.id).await?
        {
            return Ok(Some(Come { seen, made: false }));
        }
        for name in [self.coming()?, self.step.name.clone()] {
            if let Some(seen) = site.look_for(&name).await?
                && self.is_ours(&seen)
            {
                return Ok(Some(Come { seen, made: true }));
            }
        }
        Ok(None)
    }

    pub(super) fn is_ours(&self, seen: &ContainerDetail) -> bool {
        let has = |key: &str, value: &str| seen.spec.labels.get(key).is_some_and(|label| label == value);
        has(PLAN, self.plan.id.as_str()) && has(STEP, &self.step.index.to_string())
    }

    /// Parks the old container, where there is one.
    async fn put_away(&self, record: &'a StepRecord) -> Done<bool> {
        let (Some(old), Some(asked)) = (&record.old, &self.step.old) else { return Ok(false) };
        let site = self.site(&old.node)?;
        if !asked.remove {
            return park(&site, &*self.shared.clock, old).await;
        }
        site.remove(&old.id, false).await?;
        Ok(false)
    }

    /// Gives the new container the name.
    async fn give_name(&self, new: &ContainerId) -> Done {
        let Some(node) = self.step.new.as_ref().map(New::node) else { return Ok(()) };
        let (site, name) = (self.site(node)?, &self.step.name);
        match site.look_for(name).await? {
            Some(seen) if seen.id == *new => Ok(()),
            Some(other) => Err(Error::conflict(format!("the name `{name}` is now that of {}", other.id.short()))
                .with("node", node)
                .into()),
            None => site.rename(new, name).await.map(drop),
        }
    }

    /// Starts the new container, if it shall run, and waits until it is ready.
    async fn set_going(&self, new: &ContainerId, record: &StepRecord) -> Done {
        let Some(asked) = &self.step.new else { return Ok(()) };
        let (start, paused) = match (asked, &record.parked) {
            (New::Made { start, .. }, _) => (*start, false),
            (New::Parked { .. }, parked) => {
                (parked.as_ref().is_some_and(|old| old.running), parked.as_ref().is_some_and(|old| old.paused))
            }
        };
        let site = self.site(asked.node())?;
        if let Some(parked) = &record.parked
            && let Some(seen) = site.look(new).await?
            && seen.spec.restart != parked.spec.restart
        {
            site.set_restart(new, parked.spec.restart).await?;
        }
        if !start {
            return Ok(());
        }
        match site.look(new).await? {
            // It was ready before, and is held again since.
            Some(seen) if paused && seen.state == ContainerState::Paused => return Ok(()),
            Some(seen) if !seen.state.is_running() => set_running(&site, new, &seen.spec).await?,
            _ => {}
        }
        gate::pass(&site, &*self.shared.clock, new, &self.plan.rollout, &|| self.is_wanted()).await?;
        if paused {
            site.pause(new).await?;
        }
        Ok(())
    }

    /// Whether nobody wishes to have the plan taken back.
    fn is_wanted(&self) -> bool {
        let headers = self.shared.shelf.headers();
        headers.get(self.plan.id.as_str()).is_none_or(|header| header.value.state != PlanState::RollingBack)
    }

    /// The last that the new container said, before it is removed; none: it said nothing, or that is not known.
    pub(super) async fn last_words(self, record: &StepRecord) -> Option<String> {
        let come = self.come(record).await.ok()??;
        let site = self.site(self.step.new.as_ref()?.node()).ok()?;
        let options = LogOptions { tail: Some(LAST_LINES), ..LogOptions::default() };
        let said = async {
            let mut output = site.engine.logs(&(&come.seen.id).into(), &options).await.ok()?;
            let mut said = Vec::new();
            while let Some(Ok(part)) = output.next().await {
                said.extend_from_slice(&part.bytes);
                said.drain(..said.len().saturating_sub(LAST_BYTES));
            }
            Some(String::from_utf8_lossy(&said).trim().to_owned())
        };
        let said = tokio::select! {
            said = said => said,
            () = self.shared.clock.sleep(LAST_WAIT) => None,
        };
        said.filter(|said| !said.is_empty())
    }

    /// Takes the step back: what it found is there again as it was, and what it brought is gone or parked again. Where
    /// somebody else has the place of the old one, what it brought goes all the same.
    pub(super) async fn undo(self, record: &StepRecord) -> Done {
        let come = self.come(record).await?;
        if let (Some(come), Some(new)) = (&come, &self.step.new) {
            let site = self.site(new.node())?;
            let Come { seen, made } = come;
            // Else an engine that is started again would bring it back.
            if !made && seen.spec.restart != RestartPolicy::No {
                site.set_restart(&seen.id, RestartPolicy::No).await?;
            }
            // Where both can run side by side, the new one goes on until the old one is back.
            if self.step.order != Order::StartFirst && seen.state.is_running() {
                site.stop(&seen.id).await?;
            }
            if seen.name == self.step.name.as_str() {
                site.rename(&seen.id, &self.aside(*made, record)?).await?;
            }
        }
        let back = match &record.old {
            Some(old) => unpark(&self.site(&old.node)?, old).await.map(drop),
            None => Ok(()),
        };
        if !matches!(&back, Ok(()) | Err(Halt::Failed(_))) || back.as_ref().is_err_and(Halt::may_pass) {
            return back;
        }
        if let (Some(come), Some(new)) = (come, &self.step.new) {
            self.put_aside(&self.site(new.node())?, &come, record).await?;
        }
        back
    }

    /// Removes what the step made, or parks again what it brought back.
    async fn put_aside(&self, site: &Site<'_>, come: &Come, record: &StepRecord) -> Done {
        // Removed by itself, perhaps, when it was stopped.
        let Some(seen) = site.look(&come.seen.id).await? else { return Ok(()) };
        if seen.state.is_running() {
            site.stop(&seen.id).await?;
        }
        if come.made {
            return site.remove(&seen.id, true).await.map(drop);
        }
        let aside = self.aside(false, record)?;
        if seen.name != aside.as_str() {
            site.rename(&seen.id, &aside).await?;
        }
        Ok(())
    }

    /// What the new container is called when it does not have the name.
    fn aside(&self, made: bool, record: &StepRecord) -> Done<ContainerName> {
        match &record.parked {
            Some(parked) if !made => Ok(parked.parked_as.clone()),
            _ => self.coming(),
        }
    }
}

impl Shared {
    /// A hash of a specification, values of its environment included, that only who has the fleet's key can make.
    pub(super) fn digest(&self, spec: &ContainerSpec) -> String {
        let text = secret::exposed(|| serde_json::to_string(spec)).unwrap_or_default();
        hex::encode(&self.keyring.digest(&text)[..16])
    }
}
