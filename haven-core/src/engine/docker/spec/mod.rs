//! A specification as the engine takes it, and as the engine tells it: a file a topic, each writing and reading its part.
//!
//! What is read is what was configured. What the engine filled in by itself (its short id as host name and alias, swap as
//! much as memory again, its usual runtime) is left out, so that a container made of what is read is the same, and not one
//! that claims to have been asked for what it only happened to get.

mod limits;
mod mounts;
mod networks;
mod program;
mod rights;
mod usual;

use std::collections::HashMap;

use bollard::models::{ContainerConfig, ContainerCreateBody, EndpointSettings, HostConfig};
use haven_model::{
    Connection, ContainerId, ContainerSpec, Error, ErrorKind, ImageRef, Mount, Result, system::ApiVersion,
};
use serde_json::Value;

use super::http::{Http, json};

pub(super) use limits::update_body;
pub(super) use mounts::mounted;
pub(super) use networks::{endpoint_settings, published};
pub(super) use program::health_check;
pub(super) use usual::Usual;

/// From then on an engine takes mounts as objects, and CPU time in billionths.
const MOUNTS: ApiVersion = ApiVersion::new(1, 25);
/// From then on an engine makes all connections of a container with it.
const ENDPOINTS: ApiVersion = ApiVersion::new(1, 44);

/// What an engine ignores without a word where its API, as it is spoken, is too old.
type Since = (ApiVersion, &'static str, fn(&ContainerSpec) -> bool);

const SINCE: &[Since] = &[
    (ApiVersion::new(1, 25), "removal at the end", |spec| spec.auto_remove),
    (ApiVersion::new(1, 25), "an init process", |spec| spec.init == Some(true)),
    (ApiVersion::new(1, 25), "a mount that says what its volume is", |spec| {
        let says =
            |mount: &Mount| !mount.labels.is_empty() || mount.driver.is_some() || !mount.driver_options.is_empty();
        spec.mounts.iter().any(says)
    }),
    (ApiVersion::new(1, 40), "a device request", |spec| !spec.device_requests.is_empty()),
    (ApiVersion::new(1, 40), "a mount without what is mounted below", |spec| {
        spec.mounts.iter().any(|mount| mount.non_recursive)
    }),
    (ApiVersion::new(1, 41), "a mode of control groups", |spec| spec.cgroupns_mode.is_some()),
    (ApiVersion::new(1, 44), "the time between first health checks", |spec| {
        spec.health.as_ref().is_some_and(|check| check.start_interval.is_some())
    }),
    (ApiVersion::new(1, 45), "a folder of a volume", |spec| spec.mounts.iter().any(|mount| mount.subpath.is_some())),
];

/// How a container is created: by this body, and by these connections after it.
#[derive(Debug)]
pub(super) struct Creation {
    pub(super) body: Vec<u8>,
    pub(super) connections: Vec<Connection>,
}

/// How a container is created of a specification. `Invalid` for what has no way to be written, `Unsupported` for what the
/// engine would ignore.
pub(super) fn creation(spec: &ContainerSpec, http: &Http) -> Result<Creation> {
    for (since, what, wanted) in SINCE {
        if http.api < *since && wanted(spec) {
            return Err(too_old(*since, what, http));
        }
    }
    let mut body = ContainerCreateBody::default();
    let mut host = HostConfig::default();
    program::write(spec, &mut body, &mut host)?;
    limits::write(spec, http.api, &mut host)?;
    rights::write(spec, &mut host)?;
    mounts::write(spec, http, &mut body, &mut host)?;
    let connections = networks::write(spec, http, &mut body, &mut host)?;
    body.host_config = Some(host);
    let mut body = serde_json::to_value(&body)
        .map_err(|error| Error::unexpected("the request cannot be written").caused_by(error))?;
    // Fields that the API has no more, and engines before Docker 25 and 23 know by no other name.
    if let Some(address) = networks::first_mac(spec).filter(|_| http.api < ENDPOINTS) {
        body["MacAddress"] = address.into();
    }
    if let Some(memory) = spec.kernel_memory {
        body["HostConfig"]["KernelMemory"] = limits::number(memory, "memory of the kernel")?.into();
    }
    Ok(Creation { body: json(&body)?, connections })
}

/// `Unsupported`: what would be ignored without a word.
fn too_old(since: ApiVersion, what: &str, http: &Http) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{what} takes API {since}, with the engine API {} is spoken", http.api))
}

/// What an inspection tells of how a container was made.
pub(super) struct Told<'a> {
    pub(super) id: &'a ContainerId,
    pub(super) config: ContainerConfig,
    pub(super) host: &'a HostConfig,
    pub(super) endpoints: &'a HashMap<String, EndpointSettings>,
    /// Of fields that the models have no more.
    pub(super) mac_address: Option<String>,
    pub(super) kernel_memory: Option<u64>,
    pub(super) api: ApiVersion,
    pub(super) usual: &'a Usual,
}

impl Told<'_> {
    /// The fields of an inspection that the models have no more.
    pub(super) fn former(inspection: &Value) -> (Option<String>, Option<u64>) {
        let address = inspection["Config"]["MacAddress"].as_str().filter(|address| !address.is_empty());
        let memory = inspection["HostConfig"]["KernelMemory"].as_u64().filter(|memory| *memory > 0);
        (address.map(str::to_owned), memory)
    }

    /// The specification.
    pub(super) fn spec(mut self) -> Result<ContainerSpec> {
        let image = self.config.image.take().unwrap_or_default();
        let image = ImageRef::new(&image)
            .map_err(|error| Error::unexpected(format!("the engine tells an image `{image}`")).caused_by(error))?;
        let mut spec = ContainerSpec::new(image);
        limits::read(self.host, self.api, &mut spec);
        spec.kernel_memory = self.kernel_memory;
        rights::read(self.host, self.api, self.usual, &mut spec);
        mounts::read(self.host, self.config.volumes.as_deref().unwrap_or_default(), &mut spec);
        networks::read(&mut self, &mut spec);
        program::read(self.config, self.host, self.id, self.usual, &mut spec);
        Ok(spec)
    }
}

/// A list that is left out where it is empty.
fn list<T: Clone>(values: &[T]) -> Option<Vec<T>> {
    (!values.is_empty()).then(|| values.to_vec())
}

/// A text that is not empty.
fn text(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// A map that is left out where it is empty.
fn map(values: &std::collections::BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    (!values.is_empty()).then(|| values.clone().into_iter().collect())
}
