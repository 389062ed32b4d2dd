//! Images on an engine.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An image in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Image {
    /// Its id: `sha256:…`.
    pub id: String,
    /// Its names: `nginx:1.27`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Its names by digest: `nginx@sha256:…`.
    #[serde(default)]
    pub digests: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Its size in bytes.
    pub size: u64,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// Everything an engine says about one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageDetail {
    /// What the list says.
    #[serde(flatten)]
    pub summary: Image,
    /// The operating system it is for.
    pub os: String,
    /// The processor it is for.
    pub architecture: String,
    /// The default command.
    #[serde(default)]
    pub command: Vec<String>,
    /// The default entry point.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// The default environment, by name.
    #[serde(default)]
    pub env: BTreeMap<String, crate::Secret>,
    /// The user, and group, that programs run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The folder that programs start in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// The signal that asks the program to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// The health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<crate::spec::HealthCheck>,
    /// The ports that it exposes: `80/tcp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposed_ports: Vec<String>,
    /// Where it wants volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<String>,
}

/// What an image becomes when it is made from a tar archive of its files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportOptions {
    /// Dockerfile instructions: `CMD ["sh"]`, `LABEL a=b`.
    #[serde(default)]
    pub changes: Vec<String>,
}

/// One step of a pull: a layer's progress, or a message about the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PullProgress {
    /// The layer; none: the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// What happens: `Downloading`, `Pull complete`, …
    pub status: String,
    /// Bytes done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u64>,
    /// Bytes in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}
