//! What no engine takes, refused where a specification comes in.

use std::net::IpAddr;

use super::{ContainerSpec, Port, ThrottleDevice, written::shown};
use crate::error::{Error, Result};

impl ContainerSpec {
    /// Checks for what no engine takes. `Invalid` names the field and the value.
    ///
    /// ```
    /// use haven_model::{ContainerSpec, ImageRef};
    ///
    /// let spec = ContainerSpec { hostname: Some("a b".into()), ..ContainerSpec::new(ImageRef::new("web")?) };
    /// assert_eq!(spec.check().unwrap_err().message(), "`hostname`: `a b` has blanks or control characters");
    /// # Ok::<(), haven_model::Error>(())
    /// ```
    pub fn check(&self) -> Result<()> {
        self.check_texts()?;
        self.check_pairs()?;
        self.check_ports()?;
        self.check_sizes()
    }

    fn check_texts(&self) -> Result<()> {
        let many = [("command", &self.command), ("entrypoint", &self.entrypoint)];
        let one = [("user", &self.user), ("working_dir", &self.working_dir)];
        let many = many.into_iter().flat_map(|(field, texts)| texts.iter().map(move |text| (field, text)));
        for (field, text) in
            many.chain(one.into_iter().flat_map(|(field, text)| text.iter().map(move |text| (field, text))))
        {
            if text.contains('\0') {
                return Err(refused(field, text, "has a NUL"));
            }
        }
        for (field, name) in [("hostname", &self.hostname), ("domainname", &self.domainname)] {
            if let Some(name) =
                name.as_deref().filter(|name| name.contains(|c: char| c.is_control() || c.is_whitespace()))
            {
                return Err(refused(field, name, "has blanks or control characters"));
            }
        }
        Ok(())
    }

    fn check_pairs(&self) -> Result<()> {
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(refused("env", name, "is no environment variable"));
            }
            if value.expose().contains('\0') {
                return Err(refused("env", name, "has a NUL in its value"));
            }
        }
        for (name, value) in &self.labels {
            if name.is_empty() || name.contains('\0') {
                return Err(refused("labels", name, "is no name of a label"));
            }
            if value.contains('\0') {
                return Err(refused("labels", name, "has a NUL in its value"));
            }
        }
        Ok(())
    }

    fn check_ports(&self) -> Result<()> {
        for (at, port) in self.ports.iter().enumerate() {
            if port.container == 0 {
                return Err(refused("ports", &written(port), "is no port"));
            }
            let Some(host) = taken(port) else { continue };
            if self.ports[..at].iter().any(|before| taken(before) == Some(host)) {
                return Err(refused("ports", &written(port), "is published on a port of the host that another has"));
            }
        }
        match self.expose.iter().find(|port| !is_port(port)) {
            Some(port) => Err(refused("expose", port, "is no port")),
            None => Ok(()),
        }
    }

    fn check_sizes(&self) -> Result<()> {
        let sizes = [
            ("memory", self.memory),
            ("memory_reservation", self.memory_reservation),
            ("kernel_memory", self.kernel_memory),
            ("shm_size", self.shm_size),
            ("nano_cpus", self.nano_cpus),
            ("cpu_shares", self.cpu_shares),
            ("cpu_quota", self.cpu_quota),
            ("cpu_period", self.cpu_period),
        ];
        let rates = [
            ("device_read_bps", &self.device_read_bps),
            ("device_write_bps", &self.device_write_bps),
            ("device_read_iops", &self.device_read_iops),
            ("device_write_iops", &self.device_write_iops),
        ];
        let rate = |(field, devices): (&'static str, &Vec<ThrottleDevice>)| {
            devices.iter().map(|device| (field, device.rate)).collect::<Vec<_>>()
        };
        let sizes = sizes.into_iter().filter_map(|(field, size)| Some((field, size?)));
        let mounts = self.mounts.iter().filter_map(|mount| Some(("mounts", mount.size?)));
        match sizes
            .chain(rates.into_iter().flat_map(rate))
            .chain(mounts)
            .find(|(_, size)| i64::try_from(*size).is_err())
        {
            Some((field, size)) => Err(refused(field, &size.to_string(), "is more than any engine takes")),
            None => Ok(()),
        }
    }
}

fn refused(field: &str, value: &str, why: &str) -> Error {
    Error::invalid(format!("`{field}`: `{}` {why}", shown(value)))
}

/// What a port takes of the host; none: what the engine chooses.
fn taken(port: &Port) -> Option<(u16, Option<IpAddr>, &'static str)> {
    let host = port.host.filter(|host| *host > 0)?;
    let all = |address: &IpAddr| address.is_ipv4() && address.is_unspecified();
    Some((host, port.address.filter(|address| !all(address)), port.protocol.as_str()))
}

/// A port as Docker's options have it: `127.0.0.1:8080:80/tcp`.
fn written(port: &Port) -> String {
    let address = match port.address {
        Some(IpAddr::V6(address)) => format!("[{address}]:"),
        Some(IpAddr::V4(address)) => format!("{address}:"),
        None => String::new(),
    };
    let host = port.host.map(|host| format!("{host}:")).unwrap_or_default();
    format!("{address}{host}{}/{}", port.container, port.protocol.as_str())
}

/// Whether this is a port or a range of them, `80/tcp`. Which protocols there are, the engine says.
fn is_port(text: &str) -> bool {
    let port = text.split('/').next().unwrap_or_default();
    let (from, to) = port.split_once('-').unwrap_or((port, port));
    [from, to].iter().all(|end| end.parse::<u16>().is_ok_and(|end| end > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErrorKind, ImageRef, Mount, Secret,
        spec::{MountKind, Protocol},
    };

    const TOO_MUCH: u64 = i64::MAX as u64 + 1;

    fn spec(change: impl FnOnce(&mut ContainerSpec)) -> ContainerSpec {
        let mut spec = ContainerSpec::new(ImageRef::new("web").unwrap());
        change(&mut spec);
        spec
    }

    fn port(address: Option<&str>, host: Option<u16>, container: u16) -> Port {
        let address = address.map(|address| address.parse().unwrap());
        Port { container, host, address, protocol: Protocol::Tcp }
    }

    fn ports<const N: usize>(ports: [Port; N]) -> ContainerSpec {
        spec(|spec| spec.ports = ports.into())
    }

    fn env(name: &str, value: &str) -> ContainerSpec {
        spec(|spec| drop(spec.env.insert(name.into(), Secret::new(value))))
    }

    fn label(name: &str, value: &str) -> ContainerSpec {
        spec(|spec| drop(spec.labels.insert(name.into(), value.into())))
    }

    fn throttle(rate: u64) -> Vec<ThrottleDevice> {
        vec![ThrottleDevice { path: "/dev/sda".into(), rate }]
    }

    #[track_caller]
    fn refuses(table: Vec<(ContainerSpec, &str)>) {
        for (spec, told) in table {
            let error = spec.check().expect_err(told);
            assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, told));
        }
    }

    #[track_caller]
    fn takes(specs: Vec<ContainerSpec>) {
        for spec in specs {
            spec.check().unwrap_or_else(|error| panic!("{spec:?}: {error}"));
        }
    }

    #[test]
    fn ports_are_some_and_each_of_the_host_is_taken_once() {
        let twice = "is published on a port of the host that another has";
        refuses(vec![
            (ports([port(None, Some(80), 0)]), "`ports`: `80:0/tcp` is no port"),
            (spec(|spec| spec.expose = vec!["0/udp".into()]), "`expose`: `0/udp` is no port"),
            (spec(|spec| spec.expose = vec!["http".into()]), "`expose`: `http` is no port"),
            (spec(|spec| spec.expose = vec!["0-9".into()]), "`expose`: `0-9` is no port"),
            (
                ports([port(None, Some(80), 1), port(Some("0.0.0.0"), Some(80), 2)]),
                &format!("`ports`: `0.0.0.0:80:2/tcp` {twice}"),
            ),
            (
                ports([port(Some("::1"), Some(80), 1), port(Some("::1"), Some(80), 1)]),
                &format!("`ports`: `[::1]:80:1/tcp` {twice}"),
            ),
        ]);
        takes(vec![
            ports([port(None, None, 80), port(None, None, 80)]),
            ports([port(None, Some(0), 80), port(None, Some(0), 81)]),
            ports([port(Some("127.0.0.1"), Some(80), 80), port(Some("127.0.0.2"), Some(80), 80)]),
            ports([port(Some("0.0.0.0"), Some(80), 80), port(Some("::"), Some(80), 80)]),
            ports([port(None, Some(53), 53), Port { protocol: Protocol::Udp, ..port(None, Some(53), 53) }]),
            spec(|spec| spec.expose = vec!["80".into(), "53/udp".into(), "90-99/tcp".into()]),
        ]);
    }

    #[test]
    fn names_of_variables_and_labels_are_some_and_no_value_is_told() {
        refuses(vec![
            (env("", "hidden"), "`env`: `` is no environment variable"),
            (env("A=B", "hidden"), "`env`: `A=B` is no environment variable"),
            (env("A\0", "hidden"), "`env`: `A\\0` is no environment variable"),
            (env("A", "hidden\0"), "`env`: `A` has a NUL in its value"),
            (label("", "x"), "`labels`: `` is no name of a label"),
            (label("a\0", "x"), "`labels`: `a\\0` is no name of a label"),
            (label("a", "x\0"), "`labels`: `a` has a NUL in its value"),
        ]);
        takes(vec![env("A", ""), env("constraint:zone!", "=a"), env("a b", "c\nd"), label("a=b", "")]);
    }

    #[test]
    fn texts_have_no_nul_and_names_of_hosts_no_blanks() {
        let hostname = |name: &str| spec(|spec| spec.hostname = Some(name.into()));
        let long = "x".repeat(100);
        refuses(vec![
            (hostname("a b"), "`hostname`: `a b` has blanks or control characters"),
            (hostname("a\u{1b}[1m"), "`hostname`: `a\\u{1b}[1m` has blanks or control characters"),
            (hostname(&format!("{long} ")), &format!("`hostname`: `{}` has blanks or control characters", &long[..64])),
            (
                spec(|spec| spec.domainname = Some("a\n".into())),
                "`domainname`: `a\\n` has blanks or control characters",
            ),
            (spec(|spec| spec.command = vec!["a".into(), "b\0".into()]), "`command`: `b\\0` has a NUL"),
            (spec(|spec| spec.entrypoint = vec!["\0".into()]), "`entrypoint`: `\\0` has a NUL"),
            (spec(|spec| spec.user = Some("1\0".into())), "`user`: `1\\0` has a NUL"),
            (spec(|spec| spec.working_dir = Some("/\0".into())), "`working_dir`: `/\\0` has a NUL"),
        ]);
        takes(vec![hostname(""), hostname("web-1.example"), spec(|spec| spec.command = vec!["a b\n".into()])]);
    }

    #[test]
    fn sizes_are_those_that_engines_count() {
        let sized = Mount { size: Some(TOO_MUCH), ..Mount::new(MountKind::Tmpfs, "", "/tmp") };
        let wrong = vec![
            ("memory", spec(|spec| spec.memory = Some(TOO_MUCH))),
            ("memory_reservation", spec(|spec| spec.memory_reservation = Some(TOO_MUCH))),
            ("kernel_memory", spec(|spec| spec.kernel_memory = Some(TOO_MUCH))),
            ("shm_size", spec(|spec| spec.shm_size = Some(TOO_MUCH))),
            ("nano_cpus", spec(|spec| spec.nano_cpus = Some(TOO_MUCH))),
            ("cpu_shares", spec(|spec| spec.cpu_shares = Some(TOO_MUCH))),
            ("cpu_quota", spec(|spec| spec.cpu_quota = Some(TOO_MUCH))),
            ("cpu_period", spec(|spec| spec.cpu_period = Some(TOO_MUCH))),
            ("device_read_bps", spec(|spec| spec.device_read_bps = throttle(TOO_MUCH))),
            ("device_write_bps", spec(|spec| spec.device_write_bps = throttle(TOO_MUCH))),
            ("device_read_iops", spec(|spec| spec.device_read_iops = throttle(TOO_MUCH))),
            ("device_write_iops", spec(|spec| spec.device_write_iops = throttle(TOO_MUCH))),
            ("mounts", spec(|spec| spec.mounts = vec![sized])),
        ];
        for (field, spec) in wrong {
            refuses(vec![(spec, &format!("`{field}`: `9223372036854775808` is more than any engine takes"))]);
        }
        takes(vec![spec(|spec| (spec.memory, spec.memory_swap) = (Some(TOO_MUCH - 1), Some(-1)))]);
    }
}
