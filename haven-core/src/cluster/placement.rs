//! Which node of several takes a new container: pure functions, whose verdict carries its reasons.
//!
//! Containers are spread: of the nodes that can take one, that with the fewest running goes first.

use std::net::IpAddr;

use haven_model::{
    ContainerName, ContainerSpec, NodeName, Port,
    placement::{Check, Placement, Refusal},
};

use crate::node::{NodeState, Reading};

/// A node that may be chosen, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) node: NodeName,
    /// Whether its engine answers.
    pub(super) is_online: bool,
    /// The memory of the machine, in bytes.
    pub(super) memory: Option<u64>,
    pub(super) containers: Reading,
}

impl Candidate {
    /// A node as it is known now.
    pub(super) fn of(state: &NodeState) -> Self {
        Self {
            node: state.name.clone(),
            is_online: state.engine().is_ok(),
            memory: state.memory(),
            containers: state.inventory.read(),
        }
    }
}

/// Chooses the node for a container.
pub(super) fn place(candidates: &[Candidate], name: Option<&ContainerName>, spec: &ContainerSpec) -> Placement {
    let mut refused = Vec::new();
    let mut fit = Vec::new();
    for candidate in candidates {
        match refusal(candidate, name, spec) {
            Some((check, reason)) => refused.push(Refusal { node: candidate.node.clone(), check, reason }),
            None => fit.push(candidate),
        }
    }
    let Some(chosen) = fit.iter().min_by_key(|candidate| (running(candidate), candidate.containers.count().total))
    else {
        return Placement::refused(refused);
    };
    let count = running(chosen);
    let reason = match fit.len() {
        1 => "it is the only node that can take it".to_owned(),
        nodes => format!("{count} run there, the fewest of {nodes} nodes that can take it"),
    };
    Placement { node: Some(chosen.node.clone()), reason, refused }
}

fn running(candidate: &Candidate) -> u64 {
    candidate.containers.count().on
}

/// Why a node cannot take a container; none: it can.
fn refusal(candidate: &Candidate, name: Option<&ContainerName>, spec: &ContainerSpec) -> Option<(Check, String)> {
    let Candidate { node, is_online, memory, containers } = candidate;
    let containers = containers.containers();
    if !is_online {
        return Some((Check::Contact, format!("no contact with `{node}`")));
    }
    if let Some(name) = name
        && containers.iter().any(|container| container.name() == name.as_str())
    {
        return Some((Check::Name, format!("`{node}` has a container `{name}`")));
    }
    let taken = containers.iter().filter(|container| container.is_running()).find_map(|container| {
        let port = spec.ports.iter().find(|port| container.ports().iter().any(|held| collide(port, held)))?;
        Some((port.host?, container))
    });
    if let Some((port, container)) = taken {
        return Some((Check::Port, format!("port {port} of `{node}` is that of `{}`", container.name())));
    }
    match (spec.memory, memory) {
        (Some(wanted), Some(has)) if wanted > *has => {
            Some((Check::Memory, format!("`{node}` has {has} bytes of memory, not {wanted}")))
        }
        _ => None,
    }
}

/// Whether two containers cannot publish these ports at the same time.
fn collide(one: &Port, other: &Port) -> bool {
    let is_any = |address: &Option<IpAddr>| address.is_none_or(|address| address.is_unspecified());
    one.host.is_some()
        && one.host == other.host
        && one.protocol == other.protocol
        && (is_any(&one.address) || is_any(&other.address) || one.address == other.address)
}

#[cfg(test)]
mod tests {
    use haven_model::{Container, ContainerId, ContainerState, ImageRef};
    use jiff::Timestamp;

    use super::*;
    use crate::node::Inventory;

    fn container(name: &str, state: ContainerState, ports: &[Port]) -> Container {
        Container {
            id: ContainerId::new("a".repeat(64)).unwrap(),
            name: name.to_owned(),
            image: "nginx".to_owned(),
            image_id: String::new(),
            command: String::new(),
            created: Timestamp::UNIX_EPOCH,
            state,
            health: None,
            status: String::new(),
            ports: ports.to_vec(),
            labels: [].into(),
            networks: [].into(),
            mounts: vec![],
            truncated: false,
        }
    }

    fn candidate(node: &str, containers: &[Container]) -> Candidate {
        let node = NodeName::new(node).unwrap();
        let inventory = Inventory::new(std::sync::Arc::default());
        let numbered = containers.iter().enumerate().map(|(number, container)| {
            let id = ContainerId::new(format!("{number:064}")).unwrap();
            Container { id, ..container.clone() }
        });
        inventory.replace(numbered.collect(), Timestamp::UNIX_EPOCH);
        Candidate { node, is_online: true, memory: Some(1 << 30), containers: inventory.read() }
    }

    fn spec() -> ContainerSpec {
        ContainerSpec::new(ImageRef::new("nginx").unwrap())
    }

    fn published(host: u16, address: Option<&str>) -> Port {
        let address = address.map(|address| address.parse().unwrap());
        Port { container: 80, host: Some(host), address, protocol: haven_model::spec::Protocol::Tcp }
    }

    #[test]
    fn the_node_with_the_fewest_running_containers_takes_it() {
        let running = container("web", ContainerState::Running, &[]);
        let ended = container("old", ContainerState::Exited, &[]);
        let candidates = [
            candidate("busy", &[running.clone(), running.clone()]),
            candidate("littered", &[running.clone(), ended]),
            candidate("calm", &[running]),
        ];
        let placement = place(&candidates, None, &spec());
        assert_eq!(placement.node.unwrap().as_str(), "calm");
        assert_eq!(placement.reason, "1 run there, the fewest of 3 nodes that can take it");
    }

    #[test]
    fn each_node_that_cannot_says_why_and_the_reasons_are_counted() {
        let web = container("web", ContainerState::Running, &[published(80, None)]);
        let lost = Candidate { is_online: false, ..candidate("lost", &[]) };
        let small = Candidate { memory: Some(1 << 20), ..candidate("small", &[]) };
        let candidates =
            [lost, small, candidate("named", &[container("new", ContainerState::Exited, &[])])].into_iter().chain([
                candidate("taken", std::slice::from_ref(&web)),
                candidate("also-taken", std::slice::from_ref(&web)),
            ]);
        let wanted = ContainerSpec { memory: Some(1 << 29), ports: vec![published(80, Some("10.0.0.1"))], ..spec() };
        let name = ContainerName::new("new").unwrap();
        let placement = place(&candidates.collect::<Vec<_>>(), Some(&name), &wanted);
        assert_eq!(placement.reason, "no node: contact refused 1, name refused 1, port refused 2, memory refused 1");
        let error = placement.chosen().unwrap_err();
        assert_eq!(error.kind(), haven_model::ErrorKind::Conflict);
        let because: Vec<_> = error.context().map(|(_, value)| value.to_owned()).collect();
        assert!(because[0].contains("port 80 of `taken` is that of `web`"), "{because:?}");
        assert_eq!(place(&[], None, &spec()).reason, "no node: there are none");
    }

    #[test]
    fn ports_collide_on_one_address_and_only_while_their_container_runs() {
        let on = |state, address| candidate("a", &[container("web", state, &[published(80, address)])]);
        let wanted = |port| ContainerSpec { ports: vec![port], ..spec() };
        let fits = |candidate, port| place(&[candidate], None, &wanted(port)).node.is_some();
        assert!(!fits(on(ContainerState::Running, Some("0.0.0.0")), published(80, Some("10.0.0.1"))));
        assert!(!fits(on(ContainerState::Paused, None), published(80, None)));
        assert!(fits(on(ContainerState::Running, Some("10.0.0.2")), published(80, Some("10.0.0.1"))));
        assert!(fits(on(ContainerState::Running, None), published(81, None)));
        assert!(fits(on(ContainerState::Exited, None), published(80, None)));
    }
}
