//! Where a new container goes, and why: a verdict with its reasons.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Error, NodeName, Result};

/// The node that a new container goes to, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Placement {
    /// The node; none: no node can take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// Why that one, or that none can, in words.
    pub reason: String,
    /// The nodes that cannot take it, and why.
    #[serde(default)]
    pub refused: Vec<Refusal>,
}

/// A node that cannot take a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// The node.
    pub node: NodeName,
    /// What it does not pass.
    pub check: Check,
    /// Why, in words.
    pub reason: String,
}

/// What a node must pass to take a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Check {
    /// Its engine answers.
    Contact,
    /// No container has the name.
    Name,
    /// No container that runs publishes one of the ports.
    Port,
    /// It has as much memory as the container may use.
    Memory,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contact => "contact",
            Self::Name => "name",
            Self::Port => "port",
            Self::Memory => "memory",
        })
    }
}

impl Placement {
    /// No node can take it: the reason counts the refusals by what they are about.
    pub fn refused(refused: Vec<Refusal>) -> Self {
        let mut counts: BTreeMap<Check, usize> = BTreeMap::new();
        for refusal in &refused {
            *counts.entry(refusal.check).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(check, count)| format!("{check} refused {count}")).collect();
        let why = if counts.is_empty() { "there are none".to_owned() } else { counts.join(", ") };
        Self { node: None, reason: format!("no node: {why}"), refused }
    }

    /// The node. [`Conflict`](crate::ErrorKind::Conflict) with the reasons when there is none.
    pub fn chosen(self) -> Result<NodeName> {
        let Self { node, reason, refused } = self;
        node.ok_or_else(|| {
            let each: Vec<String> = refused.iter().take(5).map(|refusal| refusal.reason.clone()).collect();
            let error = Error::conflict(reason);
            if each.is_empty() { error } else { error.with("because", each.join("; ")) }
        })
    }
}
