//! Ways to an engine: what gives a connection.

use std::{
    fmt::Debug,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use haven_model::{Error, Result, Secret, node::TlsSpec};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};

use crate::trust;

/// A connection: bytes both ways.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A way to an engine.
#[async_trait]
pub trait Dial: Debug + Send + Sync + 'static {
    /// A new connection. `Unavailable` when there is none to be had: nothing was sent.
    async fn dial(&self) -> Result<Box<dyn Io>>;
}

/// Why there is no connection, in a few words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        // Names that cannot be looked up say so in their own words only.
        kind if error.raw_os_error().is_some() => kind.to_string(),
        _ => error.to_string(),
    }
}

/// To a unix socket.
#[derive(Clone, Debug)]
pub struct UnixDial {
    path: PathBuf,
}

impl UnixDial {
    /// To the socket at `path`.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned() }
    }
}

#[async_trait]
impl Dial for UnixDial {
    async fn dial(&self) -> Result<Box<dyn Io>> {
        let stream = UnixStream::connect(&self.path).await.map_err(|error| {
            Error::unavailable(format!("cannot connect to `{}`: {}", self.path.display(), reason(&error)))
                .caused_by(error)
        })?;
        Ok(Box::new(stream))
    }
}

/// To a TCP port.
#[derive(Clone, Debug)]
pub struct TcpDial {
    host: String,
    port: u16,
}

impl TcpDial {
    /// To `host`, by name or address.
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port }
    }

    async fn stream(&self) -> Result<TcpStream> {
        let (host, port) = (&self.host, self.port);
        let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| {
            Error::unavailable(format!("cannot connect to `{host}:{port}`: {}", reason(&error))).caused_by(error)
        })?;
        // A connection whose other side vanished is noticed within half a minute, even when nothing is to be said.
        let keepalive = socket2::TcpKeepalive::new()
            .with_time(Duration::from_secs(15))
            .with_interval(Duration::from_secs(5))
            .with_retries(3);
        let socket = socket2::SockRef::from(&stream);
        let _ = socket.set_tcp_keepalive(&keepalive);
        // And while something was said that nobody took: that no keepalive notices.
        #[cfg(target_os = "linux")]
        let _ = socket.set_tcp_user_timeout(Some(Duration::from_secs(30)));
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

#[async_trait]
impl Dial for TcpDial {
    async fn dial(&self) -> Result<Box<dyn Io>> {
        Ok(Box::new(self.stream().await?))
    }
}

/// To a TCP port behind TLS.
#[derive(Clone)]
pub struct TlsDial {
    tcp: TcpDial,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
}

impl Debug for TlsDial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsDial").field("tcp", &self.tcp).finish_non_exhaustive()
    }
}

impl TlsDial {
    /// To `host`, trusting and showing what `tls` says. `Invalid` names the certificate or key that cannot be read.
    pub fn new(host: &str, port: u16, tls: Option<&TlsSpec>) -> Result<Self> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| {
            Error::invalid(format!("`{host}` is no name that a certificate can have")).caused_by(error)
        })?;
        let none = TlsSpec::default();
        let tls = tls.unwrap_or(&none);
        let roots = match &tls.ca {
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                trust::add(&mut roots, pem)?;
                roots
            }
            None => trust::well_known(),
        };
        let builder = trust::trusting(roots)?;
        let config = match (&tls.cert, &tls.key) {
            (Some(cert), Some(key)) => builder
                .with_client_auth_cert(trust::certificates("cert", cert)?, private_key(key)?)
                .map_err(|error| Error::invalid("`cert` and `key` do not fit together").caused_by(error))?,
            (None, None) => builder.with_no_client_auth(),
            _ => return Err(Error::invalid("`cert` and `key` are given together, or neither")),
        };
        Ok(Self { tcp: TcpDial::new(host, port), name, config: Arc::new(config) })
    }
}

fn private_key(pem: &Secret) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| Error::invalid("`key` is no private key in PEM"))
}

#[async_trait]
impl Dial for TlsDial {
    async fn dial(&self) -> Result<Box<dyn Io>> {
        let stream = self.tcp.stream().await?;
        let connector = tokio_rustls::TlsConnector::from(self.config.clone());
        let stream = connector.connect(self.name.clone(), stream).await.map_err(|error| {
            Error::unavailable(format!("no TLS with `{}:{}`: {error}", self.tcp.host, self.tcp.port)).caused_by(error)
        })?;
        Ok(Box::new(stream))
    }
}

#[cfg(test)]
mod tests {
    use haven_model::ErrorKind;

    use super::*;

    #[test]
    fn bad_certificates_are_named_and_keys_not_shown() {
        let spec = |ca: Option<&str>, cert: Option<&str>, key: Option<&str>| TlsSpec {
            ca: ca.map(str::to_owned),
            cert: cert.map(str::to_owned),
            key: key.map(Secret::from),
        };
        for (tls, names) in [
            (spec(Some("x"), None, None), "`ca`"),
            (spec(None, Some("x"), None), "`cert` and `key`"),
            (spec(None, Some("x"), Some("s3cret")), "`cert`"),
        ] {
            let error = TlsDial::new("a", 1, Some(&tls)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.report().contains(names) && !error.report().contains("s3cret"), "{error:?}");
        }
    }
}
