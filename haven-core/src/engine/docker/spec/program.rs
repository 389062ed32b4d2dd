//! The program of a container: what runs, as whom, how it ends, and where its output goes.

use bollard::models::{ContainerConfig, ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig};
use haven_model::{ContainerId, ContainerSpec, Result, Secret, spec::HealthCheck};

use super::{Usual, list, map, text};
use crate::engine::containers::check_environment;

const NANOS: i64 = 1_000_000_000;

pub(super) fn write(spec: &ContainerSpec, body: &mut ContainerCreateBody, host: &mut HostConfig) -> Result<()> {
    check_environment(&spec.env)?;
    body.image = Some(spec.image.to_string());
    body.cmd = list(&spec.command);
    body.entrypoint = list(&spec.entrypoint);
    body.env = Some(spec.env.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect());
    body.labels = Some(spec.labels.clone().into_iter().collect());
    body.hostname.clone_from(&spec.hostname);
    body.domainname.clone_from(&spec.domainname);
    body.user.clone_from(&spec.user);
    body.working_dir.clone_from(&spec.working_dir);
    body.tty = Some(spec.tty);
    body.open_stdin = Some(spec.open_stdin);
    body.attach_stdin = Some(spec.open_stdin);
    // As `docker run` has it: the end of an attached input is the end of the program's.
    body.stdin_once = Some(spec.open_stdin);
    body.healthcheck = spec.health.as_ref().map(health_config);
    body.stop_signal.clone_from(&spec.stop_signal);
    body.stop_timeout = spec.stop_timeout.map(i64::from);
    host.group_add = list(&spec.group_add);
    host.init = spec.init;
    host.auto_remove = spec.auto_remove.then_some(true);
    host.runtime.clone_from(&spec.runtime);
    if spec.log_driver.is_some() || !spec.log_options.is_empty() {
        host.log_config = Some(HostConfigLogConfig { typ: spec.log_driver.clone(), config: map(&spec.log_options) });
    }
    Ok(())
}

pub(super) fn read(
    config: ContainerConfig,
    host: &HostConfig,
    id: &ContainerId,
    usual: &Usual,
    spec: &mut ContainerSpec,
) {
    spec.command = config.cmd.unwrap_or_default();
    spec.entrypoint = config.entrypoint.unwrap_or_default();
    let pair = |entry: String| match entry.split_once('=') {
        Some((name, value)) => (name.to_owned(), Secret::new(value)),
        None => (entry, Secret::default()),
    };
    spec.env = config.env.unwrap_or_default().into_iter().map(pair).collect();
    spec.labels = config.labels.unwrap_or_default().into_iter().collect();
    let on_host = host.network_mode.as_deref() == Some("host");
    let filled = |name: &String| name == id.short() || (on_host && *name == usual.name);
    spec.hostname = text(config.hostname.as_ref()).filter(|name| !filled(name));
    spec.domainname = text(config.domainname.as_ref());
    spec.user = text(config.user.as_ref());
    spec.working_dir = text(config.working_dir.as_ref());
    spec.tty = config.tty.unwrap_or_default();
    spec.open_stdin = config.open_stdin.unwrap_or_default();
    spec.health = config.healthcheck.and_then(health_check);
    spec.stop_signal = text(config.stop_signal.as_ref());
    spec.stop_timeout = config.stop_timeout.and_then(|timeout| u32::try_from(timeout).ok());
    spec.group_add = host.group_add.clone().unwrap_or_default();
    spec.init = host.init;
    spec.auto_remove = host.auto_remove.unwrap_or_default();
    spec.runtime = text(host.runtime.as_ref()).filter(|runtime| runtime != usual.runtime());
    let log = host.log_config.clone().unwrap_or_default();
    spec.log_driver = text(log.typ.as_ref()).filter(|driver| driver != usual.log_driver());
    spec.log_options = log.config.unwrap_or_default().into_iter().collect();
}

fn health_config(health: &HealthCheck) -> HealthConfig {
    let nanos = |seconds: Option<u32>| seconds.map(|seconds| i64::from(seconds) * NANOS);
    if health.command.is_empty() {
        return HealthConfig { test: Some(vec!["NONE".to_owned()]), ..HealthConfig::default() };
    }
    HealthConfig {
        test: Some([vec!["CMD".to_owned()], health.command.clone()].concat()),
        interval: nanos(health.interval),
        timeout: nanos(health.timeout),
        retries: health.retries.map(i64::from),
        start_period: nanos(health.start_period),
        start_interval: nanos(health.start_interval),
    }
}

pub(in crate::engine::docker) fn health_check(config: HealthConfig) -> Option<HealthCheck> {
    let test = config.test.unwrap_or_default();
    let command = match test.split_first()? {
        (first, rest) if first == "CMD" => rest.to_vec(),
        (first, rest) if first == "CMD-SHELL" => {
            ["/bin/sh".to_owned(), "-c".to_owned()].into_iter().chain(rest.to_vec()).collect()
        }
        (first, _) if first == "NONE" => return Some(HealthCheck::default()),
        _ => return None,
    };
    let seconds =
        |nanos: Option<i64>| nanos.and_then(|nanos| u32::try_from(nanos / NANOS).ok()).filter(|seconds| *seconds > 0);
    Some(HealthCheck {
        command,
        interval: seconds(config.interval),
        timeout: seconds(config.timeout),
        retries: config.retries.and_then(|retries| u32::try_from(retries).ok()).filter(|retries| *retries > 0),
        start_period: seconds(config.start_period),
        start_interval: seconds(config.start_interval),
    })
}
