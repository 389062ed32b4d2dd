//! The agent: collects and reports, again and again.

use std::{path::PathBuf, sync::Arc, time::Duration};

use haven_core::{
    Error, Result,
    clock::{Clock, SystemClock},
    model::{NodeAddress, NodeName, Secret, node::TlsSpec},
};
use tokio_util::sync::CancellationToken;

use crate::{collect::Figures, engine::LocalEngine, master::Master, message::Message};

/// The longest interval.
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);
/// The longest pause after failures, in intervals.
const LONGEST_PAUSE: u32 = 2;
/// An interval holds so many of the first pause after a failure.
const FIRST_PAUSES: u32 = 8;
/// The largest report that is sent with containers, in bytes; masters take no more than twice that.
const MAX_REPORT: usize = 4 * 1024 * 1024;

/// What an agent needs to know.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// The master: `http://HOST:8761`, `https://…`, or `HOST:PORT`.
    pub master: String,
    /// Authorities to trust there besides the well-known ones, as PEM text.
    pub ca: Option<String>,
    /// The secret that the master wants of its agents.
    pub secret: Option<Secret>,
    /// The node's name; none: the engine's.
    pub name: Option<NodeName>,
    /// Where the engine answers, for this agent.
    pub docker: NodeAddress,
    /// What to trust and to show there.
    pub tls: Option<TlsSpec>,
    /// Where the engine answers, for the master; none: as for this agent, but a socket is only named to a master on this
    /// machine, for others it leads nowhere.
    pub address: Option<NodeAddress>,
    /// Between two reports: at most a day, and not zero. The command line's default is a minute.
    pub interval: Duration,
    /// Where the host's `/` is.
    pub root: PathBuf,
}

/// Collects and reports until it is stopped.
#[derive(Debug)]
pub struct Agent {
    name: Option<NodeName>,
    /// Where the engine answers, as the master shall know it.
    address: Option<String>,
    interval: Duration,
    figures: Figures,
    engine: LocalEngine,
    master: Master,
    clock: Arc<dyn Clock>,
}

impl Agent {
    /// Checks the configuration. `Invalid` names what cannot be.
    pub fn new(config: AgentConfig) -> Result<Self> {
        Self::with_clock(config, Arc::new(SystemClock::default()))
    }

    /// The same with another clock.
    pub fn with_clock(config: AgentConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        let interval = config.interval;
        if interval.is_zero() || interval > LONGEST_INTERVAL {
            return Err(Error::invalid("the interval is at most a day, and not zero"));
        }
        let patience = interval.clamp(Duration::from_secs(5), Duration::from_secs(60));
        let master = Master::new(&config.master, config.ca.as_deref(), config.secret, patience)?;
        if config.docker == NodeAddress::Sim || config.address == Some(NodeAddress::Sim) {
            return Err(Error::invalid("an agent has no simulated engine"));
        }
        let address = match &config.address {
            Some(address) => Some(told(address)),
            None => told_to(&config.docker, &master),
        };
        // An engine or a disk that hangs must not make the machine look silent.
        let patience = (interval / 2).clamp(Duration::from_secs(1), Duration::from_secs(10));
        let engine = LocalEngine::new(config.docker, config.tls, patience, clock.clone());
        let figures = Figures::new(config.root, patience);
        Ok(Self { name: config.name, address, interval, figures, engine, master, clock })
    }

    /// Reports every interval until `stop`. What goes wrong is logged, and tried again after a growing pause; what is
    /// reported then is what is so then.
    pub async fn run(mut self, stop: CancellationToken) {
        tracing::info!(master = self.master.url(), interval = ?self.interval, "reporting");
        let mut failures = 0;
        loop {
            let reported = tokio::select! {
                reported = self.report() => reported,
                () = stop.cancelled() => return,
            };
            let wait = match reported {
                Ok(()) => {
                    if failures > 0 {
                        tracing::info!(failures, "the master takes reports again");
                    }
                    failures = 0;
                    None
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(error = %error.report(), master = self.master.url(), "the report was not taken");
                    error.retry_after()
                }
            };
            let pause = pause(self.interval, failures, wait);
            let jitter = pause.mul_f64((self.clock.random() % 1000) as f64 / 10_000.0);
            tokio::select! {
                () = self.clock.sleep(pause + jitter) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Where it reports to.
    pub(crate) fn master(&self) -> &str {
        self.master.url()
    }

    /// Collects and sends one report. `Unauthenticated` when the master wants another secret; `Unavailable` when the
    /// engine, whose name the node has, never answered.
    pub async fn report(&mut self) -> Result<()> {
        let looked = self.engine.look().await;
        let known = self.engine.known();
        let name = match (&self.name, known) {
            (Some(name), _) => name.clone(),
            (None, Some(known)) => NodeName::new(known.name.as_str()).map_err(|error| {
                Error::invalid("what the engine is called is no name for a node: give one with `--name`")
                    .caused_by(error)
            })?,
            (None, None) => return looked.map(drop),
        };
        // What the machine uses is worth knowing also when its engine is away.
        let containers =
            looked.inspect_err(|error| tracing::warn!(error = %error.report(), "the engine does not answer")).ok();
        let system = self.figures.take().await;
        let mut message = Message {
            time: self.clock.now(),
            id: &name,
            name: &name,
            address: self.address.as_deref(),
            labels: known.map(|known| &known.labels),
            containers: containers.as_deref(),
            system: &system,
        };
        let mut report = to_json(&message)?;
        if report.len() > MAX_REPORT {
            tracing::warn!(bytes = report.len(), "the containers are left out: the report would be too large");
            message.containers = None;
            report = to_json(&message)?;
        }
        tracing::debug!(node = %name, bytes = report.len(), "report");
        let ttl = self.interval * 2;
        self.master.send(&name, ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0), report).await
    }
}

fn to_json(message: &Message<'_>) -> Result<Vec<u8>> {
    serde_json::to_vec(message).map_err(|error| Error::unexpected("the report cannot be written").caused_by(error))
}

/// How long to wait: an interval, or after failures a part of it that doubles, and at least what the master asks for, but
/// never more than two intervals: it would look silent.
fn pause(interval: Duration, failures: u32, wait: Option<Duration>) -> Duration {
    let Some(failures) = failures.checked_sub(1) else { return interval };
    let grown = (interval / FIRST_PAUSES).saturating_mul(2_u32.saturating_pow(failures));
    grown.max(wait.unwrap_or_default()).min(interval * LONGEST_PAUSE)
}

/// An address as the original's agents told it: without a scheme where it has no TLS.
fn told(address: &NodeAddress) -> String {
    let text = address.to_string();
    text.strip_prefix("tcp://").map(str::to_owned).unwrap_or(text)
}

/// The address to tell a master where nobody says one.
fn told_to(docker: &NodeAddress, master: &Master) -> Option<String> {
    match docker {
        NodeAddress::Unix(_) if !master.is_here() => None,
        docker => Some(told(docker)),
    }
}

#[cfg(test)]
mod tests {
    use haven_core::ErrorKind;

    use super::*;

    fn config() -> AgentConfig {
        AgentConfig {
            master: "http://127.0.0.1:1".to_owned(),
            ca: None,
            secret: Some(Secret::new("s3cret")),
            name: None,
            docker: NodeAddress::Unix("/nonexistent.sock".into()),
            tls: None,
            address: None,
            interval: Duration::from_secs(60),
            root: "/".into(),
        }
    }

    #[test]
    fn a_configuration_that_cannot_be_is_refused() {
        for (master, interval) in [("a b", 1), ("ftp://a", 1), ("http://a:8761", 0), ("http://a:8761", 100_000)] {
            let config = AgentConfig { master: master.to_owned(), interval: Duration::from_secs(interval), ..config() };
            assert_eq!(Agent::new(config).unwrap_err().kind(), ErrorKind::Invalid, "{master}");
        }
        assert!(!format!("{:?}", Agent::new(config()).unwrap()).contains("s3cret"));
        for master in ["http://me:pa55@a:8761", "http://me:pa55@a:port"] {
            let error = Agent::new(AgentConfig { master: master.to_owned(), ..config() }).unwrap_err();
            assert!(error.kind() == ErrorKind::Invalid && !error.report().contains("pa55"), "{error}");
        }
        for config in [
            AgentConfig { ca: Some("nothing".to_owned()), ..config() },
            AgentConfig { docker: NodeAddress::Sim, ..config() },
            AgentConfig { address: Some(NodeAddress::Sim), ..config() },
        ] {
            assert_eq!(Agent::new(config).unwrap_err().kind(), ErrorKind::Invalid);
        }
    }

    #[test]
    fn a_socket_is_named_to_a_master_of_the_same_machine_only() {
        let told = |master: &str, docker: &str, address: Option<&str>| {
            let (master, docker) = (master.to_owned(), docker.parse().unwrap());
            let address = address.map(|address| address.parse().unwrap());
            Agent::new(AgentConfig { master, docker, address, ..config() }).unwrap().address
        };
        let socket = "unix:///run/docker.sock";
        for near in ["http://127.0.0.1:8761", "http://localhost:8761/", "https://[::1]:8761", "http://127.1.2.3"] {
            assert_eq!(told(near, socket, None).as_deref(), Some(socket), "{near}");
        }
        for far in ["http://10.0.0.1:8761", "http://haven.example", "https://[fd00::1]:8761"] {
            assert_eq!(told(far, socket, None), None, "{far}");
            assert_eq!(told(far, socket, Some("10.0.0.2:2375")).as_deref(), Some("10.0.0.2:2375"));
            assert_eq!(told(far, "tcp://10.0.0.2:2375", None).as_deref(), Some("10.0.0.2:2375"));
            assert_eq!(told(far, "https://10.0.0.2:2376", None).as_deref(), Some("https://10.0.0.2:2376"));
            assert_eq!(told(far, "tcp://[fd00::2]:2375", None).as_deref(), Some("[fd00::2]:2375"));
        }
    }

    #[tokio::test]
    async fn an_engine_that_is_away_is_said_and_not_fatal() {
        let mut agent = Agent::new(config()).unwrap();
        assert_eq!(agent.report().await.unwrap_err().kind(), ErrorKind::Unavailable);
        let stop = CancellationToken::new();
        let running = tokio::spawn(agent.run(stop.clone()));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!running.is_finished(), "an agent never ends on its own");
        stop.cancel();
        running.await.unwrap();
    }
}
