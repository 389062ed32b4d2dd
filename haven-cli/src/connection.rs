//! How commands reach a fleet: which server, as whom.

use std::path::PathBuf;

use clap::Args;
use haven_core::{
    Error, ErrorKind, Haven,
    door::{Credentials, Door, PasswordUse, Remote, RemoteOptions},
    model::{Actor, Face, Secret, access::Identity},
};

use crate::{
    credentials::Stored,
    failure::{Failure, Result},
    show::Show,
};

/// `HOST:PORT` is a server over HTTP, as it is to an agent.
fn with_scheme(server: String) -> String {
    let is_host = |host: &str| !host.is_empty() && !host.contains('/') && !matches!(host, "redb" | "memory" | "etcd");
    match server.rsplit_once(':') {
        Some((host, port)) if is_host(host) && port.parse::<u16>().is_ok() => format!("http://{server}"),
        _ => server,
    }
}

/// Where a server listens unless said otherwise.
pub(crate) const DEFAULT_SERVER: &str = "http://127.0.0.1:8761";

/// How long a fleet that is opened in this process may take to reach its nodes.
const CONTACT: std::time::Duration = std::time::Duration::from_secs(5);

/// Which fleet, and as whom.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// The Haven server, or a store to open in this process (`redb:PATH`, `memory:`) [env: HAVEN_SERVER] [default: where `haven login` was last, else http://127.0.0.1:8761]
    #[arg(long, global = true, value_name = "URL", display_order = 101)]
    pub(crate) server: Option<String>,

    /// The user to sign in as; the password comes from HAVEN_PASSWORD, a token instead of both from HAVEN_TOKEN [env: HAVEN_USER]
    #[arg(long, global = true, value_name = "NAME", display_order = 102)]
    pub(crate) username: Option<String>,

    /// An authority to trust besides the well-known ones, a PEM file [env: HAVEN_CA]
    #[arg(long, global = true, value_name = "FILE", display_order = 103)]
    pub(crate) ca: Option<PathBuf>,
}

impl ServerArgs {
    /// The same, at this server where one is named.
    pub(crate) fn at(&self, url: Option<String>) -> Self {
        Self { server: url.map(with_scheme).or_else(|| self.server.clone()), ..self.clone() }
    }

    /// The server's address.
    pub(crate) fn url(&self) -> &str {
        self.server.as_deref().filter(|url| !url.is_empty()).unwrap_or(DEFAULT_SERVER)
    }

    /// The same, with what the environment says where an option does not, and the server that was signed in to last
    /// where none is named. By hand: clap counts a variable as an argument, and shows it in every line of usage.
    pub(crate) fn or_usual(mut self) -> Self {
        let said = |option: Option<String>, name| option.filter(|text| !text.is_empty()).or_else(|| variable(name));
        let server = said(self.server, "HAVEN_SERVER").map(with_scheme);
        self.server = server.or_else(|| Stored::load().ok()?.last().map(str::to_owned));
        self.username = said(self.username, "HAVEN_USER");
        self.ca = self.ca.or_else(|| std::env::var_os("HAVEN_CA").filter(|path| !path.is_empty()).map(PathBuf::from));
        self
    }

    /// Adds advice to what went wrong between the server and us.
    pub(crate) fn explain(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Error(error, None) => {
                let hint = self.advice(&error);
                Failure::Error(error, hint)
            }
            other => other,
        }
    }

    fn advice(&self, error: &Error) -> Option<String> {
        const STRANGER: &str = "either no Haven server answers there, or one of another version: check the address, and \
                                compare `haven status` with `haven version`";
        let url = self.url();
        if !is_http(url) {
            return None;
        }
        if error.context().any(|(key, _)| key == "server") {
            let leads = error.context().find(|(key, _)| *key == "leads to").map(|(_, to)| to);
            return Some(
                leads.map_or_else(|| STRANGER.into(), |to| format!("name the server itself: `--server {to}`?")),
            );
        }
        let report = error.report();
        let is_cut = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout);
        if !is_cut || !error.message().starts_with("the server at") {
            return None;
        }
        let other_scheme = haven_core::source::without_credentials(url).replacen("https://", "http://", 1);
        Some(match error.kind() {
            _ if report.contains("CaUsedAsEndEntity") => {
                "the server shows the certificate of an authority: give it one of its own, with `basicConstraints=CA:FALSE`"
                    .into()
            }
            _ if report.contains("certificate") => {
                "trust the server's authority with `--ca FILE` or HAVEN_CA; the name in the address must be the certificate's"
                    .into()
            }
            _ if report.contains("InvalidContentType") => format!("perhaps it speaks without TLS: `--server {other_scheme}`"),
            // A TLS server says so in bytes that are no HTTP.
            _ if report.contains("invalid HTTP") || report.contains("HTTP/0.9") => {
                "no HTTP server answers there: does it speak TLS, and the address begin with `https://`?".into()
            }
            ErrorKind::Timeout => return None,
            _ if url == DEFAULT_SERVER => {
                "start a server with `haven serve`, or name one with `--server URL` or HAVEN_SERVER".into()
            }
            _ => "check the address in `--server` or HAVEN_SERVER, and that a Haven server runs there".into(),
        })
    }

    /// Opens the fleet.
    pub(crate) async fn open(&self, show: Show) -> Result<Haven> {
        let url = self.url();
        if !is_http(url) {
            let haven = Haven::open(url).await?;
            wait_for_contact(&haven).await?;
            return Ok(haven.acting_as(actor(Identity::System)));
        }
        self.open_as(self.credentials(show)?).await
    }

    /// Opens the fleet on a server with these credentials.
    pub(crate) async fn open_as(&self, credentials: Credentials) -> Result<Haven> {
        let url = self.url();
        if !is_http(url) {
            return Err(Failure::usage(
                format!("`{}` is no address of a Haven server", url.escape_debug()),
                "a server is reached by `http://HOST:PORT` or `https://HOST:PORT`",
            ));
        }
        let options = RemoteOptions {
            credentials,
            // A session would be left behind by every command.
            password: PasswordUse::EachRequest,
            ca: self.ca()?,
            face: Face::Cli,
            ..RemoteOptions::default()
        };
        let remote = Remote::connect(url, options).await?;
        Ok(Haven::through(Door::Remote(std::sync::Arc::new(remote)), actor(Identity::Anonymous)))
    }

    /// The authorities of `--ca`, as PEM text.
    pub(crate) fn ca(&self) -> Result<Option<String>> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| {
                Error::invalid("the file of authorities cannot be read").caused_by(error).with("file", path.display())
            })
        };
        Ok(self.ca.as_ref().map(read).transpose()?)
    }

    /// Who the user says to be: a token or a password from the environment, else the token of `haven login`.
    fn credentials(&self, show: Show) -> Result<Credentials> {
        if let Some(token) = variable("HAVEN_TOKEN") {
            return Ok(Credentials::Token(Secret::new(token)));
        }
        if let Some(password) = variable("HAVEN_PASSWORD") {
            let user = self.username.clone().unwrap_or_else(|| "admin".into());
            return Ok(Credentials::Password { user, password: Secret::new(password) });
        }
        let stored = Stored::load()?;
        if let Some(path) = stored.exposed() {
            show.warn(&format!("others can read `{}`: make it private with `chmod 600`", path.display()));
        }
        Ok(match stored.token(self.url(), self.username.as_deref()) {
            Some(token) => Credentials::Token(token.clone()),
            None => Credentials::None,
        })
    }
}

/// Waits a little for the nodes of a fleet that was just opened: what is asked of it shall not find it empty.
async fn wait_for_contact(haven: &Haven) -> Result {
    let begun = std::time::Instant::now();
    while begun.elapsed() < CONTACT {
        let nodes = haven.nodes().list().await?;
        if nodes.iter().all(|node| node.engine.connected || node.engine.error.is_some() || node.address.is_none()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(())
}

/// A variable of the environment, where it says something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn is_http(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn actor(identity: Identity) -> Actor {
    Actor { identity, face: Face::Cli, ..Actor::system() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_are_a_server() {
        for (said, meant) in [
            ("127.0.0.1:8761", "http://127.0.0.1:8761"),
            ("haven.example.org:80", "http://haven.example.org:80"),
            ("[::1]:8761", "http://[::1]:8761"),
            ("https://a:1", "https://a:1"),
            ("redb:1", "redb:1"),
            ("memory:", "memory:"),
            ("paper", "paper"),
        ] {
            assert_eq!(with_scheme(said.to_owned()), meant);
        }
    }
}
