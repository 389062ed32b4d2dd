//! Rules of containers as they run: started, stopped, killed, held, restarted, watched.
//!
//! Times are real and short.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    model::{ContainerState, Health, Outcome, RestartPolicy, container::StopOptions, spec::HealthCheck},
};

use super::{AT_ONCE, EngineFixture, read_until, refused};

/// A script that says so when it is ready for signals, and ends with `code` on `signal`.
fn obedient(signal: &str, code: u8) -> String {
    format!("trap 'exit {code}' {signal}; echo ready; while true; do sleep 0.05; done")
}

async fn ready(on: &EngineFixture, script: &str) -> haven_core::model::ContainerRef {
    let id = on.started(&on.script(script)).await;
    wait_ready(on, &id).await;
    id
}

async fn wait_ready(on: &EngineFixture, id: &haven_core::model::ContainerRef) {
    let options = haven_core::model::LogOptions { follow: true, ..Default::default() };
    read_until(&mut on.engine.logs(id, &options).await.unwrap(), "ready").await;
}

/// One that runs is `AlreadySo`.
pub async fn starting_twice_is_already_so(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    assert_eq!(on.engine.start_container(&id).await.unwrap(), Outcome::Done);
    let before = on.inspect(&id).await;
    assert_eq!(before.state, ContainerState::Running);
    assert!(before.pid.is_some() && before.started.is_some());
    assert_eq!(on.engine.start_container(&id).await.unwrap(), Outcome::AlreadySo);
    assert_eq!(on.inspect(&id).await.started, before.started);
}

/// A program that cannot be run is `Invalid`, and the container does not run.
pub async fn what_cannot_run_is_invalid(on: &EngineFixture) {
    let id = on.created(&on.spec(&["/no/such/program"])).await;
    refused(on.engine.start_container(&id).await, ErrorKind::Invalid);
    let detail = on.inspect(&id).await;
    assert!(!detail.state.is_running(), "{detail:?}");
}

/// One that does not run is `AlreadySo`, whether it ran before or not.
pub async fn stopping_twice_is_already_so(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    assert_eq!(on.engine.stop_container(&id, &AT_ONCE).await.unwrap(), Outcome::AlreadySo);
    on.engine.start_container(&id).await.unwrap();
    assert_eq!(on.engine.stop_container(&id, &AT_ONCE).await.unwrap(), Outcome::Done);
    let detail = on.inspect(&id).await;
    assert_eq!((detail.state, detail.pid), (ContainerState::Exited, None));
    assert!(detail.finished.is_some());
    assert_eq!(on.engine.stop_container(&id, &AT_ONCE).await.unwrap(), Outcome::AlreadySo);
}

/// A program that does not end in time is killed.
pub async fn stopping_kills_what_does_not_end(on: &EngineFixture) {
    let id = on.sleeping().await;
    let begun = Instant::now();
    on.engine.stop_container(&id, &StopOptions { timeout: Some(1) }).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(900), "it was given {:?}", begun.elapsed());
    assert_eq!(on.inspect(&id).await.exit_code, Some(137));
}

/// A program is asked first, and may end as it likes.
pub async fn a_program_can_end_in_its_own_way(on: &EngineFixture) {
    let id = ready(on, &obedient("TERM", 7)).await;
    let begun = Instant::now();
    on.engine.stop_container(&id, &StopOptions { timeout: Some(30) }).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(on.inspect(&id).await.exit_code, Some(7));
}

/// A container's own stop signal is the one it gets, and its own time limit holds.
pub async fn the_stop_signal_is_the_containers(on: &EngineFixture) {
    let mut spec = on.script(&obedient("USR1", 9));
    spec.stop_signal = Some("SIGUSR1".into());
    spec.stop_timeout = Some(30);
    let id = on.started(&spec).await;
    wait_ready(on, &id).await;
    on.engine.stop_container(&id, &StopOptions::default()).await.unwrap();
    assert_eq!(on.inspect(&id).await.exit_code, Some(9));
}

/// It runs anew, whether it ran before or not.
pub async fn restarting(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    on.engine.restart_container(&id, &AT_ONCE).await.unwrap();
    let first = on.inspect(&id).await;
    assert_eq!(first.state, ContainerState::Running);
    on.engine.restart_container(&id, &AT_ONCE).await.unwrap();
    let second = on.inspect(&id).await;
    assert_eq!(second.state, ContainerState::Running);
    assert!(second.started > first.started && second.pid != first.pid);
    assert_eq!(second.restart_count, 0, "only restarts by the policy count");
}

/// SIGKILL by default; `Conflict` when it does not run, `Invalid` for what is no signal.
pub async fn killing(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(on.engine.kill_container(&id, None).await, ErrorKind::Conflict);
    on.engine.start_container(&id).await.unwrap();
    refused(on.engine.kill_container(&id, Some("SIGNONSENSE")).await, ErrorKind::Invalid);
    on.engine.kill_container(&id, None).await.unwrap();
    assert_eq!(on.until(&id, |detail| !detail.state.is_running()).await.exit_code, Some(137));
    let id = ready(on, &obedient("USR2", 5)).await;
    on.engine.kill_container(&id, Some("SIGUSR2")).await.unwrap();
    assert_eq!(on.until(&id, |detail| !detail.state.is_running()).await.exit_code, Some(5));
}

/// Held and let go, each once; what is held cannot be started, nor a program run in it.
pub async fn pausing(on: &EngineFixture) {
    let engine = &on.engine;
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(engine.pause_container(&id).await, ErrorKind::Conflict);
    assert_eq!(engine.unpause_container(&id).await.unwrap(), Outcome::AlreadySo);
    engine.start_container(&id).await.unwrap();
    assert_eq!(engine.unpause_container(&id).await.unwrap(), Outcome::AlreadySo);
    assert_eq!(engine.pause_container(&id).await.unwrap(), Outcome::Done);
    assert_eq!(on.inspect(&id).await.state, ContainerState::Paused);
    assert_eq!(engine.pause_container(&id).await.unwrap(), Outcome::AlreadySo);
    refused(engine.start_container(&id).await, ErrorKind::Conflict);
    let exec = haven_core::model::ExecSpec { command: vec!["true".into()], ..Default::default() };
    refused(engine.exec(&id, &exec).await, ErrorKind::Conflict);
    assert_eq!(engine.unpause_container(&id).await.unwrap(), Outcome::Done);
    assert_eq!(on.inspect(&id).await.state, ContainerState::Running);
}

/// The exit code, when the program has ended; at once when it does not run.
pub async fn waiting(on: &EngineFixture) {
    let id = on.started(&on.script("sleep 0.5; exit 3")).await;
    assert_eq!(on.engine.wait_container(&id).await.unwrap(), 3);
    assert_eq!(on.engine.wait_container(&id).await.unwrap(), 3);
    let idle = on.created(&on.spec(&["true"])).await;
    assert_eq!(on.engine.wait_container(&idle).await.unwrap(), 0);
}

/// A program that fails is started again so often as the policy says.
pub async fn restart_policies_restart(on: &EngineFixture) {
    let mut spec = on.script("exit 3");
    spec.restart = RestartPolicy::OnFailure(2);
    let id = on.started(&spec).await;
    let detail = on.until(&id, |detail| detail.state == ContainerState::Exited && detail.restart_count == 2).await;
    assert_eq!(detail.exit_code, Some(3));
    let mut spec = on.script("exit 0");
    spec.restart = RestartPolicy::OnFailure(2);
    let id = on.started(&spec).await;
    let detail = on.until(&id, |detail| detail.state == ContainerState::Exited).await;
    assert_eq!(detail.restart_count, 0, "it did not fail");
}

/// What was stopped or killed on purpose is not started again.
pub async fn what_was_stopped_stays_stopped(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.restart = RestartPolicy::Always;
    let (stopped, killed) = (on.started(&spec).await, on.started(&spec).await);
    on.engine.stop_container(&stopped, &AT_ONCE).await.unwrap();
    on.engine.kill_container(&killed, None).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(on.inspect(&stopped).await.state, ContainerState::Exited);
    assert_eq!(on.inspect(&killed).await.state, ContainerState::Exited);
}

/// Starting, then healthy or unhealthy as its command says, over and over.
pub async fn health_is_checked(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    let command = vec!["test".into(), "-e".into(), "/ready".into()];
    spec.health =
        Some(HealthCheck { command, interval: Some(2), timeout: Some(5), retries: Some(1), ..HealthCheck::default() });
    let id = on.started(&spec).await;
    assert_eq!(on.inspect(&id).await.health, Some(Health::Starting));
    on.until(&id, |detail| detail.health == Some(Health::Unhealthy)).await;
    let touch = haven_core::model::ExecSpec { command: vec!["touch".into(), "/ready".into()], ..Default::default() };
    let terminal = on.engine.exec(&id, &touch).await.unwrap();
    super::collect(terminal.output).await;
    let detail = on.until(&id, |detail| detail.health == Some(Health::Healthy)).await;
    let filter = haven_core::model::ContainerFilter::by_id(&detail.id);
    assert_eq!(on.engine.containers(&filter).await.unwrap()[0].health, Some(Health::Healthy));
}

/// What runs in it; `Conflict` when it does not run.
pub async fn processes_are_listed(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(on.engine.processes(&id).await, ErrorKind::Conflict);
    on.engine.start_container(&id).await.unwrap();
    let is_sleep = |process: &Vec<String>| process.iter().any(|column| column.contains("sleep 1000"));
    let mut shown = on.engine.processes(&id).await.unwrap();
    // For a moment after the start it is still the runtime that becomes the program.
    for _ in 0..100 {
        if shown.processes.iter().any(is_sleep) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        shown = on.engine.processes(&id).await.unwrap();
    }
    assert!(matches!(&shown.processes[..], [process] if is_sleep(process)), "{shown:?}");
    assert_eq!(shown.processes[0].len(), shown.titles.len());
}

/// A sample, of nothing where nothing runs.
pub async fn statistics(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.memory = Some(64 << 20);
    let id = on.created(&spec).await;
    let idle = on.engine.stats(&id).await.unwrap();
    assert_eq!((idle.cpu, idle.memory, idle.network_rx, idle.block_write), (0, 0, 0, 0));
    on.engine.start_container(&id).await.unwrap();
    let first = on.engine.stats(&id).await.unwrap();
    assert!(first.cpu > 0 && first.memory > 0 && first.cpus > 0, "{first:?}");
    assert_eq!(first.memory_limit, Some(64 << 20));
    assert_eq!(first.cpu_percent, None, "it takes two samples");
    let second = on.engine.stats(&id).await.unwrap();
    assert!(second.read >= first.read && second.cpu >= first.cpu);
}

/// A sample about every second, until the container stops.
pub async fn statistics_go_on(on: &EngineFixture) {
    let id = on.sleeping().await;
    let mut samples = on.engine.stats_stream(&id).await.unwrap();
    let first = samples.next().await.unwrap().unwrap();
    let second = samples.next().await.unwrap().unwrap();
    assert_eq!(first.cpu_percent, None);
    assert!(second.cpu_percent.is_some(), "{second:?}");
    assert!(second.read > first.read);
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    while let Some(sample) = samples.next().await {
        sample.unwrap();
    }
}
