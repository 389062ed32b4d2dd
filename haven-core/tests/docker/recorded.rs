//! Answers of engines that are not at hand, older, newer or broken, over HTTP.

use std::time::Duration;

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    engine::{
        Containers as _, Images as _, Networks as _, System as _, Volumes as _,
        docker::{Dial, DockerEngine, DockerOptions, Io},
    },
    model::{
        ContainerFilter, ContainerName, ContainerRef, ContainerSpec, ContainerState, ExecSpec, Health, ImageRef,
        LogOptions, Mount, NetworkName, Outcome,
        container::{Connection, RemoveOptions, StopOptions},
        image::ImportOptions,
        spec::MountKind,
        system::EngineEventOptions,
    },
};

use crate::stub::{ENDLESS, Reply, Stub, ok};

const ID: &str = "4e8e707003486bdc50db9fcb045216b4846eb0d198077095c9a941c499d31389";

fn web() -> ContainerRef {
    ContainerRef::new("web").unwrap()
}

fn all() -> ContainerFilter {
    ContainerFilter::default()
}

fn inspection(tty: bool) -> String {
    format!(
        r#"{{"Id":"{ID}","Name":"/web","Image":"sha256:1","Created":"2026-01-01T00:00:00Z","Config":{{"Image":"web","Tty":{tty}}},
        "State":{{"Status":"running","Running":true}},"HostConfig":{{}},"NetworkSettings":{{}}}}"#
    )
}

#[tokio::test]
async fn every_request_carries_the_version_agreed_on() {
    for (min, max, pin, spoken) in [
        ("1.12", "1.41", None, "/v1.41/"),
        ("1.12", "1.41", Some("1.30"), "/v1.30/"),
        ("1.12", "1.24", None, "/v1.24/"),
        ("1.44", "1.44", None, "/v1.44/"),
        ("1.44", "1.47", Some("1.44"), "/v1.44/"),
    ] {
        let stub = Stub::start(min, max, |line| match line {
            line if line.contains("/events") => Reply::Hang(ENDLESS.to_vec()),
            line if line.contains("/info") => ok(r#"{"SystemTime":"2026-01-01T00:00:00Z"}"#),
            line if line.contains("volumes") => ok("{}"),
            line if line.contains("_ping") => ok("OK"),
            line if line.contains("/containers/web/json") => ok(inspection(false)),
            _ => ok("[]"),
        })
        .await;
        let engine = stub.connect(pin).await.unwrap();
        engine.ping().await.unwrap();
        engine.containers(&all()).await.unwrap();
        engine.container(&web()).await.unwrap();
        engine.images().await.unwrap();
        engine.networks().await.unwrap();
        engine.volumes().await.unwrap();
        engine.start_container(&web()).await.unwrap();
        drop(engine.logs(&web(), &LogOptions::default()).await.unwrap());
        drop(engine.events(&EngineEventOptions::default()).await.unwrap());
        let _ = engine.attach(&web()).await;
        let asked = stub.asked();
        assert!(asked.len() >= 10);
        for line in asked {
            assert!(line.split(' ').nth(1).unwrap().starts_with(spoken), "{line}");
        }
    }
}

#[tokio::test]
async fn an_engine_that_is_too_old_or_too_new_is_refused_by_name() {
    let refused = |min, max, pin| async move {
        let stub = Stub::start(min, max, |_| ok("")).await;
        let error = stub.connect(pin).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        error.message().to_owned()
    };
    let old = refused("1.0", "1.23", None).await;
    assert!(old.contains("1.23") && old.contains("1.24"), "{old}");
    let new = refused("1.90", "1.99", None).await;
    assert!(new.contains("1.90"), "{new}");
    let pinned = refused("1.44", "1.53", Some("1.41")).await;
    assert!(pinned.contains("1.41") && pinned.contains("1.44"), "{pinned}");
}

#[tokio::test]
async fn statuses_become_kinds_by_the_call() {
    use ErrorKind as K;
    for (status, inspect, create, start, remove) in [
        (400, K::Invalid, K::Invalid, K::Invalid, Err(K::Invalid)),
        (401, K::Denied, K::Denied, K::Denied, Err(K::Denied)),
        (403, K::Denied, K::Denied, K::Conflict, Err(K::Denied)),
        (404, K::NotFound, K::NotFound, K::NotFound, Ok(Outcome::AlreadySo)),
        (409, K::Conflict, K::AlreadyExists, K::Conflict, Err(K::Conflict)),
        (429, K::Busy, K::Busy, K::Busy, Err(K::Busy)),
        (500, K::Unexpected, K::Unexpected, K::Invalid, Err(K::Unexpected)),
        (501, K::Unsupported, K::Unsupported, K::Unsupported, Err(K::Unsupported)),
        (503, K::Unavailable, K::Unavailable, K::Unavailable, Err(K::Unavailable)),
        (504, K::Timeout, K::Timeout, K::Timeout, Err(K::Timeout)),
    ] {
        // The state after a refusal is looked at in a container that is as it was.
        let stub = Stub::usual(move |line| match line {
            "GET /v1.41/containers/web/json" if status == 409 => ok(inspection(false)),
            _ => Reply::Json(status, r#"{"message":"so says the engine"}"#.to_owned()),
        })
        .await;
        let engine = stub.engine().await;
        if status != 409 {
            let error = engine.container(&web()).await.unwrap_err();
            assert_eq!(error.kind(), inspect, "inspect {status}");
            assert!(error.message().contains("so says the engine"), "{error}");
        }
        let spec = ContainerSpec::new(ImageRef::new("web").unwrap());
        assert_eq!(engine.create_container(None, &spec).await.unwrap_err().kind(), create, "create {status}");
        assert_eq!(engine.start_container(&web()).await.unwrap_err().kind(), start, "start {status}");
        let removed = engine.remove_container(&web(), &RemoveOptions::default()).await;
        assert_eq!(removed.map_err(|error| error.kind()), remove, "remove {status}");
    }
    let stub = Stub::usual(|_| Reply::Bytes(b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec())).await;
    let engine = stub.engine().await;
    assert_eq!(engine.start_container(&web()).await.unwrap(), Outcome::AlreadySo);
    let now = StopOptions { timeout: Some(0) };
    assert_eq!(engine.stop_container(&web(), &now).await.unwrap(), Outcome::AlreadySo);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_timeout_and_no_connection_unavailable() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/start") => Reply::Hang(Vec::new()),
        line if line.contains("/images") => Reply::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[".to_vec()),
        line if line.contains("/networks") => Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[".to_vec()),
        _ => Reply::Bytes(Vec::new()),
    })
    .await;
    let engine = stub.engine().await;
    assert_eq!(engine.start_container(&web()).await.unwrap_err().kind(), ErrorKind::Timeout, "no answer");
    assert_eq!(engine.images().await.unwrap_err().kind(), ErrorKind::Timeout, "half an answer");
    assert_eq!(engine.networks().await.unwrap_err().kind(), ErrorKind::Timeout, "an answer that broke off");
    assert_eq!(engine.ping().await.unwrap_err().kind(), ErrorKind::Timeout, "closed without an answer");
    drop(stub);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(engine.ping().await.unwrap_err().kind(), ErrorKind::Unavailable, "nobody listens");
}

#[tokio::test]
async fn what_speaks_no_http_is_unexpected() {
    let stub = Stub::usual(|_| Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await;
    assert_eq!(stub.engine().await.ping().await.unwrap_err().kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn a_list_is_one_request_and_takes_nulls_and_missing_fields() {
    let stub = Stub::start("1.44", "1.47", |_| {
        ok(format!(
            r#"[{{"Id":"{ID}","Names":["/db/web","/web"],"Image":"web:1","ImageID":"sha256:1","Command":"sh","Created":1795488953,
            "Ports":[{{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8099,"Type":"tcp"}},{{"IP":"::","PrivatePort":80,"PublicPort":8099,"Type":"tcp"}},
            {{"PrivatePort":53,"Type":"udp"}}],"Labels":null,"State":"running","Status":"Up 2 hours (healthy)","NewThing":{{"a":[1]}},
            "NetworkSettings":{{"Networks":{{"a":{{"IPAddress":"10.0.0.2"}},"b":null}}}},
            "Mounts":[{{"Type":"volume","Name":"v","Source":"/var","Destination":"/d","RW":false}},{{"Type":"newkind","Destination":"/e"}}]}},
            {{"Id":"{}","Names":null,"Image":"web:1","Created":1,"State":"exited","Status":"Exited (0)","Ports":null,"Mounts":null,"NetworkSettings":null}}]"#,
            ID.replace('4', "5")
        ))
    })
    .await;
    let engine = stub.engine().await;
    let containers = engine.containers(&all()).await.unwrap();
    assert_eq!(stub.asked(), ["GET /v1.47/containers/json?all=1"]);
    let first = &containers[0];
    assert_eq!(
        (first.name.as_str(), first.state, first.health),
        ("web", ContainerState::Running, Some(Health::Healthy))
    );
    assert_eq!(first.networks["a"], "10.0.0.2");
    assert_eq!(first.ports.len(), 2, "published on all addresses is once published: {:?}", first.ports);
    let volume = Mount { read_only: true, ..Mount::new(MountKind::Volume, "v", "/d") };
    assert_eq!(first.mounts, [volume]);
    assert_eq!((containers[1].name.as_str(), containers[1].state), ("", ContainerState::Exited));
}

#[tokio::test]
async fn an_inspection_takes_what_old_engines_leave_out_and_shows_no_port_that_is_not_published() {
    let stub = Stub::start("1.0", "1.24", |_| {
        ok(format!(
            r#"{{"Id":"{ID}","Name":"/web","Image":"sha256:1","Created":"2016-01-01T00:00:00.5Z",
            "State":{{"Status":"exited","Running":false,"ExitCode":3,"StartedAt":"2016-01-01T00:00:01Z","FinishedAt":"2016-01-01T00:00:02Z"}},
            "Config":{{"Image":"web","Env":null,"Cmd":null,"Entrypoint":null,"Labels":null,"ExposedPorts":{{"80/tcp":{{}},"81/tcp":{{}}}}}},
            "HostConfig":{{"NetworkMode":"default","PortBindings":{{"80/tcp":[{{"HostIp":"","HostPort":"8080"}}]}},"RestartPolicy":{{"Name":""}},
            "CpuQuota":50000,"CpuPeriod":100000,"Tmpfs":{{"/t":"ro"}},"Binds":["v:/d:ro"]}},
            "Mounts":[{{"Name":"v","Source":"/var/v","Destination":"/d","RW":false}}],"NetworkSettings":{{"Ports":null,"Networks":null}}}}"#
        ))
    })
    .await;
    let detail = stub.engine().await.container(&web()).await.unwrap();
    assert_eq!((detail.state, detail.exit_code), (ContainerState::Exited, Some(3)));
    assert_eq!(detail.spec.ports.len(), 1, "a copy of it would publish them");
    assert_eq!(detail.spec.nano_cpus, Some(500_000_000));
    let mount = |kind, source: &str, target: &str| Mount { read_only: true, ..Mount::new(kind, source, target) };
    assert_eq!(detail.spec.mounts, [mount(MountKind::Volume, "v", "/d"), mount(MountKind::Tmpfs, "", "/t")]);
    assert_eq!(detail.spec.network, None);
}

#[tokio::test]
async fn statistics_of_cgroup_2_are_read() {
    let stub = Stub::start("1.44", "1.47", |_| {
        ok(r#"{"read":"2026-11-24T02:55:55.6Z","preread":"0001-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":7,"usage_in_kernelmode":1},
            "system_cpu_usage":99,"online_cpus":4},"memory_stats":{"usage":100,"limit":1000,"stats":{"inactive_file":30,"file":50}},
            "blkio_stats":{"io_service_bytes_recursive":[{"major":8,"minor":0,"op":"read","value":5},{"major":8,"minor":0,"op":"write","value":6}],"io_serviced_recursive":null},
            "pids_stats":{"current":2,"limit":18446744073709551615},"networks":{"eth0":{"rx_bytes":1,"tx_bytes":2}}}"#)
    })
    .await;
    let stats = stub.engine().await.stats(&web()).await.unwrap();
    assert_eq!((stats.cpu, stats.cpus, stats.memory, stats.memory_limit), (7, 4, 70, Some(1000)));
    assert_eq!((stats.block_read, stats.block_write, stats.pids), (5, 6, Some(2)));
    assert!(stub.asked()[0].contains("one-shot"), "{:?}", stub.asked());
}

#[tokio::test]
async fn a_line_or_a_frame_without_end_is_cut() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/info") => ok(r#"{"SystemTime":"2026-01-01T00:00:00Z"}"#),
        line if line.contains("/events") => {
            Reply::Forever(b"\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\\"".to_vec())
        }
        line if line.contains("/json") => ok(inspection(false)),
        line if line.contains("/logs") => Reply::Hang([ENDLESS, b"\x01\0\0\0\xff\xff\xff\xff"].concat()),
        _ => Reply::Forever(b"[".to_vec()),
    })
    .await;
    let engine = stub.engine().await;
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unexpected);
    assert!(events.next().await.is_none_or(|event| event.is_err()));
    let mut logs = engine.logs(&web(), &LogOptions::default()).await.unwrap();
    let cut =
        tokio::time::timeout(Duration::from_secs(5), logs.next()).await.expect("the frame is refused by its head");
    assert_eq!(cut.unwrap().unwrap_err().kind(), ErrorKind::Unexpected);
}

#[tokio::test]
async fn the_time_limit_of_a_request_does_not_cut_a_stream_that_rests() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/logs") => {
            // Longer than the 700 ms that the stub's engine may take for an answer.
            let frame = |text: &[u8]| [b"\x01\0\0\0\0\0\0\x02".as_slice(), text].concat();
            Reply::Slowly(Duration::from_secs(1), vec![ENDLESS.to_vec(), frame(b"a\n"), frame(b"b\n")])
        }
        _ => ok(inspection(false)),
    })
    .await;
    let options = LogOptions { follow: true, ..LogOptions::default() };
    let logs = stub.engine().await.logs(&web(), &options).await.unwrap();
    let lines: Vec<_> = logs.map(|output| output.unwrap().bytes).collect().await;
    assert_eq!(lines, ["a\n", "b\n"]);
}

#[tokio::test]
async fn output_that_ends_in_the_middle_is_an_error() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/logs") => Reply::Bytes([ENDLESS, b"\x01\0\0\0\0\0\0\x05he"].concat()),
        line if line.contains("/images/create") => Reply::Bytes([ENDLESS, br#"{"status":"Pull"}{"sta"#].concat()),
        _ => ok(inspection(false)),
    })
    .await;
    let engine = stub.engine().await;
    let mut logs = engine.logs(&web(), &LogOptions::default()).await.unwrap();
    assert_eq!(&logs.next().await.unwrap().unwrap().bytes[..], b"he");
    assert!(logs.next().await.unwrap().is_err());
    let mut pull = engine.pull_image(&ImageRef::new("web").unwrap()).await.unwrap();
    assert_eq!(pull.next().await.unwrap().unwrap().status, "Pull");
    assert!(pull.next().await.unwrap().is_err());
}

#[tokio::test]
async fn events_are_asked_for_from_the_engines_own_time_on() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/info") => ok(r#"{"SystemTime":"2026-01-01T00:00:00.000000007Z"}"#),
        _ => Reply::Hang(
            [
                ENDLESS,
                br#"{"Type":"container","Action":"start","Actor":{"ID":"x","Attributes":null},"timeNano":1}"#,
                b"\n",
            ]
            .concat(),
        ),
    })
    .await;
    let mut events = stub.engine().await.events(&EngineEventOptions::default()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().action, "start");
    let asked = stub.asked();
    assert!(asked.last().unwrap().contains("since=1767225600.000000007"), "{asked:?}");
}

#[tokio::test]
async fn a_stream_that_is_dropped_gives_its_connection_back() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/info") => ok(r#"{"SystemTime":"2026-01-01T00:00:00Z"}"#),
        _ => Reply::Hang(ENDLESS.to_vec()),
    })
    .await;
    let engine = stub.engine().await;
    let events = engine.events(&EngineEventOptions::default()).await.unwrap();
    let before = stub.gone();
    drop(events);
    for _ in 0..100 {
        if stub.gone() > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the engine still sends events to nobody");
}

#[tokio::test]
async fn a_pull_that_fails_on_the_way_says_so() {
    for (line, kind) in [
        (
            r#"{"errorDetail":{"code":404,"message":"manifest unknown"},"error":"manifest unknown"}"#,
            ErrorKind::NotFound,
        ),
        (r#"{"errorDetail":{"message":"no space"},"error":"no space"}"#, ErrorKind::Unavailable),
    ] {
        let stub = Stub::usual(move |_| ok(line)).await;
        let engine = stub.engine().await;
        let mut pull = engine.pull_image(&ImageRef::new("web").unwrap()).await.unwrap();
        assert_eq!(pull.next().await.unwrap().unwrap_err().kind(), kind);
    }
    let stub = Stub::usual(|_| Reply::Json(500, r#"{"message":"dial tcp: connection refused"}"#.into())).await;
    let pull = stub.engine().await.pull_image(&ImageRef::new("web").unwrap()).await;
    assert_eq!(pull.err().unwrap().kind(), ErrorKind::Unavailable, "the registry is not there");
}

#[tokio::test]
async fn what_an_old_engine_would_ignore_is_unsupported() {
    let stub = Stub::start("1.0", "1.24", |_| ok(inspection(false))).await;
    let engine = stub.engine().await;
    let spec = ExecSpec { command: vec!["sh".into()], working_dir: Some("/tmp".into()), ..ExecSpec::default() };
    assert_eq!(engine.exec(&web(), &spec).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let spec = ExecSpec { command: vec!["sh".into()], env: [("A".into(), "b".into())].into(), ..ExecSpec::default() };
    assert_eq!(engine.exec(&web(), &spec).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let options = LogOptions { until: Some("2026-01-01T00:00:00Z".parse().unwrap()), ..LogOptions::default() };
    assert_eq!(engine.logs(&web(), &options).await.err().unwrap().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn what_may_have_happened_to_an_image_is_timeout() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("fromSrc") => Reply::Hang([ENDLESS, br#"{"status":"Importing"}"#].concat()),
        line if line.contains("/images/create") => Reply::Bytes([ENDLESS, br#"{"status":"Pull"}{"sta"#].concat()),
        _ => ok("{}"),
    })
    .await;
    let (engine, image) = (stub.engine().await, ImageRef::new("web").unwrap());
    let options = ImportOptions::default();
    let import = engine.import_image(&image, "archive".into(), &options);
    let import = tokio::time::timeout(Duration::from_secs(5), import).await.expect("the limit is for the whole of it");
    assert_eq!(import.unwrap_err().kind(), ErrorKind::Timeout);
    let mut pull = engine.pull_image(&image).await.unwrap();
    pull.next().await.unwrap().unwrap();
    assert_eq!(pull.next().await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_pull_that_cannot_be_checked_is_no_success() {
    for (status, kind) in [(404, ErrorKind::NotFound), (503, ErrorKind::Timeout), (500, ErrorKind::Unexpected)] {
        let stub = Stub::usual(move |line| match line {
            line if line.contains("/images/create") => ok(r#"{"status":"Pull complete"}"#),
            _ => Reply::Json(status, "{}".into()),
        })
        .await;
        let pull = stub.engine().await.pull_image(&ImageRef::new("web").unwrap()).await.unwrap();
        let steps: Vec<_> = pull.collect().await;
        assert_eq!(steps.last().unwrap().as_ref().unwrap_err().kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn a_container_whose_specification_cannot_be_read_is_logged_renamed_and_connected() {
    let stub = Stub::usual(|line| match line {
        line if line.contains("/json") => {
            ok(inspection(false).replace(r#""Image":"web""#, r#""Image":"Not An Image""#))
        }
        line if line.contains("/logs") => Reply::Bytes([ENDLESS, b"\x01\0\0\0\0\0\0\x02a\n"].concat()),
        line if line.contains("GET /v1.41/networks") => ok(r#"{"Id":"n","Name":"net"}"#),
        _ => ok("{}"),
    })
    .await;
    let engine = stub.engine().await;
    assert_eq!(engine.container(&web()).await.unwrap_err().kind(), ErrorKind::Unexpected);
    let mut logs = engine.logs(&web(), &LogOptions::default()).await.unwrap();
    assert_eq!(&logs.next().await.unwrap().unwrap().bytes[..], b"a\n");
    assert_eq!(engine.rename_container(&web(), &ContainerName::new("web").unwrap()).await.unwrap(), Outcome::AlreadySo);
    let connection = Connection::to(NetworkName::new("net").unwrap());
    assert_eq!(engine.connect_network(&web(), &connection).await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_version_that_is_none_is_unsupported() {
    for (min, max) in [("1.12", "new"), ("old", "1.41")] {
        let error = Stub::start(min, max, |_| ok("")).await.connect(None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_is_unavailable_however_short_the_request() {
    #[derive(Debug)]
    struct Never;

    #[async_trait::async_trait]
    impl Dial for Never {
        async fn dial(&self) -> haven_core::Result<Box<dyn Io>> {
            std::future::pending().await
        }
    }

    let options = DockerOptions { request: Duration::from_millis(200), ..DockerOptions::default() };
    let error = DockerEngine::connect(std::sync::Arc::new(Never), options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
}
