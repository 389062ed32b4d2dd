//! Containers made from an image: `run` and `create`, with Docker's options.

use std::{net::IpAddr, path::PathBuf};

use clap::Args;
use haven_core::{
    ErrorKind, Haven,
    deploy::CreateRequest,
    door::ops::containers::{
        AttachContainer, ContainerLogs, CreateContainer, RemoveContainer, StartContainer, WaitContainer,
    },
    engine::Terminal,
    model::{
        ClusterName, ContainerId, ContainerName, ContainerRef, ContainerSpec, ImageRef, Mount, NodeName, Port,
        Requirements, RestartPolicy,
        spec::{HealthCheck, MountKind, NetworkMode, Protocol},
    },
};

use super::{
    Context,
    environment::{entries, environment},
    images, logs,
    pick::{self, parse_pair},
    placing::Placing,
    terminal::{self, Left},
};
use crate::{
    failure::{Failure, Result},
    show::parse_duration,
};

/// Create a container and start it
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Print the id and leave it running
    #[arg(short, long)]
    detach: bool,
    /// Remove it when it has ended
    #[arg(long)]
    rm: bool,
    #[command(flatten)]
    make: Make,
}

/// Create a container without starting it
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    make: Make,
}

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The node to put it on; may be left out while there is only one that is online
    #[arg(long)]
    node: Option<NodeName>,
    /// Put it on that node of this cluster which suits best, as the cluster's strategy says, of those that can take it
    #[arg(long, conflicts_with = "node")]
    cluster: Option<ClusterName>,
    #[command(flatten)]
    placing: Placing,
    /// Its name
    #[arg(long)]
    name: Option<ContainerName>,
    /// A value of its environment; NAME alone takes the value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// A file with such values, a line each; `--env` weighs more
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// A label
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// A published port: `[[ADDRESS:]HOST:]PORT[/PROTOCOL]`
    #[arg(short, long, value_name = "PORT", value_parser = parse_port)]
    publish: Vec<Port>,
    /// A volume or a folder of the host: `[SOURCE:]TARGET[:ro]`
    #[arg(short, long, value_name = "MOUNT", value_parser = parse_mount)]
    volume: Vec<Mount>,
    /// A file system in memory at this path
    #[arg(long, value_name = "TARGET")]
    tmpfs: Vec<String>,
    /// The network to join
    #[arg(long)]
    network: Option<NetworkMode>,
    /// What the engine does when the program ends: `no`, `always`, `unless-stopped`, `on-failure[:TIMES]`
    #[arg(long, value_name = "POLICY", value_parser = parse_restart)]
    restart: Option<RestartPolicy>,
    /// The program, in place of the image's entry point
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// The host name inside
    #[arg(long)]
    hostname: Option<String>,
    /// The user, and group, that the program runs as
    #[arg(short, long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// The folder that the program starts in
    #[arg(short, long, value_name = "FOLDER")]
    workdir: Option<String>,
    /// The most memory: `512m`, `2g`
    #[arg(short, long, value_name = "SIZE", value_parser = parse_memory)]
    memory: Option<u64>,
    /// The most CPU, in cores: `1.5`
    #[arg(long, value_name = "CORES", value_parser = parse_cpus)]
    cpus: Option<u64>,
    /// A health check: a command for the shell
    #[arg(long, value_name = "COMMAND")]
    health_cmd: Option<String>,
    /// The time between two health checks: `30s`
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_interval: Option<u32>,
    /// The time that a health check may take
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_timeout: Option<u32>,
    /// How many health checks in a row must fail
    #[arg(long, value_name = "TIMES", requires = "health_cmd")]
    health_retries: Option<u32>,
    /// The signal that asks the program to end
    #[arg(long, value_name = "SIGNAL")]
    stop_signal: Option<String>,
    /// Seconds between that signal and SIGKILL
    #[arg(long, value_name = "SECONDS")]
    stop_timeout: Option<u32>,
    /// Keep standard input open
    #[arg(short, long)]
    interactive: bool,
    /// Give the program a terminal
    #[arg(short, long)]
    tty: bool,
    /// The image
    image: ImageRef,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Create {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (node, id) = self.make.create(context).await?;
        context.show.value(&serde_json::json!({ "id": id, "node": node }), || id.to_string())
    }
}

impl Run {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (interactive, tty) = (self.make.interactive, self.make.tty);
        if tty && !self.detach {
            terminal::require_terminal()?;
        }
        if self.detach && self.rm {
            return Err(Failure::usage(
                "`--rm` is for who waits until it has ended",
                "leave out `-d`, or remove it later with `haven rm`",
            ));
        }
        let haven = context.haven().await?;
        let (node, id) = self.make.create(context).await?;
        let container = ContainerRef::from(&id);
        if self.detach {
            haven.call(StartContainer { node: node.clone(), container }).await?;
            return context.show.value(&serde_json::json!({ "id": id, "node": node }), || id.to_string());
        }
        let attended = Attended { context, haven, node: &node, container: &container, interactive, tty, rm: self.rm };
        let talk = Box::pin(attended.talk());
        let Some(exit_code) = terminal::passing_signals(haven, &node, &container, talk).await? else {
            if self.rm {
                context.show.warn(&format!("it goes on and is not removed when it ends: `haven rm {container}` does"));
            }
            return Ok(());
        };
        if self.rm {
            attended.remove().await?;
        }
        terminal::ended(exit_code)
    }
}

/// A container that is made, and how we shall talk with it.
struct Attended<'a> {
    context: &'a Context,
    haven: &'a Haven,
    node: &'a NodeName,
    container: &'a ContainerRef,
    interactive: bool,
    tty: bool,
    rm: bool,
}

impl Attended<'_> {
    /// Starts it, and passes on what it and we say until it has ended. Answers its exit code; none when we left.
    async fn talk(&self) -> Result<Option<i64>> {
        let Self { context, haven, node, container, interactive, tty, rm } = *self;
        let begun = self.begin().await;
        if begun.is_err()
            && rm
            && let Err(error) = self.remove().await
        {
            context.show.warn(&format!("container `{container}` is left behind: {error}"));
        }
        let left = match begun? {
            Some(attached) => terminal::talk(attached, interactive, tty).await?,
            None if interactive => terminal::talk(haven.converse(self.attach()).await?, true, tty).await?,
            None => {
                logs::follow(context, ContainerLogs { follow: true, ..ContainerLogs::of(node, container) }).await?;
                Left::Ended
            }
        };
        if left == Left::Detached {
            return Ok(None);
        }
        let waiting = WaitContainer { node: node.clone(), container: container.clone() };
        Ok(Some(haven.call(waiting).await?.exit_code))
    }

    /// Starts it. Attached before, so that nothing it says is missed; not every engine has that.
    async fn begin(&self) -> Result<Option<Terminal>> {
        let attached = match self.haven.converse(self.attach()).await {
            Ok(attached) => Some(attached),
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Unsupported) => None,
            Err(error) => return Err(error.into()),
        };
        let start = StartContainer { node: self.node.clone(), container: self.container.clone() };
        self.haven.call(start).await?;
        Ok(attached)
    }

    fn attach(&self) -> AttachContainer {
        AttachContainer { node: self.node.clone(), container: self.container.clone() }
    }

    async fn remove(&self) -> haven_core::Result<()> {
        let (node, container) = (self.node.clone(), self.container.clone());
        self.haven.call(RemoveContainer { node, container, force: true, volumes: true }).await?;
        Ok(())
    }
}

impl Make {
    /// Creates it, fetching the image where it is absent.
    async fn create(mut self, context: &Context) -> Result<(NodeName, ContainerId)> {
        let haven = context.haven().await?;
        let (node, cluster, name) = (self.node.clone(), self.cluster.clone(), self.name.clone());
        self.env = entries(&std::mem::take(&mut self.env_file), &self.env)?;
        let requirements = std::mem::take(&mut self.placing).read(&mut self.env)?;
        let mut spec = self.spec()?;
        Requirements::of_labels(&spec.labels)?.and(requirements.clone())?.keep_in(&mut spec.labels);
        let node = match (node, cluster) {
            (Some(node), _) => node,
            (None, Some(cluster)) => {
                let placement = haven.clusters().place_with(&cluster, name.as_ref(), &spec, requirements).await?;
                let reason = placement.reason.clone();
                let node = placement.chosen().map_err(|error| error.with("cluster", &cluster))?;
                context.show.progress(&format!("on node `{node}`: {reason}"));
                node
            }
            (None, None) => pick::only_node(haven, "`--node`, or let `--cluster all` choose").await?,
        };
        let image = spec.image.clone();
        let operation = CreateContainer { node: node.clone(), name, spec };
        let created = match haven.call(operation.clone()).await {
            Err(error) if error.kind() == ErrorKind::NotFound && haven.nodes().get(&node).await.is_ok() => {
                context.show.progress(&format!("image `{image}` is not on `{node}`: fetching it"));
                images::pull(context, &node, &image, false).await?;
                haven.call(operation).await?
            }
            answer => answer?,
        };
        Ok((node, created.id))
    }

    /// The same for a plan.
    pub(super) fn request(mut self) -> Result<CreateRequest> {
        let (node, cluster, name) = (self.node.take(), self.cluster.take(), self.name.take());
        self.env = entries(&std::mem::take(&mut self.env_file), &self.env)?;
        let requirements = std::mem::take(&mut self.placing).read(&mut self.env)?;
        Ok(CreateRequest { cluster, node, name, spec: self.spec()?, requirements, count: None, rollout: None })
    }

    fn spec(self) -> Result<ContainerSpec> {
        let env = environment(&self.env_file, &self.env)?;
        let mut mounts = self.volume;
        mounts.extend(self.tmpfs.into_iter().map(|target| Mount::new(MountKind::Tmpfs, "", target)));
        let health = self.health_cmd.map(|command| HealthCheck {
            command: vec!["/bin/sh".into(), "-c".into(), command],
            interval: self.health_interval,
            timeout: self.health_timeout,
            retries: self.health_retries,
            ..HealthCheck::default()
        });
        Ok(ContainerSpec {
            command: self.command,
            entrypoint: self.entrypoint.into_iter().collect(),
            env,
            labels: self.label.into_iter().collect(),
            hostname: self.hostname,
            user: self.user,
            working_dir: self.workdir,
            tty: self.tty,
            open_stdin: self.interactive,
            ports: self.publish,
            mounts,
            network: self.network,
            restart: self.restart.unwrap_or_default(),
            memory: self.memory,
            nano_cpus: self.cpus,
            health,
            stop_signal: self.stop_signal,
            stop_timeout: self.stop_timeout,
            ..ContainerSpec::new(self.image)
        })
    }
}

fn parse_port(text: &str) -> Result<Port, String> {
    let wrong =
        || format!("`{}` is no port, which looks like `80`, `8080:80` or `127.0.0.1:8080:80/udp`", text.escape_debug());
    let (rest, protocol) = match text.rsplit_once('/') {
        Some((rest, "tcp")) => (rest, Protocol::Tcp),
        Some((rest, "udp")) => (rest, Protocol::Udp),
        Some((rest, "sctp")) => (rest, Protocol::Sctp),
        Some(_) => return Err(wrong()),
        None => (text, Protocol::Tcp),
    };
    let (outside, container) = match rest.rsplit_once(':') {
        Some((outside, container)) => (Some(outside), container),
        None => (None, rest),
    };
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(wrong);
    let (address, host) =
        match outside.map(|outside| outside.rsplit_once(':').map_or((None, outside), |(a, h)| (Some(a), h))) {
            None => (None, None),
            Some((address, host)) => {
                let address = address
                    .map(|address| {
                        address.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().map_err(|_| wrong())
                    })
                    .transpose()?;
                (address, if host.is_empty() { None } else { Some(number(host)?) })
            }
        };
    Ok(Port { container: number(container)?, host, address, protocol })
}

fn parse_mount(text: &str) -> Result<Mount, String> {
    let wrong = || {
        format!("`{}` is no mount, which looks like `data:/var/lib/data` or `/srv/web:/web:ro`", text.escape_debug())
    };
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, mode) = match parts[..] {
        [target] => ("", target, "rw"),
        [target, mode @ ("ro" | "rw")] if target.starts_with('/') => ("", target, mode),
        [source, target] => (source, target, "rw"),
        [source, target, mode @ ("ro" | "rw")] => (source, target, mode),
        _ => return Err(wrong()),
    };
    if !target.starts_with('/') {
        return Err(wrong());
    }
    let kind = if source.starts_with('/') { MountKind::Bind } else { MountKind::Volume };
    Ok(Mount { read_only: mode == "ro", create_source: kind == MountKind::Bind, ..Mount::new(kind, source, target) })
}

fn parse_restart(text: &str) -> Result<RestartPolicy, String> {
    match text.split_once(':').unwrap_or((text, "")) {
        ("no", "") => Ok(RestartPolicy::No),
        ("always", "") => Ok(RestartPolicy::Always),
        ("unless-stopped", "") => Ok(RestartPolicy::UnlessStopped),
        ("on-failure", "") => Ok(RestartPolicy::OnFailure(0)),
        ("on-failure", times) => {
            times.parse().map(RestartPolicy::OnFailure).map_err(|_| format!("`{times}` is no number of times"))
        }
        _ => Err("a policy is no, always, unless-stopped or on-failure[:TIMES]".into()),
    }
}

/// Docker's sizes: `512m` is 512 MiB.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "checked to be from 1 to 2^62"
)]
fn parse_memory(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{}` is no size, which looks like `512m` or `1.5g`", text.escape_debug());
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match lower[digits.len()..].trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return Err(wrong()),
    };
    let is_number = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = digits.parse::<f64>().ok().filter(|_| is_number).ok_or_else(wrong)?;
    let bytes = number * (1_u64 << shift) as f64;
    if (1.0..=(1_u64 << 62) as f64).contains(&bytes) { Ok(bytes as u64) } else { Err(wrong()) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be from 0 to 10,000 cores")]
fn parse_cpus(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(cores) if cores > 0.0 && cores <= 10_000.0 => Ok((cores * 1e9) as u64),
        _ => Err(format!("`{}` is no number of cores", text.escape_debug())),
    }
}

fn parse_seconds(text: &str) -> Result<u32, String> {
    let span = parse_duration(text).map_err(|error| error.to_string())?;
    u32::try_from(span.as_secs().max(1)).map_err(|_| "the span is too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_as_docker_writes_them() {
        let port = parse_port("127.0.0.1:8080:80/udp").unwrap();
        assert_eq!(
            (port.container, port.host, port.address, port.protocol),
            (80, Some(8080), "127.0.0.1".parse().ok(), Protocol::Udp)
        );
        assert_eq!(
            parse_port("80").unwrap(),
            Port { container: 80, host: None, address: None, protocol: Protocol::Tcp }
        );
        assert_eq!(parse_port("[::1]:1:2").unwrap().address, "::1".parse().ok());
        assert_eq!(parse_port("127.0.0.1::80").unwrap().host, None);
        for text in ["", "0", "a:80", "80/icmp", "1:2:3:4", "70000"] {
            assert!(parse_port(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn mounts_sizes_and_policies() {
        assert_eq!(
            parse_mount("/srv:/web:ro").unwrap(),
            Mount { read_only: true, create_source: true, ..Mount::new(MountKind::Bind, "/srv", "/web") }
        );
        assert_eq!(parse_mount("data:/d").unwrap().kind, MountKind::Volume);
        assert_eq!(parse_mount("/cache").unwrap().source, "");
        assert!(parse_mount("data:rel").is_err() && parse_mount("a:/b:c:d").is_err());
        assert_eq!(parse_memory("512m"), Ok(512 << 20));
        assert_eq!(parse_memory("2GiB"), Ok(2 << 30));
        assert_eq!(parse_memory("1.5g"), Ok(3 << 29));
        for text in ["m", "99999999999t", "0", "-1g", "1e3", "1.2.3m", "infm"] {
            assert!(parse_memory(text).is_err(), "{text} was taken");
        }
        assert_eq!(parse_restart("on-failure:3"), Ok(RestartPolicy::OnFailure(3)));
        assert!(parse_restart("sometimes").is_err());
    }
}
