//! The embedded store: the contract, and what holds across restarts, crashes and full disks.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind, Result,
    clock::SystemClock,
    model::Revision,
    store::{Change, Expect, Key, RedbStore, Store as _, Watched, Write},
};
use haven_testkit::{
    disk::SmallDisk,
    faults::{Faults, FaultyStore, VARIABLE},
    rules::store::Fixture,
};

async fn open(path: &Path) -> Result<RedbStore> {
    RedbStore::open(path, &SystemClock::default()).await
}

fn key(name: impl std::fmt::Display) -> Key {
    Key::new(name.to_string()).unwrap()
}

async fn put(store: &RedbStore, name: &str, value: &'static str) -> Result<Revision> {
    store.txn(&[], &[Write::Put(key(name), value.into())]).await
}

/// Waits until nobody has the file open: a store that was dropped closes a moment later.
fn closed(path: &Path) {
    std::fs::File::open(path).unwrap().lock().unwrap();
}

async fn redb() -> Option<Fixture> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store.redb")).await.unwrap();
    Some(Fixture::new(Arc::new(store)).keeping(folder))
}

haven_testkit::store_rules!(redb);

#[tokio::test]
async fn the_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    drop(open(&path).await.unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_restart_keeps_entries_revisions_and_the_log_and_ends_leases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = open(&path).await.unwrap();
    let first = put(&store, "a", "1").await.unwrap();
    let second = put(&store, "b", "1").await.unwrap();
    let third = store.txn(&[], &[Write::Delete(key("a"))]).await.unwrap();
    let lease = store.lease(Duration::from_secs(60)).await.unwrap();
    lease.put(&key("alive"), "1".into()).await.unwrap();
    lease.put(&key("taken"), "1".into()).await.unwrap();
    let last = put(&store, "taken", "2").await.unwrap();
    // As if it had crashed: the file as it was before the lease is given back.
    let crashed = std::fs::read(&path).unwrap();
    drop((lease, store));
    closed(&path);
    std::fs::write(&path, crashed).unwrap();
    let store = open(&path).await.unwrap();
    let all = store.list(&key("")).await.unwrap();
    let names: Vec<_> = all.entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(names, ["b", "taken"]);
    assert_eq!((all.entries[0].revision, all.entries[1].revision), (second, last));
    assert_eq!(all.revision.number, last.number + 1, "the lease's end is one change");
    let mut watch = store.watch(&key(""), first);
    for expected in [second, third] {
        let Watched::Changed { revision, .. } = watch.next().await.unwrap().unwrap() else { panic!("the log is kept") };
        assert_eq!(revision, expected);
    }
    let mut watch = store.watch(&key(""), last);
    let told = watch.next().await.unwrap().unwrap();
    assert_eq!(told, Watched::Changed { changes: vec![Change::Deleted(key("alive"))], revision: all.revision });
}

#[tokio::test]
async fn a_file_that_was_restored_from_a_copy_is_another_store() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("store.redb"), folder.path().join("copy.redb"));
    let store = open(&path).await.unwrap();
    let first = put(&store, "a", "1").await.unwrap();
    drop(store);
    let store = open(&path).await.unwrap();
    std::fs::copy(&path, &copy).unwrap();
    let second = put(&store, "a", "2").await.unwrap();
    assert_eq!(second.incarnation, first.incarnation, "it is the same after a restart");
    drop(store);
    closed(&path);
    std::fs::rename(&copy, &path).unwrap();
    let store = open(&path).await.unwrap();
    let other = put(&store, "a", "3").await.unwrap();
    assert_eq!((other.number, other.incarnation == second.incarnation), (second.number, false));
    let stale = store.txn(&[(key("a"), Expect::At(second))], &[Write::Delete(key("a"))]).await;
    assert_eq!(stale.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_lease_takes_nothing_that_was_written_while_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store.redb")).await.unwrap();
    for _ in 0..50 {
        let lease = store.lease(Duration::from_secs(60)).await.unwrap();
        lease.put(&key("a"), "lease".into()).await.unwrap();
        // Given up before it is answered, and so before the lease ends.
        let _ = tokio::time::timeout(Duration::ZERO, lease.put(&key("late"), "lease".into())).await;
        let writer = store.clone();
        let write = tokio::spawn(async move { put(&writer, "a", "kept").await.unwrap() });
        drop(lease);
        write.await.unwrap();
        store.txn(&[], &[]).await.unwrap();
        let all = store.list(&key("")).await.unwrap().entries;
        assert_eq!(all.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["a"]);
    }
}

#[tokio::test]
async fn a_second_opening_is_busy_and_what_is_no_store_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = open(&path).await.unwrap();
    let error = open(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.message().contains("store.redb"), "{error}");
    drop(store);
    drop(open(&path).await.expect("one that is closing is waited for"));
    let alien = folder.path().join("alien");
    std::fs::write(&alien, "not a database at all, but text of some length".repeat(200)).unwrap();
    assert_eq!(open(&alien).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(open(&folder.path().join("none/store.redb")).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(open(folder.path()).await.is_err(), "a folder is no store");
}

/// The child of the next test: writes as fast as it can from several tasks, and prints what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_writes_until_it_is_killed() {
    let Ok(path) = std::env::var("HAVEN_TEST_WRITER") else { return };
    let store = open(Path::new(&path)).await.unwrap();
    let round = std::env::var("HAVEN_TEST_ROUND").unwrap();
    let writers = (0..8).map(|writer| {
        let (store, round) = (store.clone(), round.clone());
        tokio::spawn(async move {
            for i in 0.. {
                let name = key(format!("{round}/{writer}/{i:06}"));
                let pair = key(format!("{round}/{writer}/{i:06}-pair"));
                let writes = [Write::Put(name.clone(), vec![7; 500].into()), Write::Put(pair, "x".into())];
                let revision = store.txn(&[(name.clone(), Expect::Absent)], &writes).await.unwrap();
                println!("done {name} {}", revision.number);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_kill_9() {
    let rounds = haven_testkit::run::count(12, 60);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let mut done = Vec::new();
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "redb::child_that_writes_until_it_is_killed", "--nocapture"])
            .env("HAVEN_TEST_WRITER", &path)
            .env("HAVEN_TEST_ROUND", round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let told = std::thread::spawn(move || {
            // What was printed counts, whole lines only.
            let lines = output.lines().map_while(std::io::Result::ok);
            lines.filter_map(|line| line.split("done ").nth(1).map(str::to_owned)).collect::<Vec<_>>()
        });
        tokio::time::sleep(Duration::from_millis(300 + 37 * round % 200)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        done.extend(told.join().unwrap());
        let store = open(&path).await.unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        let all = store.list(&key("")).await.unwrap();
        for line in &done {
            let Some((name, number)) = line.split_once(' ').filter(|(_, number)| !number.is_empty()) else { continue };
            let entry = all.entries.iter().find(|entry| entry.key.as_str() == name);
            let entry = entry.unwrap_or_else(|| panic!("round {round}: `{name}` was acknowledged and is lost"));
            assert!(entry.revision.number.to_string().starts_with(number), "`{name}` is at {}", entry.revision);
        }
        assert_eq!(all.entries.len() % 2, 0, "half a transaction is there");
    }
    println!("{} acknowledged writes over {rounds} kills", done.len());
    assert!(done.len() > 50, "only {} writes were acknowledged", done.len());
}

/// The child of the next test: dies at the transaction that `HAVEN_FAULT` names.
#[tokio::test]
async fn child_that_dies_at_a_named_point() {
    let Ok(path) = std::env::var("HAVEN_TEST_FAULTY") else { return };
    let store = FaultyStore::new(Arc::new(open(Path::new(&path)).await.unwrap()), Faults::from_env().unwrap());
    for number in 1.. {
        let writes = [Write::Put(key(format!("a/{number}")), "1".into()), Write::Put(key("last"), "2".into())];
        store.txn(&[], &writes).await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_that_dies_before_it_took_effect_left_nothing_and_after_it_everything() {
    for (moment, there) in [("before", 2), ("after", 3)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "redb::child_that_dies_at_a_named_point"])
            .env("HAVEN_TEST_FAULTY", &path)
            .env(VARIABLE, format!("store.txn:3:{moment}"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(9));
        let store = open(&path).await.unwrap();
        let all = store.list(&key("a/")).await.unwrap();
        assert_eq!(all.entries.len(), there, "killed {moment} the third");
        let last = store.get(&key("last")).await.unwrap().unwrap();
        assert_eq!(last.revision, all.entries.last().unwrap().revision, "the other half came with it");
        assert_eq!(all.revision, last.revision);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_busy_loses_nothing_and_reads_go_on() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let path = disk.path().join("store.redb");
    let store = open(&path).await.unwrap();
    let start = put(&store, "a", "1").await.unwrap();
    let mut done = vec![key("a")];
    let error = loop {
        let name = key(format!("fill/{:04}", done.len()));
        match store.txn(&[], &[Write::Put(name.clone(), vec![7; 100_000].into())]).await {
            Ok(_) => done.push(name),
            Err(error) => break error,
        }
        assert!(done.len() < 1000, "the disk is not full yet");
    };
    assert_eq!(error.kind(), ErrorKind::Busy, "{error:?}");
    for _ in 0..3 {
        let again = store.txn(&[], &[Write::Put(key("b"), vec![7; 100_000].into())]).await;
        assert_eq!(again.unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(&store.get(&key("a")).await.unwrap().unwrap().value[..], b"1");
    }
    let present = store.status().await.unwrap().revision;
    disk.remount("size=64m");
    let next = put(&store, "room", "1").await.expect("there is room again");
    assert_eq!(next.number, present.number + 1, "what was refused left no trace");
    drop(store);
    let store = open(&path).await.unwrap();
    let all = store.list(&key("")).await.unwrap();
    done.push(key("room"));
    done.sort();
    assert_eq!(all.entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>(), done);
    assert!(all.revision > start);
}

/// Fills the disk until the store says so.
async fn fill(store: &RedbStore) {
    for number in 0..1000 {
        let write = Write::Put(key(format!("fill/{number:04}")), vec![7; 100_000].into());
        if store.txn(&[], &[write]).await.is_err() {
            return;
        }
    }
    panic!("the disk is not full yet");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_ends_on_a_full_disk_takes_its_keys_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let store = open(&disk.path().join("store.redb")).await.unwrap();
    let lease = store.lease(Duration::from_secs(60)).await.unwrap();
    lease.put(&key("alive"), "1".into()).await.unwrap();
    fill(&store).await;
    drop(lease);
    tokio::time::sleep(Duration::from_millis(100)).await;
    disk.remount("size=64m");
    for _ in 0..100 {
        if store.get(&key("alive")).await.unwrap().is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the key is still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_file_is_gone_takes_no_new_one_for_it() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let path = disk.path().join("store.redb");
    let store = open(&path).await.unwrap();
    let first = put(&store, "a", "1").await.unwrap();
    let aside = disk.path().join("aside.redb");
    std::fs::rename(&path, &aside).unwrap();
    // The file is still open, so that only a failure shows that it is gone.
    fill(&store).await;
    disk.remount("size=64m");
    for there in ["nothing", "an empty file", "another store"] {
        match there {
            "an empty file" => std::fs::write(&path, "").unwrap(),
            "another store" => {
                std::fs::remove_file(&path).unwrap();
                let other = open(&path).await.unwrap();
                put(&other, "b", "1").await.unwrap();
                drop(other);
                closed(&path);
            }
            _ => assert!(!path.exists()),
        }
        assert_eq!(put(&store, "a", "2").await.unwrap_err().kind(), ErrorKind::Unavailable, "{there}");
        assert_eq!(store.get(&key("a")).await.unwrap().unwrap().revision, first, "{there}");
    }
    std::fs::rename(&aside, &path).unwrap();
    put(&store, "a", "2").await.expect("it is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_a_read_only_disk_is_refused_by_its_path_and_stays_whole() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let path = disk.path().join("store.redb");
    let store = open(&path).await.unwrap();
    let first = put(&store, "a", "1").await.unwrap();
    drop(store);
    drop(open(&path).await.unwrap());
    tokio::time::sleep(Duration::from_millis(500)).await;
    disk.remount("ro");
    let error = open(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(error.message().contains("cannot be written"), "{error}");
    disk.remount("rw");
    assert_eq!(open(&path).await.unwrap().get(&key("a")).await.unwrap().unwrap().revision, first);
}
