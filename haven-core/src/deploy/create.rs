//! Planning new containers: what they are called, and where they go.

use std::collections::BTreeSet;

use haven_model::{
    Actor, ClusterName, ContainerName, ContainerSpec, Error, ErrorKind, NodeName, Plan, PlanId, PlanState, Result,
    Rollout,
    label::GROUP,
    placement::Requirements,
    plan::{Change, New, Order, PlanKind, Selection, Skipped, Step, StepState},
    secret,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    DeployService, Shared,
    configure::Configurations,
    difference,
    draft::{self, count},
    shelf::MAX_PLAN,
};
use crate::cluster::{
    Scope, looks_at_images,
    placement::{Scheduler, Settings, Task},
};

/// The most containers of one request.
const MAX_COUNT: u32 = 10_000;
/// For how long a plan that nobody applies holds the room that it was given.
const PENDING: SignedDuration = SignedDuration::from_mins(2);

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
    /// Whether what the labels of the image and the repository of configurations say is left out.
    #[serde(default)]
    pub unconfigured: bool,
    /// How many; none: one. The others are called as the first, with a number: `web`, `web-1`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// How they are started; none: eight at once, each watched for a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

impl CreateRequest {
    /// One container of a specification, on any node, called after its image.
    pub fn new(spec: ContainerSpec) -> Self {
        Self {
            cluster: None,
            node: None,
            name: None,
            spec,
            requirements: Requirements::default(),
            unconfigured: false,
            count: None,
            rollout: None,
        }
    }
}

/// What was asked for, for each container alike.
struct Asked {
    spec: ContainerSpec,
    requirements: Requirements,
    /// What the labels of the image and the repository say; none: that counts for nothing.
    configured: Option<Configurations>,
}

/// A container that is to be placed.
pub(super) struct Wanted {
    pub(super) name: ContainerName,
    pub(super) spec: ContainerSpec,
    pub(super) requirements: Requirements,
    /// What it has beside what was asked for, from its image's labels and from the repository.
    pub(super) changes: Vec<Change>,
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
        let CreateRequest { cluster, node, name, spec, requirements, unconfigured, count: number, rollout } = request;
        let number = number.unwrap_or(1);
        if !(1..=MAX_COUNT).contains(&number) {
            return Err(Error::invalid(format!("`count` is 1 to {MAX_COUNT}, not {number}")));
        }
        let size = secret::exposed(|| serde_json::to_vec(&spec)).map_or(0, |json| json.len());
        if size.saturating_mul(number as usize) > MAX_PLAN / 2 {
            let what = format!("{number} containers of {size} bytes of specification are more than a plan holds");
            return Err(Error::invalid(what));
        }
        let rollout = rollout.unwrap_or_else(quick);
        rollout.check()?;
        let image = spec.image.to_string();
        let selection = Selection { cluster, node, ..Selection::default() };
        let configured = if unconfigured { None } else { Some(self.configurations(&selection, &spec.image).await?) };
        let names = self.new_names(name.as_ref(), &spec.image, number).await?;
        let mut plan = Plan { rollout, ..self.blank(PlanKind::Create, actor) };
        let asked = Asked { spec, requirements, configured };
        if let Err(error) = self.place_asked(&mut plan, &selection, &names, &asked).await {
            self.unreserve(&names).await;
            return Err(error);
        }
        plan.summary = format!("create {}", summary(&plan, number, &image));
        plan.selection = selection;
        Ok(plan)
    }

    async fn place_asked(
        &self,
        plan: &mut Plan,
        selection: &Selection,
        names: &[ContainerName],
        asked: &Asked,
    ) -> Result<()> {
        let mut wanted = Vec::new();
        for name in names {
            let (mut spec, own) = match &asked.configured {
                Some(configured) => configured.of(name, &asked.spec).await?,
                None => Requirements::split(asked.spec.clone())?,
            };
            spec.check()?;
            spec.labels.entry(GROUP.to_owned()).or_insert_with(|| names[0].to_string());
            let changes = difference::between(&asked.spec, &spec);
            let requirements = own.and(asked.requirements.clone())?;
            // For its copies, and for where it goes later.
            requirements.keep_in(&mut spec.labels);
            wanted.push(Wanted { name: name.clone(), spec, requirements, changes });
        }
        self.place(plan, selection, wanted).await
    }

    /// Adds a step for each container: on the node that takes it, each seeing those before it.
    pub(super) async fn place(&self, plan: &mut Plan, selection: &Selection, wanted: Vec<Wanted>) -> Result<()> {
        let with_images = wanted.iter().any(|wanted| looks_at_images(&wanted.requirements));
        let scope = Scope::from_parts(selection.cluster.clone(), selection.node.clone());
        let views = self.clusters.views_for(&scope, with_images).await?;
        let mut scheduler = Scheduler::new(views, self.clock.random());
        self.commit_pending(&mut scheduler).await?;
        let settings = self.clusters.settings_of(selection.cluster.as_ref())?;
        // Those that ask the same share the work of looking at every node.
        let mut last: Option<(ContainerSpec, Requirements, Task)> = None;
        for Wanted { name, spec, requirements, changes } in wanted {
            let task = match &last {
                Some((same, asks, task)) if *same == spec && *asks == requirements => task.clone(),
                _ => Task::new(None, &spec, &requirements, &settings)?,
            };
            let task = Task { name: Some(name.clone()), ..task };
            let placement = scheduler.place(&task);
            last = Some((spec.clone(), requirements, task.clone()));
            let Some(node) = placement.node else {
                let reason = placement.reason;
                plan.skipped.push(Skipped { node: None, name: name.to_string(), id: None, reason });
                continue;
            };
            scheduler.commit(&node, &task)?;
            draft::push(
                plan,
                Step {
                    index: 0,
                    name,
                    old: None,
                    new: Some(New::Made { node, spec: Box::new(spec), start: true }),
                    order: Order::StopFirst,
                    reason: placement.reason,
                    note: None,
                    changes,
                },
            );
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
    /// Takes the room of containers that other plans are about to bring: those that are being applied, and those that were
    /// made a moment ago.
    pub(super) async fn commit_pending(&self, scheduler: &mut Scheduler) -> Result<()> {
        let now = self.clock.now();
        for (id, header) in &*self.shelf.headers() {
            let brings = matches!(header.value.kind, PlanKind::Create | PlanKind::Scale | PlanKind::Drain);
            let is_new = now.duration_since(header.value.created) < PENDING;
            let is_open = match header.value.state {
                PlanState::Planned => is_new,
                PlanState::Applying | PlanState::Paused => true,
                _ => false,
            };
            if !brings || !is_open {
                continue;
            }
            let id = PlanId::new(id.clone())?;
            let plan = match self.shelf.read(&id).await {
                // Removed meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) if error.kind() != ErrorKind::Unavailable => {
                    tracing::warn!(plan = id.short(), error = %error.report(), "a plan cannot be read, and counts for nothing");
                    continue;
                }
                plan => plan?,
            };
            let done = self.shelf.steps(&id).await?;
            for step in &plan.steps {
                let Some(New::Made { node, spec, .. }) = &step.new else { continue };
                if done.get(&step.index).is_some_and(|record| record.value.state != StepState::Doing) {
                    continue;
                }
                let requirements = Requirements::of_labels(&spec.labels)?;
                let task = Task::new(Some(step.name.clone()), spec, &requirements, &Settings::default())?;
                match scheduler.commit(node, &task) {
                    // It is not among those that are asked.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    done => done?,
                }
            }
        }
        Ok(())
    }
}

/// `web: 3 containers of nginx on 2 nodes`, `web: 3 of 6 containers of nginx on 2 nodes`.
fn summary(plan: &Plan, asked: u32, image: &str) -> String {
    let nodes: BTreeSet<_> = plan.steps.iter().map(Step::node).collect();
    let first = plan.steps.first().map(|step| step.name.to_string()).unwrap_or_default();
    let containers = count(asked as usize, "container");
    let steps =
        if plan.steps.len() == asked as usize { containers } else { format!("{} of {containers}", plan.steps.len()) };
    format!("{first}: {steps} of {image} on {}", count(nodes.len(), "node"))
}
