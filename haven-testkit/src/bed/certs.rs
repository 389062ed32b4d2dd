//! The bed's certificate authority, with one server certificate a host and one client certificate.
//!
//! The folder has the names that `DOCKER_CERT_PATH` wants (`ca.pem`, `cert.pem`, `key.pem`), so the docker command works with it as it is.

use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use super::command::{create_folder, write};

/// What a client needs to talk to the bed's engines and etcd members over TLS.
#[derive(Debug, Clone)]
pub struct ClientCerts {
    folder: PathBuf,
}

impl ClientCerts {
    /// The folder with all three files, as `DOCKER_CERT_PATH` wants it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The authority that signed every server's certificate, PEM.
    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// The client's certificate, PEM. Its common name is `haven`.
    pub fn cert(&self) -> PathBuf {
        self.folder.join("cert.pem")
    }

    /// The client's private key, PEM.
    pub fn key(&self) -> PathBuf {
        self.folder.join("key.pem")
    }
}

/// Signs certificates; the key lives as long as the bed's start takes.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    client: ClientCerts,
}

impl Authority {
    pub(crate) fn create(folder: PathBuf) -> io::Result<Self> {
        create_folder(&folder)?;
        let mut params = named("haven test bed");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let cert = params.self_signed(&key).map_err(io::Error::other)?;

        let client = ClientCerts { folder };
        write(&client.ca(), cert.pem())?;
        let authority = Self { issuer: Issuer::new(params, key), client };
        let mut params = named("haven");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        authority.sign(&params, &authority.client.cert(), &authority.client.key())?;
        Ok(authority)
    }

    pub(crate) fn client(&self) -> &ClientCerts {
        &self.client
    }

    /// Writes `server.pem` and `server.key` into `folder`. etcd members are also clients of each other, hence both usages.
    pub(crate) fn server(&self, name: &str, address: Ipv4Addr, folder: &Path) -> io::Result<(PathBuf, PathBuf)> {
        let names = vec![name.to_owned(), "localhost".to_owned(), address.to_string(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let (cert, key) = (folder.join("server.pem"), folder.join("server.key"));
        self.sign(&params, &cert, &key)?;
        Ok((cert, key))
    }

    fn sign(&self, params: &CertificateParams, cert_file: &Path, key_file: &Path) -> io::Result<()> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let cert = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        write(cert_file, cert.pem())?;
        write(key_file, key.serialize_pem())?;
        fs::set_permissions(key_file, fs::Permissions::from_mode(0o600))
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
