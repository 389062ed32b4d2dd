//! Whether an old container and its successor can run at the same time on one engine.

use haven_model::{ContainerSpec, spec::NetworkMode};

/// A label by which a container says that no second one of it may run: its data takes one writer.
pub(super) const EXCLUSIVE: &str = "haven.exclusive";

/// Why two containers of this specification cannot run side by side; none: they can.
pub(super) fn refusal(spec: &ContainerSpec) -> Option<String> {
    if let Some(host) = spec.ports.iter().find_map(|port| port.host) {
        return Some(format!("port {host} of the host is fixed"));
    }
    for connection in &spec.networks {
        let network = &connection.network;
        if let Some(address) = connection.ipv4_address {
            return Some(format!("its address {address} in network `{network}` is fixed"));
        }
        if let Some(address) = connection.ipv6_address {
            return Some(format!("its address {address} in network `{network}` is fixed"));
        }
        if let Some(mac) = &connection.mac_address {
            return Some(format!("its MAC address {mac} is fixed"));
        }
    }
    if let Some(device) = spec.devices.first() {
        return Some(format!("device `{}` is taken by one at a time", device.path_on_host));
    }
    if spec.network.as_ref().and_then(NetworkMode::network).is_some_and(|network| network.as_str() == "host") {
        return Some("it listens on the host's own network".to_owned());
    }
    let is_exclusive = spec.labels.get(EXCLUSIVE).is_some_and(|value| value == "true");
    is_exclusive.then(|| format!("its label `{EXCLUSIVE}` says that one runs at a time"))
}
