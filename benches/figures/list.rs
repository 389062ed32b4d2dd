//! Listing 200 containers of a real engine: against the bare request on the same socket, read to its end.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    engine::{
        Containers as _,
        docker::{DockerEngine, DockerOptions},
    },
    model::{ContainerFilter, ContainerSpec, ImageRef, NodeAddress, NodeName},
    store::MemoryStore,
};
use haven_testkit::bed::{BUSYBOX, Bed};
use http_body_util::Full;
use hyper::Request;
use tokio::net::UnixStream;

use super::{
    load::Wire,
    ratio::{ROUNDS, print},
};

const CONTAINERS: usize = 200;
const LISTS_A_ROUND: u32 = 10;

pub async fn lists(bed: &Bed) {
    let address = NodeAddress::Unix(bed.engine(0).socket().to_owned());
    let engine = DockerEngine::at(&address, None, DockerOptions::default()).await.expect("the engine answers");
    let spec = ContainerSpec {
        labels: (0..12).map(|number| (format!("label-{number}"), format!("value-{number}"))).collect(),
        ..ContainerSpec::new(ImageRef::new(BUSYBOX).expect("a valid name"))
    };
    stream::iter(0..CONTAINERS)
        .for_each_concurrent(4, |_| async { drop(engine.create_container(None, &spec).await.expect("created")) })
        .await;

    let mut wire = Wire::over(UnixStream::connect(bed.engine(0).socket()).await.expect("the socket")).await;
    let bare = || {
        let path = format!("/v{}/containers/json?all=1", engine.api());
        Request::get(path).header("host", "docker").body(Full::<Bytes>::default()).expect("a valid request")
    };
    let filter = ContainerFilter::default();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..LISTS_A_ROUND {
            assert_eq!(engine.containers(&filter).await.expect("a list").len(), CONTAINERS);
        }
        let ours = begun.elapsed();
        let begun = Instant::now();
        for _ in 0..LISTS_A_ROUND {
            wire.send(bare()).await;
        }
        rounds.push((ours / LISTS_A_ROUND, begun.elapsed() / LISTS_A_ROUND));
    }
    print("Engine::containers(), 200, uncached / bare HTTP", &rounds, "at most 1.10");

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let haven = Haven::builder()
        .store(Arc::new(MemoryStore::new(&*clock)))
        .clock(clock)
        .build()
        .await
        .expect("a fleet in memory");
    let node = NodeName::new("bed").expect("a valid name");
    haven.nodes().register(&node, address).await.expect("registered");
    haven.nodes().wait_online(&node).await.expect("online");
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..LISTS_A_ROUND {
            assert_eq!(haven.containers().list().await.expect("a list").items.len(), CONTAINERS);
        }
        let ours = begun.elapsed();
        let begun = Instant::now();
        for _ in 0..LISTS_A_ROUND {
            wire.send(bare()).await;
        }
        rounds.push((ours / LISTS_A_ROUND, begun.elapsed() / LISTS_A_ROUND));
    }
    print("containers().list() of 200, inventory / bare HTTP", &rounds, "");
    haven.close().await;
}
