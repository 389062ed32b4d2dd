//! The figures: each a ratio against a named baseline, both measured in turns in the same run. `make bench` prints them.
//!
//! Machines are noisy: a figure is the median of the ratios of interleaved rounds, with its spread. A target is missed
//! only when the whole spread lies beyond it.

#![allow(clippy::print_stdout, unreachable_pub)]

mod agent;
mod list;
mod load;
mod placement;
mod planning;
mod python;
mod ratio;
mod report;
mod rollout;
mod select;
mod shape;
mod sizes;

use haven_testkit::bed::{Bed, require};

#[tokio::main]
async fn main() {
    // `cargo test` builds benches too, and runs them with `--test`: nothing is measured there.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // For `scripts/bench-peers`, which sets them against those of others.
    if std::env::args().any(|argument| argument == "placement-seconds") {
        return placement::seconds();
    }
    println!("{}", ratio::HEAD);
    // `placement`, `planning` and `rollout` name what is measured; without a word it is everything.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_asked = |what: &str| asked.is_empty() || asked.iter().any(|asked| asked == what);
    if is_asked("placement") {
        placement::placement();
    }
    if is_asked("planning") {
        planning::planning(30_000).await;
    }
    if is_asked("rollout") && require("docker").is_some() {
        let bed = Bed::with_engines(3).start().await.expect("the bed starts");
        rollout::rollouts(&bed).await;
        bed.shutdown().await.expect("the bed goes away");
    }
    if !asked.is_empty() {
        return;
    }
    sizes::sizes();
    report::reports().await;
    select::selections().await;
    if require("docker").is_some() {
        let bed = Bed::with_engines(1).start().await.expect("the bed starts");
        list::lists(&bed).await;
        tokio::task::block_in_place(|| python::figures(&bed));
        bed.shutdown().await.expect("the bed goes away");
        agent::agents().await;
    }
}
