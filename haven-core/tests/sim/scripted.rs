//! What a manual clock and scripted incidents make of containers, to the moment.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    clock::ManualClock,
    engine::{
        Containers as _, Stream, System as _,
        sim::{SimEngine, SimOptions},
    },
    model::{
        ContainerFilter, ContainerId, ContainerRef, ContainerSpec, ContainerState, EngineEvent, Health, ImageRef, Port,
        RestartPolicy,
        container::{RemoveOptions, StopOptions},
        spec::{HealthCheck, Protocol},
        system::EngineEventOptions,
    },
};

fn machine() -> (SimEngine, ManualClock) {
    let clock = ManualClock::seeded(7);
    (SimEngine::new(Arc::new(clock.clone()), SimOptions::default()), clock)
}

fn spec(image: &str, command: &[&str]) -> ContainerSpec {
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    ContainerSpec { command, ..ContainerSpec::new(ImageRef::new(image).unwrap()) }
}

async fn started(engine: &SimEngine, spec: &ContainerSpec) -> ContainerRef {
    let id = ContainerRef::from(engine.create_container(None, spec).await.unwrap());
    engine.start_container(&id).await.unwrap();
    id
}

/// The actions on containers that are told without waiting.
async fn told(events: &mut Stream<EngineEvent>) -> Vec<String> {
    let mut told = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(20), events.next()).await {
        let event = event.unwrap();
        if event.kind == "container" {
            told.push(event.action);
        }
    }
    told
}

#[tokio::test]
async fn a_simulated_day_is_as_long_as_the_work_in_it() {
    let (engine, clock) = machine();
    let id = started(&engine, &spec("busybox", &["sleep", "86400"])).await;
    clock.advance(Duration::from_secs(86_399));
    assert_eq!(engine.container(&id).await.unwrap().state, ContainerState::Running);
    clock.advance(Duration::from_secs(1));
    let detail = engine.container(&id).await.unwrap();
    assert_eq!((detail.state, detail.exit_code), (ContainerState::Exited, Some(0)));
    assert_eq!(detail.finished.unwrap().duration_since(detail.started.unwrap()).as_secs(), 86_400);
}

#[tokio::test]
async fn a_crashing_container_is_started_again_later_and_later() {
    let (engine, clock) = machine();
    let mut failing = spec("busybox", &["false"]);
    failing.restart = RestartPolicy::OnFailure(5);
    let id = started(&engine, &failing).await;
    assert_eq!(engine.container(&id).await.unwrap().state, ContainerState::Restarting);
    clock.advance(Duration::from_millis(100));
    assert_eq!(engine.container(&id).await.unwrap().restart_count, 1);
    clock.advance(Duration::from_millis(199));
    assert_eq!(engine.container(&id).await.unwrap().restart_count, 1, "the pause has doubled");
    clock.advance(Duration::from_secs(3_600));
    let detail = engine.container(&id).await.unwrap();
    assert_eq!((detail.restart_count, detail.state), (5, ContainerState::Exited));
}

#[tokio::test]
async fn a_container_that_was_killed_by_hand_stays_down() {
    let (engine, clock) = machine();
    let mut always = spec("nginx", &[]);
    always.restart = RestartPolicy::Always;
    let id = started(&engine, &always).await;
    engine.crash(&id, 1).unwrap();
    clock.advance(Duration::from_secs(1));
    assert_eq!(engine.container(&id).await.unwrap().state, ContainerState::Running);
    engine.kill_container(&id, None).await.unwrap();
    clock.advance(Duration::from_secs(3_600));
    assert_eq!(engine.container(&id).await.unwrap().exit_code, Some(137));
}

#[tokio::test]
async fn health_follows_the_command_and_the_script() {
    let (engine, clock) = machine();
    let mut checked = spec("nginx", &[]);
    let command = vec!["test".into(), "-e".into(), "/ready".into()];
    checked.health = Some(HealthCheck { command, interval: Some(10), retries: Some(2), ..HealthCheck::default() });
    let id = started(&engine, &checked).await;
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    assert_eq!(engine.container(&id).await.unwrap().health, Some(Health::Starting));
    clock.advance(Duration::from_secs(20));
    assert_eq!(engine.container(&id).await.unwrap().health, Some(Health::Unhealthy));
    engine.set_health(&id, Health::Healthy).unwrap();
    clock.advance(Duration::from_secs(60));
    assert_eq!(engine.container(&id).await.unwrap().health, Some(Health::Healthy));
    let told = told(&mut events).await;
    let health: Vec<&String> = told.iter().filter(|action| action.starts_with("health")).collect();
    assert_eq!(health, ["health_status: unhealthy", "health_status: healthy"]);
    assert_eq!(told.iter().filter(|action| action.starts_with("exec_die")).count(), 8);
}

#[tokio::test]
async fn stop_waits_for_the_clock_and_tells_in_dockers_order() {
    let (engine, clock) = machine();
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    let id = started(&engine, &spec("busybox", &["sleep", "1000"])).await;
    let stopping = {
        let (engine, id) = (engine.clone(), id.clone());
        tokio::spawn(async move { engine.stop_container(&id, &StopOptions { timeout: Some(3) }).await })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    clock.advance(Duration::from_secs(3));
    stopping.await.unwrap().unwrap();
    assert_eq!(told(&mut events).await, ["create", "start", "kill", "kill", "die", "stop"]);
    assert_eq!(engine.container(&id).await.unwrap().exit_code, Some(137));
}

#[tokio::test]
async fn labels_make_any_container_crash_on_time() {
    let (engine, clock) = machine();
    let mut crashing = spec("busybox", &["whatever"]);
    crashing.labels = [("sim.crash-after", "5"), ("sim.exit-code", "3"), ("sim.log-every", "1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let id = started(&engine, &crashing).await;
    clock.advance(Duration::from_secs(5));
    assert_eq!(engine.container(&id).await.unwrap().exit_code, Some(3));
    let lines = engine.logs(&id, &haven_core::model::LogOptions::default()).await.unwrap().count().await;
    assert_eq!(lines, 5, "one that it is ready, and four in five seconds");
}

#[tokio::test]
async fn an_engine_that_is_cut_off_answers_unavailable_and_ends_its_streams() {
    let (engine, _) = machine();
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    let id = started(&engine, &spec("nginx", &[])).await;
    let options = haven_core::model::LogOptions { follow: true, ..Default::default() };
    let mut logs = engine.logs(&id, &options).await.unwrap();
    logs.next().await.unwrap().unwrap();
    told(&mut events).await;
    engine.disconnect();
    assert_eq!(engine.ping().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(logs.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(events.next().await.is_none() && logs.next().await.is_none());
    engine.reconnect();
    assert!(engine.container(&id).await.unwrap().state.is_running());
}

#[tokio::test]
async fn what_is_removed_while_it_is_restarted_does_not_run_on_and_gives_its_port_back() {
    let (engine, clock) = machine();
    let mut slow = spec("busybox", &["sleep", "1000"]);
    slow.ports = vec![Port { container: 80, host: Some(8080), address: None, protocol: Protocol::Tcp }];
    let id = started(&engine, &slow).await;
    let restarting = {
        let (engine, id) = (engine.clone(), id.clone());
        tokio::spawn(async move { engine.restart_container(&id, &StopOptions { timeout: Some(30) }).await })
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    engine.remove_container(&id, &RemoveOptions { force: true, volumes: true }).await.unwrap();
    let _ = restarting.await.unwrap();
    clock.advance(Duration::from_secs(60));
    assert_eq!(told(&mut events).await, ["kill", "die", "destroy"]);
    started(&engine, &slow).await;
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (engine, clock) = machine();
        let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
        for _ in 0..3 {
            started(&engine, &spec("busybox", &["sh", "-c", "sleep 1; exit 4"])).await;
        }
        clock.advance(Duration::from_secs(2));
        engine.ping().await.unwrap();
        let mut told = Vec::new();
        while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(20), events.next()).await {
            told.push(event.unwrap());
        }
        runs.push(told);
    }
    assert_eq!(runs[0].len(), 3 * 5);
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn ten_thousand_changes_and_thirty_thousand_containers_are_no_matter() {
    let (engine, _) = machine();
    let mut events = engine.events(&EngineEventOptions::default()).await.unwrap();
    let begun = std::time::Instant::now();
    let web = spec("nginx", &[]);
    let mut ids: Vec<ContainerId> = Vec::new();
    for _ in 0..30_000 {
        ids.push(engine.create_container(None, &web).await.unwrap());
    }
    let created = begun.elapsed();
    for id in ids.iter().take(5_000) {
        engine.start_container(&id.into()).await.unwrap();
        engine.stop_container(&id.into(), &StopOptions::default()).await.unwrap();
    }
    let changed = begun.elapsed();
    assert_eq!(engine.containers(&ContainerFilter::default()).await.unwrap().len(), 30_000);
    let listed = begun.elapsed();
    println!("30,000 created after {created:?}, changed 10,000 times after {changed:?}, listed after {listed:?}");
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert_eq!(events.next().await.unwrap().unwrap().action, "create");
}
