//! What a bed is to hold, and its start.

use std::io;
use std::sync::{Arc, OnceLock};

use super::certs::Authority;
use super::command::{blocking, context};
use super::engine::{Engine, Settings, Tcp};
use super::etcd::{Access, Member};
use super::host::Host;
use super::image::{IMAGES, archive};
use super::network::Network;
use super::registry::{Door, Registry};
use super::state::State;
use super::{Bed, Parts};

/// Most engines in one bed; each takes about 70 MB of memory.
const MOST_ENGINES: u8 = 64;

/// Most etcd members in one bed.
const MOST_MEMBERS: u8 = 9;

/// What a bed is to hold. Every part may be left out. Made by [`Bed::builder`] or [`Bed::with_engines`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[must_use = "a bed starts with `start`"]
pub struct BedBuilder {
    engines: u8,
    tcp: Tcp,
    engine_options: Vec<String>,
    members: u8,
    access: Access,
    registries: Vec<Door>,
}

impl BedBuilder {
    /// So many Docker engines, `engine-1` and up; at most 64.
    pub fn engines(mut self, count: u8) -> Self {
        self.engines = count;
        self
    }

    /// The engines listen on TCP without TLS. They then take a second longer to start.
    pub fn plain_tcp(mut self) -> Self {
        self.tcp = Tcp::Plain;
        self
    }

    /// One more argument for each dockerd, such as `--live-restore`.
    pub fn engine_option(mut self, option: impl Into<String>) -> Self {
        self.engine_options.push(option.into());
        self
    }

    /// An etcd cluster of so many members, `etcd-1` and up; at most 9.
    pub fn etcd(mut self, members: u8) -> Self {
        self.members = members;
        self
    }

    /// The etcd members talk TLS and want a client certificate.
    pub fn etcd_tls(mut self) -> Self {
        self.access.tls = true;
        self
    }

    /// The etcd members want the user `root` with this password.
    pub fn etcd_password(mut self, password: impl Into<String>) -> Self {
        self.access.password = Some(password.into());
        self
    }

    /// An open registry. Where there is an engine, the bed's images are pushed to it.
    pub fn registry(self) -> Self {
        self.with_registry(Door::Open)
    }

    /// A registry that wants a user and a password; it may stand beside the open one. It gets the images too.
    pub fn registry_password(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.with_registry(Door::Password { user: user.into(), password: password.into() })
    }

    /// A registry behind TLS, by a certificate of the bed's authority. It gets the images too.
    pub fn registry_tls(self) -> Self {
        self.with_registry(Door::Tls)
    }

    fn with_registry(mut self, door: Door) -> Self {
        self.registries.retain(|other| std::mem::discriminant(other) != std::mem::discriminant(&door));
        self.registries.push(door);
        self
    }

    /// What has to be on the machine for this bed, as [`require`](super::require) takes it.
    pub fn needs(&self) -> String {
        let mut needs = Vec::new();
        if self.engines > 0 {
            needs.push("docker");
        }
        if self.members > 0 {
            needs.push("etcd");
        }
        if !self.registries.is_empty() {
            needs.push("registry");
        }
        needs.join(",")
    }

    /// Starts everything, in parallel, and returns when all of it answers.
    ///
    /// First the beds of dead owners are removed. When a part does not come up the error holds the end of its log, and what was started is removed again.
    pub async fn start(self) -> io::Result<Bed> {
        blocking(move || self.start_now()).await
    }

    /// [`start`](Self::start), or `None` where the machine lacks something and `HAVEN_REQUIRE` does not ask for it.
    ///
    /// # Panics
    ///
    /// When `HAVEN_REQUIRE` asks for what is missing, and when a part does not come up though all is there.
    pub async fn start_or_skip(self) -> Option<Bed> {
        super::require(&self.needs())?;
        match self.start().await {
            Ok(bed) => Some(bed),
            Err(error) => panic!("the bed does not start: {error}"),
        }
    }

    pub(crate) fn start_now(self) -> io::Result<Bed> {
        if self.engines > MOST_ENGINES || self.members > MOST_MEMBERS {
            let message = format!("a bed has at most {MOST_ENGINES} engines and {MOST_MEMBERS} etcd members");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let state = Arc::new(State::claim()?);
        let cgroup = format!("haven-bed-{}", state.id());
        state.note("cgroup", &cgroup)?;
        let folder = state.path().to_owned();
        let network = Arc::new(Network::create(Arc::clone(&state))?);
        let authority = Authority::create(folder.join("certs"))?;

        let settings = Settings { tcp: self.tcp, cgroup, options: self.engine_options };
        let engines = (0..self.engines)
            .map(|index| Engine::new(&network, &authority, &folder, &settings, index))
            .collect::<io::Result<Vec<_>>>()?;
        let members = Member::cluster(&network, &authority, &folder, &self.access, self.members)?;
        let registries = (0u8..)
            .zip(self.registries)
            .map(|(index, door)| Registry::new(&network, &authority, &folder, door, index))
            .collect::<io::Result<Vec<_>>>()?;
        let certs = authority.client().clone();
        // From here on an error drops the bed, and with it what was started.
        let bed = Bed::new(Parts { engines, members, registries, certs, access: self.access, network, state });
        bed.start_hosts()?;
        Ok(bed)
    }
}

impl Bed {
    /// Starts all hosts at once; each engine loads the images as soon as it answers.
    fn start_hosts(&self) -> io::Result<()> {
        let parts = self.parts();
        // Made by the first that needs it, for all.
        let images = OnceLock::new();
        let start = |host: &Host| host.start().map_err(context(host.name()));
        std::thread::scope(|scope| {
            let mut work = Vec::new();
            for engine in &parts.engines {
                let images = &images;
                work.push(scope.spawn(move || {
                    start(engine)?;
                    let archive = images.get_or_init(archive).as_ref();
                    engine.load(archive.map_err(|error| io::Error::other(error.to_string()))?)
                }));
            }
            work.extend(parts.members.iter().map(|member| scope.spawn(move || start(member))));
            work.extend(parts.registries.iter().map(|registry| scope.spawn(move || start(registry))));
            let results: Vec<_> = work
                .into_iter()
                .map(|work| work.join().unwrap_or_else(|_| Err(io::Error::other("a start panicked"))))
                .collect();
            results.into_iter().collect::<io::Result<()>>()
        })?;
        Member::settle(&parts.members, &parts.access, &parts.certs)?;
        if let Some(engine) = parts.engines.first() {
            for registry in &parts.registries {
                for image in IMAGES {
                    engine.push(image, &registry.authority(), &registry.auth_header())?;
                }
            }
        }
        Ok(())
    }
}
