//! A fleet of simulated engines that outlives its masters, on a clock that runs a hundred times as fast.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use haven_core::{
    Haven, Result,
    clock::{Clock, SystemClock},
    deploy::UpdateRequest,
    door::ops::plans::{ApplyPlan, FollowPlan, GetPlan, ListKept, PlanRollback, PlanUpdate},
    engine::{Call, Containers as _, Hook},
    model::{
        Container, ContainerDetail, ContainerFilter, ContainerSpec, ImageRef, NodeAddress, NodeName, Plan, PlanId,
        PlanState, Rollout,
        plan::{Kept, Order, PlanDetail, Selection},
    },
    node::{NodeSettings, SimConnector},
    store::{Keyring, MemoryStore, Store},
};
use jiff::{SignedDuration, Timestamp};

/// How much faster time runs.
const SPEED: u32 = 100;

/// A clock that runs fast.
#[derive(Debug)]
pub(crate) struct FastClock {
    begun: Instant,
    at: Timestamp,
    chance: SystemClock,
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.at + SignedDuration::try_from(self.elapsed()).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed() * SPEED
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration / SPEED))
    }

    fn random(&self) -> u64 {
        self.chance.random()
    }
}

/// Engines, a store, and what masters share.
pub(crate) struct Fleet {
    pub(crate) engines: SimConnector,
    store: Arc<dyn Store>,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
    nodes: Vec<NodeName>,
}

/// Calls that change something on an engine, and are thought of as effects.
const EFFECTS: [&str; 9] = [
    "create_container",
    "start_container",
    "stop_container",
    "rename_container",
    "update_container",
    "remove_container",
    "pause_container",
    "unpause_container",
    "pull_image",
];

/// Whether a master hangs before an effect, or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// Counts effects, and hangs at one of them, as a process does that is killed there, until it is let go on.
#[derive(Debug)]
pub(crate) struct Hangs {
    at: Option<(u64, Moment)>,
    /// A call that is refused, and how often.
    refuses: Mutex<Option<(&'static str, u32)>>,
    effects: AtomicU64,
    pub(crate) hung: tokio::sync::watch::Sender<bool>,
    pub(crate) go_on: tokio::sync::watch::Sender<bool>,
    pub(crate) log: Mutex<Vec<String>>,
    /// Those of `log` that have come back.
    pub(crate) done: Mutex<Vec<String>>,
}

impl Hangs {
    pub(crate) fn never() -> Arc<Self> {
        Self::at(None)
    }

    pub(crate) fn at(at: Option<(u64, Moment)>) -> Arc<Self> {
        Arc::new(Self {
            at,
            refuses: Mutex::default(),
            effects: AtomicU64::new(0),
            hung: tokio::sync::watch::Sender::new(false),
            go_on: tokio::sync::watch::Sender::new(false),
            log: Mutex::default(),
            done: Mutex::default(),
        })
    }

    /// Refuses a call so many times.
    pub(crate) fn refusing(op: &'static str, times: u32) -> Arc<Self> {
        let hook = Self::never();
        *hook.refuses.lock().unwrap() = Some((op, times));
        hook
    }

    /// How many effects there were.
    pub(crate) fn effects(&self) -> u64 {
        self.effects.load(Ordering::SeqCst)
    }

    async fn hang(&self) {
        self.hung.send_replace(true);
        let _ = self.go_on.subscribe().wait_for(|go_on| *go_on).await;
    }
}

#[async_trait]
impl Hook for Hangs {
    async fn before(&self, call: Call<'_>) -> Result<()> {
        if let Some((op, left @ 1..)) = self.refuses.lock().unwrap().as_mut()
            && *op == call.op
        {
            *left -= 1;
            return Err(haven_core::Error::conflict("refused by the test"));
        }
        if EFFECTS.contains(&call.op) {
            self.log.lock().unwrap().push(format!("{} {} {}", call.engine, call.op, call.target));
            let number = self.effects.fetch_add(1, Ordering::SeqCst);
            if self.at == Some((number, Moment::Before)) {
                self.hang().await;
            }
        }
        Ok(())
    }

    async fn after(&self, call: Call<'_>, _: bool) -> Result<()> {
        if EFFECTS.contains(&call.op) {
            self.done.lock().unwrap().push(format!("{} {} {}", call.engine, call.op, call.target));
        }
        if EFFECTS.contains(&call.op) && self.at == Some((self.effects() - 1, Moment::After)) {
            self.hang().await;
        }
        Ok(())
    }
}

/// A container as far as it must be the same again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kin {
    pub(crate) id: String,
    pub(crate) spec: ContainerSpec,
    pub(crate) running: bool,
}

impl Fleet {
    /// Nodes `n1`, `n2`, … with a store in memory.
    pub(crate) async fn of(nodes: usize) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(FastClock {
            begun: Instant::now(),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            chance: SystemClock::default(),
        });
        let fleet = Self {
            engines: SimConnector::new(clock.clone()),
            store: Arc::new(MemoryStore::new(&*clock)),
            keyring: Keyring::generate().unwrap(),
            clock,
            nodes: (1..=nodes).map(|number| NodeName::new(format!("n{number}")).unwrap()).collect(),
        };
        let haven = fleet.master(&Hangs::never()).await;
        for node in &fleet.nodes {
            haven.nodes().register(node, NodeAddress::Sim).await.unwrap();
            haven.nodes().wait_online(node).await.unwrap();
        }
        haven.close().await;
        fleet
    }

    /// Where its state is.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Another master of the same fleet.
    pub(crate) async fn master(&self, hook: &Arc<Hangs>) -> Haven {
        self.master_on(self.store(), hook).await
    }

    /// The same, that asks its store through another.
    pub(crate) async fn master_on(&self, store: Arc<dyn Store>, hook: &Arc<Hangs>) -> Haven {
        self.master_with(store, hook.clone()).await
    }

    /// The same, with any hook.
    pub(crate) async fn master_with(&self, store: Arc<dyn Store>, hook: Arc<dyn Hook>) -> Haven {
        // On this clock a machine that is busy is late by seconds: that is no loss of contact.
        let unknown_after = Duration::from_secs(120);
        let settings = NodeSettings { relist: None, sample: None, unknown_after, ..NodeSettings::default() };
        let haven = Haven::builder()
            .store(store)
            .keyring(self.keyring.clone())
            .clock(self.clock.clone())
            .connector(self.engines.clone())
            .hook(hook)
            .settings(settings)
            .build()
            .await
            .unwrap();
        for node in haven.nodes().list().await.unwrap() {
            haven.nodes().wait_online(&node.name).await.unwrap();
        }
        haven
    }

    pub(crate) fn nodes(&self) -> &[NodeName] {
        &self.nodes
    }

    /// Every container of the fleet by node and name.
    pub(crate) async fn containers(&self) -> BTreeMap<(String, String), Kin> {
        let mut all = BTreeMap::new();
        for node in &self.nodes {
            let engine = self.engines.engine(node);
            for Container { id, .. } in engine.containers(&ContainerFilter::default()).await.unwrap() {
                let ContainerDetail { id, name, spec, state, .. } = engine.container(&id.into()).await.unwrap();
                let kin = Kin { id: id.to_string(), spec, running: state.is_running() };
                all.insert((node.to_string(), name), kin);
            }
        }
        all
    }

    /// The same without what is parked.
    pub(crate) async fn living(&self) -> BTreeMap<(String, String), Kin> {
        let mut all = self.containers().await;
        all.retain(|(_, name), _| !name.ends_with("-old"));
        all
    }
}

pub(crate) fn nginx(tag: &str) -> ContainerSpec {
    ContainerSpec::new(ImageRef::new(format!("nginx:{tag}")).unwrap())
}

/// A quick rollout in an order.
pub(crate) fn rollout(order: Order) -> Rollout {
    Rollout { order, monitor: 1.0, timeout: Some(10.0), ..Rollout::default() }
}

/// An update of every nginx to a tag.
pub(crate) fn update(to: &str, rollout: Rollout) -> UpdateRequest {
    let selection = Selection { image: vec!["nginx".into()], ..Selection::default() };
    UpdateRequest { selection, to: Some(to.into()), rollout, ..UpdateRequest::default() }
}

pub(crate) async fn plan(haven: &Haven, request: UpdateRequest) -> Plan {
    haven.call(PlanUpdate(request)).await.unwrap()
}

pub(crate) async fn rollback(haven: &Haven, plan: &PlanId) -> Plan {
    haven.call(PlanRollback { plan: plan.clone() }).await.unwrap()
}

pub(crate) async fn begin(haven: &Haven, plan: &PlanId) {
    haven.call(ApplyPlan { plan: plan.clone(), contents: None }).await.unwrap();
}

/// Waits until the plan is at rest, for at most half a minute.
pub(crate) async fn rest(haven: &Haven, plan: &PlanId) -> PlanDetail {
    let followed = async {
        let mut progress = haven.follow(FollowPlan { plan: plan.clone() }).await.unwrap();
        while let Some(told) = progress.next().await {
            told.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), followed).await.expect("the plan does not come to rest");
    haven.call(GetPlan { plan: plan.clone() }).await.unwrap()
}

pub(crate) async fn apply(haven: &Haven, plan: &PlanId) -> PlanDetail {
    begin(haven, plan).await;
    rest(haven, plan).await
}

pub(crate) async fn kept(haven: &Haven) -> Vec<Kept> {
    haven.call(ListKept {}).await.unwrap()
}

pub(crate) fn is_applied(detail: &PlanDetail) {
    assert_eq!(detail.status.state, PlanState::Applied, "{:#?}", detail.steps);
}
