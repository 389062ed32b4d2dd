//! Rules of what of a container can be changed while it lives, and of what a copy of it takes.

use std::collections::BTreeSet;

use haven_core::{
    ErrorKind,
    model::{
        Connection, ContainerRef, ContainerSpec, ContainerUpdate, Mount, NetworkName, Outcome, RestartPolicy,
        container::DisconnectOptions,
        network::{AddressPool, Ipam},
        spec::{MountKind, NetworkMode},
        volume::PruneVolumes,
    },
};

use super::{AT_ONCE, BY_FORCE, EngineFixture, LABEL, refused};

/// Limits and restart policy change, of one that runs and of one that does not; nothing else does.
pub async fn limits_change(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    (spec.memory, spec.nano_cpus) = (Some(64 << 20), Some(500_000_000));
    spec.restart = RestartPolicy::Always;
    let id = on.started(&spec).await;
    let before = on.inspect(&id).await.spec;
    let update = ContainerUpdate {
        memory: Some(96 << 20),
        nano_cpus: Some(250_000_000),
        cpu_shares: Some(512),
        restart: Some(RestartPolicy::No),
        ..ContainerUpdate::default()
    };
    assert_eq!(on.engine.update_container(&id, &update).await.unwrap(), Outcome::Done);
    let mut expected = before;
    update.apply(&mut expected);
    assert_eq!(on.inspect(&id).await.spec.normalise(), expected.clone().normalise());
    let update = ContainerUpdate { pids_limit: Some(100), ..ContainerUpdate::default() };
    match on.engine.update_container(&id, &update).await {
        Ok(_) => update.apply(&mut expected),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "an old engine ignores it: {error:?}"),
    }
    assert_eq!(on.inspect(&id).await.spec.normalise(), expected.clone().normalise());
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    let update = ContainerUpdate { restart: Some(RestartPolicy::OnFailure(3)), ..ContainerUpdate::default() };
    on.engine.update_container(&id, &update).await.unwrap();
    update.apply(&mut expected);
    assert_eq!(on.inspect(&id).await.spec.normalise(), expected.normalise());
    let nothing = ContainerUpdate::default();
    assert_eq!(on.engine.update_container(&id, &nothing).await.unwrap(), Outcome::AlreadySo);
    refused(on.engine.update_container(&on.missing(), &nothing).await, ErrorKind::NotFound);
    refused(on.engine.update_container(&on.missing(), &update).await, ErrorKind::NotFound);
}

/// A limit that the host does not have, that contradicts another, or that is none, is `Invalid` and changes nothing.
pub async fn a_wrong_limit_is_invalid(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    (spec.memory, spec.nano_cpus) = (Some(64 << 20), Some(500_000_000));
    let id = on.started(&spec).await;
    let before = on.inspect(&id).await.spec;
    let none = ContainerUpdate::default;
    for update in [
        ContainerUpdate { memory: Some(4_096), ..none() },
        ContainerUpdate { memory: Some(1 << 30), ..none() },
        ContainerUpdate { memory: Some(0), ..none() },
        ContainerUpdate { memory: Some(64 << 20), memory_reservation: Some(128 << 20), ..none() },
        ContainerUpdate { nano_cpus: Some(0), ..none() },
        ContainerUpdate { cpuset_cpus: Some("900".into()), ..none() },
    ] {
        refused(on.engine.update_container(&id, &update).await, ErrorKind::Invalid);
    }
    assert_eq!(on.inspect(&id).await.spec, before);
}

/// A network of a range of its own, and the address there that ends in `last`.
async fn ranged(on: &EngineFixture) -> (NetworkName, impl Fn(u8) -> std::net::Ipv4Addr) {
    let name = NetworkName::new(on.unique("n")).unwrap();
    let number = u16::from_str_radix(&on.prefix()[on.prefix().len() - 3..], 16).unwrap();
    let (a, b) = (u8::try_from(208 + number / 256).unwrap(), u8::try_from(number % 256).unwrap());
    let mut spec = on.network_spec(&name);
    spec.ipam = Ipam {
        pools: vec![AddressPool {
            subnet: format!("10.{a}.{b}.0/24"),
            ip_range: Some(format!("10.{a}.{b}.128/25")),
            gateway: Some(std::net::Ipv4Addr::new(10, a, b, 9).into()),
            ..AddressPool::default()
        }],
        ..Ipam::default()
    };
    on.engine.create_network(&spec).await.expect("the network is made");
    let made = on.engine.network(&name).await.unwrap();
    assert_eq!(made.ipam.pools, spec.ipam.pools, "a network is shown as it was made");
    (name, move |last| std::net::Ipv4Addr::new(10, a, b, last))
}

/// A chosen address is the container's for good; an address that the engine chose is told, and not as chosen.
pub async fn chosen_addresses_are_kept(on: &EngineFixture) {
    let (network, address) = ranged(on).await;
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.network = Some(network.clone().into());
    let own =
        Connection { aliases: vec!["web".into()], ipv4_address: Some(address(50)), ..Connection::to(network.clone()) };
    spec.networks = vec![Connection { mac_address: Some("02:42:ac:00:00:50".into()), ..own.clone() }];
    let id = on.started(&spec).await;
    for _ in 0..2 {
        let detail = on.inspect(&id).await;
        let endpoint = &detail.endpoints[network.as_str()];
        assert_eq!((endpoint.ipv4_address, endpoint.gateway), (Some(address(50)), Some(address(9).into())));
        assert_eq!(endpoint.mac_address.as_deref(), Some("02:42:ac:00:00:50"));
        assert_eq!(detail.spec.networks, spec.networks, "what was chosen, and no more");
        on.engine.restart_container(&id, &AT_ONCE).await.unwrap();
    }
    let members = on.engine.network(&network).await.unwrap().containers;
    let member = members.get(&on.inspect(&id).await.id).expect("a network tells who is in it");
    assert_eq!(member.ipv4_address, Some(address(50)));

    let other = on.sleeping().await;
    on.engine.connect_network(&other, &Connection::to(network.clone())).await.unwrap();
    let detail = on.inspect(&other).await;
    let chosen = detail.endpoints[network.as_str()].ipv4_address.expect("it has an address");
    assert!(chosen >= address(128), "{chosen} is of the part that is given out");
    assert_eq!(detail.spec.networks, [Connection::to(network.clone())], "what the engine chose is not chosen");
    on.engine.disconnect_network(&other, &network, &DisconnectOptions::default()).await.unwrap();

    let wants = Connection { aliases: Vec::new(), ipv4_address: Some(address(50)), ..own.clone() };
    refused(on.engine.connect_network(&other, &wants).await, ErrorKind::Conflict);
    let outside = Connection { ipv4_address: Some("192.0.2.7".parse().unwrap()), ..wants.clone() };
    refused(on.engine.connect_network(&other, &outside).await, ErrorKind::Invalid);
    assert!(
        !on.inspect(&other).await.endpoints.contains_key(network.as_str()),
        "what was refused leaves nothing behind"
    );
    assert_eq!(on.engine.restart_container(&other, &AT_ONCE).await.unwrap(), Outcome::Done);
    let free = Connection { ipv4_address: Some(address(60)), ..own };
    assert_eq!(on.engine.connect_network(&other, &free).await.unwrap(), Outcome::Done);
    assert_eq!(on.inspect(&other).await.spec.networks, [free]);
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    let third = on.created(&spec).await;
    on.engine.start_container(&third).await.expect("a stopped container does not keep its address");
    refused(on.engine.start_container(&id).await, ErrorKind::Conflict);
}

/// A container is made with all its connections, or not at all.
pub async fn a_container_is_made_with_all_its_connections(on: &EngineFixture) {
    let (first, second) = (on.network().await, on.network().await);
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.network = Some(first.clone().into());
    spec.networks = vec![Connection { aliases: vec!["other".into()], ..Connection::to(second.clone()) }];
    let id = on.started(&spec).await;
    let detail = on.inspect(&id).await;
    let both: BTreeSet<&str> = [first.as_str(), second.as_str()].into();
    assert_eq!(detail.endpoints.keys().map(String::as_str).collect::<BTreeSet<_>>(), both);
    assert_eq!((detail.spec.network, detail.spec.networks), (spec.network.clone(), spec.networks.clone()));

    on.engine.disconnect_network(&id, &first, &DisconnectOptions::default()).await.unwrap();
    let left = on.inspect(&id).await.spec;
    assert_eq!(left.network, Some(NetworkMode::from(second.clone())), "it has left the network that it was made in");

    let name = on.name("halfway");
    spec.networks.push(Connection::to(NetworkName::new(on.unique("none")).unwrap()));
    refused(on.engine.create_container(Some(&name), &spec).await, ErrorKind::NotFound);
    refused(on.engine.container(&name.into()).await, ErrorKind::NotFound);
}

/// Nothing that the engine made up is shown as asked for: neither host name nor alias nor address nor swap.
pub async fn what_the_engine_fills_in_is_not_told_as_chosen(on: &EngineFixture) {
    let network = on.network().await;
    let image = on.engine.image(&on.image).await.unwrap();
    for mode in [None, Some(NetworkMode::from(network)), Some("host".parse().unwrap()), Some("none".parse().unwrap())] {
        let plain = ContainerSpec { network: mode, memory: Some(64 << 20), ..on.spec(&["sleep", "1000"]) };
        let id = on.started(&plain).await;
        let shown = on.inspect(&id).await.spec;
        assert_eq!(shown.without(&image), plain.without(&image));
    }
}

/// A volume without a name is told by the name that it has now, and a copy that names it has its data.
pub async fn volumes_without_a_name_are_told(on: &EngineFixture) {
    let mut spec = on.script("echo kept > /data/file; sleep 1000");
    spec.mounts = vec![Mount::new(MountKind::Volume, "", "/data")];
    let id = on.started(&spec).await;
    let detail = on.inspect(&id).await;
    assert_eq!(detail.spec.mounts, spec.mounts, "nobody named it");
    let [mount] = &detail.mounts[..] else { panic!("{:?}", detail.mounts) };
    assert!(mount.target == "/data" && mount.kind == MountKind::Volume && !mount.source.is_empty(), "{mount:?}");
    let copy = detail.spec_with_volumes();
    assert_eq!(copy.mounts[0].source, mount.source);
    let copy = on.started(&copy).await;
    assert_eq!(on.inspect(&copy).await.mounts, detail.mounts);
}

/// A container that is to be removed at its end is, with its volumes that have no name; who waits learns how it ended.
pub async fn what_is_to_be_removed_at_its_end_is(on: &EngineFixture) {
    let mut spec = on.script("sleep 1; exit 5");
    spec.auto_remove = true;
    spec.mounts = vec![Mount::new(MountKind::Volume, "", "/data")];
    let id = match on.engine.create_container(None, &spec).await {
        Ok(id) => ContainerRef::from(id),
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Unsupported, "an old engine ignores it: {error:?}"),
    };
    on.engine.start_container(&id).await.unwrap();
    let volume = on.inspect(&id).await.mounts[0].source.clone();
    let again = ContainerUpdate { restart: Some(RestartPolicy::Always), ..ContainerUpdate::default() };
    refused(on.engine.update_container(&id, &again).await, ErrorKind::Invalid);
    assert_eq!(on.engine.wait_container(&id).await.unwrap(), 5);
    for _ in 0..200 {
        if on.engine.container(&id).await.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    refused(on.engine.container(&id).await, ErrorKind::NotFound);
    assert!(!on.engine.volumes().await.unwrap().iter().any(|other| other.name == volume));
    spec.restart = RestartPolicy::Always;
    refused(on.engine.create_container(None, &spec).await, ErrorKind::Invalid);
}

/// A container in the network of another has that container's, which is known by its id from then on.
pub async fn the_network_of_another(on: &EngineFixture) {
    let name = on.name("other");
    let other = on.engine.create_container(Some(&name), &on.spec(&["sleep", "1000"])).await.unwrap();
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.network = Some(NetworkMode::Container(name.into()));
    let id = on.created(&spec).await;
    let detail = on.inspect(&id).await;
    assert_eq!(detail.spec.network, Some(NetworkMode::Container(ContainerRef::from(&other))));
    assert!(detail.endpoints.is_empty() && detail.spec.hostname.is_none());
    refused(on.engine.start_container(&id).await, ErrorKind::Conflict);
    on.engine.start_container(&other.into()).await.unwrap();
    assert_eq!(on.engine.start_container(&id).await.unwrap(), Outcome::Done);
}

/// Networks that no running container is in are removed, by their labels.
pub async fn networks_are_pruned(on: &EngineFixture) {
    let (used, unused) = (on.network().await, on.network().await);
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.network = Some(used.clone().into());
    on.started(&spec).await;
    let pruned = on.engine.prune_networks(&[format!("{LABEL}={}", on.prefix())]).await.unwrap();
    assert_eq!(pruned.removed, [unused.as_str()]);
    refused(on.engine.network(&unused).await, ErrorKind::NotFound);
    on.engine.network(&used).await.expect("a network in use is kept");
    let nobody = on.engine.prune_networks(&[format!("{LABEL}=nobody")]).await.unwrap();
    assert_eq!(nobody.removed, Vec::<String>::new());
}

/// Volumes that no container has are removed, those with a name only when that is said.
pub async fn volumes_are_pruned(on: &EngineFixture) {
    let named = on.volume_spec();
    on.engine.create_volume(&named).await.unwrap();
    let mut spec = on.script("dd if=/dev/zero of=/data/big bs=1024 count=64; sleep 1000");
    spec.mounts = vec![Mount { labels: on.labels(), ..Mount::new(MountKind::Volume, "", "/data") }];
    if let Err(error) = on.engine.create_container(None, &spec).await {
        return assert_eq!(error.kind(), ErrorKind::Unsupported, "an old engine ignores labels: {error:?}");
    }
    let (kept, left) = (on.started(&spec).await, on.created(&spec).await);
    let (kept, lost) =
        (on.inspect(&kept).await.mounts[0].source.clone(), on.inspect(&left).await.mounts[0].source.clone());
    on.engine
        .remove_container(&left, &haven_core::model::container::RemoveOptions { volumes: false, ..BY_FORCE })
        .await
        .unwrap();
    let ours = || vec![format!("{LABEL}={}", on.prefix())];
    let pruned = on.engine.prune_volumes(&PruneVolumes { label: ours(), all: false }).await.unwrap();
    assert_eq!(pruned.removed, [lost]);
    let pruned = on.engine.prune_volumes(&PruneVolumes { label: ours(), all: true }).await.unwrap();
    assert_eq!(pruned.removed, [named.name.as_str()]);
    assert!(on.engine.volumes().await.unwrap().iter().any(|volume| volume.name == kept), "a volume in use is kept");
}
