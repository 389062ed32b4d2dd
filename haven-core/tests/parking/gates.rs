//! Health gates on a real engine: by the container's own check, by a port, a page, a program.

use haven_core::{
    deploy::SpecChanges,
    model::{
        PlanState, Rollout,
        plan::{Gate, Order},
    },
};
use haven_testkit::bed::{BUSYBOX_2, HEALTHY, UNHEALTHY, WEB, WEB_2};

use crate::fleet::{Fleet, busybox, image, is_same, rollout};

fn gated(gate: Gate) -> Rollout {
    Rollout { gate, ..rollout(Order::StartFirst) }
}

impl Fleet {
    /// Updates the container, and answers why that failed; none: it did not. What failed is as it was.
    async fn updated(&self, name: &str, to: &str, changes: SpecChanges, how: Rollout) -> Option<String> {
        let before = self.living();
        let detail = self.apply(&self.plan_with(&[name], to, changes, how).await).await;
        if detail.status.state == PlanState::Applied {
            return None;
        }
        assert_eq!(detail.status.state, PlanState::RolledBack, "{:#?}", detail.steps);
        is_same(&before, &self.living());
        Some(detail.steps[0].error.as_ref().unwrap().message.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_containers_own_check_is_its_gate() {
    let Some(fleet) = Fleet::of("health").await else { return };
    let web = fleet.run("web", busybox()).await;
    let none = SpecChanges::default;
    let why = fleet.updated(&web, UNHEALTHY, none(), gated(Gate::Auto)).await.unwrap();
    assert!(why.contains("is unhealthy"), "{why}");
    let why = fleet.updated(&web, BUSYBOX_2, none(), gated(Gate::Health)).await.unwrap();
    assert!(why.contains("has no health check"), "{why}");
    assert_eq!(fleet.updated(&web, HEALTHY, none(), gated(Gate::Auto)).await, None);
    let seen = fleet.engine.inspect(&web).unwrap();
    assert_eq!(seen["State"]["Health"]["Status"], "healthy");
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_whose_program_ends_is_caught() {
    let Some(fleet) = Fleet::of("ends").await else { return };
    let web = fleet.run("web", busybox()).await;
    for (script, what) in [("exit 3", "ended with 3"), ("sleep 0.2; exit 4", "ended with 4")] {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let changes = SpecChanges { command: Some(command), ..SpecChanges::default() };
        let why = fleet.updated(&web, BUSYBOX_2, changes, gated(Gate::Running)).await.unwrap();
        assert!(why.contains(what), "{why}");
    }
    let changes = SpecChanges { command: Some(vec!["/no/such/program".into()]), ..SpecChanges::default() };
    let why = fleet.updated(&web, BUSYBOX_2, changes, gated(Gate::Running)).await.unwrap();
    assert!(why.contains("no such file"), "{why}");
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_is_a_gate() {
    let Some(fleet) = Fleet::of("port").await else { return };
    let web = fleet.run("web", image(WEB)).await;
    let none = SpecChanges::default;
    assert_eq!(fleet.updated(&web, WEB_2, none(), gated(Gate::Tcp { port: 8080 })).await, None);
    let how = Rollout { timeout: Some(1.0), ..gated(Gate::Tcp { port: 81 }) };
    let why = fleet.updated(&web, WEB, none(), how).await.unwrap();
    assert!(why.contains("is not ready after 1 s"), "{why}");
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_a_gate() {
    let Some(fleet) = Fleet::of("page").await else { return };
    let web = fleet.run("web", image(WEB)).await;
    let none = SpecChanges::default;
    let page = |path: &str| Gate::Http { port: 8080, path: path.into() };
    assert_eq!(fleet.updated(&web, WEB_2, none(), gated(page("/version"))).await, None);
    let how = Rollout { timeout: Some(1.0), ..gated(page("/none")) };
    let why = fleet.updated(&web, WEB, none(), how).await.unwrap();
    assert!(why.contains("is not ready after 1 s") && why.contains("404"), "{why}");
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_a_gate() {
    let Some(fleet) = Fleet::of("program").await else { return };
    let web = fleet.run("web", busybox()).await;
    let none = SpecChanges::default;
    let exec = |words: &[&str]| Gate::Exec { command: words.iter().map(|&word| word.to_owned()).collect() };
    assert_eq!(fleet.updated(&web, BUSYBOX_2, none(), gated(exec(&["test", "-d", "/www"]))).await, None);
    let changes = || SpecChanges { labels: [("again".into(), "yes".into())].into(), ..SpecChanges::default() };
    let how = Rollout { timeout: Some(1.0), ..gated(exec(&["sh", "-c", "echo not yet; exit 1"])) };
    let why = fleet.updated(&web, BUSYBOX_2, changes(), how).await.unwrap();
    assert!(why.contains("the probe ended with 1: not yet"), "{why}");
    // What can never be ready is not waited for.
    let begun = std::time::Instant::now();
    let why = fleet.updated(&web, BUSYBOX_2, changes(), gated(exec(&["no-such-program"]))).await.unwrap();
    assert!(why.contains("lacks"), "{why}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(6), "{:?}", begun.elapsed());
    fleet.clean().await;
}
