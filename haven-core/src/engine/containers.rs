//! Containers: made, started, watched, stopped, removed; and programs run in them.

#[cfg(any(feature = "docker", feature = "sim"))]
use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use haven_model::{
    Container, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec,
    ContainerStats, ExecSpec, LogOptions, Outcome, Output, Result,
    container::{Processes, RemoveOptions, StopOptions},
};

#[cfg(any(feature = "docker", feature = "sim"))]
use haven_model::{Error, Secret};

use super::{Stream, Terminal};

/// The containers of one engine.
#[async_trait]
pub trait Containers: Debug + Send + Sync + 'static {
    /// The containers that meet `filter`, running or not, in no order.
    async fn containers(&self, filter: &ContainerFilter) -> Result<Vec<Container>>;

    /// Everything about one container.
    async fn container(&self, id: &ContainerRef) -> Result<ContainerDetail>;

    /// Creates a container without starting it; without a name the engine makes one up.
    ///
    /// `AlreadyExists` when the name is taken, `NotFound` when the image is absent, `Invalid` when the specification is refused.
    async fn create_container(&self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId>;

    /// Starts a container; one that runs is `AlreadySo`.
    ///
    /// `Conflict` when it is paused; `Invalid` when the program cannot be run or a port is taken.
    async fn start_container(&self, id: &ContainerRef) -> Result<Outcome>;

    /// Asks the program to end, and kills it when it does not in time; one that does not run is `AlreadySo`.
    async fn stop_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome>;

    /// Stops it if it runs, and starts it: always `Done`.
    async fn restart_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome>;

    /// Sends a signal, by default SIGKILL: always `Done`. `Conflict` when it does not run, `Invalid` for an unknown
    /// signal.
    async fn kill_container(&self, id: &ContainerRef, signal: Option<&str>) -> Result<Outcome>;

    /// Holds the program; one that is held is `AlreadySo`. `Conflict` when it does not run.
    async fn pause_container(&self, id: &ContainerRef) -> Result<Outcome>;

    /// Lets the program go on; one that is not held is `AlreadySo`, running or not.
    async fn unpause_container(&self, id: &ContainerRef) -> Result<Outcome>;

    /// Gives it another name; its own name is `AlreadySo`. `AlreadyExists` when the name is taken by another.
    async fn rename_container(&self, id: &ContainerRef, name: &ContainerName) -> Result<Outcome>;

    /// Removes it; one that does not exist is `AlreadySo`. `Conflict` when it runs and `force` is not set.
    async fn remove_container(&self, id: &ContainerRef, options: &RemoveOptions) -> Result<Outcome>;

    /// Waits until the program has ended, and answers its exit code; at once when it does not run.
    async fn wait_container(&self, id: &ContainerRef) -> Result<i64>;

    /// What the program wrote. With `follow` the stream ends when the container stops.
    async fn logs(&self, id: &ContainerRef, options: &LogOptions) -> Result<Stream<Output>>;

    /// One sample of what it uses; a container that does not run uses nothing (all counters 0).
    ///
    /// `cpu_percent` is empty: it takes two samples, see [`ContainerStats::cpu_percent_since`].
    async fn stats(&self, id: &ContainerRef) -> Result<ContainerStats>;

    /// A sample about every second, with `cpu_percent` from the second on, until the container stops.
    async fn stats_stream(&self, id: &ContainerRef) -> Result<Stream<ContainerStats>>;

    /// What runs in it. `Conflict` when it does not run.
    async fn processes(&self, id: &ContainerRef) -> Result<Processes>;

    /// Runs a program in it. `Conflict` when the container does not run or is paused, `Invalid` without a command or with
    /// an environment that is none.
    ///
    /// A program that does not exist is an exit code of 126 or 127, as in a shell.
    async fn exec(&self, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal>;

    /// Connects to its main program: its output from now on, its input where that was left open, and how this run of it
    /// ended, started again or not. `Conflict` when it does not run.
    async fn attach(&self, id: &ContainerRef) -> Result<Terminal>;
}

/// Checks an environment; `Invalid` names the variable that is none.
#[cfg(any(feature = "docker", feature = "sim"))]
pub(super) fn check_environment(env: &BTreeMap<String, Secret>) -> Result<()> {
    match env
        .iter()
        .find(|(name, value)| name.is_empty() || name.contains(['=', '\0']) || value.expose().contains('\0'))
    {
        Some((name, _)) => Err(Error::invalid(format!("`{}` is no environment variable", name.escape_debug()))),
        None => Ok(()),
    }
}
