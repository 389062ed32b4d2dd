//! Limits of a container and its restart policy: at its creation, in its life, and as they are told.

use bollard::models::{
    ContainerUpdateBody, HostConfig, ResourcesBlkioWeightDevice, ResourcesUlimits, RestartPolicyNameEnum,
};
use haven_model::{
    ContainerSpec, ContainerUpdate, Error, RestartPolicy, Result,
    spec::{ThrottleDevice, Ulimit, WeightDevice},
    system::ApiVersion,
};
use serde_json::Value;

use super::{MOUNTS, text, too_old};
use crate::engine::{containers::check_update, docker::http::Http};

/// Microseconds in which an engine counts CPU time where nothing is said.
const CPU_PERIOD: i64 = 100_000;
/// Billionths of a core in a microsecond of that period.
const NANOS_IN_QUOTA: i64 = 10_000;
/// From then on an engine changes the most processes of a living container.
const PIDS_CHANGE: ApiVersion = ApiVersion::new(1, 40);
/// What `/dev/shm` is where nothing is said.
const SHM_SIZE: i64 = 64 << 20;

/// A number as the engine counts. `Invalid` for one that no engine takes.
pub(super) fn number(limit: u64, what: &str) -> Result<i64> {
    i64::try_from(limit).map_err(|_| Error::invalid(format!("no engine takes {limit} for a limit of {what}")))
}

fn some(limit: Option<u64>, what: &str) -> Result<Option<i64>> {
    limit.map(|limit| number(limit, what)).transpose()
}

pub(super) fn write(spec: &ContainerSpec, api: ApiVersion, host: &mut HostConfig) -> Result<()> {
    host.restart_policy = Some(restart_policy(spec.restart));
    host.memory = some(spec.memory, "memory")?;
    host.memory_swap = spec.memory_swap;
    host.memory_reservation = some(spec.memory_reservation, "memory")?;
    host.memory_swappiness = spec.memory_swappiness.map(i64::from);
    host.oom_kill_disable = spec.oom_kill_disable.then_some(true);
    host.oom_score_adj = spec.oom_score_adj.map(i64::from);
    host.cpu_shares = some(spec.cpu_shares, "CPU time")?;
    host.cpu_quota = some(spec.cpu_quota, "CPU time")?;
    host.cpu_period = some(spec.cpu_period, "CPU time")?;
    host.cpuset_cpus.clone_from(&spec.cpuset_cpus);
    host.cpuset_mems.clone_from(&spec.cpuset_mems);
    match some(spec.nano_cpus, "CPU time")? {
        Some(nanos) if api < MOUNTS => {
            host.cpu_period = Some(CPU_PERIOD);
            host.cpu_quota = Some(nanos / NANOS_IN_QUOTA);
        }
        nanos => host.nano_cpus = nanos,
    }
    host.blkio_weight = spec.blkio_weight;
    let weight = |device: &WeightDevice| ResourcesBlkioWeightDevice {
        path: Some(device.path.clone()),
        weight: Some(device.weight.into()),
    };
    let weights: Vec<_> = spec.blkio_weight_devices.iter().map(weight).collect();
    host.blkio_weight_device = (!weights.is_empty()).then_some(weights);
    host.blkio_device_read_bps = throttles(&spec.device_read_bps)?;
    host.blkio_device_write_bps = throttles(&spec.device_write_bps)?;
    host.blkio_device_read_iops = throttles(&spec.device_read_iops)?;
    host.blkio_device_write_iops = throttles(&spec.device_write_iops)?;
    host.pids_limit = spec.pids_limit;
    let ulimit = |limit: &Ulimit| ResourcesUlimits {
        name: Some(limit.name.clone()),
        soft: Some(limit.soft),
        hard: Some(limit.hard),
    };
    host.ulimits = (!spec.ulimits.is_empty()).then(|| spec.ulimits.iter().map(ulimit).collect());
    host.cgroup_parent.clone_from(&spec.cgroup_parent);
    host.shm_size = some(spec.shm_size, "shared memory")?;
    Ok(())
}

fn throttles(devices: &[ThrottleDevice]) -> Result<Option<Vec<bollard::models::ThrottleDevice>>> {
    let throttle = |device: &ThrottleDevice| {
        let rate = Some(number(device.rate, "a disk")?);
        Ok(bollard::models::ThrottleDevice { path: Some(device.path.clone()), rate })
    };
    let throttles = devices.iter().map(throttle).collect::<Result<Vec<_>>>()?;
    Ok((!throttles.is_empty()).then_some(throttles))
}

fn restart_policy(policy: RestartPolicy) -> bollard::models::RestartPolicy {
    let (name, retries) = match policy {
        RestartPolicy::No => (RestartPolicyNameEnum::NO, None),
        RestartPolicy::Always => (RestartPolicyNameEnum::ALWAYS, None),
        RestartPolicy::UnlessStopped => (RestartPolicyNameEnum::UNLESS_STOPPED, None),
        RestartPolicy::OnFailure(retries) => (RestartPolicyNameEnum::ON_FAILURE, Some(i64::from(retries))),
    };
    bollard::models::RestartPolicy { name: Some(name), maximum_retry_count: retries }
}

/// Changes of a living container. `Invalid` for a 0, which the engine takes for nothing said.
///
/// `Unsupported` for what the engine would ignore.
pub(in crate::engine::docker) fn update_body(update: &ContainerUpdate, http: &Http) -> Result<Value> {
    check_update(update)?;
    if update.pids_limit.is_some() && http.api < PIDS_CHANGE {
        return Err(too_old(PIDS_CHANGE, "a change of the most processes", http));
    }
    let nano_cpus = some(update.nano_cpus, "CPU time")?;
    let in_quota = nano_cpus.filter(|_| http.api < MOUNTS);
    let body = ContainerUpdateBody {
        restart_policy: update.restart.map(restart_policy),
        memory: some(update.memory, "memory")?,
        memory_swap: update.memory_swap,
        memory_reservation: some(update.memory_reservation, "memory")?,
        nano_cpus: nano_cpus.filter(|_| in_quota.is_none()),
        cpu_shares: some(update.cpu_shares, "CPU time")?,
        cpu_quota: in_quota.map(|nanos| nanos / NANOS_IN_QUOTA).or(some(update.cpu_quota, "CPU time")?),
        cpu_period: in_quota.map(|_| CPU_PERIOD).or(some(update.cpu_period, "CPU time")?),
        cpuset_cpus: update.cpuset_cpus.clone(),
        cpuset_mems: update.cpuset_mems.clone(),
        blkio_weight: update.blkio_weight,
        pids_limit: update.pids_limit,
        ..ContainerUpdateBody::default()
    };
    let mut body = serde_json::to_value(body)
        .map_err(|error| Error::unexpected("the request cannot be written").caused_by(error))?;
    if let Some(memory) = update.kernel_memory {
        body["KernelMemory"] = number(memory, "memory of the kernel")?.into();
    }
    Ok(body)
}

pub(super) fn read(host: &HostConfig, api: ApiVersion, spec: &mut ContainerSpec) {
    let given = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    let restart = host.restart_policy.clone().unwrap_or_default();
    let retries = restart.maximum_retry_count.and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    spec.restart = match restart.name {
        Some(RestartPolicyNameEnum::ALWAYS) => RestartPolicy::Always,
        Some(RestartPolicyNameEnum::UNLESS_STOPPED) => RestartPolicy::UnlessStopped,
        Some(RestartPolicyNameEnum::ON_FAILURE) => RestartPolicy::OnFailure(retries),
        _ => RestartPolicy::No,
    };
    spec.memory = given(host.memory);
    let twice = host.memory.and_then(|memory| memory.checked_mul(2));
    spec.memory_swap = match host.memory_swap {
        // A limit of memory that came later brought none of swap with it.
        Some(0) if spec.memory.is_some() => Some(-1),
        swap => swap.filter(|swap| *swap != 0 && Some(*swap) != twice),
    };
    spec.memory_reservation = given(host.memory_reservation);
    spec.memory_swappiness = host.memory_swappiness.and_then(|swappiness| u8::try_from(swappiness).ok());
    spec.oom_kill_disable = host.oom_kill_disable.unwrap_or_default();
    let adjustment = host.oom_score_adj.and_then(|adjustment| i16::try_from(adjustment).ok());
    spec.oom_score_adj = adjustment.filter(|adjustment| *adjustment != 0);
    spec.cpu_shares = given(host.cpu_shares);
    spec.nano_cpus = given(host.nano_cpus);
    match given(host.cpu_quota) {
        // This is how `write` puts it for such an engine.
        Some(quota) if api < MOUNTS && host.cpu_period.is_none_or(|period| [0, CPU_PERIOD].contains(&period)) => {
            spec.nano_cpus = Some(quota.saturating_mul(NANOS_IN_QUOTA.unsigned_abs()));
        }
        quota => {
            spec.cpu_quota = quota;
            spec.cpu_period = given(host.cpu_period);
        }
    }
    spec.cpuset_cpus = text(host.cpuset_cpus.as_ref());
    spec.cpuset_mems = text(host.cpuset_mems.as_ref());
    spec.blkio_weight = host.blkio_weight.filter(|weight| *weight > 0);
    let weight = |device: &ResourcesBlkioWeightDevice| {
        Some(WeightDevice { path: device.path.clone()?, weight: u16::try_from(device.weight?).ok()? })
    };
    spec.blkio_weight_devices = host.blkio_weight_device.iter().flatten().filter_map(weight).collect();
    let throttles = |devices: &Option<Vec<bollard::models::ThrottleDevice>>| {
        let throttle = |device: &bollard::models::ThrottleDevice| {
            Some(ThrottleDevice { path: device.path.clone()?, rate: u64::try_from(device.rate?).ok()? })
        };
        devices.iter().flatten().filter_map(throttle).collect()
    };
    spec.device_read_bps = throttles(&host.blkio_device_read_bps);
    spec.device_write_bps = throttles(&host.blkio_device_write_bps);
    spec.device_read_iops = throttles(&host.blkio_device_read_iops);
    spec.device_write_iops = throttles(&host.blkio_device_write_iops);
    spec.pids_limit = host.pids_limit.filter(|limit| *limit > 0);
    let ulimit =
        |limit: &ResourcesUlimits| Some(Ulimit { name: limit.name.clone()?, soft: limit.soft?, hard: limit.hard? });
    spec.ulimits = host.ulimits.iter().flatten().filter_map(ulimit).collect();
    spec.cgroup_parent = text(host.cgroup_parent.as_ref());
    spec.shm_size = given(host.shm_size.filter(|size| *size != SHM_SIZE));
}
