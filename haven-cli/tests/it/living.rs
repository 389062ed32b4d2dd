//! What is done to a container in its life: limits, copies, what changed, and what nothing uses any more.

use std::{fs, process::Stdio};

use haven_core::model::{ContainerRef, NodeName};

use crate::fleet::{Fleet, snapshot, text};

#[test]
fn limits_are_changed_and_refused() {
    let fleet = Fleet::start();
    snapshot!(
        "limits",
        fleet.session(&[
            "limits web-1 web-2 --memory 64m --cpus 0.5 --pids-limit 50 --restart on-failure:3",
            "limits web-1 --memory 1g",
            "limits web-1 --memory 1g --memory-swap 2g --json",
            "limits web-1",
            "limits nobody --memory 1g",
        ])
    );
    let (node, web) = (NodeName::new("sim-1").unwrap(), ContainerRef::new("web-1").unwrap());
    let spec = fleet.block_on(fleet.haven.containers().inspect(&node, &web)).unwrap().spec;
    assert_eq!((spec.memory, spec.memory_swap, spec.pids_limit), (Some(1 << 30), Some(2 << 30), Some(50)));
}

#[test]
fn files_are_copied_in_and_out() {
    let fleet = Fleet::start();
    let here = |name: &str| fleet.folder.path().join(name);
    fs::write(here("greeting"), "hello\n").unwrap();
    fs::create_dir_all(here("site/sub")).unwrap();
    fs::write(here("site/index"), "one\n").unwrap();
    fs::write(here("site/sub/page"), "two\n").unwrap();
    snapshot!(
        "copies",
        fleet.session(&[
            "cp greeting web-1:/tmp",
            "cp greeting web-1:/tmp/renamed",
            "cp site web-1:/srv",
            "cp site/. web-1:/var/www",
            "exec web-1 cat /tmp/greeting /tmp/renamed /srv/site/sub/page",
            "diff web-1",
            "cp web-1:/tmp/renamed back",
            "cp web-1:/srv/site copy",
            "cp web-1:/srv/site/. filled",
            "cp greeting web-1:/tmp --json",
            "cp web-1:/no/such .",
            "cp greeting web-1:/no/such/folder/file",
            "cp missing web-1:/tmp",
            "cp greeting back",
            "cp greeting nobody:/tmp",
        ])
    );
    assert_eq!(fs::read_to_string(here("back")).unwrap(), "hello\n");
    assert_eq!(fs::read_to_string(here("copy/sub/page")).unwrap(), "two\n");
    assert_eq!(fs::read_to_string(here("filled/index")).unwrap(), "one\n");
}

#[test]
fn archives_pass_through_standard_input_and_output() {
    let fleet = Fleet::start();
    fs::write(fleet.folder.path().join("greeting"), "hello\n").unwrap();
    assert!(fleet.haven().args(["cp", "greeting", "web-1:/tmp"]).status().unwrap().success());
    let out = fleet.haven().args(["cp", "web-1:/tmp/greeting", "-"]).output().unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    let mut take = fleet.haven().args(["cp", "-", "web-2:/srv"]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut take.stdin.take().unwrap(), &out.stdout).unwrap();
    assert!(take.wait().unwrap().success());
    let read = fleet.haven().args(["exec", "web-2", "cat", "/srv/greeting"]).output().unwrap();
    assert_eq!(text(&read.stdout), "hello\n");
    for to in ["-o", ""] {
        let file = fleet.folder.path().join("all.tar");
        let mut export = fleet.haven();
        export.args(["export", "web-2"]);
        if to == "-o" {
            assert!(export.arg("-o").arg(&file).status().unwrap().success());
        } else {
            fs::write(&file, export.output().unwrap().stdout).unwrap();
        }
        let mut archive = tar::Archive::new(fs::File::open(&file).unwrap());
        let mut names = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
        assert!(names.any(|name| name == std::path::Path::new("srv/greeting")));
    }
}

#[test]
fn a_container_is_made_with_dockers_options() {
    let fleet = Fleet::start();
    snapshot!(
        "options",
        fleet.session(&[
            "networks create --node sim-1 --subnet 10.9.0.0/16 --ip-range 10.9.4.0/24 --gateway 10.9.0.9 -o mtu=1400 --attachable front",
            "networks create --node sim-1 --gateway 10.9.0.1 wrong",
            "create --node sim-1 --name full --network name=front,alias=web,ip=10.9.7.7 --network bridge \
             --mount type=volume,src=data,dst=/data,volume-nocopy --tmpfs /t:size=64k -v /srv:/srv:ro \
             --memory 64m --memory-swap -1 --cpu-shares 512 --ulimit nofile=1024:2048 --pids-limit 100 \
             --cap-add NET_ADMIN --cap-drop ALL --security-opt no-new-privileges --device /dev/null:/dev/x:r --gpus all \
             --sysctl net.core.somaxconn=500 --dns 10.0.0.1 --add-host db:10.0.0.2 --expose 99 -P \
             --log-driver json-file --log-opt max-size=1m --init --read-only --shm-size 1m --group-add 10 \
             --health-cmd true --health-start-period 5s --domainname example.org --stop-timeout 3 --cgroupns host \
             busybox:1 sleep 100",
            "inspect --node sim-1 full",
            "create --node sim-1 --rm --restart always busybox:1 true",
            "create --node sim-1 --mount type=npipe,target=/a busybox:1",
            "create --node sim-1 --cap-add NOSUCH busybox:1",
            "networks connect --node sim-1 --alias cache --ip 10.9.7.8 front web-1",
            "networks connect --node sim-1 --ip 10.9.7.8 front full",
            "networks disconnect --node sim-1 --force front web-1",
        ])
    );
}

#[test]
fn what_nothing_uses_is_pruned() {
    let fleet = Fleet::start();
    snapshot!(
        "pruned",
        fleet.session(&[
            "networks create --node sim-1 unused",
            "networks prune --node sim-1 --label nobody --yes",
            "networks prune --node sim-1",
            "networks prune --node sim-1 --yes",
            "volumes create --node sim-1 data",
            "volumes prune --node sim-1 --yes",
            "volumes prune --node sim-1 --all",
            "volumes prune --node sim-1 --all --force",
            "volumes prune --node sim-1 --json --yes",
        ])
    );
}
