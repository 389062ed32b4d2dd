//! A cluster of three real engines, driven as one.

use std::time::Duration;

use futures_util::StreamExt as _;
use haven::{
    ErrorKind,
    door::ops::containers::{ContainerLogs, ListContainers, RenameContainer},
    model::{ClusterName, ContainerRef, ContainerState, ExecSpec, Outcome, Severity, TerminalSize},
    node::NodeSettings,
};
use haven_testkit::{bed::Bed, shared_bed_or_skip};
use tokio::io::AsyncWriteExt as _;

use super::{container, fleet, node, talker, within};

#[tokio::test(flavor = "multi_thread")]
async fn three_real_engines_are_listed_filtered_started_stopped_and_followed_as_one() {
    let bed = shared_bed_or_skip!();
    let folder = tempfile::tempdir().unwrap();
    drive(bed, &format!("redb:{}", folder.path().join("haven.redb").display())).await;
    let members: Vec<String> = bed.etcd().iter().map(|member| member.client_address().to_string()).collect();
    drive(bed, &format!("etcd://{}/drive", members.join(","))).await;
}

async fn drive(bed: &Bed, store: &str) {
    println!("on {store}");
    let cluster = ClusterName::new("bed").unwrap();
    let settings = NodeSettings { sample: Some(Duration::from_secs(1)), ..NodeSettings::default() };
    let haven = fleet(bed, &cluster, settings, store).await;
    let mut events = haven.events().follow().await.unwrap();
    let mut made = Vec::new();
    for engine in bed.engines() {
        let at = node(engine.name());
        let id = haven.containers().create(&at, Some(container("talker")), talker()).await.unwrap();
        let again = haven.containers().create(&at, Some(container("talker")), talker()).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        let one = ContainerRef::from(&id);
        assert_eq!(haven.containers().start(&at, &one).await.unwrap(), Outcome::Done);
        assert_eq!(haven.containers().start(&at, &one).await.unwrap(), Outcome::AlreadySo);
        made.push((at, one));
    }
    let running = ListContainers {
        cluster: Some(cluster.clone()),
        name: vec!["talker".to_owned()],
        state: vec![ContainerState::Running],
        ..ListContainers::default()
    };
    let listing = haven.containers().list_with(running.clone()).await.unwrap();
    assert_eq!((listing.items.len(), listing.missing.len()), (3, 0));
    let fresh = haven.containers().list_with(ListContainers { fresh: true, ..running.clone() }).await.unwrap();
    assert_eq!(fresh.items.len(), 3);
    let ambiguous = haven.containers().find(&ContainerRef::new("talker").unwrap()).await.unwrap_err();
    assert_eq!(ambiguous.kind(), ErrorKind::Conflict);

    let (at, one) = &made[0];
    let mut logs = haven.containers().logs(ContainerLogs { follow: true, ..ContainerLogs::of(at, one) }).await.unwrap();
    let mut said = (String::new(), String::new());
    while !said.0.contains("out\n") || !said.1.contains("err\n") {
        let output = logs.next().await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&output.bytes).into_owned();
        match output.channel {
            haven::model::Channel::Stdout => said.0.push_str(&text),
            haven::model::Channel::Stderr => said.1.push_str(&text),
        }
    }

    let command = ["sh", "-c", "read line; echo got $line; stty size; exit 3"].map(str::to_owned).to_vec();
    let size = TerminalSize { width: 91, height: 33 };
    let spec = ExecSpec { command, tty: true, stdin: true, size: Some(size), ..ExecSpec::default() };
    let mut terminal = haven.containers().exec(at, one, spec).await.unwrap();
    terminal.control.resize(size).await.unwrap();
    terminal.input.write_all(b"hello\n").await.unwrap();
    let mut text = String::new();
    while let Some(output) = terminal.output.next().await {
        text.push_str(&String::from_utf8_lossy(&output.unwrap().bytes));
    }
    assert!(text.contains("got hello") && text.contains("33 91"), "{text:?}");
    assert_eq!(terminal.control.exit_code().await.unwrap(), 3);

    within(Duration::from_secs(60), "samples of all three", || async {
        let top = haven.top().containers(haven::model::metrics::TopBy::Memory).await.unwrap();
        top.items.iter().filter(|at| at.item.name == "talker" && at.item.stats.memory > 0).count() == 3
    })
    .await;

    for (at, one) in &made {
        haven
            .call(RenameContainer { node: at.clone(), container: one.clone(), name: container("renamed") })
            .await
            .unwrap();
        assert_eq!(haven.containers().stop(at, one).await.unwrap(), Outcome::Done);
        assert_eq!(haven.containers().stop(at, one).await.unwrap(), Outcome::AlreadySo);
        assert_eq!(haven.containers().inspect(at, one).await.unwrap().exit_code, Some(0));
        haven.containers().remove(at, one).await.unwrap();
        assert_eq!(haven.containers().remove(at, one).await.unwrap(), Outcome::AlreadySo);
    }
    assert!(logs.by_ref().all(|output| async move { output.is_ok() }).await, "the log ends with its container");
    assert!(haven.containers().list_with(running).await.unwrap().items.is_empty());

    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 3 * 5 {
        let event =
            tokio::time::timeout(Duration::from_secs(10), events.next()).await.expect("events come").unwrap().unwrap();
        let wanted = ["create", "start", "die", "rename", "destroy"].contains(&event.action.as_str());
        if wanted && made.iter().any(|(_, one)| one.as_str() == event.id) {
            assert_eq!(event.cluster.as_ref(), Some(&cluster));
            seen.insert((event.node, event.action));
        }
    }
    let kept = haven.events().list(Severity::Info).await.unwrap();
    assert!(!kept.iter().any(|event| event.action.starts_with("exec")), "execs are chatter");
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_changes_leave_the_inventory_equal_to_the_engine() {
    let bed = shared_bed_or_skip!();
    let cluster = ClusterName::new("bed").unwrap();
    let haven =
        fleet(bed, &cluster, NodeSettings { relist: None, sample: None, ..NodeSettings::default() }, "memory:").await;
    let at = node(bed.engine(0).name());
    let engine = haven.services().unwrap().nodes.engine(&at).unwrap();
    let rounds = haven_testkit::run::count(64, 100);
    let mut kept = Vec::new();
    for round in 0..rounds {
        let name = format!("many-{round}");
        let id = engine.create_container(Some(&container(&name)), &talker()).await.unwrap();
        let one = ContainerRef::from(&id);
        engine.start_container(&one).await.unwrap();
        if round % 3 == 0 {
            engine.kill_container(&one, None).await.unwrap();
            engine.rename_container(&one, &container(&format!("{name}-renamed"))).await.unwrap();
        }
        if round % 2 == 0 {
            let options = haven::model::container::RemoveOptions { force: true, volumes: false };
            engine.remove_container(&one, &options).await.unwrap();
        } else {
            kept.push(one);
        }
    }
    let shown = |containers: Vec<haven::model::Container>| {
        let mut shown: Vec<_> = containers.into_iter().map(|c| (c.id, c.name, c.state, c.networks)).collect();
        shown.sort_by(|a, b| a.0.cmp(&b.0));
        shown
    };
    within(Duration::from_secs(60), "the inventory settles on what the engine lists", || async {
        let wanted = shown(engine.containers(&haven::model::ContainerFilter::default()).await.unwrap());
        let listing = ListContainers { node: Some(at.clone()), ..ListContainers::default() };
        let listing = haven.containers().list_with(listing).await.unwrap();
        !listing.stale && shown(listing.items.into_iter().map(|at| at.item).collect()) == wanted
    })
    .await;
    for one in kept {
        haven.containers().remove(&at, &one).await.unwrap();
    }
    haven.close().await;
}
