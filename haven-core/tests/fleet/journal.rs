//! Events in order, resumed by cursor.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind, Haven,
    clock::{Clock, SystemClock},
    door::ops::events::{FollowEvents, ListEvents},
    engine::Containers as _,
    event::Journal,
    model::{ContainerSpec, EngineEvent, Event, EventFilter, ImageRef, NodeAddress, Revision},
    node::SimConnector,
    store::{Key, Keyring, MemoryStore, Store, Write},
};
use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{bed::eventually, cluster, fleet, node};

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
async fn a_store_that_is_away_costs_bounded_memory_however_large_events_are() {
    let journal = journal(Faults::seeded(1).with(Rule::always("store.txn", Fault::Unreachable))).await;
    let message = "x".repeat(60_000);
    for _ in 0..2_000 {
        journal.record(Event::new(jiff::Timestamp::UNIX_EPOCH, "node", "a", "test", message.as_str()));
    }
    assert!(journal.waiting() * message.len() < 40_000_000, "{} events wait", journal.waiting());
}

/// Writes batches of one event each, too large for the journal to keep all of them; answers where they stand.
async fn fill(store: &MemoryStore) -> Vec<Revision> {
    let mut revisions = Vec::new();
    for number in 0..160 {
        let name = format!("e{number:03}");
        let event = Event::new(jiff::Timestamp::UNIX_EPOCH, "node", &name, "test", "x".repeat(500_000));
        let body = serde_json::json!({ "v": 1, "events": [event] }).to_string();
        let key = Key::new(format!("events/{name}")).unwrap();
        revisions.push(store.txn(&[], &[Write::Put(key, body.into())]).await.unwrap());
    }
    revisions
}

/// Waits until a journal has read the event of an object.
async fn shows(journal: &Journal, name: &str) {
    let filter = EventFilter { object: Some(name.to_owned()), ..EventFilter::default() };
    eventually(name, || async { !journal.read(&filter, None, None).await.unwrap().0.is_empty() }).await;
}

#[tokio::test]
async fn who_goes_on_from_where_events_are_not_kept_any_more_hears_of_the_gap_first() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = MemoryStore::new(&*clock);
    let open = async || {
        let (store, stop) = (Arc::new(store.clone()), CancellationToken::new());
        Journal::open(store, clock.clone(), &TaskTracker::new(), stop).await.unwrap()
    };
    let journal = open().await;
    let unrelated = EventFilter { kind: Some("container".to_owned()), ..EventFilter::default() };
    let mut behind = journal.follow(EventFilter::default(), None).unwrap();
    let revisions = fill(&store).await;
    let full = store.status().await.unwrap().bytes;
    shows(&journal, "e159").await;
    let old = format!("{}.0", revisions[2]);
    for round in ["as it was filled", "after a restart"] {
        let journal = if round == "as it was filled" { journal.clone() } else { open().await };
        journal.record(Event::new(clock.now(), "node", round, "test", ""));
        shows(&journal, round).await;
        let after =
            async |cursor: &str, filter: &EventFilter| journal.read(filter, Some(cursor), Some(3)).await.unwrap().0;
        let events = after(&old, &EventFilter::default()).await;
        assert_eq!((events[0].kind.as_str(), events[0].action.as_str()), ("journal", "gap"), "{round}");
        assert!(events[1].name.as_str() > "e003", "{round}: {}", events[1].name);
        assert_eq!(after(&old, &unrelated).await.len(), 1, "whatever the filter");
        assert_eq!(
            after(&events[0].cursor, &EventFilter::default()).await[0],
            events[1],
            "its cursor goes on after it"
        );
        let mut follower = journal.follow(EventFilter::default(), Some(&old)).unwrap();
        assert_eq!(follower.next().await.unwrap().unwrap().action, "gap");
        assert_eq!(follower.next().await.unwrap().unwrap(), events[1]);
    }
    assert_eq!(behind.next().await.unwrap().unwrap().action, "gap");
    assert!(behind.next().await.unwrap().unwrap().name.as_str() > "e003");
    assert!(store.status().await.unwrap().bytes < full, "the store keeps no more than the journal does");
}

#[tokio::test]
async fn events_of_nodes_without_a_cluster_are_those_of_the_orphans() {
    let haven = fleet().await;
    let orphans = Some(cluster("orphans"));
    haven.clusters().create(&cluster("web"), "").await.unwrap();
    haven.nodes().register(&node("a"), "127.0.0.1:1".parse().unwrap()).await.unwrap();
    let seen = haven.call(ListEvents { cluster: orphans.clone(), ..ListEvents::default() }).await.unwrap();
    assert_eq!(seen.items[0].action, "register");
    assert!(seen.items.iter().all(|event| event.node == Some(node("a"))));
    let after = Some(seen.items[0].cursor.clone());
    let mut stream = haven.follow(FollowEvents { cluster: orphans, after, ..FollowEvents::default() }).await.unwrap();
    haven.clusters().create(&cluster("other"), "").await.unwrap();
    haven.nodes().remove(&node("a")).await.unwrap();
    let followed = async { while stream.next().await.unwrap().unwrap().action != "remove" {} };
    tokio::time::timeout(Duration::from_secs(10), followed).await.expect("the removal is told");
}

#[tokio::test]
async fn what_was_heard_of_a_node_is_forgotten_on_every_master_when_one_removes_it() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&*clock));
    let keyring = Keyring::generate().unwrap();
    let (one, two) = (super::on(store.clone(), keyring.clone()).await, super::on(store, keyring).await);
    one.nodes().register(&node("a"), "127.0.0.1:1".parse().unwrap()).await.unwrap();
    let heard = |haven: &Haven| haven.services().unwrap().journal.heard(&node("a"));
    eventually("both know it", || async { two.nodes().get(&node("a")).await.is_ok() }).await;
    for haven in [&one, &two] {
        haven.services().unwrap().journal.record_engine(&node("a"), None, &said(1, "start"));
        assert!(heard(haven).is_some());
    }
    one.nodes().remove(&node("a")).await.unwrap();
    eventually("neither does", || async { two.nodes().get(&node("a")).await.is_err() }).await;
    assert_eq!((heard(&one), heard(&two)), (None, None));
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
