//! The store on a real etcd cluster of three: the contract, and what holds when members fail.
//!
//! Without etcd on the machine these tests say so and pass, unless `HAVEN_REQUIRE=etcd`.
#![cfg(feature = "etcd")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod access;
mod outage;

use std::sync::Arc;

use haven_core::store::EtcdStore;
use haven_testkit::{bed::Bed, rules::store::Fixture};
use tokio::sync::Mutex;

/// Nobody else writes while a rule runs: revisions are the whole cluster's.
static ALONE: Mutex<()> = Mutex::const_new(());

/// The address of a bed's store.
fn url(bed: &Bed, prefix: &str) -> String {
    let members: Vec<_> = bed.etcd().iter().map(|member| member.client_address().to_string()).collect();
    format!("etcd://{}/{prefix}", members.join(","))
}

async fn etcd() -> Option<Fixture> {
    let bed = Bed::with_engines(0).etcd(3).shared_or_skip().await?;
    let alone = ALONE.lock().await;
    let store = EtcdStore::connect(&url(bed, "rules")).await.expect("the bed's etcd lets us in");
    Some(Fixture::new(Arc::new(store)).keeping(alone))
}

haven_testkit::store_rules!(etcd);
