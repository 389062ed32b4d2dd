//! Whole journeys on the real test bed: engines register, a cluster of them is seen and driven as one, and what breaks
//! comes back.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod contact;
mod drive;
mod quiet;

use std::{sync::Arc, time::Duration};

use haven::{
    Haven,
    clock::{Clock, SystemClock},
    model::{
        ClusterName, ContainerName, ContainerSpec, ImageRef, NodeAddress, NodeName, Secret, node::NodeSpec,
        node::TlsSpec,
    },
    node::NodeSettings,
};
use haven_testkit::bed::{BUSYBOX, Bed, Engine};

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

/// How Haven reaches an engine of the bed: over TLS with the bed's client certificate.
fn spec_of(bed: &Bed, engine: &Engine) -> NodeSpec {
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    let address = engine.tcp_address();
    NodeSpec {
        name: node(engine.name()),
        address: NodeAddress::Tls { host: address.ip().to_string(), port: address.port() },
        cluster: None,
        labels: std::collections::BTreeMap::new(),
        tls: Some(TlsSpec {
            ca: Some(read(bed.certs().ca())),
            cert: Some(read(bed.certs().cert())),
            key: Some(Secret::new(read(bed.certs().key()))),
        }),
    }
}

/// A fleet in this process over the engines of the bed, as one cluster.
async fn fleet(bed: &Bed, cluster: &ClusterName, settings: NodeSettings, store: &str) -> Haven {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = haven::store::open(store, clock.clone()).await.unwrap();
    let haven = Haven::builder().clock(clock).store(store).settings(settings).build().await.unwrap();
    haven.clusters().create(cluster, "the bed").await.unwrap();
    for engine in bed.engines() {
        let spec = NodeSpec { cluster: Some(cluster.clone()), ..spec_of(bed, engine) };
        haven.nodes().register_with(spec).await.unwrap();
    }
    for engine in bed.engines() {
        haven.nodes().wait_online(&node(engine.name())).await.unwrap();
    }
    haven
}

/// A container that prints and waits.
fn talker() -> ContainerSpec {
    let script = "trap 'exit 0' TERM; echo out; echo err >&2; while :; do sleep 0.1; done";
    ContainerSpec {
        command: ["sh", "-c", script].map(str::to_owned).to_vec(),
        ..ContainerSpec::new(ImageRef::new(BUSYBOX).unwrap())
    }
}

fn container(name: &str) -> ContainerName {
    ContainerName::new(name).unwrap()
}

/// Waits until `holds`, for at most so long.
async fn within<F: Future<Output = bool>>(limit: Duration, what: &str, holds: impl Fn() -> F) {
    let begun = std::time::Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
