//! Random transactions against a map: what holds for a `BTreeMap` holds for a store.
//!
//! The seed is printed on failure; `HAVEN_SEED` plays it again.

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_core::{
    ErrorKind,
    model::Revision,
    store::{Change, Entry, Expect, Key, Watched, Write},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{Fixture, Watch, foreign};
use crate::run;

type Model = BTreeMap<Key, (Bytes, Revision)>;

/// Every answer, every list and every watch equals the map's, whatever is asked.
pub async fn equals_a_map_under_random_transactions(fixture: &Fixture) {
    let (seed, steps) = (run::seed(), run::count(300, 3_000));
    let mut random = StdRng::seed_from_u64(seed);
    let mut model = Model::new();
    let mut now = fixture.now().await;
    let start = now;
    let mut told = Vec::new();
    for step in 0..steps {
        let at = || format!("seed {seed}, step {step}");
        let (checks, writes) = transaction(fixture, &mut random, &model, now);
        let fails = checks.iter().find(|(key, expect)| match (expect, model.get(key)) {
            (Expect::Absent, found) => found.is_some(),
            (Expect::At(revision), found) => found.is_none_or(|(_, found)| found != revision),
        });
        match (fixture.txn(&checks, &writes).await, fails) {
            (Ok(revision), None) => {
                let changes = apply(&mut model, &writes, revision);
                assert_eq!(revision.number, now.number + u64::from(!changes.is_empty()), "{}", at());
                if !changes.is_empty() {
                    told.push((changes, revision));
                }
                now = revision;
            }
            (Err(error), Some((key, _))) if error.kind() == ErrorKind::Conflict => {
                assert!(error.report().contains(key.as_str()), "{}: {error:?} is not about {key}", at());
            }
            (result, fails) => panic!("{}: {result:?}, though the failing check is {fails:?}", at()),
        }
        let key = some_key(fixture, &mut random);
        let found = fixture.store.get(&key).await.unwrap().map(|entry| (entry.value, entry.revision));
        assert_eq!(found.as_ref(), model.get(&key), "{}", at());
        if step % 20 == 0 {
            let snapshot = fixture.list().await;
            assert_eq!((entries(&snapshot.entries), snapshot.revision), (model.clone(), now), "{}", at());
        }
    }
    follows(fixture.watch(start), &told, seed).await;
    let halfway = told.len() / 2;
    follows(fixture.watch(told[halfway].1), &told[halfway + 1..], seed).await;
}

async fn follows(mut watch: Watch, told: &[(Vec<Change>, Revision)], seed: u64) {
    for (changes, revision) in told {
        let expected = Watched::Changed { changes: changes.clone(), revision: *revision };
        assert_eq!(watch.next().await, expected, "seed {seed}");
    }
    watch.is_silent().await;
}

fn some_key(fixture: &Fixture, random: &mut StdRng) -> Key {
    fixture.key(["a", "a/b", "b", "c", "ab", "ä", "z/1", "z/2"][random.random_range(0..8)])
}

/// Checks that hold more often than not, and some writes.
fn transaction(
    fixture: &Fixture,
    random: &mut StdRng,
    model: &Model,
    now: Revision,
) -> (Vec<(Key, Expect)>, Vec<Write>) {
    let mut checks = BTreeMap::new();
    for _ in 0..random.random_range(0..4) {
        let key = some_key(fixture, random);
        let truth = model.get(&key).map_or(Expect::Absent, |(_, revision)| Expect::At(*revision));
        let expect = match random.random_range(0..10) {
            0 => Expect::Absent,
            1 => Expect::At(now),
            2 => Expect::At(foreign(now)),
            _ => truth,
        };
        checks.insert(random.random::<u32>(), (key, expect));
    }
    // In random order, each key once.
    let mut seen = std::collections::BTreeSet::new();
    let checks = checks.into_values().filter(|(key, _)| seen.insert(key.clone())).collect();
    let mut writes = BTreeMap::new();
    for _ in 0..random.random_range(0..4) {
        let key = some_key(fixture, random);
        let write = if random.random_range(0..3) == 0 {
            Write::Delete(key.clone())
        } else {
            Write::Put(key.clone(), vec![random.random(); random.random_range(0..200)].into())
        };
        writes.insert(key, write);
    }
    (checks, writes.into_values().rev().collect())
}

fn apply(model: &mut Model, writes: &[Write], revision: Revision) -> Vec<Change> {
    let mut changes = Vec::new();
    for write in writes {
        match write {
            Write::Put(key, value) => {
                model.insert(key.clone(), (value.clone(), revision));
                changes.push(Change::Put(Entry { key: key.clone(), value: value.clone(), revision }));
            }
            Write::Delete(key) => {
                if model.remove(key).is_some() {
                    changes.push(Change::Deleted(key.clone()));
                }
            }
        }
    }
    changes.sort_by(|a, b| a.key().cmp(b.key()));
    changes
}

fn entries(entries: &[Entry]) -> Model {
    entries.iter().map(|entry| (entry.key.clone(), (entry.value.clone(), entry.revision))).collect()
}
