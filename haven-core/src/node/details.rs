//! What containers are in full: inspected once, and kept until something happens to them.
//!
//! An inspection is a request a container, which a plan over thousands cannot repeat. So each is kept, in memory only, until
//! an event, a list or an act of this Haven says that something happened to its container, or contact is lost; and as far
//! as there is room: those asked for last stay. One whose program does not run is asked for each time: an engine connects it
//! to a network, or disconnects it, and tells nobody.

use std::sync::{Arc, Mutex, MutexGuard};

use haven_model::{ContainerDetail, ContainerId, EngineEvent, NodeName, Result};
use lru::LruCache;
use tokio::sync::OnceCell;

use super::{
    NodeSettings,
    hints::{About, about},
};
use crate::engine::Engine;

/// What a detail takes besides its texts, in bytes.
const FRAME: usize = 1024;

/// The details that were inspected, of all nodes.
#[derive(Debug)]
pub(crate) struct Details {
    kept: Mutex<Kept>,
    most: usize,
    most_bytes: usize,
}

type Key = (NodeName, ContainerId);
type Answer = Arc<OnceCell<Arc<ContainerDetail>>>;

#[derive(Debug)]
struct Kept {
    /// What is on its way takes no bytes yet. What is dropped from here meanwhile is answered, and not kept.
    answers: LruCache<Key, (Answer, usize)>,
    bytes: usize,
}

impl Details {
    /// Keeps nothing yet, and never more than `settings` say.
    pub(crate) fn new(settings: &NodeSettings) -> Self {
        let kept = Mutex::new(Kept { answers: LruCache::unbounded(), bytes: 0 });
        Self { kept, most: settings.details, most_bytes: settings.details_bytes }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no panic happens under this lock")
    }

    /// The detail of a container, asked of its engine if it is not known; once, however many ask meanwhile.
    pub(super) async fn get(
        &self,
        engine: &dyn Engine,
        node: &NodeName,
        id: &ContainerId,
    ) -> Result<Arc<ContainerDetail>> {
        let key = (node.clone(), id.clone());
        // It is there before the engine is asked, so that what happens from then on is known to have.
        let answer = self.kept().answers.get_or_insert(key.clone(), Default::default).0.clone();
        let detail = answer.get_or_try_init(|| async { engine.container(&id.into()).await.map(Arc::new) }).await;
        self.kept().settle(&key, &answer, self.most, self.most_bytes);
        detail.cloned()
    }

    /// Takes an event of a node.
    pub(super) fn hear(&self, node: &NodeName, event: &EngineEvent) {
        match about(event) {
            About::Container(id) => self.changed(node, &id),
            About::SomeContainer => self.forget(node),
            About::Images | About::Nothing => {}
        }
    }

    /// Something happened to a container.
    pub(super) fn changed(&self, node: &NodeName, id: &ContainerId) {
        self.kept().remove(&(node.clone(), id.clone()));
    }

    /// Something may have happened to any container of a node.
    pub(super) fn forget(&self, node: &NodeName) {
        let mut kept = self.kept();
        let gone: Vec<Key> = kept.answers.iter().map(|(key, _)| key).filter(|key| key.0 == *node).cloned().collect();
        for key in gone {
            kept.remove(&key);
        }
    }
}

impl Kept {
    fn remove(&mut self, key: &Key) {
        if let Some((_, bytes)) = self.answers.pop(key) {
            self.bytes -= bytes;
        }
    }

    /// Keeps an answer that came, unless something happened since it was asked for; lets go of one that did not, and of
    /// what there is no more room for.
    fn settle(&mut self, key: &Key, answer: &Answer, most: usize, most_bytes: usize) {
        if let Some((kept, bytes)) = self.answers.peek_mut(key).filter(|(kept, _)| Arc::ptr_eq(kept, answer)) {
            match kept.get() {
                Some(detail) if !detail.state.is_running() => self.remove(key),
                Some(detail) if *bytes == 0 => {
                    *bytes = size(detail);
                    self.bytes += *bytes;
                }
                Some(_) => {}
                None => self.remove(key),
            }
        }
        while self.answers.len() > most || self.bytes > most_bytes {
            let Some((_, (_, bytes))) = self.answers.pop_lru() else { return };
            self.bytes -= bytes;
        }
    }
}

/// About what a detail takes in memory: its texts, and as much again for what holds them.
fn size(detail: &ContainerDetail) -> usize {
    let secrets: usize = detail.spec.env.values().map(|value| value.expose().len()).sum();
    let shown = serde_json::to_vec(detail).map_or(0, |json| json.len());
    FRAME + 2 * (shown + secrets)
}

#[cfg(test)]
#[cfg(feature = "sim")]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::atomic::{AtomicU64, Ordering},
    };

    use async_trait::async_trait;
    use haven_model::{ContainerSpec, Error, ImageRef, Secret};
    use jiff::Timestamp;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::engine::{Call, Hook, Hooked, sim::SimEngine};

    /// Counts inspections, and lets so many through.
    #[derive(Debug)]
    struct Gate {
        asked: AtomicU64,
        open: Semaphore,
    }

    #[async_trait]
    impl Hook for Gate {
        async fn before(&self, call: Call<'_>) -> Result<()> {
            if call.op == "container" {
                self.asked.fetch_add(1, Ordering::SeqCst);
                self.open.acquire().await.map_err(|_| Error::unavailable("it is closed"))?.forget();
            }
            Ok(())
        }
    }

    struct Bed {
        details: Arc<Details>,
        engine: Arc<dyn Engine>,
        gate: Arc<Gate>,
        node: NodeName,
    }

    impl Bed {
        fn new(most: usize, most_bytes: usize) -> Self {
            let settings = NodeSettings { details: most, details_bytes: most_bytes, ..NodeSettings::default() };
            let gate = Arc::new(Gate { asked: AtomicU64::new(0), open: Semaphore::new(1_000) });
            let engine = Arc::new(SimEngine::default());
            let engine = Arc::new(Hooked::named("a", engine, gate.clone()));
            Self { details: Arc::new(Details::new(&settings)), engine, gate, node: NodeName::new("a").unwrap() }
        }

        async fn create(&self, secret: &str) -> ContainerId {
            let env = BTreeMap::from([("KEY".to_owned(), Secret::new(secret))]);
            let spec = ContainerSpec { env, ..ContainerSpec::new(ImageRef::new("nginx").unwrap()) };
            let id = self.engine.create_container(None, &spec).await.unwrap();
            self.engine.start_container(&(&id).into()).await.unwrap();
            id
        }

        async fn get(&self, id: &ContainerId) -> Arc<ContainerDetail> {
            self.details.get(&*self.engine, &self.node, id).await.unwrap()
        }

        fn asked(&self) -> u64 {
            self.gate.asked.swap(0, Ordering::SeqCst)
        }

        fn hear(&self, kind: &str, action: &str, id: &str, attributes: &[(&str, &str)]) {
            self.details.hear(
                &self.node,
                &EngineEvent {
                    time: Timestamp::UNIX_EPOCH,
                    kind: kind.to_owned(),
                    action: action.to_owned(),
                    id: id.to_owned(),
                    attributes: attributes
                        .iter()
                        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                        .collect(),
                },
            );
        }
    }

    #[tokio::test]
    async fn a_container_is_inspected_once_until_something_happens_to_it() {
        let bed = Bed::new(100, 1 << 20);
        let (id, other) = (bed.create("x").await, bed.create("x").await);
        for _ in 0..3 {
            assert_eq!(bed.get(&id).await.spec.env["KEY"].expose(), "x");
            bed.get(&other).await;
        }
        assert_eq!(bed.asked(), 2);
        for action in ["exec_start: sh", "exec_die", "top"] {
            bed.hear("container", action, id.as_str(), &[]);
        }
        bed.hear("network", "create", "n", &[]);
        bed.hear("image", "tag", "nginx", &[]);
        bed.get(&id).await;
        assert_eq!(bed.asked(), 0);
        for action in ["update", "rename", "start", "die", "destroy", "health_status: healthy"] {
            bed.hear("container", action, id.as_str(), &[]);
            bed.get(&id).await;
            bed.get(&other).await;
            assert_eq!(bed.asked(), 1, "{action}");
        }
        for action in ["connect", "disconnect"] {
            bed.hear("network", action, "n", &[("container", id.as_str())]);
            bed.get(&id).await;
            bed.get(&other).await;
            assert_eq!(bed.asked(), 1, "{action}");
        }
        bed.hear("container", "update", "it does not say which", &[]);
        bed.get(&id).await;
        bed.get(&other).await;
        assert_eq!(bed.asked(), 2);
    }

    #[tokio::test]
    async fn one_that_is_asked_for_by_many_is_inspected_once() {
        let bed = Bed::new(100, 1 << 20);
        let id = bed.create("x").await;
        let answers = futures_util::future::join_all((0..10).map(|_| bed.get(&id))).await;
        assert!(answers.iter().all(|answer| Arc::ptr_eq(answer, &answers[0])));
        assert_eq!(bed.asked(), 1);
    }

    #[tokio::test]
    async fn what_happens_while_it_is_inspected_is_not_missed() {
        let bed = Arc::new(Bed::new(100, 1 << 20));
        let id = bed.create("x").await;
        bed.gate.open.forget_permits(1_000);
        let asking = tokio::spawn({
            let (bed, id) = (bed.clone(), id.clone());
            async move { bed.get(&id).await }
        });
        while bed.gate.asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        bed.hear("container", "update", id.as_str(), &[]);
        bed.gate.open.add_permits(10);
        let early = asking.await.unwrap();
        assert!(!Arc::ptr_eq(&early, &bed.get(&id).await));
        assert_eq!(bed.asked(), 2);
    }

    #[tokio::test]
    async fn one_that_does_not_run_may_be_connected_and_nobody_is_told() {
        let bed = Bed::new(100, 1 << 20);
        let id = bed.create("x").await;
        bed.engine.kill_container(&(&id).into(), None).await.unwrap();
        bed.get(&id).await;
        bed.get(&id).await;
        assert_eq!((bed.asked(), bed.details.kept().answers.len()), (2, 0));
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_nor_what_is_given_up() {
        let bed = Bed::new(100, 1 << 20);
        let id = bed.create("x").await;
        let absent = ContainerId::new("0".repeat(64)).unwrap();
        for _ in 0..2 {
            let error = bed.details.get(&*bed.engine, &bed.node, &absent).await.unwrap_err();
            assert_eq!(error.kind(), haven_model::ErrorKind::NotFound);
        }
        assert_eq!((bed.asked(), bed.details.kept().answers.len()), (2, 0));
        bed.gate.open.forget_permits(1_000);
        assert!(futures_util::FutureExt::now_or_never(bed.get(&id)).is_none());
        bed.gate.open.add_permits(1);
        bed.get(&id).await;
        assert_eq!(bed.asked(), 2);
    }

    #[tokio::test]
    async fn it_is_bounded_in_count_and_in_bytes() {
        let bed = Bed::new(3, 1 << 20);
        let mut ids = Vec::new();
        for _ in 0..5 {
            let id = bed.create("x").await;
            bed.get(&id).await;
            bed.get(&ids.first().unwrap_or(&id).clone()).await;
            ids.push(id);
        }
        assert_eq!(bed.details.kept().answers.len(), 3);
        bed.asked();
        for at in [0, 4, 3] {
            bed.get(&ids[at]).await;
        }
        assert_eq!(bed.asked(), 0, "those asked for last stay");

        let bed = Bed::new(100, 100_000);
        for _ in 0..10 {
            let id = bed.create(&"x".repeat(15_000)).await;
            bed.get(&id).await;
        }
        let kept = bed.details.kept().answers.len();
        assert!((1..=3).contains(&kept), "{kept} secrets of 15 kB in 100 kB");
        let id = bed.create(&"x".repeat(200_000)).await;
        bed.get(&id).await;
        let kept = bed.details.kept();
        assert_eq!((kept.answers.len(), kept.bytes), (0, 0), "one may be too large alone");
    }

    #[tokio::test]
    async fn a_node_is_forgotten_alone() {
        let bed = Bed::new(100, 1 << 20);
        let id = bed.create("x").await;
        let other = NodeName::new("b").unwrap();
        bed.get(&id).await;
        bed.details.get(&*bed.engine, &other, &id).await.unwrap();
        bed.details.forget(&bed.node);
        bed.asked();
        bed.details.get(&*bed.engine, &other, &id).await.unwrap();
        assert_eq!(bed.asked(), 0);
        bed.get(&id).await;
        assert_eq!(bed.asked(), 1);
    }
}
