//! The simulated engine keeps the contract of engines.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use haven_core::{
    engine::{
        Call, Containers as _, Hook, Hooked, Images as _, Networks as _, System as _, Volumes as _, sim::SimEngine,
    },
    model::{
        ContainerFilter, ContainerName, ContainerRef, ContainerSpec, ContainerUpdate, ExecSpec, ImageRef, LogOptions,
        NetworkName, NetworkSpec, VolumeName, VolumeSpec,
        container::{Connection, DisconnectOptions, RemoveOptions, StopOptions},
        image::ImportOptions,
        system::EngineEventOptions,
        volume::PruneVolumes,
    },
};
use haven_testkit::{
    rules::engine::{EngineFixture, random_operations, specifications_come_back},
    run,
};

fn simulated() -> EngineFixture {
    EngineFixture::new(Arc::new(SimEngine::default()), ImageRef::new("busybox").unwrap())
        .with_pullable(ImageRef::new("redis:7").unwrap())
}

haven_testkit::engine_rules!(simulated());

mod hooked {
    //! A hook that does nothing changes nothing.

    use super::*;

    #[derive(Debug)]
    struct Idle;

    impl Hook for Idle {}

    fn hooked() -> EngineFixture {
        let EngineFixture { engine, image, .. } = simulated();
        EngineFixture::new(Arc::new(Hooked::new(engine, Arc::new(Idle))), image)
    }

    haven_testkit::engine_rules!(hooked());
}

#[tokio::test]
async fn two_simulated_engines_agree_on_random_operations() {
    let count = run::count(600, 6_000);
    for seed in 0..4 {
        random_operations(&simulated(), &simulated(), seed, count).await;
    }
}

#[tokio::test]
async fn a_specification_comes_back_as_it_was() {
    let (seed, created) = (run::seed(), run::count(300, 3_000));
    println!("seed {seed}, {created} specifications");
    specifications_come_back(&simulated(), seed, created, created / 5).await;
}

#[tokio::test]
async fn a_hook_sees_every_call_once() {
    #[derive(Debug, Default)]
    struct Counted(std::sync::Mutex<BTreeMap<&'static str, u32>>);

    #[async_trait]
    impl Hook for Counted {
        async fn before(&self, call: Call<'_>) -> haven_core::Result<()> {
            *self.0.lock().unwrap().entry(call.op).or_default() += 1;
            Ok(())
        }
    }

    let counted = Arc::new(Counted::default());
    let fixture = simulated();
    let engine = Hooked::new(fixture.engine, Arc::clone(&counted) as Arc<dyn Hook>);
    let mut expected = BTreeMap::new();
    let none = ContainerRef::new("none").unwrap();
    let (image, filter) = (ImageRef::new("none:1").unwrap(), ContainerFilter::default());
    let empty = || futures_util::stream::empty().boxed();
    // What comes of a call is no matter here, but that it comes once.
    macro_rules! call {
        ($($op:ident($($argument:expr),*))+) => {
            $(
                expected.insert(stringify!($op), 1);
                let _ = engine.$op($($argument),*).await;
            )+
        };
    }
    call! {
        containers(&filter) container(&none)
        create_container(None, &ContainerSpec::new(image.clone()))
        start_container(&none) stop_container(&none, &StopOptions::default())
        restart_container(&none, &StopOptions::default()) kill_container(&none, None) pause_container(&none)
        unpause_container(&none) rename_container(&none, &ContainerName::new("other").unwrap())
        remove_container(&none, &RemoveOptions::default()) update_container(&none, &ContainerUpdate::default()) wait_container(&none) logs(&none, &LogOptions::default())
        stats(&none) stats_stream(&none) processes(&none) exec(&none, &ExecSpec::default()) attach(&none)
        changes(&none) export_container(&none) copy_out(&none, "/") copy_in(&none, "/", empty())
        images() image(&image) pull_image(&image) import_image(&image, Bytes::new(), &ImportOptions::default())
        tag_image(&image, &image) remove_image(&image)
    }
    let network = NetworkName::new("none-such").unwrap();
    let connection = Connection::to(network.clone());
    let network_spec = NetworkSpec::new(network.clone());
    // None that anything has.
    let labels = vec!["none=such".to_owned()];
    let prune = PruneVolumes { label: labels.clone(), all: true };
    let volume = VolumeName::new("none").unwrap();
    let volume_spec =
        VolumeSpec { name: volume.clone(), driver: None, options: BTreeMap::new(), labels: BTreeMap::new() };
    call! {
        networks() network(&network) create_network(&network_spec) connect_network(&none, &connection)
        disconnect_network(&none, &network, &DisconnectOptions::default()) remove_network(&network)
        prune_networks(&labels) prune_volumes(&prune)
        volumes() volume(&volume) create_volume(&volume_spec) remove_volume(&volume)
        ping() version() info() events(&EngineEventOptions::default())
    }
    assert_eq!(*counted.0.lock().unwrap(), expected);
}
