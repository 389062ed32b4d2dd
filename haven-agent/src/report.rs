//! Reporting to the master, again and again.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use haven_core::{
    Error, ErrorKind, Result,
    clock::{Clock, SystemClock},
    engine::System as _,
    engine::docker::{DockerEngine, DockerOptions},
    model::{NodeAddress, NodeName, Report, Secret, node::TlsSpec},
    trust,
};
use jiff::{Timestamp, tz::TimeZone};
use tokio_util::sync::CancellationToken;

use crate::Collector;

/// The longest pause between two attempts when the master does not answer, in intervals.
const LONGEST_PAUSE: u32 = 5;
/// How often the engine is asked for its name and labels.
const ENGINE_EVERY: Duration = Duration::from_secs(600);

/// The most that is read of an answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// What an agent needs to know.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// The master: `http://HOST:8761`, `https://…`.
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
    pub advertise: Option<String>,
    /// Between two reports.
    pub interval: Duration,
    /// Where the host's `/` is.
    pub root: PathBuf,
}

/// Collects and reports until it is stopped.
#[derive(Debug)]
pub struct Agent {
    config: AgentConfig,
    collector: Collector,
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    /// Where the engine answers, as the master shall know it.
    address: Option<String>,
    engine: Option<Known>,
}

/// What the engine said of itself.
#[derive(Clone, Debug)]
struct Known {
    /// When, on the clock.
    since: Duration,
    name: String,
    labels: BTreeMap<String, String>,
}

impl Agent {
    /// Checks the configuration. `Invalid` names what cannot be.
    pub fn new(config: AgentConfig) -> Result<Self> {
        // The address may hold a password, so that no message shows it.
        let master = reqwest::Url::parse(&config.master)
            .map_err(|error| Error::invalid(format!("the master's address cannot be read: {error}")))?;
        if !matches!(master.scheme(), "http" | "https") {
            return Err(Error::invalid(format!(
                "the master's address begins with http:// or https://, not `{}`",
                master.scheme()
            )));
        }
        if !master.username().is_empty() || master.password().is_some() {
            return Err(Error::invalid("the master's address holds a user or a password: an agent shows its secret"));
        }
        if config.interval.is_zero() {
            return Err(Error::invalid("the interval cannot be zero"));
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trust::client(config.ca.as_deref())?)
            .timeout(config.interval.max(Duration::from_secs(5)).min(Duration::from_secs(60)))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::unexpected("the HTTP client cannot be made").caused_by(error))?;
        let collector = Collector::new(&config.root);
        let address = address(&config, &master);
        Ok(Self { config, collector, client, clock: Arc::new(SystemClock::default()), address, engine: None })
    }

    /// Reports every interval until `stop`. What goes wrong is logged, and tried again after a growing pause.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut failures = 0;
        loop {
            let reported = tokio::select! {
                reported = self.report() => reported,
                () = stop.cancelled() => return,
            };
            match reported {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(error = %error.report(), master = self.config.master, "the report was not taken");
                }
            }
            let pause = self.config.interval * (failures.clamp(1, LONGEST_PAUSE));
            let jitter = pause.mul_f64((self.clock.random() % 1000) as f64 / 10_000.0);
            tokio::select! {
                () = self.clock.sleep(pause + jitter) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Collects and sends one report. `Unauthenticated` when the master wants another secret.
    pub async fn report(&mut self) -> Result<()> {
        let (name, labels) = match (&self.config.name.clone(), self.engine().await) {
            (Some(name), Ok(known)) => (name.clone(), known.labels),
            (None, Ok(known)) => (NodeName::new(known.name)?, known.labels),
            // What the machine uses is worth knowing then too; a report without labels changes none.
            (Some(name), Err(error)) => {
                tracing::warn!(error = %error.report(), "the engine does not answer: its labels are not reported");
                (name.clone(), BTreeMap::new())
            }
            (None, Err(error)) => return Err(error),
        };
        let report = Report {
            time: Some(Timestamp::now()),
            name: Some(name.to_string()),
            address: self.address.clone(),
            labels,
            system: self.collector.read(),
        };
        let ttl = self.config.interval.as_secs().max(1) * 2;
        let url = format!("{}/discovery/nodes/{name}?ttl={ttl}", self.config.master.trim_end_matches('/'));
        let mut request = self.client.post(url).json(&with_zone(&report));
        if let Some(secret) = &self.config.secret {
            request = request.header("X-Auth-Node", secret.expose());
        }
        let answer = request.send().await.map_err(|error| {
            let kind = if error.is_connect() { ErrorKind::Unavailable } else { ErrorKind::Timeout };
            Error::new(kind, "the master does not answer").caused_by(error.without_url())
        })?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            401 => Err(Error::new(ErrorKind::Unauthenticated, "the master wants another secret of its agents")),
            400 => Err(said(Error::invalid("the master refuses the report"), answer).await),
            status => Err(said(Error::unavailable(format!("the master answered with status {status}")), answer).await),
        }
    }

    /// The engine's name and labels, asked for now and then. An engine that is away is still the one it was.
    async fn engine(&mut self) -> Result<Known> {
        let now = self.clock.elapsed();
        if let Some(known) = self.engine.as_ref().filter(|known| now.saturating_sub(known.since) < ENGINE_EVERY) {
            return Ok(known.clone());
        }
        let asked = async {
            let engine =
                DockerEngine::at(&self.config.docker, self.config.tls.as_ref(), DockerOptions::default()).await?;
            engine.info().await
        };
        match (asked.await, &self.engine) {
            (Ok(info), _) => {
                let known = Known { since: now, name: info.name, labels: info.labels };
                self.engine = Some(known.clone());
                Ok(known)
            }
            (Err(error), Some(known)) => {
                tracing::warn!(error = %error.report(), "the engine does not answer: its name and labels are those of before");
                Ok(known.clone())
            }
            (Err(error), None) => Err(error),
        }
    }
}

/// The error with what the master says of it, where it says it in Haven's way.
async fn said(error: Error, mut answer: reqwest::Response) -> Error {
    let mut body = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ANSWER {
            return error;
        }
    }
    let problem: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    match problem.as_ref().and_then(|problem| problem["detail"].as_str()) {
        Some(detail) => error.caused_by(detail.to_owned()),
        None => error,
    }
}

/// The address to tell the master.
fn address(config: &AgentConfig, master: &reqwest::Url) -> Option<String> {
    if config.advertise.is_some() {
        return config.advertise.clone();
    }
    match &config.docker {
        NodeAddress::Tcp { host, port } if host.contains(':') => Some(format!("[{host}]:{port}")),
        NodeAddress::Tcp { host, port } => Some(format!("{host}:{port}")),
        NodeAddress::Unix(_) if !is_loopback(master) => None,
        other => Some(other.to_string()),
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let ip = host.parse::<IpAddr>().map(|ip| ip.to_canonical());
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

/// The report with its time in the form that every master of the original reads: with an offset in numbers.
fn with_zone(report: &Report) -> serde_json::Value {
    let mut json = serde_json::to_value(report).unwrap_or_default();
    if let Some(time) = report.time {
        json["time"] = time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().into();
    }
    json
}

#[cfg(test)]
mod tests {
    use haven_core::clock::ManualClock;

    use super::*;

    fn config() -> AgentConfig {
        AgentConfig {
            master: "http://127.0.0.1:1".to_owned(),
            ca: None,
            secret: Some(Secret::new("s3cret")),
            name: None,
            docker: NodeAddress::Unix("/nonexistent.sock".into()),
            tls: None,
            advertise: None,
            interval: Duration::from_secs(60),
            root: "/".into(),
        }
    }

    #[test]
    fn a_configuration_that_cannot_be_is_refused() {
        for (master, interval) in [("nonsense", 1), ("ftp://a", 1), ("http://a:8761", 0)] {
            let config = AgentConfig { master: master.to_owned(), interval: Duration::from_secs(interval), ..config() };
            assert_eq!(Agent::new(config).unwrap_err().kind(), ErrorKind::Invalid, "{master}");
        }
        assert!(!format!("{:?}", Agent::new(config()).unwrap()).contains("s3cret"));
        for master in ["http://me:pa55@a:8761", "http://me:pa55@a:port"] {
            let error = Agent::new(AgentConfig { master: master.to_owned(), ..config() }).unwrap_err();
            assert!(error.kind() == ErrorKind::Invalid && !error.report().contains("pa55"), "{error}");
        }
        let error = Agent::new(AgentConfig { ca: Some("nothing".to_owned()), ..config() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }

    #[test]
    fn a_socket_is_named_to_a_master_of_the_same_machine_only() {
        let told = |master: &str, docker: &str, advertise: Option<&str>| {
            let (master, docker) = (master.to_owned(), docker.parse().unwrap());
            Agent::new(AgentConfig { master, docker, advertise: advertise.map(str::to_owned), ..config() })
                .unwrap()
                .address
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
        }
    }

    #[tokio::test]
    async fn an_engine_that_went_away_after_its_labels_aged_does_not_cost_the_report() {
        let mut agent = Agent::new(config()).unwrap();
        let clock = ManualClock::seeded(1);
        agent.clock = Arc::new(clock.clone());
        let labels = BTreeMap::from([("zone".to_owned(), "a".to_owned())]);
        agent.engine = Some(Known { since: Duration::ZERO, name: "web-3".to_owned(), labels });
        clock.advance(ENGINE_EVERY * 2);
        let known = agent.engine().await.unwrap();
        assert_eq!((known.name.as_str(), known.labels["zone"].as_str()), ("web-3", "a"));
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

    /// A master that answers one report with `answer`; what it was sent.
    async fn master(answer: String) -> (String, tokio::task::JoinHandle<String>) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut sent = Vec::new();
            while !sent.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut sent).await.unwrap(), 0);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(sent).unwrap()
        });
        (url, sent)
    }

    #[tokio::test]
    async fn a_node_with_a_name_reports_while_its_engine_is_away() {
        let (master, sent) = master("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
        let name = Some(NodeName::new("web-3").unwrap());
        Agent::new(AgentConfig { master, name, ..config() }).unwrap().report().await.unwrap();
        let sent = sent.await.unwrap();
        assert!(sent.starts_with("POST /discovery/nodes/web-3?ttl=120 ") && sent.contains(r#""memory""#), "{sent}");
    }

    #[tokio::test]
    async fn the_reason_of_a_master_that_refuses_is_told() {
        let name = Some(NodeName::new("web-3").unwrap());
        let detail = r#"{"kind":"invalid","detail":"the address is another node's"}"#;
        for (body, is_told) in [(detail.to_owned(), true), ("x".repeat(MAX_ANSWER * 4), false)] {
            let answer = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let (master, _sent) = master(answer).await;
            let mut agent = Agent::new(AgentConfig { master, name: name.clone(), ..config() }).unwrap();
            let error = agent.report().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert_eq!(error.report().contains("another node's"), is_told, "{}", error.report());
        }
    }

    #[test]
    fn the_time_has_an_offset() {
        let report = Report { time: Some("2018-07-06T10:00:00.1234Z".parse().unwrap()), ..Report::default() };
        assert_eq!(with_zone(&report)["time"], "2018-07-06T10:00:00.123+00:00");
    }
}
