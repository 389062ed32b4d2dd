//! Gates: whether a new container is ready, and goes on well for a while.
//!
//! Probes run in the container, by exec: whoever is ready for them is ready for its node, whatever lies between the node
//! and this master.

use std::time::Duration;

use futures_util::StreamExt as _;
use haven_model::{
    ContainerDetail, ContainerId, ContainerState, Error, ExecSpec, Health, Rollout, plan::Gate, spec::HealthCheck,
};

use super::site::{Done, Halt, Site};
use crate::clock::Clock;

/// How often a new container is looked at.
const EVERY: Duration = Duration::from_millis(200);
/// The least time to become ready.
const LEAST: Duration = Duration::from_secs(60);
/// How long one probe may take, and how much of what it says is told.
const PROBE: Duration = Duration::from_secs(10);
const TOLD: usize = 400;

/// Waits until a started container is ready, and then until it has gone on well for the time of the rollout.
///
/// Fails with what the container did instead: ended, was started again, says that it is not healthy, or not ready in time;
/// and is broken off when it is not `wanted` any more.
pub(super) async fn pass(
    site: &Site<'_>,
    clock: &dyn Clock,
    id: &ContainerId,
    rollout: &Rollout,
    wanted: &(dyn Fn() -> bool + Sync),
) -> Done {
    let begun = clock.elapsed();
    let first = seen(site, id).await?;
    let gate = match (&rollout.gate, &first.spec.health) {
        (Gate::Auto, Some(check)) if !check.command.is_empty() => &Gate::Health,
        (Gate::Auto, _) => &Gate::Running,
        (gate, _) => gate,
    };
    let limit = rollout.timeout.map_or_else(|| patience(first.spec.health.as_ref()), Duration::from_secs_f64);
    loop {
        go_on(wanted)?;
        let now = seen(site, id).await?;
        is_well(&now, &first)?;
        let Err(why) = ready(site, clock, &now, gate).await? else { break };
        if clock.elapsed().saturating_sub(begun) > limit {
            let after = limit.as_secs();
            return Err(failed(format!("`{}` is not ready after {after} s: {why}", now.name)));
        }
        clock.sleep(EVERY).await;
    }
    let well = clock.elapsed();
    let monitor = Duration::from_secs_f64(rollout.monitor);
    loop {
        let left = monitor.saturating_sub(clock.elapsed().saturating_sub(well));
        if left.is_zero() {
            return Ok(());
        }
        go_on(wanted)?;
        clock.sleep(left.min(EVERY)).await;
        let now = seen(site, id).await?;
        is_well(&now, &first)?;
        if *gate == Gate::Health && now.health == Some(Health::Unhealthy) {
            return Err(failed(format!("`{}` became unhealthy", now.name)));
        }
    }
}

fn go_on(wanted: &(dyn Fn() -> bool + Sync)) -> Done {
    if wanted() { Ok(()) } else { Err(Halt::Aborted) }
}

fn failed(what: String) -> Halt {
    Halt::Failed(Error::conflict(what))
}

async fn seen(site: &Site<'_>, id: &ContainerId) -> Done<ContainerDetail> {
    let gone = || failed(format!("the new container {} is gone", id.short()));
    site.look(id).await?.ok_or_else(gone)
}

/// Whether it runs without having been started again.
fn is_well(now: &ContainerDetail, first: &ContainerDetail) -> Done {
    let name = &now.name;
    let code = now.exit_code.unwrap_or_default();
    match now.state {
        ContainerState::Running if now.restart_count > first.restart_count => {
            Err(failed(format!("`{name}` ended and was started again")))
        }
        ContainerState::Running | ContainerState::Paused => Ok(()),
        ContainerState::Restarting => Err(failed(format!("`{name}` ends with {code} and is started again"))),
        _ if now.oom_killed => Err(failed(format!("`{name}` was ended for want of memory"))),
        _ => Err(failed(format!("`{name}` ended with {code}"))),
    }
}

/// Whether it is ready; else why not yet. What can never become ready fails.
async fn ready(
    site: &Site<'_>,
    clock: &dyn Clock,
    now: &ContainerDetail,
    gate: &Gate,
) -> Done<std::result::Result<(), String>> {
    match gate {
        Gate::Auto | Gate::Running => Ok(Ok(())),
        Gate::Health => match now.health {
            Some(Health::Healthy) => Ok(Ok(())),
            Some(Health::Starting) => Ok(Err("its health check has not passed yet".to_owned())),
            Some(Health::Unhealthy) => Err(failed(format!("`{}` is unhealthy", now.name))),
            None => Err(failed(format!("`{}` has no health check", now.name))),
        },
        Gate::Tcp { port } => {
            // Small ones know no `-z`, and others no `-e`.
            let script = format!(
                "if command -v nc >/dev/null 2>&1; then \
                 nc -z -w 3 127.0.0.1 {port} 2>/dev/null || nc -w 3 127.0.0.1 {port} -e true; \
                 elif command -v bash >/dev/null 2>&1; then bash -c '</dev/tcp/127.0.0.1/{port}'; else exit 127; fi"
            );
            probe(site, clock, now, shell(&script), "`nc` or `bash`").await
        }
        Gate::Http { port, path } => {
            let url = format!("http://127.0.0.1:{port}{path}").replace('\'', "%27");
            // A static busybox crashes when it is given a time.
            let script = format!(
                "if command -v wget >/dev/null 2>&1; then wget -q -T 5 -O /dev/null '{url}' || {{ code=$?; \
                 [ $code -lt 128 ] || exec wget -q -O /dev/null '{url}'; exit $code; }}; \
                 elif command -v curl >/dev/null 2>&1; then curl -fsS -m 5 -o /dev/null '{url}'; else exit 127; fi"
            );
            probe(site, clock, now, shell(&script), "`wget` or `curl`").await
        }
        Gate::Exec { command } => probe(site, clock, now, command.clone(), "the program of the probe").await,
    }
}

fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

async fn probe(
    site: &Site<'_>,
    clock: &dyn Clock,
    now: &ContainerDetail,
    command: Vec<String>,
    needs: &str,
) -> Done<std::result::Result<(), String>> {
    let run = async {
        let mut terminal = site.engine.exec(&(&now.id).into(), &ExecSpec { command, ..ExecSpec::default() }).await?;
        let mut said = String::new();
        while let Some(output) = terminal.output.next().await {
            let room = TOLD.saturating_sub(said.len());
            let text = String::from_utf8_lossy(&output?.bytes).into_owned();
            said.extend(text.chars().take(room));
        }
        Ok::<_, Error>((terminal.control.exit_code().await?, said))
    };
    let answer = tokio::select! {
        answer = run => answer,
        () = clock.sleep(PROBE) => return Ok(Err(format!("the probe took longer than {} s", PROBE.as_secs()))),
    };
    match answer {
        Ok((0, _)) => Ok(Ok(())),
        Ok((126 | 127, _)) => Err(failed(format!("`{}` lacks {needs}, which the probe needs", now.name))),
        Ok((code, said)) if said.trim().is_empty() => Ok(Err(format!("the probe ended with {code}"))),
        Ok((code, said)) => Ok(Err(format!("the probe ended with {code}: {}", said.trim()))),
        Err(error) => Ok(Err(error.message().to_owned())),
    }
}

/// How long a health check may need until it says for certain that something is wrong, and a minute at least.
fn patience(check: Option<&HealthCheck>) -> Duration {
    let Some(check) = check else { return LEAST };
    let seconds = |given: Option<u32>, or: u64| given.map_or(or, u64::from);
    let round = seconds(check.interval, 30) + seconds(check.timeout, 30);
    let rounds = seconds(check.retries, 3).saturating_add(1);
    let all = seconds(check.start_period, 0).saturating_add(round.saturating_mul(rounds));
    LEAST.max(Duration::from_secs(all))
}
