//! An engine stops: unknown within the stated time, listed as last seen even by a server that starts meanwhile, and back by itself.

use std::time::Duration;

use crate::{engines, etcd_store, members, server::Served, within};
use haven_testkit::{
    bed::{BUSYBOX, Engine},
    shared_bed_or_skip,
};

/// When an engine that does not answer is unknown, unless configured otherwise.
const UNKNOWN_AFTER: Duration = Duration::from_secs(10);

/// Its container is listed though it is missing; answers who else is missing.
fn is_listed_as_last_seen(served: &Served, engine: &Engine, container: &str) -> Vec<String> {
    let listing = served.json("ps -a");
    let listed = listing["items"].as_array().unwrap();
    let found = listed.iter().find(|at| at["node"] == engine.name() && at["name"] == container);
    assert!(found.is_some(), "what was last seen is no longer listed: {listing:#}");
    assert_eq!(listing["stale"], true);
    let missing = listing["missing"].as_array().unwrap().iter().map(|missing| missing["node"].as_str().unwrap());
    let (this, others): (Vec<_>, Vec<_>) = missing.map(str::to_owned).partition(|node| node == engine.name());
    assert_eq!(this.len(), 1, "{listing:#}");
    others
}

fn is_told(served: &Served, action: &str) -> bool {
    let events = served.json("events --type node --object engine-3");
    events["items"].as_array().unwrap().iter().any(|event| event["action"] == action)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_is_unknown_and_comes_back_and_its_lists_survive_a_restart() {
    let (bed, etcd) = (shared_bed_or_skip!(engines()), shared_bed_or_skip!(members()));
    let _mine = crate::ENGINES.write().await;
    let _whole = crate::MEMBERS.read().await;
    let mut servers = [Served::start("redb", &[]), Served::start(&etcd_store(etcd, "contact"), &[])];
    let engine = bed.engine(2);
    for served in &servers {
        served.register(bed, bed.engine(0));
        served.register(bed, engine);
    }
    servers[0].haven(&format!("run -d --node {} --name lasting {BUSYBOX}", engine.name()));
    for served in &servers {
        within(Duration::from_secs(10), "the container shows", || served.haven("ps").contains("lasting"));
    }

    engine.stop().await.unwrap();
    for served in &servers {
        within(UNKNOWN_AFTER + Duration::from_secs(1), "unknown", || served.node_is(engine.name(), "unknown"));
        assert!(served.node_is(bed.engine(0).name(), "online"));
        assert!(is_listed_as_last_seen(served, engine, "lasting").is_empty());
        within(Duration::from_secs(5), "it is in the journal", || is_told(served, "unknown"));
    }
    let [redb, etcd] = &mut servers;
    redb.stop();
    etcd.kill();
    for served in [redb, etcd] {
        served.start_again();
        is_listed_as_last_seen(served, engine, "lasting");
        within(Duration::from_secs(10), "the others answer again", || {
            is_listed_as_last_seen(served, engine, "lasting").is_empty()
        });
        assert!(!served.node_is(engine.name(), "online"));
    }

    engine.restart().await.unwrap();
    for served in &servers {
        within(Duration::from_secs(40), "online again", || served.node_is(engine.name(), "online"));
        within(Duration::from_secs(10), "the list is whole again", || {
            let listing = served.json("ps -a");
            listing["stale"] == false && listing["missing"].as_array().is_none_or(Vec::is_empty)
        });
        assert!(is_told(served, "unknown"), "what was told before the restart is still told");
        within(Duration::from_secs(5), "it is in the journal", || is_told(served, "online"));
    }
    servers[1].haven("rm -f lasting");
}
