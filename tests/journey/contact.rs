//! Engines that stop, hang and are cut off: unknown within the stated time, never gone, and back by themselves.

use std::time::{Duration, Instant};

use haven::{
    Haven,
    model::{ClusterName, ContainerRef, NodeStatus},
    node::NodeSettings,
};
use haven_testkit::{bed::Bed, bed_or_skip};

use super::{fleet, node, talker, within};

async fn status(haven: &Haven, name: &str) -> NodeStatus {
    haven.nodes().get(&node(name)).await.unwrap().status
}

/// Unknown within its stated time, listed as last seen, and the others not stalled.
async fn is_lost(haven: &Haven, name: &str, unknown_after: Duration) {
    within(unknown_after + Duration::from_secs(2), "unknown", || async {
        status(haven, name).await == NodeStatus::Unknown
    })
    .await;
    let begun = Instant::now();
    let listing = haven.containers().list().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "a lost node stalls the list");
    assert_eq!(listing.missing.len(), 1);
    assert!(listing.stale);
    assert!(listing.items.iter().any(|at| at.node == node(name)), "what was last seen stays listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_stop_hang_or_are_cut_off_are_unknown_and_come_back() {
    let bed = bed_or_skip!(Bed::with_engines(2));
    let unknown_after = Duration::from_secs(4);
    let settings = NodeSettings { unknown_after, ..NodeSettings::default() };
    let haven = fleet(&bed, &ClusterName::new("bed").unwrap(), settings, "memory:").await;
    let engine = bed.engine(0);
    let name = engine.name();
    let id = haven.containers().run(&node(name), "stays", talker()).await.unwrap();
    let back = || {
        within(Duration::from_secs(40), "online again", || async { status(&haven, name).await == NodeStatus::Online })
    };

    engine.stop().await.unwrap();
    is_lost(&haven, name, unknown_after).await;
    engine.restart().await.unwrap();
    back().await;

    engine.pause().await.unwrap();
    is_lost(&haven, name, unknown_after).await;
    engine.resume().await.unwrap();
    back().await;

    engine.cut_off().await.unwrap();
    is_lost(&haven, name, unknown_after).await;
    // While the machine is away its container is started anew by hand: what happened meanwhile is told afterwards.
    let started = engine.docker().args(["start", "stays"]).status().unwrap();
    assert!(started.success());
    engine.reconnect().await.unwrap();
    back().await;
    within(Duration::from_secs(30), "the inventory follows again", || async {
        let found = haven.containers().find(&ContainerRef::from(&id)).await;
        found.is_ok_and(|at| at.item.is_running())
    })
    .await;
    within(Duration::from_secs(30), "what happened in between is in the journal", || async {
        let events = haven.events().list(haven::model::Severity::Info).await.unwrap();
        events.iter().filter(|event| event.id == id.as_str() && event.action == "start").count() == 2
    })
    .await;
    haven.close().await;
    bed.shutdown().await.unwrap();
}
