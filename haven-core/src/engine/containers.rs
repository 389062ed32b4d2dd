//! Containers: made, started, watched, stopped, removed; and programs run in them.

use std::{collections::BTreeMap, fmt::Debug};

use async_trait::async_trait;
use bytes::Bytes;
use haven_model::{
    Container, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec,
    ContainerStats, ContainerUpdate, ExecSpec, LogOptions, Outcome, Output, Result,
    container::{Change, ContainerSize, Processes, RemoveOptions, StopOptions},
};

#[cfg(any(feature = "docker", feature = "sim"))]
use haven_model::{Error, Mount, Secret, spec::MountKind};

use super::{Stream, Terminal};

/// The containers of one engine.
#[async_trait]
pub trait Containers: Debug + Send + Sync + 'static {
    /// The containers that meet `filter`, running or not, in no order.
    async fn containers(&self, filter: &ContainerFilter) -> Result<Vec<Container>>;

    /// Everything about one container. Its specification tells what was configured and nothing that the engine chose, so that
    /// a container made of it is the same.
    async fn container(&self, id: &ContainerRef) -> Result<ContainerDetail>;

    /// What containers take on disk, as far as they are there: a walk through what each has written.
    async fn container_sizes(&self, ids: &[ContainerId]) -> Result<BTreeMap<ContainerId, ContainerSize>>;

    /// Creates a container without starting it; without a name the engine makes one up. It is made with all its connections,
    /// or not at all.
    ///
    /// `AlreadyExists` when the name is taken, `NotFound` when the image is absent, `Invalid` when the specification is
    /// refused, `Unsupported` when the engine would ignore something of it.
    async fn create_container(&self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId>;

    /// Starts a container; one that runs is `AlreadySo`.
    ///
    /// `Conflict` when it is paused, or another container has the address that was chosen for it; `Invalid` when the program
    /// cannot be run or a port is taken.
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

    /// Changes limits and restart policy of a container, of one that runs too; without a change `AlreadySo`.
    ///
    /// `Invalid` when a limit is refused: one that the host does not have, that contradicts another, or 0, as a limit of a
    /// living container cannot be taken away but by -1 where it has that. `Unsupported` when the engine would ignore one.
    async fn update_container(&self, id: &ContainerRef, update: &ContainerUpdate) -> Result<Outcome>;

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

    /// The files in it that are not as its image has them, running or not.
    async fn changes(&self, id: &ContainerRef) -> Result<Vec<Change>>;

    /// All its files as a tar archive, volumes left out, running or not.
    async fn export_container(&self, id: &ContainerRef) -> Result<Stream<Bytes>>;

    /// A file or a folder of it as a tar archive, whose entries begin with the last part of `path`; of `FOLDER/.` with `.`.
    ///
    /// `NotFound` when there is no such file.
    async fn copy_out(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>>;

    /// Unpacks a tar archive into a folder of it, running or not. An archive that breaks off may have been unpacked in part.
    ///
    /// `NotFound` when there is no such folder, `Invalid` when it is none or the archive is none.
    async fn copy_in(&self, id: &ContainerRef, folder: &str, archive: Stream<Bytes>) -> Result<()>;

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

/// Checks a mount for what no engine takes; `Invalid` says what.
#[cfg(any(feature = "docker", feature = "sim"))]
pub(super) fn check_mount(mount: &Mount) -> Result<()> {
    let plain = Mount { read_only: mount.read_only, ..Mount::new(mount.kind, &mount.source, &mount.target) };
    let own = match mount.kind {
        MountKind::Bind => Mount {
            propagation: mount.propagation,
            create_source: mount.create_source,
            non_recursive: mount.non_recursive,
            options: mount.options.clone(),
            ..plain
        },
        MountKind::Volume => Mount {
            no_copy: mount.no_copy,
            subpath: mount.subpath.clone(),
            labels: mount.labels.clone(),
            driver: mount.driver.clone(),
            driver_options: mount.driver_options.clone(),
            options: mount.options.clone(),
            ..plain
        },
        MountKind::Tmpfs => {
            Mount { size: mount.size, mode: mount.mode, options: mount.options.clone(), source: String::new(), ..plain }
        }
    };
    let refuse = |why: &str| Err(Error::invalid(format!("a mount at `{}` {why}", mount.target.escape_debug())));
    if own != *mount {
        return refuse("has options of another kind of mount");
    }
    if !mount.target.starts_with('/') || mount.target == "/" {
        return refuse("is none: it takes an absolute path");
    }
    if mount.kind == MountKind::Bind && !mount.source.starts_with('/') {
        return refuse("takes an absolute path of the host");
    }
    if mount.kind == MountKind::Volume && mount.source.is_empty() && mount.read_only {
        return refuse("is of a new volume, which has to be written");
    }
    if mount.options.iter().any(|option| option.is_empty() || option.contains([',', ':'])) {
        return refuse("has an option that is none");
    }
    Ok(())
}

/// Checks changes of a living container; `Invalid` for a 0, which no engine sees.
#[cfg(any(feature = "docker", feature = "sim"))]
pub(super) fn check_update(update: &ContainerUpdate) -> Result<()> {
    let limits = [
        ("memory", update.memory),
        ("memory_swap", update.memory_swap.map(i64::unsigned_abs)),
        ("memory_reservation", update.memory_reservation),
        ("kernel_memory", update.kernel_memory),
        ("nano_cpus", update.nano_cpus),
        ("cpu_shares", update.cpu_shares),
        ("cpu_quota", update.cpu_quota),
        ("cpu_period", update.cpu_period),
        ("blkio_weight", update.blkio_weight.map(u64::from)),
        ("pids_limit", update.pids_limit.map(i64::unsigned_abs)),
    ];
    match limits.iter().find(|(_, limit)| *limit == Some(0)) {
        Some((name, _)) => Err(Error::invalid(format!("`{name}` of a living container cannot be taken away"))),
        None => Ok(()),
    }
}
