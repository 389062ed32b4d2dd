//! What engines that are not at hand are sent, and what of them is told: fields that this machine cannot apply, engines
//! that are newer or older, and engines that are set otherwise.

use haven_core::{
    ErrorKind,
    engine::{Containers as _, Networks as _},
    model::{
        Connection, ContainerRef, ContainerSpec, ContainerUpdate, ImageRef, Mount, NetworkName, RestartPolicy,
        spec::{Device, DeviceRequest, HealthCheck, MountKind, Propagation, ThrottleDevice, Ulimit, WeightDevice},
    },
};
use serde_json::{Value, json};

use crate::stub::{Stub, ok};

const ID: &str = "4e8e707003486bdc50db9fcb045216b4846eb0d198077095c9a941c499d31389";

fn plain() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("web:1").unwrap())
}

fn network(name: &str) -> NetworkName {
    NetworkName::new(name).unwrap()
}

/// What an engine of this version is sent for a container.
async fn created(api: &'static str, spec: &ContainerSpec) -> (Value, Stub) {
    let stub = Stub::start("1.12", api, |line| match line {
        line if line.contains("/containers/create") => ok(format!(r#"{{"Id":"{ID}"}}"#)),
        line if line.contains("GET") && line.contains("/networks/") => ok(r#"{"Id":"n","Name":"net"}"#),
        line if line.contains("/json") => ok(format!(r#"{{"Id":"{ID}","Name":"/web"}}"#)),
        _ => ok("{}"),
    })
    .await;
    stub.engine().await.create_container(None, spec).await.unwrap();
    (stub.told("/containers/create").remove(0), stub)
}

#[tokio::test]
async fn what_this_kernel_cannot_apply_is_sent_as_docker_takes_it() {
    let spec = ContainerSpec {
        blkio_weight: Some(300),
        blkio_weight_devices: vec![WeightDevice { path: "/dev/sda".into(), weight: 500 }],
        device_read_bps: vec![ThrottleDevice { path: "/dev/sda".into(), rate: 1_048_576 }],
        device_write_iops: vec![ThrottleDevice { path: "/dev/sdb".into(), rate: 100 }],
        kernel_memory: Some(64 << 20),
        storage_options: [("size".to_owned(), "10G".to_owned())].into(),
        device_requests: vec![DeviceRequest {
            driver: Some("nvidia".into()),
            count: Some(-1),
            device_ids: vec!["0".into()],
            capabilities: vec![vec!["gpu".into(), "utility".into()]],
            options: [("a".to_owned(), "b".to_owned())].into(),
        }],
        devices: vec![Device { path_on_host: "/dev/snd".into(), path_in_container: None, permissions: None }],
        privileged: true,
        oom_kill_disable: true,
        ulimits: vec![Ulimit { name: "core".into(), soft: -1, hard: -1 }],
        ..plain()
    };
    let (body, _stub) = created("1.41", &spec).await;
    let host = &body["HostConfig"];
    assert_eq!(host["BlkioWeight"], 300);
    assert_eq!(host["BlkioWeightDevice"], json!([{ "Path": "/dev/sda", "Weight": 500 }]));
    assert_eq!(host["BlkioDeviceReadBps"], json!([{ "Path": "/dev/sda", "Rate": 1_048_576 }]));
    assert_eq!(host["BlkioDeviceWriteIOps"], json!([{ "Path": "/dev/sdb", "Rate": 100 }]));
    assert_eq!((&host["KernelMemory"], &host["StorageOpt"]), (&json!(67_108_864), &json!({ "size": "10G" })));
    let request = json!([{
        "Driver": "nvidia", "Count": -1, "DeviceIDs": ["0"], "Capabilities": [["gpu", "utility"]], "Options": { "a": "b" },
    }]);
    assert_eq!(host["DeviceRequests"], request);
    let device = json!([{ "PathOnHost": "/dev/snd", "PathInContainer": "/dev/snd", "CgroupPermissions": "rwm" }]);
    assert_eq!(host["Devices"], device);
    assert_eq!((&host["Privileged"], &host["OomKillDisable"]), (&json!(true), &json!(true)));
    assert_eq!(host["Ulimits"], json!([{ "Name": "core", "Soft": -1, "Hard": -1 }]));
}

#[tokio::test]
async fn mounts_are_objects_or_texts_as_the_engine_takes_them() {
    let spec = ContainerSpec {
        mounts: vec![
            Mount { create_source: true, ..Mount::new(MountKind::Bind, "/srv", "/made") },
            Mount { propagation: Some(Propagation::Rslave), ..Mount::new(MountKind::Bind, "/srv", "/found") },
            Mount { options: vec!["Z".into()], ..Mount::new(MountKind::Bind, "/srv", "/labelled") },
            Mount { subpath: None, no_copy: true, ..Mount::new(MountKind::Volume, "data", "/data") },
            Mount { size: Some(1 << 20), mode: Some(0o700), ..Mount::new(MountKind::Tmpfs, "", "/memory") },
            Mount { size: Some(1 << 20), options: vec!["exec".into()], ..Mount::new(MountKind::Tmpfs, "", "/program") },
        ],
        volume_driver: Some("nfs".into()),
        ..plain()
    };
    let (body, _stub) = created("1.41", &spec).await;
    let host = &body["HostConfig"];
    assert_eq!(host["Binds"], json!(["/srv:/made", "/srv:/labelled:Z"]));
    assert_eq!(host["Tmpfs"], json!({ "/program": "exec,size=1048576" }));
    let kinds: Vec<&str> =
        host["Mounts"].as_array().unwrap().iter().map(|mount| mount["Type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["bind", "volume", "tmpfs"]);
    assert_eq!(host["Mounts"][0]["BindOptions"], json!({ "Propagation": "rslave" }));
    let options = json!({ "NoCopy": true, "DriverConfig": { "Name": "nfs" } });
    assert_eq!(host["Mounts"][1]["VolumeOptions"], options);
    assert_eq!(host["Mounts"][2]["TmpfsOptions"], json!({ "SizeBytes": 1_048_576, "Mode": 0o700 }));
    let (body, _stub) = created("1.24", &ContainerSpec { volume_driver: None, ..spec }).await;
    let host = &body["HostConfig"];
    assert_eq!(host["Mounts"], Value::Null, "an old engine has no objects");
    assert_eq!(host["Binds"], json!(["/srv:/made", "/srv:/found:rslave", "/srv:/labelled:Z", "data:/data:nocopy"]));
    assert_eq!(host["Tmpfs"]["/memory"], "size=1048576,mode=700");
}

#[tokio::test]
async fn connections_are_made_with_the_container_or_right_after_it() {
    let spec = ContainerSpec {
        network: Some("front".parse().unwrap()),
        networks: vec![
            Connection {
                aliases: vec!["web".into()],
                ipv4_address: Some("10.0.0.7".parse().unwrap()),
                mac_address: Some("02:42:00:00:00:01".into()),
                ..Connection::to(network("front"))
            },
            Connection { ipv4_address: Some("10.1.0.7".parse().unwrap()), ..Connection::to(network("back")) },
        ],
        links: vec!["db:database".into()],
        ..plain()
    };
    let (body, stub) = created("1.41", &spec).await;
    let front = &body["NetworkingConfig"]["EndpointsConfig"]["front"];
    assert_eq!(front["IPAMConfig"], json!({ "IPv4Address": "10.0.0.7" }));
    assert_eq!((&front["Aliases"], &front["Links"]), (&json!(["web"]), &json!(["db:database"])));
    assert_eq!(body["NetworkingConfig"]["EndpointsConfig"]["back"], Value::Null);
    assert_eq!((&body["MacAddress"], &front["MacAddress"]), (&json!("02:42:00:00:00:01"), &Value::Null));
    let later = stub.told("/networks/back/connect").remove(0);
    assert_eq!(later["EndpointConfig"]["IPAMConfig"], json!({ "IPv4Address": "10.1.0.7" }));

    let (body, stub) = created("1.44", &spec).await;
    let endpoints = &body["NetworkingConfig"]["EndpointsConfig"];
    assert_eq!(endpoints["front"]["MacAddress"], "02:42:00:00:00:01");
    assert_eq!(endpoints["back"]["IPAMConfig"], json!({ "IPv4Address": "10.1.0.7" }));
    assert_eq!((body["MacAddress"].clone(), stub.told("/connect").len()), (Value::Null, 0));
}

#[tokio::test]
async fn a_container_that_cannot_be_connected_is_removed_again() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/containers/create") => ok(format!(r#"{{"Id":"{ID}"}}"#)),
        line if line.contains("/networks/back") => {
            crate::stub::Reply::Json(404, r#"{"message":"network back not found"}"#.into())
        }
        _ => ok("{}"),
    })
    .await;
    let spec = ContainerSpec { networks: vec![Connection::to(network("back"))], ..plain() };
    let error = stub.engine().await.create_container(None, &spec).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(stub.asked().iter().any(|line| line.starts_with("DELETE") && line.contains(ID)), "{:?}", stub.asked());
}

#[tokio::test]
async fn what_an_old_engine_would_ignore_of_a_container_is_unsupported() {
    let stub = Stub::start("1.12", "1.24", |_| ok("{}")).await;
    let engine = stub.engine().await;
    let health = HealthCheck { command: vec!["true".into()], start_interval: Some(1), ..HealthCheck::default() };
    for spec in [
        ContainerSpec { auto_remove: true, ..plain() },
        ContainerSpec { init: Some(true), ..plain() },
        ContainerSpec { device_requests: vec![DeviceRequest::default()], ..plain() },
        ContainerSpec { cgroupns_mode: Some("private".into()), ..plain() },
        ContainerSpec { health: Some(health), ..plain() },
    ] {
        let error = engine.create_container(None, &spec).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{spec:?}");
    }
    let mac = Connection { mac_address: Some("02:42:00:00:00:01".into()), ..Connection::to(network("net")) };
    let web = ContainerRef::new("web").unwrap();
    assert!(matches!(engine.connect_network(&web, &mac).await, Err(error) if error.kind() != ErrorKind::Timeout));
    assert!(stub.told("/containers/create").is_empty(), "nothing was sent");
}

#[tokio::test]
async fn an_update_sends_what_changes_and_nothing_else() {
    let stub = Stub::usual(|_| ok("{}")).await;
    let web = ContainerRef::new("web").unwrap();
    let update = ContainerUpdate {
        restart: Some(RestartPolicy::No),
        blkio_weight: Some(100),
        kernel_memory: Some(64 << 20),
        ..ContainerUpdate::default()
    };
    stub.engine().await.update_container(&web, &update).await.unwrap();
    let sent = json!({ "RestartPolicy": { "Name": "no" }, "BlkioWeight": 100, "KernelMemory": 67_108_864 });
    assert_eq!(stub.told("/containers/web/update"), [sent]);
}

#[tokio::test]
async fn what_an_engine_is_set_to_fill_in_is_told_from_what_was_chosen() {
    let shown = |info: &'static str| async move {
        let stub = Stub::usual(move |line| match line {
            line if line.contains("/info") => ok(info),
            _ => ok(format!(
                r#"{{"Id":"{ID}","Name":"/web","Config":{{"Image":"web","Hostname":"machine"}},"HostConfig":{{"NetworkMode":"host",
                "LogConfig":{{"Type":"json-file"}},"Runtime":"runc","CgroupnsMode":"host"}}}}"#
            )),
        })
        .await;
        let engine = stub.engine().await;
        engine.container(&ContainerRef::new("web").unwrap()).await.unwrap();
        let spec = engine.container(&ContainerRef::new("web").unwrap()).await.unwrap().spec;
        assert_eq!(stub.asked().iter().filter(|line| line.contains("/info")).count(), 1, "it is asked for once");
        (spec.log_driver, spec.runtime, spec.cgroupns_mode, spec.hostname)
    };
    let usual = r#"{"Name":"machine","LoggingDriver":"json-file","DefaultRuntime":"runc","CgroupVersion":"1"}"#;
    assert_eq!(shown(usual).await, (None, None, None, None));
    let other = r#"{"Name":"other","LoggingDriver":"journald","DefaultRuntime":"crun","CgroupVersion":"2"}"#;
    let chosen = |text: &str| Some(text.to_owned());
    assert_eq!(shown(other).await, (chosen("json-file"), chosen("runc"), chosen("host"), chosen("machine")));
}
