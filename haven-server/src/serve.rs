//! Serving: connections, TLS, and a graceful stop.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use haven_core::{Error, Result, model::Secret};
use hyper_util::rt::TokioTimer;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{net::TcpListener, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    Server, ServerOptions,
    gate::{Gate, OnlyHttp1},
};

/// How long calls that run may take once the server stops. Docker kills what has not stopped after ten seconds, and the
/// fleet is to be closed within them, too.
const GRACE: Duration = Duration::from_secs(6);

/// A certificate and its key, as PEM texts.
#[derive(Clone)]
pub struct Tls {
    /// The certificate, and those between it and its authority.
    pub cert: String,
    /// Its key.
    pub key: Secret,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    fn config(&self) -> Result<RustlsConfig> {
        let wrong = |what: &str, error: &dyn fmt::Display| {
            Error::invalid(format!("the server's {what} cannot be used: {error}"))
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(self.cert.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| wrong("certificate", &error))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.expose().as_bytes()).map_err(|error| wrong("key", &error))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS", &error))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| wrong("certificate", &error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(RustlsConfig::from_config(Arc::new(config)))
    }
}

/// Serves until `shutdown`, and then until what runs has ended, for [`GRACE`] at most.
pub(crate) async fn run(server: &Server, listener: TcpListener, shutdown: CancellationToken) -> Result<()> {
    let failed = |error: io::Error| Error::unavailable("the server cannot serve").caused_by(error);
    let listener = listener.into_std().map_err(failed)?;
    let service = server.router().into_make_service_with_connect_info::<SocketAddr>();
    let tls = server.shared.options.tls.as_ref().map(Tls::config).transpose()?;
    let handle = Handle::new();
    let stopping = {
        let (handle, shared) = (handle.clone(), server.shared.clone());
        async move {
            shutdown.cancelled().await;
            handle.graceful_shutdown(Some(GRACE));
            shared.stop.cancel();
            Instant::now()
        }
    };
    let serving = async {
        let ServerOptions { patience, max_connections, .. } = server.shared.options;
        let gate = Gate::new(max_connections);
        let failures = gate.clone();
        let mut plain = axum_server::from_tcp(listener)
            .map_err(failed)?
            .handle(handle)
            // Which version a connection speaks is read before hyper's own limits of time hold.
            .first_request_timeout(patience)
            .accept_error_handler(move |from, error| failures.failed(from.copied(), error));
        plain.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(patience);
        match tls {
            Some(config) => {
                let tls = RustlsAcceptor::new(config).handshake_timeout(patience);
                plain.acceptor(OnlyHttp1(tls.acceptor(gate))).serve(service).await
            }
            None => plain.acceptor(OnlyHttp1(gate)).serve(service).await,
        }
        .map_err(failed)
    };
    let stopping = tokio::spawn(stopping);
    let served = serving.await;
    stopping.abort();
    let since = stopping.await.unwrap_or_else(|_| Instant::now());
    server.shared.stop.cancel();
    server.shared.tasks.close();
    // Conversations, and calls whose client is gone, run besides the connections.
    if tokio::time::timeout_at(since + GRACE, server.shared.tasks.wait()).await.is_err() {
        tracing::warn!("calls were cut off by the stop");
    }
    served
}
