//! Requests made by chance: whatever comes, the answer comes in time, and is never a failure of the server.

use std::time::Duration;

use haven_core::door;
use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{bed::Bed, converse::with_container};

/// What stands where a request wants a name, a number or a JSON value.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"sim-1".to_vec()),
        Just(b"box".to_vec()),
        Just(b"..".to_vec()),
        Just(b"%2e%2e%2f".to_vec()),
        Just(b"%00".to_vec()),
        Just(b"%".to_vec()),
        Just(b"null".to_vec()),
        Just(b"-1".to_vec()),
        Just(b"18446744073709551616".to_vec()),
        // Anything but what ends the line: that would be another request.
        proptest::collection::vec(0x21_u8..=0xff, 0..24),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = piece().prop_map(|piece| {
        let text = String::from_utf8_lossy(&piece).replace(['"', '\\'], "");
        format!(r#"{{"name":"{text}","node":"{text}","spec":{{"image":"{text}"}},"timeout":{text}}}"#).into_bytes()
    });
    prop_oneof![Just(Vec::new()), Just(b"{}".to_vec()), json, proptest::collection::vec(any::<u8>(), 0..200)]
}

/// Sends a request byte for byte, and answers the status line's number; none: the server would not read it.
async fn status(bed: &Bed, method: &str, target: &[u8], body: &[u8]) -> Option<u16> {
    let mut connection = TcpStream::connect(bed.address).await.unwrap();
    let head = format!(
        " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-auth-node: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        bed.token,
        crate::bed::SECRET,
        body.len()
    );
    let request = [method.as_bytes(), b" ", target, head.as_bytes(), body].concat();
    // The server may have refused it before it was read to its end.
    let _ = connection.write_all(&request).await;
    let mut head = [0; 12];
    connection.read_exact(&mut head).await.ok()?;
    std::str::from_utf8(&head[9..]).unwrap().parse().ok()
}

#[test]
fn no_request_fails_the_server_or_holds_it() {
    let cases = std::env::var("HAVEN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let bed = runtime.block_on(with_container());
    let rows: Vec<_> = door::table().iter().map(|row| (row.method.as_str(), row.path)).collect();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let parts = (0..rows.len() + 1, piece(), piece(), piece(), piece(), body());
    let rng = proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&parts, |(row, first, second, key, value, body)| {
        let (method, path) = rows.get(row).copied().unwrap_or(("POST", "/../../discovery/nodes/{name}"));
        let mut places = [&first, &second].into_iter().cycle();
        let mut target = if row < rows.len() { b"/api/v1".to_vec() } else { Vec::new() };
        for part in path.split('/').skip(1).filter(|part| *part != "..") {
            target.push(b'/');
            let part = if part.starts_with('{') { places.next().expect("it never ends") } else { part.as_bytes() };
            target.extend_from_slice(part);
        }
        target.extend([b"?".as_slice(), &key, b"=", &value].concat());
        // What waits for something, or follows, says at once that it does.
        let answer = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), status(&bed, method, &target, &body)).await
        });
        let waits = path.ends_with("/wait");
        let shown = String::from_utf8_lossy(&target).into_owned();
        match answer {
            Err(_) => prop_assert!(waits, "{method} {shown} holds the server"),
            // What a simulated machine cannot do, or has no image for, is told as 501 or 503; nothing of it is a failure.
            Ok(Some(status)) => prop_assert!(status < 500 || matches!(status, 501 | 503), "{method} {shown}: {status}"),
            Ok(None) => {}
        }
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(runtime.block_on(bed.get("/healthz")).status(), 200);
}
