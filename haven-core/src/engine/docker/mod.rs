//! A real Docker Engine, over a unix socket, TCP or TLS.
//!
//! [`DockerEngine`] speaks HTTP over a [`Dial`], which may also be a tunnel. Every request carries the API version that
//! was agreed on, a bound on its time, and bounds on what is read. What bollard knows of the API's shapes is used for
//! what is created and inspected; lists, streams and conversations are read by narrow types of our own (see
//! `docs/adr/0006-models-of-bollard-own-transport.md`). This is the only place that knows bollard and hyper.

mod containers;
mod context;
mod dial;
mod error;
mod exec;
mod files;
mod frames;
mod http;
mod images;
mod inspect;
mod networks;
mod spec;
mod stats;
mod summary;
mod system;
mod volumes;

use std::{sync::Arc, time::Duration};

use haven_model::{Error, ErrorKind, NodeAddress, Result, node::TlsSpec, system::ApiVersion};

use tokio::sync::OnceCell;

pub use context::{Environment, local_engine};
pub use dial::{Dial, Io, TcpDial, TlsDial, UnixDial};

use self::http::Http;

/// The oldest API that is spoken: Docker 1.12, of 2016.
pub const OLDEST: ApiVersion = ApiVersion::new(1, 24);
/// The newest API that is known.
pub const NEWEST: ApiVersion = ApiVersion::new(1, 51);

/// How to speak with an engine.
#[derive(Clone, Debug)]
pub struct DockerOptions {
    /// The API version to speak; none: the newest that both know.
    pub api: Option<ApiVersion>,
    /// How long connecting may take, at most half of `request`. Default 5 s.
    pub connect: Duration,
    /// How long an answer may take, streams and waits excepted. Default 30 s.
    pub request: Duration,
}

impl Default for DockerOptions {
    fn default() -> Self {
        Self { api: None, connect: Duration::from_secs(5), request: Duration::from_secs(30) }
    }
}

/// A real Docker Engine. Clones share their connections.
#[derive(Clone, Debug)]
pub struct DockerEngine {
    http: Arc<Http>,
    /// What the engine fills in where nothing is said; asked for once.
    usual: Arc<OnceCell<spec::Usual>>,
}

impl DockerEngine {
    /// Connects to the engine at an address. `Unsupported` for an engine that is too old or too new, naming both versions.
    pub async fn at(address: &NodeAddress, tls: Option<&TlsSpec>, options: DockerOptions) -> Result<Self> {
        let dial: Arc<dyn Dial> = match address {
            NodeAddress::Unix(path) => Arc::new(UnixDial::new(path)),
            NodeAddress::Tcp { host, port } => Arc::new(TcpDial::new(host, *port)),
            NodeAddress::Tls { host, port } => Arc::new(TlsDial::new(host, *port, tls)?),
            NodeAddress::Sim => return Err(Error::invalid("`sim:` is no address of a Docker Engine")),
        };
        Self::connect(dial, options).await
    }

    /// Connects over any kind of connection, and agrees on a version.
    pub async fn connect(dial: Arc<dyn Dial>, options: DockerOptions) -> Result<Self> {
        let mut http = Http::new(dial, options.connect, options.request);
        let version = system::version(&http).await?;
        http.api = agree(&version, options.api)?;
        http.newest = version.api;
        Ok(Self { http: Arc::new(http), usual: Arc::default() })
    }

    /// The API version that is spoken.
    pub fn api(&self) -> ApiVersion {
        self.http.api
    }
}

/// The version to speak with an engine: the pinned one, else the newest that both know.
fn agree(engine: &haven_model::EngineVersion, pinned: Option<ApiVersion>) -> Result<ApiVersion> {
    let refused = |message: String| Err(Error::new(ErrorKind::Unsupported, message).with("engine", &engine.version));
    if engine.api < OLDEST {
        return refused(format!("the engine speaks API {} at the newest, {OLDEST} is needed", engine.api));
    }
    if engine.min_api > NEWEST {
        return refused(format!(
            "the engine speaks API {} at the oldest, this Haven knows up to {NEWEST}",
            engine.min_api
        ));
    }
    match pinned {
        Some(pinned) if pinned < engine.min_api.max(OLDEST) || pinned > engine.api => {
            refused(format!("the engine speaks API {} to {}, not {pinned}", engine.min_api, engine.api))
        }
        Some(pinned) => Ok(pinned),
        None => Ok(engine.api.min(NEWEST)),
    }
}

#[cfg(test)]
mod tests {
    use haven_model::EngineVersion;

    use super::*;

    #[test]
    fn versions_are_agreed_on_or_refused_by_name() {
        let engine = |min: &str, max: &str| EngineVersion {
            version: "x".to_owned(),
            api: max.parse().unwrap(),
            min_api: min.parse().unwrap(),
        };
        let agreed = |min: &str, max: &str, pin: Option<&str>| {
            agree(&engine(min, max), pin.map(|pin| pin.parse().unwrap())).map(|version| version.to_string())
        };
        assert_eq!(agreed("1.12", "1.41", None).unwrap(), "1.41");
        assert_eq!(agreed("1.44", "1.99", None).unwrap(), NEWEST.to_string(), "an engine may be newer than we are");
        assert_eq!(agreed("1.12", "1.41", Some("1.30")).unwrap(), "1.30");
        assert_eq!(
            agreed("1.12", "1.23", None).unwrap_err().message(),
            "the engine speaks API 1.23 at the newest, 1.24 is needed"
        );
        assert_eq!(agreed("1.90", "1.99", None).unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(agreed("1.44", "1.52", Some("1.41")).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
