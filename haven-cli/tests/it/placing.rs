//! Where containers go: constraints, affinities and strategies as options, and as Docker's swarm took them.

use crate::fleet::{Fleet, snapshot, text};

#[test]
fn containers_go_where_they_ask_to_be() {
    let fleet = Fleet::start();
    snapshot!(
        "placing",
        fleet.session(&[
            "clusters create zoned --strategy binpack --max-count-of-instances 2",
            "clusters add zoned sim-1 sim-2",
            "nodes update sim-1 -l zone=a",
            "nodes update sim-2 -l zone=b -l disk=ssd",
            "run -d --cluster zoned --constraint zone==b --name one nginx",
            "run -d --cluster zoned -e constraint:zone==b -e constraint:node!=nowhere -e A=1 --name two nginx",
            "exec two env",
            "ps -l com.docker.swarm.constraints",
            "run -d --cluster zoned --constraint zone==b --name three nginx",
            "run -d --cluster zoned --constraint disk==~ssd --affinity container!=one --strategy spread --name three busybox:1 sleep 100",
            "run -d --cluster all --affinity constraint:x==y busybox:1 sleep 100",
            "run -d --cluster all --constraint zone=a busybox:1 sleep 100",
            "run -d --cluster all --constraint zone==/(/ busybox:1 sleep 100",
            "run -d --node sim-1 --strategy spread busybox:1 sleep 100",
            "nodes availability sim-1 drain",
            "nodes",
            "run -d --cluster zoned --constraint zone==a busybox:1 sleep 100",
            "node availability sim-1 active",
            "nodes availability sim-1 asleep",
            "clusters update zoned --strategy random --max-count-of-instances 0",
            "clusters inspect zoned",
            "clusters update zoned",
            "clusters update all --strategy random",
        ])
    );
}

#[test]
fn entries_of_one_name_are_all_kept() {
    let fleet = Fleet::start();
    let file = fleet.folder.path().join("env");
    std::fs::write(&file, "constraint:node!=sim-1\nPORT=80\n").unwrap();
    let words =
        ["create", "--cluster", "all", "--env-file", file.to_str().unwrap(), "-e", "constraint:node!=sim-2", "nginx"];
    let output = fleet.haven().args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let told = text(&output.stderr);
    assert!(told.contains("no node: node!=sim-1 refused 1 (the node is `sim-1`), node!=sim-2 refused 1"), "{told}");
}
