//! How the steps of a plan are taken: in which order, how many at once, and what happens when one fails.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The longest time that can be asked for, in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// How the steps of a plan are taken. The defaults are those of `docker service update`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Rollout {
    /// Whether a container's successor starts before it is stopped; by default after.
    pub order: Order,
    /// How many steps are taken at once, 0: all; by default 1.
    pub parallelism: u32,
    /// Seconds between one step and the next; by default 0.
    pub delay: f64,
    /// Seconds for which a new container must go on well before it counts; by default 5.
    pub monitor: f64,
    /// Seconds that a new container has until it must be ready; none: as its health check needs, at least 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<f64>,
    /// How a new container shows that it is ready.
    pub gate: Gate,
    /// Which part of the steps may fail, 0 to 1; by default none.
    pub max_failure_ratio: f64,
    /// What happens when more fail.
    pub on_failure: OnFailure,
}

impl Default for Rollout {
    fn default() -> Self {
        Self {
            order: Order::StopFirst,
            parallelism: 1,
            delay: 0.0,
            monitor: 5.0,
            timeout: None,
            gate: Gate::Auto,
            max_failure_ratio: 0.0,
            on_failure: OnFailure::Pause,
        }
    }
}

impl Rollout {
    /// Checks that its numbers can be meant. `Invalid` names the one that cannot.
    pub fn check(&self) -> Result<()> {
        for (name, seconds) in
            [("delay", self.delay), ("monitor", self.monitor), ("timeout", self.timeout.unwrap_or_default())]
        {
            if !(0.0..=LONGEST).contains(&seconds) {
                return Err(Error::invalid(format!("`{name}` is 0 to {LONGEST} seconds, not {seconds}")));
            }
        }
        if !(0.0..=1.0).contains(&self.max_failure_ratio) {
            return Err(Error::invalid(format!("`max_failure_ratio` is 0 to 1, not {}", self.max_failure_ratio)));
        }
        match &self.gate {
            Gate::Exec { command } if command.is_empty() => Err(Error::invalid("a probe by exec needs a command")),
            Gate::Http { path, .. } if !path.starts_with('/') || path.contains(char::is_control) => {
                Err(Error::invalid(format!("`{}` is no path of a probe, which begins with `/`", path.escape_debug())))
            }
            Gate::Tcp { port: 0 } | Gate::Http { port: 0, .. } => {
                Err(Error::invalid("a probe needs a port, 1 to 65535"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the old container goes before the new one comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Each is stopped, and then its successor started.
    #[default]
    StopFirst,
    /// Each successor is started, and when it is ready the old one stopped; where both cannot run side by side, the
    /// plan says why and stops first.
    StartFirst,
    /// All are stopped, and then all successors started.
    StopAll,
}

impl Order {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StopFirst => "stop-first",
            Self::StartFirst => "start-first",
            Self::StopAll => "stop-all",
        }
    }
}

/// How a new container shows that it is ready. Probes run on the node, inside the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase", tag = "by", deny_unknown_fields)]
pub enum Gate {
    /// By its health check where it has one, else by running.
    #[default]
    Auto,
    /// By running.
    Running,
    /// By its health check; a container without one is never ready.
    Health,
    /// By taking a connection on a port. Needs `nc`, or a `bash`, in the container.
    Tcp {
        /// The port inside.
        port: u16,
    },
    /// By answering a GET with success. Needs `wget` or `curl` in the container.
    Http {
        /// The port inside.
        port: u16,
        /// The path, with its `/`.
        path: String,
    },
    /// By a program in the container that ends with 0.
    Exec {
        /// The program and its arguments.
        command: Vec<String>,
    },
}

/// What happens when more steps fail than may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// No further step is taken until somebody resumes it or takes it back. What failed is taken back.
    #[default]
    Pause,
    /// The other steps are taken. What failed is taken back.
    Continue,
    /// Every step is taken back.
    Rollback,
}

impl OnFailure {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Continue => "continue",
            Self::Rollback => "rollback",
        }
    }
}
