//! The agents' door of the built program, with curl as the agent.

use serde_json::json;

use crate::server::{Served, text};

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
