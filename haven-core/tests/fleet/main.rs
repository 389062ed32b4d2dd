//! The services on a memory store and simulated engines: registrations, clusters, reports, events, sign-in.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod access;
mod audit;
mod bed;
mod clusters;
mod configuration;
mod contact;
mod detail;
mod inventory;
mod journal;
mod nodes;
mod refused;
mod restart;
mod reveal;

use std::sync::Arc;

use haven_core::{
    Haven,
    clock::{Clock, SystemClock},
    model::{ClusterName, NodeName},
    store::{Keyring, MemoryStore, Store},
};

/// A fleet in memory.
async fn fleet() -> Haven {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    on(Arc::new(MemoryStore::new(&*clock)), Keyring::generate().unwrap()).await
}

async fn on(store: Arc<dyn Store>, keyring: Keyring) -> Haven {
    Haven::builder().store(store).keyring(keyring).build().await.unwrap()
}

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

fn cluster(name: &str) -> ClusterName {
    ClusterName::new(name).unwrap()
}
