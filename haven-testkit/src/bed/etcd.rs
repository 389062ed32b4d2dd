//! etcd members, each on a machine of its own, so that one can be cut off from clients and from the others.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::certs::{Authority, ClientCerts};
use super::command::{command, create_folder, finish};
use super::host::{Host, Probe, Service};
use super::http::{Request, over_tcp};
use super::network::Network;

/// Hosts' numbers: engines count from 0, members from here.
const FIRST: u8 = 200;

/// How long the first election may take.
const ELECTION_LIMIT: Duration = Duration::from_secs(60);

/// How the members are reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Access {
    pub(crate) tls: bool,
    /// The user `root`'s.
    pub(crate) password: Option<String>,
}

/// An etcd member of the bed. It is a [`Host`], so it can be cut off, stopped, paused, slowed.
#[derive(Debug, Clone)]
pub struct Member {
    host: Host,
    scheme: &'static str,
}

impl Deref for Member {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Member {
    pub(crate) fn cluster(
        network: &Arc<Network>,
        authority: &Authority,
        folder: &Path,
        access: &Access,
        count: u8,
    ) -> io::Result<Vec<Self>> {
        let scheme = if access.tls { "https" } else { "http" };
        let name = |index: u8| format!("etcd-{}", index + 1);
        let place = |index: u8| network.place(&name(index), FIRST - 10 + index);
        let peers: Vec<String> =
            (0..count).map(|index| format!("{}={scheme}://{}:2380", name(index), place(index).address)).collect();
        (0..count)
            .map(|index| {
                let (name, place) = (name(index), place(index));
                let folder = folder.join(&name);
                create_folder(&folder)?;
                let (client, peer) =
                    (format!("{scheme}://{}:2379", place.address), format!("{scheme}://{}:2380", place.address));
                let mut args = vec![
                    format!("--name={name}"),
                    format!("--data-dir={}", folder.join("data").display()),
                    format!("--listen-client-urls={client}"),
                    format!("--advertise-client-urls={client}"),
                    format!("--listen-peer-urls={peer}"),
                    format!("--initial-advertise-peer-urls={peer}"),
                    format!("--initial-cluster={}", peers.join(",")),
                    "--initial-cluster-state=new".into(),
                    // Health over plain HTTP, also where clients need a certificate.
                    format!("--listen-metrics-urls=http://{}:2381", place.address),
                ];
                if access.tls {
                    let (cert, key) = authority.server(&name, place.address, &folder)?;
                    for prefix in ["", "peer-"] {
                        args.push(format!("--{prefix}cert-file={}", cert.display()));
                        args.push(format!("--{prefix}key-file={}", key.display()));
                        args.push(format!("--{prefix}trusted-ca-file={}", authority.client().ca().display()));
                        args.push(format!("--{prefix}client-cert-auth"));
                    }
                }
                let probed = SocketAddr::from((place.address, 2381));
                // Any answer will do: a member that comes back alone is up, though not healthy.
                let answers: Probe = Box::new(move || health(probed).map(drop));
                let service = Service { program: "etcd", args, port: 2379, socket: None, answers };
                let host = Host::new(name, folder, Arc::clone(network), place, service);
                Ok(Self { host, scheme })
            })
            .collect()
    }

    /// Address and port for clients.
    pub fn client_address(&self) -> SocketAddr {
        (self.address(), 2379).into()
    }

    /// The endpoint for clients: `http://10.213.0.200:2379`, `https` with TLS.
    pub fn endpoint(&self) -> String {
        format!("{}://{}", self.scheme, self.client_address())
    }

    /// Whether the member says that it is healthy: it has a leader and can commit.
    pub async fn is_healthy(&self) -> bool {
        let address = (self.address(), 2381).into();
        super::command::blocking(move || health(address)).await.unwrap_or(false)
    }

    /// Waits for the first election, then sets a password where one is wanted.
    pub(crate) fn settle(members: &[Self], access: &Access, certs: &ClientCerts) -> io::Result<()> {
        let deadline = Instant::now() + ELECTION_LIMIT;
        for member in members {
            while !health((member.address(), 2381).into()).unwrap_or(false) {
                if Instant::now() > deadline {
                    let message = format!("{} is not healthy; see `{}`", member.name(), member.log().display());
                    return Err(io::Error::new(io::ErrorKind::TimedOut, message));
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        let (Some(first), Some(password)) = (members.first(), &access.password) else {
            return Ok(());
        };
        let etcdctl = |words: &[&str]| {
            let open = Access { password: None, ..access.clone() };
            let mut command = etcdctl(std::slice::from_ref(first), &open, certs);
            finish(command.args(words), "etcdctl").map(drop)
        };
        etcdctl(&["user", "add", &format!("root:{password}")])?;
        etcdctl(&["user", "grant-role", "root", "root"])?;
        etcdctl(&["auth", "enable"])
    }
}

/// The etcdctl command, with all that it takes to be let in.
pub(crate) fn etcdctl(members: &[Member], access: &Access, certs: &ClientCerts) -> Command {
    let endpoints: Vec<_> = members.iter().map(Member::endpoint).collect();
    let mut command = command("etcdctl");
    command.env("ETCDCTL_API", "3").arg(format!("--endpoints={}", endpoints.join(",")));
    if access.tls {
        command.arg("--cacert").arg(certs.ca()).arg("--cert").arg(certs.cert()).arg("--key").arg(certs.key());
    }
    command.args(access.password.as_ref().map(|password| format!("--user=root:{password}")));
    command
}

fn health(address: SocketAddr) -> io::Result<bool> {
    let request = Request { method: "GET", path: "/health", ..Request::default() };
    let answer = over_tcp(address, &request, Duration::from_secs(6))?;
    Ok(answer.status == 200 && answer.body.contains("\"true\""))
}
