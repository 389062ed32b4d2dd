//! Haven manages fleets of Docker machines.
//!
//! [`Haven::open`] answers a fleet by the address of its state: in this process over `memory:`, `redb:FILE` or
//! `etcd://…`, or on a Haven server over `https://…`. The handles are the same.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> haven::Result<()> {
//! use haven::{Haven, model::{ContainerSpec, ImageRef, NodeAddress, NodeName}};
//!
//! let fleet = Haven::open("memory:").await?;
//! let node = NodeName::new("web-1")?;
//! fleet.nodes().register(&node, NodeAddress::Sim).await?;
//! fleet.nodes().wait_online(&node).await?;
//! fleet.containers().run(&node, "hello", ContainerSpec::new(ImageRef::new("busybox")?)).await?;
//! for at in fleet.containers().list().await?.items {
//!     println!("{} {} {}", at.node, at.item.name, at.item.state);
//! }
//! # Ok(()) }
//! ```
//!
//! This package re-exports `haven-core`; with the feature `agent` also the agent, with `server` the HTTP server.

pub use haven_core::*;

#[cfg(feature = "agent")]
pub use haven_agent as agent;
#[cfg(feature = "server")]
pub use haven_server as server;

/// The examples of the README are run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
