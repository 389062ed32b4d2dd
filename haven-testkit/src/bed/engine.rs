//! A Docker engine on a machine of its own, reachable over its unix socket and over TCP.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use super::certs::Authority;
use super::command::{command, create_folder};
use super::host::{Host, Probe, Service};
use super::http::{Request, over_unix};
use super::link::point;
use super::network::Network;

/// How long one request of the bed's own to an engine may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// How the engines listen on TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Tcp {
    /// Port 2376; clients show a certificate.
    #[default]
    Tls,
    /// Port 2375, open to everyone in the subnet.
    Plain,
}

/// A Docker engine of the bed. It is a [`Host`], so it can be cut off, stopped, paused, slowed.
#[derive(Debug, Clone)]
pub struct Engine {
    host: Host,
    socket: PathBuf,
    tcp: Tcp,
    zone: &'static str,
}

impl Deref for Engine {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Engine {
    pub(crate) fn new(
        network: &Arc<Network>,
        authority: &Authority,
        folder: &Path,
        settings: &Settings,
        index: u8,
    ) -> io::Result<Self> {
        let name = format!("engine-{}", index + 1);
        let zone = ["a", "b", "c"][usize::from(index % 3)];
        let folder = folder.join(&name);
        create_folder(&folder)?;
        let place = network.place(&name, index);
        let (known, real) = (folder.join("docker.sock"), folder.join("engine.sock"));
        point(&known, &real)?;

        let mut args: Vec<String> = vec![
            format!("--data-root={}", folder.join("data").display()),
            // Below the machine's own /run, so short and gone with it.
            "--exec-root=/run/docker".into(),
            "--pidfile=/run/docker.pid".into(),
            // Its own: the one in /etc belongs to the engine of this machine.
            format!("--config-file={}", folder.join("daemon.json").display()),
            format!("--cgroup-parent=/{}/{name}", settings.cgroup),
            // The other driver talks to systemd, which this /run does not have.
            "--exec-opt=native.cgroupdriver=cgroupfs".into(),
            format!("--insecure-registry={}", network.subnet()),
            format!("--label=zone={zone}"),
            format!("--host=unix://{}", real.display()),
        ];
        super::command::write(&folder.join("daemon.json"), "{}\n")?;
        match settings.tcp {
            Tcp::Tls => {
                let (cert, key) = authority.server(&name, place.address, &folder)?;
                args.extend([
                    format!("--host=tcp://{}:2376", place.address),
                    "--tlsverify".into(),
                    format!("--tlscacert={}", authority.client().ca().display()),
                    format!("--tlscert={}", cert.display()),
                    format!("--tlskey={}", key.display()),
                ]);
            }
            // Without the explicit `false`, dockerd waits 15 s so that one reads its warning.
            Tcp::Plain => args.extend([format!("--host=tcp://{}:2375", place.address), "--tls=false".into()]),
        }
        args.extend(settings.options.iter().cloned());

        let probed = real.clone();
        let answers: Probe = Box::new(move || {
            let request = Request { method: "GET", path: "/_ping", ..Request::default() };
            over_unix(&probed, &request, Duration::from_secs(2))?.successful("ping").map(drop)
        });
        let port = if settings.tcp == Tcp::Tls { 2376 } else { 2375 };
        let service = Service { program: "dockerd", args, port, socket: Some((known.clone(), real)), answers };
        let host = Host::new(name, folder, Arc::clone(network), place, service);
        Ok(Self { host, socket: known, tcp: settings.tcp, zone })
    }

    /// The unix socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The unix socket as `DOCKER_HOST` has it: `unix:///…`.
    pub fn unix_url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Address and port of the TCP listener.
    pub fn tcp_address(&self) -> SocketAddr {
        let port = if self.tcp == Tcp::Tls { 2376 } else { 2375 };
        (self.address(), port).into()
    }

    /// The TCP listener as `DOCKER_HOST` has it: `tcp://10.213.0.10:2376`.
    pub fn tcp_url(&self) -> String {
        format!("tcp://{}", self.tcp_address())
    }

    /// Whether the TCP listener wants a client certificate.
    pub fn is_tls(&self) -> bool {
        self.tcp == Tcp::Tls
    }

    /// The docker command, pointed at the unix socket: for tests that want a witness from outside.
    pub fn docker(&self) -> Command {
        let mut docker = command("docker");
        for variable in ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"] {
            docker.env_remove(variable);
        }
        docker.env("DOCKER_HOST", self.unix_url());
        docker
    }

    /// The value of the engine's label `zone`: `a`, `b`, `c`, and over again.
    pub fn zone(&self) -> &'static str {
        self.zone
    }

    pub(crate) fn load(&self, archive: &[u8]) -> io::Result<()> {
        let headers = [("Content-Type", "application/x-tar".to_owned())];
        let request = Request { method: "POST", path: "/images/load?quiet=1", headers: &headers, body: archive };
        self.ask(&request, "load the images")
    }

    /// Pushes `image` to `registry` under the same name.
    pub(crate) fn push(&self, image: &str, registry: &str, auth: &str) -> io::Result<()> {
        let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
        let there = format!("{registry}/{name}");
        let post = |path: &str| {
            let headers = [("X-Registry-Auth", auth.to_owned())];
            self.ask(&Request { method: "POST", path, headers: &headers, body: b"" }, "push an image")
        };
        post(&format!("/images/{image}/tag?repo={there}&tag={tag}"))?;
        post(&format!("/images/{there}/push?tag={tag}"))?;
        let path = format!("/images/{there}:{tag}");
        self.ask(&Request { method: "DELETE", path: &path, ..Request::default() }, "remove a name")
    }

    fn ask(&self, request: &Request<'_>, what: &str) -> io::Result<()> {
        let what = format!("{}: {what}", self.name());
        let answer = over_unix(&self.socket, request, REQUEST_LIMIT)?.successful(&what)?;
        // Progress comes with status 200, and so does a failure on the way.
        if answer.body.contains("\"errorDetail\"") {
            return Err(io::Error::other(format!("{what}: {}", answer.body.trim())));
        }
        Ok(())
    }
}

/// What all engines of a bed have in common.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) tcp: Tcp,
    pub(crate) cgroup: String,
    pub(crate) options: Vec<String>,
}
