//! Planning an update: another image, or other settings, for many containers.

use std::collections::{BTreeMap, BTreeSet};

use haven_model::{
    Actor, ContainerName, ContainerSpec, ContainerState, Error, ErrorKind, ImageRef, Plan, Result, Rollout, Secret,
    label::{CPUS, MEMORY},
    plan::{New, Order, PlanKind, Selection, Step},
};
use serde::{Deserialize, Serialize};

use super::{
    DeployService, Shared,
    configure::Anew,
    difference,
    draft::{self, about, count},
    select::{Candidate, Glob},
    side_by_side,
    successor::Seen,
};

/// Which containers get what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateRequest {
    /// Which containers.
    #[serde(default)]
    pub selection: Selection,
    /// Only those whose tag is this: exact, or with `*` for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The tag that they get, `1.5`, or a whole image, `registry/web:1.5`; none: the image that they have by name, as it is
    /// now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What else is changed.
    #[serde(default)]
    pub changes: SpecChanges,
    /// Only so many of a hundred of them, at least one, of each node in turn; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Also those that would be as they are.
    #[serde(default)]
    pub recreate: bool,
    /// Whether what the labels of the image and the repository of configurations say now wins over what they are.
    #[serde(default)]
    pub configure: bool,
    /// How they are replaced.
    #[serde(default)]
    pub rollout: Rollout,
}

/// What is changed in specifications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SpecChanges {
    /// Variables that are set.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, Secret>,
    /// Variables that go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unset_env: Vec<String>,
    /// Labels that are set.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Labels that go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unset_labels: Vec<String>,
    /// The arguments of the program; none: as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// The most memory, in bytes; none: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The most CPU time, in billionths of a core; none: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nano_cpus: Option<u64>,
}

impl SpecChanges {
    /// Changes a specification.
    pub(super) fn apply(&self, spec: &mut ContainerSpec) {
        spec.env.extend(self.env.clone());
        spec.env.retain(|name, _| !self.unset_env.contains(name));
        spec.labels.extend(self.labels.clone());
        spec.labels.retain(|key, _| !self.unset_labels.contains(key));
        if let Some(command) = &self.command {
            spec.command.clone_from(command);
        }
        spec.memory = self.memory.or(spec.memory);
        spec.nano_cpus = self.nano_cpus.or(spec.nano_cpus);
        // What placement counts.
        for (label, changed) in [(MEMORY, self.memory), (CPUS, self.nano_cpus)] {
            if let (Some(reserved), Some(changed)) = (spec.labels.get_mut(label), changed) {
                *reserved = changed.to_string();
            }
        }
    }
}

/// The image that containers get.
enum To {
    /// The one that they have, as its name means it now.
    Same,
    Tag(String),
    Image(ImageRef),
}

impl To {
    fn parse(text: Option<&str>) -> Result<Self> {
        match text {
            None => Ok(Self::Same),
            Some(text) if text.contains(['/', ':', '@']) => ImageRef::new(text).map(Self::Image),
            Some(text) => {
                ImageRef::new(format!("image:{text}"))
                    .map_err(|_| Error::invalid(format!("`{}` is neither a tag nor an image", text.escape_debug())))?;
                Ok(Self::Tag(text.to_owned()))
            }
        }
    }

    fn of(&self, has: &ImageRef) -> Result<ImageRef> {
        match self {
            Self::Same => Ok(has.clone()),
            Self::Tag(tag) => ImageRef::new(format!("{}:{tag}", has.repository())),
            Self::Image(image) => Ok(image.clone()),
        }
    }
}

impl DeployService {
    /// Plans an update. Containers that cannot or need not be replaced are in the plan, with the reason.
    ///
    /// `Invalid` for a pattern, a tag or a percentage that is none; `NotFound` when the cluster or the node is not there.
    pub async fn update(&self, request: UpdateRequest, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_update(request, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_update(&self, request: UpdateRequest, actor: &Actor) -> Result<Plan> {
        let UpdateRequest { selection, from, to, changes, percent, recreate, configure, rollout } = request;
        if percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
            return Err(Error::invalid("`percent` is 1 to 100"));
        }
        let (target, from) = (To::parse(to.as_deref())?, from.as_deref().map(Glob::new).transpose()?);
        let is_only_recreate = matches!(target, To::Same) && changes == SpecChanges::default() && !configure;
        let kind = if is_only_recreate { PlanKind::Recreate } else { PlanKind::Update };
        let mut plan = Plan { rollout, ..self.blank(kind, actor) };
        let found = self.select(&selection)?;
        let total = found.len();
        let mut chosen = Vec::new();
        for candidate in found {
            match refusal(&candidate, from.as_ref()) {
                Some(reason) => plan.skipped.push(candidate.skipped(reason)),
                None => chosen.push(candidate),
            }
        }
        let (seen, failed) = self.look_at(chosen).await;
        draft::skip_unseen(&mut plan, &failed);
        let mut steps = Vec::new();
        let mut anew = if configure { Some(self.anew().await?) } else { None };
        for seen in seen {
            let spec = match self.successor(&seen, &target, &changes, anew.as_mut()).await {
                Ok(spec) => spec,
                // What a file says wrongly is wrong for all.
                Err(error) if configure && error.kind() == ErrorKind::Invalid => return Err(error),
                Err(error) => {
                    plan.skipped.push(seen.candidate.skipped(error.message().to_owned()));
                    continue;
                }
            };
            match self.replacement(&seen, spec, recreate || is_only_recreate, plan.rollout.order) {
                Ok(step) => steps.push(step),
                Err(reason) => plan.skipped.push(seen.candidate.skipped(reason)),
            }
        }
        if let Some(percent) = percent {
            let left = canaries(&mut steps, percent);
            plan.skipped.extend(left.into_iter().map(|step| haven_model::plan::Skipped {
                node: Some(step.node().clone()),
                name: step.name.to_string(),
                id: step.old.as_ref().map(|old| old.observed.id.clone()),
                reason: format!("it is beyond the {percent} percent"),
            }));
        }
        for (index, step) in steps.iter_mut().enumerate() {
            step.index = index.try_into().unwrap_or(u32::MAX);
        }
        let nodes: BTreeSet<_> = steps.iter().map(Step::node).collect();
        plan.summary = format!(
            "{kind} {}{}: {} of {} on {}",
            about(&selection),
            to.map(|to| format!(" to {to}")).unwrap_or_default(),
            steps.len(),
            count(total, "container"),
            count(nodes.len(), "node"),
        );
        plan.selection = selection;
        plan.steps = steps;
        Ok(plan)
    }

    /// What a container's successor shall be.
    async fn successor(
        &self,
        seen: &Seen,
        target: &To,
        changes: &SpecChanges,
        anew: Option<&mut Anew>,
    ) -> Result<ContainerSpec> {
        let mut spec = seen.own_spec();
        spec.image = target.of(&spec.image)?;
        if let Some(anew) = anew {
            let configured = self.configured_on(anew, &seen.candidate.node, &spec.image).await?;
            spec = configured.anew(&ContainerName::new(seen.candidate.container.name())?, &spec).await?;
        }
        changes.apply(&mut spec);
        Ok(spec)
    }

    /// The step that replaces a container, or why there is none.
    fn replacement(
        &self,
        seen: &Seen,
        spec: ContainerSpec,
        recreate: bool,
        asked: Order,
    ) -> std::result::Result<Step, String> {
        if let Some(reason) = seen.bound() {
            return Err(reason);
        }
        let own = seen.own_spec();
        let differences = difference::between(&own, &spec);
        if differences.is_empty() && !recreate {
            return Err("it is so already".to_owned());
        }
        let name = ContainerName::new(seen.candidate.container.name()).map_err(|error| error.message().to_owned())?;
        if let Some(why) = super::names::unfit(&name) {
            return Err(why);
        }
        let (order, note) = match (asked, side_by_side::refusal(&spec).or_else(|| side_by_side::refusal(&own))) {
            (Order::StartFirst, Some(why)) => (Order::StopFirst, Some(why)),
            (order, _) => (order, None),
        };
        let mut notes: Vec<String> = note.into_iter().collect();
        if seen.detail.spec.auto_remove {
            notes.push("it removes itself when it stops: a rollback makes it anew".to_owned());
        }
        if seen.detail.state == ContainerState::Paused {
            notes.push("it is paused, and its successor runs".to_owned());
        }
        if seen.image.is_none() {
            notes.push("its image is gone, so that what it had from there is taken for its own".to_owned());
        }
        Ok(Step {
            index: 0,
            name,
            old: Some(seen.old(self)),
            new: Some(New::Made {
                node: seen.candidate.node.clone(),
                spec: Box::new(spec),
                start: seen.candidate.container.is_running(),
            }),
            order,
            reason: String::new(),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            changes: differences,
        })
    }
}

/// Why a container is left alone, as far as a list tells.
fn refusal(candidate: &Candidate, from: Option<&Glob>) -> Option<String> {
    if let Some(reason) = candidate.untouchable() {
        return Some(reason.to_owned());
    }
    if !candidate.container.is_running() {
        return Some("it does not run, and is not started".to_owned());
    }
    let from = from?;
    let tag = ImageRef::new(candidate.container.image()).ok().and_then(|image| image.tag().map(str::to_owned));
    match tag {
        Some(tag) if from.matches(&tag) => None,
        Some(tag) => Some(format!("its tag is {tag}")),
        None => Some("its image has no tag".to_owned()),
    }
}

/// Leaves so many of a hundred steps, at least one, of each node in turn. Answers the others.
fn canaries(steps: &mut Vec<Step>, percent: u8) -> Vec<Step> {
    if steps.is_empty() {
        return Vec::new();
    }
    let keep = (steps.len() * usize::from(percent)).div_ceil(100).max(1);
    let mut of_node = BTreeMap::new();
    let mut ranked: Vec<(usize, usize)> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let rank = of_node.entry(step.node().clone()).or_insert(0_usize);
        ranked.push((*rank, at));
        *rank += 1;
    }
    ranked.sort_unstable();
    let kept: BTreeSet<usize> = ranked.iter().take(keep).map(|(_, at)| *at).collect();
    let mut at = 0;
    let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(steps).into_iter().partition(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
    *steps = stay;
    go
}
