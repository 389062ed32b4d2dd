//! Plans on the real test bed: `haven serve` as processes on one etcd with three engines, which are killed, cut off and
//! frozen while plans are applied; engines themselves are the witness of what became of every container.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]
#![allow(clippy::print_stderr, reason = "what was measured, and the log of a server that failed")]

mod faults;
mod fleet;
mod journey;
mod kills;
mod late;
#[allow(dead_code, reason = "what the tests of serving need besides")]
#[path = "../served/server.rs"]
mod server;

use haven_testkit::bed::{Bed, BedBuilder};

/// Three engines and three members of etcd, shared by the tests that break neither.
fn bed() -> BedBuilder {
    Bed::with_engines(3).etcd(3)
}
