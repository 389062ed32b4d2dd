//! Members that stop, hang or are cut off: answers stay true, watches miss nothing, leases are lost when they are.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    store::{Change, EtcdStore, Expect, Key, Store as _, Watched, Write},
};
use haven_testkit::bed::Bed;

use super::url;

const PATIENCE: Duration = Duration::from_secs(60);

fn key(name: impl std::fmt::Display) -> Key {
    Key::new(format!("outage/{name}")).unwrap()
}

/// Puts until it works, and tells what the failures were.
async fn put_until_done(store: &EtcdStore, name: &str) -> Vec<ErrorKind> {
    let (start, mut failures) = (Instant::now(), Vec::new());
    while let Err(error) = store.txn(&[], &[Write::Put(key(name), "x".into())]).await {
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout), "{error:?}");
        failures.push(error.kind());
        assert!(start.elapsed() < PATIENCE, "still {error:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    failures
}

/// Acknowledged writes are there, refused ones are not, the watch tells each once; the leader, then the quorum, then all
/// come and go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_stays_and_watches_miss_nothing_while_members_come_and_go() {
    let Some(bed) = Bed::with_engines(0).etcd(3).start_or_skip().await else { return };
    let store = EtcdStore::connect(&url(&bed, "haven")).await.unwrap();
    let start = store.status().await.unwrap().revision;

    let watched = store.watch(&key(""), start);
    let follow = tokio::spawn(async move {
        let (mut seen, mut last) = (BTreeMap::<Key, u32>::new(), start);
        let mut watched = watched;
        while let Some(told) = watched.next().await {
            let Watched::Changed { changes, revision } = told.unwrap() else { panic!("nothing was compacted") };
            assert!(revision > last, "{revision} after {last}");
            last = revision;
            for change in changes {
                *seen.entry(change.key().clone()).or_default() += 1;
                if change.key() == &key("end") {
                    return seen;
                }
            }
        }
        panic!("a watch never ends")
    });

    let stop = tokio_util::sync::CancellationToken::new();
    let (writer, stopped) = (store.clone(), stop.clone());
    let write = tokio::spawn(async move {
        let (mut done, mut refused, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0.. {
            let name = key(format!("{i:05}"));
            let result = writer.txn(&[(name.clone(), Expect::Absent)], &[Write::Put(name.clone(), "x".into())]).await;
            match result.map_err(|error| error.kind()) {
                Ok(_) => done.push(name),
                Err(ErrorKind::Unavailable) => refused.push(name),
                Err(ErrorKind::Timeout) => unknown.push(name),
                Err(kind) => panic!("{kind}"),
            }
            if stopped.is_cancelled() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        (done, refused, unknown)
    });

    let members = bed.etcd();
    for member in members {
        // One of these was the leader.
        member.kill().await.unwrap();
        put_until_done(&store, "one-down").await;
        member.restart().await.unwrap();
    }
    members[0].stop().await.unwrap();
    members[1].kill().await.unwrap();
    let begun = Instant::now();
    for _ in 0..3 {
        let error = store.txn(&[], &[Write::Put(key("no-quorum"), "x".into())]).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout), "{error:?}");
    }
    assert!(begun.elapsed() < PATIENCE, "answers came after {:?}", begun.elapsed());
    assert_eq!(store.get(&key("a")).await.unwrap_err().kind(), ErrorKind::Unavailable);
    members[0].restart().await.unwrap();
    members[1].restart().await.unwrap();
    put_until_done(&store, "quorum-back").await;
    members[2].pause().await.unwrap();
    put_until_done(&store, "one-hangs").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    members[2].resume().await.unwrap();
    stop.cancel();
    let (done, refused, unknown) = write.await.unwrap();
    put_until_done(&store, "end").await;

    let seen = tokio::time::timeout(PATIENCE, follow).await.expect("the watch comes back").unwrap();
    let all = store.list(&key("")).await.unwrap().entries;
    let present: Vec<_> = all.iter().map(|entry| entry.key.clone()).collect();
    // A member that hung may do what it was asked when it wakes, even after the end.
    let end = all.iter().find(|entry| entry.key == key("end")).unwrap().revision;
    let told: Vec<_> = all.iter().filter(|entry| entry.revision <= end).map(|entry| entry.key.clone()).collect();
    println!("{} acknowledged, {} refused, {} unknown", done.len(), refused.len(), unknown.len());
    for name in &done {
        assert!(present.contains(name), "{name} was acknowledged and is lost");
    }
    for name in &refused {
        assert!(!present.contains(name), "{name} was refused and is there");
    }
    for name in &told {
        assert!(seen.contains_key(name), "the watch missed {name}");
        let written_once = name.as_str().ends_with(|c: char| c.is_ascii_digit());
        assert!(!written_once || seen[name] == 1, "the watch told {name} {} times", seen[name]);
    }
    // A busy machine has few; without any nothing was shown.
    assert!(done.len() > 10, "only {} writes were acknowledged", done.len());
    bed.shutdown().await.unwrap();
}

/// A lease that cannot be renewed is lost no later than it ends, and its keys vanish; one that can outlives its member.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_outlives_a_member_and_is_lost_with_the_cluster() {
    let Some(bed) = Bed::with_engines(0).etcd(3).start_or_skip().await else { return };
    let store = EtcdStore::connect(&url(&bed, "haven")).await.unwrap();
    let lease = store.lease(Duration::from_secs(10)).await.unwrap();
    let put = lease.put(&key("alive"), "1".into()).await.unwrap();
    let members = bed.etcd();
    members[0].kill().await.unwrap();
    tokio::time::sleep(Duration::from_secs(21)).await;
    assert!(!lease.lost().is_cancelled(), "the other two renew it");
    assert_eq!(store.get(&key("alive")).await.unwrap().map(|entry| entry.revision), Some(put));
    members[1].kill().await.unwrap();
    members[2].kill().await.unwrap();
    let ends = tokio::time::timeout(Duration::from_secs(15), async { lease.lost().cancelled().await });
    ends.await.expect("the holder knows in time that its lease is over");
    assert_eq!(lease.put(&key("alive"), "2".into()).await.unwrap_err().kind(), ErrorKind::Unavailable);
    for member in members {
        member.restart().await.unwrap();
    }
    let mut watch = store.watch(&key(""), put);
    let told = tokio::time::timeout(PATIENCE, watch.next()).await.expect("it runs out").unwrap().unwrap();
    assert!(
        matches!(&told, Watched::Changed { changes, .. } if changes == &[Change::Deleted(key("alive"))]),
        "{told:?}"
    );
    bed.shutdown().await.unwrap();
}

/// A full etcd refuses writes as `Busy` and says so in its status; reads go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_without_space_is_busy_and_says_so() {
    let Some(bed) = Bed::with_engines(0).etcd(1).start_or_skip().await else { return };
    let store = EtcdStore::connect(&url(&bed, "haven")).await.unwrap();
    store.txn(&[], &[Write::Put(key("a"), "1".into())]).await.unwrap();
    let raised = bed.etcdctl(bed.etcd()).args(["alarm", "list"]).output().unwrap();
    assert!(raised.status.success());
    raise_nospace(&bed).await;
    let error = store.txn(&[], &[Write::Put(key("a"), "2".into())]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    assert!(error.retry_after().is_some());
    assert_eq!(store.status().await.unwrap().alarms, ["NOSPACE"]);
    assert_eq!(&store.get(&key("a")).await.unwrap().unwrap().value[..], b"1");
    bed.etcdctl(bed.etcd()).args(["alarm", "disarm"]).output().unwrap();
    store.txn(&[], &[Write::Put(key("a"), "2".into())]).await.expect("there is room again");
    bed.shutdown().await.unwrap();
}

/// Raises the alarm as a full etcd would.
async fn raise_nospace(bed: &Bed) {
    let member = &bed.etcd()[0];
    let id = {
        let output = bed.etcdctl(bed.etcd()).args(["member", "list", "--write-out=simple"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        u64::from_str_radix(text.split(',').next().unwrap().trim(), 16).unwrap()
    };
    let mut client = etcd_client::Client::connect([member.endpoint()], None).await.unwrap();
    let mut options = etcd_client::AlarmOptions::new();
    options.with_member(id);
    let (activate, nospace) = (etcd_client::AlarmAction::Activate, etcd_client::AlarmType::Nospace);
    client.alarm(activate, nospace, Some(options)).await.unwrap();
}
