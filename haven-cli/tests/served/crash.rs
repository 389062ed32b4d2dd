//! The server is killed while clients write: what it acknowledged is there when it is back, and nothing that nobody asked for.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use haven_testkit::shared_bed_or_skip;
use serde_json::{Value, json};

use crate::{etcd_store, members, server::Served, within};

/// How many clients write at the same time.
const WRITERS: usize = 3;

/// What was asked for, and what of it was acknowledged: paths of the API.
#[derive(Default)]
struct Written {
    asked: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

/// Writes clusters, and now and then a node, until told to stop.
fn write(served: &Served, (round, writer): (u64, usize), written: &Mutex<Written>, stop: &AtomicBool) {
    for count in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("w-{round}-{writer}-{count}");
        let (kind, body) = if count % 4 == 3 {
            ("nodes", json!({ "name": name, "address": format!("tcp://127.{}.{writer}.{}:9", round + 1, count % 255) }))
        } else {
            ("clusters", json!({ "name": name, "description": "written while it is killed" }))
        };
        let path = format!("{kind}/{name}");
        written.lock().unwrap().asked.insert(path.clone());
        let (status, answer) = served.rest("POST", &format!("/api/v1/{kind}"), Some(&body));
        match status {
            0 => {}
            200..300 => drop(written.lock().unwrap().acknowledged.insert(path)),
            _ => panic!("{path}: {status}: {answer}"),
        }
    }
}

fn present(served: &Served) -> BTreeSet<String> {
    let names = |kind: &str| {
        let found = served.get(&format!("/api/v1/{kind}"));
        let named = |item: &Value| format!("{kind}/{}", item["name"].as_str().unwrap());
        found["items"].as_array().unwrap().iter().map(named).collect::<Vec<_>>()
    };
    names("clusters").into_iter().chain(names("nodes")).collect()
}

fn is_killed_in_a_loop(store: &str) {
    let mut served = Served::start(store, &[]);
    let rounds = haven_testkit::run::count(10, 50);
    let written = Mutex::new(Written::default());
    for round in 0..rounds {
        let before = written.lock().unwrap().acknowledged.len();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (served, written, stop) = (&served, &written, &stop);
                scope.spawn(move || write(served, (round, writer), written, stop));
            }
            within(Duration::from_secs(30), "writes are acknowledged", || {
                written.lock().unwrap().acknowledged.len() >= before + 3
            });
            // Each round at another point of what the server does with a write.
            std::thread::sleep(Duration::from_millis(round * 37 % 200));
            served.kill();
            stop.store(true, Ordering::Relaxed);
        });
        served.start_again();
        let present = present(&served);
        let written = written.lock().unwrap();
        let lost: Vec<_> = written.acknowledged.difference(&present).collect();
        assert!(lost.is_empty(), "round {round}: acknowledged and gone: {lost:?}");
        let made_up: Vec<_> = present
            .iter()
            .filter(|path| {
                !["clusters/all", "clusters/orphans"].contains(&path.as_str()) && !written.asked.contains(*path)
            })
            .collect();
        assert!(made_up.is_empty(), "round {round}: there and not asked for: {made_up:?}");
    }
    let written = written.into_inner().unwrap();
    eprintln!("{rounds} kills: {} writes acknowledged of {}", written.acknowledged.len(), written.asked.len());
}

#[test]
fn what_a_killed_server_acknowledged_is_kept_on_redb() {
    is_killed_in_a_loop("redb");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_acknowledged_is_kept_on_etcd() {
    let bed = shared_bed_or_skip!(members());
    let _whole = crate::MEMBERS.read().await;
    is_killed_in_a_loop(&etcd_store(bed, "crash"));
}
