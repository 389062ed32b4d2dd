//! What a container uses, as an engine tells it: on cgroup version 1 and 2, old and new.

use std::collections::BTreeMap;

use haven_model::{ContainerStats, system::ApiVersion};
use serde::Deserialize;

use super::summary::null_is_empty;

/// From this API on one sample can be had without a second for a second one.
pub(super) const ONE_SHOT: ApiVersion = ApiVersion::new(1, 41);

/// An engine's sample. Fields that its cgroup version lacks, or that are null, are empty.
#[derive(Deserialize)]
pub(super) struct Stats {
    #[serde(default, deserialize_with = "null_is_empty")]
    read: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    cpu_stats: Cpu,
    #[serde(default, deserialize_with = "null_is_empty")]
    memory_stats: Memory,
    #[serde(default, deserialize_with = "null_is_empty")]
    networks: BTreeMap<String, Network>,
    #[serde(default, deserialize_with = "null_is_empty")]
    blkio_stats: Block,
    #[serde(default, deserialize_with = "null_is_empty")]
    pids_stats: Pids,
}

#[derive(Default, Deserialize)]
struct Cpu {
    #[serde(default, deserialize_with = "null_is_empty")]
    cpu_usage: CpuUsage,
    #[serde(default)]
    system_cpu_usage: Option<u64>,
    #[serde(default)]
    online_cpus: Option<u32>,
}

#[derive(Default, Deserialize)]
struct CpuUsage {
    #[serde(default)]
    total_usage: u64,
    #[serde(default, deserialize_with = "null_is_empty")]
    percpu_usage: Vec<u64>,
}

#[derive(Default, Deserialize)]
struct Memory {
    #[serde(default)]
    usage: u64,
    #[serde(default)]
    limit: Option<u64>,
    #[serde(default, deserialize_with = "null_is_empty")]
    stats: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Network {
    #[serde(default)]
    rx_bytes: u64,
    #[serde(default)]
    tx_bytes: u64,
}

#[derive(Default, Deserialize)]
struct Block {
    #[serde(default, deserialize_with = "null_is_empty")]
    io_service_bytes_recursive: Vec<BlockEntry>,
}

#[derive(Deserialize)]
struct BlockEntry {
    #[serde(default, deserialize_with = "null_is_empty")]
    op: String,
    #[serde(default)]
    value: u64,
}

#[derive(Default, Deserialize)]
struct Pids {
    #[serde(default)]
    current: Option<u64>,
}

impl Stats {
    pub(super) fn convert(self) -> ContainerStats {
        // The page cache that can be given back: `total_inactive_file` on version 1, `inactive_file` on version 2.
        let cache = ["total_inactive_file", "inactive_file"].iter().find_map(|name| self.memory_stats.stats.get(*name));
        let cores = u32::try_from(self.cpu_stats.cpu_usage.percpu_usage.len()).unwrap_or_default();
        let block = |op: &str| {
            let entries = self.blkio_stats.io_service_bytes_recursive.iter();
            entries.filter(|entry| entry.op.eq_ignore_ascii_case(op)).map(|entry| entry.value).sum()
        };
        ContainerStats {
            read: self.read.parse().unwrap_or_default(),
            cpu: self.cpu_stats.cpu_usage.total_usage,
            system_cpu: self.cpu_stats.system_cpu_usage,
            cpus: self.cpu_stats.online_cpus.filter(|cpus| *cpus > 0).unwrap_or(cores).max(1),
            cpu_percent: None,
            memory: self.memory_stats.usage.saturating_sub(cache.copied().unwrap_or_default()),
            memory_limit: self.memory_stats.limit.filter(|limit| *limit > 0),
            network_rx: self.networks.values().map(|network| network.rx_bytes).sum(),
            network_tx: self.networks.values().map(|network| network.tx_bytes).sum(),
            block_read: block("read"),
            block_write: block("write"),
            pids: self.pids_stats.current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_counts_cores_by_their_times() {
        let stats: Stats = serde_json::from_str(
            r#"{"read":"2026-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":7,"percpu_usage":[3,4]},"system_cpu_usage":100},
            "memory_stats":{"usage":100,"limit":1000,"stats":{"total_inactive_file":30,"cache":60}},
            "networks":{"eth0":{"rx_bytes":1,"tx_bytes":2},"eth1":{"rx_bytes":10,"tx_bytes":20}},
            "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":5},{"op":"Write","value":6},{"op":"Total","value":11}]},
            "pids_stats":{"current":3}}"#,
        )
        .unwrap();
        let stats = stats.convert();
        assert_eq!(
            (stats.cpus, stats.memory, stats.network_rx, stats.block_write, stats.pids),
            (2, 70, 11, 6, Some(3))
        );
    }

    #[test]
    fn version_2_has_no_times_by_core_and_nulls_are_empty() {
        let stats: Stats = serde_json::from_str(
            r#"{"read":"2026-01-01T00:00:00.5Z","cpu_stats":{"cpu_usage":{"total_usage":7,"percpu_usage":null},"system_cpu_usage":100,"online_cpus":4},
            "memory_stats":{"usage":100,"limit":1000,"stats":{"inactive_file":10,"file":60}},"networks":null,
            "blkio_stats":{"io_service_bytes_recursive":null},"pids_stats":{}}"#,
        )
        .unwrap();
        let stats = stats.convert();
        assert_eq!((stats.cpus, stats.memory, stats.network_rx, stats.pids), (4, 90, 0, None));
    }

    #[test]
    fn a_container_that_does_not_run_uses_nothing() {
        let stats: Stats = serde_json::from_str(
            r#"{"read":"0001-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{},"pids_stats":{}}"#,
        )
        .unwrap();
        let stats = stats.convert();
        assert_eq!((stats.cpu, stats.memory, stats.pids), (0, 0, None));
    }
}
