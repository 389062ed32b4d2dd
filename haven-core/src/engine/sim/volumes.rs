//! The volumes of a simulated engine: names, drivers and labels; who uses them is known from the containers.
//!
//! A volume named in a container's specification is made with the container, as Docker does.

use std::collections::BTreeMap;

use async_trait::async_trait;
use haven_model::{
    ContainerId, Error, Outcome, Result, Volume, VolumeName, VolumeSpec, label::has_labels, system::Pruned,
    volume::PruneVolumes,
};

use crate::engine::Volumes;

use super::{SimEngine, state::State};

#[async_trait]
impl Volumes for SimEngine {
    async fn volumes(&self) -> Result<Vec<Volume>> {
        Ok(self.reach()?.volumes.values().cloned().collect())
    }

    async fn volume(&self, volume: &VolumeName) -> Result<Volume> {
        let state = self.reach()?;
        state.volumes.get(volume.as_str()).cloned().ok_or_else(|| Error::not_found("volume", volume))
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Outcome> {
        let mut state = self.reach()?;
        let driver = spec.driver.as_deref().unwrap_or("local");
        if driver != "local" {
            return Err(Error::not_found("volume driver", driver));
        }
        let made = state.make_volume(spec.name.as_str(), driver, &spec.labels, &spec.options);
        Ok(if made { Outcome::Done } else { Outcome::AlreadySo })
    }

    async fn remove_volume(&self, volume: &VolumeName) -> Result<Outcome> {
        let mut state = self.reach()?;
        if !state.volumes.contains_key(volume.as_str()) {
            return Ok(Outcome::AlreadySo);
        }
        if let Some(user) = state.volume_user(volume.as_str()) {
            return Err(Error::conflict(format!("volume `{volume}` is used by container `{}`", user.short())));
        }
        state.forget_volume(volume.as_str());
        Ok(Outcome::Done)
    }

    async fn prune_volumes(&self, options: &PruneVolumes) -> Result<Pruned> {
        let mut state = self.reach()?;
        let meant = |volume: &&Volume| {
            let unnamed = volume.name.len() == 64 && volume.name.bytes().all(|byte| byte.is_ascii_hexdigit());
            (options.all || unnamed)
                && has_labels(|key| volume.labels.get(key).map(String::as_str), &options.label)
                && state.volume_user(&volume.name).is_none()
        };
        let removed: Vec<String> = state.volumes.values().filter(meant).map(|volume| volume.name.clone()).collect();
        for name in &removed {
            state.forget_volume(name);
        }
        // Data that outlives no container takes no room.
        Ok(Pruned { removed, bytes: 0 })
    }
}

impl State {
    fn volume_user(&self, name: &str) -> Option<&ContainerId> {
        let uses = |mount: &haven_model::Mount| mount.source == name;
        self.containers.values().find(|record| record.volumes().any(uses)).map(|record| &record.id)
    }

    /// Makes a volume; false when it was there.
    pub(super) fn make_volume(
        &mut self,
        name: &str,
        driver: &str,
        labels: &BTreeMap<String, String>,
        options: &BTreeMap<String, String>,
    ) -> bool {
        if self.volumes.contains_key(name) {
            return false;
        }
        let volume = Volume {
            name: name.to_owned(),
            driver: driver.to_owned(),
            mountpoint: format!("/var/lib/docker/volumes/{name}/_data"),
            created: Some(self.time()),
            options: options.clone(),
            labels: labels.clone(),
        };
        self.emit("volume", "create", name, BTreeMap::from([("driver".to_owned(), driver.to_owned())]));
        self.volumes.insert(name.to_owned(), volume);
        true
    }

    /// Removes a volume, unless another container uses it.
    pub(super) fn forget_volume(&mut self, name: &str) {
        if self.volume_user(name).is_some() {
            return;
        }
        if let Some(volume) = self.volumes.remove(name) {
            self.emit("volume", "destroy", name, BTreeMap::from([("driver".to_owned(), volume.driver)]));
        }
    }
}
