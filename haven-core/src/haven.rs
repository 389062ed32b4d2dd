//! Haven and its builder: a thin typed face over a door and an actor.

mod handles;
mod plans;
mod upkeep;

use std::{path::PathBuf, sync::Arc, time::Duration};

use haven_model::{Actor, Error, Result};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use handles::{
    ClustersHandle, ContainersHandle, EventsHandle, ImagesHandle, NetworksHandle, NodesHandle, SourceHandle, TopHandle,
    VolumesHandle,
};
pub use plans::PlansHandle;

use crate::{
    access::{AccessService, Invitations},
    audit::AuditLog,
    claim::{Claims, Work},
    clock::{Clock, SystemClock},
    cluster::ClusterService,
    configuration::ConfigurationService,
    deploy::{DeployService, Parts},
    door::{Call, Converse, Door, Follow},
    engine::{Hook, Stream, Terminal},
    event::Journal,
    node::{Connector, NodeService, NodeSettings},
    services::Services,
    store::{Codec, KeyEnvironment, Keyring, Live, Store, StoreKind, Table},
};

/// A fleet: its machines seen and driven as one.
///
/// Cheap to clone; the last clone that is dropped ends the background work.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> haven_core::Result<()> {
/// use haven_core::{Haven, model::{ContainerSpec, ImageRef, NodeAddress, NodeName, node::NodeSpec}};
///
/// let haven = Haven::open("memory:").await?;
/// let node = NodeName::new("web-1")?;
/// haven.nodes().register(&node, NodeAddress::Sim).await?;
/// haven.nodes().wait_online(&node).await?;
/// let spec = ContainerSpec::new(ImageRef::new("busybox:latest")?);
/// let id = haven.containers().run(&node, "hello", spec).await?;
/// assert_eq!(haven.containers().list().await?.items[0].item.id, id);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Haven {
    door: Door,
    actor: Actor,
}

impl Haven {
    /// Opens a fleet by its address: `memory:`, `redb:PATH`, `etcd://HOST:PORT,…/PREFIX` for one in this process,
    /// `https://HOST:PORT` or `http://…` for a Haven server.
    ///
    /// A local fleet reaches Docker Engines and simulated ones (`sim:`), as far as they are compiled in. The key that
    /// seals secrets in a redb store lies beside it, in `PATH.key`; an etcd store takes it from the environment variable
    /// that [`Keyring`] names, or from [`HavenBuilder::keyring`]. Checkouts of configuration repositories are kept in
    /// `PATH.sources`.
    pub async fn open(url: &str) -> Result<Self> {
        #[cfg(feature = "remote")]
        if is_server(url) {
            return Self::connect(url, crate::door::RemoteOptions::default()).await;
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        // The key first: a new redb file gets one, an old one without it is not opened.
        let keyring = Keyring::for_store(url, KeyEnvironment::of_process()).await?;
        let store = crate::store::open(url, clock.clone()).await?;
        let mut builder = Self::builder().clock(clock).store(store).keyring(keyring);
        if let Ok(StoreKind::Redb(path)) = StoreKind::of(url) {
            builder = builder.checkouts(format!("{path}.sources"));
        }
        builder.build().await
    }

    /// The same, with how a server is reached. A fleet in this process takes the face of it, and is `Invalid` with
    /// credentials or authorities, which are a server's.
    #[cfg(feature = "remote")]
    pub async fn open_with(url: &str, options: crate::door::RemoteOptions) -> Result<Self> {
        if is_server(url) {
            return Self::connect(url, options).await;
        }
        if options.ca.is_some() || !matches!(options.credentials, crate::door::Credentials::None) {
            return Err(Error::invalid("credentials and authorities are for a server at `https://…`"));
        }
        let actor = Actor { face: options.face, ..Actor::system() };
        Ok(Self::open(url).await?.acting_as(actor))
    }

    #[cfg(feature = "remote")]
    async fn connect(url: &str, options: crate::door::RemoteOptions) -> Result<Self> {
        let actor = Actor { face: options.face, ..Actor::system() };
        let remote = crate::door::Remote::connect(url, options).await?;
        Ok(Self { door: Door::Remote(Arc::new(remote)), actor })
    }

    /// Puts a fleet together in this process.
    pub fn builder() -> HavenBuilder {
        HavenBuilder::default()
    }

    /// A fleet behind a door, for `actor`.
    pub fn through(door: Door, actor: Actor) -> Self {
        Self { door, actor }
    }

    /// The same fleet, for another actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { door: self.door.clone(), actor }
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The services of this process; none behind a remote door.
    pub fn services(&self) -> Option<&Arc<Services>> {
        match &self.door {
            Door::Local(services) => Some(services),
            #[cfg(feature = "remote")]
            Door::Remote(_) => None,
        }
    }

    /// Runs any operation; the handles are this with a name. What acts goes on to its end, and is recorded, also when this
    /// future is dropped.
    pub async fn call<O: Call>(&self, operation: O) -> Result<O::Output> {
        self.door.call(&self.actor, operation).await
    }

    /// Opens any stream.
    pub async fn follow<O: Follow>(&self, operation: O) -> Result<Stream<O::Item>> {
        self.door.follow(&self.actor, operation).await
    }

    /// Opens any stream, and says where it begins, where that is known here.
    pub(crate) async fn begin<O: Follow>(&self, operation: O) -> Result<(String, Stream<O::Item>)> {
        self.door.begin(&self.actor, operation).await
    }

    /// Opens any conversation.
    pub async fn converse<O: Converse>(&self, operation: O) -> Result<Terminal> {
        self.door.converse(&self.actor, operation).await
    }

    /// Waits until what acts has ended, ends the background work, and waits until everything taken is written; for at most
    /// ten seconds. Nothing to do behind a remote door.
    pub async fn close(&self) {
        self.close_within(Duration::from_secs(10)).await;
    }

    /// The same for at most `limit`.
    pub async fn close_within(&self, limit: Duration) {
        if let Some(services) = self.services() {
            services.close(limit).await;
        }
    }
}

/// Puts a fleet together: where its state is, how engines are reached.
#[derive(Debug, Default)]
#[must_use]
pub struct HavenBuilder {
    store: Option<Arc<dyn Store>>,
    keyring: Option<Keyring>,
    clock: Option<Arc<dyn Clock>>,
    connectors: Vec<Arc<dyn Connector>>,
    hooks: Vec<Arc<dyn Hook>>,
    settings: NodeSettings,
    checkouts: Option<PathBuf>,
}

impl HavenBuilder {
    /// Where the state is kept. Required.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// The key that seals secrets; by default a new one, good for a memory store only.
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// Time and chance; by default the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// A way to reach engines; by default Docker Engines and simulated ones, as far as they are compiled in.
    pub fn connector(mut self, connector: impl Connector) -> Self {
        self.connectors.push(Arc::new(connector));
        self
    }

    /// Watches, delays, refuses or breaks calls on engines. Hooks wrap in the order given, the last outermost.
    pub fn hook(mut self, hook: Arc<dyn Hook>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// How nodes are watched.
    pub fn settings(mut self, settings: NodeSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The folder in which checkouts of configuration repositories are kept, so that the last good one counts after a
    /// restart, too. Without it they go with this Haven.
    pub fn checkouts(mut self, folder: impl Into<PathBuf>) -> Self {
        self.checkouts = Some(folder.into());
        self
    }

    /// Opens the fleet. `Invalid` without a store; `Unsupported` when the store is of a newer Haven or sealed with
    /// another key, and what reading the store fails with.
    pub async fn build(self) -> Result<Haven> {
        let store = self.store.ok_or_else(|| Error::invalid("a store is required"))?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let keyring = match self.keyring {
            Some(keyring) => keyring,
            None => Keyring::generate()?,
        };
        crate::store::open_format(&*store, &keyring).await?;
        let codec = Codec::new(keyring.clone());
        let connectors = if self.connectors.is_empty() { default_connectors(&clock) } else { self.connectors };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        // First of all, so that nothing goes on in the background when what follows fails.
        let guard = stop.clone().drop_guard();
        let journal = Journal::open(store.clone(), clock.clone(), &tasks, stop.child_token()).await?;
        let claims = Claims::open(store.clone(), clock.clone(), &tasks, &stop)?;
        let shared = crate::node::Shared {
            teller: Arc::new(crate::node::Teller::new(
                journal.clone(),
                claims.strive(Work::EventsOfNodes),
                clock.clone(),
                &self.settings,
            )),
            clock: clock.clone(),
            store: store.clone(),
            journal: journal.clone(),
            connectors: connectors.into(),
            hooks: self.hooks.into(),
            pool: Arc::default(),
            details: Arc::new(crate::node::Details::new(&self.settings)),
            settings: Arc::new(self.settings),
        };
        let nodes = Table::new(store.clone(), crate::node::PREFIX, codec.clone());
        let users = Table::new(store.clone(), "users/", codec.clone());
        nodes.reseal().await?;
        users.reseal().await?;
        let sources = Table::new(store.clone(), crate::configuration::PREFIX, codec.clone());
        sources.reseal().await?;
        let nodes = NodeService::open(shared, nodes, &tasks, &stop).await?;
        let clusters = Table::new(store.clone(), crate::cluster::PREFIX, codec.clone());
        let clusters = Live::open(clusters, &tasks, &stop).await?;
        let clusters = Arc::new(ClusterService::new(clusters, nodes.clone(), journal.clone(), clock.clone()));
        let configuration = ConfigurationService::open(
            Live::open(sources, &tasks, &stop).await?,
            journal.clone(),
            clock.clone(),
            self.checkouts,
            &tasks,
            stop.child_token(),
        );
        let parts = Parts {
            store: store.clone(),
            codec: codec.clone(),
            keyring,
            nodes: nodes.clone(),
            clusters: clusters.clone(),
            configuration: configuration.clone(),
            claims: claims.clone(),
            journal: journal.clone(),
            clock: clock.clone(),
        };
        let deploy = DeployService::open(parts, &tasks, &stop).await?;
        let invitations = Invitations::new(Table::new(store.clone(), "invitations/", codec.clone()), clock.clone());
        let access = AccessService::new(users, Table::new(store.clone(), "sessions/", codec), clock.clone());
        let upkeep = claims.strive(Work::Upkeep);
        tasks.spawn(upkeep::run(store.clone(), journal.clone(), clock.clone(), upkeep, stop.child_token()));
        let audit = AuditLog::new(store.clone(), clock.clone());
        let services = Services {
            access,
            invitations,
            audit,
            claims,
            clusters,
            deploy,
            configuration,
            nodes,
            journal,
            store,
            clock,
            acts: TaskTracker::new(),
            tasks,
            stop,
            _guard: guard,
        };
        Ok(Haven { door: Door::Local(Arc::new(services)), actor: Actor::system() })
    }
}

#[cfg(feature = "remote")]
fn is_server(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn default_connectors(clock: &Arc<dyn Clock>) -> Vec<Arc<dyn Connector>> {
    let _ = clock;
    vec![
        #[cfg(feature = "docker")]
        Arc::new(crate::node::DockerConnector::default()),
        #[cfg(feature = "sim")]
        Arc::new(crate::node::SimConnector::new(clock.clone())),
    ]
}
