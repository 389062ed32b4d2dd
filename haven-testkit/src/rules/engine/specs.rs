//! Specifications at random: every field that an engine on this machine takes, in every form that it can be said in.
//!
//! A specification is a plain one changed by some edits, so that a failure shrinks to the edits that it takes.
//! [`Around`] names what is on the engine for them to point at.

use std::{fmt, sync::Arc};

use haven_core::model::{
    Connection, ContainerId, ContainerName, ContainerSpec, Mount, NetworkName, Port, RestartPolicy, Secret, VolumeName,
    spec::{Device, DeviceRequest, HealthCheck, MountKind, NetworkMode, Propagation, Protocol, ThrottleDevice, Ulimit},
};
use proptest::{collection, option, prelude::*, sample};

/// What is on the engine.
#[derive(Clone, Debug)]
pub struct Around {
    /// A container that runs, with a volume, and whose IPC can be shared.
    pub helper: ContainerId,
    /// Its name.
    pub helper_name: ContainerName,
    /// A network of the range `10.A.B.0/24`, and A and B.
    pub ranged: (NetworkName, u8, u8),
    /// A network whose range the engine chose.
    pub plain: NetworkName,
    /// A volume.
    pub volume: VolumeName,
}

/// Whether specifications are for containers that are started, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// They are created only: what this kernel cannot apply is among it.
    Created,
    /// They are started: what takes hardware or a kernel of its own is left out.
    Started,
}

#[derive(Clone)]
struct Edit(Arc<dyn Fn(&mut ContainerSpec) + Send + Sync>);

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit")
    }
}

fn edit<S>(
    values: S,
    apply: impl Fn(&mut ContainerSpec, S::Value) + Clone + Send + Sync + 'static,
) -> BoxedStrategy<Edit>
where
    S: Strategy + 'static,
    S::Value: Clone + Send + Sync + 'static,
{
    values
        .prop_map(move |value| {
            let apply = apply.clone();
            Edit(Arc::new(move |spec| apply(spec, value.clone())))
        })
        .boxed()
}

/// Specifications that an engine takes, each a change of `plain`, whose command sleeps.
pub fn specs(plain: &ContainerSpec, around: &Around, purpose: Use) -> BoxedStrategy<ContainerSpec> {
    let mut edits = program();
    edits.extend(networks(around));
    edits.extend(names());
    edits.extend(mounts(around));
    edits.extend(limits());
    edits.extend(rights(around));
    if purpose == Use::Created {
        edits.extend(beyond());
    }
    let (plain, around) = (plain.clone(), around.clone());
    collection::vec(sample::select(edits).prop_flat_map(|edit| edit), 0..16)
        .prop_map(move |edits| {
            let mut spec = plain.clone();
            for Edit(apply) in edits {
                apply(&mut spec);
            }
            settle(&mut spec, &around);
            spec
        })
        .boxed()
}

/// Takes back what contradicts something else, as engines refuse it.
fn settle(spec: &mut ContainerSpec, around: &Around) {
    if spec.auto_remove {
        spec.restart = RestartPolicy::No;
    }
    if spec.uts_mode.is_some() {
        (spec.hostname, spec.domainname) = (None, None);
    }
    if spec.nano_cpus.is_some() {
        (spec.cpu_quota, spec.cpu_period) = (None, None);
    }
    if spec.memory.is_none() {
        spec.memory_swap = spec.memory_swap.filter(|swap| *swap == -1);
    }
    if let Some(memory) = spec.memory {
        spec.memory_reservation = spec.memory_reservation.map(|reservation| reservation.min(memory));
        spec.memory_swap = spec.memory_swap.map(|swap| if swap > 0 { swap.max(memory.cast_signed()) } else { swap });
    }
    if spec.privileged {
        // It has all devices and no hidden paths already.
        spec.security_opt.retain(|option| option != "systempaths=unconfined");
    }
    let mode = spec.network.as_ref().map_or_else(|| "bridge".to_owned(), ToString::to_string);
    let shares = mode.starts_with("container:");
    if shares || mode == "host" || mode == "none" {
        spec.networks.clear();
        spec.links.clear();
        spec.sysctls.remove("net.core.somaxconn");
    }
    if shares {
        (spec.hostname, spec.domainname) = (None, None);
        spec.ports.clear();
        spec.expose.clear();
        spec.publish_all_ports = false;
        spec.dns.clear();
        spec.extra_hosts.clear();
        spec.dns_search.clear();
        spec.dns_options.clear();
    }
    if mode == "host" {
        spec.uts_mode = None;
    }
    if !spec.network.as_ref().is_some_and(NetworkMode::is_user_defined) && !spec.links.is_empty() {
        spec.links.truncate(1);
    }
    spec.networks.sort_by(|one, other| one.network.cmp(&other.network));
    spec.networks.dedup_by(|one, other| one.network == other.network);
    for connection in &mut spec.networks {
        if connection.network.as_str() != mode {
            // Only the first has one on engines before Docker 25.
            connection.mac_address = None;
        }
        if connection.network != around.ranged.0 {
            connection.ipv4_address = None;
        }
        if connection.network.as_str() == "bridge" {
            connection.aliases.clear();
            connection.links.clear();
        }
    }
    spec.mounts.sort_by(|one, other| one.target.cmp(&other.target));
    spec.mounts.dedup_by(|one, other| one.target == other.target);
    spec.ulimits.sort();
    spec.ulimits.dedup_by(|one, other| one.name == other.name);
    spec.ports.sort();
    // Where it is published on all addresses it cannot be on one, and not twice anywhere.
    spec.ports.dedup_by_key(|port| (port.container, port.protocol));
    spec.ports.dedup_by_key(|port| port.host.unwrap_or(port.container));
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,8}"
}

fn program() -> Vec<BoxedStrategy<Edit>> {
    let signal = sample::select(vec!["SIGTERM", "SIGINT", "SIGUSR1", "9", "QUIT"]);
    let times = || option::of(1..100u32);
    let check = (collection::vec("[ -~]{1,10}", 0..4), times(), times(), times(), times());
    let policy = prop_oneof![
        Just(RestartPolicy::No),
        Just(RestartPolicy::Always),
        Just(RestartPolicy::UnlessStopped),
        (0..10u32).prop_map(RestartPolicy::OnFailure),
    ];
    let json = ("[1-9]m", "[1-9]").prop_map(|(size, files)| (Some("json-file".to_owned()), Some((size, files))));
    let log = prop_oneof![
        json.clone(),
        json.prop_map(|(_, options)| (None, options)),
        Just((Some("json-file".to_owned()), None)),
        Just((Some("local".to_owned()), None)),
        Just((Some("none".to_owned()), None)),
    ];
    vec![
        edit("[1-9][0-9]{2,3}", |spec, seconds| {
            (spec.entrypoint, spec.command) = (vec!["sleep".into()], vec![seconds]);
        }),
        edit(("[A-Z_][A-Z0-9_]{0,8}", "\\PC{0,20}"), |spec, (name, value)| {
            spec.env.insert(name, Secret::new(value));
        }),
        edit(("[a-z][a-z.-]{0,12}[a-z]", "\\PC{0,20}"), |spec, (key, value)| {
            spec.labels.insert(key, value);
        }),
        edit("[a-z][a-z0-9-]{0,10}[a-z0-9]", |spec, name| spec.hostname = Some(name)),
        edit("[a-z]{1,8}\\.[a-z]{2,3}", |spec, name| spec.domainname = Some(name)),
        edit("[1-9][0-9]{0,3}(:[1-9][0-9]{0,3})?", |spec, user| spec.user = Some(user)),
        edit(collection::vec("[1-9][0-9]{0,3}", 1..4), |spec, groups| spec.group_add = groups),
        edit(sample::select(vec!["/tmp", "/srv/a", "/srv/../tmp/", "/"]), |spec, folder| {
            spec.working_dir = Some(folder.into());
        }),
        edit(any::<(bool, bool)>(), |spec, (tty, open_stdin)| (spec.tty, spec.open_stdin) = (tty, open_stdin)),
        edit(any::<bool>(), |spec, init| spec.init = Some(init)),
        edit((signal, option::of(0..100u32)), |spec, (signal, timeout)| {
            (spec.stop_signal, spec.stop_timeout) = (Some(signal.into()), timeout);
        }),
        edit(check, |spec, (command, interval, timeout, retries, start_period)| {
            spec.health = Some(HealthCheck { command, interval, timeout, retries, start_period, start_interval: None });
        }),
        edit(policy, |spec, policy| spec.restart = policy),
        edit(Just(()), |spec, ()| spec.auto_remove = true),
        edit(Just(()), |spec, ()| spec.runtime = Some("runc".into())),
        edit(log, |spec, (driver, options)| {
            spec.log_driver = driver;
            spec.log_options = options
                .map(|(size, files)| [("max-size".to_owned(), size), ("max-file".to_owned(), files)].into())
                .unwrap_or_default();
        }),
    ]
}

fn networks(around: &Around) -> Vec<BoxedStrategy<Edit>> {
    let (ranged, a, b) = around.ranged.clone();
    let own = [around.ranged.0.clone(), around.plain.clone()];
    let name = |name: &str| NetworkMode::Network(NetworkName::new(name).expect("it is a name"));
    let mode = prop_oneof![
        2 => sample::select(["bridge", "host", "none"].map(name).to_vec()),
        3 => sample::select(own.clone().map(NetworkMode::Network).to_vec()),
        1 => Just(NetworkMode::Container((&around.helper).into())),
    ];
    let mac = option::of((0..=255u8).prop_map(|last| format!("02:42:AC:1f:00:{last:02x}")));
    let helper = around.helper_name.clone();
    let links = {
        let helper = helper.clone();
        option::of(option::of(word())).prop_map(move |alias| match alias {
            None => Vec::new(),
            Some(None) => vec![helper.to_string()],
            Some(Some(alias)) => vec![format!("{helper}:{alias}")],
        })
    };
    let bridge = NetworkName::new("bridge").expect("it is a name");
    let network = sample::select([own.as_slice(), &[bridge]].concat());
    let address = option::of((10..200u8).prop_map(move |host| std::net::Ipv4Addr::new(10, a, b, host)));
    let local = option::of((1..200u8).prop_map(|host| std::net::Ipv4Addr::new(169, 254, 7, host).into()));
    let connection = (network, collection::vec(word(), 0..3), address, mac, links, local);
    let connected = edit(connection, move |spec, (network, aliases, ipv4_address, mac_address, links, local)| {
        let link_local_ips: Vec<_> = local.into_iter().filter(|_| network == ranged).collect();
        spec.networks.retain(|other| other.network != network);
        let connection = Connection::to(network);
        spec.networks.push(Connection { aliases, ipv4_address, link_local_ips, mac_address, links, ..connection });
    });
    let port = (1..2_000u16, option::of(21_000..29_000u16), option::of(2..9u8), any::<bool>());
    vec![
        edit(mode.clone(), |spec, mode| spec.network = Some(mode)),
        // Half of all that follows is nothing without one.
        edit(mode, |spec, mode| spec.network = Some(mode)),
        connected.clone(),
        connected,
        edit(word(), move |spec, alias| spec.links = vec![format!("{helper}:{alias}")]),
        edit(collection::vec(port, 1..4), |spec, ports| {
            spec.ports = ports
                .into_iter()
                .map(|(container, host, address, udp)| Port {
                    container,
                    host,
                    address: address.map(|last| std::net::Ipv4Addr::new(127, 0, 0, last).into()),
                    protocol: if udp { Protocol::Udp } else { Protocol::Tcp },
                })
                .collect();
        }),
        edit(collection::vec("[1-9][0-9]{1,3}(/tcp|/udp)?", 1..4), |spec, ports| spec.expose = ports),
        edit(Just(()), |spec, ()| spec.publish_all_ports = true),
    ]
}

fn names() -> Vec<BoxedStrategy<Edit>> {
    let address = || (1..200u8).prop_map(|last| format!("10.9.8.{last}"));
    vec![
        edit(collection::vec(address(), 1..3), |spec, servers| spec.dns = servers),
        edit(collection::vec("[a-z]{1,8}\\.[a-z]{2,3}", 1..3), |spec, domains| spec.dns_search = domains),
        edit(1..9u8, |spec, dots| spec.dns_options = vec![format!("ndots:{dots}"), "rotate".into()]),
        edit((word(), address()), |spec, (name, address)| spec.extra_hosts.push(format!("{name}:{address}"))),
    ]
}

fn mounts(around: &Around) -> Vec<BoxedStrategy<Edit>> {
    let target = || "/m/[a-h]";
    let propagation = option::of(sample::select(vec![Propagation::Private, Propagation::Rprivate]));
    let bind = (target(), any::<(bool, bool)>(), propagation, option::of(sample::select(vec!["z", "Z"])));
    let volume = around.volume.to_string();
    let helper = around.helper.to_string();
    vec![
        edit(bind, |spec, (target, (read_only, create_source), propagation, label)| {
            spec.mounts.push(Mount {
                read_only,
                // An option is said in a text, and a text makes what is missing.
                create_source: create_source || label.is_some(),
                propagation,
                options: label.map(str::to_owned).into_iter().collect(),
                ..Mount::new(MountKind::Bind, "/tmp", target)
            });
        }),
        edit(target(), |spec, target| {
            spec.mounts.push(Mount { non_recursive: true, ..Mount::new(MountKind::Bind, "/tmp", target) });
        }),
        edit((target(), any::<(bool, bool, bool)>()), move |spec, (target, (read_only, no_copy, named))| {
            let source = if named { volume.clone() } else { String::new() };
            // What is new and empty is there to be written.
            let read_only = read_only && named;
            spec.mounts.push(Mount { read_only, no_copy, ..Mount::new(MountKind::Volume, source, target) });
        }),
        edit((target(), word(), any::<bool>()), |spec, (target, label, driver)| {
            let options = [("type", "tmpfs"), ("device", "tmpfs"), ("o", "size=1m")];
            let options = options.map(|(key, value)| (key.to_owned(), value.to_owned()));
            spec.mounts.push(Mount {
                labels: [(super::LABEL.to_owned(), label)].into(),
                driver: driver.then(|| "local".to_owned()),
                driver_options: options.into(),
                ..Mount::new(MountKind::Volume, "", target)
            });
        }),
        edit(
            (
                target(),
                option::of(1..64u64),
                option::of(sample::select(vec![0o700, 0o1777, 0o755])),
                any::<(bool, bool)>(),
            ),
            |spec, (target, size, mode, (read_only, options))| {
                let options = if options { vec!["uid=1000".into(), "exec".into()] } else { Vec::new() };
                let size = size.map(|size| size << 16);
                spec.mounts.push(Mount { read_only, size, mode, options, ..Mount::new(MountKind::Tmpfs, "", target) });
            },
        ),
        edit(sample::select(vec!["", ":ro", ":rw"]), move |spec, how| {
            spec.volumes_from = vec![format!("{helper}{how}")];
        }),
        edit(Just(()), |spec, ()| spec.volume_driver = Some("local".into())),
        edit(Just(()), |spec, ()| spec.read_only = true),
        edit(1..200u64, |spec, size| spec.shm_size = Some(size << 20)),
    ]
}

fn limits() -> Vec<BoxedStrategy<Edit>> {
    let swap = option::of(prop_oneof![Just(-1i64), (32..1024i64).prop_map(|size| size << 20)]);
    let limit = (sample::select(vec!["nofile", "nproc", "stack"]), 1024..4096i64, 4096..8192i64);
    vec![
        edit(32..256u64, |spec, size| spec.memory = Some(size << 20)),
        edit((32..256u64, swap), |spec, (size, swap)| (spec.memory, spec.memory_swap) = (Some(size << 20), swap)),
        edit(16..32u64, |spec, size| spec.memory_reservation = Some(size << 20)),
        edit(0..=100u8, |spec, swappiness| spec.memory_swappiness = Some(swappiness)),
        edit(Just(()), |spec, ()| spec.oom_kill_disable = true),
        edit(0..1000i16, |spec, adjustment| spec.oom_score_adj = Some(adjustment)),
        edit(1..200u64, |spec, cpus| spec.nano_cpus = Some(cpus * 10_000_000)),
        edit((1_000..200_000u64, option::of(sample::select(vec![50_000u64, 100_000]))), |spec, (quota, period)| {
            (spec.cpu_quota, spec.cpu_period) = (Some(quota), period);
        }),
        edit(2..2048u64, |spec, shares| spec.cpu_shares = Some(shares)),
        edit(sample::select(vec!["0", "1", "0-1", "0,1"]), |spec, set| spec.cpuset_cpus = Some(set.into())),
        edit(Just(()), |spec, ()| spec.cpuset_mems = Some("0".into())),
        edit(prop_oneof![Just(-1i64), 20..500i64], |spec, limit| spec.pids_limit = Some(limit)),
        edit(collection::vec(limit, 1..4), |spec, limits| {
            let limit = |(name, soft, hard): (&str, i64, i64)| Ulimit { name: name.to_owned(), soft, hard };
            spec.ulimits = limits.into_iter().map(limit).collect();
        }),
    ]
}

fn rights(around: &Around) -> Vec<BoxedStrategy<Edit>> {
    let capability = || sample::select(vec!["NET_ADMIN", "CAP_SYS_PTRACE", "net_raw"]);
    let option = sample::select(vec![
        "no-new-privileges",
        "no-new-privileges:true",
        "seccomp=unconfined",
        "apparmor=unconfined",
        "systempaths=unconfined",
        "label=disable",
    ]);
    let device = (option::of(Just("/dev/other".to_owned())), option::of(sample::select(vec!["r", "rw", "rwm"])));
    let helper = around.helper.clone();
    let ipc_helper = helper.clone();
    vec![
        edit(collection::vec(capability(), 1..4), |spec, names| {
            spec.cap_add = names.into_iter().map(str::to_owned).collect();
        }),
        edit(collection::vec(sample::select(vec!["CHOWN", "CAP_KILL", "mknod"]), 1..4), |spec, names| {
            spec.cap_drop = names.into_iter().map(str::to_owned).collect();
        }),
        edit(option, |spec, option| spec.security_opt.push(option.into())),
        edit(device, |spec, (inside, permissions)| {
            spec.devices = vec![Device {
                path_on_host: "/dev/null".into(),
                path_in_container: inside,
                permissions: permissions.map(str::to_owned),
            }];
        }),
        edit(Just(()), |spec, ()| spec.device_cgroup_rules = vec!["c 1:* rwm".into(), "c 10:200 rw".into()]),
        edit(128..1024u16, |spec, most| {
            spec.sysctls.insert("net.core.somaxconn".into(), most.to_string());
        }),
        edit(any::<bool>(), move |spec, host| {
            spec.pid_mode = Some(if host { "host".into() } else { format!("container:{helper}") });
        }),
        edit(sample::select(vec!["host", "shareable", "private", "container"]), move |spec, mode| {
            spec.ipc_mode = Some(if mode == "container" { format!("container:{ipc_helper}") } else { mode.to_owned() });
        }),
        edit(Just(()), |spec, ()| spec.uts_mode = Some("host".into())),
        edit(Just(()), |spec, ()| spec.userns_mode = Some("host".into())),
        edit(Just(()), |spec, ()| spec.cgroupns_mode = Some("private".into())),
    ]
}

/// What this machine takes and cannot apply.
fn beyond() -> Vec<BoxedStrategy<Edit>> {
    let throttle = || (1..1_000_000u64).prop_map(|rate| vec![ThrottleDevice { path: "/dev/vda".into(), rate }]);
    let request =
        (option::of(Just("nvidia".to_owned())), prop_oneof![Just(None), Just(Some(-1)), (1..8i64).prop_map(Some)]);
    vec![
        edit(16..256u64, |spec, size| spec.kernel_memory = Some(size << 20)),
        edit(throttle(), |spec, limits| spec.device_read_bps = limits),
        edit(throttle(), |spec, limits| spec.device_write_bps = limits),
        edit(throttle(), |spec, limits| spec.device_read_iops = limits),
        edit(throttle(), |spec, limits| spec.device_write_iops = limits),
        edit(request, |spec, (driver, count)| {
            let device_ids = if count.is_none() { vec!["0".into(), "GPU-1".into()] } else { Vec::new() };
            let capabilities = vec![vec!["gpu".into(), "utility".into()]];
            let options = [("a".to_owned(), "b".to_owned())].into();
            spec.device_requests = vec![DeviceRequest { driver, count, device_ids, capabilities, options }];
        }),
        // Where the machine itself does not have all rights it cannot give them.
        edit(Just(()), |spec, ()| spec.privileged = true),
        edit(Just(()), |spec, ()| spec.cap_add = vec!["ALL".into(), "cap_sys_time".into()]),
        edit(word(), |spec, name| spec.cgroup_parent = Some(format!("/{name}"))),
        edit(sample::select(Propagation::ALL.to_vec()), |spec, propagation| {
            let mount = Mount::new(MountKind::Bind, "/tmp", "/m/propagated");
            spec.mounts.push(Mount { propagation: Some(propagation), ..mount });
        }),
        edit(Just(()), |spec, ()| {
            spec.ports.push(Port { container: 2_001, host: None, address: None, protocol: Protocol::Sctp });
        }),
    ]
}
