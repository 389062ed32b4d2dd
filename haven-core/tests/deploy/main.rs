//! Plans on simulated engines: made, applied, taken back, and killed at every step.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod creates;
mod data;
mod faults;
mod fleet;
mod seeds;
mod stoppable;
mod together;
mod updates;
