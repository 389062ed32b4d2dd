//! An image registry on a machine of its own: open, behind a password, or behind TLS.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use super::certs::Authority;
use super::command::{create_folder, run, write};
use super::host::{Host, Probe, Service};
use super::network::Network;

/// Hosts' numbers: engines count from 0, members from 200, registries from here.
const FIRST: u8 = 230;

/// Who may use a registry, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Door {
    Open,
    Password { user: String, password: String },
    Tls,
}

/// An image registry of the bed. It is a [`Host`], so it can be cut off, stopped, paused, slowed.
///
/// Deleting is enabled. The engines take it as an insecure registry, so they do without its certificate.
#[derive(Debug, Clone)]
pub struct Registry {
    host: Host,
    door: Door,
}

impl Deref for Registry {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Registry {
    pub(crate) fn new(
        network: &Arc<Network>,
        authority: &Authority,
        folder: &Path,
        door: Door,
        index: u8,
    ) -> io::Result<Self> {
        let name = match door {
            Door::Open => "registry",
            Door::Password { .. } => "registry-password",
            Door::Tls => "registry-tls",
        };
        let folder = folder.join(name);
        create_folder(&folder)?;
        let place = network.place(name, FIRST - 10 + index);
        let door_config = match &door {
            Door::Open => String::new(),
            Door::Password { user, password } => {
                let file = folder.join("htpasswd");
                write(&file, run("htpasswd", &["-Bbn", user, password])?)?;
                format!("auth:\n  htpasswd: {{realm: haven, path: {}}}\n", file.display())
            }
            Door::Tls => {
                let (cert, key) = authority.server(name, place.address, &folder)?;
                format!("  tls: {{certificate: {}, key: {}}}\n", cert.display(), key.display())
            }
        };
        let config = format!(
            "version: 0.1\nlog: {{level: warn}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n  delete: {{enabled: true}}\n\
             http:\n  addr: {}:5000\n  secret: bed\n{door_config}",
            folder.join("data").display(),
            place.address,
        );
        let config_file = folder.join("config.yml");
        write(&config_file, config)?;
        let address = SocketAddr::from((place.address, 5000));
        // That it listens is enough; what it answers differs by door.
        let answers: Probe =
            Box::new(move || std::net::TcpStream::connect_timeout(&address, Duration::from_secs(2)).map(drop));
        let args = vec!["serve".to_owned(), config_file.display().to_string()];
        let service = Service { program: "docker-registry", args, port: 5000, socket: None, answers };
        let host = Host::new(name.to_owned(), folder, Arc::clone(network), place, service);
        Ok(Self { host, door })
    }

    /// Host and port as an image's name has them: `10.213.0.230:5000`.
    pub fn authority(&self) -> String {
        format!("{}:5000", self.address())
    }

    /// Where the registry's API is: `http://10.213.0.230:5000`, `https` with TLS.
    pub fn url(&self) -> String {
        let scheme = if self.door == Door::Tls { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// User and password, where it wants them.
    pub fn credentials(&self) -> Option<(&str, &str)> {
        match &self.door {
            Door::Password { user, password } => Some((user, password)),
            Door::Open | Door::Tls => None,
        }
    }

    /// The value of the engine's header `X-Registry-Auth`.
    pub(crate) fn auth_header(&self) -> String {
        let auth = match self.credentials() {
            Some((user, password)) => serde_json::json!({"username": user, "password": password}),
            None => serde_json::json!({}),
        };
        URL_SAFE.encode(auth.to_string())
    }
}
