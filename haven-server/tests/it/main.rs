//! The server over loopback, with a memory store and simulated nodes.

#![allow(clippy::unwrap_used, reason = "a test panics when it is broken")]

mod bed;
mod bootstrap;
mod chance;
mod converse;
mod created;
mod dashboard;
mod door;
mod errors;
mod openapi;
mod operating;
mod report;
mod sign_in;
mod silence;
mod stop;
mod streams;
