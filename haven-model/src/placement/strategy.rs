//! Which of several nodes that can take a container is chosen, and what is done when that node is lost.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Which of the nodes that can take a container takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// The one with the fewest replicas of it, then the least loaded.
    #[default]
    Spread,
    /// The most loaded, so that others stay empty.
    Binpack,
    /// Any.
    Random,
}

impl Strategy {
    /// Whether it is what is done where nobody says otherwise.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spread => "spread",
            Self::Binpack => "binpack",
            Self::Random => "random",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Strategy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Spread, Self::Binpack, Self::Random].into_iter().find(|strategy| strategy.as_str() == text).ok_or_else(
            || Error::invalid(format!("`{}` is no strategy, which is spread, binpack or random", text.escape_debug())),
        )
    }
}

/// What shall become of a container whose node is lost, as the standalone swarm had it. It is kept with the container;
/// nothing is moved because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reschedule {
    /// It stays where it is.
    Off,
    /// It may be made anew elsewhere.
    OnNodeFailure,
}

impl Reschedule {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::OnNodeFailure => "on-node-failure",
        }
    }
}

impl FromStr for Reschedule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Off, Self::OnNodeFailure].into_iter().find(|policy| policy.as_str() == text).ok_or_else(|| {
            let shown: String = text.chars().take(64).collect();
            Error::invalid(format!(
                "`{}` is no reschedule policy, which is off or on-node-failure",
                shown.escape_debug()
            ))
        })
    }
}
