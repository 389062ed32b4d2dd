//! Clusters: the two that always exist, and those that are made.

use std::sync::Arc;

use haven_core::{
    ErrorKind,
    clock::{Clock, SystemClock},
    model::{ClusterKind, Severity},
    store::{Keyring, MemoryStore},
};
use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule};

use super::{bed::eventually, cluster, fleet, node};

#[tokio::test]
async fn all_and_orphans_always_exist_and_stay() {
    let haven = fleet().await;
    let names: Vec<String> =
        haven.clusters().list().await.unwrap().iter().map(|cluster| cluster.name.to_string()).collect();
    assert_eq!(names, ["all", "orphans"]);
    for name in ["all", "orphans"] {
        assert_eq!(haven.clusters().delete(&cluster(name)).await.unwrap_err().kind(), ErrorKind::Denied);
        assert_eq!(haven.clusters().create(&cluster(name), "").await.unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(haven.clusters().get(&cluster(name)).await.unwrap().kind, ClusterKind::Builtin);
    }
}

#[tokio::test]
async fn nodes_come_and_go_and_a_deleted_cluster_leaves_orphans() {
    let haven = fleet().await;
    haven.clusters().create(&cluster("web"), "shops").await.unwrap();
    haven.nodes().register(&node("a"), "tcp://127.0.0.1:1".parse().unwrap()).await.unwrap();
    let orphans = || async { haven.clusters().get(&cluster("orphans")).await.unwrap().nodes.total };
    assert_eq!(orphans().await, 1);
    haven.clusters().add_node(&cluster("web"), &node("a")).await.unwrap();
    assert_eq!((orphans().await, haven.clusters().get(&cluster("web")).await.unwrap().nodes.total), (0, 1));
    haven.clusters().create(&cluster("db"), "").await.unwrap();
    let elsewhere = haven.clusters().remove_node(&cluster("db"), &node("a")).await.unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::Conflict);
    haven.clusters().delete(&cluster("web")).await.unwrap();
    assert_eq!(orphans().await, 1);
    assert_eq!(haven.nodes().get(&node("a")).await.unwrap().cluster, None);
    let gone = haven.clusters().add_node(&cluster("web"), &node("a")).await.unwrap_err();
    assert_eq!((gone.kind(), gone.message()), (ErrorKind::NotFound, "no cluster `web`"));
}

#[tokio::test]
async fn a_change_meant_for_another_revision_is_refused() {
    use haven_core::door::ops::clusters::UpdateCluster;
    let haven = fleet().await;
    let made = haven.clusters().create(&cluster("web"), "one").await.unwrap();
    let update = |description: &str| UpdateCluster {
        description: Some(description.to_owned()),
        revision: made.revision,
        ..UpdateCluster::of(&cluster("web"))
    };
    let changed = haven.call(update("two")).await.unwrap();
    assert_eq!(changed.description, "two");
    assert_ne!(changed.revision, made.revision);
    assert_eq!(haven.call(update("three")).await.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_deletion_that_is_cut_short_gives_no_node_to_a_later_cluster_of_that_name() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let faults = Faults::seeded(1);
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new(&*clock)), faults.clone()));
    let haven = super::on(store, Keyring::generate().unwrap()).await;
    haven.clusters().create(&cluster("web"), "").await.unwrap();
    haven.nodes().register(&node("a"), "tcp://127.0.0.1:1".parse().unwrap()).await.unwrap();
    haven.clusters().add_node(&cluster("web"), &node("a")).await.unwrap();
    faults.add(Rule::always("store.txn", Fault::Unreachable).on("nodes/a"));
    haven.clusters().delete(&cluster("web")).await.unwrap();
    assert_eq!(haven.clusters().get(&cluster("orphans")).await.unwrap().nodes.total, 1);
    faults.heal();
    assert_eq!(haven.clusters().create(&cluster("web"), "").await.unwrap().nodes.total, 0);
    assert_eq!(haven.nodes().get(&node("a")).await.unwrap().cluster, None);
}

#[tokio::test]
async fn a_move_is_told_of_both_clusters_and_nothing_of_what_changes_nothing() {
    let haven = fleet().await;
    haven.nodes().register(&node("a"), "tcp://127.0.0.1:1".parse().unwrap()).await.unwrap();
    for name in ["web", "db"] {
        haven.clusters().create(&cluster(name), "").await.unwrap();
    }
    for name in ["web", "web", "db"] {
        haven.clusters().add_node(&cluster(name), &node("a")).await.unwrap();
    }
    let wanted = ["cluster web: node a added", "cluster web: node a removed", "cluster db: node a added"];
    eventually("all are told, and nothing else", || async {
        let events = haven.events().list(Severity::Info).await.unwrap();
        let moves = events.iter().filter(|event| event.kind == "cluster" && event.action.ends_with("_node"));
        moves.map(|event| event.message.as_str()).eq(wanted)
    })
    .await;
}
