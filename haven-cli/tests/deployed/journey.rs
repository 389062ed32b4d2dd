//! Thirty containers on three engines: configured from a git repository, placed by constraint and strategy, updated to a bad
//! version, which is caught, then to a good one whose master is killed half-way, and rolled back to the last byte.

use std::{fs, path::Path, process::Command};

use haven_core::{
    deploy::{CreateRequest, UpdateRequest},
    door::ops::{
        plans::{PlanCreate, PlanUpdate},
        source::SetSource,
    },
    model::{
        ClusterName, Connection, ContainerName, ContainerSpec, ImageRef, NetworkName, PlanState, Rollout, SourceSpec,
        plan::{OnFailure, Order},
        spec::{Mount, MountKind},
    },
};
use haven_testkit::{
    bed::{BUSYBOX, BUSYBOX_2, Bed, Engine, UNHEALTHY},
    shared_bed_or_skip,
};
use rustix::process::Signal;

use crate::{
    bed,
    fleet::{Fleet, is_same, rollout},
};

/// How many containers of each zone have all that can be configured.
const CONFIGURED: u8 = 3;
/// How many others are placed by strategy.
const SPREAD: u32 = 21;

fn docker(engine: &Engine, words: &[&str]) -> String {
    let output = engine.docker().args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A container with an address, names and a volume of its own.
fn configured(number: u8) -> ContainerSpec {
    let mut spec = ContainerSpec::new(ImageRef::new(BUSYBOX).unwrap());
    let network = NetworkName::new("journey-net").unwrap();
    spec.network = Some(network.clone().into());
    spec.networks = vec![Connection {
        ipv4_address: Some(format!("172.31.9.{}", 50 + number).parse().unwrap()),
        aliases: vec![format!("shop-{number}")],
        ..Connection::to(network)
    }];
    spec.mounts.push(Mount::new(MountKind::Volume, "", "/unnamed"));
    spec
}

/// What a repository says of all containers of the image in the cluster, and of some by name: where they go, too.
fn repository(bed: &Bed, folder: &Path) {
    fs::create_dir(folder.join("journey")).unwrap();
    let all = "labels:\n  tier: old\nenvironment:\n  - FROM=git\n";
    fs::write(folder.join("journey/busybox.yml"), all).unwrap();
    for engine in bed.engines() {
        for number in 0..CONFIGURED {
            let (zone, port) = (engine.zone(), 19000 + u16::from(number));
            let one = format!(
                "environment:\n  - PASSWORD=s3cret\n  - constraint:zone=={zone}\nports:\n  {port}: 80\n\
                 volumeBinds:\n  - journey-data-{number}:/named\nrestart: always\n"
            );
            fs::write(folder.join(format!("journey-{zone}-{number}.yml")), one).unwrap();
        }
    }
    for words in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "Configure the journey"]] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]);
        assert!(git.current_dir(folder).args(words).status().unwrap().success(), "{words:?}");
    }
}

impl Fleet<'_> {
    fn configured(&self) -> impl Iterator<Item = (&Engine, String)> {
        let engines = self.bed.engines().iter();
        engines.flat_map(|engine| {
            (0..CONFIGURED).map(move |number| (engine, format!("journey-{}-{number}", engine.zone())))
        })
    }

    /// What is in the volumes.
    fn data(&self) -> Vec<String> {
        self.configured()
            .map(|(engine, name)| docker(engine, &["exec", &name, "cat", "/named/file", "/unnamed/file"]))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_containers_are_placed_updated_caught_killed_half_way_and_rolled_back() {
    let bed = shared_bed_or_skip!(bed());
    let fleet = Fleet::of(bed, "journey");
    let first = fleet.master().await;
    let cluster = ClusterName::new("journey").unwrap();
    first.haven.clusters().create(&cluster, "three engines").await.unwrap();
    for engine in bed.engines() {
        docker(engine, &["network", "create", "--subnet", "172.31.9.0/24", "journey-net"]);
        let node = fleet.register(&first.haven, engine, None).await;
        first.haven.clusters().add_node(&cluster, &node).await.unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    repository(bed, folder.path());
    let source = SourceSpec::new(folder.path().to_str().unwrap());
    let source = first.haven.call(SetSource { spec: source, revision: None }).await.unwrap();
    let version = source.version.expect("the repository is read");
    assert!(source.problems.is_empty(), "{:?}", source.problems);

    // Placed by constraint, and by strategy.
    let request = |name: &str, spec, count| CreateRequest {
        cluster: Some(cluster.clone()),
        name: Some(ContainerName::new(name).unwrap()),
        count: Some(count),
        rollout: Some(Rollout { parallelism: 8, monitor: 0.2, ..Rollout::default() }),
        ..CreateRequest::new(spec)
    };
    let mut plans = Vec::new();
    for engine in bed.engines() {
        for number in 0..CONFIGURED {
            let name = format!("journey-{}-{number}", engine.zone());
            let made = first.haven.call(PlanCreate(request(&name, configured(number), 1))).await.unwrap();
            assert_eq!(made.steps[0].node().as_str(), engine.name(), "{}", made.diff());
            first.begin(&made).await;
            plans.push(made);
        }
    }
    let spec = ContainerSpec::new(ImageRef::new(BUSYBOX).unwrap());
    let spread = first.haven.call(PlanCreate(request("journey-web", spec, SPREAD))).await.unwrap();
    first.begin(&spread).await;
    plans.push(spread);
    for plan in &plans {
        let detail = first.rest(&plan.id).await;
        assert_eq!(detail.status.state, PlanState::Applied, "{}{:#?}", plan.diff(), detail.steps);
    }
    for (engine, name) in fleet.configured() {
        docker(engine, &["exec", &name, "sh", "-c", "echo one >>/named/file; echo two >>/unnamed/file"]);
    }
    let (before, data) = (fleet.containers(), fleet.data());
    assert_eq!(before.len(), 30, "{:?}", before.keys());
    for (name, seen) in &before {
        let env = seen["Config"]["Env"].as_array().unwrap();
        assert!(env.contains(&"FROM=git".into()), "{name}: {env:?}");
        assert_eq!(seen["Config"]["Labels"]["haven.config"], *version, "{name}: which version it is of");
    }
    for engine in bed.engines() {
        let here = before.keys().filter(|name| name.starts_with(&format!("{}/", engine.name()))).count();
        // Where the others go depends on what else runs on the engines of all tests.
        assert!(here > usize::from(CONFIGURED), "{here} on {}", engine.name());
    }

    // A bad version is caught at twenty percent, and taken back.
    let how = Rollout { parallelism: 3, on_failure: OnFailure::Rollback, ..rollout(Order::StartFirst) };
    let bad = UpdateRequest { percent: Some(20), ..fleet.update("", UNHEALTHY, how) };
    let bad = first.haven.call(PlanUpdate(bad)).await.unwrap();
    assert_eq!(bad.steps.len(), 6, "{}", bad.diff());
    first.begin(&bad).await;
    let detail = first.rest(&bad.id).await;
    assert_eq!(detail.status.state, PlanState::RolledBack, "{:?} {:#?}", detail.status.error, detail.steps);
    assert!(detail.status.error.unwrap().message.contains("is unhealthy"));
    is_same(&before, &fleet.containers());
    assert_eq!(fleet.data(), data);

    // A good one is killed half-way, and another master ends it.
    let how = Rollout { parallelism: 4, ..rollout(Order::StartFirst) };
    let good = fleet.plan(&first.haven, "", BUSYBOX_2, how).await;
    assert_eq!(good.steps.len(), 30, "{}", good.diff());
    first.begin(&good).await;
    first.until(&good.id, "begun", |detail| detail.steps.iter().any(|step| step.ended.is_some())).await;
    // It is the first one's by now.
    let second = fleet.master().await;
    first
        .until(&good.id, "half-way", |detail| detail.steps.iter().filter(|step| step.ended.is_some()).count() >= 13)
        .await;
    first.served.signal(Signal::KILL);
    drop(first);
    let left = second.detail(&good.id).await;
    assert!(left.status.state == PlanState::Applying && left.status.steps.done < 30, "{:?}", left.status);
    let detail = second.rest(&good.id).await;
    assert_eq!(detail.status.state, PlanState::Applied, "{:?} {:#?}", detail.status.error, detail.steps);
    fleet.all_run(&before, BUSYBOX_2);
    assert_eq!(fleet.data(), data);
    for (name, seen) in fleet.living() {
        let was = &before[&name];
        assert_eq!(
            (&seen["Ports"], &seen["HostConfig"]["PortBindings"]),
            (&was["Ports"], &was["HostConfig"]["PortBindings"])
        );
        for network in ["IPAddress", "IPAMConfig"] {
            let of = |seen: &serde_json::Value| seen["Networks"]["journey-net"][network].clone();
            assert_eq!(of(&seen), of(was), "{name}");
        }
        assert_eq!(seen["Config"]["Labels"]["tier"], "new");
    }

    // And is rolled back.
    second.roll_back(&good.id).await;
    is_same(&before, &fleet.living());
    assert_eq!(fleet.data(), data);
    fleet.clean();
    for engine in bed.engines() {
        docker(engine, &["network", "rm", "journey-net"]);
        let volumes: Vec<String> = (0..CONFIGURED).map(|number| format!("journey-data-{number}")).collect();
        let words: Vec<&str> = ["volume", "rm"].into_iter().chain(volumes.iter().map(String::as_str)).collect();
        docker(engine, &words);
    }
}
