//! Volumes of a Docker Engine.

use std::collections::BTreeMap;

use ::http::Method;
use async_trait::async_trait;
use haven_model::{ErrorKind, Outcome, Result, Volume, VolumeName, VolumeSpec};
use serde::Deserialize;
use serde_json::json;

use super::{
    DockerEngine,
    http::{Path, json as to_json},
    summary::null_is_empty,
};
use crate::engine::Volumes;

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
}
