//! etcd loses its leader, then its quorum, and comes back, under a running server: refusals are true, streams and watches go on,
//! nothing that was acknowledged is missed.

use std::time::{Duration, Instant};

use haven_testkit::{
    bed::{BUSYBOX, Bed, Member},
    shared_bed_or_skip,
};
use serde_json::{Value, json};

use crate::{engines, etcd_store, members, server::Served, within};

/// The longest that a write may take to tell how it went.
const ANSWER: Duration = Duration::from_secs(20);

/// The members that lead, and those that follow.
fn by_role(etcd: &Bed) -> (Vec<&Member>, Vec<&Member>) {
    etcd.etcd().iter().partition(|member| {
        let mut ask = etcd.etcdctl(std::slice::from_ref(*member));
        let output = ask.args(["endpoint", "status", "-w", "json"]).output().unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let status = &found[0]["Status"];
        status["leader"] == status["header"]["member_id"]
    })
}

/// Clusters made over HTTP, each once.
#[derive(Default)]
struct Clusters {
    count: usize,
    acknowledged: Vec<String>,
}

impl Clusters {
    /// Asks for another one; answers whether it was acknowledged. A refusal says that the store is away, in time.
    fn create(&mut self, served: &Served) -> bool {
        self.count += 1;
        let name = format!("made-{}", self.count);
        let begun = Instant::now();
        let body = json!({ "name": name, "description": "" });
        let (status, answer) = served.rest("POST", "/api/v1/clusters", Some(&body));
        assert!(begun.elapsed() < ANSWER, "{:?} for {status}: {answer}", begun.elapsed());
        match (status, answer["kind"].as_str()) {
            (200..300, _) => self.acknowledged.push(name),
            (503, Some("unavailable")) | (504, Some("timeout")) => return false,
            _ => panic!("{name}: {status}: {answer}"),
        }
        true
    }

    fn are_all_there(&self, served: &Served) -> bool {
        let found = served.get("/api/v1/clusters");
        let there: Vec<&str> =
            found["items"].as_array().unwrap().iter().filter_map(|cluster| cluster["name"].as_str()).collect();
        self.acknowledged.iter().all(|name| there.contains(&name.as_str()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_loses_its_leader_then_its_quorum_and_comes_back() {
    let (bed, etcd) = (shared_bed_or_skip!(engines()), shared_bed_or_skip!(members()));
    let _all = crate::ENGINES.read().await;
    let _mine = crate::MEMBERS.write().await;
    let store = etcd_store(etcd, "outage");
    let engine = bed.engine(1);
    // The second master of the store learns what the first writes by watching it.
    let (served, other) = (Served::start(&store, &[]), Served::start(&store, &[]));
    served.register(bed, engine);
    let script = "while :; do echo tick; sleep 0.2; done";
    let run = ["run", "-d", "--node", engine.name(), "--name", "outage", BUSYBOX, "sh", "-c", script];
    assert!(served.client().args(run).output().unwrap().status.success());
    let shows = |served: &Served| served.haven("ps").contains("outage");
    within(Duration::from_secs(20), "both masters show it", || shows(&served) && shows(&other));
    let mut log = served.follow("logs -f outage");
    let mut events = served.follow("events -f --json --object outage");
    let mut elsewhere = other.follow("events -f --json --object outage");
    let by_hand = |action: &str| assert!(engine.docker().args([action, "outage"]).output().unwrap().status.success());
    let mut clusters = Clusters::default();
    assert!(clusters.create(&served));

    let (leader, followers) = by_role(etcd);
    assert_eq!((leader.len(), followers.len()), (1, 2));
    leader[0].kill().await.unwrap();
    let took = within(Duration::from_secs(30), "writes go on with another leader", || clusters.create(&served));
    eprintln!("another leader: the first write after {took:?}");
    assert!(shows(&served), "reads go on with another leader");

    followers[0].kill().await.unwrap();
    let begun = Instant::now();
    assert!(!clusters.create(&served), "a write without a quorum was acknowledged");
    eprintln!("no quorum: refused after {:?}", begun.elapsed());
    // What is open goes on, and so do reads: they are answered from memory.
    log.forget();
    log.until("tick", |line| line == "tick");
    for path in ["/api/v1/containers?cluster=made-1", "/api/v1/clusters", "/api/v1/nodes", "/api/v1/top/nodes"] {
        let begun = Instant::now();
        let (status, answer) = served.rest("GET", path, None);
        assert!(begun.elapsed() < ANSWER && status == 200, "{path}: {status}: {answer}");
        eprintln!("no quorum: {path} answered after {:?}", begun.elapsed());
    }
    by_hand("pause");
    assert_eq!(served.rest("GET", "/healthz", None).0, 503);
    assert!(!clusters.create(&served), "a write without a quorum was acknowledged");

    leader[0].restart().await.unwrap();
    followers[0].restart().await.unwrap();
    let took = within(Duration::from_secs(60), "writes go on with a quorum", || clusters.create(&served));
    eprintln!("a quorum again: the first write after {took:?}");
    assert_eq!(served.rest("GET", "/healthz", None).0, 200);
    assert!(clusters.are_all_there(&served));
    within(Duration::from_secs(20), "the other master sees them too", || clusters.are_all_there(&other));
    by_hand("unpause");
    for followed in [&mut events, &mut elsewhere] {
        // Also what happened while it could not be written down.
        followed.until_events(vec![("outage".into(), "pause"), ("outage".into(), "unpause")]);
    }
    within(Duration::from_secs(20), "it is in the journal", || {
        let kept = served.json("events --object outage");
        let told = |action: &str| kept["items"].as_array().unwrap().iter().any(|event| event["action"] == action);
        told("pause") && told("unpause")
    });
    served.haven("rm -f outage");
}
