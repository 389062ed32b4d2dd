//! Where the local engine is: `DOCKER_HOST`, the chosen context, else the usual socket; as Docker's own client has it.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use haven_model::{Error, NodeAddress, Result, Secret, node::TlsSpec};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The usual socket.
const SOCKET: &str = "/var/run/docker.sock";

/// The variables and the home folder that say where the local engine is, passed in.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `DOCKER_HOST` and the like.
    pub variables: HashMap<String, String>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        // What is no UTF-8 is not for us.
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let variables = std::env::vars_os().filter_map(text).filter(|(name, _)| name.starts_with("DOCKER_")).collect();
        Self { variables, home: std::env::var_os("HOME").map(PathBuf::from) }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn folder(&self) -> Option<PathBuf> {
        self.variable("DOCKER_CONFIG").map(PathBuf::from).or_else(|| Some(self.home.as_ref()?.join(".docker")))
    }
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "currentContext", default)]
    context: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    endpoints: HashMap<String, Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    #[serde(default)]
    host: String,
}

/// Where the local engine is, and what to trust and to show there. `Invalid` names the variable or file that cannot be
/// read; `NotFound` the context that does not exist.
pub fn local_engine(environment: &Environment) -> Result<(NodeAddress, Option<TlsSpec>)> {
    if let Some(host) = environment.variable("DOCKER_HOST") {
        let mut address: NodeAddress = host.parse().map_err(|error: Error| error.with("variable", "DOCKER_HOST"))?;
        let verify = environment.variable("DOCKER_TLS_VERIFY").is_some();
        if let (true, NodeAddress::Tcp { host, port }) = (verify, &address) {
            address = NodeAddress::Tls { host: host.clone(), port: *port };
        }
        let folder = environment.variable("DOCKER_CERT_PATH").map(PathBuf::from).or_else(|| environment.folder());
        let tls = match (&address, folder) {
            (NodeAddress::Tls { .. }, Some(folder)) => Some(certificates(&folder)?),
            _ => None,
        };
        return Ok((address, tls));
    }
    let folder = environment.folder();
    let chosen = match environment.variable("DOCKER_CONTEXT") {
        Some(context) => Some(context.to_owned()),
        None => folder.as_deref().map(current_context).transpose()?.flatten(),
    };
    match (chosen.filter(|context| context != "default"), folder) {
        (Some(context), Some(folder)) => from_context(&folder, &context),
        _ => Ok((NodeAddress::Unix(SOCKET.into()), None)),
    }
}

fn current_context(folder: &Path) -> Result<Option<String>> {
    let path = folder.join("config.json");
    let text = match fs::read(&path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        text => text.map_err(|error| Error::invalid(format!("cannot read `{}`", path.display())).caused_by(error))?,
    };
    let config: Config = serde_json::from_slice(&text)
        .map_err(|error| Error::invalid(format!("`{}` is no configuration of docker: {error}", path.display())))?;
    Ok(config.context.filter(|context| !context.is_empty()))
}

fn from_context(folder: &Path, context: &str) -> Result<(NodeAddress, Option<TlsSpec>)> {
    let id = hex::encode(Sha256::digest(context));
    let path = folder.join("contexts/meta").join(&id).join("meta.json");
    let text = fs::read(&path)
        .map_err(|error| Error::not_found("docker context", context).with("file", path.display()).caused_by(error))?;
    let meta: Meta = serde_json::from_slice(&text)
        .map_err(|error| Error::invalid(format!("`{}` is no docker context: {error}", path.display())))?;
    let host = meta.endpoints.get("docker").map(|endpoint| endpoint.host.as_str()).unwrap_or_default();
    let address: NodeAddress = host.parse().map_err(|error: Error| error.with("file", path.display()))?;
    let material = folder.join("contexts/tls").join(&id).join("docker");
    if !material.is_dir() {
        return Ok((address, None));
    }
    // `tcp://` with certificates is TLS to Docker's client.
    let address = match address {
        NodeAddress::Tcp { host, port } => NodeAddress::Tls { host, port },
        other => other,
    };
    Ok((address, Some(certificates(&material)?)))
}

/// `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they are there.
fn certificates(folder: &Path) -> Result<TlsSpec> {
    let read = |name: &str| {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::invalid(format!("cannot read `{}`", path.display())).caused_by(error)),
        }
    };
    Ok(TlsSpec { ca: read("ca.pem")?, cert: read("cert.pem")?, key: read("key.pem")?.map(Secret::new) })
}

#[cfg(test)]
mod tests {
    use haven_model::ErrorKind;

    use super::*;

    fn environment(variables: &[(&str, &str)], home: Option<&Path>) -> Environment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Environment { variables, home: home.map(Path::to_owned) }
    }

    #[test]
    fn variables_come_before_contexts_and_these_before_the_socket() {
        let home = tempfile::tempdir().unwrap();
        let address = |variables: &[(&str, &str)]| {
            local_engine(&environment(variables, Some(home.path()))).unwrap().0.to_string()
        };
        assert_eq!(address(&[]), "unix:///var/run/docker.sock");
        let id = hex::encode(Sha256::digest("far"));
        let meta = home.path().join(".docker/contexts/meta").join(&id);
        fs::create_dir_all(&meta).unwrap();
        fs::write(
            meta.join("meta.json"),
            r#"{"Name":"far","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://10.0.0.1:2376"}}}"#,
        )
        .unwrap();
        let tls = home.path().join(".docker/contexts/tls").join(&id).join("docker");
        fs::create_dir_all(&tls).unwrap();
        fs::write(tls.join("ca.pem"), "CA").unwrap();
        assert_eq!(address(&[("DOCKER_CONTEXT", "far")]), "https://10.0.0.1:2376");
        fs::write(home.path().join(".docker/config.json"), r#"{"currentContext":"far"}"#).unwrap();
        assert_eq!(address(&[]), "https://10.0.0.1:2376");
        assert_eq!(address(&[("DOCKER_CONTEXT", "default")]), "unix:///var/run/docker.sock");
        assert_eq!(address(&[("DOCKER_HOST", "tcp://1.2.3.4:5"), ("DOCKER_TLS_VERIFY", "1")]), "https://1.2.3.4:5");
    }

    #[test]
    fn what_cannot_be_is_named() {
        let bad = local_engine(&environment(&[("DOCKER_HOST", "nonsense://x")], None)).unwrap_err();
        assert!(bad.report().contains("DOCKER_HOST"), "{bad:?}");
        let home = tempfile::tempdir().unwrap();
        let missing = local_engine(&environment(&[("DOCKER_CONTEXT", "nowhere")], Some(home.path()))).unwrap_err();
        assert_eq!((missing.kind(), missing.message()), (ErrorKind::NotFound, "no docker context `nowhere`"));
        fs::create_dir(home.path().join(".docker")).unwrap();
        fs::write(home.path().join(".docker/config.json"), "{").unwrap();
        let broken = local_engine(&environment(&[], Some(home.path()))).unwrap_err();
        assert_eq!(broken.kind(), ErrorKind::Invalid);
        assert!(broken.message().contains("config.json"), "{broken}");
    }
}
