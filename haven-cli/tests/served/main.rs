//! The built program on the real test bed: `haven serve` on either store with three engines, driven from the command line, with
//! curl as a witness from outside and from a Rust program; and what it keeps when it, an engine or etcd dies.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]
#![allow(clippy::print_stderr, reason = "what was measured, and the log of a server that failed")]

mod agent;
mod attended;
mod contact;
mod crash;
mod disk;
mod drive;
mod image;
mod outage;
mod server;
mod shared;
mod source;
mod stop;

use std::time::{Duration, Instant};

use haven_testkit::bed::{Bed, BedBuilder};
use tokio::sync::RwLock;

/// Written by a test that stops engines, read by those that need them all.
static ENGINES: RwLock<()> = RwLock::const_new(());

/// The same for the members of etcd.
static MEMBERS: RwLock<()> = RwLock::const_new(());

/// Three engines, shared by the tests.
fn engines() -> BedBuilder {
    Bed::with_engines(3)
}

/// Three members of etcd, shared by the tests.
fn members() -> BedBuilder {
    Bed::builder().etcd(3)
}

/// An etcd store of its own for whoever asks.
fn etcd_store(bed: &Bed, prefix: &str) -> String {
    let hosts: Vec<String> = bed.etcd().iter().map(|member| member.client_address().to_string()).collect();
    format!("etcd://{}/{prefix}", hosts.join(","))
}

/// Waits until `holds`, for at most so long; answers how long it took.
#[track_caller]
fn within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}
