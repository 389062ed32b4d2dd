//! What is mounted into a container.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something mounted into a container.
///
/// ```
/// use haven_model::{Mount, spec::MountKind};
///
/// let data = Mount { read_only: true, ..Mount::new(MountKind::Volume, "data", "/srv") };
/// assert_eq!(serde_json::to_string(&data).unwrap(), r#"{"type":"volume","source":"data","target":"/srv","read_only":true}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Where inside, an absolute path.
    pub target: String,
    /// Whether it cannot be written.
    #[serde(default)]
    pub read_only: bool,
    /// Of a folder: whether what is mounted in it later is seen on the other side; none: `rprivate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Propagation>,
    /// Of a folder: whether it is made on the host where it is missing, as `docker run -v` does; else a missing folder is
    /// refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub create_source: bool,
    /// Of a folder: whether what is mounted in it on the host is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub non_recursive: bool,
    /// Of a volume: whether it stays empty where the image has files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_copy: bool,
    /// Of a volume: a folder in it that is mounted in its place. Engines before Docker 26 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subpath: Option<String>,
    /// Of a volume that is made with the container: its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Of a volume that is made with the container: its driver; none: the container's `volume_driver`, else `local`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Of a volume that is made with the container: options of its driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_options: BTreeMap<String, String>,
    /// Of a memory file system: its size in bytes; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Of a memory file system: its mode, 0o1777 where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// Further options, as Docker's texts have them: `exec`, `uid=1000` of a memory file system, `z`, `Z` of a folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Mount {
    /// A mount without options.
    pub fn new(kind: MountKind, source: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            kind,
            source: source.into(),
            target: target.into(),
            read_only: false,
            propagation: None,
            create_source: false,
            non_recursive: false,
            no_copy: false,
            subpath: None,
            labels: BTreeMap::new(),
            driver: None,
            driver_options: BTreeMap::new(),
            size: None,
            mode: None,
            options: Vec::new(),
        }
    }
}

/// The kind of a [`Mount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    /// A folder of the host.
    Bind,
    /// A volume of the engine.
    Volume,
    /// Memory.
    Tmpfs,
}

/// Whether what is mounted later in a folder of the host is seen on the other side: `shared` both ways, `slave` from the
/// host only, `private` not; with an `r` also below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Propagation {
    /// Not.
    Private,
    /// Not, and not below.
    Rprivate,
    /// Both ways.
    Shared,
    /// Both ways, and below.
    Rshared,
    /// From the host only.
    Slave,
    /// From the host only, and below.
    Rslave,
}

impl Propagation {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Private, Self::Rprivate, Self::Shared, Self::Rshared, Self::Slave, Self::Rslave];

    /// As Docker writes it: `rslave`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Rprivate => "rprivate",
            Self::Shared => "shared",
            Self::Rshared => "rshared",
            Self::Slave => "slave",
            Self::Rslave => "rslave",
        }
    }

    /// The one that Docker writes so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|propagation| propagation.as_str() == text)
    }
}
