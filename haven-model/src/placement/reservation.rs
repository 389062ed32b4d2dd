//! What a container takes of its node's memory and processors, kept in labels so that a list of containers tells it.

use std::collections::BTreeMap;

use crate::ContainerSpec;

/// What a container takes of its node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reservation {
    /// Memory, in bytes.
    pub memory: u64,
    /// CPU time, in billionths of a core.
    pub nano_cpus: u64,
}

impl Reservation {
    /// The label that tells a container's memory, in bytes.
    pub const MEMORY: &str = crate::label::MEMORY;
    /// The label that tells a container's CPU time, in billionths of a core.
    pub const CPUS: &str = crate::label::CPUS;

    /// What a container made from `spec` takes: the memory that it is pressed down to, else as much as it may use.
    pub fn of(spec: &ContainerSpec) -> Self {
        let quota = spec.cpu_quota.map(|quota| {
            let period = spec.cpu_period.filter(|period| *period > 0).unwrap_or(100_000);
            u64::try_from(u128::from(quota) * 1_000_000_000 / u128::from(period)).unwrap_or(u64::MAX)
        });
        Self {
            memory: spec.memory_reservation.or(spec.memory).unwrap_or_default(),
            nano_cpus: spec.nano_cpus.or(quota).unwrap_or_default(),
        }
    }

    /// What a container with these labels takes; what is no number is nothing.
    pub fn of_labels(labels: &BTreeMap<String, String>) -> Self {
        let number = |key: &str| labels.get(key).and_then(|value| value.parse().ok()).unwrap_or_default();
        Self { memory: number(Self::MEMORY), nano_cpus: number(Self::CPUS) }
    }

    /// Writes the labels that tell it, and takes away those that tell otherwise.
    pub fn keep_in(self, labels: &mut BTreeMap<String, String>) {
        for (key, value) in [(Self::MEMORY, self.memory), (Self::CPUS, self.nano_cpus)] {
            if value == 0 {
                labels.remove(key);
            } else {
                labels.insert(key.to_owned(), value.to_string());
            }
        }
    }
}
