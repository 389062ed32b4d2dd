//! The contract suite on a real engine, with the API version as agreed on and pinned to old ones.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
};

use futures_util::FutureExt as _;
use haven_core::{
    engine::docker::{DockerEngine, DockerOptions},
    model::{ImageRef, NodeAddress},
};
use haven_testkit::{
    bed::{BUSYBOX, BUSYBOX_2, Bed},
    rules::engine::{EngineFixture, specifications_come_back},
    run,
};

/// The shared bed's engine, spoken with at version `api`; none where the bed is missing and may be.
async fn fixture(api: Option<&str>) -> Option<EngineFixture> {
    let bed = Bed::with_engines(1).registry().shared_or_skip().await?;
    let address = NodeAddress::Unix(bed.engine(0).socket().to_owned());
    let options = DockerOptions { api: api.map(|api| api.parse().unwrap()), ..DockerOptions::default() };
    let engine = DockerEngine::at(&address, None, options).await.unwrap();
    if let Some(api) = api {
        assert_eq!(engine.api().to_string(), api);
    }
    let image = |name: &str| ImageRef::new(name).unwrap();
    let pullable = format!("{}/{BUSYBOX_2}", bed.registry().unwrap().authority());
    Some(EngineFixture::new(Arc::new(engine), image(BUSYBOX)).with_pullable(image(&pullable)))
}

mod newest {
    haven_testkit::engine_rules!(super::fixture(None).await);
}

mod api_1_24 {
    haven_testkit::engine_rules!(super::fixture(Some("1.24")).await);
}

mod api_1_30 {
    haven_testkit::engine_rules!(super::fixture(Some("1.30")).await);
}

mod api_1_41 {
    haven_testkit::engine_rules!(super::fixture(Some("1.41")).await);
}

/// The same operations, drawn by a seed, give the same states on a simulated engine and on a real one.
#[tokio::test(flavor = "multi_thread")]
async fn random_operations_leave_simulated_and_real_engines_alike() {
    let Some(docker) = fixture(None).await else { return };
    let (seed, count) = (run::seed() % 1_000, run::count(100, 1_000));
    println!("seed {seed}, {count} operations");
    let simulated =
        EngineFixture::new(Arc::new(haven_core::engine::sim::SimEngine::default()), ImageRef::new("busybox").unwrap());
    let run = tokio::spawn(async move {
        haven_testkit::rules::engine::random_operations(&simulated, &docker, seed, count).await;
        docker.clean().await;
    });
    run.await.unwrap();
}

/// Specifications, drawn by a seed, come back from a real engine as they were; some of the containers run.
#[tokio::test(flavor = "multi_thread")]
async fn a_specification_comes_back_as_it_was() {
    let Some(docker) = fixture(None).await else { return };
    let (seed, created) = (run::seed(), run::count(40, 500));
    println!("seed {seed}, {created} specifications");
    let rule = specifications_come_back(&docker, seed, created, run::count(6, 30));
    let outcome = AssertUnwindSafe(rule).catch_unwind().await;
    docker.clean().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}
