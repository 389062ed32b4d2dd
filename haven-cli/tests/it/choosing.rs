//! Containers that are chosen by what they are, in place of names.

use crate::fleet::{Fleet, snapshot, text};

#[test]
fn a_cluster_or_a_label_is_acted_on_as_a_whole() {
    let fleet = Fleet::start();
    snapshot!(
        "choosing",
        fleet.session(&[
            "run --node sim-1 -d --name extra -l tier=back busybox:1 sleep 1000",
            "stop",
            "stop --cluster shop",
            "stop web-1 --all",
            "stop -t 0 --cluster shop --all",
            "stop -t 0 --cluster shop --all",
            "start --cluster shop --label tier=back",
            "restart -t 0 --all",
            "kill --filter name=web",
            "start --cluster nosuch --all",
            "rm --all",
            "rm --all --yes",
            "rm -f --label tier=back --yes",
            "ps -a -q",
        ])
    );
    let output = fleet.haven().args(["start", "--all", "--json"]).output().unwrap();
    assert_eq!(text(&output.stdout), "[]\n", "{}", text(&output.stderr));
}

#[test]
fn a_node_out_of_contact_is_told_when_all_are_meant() {
    let fleet = Fleet::start();
    let register = fleet.haven().args(["nodes", "register", "away", "tcp://127.0.0.1:9"]).output().unwrap();
    assert!(register.status.success(), "{}", text(&register.stderr));
    let output = fleet.haven().args(["stop", "-t", "0", "--all", "--json"]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let told = told.as_array().unwrap();
    assert_eq!(told.iter().filter(|item| item["outcome"] == "done").count(), 2, "{told:#?}");
    assert!(told.iter().any(|item| item["node"] == "away" && item["error"]["kind"] == "unavailable"), "{told:#?}");
    assert_eq!(output.status.code(), Some(6));
}
