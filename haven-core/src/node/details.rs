//! What containers are in full: inspected once, and kept until something happens to them.
//!
//! An inspection is a request a container, which a plan over thousands cannot repeat. So each is kept, in memory only, until
//! an event, a list or an act of this Haven says that something happened to its container, or contact is lost; and as far
//! as there is room: those asked for last stay.

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
