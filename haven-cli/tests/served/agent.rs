//! The agents' door of the built program: with curl, the program itself, and the script that it hands out as the agent.

use std::{process::Command, time::Duration};

use haven_testkit::shared_bed_or_skip;
use serde_json::json;

use crate::{
    engines,
    server::{Lines, Served, text},
    within,
};

#[test]
fn a_wrong_agent_secret_is_401_and_changes_nothing() {
    let served = Served::start("redb", &[("HAVEN_AGENT_SECRET", "agents only")]);
    let report = json!({
        "time": "2016-11-16T15:44:24.266000", "id": "web-3", "name": "web-3", "address": "127.0.0.1:1",
        "labels": { "zone": "a" }, "containers": [{ "id": "x", "name": "y", "image": "z", "labels": {} }],
        "system": {
            "cpuLoad": 12.5, "memory": { "total": 8, "available": 5, "used": 3 },
            "disks": { "/": { "total": 10, "used": 4 } }, "net": { "eth0": { "bytesOut": 1, "bytesIn": 2 } },
        },
    });
    let send = |secret: Option<&str>| {
        let mut curl = std::process::Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "-m", "20", "-w", "\n%{http_code}", "-d", &report.to_string()]);
        curl.args(["-H", "content-type: application/json"])
            .arg(format!("{}/discovery/nodes/web-3?ttl=60", served.url()));
        curl.args(secret.iter().flat_map(|secret| ["-H".to_owned(), format!("X-Auth-Node: {secret}")]));
        let said = text(&curl.output().unwrap().stdout);
        let (body, status) = said.rsplit_once('\n').unwrap();
        (status.parse::<u16>().unwrap(), body.to_owned())
    };
    let revision = || served.get("/api/v1/system/status")["revision"].clone();
    let before = revision();
    assert!(before.is_string(), "{before}");
    for secret in [None, Some(""), Some("agents onl"), Some("Agents only")] {
        let (status, body) = send(secret);
        assert_eq!(status, 401);
        assert_eq!(body, "Server required node auth, need correct value of 'X-Auth-Node' header.");
    }
    assert_eq!(revision(), before, "a report that was refused was written");
    assert_eq!(served.json("nodes")["items"], json!([]));
    assert_eq!(send(Some("agents only")), (200, String::new()));
    assert_eq!(served.json("nodes")["items"][0]["agent"]["reporting"], true);
    assert_eq!(served.get("/api/v1/nodes/web-3")["labels"]["zone"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_reports_through_the_program() {
    let bed = shared_bed_or_skip!(engines());
    let _all = crate::ENGINES.read().await;
    let engine = bed.engine(0);
    let served = Served::start("redb", &[("HAVEN_AGENT_SECRET", "agents only")]);
    let mut agent = served.client();
    agent.args(["agent", "-v", "-t", "1", "-m", &served.url(), "-d", &engine.unix_url()]);
    let _agent = Lines::of(agent.env("HAVEN_AGENT_SECRET", "agents only"));
    within(Duration::from_secs(20), "the node is online", || served.node_is(engine.name(), "online"));
    let node = served.get(&format!("/api/v1/nodes/{}", engine.name()));
    assert_eq!((&node["labels"]["zone"], &node["agent"]["reporting"]), (&engine.zone().into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_becomes_a_node_by_the_lines_that_are_printed() {
    let _bed = shared_bed_or_skip!(engines());
    let served = Served::start("redb", &[("HAVEN_AGENT_SECRET", "agents only")]);
    let told = served.haven("nodes invite 10.0.0.3:2375");
    let (fetch, run) = told.trim_end().rsplit_once('\n').unwrap();
    assert!(run.starts_with("./haven-agent.py "), "{told}");
    // A folder of its own for what root keeps; the program is the one that serves.
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs cache /var/cache\n{fetch}\n./haven-agent.py --once --name web-3 -d unix:///nowhere.sock"
    );
    let output =
        Command::new("unshare").args(["-m", "sh", "-ec", &script]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{script}: {}", text(&output.stderr));
    assert_eq!(served.get("/api/v1/nodes/web-3")["agent"]["reporting"], true);
    let script = std::fs::read_to_string(folder.path().join("haven-agent.py")).unwrap();
    assert!(script.contains("\nFILES = [\n    ('native', 'haven', "), "it gives out itself");
    let audit = served.json("audit").to_string();
    assert!(audit.contains("invitations.create") && audit.contains("invitations.take"), "{audit}");
}
