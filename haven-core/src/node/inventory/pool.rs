//! What the containers of a fleet have in common, kept once.
//!
//! Label values, addresses and commands repeat over thousands of containers; so does all but the values in containers that
//! are made alike. Each Haven has one [`Pool`]. What no container uses any more is freed: a shard looks when it has
//! doubled, and all do when as many containers were let go of as make a difference.

use std::{
    borrow::Borrow,
    collections::HashSet,
    hash::{BuildHasher as _, Hash, RandomState},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use arcstr::ArcStr;

use super::summary::Common;

/// Shards are swept one after the other, so that nobody waits long.
const SHARDS: usize = 32;
/// How many entries a shard may have before it looks for those that nobody uses.
const FEW: usize = 64;
/// Which part of the containers may have been let go of before what they alone used is freed.
const PART: usize = 8;

/// The texts of one Haven's inventories, and what containers that are made alike have in common.
#[derive(Debug, Default)]
pub struct Pool {
    texts: Shards<ArcStr>,
    commons: Shards<Arc<Common>>,
    /// How many containers are kept, and how many were let go of since the last sweep.
    kept: AtomicUsize,
    loose: AtomicUsize,
}

impl Pool {
    /// A text, shared with all who have the same.
    pub(super) fn text(&self, text: &str) -> ArcStr {
        self.texts.take(text, || text.into())
    }

    /// What containers have in common, shared with all that are made alike.
    pub(super) fn common(&self, common: Common) -> Arc<Common> {
        self.commons.find(&common).unwrap_or_else(|| {
            let made = Arc::new(common);
            self.commons.take(&*made, || made.clone())
        })
    }

    /// Takes how many containers are kept that were not, and how many are no longer.
    pub(super) fn count(&self, came: usize, went: usize) {
        self.kept.fetch_add(came, Ordering::Relaxed);
        let kept = self.kept.fetch_sub(went, Ordering::Relaxed).saturating_sub(went);
        let loose = self.loose.fetch_add(went, Ordering::Relaxed) + went;
        if went > 0 && loose.saturating_mul(PART) > kept {
            self.loose.store(0, Ordering::Relaxed);
            // What is in common holds texts.
            self.commons.sweep();
            self.texts.sweep();
        }
    }

    /// How many texts are held, in use or not.
    #[cfg(test)]
    pub(super) fn texts(&self) -> usize {
        self.texts.len()
    }
}

/// A handle that knows whether it is the only one.
trait Counted {
    fn is_alone(&self) -> bool;
}

impl Counted for ArcStr {
    fn is_alone(&self) -> bool {
        // The empty text is not counted, and costs nothing.
        ArcStr::strong_count(self).is_none_or(|count| count == 1)
    }
}

impl<T> Counted for Arc<T> {
    fn is_alone(&self) -> bool {
        Arc::strong_count(self) == 1
    }
}

/// A set in shards.
#[derive(Debug)]
struct Shards<T> {
    shards: [Mutex<Shard<T>>; SHARDS],
    choice: RandomState,
}

#[derive(Debug)]
struct Shard<T> {
    known: HashSet<T>,
    /// How many were in use when it was looked at last.
    used: usize,
}

impl<T> Default for Shards<T> {
    fn default() -> Self {
        let shard = |_| Mutex::new(Shard { known: HashSet::new(), used: 0 });
        Self { shards: std::array::from_fn(shard), choice: RandomState::new() }
    }
}

impl<T: Counted + Clone + Eq + Hash> Shards<T> {
    fn shard<Q: Hash + ?Sized>(&self, wanted: &Q) -> MutexGuard<'_, Shard<T>> {
        let at = usize::try_from(self.choice.hash_one(wanted) % SHARDS as u64).expect("it is a small number");
        self.shards[at].lock().expect("no panic happens under this lock")
    }

    fn find<Q: Hash + Eq + ?Sized>(&self, wanted: &Q) -> Option<T>
    where
        T: Borrow<Q>,
    {
        self.shard(wanted).known.get(wanted).cloned()
    }

    /// The one that is equal to `wanted`, made if it is not there.
    fn take<Q: Hash + Eq + ?Sized>(&self, wanted: &Q, make: impl FnOnce() -> T) -> T
    where
        T: Borrow<Q>,
    {
        let mut shard = self.shard(wanted);
        if let Some(known) = shard.known.get(wanted) {
            return known.clone();
        }
        if shard.known.len() >= FEW.max(shard.used * 2) {
            shard.sweep();
        }
        let made = make();
        shard.known.insert(made.clone());
        made
    }

    fn sweep(&self) {
        for shard in &self.shards {
            shard.lock().expect("no panic happens under this lock").sweep();
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().known.len()).sum()
    }
}

impl<T: Counted + Eq + Hash> Shard<T> {
    /// Frees what only this set holds. Nobody can take it meanwhile: the shard is locked.
    fn sweep(&mut self) {
        self.known.retain(|known| !known.is_alone());
        self.used = self.known.len();
        if self.known.capacity() > FEW.max(self.used * 4) {
            self.known.shrink_to(self.used * 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_freed_when_nobody_has_it() {
        let pool = Pool::default();
        let one = pool.text("shop");
        assert!(ArcStr::ptr_eq(&one, &pool.text("shop")));
        for number in 0..100_000 {
            drop(pool.text(&number.to_string()));
        }
        assert!(pool.texts() <= SHARDS * (FEW + 1), "a shard that doubles is swept: {}", pool.texts());
        pool.count(1, 1);
        assert_eq!(pool.texts(), 1);
        assert!(ArcStr::ptr_eq(&one, &pool.text("shop")));
    }

    #[test]
    fn two_pools_share_nothing() {
        assert!(!ArcStr::ptr_eq(&Pool::default().text("shop"), &Pool::default().text("shop")));
    }
}
