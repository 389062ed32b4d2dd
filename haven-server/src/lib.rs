//! Haven over HTTP: the API and its document, streams and conversations, the agents' door, the dashboard.
//!
//! [`Server`] puts a [`Haven`] on a listener. Its routes are a walk over the table of operations
//! ([`haven_core::door::table`]): nothing here decides what may be done or how. Errors are RFC 9457 problems; answers
//! carry their revision as ETag; streams are server-sent events; conversations are WebSockets.

mod bootstrap;
mod call;
mod converse;
mod created;
mod dashboard;
mod discovery;
mod document;
mod double;
mod edge;
mod figures;
mod follow;
mod gate;
mod health;
mod identity;
mod moment;
mod once;
mod pages;
mod problem;
mod route;
mod serve;

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, middleware, routing};
use haven_core::{Error, Haven, Result, Services, model::Secret};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;
use tower_http::compression::CompressionLayer;

pub use document::openapi;
pub use figures::{EngineCalls, recorder};
pub use problem::status;
pub use serve::Tls;

/// Where the API begins.
const API: &str = "/api/";
/// Where its first version begins.
const API_V1: &str = "/api/v1";

/// How a [`Server`] behaves.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// What agents must show in `X-Auth-Node`; none: any may report.
    pub agent_secret: Option<Secret>,
    /// The folder with programs for nodes: what the agent's script fetches. None: it finds only `agent_program`.
    pub agent_files: Option<PathBuf>,
    /// A `haven` program to give to nodes besides those: mostly the one that runs.
    pub agent_program: Option<PathBuf>,
    /// This server's address for agents, `https://HOST:PORT`; none: what each client calls it.
    pub agent_server: Option<String>,
    /// Where the figures of this process are kept, for `/metrics`; none: it shows only those of the fleet.
    pub metrics: Option<PrometheusHandle>,
    /// The largest request body, in bytes; an agent's report may have 8 MiB. Default 1 MiB.
    pub max_body: usize,
    /// The certificate to serve TLS with; none: plain HTTP.
    pub tls: Option<Tls>,
    /// The most connections at a time, and at most three quarters of the files that the process may open; further ones
    /// are closed at once. Default 10,000.
    pub max_connections: usize,
    /// How long a client may take for a TLS handshake, for the head of a request, and for its body; and how long a
    /// connection may be idle between requests. Default 30 s.
    pub patience: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            agent_secret: None,
            agent_files: None,
            agent_program: None,
            agent_server: None,
            metrics: None,
            max_body: 1024 * 1024,
            tls: None,
            max_connections: 10_000,
            patience: Duration::from_secs(30),
        }
    }
}

/// A Haven over HTTP.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
}

/// What all requests of a server share.
#[derive(Debug)]
struct Shared {
    haven: Haven,
    services: Arc<Services>,
    options: ServerOptions,
    figures: figures::Figures,
    once: Arc<once::Answered>,
    document: pages::Document,
    /// What is given out to nodes.
    files: bootstrap::Files,
    /// Room for reports that are being read, in bytes.
    reports: Semaphore,
    /// Work that goes on without its client, and streams.
    tasks: TaskTracker,
    /// Ends streams and conversations.
    stop: CancellationToken,
}

impl Server {
    /// A server over a fleet of this process. `Invalid` for a [`Haven`] that is itself behind a remote door, for an
    /// empty secret of agents, and for an address for agents that is none.
    pub fn new(haven: Haven, options: ServerOptions) -> Result<Self> {
        let services =
            haven.services().ok_or_else(|| Error::invalid("a server needs a fleet of its own process"))?.clone();
        if options.agent_secret.as_ref().is_some_and(|secret| secret.expose().is_empty()) {
            return Err(Error::invalid("the secret of agents is empty: leave it out, or give one"));
        }
        options.agent_server.as_deref().map(bootstrap::check_server).transpose()?;
        let files = bootstrap::Files::new(options.agent_files.clone(), options.agent_program.clone());
        figures::describe();
        let shared = Shared {
            haven,
            services,
            options,
            figures: figures::Figures::default(),
            once: Arc::default(),
            document: pages::Document::default(),
            files,
            reports: Semaphore::new(discovery::REPORTS),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// All routes, for a program that has a server of its own. They know the client's address where the program serves
    /// them with `into_make_service_with_connect_info::<SocketAddr>`.
    pub fn router(&self) -> Router {
        let report = routing::post(discovery::report);
        let routes = Router::new()
            .merge(route::routes())
            .route("/discovery/nodes/{name}", report.clone())
            .route("/discovery/nodes/{name}/", report)
            .route("/discovery/agent", routing::get(bootstrap::lines))
            .route("/discovery/agent/", routing::get(bootstrap::lines))
            .route("/discovery/agent/{file}", routing::get(bootstrap::script))
            .route("/discovery/agent/files/{file}", routing::get(bootstrap::file))
            .route("/healthz", routing::get(health::healthz))
            .route("/metrics", routing::get(figures::metrics))
            .route("/openapi.json", routing::get(pages::document))
            .route("/reference", routing::get(pages::to_reference))
            .route("/reference/", routing::get(pages::reference))
            .route("/reference/{*file}", routing::get(pages::reference))
            .route("/", routing::get(dashboard::page))
            .route("/assets/{*file}", routing::get(dashboard::asset))
            .fallback(dashboard::elsewhere)
            .method_not_allowed_fallback(edge::no_method)
            .layer(middleware::from_fn_with_state(self.shared.clone(), edge::edge))
            .layer(CompressionLayer::new().compress_when(edge::Worthwhile))
            .with_state(self.shared.clone());
        // A path is mended before it finds its route.
        Router::new().fallback_service(routes.map_request(edge::without_double_slashes))
    }

    /// Ends streams and conversations, and takes no new ones. [`serve`](Self::serve) does this by itself.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }

    /// Serves on a listener until `shutdown`: then takes no new connections, ends streams and conversations, and gives
    /// calls that run six seconds in all.
    pub async fn serve(self, listener: tokio::net::TcpListener, shutdown: CancellationToken) -> Result<()> {
        serve::run(&self, listener, shutdown).await
    }
}
