//! The stores inside this process: the contract, and what is each one's own.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::unused_async, reason = "tests")]

mod memory {
    use std::sync::Arc;

    use haven_core::{clock::SystemClock, store::MemoryStore};
    use haven_testkit::rules::store::Fixture;

    async fn memory() -> Option<Fixture> {
        Some(Fixture::new(Arc::new(MemoryStore::new(&SystemClock::default()))))
    }

    haven_testkit::store_rules!(memory);
}

#[cfg(feature = "redb")]
mod redb;
