//! A fleet of the bed's engines with masters that come and go, and names of its own on the shared engines.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use haven_core::{
    Haven,
    deploy::{SpecChanges, UpdateRequest},
    door::ops::plans::{ApplyPlan, GetPlan, PlanRollback, PlanUpdate},
    model::{
        ContainerSpec, ImageRef, NodeAddress, NodeName, Plan, PlanId, PlanState, RestartPolicy, Rollout,
        plan::{Order, PlanDetail, Selection, StepState},
    },
};
use haven_testkit::bed::{BUSYBOX, Bed, Engine, Taps, differences};
use serde_json::Value;

use crate::server::Served;

/// How long a plan may take, a master that is taken over from included.
const PATIENCE: Duration = Duration::from_secs(240);

/// The engines of a bed as one fleet, whose state is in the bed's etcd, if it has one.
pub(crate) struct Fleet<'a> {
    pub(crate) bed: &'a Bed,
    store: String,
    /// What the names of its containers begin with.
    pub(crate) prefix: String,
}

/// One `haven serve`, and a program that asks it.
pub(crate) struct Master {
    pub(crate) served: Served,
    pub(crate) haven: Haven,
}

impl<'a> Fleet<'a> {
    pub(crate) fn of(bed: &'a Bed, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        let hosts: Vec<String> = bed.etcd().iter().map(|member| member.client_address().to_string()).collect();
        let store =
            if hosts.is_empty() { "redb".to_owned() } else { format!("etcd://{}/deployed-{prefix}", hosts.join(",")) };
        Self { bed, store, prefix }
    }

    /// Another master.
    pub(crate) async fn master(&self) -> Master {
        let served = Served::start(&self.store, &[]);
        let haven = Haven::open(&served.url_with_password()).await.unwrap();
        Master { served, haven }
    }

    /// Registers an engine, at its own socket or that of a tap.
    pub(crate) async fn register(&self, haven: &Haven, engine: &Engine, taps: Option<&Taps>) -> NodeName {
        let node = NodeName::new(engine.name()).unwrap();
        let socket = taps.map_or_else(|| engine.socket().to_owned(), |taps| taps.open(engine).unwrap());
        haven.nodes().register(&node, NodeAddress::Unix(socket)).await.unwrap();
        haven.nodes().wait_online(&node).await.unwrap();
        node
    }

    /// Runs a container that always restarts.
    pub(crate) async fn run(&self, haven: &Haven, engine: &Engine, name: &str) {
        let node = NodeName::new(engine.name()).unwrap();
        let mut spec = ContainerSpec::new(ImageRef::new(BUSYBOX).unwrap());
        spec.restart = RestartPolicy::Always;
        spec.labels.insert("kept".into(), "as it was".into());
        haven.containers().run(&node, &format!("{}-{name}", self.prefix), spec).await.unwrap();
    }

    /// An update of all its containers whose names begin so.
    pub(crate) async fn plan(&self, haven: &Haven, beginning: &str, to: &str, rollout: Rollout) -> Plan {
        haven.call(PlanUpdate(self.update(beginning, to, rollout))).await.unwrap()
    }

    pub(crate) fn update(&self, beginning: &str, to: &str, rollout: Rollout) -> UpdateRequest {
        let selection = Selection { name: vec![format!("{}-{beginning}*", self.prefix)], ..Selection::default() };
        let changes = SpecChanges { labels: [("tier".into(), "new".into())].into(), ..SpecChanges::default() };
        UpdateRequest { selection, to: Some(to.to_owned()), changes, rollout, ..UpdateRequest::default() }
    }

    /// All its containers as their engines have them.
    pub(crate) fn containers(&self) -> BTreeMap<String, Value> {
        let engines = self.bed.engines().iter();
        engines.flat_map(|engine| engine.configurations(&format!("{}-", self.prefix))).collect()
    }

    /// The same without what is parked.
    pub(crate) fn living(&self) -> BTreeMap<String, Value> {
        let mut all = self.containers();
        all.retain(|name, _| !name.ends_with("-old"));
        all
    }

    /// That every container runs the image, under the names of `before` and no other.
    #[track_caller]
    pub(crate) fn all_run(&self, before: &BTreeMap<String, Value>, image: &str) {
        let now = self.living();
        assert_eq!(now.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        for (name, seen) in &now {
            assert_eq!((&seen["Running"], &seen["Config"]["Image"]), (&Value::Bool(true), &image.into()), "{name}");
            assert_eq!(seen["HostConfig"]["RestartPolicy"], before[name]["HostConfig"]["RestartPolicy"], "{name}");
        }
        for (name, seen) in self.containers().iter().filter(|(name, _)| name.ends_with("-old")) {
            assert_eq!(seen["Running"], false, "{name} is parked");
        }
    }

    /// That what was done is new and runs, and all else is as it was.
    #[track_caller]
    pub(crate) fn is_as_told(&self, before: &BTreeMap<String, Value>, detail: &PlanDetail, image: &str) {
        let now = self.living();
        for step in &detail.steps {
            let key = format!("{}/{}", step.node, step.name);
            let (was, is) = (&before[&key], now.get(&key).unwrap_or_else(|| panic!("{key} is lost: {:?}", now.keys())));
            if step.state == StepState::Done {
                assert_eq!((&is["Running"], &is["Config"]["Image"]), (&Value::Bool(true), &image.into()), "{key}");
            } else {
                is_same(&[(key.clone(), was.clone())].into(), &[(key, is.clone())].into());
            }
        }
        assert_eq!(now.len(), before.len(), "{:?}", now.keys());
    }

    /// Removes what is left of it.
    pub(crate) fn clean(&self) {
        for engine in self.bed.engines() {
            let names = engine.containers_named(&format!("{}-", self.prefix));
            if !names.is_empty() {
                let removed = engine.docker().args(["rm", "-fv"]).args(&names).output().unwrap();
                assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
            }
        }
    }
}

impl Master {
    /// Begins a plan as it is read back from its text.
    pub(crate) async fn begin(&self, plan: &Plan) {
        let contents: Plan = serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap();
        self.haven.call(ApplyPlan { plan: plan.id.clone(), contents: Some(contents) }).await.unwrap();
    }

    /// How far a plan has come. Asked again while the store chooses another leader.
    pub(crate) async fn detail(&self, plan: &PlanId) -> PlanDetail {
        let begun = Instant::now();
        loop {
            match self.haven.call(GetPlan { plan: plan.clone() }).await {
                Ok(detail) => return detail,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until a plan has come so far.
    pub(crate) async fn until(&self, plan: &PlanId, what: &str, holds: impl Fn(&PlanDetail) -> bool) -> PlanDetail {
        let begun = Instant::now();
        loop {
            let detail = self.detail(plan).await;
            if holds(&detail) {
                return detail;
            }
            assert!(begun.elapsed() < PATIENCE, "not {what}: {:?} {:#?}", detail.status.state, detail.steps);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a plan is at rest.
    pub(crate) async fn rest(&self, plan: &PlanId) -> PlanDetail {
        self.until(plan, "at rest", |detail| !detail.status.state.is_moving()).await
    }

    /// Applies a plan, which ends well.
    pub(crate) async fn applied(&self, plan: &Plan) -> PlanDetail {
        self.begin(plan).await;
        let detail = self.rest(&plan.id).await;
        assert_eq!(detail.status.state, PlanState::Applied, "{:?} {:#?}", detail.status.error, detail.steps);
        detail
    }

    /// Rolls a plan back, which ends well.
    pub(crate) async fn roll_back(&self, plan: &PlanId) {
        let back = self.haven.call(PlanRollback { plan: plan.clone() }).await.unwrap();
        self.applied(&back).await;
    }
}

/// A quick rollout in an order.
pub(crate) fn rollout(order: Order) -> Rollout {
    Rollout { order, monitor: 0.2, timeout: Some(20.0), ..Rollout::default() }
}

/// That containers are as they were.
#[track_caller]
pub(crate) fn is_same(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
    let differences = differences(before, after);
    assert!(differences.is_empty(), "{differences:#?}");
}
