//! How a run of the tests is asked for: with which seed, and at which counts.

use std::env;

/// The seed of this run: `HAVEN_SEED`, or 1. Who uses it prints it, so that a run can be played again.
pub fn seed() -> u64 {
    env::var("HAVEN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// How often something is done: `usual`, or `full` in a soak (`HAVEN_SOAK`).
pub fn count<T>(usual: T, full: T) -> T {
    if env::var_os("HAVEN_SOAK").is_some() { full } else { usual }
}
