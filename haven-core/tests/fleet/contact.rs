//! Contact with engines: cut, hanging, half-dead; said in time, and never silently stale.

use std::{sync::atomic::Ordering, time::Duration};

use haven_core::{
    door::ops::nodes::UpdateNode,
    engine::Containers as _,
    model::{ContainerFilter, ContainerRef, NodeStatus, Severity, metrics::TopBy},
    node::NodeSettings,
};

use super::{
    bed::{bed, eventually, quiet, spec, stripped},
    node,
};

#[tokio::test(flavor = "multi_thread")]
async fn with_events_cut_stale_is_said_before_the_first_wrong_answer() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    assert!(!bed.seen("a").await.1);
    // Streams end, and no new one for events begins; the engine itself goes on.
    bed.wire.events_cut.store(true, Ordering::SeqCst);
    engine.disconnect();
    engine.reconnect();
    eventually("stale", || async { bed.seen("a").await.1 }).await;
    for number in 0..50 {
        engine.create_container(None, &spec()).await.unwrap();
        let (seen, stale) = bed.seen("a").await;
        let true_now = stripped(engine.containers(&ContainerFilter::default()).await.unwrap());
        assert!(stale || stripped(seen) == true_now, "a wrong answer that is not marked, after change {number}");
    }
    eventually("unknown", || async { bed.status("a").await == NodeStatus::Unknown }).await;
    let listing = bed.haven.containers().list().await.unwrap();
    assert_eq!(listing.missing.len(), 1, "what is missing is data");
    bed.wire.events_cut.store(false, Ordering::SeqCst);
    eventually("it recovers by itself", || async {
        let (seen, stale) = bed.seen("a").await;
        !stale && seen.len() == 50
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_stop_without_a_word_are_noticed_by_the_next_list_and_listened_to_anew() {
    let bed = bed(NodeSettings { relist: Some(Duration::from_millis(200)), ..quiet() }).await;
    let engine = bed.add("a").await;
    bed.wire.deaf.store(true, Ordering::SeqCst);
    let id = engine.create_container(None, &spec()).await.unwrap();
    eventually("the next list shows it", || async { bed.seen("a").await.0.iter().any(|known| known.id == id) }).await;
    eventually("and its event is told after all", || async {
        let events = bed.haven.events().list(Severity::Info).await.unwrap();
        events.iter().any(|event| event.kind == "container" && event.action == "create" && event.id == id.as_str())
    })
    .await;
    assert_eq!(bed.said("unknown").await.len(), 0, "the engine was there all the time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_that_a_replay_bridges_loses_no_event_and_a_longer_one_says_so() {
    let bed = bed(NodeSettings { unknown_after: Duration::from_secs(2), ..quiet() }).await;
    let engine = bed.add("a").await;
    let created = async || {
        let events = bed.haven.events().list(Severity::Info).await.unwrap();
        events.iter().filter(|event| event.kind == "container" && event.action == "create").count()
    };
    let status = async || bed.status("a").await;
    engine.create_container(None, &spec()).await.unwrap();
    eventually("heard", || async { created().await == 1 }).await;
    for (missed, gaps) in [(100, 0), (600, 1)] {
        let before = created().await;
        bed.wire.events_cut.store(true, Ordering::SeqCst);
        for _ in 0..missed {
            engine.create_container(None, &spec()).await.unwrap();
        }
        eventually("unknown", || async { status().await == NodeStatus::Unknown }).await;
        bed.wire.events_cut.store(false, Ordering::SeqCst);
        eventually("online", || async { status().await == NodeStatus::Online }).await;
        engine.create_container(None, &spec()).await.unwrap();
        if gaps == 0 {
            eventually("all are told", || async { created().await == before + missed + 1 }).await;
        }
        eventually("a gap is said", || async { bed.said("gap").await.len() == gaps }).await;
    }
    let message = bed.said("gap").await.remove(0);
    assert!(message.contains("may be missing"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_is_unknown_and_does_not_stall_the_others() {
    let bed = bed(NodeSettings { unknown_after: Duration::from_secs(1), ..quiet() }).await;
    let (hanging, other) = (bed.add("a").await, bed.add("b").await);
    hanging.create_container(None, &spec()).await.unwrap();
    eventually("listed", || async { bed.seen("a").await.0.len() == 1 }).await;
    bed.wire.silence("a");
    let mut others = 0;
    while bed.status("a").await != NodeStatus::Unknown {
        other.create_container(None, &spec()).await.unwrap();
        others += 1;
        eventually("the other is listed meanwhile", || async {
            {
                let (seen, stale) = bed.seen("b").await;
                seen.len() == others && !stale
            }
        })
        .await;
    }
    assert!(others > 0);
    let (seen, stale) = bed.seen("a").await;
    assert_eq!((seen.len(), stale), (1, true), "as last seen, and marked");
    assert_eq!(bed.said("unknown").await.len(), 1);
    let found = bed.haven.containers().find(&ContainerRef::from(&seen[0].id)).await.unwrap();
    assert!(found.stale, "and so is a single one");
    let top = bed.haven.top().containers(TopBy::Cpu).await.unwrap();
    assert_eq!((top.missing.len(), top.stale), (1, true), "what it uses now is not known");
    let nodes = bed.haven.top().nodes(TopBy::Cpu).await.unwrap();
    assert_eq!(nodes.iter().map(|node| node.stale).collect::<Vec<_>>(), [false, true]);
    bed.wire.silence("");
    eventually("back", || async { bed.status("a").await == NodeStatus::Online }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_out_of_contact_is_shown_as_last_seen_and_no_time_goes_on_there() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    bed.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    engine.disconnect();
    eventually("unknown", || async { bed.status("a").await == NodeStatus::Unknown }).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let (seen, _) = bed.seen("a").await;
    assert!(["Up Less than a second", "Up 1 second"].contains(&&*seen[0].status), "{}", seen[0].status);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_changed_is_no_lost_contact_and_a_node_that_is_removed_leaves_nothing() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    engine.create_container(None, &spec()).await.unwrap();
    let store = bed.haven.services().unwrap().store.clone();
    let kept = async || {
        let key = haven_core::store::Key::new("lastseen/").unwrap();
        store.list(&key).await.unwrap().entries.len()
    };
    eventually("it is remembered", || async { kept().await == 1 }).await;
    let elsewhere = UpdateNode { address: Some("127.0.0.1:1".parse().unwrap()), ..UpdateNode::of(&node("a")) };
    bed.haven.call(elsewhere).await.unwrap();
    eventually("it is away", || async { !bed.said("unknown").await.is_empty() }).await;
    let message = bed.said("unknown").await.remove(0);
    assert!(message.contains("127.0.0.1:1") && !message.contains("changed"), "{message}");
    engine.create_container(None, &spec()).await.unwrap();
    bed.haven.nodes().remove(&node("a")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(kept().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_last_is_written_when_contact_is_lost_at_once() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    let store = bed.haven.services().unwrap().store.clone();
    bed.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    // Sooner than what changed is written by itself.
    bed.engines.engine(&node("a")).disconnect();
    eventually("it is remembered", || async {
        let key = haven_core::store::Key::new("lastseen/").unwrap();
        store.list(&key).await.unwrap().entries.len() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_contact_restarts_nothing() {
    let bed = bed(NodeSettings { unknown_after: Duration::from_secs(1), ..quiet() }).await;
    let engine = bed.add("a").await;
    let id = bed.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    let state = async || engine.container(&ContainerRef::from(&id)).await.unwrap().state;
    let before = state().await;
    bed.wire.acts.store(0, Ordering::SeqCst);
    for _ in 0..3 {
        bed.wire.silence("a");
        eventually("unknown", || async { bed.status("a").await == NodeStatus::Unknown }).await;
        bed.wire.silence("");
        bed.haven.nodes().wait_online(&node("a")).await.unwrap();
    }
    assert_eq!(state().await, before);
    assert_eq!(bed.wire.acts.load(Ordering::SeqCst), 0, "nobody was asked to do anything");
}
