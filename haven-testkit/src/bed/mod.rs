//! The real test bed: Docker engines, an etcd cluster and a registry, each on a machine of its own, all on this one.
//!
//! A [`Bed`] is a bridge with a network namespace for each [`Host`]: an [`Engine`], an etcd [`Member`], a [`Registry`]. Any of them can be cut off,
//! slowed, frozen, stopped, killed, powered off and started again on the same data. The bed is removed when it is dropped, and also when
//! its owner dies by SIGKILL. It takes root, and Debian's packages `docker.io etcd-server etcd-client docker-registry iproute2 iptables busybox-static
//! apache2-utils`; tests skip where something is missing, unless `HAVEN_REQUIRE` asks for it (see [`require`]).
//!
//! ```no_run
//! # #[tokio::main] async fn main() -> std::io::Result<()> {
//! use haven_testkit::bed::Bed;
//!
//! let bed = Bed::with_engines(3).etcd(3).registry().start().await?;
//! bed.engine(1).cut_off().await?;
//! // … what does Haven say now?
//! bed.engine(1).reconnect().await?;
//! bed.shutdown().await?;
//! # Ok(()) }
//! ```
//!
//! What is good to know:
//!
//! * The engines do not know this machine's images and cannot reach a hub. They hold [`IMAGES`], with the same ids on each of them.
//! * A container's process ids, as an engine tells them, count inside the machine. [`Host::command`] goes there.
//! * Services are reached at `10.213.N.x`, N a number of the bed; [`Bed::gateway`] is where the machines reach this process.
//! * A cut cable makes connections hang, not fail, as in life. Set time limits.
//! * A stopped engine stops its containers, and one whose first process ignores SIGTERM takes 10 s to.
//! * Swarm mode works between the engines; reach services by `endpoint_mode: dnsrr` and host-mode ports where the kernel has no IPVS.
//! * Beds of several processes live side by side.
//! * A static busybox can crash on this machine in what resolves names, `wget` for one; in the containers it does not.
//!
//! Seen on two cores, images loaded: one engine starts in 0.9 s, three in 1.3 s; three with three members and a filled registry in 2.8 s, eight
//! in 3.3 s. Plain TCP adds a second to an engine's own start. A removal takes under a second, containers or not.

mod builder;
mod certs;
mod command;
mod engine;
mod etcd;
mod host;
mod http;
mod image;
mod link;
mod machine;
mod network;
mod registry;
mod require;
mod shared;
mod state;
mod tap;
mod witness;

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

pub use builder::BedBuilder;
pub use certs::ClientCerts;
pub use engine::Engine;
pub use etcd::Member;
pub use host::Host;
pub use image::{BUSYBOX, BUSYBOX_2, HEALTHY, IMAGES, UNHEALTHY, WEB, WEB_2};
pub use registry::Registry;
pub use require::{missing, require};
pub use shared::shared_bed;
pub use state::sweep;
pub use tap::{Moment, Taps, Then};
pub use witness::differences;

use command::blocking;
use network::Network;
use state::State;

/// A running test bed. Dropping it removes it, which takes about a second; [`shutdown`](Self::shutdown) does so without blocking, and tells.
#[derive(Debug)]
pub struct Bed {
    /// `None` after the shutdown only.
    parts: Option<Parts>,
    lock: tokio::sync::Mutex<()>,
}

/// In the order in which they are dropped: what runs before the state that removes it all.
#[derive(Debug)]
struct Parts {
    engines: Vec<Engine>,
    members: Vec<Member>,
    registries: Vec<Registry>,
    certs: ClientCerts,
    access: etcd::Access,
    network: Arc<Network>,
    state: Arc<State>,
}

impl Bed {
    /// A bed with nothing in it yet.
    pub fn builder() -> BedBuilder {
        BedBuilder::default()
    }

    /// A bed with so many Docker engines.
    pub fn with_engines(count: u8) -> BedBuilder {
        BedBuilder::default().engines(count)
    }

    /// The bed's name, unique on this machine: the owner's process id and a number.
    pub fn id(&self) -> String {
        self.parts().state.id()
    }

    /// The engines, `engine-1` first.
    pub fn engines(&self) -> &[Engine] {
        &self.parts().engines
    }

    /// An engine by its index, from 0.
    ///
    /// # Panics
    ///
    /// When the bed has no such engine.
    pub fn engine(&self, index: usize) -> &Engine {
        &self.parts().engines[index]
    }

    /// The etcd members, `etcd-1` first.
    pub fn etcd(&self) -> &[Member] {
        &self.parts().members
    }

    /// The etcd members' endpoints for clients.
    pub fn etcd_endpoints(&self) -> Vec<String> {
        self.etcd().iter().map(Member::endpoint).collect()
    }

    /// The etcd user and password, where the members want them.
    pub fn etcd_credentials(&self) -> Option<(&str, &str)> {
        self.parts().access.password.as_deref().map(|password| ("root", password))
    }

    /// The etcdctl command for these members, with certificates and password: for tests that want a witness from outside.
    pub fn etcdctl(&self, members: &[Member]) -> Command {
        etcd::etcdctl(members, &self.parts().access, self.certs())
    }

    /// The registries, in the order of the builder's calls.
    pub fn registries(&self) -> &[Registry] {
        &self.parts().registries
    }

    /// The first registry.
    pub fn registry(&self) -> Option<&Registry> {
        self.registries().first()
    }

    /// What a client needs for TLS, with engines and etcd alike.
    pub fn certs(&self) -> &ClientCerts {
        &self.parts().certs
    }

    /// All machines.
    pub fn hosts(&self) -> impl Iterator<Item = &Host> {
        let parts = self.parts();
        let engines = parts.engines.iter().map(|engine| &**engine);
        let members = parts.members.iter().map(|member| &**member);
        engines.chain(members).chain(parts.registries.iter().map(|registry| &**registry))
    }

    /// Where the machines reach this process: bind a server to this address for them.
    pub fn gateway(&self) -> Ipv4Addr {
        self.parts().network.gateway()
    }

    /// The bed's network: `10.213.0.0/24`.
    pub fn subnet(&self) -> String {
        self.parts().network.subnet()
    }

    /// The folder with everything of the bed: data, logs, sockets, certificates.
    pub fn folder(&self) -> &Path {
        self.parts().state.path()
    }

    /// Held by a test that breaks something in a shared bed, until it is mended. It waits for its turn.
    pub async fn lock(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.lock.lock().await
    }

    /// Removes the bed: processes, containers, networks, firewall rules, files. Fails when something is left.
    pub async fn shutdown(mut self) -> io::Result<()> {
        let parts = self.parts.take();
        blocking(move || parts.map_or(Ok(()), Parts::remove)).await
    }

    fn new(parts: Parts) -> Self {
        Self { parts: Some(parts), lock: tokio::sync::Mutex::default() }
    }

    fn parts(&self) -> &Parts {
        self.parts.as_ref().expect("only the shutdown takes the parts, and it takes the bed")
    }
}

impl Parts {
    fn remove(self) -> io::Result<()> {
        // The removal ends the processes; dropping the hosts then collects them.
        self.state.remove()
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            // What is left is taken up by the next sweep.
            let _ = parts.remove();
        }
    }
}

/// Starts a bed from a [`BedBuilder`], or returns from the test where the machine has no room for one (see [`require`]).
///
/// ```no_run
/// # use haven_testkit::bed::Bed;
/// # async fn a_test() {
/// let bed = haven_testkit::bed_or_skip!(Bed::with_engines(1));
/// # }
/// ```
#[macro_export]
macro_rules! bed_or_skip {
    ($builder:expr) => {
        match $builder.start_or_skip().await {
            Some(bed) => bed,
            None => return,
        }
    };
}

/// The process's shared bed of a [`BedBuilder`], by default [`shared_bed`](crate::bed::shared_bed)'s; or returns from the test like [`bed_or_skip!`].
#[macro_export]
macro_rules! shared_bed_or_skip {
    () => {
        $crate::shared_bed_or_skip!($crate::bed::Bed::with_engines(3).etcd(3).registry())
    };
    ($builder:expr) => {
        match $builder.shared_or_skip().await {
            Some(bed) => bed,
            None => return,
        }
    };
}
