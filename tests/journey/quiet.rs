//! A fleet in which nothing happens writes nothing: neither heartbeats nor health checks nor figures.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    engine::Containers as _,
    model::{ContainerSpec, ImageRef, NodeAddress, spec::HealthCheck},
    node::{DockerConnector, Limit, Limits, NodeSettings, SimConnector},
    store::{Keyring, RedbStore, Store},
};
use haven_testkit::{
    bed::{BUSYBOX, Bed},
    bed_or_skip,
};

use super::{node, spec_of, within};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_simulated_and_fifty_real_containers_at_rest_change_no_byte() {
    // An engine of its own: what others do on theirs is news.
    let bed = bed_or_skip!(Bed::with_engines(1));
    let rest = haven_testkit::run::count(10, 600);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haven.redb");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = Arc::new(RedbStore::open(&path, &*clock).await.unwrap());
    let simulated = SimConnector::new(clock.clone());
    let settings = NodeSettings {
        sample: Some(Duration::from_secs(5)),
        relist: Some(Duration::from_secs(3)),
        // Fifty health checks, and what else this machine does, may pass the limit of its processors: that is news.
        limits: Limits { cpu: Limit { raise: f64::INFINITY, clear: f64::INFINITY }, ..Limits::default() },
        ..NodeSettings::default()
    };
    let haven = Haven::builder()
        .clock(clock)
        .store(store.clone())
        .keyring(Keyring::generate().unwrap())
        .connector(simulated.clone())
        .connector(DockerConnector::default())
        .settings(settings)
        .build()
        .await
        .unwrap();
    let health = HealthCheck {
        command: vec!["true".to_owned()],
        interval: Some(2),
        timeout: None,
        retries: None,
        start_period: None,
    };
    let healthy = |image: &str| ContainerSpec {
        health: Some(health.clone()),
        ..ContainerSpec::new(ImageRef::new(image).unwrap())
    };
    for number in 0..10 {
        let name = node(&format!("sim-{number}"));
        haven.nodes().register(&name, NodeAddress::Sim).await.unwrap();
        let engine = simulated.engine(&name);
        for _ in 0..100 {
            let id = engine.create_container(None, &healthy("nginx")).await.unwrap();
            engine.start_container(&id.into()).await.unwrap();
        }
    }
    let engine = bed.engine(0);
    haven.nodes().register_with(spec_of(&bed, engine)).await.unwrap();
    let at = node(engine.name());
    haven.nodes().wait_online(&at).await.unwrap();
    let real = haven.services().unwrap().nodes.engine(&at).unwrap();
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
    within(Duration::from_secs(60), "all are healthy and listed", || async {
        let listing = haven.containers().list().await.unwrap();
        let well = listing.items.iter().filter(|at| at.item.health == Some(haven::model::Health::Healthy));
        !listing.stale && well.count() == 1_050
    })
    .await;
    // What the last changes said is still on its way into the store.
    let mut last = None;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(4)).await;
        haven.services().unwrap().journal.flush().await;
        let present = store.status().await.unwrap().revision;
        if last.replace(present) == Some(present) {
            break;
        }
    }
    let before = store.status().await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    tokio::time::sleep(Duration::from_secs(rest)).await;
    let after = store.status().await.unwrap();
    let told = haven.events().list(haven::model::Severity::Info).await.unwrap();
    assert_eq!(after, before, "something happened: {:#?}", told.iter().rev().take(3).collect::<Vec<_>>());
    assert!(std::fs::read(&path).unwrap() == bytes, "the file changed");
    stream::iter(ids)
        .for_each_concurrent(4, |id| async {
            let id = id;
            let options = haven::model::container::RemoveOptions { force: true, volumes: false };
            real.remove_container(&(&id).into(), &options).await.unwrap();
        })
        .await;
    haven.close().await;
    bed.shutdown().await.unwrap();
}
