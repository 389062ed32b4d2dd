//! Trust: which servers are believed to be who they say.
//!
//! The authorities are the well-known ones, which the program carries with it, and those that it is given: a machine
//! needs no bundle of its own. For the crates of this workspace; what it answers is rustls' own and no part of the SDK.

use std::sync::Arc;

use haven_model::{Error, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// TLS that trusts the well-known authorities and those of `ca`, in PEM. `Invalid` where that cannot be read.
pub fn client(ca: Option<&str>) -> Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(ca) = ca {
        let wrong = |error: &dyn std::fmt::Display| {
            Error::invalid(format!("the certificate authority cannot be read: {error}"))
        };
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(ca.as_bytes()) {
            roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
        }
        if roots.len() == before {
            return Err(wrong(&"there is no certificate in it"));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::unexpected("TLS cannot be set up").caused_by(error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
