//! The members of an etcd cluster, one of which is asked.
//!
//! A call goes to the present member. One that fails there for want of an answer lets the next member be the present
//! one; a read is asked again there, a write only where it was certainly not sent. Whoever failed is asked a harmless
//! question before it is trusted with a write again, so that a long outage is `Unavailable` and not `Timeout`.

use std::{
    fmt,
    future::Future,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use etcd_client::{Certificate, Client, ConnectOptions, GetOptions, Identity, TlsOptions};
use haven_model::{Error, ErrorKind, Result};
use tokio::{sync::Mutex, time::timeout};

use super::{
    address::Address,
    failure::{Effect, is_outage, refused},
};

/// How long a write may take.
const WRITE: Duration = Duration::from_secs(6);
/// How long one member may take over a read.
const READ: Duration = Duration::from_secs(2);
const CONNECT: Duration = Duration::from_millis(1500);
/// etcd's servers drop who pings more often than every five seconds.
const PING: Duration = Duration::from_secs(6);
const PONG: Duration = Duration::from_secs(4);

/// The members, and who is asked now.
pub(super) struct Members {
    all: Vec<Member>,
    present: AtomicUsize,
    options: ConnectOptions,
    /// A key that can always be asked for.
    probe: String,
}

struct Member {
    endpoint: String,
    /// Connected at its first use, as signing in takes a member that answers.
    client: Mutex<Option<Client>>,
    /// It answered since it failed last.
    proven: AtomicBool,
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|member| &member.endpoint)).finish()
    }
}

impl Members {
    /// The members of an address, none of them connected. `Invalid` when a file for TLS cannot be read.
    pub(super) async fn new(address: &Address) -> Result<Self> {
        let mut options = ConnectOptions::new()
            .with_connect_timeout(CONNECT)
            .with_keep_alive(PING, PONG)
            .with_keep_alive_while_idle(true)
            .with_require_leader(true)
            .with_auto_token_refresh(true);
        if let Some((user, password)) = &address.login {
            options = options.with_user(user, password.expose());
        }
        let mut scheme = "http";
        if let Some(tls) = &address.tls {
            scheme = "https";
            let mut config = TlsOptions::new().ca_certificate(Certificate::from_pem(read(&tls.ca).await?));
            if let Some((cert, key)) = &tls.client {
                config = config.identity(Identity::from_pem(read(cert).await?, read(key).await?));
            }
            options = options.with_tls(config);
        }
        let member = |host: &String| Member {
            endpoint: format!("{scheme}://{host}"),
            client: Mutex::default(),
            proven: AtomicBool::new(false),
        };
        let all = address.members.iter().map(member).collect();
        Ok(Self { all, present: AtomicUsize::new(0), options, probe: address.prefix.clone() })
    }

    /// Makes a call; see the module for what happens when it fails.
    pub(super) async fn call<T, F, W>(&self, effect: Effect, work: W) -> Result<T>
    where
        F: Future<Output = Result<T, etcd_client::Error>> + Send,
        W: Fn(Client) -> F + Send + Sync,
    {
        let mut last = Error::unavailable("etcd has no members");
        for _ in 0..self.all.len() {
            let at = self.present();
            let (limit, silent) = match effect {
                Effect::Reads => (READ, ErrorKind::Unavailable),
                Effect::Writes => (WRITE, ErrorKind::Timeout),
            };
            let client = match self.trusted(at, effect).await {
                Ok(client) => client,
                Err(error) if is_outage(error.kind()) => {
                    self.distrust(at);
                    last = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let error = match timeout(limit, work(client)).await {
                Ok(Ok(answer)) => {
                    self.all[at].proven.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Ok(Err(error)) => refused(error, effect),
                Err(_) => Error::new(silent, "etcd does not answer"),
            };
            let error = error.with("member", &self.all[at].endpoint);
            if !is_outage(error.kind()) {
                return Err(error);
            }
            self.distrust(at);
            if error.kind() == ErrorKind::Timeout {
                return Err(error);
            }
            last = error;
        }
        Err(last)
    }

    /// The client of the present member, for what goes on for long, and who that is.
    pub(super) async fn present_client(&self) -> Result<(Client, usize)> {
        let at = self.present();
        match self.client(at).await {
            Ok(client) => Ok((client, at)),
            Err(error) => {
                self.distrust(at);
                Err(error)
            }
        }
    }

    /// Lets another member be the present one, if it is still `at`.
    pub(super) fn distrust(&self, at: usize) {
        self.all[at].proven.store(false, Ordering::Relaxed);
        let next = (at + 1) % self.all.len();
        let _ = self.present.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn present(&self) -> usize {
        self.present.load(Ordering::Relaxed) % self.all.len()
    }

    /// A client that a call of this effect may go to.
    async fn trusted(&self, at: usize, effect: Effect) -> Result<Client> {
        let client = self.client(at).await?;
        let member = &self.all[at];
        if effect == Effect::Writes && !member.proven.load(Ordering::Relaxed) {
            let mut asked = client.clone();
            let question = asked.get(self.probe.as_str(), Some(GetOptions::new().with_keys_only()));
            let answer = timeout(READ, question).await.map_err(|_| silent(member))?;
            answer.map_err(|error| refused(error, Effect::Reads).with("member", &member.endpoint))?;
        }
        Ok(client)
    }

    async fn client(&self, at: usize) -> Result<Client> {
        let member = &self.all[at];
        let connect = async {
            let mut client = member.client.lock().await;
            if let Some(client) = &*client {
                return Ok(client.clone());
            }
            let made = Client::connect([&member.endpoint], Some(self.options.clone())).await.map_err(|error| {
                let error = refused(error, Effect::Reads);
                // A password that is wrong is told as a wrong argument.
                let kind = if error.kind() == ErrorKind::Invalid { ErrorKind::Unauthenticated } else { error.kind() };
                Error::new(kind, format!("etcd at `{}` does not let us in", member.endpoint)).caused_by(error)
            })?;
            Ok(client.insert(made).clone())
        };
        timeout(READ, connect).await.map_err(|_| silent(member))?
    }
}

fn silent(member: &Member) -> Error {
    Error::unavailable("etcd does not answer").with("member", &member.endpoint)
}

async fn read(path: &std::path::Path) -> Result<Vec<u8>> {
    tokio::fs::read(path).await.map_err(|error| {
        Error::invalid(format!("the file `{}` for TLS cannot be read", path.display())).caused_by(error)
    })
}
