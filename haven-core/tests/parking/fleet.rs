//! A Haven in this process over one engine of the shared bed, with names of its own for each test.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use haven_core::{
    Haven,
    clock::{Clock, SystemClock},
    deploy::{SpecChanges, UpdateRequest},
    door::ops::plans::{ApplyPlan, FollowPlan, GetPlan, PlanRollback, PlanUpdate},
    model::{
        ContainerRef, ContainerSpec, ImageRef, NodeAddress, NodeName, Plan, PlanId, PlanState, Rollout,
        plan::{OnFailure, Order, PlanDetail, Selection},
    },
    store::MemoryStore,
};
use haven_testkit::bed::{BUSYBOX, Bed, BedBuilder, Engine, differences};
use serde_json::Value;
use tokio::sync::{RwLock, RwLockReadGuard};

/// Written by the test that starts the engine again, read by the others.
pub(crate) static ENGINE: RwLock<()> = RwLock::const_new(());

pub(crate) fn bed() -> BedBuilder {
    Bed::with_engines(1)
}

/// One engine, and a Haven that has it as its node.
pub(crate) struct Fleet {
    pub(crate) engine: &'static Engine,
    pub(crate) haven: Haven,
    pub(crate) node: NodeName,
    /// What the names of this test's containers, networks and volumes begin with.
    pub(crate) prefix: &'static str,
    _turn: Option<RwLockReadGuard<'static, ()>>,
}

impl Fleet {
    /// A fleet for the test of this name, while nobody starts the engine again.
    pub(crate) async fn of(prefix: &'static str) -> Option<Self> {
        let turn = ENGINE.read().await;
        let fleet = Self::alone(prefix).await?;
        Some(Self { _turn: Some(turn), ..fleet })
    }

    /// The same for who has the engine alone.
    pub(crate) async fn alone(prefix: &'static str) -> Option<Self> {
        let engine = bed().shared_or_skip().await?.engine(0);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let store = Arc::new(MemoryStore::new(&*clock));
        let haven = Haven::builder().store(store).clock(clock).build().await.unwrap();
        let node = NodeName::new("engine-1").unwrap();
        haven.nodes().register(&node, NodeAddress::Unix(engine.socket().to_owned())).await.unwrap();
        haven.nodes().wait_online(&node).await.unwrap();
        Some(Self { engine, haven, node, prefix, _turn: None })
    }

    /// A name of this test's.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Runs a container.
    pub(crate) async fn run(&self, name: &str, spec: ContainerSpec) -> String {
        let name = self.name(name);
        self.haven.containers().run(&self.node, &name, spec).await.unwrap();
        name
    }

    /// Runs docker with these words.
    #[track_caller]
    pub(crate) fn docker(&self, words: &[&str]) -> String {
        let output = self.engine.docker().args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Waits until the inventory shows a container in this state.
    pub(crate) async fn shows(&self, name: &str, running: bool) {
        let begun = Instant::now();
        let container = ContainerRef::new(name).unwrap();
        loop {
            let found = self.haven.containers().find(&container).await;
            if found.is_ok_and(|found| found.item.is_running() == running) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "the inventory does not show `{name}`");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// An update of the containers of these names to an image.
    pub(crate) async fn plan(&self, names: &[&str], to: &str, rollout: Rollout) -> Plan {
        self.plan_with(names, to, SpecChanges::default(), rollout).await
    }

    pub(crate) async fn plan_with(&self, names: &[&str], to: &str, changes: SpecChanges, rollout: Rollout) -> Plan {
        let selection = Selection { name: names.iter().map(|&name| name.to_owned()).collect(), ..Selection::default() };
        let request =
            UpdateRequest { selection, to: Some(to.to_owned()), changes, rollout, ..UpdateRequest::default() };
        self.haven.call(PlanUpdate(request)).await.unwrap()
    }

    pub(crate) async fn rollback(&self, plan: &PlanId) -> Plan {
        self.haven.call(PlanRollback { plan: plan.clone() }).await.unwrap()
    }

    /// Applies a plan and waits until it is at rest.
    pub(crate) async fn apply(&self, plan: &Plan) -> PlanDetail {
        let id = plan.id.clone();
        self.haven.call(ApplyPlan { plan: id.clone(), contents: None }).await.unwrap();
        let mut progress = self.haven.follow(FollowPlan { plan: id.clone() }).await.unwrap();
        while let Some(told) = progress.next().await {
            told.unwrap();
        }
        self.haven.call(GetPlan { plan: id }).await.unwrap()
    }

    /// The same for one that shall go well.
    pub(crate) async fn applied(&self, plan: &Plan) {
        let detail = self.apply(plan).await;
        assert_eq!(detail.status.state, PlanState::Applied, "{}{:#?}", plan.diff(), detail.steps);
    }

    /// This test's containers as the engine has them, those that are parked left out.
    pub(crate) fn living(&self) -> BTreeMap<String, Value> {
        let mut all = self.engine.configurations(&format!("{}-", self.prefix));
        all.retain(|name, _| !name.ends_with("-old"));
        all
    }

    /// Removes what this test made.
    pub(crate) async fn clean(self) {
        self.haven.close().await;
        let names = self.engine.containers_named(&format!("{}-", self.prefix));
        if !names.is_empty() {
            let words: Vec<&str> = ["rm", "-fv"].into_iter().chain(names.iter().map(String::as_str)).collect();
            self.docker(&words);
        }
    }
}

/// The bed's busybox, which waits and ends when it is asked to.
pub(crate) fn busybox() -> ContainerSpec {
    image(BUSYBOX)
}

pub(crate) fn image(name: &str) -> ContainerSpec {
    ContainerSpec::new(ImageRef::new(name).unwrap())
}

/// A quick rollout that takes back what fails.
pub(crate) fn rollout(order: Order) -> Rollout {
    Rollout { order, monitor: 0.3, timeout: Some(8.0), on_failure: OnFailure::Rollback, ..Rollout::default() }
}

/// That containers are as they were.
#[track_caller]
pub(crate) fn is_same(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
    let differences = differences(before, after);
    assert!(differences.is_empty(), "{differences:#?}");
}
