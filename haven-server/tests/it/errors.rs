//! Requests that are wrong, and how they are told so.

use std::sync::Arc;

use async_trait::async_trait;
use haven_core::{
    Error, Haven, Result,
    clock::SystemClock,
    engine::{Call, Hook},
    model::{ContainerFilter, NodeAddress, NodeName},
    store::{Keyring, MemoryStore},
};
use haven_server::ServerOptions;
use haven_testkit::faults::{Fault, Faults, Rule};
use reqwest::Method;
use serde_json::json;

use crate::bed::{Bed, is_problem, json};

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let bed = Bed::new().await;
    is_problem(bed.get("/api/v1/nope").await, 404, "not_found").await;
    is_problem(bed.get("/nope").await, 404, "not_found").await;
    is_problem(bed.get("/api/v1/nodes/web-9").await, 404, "not_found").await;
    let response = bed.request(Method::PUT, "/api/v1/nodes").send().await.unwrap();
    assert!(response.headers()["allow"].to_str().unwrap().contains("POST"));
    is_problem(response, 405, "invalid").await;
}

#[tokio::test]
async fn a_body_that_cannot_be_is_named() {
    let bed = Bed::new().await;
    let post = |body: Vec<u8>| bed.request(Method::POST, "/api/v1/nodes").body(body).send();
    for (body, named) in [
        (b"not json".to_vec(), "JSON"),
        (b"[1]".to_vec(), "JSON"),
        (b"\xff\xfe".to_vec(), "JSON"),
        (br#"{"name":"a","address":"sim:","colour":1}"#.to_vec(), "colour"),
        (br#"{"name":"../a","address":"sim:"}"#.to_vec(), "name"),
        (br#"{"name":"a","address":"%%%"}"#.to_vec(), "address"),
        (Vec::new(), "name"),
        ("[".repeat(100_000).into_bytes(), "JSON"),
        (format!("{{\"name\":{}", "[".repeat(100_000)).into_bytes(), "JSON"),
    ] {
        let problem = is_problem(post(body).await.unwrap(), 400, "invalid").await;
        assert!(problem["detail"].as_str().unwrap().contains(named), "{named}: {problem}");
    }
    is_problem(post(vec![b' '; 2 << 20]).await.unwrap(), 413, "invalid").await;
}

#[tokio::test]
async fn a_path_or_a_query_that_cannot_be_is_named() {
    let bed = Bed::new().await;
    for path in [
        "/nodes/%zz",
        "/nodes/%ff",
        "/nodes/%",
        "/nodes?cluster=%ff",
        "/nodes?status=blue",
        "/nodes?colour=1",
        "/containers?limit=x",
    ] {
        is_problem(bed.get(&format!("/api/v1{path}")).await, 400, "invalid").await;
    }
}

#[tokio::test]
async fn an_etag_guards_a_change() {
    let bed = Bed::new().await;
    let made =
        bed.send(Method::POST, "/api/v1/nodes", &json!({ "name": "web-1", "address": "10.255.255.1:2375" })).await;
    assert_eq!(made.status(), 201);
    let first = made.headers()["etag"].clone();
    let patch = |tag: http::HeaderValue, zone: &str| {
        let body = json!({ "labels": { "zone": zone } });
        bed.request(Method::PATCH, "/api/v1/nodes/web-1").header("if-match", tag).json(&body).send()
    };
    let changed = patch(first.clone(), "a").await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"], first);
    is_problem(patch(first.clone(), "b").await.unwrap(), 412, "conflict").await;
    is_problem(patch("W/\"x\"".parse().unwrap(), "b").await.unwrap(), 400, "invalid").await;
    let shown = bed.get("/api/v1/nodes/web-1").await;
    let tag = shown.headers()["etag"].clone();
    assert_eq!(json(shown).await["labels"]["zone"], "a");
    let again =
        bed.request(Method::GET, "/api/v1/nodes/web-1").header("if-none-match", tag.clone()).send().await.unwrap();
    assert_eq!(again.status(), 200, "contact and figures change without the registration");
    let remove = |tag| bed.request(Method::DELETE, "/api/v1/nodes/web-1").header("if-match", tag).send();
    is_problem(remove(first).await.unwrap(), 412, "conflict").await;
    assert_eq!(remove(tag.clone()).await.unwrap().status(), 204);
    is_problem(remove(tag).await.unwrap(), 412, "not_found").await;
    is_problem(remove("*".parse().unwrap()).await.unwrap(), 412, "not_found").await;
}

#[tokio::test]
async fn a_request_sent_again_under_its_key_is_answered_and_not_done_again() {
    let bed = Bed::new().await;
    let post = |name: &str| {
        let body = json!({ "name": name, "address": "10.255.255.1:2375" });
        bed.request(Method::POST, "/api/v1/nodes").header("idempotency-key", "k1").json(&body).send()
    };
    let first = json(post("web-1").await.unwrap()).await;
    let again = post("web-1").await.unwrap();
    assert_eq!(again.status(), 201);
    assert_eq!(json(again).await["revision"], first["revision"]);
    is_problem(post("web-2").await.unwrap(), 400, "invalid").await;
    is_problem(
        bed.send(Method::POST, "/api/v1/nodes", &json!({ "name": "web-1", "address": "10.255.255.1:2375" })).await,
        409,
        "already_exists",
    )
    .await;
}

#[tokio::test]
async fn a_cluster_is_deleted_only_as_it_was_seen() {
    let bed = Bed::new().await;
    let made = bed.send(Method::POST, "/api/v1/clusters", &json!({ "name": "blue" })).await;
    let first = made.headers()["etag"].clone();
    let any = |method| bed.request(method, "/api/v1/clusters/blue").header("if-match", "*");
    let changed = any(Method::PATCH).json(&json!({ "description": "the sea" })).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    let delete = |tag| bed.request(Method::DELETE, "/api/v1/clusters/blue").header("if-match", tag).send();
    is_problem(delete(first).await.unwrap(), 412, "conflict").await;
    assert_eq!(delete(changed.headers()["etag"].clone()).await.unwrap().status(), 204);
    is_problem(any(Method::PATCH).json(&json!({ "description": "x" })).send().await.unwrap(), 412, "not_found").await;
}

#[tokio::test]
async fn a_key_whose_request_failed_is_free_again() {
    let bed = Bed::new().await;
    let post = |name: &str, address: &str| {
        let body = json!({ "name": name, "address": address });
        bed.request(Method::POST, "/api/v1/nodes").header("idempotency-key", "k1").json(&body).send()
    };
    bed.send(Method::POST, "/api/v1/nodes", &json!({ "name": "web-1", "address": "10.255.255.1:2375" })).await;
    is_problem(post("web-1", "10.255.255.2:2375").await.unwrap(), 409, "already_exists").await;
    is_problem(post("web-1", "10.255.255.2:2375").await.unwrap(), 409, "already_exists").await;
    assert_eq!(post("web-2", "10.255.255.2:2375").await.unwrap().status(), 201);
    let several =
        bed.request(Method::POST, "/api/v1/nodes").header("idempotency-key", "a").header("idempotency-key", "b");
    is_problem(several.body("{}").send().await.unwrap(), 400, "invalid").await;
}

/// Loses the answers to the making of containers.
#[derive(Debug)]
struct LoseAnswers;

#[async_trait]
impl Hook for LoseAnswers {
    async fn after(&self, call: Call<'_>, _: bool) -> Result<()> {
        if call.op == "create_container" { Err(Error::timeout("the answer was lost")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_retry_after_a_lost_answer_does_not_double_the_effect() {
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).hook(Arc::new(LoseAnswers));
    let bed = Bed::over(builder.build().await.unwrap(), ServerOptions::default()).await.signed_in().await;
    let node = NodeName::new("sim-1").unwrap();
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    let create = || {
        let request = bed.request(Method::POST, "/api/v1/nodes/sim-1/containers").header("idempotency-key", "k1");
        request.json(&json!({ "spec": { "image": "busybox:latest" } })).send()
    };
    is_problem(create().await.unwrap(), 504, "timeout").await;
    let problem = is_problem(create().await.unwrap(), 409, "conflict").await;
    assert!(problem["detail"].as_str().unwrap().starts_with("it may have been done"), "{problem}");
    let engine = bed.haven.services().unwrap().nodes.engine(&node).unwrap();
    assert_eq!(engine.containers(&ContainerFilter::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_said_twice_is_refused() {
    let bed = Bed::new().await;
    for body in [
        r#"{"name":"a","name":"b","address":"10.255.255.1:2375"}"#,
        r#"{"name":"a","address":"10.255.255.1:2375","labels":{"x":"1","x":"2"}}"#,
    ] {
        let response = bed.request(Method::POST, "/api/v1/nodes").body(body).send().await.unwrap();
        let problem = is_problem(response, 400, "invalid").await;
        assert!(problem["detail"].as_str().unwrap().contains("twice"), "{problem}");
    }
    let twice = bed.request(Method::GET, "/api/v1/nodes").bearer_auth("another").send().await.unwrap();
    is_problem(twice, 400, "invalid").await;
    assert!(bed.haven.nodes().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_moment_may_be_said_as_how_long_ago() {
    let bed = Bed::new().await;
    let journal = &bed.haven.services().unwrap().journal;
    let mut old = crate::streams::event("old");
    old.time -= jiff::SignedDuration::from_hours(3);
    journal.record(old);
    journal.record(crate::streams::event("new"));
    journal.flush().await;
    for (query, actions) in [("since=1h", "new"), ("until=1h%2030m", "old"), ("since=1d", "old new")] {
        let page = json(bed.get(&format!("/api/v1/events?type=test&{query}")).await).await;
        let seen: Vec<&str> =
            page["items"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(seen.join(" "), actions, "{query}");
    }
    for wrong in ["since=yesterday", "since=-1h", "since=175000000h"] {
        let problem = is_problem(bed.get(&format!("/api/v1/events?{wrong}")).await, 400, "invalid").await;
        assert!(problem["detail"].as_str().unwrap().contains("`since`"), "{problem}");
    }
}

#[tokio::test]
async fn a_request_keeps_its_id_where_that_is_sane() {
    let bed = Bed::new().await;
    let ask = |id: &'static str| bed.request(Method::GET, "/api/v1/nodes").header("x-request-id", id).send();
    assert_eq!(ask("abc-1").await.unwrap().headers()["x-request-id"], "abc-1");
    assert_ne!(ask("abc 1").await.unwrap().headers()["x-request-id"], "abc 1");
}

#[tokio::test]
async fn a_network_that_was_made_but_cannot_be_looked_at_is_not_said_not_to_be_there() {
    let faults = Faults::seeded(1);
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap());
    let builder = builder.hook(Arc::new(faults.clone()));
    let bed = Bed::over(builder.build().await.unwrap(), ServerOptions::default()).await.signed_in().await;
    let node = NodeName::new("sim-1").unwrap();
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    faults.add(Rule::nth("engine.network", 1, Fault::Unreachable));
    let path = "/api/v1/nodes/sim-1/networks";
    let made = bed.send(Method::POST, path, &json!({ "spec": { "name": "net" } })).await;
    is_problem(made, 504, "timeout").await;
    assert_eq!(bed.get(&format!("{path}/net")).await.status(), 200);
}
