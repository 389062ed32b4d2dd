//! The agent: runs on a node, collects what the machine uses, and reports it to a Haven master.
//!
//! [`Collector`] reads the kernel's figures below a root path, so that it also works in a container where the host's
//! `/proc` is mounted elsewhere. [`Agent`] reports them with the engine's name and labels to
//! `POST /discovery/nodes/{name}`, in the original's shape, again and again: a master that is down costs attempts with
//! growing pauses and jitter, never memory.

mod collect;
mod report;

pub use collect::Collector;
pub use haven_core::{Error, ErrorKind, Result};
pub use report::{Agent, AgentConfig};
