//! Nodes: registered, listed, changed, removed; what they use, and what their agents report.

use std::{
    collections::BTreeMap,
    fs,
    io::{IsTerminal as _, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand, ValueEnum};
use haven_core::{
    Error,
    door::ops::nodes::{GetNode, ListNodes, NodeHistory, RemoveNode, ReportNode, UpdateNode},
    model::{
        Availability, ClusterName, Node, NodeAddress, NodeName, NodeStatus, Report, Revision, Secret,
        node::{NodeSpec, TlsSpec},
    },
};
use indicatif::ProgressBar;

use super::{Context, each::Each, pick::parse_pair};
use crate::{
    failure::{Failure, Hint as _, Result},
    show::{Table, parse_duration, percent, seconds_ago, size, word},
};

/// The largest certificate, key or report that is read.
const MAX_FILE: u64 = 1024 * 1024;

/// Manage nodes: the machines of the fleet
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Nodes {
    #[command(subcommand)]
    command: Option<NodesCommand>,
    #[command(flatten)]
    ls: Ls,
}

#[derive(Debug, Subcommand)]
enum NodesCommand {
    /// List the nodes (the default)
    Ls(Ls),
    /// Show everything about nodes
    Inspect {
        /// The nodes
        #[arg(required = true)]
        nodes: Vec<NodeName>,
    },
    /// Register a node by the address of its engine
    Register(Register),
    /// Print how a bare machine becomes a node, with a token that is good once
    Invite(super::invite::Invite),
    /// Change a node's address, certificates or labels
    Update(Update),
    /// Say whether a node takes new containers; what it has goes on running
    Availability {
        /// The node
        node: NodeName,
        /// Whether it takes new containers
        availability: Takes,
    },
    /// Remove nodes from the fleet; what runs there goes on running
    Rm {
        /// The nodes
        #[arg(required = true)]
        nodes: Vec<NodeName>,
    },
    /// Show what a node used, as far back as it is kept
    Metrics {
        /// The node
        node: NodeName,
    },
    /// Hand in a report of a node, as its agent does
    Report {
        /// The node
        node: NodeName,
        /// The file with the report in JSON, `-` for standard input
        file: PathBuf,
        /// Seconds after which the agent counts as silent
        #[arg(long)]
        ttl: Option<u32>,
    },
}

#[derive(Debug, Args)]
struct Ls {
    /// Only those of this cluster
    #[arg(long)]
    cluster: Option<ClusterName>,
    /// Only those in this state
    #[arg(long)]
    status: Option<Status>,
    /// Only with this label; may be repeated
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    /// Only print names
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    /// Its engine is connected
    Online,
    /// Contact is lost
    Unknown,
    /// Its engine was never reached yet
    Pending,
}

impl From<Status> for NodeStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Online => Self::Online,
            Status::Unknown => Self::Unknown,
            Status::Pending => Self::Pending,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Takes {
    /// It takes new containers
    Active,
    /// It takes none
    Pause,
    /// It takes none, and shall be emptied
    Drain,
}

impl From<Takes> for Availability {
    fn from(takes: Takes) -> Self {
        match takes {
            Takes::Active => Self::Active,
            Takes::Pause => Self::Pause,
            Takes::Drain => Self::Drain,
        }
    }
}

#[derive(Debug, Args)]
struct Register {
    /// Its name
    name: NodeName,
    /// Where its engine answers: `unix:///run/docker.sock`, `tcp://HOST:2375`, `https://HOST:2376`, `sim:`
    address: NodeAddress,
    /// Put it into this cluster
    #[arg(long)]
    cluster: Option<ClusterName>,
    /// A label
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    #[command(flatten)]
    certificates: Certificates,
    #[command(flatten)]
    wait: Wait,
}

/// What an engine behind TLS is reached with.
#[derive(Debug, Args)]
struct Certificates {
    /// A folder with `ca.pem`, `cert.pem` and `key.pem`, as DOCKER_CERT_PATH has it
    #[arg(long, value_name = "DIR", conflicts_with_all = ["tls_ca", "tls_cert", "tls_key"])]
    tls_dir: Option<PathBuf>,
    /// The authority that the engine's certificate is of, a PEM file
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// The client certificate to show to the engine, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Whether to wait for an engine.
#[derive(Debug, Args)]
struct Wait {
    /// Wait until its engine is connected
    #[arg(long)]
    wait: bool,
    /// How long to wait at most
    #[arg(long, value_name = "SPAN", default_value = "60s", requires = "wait", value_parser = parse_duration)]
    timeout: Duration,
}

#[derive(Debug, Args)]
struct Update {
    /// Its name
    node: NodeName,
    /// Where its engine answers
    #[arg(long)]
    address: Option<NodeAddress>,
    /// A label; all that are given replace the present ones
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// Take all labels away
    #[arg(long, conflicts_with = "label")]
    no_labels: bool,
    #[command(flatten)]
    certificates: Certificates,
    /// Only when it is still at this revision
    #[arg(long)]
    revision: Option<Revision>,
}

impl Nodes {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(NodesCommand::Ls(self.ls)) {
            NodesCommand::Ls(ls) => ls.run(context).await,
            NodesCommand::Inspect { nodes } => {
                let mut found = Vec::new();
                for node in nodes {
                    found.push(haven.call(GetNode { node }).await?);
                }
                context.show.pretty(&found)
            }
            NodesCommand::Register(register) => register.run(context).await,
            NodesCommand::Invite(invite) => invite.run(context).await,
            NodesCommand::Update(update) => update.run(context).await,
            NodesCommand::Availability { node, availability } => {
                let node = haven.nodes().set_availability(&node, availability.into()).await?;
                context.show.value(&node, || node.name.to_string())
            }
            NodesCommand::Rm { nodes } => {
                let remove = |node| async { Ok(haven.call(RemoveNode { node, revision: None }).await?) };
                Each::of("node", "removing").run(context, nodes, remove, |node, ()| node.to_string()).await
            }
            NodesCommand::Metrics { node } => metrics(context, node).await,
            NodesCommand::Report { node, file, ttl } => {
                let report: Report = serde_json::from_slice(&read(&file)?).map_err(|error| {
                    Error::invalid(format!("the report cannot be read: {error}")).with("file", file.display())
                })?;
                context.show.silent(&haven.call(ReportNode { node, report, from: None, ttl }).await?)
            }
        }
    }
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let operation = ListNodes {
            cluster: self.cluster,
            status: self.status.map(Into::into),
            label: self.label,
            ..ListNodes::default()
        };
        let nodes = context.haven().await?.call(operation).await?;
        if self.quiet && !context.show.json {
            return context.show.lines(nodes.items.iter().map(|node| node.name.as_str()));
        }
        context.show.value(&nodes, || table(&nodes.items).render())?;
        if !context.show.json {
            for node in nodes.items.iter().filter(|node| node.status != NodeStatus::Online) {
                if let Some(error) = &node.engine.error {
                    context.show.warn(&format!("node `{}` is {}: {}", node.name, status(node.status), error.message));
                }
            }
        }
        Ok(())
    }
}

fn status(status: NodeStatus) -> &'static str {
    match status {
        NodeStatus::Online => "online",
        NodeStatus::Unknown => "unknown",
        NodeStatus::Pending => "pending",
    }
}

fn table(nodes: &[Node]) -> Table {
    let mut table =
        Table::new(&["NAME", "STATUS", "CLUSTER", "ADDRESS", "CONTAINERS", "ENGINE", "AGENT", "CPU", "MEMORY", "SEEN"]);
    for node in nodes {
        let metrics = node.metrics.as_ref();
        let memory = metrics.and_then(|metrics| metrics.memory_used);
        let seen = [node.engine.age, node.agent.age].into_iter().flatten().reduce(f64::min);
        table.row([
            node.name.to_string(),
            match node.availability {
                Availability::Active => status(node.status).to_owned(),
                other => format!("{}, {other}", status(node.status)),
            },
            node.cluster.as_ref().map_or_else(|| "-".into(), ToString::to_string),
            node.address.as_ref().map_or_else(|| "-".into(), ToString::to_string),
            format!("{}/{}", node.containers.on, node.containers.total),
            node.engine.info.as_ref().map_or_else(|| "-".into(), |info| info.version.clone()),
            match (node.agent.reporting, node.agent.last_seen) {
                (true, _) => "reporting".into(),
                (false, Some(_)) => "silent".into(),
                (false, None) => "-".into(),
            },
            percent(metrics.and_then(|metrics| metrics.cpu_percent)),
            memory.map_or_else(|| "-".into(), size),
            seen.map_or_else(|| "never".into(), seconds_ago),
        ]);
    }
    table
}

impl Register {
    async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let spec = NodeSpec {
            tls: self.certificates.read(Some(&self.address))?,
            name: self.name.clone(),
            address: self.address,
            cluster: self.cluster,
            labels: self.label.into_iter().collect(),
        };
        let node = haven.nodes().register_with(spec).await?;
        let node = self.wait.run(context, node).await?;
        context.show.value(&node, || node.name.to_string())
    }
}

impl Wait {
    /// Waits for the node's engine, if that was asked for, and says on a terminal that it does.
    async fn run(&self, context: &Context, node: Node) -> Result<Node> {
        if !self.wait {
            return Ok(node);
        }
        let bar = if context.show.json || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner().with_message(format!("waiting for `{}`", node.name))
        };
        bar.enable_steady_tick(Duration::from_millis(100));
        let online = context.haven().await?.nodes().wait_online_within(&node.name, self.timeout).await;
        bar.finish_and_clear();
        online.hint("the node is registered and contact is tried again and again; `haven nodes` shows how it is")
    }
}

impl Certificates {
    /// The certificates, if there are any, for the address.
    fn read(&self, address: Option<&NodeAddress>) -> Result<Option<TlsSpec>> {
        let (ca, cert, key) = match &self.tls_dir {
            Some(folder) => (Some(folder.join("ca.pem")), Some(folder.join("cert.pem")), Some(folder.join("key.pem"))),
            None => (self.tls_ca.clone(), self.tls_cert.clone(), self.tls_key.clone()),
        };
        if ca.is_none() && cert.is_none() && key.is_none() {
            return Ok(None);
        }
        if let Some(address) = address.filter(|address| !matches!(address, NodeAddress::Tls { .. })) {
            return Err(Failure::usage(
                format!("certificates are of no use for `{address}`"),
                "an engine behind TLS has an address like `https://HOST:2376`",
            ));
        }
        let read = |path: Option<PathBuf>| path.map(|path| read_pem(&path)).transpose();
        Ok(Some(TlsSpec { ca: read(ca)?, cert: read(cert)?, key: read(key)?.map(Secret::new) }))
    }
}

impl Update {
    async fn run(self, context: &Context) -> Result {
        let labels: Option<BTreeMap<String, String>> =
            (self.no_labels || !self.label.is_empty()).then(|| self.label.into_iter().collect());
        let tls = self.certificates.read(self.address.as_ref())?;
        if self.address.is_none() && labels.is_none() && tls.is_none() {
            return Err(Failure::usage(
                "nothing to change",
                "give `--address`, `--label`, `--no-labels`, or certificates by `--tls-dir` or `--tls-ca`",
            ));
        }
        let operation =
            UpdateNode { address: self.address, labels, tls, revision: self.revision, ..UpdateNode::of(&self.node) };
        let node = context.haven().await?.call(operation).await?;
        context.show.value(&node, || node.name.to_string())
    }
}

async fn metrics(context: &Context, node: NodeName) -> Result {
    let history = context.haven().await?.call(NodeHistory { node }).await?;
    context.show.value(&history, || {
        let mut table = Table::new(&["TIME", "SOURCE", "CPU", "MEMORY", "OF", "FULLEST DISK", "RECEIVED", "SENT"]);
        for sample in &history {
            let disk = sample
                .disks
                .iter()
                .filter(|(_, disk)| disk.total > 0)
                .map(|(mount, disk)| (disk.used as f64 / disk.total as f64 * 100.0, mount))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let net = |pick: fn(&haven_core::model::metrics::NetUse) -> u64| size(sample.net.values().map(pick).sum());
            table.row([
                sample.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                word(&sample.source),
                percent(sample.cpu_percent),
                sample.memory_used.map_or_else(|| "-".into(), size),
                sample.memory_total.map_or_else(|| "-".into(), size),
                disk.map_or_else(|| "-".into(), |(used, mount)| format!("{mount} {used:.0}%")),
                net(|net| net.bytes_in),
                net(|net| net.bytes_out),
            ]);
        }
        table.render()
    })
}

fn read_pem(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| Error::invalid("the file is no PEM text").with("file", path.display()).into())
}

/// Reads a file of bounded size; `-` is standard input.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let wrong =
        |error: std::io::Error| Error::invalid("the file cannot be read").caused_by(error).with("file", path.display());
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(wrong)?;
    } else {
        fs::File::open(path).map_err(wrong)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(wrong)?;
    }
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::invalid(format!("the file has more than {MAX_FILE} bytes"))
            .with("file", path.display())
            .into());
    }
    Ok(bytes)
}
