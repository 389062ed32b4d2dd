//! What options say, as Docker writes it.

use std::net::IpAddr;

use haven_core::model::{
    Connection, Mount, NetworkName, Port, RestartPolicy,
    spec::{
        Device, DeviceRequest, MountKind, NetworkMode, Propagation, Protocol, ThrottleDevice, Ulimit, WeightDevice,
        size,
    },
};

use crate::show::parse_duration;

/// What one `-p` publishes: a port, or each of a range.
pub(super) type Ports = Vec<Port>;

/// `docker run -p`: `[[ADDRESS:]HOST:]PORT[/PROTOCOL]`, where both ports may be ranges of the same length.
pub(super) fn parse_ports(text: &str) -> Result<Ports, String> {
    let shown = text.escape_debug();
    let wrong = || {
        format!("`{shown}` is no port, which looks like `80`, `8080:80`, `8000-8003:80-83` or `127.0.0.1:8080:80/udp`")
    };
    let (rest, protocol) = match text.rsplit_once('/') {
        Some((rest, "tcp")) => (rest, Protocol::Tcp),
        Some((rest, "udp")) => (rest, Protocol::Udp),
        Some((rest, "sctp")) => (rest, Protocol::Sctp),
        Some(_) => return Err(wrong()),
        None => (text, Protocol::Tcp),
    };
    let (outside, container) = match rest.rsplit_once(':') {
        Some((outside, container)) => (Some(outside), container),
        None => (None, rest),
    };
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(wrong);
    let range = |text: &str| {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let range = number(first)?..=number(last)?;
        if range.is_empty() { Err(wrong()) } else { Ok(range) }
    };
    let (address, host) =
        match outside.map(|outside| outside.rsplit_once(':').map_or((None, outside), |(a, h)| (Some(a), h))) {
            None => (None, None),
            Some((address, host)) => {
                let address = address
                    .map(|address| {
                        address.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().map_err(|_| wrong())
                    })
                    .transpose()?;
                (address, if host.is_empty() { None } else { Some(range(host)?) })
            }
        };
    let container = range(container)?;
    let port = |container, host| Port { container, host, address, protocol };
    let Some(host) = host else { return Ok(container.map(|container| port(container, None)).collect()) };
    match (host.len(), container.len()) {
        (hosts, containers) if hosts == containers => {
            Ok(container.zip(host).map(|(container, host)| port(container, Some(host))).collect())
        }
        (_, 1) => Err(format!("`{shown}` has several ports of the host for one of the container: name one of them")),
        (hosts, containers) => {
            Err(format!("`{shown}` has {hosts} of the host's ports for {containers} of the container's: give as many"))
        }
    }
}

/// `docker run -v`: `[SOURCE:]TARGET[:OPTIONS]`.
pub(super) fn parse_volume(text: &str) -> Result<Mount, String> {
    Mount::parse_bind(text).map_err(|error| error.message().to_owned())
}

/// `docker run --tmpfs`: `TARGET[:OPTIONS]`.
pub(super) fn parse_tmpfs(text: &str) -> Result<Mount, String> {
    let (target, options) = text.split_once(':').unwrap_or((text, ""));
    let mut mount = Mount::new(MountKind::Tmpfs, "", target);
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option.split_once('=').unwrap_or((option, "")) {
            ("ro", "") => mount.read_only = true,
            ("rw", "") => {}
            ("size", size) => mount.size = Some(parse_memory(size)?),
            ("mode", mode) => mount.mode = Some(parse_mode(mode)?),
            _ => mount.options.push(option.to_owned()),
        }
    }
    Ok(mount)
}

fn parse_mode(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 8).map_err(|_| format!("`{}` is no mode, which looks like `1777`", text.escape_debug()))
}

/// `docker run --mount`: `type=bind,source=/srv,target=/web,readonly`. A value with a comma in it stands in `"`.
pub(super) fn parse_mount(text: &str) -> Result<Mount, String> {
    let mut mount = Mount::new(MountKind::Volume, "", "");
    for field in fields(text) {
        let (key, value) = field.split_once('=').unwrap_or((&field, ""));
        let value = value.to_owned();
        let is = || match value.as_str() {
            "" | "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(format!("`{key}` is `true` or `false`")),
        };
        let pair = || {
            let (name, value) = value.split_once('=').unwrap_or((&value, ""));
            (name.to_owned(), value.to_owned())
        };
        match key {
            "type" => {
                mount.kind = match value.as_str() {
                    "bind" => MountKind::Bind,
                    "volume" => MountKind::Volume,
                    "tmpfs" => MountKind::Tmpfs,
                    _ => {
                        return Err(format!("a mount's type is bind, volume or tmpfs, not `{}`", value.escape_debug()));
                    }
                }
            }
            "source" | "src" => mount.source = value,
            "target" | "destination" | "dst" => mount.target = value,
            "readonly" | "ro" => mount.read_only = is()?,
            "bind-propagation" => {
                let wrong = || format!("`{}` is no propagation", value.escape_debug());
                mount.propagation = Some(Propagation::parse(&value).ok_or_else(wrong)?);
            }
            "bind-nonrecursive" => mount.non_recursive = is()?,
            "bind-create-src" => mount.create_source = is()?,
            "volume-nocopy" => mount.no_copy = is()?,
            "volume-subpath" => mount.subpath = Some(value),
            "volume-label" => mount.labels.extend([pair()]),
            "volume-driver" => mount.driver = Some(value),
            "volume-opt" => mount.driver_options.extend([pair()]),
            "tmpfs-size" => mount.size = Some(parse_memory(&value)?),
            "tmpfs-mode" => mount.mode = Some(parse_mode(&value)?),
            _ => return Err(format!("a mount has no `{}`", key.escape_debug())),
        }
    }
    if mount.target.is_empty() {
        return Err("a mount needs a `target`".into());
    }
    Ok(mount)
}

/// The fields of a line with commas between them; one that has a comma in it stands in `"`.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields.retain(|field| !field.is_empty());
    fields
}

/// `docker run --memory-swap`: a size, or -1.
pub(super) fn parse_swap(text: &str) -> Result<i64, String> {
    if text == "-1" {
        return Ok(-1);
    }
    parse_memory(text).map(u64::cast_signed)
}

/// `docker run --ulimit`: `nofile=1024:2048`.
pub(super) fn parse_ulimit(text: &str) -> Result<Ulimit, String> {
    let wrong = || format!("`{}` is no limit, which looks like `nofile=1024:2048`", text.escape_debug());
    let (name, limits) = text.split_once('=').ok_or_else(wrong)?;
    let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
    let number = |text: &str| if text == "unlimited" { Ok(-1) } else { text.parse().map_err(|_| wrong()) };
    Ok(Ulimit { name: name.to_owned(), soft: number(soft)?, hard: number(hard)? })
}

/// `docker run --device`: `/dev/snd[:/dev/other][:rwm]`.
pub(super) fn parse_device(text: &str) -> Result<Device, String> {
    let is_permissions = |text: &str| !text.is_empty() && text.chars().all(|c| "rwm".contains(c));
    let parts: Vec<&str> = text.split(':').collect();
    let (host, inside, permissions) = match parts[..] {
        [host] => (host, None, None),
        [host, permissions] if is_permissions(permissions) => (host, None, Some(permissions)),
        [host, inside] => (host, Some(inside), None),
        [host, inside, permissions] if is_permissions(permissions) => (host, Some(inside), Some(permissions)),
        _ => return Err(format!("`{}` is no device, which looks like `/dev/snd:/dev/snd:rw`", text.escape_debug())),
    };
    Ok(Device {
        path_on_host: host.to_owned(),
        path_in_container: inside.map(str::to_owned),
        permissions: permissions.map(str::to_owned),
    })
}

/// `docker run --gpus`: `all`, `2`, or `device=0,driver=nvidia,capabilities=utility`.
pub(super) fn parse_gpus(text: &str) -> Result<DeviceRequest, String> {
    let mut request = DeviceRequest { capabilities: vec![vec!["gpu".to_owned()]], ..DeviceRequest::default() };
    for field in fields(text) {
        let list = |value: &str| value.split(',').map(str::to_owned).collect::<Vec<_>>();
        match field.split_once('=').unwrap_or(("count", &field)) {
            ("count", "all") => request.count = Some(-1),
            ("count", number) => {
                let wrong = |_| format!("`{}` is no number of GPUs", number.escape_debug());
                request.count = Some(number.parse().map_err(wrong)?);
            }
            ("device", ids) => request.device_ids = list(ids),
            ("driver", driver) => request.driver = Some(driver.to_owned()),
            ("capabilities", more) => {
                request.capabilities = vec![[vec!["gpu".to_owned()], list(more)].concat()];
            }
            ("options", pairs) => request.options.extend(pairs.split(',').map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (key.to_owned(), value.to_owned())
            })),
            (key, _) => return Err(format!("a GPU has no `{}`", key.escape_debug())),
        }
    }
    if request.count.is_none() && request.device_ids.is_empty() {
        request.count = Some(1);
    }
    Ok(request)
}

/// `docker run --blkio-weight-device`: `/dev/sda:500`.
pub(super) fn parse_weight(text: &str) -> Result<WeightDevice, String> {
    let wrong = || format!("`{}` is no weight, which looks like `/dev/sda:500`", text.escape_debug());
    let (path, weight) = text.rsplit_once(':').ok_or_else(wrong)?;
    Ok(WeightDevice { path: path.to_owned(), weight: weight.parse().map_err(|_| wrong())? })
}

/// `docker run --device-read-bps`: `/dev/sda:1mb`.
pub(super) fn parse_throttle(text: &str) -> Result<ThrottleDevice, String> {
    let wrong = || format!("`{}` is no limit, which looks like `/dev/sda:1mb`", text.escape_debug());
    let (path, rate) = text.rsplit_once(':').ok_or_else(wrong)?;
    Ok(ThrottleDevice { path: path.to_owned(), rate: parse_memory(rate)? })
}

/// `docker run --network`: a name, or `name=NAME,alias=ALIAS,ip=ADDRESS,…`.
pub(super) fn parse_network(text: &str) -> Result<(NetworkMode, Connection), String> {
    let mut name = text.to_owned();
    let mut connection = None;
    if text.contains('=') {
        let given = fields(text);
        let named = given.iter().find_map(|field| field.strip_prefix("name="));
        named.ok_or("a network with options needs a `name`")?.clone_into(&mut name);
        let network = NetworkName::new(&name).map_err(|error| error.to_string())?;
        let mut own = Connection::to(network);
        for field in &given {
            let (key, value) = field.split_once('=').unwrap_or((field, ""));
            let wrong = || format!("`{}` is no address", value.escape_debug());
            match key {
                "name" => {}
                "alias" => own.aliases.push(value.to_owned()),
                "ip" => own.ipv4_address = Some(value.parse().map_err(|_| wrong())?),
                "ip6" => own.ipv6_address = Some(value.parse().map_err(|_| wrong())?),
                "mac-address" => own.mac_address = Some(value.to_owned()),
                "link-local-ip" => own.link_local_ips.push(value.parse().map_err(|_| wrong())?),
                "driver-opt" => {
                    let (name, value) = value.split_once('=').unwrap_or((value, ""));
                    own.driver_options.insert(name.to_owned(), value.to_owned());
                }
                _ => return Err(format!("a network has no `{}`", key.escape_debug())),
            }
        }
        connection = Some(own);
    }
    let mode: NetworkMode = name.parse().map_err(|error: haven_core::Error| error.to_string())?;
    let connection = match (connection, &mode) {
        (Some(connection), _) => connection,
        (None, NetworkMode::Network(network)) => Connection::to(network.clone()),
        // It is in no network of its own.
        (None, NetworkMode::Container(_)) => {
            Connection::to(NetworkName::new("none").map_err(|error| error.to_string())?)
        }
    };
    Ok((mode, connection))
}

pub(super) fn parse_restart(text: &str) -> Result<RestartPolicy, String> {
    text.parse().map_err(|error: haven_core::Error| error.message().to_owned())
}

/// Docker's sizes: `512m` is 512 MiB; nothing is no size.
pub(crate) fn parse_memory(text: &str) -> Result<u64, String> {
    match size(text) {
        Ok(0) => Err("a size is a byte at least".to_owned()),
        size => size.map_err(|error| error.message().to_owned()),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be from 0 to 10,000 cores")]
pub(crate) fn parse_cpus(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(cores) if cores > 0.0 && cores <= 10_000.0 => Ok((cores * 1e9) as u64),
        _ => Err(format!("`{}` is no number of cores", text.escape_debug())),
    }
}

pub(super) fn parse_seconds(text: &str) -> Result<u32, String> {
    let span = parse_duration(text).map_err(|error| error.to_string())?;
    u32::try_from(span.as_secs().max(1)).map_err(|_| "the span is too long".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_as_docker_writes_them() {
        let plain = |container, host| Port { container, host, address: None, protocol: Protocol::Tcp };
        let local = "127.0.0.1".parse().ok();
        let udp = Port { address: local, protocol: Protocol::Udp, ..plain(80, Some(8080)) };
        assert_eq!(parse_ports("127.0.0.1:8080:80/udp"), Ok(vec![udp]));
        assert_eq!(parse_ports("80"), Ok(vec![plain(80, None)]));
        assert_eq!(parse_ports("[::1]:1:2").unwrap()[0].address, "::1".parse().ok());
        assert_eq!(parse_ports("127.0.0.1::80"), Ok(vec![Port { address: local, ..plain(80, None) }]));
        for text in ["", "0", "a:80", "80/icmp", "1:2:3:4", "70000"] {
            assert!(parse_ports(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn ranges_of_ports_as_docker_writes_them() {
        let plain = |container, host| Port { container, host, address: None, protocol: Protocol::Tcp };
        let two = vec![plain(80, Some(5000)), plain(81, Some(5001))];
        assert_eq!(parse_ports("5000-5001:80-81"), Ok(two.clone()));
        assert_eq!(parse_ports("80-81"), Ok(vec![plain(80, None), plain(81, None)]));
        assert_eq!(parse_ports("7-7:80"), Ok(vec![plain(80, Some(7))]));
        assert_eq!(parse_ports("65535-65535"), Ok(vec![plain(65_535, None)]));
        let address = "::1".parse().ok();
        let udp = two.into_iter().map(|port| Port { address, protocol: Protocol::Udp, ..port }).collect();
        assert_eq!(parse_ports("[::1]:5000-5001:80-81/udp"), Ok(udp));
        assert_eq!(parse_ports("127.0.0.1::80-82").unwrap().len(), 3);
        for text in ["81-80", "0-3", "65535-65536", "80-", "-80", "1-2-3", "1-3:1-2", "1:1-2"] {
            assert!(parse_ports(text).is_err(), "{text} was taken");
        }
        assert!(parse_ports("8000-8010:80").unwrap_err().ends_with("name one of them"));
    }

    #[test]
    fn mounts_sizes_and_policies() {
        assert_eq!(
            parse_volume("/srv:/web:ro").unwrap(),
            Mount { read_only: true, create_source: true, ..Mount::new(MountKind::Bind, "/srv", "/web") }
        );
        assert_eq!(parse_volume("data:/d").unwrap().kind, MountKind::Volume);
        assert_eq!(parse_volume("/cache").unwrap().source, "");
        assert!(parse_volume("data:rel").is_err() && parse_volume("a:/b:c:d").is_err());
        assert_eq!(parse_memory("512m"), Ok(512 << 20));
        assert_eq!(parse_memory("2GiB"), Ok(2 << 30));
        assert_eq!(parse_memory("1.5g"), Ok(3 << 29));
        for text in ["m", "99999999999t", "0", "-1g", "1e3", "1.2.3m", "infm"] {
            assert!(parse_memory(text).is_err(), "{text} was taken");
        }
        assert_eq!(parse_restart("on-failure:3"), Ok(RestartPolicy::OnFailure(3)));
        assert!(parse_restart("sometimes").is_err());
    }

    #[test]
    fn mounts_with_all_that_can_be_said() {
        let bind = parse_mount("type=bind,src=/srv,dst=/web,ro,bind-propagation=rslave").unwrap();
        let plain = Mount::new(MountKind::Bind, "/srv", "/web");
        assert_eq!(bind, Mount { read_only: true, propagation: Some(Propagation::Rslave), ..plain });
        let volume =
            parse_mount("src=data,dst=/d,volume-nocopy,\"volume-opt=o=size=1m,uid=7\",volume-label=a=b").unwrap();
        assert_eq!((volume.driver_options["o"].as_str(), volume.labels["a"].as_str()), ("size=1m,uid=7", "b"));
        assert!(volume.no_copy);
        let memory = parse_tmpfs("/t:size=64k,mode=0700,exec").unwrap();
        assert_eq!((memory.size, memory.mode, memory.options), (Some(65_536), Some(0o700), vec!["exec".to_owned()]));
        for text in ["type=bind", "type=npipe,target=/a", "target=/a,colour=red", "target=/a,ro=perhaps"] {
            assert!(parse_mount(text).is_err(), "{text} was taken");
        }
    }

    #[test]
    fn devices_limits_and_networks() {
        let device = parse_device("/dev/snd:/dev/other:r").unwrap();
        assert_eq!(
            (device.path_in_container.as_deref(), device.permissions.as_deref()),
            (Some("/dev/other"), Some("r"))
        );
        assert_eq!(parse_device("/dev/snd:rw").unwrap().path_in_container, None);
        let limit = Ulimit { name: "nofile".into(), soft: 1, hard: 2 };
        assert_eq!(parse_ulimit("nofile=1:2"), Ok(limit));
        assert_eq!(parse_ulimit("core=unlimited").unwrap().hard, -1);
        assert_eq!(parse_gpus("all").unwrap().count, Some(-1));
        assert_eq!(parse_gpus("\"device=0,1\"").unwrap().device_ids, ["0", "1"]);
        assert_eq!(parse_throttle("/dev/sda:1mb").unwrap().rate, 1 << 20);
        assert_eq!(parse_swap("-1"), Ok(-1));
        let (mode, connection) = parse_network("name=web,alias=a,alias=b,ip=10.0.0.7").unwrap();
        assert_eq!((mode.to_string(), connection.aliases.len()), ("web".to_owned(), 2));
        assert_eq!(connection.ipv4_address, "10.0.0.7".parse().ok());
        assert_eq!(parse_network("container:db").unwrap().0.to_string(), "container:db");
        for text in ["alias=a", "name=web,ip=here", "name=web,colour=red"] {
            assert!(parse_network(text).is_err(), "{text} was taken");
        }
    }
}
