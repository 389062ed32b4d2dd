//! Requests made by chance: whatever comes, the answer comes in time, and is never a failure of the server.
//!
//! `HAVEN_SEED` plays a run again, which is named where it fails.

use std::{cell::Cell, time::Duration};

use futures_util::StreamExt as _;
use haven_core::model::{ContainerRef, ImageRef, NodeAddress, NodeName};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    bed::{Bed, SECRET},
    converse::{run_box, with_container},
};

/// What stands where a request wants a name or a number.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = ["sim-1", "sim-1", "box", "box", "all", "bridge", "..", "%2e%2e%2f", "%00", "%", "null", "-1", "1"];
    prop_oneof![
        4 => select(known.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => Just(b"18446744073709551616".to_vec()),
        // Anything but what ends the line: that would be another request.
        1 => vec(0x21_u8..=0xff, 0..24),
    ]
}

/// What stands where a request wants a JSON value.
fn value() -> impl Strategy<Value = Value> {
    let known = [
        json!("sim-2"),
        json!("box-2"),
        json!("sim:"),
        json!("busybox:latest"),
        json!({ "image": "busybox:latest" }),
        json!({ "name": "net-2" }),
        json!({ "command": ["true"] }),
        json!({ "labels": { "a": "b" }, "system": { "cpuLoad": 1 } }),
        json!(["true"]),
        json!({}),
        json!(null),
        json!(true),
        json!(1),
        json!(-1.5),
        json!(u64::MAX),
    ];
    prop_oneof![4 => select(known.to_vec()), 1 => ".{0,24}".prop_map(Value::String)]
}

/// What a parameter of this name may well be, so that not every request is refused for what it lacks.
fn sensible(name: &str) -> Option<Value> {
    Some(match name {
        "node" => "sim-1".into(),
        "container" => "box".into(),
        "cluster" => "web".into(),
        "network" => "bridge".into(),
        "image" => "busybox:latest".into(),
        "address" => "sim:".into(),
        "name" => "made".into(),
        "spec" => json!({ "image": "busybox:latest" }),
        _ => return None,
    })
}

/// What is sent as body: what is sensible or nothing, with some fields by chance; or anything.
#[derive(Clone, Debug)]
enum Body {
    Fields { sensible: bool, fields: Vec<(Index, Value)> },
    Bytes(Vec<u8>),
}

fn body() -> impl Strategy<Value = Body> {
    let fields = vec((any::<Index>(), value()), 0..4);
    prop_oneof![
        4 => (any::<bool>(), fields).prop_map(|(sensible, fields)| Body::Fields { sensible, fields }),
        1 => vec(any::<u8>(), 0..200).prop_map(Body::Bytes),
    ]
}

/// One operation, and the names of its parameters.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    query: Vec<String>,
    body: Vec<String>,
}

impl Asked {
    fn has_body(&self) -> bool {
        matches!(self.method.as_str(), "POST" | "PUT" | "PATCH")
    }
}

/// All that the server says can be asked of it.
fn all() -> Vec<Asked> {
    let document = haven_server::openapi();
    let names = |schema: &Value| -> Vec<String> {
        let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        let schema = reference.and_then(|reference| document.pointer(reference)).unwrap_or(schema);
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    };
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let query = parameters.filter(|parameter| parameter["in"] == "query");
            all.push(Asked {
                method: method.to_uppercase(),
                path: path.clone(),
                query: query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
                body: names(&operation["requestBody"]["content"]["application/json"]["schema"]),
            });
        }
    }
    all
}

/// Sends a request byte for byte, and answers the status line's number; none: the server would not read it.
async fn status(bed: &Bed, method: &str, target: &[u8], body: &[u8]) -> Option<u16> {
    let mut connection = TcpStream::connect(bed.address).await.unwrap();
    let head = format!(
        " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-auth-node: {SECRET}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        bed.token,
        body.len()
    );
    let request = [method.as_bytes(), b" ", target, head.as_bytes(), body].concat();
    // The server may have refused it before it was read to its end.
    let _ = connection.write_all(&request).await;
    let mut head = [0; 12];
    connection.read_exact(&mut head).await.ok()?;
    std::str::from_utf8(&head[9..]).unwrap().parse().ok()
}

/// Puts back what the requests before may have taken away.
async fn mend(bed: &Bed) {
    let (node, container) = (NodeName::new("sim-1").unwrap(), ContainerRef::new("box").unwrap());
    if bed.haven.containers().find(&container).await.is_ok_and(|found| found.item.is_running()) {
        return;
    }
    let _ = bed.haven.nodes().remove(&node).await;
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    let _ = bed.haven.containers().remove(&node, &container).await;
    let image = ImageRef::new("busybox:latest").unwrap();
    bed.haven.images().pull(&node, &image).await.unwrap().for_each(|_| std::future::ready(())).await;
    run_box(bed).await;
}

#[test]
fn no_request_fails_the_server_or_holds_it() {
    let cases = haven_testkit::run::count(400, 10_000);
    let seed = haven_testkit::run::seed();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let bed = runtime.block_on(with_container());
    let all = all();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let pieces = vec(prop::option::of(piece()), 3);
    let query = prop::option::of(vec((any::<Index>(), piece()), 1..4));
    let (looked, acted) = (Cell::new(0), Cell::new(0));
    let parts = (any::<Index>(), pieces, query, body());
    let outcome = runner.run(&parts, |(which, pieces, query, body)| {
        runtime.block_on(mend(&bed));
        let asked = which.get(&all);
        let mut places = pieces.iter().cycle();
        let mut target = Vec::new();
        for part in asked.path.split('/').skip(1) {
            target.push(b'/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                None => target.extend_from_slice(part.as_bytes()),
                Some(name) => match places.next().expect("it never ends") {
                    Some(piece) => target.extend_from_slice(piece),
                    None => target
                        .extend_from_slice(sensible(name).as_ref().and_then(Value::as_str).unwrap_or("x").as_bytes()),
                },
            }
        }
        // What takes a body takes no query, and says so before it reads the body.
        let query = query.filter(|_| !asked.query.is_empty()).unwrap_or_default();
        for (number, (name, value)) in query.iter().enumerate() {
            target.push(if number == 0 { b'?' } else { b'&' });
            target.extend([name.get(&asked.query).as_bytes(), b"=", value].concat());
        }
        let body = match body {
            _ if !asked.has_body() => Vec::new(),
            Body::Bytes(bytes) => bytes,
            Body::Fields { sensible: is_sensible, fields } => {
                let begin = asked.body.iter().filter(|_| is_sensible);
                let begin = begin.filter_map(|name| Some((name.clone(), sensible(name)?)));
                let fields = fields.into_iter().filter(|_| !asked.body.is_empty());
                let fields = fields.map(|(name, value)| (name.get(&asked.body).clone(), value));
                Value::Object(begin.chain(fields).collect::<Map<_, _>>()).to_string().into_bytes()
            }
        };
        // What follows says at once that it does; what waits for the end of a program may wait.
        let waits = asked.path.ends_with("/wait");
        let patience = Duration::from_secs(if waits { 1 } else { 20 });
        let answer = runtime
            .block_on(async { tokio::time::timeout(patience, status(&bed, &asked.method, &target, &body)).await });
        let shown = format!("{} {} {}", asked.method, String::from_utf8_lossy(&target), String::from_utf8_lossy(&body));
        match answer {
            Err(_) => prop_assert!(waits, "{shown} holds the server"),
            // What a simulated machine cannot do, or has no image for, is told as 501 or 503; nothing of it is a failure.
            Ok(Some(status)) => {
                prop_assert!(status < 500 || matches!(status, 501 | 503), "{shown}: {status}");
                let count = if asked.has_body() { &acted } else { &looked };
                count.set(count.get() + u32::from(status < 300));
            }
            Ok(None) => {}
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("HAVEN_SEED={seed}: {error}");
    }
    assert!(looked.get() > 0 && acted.get() > 0, "HAVEN_SEED={seed}: nothing of it ever succeeds");
    assert_eq!(runtime.block_on(bed.get("/healthz")).status(), 200);
}
