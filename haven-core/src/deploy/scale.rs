//! Planning more or fewer containers of the same.

use haven_model::{
    Actor, ClusterName, ContainerName, Error, Plan, Result, Rollout,
    label::GROUP,
    placement::Requirements,
    plan::{Order, PlanKind, Selection, Step},
};
use serde::{Deserialize, Serialize};

use super::{
    DeployService, Shared,
    create::{Wanted, quick},
    draft::{self, count},
    select::Candidate,
};

/// A label by which an image or a container refuses to be copied, unless it is `true`.
const SCALABLE: &str = "scalable";
/// The most containers of a group.
const MAX_REPLICAS: u32 = 10_000;

/// How many of a container there shall be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScaleRequest {
    /// The name of the container, or of the group: that of its first.
    pub name: ContainerName,
    /// How many there shall be, those that do not run included.
    pub replicas: u32,
    /// The cluster that they are in; none: anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// How they are started; none: eight at once, each watched for a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

impl DeployService {
    /// Plans more or fewer containers of the same: copies of the first, or the newest parked.
    ///
    /// `NotFound` when there is no such container, `Conflict` when its label `scalable` is not `true`.
    pub async fn scale(&self, request: ScaleRequest, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_scale(request, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_scale(&self, request: ScaleRequest, actor: &Actor) -> Result<Plan> {
        let ScaleRequest { name, replicas, cluster, rollout } = request;
        if replicas > MAX_REPLICAS {
            return Err(Error::invalid(format!("`replicas` is at most {MAX_REPLICAS}, not {replicas}")));
        }
        let selection = Selection { cluster, ..Selection::default() };
        let mut group: Vec<Candidate> = self.select(&selection)?;
        group.retain(|candidate| {
            let container = &candidate.container;
            container.name() == name.as_str() || container.label(GROUP) == Some(name.as_str())
        });
        group.sort_by_key(|candidate| number(candidate.container.name(), &name));
        let Some(first) = group.first().cloned() else { return Err(Error::not_found("container", &name)) };
        if let Some(reason) = first.untouchable() {
            return Err(Error::conflict(format!("`{name}` cannot be scaled: {reason}")));
        }
        if first.container.label(SCALABLE).is_some_and(|value| value != "true") {
            return Err(Error::conflict(format!("`{name}` cannot be scaled: its label `{SCALABLE}` says so")));
        }
        let mut plan = Plan { rollout: rollout.unwrap_or_else(quick), ..self.blank(PlanKind::Scale, actor) };
        let (has, wants) = (group.len(), replicas as usize);
        if wants > has {
            self.more(&mut plan, &selection, first, &name, wants - has).await?;
        } else {
            let leaving = group.split_off(wants);
            self.fewer(&mut plan, leaving).await?;
        }
        plan.summary = format!("scale {name}: from {has} to {}", count(wants, "container"));
        plan.selection = selection;
        Ok(plan)
    }

    async fn more(
        &self,
        plan: &mut Plan,
        selection: &Selection,
        first: Candidate,
        name: &ContainerName,
        number: usize,
    ) -> Result<()> {
        let (seen, failed) = self.look_at(vec![first]).await;
        let Some(seen) = seen.first() else {
            return Err(failed
                .into_iter()
                .next()
                .map_or_else(|| Error::not_found("container", name), |(_, error)| error));
        };
        let mut spec = seen.own_spec();
        // What only one can have.
        spec.hostname = None;
        for connection in &mut spec.networks {
            (connection.ipv4_address, connection.ipv6_address, connection.mac_address) = (None, None, None);
        }
        for mount in spec.mounts.iter_mut().filter(|mount| mount.kind == haven_model::spec::MountKind::Volume) {
            let is_its_own =
                seen.detail.spec.mounts.iter().any(|own| own.target == mount.target && own.source.is_empty());
            if is_its_own {
                mount.source.clear();
            }
        }
        spec.labels.insert(GROUP.to_owned(), name.to_string());
        let (spec, requirements) = Requirements::split(spec)?;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let names = self.further_names(name, number).await?;
        let wanted = names.iter().map(|name| Wanted {
            name: name.clone(),
            spec: spec.clone(),
            requirements: requirements.clone(),
            changes: Vec::new(),
        });
        let placed = self.place(plan, selection, wanted.collect()).await;
        if placed.is_err() {
            self.unreserve(&names).await;
        }
        placed
    }

    async fn fewer(&self, plan: &mut Plan, leaving: Vec<Candidate>) -> Result<()> {
        let (seen, failed) = self.look_at(leaving).await;
        draft::skip_unseen(plan, &failed);
        for seen in seen.iter().rev() {
            if let Some(reason) = seen.candidate.untouchable() {
                plan.skipped.push(seen.candidate.skipped(reason));
                continue;
            }
            if let Some(reason) = seen.bound() {
                plan.skipped.push(seen.candidate.skipped(reason));
                continue;
            }
            draft::push(
                plan,
                Step {
                    index: 0,
                    name: ContainerName::new(seen.candidate.container.name())?,
                    old: Some(seen.old(self)),
                    new: None,
                    order: Order::StopFirst,
                    reason: "there shall be fewer".to_owned(),
                    note: seen.lost(),
                    changes: Vec::new(),
                },
            );
        }
        Ok(())
    }
}

/// The number of a container in its group: that of `web` is 0, of `web-3` 3.
fn number(container: &str, name: &ContainerName) -> u64 {
    let rest = container.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('-'));
    match rest.and_then(|number| number.parse().ok()) {
        Some(number) => number,
        None if container == name.as_str() => 0,
        None => u64::MAX,
    }
}
