//! `haven serve`: a fleet, its store and its server in one process, from start to graceful stop.
//! What it needs is read from the [configuration](crate::config); what goes wrong at the start comes with a hint.

mod fleet;
mod local;
mod log;
mod password;
mod service;
mod simulate;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::{Args, Subcommand};
use haven_core::{
    Error, ErrorKind, Haven,
    clock::{Clock, SystemClock},
    model::Secret,
    node::NodeSettings,
    store::{self, Keyring, StoreKind},
};
use haven_server::{Server, ServerOptions};
pub(crate) use password::VARIABLE as ADMIN_PASSWORD;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::Context,
    config::{Configuration, Fetch, Overrides, Settings, load},
    failure::{Failure, Hint as _, Result},
};

/// How long closing the fleet may take at the end. With what the server gives to calls that run this is less than the ten
/// seconds after which Docker kills.
const CLOSE: Duration = Duration::from_secs(2);

/// Run a Haven server
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Options weigh more than the environment, that more than the git repository, that more than files; \
                  `haven config show` tells where each value comes from.\n\n\
                  The Docker Engine of this machine is registered (DOCKER_HOST and contexts are honoured), unless the \
                  store is etcd, which other masters may share; when none answers and there is no real node, a \
                  simulated fleet of three nodes is started to look at."
)]
pub(crate) struct Serve {
    #[command(subcommand)]
    command: Option<ServeCommand>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum ServeCommand {
    /// Install a systemd service that runs `haven serve`, and start it
    Install(service::Install),
    /// Stop and remove that systemd service; its data stay
    Uninstall,
}

#[derive(Debug, Args)]
struct Options {
    /// Where to listen [default: 127.0.0.1:8761]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The folder for the store and its key [default: /var/lib/haven as root, else ./haven-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the state is kept: `redb:PATH`, `etcd://HOST:PORT,…/PREFIX` or `memory:` [default: `redb:` in the data folder]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Register so many simulated nodes, `sim-1` and so on, with containers to look at
    #[arg(long, value_name = "N")]
    simulate: Option<u16>,
    /// Do not register the Docker Engine of this machine
    #[arg(long)]
    no_manage_local: bool,
    /// Register the Docker Engine of this machine when it answers (the default, unless the store is etcd)
    #[arg(long, conflicts_with = "no_manage_local")]
    manage_local: bool,
    /// Read this configuration file in place of the usual ones
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder with programs for nodes, which the agent's script fetches [default: `agent-files` in the data folder]
    #[arg(long, value_name = "DIR")]
    agent_files: Option<PathBuf>,
    /// What is logged: error, warn, info, debug, trace, or directives like `info,haven_core=debug`
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// How it is logged: text or json
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// The server's certificate, a PEM file: HTTPS in place of HTTP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Options {
    fn overrides(&self) -> Overrides {
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let mut overrides = Overrides { file: self.config.clone(), ..Overrides::default() };
        overrides.add("listen", "--listen", self.listen.map(|listen| listen.to_string()));
        overrides.add("data", "--data", text(&self.data));
        overrides.add("store", "--store", self.store.clone());
        overrides.add("simulate", "--simulate", self.simulate.map(i64::from));
        let manage_local = if self.no_manage_local { Some(false) } else { self.manage_local.then_some(true) };
        overrides.add(
            "manage_local",
            if self.no_manage_local { "--no-manage-local" } else { "--manage-local" },
            manage_local,
        );
        overrides.add("agent.files", "--agent-files", text(&self.agent_files));
        overrides.add("log", "--log", self.log.clone());
        overrides.add("log_format", "--log-format", self.log_format.clone());
        overrides.add("tls.cert", "--tls-cert", text(&self.tls_cert));
        overrides.add("tls.key", "--tls-key", text(&self.tls_key));
        overrides
    }
}

impl Serve {
    pub(crate) async fn run(self, context: &Context) -> Result {
        match self.command {
            Some(ServeCommand::Install(install)) => return install.run(context),
            Some(ServeCommand::Uninstall) => return service::uninstall(context),
            None => {}
        }
        let overrides = self.options.overrides();
        let configuration = tokio::task::spawn_blocking(move || load(&overrides, Fetch::Yes))
            .await
            .map_err(|error| Error::unexpected("reading the configuration broke off").caused_by(error))??;
        log::start(&configuration.settings)?;
        serve(configuration).await
    }
}

async fn serve(configuration: Configuration) -> Result {
    for warning in &configuration.warnings {
        tracing::warn!("{warning}");
    }
    let settings = configuration.settings;
    raise_file_limit();
    let figures = haven_server::recorder()
        .install_recorder()
        .map_err(|error| Error::unexpected("figures cannot be kept").caused_by(error))?;
    let tls = tls(&settings)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    // What is wrong there is told before anything is opened.
    let source = settings.source.spec()?;
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr()?;
    let haven = open(&settings).await?;
    let options = ServerOptions {
        agent_secret: settings.agent.secret.clone(),
        agent_files: Some(settings.agent_files()),
        // As it was started, also when another was put in its place since.
        agent_program: Some("/proc/self/exe".into()),
        agent_server: settings.agent.server.clone(),
        metrics: Some(figures.clone()),
        tls,
        ..ServerOptions::default()
    };
    let server = Server::new(haven.clone(), options)?;
    let stop = CancellationToken::new();
    on_signals(stop.clone())?;
    tokio::spawn(keep_figures(figures, stop.clone()));

    let show = crate::show::Show { json: false };
    let mut told = format!("haven {} listens on {scheme}://{address}", crate::commands::VERSION);
    // Nothing that can fail stands between the writing of the first password and the telling.
    if let Some(password) = password::first(&haven).await? {
        told += "\nfirst password of admin: ";
        told += password.expose();
    }
    show.text(&told)?;
    if let (Some(source), Some(services)) = (source, haven.services()) {
        services
            .configuration
            .ensure(source)
            .await
            .hint("`source` of the configuration says where containers are configured from")?;
    }
    for line in fleet::gather(&haven, &settings).await? {
        show.text(&line)?;
    }
    if tls_is_wanted(&settings, address) {
        tracing::warn!(
            "passwords and tokens travel in the clear: give `--tls-cert` and `--tls-key`, or put a proxy with TLS in front"
        );
    }
    if settings.agent.secret.is_none() && !address.ip().is_loopback() {
        tracing::warn!(
            "anybody who reaches this address can report as an agent: set a secret in HAVEN_AGENT_SECRET, and give it to the agents"
        );
    }
    let served = server.serve(listener, stop).await;
    haven.close_within(CLOSE).await;
    tracing::info!("stopped");
    Ok(served?)
}

/// Every connection is a file: as many may be open as the system lets this process have.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// Old histograms are drained now and then, as the exporter asks.
async fn keep_figures(figures: metrics_exporter_prometheus::PrometheusHandle, stop: CancellationToken) {
    while tokio::time::timeout(Duration::from_secs(5), stop.cancelled()).await.is_err() {
        figures.run_upkeep();
    }
}

fn tls_is_wanted(settings: &Settings, address: SocketAddr) -> bool {
    settings.tls.cert.is_none() && !address.ip().is_loopback()
}

/// Opens the store and the fleet on it.
async fn open(settings: &Settings) -> Result<Haven> {
    let url = settings.store_url();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let shown = haven_core::source::without_credentials(&url);
    match StoreKind::of(&url).map_err(|error| store_failure(error, &shown))? {
        StoreKind::Redb(path) => {
            let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
            make_folder(folder.unwrap_or(Path::new(".")))?;
        }
        StoreKind::Etcd => make_folder(&settings.data)?,
        StoreKind::Memory => {}
    }
    // The key first: a new redb file gets one, an old one without it is not opened.
    let keyring = keyring(&url, settings).await?;
    let store = store::open(&url, clock.clone()).await.map_err(|error| store_failure(error, &shown))?;
    tracing::info!(store = shown, "opened the store");
    Ok(Haven::builder()
        .clock(clock)
        .store(store)
        .keyring(keyring)
        .settings(NodeSettings::from(&settings.nodes))
        .checkouts(settings.data.join("sources"))
        .hook(Arc::new(haven_server::EngineCalls))
        .build()
        .await?)
}

/// The key of the store: from the environment, beside a redb file, else in the data folder.
async fn keyring(url: &str, settings: &Settings) -> Result<Keyring> {
    let given = store::KeyEnvironment::of_process();
    if settings.shares_store() && given.key.is_none() && given.command.is_none() {
        let path = settings.shared_key();
        let keyring = Keyring::from_file(&path)?;
        tracing::info!(file = %path.display(), "secrets are sealed with the key in this file; every master of this store needs it");
        return Ok(keyring);
    }
    Ok(Keyring::for_store(url, given).await?)
}

fn store_failure(error: Error, url: &str) -> Failure {
    let hint = match error.kind() {
        ErrorKind::Busy => "another `haven serve` has this store open: stop it, or give another `--data`".to_owned(),
        ErrorKind::Invalid => {
            "a store is `redb:PATH`, `etcd://HOST:PORT,…/PREFIX` (with TLS: `?ca=FILE`) or `memory:`".to_owned()
        }
        _ => format!("the store is `{url}`; `--store` names another"),
    };
    Failure::Error(error, Some(hint))
}

fn make_folder(folder: &Path) -> Result {
    let made = if folder.is_dir() { Ok(()) } else { crate::folder::make(folder) };
    // Only writing tells whether it can be written: rights, quotas and read-only file systems included.
    let probe = folder.join(format!(".haven-{}", std::process::id()));
    made.and_then(|()| fs::write(&probe, b""))
        .and_then(|()| fs::remove_file(&probe))
        .map_err(|error| {
            let kind =
                if error.kind() == std::io::ErrorKind::StorageFull { ErrorKind::Busy } else { ErrorKind::Denied };
            Error::new(kind, format!("the data folder `{}` cannot be written", crate::config::shown_path(folder)))
                .caused_by(error)
        })
        .hint("give a folder that can be written with `--data DIR`")
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let (kind, message, hint) = match error.kind() {
            std::io::ErrorKind::AddrInUse => (
                ErrorKind::Conflict,
                format!("the address `{address}` is taken by another program"),
                "choose another with `--listen ADDR:PORT`; is a Haven server running already?",
            ),
            std::io::ErrorKind::PermissionDenied => (
                ErrorKind::Denied,
                format!("listening on `{address}` is not allowed"),
                "ports below 1024 need root: choose another with `--listen ADDR:PORT`",
            ),
            std::io::ErrorKind::AddrNotAvailable => (
                ErrorKind::Invalid,
                format!("`{}` is no address of this machine", address.ip()),
                "`0.0.0.0` listens on all addresses, `127.0.0.1` for this machine only",
            ),
            _ => (
                ErrorKind::Unavailable,
                format!("cannot listen on `{address}`"),
                "choose another address with `--listen ADDR:PORT`",
            ),
        };
        Failure::Error(Error::new(kind, message).caused_by(error), Some(hint.into()))
    })
}

fn tls(settings: &Settings) -> Result<Option<haven_server::Tls>> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| {
            Error::invalid("the TLS file cannot be read").caused_by(error).with("file", path.display())
        })
    };
    match (&settings.tls.cert, &settings.tls.key) {
        (None, None) => Ok(None),
        (Some(cert), Some(key)) => Ok(Some(haven_server::Tls { cert: read(cert)?, key: Secret::new(read(key)?) })),
        _ => Err(Failure::usage("a certificate goes with its key", "set both `tls.cert` and `tls.key`, or neither")),
    }
}

/// Stops gracefully at the first signal to end, at once at the second.
fn on_signals(stop: CancellationToken) -> Result {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || tokio::select! { _ = terminate.recv() => 143, _ = interrupt.recv() => 130 };
        next().await;
        tracing::info!("stopping; a second signal ends at once");
        stop.cancel();
        let code = next().await;
        std::process::exit(code);
    });
    Ok(())
}
