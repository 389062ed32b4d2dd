//! Trust: which servers are believed to be who they say.
//!
//! The authorities are the well-known ones, which the program carries with it, or those that it is given: a machine needs
//! no bundle of its own. For the crates of this workspace; what it answers is rustls' own and no part of the SDK.

use std::sync::Arc;

use haven_model::{Error, Result};
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore,
    client::WantsClientCert,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// TLS that trusts the well-known authorities and those of `ca`, in PEM. `Invalid` where that cannot be read.
pub fn client(ca: Option<&str>) -> Result<ClientConfig> {
    let mut roots = well_known();
    if let Some(ca) = ca {
        add(&mut roots, ca)?;
    }
    Ok(trusting(roots)?.with_no_client_auth())
}

/// The well-known authorities.
pub(crate) fn well_known() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Adds the authorities of `ca`, in PEM. `Invalid` where that cannot be read.
pub(crate) fn add(roots: &mut RootCertStore, ca: &str) -> Result<()> {
    for certificate in certificates("ca", ca)? {
        roots.add(certificate).map_err(|error| Error::invalid("`ca` holds no usable certificate").caused_by(error))?;
    }
    Ok(())
}

/// The certificates of a text in PEM, at least one. `Invalid` says `what` holds none.
pub(crate) fn certificates(what: &str, pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| Error::invalid(format!("`{what}` is no certificate in PEM: {error}")))?;
    if found.is_empty() {
        return Err(Error::invalid(format!("`{what}` holds no certificate in PEM")));
    }
    Ok(found)
}

/// TLS that trusts these authorities, before it is said what it shows of itself.
pub(crate) fn trusting(roots: RootCertStore) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::unexpected("TLS cannot be set up").caused_by(error))?;
    Ok(config.with_root_certificates(roots))
}
