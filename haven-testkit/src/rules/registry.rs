//! The rules of [`Registry`]: what its documentation says, a function a line.
//!
//! [`registry_rules!`](crate::registry_rules) makes a test of each.

use std::{any::Any, collections::BTreeMap, fmt::Debug, sync::Arc};

use async_trait::async_trait;
use haven_core::{ErrorKind, registry::Registry};
use sha2::{Digest as _, Sha256};

/// Puts images into a registry as their makers do.
#[async_trait]
pub trait Push: Send + Sync {
    /// Puts an image of these labels under a tag; answers the digest of its manifest. Other labels are another image.
    async fn push(&self, repository: &str, tag: &str, labels: BTreeMap<String, String>) -> String;
}

/// A registry to try, and the way to put images there.
pub struct Fixture {
    /// The registry.
    pub registry: Arc<dyn Registry>,
    push: Box<dyn Push>,
    prefix: String,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Debug for Fixture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fixture").field("registry", &self.registry).finish_non_exhaustive()
    }
}

impl Fixture {
    /// A fixture on `registry`, which may hold other repositories.
    pub fn new(registry: impl Registry, push: impl Push + 'static) -> Self {
        let prefix = format!("rules-{:016x}", rand::random::<u64>());
        Self { registry: Arc::new(registry), push: Box::new(push), prefix, _keep: Box::new(()) }
    }

    /// Keeps something as long as the fixture lives: a server, a lock.
    #[must_use]
    pub fn keeping(self, keep: impl Any + Send + Sync) -> Self {
        Self { _keep: Box::new(keep), ..self }
    }

    fn name(&self, repository: &str) -> String {
        format!("{}/{repository}", self.prefix)
    }

    async fn push(&self, repository: &str, tag: &str, version: &str) -> String {
        let labels = BTreeMap::from([("version".to_owned(), version.to_owned())]);
        self.push.push(&self.name(repository), tag, labels).await
    }

    fn own(&self, repositories: &[String]) -> Vec<String> {
        let begin = format!("{}/", self.prefix);
        repositories.iter().filter_map(|name| name.strip_prefix(&begin)).map(str::to_owned).collect()
    }
}

/// Repositories and tags are complete and ordered by name.
pub async fn repositories_and_tags_are_ordered(fixture: &Fixture) {
    for (repository, tag) in [("web", "2"), ("db", "1"), ("web", "1"), ("web", "10")] {
        fixture.push(repository, tag, tag).await;
    }
    assert_eq!(fixture.own(&fixture.registry.repositories().await.unwrap()), ["db", "web"]);
    assert_eq!(fixture.registry.tags(&fixture.name("web")).await.unwrap(), ["1", "10", "2"]);
}

/// A manifest is the same by tag and by digest, its digest is that of its bytes, and its labels are the image's.
pub async fn a_manifest_is_found_by_tag_and_by_digest(fixture: &Fixture) {
    let digest = fixture.push("web", "1", "one").await;
    let by_tag = fixture.registry.manifest(&fixture.name("web"), "1").await.unwrap();
    assert_eq!(by_tag.digest, digest);
    assert_eq!(digest, format!("sha256:{}", hex::encode(Sha256::digest(&by_tag.body))));
    assert!(by_tag.media_type.contains('/'), "{}", by_tag.media_type);
    assert_eq!(by_tag.labels["version"], "one");
    assert_eq!(fixture.registry.manifest(&fixture.name("web"), &digest).await.unwrap(), by_tag);
}

/// A tag moves to what was pushed last; the manifest before it stays under its digest.
pub async fn a_tag_moves(fixture: &Fixture) {
    let one = fixture.push("web", "latest", "one").await;
    let two = fixture.push("web", "latest", "two").await;
    assert_ne!(one, two);
    assert_eq!(fixture.registry.manifest(&fixture.name("web"), "latest").await.unwrap().digest, two);
    assert_eq!(fixture.registry.manifest(&fixture.name("web"), &one).await.unwrap().labels["version"], "one");
}

/// What is not there is `NotFound`: repository, tag, digest.
pub async fn what_is_missing_is_not_found(fixture: &Fixture) {
    fixture.push("web", "1", "one").await;
    let (web, none) = (fixture.name("web"), fixture.name("none"));
    let nowhere = format!("sha256:{}", "0".repeat(64));
    let registry = &fixture.registry;
    assert_eq!(registry.tags(&none).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(registry.manifest(&none, "1").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(registry.manifest(&web, "2").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(registry.manifest(&web, &nowhere).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(registry.delete(&web, &nowhere).await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// Deleting a manifest takes every tag on it along, and no other; a tag cannot be deleted.
pub async fn a_manifest_is_deleted_with_its_tags(fixture: &Fixture) {
    let gone = fixture.push("web", "1", "one").await;
    assert_eq!(fixture.push("web", "also-1", "one").await, gone, "the same image");
    let stays = fixture.push("web", "2", "two").await;
    let web = fixture.name("web");
    assert_eq!(fixture.registry.delete(&web, "1").await.unwrap_err().kind(), ErrorKind::Invalid);
    fixture.registry.delete(&web, &gone).await.unwrap();
    assert_eq!(fixture.registry.tags(&web).await.unwrap(), ["2"]);
    assert_eq!(fixture.registry.manifest(&web, &gone).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(fixture.registry.manifest(&web, "2").await.unwrap().digest, stays);
}

/// A search finds what holds the text, ordered, and no more than asked for.
pub async fn a_search_keeps_to_its_limit(fixture: &Fixture) {
    for repository in ["shop-web", "shop-db", "blog-web"] {
        fixture.push(repository, "1", repository).await;
    }
    let found = fixture.registry.search(&fixture.name("shop"), 10).await.unwrap();
    assert_eq!(fixture.own(&found), ["shop-db", "shop-web"]);
    let found = fixture.registry.search(&fixture.prefix, 2).await.unwrap();
    assert_eq!(fixture.own(&found), ["blog-web", "shop-db"]);
    assert!(fixture.registry.search(&fixture.name("none"), 10).await.unwrap().is_empty());
}

/// Makes a test of every rule; `$make` answers a [`Fixture`].
#[macro_export]
macro_rules! registry_rules {
    ($make:path) => {
        $crate::registry_rules! { $make:
            repositories_and_tags_are_ordered
            a_manifest_is_found_by_tag_and_by_digest
            a_tag_moves
            what_is_missing_is_not_found
            a_manifest_is_deleted_with_its_tags
            a_search_keeps_to_its_limit
        }
    };
    ($make:path: $($rule:ident)*) => {
        $(
            #[tokio::test]
            async fn $rule() {
                $crate::rules::registry::$rule(&$make()).await;
            }
        )*
    };
}
