//! Networks of a Docker Engine.

use std::collections::BTreeMap;

use ::http::Method;
use async_trait::async_trait;
use haven_model::{
    ContainerRef, Error, ErrorKind, Network, NetworkName, NetworkSpec, Outcome, Result, container::Connection,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    DockerEngine,
    http::{Path, json as to_json, parse},
    summary::null_is_empty,
};
use crate::engine::Networks;

/// The networks that are always there.
const BUILTIN: [&str; 3] = ["bridge", "host", "none"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    id: String,
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    scope: String,
    #[serde(default)]
    internal: bool,
    #[serde(rename = "IPAM", default, deserialize_with = "null_is_empty")]
    ipam: Ipam,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    #[serde(default, deserialize_with = "null_is_empty")]
    config: Vec<IpamConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IpamConfig {
    #[serde(default, deserialize_with = "null_is_empty")]
    subnet: String,
}

impl Found {
    fn convert(self) -> Network {
        Network {
            id: self.id,
            name: self.name,
            driver: self.driver,
            scope: self.scope,
            internal: self.internal,
            subnets: self
                .ipam
                .config
                .into_iter()
                .map(|config| config.subnet)
                .filter(|subnet| !subnet.is_empty())
                .collect(),
            labels: self.labels,
        }
    }
}

#[async_trait]
impl Networks for DockerEngine {
    async fn networks(&self) -> Result<Vec<Network>> {
        let list: Vec<Found> = self.http.get(&Path::new("/networks")).await?;
        Ok(list.into_iter().map(Found::convert).collect())
    }

    async fn network(&self, network: &NetworkName) -> Result<Network> {
        Ok(self.http.get::<Found>(&Path::new(format!("/networks/{network}"))).await?.convert())
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<String> {
        #[derive(Deserialize)]
        struct Created {
            #[serde(rename = "Id")]
            id: String,
        }
        let mut body = json!({
            "Name": spec.name, "CheckDuplicate": true, "Driver": spec.driver.as_deref().unwrap_or("bridge"),
            "Internal": spec.internal, "Labels": spec.labels,
        });
        if let Some(subnet) = &spec.subnet {
            body["IPAM"] = json!({ "Driver": "default", "Config": [{ "Subnet": subnet }] });
        }
        let path = Path::new("/networks/create");
        let refusals = &[(409, ErrorKind::AlreadyExists), (403, ErrorKind::Invalid), (500, ErrorKind::Invalid)];
        let (_, answer) =
            self.http.ask(Method::POST, &path, Some(to_json(&body)?), refusals, Some(self.http.limit)).await?;
        Ok(parse::<Created>(&answer)?.id)
    }

    async fn remove_network(&self, network: &NetworkName) -> Result<Outcome> {
        let found = match self.network(network).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Outcome::AlreadySo),
            found => found?,
        };
        if BUILTIN.contains(&found.name.as_str()) {
            return Err(Error::new(ErrorKind::Denied, format!("`{}` is always there", found.name)));
        }
        let path = Path::new(format!("/networks/{network}"));
        match self.http.ask(Method::DELETE, &path, None, &[(403, ErrorKind::Conflict)], Some(self.http.limit)).await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
            Err(error) => Err(error),
        }
    }

    async fn connect_network(&self, container: &ContainerRef, connection: &Connection) -> Result<Outcome> {
        let found = self.network(&connection.network).await?;
        if self.outline(container).await?.is_in(&found.name) {
            return Ok(Outcome::AlreadySo);
        }
        let mut body = json!({ "Container": container });
        if !connection.aliases.is_empty() {
            body["EndpointConfig"] = json!({ "Aliases": connection.aliases });
        }
        let path = Path::new(format!("/networks/{}/connect", connection.network));
        let refusals = &[(403, ErrorKind::Conflict)];
        self.http.ask(Method::POST, &path, Some(to_json(&body)?), refusals, Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }

    async fn disconnect_network(&self, container: &ContainerRef, network: &NetworkName) -> Result<Outcome> {
        let found = self.network(network).await?;
        if !self.outline(container).await?.is_in(&found.name) {
            return Ok(Outcome::AlreadySo);
        }
        let body = to_json(&json!({ "Container": container, "Force": false }))?;
        let path = Path::new(format!("/networks/{network}/disconnect"));
        self.http.ask(Method::POST, &path, Some(body), &[(403, ErrorKind::Conflict)], Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }
}
