//! The agent: runs on a node, collects what the machine uses, and reports it to a Haven master.
//!
//! [`Collector`] reads the kernel's figures below a root path, so that it also works in a container where the host's
//! `/proc` is mounted elsewhere. [`Agent`] reports them with the engine's name, labels and containers to
//! `POST /discovery/nodes/{name}`, in the original's shape, again and again: a master that is down costs attempts with
//! growing pauses and jitter, never memory. [`program`] is the agent's command line, for every program that is one.

mod agent;
mod collect;
mod engine;
mod master;
mod message;
pub mod program;
mod service;
mod settings;

pub use agent::{Agent, AgentConfig};
pub use collect::Collector;
pub use haven_core::{Error, ErrorKind, Result};
