//! Who asks, and what the asking needs: the words in which access is decided at the door.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClusterName, NodeName};

/// Who asks Haven for something, through which face, from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// Who it is.
    pub identity: Identity,
    /// The face that the request came through.
    pub face: Face,
    /// The address that the request came from, where it came over a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Follows the request through logs, audit and engine calls.
    pub request: String,
}

/// Who an [`Actor`] is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Identity {
    /// The program that holds this Haven in its own process, or Haven itself.
    System,
    /// Somebody who signed in.
    User(String),
    /// The agent of one node.
    Agent(NodeName),
    /// Nobody: not signed in.
    Anonymous,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::User(name) => write!(f, "user:{name}"),
            Self::Agent(node) => write!(f, "agent:{node}"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

impl Actor {
    /// The program itself, through the Rust face.
    pub fn system() -> Self {
        Self { identity: Identity::System, face: Face::Rust, address: None, request: String::new() }
    }

    /// The agent of `node`, through the agents' door.
    pub fn agent(node: NodeName) -> Self {
        Self { identity: Identity::Agent(node), face: Face::Agent, address: None, request: String::new() }
    }
}

/// A face of Haven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Face {
    /// A Rust program, in its own process.
    Rust,
    /// The HTTP API.
    Rest,
    /// The `haven` program.
    Cli,
    /// The door that agents report at.
    Agent,
    /// Python.
    Python,
    /// A host over UniFFI.
    Ffi,
    /// The dashboard.
    Dashboard,
}

/// What an operation does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verb {
    /// Look at it.
    Read,
    /// See its secrets: values of environments.
    Reveal,
    /// Make it.
    Create,
    /// Change it.
    Update,
    /// Remove it.
    Delete,
    /// Run something in it: exec, attach, start, stop.
    Execute,
    /// Tell Haven about it, as a node's agent does.
    Report,
}

/// What an operation touches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
#[non_exhaustive]
pub enum Object {
    /// The fleet, or Haven itself.
    System,
    /// One cluster.
    Cluster(ClusterName),
    /// One node, and what runs on it.
    Node(NodeName),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Cluster(name) => write!(f, "cluster:{name}"),
            Self::Node(name) => write!(f, "node:{name}"),
        }
    }
}

/// What an operation needs of its actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Access {
    /// What it does.
    pub verb: Verb,
    /// To what.
    pub object: Object,
}

/// Somebody who signed in. The token is shown once, here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Who.
    pub user: String,
    /// What to send as `Authorization: Bearer TOKEN`.
    pub token: String,
    /// When it ends.
    pub expires: jiff::Timestamp,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("user", &self.user).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// What an agent is invited with. The token is shown once, here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invitation {
    /// What to fetch the agent's script with, once.
    pub token: String,
    /// Until when.
    pub expires: jiff::Timestamp,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("expires", &self.expires).finish_non_exhaustive()
    }
}
