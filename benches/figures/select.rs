//! What a plan over a fleet begins with: choosing containers of 30,000 on 1,000 simulated nodes, against passes over the
//! inventory that only clone its containers.

use std::{hint::black_box, sync::Arc, time::Instant};

use futures_util::{StreamExt as _, stream};
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    cluster::{Scope, Window},
    engine::Containers as _,
    model::{Container, ContainerFilter, ContainerName, ContainerSpec, ImageRef, NodeAddress, NodeName},
    node::{NodeSettings, Reading, SimConnector},
    store::MemoryStore,
};

use super::{
    ratio::{ROUNDS, print},
    shape,
};

/// How many passes over the inventory that clone its containers a plan may take as long as.
pub const PASSES: u32 = 10;

/// A fleet of simulated nodes, each with 30 containers of the shape that is measured; one in a hundred is of `busybox`, the
/// others are of `nginx`.
pub async fn fleet(nodes: usize) -> Haven {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let engines = SimConnector::new(clock.clone());
    let images = ["nginx", "busybox"].map(|name| ImageRef::new(name).expect("a valid name"));
    for node in 0..nodes {
        let engine = engines.engine(&name(node));
        for number in node * shape::ON_A_NODE..(node + 1) * shape::ON_A_NODE {
            let image = images[usize::from(number % 100 == 99)].clone();
            let spec = ContainerSpec { labels: shape::labels(number), ..ContainerSpec::new(image) };
            let name = ContainerName::new(shape::container(number).name).expect("a valid name");
            engine.create_container(Some(&name), &spec).await.expect("created");
        }
    }
    let haven = Haven::builder()
        .store(Arc::new(MemoryStore::new(&*clock)))
        .clock(clock)
        .connector(engines)
        .settings(NodeSettings { relist: None, sample: None, ..NodeSettings::default() })
        .build()
        .await
        .expect("a fleet in memory");
    stream::iter((0..nodes).map(name))
        .for_each_concurrent(32, async |node| {
            haven.nodes().register(&node, NodeAddress::Sim).await.expect("registered");
            haven.nodes().wait_online(&node).await.expect("online");
        })
        .await;
    haven
}

fn name(node: usize) -> NodeName {
    NodeName::new(format!("node-{node:04}")).expect("a valid name")
}

/// Clones all containers so many times, each time into memory of its own.
pub fn clone_passes(containers: &[Container], passes: u32) {
    for _ in 0..passes {
        black_box(containers.to_vec());
    }
}

/// Prints the figures.
pub async fn selections() {
    let haven = fleet(1_000).await;
    let services = haven.services().expect("it is of this process");
    let whole: Vec<Container> =
        haven.containers().list().await.expect("a list").items.into_iter().map(|at| at.item).collect();
    assert_eq!(whole.len(), 30_000);
    let image = |name: &str| ContainerFilter { image: vec![name.to_owned()], ..ContainerFilter::default() };
    let label = |label: &str| ContainerFilter { label: vec![label.to_owned()], ..ContainerFilter::default() };
    let select = |filter: &ContainerFilter| {
        services.clusters.select(&Scope::All, filter, &Window::default()).expect("a selection").items.len()
    };
    let against_clones = [
        ("select by image, all 30,000 / ten clone passes", image("nginx"), 29_700),
        ("select by image, one in 100 / ten clone passes", image("busybox"), 300),
        ("select by label, one in 30,000 / ten clone passes", label("haven.step=update-012345"), 1),
    ];
    for (figure, filter, found) in against_clones {
        let rounds = (0..ROUNDS).map(|_| {
            let begun = Instant::now();
            assert_eq!(select(&filter), found);
            let ours = begun.elapsed();
            let begun = Instant::now();
            clone_passes(&whole, PASSES);
            (ours, begun.elapsed())
        });
        print(figure, &rounds.collect::<Vec<_>>(), "at most 1");
    }
    // Whether the indexes pay.
    let readings = (0..1_000).map(|node| services.nodes.inventory(&name(node)).expect("it is registered"));
    let readings: Vec<Reading> = readings.collect();
    let against_all = [
        ("indexed by label, one in 30,000 / looking at all", label("haven.step=update-012345"), 1),
        ("indexed by label, one in 97 / looking at all", label("com.docker.compose.project=shop-5"), 310),
        ("indexed by image, one in 100 / looking at all", image("busybox"), 300),
        ("indexed by image, 99 in 100 / looking at all", image("nginx"), 29_700),
    ];
    for (figure, filter, found) in against_all {
        let rounds = (0..ROUNDS).map(|_| {
            let begun = Instant::now();
            let chosen = readings.iter().flat_map(|reading| reading.select(&filter)).count();
            let ours = begun.elapsed();
            let begun = Instant::now();
            let all = readings.iter().flat_map(Reading::containers);
            let matching = all.filter(|container| filter.matches(*container)).count();
            let looking = begun.elapsed();
            assert_eq!((chosen, matching), (found, found));
            (ours, looking)
        });
        print(figure, &rounds.collect::<Vec<_>>(), "");
    }
    haven.close().await;
}
