//! The `haven` program: serves a fleet, reports for a node, and has a command for every operation.
//!
//! Commands stand in `commands/`, a file a noun; each is a walk through the door of haven-core and decides nothing.

mod cli;
mod commands;
mod config;
mod connection;
mod credentials;
mod failure;
mod folder;
mod serve;
mod show;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
