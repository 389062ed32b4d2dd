//! A stop by signal: what is asked is still answered.

use std::time::Duration;

use serde_json::json;

use crate::{
    server::{Served, text},
    within,
};

#[test]
fn a_call_in_flight_when_the_server_is_told_to_stop_is_answered() {
    let mut served = Served::start("redb", &[("HAVEN_LOG", "debug")]);
    served.haven("nodes register sim-1 sim: --wait");
    let spec = json!({ "image": "busybox:latest", "command": ["sh", "-c", "sleep 4; exit 3"] });
    let made = json!({ "name": "box", "spec": spec });
    assert_eq!(served.rest("POST", "/api/v1/nodes/sim-1/containers", Some(&made)).0, 201);
    let at = "/api/v1/nodes/sim-1/containers/box";
    assert_eq!(served.rest("POST", &format!("{at}/start"), None).0, 200);
    let mut waiting = served.curl(&format!("{at}/wait"));
    waiting.stdout(std::process::Stdio::piped());
    let waiting = waiting.spawn().unwrap();
    within(Duration::from_secs(20), "the server is asked", || served.log().contains("containers.wait"));
    served.stop();
    let answer = waiting.wait_with_output().unwrap();
    assert_eq!(text(&answer.stdout), r#"{"exit_code":3}"#);
}
