//! What only one container at a time can hold: a port of the host, an address; and what parking does to it.

use haven_core::{
    ErrorKind,
    model::{
        Connection, NetworkName, PlanState, Port, RestartPolicy,
        plan::{Order, StepState},
        spec::Protocol,
    },
};
use haven_testkit::bed::{BUSYBOX, BUSYBOX_2};

use crate::fleet::{ENGINE, Fleet, busybox, is_same, rollout};

fn port(host: u16) -> Port {
    Port { container: 80, host: Some(host), address: None, protocol: Protocol::Tcp }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_container_on_a_fixed_host_port_stays_created_and_does_not_disturb() {
    let Some(fleet) = Fleet::of("second").await else { return };
    let mut spec = busybox();
    spec.ports.push(port(18080));
    let web = fleet.run("web", spec).await;
    let other = fleet.name("other");
    let refused = fleet.engine.docker().args(["run", "-d", "--name", &other, "-p", "18080:80", BUSYBOX]).output();
    assert!(!refused.unwrap().status.success());
    fleet.shows(&other, false).await;
    let before = fleet.living();
    let made = fleet.plan(&[&web, &other], BUSYBOX_2, rollout(Order::StartFirst)).await;
    assert_eq!((made.steps.len(), made.steps[0].order), (1, Order::StopFirst), "{}", made.diff());
    assert_eq!(made.steps[0].note.as_deref(), Some("port 18080 of the host is fixed"));
    fleet.applied(&made).await;
    let key = format!("engine-1/{other}");
    let after = fleet.living();
    assert_eq!(after[&key], before[&key], "the second one is touched");
    let web = &after[&format!("engine-1/{web}")];
    assert_eq!(web["Ports"]["80/tcp"][0]["HostPort"], "18080");
    fleet.applied(&fleet.rollback(&made.id).await).await;
    is_same(&before, &fleet.living());
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_the_port_of_a_parked_container_is_said_by_its_rollback() {
    let Some(fleet) = Fleet::of("taken").await else { return };
    let mut spec = busybox();
    spec.ports.push(port(18081));
    let web = fleet.run("web", spec).await;
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StopFirst)).await;
    fleet.applied(&made).await;
    fleet.docker(&["stop", &web]);
    fleet.docker(&["run", "-d", "--name", &fleet.name("thief"), "-p", "18081:80", BUSYBOX]);
    fleet.shows(&web, false).await;
    let before = fleet.engine.configurations("taken-");
    let detail = fleet.apply(&fleet.rollback(&made.id).await).await;
    assert_eq!(detail.status.state, PlanState::RolledBack, "{:#?}", detail.steps);
    let error = detail.steps[0].error.as_ref().unwrap();
    assert!(error.message.contains("port 18081 of the host is now that of `taken-thief`"), "{error:?}");
    is_same(&before, &fleet.engine.configurations("taken-"));
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_container_does_not_keep_its_fixed_address_and_the_rollback_says_who_has_it() {
    let Some(fleet) = Fleet::of("address").await else { return };
    fleet.docker(&["network", "create", "--subnet", "172.30.7.0/24", "address-net"]);
    let mut spec = busybox();
    let network = NetworkName::new("address-net").unwrap();
    spec.network = Some(network.clone().into());
    spec.networks = vec![Connection {
        ipv4_address: Some("172.30.7.9".parse().unwrap()),
        aliases: vec!["shop".into()],
        ..Connection::to(network)
    }];
    let web = fleet.run("web", spec).await;
    let before = fleet.living();
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StartFirst)).await;
    let note = made.steps[0].note.as_deref().unwrap_or_default();
    assert!(note.contains("its address 172.30.7.9 in network `address-net` is fixed"), "{note}");
    fleet.applied(&made).await;
    let now = &fleet.living()[&format!("engine-1/{web}")];
    assert_eq!(now["Networks"]["address-net"]["IPAddress"], "172.30.7.9");
    let back = fleet.rollback(&made.id).await;
    fleet.applied(&back).await;
    is_same(&before, &fleet.living());

    // Nobody runs with it now, and another takes it.
    let again = fleet.rollback(&back.id).await;
    fleet.applied(&again).await;
    fleet.docker(&["stop", &web]);
    fleet.docker(&["run", "-d", "--name", "address-thief", "--network", "address-net", "--ip", "172.30.7.9", BUSYBOX]);
    fleet.shows(&web, false).await;
    let detail = fleet.apply(&fleet.rollback(&again.id).await).await;
    let error = detail.steps[0].error.as_ref().unwrap();
    let what = "address 172.30.7.9 of network `address-net` is now that of `address-thief`";
    assert!(error.message.contains(what), "{error:?}");
    assert_eq!((detail.steps[0].state, error.kind), (StepState::Failed, ErrorKind::Conflict));
    let engine = fleet.engine;
    fleet.clean().await;
    assert!(engine.docker().args(["network", "rm", "address-net"]).output().unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_container_that_always_restarts_is_not_revived_by_its_engine() {
    let _alone = ENGINE.write().await;
    let Some(fleet) = Fleet::alone("revived").await else { return };
    let mut spec = busybox();
    spec.restart = RestartPolicy::Always;
    let web = fleet.run("web", spec).await;
    let before = fleet.living();
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StopFirst)).await;
    fleet.applied(&made).await;
    fleet.engine.restart().await.unwrap();
    fleet.haven.nodes().wait_online(&fleet.node).await.unwrap();
    fleet.shows(&web, true).await;
    for (name, seen) in fleet.engine.configurations("revived-") {
        assert_eq!(seen["Running"], !name.ends_with("-old"), "{name}");
    }
    fleet.applied(&fleet.rollback(&made.id).await).await;
    is_same(&before, &fleet.living());
    fleet.clean().await;
}
