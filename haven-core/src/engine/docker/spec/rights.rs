//! What a container may do: capabilities, devices, security modules, namespaces of others.

use bollard::models::{DeviceMapping, HostConfig, HostConfigCgroupnsModeEnum};
use haven_model::{
    ContainerSpec, Error, Result,
    spec::{Device, DeviceRequest},
    system::ApiVersion,
};

use super::{Usual, list, map, text};

/// What a container of an older API has where nothing is said is `shareable`, of a newer `private`.
const PRIVATE_IPC: ApiVersion = ApiVersion::new(1, 40);
/// What `docker run` makes of it is no security option to the engine: no path of `/proc` and `/sys` is hidden.
const NO_HIDDEN_PATHS: &str = "systempaths=unconfined";

pub(super) fn write(spec: &ContainerSpec, host: &mut HostConfig) -> Result<()> {
    host.privileged = spec.privileged.then_some(true);
    host.cap_add = list(&spec.cap_add);
    host.cap_drop = list(&spec.cap_drop);
    let (hidden, options): (Vec<_>, Vec<_>) =
        spec.security_opt.iter().cloned().partition(|option| option == NO_HIDDEN_PATHS);
    if !hidden.is_empty() {
        (host.masked_paths, host.readonly_paths) = (Some(Vec::new()), Some(Vec::new()));
    }
    host.security_opt = list(&options);
    let device = |device: &Device| DeviceMapping {
        path_on_host: Some(device.path_on_host.clone()),
        path_in_container: Some(device.path_in_container.as_ref().unwrap_or(&device.path_on_host).clone()),
        cgroup_permissions: Some(device.permissions.as_deref().unwrap_or("rwm").to_owned()),
    };
    host.devices = (!spec.devices.is_empty()).then(|| spec.devices.iter().map(device).collect());
    let request = |request: &DeviceRequest| bollard::models::DeviceRequest {
        driver: request.driver.clone(),
        count: request.count,
        device_ids: list(&request.device_ids),
        capabilities: list(&request.capabilities),
        options: map(&request.options),
    };
    host.device_requests =
        (!spec.device_requests.is_empty()).then(|| spec.device_requests.iter().map(request).collect());
    host.device_cgroup_rules = list(&spec.device_cgroup_rules);
    host.readonly_rootfs = spec.read_only.then_some(true);
    host.sysctls = map(&spec.sysctls);
    host.pid_mode.clone_from(&spec.pid_mode);
    host.ipc_mode.clone_from(&spec.ipc_mode);
    host.uts_mode.clone_from(&spec.uts_mode);
    host.userns_mode.clone_from(&spec.userns_mode);
    host.cgroupns_mode = match spec.cgroupns_mode.as_deref() {
        None => None,
        Some("host") => Some(HostConfigCgroupnsModeEnum::HOST),
        Some("private") => Some(HostConfigCgroupnsModeEnum::PRIVATE),
        Some(mode) => {
            return Err(Error::invalid(format!("`{}` is no mode of control groups", mode.escape_debug())));
        }
    };
    host.storage_opt = map(&spec.storage_options);
    Ok(())
}

pub(super) fn read(host: &HostConfig, api: ApiVersion, usual: &Usual, spec: &mut ContainerSpec) {
    spec.privileged = host.privileged.unwrap_or_default();
    spec.cap_add = host.cap_add.clone().unwrap_or_default();
    spec.cap_drop = host.cap_drop.clone().unwrap_or_default();
    spec.security_opt = host.security_opt.clone().unwrap_or_default();
    let hidden = host.masked_paths.as_ref().is_some_and(Vec::is_empty);
    if hidden && !spec.privileged {
        spec.security_opt.push(NO_HIDDEN_PATHS.to_owned());
    }
    let of_host = |mode: &Option<String>| mode.as_deref() == Some("host");
    if spec.privileged || of_host(&host.pid_mode) || of_host(&host.ipc_mode) {
        spec.security_opt.retain(|option| option != "label=disable");
    }
    let device = |device: &DeviceMapping| {
        let path_on_host = device.path_on_host.clone()?;
        let inside = text(device.path_in_container.as_ref()).filter(|path| *path != path_on_host);
        let permissions = text(device.cgroup_permissions.as_ref()).filter(|permissions| permissions != "rwm");
        Some(Device { path_on_host, path_in_container: inside, permissions })
    };
    spec.devices = host.devices.iter().flatten().filter_map(device).collect();
    let request = |request: &bollard::models::DeviceRequest| DeviceRequest {
        driver: text(request.driver.as_ref()),
        count: request.count.filter(|count| *count != 0),
        device_ids: request.device_ids.clone().unwrap_or_default(),
        capabilities: request.capabilities.clone().unwrap_or_default(),
        options: request.options.clone().unwrap_or_default().into_iter().collect(),
    };
    spec.device_requests = host.device_requests.iter().flatten().map(request).collect();
    spec.device_cgroup_rules = host.device_cgroup_rules.clone().unwrap_or_default();
    spec.read_only = host.readonly_rootfs.unwrap_or_default();
    spec.sysctls = host.sysctls.clone().unwrap_or_default().into_iter().collect();
    spec.pid_mode = text(host.pid_mode.as_ref());
    let usual_ipc = if api < PRIVATE_IPC { "shareable" } else { "private" };
    spec.ipc_mode = text(host.ipc_mode.as_ref()).filter(|mode| mode != usual_ipc);
    spec.uts_mode = text(host.uts_mode.as_ref());
    spec.userns_mode = text(host.userns_mode.as_ref());
    let cgroupns = match host.cgroupns_mode {
        Some(HostConfigCgroupnsModeEnum::HOST) => Some("host"),
        Some(HostConfigCgroupnsModeEnum::PRIVATE) => Some("private"),
        Some(HostConfigCgroupnsModeEnum::EMPTY) | None => None,
    };
    spec.cgroupns_mode = cgroupns.filter(|mode| *mode != usual.cgroupns()).map(str::to_owned);
    spec.storage_options = host.storage_opt.clone().unwrap_or_default().into_iter().collect();
}
