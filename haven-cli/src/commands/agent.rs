//! `haven agent`: reports from a node to a master.

use std::{io::IsTerminal as _, path::PathBuf, time::Duration};

use clap::{ArgAction, Args};
use haven_agent::{Agent as Reporter, AgentConfig};
use haven_core::{
    Error,
    engine::docker::{Environment, local_engine},
    model::{NodeAddress, NodeName, Secret},
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::{
    commands::Context,
    failure::{Failure, Hint as _, Result},
    show::parse_duration,
};

/// Run on a node: report to a Haven server what the machine uses
#[derive(Debug, Args)]
#[command(
    after_help = "The secret is better given in HAVEN_AGENT_SECRET: arguments can be seen by all users of the machine."
)]
pub(crate) struct Agent {
    /// The Haven server: `http://HOST:PORT` or `HOST:PORT`
    #[arg(short, long, env = "HAVEN_AGENT_MASTER", value_name = "URL")]
    master: Option<String>,
    /// The engine of this machine [default: as `docker` finds it]
    #[arg(short, long, value_name = "ADDRESS")]
    docker: Option<NodeAddress>,
    /// Where the server shall reach that engine [default: `--docker`, unless that is a socket and the server elsewhere]
    #[arg(long, env = "HAVEN_AGENT_ADDRESS", value_name = "ADDRESS")]
    address: Option<NodeAddress>,
    /// The shared secret
    #[arg(short, long, env = "HAVEN_AGENT_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// How often to report, as a span or in seconds
    #[arg(short, long, default_value = "60s", value_name = "SPAN", value_parser = parse_interval)]
    timeout: Duration,
    /// The name of the node [default: as the engine says]
    #[arg(long, env = "HAVEN_AGENT_NAME")]
    name: Option<NodeName>,
    /// Where the machine's root folder is seen, for an agent in a container
    #[arg(long, env = "HAVEN_AGENT_ROOT", default_value = "/", value_name = "DIR")]
    root: PathBuf,
    /// Report once and end
    #[arg(long)]
    once: bool,
    /// Say more; twice for everything
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
}

fn parse_interval(text: &str) -> Result<Duration, Error> {
    // The original's script took seconds.
    text.parse::<u32>().map(|seconds| Duration::from_secs(seconds.into())).or_else(|_| parse_duration(text))
}

impl Agent {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let level = ["info", "debug", "trace"][usize::from(self.verbose.min(2))];
        let logs = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(level))
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false);
        logs.try_init().map_err(|error| Error::unexpected(format!("logging cannot be started: {error}")))?;
        let master = self.master.ok_or_else(|| {
            Failure::usage("an agent needs a server to report to", "give `--master URL` or HAVEN_AGENT_MASTER")
        })?;
        let mut environment = Environment::of_process();
        if let Some(docker) = self.docker {
            // Certificates are those that Docker's own client would show to this engine.
            environment.variables.insert("DOCKER_HOST".to_owned(), docker.to_string());
        }
        let (docker, tls) = local_engine(&environment).hint("name the engine with `--docker`")?;
        let mut agent = Reporter::new(AgentConfig {
            master: if master.contains("://") { master } else { format!("http://{master}") },
            ca: context.server.ca()?,
            secret: self.secret.filter(|secret| !secret.is_empty()).map(Secret::new),
            name: self.name,
            docker,
            tls,
            advertise: self.address.map(|address| address.to_string()),
            interval: self.timeout,
            root: self.root,
        })?;
        if self.once {
            return Ok(agent.report().await?);
        }
        let stop = CancellationToken::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stopping = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
            stopping.cancel();
        });
        agent.run(stop).await;
        Ok(())
    }
}
