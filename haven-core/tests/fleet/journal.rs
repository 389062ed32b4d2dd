//! Events in order, resumed by cursor.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind, Haven,
    clock::{Clock, SystemClock},
    door::ops::events::{FollowEvents, ListEvents},
    engine::Containers as _,
    event::Journal,
    model::{ContainerSpec, EngineEvent, Event, EventFilter, ImageRef, NodeAddress},
    node::SimConnector,
    store::{Keyring, MemoryStore},
};
use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{cluster, fleet, node};

/// A journal on a memory store, behind faults.
async fn journal(faults: Faults) -> Journal {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = FaultyStore::new(Arc::new(MemoryStore::new(&*clock)), faults);
    Journal::open(Arc::new(store), clock, &TaskTracker::new(), CancellationToken::new()).await.unwrap()
}

fn said(second: i64, action: &str) -> EngineEvent {
    EngineEvent {
        time: jiff::Timestamp::from_second(second).unwrap(),
        kind: "container".to_owned(),
        action: action.to_owned(),
        id: "a".repeat(64),
        attributes: [].into(),
    }
}

async fn kept(journal: &Journal) -> Vec<Event> {
    journal.read(&EventFilter::default(), None, None).await.unwrap().0
}

#[tokio::test]
async fn what_an_engine_tells_out_of_order_is_kept_and_what_it_tells_again_is_not() {
    let journal = journal(Faults::seeded(1)).await;
    assert_eq!(journal.heard(&node("a")), None);
    for (event, joins) in [
        (said(5, "die"), false),
        (said(4, "kill"), true),
        (said(4, "kill"), true),
        (said(6, "exec_start: sh"), false),
        (said(5, "die"), true),
        (said(6, "start"), true),
    ] {
        assert_eq!(journal.record_engine(&node("a"), None, &event), joins, "{event:?}");
    }
    let actions: Vec<String> = kept(&journal).await.into_iter().map(|event| event.action).collect();
    assert_eq!(actions, ["die", "kill", "start"]);
    let heard = journal.heard(&node("a")).unwrap();
    assert_eq!(heard.newest, said(6, "").time);
    assert!(heard.since < heard.newest, "asked for from a little before");
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_is_told_once() {
    let faults = Faults::seeded(1).with(Rule::nth("store.txn", 1, Fault::LoseAnswer));
    let journal = journal(faults.clone()).await;
    let mut event = said(1, "start");
    for second in 1..=3 {
        event.time = jiff::Timestamp::from_second(second).unwrap();
        journal.record_engine(&node("a"), None, &event);
    }
    journal.flush().await;
    assert_eq!(faults.hits(), 1, "an answer was lost");
    assert_eq!(kept(&journal).await.len(), 3);
}

#[tokio::test]
async fn an_event_that_is_too_large_is_a_gap_and_holds_up_no_other() {
    let journal = journal(Faults::seeded(1)).await;
    let event = |second: i64, name: &str| {
        let event = haven_core::event::engine_event(&node("a"), None, &said(second, "start")).unwrap();
        Event { name: name.to_owned(), ..event }
    };
    // Six bytes each in JSON.
    journal.record(event(0, &"\u{1}".repeat(90_000)));
    for second in 1..20 {
        journal.record(event(second, &"\u{1}".repeat(9_000)));
    }
    journal.record(event(20, "last"));
    journal.flush().await;
    let kept = kept(&journal).await;
    assert!(kept.iter().any(|event| event.name == "last"));
    let gap = kept.iter().find(|event| event.action == "gap").expect("the loss is told");
    assert!(gap.message.starts_with("1 events were lost"), "{}", gap.message);
}

#[tokio::test]
async fn what_two_masters_hear_is_told_once() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let engines = SimConnector::new(clock.clone());
    let store = Arc::new(MemoryStore::new(&*clock));
    let keyring = Keyring::generate().unwrap();
    let master = async || {
        let (engines, store) = (engines.clone(), store.clone());
        Haven::builder().store(store).keyring(keyring.clone()).connector(engines).build().await.unwrap()
    };
    let (one, two) = (master().await, master().await);
    one.nodes().register(&node("a"), NodeAddress::Sim).await.unwrap();
    one.nodes().wait_online(&node("a")).await.unwrap();
    two.nodes().wait_online(&node("a")).await.unwrap();
    let engine = engines.engine(&node("a"));
    for _ in 0..20 {
        engine.create_container(None, &ContainerSpec::new(ImageRef::new("nginx").unwrap())).await.unwrap();
    }
    let created = async |haven: &Haven| {
        let page = haven.call(ListEvents::default()).await.unwrap();
        page.items.iter().filter(|event| event.action == "create" && event.kind == "container").count()
    };
    // Both have written what they heard.
    for haven in [&one, &two] {
        for _ in 0..500 {
            if created(haven).await >= 20 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        haven.services().unwrap().journal.flush().await;
    }
    assert_eq!((created(&one).await, created(&two).await), (20, 20));
    two.close().await;
    drop(two);
    assert_eq!(created(&master().await).await, 20, "nor is it after a restart");
}

#[tokio::test]
async fn events_are_read_and_followed_from_a_cursor_without_a_gap() {
    let haven = fleet().await;
    for number in 0..5 {
        haven.clusters().create(&cluster(&format!("c{number}")), "").await.unwrap();
    }
    let page = haven.call(ListEvents::default()).await.unwrap();
    assert_eq!(page.items.len(), 5);
    let third = page.items[2].cursor.clone();
    let after = haven.call(ListEvents { after: Some(third.clone()), ..ListEvents::default() }).await.unwrap();
    let names: Vec<&str> = after.items.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["c3", "c4"]);
    let mut stream = haven.follow(FollowEvents { after: Some(third), ..FollowEvents::default() }).await.unwrap();
    for name in ["c3", "c4"] {
        assert_eq!(stream.next().await.unwrap().unwrap().name, name);
    }
    haven.clusters().create(&cluster("c5"), "").await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().name, "c5");
}

#[tokio::test]
async fn a_cluster_that_is_gone_has_its_events_and_one_that_never_was_is_not_found() {
    let haven = fleet().await;
    let of = |name: &str| ListEvents { cluster: Some(cluster(name)), ..ListEvents::default() };
    haven.clusters().create(&cluster("gone"), "").await.unwrap();
    haven.clusters().delete(&cluster("gone")).await.unwrap();
    assert!(!haven.call(of("gone")).await.unwrap().items.is_empty());
    assert!(!haven.call(of("all")).await.unwrap().items.is_empty());
    assert_eq!(haven.call(of("never")).await.unwrap_err().kind(), ErrorKind::NotFound);
    let follow = FollowEvents { cluster: Some(cluster("never")), ..FollowEvents::default() };
    assert_eq!(haven.follow(follow).await.err().unwrap().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn pages_join_without_a_gap() {
    let haven = fleet().await;
    let start = haven.call(ListEvents::default()).await.unwrap().cursor;
    for number in 0..25 {
        haven.clusters().create(&cluster(&format!("c{number:02}")), "").await.unwrap();
    }
    let (mut cursor, mut names) = (start, Vec::new());
    loop {
        let page =
            haven.call(ListEvents { after: Some(cursor), limit: Some(10), ..ListEvents::default() }).await.unwrap();
        names.extend(page.items.iter().map(|event| event.name.clone()));
        cursor = page.cursor;
        if page.items.len() < 10 {
            break;
        }
    }
    let wanted: Vec<String> = (0..25).map(|number| format!("c{number:02}")).collect();
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn a_cursor_that_is_none_or_of_another_store_is_refused() {
    let haven = fleet().await;
    let ask = |cursor: &str| haven.call(ListEvents { after: Some(cursor.to_owned()), ..ListEvents::default() });
    for cursor in ["", "x", "1.2", "1.x.2", "é.1.1"] {
        assert_eq!(ask(cursor).await.unwrap_err().kind(), ErrorKind::Invalid, "{cursor}");
    }
    let foreign = fleet().await.call(ListEvents::default()).await.unwrap().cursor;
    assert_eq!(ask(&foreign).await.unwrap_err().kind(), ErrorKind::Conflict);
    let limit = haven.call(ListEvents { limit: Some(0), ..ListEvents::default() }).await.unwrap_err();
    assert_eq!(limit.kind(), ErrorKind::Invalid);
}
