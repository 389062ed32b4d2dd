//! The built program against a server of this process with simulated nodes, and serving by itself.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test that cannot go on shall stop")]

mod choosing;
mod client;
mod config;
mod fleet;
mod living;
mod placing;
mod plans;
mod serving;
mod source;
mod strangers;
mod terminal;
