//! What of a container can be changed while it lives.

use serde::{Deserialize, Serialize};

use super::{ContainerSpec, RestartPolicy};

/// Changes of a living container: of its limits and its restart policy. What is not given stays as it is.
///
/// ```
/// use haven_model::{RestartPolicy, spec::ContainerUpdate};
///
/// let parked = ContainerUpdate { restart: Some(RestartPolicy::No), ..ContainerUpdate::default() };
/// assert!(!parked.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContainerUpdate {
    /// What the engine does when the program ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<RestartPolicy>,
    /// The most memory, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The most memory and swap together, in bytes; -1: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_swap: Option<i64>,
    /// The memory that it is pressed down to when the host runs short, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<u64>,
    /// The most memory of the kernel, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel_memory: Option<u64>,
    /// The most CPU time, in billionths of a core.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nano_cpus: Option<u64>,
    /// Its weight against others when the CPU is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_shares: Option<u64>,
    /// The most CPU time in a period, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_quota: Option<u64>,
    /// The period that `cpu_quota` is counted in, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_period: Option<u64>,
    /// The cores that it may use: `0-2,4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpuset_cpus: Option<String>,
    /// The memory nodes that it may use: `0,1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpuset_mems: Option<String>,
    /// Its weight against others when disks are busy, 10 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blkio_weight: Option<u16>,
    /// The most processes; -1: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids_limit: Option<i64>,
}

impl ContainerUpdate {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Changes a specification as the engine changes the container: swap stays what it was when only the memory changes.
    pub fn apply(&self, spec: &mut ContainerSpec) {
        fn set<T: Clone>(to: &mut Option<T>, from: Option<&T>) {
            if let Some(value) = from {
                *to = Some(value.clone());
            }
        }
        if let Some(restart) = self.restart {
            spec.restart = restart;
        }
        if self.memory.is_some() && self.memory != spec.memory && spec.memory_swap.is_none() {
            let twice = spec.memory.and_then(|memory| i64::try_from(memory.checked_mul(2)?).ok());
            spec.memory_swap = Some(twice.unwrap_or(-1));
        }
        set(&mut spec.memory, self.memory.as_ref());
        set(&mut spec.memory_swap, self.memory_swap.as_ref());
        set(&mut spec.memory_reservation, self.memory_reservation.as_ref());
        set(&mut spec.kernel_memory, self.kernel_memory.as_ref());
        set(&mut spec.nano_cpus, self.nano_cpus.as_ref());
        set(&mut spec.cpu_shares, self.cpu_shares.as_ref());
        set(&mut spec.cpu_quota, self.cpu_quota.as_ref());
        set(&mut spec.cpu_period, self.cpu_period.as_ref());
        set(&mut spec.cpuset_cpus, self.cpuset_cpus.as_ref());
        set(&mut spec.cpuset_mems, self.cpuset_mems.as_ref());
        set(&mut spec.blkio_weight, self.blkio_weight.as_ref());
        set(&mut spec.pids_limit, self.pids_limit.as_ref());
    }
}
