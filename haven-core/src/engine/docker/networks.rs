//! Networks of a Docker Engine.

use std::collections::BTreeMap;

use ::http::Method;
use async_trait::async_trait;
use haven_model::{
    Connection, ContainerId, ContainerRef, Error, ErrorKind, Network, NetworkName, NetworkSpec, Outcome, Result,
    container::DisconnectOptions,
    network::{AddressPool, Ipam, Member},
    system::{ApiVersion, Pruned},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    DockerEngine,
    http::{Path, json as to_json, parse},
    spec::endpoint_settings,
    summary::null_is_empty,
};
use crate::engine::Networks;

/// The networks that are always there.
const BUILTIN: [&str; 3] = ["bridge", "host", "none"];
const ATTACHABLE: ApiVersion = ApiVersion::new(1, 25);
const PRUNE: ApiVersion = ApiVersion::new(1, 25);
const MAC_ADDRESS: ApiVersion = ApiVersion::new(1, 44);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    id: String,
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    scope: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    created: String,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    attachable: bool,
    #[serde(rename = "EnableIPv6", default)]
    enable_ipv6: bool,
    #[serde(rename = "IPAM", default, deserialize_with = "null_is_empty")]
    ipam: FoundIpam,
    #[serde(default, deserialize_with = "null_is_empty")]
    options: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    containers: BTreeMap<String, FoundMember>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FoundIpam {
    #[serde(default, deserialize_with = "null_is_empty")]
    driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    config: Vec<FoundPool>,
    #[serde(default, deserialize_with = "null_is_empty")]
    options: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct FoundPool {
    #[serde(rename = "Subnet", default, deserialize_with = "null_is_empty")]
    subnet: String,
    #[serde(rename = "IPRange", default, deserialize_with = "null_is_empty")]
    ip_range: String,
    #[serde(rename = "Gateway", default, deserialize_with = "null_is_empty")]
    gateway: String,
    #[serde(rename = "AuxiliaryAddresses", default, deserialize_with = "null_is_empty")]
    aux_addresses: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct FoundMember {
    #[serde(rename = "Name", default, deserialize_with = "null_is_empty")]
    name: String,
    #[serde(rename = "MacAddress", default, deserialize_with = "null_is_empty")]
    mac_address: String,
    #[serde(rename = "IPv4Address", default, deserialize_with = "null_is_empty")]
    ipv4_address: String,
    #[serde(rename = "IPv6Address", default, deserialize_with = "null_is_empty")]
    ipv6_address: String,
}

impl Found {
    fn convert(self) -> Network {
        let pools: Vec<AddressPool> = self.ipam.config.into_iter().filter_map(FoundPool::convert).collect();
        let members = self.containers.into_iter();
        Network {
            id: self.id,
            name: self.name,
            driver: self.driver,
            scope: self.scope,
            created: self.created.parse().ok().filter(|time: &Timestamp| *time > Timestamp::UNIX_EPOCH),
            internal: self.internal,
            attachable: self.attachable,
            enable_ipv6: self.enable_ipv6,
            subnets: pools.iter().map(|pool| pool.subnet.clone()).collect(),
            ipam: Ipam {
                driver: Some(self.ipam.driver).filter(|driver| !driver.is_empty() && driver != "default"),
                pools,
                options: self.ipam.options,
            },
            options: self.options,
            labels: self.labels,
            // A service's own part of a network is no container, and has no container's id.
            containers: members
                .filter_map(|(id, member)| Some((ContainerId::new(id).ok()?, member.convert())))
                .collect(),
        }
    }
}

impl FoundPool {
    fn convert(self) -> Option<AddressPool> {
        let aux = self.aux_addresses.into_iter();
        (!self.subnet.is_empty()).then(|| AddressPool {
            subnet: self.subnet,
            ip_range: Some(self.ip_range).filter(|range| !range.is_empty()),
            gateway: self.gateway.parse().ok(),
            aux_addresses: aux.filter_map(|(name, address)| Some((name, address.parse().ok()?))).collect(),
        })
    }
}

impl FoundMember {
    fn convert(self) -> Member {
        // The network tells them with the size of its range: `10.1.0.2/16`.
        let address = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
        Member {
            name: self.name,
            ipv4_address: address(&self.ipv4_address).parse().ok(),
            ipv6_address: address(&self.ipv6_address).parse().ok(),
            mac_address: Some(self.mac_address).filter(|address| !address.is_empty()),
        }
    }
}

/// The body of a network's creation.
fn create_body(spec: &NetworkSpec) -> Value {
    let pool = |pool: AddressPool| {
        let mut body = json!({ "Subnet": pool.subnet });
        if let Some(range) = pool.ip_range {
            body["IPRange"] = range.into();
        }
        if let Some(gateway) = pool.gateway {
            body["Gateway"] = gateway.to_string().into();
        }
        if !pool.aux_addresses.is_empty() {
            body["AuxiliaryAddresses"] = json!(pool.aux_addresses);
        }
        body
    };
    let pools: Vec<Value> = spec.pools().map(pool).collect();
    let mut body = json!({
        "Name": spec.name, "CheckDuplicate": true, "Driver": spec.driver.as_deref().unwrap_or("bridge"),
        "Internal": spec.internal, "Attachable": spec.attachable, "EnableIPv6": spec.enable_ipv6,
        "Options": spec.options, "Labels": spec.labels,
    });
    if !pools.is_empty() || !spec.ipam.is_default() {
        let driver = spec.ipam.driver.as_deref().unwrap_or("default");
        body["IPAM"] = json!({ "Driver": driver, "Config": pools, "Options": spec.ipam.options });
    }
    body
}

impl DockerEngine {
    /// Takes a connection that was refused out of the engine's books, where it would keep a container that runs from being
    /// started again. It cannot be ended, as it is none; one that is made in its place can.
    async fn forget_refused(&self, container: &ContainerRef, network: &NetworkName, name: &str) {
        let left = self.outline(container).await.is_ok_and(|outline| outline.is_booked(name) && !outline.is_in(name));
        let Ok(body) = to_json(&json!({ "Container": container })) else { return };
        let path = Path::new(format!("/networks/{network}/connect"));
        // What goes wrong here changes nothing about the refusal.
        if left && self.http.ask(Method::POST, &path, Some(body), &[], Some(self.http.limit)).await.is_ok() {
            let _ = self.disconnect_network(container, network, &DisconnectOptions { force: true }).await;
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
        if spec.attachable {
            self.http.needs(ATTACHABLE, "an attachable network")?;
        }
        let body = create_body(spec);
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

    async fn prune_networks(&self, labels: &[String]) -> Result<Pruned> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Removed {
            #[serde(default, deserialize_with = "null_is_empty")]
            networks_deleted: Vec<String>,
        }
        self.http.needs(PRUNE, "a removal of what is not used")?;
        let path = Path::new("/networks/prune").with("filters", json!({ "label": labels }).to_string());
        let (_, answer) = self.http.ask(Method::POST, &path, None, &[], Some(self.http.limit)).await?;
        Ok(Pruned { removed: parse::<Removed>(&answer)?.networks_deleted, bytes: 0 })
    }

    async fn connect_network(&self, container: &ContainerRef, connection: &Connection) -> Result<Outcome> {
        let found = self.network(&connection.network).await?;
        if self.outline(container).await?.is_in(&found.name) {
            return Ok(Outcome::AlreadySo);
        }
        if connection.mac_address.is_some() {
            self.http.needs(MAC_ADDRESS, "a hardware address in a further network")?;
        }
        let mut body = json!({ "Container": container });
        if !connection.is_plain() {
            body["EndpointConfig"] = json!(endpoint_settings(connection, true));
        }
        let path = Path::new(format!("/networks/{}/connect", connection.network));
        // An address of another range is a server's error.
        let refusals = &[(403, ErrorKind::Conflict), (500, ErrorKind::Invalid)];
        let asked = self.http.ask(Method::POST, &path, Some(to_json(&body)?), refusals, Some(self.http.limit)).await;
        if let Err(error) = asked {
            if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Invalid) {
                self.forget_refused(container, &connection.network, &found.name).await;
            }
            return Err(error);
        }
        Ok(Outcome::Done)
    }

    async fn disconnect_network(
        &self,
        container: &ContainerRef,
        network: &NetworkName,
        options: &DisconnectOptions,
    ) -> Result<Outcome> {
        let found = self.network(network).await?;
        match self.outline(container).await {
            Ok(outline) if !outline.is_in(&found.name) => return Ok(Outcome::AlreadySo),
            // The network may know of it still.
            Err(error) if error.kind() != ErrorKind::NotFound || !options.force => return Err(error),
            _ => {}
        }
        let body = to_json(&json!({ "Container": container, "Force": options.force }))?;
        let path = Path::new(format!("/networks/{network}/disconnect"));
        self.http.ask(Method::POST, &path, Some(body), &[(403, ErrorKind::Conflict)], Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }
}
