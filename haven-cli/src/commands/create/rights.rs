//! Options about what it may do.

use clap::Args;
use haven_core::{
    Error,
    model::{
        ContainerSpec,
        spec::{Device, DeviceRequest},
    },
};

use super::words::{parse_device, parse_gpus};
use crate::{commands::pick::parse_pair, failure::Result};

/// The largest profile of system calls that is read.
const MAX_PROFILE: u64 = 1 << 20;

#[derive(Debug, Args)]
#[command(next_help_heading = "Rights")]
pub(super) struct Rights {
    /// Let it do all that the host may
    #[arg(long)]
    privileged: bool,
    /// A capability that it has besides the usual
    #[arg(long, value_name = "CAPABILITY")]
    cap_add: Vec<String>,
    /// A usual capability that it does not have
    #[arg(long, value_name = "CAPABILITY")]
    cap_drop: Vec<String>,
    /// An option of a security module: `no-new-privileges`, `seccomp=FILE`, …
    #[arg(long, value_name = "OPTION")]
    security_opt: Vec<String>,
    /// A device of the host: `/dev/snd[:/dev/other][:rwm]`
    #[arg(long, value_parser = parse_device)]
    device: Vec<Device>,
    /// GPUs: `all`, a number, or `device=0,driver=nvidia,…`
    #[arg(long, value_name = "GPUS", value_parser = parse_gpus)]
    gpus: Vec<DeviceRequest>,
    /// Devices that it may use: `c 13:* rmw`
    #[arg(long, value_name = "RULE")]
    device_cgroup_rule: Vec<String>,
    /// A setting of the kernel in its namespaces
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    sysctl: Vec<(String, String)>,
    /// Whose processes it sees: `host`, `container:CONTAINER`
    #[arg(long, value_name = "MODE")]
    pid: Option<String>,
    /// Whose shared memory it has: `host`, `shareable`, `container:CONTAINER`, `none`
    #[arg(long, value_name = "MODE")]
    ipc: Option<String>,
    /// Whose host name it has: `host`
    #[arg(long, value_name = "MODE")]
    uts: Option<String>,
    /// Whose users it has: `host`
    #[arg(long, value_name = "MODE")]
    userns: Option<String>,
    /// Whose control groups it sees: `host`, `private`
    #[arg(long, value_name = "MODE")]
    cgroupns: Option<String>,
}

impl Rights {
    pub(super) fn apply(self, spec: &mut ContainerSpec) -> Result<()> {
        spec.privileged = self.privileged;
        spec.cap_add = self.cap_add;
        spec.cap_drop = self.cap_drop;
        spec.security_opt = self.security_opt.into_iter().map(profile).collect::<Result<_>>()?;
        spec.devices = self.device;
        spec.device_requests = self.gpus;
        spec.device_cgroup_rules = self.device_cgroup_rule;
        spec.sysctls = self.sysctl.into_iter().collect();
        spec.pid_mode = self.pid;
        spec.ipc_mode = self.ipc;
        spec.uts_mode = self.uts;
        spec.userns_mode = self.userns;
        spec.cgroupns_mode = self.cgroupns;
        Ok(())
    }
}

/// The engine takes a profile of system calls itself, and not the name of a file that is here.
fn profile(option: String) -> Result<String> {
    let Some(file) = option.strip_prefix("seccomp=").filter(|file| !["unconfined", "builtin"].contains(file)) else {
        return Ok(option);
    };
    if file.starts_with('{') {
        return Ok(option);
    }
    let unread = |error: std::io::Error| {
        Error::invalid("the profile of system calls cannot be read").caused_by(error).with("file", file)
    };
    if std::fs::metadata(file).map_err(unread)?.len() > MAX_PROFILE {
        return Err(Error::invalid("the profile of system calls is too large").with("file", file).into());
    }
    let text = std::fs::read_to_string(file).map_err(unread)?;
    let profile: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        Error::invalid("the profile of system calls is no JSON").caused_by(error).with("file", file)
    })?;
    Ok(format!("seccomp={profile}"))
}
