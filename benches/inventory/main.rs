//! What the inventory takes of memory, a container: counted by an allocator that counts, which is why this is a program of its
//! own. `make bench` runs it beside the figures.

#![allow(clippy::print_stdout, unreachable_pub)]

#[path = "../figures/shape.rs"]
mod shape;

use std::{alloc::System, sync::Arc};

use haven::{
    model::{Container, ContainerFilter},
    node::{Inventory, Pool},
};
use jiff::Timestamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes that are allocated and not freed.
fn allocated() -> usize {
    let stats = COUNTING.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// The inventories of a fleet, as lists of its nodes fill them, each of them asked for a label once, so that it has its index.
fn fleet(containers: usize) -> Vec<Inventory> {
    let pool = Arc::<Pool>::default();
    let label = ContainerFilter { label: vec!["haven.plan".to_owned()], ..ContainerFilter::default() };
    let nodes = (0..containers / shape::ON_A_NODE).map(|node| {
        let inventory = Inventory::new(pool.clone());
        let first = node * shape::ON_A_NODE;
        inventory.replace((first..first + shape::ON_A_NODE).map(shape::container).collect(), Timestamp::UNIX_EPOCH);
        assert_eq!(inventory.read().select(&label).count(), shape::ON_A_NODE);
        inventory
    });
    nodes.collect()
}

fn main() {
    // `cargo test` builds benches too, and runs them with `--test`: nothing is measured there.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    for containers in [3_000, 30_000, 300_000] {
        let before = allocated();
        let fleet = fleet(containers);
        let kept = allocated() - before;
        drop(fleet);
        let left = allocated() - before;
        let before = allocated();
        let whole: Vec<Container> = (0..containers).map(shape::container).collect();
        let wholes = allocated() - before;
        drop(whole);
        println!(
            "the inventory of {containers} containers: {} B each, interned texts and indexes included (whole ones {} B); {left} B \
             stay when all are gone; at most 1024 B",
            kept / containers,
            wholes / containers,
        );
    }
}
