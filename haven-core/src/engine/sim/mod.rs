//! The simulated engine: a machine with Docker on it, in this process and on any clock.
//!
//! [`SimEngine`] keeps the contract of [`Engine`](super::Engine) as a real engine does, with images, containers that
//! run, exit, crash and are restarted, health checks, networks, volumes, exec with a terminal, logs, statistics and
//! events in Docker's words and order. Time is the [`Clock`]'s: on a [`ManualClock`](crate::clock::ManualClock)
//! nothing happens until it is moved, and a simulated day takes as long as the work in it. There is no background
//! task: what is due happens when somebody looks or waits.
//!
//! # What runs in a container
//!
//! * The built-in programs are busybox's in small: `sh` (lists, loops, `if`, variables, `trap`; no pipes, no background
//!   jobs), `echo`, `cat`, `sleep`, `env`, `hostname`, `stty size`, `seq`, `test`, `touch`, `rm`, `tail -f`, `httpd` …
//!   As the first process of a container they ignore SIGTERM like their models, so that stopping a `sleep` takes the
//!   stop timeout and ends with 137.
//! * An image's own program (that of `nginx`, say) is a service: it writes a line, runs, and ends with 0 when asked to.
//!   Labels make any container such a service, whatever its command: `sim.exit-after=SECONDS` (ends with 0),
//!   `sim.crash-after=SECONDS` (ends with 1), `sim.exit-code=N` (for those two), `sim.log-every=SECONDS`.
//! * Any other program does not exist: starting it is `Invalid`, and an exec of it ends with 127.
//! * Health checks run their command in the container; the label `sim.health=healthy|unhealthy` and
//!   [`set_health`](SimEngine::set_health) decide over it.
//!
//! # What differs from Docker
//!
//! * No packet travels: addresses and ports are kept, allocated and refused as Docker does, but nothing listens.
//! * A container's file system is a handful of small files, which archives go into and come out of; an imported archive is
//!   not looked into, images have no layers.
//! * Devices, capabilities, kernel settings and limits are kept, shown, and refused as Docker does; none is applied.
//! * The log keeps the last MiB; an attached reader that does not read loses the oldest output instead of stopping the program.
//! * Pulling takes its images from [`SimOptions::registry`]; there is no swarm, no build, no checkpoint.
//! * A volume's data does not outlive the container that wrote it.
//! * Ctrl-C at a terminal ends an exec at once, whatever traps it; an inspection shows the health of a paused container
//!   as it was, where Docker calls it unhealthy.

mod applets;
mod check;
mod containers;
mod create;
mod exec;
mod files;
mod health;
mod images;
mod incidents;
mod lifecycle;
mod logs;
mod networks;
mod pool;
mod program;
mod record;
mod shell;
mod signal;
mod state;
mod stats;
mod syntax;
mod system;
mod volumes;

use std::{
    collections::BTreeMap,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
};

use haven_model::{ContainerId, Error, Result};

use crate::clock::{Clock, SystemClock};

pub use images::SimImage;

use state::State;

/// A simulated engine. Clones are the same engine.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> haven_core::Result<()> {
/// use haven_core::{engine::{Containers, sim::SimEngine}, model::{ContainerFilter, ContainerSpec, ImageRef}};
///
/// let engine = SimEngine::default();
/// let id = engine.create_container(None, &ContainerSpec::new(ImageRef::new("nginx")?)).await?;
/// engine.start_container(&id.into()).await?;
/// assert!(engine.containers(&ContainerFilter::default()).await?[0].is_running());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SimEngine {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// What a simulated machine is.
#[derive(Clone, Debug)]
pub struct SimOptions {
    /// The name of the machine.
    pub name: String,
    /// How many cores it has.
    pub cpus: u32,
    /// Its memory, in bytes.
    pub memory: u64,
    /// Labels of the engine.
    pub labels: BTreeMap<String, String>,
    /// The images that are there.
    pub images: Vec<SimImage>,
    /// The images that can be pulled.
    pub registry: Vec<SimImage>,
}

impl Default for SimOptions {
    /// Four cores, 8 GiB; `busybox` and `nginx` are there, and some more can be pulled.
    fn default() -> Self {
        Self {
            name: "sim".into(),
            cpus: 4,
            memory: 8 << 30,
            labels: BTreeMap::new(),
            images: images::present(),
            registry: images::pullable(),
        }
    }
}

impl Default for SimEngine {
    /// A machine as of [`SimOptions::default`], on the machine's own clock.
    fn default() -> Self {
        Self::new(Arc::new(SystemClock::default()), SimOptions::default())
    }
}

impl fmt::Debug for SimEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimEngine").finish_non_exhaustive()
    }
}

impl SimEngine {
    /// A machine whose time and chance are those of `clock`.
    pub fn new(clock: Arc<dyn Clock>, options: SimOptions) -> Self {
        let state = Mutex::new(State::new(clock.as_ref(), options));
        Self { shared: Arc::new(Shared { clock, state }) }
    }

    /// The state, with everything done that is due by now; whether or not the engine can be reached.
    fn settled(&self) -> MutexGuard<'_, State> {
        let mut state = self.shared.state.lock().expect("no panic happens under this lock");
        state.settle(self.shared.clock.as_ref());
        state
    }

    /// The same for a call from outside: `Unavailable` while the engine is cut off.
    fn reach(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.settled();
        if state.connected { Ok(state) } else { Err(cut_off()) }
    }

    /// Looks again whenever something happens to the container, until `look` has an answer.
    async fn until<T>(&self, id: &ContainerId, mut look: impl FnMut(&mut State) -> Result<Option<T>>) -> Result<T> {
        let (changed, hangup, epoch) = {
            let state = self.reach()?;
            let record = state.containers.get(id).ok_or_else(|| Error::not_found("container", id))?;
            (Arc::clone(&record.changed), Arc::clone(&state.hangup), state.epoch)
        };
        loop {
            let (mut changed, mut hangup) = (pin!(changed.notified()), pin!(hangup.notified()));
            changed.as_mut().enable();
            hangup.as_mut().enable();
            let pause = {
                let mut state = self.settled();
                if state.epoch != epoch {
                    return Err(cut_off());
                }
                if let Some(answer) = look(&mut state)? {
                    return Ok(answer);
                }
                state.pause_of(id)
            };
            tokio::select! {
                () = changed => {}
                () = hangup => {}
                () = self.pause(pause) => {}
            }
        }
    }

    /// Sleeps so long, or without end.
    async fn pause(&self, pause: Option<std::time::Duration>) {
        match pause {
            Some(pause) => self.shared.clock.sleep(pause).await,
            None => std::future::pending().await,
        }
    }
}

fn cut_off() -> Error {
    Error::unavailable("cannot reach the simulated engine")
}
