//! A fleet in which nothing happens writes nothing: neither heartbeats nor health checks nor figures.

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    engine::Containers as _,
    model::{ContainerSpec, ImageRef, NodeAddress, spec::HealthCheck},
    node::{DockerConnector, Limit, Limits, NodeSettings, SimConnector},
    store::{self, Keyring, RedbStore, Store},
};
use haven_testkit::{
    bed::{BUSYBOX, Bed},
    bed_or_skip,
};

use super::{node, spec_of, within};

/// A fleet at rest, and what it must not write.
struct Quiet {
    haven: Haven,
    store: Arc<dyn Store>,
    /// The store's file, where it has one.
    path: Option<PathBuf>,
}

/// What the store holds: its status, and the bytes of its file.
#[derive(PartialEq)]
struct Held(store::Status, Option<Vec<u8>>);

impl Quiet {
    async fn new(store: Arc<dyn Store>, path: Option<PathBuf>, simulated: &SimConnector) -> Self {
        let settings = NodeSettings {
            sample: Some(Duration::from_secs(5)),
            relist: Some(Duration::from_secs(3)),
            // Fifty health checks, and what else this machine does, may pass the limit of its processors: that is news.
            limits: Limits { cpu: Limit { raise: f64::INFINITY, clear: f64::INFINITY }, ..Limits::default() },
            ..NodeSettings::default()
        };
        let haven = Haven::builder()
            .store(store.clone())
            .keyring(Keyring::generate().unwrap())
            .connector(simulated.clone())
            .connector(DockerConnector::default())
            .settings(settings)
            .build()
            .await
            .unwrap();
        Self { haven, store, path }
    }

    async fn register(&self, bed: &Bed) {
        for number in 0..10 {
            self.haven.nodes().register(&node(&format!("sim-{number}")), NodeAddress::Sim).await.unwrap();
        }
        self.haven.nodes().register_with(spec_of(bed, bed.engine(0))).await.unwrap();
        self.haven.nodes().wait_online(&node(bed.engine(0).name())).await.unwrap();
    }

    async fn is_well(&self) -> bool {
        let listing = self.haven.containers().list().await.unwrap();
        let well = listing.items.iter().filter(|at| at.item.health == Some(haven::model::Health::Healthy));
        !listing.stale && well.count() == 1_050
    }

    /// Waits until what the last changes said has found its way into the store, also where a try had failed.
    async fn settle(&self) {
        let (mut last, mut same) = (None, 0);
        for _ in 0..60 {
            tokio::time::sleep(Duration::from_secs(4)).await;
            self.haven.services().unwrap().journal.flush().await;
            let present = self.store.status().await.unwrap().revision;
            same = if last.replace(present) == Some(present) { same + 1 } else { 0 };
            if same == 4 {
                return;
            }
        }
    }

    async fn held(&self) -> Held {
        let mut status = self.store.status().await.unwrap();
        if self.path.is_none() {
            // The size of etcd's database is not the fleet's alone.
            status.bytes = 0;
        }
        Held(status, self.path.as_ref().map(|path| std::fs::read(path).unwrap()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_simulated_and_fifty_real_containers_at_rest_change_no_byte() {
    // An engine and an etcd of its own: what others do on theirs is news.
    let bed = bed_or_skip!(Bed::with_engines(1).etcd(3));
    let rest = haven_testkit::run::count(10, 600);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haven.redb");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let simulated = SimConnector::new(clock.clone());
    let members: Vec<_> = bed.etcd().iter().map(|member| member.client_address().to_string()).collect();
    let etcd = store::EtcdStore::connect(&format!("etcd://{}/quiet", members.join(","))).await.unwrap();
    let redb = RedbStore::open(&path, &*clock).await.unwrap();
    let fleets =
        [Quiet::new(Arc::new(redb), Some(path), &simulated).await, Quiet::new(Arc::new(etcd), None, &simulated).await];
    let health = HealthCheck {
        command: vec!["true".to_owned()],
        interval: Some(2),
        timeout: None,
        retries: None,
        start_period: None,
        start_interval: None,
    };
    let healthy = |image: &str| ContainerSpec {
        health: Some(health.clone()),
        ..ContainerSpec::new(ImageRef::new(image).unwrap())
    };
    for number in 0..10 {
        let engine = simulated.engine(&node(&format!("sim-{number}")));
        for _ in 0..100 {
            let id = engine.create_container(None, &healthy("nginx")).await.unwrap();
            engine.start_container(&id.into()).await.unwrap();
        }
    }
    for fleet in &fleets {
        fleet.register(&bed).await;
    }
    let real = fleets[0].haven.services().unwrap().nodes.engine(&node(bed.engine(0).name())).unwrap();
    let sleeper = ContainerSpec { command: ["sleep", "3600"].map(str::to_owned).to_vec(), ..healthy(BUSYBOX) };
    let ids: Vec<_> = stream::iter(0..50)
        .map(|_| async {
            let id = real.create_container(None, &sleeper).await.unwrap();
            real.start_container(&(&id).into()).await.unwrap();
            id
        })
        .buffer_unordered(4)
        .collect()
        .await;
    for fleet in &fleets {
        within(Duration::from_secs(60), "all are healthy and listed", || fleet.is_well()).await;
        fleet.settle().await;
    }
    let before = [fleets[0].held().await, fleets[1].held().await];
    tokio::time::sleep(Duration::from_secs(rest)).await;
    for (fleet, before) in fleets.iter().zip(&before) {
        let (after, told) =
            (fleet.held().await, fleet.haven.events().list(haven::model::Severity::Info).await.unwrap());
        assert_eq!(after.0, before.0, "something happened: {:#?}", told.iter().rev().take(3).collect::<Vec<_>>());
        assert!(after.1 == before.1, "the file changed");
    }
    stream::iter(ids)
        .for_each_concurrent(4, |id| async {
            let id = id;
            let options = haven::model::container::RemoveOptions { force: true, volumes: false };
            real.remove_container(&(&id).into(), &options).await.unwrap();
        })
        .await;
    for fleet in fleets {
        fleet.haven.close().await;
    }
    bed.shutdown().await.unwrap();
}
