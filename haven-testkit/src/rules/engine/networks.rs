//! Rules of networks: made, joined, left, removed.
//!
//! Addresses are there while a container runs.

use haven_core::{
    ErrorKind,
    model::{Connection, NetworkName, Outcome, container::DisconnectOptions},
};

use super::{AT_ONCE, EngineFixture, refused};

const GENTLY: DisconnectOptions = DisconnectOptions { force: false };

fn to(network: &NetworkName) -> Connection {
    Connection::to(network.clone())
}

/// `bridge`, `host` and `none` are always there, and cannot be removed.
pub async fn three_networks_are_always_there(on: &EngineFixture) {
    let networks = on.engine.networks().await.unwrap();
    for name in ["bridge", "host", "none"] {
        assert!(networks.iter().any(|network| network.name == name), "{name}");
        let removed = on.engine.remove_network(&NetworkName::new(name).unwrap()).await;
        refused(removed, ErrorKind::Denied);
    }
}

/// A name that is taken is `AlreadyExists`; a network is shown as it was made.
pub async fn network_names_are_unique(on: &EngineFixture) {
    let name = NetworkName::new(on.unique("n")).unwrap();
    let mut spec = on.network_spec(&name);
    spec.internal = true;
    let id = on.engine.create_network(&spec).await.unwrap();
    refused(on.engine.create_network(&spec).await, ErrorKind::AlreadyExists);
    let network = on.engine.network(&name).await.unwrap();
    assert_eq!((network.name.as_str(), network.driver.as_str()), (name.as_str(), "bridge"));
    assert_eq!((network.scope.as_str(), network.internal), ("local", true));
    assert_eq!(network.labels, on.labels());
    assert_eq!((network.id == id, network.subnets.len()), (true, 1));
    assert_eq!(on.engine.network(&NetworkName::new(&id).unwrap()).await.unwrap(), network, "it is found by its id");
    assert!(on.engine.networks().await.unwrap().contains(&network));
    assert_eq!(on.engine.remove_network(&name).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.remove_network(&name).await.unwrap(), Outcome::AlreadySo);
}

/// Connected and disconnected, each once, whether the container runs or not.
pub async fn connecting(on: &EngineFixture) {
    let network = on.network().await;
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.network = Some(network.clone().into());
    let born = on.started(&spec).await;
    let detail = on.inspect(&born).await;
    assert_eq!(detail.networks.keys().collect::<Vec<_>>(), [network.as_str()]);
    assert!(!detail.networks[network.as_str()].is_empty());

    let id = on.sleeping().await;
    assert_eq!(on.engine.connect_network(&id, &to(&network)).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.connect_network(&id, &to(&network)).await.unwrap(), Outcome::AlreadySo);
    let detail = on.inspect(&id).await;
    assert!(!detail.networks[network.as_str()].is_empty() && detail.networks.contains_key("bridge"));
    assert_eq!(on.engine.disconnect_network(&id, &network, &GENTLY).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.disconnect_network(&id, &network, &GENTLY).await.unwrap(), Outcome::AlreadySo);
    assert!(!on.inspect(&id).await.networks.contains_key(network.as_str()));

    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    assert_eq!(on.engine.connect_network(&id, &to(&network)).await.unwrap(), Outcome::Done);
    assert_eq!(on.inspect(&id).await.networks[network.as_str()], "", "it has no address while it does not run");
    on.engine.start_container(&id).await.unwrap();
    assert!(!on.inspect(&id).await.networks[network.as_str()].is_empty());
}

/// `Conflict` when a running container is connected to it.
pub async fn a_network_in_use_is_kept(on: &EngineFixture) {
    let network = on.network().await;
    let id = on.sleeping().await;
    on.engine.connect_network(&id, &to(&network)).await.unwrap();
    refused(on.engine.remove_network(&network).await, ErrorKind::Conflict);
    on.engine.disconnect_network(&id, &network, &GENTLY).await.unwrap();
    assert_eq!(on.engine.remove_network(&network).await.unwrap(), Outcome::Done);
}

/// A range that was asked for is the network's, and gives its containers their addresses.
pub async fn a_network_has_the_range_it_was_given(on: &EngineFixture) {
    let name = NetworkName::new(on.unique("n")).unwrap();
    let mut spec = on.network_spec(&name);
    // Fixtures that run side by side on one engine rarely choose the same of 4,096 ranges.
    let number = u16::from_str_radix(&on.prefix()[on.prefix().len() - 3..], 16).unwrap();
    let range = format!("10.{}.{}", 240 + number / 256, number % 256);
    spec.subnet = Some(format!("{range}.0/24"));
    on.engine.create_network(&spec).await.unwrap();
    assert_eq!(on.engine.network(&name).await.unwrap().subnets, [format!("{range}.0/24")]);
    let mut container = on.spec(&["sleep", "1000"]);
    container.network = Some(name.clone().into());
    let id = on.started(&container).await;
    assert_eq!(on.inspect(&id).await.networks[name.as_str()], format!("{range}.2"));
}

/// A network that does not exist is `NotFound`, also to those who would join or leave it.
pub async fn a_missing_network_is_not_found(on: &EngineFixture) {
    let none = NetworkName::new(on.unique("none")).unwrap();
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(on.engine.network(&none).await, ErrorKind::NotFound);
    refused(on.engine.connect_network(&id, &to(&none)).await, ErrorKind::NotFound);
    refused(on.engine.disconnect_network(&id, &none, &GENTLY).await, ErrorKind::NotFound);
    let bridge = NetworkName::new("bridge").unwrap();
    refused(on.engine.connect_network(&on.missing(), &to(&bridge)).await, ErrorKind::NotFound);
}
