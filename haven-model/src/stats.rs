//! What a container uses, from cgroup version 1 and 2 alike.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One sample of what a container uses. Times and byte counts grow from the container's start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContainerStats {
    /// When the engine took it.
    pub read: Timestamp,
    /// CPU time used, in nanoseconds.
    pub cpu: u64,
    /// CPU time of the whole machine, in nanoseconds, where the engine says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_cpu: Option<u64>,
    /// How many cores it may use.
    pub cpus: u32,
    /// CPU use since the sample before, in percent of one core (two busy cores are 200); none: there is none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Memory in use in bytes, without the page cache that can be given back, as `docker stats` counts it.
    pub memory: u64,
    /// The most memory it may use in bytes, or what the machine has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// Bytes received.
    pub network_rx: u64,
    /// Bytes sent.
    pub network_tx: u64,
    /// Bytes read from disks.
    pub block_read: u64,
    /// Bytes written to disks.
    pub block_write: u64,
    /// Processes and threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids: Option<u64>,
}

impl ContainerStats {
    /// CPU use between `before` and this sample, in percent of one core; none where no time has passed.
    ///
    /// Against the machine's CPU time as Docker's own client does it, or against the wall clock where the engine says
    /// no system time (as on cgroup v2 through some runtimes).
    pub fn cpu_percent_since(&self, before: &Self) -> Option<f64> {
        let used = self.cpu.checked_sub(before.cpu)? as f64;
        if let (Some(now), Some(then)) = (self.system_cpu, before.system_cpu)
            && let Some(system) = now.checked_sub(then).filter(|system| *system > 0)
        {
            return Some(used / system as f64 * f64::from(self.cpus.max(1)) * 100.0);
        }
        let wall = self.read.duration_since(before.read).as_nanos();
        (wall > 0).then(|| used / wall as f64 * 100.0)
    }

    /// Memory in use, in percent of the limit.
    pub fn memory_percent(&self) -> Option<f64> {
        self.memory_limit.filter(|limit| *limit > 0).map(|limit| self.memory as f64 / limit as f64 * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(second: i64, cpu: u64, system_cpu: Option<u64>) -> ContainerStats {
        ContainerStats {
            read: Timestamp::from_second(second).unwrap(),
            cpu,
            system_cpu,
            cpus: 2,
            cpu_percent: None,
            memory: 1,
            memory_limit: Some(4),
            network_rx: 0,
            network_tx: 0,
            block_read: 0,
            block_write: 0,
            pids: None,
        }
    }

    #[test]
    fn cpu_counts_cores_with_and_without_system_time() {
        let second = 1_000_000_000;
        let before = sample(0, 0, Some(0));
        assert_eq!(sample(1, second, Some(2 * second)).cpu_percent_since(&before), Some(100.0));
        assert_eq!(sample(1, second, None).cpu_percent_since(&sample(0, 0, None)), Some(100.0));
        assert_eq!(before.cpu_percent_since(&sample(1, second, None)), None, "a counter that went back is a restart");
        assert_eq!(before.memory_percent(), Some(25.0));
    }
}
