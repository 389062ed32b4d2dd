//! What containers are in full: inspected once, and never as they were before something happened to them.

use std::sync::{Arc, atomic::Ordering};

use haven_core::{
    ErrorKind,
    door::ops::containers::RenameContainer,
    engine::{Containers as _, Networks as _, sim::SimEngine},
    model::{
        ContainerDetail, ContainerId, ContainerName, ContainerRef, NodeAddress,
        container::{DisconnectOptions, RemoveOptions},
    },
};
use serde_json::json;

use super::{
    bed::{Bed, bed, eventually, quiet, spec},
    node,
};

async fn detail(bed: &Bed, id: &ContainerId) -> haven_core::Result<Arc<ContainerDetail>> {
    bed.haven.services().unwrap().nodes.detail(&node("a"), id).await
}

async fn running(engine: &SimEngine) -> ContainerId {
    let id = engine.create_container(None, &spec()).await.unwrap();
    engine.start_container(&(&id).into()).await.unwrap();
    id
}

fn inspections(bed: &Bed) -> u64 {
    bed.wire.inspections.swap(0, Ordering::SeqCst)
}

/// Waits until the inventory has taken all that was told.
async fn settled(bed: &Bed, containers: usize) {
    eventually("settled", || async {
        let (seen, stale) = bed.seen("a").await;
        seen.len() == containers && !stale
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_inspected_once_while_nothing_happens_to_it() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let (one, other) = (running(&engine).await, running(&engine).await);
    settled(&bed, 2).await;
    for _ in 0..3 {
        assert_eq!(detail(&bed, &one).await.unwrap().id, one);
        assert_eq!(detail(&bed, &other).await.unwrap().id, other);
    }
    assert_eq!(inspections(&bed), 2);
    engine.kill_container(&(&other).into(), None).await.unwrap();
    eventually("what happened is seen", || async { !detail(&bed, &other).await.unwrap().state.is_running() }).await;
    assert_eq!(detail(&bed, &one).await.unwrap().id, one);
    settled(&bed, 2).await;
    inspections(&bed);
    detail(&bed, &one).await.unwrap();
    assert_eq!(inspections(&bed), 0, "nothing happened to this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_the_machine_is_in_the_next_detail() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let network = serde_json::from_value(json!({ "name": "back" })).unwrap();
    engine.create_network(&network).await.unwrap();
    let id = running(&engine).await;
    let container = ContainerRef::from(&id);
    settled(&bed, 1).await;
    detail(&bed, &id).await.unwrap();

    engine.rename_container(&container, &ContainerName::new("other").unwrap()).await.unwrap();
    eventually("renamed", || async { detail(&bed, &id).await.unwrap().name == "other" }).await;
    let connection = serde_json::from_value(json!({ "network": "back" })).unwrap();
    engine.connect_network(&container, &connection).await.unwrap();
    let is_connected = async || detail(&bed, &id).await.unwrap().networks.contains_key("back");
    eventually("connected", &is_connected).await;
    engine.disconnect_network(&container, &"back".try_into().unwrap(), &DisconnectOptions::default()).await.unwrap();
    eventually("disconnected", || async { !is_connected().await }).await;
    engine.kill_container(&container, None).await.unwrap();
    eventually("ended", || async { !detail(&bed, &id).await.unwrap().state.is_running() }).await;
    settled(&bed, 1).await;
    detail(&bed, &id).await.unwrap();
    engine.connect_network(&container, &connection).await.unwrap();
    assert!(is_connected().await, "of which no event tells");
    let options = RemoveOptions { force: true, ..RemoveOptions::default() };
    engine.remove_container(&container, &options).await.unwrap();
    let is_gone = || async { detail(&bed, &id).await.is_err_and(|error| error.kind() == ErrorKind::NotFound) };
    eventually("gone", is_gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_a_container_sees_the_change_in_its_next_detail() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    let id = bed.haven.containers().run(&node("a"), "web-0", spec()).await.unwrap();
    for number in 0..20 {
        let before = detail(&bed, &id).await.unwrap();
        assert_eq!(before.name, format!("web-{number}"));
        let name = ContainerName::new(format!("web-{}", number + 1)).unwrap();
        // Once by its id, once by its name.
        let meant = if number % 2 == 0 { ContainerRef::from(&id) } else { before.name.as_str().try_into().unwrap() };
        bed.haven.call(RenameContainer { node: node("a"), container: meant, name }).await.unwrap();
    }
    bed.haven.containers().stop(&node("a"), &(&id).into()).await.unwrap();
    assert!(!detail(&bed, &id).await.unwrap().state.is_running());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_nobody_listened_is_in_the_next_detail() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let id = running(&engine).await;
    settled(&bed, 1).await;
    let before = detail(&bed, &id).await.unwrap();
    bed.wire.events_cut.store(true, Ordering::SeqCst);
    // The cut is noticed by the event that it swallows.
    engine.rename_container(&(&id).into(), &ContainerName::new("other").unwrap()).await.unwrap();
    let is_cut = || async { detail(&bed, &id).await.is_err_and(|error| error.kind() == ErrorKind::Unavailable) };
    eventually("without contact there is none", is_cut).await;
    bed.wire.events_cut.store(false, Ordering::SeqCst);
    eventually("back", || async { detail(&bed, &id).await.is_ok() }).await;
    assert_ne!(before.name, "other");
    assert_eq!(detail(&bed, &id).await.unwrap().name, "other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_registered_anew_is_asked_anew() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let id = running(&engine).await;
    settled(&bed, 1).await;
    detail(&bed, &id).await.unwrap();
    bed.haven.nodes().remove(&node("a")).await.unwrap();
    assert_eq!(detail(&bed, &id).await.unwrap_err().kind(), ErrorKind::NotFound);
    engine.rename_container(&(&id).into(), &ContainerName::new("other").unwrap()).await.unwrap();
    bed.haven.nodes().register(&node("a"), NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node("a")).await.unwrap();
    assert_eq!(detail(&bed, &id).await.unwrap().name, "other");
}
