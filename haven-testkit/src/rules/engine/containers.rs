//! Rules of containers as things: created, named, found, listed, inspected, removed.
//!
//! What they do when they run is in `lifecycle`.

use std::sync::atomic::{AtomicU16, Ordering};

use haven_core::{
    ErrorKind,
    model::{
        ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerState, ImageRef, LogOptions, Mount,
        Outcome, Port, RestartPolicy, Secret,
        container::{RemoveOptions, StopOptions},
        spec::{HealthCheck, MountKind, Protocol},
    },
};

use super::{AT_ONCE, BY_FORCE, EngineFixture, refused};

fn port(container: u16, host: Option<u16>) -> Port {
    Port { container, host, address: None, protocol: Protocol::Tcp }
}

/// A name that is taken is `AlreadyExists`.
pub async fn names_are_unique(on: &EngineFixture) {
    let name = on.name("twin");
    let spec = on.spec(&["true"]);
    let first = on.engine.create_container(Some(&name), &spec).await.unwrap();
    refused(on.engine.create_container(Some(&name), &spec).await, ErrorKind::AlreadyExists);
    assert_eq!(on.inspect(&name.into()).await.id, first);
}

/// Without a name the engine makes one up.
pub async fn a_container_without_a_name_gets_one(on: &EngineFixture) {
    let id = on.engine.create_container(None, &on.spec(&["true"])).await.unwrap();
    let detail = on.inspect(&id.clone().into()).await;
    assert!(!detail.name.is_empty() && !detail.name.starts_with('/'), "{}", detail.name);
    assert_eq!(on.inspect(&ContainerRef::new(detail.name).unwrap()).await.id, id);
    assert_eq!(detail.state, ContainerState::Created);
}

/// An image that is not there is `NotFound`.
pub async fn an_absent_image_is_not_found(on: &EngineFixture) {
    let mut spec = on.spec(&["true"]);
    spec.image = ImageRef::new(format!("{}-no-such-image:1", on.prefix())).unwrap();
    refused(on.engine.create_container(None, &spec).await, ErrorKind::NotFound);
}

/// A specification that the engine refuses is `Invalid`.
pub async fn a_wrong_specification_is_invalid(on: &EngineFixture) {
    let mut spec = on.spec(&["true"]);
    for memory in [4_096, u64::MAX] {
        spec.memory = Some(memory);
        refused(on.engine.create_container(None, &spec).await, ErrorKind::Invalid);
    }
    let mut spec = on.spec(&["true"]);
    spec.env.insert("A=B".into(), Secret::new("c"));
    refused(on.engine.create_container(None, &spec).await, ErrorKind::Invalid);
    let mut spec = on.spec(&["true"]);
    spec.mounts.push(Mount::new(MountKind::Tmpfs, "", "relative"));
    refused(on.engine.create_container(None, &spec).await, ErrorKind::Invalid);
}

/// A reference is an id, a name, or the beginning of an id.
pub async fn a_container_is_found_by_id_name_and_beginning(on: &EngineFixture) {
    let name = on.name("found");
    let id = on.engine.create_container(Some(&name), &on.spec(&["true"])).await.unwrap();
    for reference in [id.as_str(), name.as_str(), id.short()] {
        assert_eq!(on.inspect(&ContainerRef::new(reference).unwrap()).await.id, id, "{reference}");
    }
}

/// Every method on a container that does not exist is `NotFound`, but for removing it.
pub async fn a_missing_container_is_not_found(on: &EngineFixture) {
    let (engine, none) = (&on.engine, &on.missing());
    refused(engine.container(none).await, ErrorKind::NotFound);
    refused(engine.start_container(none).await, ErrorKind::NotFound);
    refused(engine.stop_container(none, &StopOptions::default()).await, ErrorKind::NotFound);
    refused(engine.restart_container(none, &AT_ONCE).await, ErrorKind::NotFound);
    refused(engine.kill_container(none, None).await, ErrorKind::NotFound);
    refused(engine.pause_container(none).await, ErrorKind::NotFound);
    refused(engine.unpause_container(none).await, ErrorKind::NotFound);
    refused(engine.rename_container(none, &on.name("new")).await, ErrorKind::NotFound);
    refused(engine.wait_container(none).await, ErrorKind::NotFound);
    refused(engine.logs(none, &LogOptions::default()).await, ErrorKind::NotFound);
    refused(engine.stats(none).await, ErrorKind::NotFound);
    refused(engine.stats_stream(none).await, ErrorKind::NotFound);
    refused(engine.processes(none).await, ErrorKind::NotFound);
    refused(engine.attach(none).await, ErrorKind::NotFound);
    assert_eq!(engine.remove_container(none, &RemoveOptions::default()).await.unwrap(), Outcome::AlreadySo);
}

/// A list holds what meets every condition, running or not.
pub async fn filters_hold(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.labels.insert("color".into(), "red".into());
    let runs = on.started(&spec).await;
    let runs = on.inspect(&runs).await;
    let idle = on.inspect(&on.created(&on.spec(&["true"])).await).await;
    let ours = format!("{}={}", super::LABEL, on.prefix());
    let list = async |filter: ContainerFilter| -> Vec<ContainerId> {
        let filter = ContainerFilter { label: [filter.label, vec![ours.clone()]].concat(), ..filter };
        let mut ids: Vec<ContainerId> =
            on.engine.containers(&filter).await.unwrap().into_iter().map(|container| container.id).collect();
        ids.sort();
        ids
    };
    let mut both = vec![runs.id.clone(), idle.id.clone()];
    both.sort();
    let only = |id: &ContainerId| vec![id.clone()];
    let any = ContainerFilter::default;
    assert_eq!(list(any()).await, both);
    assert_eq!(list(ContainerFilter::by_id(&runs.id)).await, only(&runs.id));
    assert_eq!(list(ContainerFilter { id: vec![idle.id.short().into()], ..any() }).await, only(&idle.id));
    let ids = vec![runs.id.to_string(), idle.id.to_string()];
    assert_eq!(list(ContainerFilter { id: ids, ..any() }).await, both, "several values of one condition are an or");
    assert_eq!(list(ContainerFilter { id: vec!["0".repeat(64)], ..any() }).await, []);
    assert_eq!(list(ContainerFilter { name: vec![runs.name.clone()], ..any() }).await, only(&runs.id));
    assert_eq!(list(ContainerFilter { name: vec![on.prefix().to_owned()], ..any() }).await, both, "a part of a name");
    assert_eq!(list(ContainerFilter { image: vec![on.image.to_string()], ..any() }).await, both);
    assert_eq!(list(ContainerFilter { image: vec!["no-such-image".into()], ..any() }).await, []);
    assert_eq!(list(ContainerFilter { label: vec!["color".into()], ..any() }).await, only(&runs.id));
    assert_eq!(list(ContainerFilter { label: vec!["color=red".into()], ..any() }).await, only(&runs.id));
    assert_eq!(list(ContainerFilter { label: vec!["color=blue".into()], ..any() }).await, []);
    assert_eq!(list(ContainerFilter { state: vec![ContainerState::Running], ..any() }).await, only(&runs.id));
    let states = vec![ContainerState::Created, ContainerState::Running];
    assert_eq!(list(ContainerFilter { state: states, ..any() }).await, both);
    let both_hold = ContainerFilter { state: vec![ContainerState::Created], name: vec![runs.name.clone()], ..any() };
    assert_eq!(list(both_hold).await, []);
}

/// What a container was created from is shown back.
pub async fn an_inspection_shows_the_specification(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    let volume = on.volume_spec();
    on.engine.create_volume(&volume).await.unwrap();
    spec.env.insert("GREETING".into(), Secret::new("a=b c"));
    spec.labels.insert("dots.and-more".into(), "x=y".into());
    spec.hostname = Some("inside".into());
    spec.user = Some("1000:1000".into());
    spec.working_dir = Some("/tmp".into());
    spec.open_stdin = true;
    spec.restart = RestartPolicy::OnFailure(3);
    spec.memory = Some(64 << 20);
    spec.nano_cpus = Some(500_000_000);
    spec.stop_signal = Some("SIGUSR1".into());
    spec.stop_timeout = Some(7);
    spec.ports = vec![port(80, None)];
    let command = vec!["true".into()];
    spec.health = Some(HealthCheck {
        command,
        interval: Some(60),
        timeout: Some(5),
        retries: Some(2),
        start_period: Some(1),
        start_interval: None,
    });
    let mount = |kind, source: &str, target: &str, read_only| Mount { read_only, ..Mount::new(kind, source, target) };
    spec.mounts = vec![
        Mount { create_source: true, ..mount(MountKind::Bind, "/tmp", "/host", true) },
        mount(MountKind::Tmpfs, "", "/memory", false),
        mount(MountKind::Volume, volume.name.as_str(), "/data", false),
    ];
    let name = on.name("shown");
    let id = on.engine.create_container(Some(&name), &spec).await.unwrap();
    let detail = on.inspect(&id.clone().into()).await;
    assert_eq!((detail.name.as_str(), detail.id), (name.as_str(), id));
    let shown = detail.spec;
    assert_eq!(shown.image, spec.image);
    assert_eq!(shown.command, spec.command);
    assert_eq!(shown.env["GREETING"].expose(), "a=b c");
    assert_eq!(shown.labels["dots.and-more"], "x=y");
    assert_eq!(shown.hostname.as_deref(), Some("inside"));
    assert_eq!((shown.user, shown.working_dir), (spec.user, spec.working_dir));
    assert_eq!((shown.tty, shown.open_stdin), (false, true));
    assert_eq!(shown.restart, spec.restart);
    assert_eq!((shown.memory, shown.nano_cpus), (spec.memory, spec.nano_cpus));
    assert_eq!((shown.stop_signal, shown.stop_timeout), (spec.stop_signal, spec.stop_timeout));
    assert_eq!(shown.ports, spec.ports);
    assert_eq!(shown.health, spec.health);
    let (mut shown_mounts, mut mounts) = (shown.mounts, spec.mounts);
    shown_mounts.sort();
    mounts.sort();
    assert_eq!(shown_mounts, mounts);
}

/// What a specification leaves out is the image's own.
pub async fn the_image_fills_in_what_is_left_out(on: &EngineFixture) {
    let name = ImageRef::new(format!("{}-filled:1", on.prefix())).unwrap();
    let changes = ["ENTRYPOINT [\"echo\"]", "CMD [\"hello\"]", "LABEL from=image both=image", "ENV FROM=image"];
    super::images::import(on, &name, &changes).await;
    let mut spec = on.spec(&[]);
    spec.image = name;
    spec.labels.insert("both".into(), "container".into());
    let detail = on.inspect(&on.created(&spec).await).await;
    assert_eq!((detail.spec.entrypoint, detail.spec.command), (vec!["echo".to_owned()], vec!["hello".to_owned()]));
    assert_eq!((detail.spec.labels["from"].as_str(), detail.spec.labels["both"].as_str()), ("image", "container"));
    assert_eq!(detail.spec.env["FROM"].expose(), "image");
    spec.entrypoint = vec!["cat".into()];
    let detail = on.inspect(&on.created(&spec).await).await;
    assert!(detail.spec.command.is_empty(), "another entry point does not take the image's command");
}

/// The value of an environment variable is not shown.
pub async fn environment_is_secret(on: &EngineFixture) {
    let mut spec = on.spec(&["true"]);
    spec.env.insert("PASSWORD".into(), Secret::new("s3cret-value"));
    let detail = on.inspect(&on.created(&spec).await).await;
    assert_eq!(detail.spec.env["PASSWORD"].expose(), "s3cret-value");
    assert!(!format!("{detail:?}").contains("s3cret-value"));
    assert!(!serde_json::to_string(&detail).unwrap().contains("s3cret-value"));
}

/// A list shows what each container is and does.
pub async fn the_list_shows_what_runs(on: &EngineFixture) {
    let id = on.sleeping().await;
    let detail = on.inspect(&id).await;
    let list = on.engine.containers(&ContainerFilter::by_id(&detail.id)).await.unwrap();
    let [shown] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((&shown.id, &shown.name, &shown.image_id), (&detail.id, &detail.name, &detail.image_id));
    assert_eq!(shown.image, on.image.to_string());
    assert_eq!(shown.command, "sleep 1000");
    assert_eq!(shown.state, ContainerState::Running);
    assert!(shown.status.starts_with("Up "), "{}", shown.status);
    assert_eq!(shown.labels[super::LABEL], on.prefix());
    assert!(!shown.networks["bridge"].is_empty(), "{:?}", shown.networks);
    assert_eq!(shown.networks, detail.networks);
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    let list = on.engine.containers(&ContainerFilter::by_id(&detail.id)).await.unwrap();
    assert_eq!(list[0].state, ContainerState::Exited);
    assert!(list[0].status.starts_with("Exited (137) "), "{}", list[0].status);
}

/// Its own name is `AlreadySo`, another's is `AlreadyExists`; it is found by the new name and not by the old.
pub async fn renaming(on: &EngineFixture) {
    let (old, new, other) = (on.name("old"), on.name("new"), on.name("other"));
    let id = on.engine.create_container(Some(&old), &on.spec(&["true"])).await.unwrap();
    on.engine.create_container(Some(&other), &on.spec(&["true"])).await.unwrap();
    let rename = async |name: &ContainerName| on.engine.rename_container(&(&id).into(), name).await;
    assert_eq!(rename(&old).await.unwrap(), Outcome::AlreadySo);
    refused(rename(&other).await, ErrorKind::AlreadyExists);
    assert_eq!(rename(&new).await.unwrap(), Outcome::Done);
    assert_eq!(on.inspect(&new.into()).await.id, id);
    refused(on.engine.container(&old.clone().into()).await, ErrorKind::NotFound);
    on.engine.create_container(Some(&old), &on.spec(&["true"])).await.expect("the old name is free");
}

/// One that runs is `Conflict` without force; one that does not exist is `AlreadySo`.
pub async fn removing(on: &EngineFixture) {
    let id = on.sleeping().await;
    let gently = RemoveOptions::default();
    refused(on.engine.remove_container(&id, &gently).await, ErrorKind::Conflict);
    assert_eq!(on.engine.remove_container(&id, &BY_FORCE).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.remove_container(&id, &BY_FORCE).await.unwrap(), Outcome::AlreadySo);
    refused(on.engine.container(&id).await, ErrorKind::NotFound);
    let id = on.created(&on.spec(&["true"])).await;
    assert_eq!(on.engine.remove_container(&id, &gently).await.unwrap(), Outcome::Done);
}

/// A port without one of the host's gets one, which is shown while the container runs.
pub async fn published_ports_are_shown(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.ports = vec![port(80, None)];
    let id = on.started(&spec).await;
    let detail = on.inspect(&id).await;
    assert!(detail.ports.iter().any(|port| port.container == 80 && port.host.is_some()), "{:?}", detail.ports);
    let list = on.engine.containers(&ContainerFilter::by_id(&detail.id)).await.unwrap();
    assert!(list[0].ports.iter().any(|port| port.container == 80 && port.host.is_some()), "{:?}", list[0].ports);
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    assert!(on.inspect(&id).await.ports.iter().all(|port| port.host.is_none()));
}

/// A port of the host that another container has is `Invalid` when it is started.
pub async fn a_taken_port_is_invalid(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.ports = vec![port(80, None)];
    let first = on.started(&spec).await;
    let taken = on.inspect(&first).await.ports.iter().find_map(|port| port.host).unwrap();
    spec.ports = vec![port(80, Some(taken))];
    let second = on.created(&spec).await;
    refused(on.engine.start_container(&second).await, ErrorKind::Invalid);
    assert!(!on.inspect(&second).await.state.is_running());
    on.engine.remove_container(&first, &BY_FORCE).await.unwrap();
    assert_eq!(on.engine.start_container(&second).await.unwrap(), Outcome::Done, "the port is free again");
}

/// The next port for a rule that names one: none that an engine would choose itself, nor that of another run.
static NEXT_PORT: AtomicU16 = AtomicU16::new(20_000);

/// A port of the host is one for each of its addresses.
pub async fn a_port_is_taken_on_its_address_only(on: &EngineFixture) {
    let at = |address: &str, host: Option<u16>| Port { address: Some(address.parse().unwrap()), ..port(80, host) };
    let taken = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.ports = vec![at("127.0.0.2", Some(taken))];
    on.started(&spec).await;
    spec.ports = vec![at("127.0.0.3", Some(taken))];
    on.started(&spec).await;
    for wanted in [at("127.0.0.2", Some(taken)), port(80, Some(taken))] {
        spec.ports = vec![wanted];
        let id = on.created(&spec).await;
        refused(on.engine.start_container(&id).await, ErrorKind::Invalid);
    }
}
