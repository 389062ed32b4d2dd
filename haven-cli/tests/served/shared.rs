//! A store that several masters share.

use std::time::Duration;

use haven_testkit::{bed::Engine, shared_bed_or_skip};

use crate::{engines, etcd_store, members, server::Served, within};

#[tokio::test(flavor = "multi_thread")]
async fn a_master_of_a_shared_store_does_not_take_its_own_engine_in_unasked() {
    let (bed, etcd) = (shared_bed_or_skip!(engines()), shared_bed_or_skip!(members()));
    let _all = crate::ENGINES.read().await;
    let _whole = crate::MEMBERS.read().await;
    let store = etcd_store(etcd, "shared");
    let [asked, unasked] = [&bed.engines()[0], &bed.engines()[1]];
    let second = Served::start_with(&store, &[], &[("DOCKER_HOST", &unasked.unix_url())]);
    within(Duration::from_secs(20), "it says so", || second.said().contains("is not managed unasked"));
    assert_eq!(second.haven("nodes -q"), "");
    let first = Served::start_with(&store, &["--manage-local"], &[("DOCKER_HOST", &asked.unix_url())]);
    within(Duration::from_secs(20), "it manages its own", || first.said().contains("manages the Docker Engine"));
    let nodes = first.json("nodes");
    assert_eq!(
        (nodes["items"].as_array().unwrap().len(), &nodes["items"][0]["address"]),
        (1, &asked.unix_url().into())
    );
}

/// How often the journal tells that this happened to the engine.
fn told(served: &Served, engine: &Engine, action: &str) -> usize {
    let events = served.json(&format!("events --type node --object {}", engine.name()));
    events["items"].as_array().unwrap().iter().filter(|event| event["action"] == action).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_masters_tell_once_what_both_see_also_when_the_one_that_tells_dies() {
    let (bed, etcd) = (shared_bed_or_skip!(engines()), shared_bed_or_skip!(members()));
    let _mine = crate::ENGINES.write().await;
    let _whole = crate::MEMBERS.read().await;
    let (store, engine) = (etcd_store(etcd, "twice"), bed.engine(1));
    let first = Served::start(&store, &[]);
    first.register(bed, engine);
    within(Duration::from_secs(10), "the first tells", || told(&first, engine, "online") == 1);
    let second = Served::start(&store, &[]);
    within(Duration::from_secs(20), "both see it", || second.node_is(engine.name(), "online"));

    engine.stop().await.unwrap();
    for served in [&first, &second] {
        within(Duration::from_secs(20), "both see that it is away", || served.node_is(engine.name(), "unknown"));
    }
    engine.restart().await.unwrap();
    for served in [&first, &second] {
        within(Duration::from_secs(60), "both see it again", || served.node_is(engine.name(), "online"));
    }
    within(Duration::from_secs(10), "it is told", || told(&second, engine, "online") == 2);
    assert_eq!(told(&second, engine, "unknown"), 1);

    first.kill();
    engine.stop().await.unwrap();
    within(Duration::from_secs(20), "the other sees it", || second.node_is(engine.name(), "unknown"));
    within(Duration::from_secs(60), "and tells it in the place of the first", || told(&second, engine, "unknown") == 2);
    engine.restart().await.unwrap();
    within(Duration::from_secs(60), "back", || second.node_is(engine.name(), "online"));
    within(Duration::from_secs(10), "it is told", || told(&second, engine, "online") == 3);
    assert_eq!((told(&second, engine, "unknown"), told(&second, engine, "online")), (2, 3));
}
