//! The contracts of Haven's seams as suites: a function a rule, run on every implementation.
//!
//! A rule checks what the seam's documentation says and nothing else, so that whoever writes an implementation runs the
//! same functions as Haven's own do.

#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a rule is a test: it panics when it is broken")]

pub mod door;
pub mod engine;
pub mod registry;
pub mod source;
pub mod store;
