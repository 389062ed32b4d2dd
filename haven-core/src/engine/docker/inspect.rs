//! Everything about a container as the engine tells it, and the little of that which other calls rest on.
//!
//! How the specification in it is read is in `spec`.

use std::collections::BTreeMap;

use bollard::models::{ContainerInspectResponse, EndpointSettings, HealthStatusEnum};
use haven_model::{
    ContainerDetail, ContainerId, ContainerState, Error, Health, Result, container::Endpoint, system::ApiVersion,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{
    spec::{Told, Usual, mounted, published},
    summary::null_is_empty,
};

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

    /// Whether it is connected. A running container has an endpoint there; one without is what an engine leaves in its
    /// books of a connection that it refused.
    pub(super) fn is_in(&self, network: &str) -> bool {
        let told = self.network_settings.networks.get(network);
        told.is_some_and(|endpoint| !(self.state().is_running() && endpoint["EndpointID"] == ""))
    }

    /// Whether it is in the engine's books, connected or not.
    pub(super) fn is_booked(&self, network: &str) -> bool {
        self.network_settings.networks.contains_key(network)
    }
}

/// The state by name, or by whether it runs where the engine has no such name.
fn state_of(status: &str, running: bool) -> ContainerState {
    status.parse().unwrap_or(if running { ContainerState::Running } else { ContainerState::Exited })
}

/// Everything about a container, as an engine spoken with at `api` tells it that fills in what is `usual`.
pub(super) fn detail(inspection: Value, api: ApiVersion, usual: &Usual) -> Result<ContainerDetail> {
    let (mac_address, kernel_memory) = Told::former(&inspection);
    let inspect: ContainerInspectResponse = serde_json::from_value(inspection)
        .map_err(|error| Error::unexpected("the engine's answer cannot be read").caused_by(error))?;
    let state = inspect.state.unwrap_or_default();
    let settings = inspect.network_settings.unwrap_or_default();
    let host = inspect.host_config.unwrap_or_default();
    let running = state.running.unwrap_or_default();
    let mut connected = settings.networks.unwrap_or_default();
    // A connection that was refused is in the engine's books, and none.
    connected.retain(|_, endpoint| !running || endpoint.endpoint_id.as_deref() != Some(""));
    let id = ContainerId::new(inspect.id.unwrap_or_default())
        .map_err(|error| Error::unexpected("the engine tells no id").caused_by(error))?;
    let config = inspect.config.unwrap_or_default();
    let told = Told { id: &id, config, host: &host, endpoints: &connected, mac_address, kernel_memory, api, usual };
    let spec = told.spec()?;
    let address = |endpoint: &EndpointSettings| endpoint.ip_address.clone().unwrap_or_default();
    let networks: BTreeMap<_, _> = connected.iter().map(|(name, endpoint)| (name.clone(), address(endpoint))).collect();
    Ok(ContainerDetail {
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
        endpoints: connected.into_iter().map(|(name, settings)| (name, endpoint(settings))).collect(),
        mounts: mounted(inspect.mounts.unwrap_or_default()),
        spec,
        id,
    })
}

/// A connection as it is now.
fn endpoint(settings: EndpointSettings) -> Endpoint {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    Endpoint {
        network_id: settings.network_id.unwrap_or_default(),
        ipv4_address: settings.ip_address.and_then(|address| address.parse().ok()),
        ipv6_address: settings.global_ipv6_address.and_then(|address| address.parse().ok()),
        mac_address: given(settings.mac_address),
        aliases: settings.aliases.unwrap_or_default(),
        gateway: settings.gateway.and_then(|address| address.parse().ok()),
    }
}

/// A time of Docker's; its year one means never.
fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: Timestamp = text?.parse().ok()?;
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}
