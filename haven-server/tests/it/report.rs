//! The agents' door, as the original's two agents use it, and as nobody should.

use haven_core::{door::ops::nodes::ReportNode, model::NodeName};
use haven_server::ServerOptions;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::bed::{Bed, SECRET, is_problem, json as read};

/// What the Python script sends.
fn script() -> Value {
    json!({
        "time": "2016-11-16T15:44:24.266000", "id": "web-3", "name": "web-3", "address": "127.0.0.1:1",
        "labels": { "zone": "a" }, "containers": [{ "id": "x", "name": "y", "image": "z", "labels": {} }],
        "system": {
            "cpuLoad": 12.5, "memory": { "total": 8, "available": 5, "used": 3 },
            "disks": { "/": { "total": 10, "used": 4 } }, "net": { "eth0": { "bytesOut": 1, "bytesIn": 2 } },
        },
    })
}

/// What the Java agent sends.
fn java() -> Value {
    json!({
        "time": "2018-07-06T10:00:00.123+02:00", "name": "web-4", "address": "https://localhost:8771",
        "system": {
            "cpuLoad": 7.25, "memory": { "total": 8, "used": 3, "available": 5 }, "disks": {},
            "net": { "lo": { "bytesIn": 1, "bytesOut": 1 } },
        },
    })
}

async fn report(bed: &Bed, path: &str, secret: &str, body: Vec<u8>) -> Response {
    bed.anonymous(Method::POST, path).header("x-auth-node", secret).body(body).send().await.unwrap()
}

#[tokio::test]
async fn takes_the_reports_of_both_agents() {
    let bed = Bed::new().await;
    for (path, kind, body) in [
        ("/discovery/nodes/web-3?ttl=120", Some("application/json"), script()),
        ("/discovery/nodes/web-3", Some("text/plain"), script()),
        ("/discovery/nodes/web-4/", Some("application/json;charset=UTF-8"), java()),
        ("/discovery/nodes/web-4", None, java()),
    ] {
        let request = bed.anonymous(Method::POST, path).header("x-auth-node", SECRET).body(body.to_string());
        let request = if let Some(kind) = kind { request.header("content-type", kind) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.text().await.unwrap(), "");
    }
    let node = read(bed.get("/api/v1/nodes/web-3").await).await;
    assert_eq!(node["agent"]["reporting"], true);
    assert_eq!(node["labels"]["zone"], "a");
    assert_eq!(node["metrics"]["cpu_percent"], 12.5);
    let node = read(bed.get("/api/v1/nodes/web-4").await).await;
    assert_eq!(node["address"], "https://127.0.0.1:8771");
}

#[tokio::test]
async fn a_report_with_thousands_of_containers_is_taken() {
    let bed = Bed::new().await;
    let labels: serde_json::Map<_, _> =
        (0..20).map(|n| (format!("com.example.label-{n}"), "x".repeat(40).into())).collect();
    let container = json!({ "id": "x".repeat(64), "name": "y", "image": "z", "labels": labels });
    let mut body = script();
    body["containers"] = vec![container; 3_000].into();
    let body = body.to_string().into_bytes();
    assert!(body.len() > 2 << 20);
    assert_eq!(report(&bed, "/discovery/nodes/web-3", SECRET, body).await.status(), 200);
}

#[tokio::test]
async fn an_empty_secret_is_refused_instead_of_letting_everybody_in() {
    let haven = haven_core::Haven::open("memory:").await.unwrap();
    let options =
        haven_server::ServerOptions { agent_secret: Some("".into()), ..haven_server::ServerOptions::default() };
    let error = haven_server::Server::new(haven, options).unwrap_err();
    assert_eq!(error.kind(), haven_core::ErrorKind::Invalid);
    assert!(error.message().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_wrong_secret_is_401_in_the_originals_words_and_changes_nothing() {
    let bed = Bed::new().await;
    for secret in ["", "wrong", "agents onl", "agents only!", "AGENTS ONLY"] {
        let response = report(&bed, "/discovery/nodes/web-3", secret, script().to_string().into_bytes()).await;
        assert_eq!(response.status(), 401);
        assert_eq!(
            response.text().await.unwrap(),
            "Server required node auth, need correct value of 'X-Auth-Node' header."
        );
    }
    let without = bed.anonymous(Method::POST, "/discovery/nodes/web-3").body("{}").send().await.unwrap();
    assert_eq!(without.status(), 401);
    assert!(bed.haven.nodes().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_secret_anybody_may_report() {
    let bed = Bed::with(ServerOptions::default()).await;
    let response = report(&bed, "/discovery/nodes/web-3", "", script().to_string().into_bytes()).await;
    assert_eq!(response.status(), 200);
    assert!(bed.haven.nodes().get(&NodeName::new("web-3").unwrap()).await.is_ok());
}

#[tokio::test]
async fn what_is_no_report_is_told_so_and_changes_nothing() {
    let bed = Bed::new().await;
    let deep = format!(r#"{{"address":"127.0.0.1:1","labels":{}"#, r#"{"a":"#.repeat(50_000));
    let ignored = format!(r#"{{"address":"127.0.0.1:1","extra":{}"#, "[".repeat(500_000));
    let garbage: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\xff\x00".to_vec(),
        b"[]".to_vec(),
        br#"{"address":"sim:"}"#.to_vec(),
        br#"{"address":"%%%"}"#.to_vec(),
        br#"{"address":"127.0.0.1:1","time":"yesterday"}"#.to_vec(),
        br#"{"address":"127.0.0.1:1","system":{"cpuLoad":1e999}}"#.to_vec(),
        br#"{"address":"127.0.0.1:1","system":{"memory":{"total":-1}}}"#.to_vec(),
        deep.into_bytes(),
        ignored.into_bytes(),
    ];
    for body in garbage {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let response = report(&bed, "/discovery/nodes/web-3", SECRET, body).await;
        assert_eq!(response.status(), 400, "{shown}");
        is_problem(response, 400, "invalid").await;
    }
    for path in ["/discovery/nodes/%ff", "/discovery/nodes/a%2Fb", "/discovery/nodes/web-3?ttl=soon"] {
        is_problem(report(&bed, path, SECRET, script().to_string().into_bytes()).await, 400, "invalid").await;
    }
    is_problem(report(&bed, "/discovery/nodes/web-3", SECRET, vec![b' '; 9 << 20]).await, 413, "invalid").await;
    assert!(bed.haven.nodes().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_agent_whose_engine_only_has_a_socket_is_a_node_without_address() {
    let bed = Bed::with(ServerOptions::default()).await;
    // From another machine.
    let system = json!({ "address": "unix:///run/docker.sock", "system": { "cpuLoad": 3 } });
    let operation = ReportNode {
        node: NodeName::new("web-3").unwrap(),
        report: serde_json::from_value(system).unwrap(),
        from: Some("10.1.1.1".parse().unwrap()),
        ttl: None,
    };
    bed.haven.call(operation).await.unwrap();
    let node = read(bed.get("/api/v1/nodes/web-3").await).await;
    assert_eq!((&node["address"], &node["metrics"]["cpu_percent"]), (&Value::Null, &json!(3.0)));
    // One without any word of an address, and then with one.
    for (address, shown) in [(Value::Null, Value::Null), (json!("127.0.0.1:1"), json!("tcp://127.0.0.1:1"))] {
        let body = json!({ "address": address }).to_string().into_bytes();
        assert_eq!(report(&bed, "/discovery/nodes/web-4", "", body).await.status(), 200);
        assert_eq!(read(bed.get("/api/v1/nodes/web-4").await).await["address"], shown);
    }
    // An engine without an address is out of contact, and says why.
    let unreached = async {
        loop {
            let node = read(bed.get("/api/v1/nodes/web-3").await).await;
            if node["engine"]["error"]["message"] == "the node has no address yet" {
                return node;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let node = tokio::time::timeout(std::time::Duration::from_secs(20), unreached).await.unwrap();
    assert_eq!((&node["agent"]["reporting"], &node["status"]), (&json!(true), &json!("pending")));
}

#[tokio::test]
async fn an_address_of_another_node_is_400_as_the_originals_agents_know_it() {
    let bed = Bed::new().await;
    let body = || script().to_string().into_bytes();
    assert_eq!(report(&bed, "/discovery/nodes/web-3", SECRET, body()).await.status(), 200);
    let problem = is_problem(report(&bed, "/discovery/nodes/web-5", SECRET, body()).await, 400, "already_exists").await;
    assert_eq!(problem["detail"], "the engine at `tcp://127.0.0.1:1` is registered as node `web-3` already");
}

#[tokio::test]
async fn a_masters_address_that_ends_in_a_slash_makes_no_difference() {
    let bed = Bed::new().await;
    for path in ["//discovery/nodes/web-3?ttl=120", "/discovery//nodes//web-3//"] {
        assert_eq!(report(&bed, path, SECRET, script().to_string().into_bytes()).await.status(), 200, "{path}");
        assert_eq!(report(&bed, path, "wrong", script().to_string().into_bytes()).await.status(), 401, "{path}");
    }
    is_problem(bed.anonymous(Method::GET, "//api/v1/nodes").send().await.unwrap(), 401, "unauthenticated").await;
    assert_eq!(bed.get("//api/v1/nodes/web-3").await.status(), 200);
    is_problem(bed.get("/api/v1/nodes//metrics").await, 400, "invalid").await;
}

#[tokio::test]
async fn what_an_agent_does_not_know_costs_nothing_else_of_its_report() {
    let bed = Bed::new().await;
    let body = r#"{"time":1530864000123,"address":"127.0.0.1:1","labels":{"zone":"a","rack":null},
        "system":{"cpuLoad":NaN,"memory":{"total":1.5e9,"used":123.0,"available":null},
        "disks":{"/":{"total":10,"used":null},"/mnt":null},"net":{"eth0":null}}}"#;
    for body in [body.to_owned(), body.replace("NaN", r#""NaN""#)] {
        assert_eq!(report(&bed, "/discovery/nodes/web-3", SECRET, body.into_bytes()).await.status(), 200);
        let node = read(bed.get("/api/v1/nodes/web-3").await).await;
        assert_eq!(node["metrics"]["cpu_percent"], Value::Null);
        assert_eq!(node["metrics"]["memory_total"], 1_500_000_000);
        assert_eq!(node["metrics"]["disks"], json!({ "/": { "total": 10, "used": 0 } }));
    }
    for (body, field) in [
        (r#"{"system":{"memory":{"used":-1}}}"#, "system.memory.used"),
        (r#"{"system":{"cpuLoad":-3}}"#, "system.cpuLoad"),
        (r#"{"time":[]}"#, "time"),
        (r#"{"address":7}"#, "address"),
        (r#"{"address":"a b:1"}"#, "address"),
        (r#"{"labels":{"a":1}}"#, "labels.a"),
    ] {
        let response = report(&bed, "/discovery/nodes/web-9", SECRET, body.as_bytes().to_vec()).await;
        let problem = is_problem(response, 400, "invalid").await;
        assert!(problem["detail"].as_str().unwrap().contains(&format!("`{field}`")), "{field}: {problem}");
    }
}
