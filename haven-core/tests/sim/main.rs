//! The simulated engine: the contract suite, and what only a simulation can show.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod contract;
mod scripted;
