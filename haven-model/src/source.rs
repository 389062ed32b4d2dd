//! Where the configuration of containers comes from, and which of it set what.
//!
//! Three layers, later wins: labels `arg.*` of the image, a repository of configurations (a git repository or a folder),
//! and the request itself. An [`Explanation`] tells of each value which of them said it, and what it took the place of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ClusterName, ContainerName, ContainerSpec, ImageRef, NodeName, Revision, Secret};

/// The label of a container that names the version of the repository that it was configured from.
pub const CONFIG_LABEL: &str = "haven.config";

/// A repository of configurations for containers, as it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// Where it is: the address of a git repository, `https://…`, `ssh://…`, `user@host:path`, an absolute path; or a folder
    /// of every master's machine, `folder:/srv/haven`. A password in it is kept apart and never shown, and so is a user
    /// without one over HTTP, who is taken for a token.
    pub url: String,
    /// The branch or tag; none: what the repository calls its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The user there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A private key for SSH, the text of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_key: Option<Secret>,
    /// The only host keys that SSH believes, the text of a `known_hosts` file; none: the one that is seen first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_hosts: Option<String>,
    /// Seconds between two looks whether there is something new, 10 to 86,400; none: 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<u32>,
}

impl SourceSpec {
    /// The repository at `url`, all else as usual.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            branch: None,
            username: None,
            password: None,
            ssh_key: None,
            known_hosts: None,
            interval: None,
        }
    }
}

/// The repository of configurations, and what of it counts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceStatus {
    /// How it is set. Secrets are shown as `***`.
    pub spec: SourceSpec,
    /// The version that counts on the master that answers: a commit, or a hash of the folder; none: nothing could be read
    /// yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the repository had it last, as far as was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched: Option<Timestamp>,
    /// Since when, and why, it may be old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// What is wrong with its files, the first of it: they configure nothing until it is mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FileProblem>,
    /// How many problems there are beside these; none: no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_problems: Option<u32>,
    /// When the setting was changed last.
    pub revision: Revision,
}

/// Something that is wrong with a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileProblem {
    /// The file.
    pub file: String,
    /// The line, from 1 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, in characters, from 1 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong there.
    pub message: String,
}

/// Since when, and why, something may be old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stale {
    /// When it was known to be so last.
    pub since: Timestamp,
    /// Why it could not be read since.
    pub why: String,
}

/// What a container is configured to be, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The image.
    pub image: ImageRef,
    /// The node whose image has the labels; none: no node has it, or they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_from: Option<NodeName>,
    /// The cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// The container's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerName>,
    /// All layers together.
    pub spec: ContainerSpec,
    /// What it asks of the node it goes to, as entries: `constraint:storage==~ssd`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement: Vec<String>,
    /// The version of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Since when, and why, the repository may be old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// The files that were read, in the order in which they count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Each value, and who said it.
    pub fields: Vec<Explained>,
    /// What was said and does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// The version that the running container was configured from, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_version: Option<String>,
}

/// A value, and who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explained {
    /// The field of the specification, or `placement`.
    pub field: String,
    /// Which part of it, where it has several: the name of a variable, the target of a mount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The value; none: no layer says it, only the running container has it. Values of the environment are `***`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What it took the place of, the last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Overridden>,
    /// What the running container has, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
}

/// A value that another took the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Overridden {
    /// The value.
    pub value: Value,
    /// Who said it.
    pub origin: Origin,
}

/// What a running container has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Running {
    /// The value; none: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Whether that means the same as what the layers say.
    pub same: bool,
}

/// A layer of configuration, in rising weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Labels of the image.
    Image,
    /// The repository.
    Repository,
    /// Who asked for the container.
    Request,
}

/// Who said a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Origin {
    /// The layer.
    pub layer: Layer,
    /// The label of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The file of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, in characters, from 1 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.layer, &self.label, &self.file) {
            (_, Some(label), _) => write!(f, "image label {label}"),
            (_, _, Some(file)) => {
                f.write_str(file)?;
                self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
            }
            (Layer::Image, ..) => f.write_str("image"),
            (Layer::Repository, ..) => f.write_str("repository"),
            (Layer::Request, ..) => f.write_str("request"),
        }
    }
}

/// Something that was said and does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ignored {
    /// Its name, as it was said.
    pub name: String,
    /// Who said it.
    pub origin: Origin,
    /// Why it does not count.
    pub why: String,
}
