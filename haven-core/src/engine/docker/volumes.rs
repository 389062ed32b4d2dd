//! Volumes of a Docker Engine.

use std::collections::BTreeMap;

use ::http::Method;
use async_trait::async_trait;
use haven_model::{
    Error, ErrorKind, Outcome, Result, Volume, VolumeName, VolumeSpec,
    system::{ApiVersion, Pruned},
    volume::PruneVolumes,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    DockerEngine,
    http::{Path, json as to_json, parse},
    summary::null_is_empty,
};
use crate::engine::Volumes;

/// From then on an engine tells how large volumes are.
const MEASURES: ApiVersion = ApiVersion::new(1, 25);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    mountpoint: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    created_at: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    options: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(default, deserialize_with = "null_is_empty")]
    volumes: Vec<Found>,
}

impl Found {
    fn convert(self) -> Volume {
        Volume {
            name: self.name,
            driver: self.driver,
            mountpoint: self.mountpoint,
            created: self.created_at.parse().ok(),
            options: self.options,
            labels: self.labels,
        }
    }
}

#[async_trait]
impl Volumes for DockerEngine {
    async fn volumes(&self) -> Result<Vec<Volume>> {
        let list: List = self.http.get(&Path::new("/volumes")).await?;
        Ok(list.volumes.into_iter().map(Found::convert).collect())
    }

    async fn volume(&self, volume: &VolumeName) -> Result<Volume> {
        Ok(self.http.get::<Found>(&Path::new(format!("/volumes/{volume}"))).await?.convert())
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Outcome> {
        let driver = spec.driver.as_deref().unwrap_or("local");
        match self.volume(&spec.name).await {
            Ok(found) if found.driver == driver => return Ok(Outcome::AlreadySo),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let body = to_json(&json!({
            "Name": spec.name, "Driver": driver, "DriverOpts": spec.options, "Labels": spec.labels,
        }))?;
        self.http.ask(Method::POST, &Path::new("/volumes/create"), Some(body), &[], Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }

    async fn remove_volume(&self, volume: &VolumeName) -> Result<Outcome> {
        let path = Path::new(format!("/volumes/{volume}"));
        match self.http.ask(Method::DELETE, &path, None, &[], Some(self.http.limit)).await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
            Err(error) => Err(error),
        }
    }

    async fn prune_volumes(&self, options: &PruneVolumes) -> Result<Pruned> {
        let filters = json!({ "dangling": ["true"], "label": options.label }).to_string();
        let unused: List = self.http.get(&Path::new("/volumes").with("filters", filters)).await?;
        let meant = |volume: &Found| options.all || is_anonymous(volume);
        let unused: Vec<Found> = unused.volumes.into_iter().filter(meant).collect();
        let mut pruned = Pruned::default();
        if unused.is_empty() {
            return Ok(pruned);
        }
        let sizes = self.volume_sizes().await?;
        for volume in unused {
            let name = VolumeName::new(&volume.name)
                .map_err(|error| Error::unexpected("the engine tells a volume without a name").caused_by(error))?;
            match self.remove_volume(&name).await {
                Ok(Outcome::Done) => {
                    pruned.bytes += sizes.get(&volume.name).copied().unwrap_or_default();
                    pruned.removed.push(volume.name);
                }
                Ok(Outcome::AlreadySo) => {}
                // Somebody took it meanwhile.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Ok(pruned)
    }
}

/// Whether an engine made up its name. Newer ones say so with a label, older ones make a name of 64 digits.
fn is_anonymous(volume: &Found) -> bool {
    volume.labels.contains_key("com.docker.volume.anonymous")
        || (volume.name.len() == 64 && volume.name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl DockerEngine {
    /// The size of every volume. An engine measures them for this.
    async fn volume_sizes(&self) -> Result<BTreeMap<String, u64>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Used {
            #[serde(default, deserialize_with = "null_is_empty")]
            volumes: Vec<Measured>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Measured {
            name: String,
            #[serde(default, deserialize_with = "null_is_empty")]
            usage_data: Usage,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Usage {
            #[serde(default)]
            size: i64,
        }
        self.http.needs(MEASURES, "the size of volumes")?;
        let path = Path::new("/system/df").with("type", "volume");
        let (_, answer) = self.http.ask(Method::GET, &path, None, &[], Some(self.http.limit * 4)).await?;
        let used: Used = parse(&answer)?;
        let size = |volume: Measured| Some((volume.name, u64::try_from(volume.usage_data.size).ok()?));
        Ok(used.volumes.into_iter().filter_map(size).collect())
    }
}
