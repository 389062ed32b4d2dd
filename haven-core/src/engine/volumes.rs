//! Volumes: made and removed.

use std::fmt::Debug;

use async_trait::async_trait;
use haven_model::{Outcome, Result, Volume, VolumeName, VolumeSpec, system::Pruned, volume::PruneVolumes};

/// The volumes of one engine.
#[async_trait]
pub trait Volumes: Debug + Send + Sync + 'static {
    /// All volumes, in no order.
    async fn volumes(&self) -> Result<Vec<Volume>>;

    /// One volume.
    async fn volume(&self, volume: &VolumeName) -> Result<Volume>;

    /// Makes a volume; one of this name and driver that is there already is `AlreadySo`, and keeps its labels.
    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Outcome>;

    /// Removes a volume with its data; one that does not exist is `AlreadySo`. `Conflict` when a container uses it.
    async fn remove_volume(&self, volume: &VolumeName) -> Result<Outcome>;

    /// Removes volumes that no container has, running or not, with their data: those that nobody named, and with `all` the
    /// others too. Tells how much data that was.
    async fn prune_volumes(&self, options: &PruneVolumes) -> Result<Pruned>;
}
