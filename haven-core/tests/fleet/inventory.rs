//! The live inventory: equal to the engine's own list, and never silently stale.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use haven_core::{
    Error, Haven, Result,
    clock::{Clock, SystemClock},
    door::ops::{
        containers::{ContainerHistory, ListContainers},
        images::ListImages,
        nodes::UpdateNode,
        volumes::ListVolumes,
    },
    engine::{Call, Containers as _, Hook, Images as _, Volumes as _, sim::SimEngine},
    model::{
        Container, ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec, ImageRef, NodeAddress,
        NodeStatus, Severity, VolumeName, VolumeSpec,
        container::{RemoveOptions, StopOptions},
    },
    node::{NodeSettings, SimConnector},
    store::MemoryStore,
};

use super::node;

/// Counts lists, and cuts events or everything.
#[derive(Debug, Default)]
struct Wire {
    lists: AtomicU64,
    acts: AtomicU64,
    requests: AtomicU64,
    events_cut: AtomicBool,
    silent: AtomicBool,
}

#[async_trait]
impl Hook for Wire {
    async fn before(&self, call: Call<'_>) -> Result<()> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if call.op == "containers" {
            self.lists.fetch_add(1, Ordering::SeqCst);
        }
        if call.op.contains('_') && !call.op.starts_with("stats") {
            self.acts.fetch_add(1, Ordering::SeqCst);
        }
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if call.op == "events" && self.events_cut.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the events are cut"));
        }
        Ok(())
    }

    async fn item(&self, call: Call<'_>) -> Result<()> {
        if call.op == "events" && self.events_cut.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the events are cut"));
        }
        Ok(())
    }
}

struct Bench {
    haven: Haven,
    engines: SimConnector,
    wire: Arc<Wire>,
}

async fn bench(settings: NodeSettings) -> Bench {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let engines = SimConnector::new(clock.clone());
    let wire = Arc::new(Wire::default());
    let haven = Haven::builder()
        .store(Arc::new(MemoryStore::new(&*clock)))
        .clock(clock)
        .connector(engines.clone())
        .hook(wire.clone())
        .settings(settings)
        .build()
        .await
        .unwrap();
    Bench { haven, engines, wire }
}

impl Bench {
    async fn add(&self, name: &str) -> SimEngine {
        self.haven.nodes().register(&node(name), NodeAddress::Sim).await.unwrap();
        self.haven.nodes().wait_online(&node(name)).await.unwrap();
        self.engines.engine(&node(name))
    }

    async fn seen(&self, name: &str) -> (Vec<Container>, bool) {
        let listing = self
            .haven
            .containers()
            .list_with(ListContainers { node: Some(node(name)), ..ListContainers::default() })
            .await
            .unwrap();
        (listing.items.into_iter().map(|at| at.item).collect(), listing.stale)
    }
}

fn quiet() -> NodeSettings {
    NodeSettings { relist: None, sample: None, ..NodeSettings::default() }
}

fn spec() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("nginx").unwrap())
}

fn stripped(mut containers: Vec<Container>) -> Vec<Container> {
    for container in &mut containers {
        container.status.clear();
    }
    containers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    containers
}

/// Waits until `holds`, for at most ten seconds.
pub(super) async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_changes_without_a_relist_leave_it_equal_to_the_engine() {
    let soak = std::env::var_os("HAVEN_SOAK").is_some();
    let changes = if soak { 10_000 } else { 2_000 };
    let seed: u64 = std::env::var("HAVEN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("seed {seed}, {changes} changes");
    let bench = bench(quiet()).await;
    let engine = bench.add("a").await;
    let dice = haven_core::clock::ManualClock::seeded(seed);
    let mut ids: Vec<ContainerId> = Vec::new();
    for number in 0..changes {
        let pick = (!ids.is_empty()).then(|| usize::try_from(dice.random() % ids.len() as u64).unwrap());
        match (dice.random() % 6, pick) {
            (0 | 1, _) | (_, None) => {
                let name = ContainerName::new(format!("c{number}")).unwrap();
                ids.push(engine.create_container(Some(&name), &spec()).await.unwrap());
            }
            (2, Some(at)) => drop(engine.start_container(&(&ids[at]).into()).await),
            (3, Some(at)) => {
                drop(engine.stop_container(&(&ids[at]).into(), &StopOptions { timeout: Some(0) }).await);
            }
            (4, Some(at)) => {
                let name = ContainerName::new(format!("r{number}")).unwrap();
                drop(engine.rename_container(&(&ids[at]).into(), &name).await);
            }
            (_, Some(at)) => {
                let options = RemoveOptions { force: true, volumes: false };
                drop(engine.remove_container(&(&ids.swap_remove(at)).into(), &options).await);
            }
        }
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    eventually("the inventory settles", || async { !bench.seen("a").await.1 }).await;
    let wanted = stripped(engine.containers(&ContainerFilter::default()).await.unwrap());
    let (seen, _) = bench.seen("a").await;
    assert_eq!(stripped(seen), wanted);
    assert!(bench.wire.lists.load(Ordering::SeqCst) < changes / 2, "a burst is one list");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_events_cut_stale_is_said_before_the_first_wrong_answer() {
    let bench = bench(quiet()).await;
    let engine = bench.add("a").await;
    assert!(!bench.seen("a").await.1);
    bench.wire.events_cut.store(true, Ordering::SeqCst);
    // The first event after the cut is the one that does not arrive.
    let id = engine.create_container(None, &spec()).await.unwrap();
    eventually("stale", || async { bench.seen("a").await.1 }).await;
    eventually("unknown", || async {
        bench.haven.nodes().get(&node("a")).await.unwrap().status == NodeStatus::Unknown
    })
    .await;
    let listing = bench.haven.containers().list().await.unwrap();
    assert_eq!(listing.missing.len(), 1, "what is missing is data");
    bench.wire.events_cut.store(false, Ordering::SeqCst);
    eventually("it recovers by itself", || async {
        let (seen, stale) = bench.seen("a").await;
        !stale && seen.iter().any(|container| container.id == id)
    })
    .await;
}

/// The messages of what was said of a node itself.
async fn said_of_node(haven: &Haven, action: &str) -> Vec<String> {
    let events = haven.events().list(Severity::Info).await.unwrap();
    events
        .into_iter()
        .filter(|event| event.kind == "node" && event.action == action)
        .map(|event| event.message)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_that_a_replay_bridges_loses_no_event_and_a_longer_one_says_so() {
    let bench = bench(NodeSettings { unknown_after: Duration::from_secs(2), ..quiet() }).await;
    let engine = bench.add("a").await;
    let created = async || {
        let events = bench.haven.events().list(Severity::Info).await.unwrap();
        events.iter().filter(|event| event.kind == "container" && event.action == "create").count()
    };
    let status = async || bench.haven.nodes().get(&node("a")).await.unwrap().status;
    engine.create_container(None, &spec()).await.unwrap();
    eventually("heard", || async { created().await == 1 }).await;
    for (missed, gaps) in [(100, 0), (600, 1)] {
        let before = created().await;
        bench.wire.events_cut.store(true, Ordering::SeqCst);
        for _ in 0..missed {
            engine.create_container(None, &spec()).await.unwrap();
        }
        eventually("unknown", || async { status().await == NodeStatus::Unknown }).await;
        bench.wire.events_cut.store(false, Ordering::SeqCst);
        eventually("online", || async { status().await == NodeStatus::Online }).await;
        engine.create_container(None, &spec()).await.unwrap();
        if gaps == 0 {
            eventually("all are told", || async { created().await == before + missed + 1 }).await;
        }
        eventually("a gap is said", || async { said_of_node(&bench.haven, "gap").await.len() == gaps }).await;
    }
    let message = said_of_node(&bench.haven, "gap").await.remove(0);
    assert!(message.contains("may be missing"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_is_unknown_in_its_time_and_does_not_stall_the_others() {
    let settings = NodeSettings { unknown_after: Duration::from_secs(1), ..quiet() };
    let hanging = bench(settings).await;
    let engine = hanging.add("a").await;
    engine.create_container(None, &spec()).await.unwrap();
    eventually("listed", || async { hanging.seen("a").await.0.len() == 1 }).await;
    hanging.wire.silent.store(true, Ordering::SeqCst);
    eventually("unknown", || async {
        hanging.haven.nodes().get(&node("a")).await.unwrap().status == NodeStatus::Unknown
    })
    .await;
    let (seen, stale) = hanging.seen("a").await;
    assert_eq!((seen.len(), stale), (1, true), "as last seen, and marked");
    let events = hanging.haven.events().list(Severity::Warning).await.unwrap();
    assert!(events.iter().any(|event| event.action == "unknown"), "{events:?}");
    hanging.wire.silent.store(false, Ordering::SeqCst);
    eventually("back", || async { hanging.haven.nodes().get(&node("a")).await.unwrap().status == NodeStatus::Online })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_container_does_takes_no_time_back_from_another() {
    let bench = bench(quiet()).await;
    bench.add("a").await;
    let run = async |name: &str| bench.haven.containers().run(&node("a"), name, spec()).await.unwrap();
    run("first").await;
    let status = async || {
        let (seen, _) = bench.seen("a").await;
        seen.into_iter().find(|container| container.name == "first").unwrap().status
    };
    eventually("time goes on", || async { status().await == "Up 1 second" }).await;
    run("second").await;
    let after = status().await;
    assert!(after.starts_with("Up ") && after != "Up Less than a second", "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_changed_is_no_lost_contact_and_a_node_that_is_removed_leaves_nothing() {
    let bench = bench(quiet()).await;
    let engine = bench.add("a").await;
    engine.create_container(None, &spec()).await.unwrap();
    let store = bench.haven.services().unwrap().store.clone();
    let kept = async || {
        let key = haven_core::store::Key::new("lastseen/").unwrap();
        store.list(&key).await.unwrap().entries.len()
    };
    eventually("it is remembered", || async { kept().await == 1 }).await;
    let elsewhere = UpdateNode {
        node: node("a"),
        address: Some("127.0.0.1:1".parse().unwrap()),
        labels: None,
        tls: None,
        revision: None,
    };
    bench.haven.call(elsewhere).await.unwrap();
    eventually("it is away", || async { !said_of_node(&bench.haven, "unknown").await.is_empty() }).await;
    let message = said_of_node(&bench.haven, "unknown").await.remove(0);
    assert!(message.contains("127.0.0.1:1") && !message.contains("changed"), "{message}");
    engine.create_container(None, &spec()).await.unwrap();
    bench.haven.nodes().remove(&node("a")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(kept().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_last_is_written_when_contact_is_lost_at_once() {
    let bench = bench(quiet()).await;
    bench.add("a").await;
    let store = bench.haven.services().unwrap().store.clone();
    bench.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    // Sooner than what changed is written by itself.
    bench.engines.engine(&node("a")).disconnect();
    eventually("it is remembered", || async {
        let key = haven_core::store::Key::new("lastseen/").unwrap();
        store.list(&key).await.unwrap().entries.len() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_contact_restarts_nothing() {
    let bench = bench(NodeSettings { unknown_after: Duration::from_secs(1), ..quiet() }).await;
    let engine = bench.add("a").await;
    let id = bench.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    let state = async || engine.container(&ContainerRef::from(&id)).await.unwrap().state;
    let before = state().await;
    bench.wire.acts.store(0, Ordering::SeqCst);
    for _ in 0..3 {
        bench.wire.silent.store(true, Ordering::SeqCst);
        eventually("unknown", || async {
            bench.haven.nodes().get(&node("a")).await.unwrap().status == NodeStatus::Unknown
        })
        .await;
        bench.wire.silent.store(false, Ordering::SeqCst);
        bench.haven.nodes().wait_online(&node("a")).await.unwrap();
    }
    assert_eq!(state().await, before);
    assert_eq!(bench.wire.acts.load(Ordering::SeqCst), 0, "nobody was asked to do anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_ten_thousand_objects_is_a_page() {
    let bench = bench(quiet()).await;
    let engine = bench.add("a").await;
    for _ in 0..10_000 {
        engine.create_container(None, &spec()).await.unwrap();
    }
    eventually("settled", || async {
        let (seen, stale) = bench.seen("a").await;
        seen.len() == 10_000 && !stale
    })
    .await;
    let requests = bench.wire.requests.load(Ordering::SeqCst);
    let page = ListContainers { limit: Some(50), ..ListContainers::default() };
    let page = bench.haven.containers().list_with(page).await.unwrap();
    assert_eq!(page.items.len(), 50);
    assert!(page.next.is_some());
    let bytes = serde_json::to_vec(&page).unwrap().len();
    assert!(bytes < 50 * 1024, "{bytes} bytes for fifty containers");
    assert_eq!(bench.wire.requests.load(Ordering::SeqCst), requests, "the engine is not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_used_is_kept_while_it_runs() {
    let settings = NodeSettings { sample: Some(Duration::from_millis(20)), ..quiet() };
    let bench = bench(settings).await;
    bench.add("a").await;
    let id = bench.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    let web = ContainerRef::from(&id);
    let history = async || {
        let operation = ContainerHistory { node: node("a"), container: web.clone() };
        bench.haven.call(operation).await.unwrap()
    };
    eventually("the oldest are given up", || async {
        // The first sample of all has no CPU figure: it takes two.
        history().await.first().is_some_and(|oldest| oldest.cpu_percent.is_some())
    })
    .await;
    let kept = history().await;
    assert_eq!(kept.len(), 60);
    assert!(kept.is_sorted_by_key(|sample| sample.read) && kept[0].read < kept[59].read, "oldest first");
    bench.haven.containers().stop(&node("a"), &web).await.unwrap();
    eventually("nothing of what does not run", || async { history().await.is_empty() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_costs_one_request_a_node_however_many_containers() {
    let bench = bench(quiet()).await;
    for name in ["a", "b", "c"] {
        let engine = bench.add(name).await;
        for _ in 0..20 {
            engine.create_container(None, &spec()).await.unwrap();
        }
    }
    eventually("settled", || async { bench.haven.containers().list().await.unwrap().items.len() == 60 }).await;
    eventually("quiet", || async { !bench.haven.containers().list().await.unwrap().stale }).await;
    let before = bench.wire.requests.load(Ordering::SeqCst);
    let listing = bench.haven.containers().list().await.unwrap();
    assert_eq!(
        (listing.items.len(), bench.wire.requests.load(Ordering::SeqCst)),
        (60, before),
        "the inventory asks nobody"
    );
    let lists = bench.wire.lists.load(Ordering::SeqCst);
    let fresh = ListContainers { fresh: true, ..ListContainers::default() };
    assert_eq!(bench.haven.containers().list_with(fresh).await.unwrap().items.len(), 60);
    assert_eq!(bench.wire.lists.load(Ordering::SeqCst) - lists, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_something_sees_it_in_the_next_list() {
    let bench = bench(NodeSettings { coalesce: Duration::from_millis(200), ..quiet() }).await;
    bench.add("a").await;
    for number in 0..5 {
        let id = bench.haven.containers().run(&node("a"), &format!("c{number}"), spec()).await.unwrap();
        let (seen, _) = bench.seen("a").await;
        assert!(seen.iter().any(|container| container.id == id && container.is_running()), "number {number}");
        bench.haven.containers().remove(&node("a"), &ContainerRef::from(&id)).await.unwrap();
        assert!(bench.seen("a").await.0.is_empty(), "number {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_page_without_gap_or_repeat() {
    let bench = bench(quiet()).await;
    for name in ["a", "b"] {
        let engine = bench.add(name).await;
        for _ in 0..13 {
            engine.create_container(None, &spec()).await.unwrap();
        }
    }
    eventually("settled", || async { bench.haven.containers().list().await.unwrap().items.len() == 26 }).await;
    let (mut cursor, mut ids) = (None, Vec::new());
    loop {
        let page = ListContainers { limit: Some(7), cursor, ..ListContainers::default() };
        let page = bench.haven.containers().list_with(page).await.unwrap();
        ids.extend(page.items.into_iter().map(|at| at.item.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let total = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((total, ids.len()), (26, 26));
}

#[tokio::test(flavor = "multi_thread")]
async fn images_and_volumes_page_without_gap_or_repeat() {
    let bench = bench(quiet()).await;
    for name in ["a", "b"] {
        let engine = bench.add(name).await;
        for number in 0..5 {
            let tag = ImageRef::new(format!("nginx:{number}")).unwrap();
            engine.tag_image(&ImageRef::new("nginx").unwrap(), &tag).await.unwrap();
            let name = VolumeName::new(format!("v{number}")).unwrap();
            let spec = VolumeSpec { name, driver: None, options: [].into(), labels: [].into() };
            engine.create_volume(&spec).await.unwrap();
        }
    }
    let whole = bench.haven.call(ListImages::default()).await.unwrap();
    let (mut cursor, mut images) = (None, Vec::new());
    loop {
        let page = bench.haven.call(ListImages { limit: Some(1), cursor, ..ListImages::default() }).await.unwrap();
        assert!(page.items.len() <= 1);
        images.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(images, whole.items);
    let (mut cursor, mut volumes) = (None, Vec::new());
    loop {
        let page = bench.haven.call(ListVolumes { limit: Some(3), cursor, ..ListVolumes::default() }).await.unwrap();
        volumes.extend(page.items.into_iter().map(|at| format!("{}/{}", at.node, at.item.name)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted: Vec<String> =
        ["a", "b"].iter().flat_map(|node| (0..5).map(move |number| format!("{node}/v{number}"))).collect();
    assert_eq!(volumes, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_fleet_writes_nothing() {
    let settings = NodeSettings {
        relist: Some(Duration::from_millis(200)),
        sample: Some(Duration::from_millis(200)),
        unknown_after: Duration::from_secs(2),
        ..NodeSettings::default()
    };
    let bench = bench(settings).await;
    let engine = bench.add("a").await;
    for _ in 0..50 {
        let id = engine.create_container(None, &spec()).await.unwrap();
        engine.start_container(&id.into()).await.unwrap();
    }
    eventually("settled", || async { !bench.haven.containers().list().await.unwrap().stale }).await;
    let services = bench.haven.services().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    services.journal.flush().await;
    let before = services.store.status().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(services.store.status().await.unwrap(), before);
    let top = bench.haven.top().containers(haven_core::model::metrics::TopBy::Cpu).await.unwrap();
    assert_eq!(top.len(), 50, "and yet it is sampled");
}
