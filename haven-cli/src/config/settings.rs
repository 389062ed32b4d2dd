//! What can be set.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use haven_core::{
    Error, Result,
    model::{Secret, SourceSpec},
    node::{Limit, Limits, NodeSettings},
    store::StoreKind,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::show::parse_duration;

/// Everything that can be set of a server. A value that is left out has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The folder for the store, its key and the last configuration.
    pub(crate) data: PathBuf,
    /// The store: `redb:PATH`, `etcd://HOST:PORT,…/PREFIX`, `memory:`; none: `redb:` in `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store: Option<String>,
    /// So many simulated nodes; none: three while there is nothing real.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) simulate: Option<u16>,
    /// Whether to register the Docker Engine of this machine; none: unless other masters may share the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) manage_local: Option<bool>,
    /// What is logged: a level, or directives like `info,haven_core=debug`.
    pub(crate) log: String,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
    /// Agents.
    pub(crate) agent: Agent,
    /// HTTPS in place of HTTP.
    pub(crate) tls: Tls,
    /// Where containers are configured from.
    pub(crate) source: Source,
    /// How nodes are watched.
    pub(crate) nodes: Nodes,
}

impl Default for Settings {
    fn default() -> Self {
        let root = rustix::process::geteuid().is_root();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8761)),
            data: PathBuf::from(if root { "/var/lib/haven" } else { "haven-data" }),
            store: None,
            simulate: None,
            manage_local: None,
            log: "info".into(),
            log_format: LogFormat::Text,
            agent: Agent::default(),
            tls: Tls::default(),
            source: Source::default(),
            nodes: Nodes::default(),
        }
    }
}

impl Settings {
    /// The defaults as a table.
    pub(super) fn defaults() -> toml::Table {
        toml::Table::try_from(Self::default()).expect("the defaults are plain data")
    }

    /// Whether other masters may keep their state in the same store.
    pub(crate) fn shares_store(&self) -> bool {
        matches!(StoreKind::of(&self.store_url()), Ok(StoreKind::Etcd))
    }

    /// Where the key of a shared store is kept on this machine.
    pub(crate) fn shared_key(&self) -> PathBuf {
        self.data.join("haven.key")
    }

    /// Whether to register the Docker Engine of this machine. Its address is mostly a socket, which means another engine
    /// to every other master.
    pub(crate) fn manages_local(&self) -> bool {
        self.manage_local.unwrap_or_else(|| !self.shares_store())
    }

    /// The folder with programs for nodes.
    pub(crate) fn agent_files(&self) -> PathBuf {
        self.agent.files.clone().unwrap_or_else(|| self.data.join("agent-files"))
    }

    /// The store's address.
    pub(crate) fn store_url(&self) -> String {
        self.store.clone().unwrap_or_else(|| format!("redb:{}", self.data.join("haven.redb").display()))
    }
}

/// How to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Text for people.
    Text,
    /// A line of JSON an entry.
    Json,
}

/// Agents of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Agent {
    /// What agents must show as `X-Auth-Node`; none: any may report.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some_secret")]
    pub(crate) secret: Option<Secret>,
    /// The folder with programs for nodes; none: `agent-files` in `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<PathBuf>,
    /// This server's address for agents; none: what each of them calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<String>,
}

/// HTTPS in place of HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tls {
    /// The certificate and those that vouch for it, a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cert: Option<PathBuf>,
    /// Its key, a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PathBuf>,
}

/// The repository that containers are configured from. What is set here is written to the store at the start, for all
/// masters; left out: what is there counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Source {
    /// A git repository, or `folder:/path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The branch or tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch: Option<String>,
    /// The user there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    /// The password or token.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some_secret")]
    pub(crate) password: Option<Secret>,
    /// A file with a private key for SSH.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ssh_key: Option<PathBuf>,
    /// A file with the only host keys that SSH believes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) known_hosts: Option<PathBuf>,
    /// How often it is looked for news.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some_span")]
    pub(crate) interval: Option<Span>,
}

impl Source {
    /// What is written to the store; none: nothing is set here. `Invalid` when a file cannot be read, or when there is more
    /// to it than where it is.
    pub(crate) fn spec(&self) -> Result<Option<SourceSpec>> {
        let Some(url) = &self.url else {
            if *self == Self::default() {
                return Ok(None);
            }
            return Err(Error::invalid("`source.url` is missing: the rest of `source` goes with it"));
        };
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| {
                Error::invalid("the file cannot be read").caused_by(error).with("file", path.display())
            })
        };
        Ok(Some(SourceSpec {
            branch: self.branch.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
            ssh_key: self.ssh_key.as_ref().map(read).transpose()?.map(Secret::new),
            known_hosts: self.known_hosts.as_ref().map(read).transpose()?,
            interval: self.interval.map(|interval| u32::try_from(interval.0.as_secs()).unwrap_or(u32::MAX)),
            ..SourceSpec::new(url)
        }))
    }
}

/// How nodes are watched: [`NodeSettings`], in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Nodes {
    #[serde(deserialize_with = "some_time")]
    pub(crate) unknown_after: Span,
    pub(crate) relist: Span,
    pub(crate) coalesce: Span,
    pub(crate) sample: Span,
    pub(crate) history: usize,
    pub(crate) sample_concurrency: usize,
    #[serde(deserialize_with = "some_time")]
    pub(crate) agent_interval: Span,
    pub(crate) limits: LimitSettings,
}

impl Default for Nodes {
    fn default() -> Self {
        let settings = NodeSettings::default();
        Self {
            unknown_after: Span(settings.unknown_after),
            relist: Span(settings.relist.unwrap_or_default()),
            coalesce: Span(settings.coalesce),
            sample: Span(settings.sample.unwrap_or_default()),
            history: settings.history,
            sample_concurrency: settings.sample_concurrency,
            agent_interval: Span(settings.agent_interval),
            limits: LimitSettings::default(),
        }
    }
}

impl From<&Nodes> for NodeSettings {
    fn from(nodes: &Nodes) -> Self {
        let unless_zero = |span: Span| Some(span.0).filter(|span| !span.is_zero());
        let limit = |[raise, clear]: [f64; 2]| Limit { raise, clear };
        Self {
            unknown_after: nodes.unknown_after.0,
            relist: unless_zero(nodes.relist),
            coalesce: nodes.coalesce.0,
            sample: unless_zero(nodes.sample),
            history: nodes.history,
            sample_concurrency: nodes.sample_concurrency.max(1),
            agent_interval: nodes.agent_interval.0,
            limits: Limits {
                cpu: limit(nodes.limits.cpu.0),
                memory: limit(nodes.limits.memory.0),
                disk: limit(nodes.limits.disk.0),
                container_memory: limit(nodes.limits.container_memory.0),
            },
            ..Self::default()
        }
    }
}

/// Limits in percent: where a warning is raised, and where it is cleared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitSettings {
    pub(crate) cpu: Bounds,
    pub(crate) memory: Bounds,
    pub(crate) disk: Bounds,
    pub(crate) container_memory: Bounds,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let limits = Limits::default();
        let bounds = |limit: Limit| Bounds([limit.raise, limit.clear]);
        Self {
            cpu: bounds(limits.cpu),
            memory: bounds(limits.memory),
            disk: bounds(limits.disk),
            container_memory: bounds(limits.container_memory),
        }
    }
}

/// `[RAISE, CLEAR]` in percent, the second not above the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Bounds(pub(crate) [f64; 2]);

impl<'de> Deserialize<'de> for Bounds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bounds = <[f64; 2]>::deserialize(deserializer)?;
        if bounds[0].is_finite() && bounds[1] >= 0.0 && bounds[1] <= bounds[0] && bounds[0] <= 1000.0 {
            return Ok(Self(bounds));
        }
        Err(serde::de::Error::custom("a limit is `[RAISE, CLEAR]` in percent, CLEAR not above RAISE"))
    }
}

/// A span of time, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = if self.0.subsec_millis() == 0 {
            format!("{}s", self.0.as_secs())
        } else {
            format!("{}ms", self.0.as_millis())
        };
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span = parse_duration(&text).map_err(serde::de::Error::custom)?;
        if span > Duration::from_secs(365 * 86_400) {
            return Err(serde::de::Error::custom(format!("`{text}` is more than a year")));
        }
        Ok(Self(span))
    }
}

/// A span of more than nothing.
fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let span = Span::deserialize(deserializer)?;
    if span.0.is_zero() { Err(serde::de::Error::custom("a span of more than 0 s is needed")) } else { Ok(span) }
}

fn some_span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
    some_time(deserializer).map(Some)
}

/// A secret that is more than nothing: an empty one would be no protection that looks like one.
fn some_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    let secret = Secret::deserialize(deserializer)?;
    if secret.expose().is_empty() {
        return Err(serde::de::Error::custom("a secret cannot be empty: leave it out where any agent may report"));
    }
    Ok(Some(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_engine_is_not_adopted_into_a_store_that_others_share() {
        let manages = |store: Option<&str>, manage_local| {
            let settings = Settings { store: store.map(str::to_owned), manage_local, ..Settings::default() };
            settings.manages_local()
        };
        assert!(manages(None, None) && manages(Some("memory:"), None) && manages(Some("redb:etcd"), None));
        assert!(!manages(Some("etcd://10.0.0.1:2379/fleet"), None));
        assert!(manages(Some("etcd://10.0.0.1:2379/fleet"), Some(true)) && !manages(None, Some(false)));
    }
}
