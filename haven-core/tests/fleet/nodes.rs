//! Registrations, by address and by report.

use std::{sync::Arc, time::Duration};

use haven_core::{
    ErrorKind, Haven,
    clock::ManualClock,
    door::ops::nodes::ReportNode,
    model::{Actor, Node, NodeStatus, Report, Severity},
    store::{Keyring, MemoryStore},
};

use super::{fleet, node};

async fn report(haven: &Haven, name: &str, json: &str) -> haven_core::Result<Node> {
    let report: Report = serde_json::from_str(json).unwrap();
    let from = Some("10.9.8.7".parse().unwrap());
    let operation = ReportNode { node: node(name), report, from, ttl: Some(120) };
    haven.acting_as(Actor::agent(node(name))).call(operation).await?;
    haven.nodes().get(&node(name)).await
}

#[tokio::test]
async fn an_address_is_registered_once() {
    let haven = fleet().await;
    haven.nodes().register(&node("a"), "tcp://127.0.0.1:1".parse().unwrap()).await.unwrap();
    let again = haven.nodes().register(&node("a"), "tcp://127.0.0.1:2".parse().unwrap()).await.unwrap_err();
    assert_eq!((again.kind(), again.message()), (ErrorKind::AlreadyExists, "a node `a` is registered already"));
    let other = haven.nodes().register(&node("b"), "127.0.0.1:1".parse().unwrap()).await.unwrap_err();
    assert_eq!(other.message(), "the engine at `tcp://127.0.0.1:1` is registered as node `a` already");
    haven.nodes().remove(&node("a")).await.unwrap();
    haven.nodes().register(&node("b"), "127.0.0.1:1".parse().unwrap()).await.unwrap();
    assert_eq!(haven.nodes().remove(&node("a")).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_loopback_address_in_a_report_is_that_of_the_reporter() {
    let haven = fleet().await;
    let body = r#"{"name":"x","address":"https://localhost:8771","time":"2018-07-06T10:00:00+02:00",
        "system":{"cpuLoad":50.0,"memory":{"total":100,"used":40,"available":60},"disks":{},"net":{}}}"#;
    let seen = report(&haven, "x", body).await.unwrap();
    assert_eq!(seen.address.unwrap().to_string(), "https://10.9.8.7:8771");
    assert!(seen.agent.reporting);
    assert_ne!(seen.status, NodeStatus::Online, "an agent that reports is no engine that is connected");
    assert_eq!(seen.metrics.unwrap().memory_used, Some(40));
    let named = report(&haven, "y", r#"{"address":"node-one:1234","system":{}}"#).await.unwrap();
    assert_eq!(named.address.unwrap().to_string(), "tcp://node-one:1234", "a name is kept");
    let moved = report(&haven, "y", r#"{"address":"node-two:1234","system":{}}"#).await.unwrap();
    assert_eq!(moved.address.unwrap().to_string(), "tcp://node-one:1234", "a known address stays");
}

#[tokio::test]
async fn a_report_that_cannot_be_changes_nothing() {
    let haven = fleet().await;
    for body in [r#"{"address":"sim:"}"#, r#"{"address":"a b:1"}"#, r#"{"address":"a:1","system":{"cpuLoad":-1.0}}"#] {
        assert_eq!(report(&haven, "x", body).await.unwrap_err().kind(), ErrorKind::Invalid, "{body}");
    }
    assert!(haven.nodes().list().await.unwrap().is_empty());
    let other = ReportNode { node: node("y"), report: Report::default(), from: None, ttl: None };
    let denied = haven.acting_as(Actor::agent(node("x"))).call(other).await.unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Denied);
}

#[tokio::test]
async fn a_report_whose_address_leads_nowhere_is_a_node_without_one_until_a_report_says_more() {
    let haven = fleet().await;
    for (name, address) in [("x", r#""unix:///run/docker.sock""#), ("y", "null"), ("z", r#""""#)] {
        let body = format!(r#"{{"address":{address},"system":{{"memory":{{"total":100,"used":40}}}}}}"#);
        let seen = report(&haven, name, &body).await.unwrap();
        assert_eq!(seen.address, None, "{address}");
        assert!(seen.agent.reporting);
        assert_eq!(seen.metrics.unwrap().memory_used, Some(40));
    }
    let filled = report(&haven, "x", r#"{"address":"10.0.0.1:1"}"#).await.unwrap();
    assert_eq!(filled.address.unwrap().to_string(), "tcp://10.0.0.1:1");
    let kept = report(&haven, "x", r#"{"address":"unix:///run/docker.sock"}"#).await.unwrap();
    assert_eq!(kept.address.unwrap().to_string(), "tcp://10.0.0.1:1");
    let taken = report(&haven, "y", r#"{"address":"10.0.0.1:1"}"#).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn reports_that_say_nothing_new_are_no_write() {
    let haven = fleet().await;
    let body = r#"{"address":"10.0.0.1:1","labels":{"zone":"a"},"system":{"cpuLoad":1.0}}"#;
    report(&haven, "x", body).await.unwrap();
    let services = haven.services().unwrap();
    services.journal.flush().await;
    let before = services.store.status().await.unwrap().revision;
    for _ in 0..100 {
        report(&haven, "x", body).await.unwrap();
    }
    services.journal.flush().await;
    assert_eq!(services.store.status().await.unwrap().revision, before);
    assert_eq!(haven.nodes().get(&node("x")).await.unwrap().labels["zone"], "a");
}

#[tokio::test]
async fn a_limit_that_is_passed_is_one_warning_and_one_relief() {
    let haven = fleet().await;
    for cpu in [95.0, 96.0, 97.0, 85.0, 20.0, 21.0] {
        report(&haven, "x", &format!(r#"{{"address":"10.0.0.1:1","system":{{"cpuLoad":{cpu}}}}}"#)).await.unwrap();
    }
    let events = haven.events().list(Severity::Info).await.unwrap();
    let limits: Vec<&str> =
        events.iter().filter(|event| event.action.starts_with("limit")).map(|event| event.action.as_str()).collect();
    assert_eq!(limits, ["limit", "limit_cleared"]);
}

#[tokio::test]
async fn a_node_whose_agent_falls_silent_is_unknown_after_three_intervals_by_itself() {
    let clock = ManualClock::seeded(1);
    let store = Arc::new(MemoryStore::new(&clock));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).clock(Arc::new(clock.clone()));
    let haven = builder.build().await.unwrap();
    // The agent says a ttl of two intervals of 60 s.
    report(&haven, "x", r#"{"system":{"cpuLoad":1.0}}"#).await.unwrap();
    clock.advance(Duration::from_secs(180));
    let seen = haven.nodes().get(&node("x")).await.unwrap();
    assert_eq!((seen.agent.reporting, seen.status), (true, NodeStatus::Pending));
    clock.advance(Duration::from_secs(1));
    let seen = haven.nodes().get(&node("x")).await.unwrap();
    assert_eq!((seen.agent.reporting, seen.status), (false, NodeStatus::Unknown));
    // The journal is told by a task that looks now and then.
    let told = async {
        loop {
            clock.advance(Duration::from_secs(15));
            let warnings = haven.events().list(Severity::Warning).await.unwrap();
            if warnings.iter().any(|event| event.action == "agent_silent") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.unwrap();
    report(&haven, "x", "{}").await.unwrap();
    assert_eq!(haven.nodes().get(&node("x")).await.unwrap().status, NodeStatus::Pending);
}
