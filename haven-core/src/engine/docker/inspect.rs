//! A specification as the engine takes it, and everything about a container as the engine tells it.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, HealthConfig, HealthStatusEnum, HostConfig, MountType, PortBinding,
    RestartPolicyNameEnum,
};
use haven_model::{
    ContainerDetail, ContainerId, ContainerSpec, ContainerState, Error, Health, ImageRef, Mount, NetworkName, Port,
    RestartPolicy, Result, Secret,
    spec::{HealthCheck, MountKind},
    system::ApiVersion,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::summary::{null_is_empty, protocol_of};
use crate::engine::containers::check_environment;

const NANOS: i64 = 1_000_000_000;

/// From then on an engine takes mounts as objects, and CPU time in billionths.
const MOUNTS: ApiVersion = ApiVersion::new(1, 25);
/// Microseconds in which an old engine counts CPU time.
const CPU_PERIOD: i64 = 100_000;

/// A specification as the body of a creation, for an engine spoken with at `api`. `Invalid` for what has no way to be
/// written.
pub(super) fn create_body(spec: &ContainerSpec, api: ApiVersion) -> Result<ContainerCreateBody> {
    check_environment(&spec.env)?;
    for (limit, what) in [(spec.memory, "memory"), (spec.nano_cpus, "CPU time")] {
        if let Some(limit) = limit.filter(|limit| i64::try_from(*limit).is_err()) {
            return Err(Error::invalid(format!("no engine takes {limit} for a limit of {what}")));
        }
    }
    let mut body = new_body(spec);
    if api < MOUNTS {
        write_as_before_mounts(spec, &mut body)?;
    }
    Ok(body)
}

/// Mounts as texts, `SOURCE:TARGET:ro`, in which a colon has no place; CPU time as a share of a period.
fn write_as_before_mounts(spec: &ContainerSpec, body: &mut ContainerCreateBody) -> Result<()> {
    let host = body.host_config.get_or_insert_default();
    host.mounts = None;
    for Mount { kind, source, target, read_only } in &spec.mounts {
        if source.contains(':') || target.contains(':') {
            return Err(Error::invalid(format!("this engine takes no mount with a colon in it: `{target}`")));
        }
        let mode = if *read_only { "ro" } else { "rw" };
        match kind {
            MountKind::Tmpfs => {
                host.tmpfs.get_or_insert_default().insert(target.clone(), mode.to_owned());
            }
            MountKind::Volume if source.is_empty() => body.volumes.get_or_insert_default().push(target.clone()),
            MountKind::Bind if source.is_empty() => {
                return Err(Error::invalid(format!("the host's folder for `{target}` is missing")));
            }
            MountKind::Bind | MountKind::Volume => {
                host.binds.get_or_insert_default().push(format!("{source}:{target}:{mode}"));
            }
        }
    }
    if let Some(nanos) = host.nano_cpus.take() {
        host.cpu_period = Some(CPU_PERIOD);
        host.cpu_quota = Some(nanos.saturating_mul(CPU_PERIOD) / NANOS);
    }
    Ok(())
}

fn new_body(spec: &ContainerSpec) -> ContainerCreateBody {
    let list = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
    ContainerCreateBody {
        image: Some(spec.image.to_string()),
        cmd: list(&spec.command),
        entrypoint: list(&spec.entrypoint),
        env: Some(spec.env.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect()),
        labels: Some(spec.labels.clone().into_iter().collect()),
        hostname: spec.hostname.clone(),
        user: spec.user.clone(),
        working_dir: spec.working_dir.clone(),
        tty: Some(spec.tty),
        open_stdin: Some(spec.open_stdin),
        attach_stdin: Some(spec.open_stdin),
        // As `docker run` has it: the end of an attached input is the end of the program's.
        stdin_once: Some(spec.open_stdin),
        exposed_ports: Some(spec.ports.iter().map(port_key).collect()),
        healthcheck: spec.health.as_ref().map(health_config),
        stop_signal: spec.stop_signal.clone(),
        stop_timeout: spec.stop_timeout.map(i64::from),
        host_config: Some(host_config(spec)),
        ..ContainerCreateBody::default()
    }
}

fn port_key(port: &Port) -> String {
    format!("{}/{}", port.container, port.protocol.as_str())
}

fn host_config(spec: &ContainerSpec) -> HostConfig {
    let mut bindings: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in &spec.ports {
        let binding = PortBinding {
            host_ip: port.address.map(|address| address.to_string()),
            host_port: port.host.map(|host| host.to_string()),
        };
        bindings.entry(port_key(port)).or_default().get_or_insert_default().push(binding);
    }
    let (name, retries) = match spec.restart {
        RestartPolicy::No => (RestartPolicyNameEnum::NO, None),
        RestartPolicy::Always => (RestartPolicyNameEnum::ALWAYS, None),
        RestartPolicy::UnlessStopped => (RestartPolicyNameEnum::UNLESS_STOPPED, None),
        RestartPolicy::OnFailure(retries) => (RestartPolicyNameEnum::ON_FAILURE, Some(i64::from(retries))),
    };
    HostConfig {
        port_bindings: Some(bindings),
        mounts: Some(spec.mounts.iter().map(mount).collect()),
        network_mode: spec.network.as_ref().map(ToString::to_string),
        restart_policy: Some(bollard::models::RestartPolicy { name: Some(name), maximum_retry_count: retries }),
        memory: spec.memory.and_then(|memory| memory.try_into().ok()),
        nano_cpus: spec.nano_cpus.and_then(|cpus| cpus.try_into().ok()),
        ..HostConfig::default()
    }
}

fn mount(mount: &Mount) -> bollard::models::Mount {
    bollard::models::Mount {
        target: Some(mount.target.clone()),
        source: (!mount.source.is_empty()).then(|| mount.source.clone()),
        typ: Some(match mount.kind {
            MountKind::Bind => MountType::BIND,
            MountKind::Volume => MountType::VOLUME,
            MountKind::Tmpfs => MountType::TMPFS,
        }),
        read_only: Some(mount.read_only),
        ..bollard::models::Mount::default()
    }
}

fn health_config(health: &HealthCheck) -> HealthConfig {
    let nanos = |seconds: Option<u32>| seconds.map(|seconds| i64::from(seconds) * NANOS);
    let test = if health.command.is_empty() {
        vec!["NONE".to_owned()]
    } else {
        [vec!["CMD".to_owned()], health.command.clone()].concat()
    };
    HealthConfig {
        test: Some(test),
        interval: nanos(health.interval),
        timeout: nanos(health.timeout),
        retries: health.retries.map(i64::from),
        start_period: nanos(health.start_period),
        ..HealthConfig::default()
    }
}

/// The little of an inspection that other calls rest on, so that a specification that cannot be read is in their way
/// no more than it is in the engine's.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Outline {
    pub(super) id: ContainerId,
    #[serde(default, deserialize_with = "null_is_empty")]
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    state: OutlineState,
    #[serde(default, deserialize_with = "null_is_empty")]
    config: OutlineConfig,
    #[serde(default, deserialize_with = "null_is_empty")]
    network_settings: OutlineNetworks,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OutlineState {
    #[serde(default, deserialize_with = "null_is_empty")]
    status: String,
    #[serde(default)]
    running: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OutlineConfig {
    #[serde(default)]
    tty: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OutlineNetworks {
    #[serde(default, deserialize_with = "null_is_empty")]
    networks: serde_json::Map<String, serde_json::Value>,
}

impl Outline {
    pub(super) fn name(&self) -> &str {
        self.name.trim_start_matches('/')
    }

    pub(super) fn state(&self) -> ContainerState {
        state_of(&self.state.status, self.state.running)
    }

    pub(super) fn has_tty(&self) -> bool {
        self.config.tty
    }

    pub(super) fn is_in(&self, network: &str) -> bool {
        self.network_settings.networks.contains_key(network)
    }
}

/// The state by name, or by whether it runs where the engine has no such name.
fn state_of(status: &str, running: bool) -> ContainerState {
    status.parse().unwrap_or(if running { ContainerState::Running } else { ContainerState::Exited })
}

/// Everything about a container, as the engine tells it.
pub(super) fn detail(inspect: ContainerInspectResponse) -> Result<ContainerDetail> {
    let state = inspect.state.unwrap_or_default();
    let settings = inspect.network_settings.unwrap_or_default();
    let config = inspect.config.unwrap_or_default();
    let host = inspect.host_config.unwrap_or_default();
    let networks: BTreeMap<String, String> = settings
        .networks
        .unwrap_or_default()
        .into_iter()
        .map(|(name, endpoint)| (name, endpoint.ip_address.unwrap_or_default()))
        .collect();
    let id = inspect.id.unwrap_or_default();
    let running = state.running.unwrap_or_default();
    Ok(ContainerDetail {
        id: ContainerId::new(&id).map_err(|error| Error::unexpected("the engine tells no id").caused_by(error))?,
        name: inspect.name.unwrap_or_default().trim_start_matches('/').to_owned(),
        image_id: inspect.image.unwrap_or_default(),
        created: time(inspect.created.as_deref()).unwrap_or_default(),
        state: state_of(&state.status.map(|status| status.to_string()).unwrap_or_default(), running),
        health: state.health.and_then(|health| health.status).and_then(|status| match status {
            HealthStatusEnum::STARTING => Some(Health::Starting),
            HealthStatusEnum::HEALTHY => Some(Health::Healthy),
            HealthStatusEnum::UNHEALTHY => Some(Health::Unhealthy),
            HealthStatusEnum::EMPTY | HealthStatusEnum::NONE => None,
        }),
        pid: state.pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
        // A container that never ran, or runs, has not ended.
        exit_code: state.exit_code.filter(|_| !running && time(state.finished_at.as_deref()).is_some()),
        oom_killed: state.oom_killed.unwrap_or_default(),
        error: state.error.filter(|error| !error.is_empty()),
        started: time(state.started_at.as_deref()),
        finished: time(state.finished_at.as_deref()),
        restart_count: inspect.restart_count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default(),
        ports: settings.ports.map(|ports| published(&ports)).unwrap_or_default(),
        networks,
        spec: spec(config, &host)?,
    })
}

/// A time of Docker's; its year one means never.
fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: Timestamp = text?.parse().ok()?;
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}

fn published(ports: &HashMap<String, Option<Vec<PortBinding>>>) -> Vec<Port> {
    let mut found = Vec::new();
    for (key, bindings) in ports {
        let (port, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
        let Ok(container) = port.parse() else { continue };
        let protocol = protocol_of(protocol);
        let bindings = bindings.as_deref().unwrap_or_default();
        if bindings.is_empty() {
            found.push(Port { container, host: None, address: None, protocol });
        }
        for binding in bindings {
            let address = binding.host_ip.as_deref().and_then(|ip| ip.parse().ok());
            found.push(Port {
                container,
                host: binding.host_port.as_deref().and_then(|port| port.parse().ok()).filter(|port: &u16| *port > 0),
                address: address.filter(|ip: &std::net::IpAddr| !ip.is_unspecified()),
                protocol,
            });
        }
    }
    found.sort();
    found.dedup();
    found
}

fn spec(config: bollard::models::ContainerConfig, host: &HostConfig) -> Result<ContainerSpec> {
    let image = config.image.unwrap_or_default();
    let image = ImageRef::new(&image)
        .map_err(|error| Error::unexpected(format!("the engine tells an image `{image}`")).caused_by(error))?;
    // What is exposed only is left out: a container made of this specification would publish it.
    let ports = host.port_bindings.as_ref().map(published).unwrap_or_default();
    let restart = host.restart_policy.clone().unwrap_or_default();
    let retries = restart.maximum_retry_count.and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    Ok(ContainerSpec {
        command: config.cmd.unwrap_or_default(),
        entrypoint: config.entrypoint.unwrap_or_default(),
        env: config
            .env
            .unwrap_or_default()
            .into_iter()
            .map(|entry| match entry.split_once('=') {
                Some((name, value)) => (name.to_owned(), Secret::new(value)),
                None => (entry, Secret::default()),
            })
            .collect(),
        labels: config.labels.unwrap_or_default().into_iter().collect(),
        hostname: config.hostname.filter(|name| !name.is_empty()),
        user: config.user.filter(|user| !user.is_empty()),
        working_dir: config.working_dir.filter(|folder| !folder.is_empty()),
        tty: config.tty.unwrap_or_default(),
        open_stdin: config.open_stdin.unwrap_or_default(),
        ports,
        mounts: mounts(host, config.volumes.unwrap_or_default()),
        network: host
            .network_mode
            .clone()
            .filter(|mode| mode != "default")
            .and_then(|mode| NetworkName::new(mode).ok()),
        restart: match restart.name {
            Some(RestartPolicyNameEnum::ALWAYS) => RestartPolicy::Always,
            Some(RestartPolicyNameEnum::UNLESS_STOPPED) => RestartPolicy::UnlessStopped,
            Some(RestartPolicyNameEnum::ON_FAILURE) => RestartPolicy::OnFailure(retries),
            _ => RestartPolicy::No,
        },
        memory: host.memory.and_then(|memory| u64::try_from(memory).ok()).filter(|memory| *memory > 0),
        nano_cpus: nano_cpus(host),
        health: config.healthcheck.and_then(health_check),
        stop_signal: config.stop_signal.filter(|signal| !signal.is_empty()),
        stop_timeout: config.stop_timeout.and_then(|timeout| u32::try_from(timeout).ok()),
        ..ContainerSpec::new(image)
    })
}

/// What is mounted, with the volumes that were asked for by their place only, as images do.
fn mounts(host: &HostConfig, volumes: Vec<String>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for mount in host.mounts.iter().flatten() {
        let kind = match mount.typ {
            Some(MountType::BIND) => MountKind::Bind,
            Some(MountType::VOLUME) => MountKind::Volume,
            Some(MountType::TMPFS) => MountKind::Tmpfs,
            _ => continue,
        };
        mounts.push(Mount {
            kind,
            source: mount.source.clone().unwrap_or_default(),
            target: mount.target.clone().unwrap_or_default(),
            read_only: mount.read_only.unwrap_or_default(),
        });
    }
    // What was made with `docker run -v` stands as texts `source:target[:options]`.
    for bind in host.binds.iter().flatten() {
        let mut parts = bind.splitn(3, ':');
        let (Some(source), Some(target)) = (parts.next(), parts.next()) else { continue };
        let kind = if source.starts_with('/') { MountKind::Bind } else { MountKind::Volume };
        let read_only = parts.next().is_some_and(|options| options.split(',').any(|option| option == "ro"));
        mounts.push(Mount { kind, source: source.to_owned(), target: target.to_owned(), read_only });
    }
    for (target, options) in host.tmpfs.iter().flatten() {
        let read_only = options.split(',').any(|option| option == "ro");
        mounts.push(Mount { kind: MountKind::Tmpfs, source: String::new(), target: target.clone(), read_only });
    }
    for target in volumes {
        if !mounts.iter().any(|mount| mount.target == target) {
            mounts.push(Mount { kind: MountKind::Volume, source: String::new(), target, read_only: false });
        }
    }
    mounts
}

fn nano_cpus(host: &HostConfig) -> Option<u64> {
    let quota = || {
        let period = host.cpu_period.filter(|period| *period > 0).unwrap_or(CPU_PERIOD);
        host.cpu_quota?.checked_mul(NANOS)?.checked_div(period)
    };
    let nanos = host.nano_cpus.filter(|nanos| *nanos > 0).or_else(quota)?;
    u64::try_from(nanos).ok().filter(|nanos| *nanos > 0)
}

fn health_check(config: HealthConfig) -> Option<HealthCheck> {
    let test = config.test.unwrap_or_default();
    let command = match test.split_first()? {
        (first, rest) if first == "CMD" => rest.to_vec(),
        (first, rest) if first == "CMD-SHELL" => {
            ["/bin/sh".to_owned(), "-c".to_owned()].into_iter().chain(rest.to_vec()).collect()
        }
        (first, _) if first == "NONE" => Vec::new(),
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
    })
}
