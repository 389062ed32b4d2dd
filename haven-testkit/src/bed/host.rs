//! A machine of the bed: a network namespace with an address, a first process, and one service that can be made to fail.
//!
//! The first process opens namespaces for mounts, the host name and processes. The service runs inside them, comes and goes
//! like a real machine's, and finds its `/run` as it left it; [`power_off`](Host::power_off) takes the whole machine away.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::command::{blocking, context, create_folder};
use super::link::SlowLink;
use super::machine::{Machine, Process, tail};
use super::network::{Network, Place};

/// How long a service may take to answer. Some seconds are usual where other builds keep the machine busy.
const START_LIMIT: Duration = Duration::from_secs(90);

/// The service of a host: how it is started, and how one sees that it answers.
pub(crate) struct Service {
    pub(crate) program: &'static str,
    pub(crate) args: Vec<String>,
    /// TCP port that clients use.
    pub(crate) port: u16,
    /// Unix socket that clients use, and the one that the service listens on; the former is a link to the latter.
    pub(crate) socket: Option<(PathBuf, PathBuf)>,
    pub(crate) answers: Probe,
}

/// Succeeds when the service answers.
pub(crate) type Probe = Box<dyn Fn() -> io::Result<()> + Send + Sync>;

/// One machine of a bed and its service; clones are the same machine.
///
/// Whatever one of the methods breaks, its counterpart mends: `cut_off` and `reconnect`, `stop` or `kill` or `power_off` and
/// `restart`, `pause` and `resume`, `slow` and `full_speed`. Each may be called twice in a row. Calls take effect one after another.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    name: String,
    folder: PathBuf,
    network: Arc<Network>,
    place: Place,
    service: Service,
    running: Mutex<Running>,
    /// Held while one method does its work, so that two of them do not interleave.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Running {
    machine: Option<Machine>,
    service: Option<Process>,
    slow: Option<SlowLink>,
    cut_off: bool,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("name", &self.0.name)
            .field("address", &self.0.place.address)
            .finish_non_exhaustive()
    }
}

impl Host {
    pub(crate) fn new(name: String, folder: PathBuf, network: Arc<Network>, place: Place, service: Service) -> Self {
        Self(Arc::new(Inner {
            name,
            folder,
            network,
            place,
            service,
            running: Mutex::default(),
            turn: Mutex::default(),
        }))
    }

    /// The machine's name: `engine-1`, `etcd-1`, `registry`. It is also its host name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The machine's own address, reachable from this process and from the bed's other machines.
    pub fn address(&self) -> Ipv4Addr {
        self.0.place.address
    }

    /// The machine's folder: data, log, certificates.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The service's log. It grows over restarts.
    pub fn log(&self) -> PathBuf {
        self.0.folder.join("log")
    }

    /// The service's process id, as this machine counts; `None` while it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.0.lock().service.as_ref().map(Process::pid)
    }

    /// Takes the machine's cable out: nothing comes or goes, connections hang, its own processes live on.
    ///
    /// An engine's unix socket does not notice, as on a real machine.
    pub async fn cut_off(&self) -> io::Result<()> {
        self.with(|host| host.set_cable("down")).await
    }

    /// Cuts this machine and `other` off from each other only; both still reach this process and the rest of the bed.
    ///
    /// Fails with `Unsupported` where the kernel keeps bridged packets away from the firewall.
    pub async fn cut_off_from(&self, other: &Host) -> io::Result<()> {
        let other = other.address();
        self.with(move |host| host.network.part(host.place.address, other)).await
    }

    /// Ends [`cut_off_from`](Self::cut_off_from), from either side.
    pub async fn reconnect_to(&self, other: &Host) -> io::Result<()> {
        let other = other.address();
        self.with(move |host| host.network.rejoin(host.place.address, Some(other))).await
    }

    /// Puts the cable back in, and ends every [`cut_off_from`](Self::cut_off_from) of this machine.
    pub async fn reconnect(&self) -> io::Result<()> {
        self.with(|host| {
            host.network.rejoin(host.place.address, None)?;
            host.set_cable("up")
        })
        .await
    }

    /// Adds `latency` to each round trip between this process's side and the service, half of it each way.
    ///
    /// The address stays the same. Connections over TCP that are open now are reset, so that none of them stays fast; open ones over the unix
    /// socket stay as they are. Traffic between the bed's machines is not slowed. Called again, it changes the latency on the fly.
    pub async fn slow(&self, latency: Duration) -> io::Result<()> {
        self.with(move |host| host.slow(latency)).await
    }

    /// Ends [`slow`](Self::slow). Connections that went through it are closed.
    pub async fn full_speed(&self) -> io::Result<()> {
        self.with(|host| {
            let slow = host.lock().slow.take();
            slow.map_or(Ok(()), SlowLink::close)
        })
        .await
    }

    /// Asks the service to end, and waits for it; after 30 s it is killed.
    ///
    /// An engine stops its containers, which takes 10 s where a container's first process ignores SIGTERM.
    pub async fn stop(&self) -> io::Result<()> {
        self.with(|host| host.end(Signal::TERM)).await
    }

    /// Ends the service with SIGKILL. An engine's containers go on until the engine is back.
    pub async fn kill(&self) -> io::Result<()> {
        self.with(|host| host.end(Signal::KILL)).await
    }

    /// Ends every process of the machine at once. The disk stays.
    pub async fn power_off(&self) -> io::Result<()> {
        self.with(Inner::power_off).await
    }

    /// Starts the service again on the same data, stopping it first if it runs, and waits until it answers.
    ///
    /// It does not wait where the machine is cut off.
    pub async fn restart(&self) -> io::Result<()> {
        self.with(|host| {
            host.end(Signal::TERM)?;
            host.start()
        })
        .await
    }

    /// Freezes the service's process: connections are accepted and nothing is answered.
    pub async fn pause(&self) -> io::Result<()> {
        self.with(|host| host.set_paused(true)).await
    }

    /// Lets a frozen service go on.
    pub async fn resume(&self) -> io::Result<()> {
        self.with(|host| host.set_paused(false)).await
    }

    /// A command for `program` *on* that machine: with its network, processes, host name and `/run`, and this machine's files.
    ///
    /// Fails with `NotConnected` while the machine is powered off. What it starts ends with the bed at the latest.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> io::Result<Command> {
        let mut command = self.0.enter()?;
        command.arg(program);
        Ok(command)
    }

    pub(crate) fn start(&self) -> io::Result<()> {
        create_folder(&self.0.folder)?;
        self.0.network.connect(&self.0.place)?;
        self.0.start()
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let _turn = inner.turn.lock().unwrap_or_else(PoisonError::into_inner);
            work(&inner).map_err(context(&inner.name))
        })
        .await
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_cable(&self, state: &str) -> io::Result<()> {
        let mut running = self.lock();
        Network::set_link(&self.place, state)?;
        running.cut_off = state == "down";
        Ok(())
    }

    fn slow(&self, latency: Duration) -> io::Result<()> {
        let mut running = self.lock();
        if let Some(slow) = &running.slow {
            slow.set_latency(latency);
            return Ok(());
        }
        let service = SocketAddr::from((self.place.address, self.service.port));
        running.slow = Some(SlowLink::open(&self.network, service, self.service.socket.as_ref(), latency)?);
        Ok(())
    }

    fn set_paused(&self, paused: bool) -> io::Result<()> {
        let mut running = self.lock();
        let service = running.service.as_mut().ok_or_else(|| not_connected("the service is stopped"))?;
        service.set_paused(paused)
    }

    fn end(&self, signal: Signal) -> io::Result<()> {
        let service = self.lock().service.take();
        service.map_or(Ok(()), |service| service.end(signal))
    }

    fn power_off(&self) -> io::Result<()> {
        let mut running = self.lock();
        running.machine.take().map_or(Ok(()), Machine::end)?;
        running.service.take().map_or(Ok(()), |service| service.end(Signal::KILL))
    }

    fn start(&self) -> io::Result<()> {
        let mut running = self.lock();
        if running.machine.is_none() {
            running.machine = Some(Machine::start(&self.name, &self.place.netns, &self.folder)?);
        }
        drop(running);

        let log_file = self.folder.join("log");
        let log = fs::File::options().create(true).append(true).open(&log_file)?;
        let mut command = self.enter()?;
        command.arg(super::command::find(self.service.program).unwrap_or_else(|| self.service.program.into()));
        command.args(&self.service.args).stdout(log.try_clone()?).stderr(log);
        let process = Process::start(command).map_err(context(self.service.program))?;
        self.lock().service = Some(process);
        self.wait_until_it_answers()
            .map_err(|error| io::Error::new(error.kind(), format!("{error}; its log ends:\n{}", tail(&log_file))))
    }

    fn wait_until_it_answers(&self) -> io::Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let error = match (self.service.answers)() {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let mut running = self.lock();
            if running.cut_off {
                return Ok(());
            }
            let Some(service) = &mut running.service else {
                return Err(not_connected("the service was stopped"));
            };
            if let Some(status) = service.ended()? {
                running.service = None;
                return Err(io::Error::other(format!("`{}` ended with {status}", self.service.program)));
            }
            drop(running);
            if Instant::now() > deadline {
                let limit = START_LIMIT.as_secs();
                let message = format!("`{}` does not answer after {limit} s: {error}", self.service.program);
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn enter(&self) -> io::Result<Command> {
        let running = self.lock();
        running.machine.as_ref().map(Machine::enter).ok_or_else(|| not_connected("the machine is powered off"))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The bed removes the processes; what is left here is to collect them.
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = running.service.take() {
            let _ = service.end(Signal::KILL);
        }
        if let Some(machine) = running.machine.take() {
            let _ = machine.end();
        }
    }
}

fn not_connected(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, what)
}
