//! Faults strike where their rules say, on engines, on stores, and on the process itself.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{os::unix::process::ExitStatusExt as _, process::Command, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    clock::SystemClock,
    engine::{Containers as _, Hooked, System as _, sim::SimEngine},
    model::{ContainerFilter, ContainerName, ContainerSpec, ImageRef, system::EngineEventOptions},
    store::{Expect, Key, MemoryStore, Store as _, Write},
};
use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule, VARIABLE};

fn faulty_engine(rule: Rule) -> (Hooked, Faults) {
    let faults = Faults::seeded(5).with(rule);
    (Hooked::new(Arc::new(SimEngine::default()), Arc::new(faults.clone())), faults)
}

fn faulty_store(rule: Rule) -> (FaultyStore, Faults) {
    let faults = Faults::seeded(5).with(rule);
    let store = MemoryStore::new(&SystemClock::default());
    (FaultyStore::new(Arc::new(store), faults.clone()), faults)
}

fn web() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("nginx").unwrap())
}

fn put(key: &str) -> [Write; 1] {
    [Write::Put(Key::new(key).unwrap(), Bytes::from_static(b"value"))]
}

#[tokio::test]
async fn lost_answer_to_create_still_takes_effect() {
    let (engine, faults) = faulty_engine(Rule::nth("engine.create_container", 1, Fault::LoseAnswer));
    let name = ContainerName::new("web").unwrap();
    let error = engine.create_container(Some(&name), &web()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.context().any(|(key, value)| (key, value) == ("seed", "5")), "{error:?}");
    let again = engine.create_container(Some(&name), &web()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists, "the first one is there");
    assert_eq!(faults.hits(), 1);
}

#[tokio::test]
async fn an_unreachable_engine_does_nothing_until_it_is_healed() {
    let (engine, faults) = faulty_engine(Rule::always("engine.*", Fault::Unreachable));
    assert_eq!(engine.create_container(None, &web()).await.unwrap_err().kind(), ErrorKind::Unavailable);
    faults.heal();
    assert!(engine.containers(&ContainerFilter::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_cut_stream_ends_with_an_error_and_the_calls_go_on() {
    let (engine, _) = faulty_engine(Rule::nth("engine.events", 2, Fault::CutStream));
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    for _ in 0..2 {
        engine.create_container(None, &web()).await.unwrap();
    }
    assert_eq!(events.next().await.unwrap().unwrap().action, "create");
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(events.next().await.is_none());
    engine.ping().await.unwrap();
}

#[tokio::test]
async fn slowness_takes_time_and_changes_nothing() {
    let (engine, _) = faulty_engine(Rule::always("engine.ping", Fault::Slow(Duration::from_millis(50))));
    let begun = std::time::Instant::now();
    engine.ping().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(45));
}

#[tokio::test]
async fn a_transaction_whose_answer_is_lost_is_written() {
    let (store, _) = faulty_store(Rule::nth("store.txn", 1, Fault::LoseAnswer).on("a/"));
    let checks = [(Key::new("a/1").unwrap(), Expect::Absent)];
    store.txn(&[], &put("b/1")).await.expect("another target");
    assert_eq!(store.txn(&checks, &put("a/1")).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(store.txn(&checks, &put("a/1")).await.unwrap_err().kind(), ErrorKind::Conflict, "it is there");
}

#[tokio::test]
async fn a_refused_transaction_is_not_written() {
    let (store, _) = faulty_store(Rule::nth("store.txn", 1, Fault::Refuse(ErrorKind::Busy)));
    assert_eq!(store.txn(&[], &put("a")).await.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(store.get(&Key::new("a").unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn leases_can_be_lost() {
    let (store, _) = faulty_store(Rule::nth("store.get", 9, Fault::Unreachable));
    let lease = store.lease(Duration::from_secs(60)).await.unwrap();
    let key = Key::new("alive").unwrap();
    lease.put(&key, Bytes::new()).await.unwrap();
    store.lose_leases();
    lease.lost().cancelled().await;
    assert_eq!(lease.put(&key, Bytes::new()).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

/// The process that is killed; run by the test below, and idle otherwise.
#[tokio::test]
async fn killed_child() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    let store = MemoryStore::new(&SystemClock::default());
    let store = FaultyStore::new(Arc::new(store), Faults::from_env().unwrap());
    for number in 1..=5 {
        println!("asking {number}");
        store.txn(&[], &put(&format!("key/{number}"))).await.unwrap();
        println!("answered {number}");
    }
}

#[test]
fn a_process_kills_itself_at_the_named_call() {
    for moment in ["before", "after"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_child", "--nocapture"])
            .env(VARIABLE, format!("store.txn:3:{moment}"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.signal(), Some(9), "{text}");
        assert!(text.contains("answered 2") && text.contains("asking 3") && !text.contains("answered 3"), "{text}");
    }
}
