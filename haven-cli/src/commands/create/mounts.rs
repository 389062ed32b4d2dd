//! Options about its files.

use clap::Args;
use haven_core::model::{ContainerSpec, Mount};

use super::words::{parse_memory, parse_mount, parse_tmpfs, parse_volume};
use crate::commands::pick::parse_pair;

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct Mounts {
    /// A volume or a folder of the host: `[SOURCE:]TARGET[:ro]`
    #[arg(short, long, value_name = "MOUNT", value_parser = parse_volume)]
    volume: Vec<Mount>,
    /// A mount with all that can be said of it: `type=bind,source=/srv,target=/web,readonly`
    #[arg(long, value_name = "MOUNT", value_parser = parse_mount)]
    mount: Vec<Mount>,
    /// A file system in memory at this path: `TARGET[:size=64m,mode=1777]`
    #[arg(long, value_name = "TARGET", value_parser = parse_tmpfs)]
    tmpfs: Vec<Mount>,
    /// A container whose volumes it has too: `CONTAINER[:ro]`
    #[arg(long, value_name = "CONTAINER")]
    volumes_from: Vec<String>,
    /// The driver of those of its volumes that name none
    #[arg(long, value_name = "DRIVER")]
    volume_driver: Option<String>,
    /// Its own file system cannot be written
    #[arg(long)]
    read_only: bool,
    /// The size of `/dev/shm`: `128m`
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    shm_size: Option<u64>,
    /// An option of the storage driver
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    storage_opt: Vec<(String, String)>,
}

impl Mounts {
    pub(super) fn apply(self, spec: &mut ContainerSpec) {
        spec.mounts = [self.volume, self.mount, self.tmpfs].concat();
        spec.volumes_from = self.volumes_from;
        spec.volume_driver = self.volume_driver;
        spec.read_only = self.read_only;
        spec.shm_size = self.shm_size;
        spec.storage_options = self.storage_opt.into_iter().collect();
    }
}
