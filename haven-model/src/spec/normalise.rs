//! Two specifications that mean the same, told apart in form only.
//!
//! An engine writes down what it was given in its own way: sets in another order, defaults where nothing was said, a limit
//! in another unit. [`ContainerSpec::normalise`] takes both to one form, in which they can be compared.

use super::{Connection, ContainerSpec, HealthCheck, Mount, MountKind, NetworkMode, Propagation};

/// The period in which the kernel counts CPU time where nothing is said, in microseconds.
const CPU_PERIOD: u64 = 100_000;
/// The size of `/dev/shm` where nothing is said.
const SHM_SIZE: u64 = 64 << 20;
/// The mode of a memory file system where nothing is said.
const TMPFS_MODE: u32 = 0o1777;

impl ContainerSpec {
    /// The same specification in the one form that all of its meaning have. Once is as good as twice.
    ///
    /// * Sets are in order and hold nothing twice: capabilities (`CAP_NET_ADMIN` is `NET_ADMIN`), security options,
    ///   groups, ports, devices, limits, connections (by network), mounts (by target), links, aliases.
    /// * What is empty, or 0 where that means no limit, is left out; so is what Docker does when nothing is said: the
    ///   network `bridge`, twice the memory as swap, 64 MiB of shared memory, IPC `private`, runtime `runc`, the log driver
    ///   `json-file`, propagation `rprivate`, mode 1777 of a memory file system, volume driver `local`, all
    ///   permissions of a device, `label=disable` and `systempaths=unconfined` of a privileged container.
    /// * What can be said in two ways is said in one: a quota in the usual period as `nano_cpus`; links on a network that
    ///   somebody made as links of that connection; a link's alias that is the container's name, written out; an alias that
    ///   is the host name, not at all; a health check
    ///   that is none, without times; `volume_driver` as the driver of each volume that names none.
    ///
    /// Two engines that are set otherwise (another default log driver) take what is left out here differently: compare in this
    /// form, and create from the specification as it was.
    ///
    /// ```
    /// use haven_model::{ContainerSpec, ImageRef};
    ///
    /// let plain = ContainerSpec::new(ImageRef::new("busybox")?);
    /// let wordy = ContainerSpec { network: Some("bridge".parse()?), shm_size: Some(64 << 20), ..plain.clone() };
    /// assert_eq!(wordy.normalise(), plain.normalise());
    /// # Ok::<(), haven_model::Error>(())
    /// ```
    #[must_use]
    pub fn normalise(mut self) -> Self {
        self.normalise_program();
        self.normalise_networks();
        self.normalise_limits();
        self.normalise_rights();
        self.normalise_mounts();
        self
    }

    fn normalise_program(&mut self) {
        for text in [
            &mut self.hostname,
            &mut self.domainname,
            &mut self.user,
            &mut self.working_dir,
            &mut self.stop_signal,
            &mut self.runtime,
            &mut self.log_driver,
        ] {
            drop_empty(text);
        }
        if let Some(folder) = &mut self.working_dir {
            *folder = cleaned(folder);
        }
        set(&mut self.group_add);
        drop_default(&mut self.runtime, "runc");
        drop_default(&mut self.log_driver, "json-file");
        self.health = self.health.take().map(|check| {
            if check.command.is_empty() {
                return HealthCheck::default();
            }
            let given = |number: Option<u32>| number.filter(|number| *number > 0);
            HealthCheck {
                command: check.command,
                interval: given(check.interval),
                timeout: given(check.timeout),
                retries: given(check.retries),
                start_period: given(check.start_period),
                start_interval: given(check.start_interval),
            }
        });
    }

    fn normalise_networks(&mut self) {
        if self.network.as_ref().is_some_and(|mode| ["bridge", "default"].contains(&mode.to_string().as_str())) {
            self.network = None;
        }
        for link in self.links.iter_mut().chain(self.networks.iter_mut().flat_map(|connection| &mut connection.links)) {
            if !link.contains(':') {
                *link = format!("{link}:{link}");
            }
        }
        if let Some(NetworkMode::Network(own)) = self.network.clone().filter(NetworkMode::is_user_defined)
            && !self.links.is_empty()
        {
            let links = std::mem::take(&mut self.links);
            match self.networks.iter_mut().find(|connection| connection.network == own) {
                Some(connection) => connection.links.extend(links),
                None => self.networks.push(Connection { links, ..Connection::to(own) }),
            }
        }
        for connection in &mut self.networks {
            connection.aliases.retain(|alias| Some(alias) != self.hostname.as_ref());
            set(&mut connection.aliases);
            set(&mut connection.links);
            set(&mut connection.link_local_ips);
            drop_empty(&mut connection.mac_address);
            connection.mac_address.iter_mut().for_each(|address| address.make_ascii_lowercase());
        }
        let first = self.network.as_ref().map_or_else(|| "bridge".to_owned(), ToString::to_string);
        self.networks.retain(|connection| connection.network.as_str() != first || !connection.is_plain());
        set(&mut self.networks);
        set(&mut self.links);
        set(&mut self.ports);
        for port in &mut self.expose {
            if !port.contains('/') {
                port.push_str("/tcp");
            }
        }
        let published = |port: &String| {
            self.ports.iter().any(|own| *port == format!("{}/{}", own.container, own.protocol.as_str()))
        };
        self.expose.retain(|port| !published(port));
        set(&mut self.expose);
    }

    fn normalise_limits(&mut self) {
        for limit in [
            &mut self.memory,
            &mut self.memory_reservation,
            &mut self.kernel_memory,
            &mut self.nano_cpus,
            &mut self.cpu_shares,
            &mut self.cpu_quota,
            &mut self.cpu_period,
            &mut self.shm_size,
        ] {
            *limit = limit.filter(|limit| *limit > 0);
        }
        let twice = self.memory.and_then(|memory| i64::try_from(memory.checked_mul(2)?).ok());
        self.memory_swap = self.memory_swap.filter(|swap| *swap != 0 && Some(*swap) != twice);
        self.blkio_weight = self.blkio_weight.filter(|weight| *weight > 0);
        self.oom_score_adj = self.oom_score_adj.filter(|adjustment| *adjustment != 0);
        self.pids_limit = self.pids_limit.filter(|limit| *limit > 0);
        self.shm_size = self.shm_size.filter(|size| *size != SHM_SIZE);
        if self.cpu_quota.is_some() && self.cpu_period.is_none_or(|period| period == CPU_PERIOD) {
            let nanos = self.cpu_quota.and_then(|quota| quota.checked_mul(1_000_000_000 / CPU_PERIOD));
            if let (Some(nanos), None) = (nanos, self.nano_cpus) {
                self.nano_cpus = Some(nanos);
                (self.cpu_quota, self.cpu_period) = (None, None);
            }
        }
        for text in [&mut self.cpuset_cpus, &mut self.cpuset_mems, &mut self.cgroup_parent] {
            drop_empty(text);
        }
        set(&mut self.ulimits);
        set(&mut self.blkio_weight_devices);
        for limits in [
            &mut self.device_read_bps,
            &mut self.device_write_bps,
            &mut self.device_read_iops,
            &mut self.device_write_iops,
        ] {
            set(limits);
        }
    }

    fn normalise_rights(&mut self) {
        for capability in self.cap_add.iter_mut().chain(&mut self.cap_drop) {
            capability.make_ascii_uppercase();
            if let Some(name) = capability.strip_prefix("CAP_") {
                *capability = name.to_owned();
            }
        }
        set(&mut self.cap_add);
        set(&mut self.cap_drop);
        for mode in
            [&mut self.pid_mode, &mut self.ipc_mode, &mut self.uts_mode, &mut self.userns_mode, &mut self.cgroupns_mode]
        {
            drop_empty(mode);
        }
        drop_default(&mut self.ipc_mode, "private");
        for option in &mut self.security_opt {
            if option == "no-new-privileges:true" || option == "no-new-privileges=true" {
                option.truncate("no-new-privileges".len());
            }
        }
        let host = |mode: &Option<String>| mode.as_deref() == Some("host");
        if self.privileged || host(&self.pid_mode) || host(&self.ipc_mode) {
            self.security_opt.retain(|option| option != "label=disable");
        }
        if self.privileged {
            self.security_opt.retain(|option| option != "systempaths=unconfined");
        }
        set(&mut self.security_opt);
        set(&mut self.device_cgroup_rules);
        for device in &mut self.devices {
            if device.path_in_container.as_ref().is_some_and(|path| path.is_empty() || *path == device.path_on_host) {
                device.path_in_container = None;
            }
            drop_empty(&mut device.permissions);
            drop_default(&mut device.permissions, "rwm");
        }
        set(&mut self.devices);
        for request in &mut self.device_requests {
            drop_empty(&mut request.driver);
            request.count = request.count.filter(|count| *count != 0);
        }
    }

    fn normalise_mounts(&mut self) {
        drop_empty(&mut self.volume_driver);
        drop_default(&mut self.volume_driver, "local");
        for mount in &mut self.mounts {
            normalise_mount(mount, self.volume_driver.as_deref());
        }
        self.mounts.sort_by(|one, other| one.target.cmp(&other.target).then_with(|| one.cmp(other)));
        self.mounts.dedup();
        for from in &mut self.volumes_from {
            if let Some(container) = from.strip_suffix(":rw") {
                *from = container.to_owned();
            }
        }
    }
}

fn normalise_mount(mount: &mut Mount, volume_driver: Option<&str>) {
    set(&mut mount.options);
    match mount.kind {
        MountKind::Bind => mount.propagation = mount.propagation.filter(|own| *own != Propagation::Rprivate),
        MountKind::Tmpfs => {
            mount.size = mount.size.filter(|size| *size > 0);
            mount.mode = mount.mode.filter(|mode| ![0, TMPFS_MODE].contains(mode));
        }
        MountKind::Volume => {
            drop_empty(&mut mount.driver);
            match volume_driver {
                Some(driver) => {
                    mount.driver.get_or_insert_with(|| driver.to_owned());
                }
                // Options may be what makes a local volume what it is, and need no name beside them.
                None => drop_default(&mut mount.driver, "local"),
            }
        }
    }
}

/// A path without what makes it longer and no other: `/a/../b/` is `/b`.
fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn set<T: Ord>(values: &mut Vec<T>) {
    values.sort();
    values.dedup();
}

fn drop_empty(text: &mut Option<String>) {
    if text.as_ref().is_some_and(String::is_empty) {
        *text = None;
    }
}

fn drop_default(text: &mut Option<String>, default: &str) {
    if text.as_deref() == Some(default) {
        *text = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageRef, spec::Device};

    fn plain() -> ContainerSpec {
        ContainerSpec::new(ImageRef::new("web").unwrap())
    }

    #[test]
    fn what_means_the_same_has_one_form() {
        let connection = |network: &str| Connection::to(crate::NetworkName::new(network).unwrap());
        let alike = vec![
            (
                ContainerSpec { memory: Some(64), memory_swap: Some(128), ..plain() },
                ContainerSpec { memory: Some(64), ..plain() },
            ),
            (
                ContainerSpec { cpu_quota: Some(50_000), cpu_period: Some(100_000), ..plain() },
                ContainerSpec { nano_cpus: Some(500_000_000), ..plain() },
            ),
            (
                ContainerSpec { cap_add: vec!["CAP_NET_ADMIN".into(), "sys_time".into()], ..plain() },
                ContainerSpec { cap_add: vec!["SYS_TIME".into(), "NET_ADMIN".into(), "NET_ADMIN".into()], ..plain() },
            ),
            (
                ContainerSpec {
                    network: Some("front".parse().unwrap()),
                    networks: vec![connection("front"), connection("back")],
                    links: vec!["db".into()],
                    ..plain()
                },
                ContainerSpec {
                    network: Some("front".parse().unwrap()),
                    networks: vec![
                        connection("back"),
                        Connection { links: vec!["db:db".into()], ..connection("front") },
                    ],
                    ..plain()
                },
            ),
            (
                ContainerSpec { working_dir: Some("/a/../b/".into()), ..plain() },
                ContainerSpec { working_dir: Some("/b".into()), ..plain() },
            ),
            (ContainerSpec { pids_limit: Some(-1), shm_size: Some(SHM_SIZE), ..plain() }, plain()),
            (
                ContainerSpec {
                    devices: vec![Device {
                        path_on_host: "/dev/a".into(),
                        path_in_container: Some("/dev/a".into()),
                        permissions: Some("rwm".into()),
                    }],
                    ..plain()
                },
                ContainerSpec {
                    devices: vec![Device { path_on_host: "/dev/a".into(), path_in_container: None, permissions: None }],
                    ..plain()
                },
            ),
        ];
        for (one, other) in alike {
            let form = one.clone().normalise();
            assert_eq!(form, other.normalise(), "{one:?}");
            assert_eq!(form.clone().normalise(), form, "once is as good as twice");
        }
    }

    #[test]
    fn what_means_something_else_keeps_its_form() {
        for other in [
            ContainerSpec { memory: Some(64), memory_swap: Some(-1), ..plain() },
            ContainerSpec { cpu_quota: Some(50_000), cpu_period: Some(50_000), ..plain() },
            ContainerSpec { network: Some("host".parse().unwrap()), ..plain() },
            ContainerSpec { stop_signal: Some("SIGTERM".into()), ..plain() },
            ContainerSpec { dns: vec!["b".into(), "a".into()], ..plain() },
            ContainerSpec { log_driver: Some("none".into()), ..plain() },
            ContainerSpec { init: Some(false), ..plain() },
        ] {
            assert_eq!(other.clone().normalise(), other);
        }
    }
}
