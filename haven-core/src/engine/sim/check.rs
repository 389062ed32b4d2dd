//! What a simulated engine refuses in a specification, as Docker does.

use haven_model::{Connection, ContainerSpec, Error, RestartPolicy, Result, spec::NetworkMode};

use crate::engine::containers::{check_environment, check_mount};

use super::{create::exposed, signal, state::State};

/// The log drivers that Docker has.
const LOG_DRIVERS: [&str; 11] = [
    "awslogs",
    "fluentd",
    "gcplogs",
    "gelf",
    "journald",
    "json-file",
    "local",
    "logentries",
    "none",
    "splunk",
    "syslog",
];
/// The kernel's capabilities.
const CAPABILITIES: [&str; 41] = [
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];
/// Docker's own least limit of memory.
const MIN_MEMORY: u64 = 6 << 20;

impl State {
    pub(super) fn check(&self, spec: &ContainerSpec) -> Result<()> {
        let refuse = |why: String| Err(Error::invalid(why));
        if spec.entrypoint.is_empty() && spec.command.is_empty() {
            return refuse("no command specified".into());
        }
        self.check_limits(spec)?;
        if spec.auto_remove && spec.restart != RestartPolicy::No {
            return refuse("a container that is removed at its end cannot be restarted".into());
        }
        if let Some(signal) = &spec.stop_signal {
            signal::parse(signal)?;
        }
        check_environment(&spec.env)?;
        for (at, mount) in spec.mounts.iter().enumerate() {
            check_mount(mount)?;
            if spec.mounts[..at].iter().any(|before| before.target == mount.target) {
                return refuse(format!("two mounts at `{}`", mount.target.escape_debug()));
            }
            if let Some(driver) =
                mount.driver.as_ref().or(spec.volume_driver.as_ref()).filter(|driver| *driver != "local")
            {
                return Err(Error::not_found("volume driver", driver));
            }
        }
        let first = |text: &String| text.split(':').next().unwrap_or_default().to_owned();
        let usual = !spec.network.as_ref().is_some_and(NetworkMode::is_user_defined);
        let links = spec.links.iter().filter(|_| usual);
        for name in spec.volumes_from.iter().chain(links).map(first) {
            let found = name.parse().and_then(|name| self.find(&name));
            found.map_err(|_| Error::invalid(format!("no such container: `{}`", name.escape_debug())))?;
        }
        for from in &spec.volumes_from {
            if from.split_once(':').is_some_and(|(_, mode)| !["ro", "rw", "z", "Z"].contains(&mode)) {
                return refuse(format!("`{}` has a mode that is none", from.escape_debug()));
            }
        }
        let host = |mode: &Option<String>| mode.as_deref() == Some("host");
        if host(&spec.uts_mode) && spec.hostname.is_some() {
            return refuse("a container with the host's name has none of its own".into());
        }
        if spec.network.as_ref().is_some_and(|mode| mode.to_string() == "host") && !spec.links.is_empty() {
            return refuse("a container on the host's network has no links".into());
        }
        if let Some(mode) = spec.cgroupns_mode.as_deref().filter(|mode| !["host", "private"].contains(mode)) {
            return refuse(format!("`{}` is no mode of control groups", mode.escape_debug()));
        }
        if let Some(runtime) = spec.runtime.as_deref().filter(|runtime| *runtime != "runc") {
            return refuse(format!("no runtime `{}`", runtime.escape_debug()));
        }
        if let Some(driver) = spec.log_driver.as_deref().filter(|driver| !LOG_DRIVERS.contains(driver)) {
            return refuse(format!("no log driver `{}`", driver.escape_debug()));
        }
        for capability in spec.cap_add.iter().chain(&spec.cap_drop) {
            let name = capability.to_ascii_uppercase();
            let name = name.strip_prefix("CAP_").unwrap_or(&name);
            if name != "ALL" && !CAPABILITIES.contains(&name) {
                return refuse(format!("no capability `{}`", capability.escape_debug()));
            }
        }
        if spec.extra_hosts.iter().any(|host| !host.contains(':')) {
            return refuse("a further host is `HOST:ADDRESS`".into());
        }
        if spec.working_dir.as_deref().is_some_and(|folder| !folder.starts_with('/')) {
            return refuse("the working directory is no absolute path".into());
        }
        if let Some(port) = spec.expose.iter().find(|port| exposed(port).is_none()) {
            return refuse(format!("`{}` is no port", port.escape_debug()));
        }
        if let Some(NetworkMode::Container(_)) = spec.network
            && (spec.hostname.is_some() || !spec.ports.is_empty() || spec.publish_all_ports || !spec.links.is_empty())
        {
            return refuse("a container in the network of another has its names and ports".into());
        }
        Ok(())
    }

    /// Limits, and what contradicts what.
    pub(super) fn check_limits(&self, spec: &ContainerSpec) -> Result<()> {
        let refuse = |why: String| Err(Error::invalid(why));
        let limits = [
            ("memory", spec.memory),
            ("memory", spec.memory_reservation),
            ("memory of the kernel", spec.kernel_memory),
            ("shared memory", spec.shm_size),
            ("CPU time", spec.nano_cpus),
            ("CPU time", spec.cpu_shares),
            ("CPU time", spec.cpu_quota),
            ("CPU time", spec.cpu_period),
        ];
        for (what, limit) in limits {
            if let Some(limit) = limit.filter(|limit| i64::try_from(*limit).is_err()) {
                return refuse(format!("no engine takes {limit} for a limit of {what}"));
            }
        }
        for limit in [spec.memory, spec.memory_reservation, spec.kernel_memory].into_iter().flatten() {
            if (1..MIN_MEMORY).contains(&limit) {
                return refuse("the least memory limit is 6 MiB".into());
            }
        }
        let memory = spec.memory.and_then(|memory| i64::try_from(memory).ok()).unwrap_or_default();
        match spec.memory_swap {
            Some(swap) if swap < -1 => return refuse(format!("{swap} is no limit of memory and swap")),
            Some(1..) if memory == 0 => return refuse("a limit of memory and swap takes one of memory".into()),
            Some(swap @ 1..) if swap < memory => return refuse("memory and swap are less than the memory".into()),
            _ => {}
        }
        if spec.memory_reservation.is_some_and(|reservation| spec.memory.is_some_and(|memory| memory < reservation)) {
            return refuse("the memory reservation is more than the memory".into());
        }
        if spec.memory_swappiness.is_some_and(|swappiness| swappiness > 100) {
            return refuse("a swappiness is at most 100".into());
        }
        if spec.oom_score_adj.is_some_and(|adjustment| !(-1000..=1000).contains(&adjustment)) {
            return refuse("an adjustment of the OOM score is from -1000 to 1000".into());
        }
        if spec.nano_cpus.is_some_and(|cpus| cpus > u64::from(self.options.cpus) * 1_000_000_000) {
            return refuse(format!("there are only {} cores", self.options.cpus));
        }
        let given = |limit: Option<u64>| limit.is_some_and(|limit| limit > 0);
        if given(spec.nano_cpus) && (given(spec.cpu_quota) || given(spec.cpu_period)) {
            return refuse("cores and a quota of CPU time cannot be given both".into());
        }
        if spec.cpu_period.is_some_and(|period| period > 0 && !(1_000..=1_000_000).contains(&period)) {
            return refuse("a period of CPU time is from 1,000 to 1,000,000 microseconds".into());
        }
        if spec.cpu_quota.is_some_and(|quota| (1..1_000).contains(&quota)) {
            return refuse("a quota of CPU time is at least 1,000 microseconds".into());
        }
        for (set, most) in [(&spec.cpuset_cpus, self.options.cpus), (&spec.cpuset_mems, 1)] {
            if let Some(set) = set.as_deref().filter(|set| !within(set, most)) {
                return refuse(format!("`{}` is not a set of what the host has", set.escape_debug()));
            }
        }
        if spec.blkio_weight.is_some_and(|weight| weight > 0 && !(10..=1000).contains(&weight)) {
            return refuse("a weight at disks is from 10 to 1000".into());
        }
        Ok(())
    }

    /// What a network cannot give.
    pub(super) fn check_connection(&self, connection: &Connection) -> Result<()> {
        let found = self.find_network(connection.network.as_str())?;
        let name = &found.network.name;
        let made = !["bridge", "host", "none"].contains(&name.as_str());
        if !made && !connection.aliases.is_empty() {
            return Err(Error::invalid(format!("network `{name}` knows no names of containers")));
        }
        if connection.ipv4_address.is_some() || connection.ipv6_address.is_some() {
            if !made {
                return Err(Error::invalid(format!("an address in network `{name}` cannot be chosen")));
            }
            if !found.has_own_range {
                return Err(Error::invalid(format!(
                    "network `{name}` was made without a range to choose addresses of"
                )));
            }
        }
        Ok(())
    }
}

/// Whether a list like `0-2,4` is one of numbers below `most`.
fn within(set: &str, most: u32) -> bool {
    set.is_empty()
        || set.split(',').all(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number < most);
            matches!((number(from), number(to)), (Some(from), Some(to)) if from <= to)
        })
}
