//! The answer to where a container goes: the node and why, or why there is none.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{Error, NodeName, Result};

/// How many of the reasons are told in words, and how long one of them may be.
const TOLD: usize = 16;
const LONGEST: usize = 160;

/// The node that a new container goes to, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Placement {
    /// The node; none: no node can take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// Why that one, or that none can, in words.
    pub reason: String,
    /// How many nodes cannot take it, by what they do not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Tally>,
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
    /// The constraint or affinity that does not hold there, where it is one: `zone==a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// How many nodes do not pass a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// The check.
    pub check: Check,
    /// The constraint or affinity that does not hold there, where it is one: `zone==a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How many nodes.
    pub nodes: u64,
}

/// What a node must pass to take a container, in the order in which it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Check {
    /// Its engine answers.
    Contact,
    /// It takes new containers: it is neither paused nor drained.
    Availability,
    /// It is as a constraint asks.
    Constraint,
    /// It holds what an affinity asks for.
    Affinity,
    /// It has fewer containers of the image than it may have.
    Instances,
    /// No container has the name.
    Name,
    /// No container that runs publishes one of the ports.
    Port,
    /// It has as much memory left as the container may use.
    Memory,
    /// It has as much CPU time left as the container may use.
    Cpu,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contact => "contact",
            Self::Availability => "availability",
            Self::Constraint => "constraint",
            Self::Affinity => "affinity",
            Self::Instances => "instances",
            Self::Name => "name",
            Self::Port => "port",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, requirement, nodes } = self;
        match requirement {
            Some(text) => write!(f, "{} refused {nodes}", cut(text)),
            None => write!(f, "{check} refused {nodes}"),
        }
    }
}

/// A text that is not too long to be told.
fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

impl Refusal {
    /// Why, for those who know the requirement.
    fn found(&self) -> &str {
        let known = self.requirement.as_ref().map(|text| format!("`{text}` does not hold: "));
        known.and_then(|known| self.reason.strip_prefix(&*known)).unwrap_or(&self.reason)
    }
}

impl Placement {
    /// A node that takes it.
    pub fn on(node: NodeName, reason: String, refused: Vec<Refusal>) -> Self {
        Self { node: Some(node), reason, counts: count(&refused), refused }
    }

    /// No node can take it: the reason counts the refusals by what they are about, with an example of each check.
    pub fn refused(refused: Vec<Refusal>) -> Self {
        let counts = count(&refused);
        let mut explained = BTreeSet::new();
        let tell = |tally: &Tally| {
            let of_it = |it: &&Refusal| it.check == tally.check && it.requirement == tally.requirement;
            match refused.iter().find(of_it).filter(|_| explained.insert(tally.check)) {
                Some(example) => format!("{tally} ({})", cut(example.found())),
                None => tally.to_string(),
            }
        };
        let mut told: Vec<String> = counts.iter().take(TOLD).map(tell).collect();
        if counts.len() > TOLD {
            told.push(format!("{} further reasons", counts.len() - TOLD));
        }
        let why = if told.is_empty() { "there are none".to_owned() } else { told.join(", ") };
        Self { node: None, reason: format!("no node: {why}"), counts, refused }
    }

    /// The node. [`Conflict`](crate::ErrorKind::Conflict) with the reason when there is none.
    pub fn chosen(self) -> Result<NodeName> {
        let Self { node, reason, .. } = self;
        node.ok_or_else(|| Error::conflict(reason))
    }
}

fn count(refused: &[Refusal]) -> Vec<Tally> {
    let mut counts: BTreeMap<(Check, Option<&str>), u64> = BTreeMap::new();
    for refusal in refused {
        *counts.entry((refusal.check, refusal.requirement.as_deref())).or_default() += 1;
    }
    let tally = |((check, requirement), nodes): ((Check, Option<&str>), u64)| Tally {
        check,
        requirement: requirement.map(str::to_owned),
        nodes,
    };
    counts.into_iter().map(tally).collect()
}
