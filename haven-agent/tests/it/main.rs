//! The agent as a program, against masters that are well and masters that are not; and on nodes of the real test bed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

mod bare;
mod command_line;
mod faults;
mod master;
mod node;
mod process;

use std::time::{Duration, Instant};

/// The secret of every test, which nobody may see.
const SECRET: &str = "s3cret of agents";

/// Waits until `holds`, for at most 20 seconds.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
