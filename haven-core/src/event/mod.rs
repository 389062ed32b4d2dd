//! Events: what happens in the fleet, kept in order and told to whoever listens.
//!
//! The [`Journal`] takes events from anywhere, writes them to the store in batches, and reads them back from there, so
//! that every master tells the same events in the same order. A cursor is the revision of the batch and the place in
//! it. What of an engine's talk is worth keeping is decided in [`engine_event`].

mod journal;
mod translate;

pub use journal::{Heard, Journal};
pub use translate::engine_event;
