//! A store that several masters share.

use std::time::Duration;

use haven_testkit::shared_bed_or_skip;

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
    assert_eq!((nodes.as_array().unwrap().len(), &nodes[0]["address"]), (1, &asked.unix_url().into()));
}
