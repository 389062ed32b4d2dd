//! Names and addresses in networks: what the engine chose is not copied, what was configured is kept, and others find the new
//! one by the old name.

use std::net::Ipv4Addr;

use haven_core::model::{Connection, NetworkName, plan::Order};
use haven_testkit::bed::{BUSYBOX, BUSYBOX_2};

use crate::fleet::{Fleet, busybox, is_same, rollout};

impl Fleet {
    /// The address that a container of the network has for a name.
    fn resolved(&self, from: &str, name: &str) -> String {
        let said = self.docker(&["exec", from, "nslookup", name, "127.0.0.11"]);
        let last = said.lines().rev().find_map(|line| line.strip_prefix("Address"));
        let address = last.and_then(|line| line.split_whitespace().find_map(|word| word.parse::<Ipv4Addr>().ok()));
        address.map(|address| address.to_string()).unwrap_or(said)
    }

    fn address(&self, container: &str, network: &str) -> String {
        let seen = self.engine.inspect(container).unwrap();
        seen["NetworkSettings"]["Networks"][network]["IPAddress"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_chose_is_not_copied_as_configured_and_others_find_the_new_one_by_its_name() {
    let Some(fleet) = Fleet::of("chosen").await else { return };
    fleet.docker(&["network", "create", "chosen-net"]);
    fleet.docker(&["network", "create", "chosen-more"]);
    let (network, more) = (NetworkName::new("chosen-net").unwrap(), NetworkName::new("chosen-more").unwrap());
    let mut spec = busybox();
    spec.network = Some(network.clone().into());
    spec.networks = vec![Connection { aliases: vec!["shop".into()], ..Connection::to(network) }, Connection::to(more)];
    let web = fleet.run("web", spec).await;
    // A link in a network that was made is by name, so it binds nothing.
    let link = format!("{web}:db");
    fleet.docker(&["run", "-d", "--name", "chosen-peer", "--network", "chosen-net", "--link", &link, BUSYBOX]);
    let before = fleet.living();
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StartFirst)).await;
    assert_eq!((made.steps[0].order, &made.steps[0].note), (Order::StartFirst, &None), "{}", made.diff());
    fleet.applied(&made).await;
    let seen = fleet.engine.inspect(&web).unwrap();
    assert!(seen["Config"]["MacAddress"].as_str().is_none_or(str::is_empty), "{:#}", seen["Config"]);
    let networks = seen["NetworkSettings"]["Networks"].as_object().unwrap();
    assert_eq!(networks.keys().collect::<Vec<_>>(), ["chosen-more", "chosen-net"]);
    for (name, endpoint) in networks {
        assert!(endpoint["IPAMConfig"].as_object().is_none_or(serde_json::Map::is_empty), "{name}: {endpoint:#}");
    }
    for name in [web.as_str(), "shop", "db"] {
        assert_eq!(fleet.resolved("chosen-peer", name), fleet.address(&web, "chosen-net"), "{name}");
    }
    fleet.applied(&fleet.rollback(&made.id).await).await;
    for name in [web.as_str(), "shop", "db"] {
        assert_eq!(fleet.resolved("chosen-peer", name), fleet.address(&web, "chosen-net"), "{name}");
    }
    is_same(&before, &fleet.living());
    let engine = fleet.engine;
    fleet.clean().await;
    for network in ["chosen-net", "chosen-more"] {
        assert!(engine.docker().args(["network", "rm", network]).output().unwrap().status.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn configured_addresses_of_the_network_and_the_hardware_are_kept() {
    let Some(fleet) = Fleet::of("kept").await else { return };
    fleet.docker(&["network", "create", "--subnet", "172.30.8.0/24", "kept-net"]);
    let network = NetworkName::new("kept-net").unwrap();
    let mut spec = busybox();
    spec.network = Some(network.clone().into());
    spec.networks = vec![Connection {
        ipv4_address: Some("172.30.8.5".parse().unwrap()),
        mac_address: Some("02:42:ac:1e:08:99".into()),
        ..Connection::to(network)
    }];
    let web = fleet.run("web", spec).await;
    let before = fleet.living();
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StopFirst)).await;
    fleet.applied(&made).await;
    let is_configured = || {
        let endpoint = fleet.engine.inspect(&web).unwrap()["NetworkSettings"]["Networks"]["kept-net"].clone();
        assert_eq!(
            (endpoint["IPAddress"].as_str(), endpoint["MacAddress"].as_str()),
            (Some("172.30.8.5"), Some("02:42:ac:1e:08:99"))
        );
    };
    is_configured();
    fleet.applied(&fleet.rollback(&made.id).await).await;
    is_configured();
    is_same(&before, &fleet.living());
    let engine = fleet.engine;
    fleet.clean().await;
    assert!(engine.docker().args(["network", "rm", "kept-net"]).output().unwrap().status.success());
}
