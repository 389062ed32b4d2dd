//! The list of containers: what of the engine's answer is read, and how it becomes a [`Container`].

use std::collections::{BTreeMap, HashMap};

use haven_model::{
    Container, ContainerBrief, ContainerFilter, ContainerId, ContainerState, Error, Health, Mount, Port, Result,
    container::ContainerSize,
    spec::{MountKind, Protocol},
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

/// A container in the engine's list. Fields that an old engine leaves out, or that are null, are empty.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Summary {
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    names: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    image: String,
    #[serde(rename = "ImageID", default, deserialize_with = "null_is_empty")]
    image_id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    command: String,
    #[serde(default)]
    created: i64,
    #[serde(default, deserialize_with = "null_is_empty")]
    ports: Vec<SummaryPort>,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    state: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    status: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    network_settings: Networks,
    #[serde(default, deserialize_with = "null_is_empty")]
    mounts: Vec<SummaryMount>,
}

/// What a container takes on disk, as the list tells when it is asked. An engine leaves out what is nothing.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sized {
    id: String,
    #[serde(default)]
    size_rw: i64,
    #[serde(default)]
    size_root_fs: i64,
}

impl Sized {
    pub(super) fn convert(self) -> Option<(ContainerId, ContainerSize)> {
        let bytes = |size: i64| u64::try_from(size).unwrap_or_default();
        let size = ContainerSize { writable: bytes(self.size_rw), total: bytes(self.size_root_fs) };
        Some((ContainerId::new(self.id).ok()?, size))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SummaryPort {
    #[serde(rename = "IP", default)]
    ip: Option<String>,
    private_port: u16,
    #[serde(default)]
    public_port: Option<u16>,
    #[serde(rename = "Type", default)]
    protocol: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Networks {
    #[serde(default, deserialize_with = "null_is_empty")]
    networks: HashMap<String, Option<Endpoint>>,
}

#[derive(Deserialize)]
struct Endpoint {
    #[serde(rename = "IPAddress", default, deserialize_with = "null_is_empty")]
    address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SummaryMount {
    #[serde(rename = "Type", default, deserialize_with = "null_is_empty")]
    kind: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    source: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    destination: String,
    #[serde(rename = "RW", default = "yes")]
    writable: bool,
}

fn yes() -> bool {
    true
}

/// Reads a value that old engines leave out or write as null.
pub(super) fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl SummaryMount {
    fn convert(self) -> Option<Mount> {
        let kind = match self.kind.as_str() {
            "bind" | "" => MountKind::Bind,
            "volume" => MountKind::Volume,
            "tmpfs" => MountKind::Tmpfs,
            _ => return None,
        };
        let source = if kind == MountKind::Volume { self.name } else { self.source };
        Some(Mount { read_only: !self.writable, ..Mount::new(kind, source, self.destination) })
    }
}

impl Summary {
    pub(super) fn convert(self) -> Result<Container> {
        let mut ports: Vec<Port> = self.ports.into_iter().map(SummaryPort::convert).collect();
        ports.sort();
        ports.dedup();
        let health = health_of(&self.status);
        Ok(Container {
            name: own_name(&self.names),
            id: listed_id(&self.id)?,
            image: self.image,
            image_id: self.image_id,
            command: self.command,
            created: Timestamp::from_second(self.created).unwrap_or_default(),
            state: state_of(&self.state, &self.status),
            health,
            status: self.status,
            ports,
            labels: self.labels,
            networks: self
                .network_settings
                .networks
                .into_iter()
                .map(|(name, endpoint)| (name, endpoint.map(|endpoint| endpoint.address).unwrap_or_default()))
                .collect(),
            mounts: self.mounts.into_iter().filter_map(SummaryMount::convert).collect(),
            truncated: false,
        })
    }
}

/// As much of a container in the engine's list as a [`ContainerBrief`] says: reading the rest takes most of the time.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Brief {
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    names: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    image: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
}

impl Brief {
    pub(super) fn convert(self) -> Result<ContainerBrief> {
        let (id, name) = (listed_id(&self.id)?, own_name(&self.names));
        Ok(ContainerBrief { id, name, image: self.image, labels: self.labels })
    }
}

/// A linked container has further names with a second slash; its own has one.
fn own_name(names: &[String]) -> String {
    let mut plain = names.iter().map(|name| name.trim_start_matches('/'));
    plain.find(|name| !name.contains('/')).unwrap_or_default().to_owned()
}

fn listed_id(id: &str) -> Result<ContainerId> {
    ContainerId::new(id).map_err(|error| Error::unexpected("the engine's list holds no ids").caused_by(error))
}

impl SummaryPort {
    fn convert(self) -> Port {
        Port {
            container: self.private_port,
            host: self.public_port.filter(|port| *port > 0),
            address: self.ip.and_then(|ip| ip.parse().ok()).filter(|ip: &std::net::IpAddr| !ip.is_unspecified()),
            protocol: protocol_of(&self.protocol),
        }
    }
}

pub(super) fn protocol_of(text: &str) -> Protocol {
    match text {
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => Protocol::Tcp,
    }
}

/// The state by name, or by the status text where the engine is too old to name it.
fn state_of(state: &str, status: &str) -> ContainerState {
    state.parse().unwrap_or({
        if status.contains("(Paused)") {
            ContainerState::Paused
        } else if status.starts_with("Up") {
            ContainerState::Running
        } else if status.starts_with("Created") {
            ContainerState::Created
        } else {
            ContainerState::Exited
        }
    })
}

/// The list has no field for health; Docker writes it into the status text, in words of its own that have not changed.
fn health_of(status: &str) -> Option<Health> {
    if status.ends_with("(healthy)") {
        Some(Health::Healthy)
    } else if status.ends_with("(unhealthy)") {
        Some(Health::Unhealthy)
    } else if status.ends_with("(health: starting)") {
        Some(Health::Starting)
    } else {
        None
    }
}

/// The conditions that the engine itself can meet; the rest is up to [`ContainerFilter::matches`].
pub(super) fn filters(filter: &ContainerFilter) -> Option<String> {
    let mut filters: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, values) in [("id", &filter.id), ("label", &filter.label)] {
        if !values.is_empty() {
            filters.insert(name, values.clone());
        }
    }
    if !filter.state.is_empty() {
        filters.insert("status", filter.state.iter().map(ToString::to_string).collect());
    }
    (!filters.is_empty()).then(|| serde_json::to_string(&filters).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_missing_fields_are_empty() {
        let id = "a".repeat(64);
        let json = format!(
            r#"[{{"Id":"{id}","Names":["/web","/other/alias"],"Image":"nginx","ImageID":"sha256:1","Command":"x","Created":5,
            "Ports":null,"Labels":null,"State":"running","Status":"Up 5 minutes (healthy)","NetworkSettings":{{"Networks":
            {{"bridge":{{"IPAddress":"172.17.0.2"}},"none":null}}}},"Mounts":null,"HostConfig":{{}},"New":1}},
            {{"Id":"{id}","Names":null,"Created":1}}]"#
        );
        let list: Vec<Summary> = serde_json::from_str(&json).unwrap();
        let list: Vec<Container> = list.into_iter().map(|summary| summary.convert().unwrap()).collect();
        let briefs: Vec<Brief> = serde_json::from_str(&json).unwrap();
        for (container, brief) in list.iter().zip(briefs) {
            let brief = brief.convert().unwrap();
            assert_eq!((&brief.id, &brief.name, &brief.image), (&container.id, &container.name, &container.image));
            assert_eq!(brief.labels, container.labels);
        }
        assert_eq!(
            (list[0].name.as_str(), list[0].health, list[0].state),
            ("web", Some(Health::Healthy), ContainerState::Running)
        );
        assert_eq!(list[0].networks["bridge"], "172.17.0.2");
        assert_eq!((list[1].name.as_str(), list[1].state), ("", ContainerState::Exited));
    }

    #[test]
    fn health_is_read_from_the_end_of_the_status() {
        assert_eq!(health_of("Up 2 seconds (health: starting)"), Some(Health::Starting));
        assert_eq!(health_of("Up 2 seconds (unhealthy)"), Some(Health::Unhealthy));
        assert_eq!(health_of("Up 2 seconds"), None);
    }
}
