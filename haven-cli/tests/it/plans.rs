//! Plans: made, shown, applied, taken back, and how each of it fails.

use std::process::Stdio;

use haven_core::model::{ContainerSpec, ImageRef, NodeName, PlanId};

use crate::fleet::{Fleet, snapshot, text};

/// A fleet with two containers of nginx on each node.
fn fleet() -> Fleet {
    let fleet = Fleet::start();
    for node in ["sim-1", "sim-2"] {
        for name in ["front", "back"] {
            let run = async {
                let spec = ContainerSpec::new(ImageRef::new("nginx:latest").unwrap());
                let name = format!("{name}-{}", &node[4..]);
                fleet.haven.containers().run(&NodeName::new(node).unwrap(), &name, spec).await.unwrap();
            };
            fleet.block_on(run);
        }
    }
    fleet
}

/// The id of the newest plan.
fn newest(fleet: &Fleet) -> PlanId {
    fleet.block_on(fleet.haven.plans().list()).unwrap()[0].id.clone()
}

#[test]
fn a_plan_is_made_looked_at_applied_and_taken_back() {
    let fleet = fleet();
    let mut told = fleet.session(&[
        "plan",
        "plan update --image nginx --to 1.27 --percent 50 --order start-first --monitor 0s --exclude back-2",
        "plan ls",
    ]);
    let plan = newest(&fleet);
    for line in [
        format!("plan show {}", plan.short()),
        format!("apply {}", plan.short()),
        format!("plan diff {plan}"),
        "plan kept".to_owned(),
        format!("apply {plan}"),
        format!("plan pause {plan}"),
        format!("plan rm {plan}"),
        format!("rollback {plan} --dry-run"),
        format!("rollback {plan} --yes"),
        "ps --filter name=front-1".to_owned(),
        "plan".to_owned(),
    ] {
        told.push('\n');
        told.push_str(&fleet.run(&line));
    }
    snapshot!("plan", told);
}

#[test]
fn the_short_forms_plan_show_and_apply() {
    let fleet = fleet();
    snapshot!(
        "short_forms",
        fleet.session(&[
            "update --image nginx:latest --to 1.27",
            "update front-* --to 1.27 --env SECRET=hidden --label tier=front --health tcp:80 --dry-run",
            "update front-1 --to 1.27 --env SECRET=hidden --monitor 0s --yes",
            "update front-1 --to 1.27 --yes",
            "update --image nosuch --to 1 --yes",
            "update --image nosuch --to 1 --dry-run",
            "scale front-1=1 -y",
            "relabel front-1 tier=front app- --monitor 0s -y",
            "relabel front-1 tier=rear -l app- --label a=b --dry-run",
            "recreate back-1 back-2 --monitor 0s -y",
            "scale front-2=3 --parallelism 1 --monitor 0s -y",
            "scale front-2=1 --parallelism 1 -y",
            "deploy --name api --count 2 --cluster shop --constraint node==sim-1 --parallelism 1 --monitor 0s -y nginx",
            "drain sim-1 --dry-run",
            "stop -t 0 back-2",
            "prune --dry-run",
            "prune --image nginx -y",
            "plan",
        ])
    );
}

#[test]
fn fewer_containers_than_were_asked_for_are_a_failure() {
    let fleet = Fleet::start();
    // A port of the host can be had once on each of the two nodes.
    let deploy = "deploy --name api --count 3 --publish 8099:80 --monitor 0s nginx";
    assert!(fleet.run(&deploy.replace("nginx", "--dry-run nginx")).ends_with("--- code 0\n"));
    let told = fleet.run(&deploy.replace("nginx", "-y nginx"));
    assert!(told.contains("is applied: 2 of 2 steps done"), "{told}");
    assert!(told.contains("error: 1 of 3 containers found no node: "), "{told}");
    assert!(told.contains("hint: `haven plan diff ") && told.ends_with("--- code 4\n"), "{told}");
    let told = fleet.run("deploy --name other --count 3 --publish 8098:80 --monitor 0s -y --json nginx");
    assert!(told.contains(r#""hint":"`haven plan diff "#) && told.ends_with("--- code 4\n"), "{told}");
}

#[test]
fn a_plan_that_nobody_applied_is_not_to_be_made_again() {
    let fleet = fleet();
    fleet.run("plan update front-1 --to 1.27");
    let plan = newest(&fleet);
    for what in ["pause", "resume", "abort"] {
        let told = fleet.run(&format!("plan {what} {plan}"));
        assert!(told.contains(&format!("`haven apply {}` applies it", plan.short())), "{told}");
    }
}

#[test]
fn plans_are_listed_by_state_and_number() {
    let fleet = fleet();
    for name in ["front-1", "front-2", "back-1"] {
        fleet.run(&format!("plan relabel {name} -l a=b --monitor 0s"));
    }
    fleet.run(&format!("apply {}", newest(&fleet)));
    let count = |line: &str| text(&fleet.haven().args(line.split(' ')).output().unwrap().stdout).lines().count();
    assert_eq!((count("plan ls -q"), count("plan ls -q --limit 2"), count("plan -q --limit 0")), (3, 2, 0));
    assert_eq!((count("plan ls -q --state planned"), count("plan ls -q --state rolled-back")), (2, 0));
    assert_eq!(count("plan -q --state planned --state applied"), 3);
    assert!(fleet.run("plan ls --state red").ends_with("--- code 2\n"));
}

#[test]
fn a_bad_version_is_caught_and_the_exit_code_says_so() {
    let fleet = fleet();
    let bad = "update back-* --label sim.crash-after=0.1 --monitor 1s --yes";
    let mut told = fleet.session(&[bad]);
    let plan = newest(&fleet);
    told.push_str(&fleet.run(&format!("plan abort {plan}")));
    told.push_str(&fleet.run(&format!("plan follow {plan}")));
    for way in ["rollback", "continue"] {
        told.push_str(&fleet.run(&format!("{bad} --on-failure {way}")));
    }
    snapshot!("bad_version", told);
}

#[test]
fn what_is_wrong_with_plans_is_said_with_what_to_do() {
    let fleet = fleet();
    fleet.run("plan update front-* --to 1.27");
    let stale = newest(&fleet);
    fleet.run("rm -f front-2");
    let mut told = fleet.session(&[
        "apply 00000000",
        "apply nosuch.json",
        "apply xyz",
        "plan show 00000000",
        "update --to 1.5 -y",
        "update front-1 -y",
        "update nosuch --to 1.5 -y",
        "update front-1 --to 1.5 --health icmp:1",
        "update front-1 --to 1.5 --percent 0",
        "scale front-1",
        "relabel front-1 tier -y",
        "prune --filter colour=red -y",
        "update --image busybox --to 2 --from 1 --max-failure-ratio 3 -y",
        "update --image busybox --all --to 2 -y",
        "deploy --name front-1 -y nginx",
    ]);
    told.push_str(&fleet.run(&format!("apply {stale}")));
    told.push_str(&fleet.run(&format!("plan rm {stale}")));
    snapshot!("plan_errors", told);
}

#[test]
fn a_plan_in_a_file_is_applied_and_one_that_was_altered_is_not() {
    let fleet = fleet();
    let home = fleet.folder.path();
    let made = |words: &str, file: &str| {
        let output = fleet.haven().args(words.split(' ')).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        std::fs::write(home.join(file), output.stdout).unwrap();
    };
    made("plan update front-1 --to 1.27 --monitor 0s --json", "whole.json");
    made("plan update front-2 --to 1.27 --monitor 0s", "told.txt");
    made("plan update back-1 --to 1.27 --monitor 0s --json", "other.json");
    let altered = std::fs::read_to_string(home.join("other.json")).unwrap().replace("1.27", "1.26");
    std::fs::write(home.join("other.json"), altered).unwrap();
    std::fs::write(home.join("junk.json"), "{\"steps\": 1}").unwrap();
    snapshot!(
        "plan_files",
        fleet.session(&[
            "apply whole.json",
            "apply told.txt",
            "apply other.json",
            "apply junk.json",
            "ps --filter image=nginx:1.27 -q",
        ])
    );
    made("plan update back-1 --to 1.27 --monitor 0s --json", "piped.json");
    let mut apply = fleet.haven();
    let file = std::fs::File::open(home.join("piped.json")).unwrap();
    let output = apply.args(["apply", "-", "--json"]).stdin(file).output().unwrap();
    let detail: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &detail["status"]["state"]), (Some(0), &"applied".into()));
}

#[test]
fn who_interrupts_leaves_the_plan_to_go_on() {
    let fleet = fleet();
    fleet.run("plan update front-* --to 1.27 --monitor 2s");
    let plan = newest(&fleet);
    let mut apply = fleet.haven();
    apply.args(["apply", plan.as_str()]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = apply.spawn().unwrap();
    fleet.block_on(async {
        while !fleet.haven.plans().get(&plan).await.unwrap().status.state.is_moving() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // It follows once it has been told that the plan was begun.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    });
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("the plan goes on") && said.contains("haven plan abort"), "{said}");
    assert!(fleet.run(&format!("plan follow {plan}")).ends_with("--- code 0\n"));
    let detach = fleet.run(&format!("rollback {plan} --yes --detach"));
    assert!(detach.contains("is applying") && detach.ends_with("--- code 0\n"), "{detach}");
    assert!(fleet.run(&format!("plan follow {}", newest(&fleet))).ends_with("--- code 0\n"));
    let left = fleet.block_on(fleet.haven.containers().list()).unwrap();
    assert!(left.items.iter().all(|at| !at.item.is_running() || at.item.image != "nginx:1.27"));
}

#[test]
fn a_fleet_of_this_process_has_nobody_to_leave_a_plan_to() {
    let home = tempfile::tempdir().unwrap();
    let mut program = crate::fleet::program(home.path());
    let store = format!("redb:{}", home.path().join("fleet.redb").display());
    let output = program.args(["apply", "00000000", "--detach", "--server", &store]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("nobody would go on"), "{output:?}");
}
