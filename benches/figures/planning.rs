//! Planning an update of every container of a large simulated fleet: against passes over its inventory that only clone.

use std::{sync::Arc, time::Instant};

use futures_util::{StreamExt as _, stream};
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    deploy::UpdateRequest,
    door::ops::plans::{PlanUpdate, RemovePlan},
    engine::Containers as _,
    model::{ContainerName, ContainerSpec, ImageRef, NodeAddress, NodeName, plan::Selection},
    node::{NodeSettings, SimConnector},
    store::MemoryStore,
};

use super::ratio::print;

const NODES: usize = 1_000;
const PASSES: u32 = 10;
const ROUNDS: usize = 5;
/// How many nodes are worked on at once.
const AT_ONCE: usize = 64;

/// Prints the figure for so many containers.
pub async fn planning(containers: usize) {
    let haven = fleet(containers / NODES).await;
    let all = haven.containers().list().await.expect("a list").items;
    assert_eq!(all.len(), containers);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let selection = Selection { image: vec!["nginx".into()], ..Selection::default() };
        let request = UpdateRequest { selection, to: Some("1.27".into()), ..UpdateRequest::default() };
        let plan = haven.call(PlanUpdate(request)).await.expect("a plan");
        let ours = begun.elapsed();
        assert_eq!(plan.steps.len(), containers);
        haven.call(RemovePlan { plan: plan.id, kept: false }).await.expect("removed");
        let begun = Instant::now();
        for _ in 0..PASSES {
            std::hint::black_box(all.clone());
        }
        rounds.push((ours, begun.elapsed()));
    }
    print(&format!("an update of {containers} planned / {PASSES} clones of them"), &rounds, "at most 1");
    haven.close().await;
}

/// A thousand nodes with so many containers each.
async fn fleet(each: usize) -> Haven {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let engines = SimConnector::new(clock.clone());
    let nodes: Vec<NodeName> =
        (0..NODES).map(|number| NodeName::new(format!("n{number:04}")).expect("a valid name")).collect();
    let spec = ContainerSpec {
        labels: (0..12).map(|number| (format!("label-{number}"), format!("value-{number}"))).collect(),
        ..ContainerSpec::new(ImageRef::new("nginx:latest").expect("a valid name"))
    };
    stream::iter(&nodes)
        .for_each_concurrent(AT_ONCE, async |node| {
            let engine = engines.engine(node);
            for number in 0..each {
                let name = ContainerName::new(format!("web-{number}")).expect("a valid name");
                let id = engine.create_container(Some(&name), &spec).await.expect("created");
                engine.start_container(&id.into()).await.expect("it runs");
            }
        })
        .await;
    let settings = NodeSettings { relist: None, sample: None, ..NodeSettings::default() };
    let builder = Haven::builder().store(Arc::new(MemoryStore::new(&*clock))).clock(clock);
    let haven = builder.connector(engines).settings(settings).build().await.expect("a fleet in memory");
    for node in &nodes {
        haven.nodes().register(node, NodeAddress::Sim).await.expect("registered");
    }
    for node in &nodes {
        haven.nodes().wait_online(node).await.expect("online");
    }
    haven
}
