//! What an engine fills in where nothing is said, as far as it is set so by whoever runs the engine.
//!
//! An inspection tells a log driver whether somebody chose it or not. It is taken for chosen where it is not the engine's
//! own.

use haven_model::Result;
use serde::Deserialize;
use serde_json::Value;

use crate::engine::docker::{
    http::{Http, Path},
    summary::null_is_empty,
};

/// What an engine fills in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::engine::docker) struct Usual {
    /// The name of the host, which containers on its network have.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    default_runtime: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    logging_driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    cgroup_version: String,
}

impl Usual {
    /// What the engine says of itself.
    pub(in crate::engine::docker) async fn of(http: &Http) -> Result<Self> {
        http.get(&Path::new("/info")).await
    }

    /// Whether an inspection holds something that may have been filled in.
    pub(in crate::engine::docker) fn matters_to(inspection: &Value) -> bool {
        let host = &inspection["HostConfig"];
        let told = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        told(&host["Runtime"]) || told(&host["LogConfig"]["Type"]) || told(&host["CgroupnsMode"])
    }

    pub(super) fn runtime(&self) -> &str {
        if self.default_runtime.is_empty() { "runc" } else { &self.default_runtime }
    }

    pub(super) fn log_driver(&self) -> &str {
        if self.logging_driver.is_empty() { "json-file" } else { &self.logging_driver }
    }

    /// The control groups that a container sees: the host's with the kernel's first version of them, its own with the second.
    pub(super) fn cgroupns(&self) -> &str {
        if self.cgroup_version == "2" { "private" } else { "host" }
    }
}
