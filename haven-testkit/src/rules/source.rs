//! The rules of [`Source`]: what its documentation says, a function a line.
//!
//! [`source_rules!`](crate::source_rules) makes a test of each.

use std::{any::Any, fmt::Debug, sync::Arc};

use haven_core::{
    ErrorKind,
    source::{MAX_FILE, Source},
};

type Put = dyn Fn(&str, &[u8]) -> bool + Send + Sync;

/// A source to try, and the way to put bytes there that it did not write itself.
pub struct Fixture {
    /// The source, empty at first.
    pub source: Arc<dyn Source>,
    put: Box<Put>,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Debug for Fixture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fixture").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Fixture {
    /// A fixture on `source`; `put` writes there, or answers false for what cannot even be put.
    pub fn new(source: impl Source, put: impl Fn(&str, &[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), put: Box::new(put), _keep: Box::new(()) }
    }

    /// Keeps something as long as the fixture lives: a folder, a server.
    #[must_use]
    pub fn keeping(self, keep: impl Any + Send + Sync) -> Self {
        Self { _keep: Box::new(keep), ..self }
    }

    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) -> bool {
        (self.put)(path, bytes.as_ref())
    }
}

/// A text is read as it was put; where there is none, none.
pub async fn a_text_is_read_as_it_was_put(fixture: &Fixture) {
    let text = "image: nginx\n# é, \u{1f433}, and no line end";
    for path in ["shop", "shop/web.yml", "a/b/c/d"] {
        assert!(fixture.put(path.replace("shop/", "shops/").as_str(), text));
        assert_eq!(
            fixture.source.read(&path.replace("shop/", "shops/")).await.unwrap().as_deref(),
            Some(text),
            "{path}"
        );
    }
    for path in ["none", "shops", "shop/below-a-file", "a/b"] {
        assert_eq!(fixture.source.read(path).await.unwrap(), None, "{path}");
    }
}

/// Paths are ordered, complete, and each can be read.
pub async fn paths_are_ordered_and_can_be_read(fixture: &Fixture) {
    assert!(fixture.source.paths().await.unwrap().is_empty());
    for path in ["b/z", "a", "b/a", "c"] {
        assert!(fixture.put(path, path));
    }
    let paths = fixture.source.paths().await.unwrap();
    assert_eq!(paths, ["a", "b/a", "b/z", "c"]);
    for path in paths {
        assert_eq!(fixture.source.read(&path).await.unwrap(), Some(path));
    }
}

/// A path that leaves the source, or is none, is `Invalid` and reads nothing.
pub async fn no_path_leaves_the_source(fixture: &Fixture) {
    let long = "x".repeat(2_000);
    for path in ["", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "./a", "a/", "a\\b", "a\0b", &long] {
        let error = fixture.source.read(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{path:?}: {error}");
    }
}

/// A text of the greatest size is read, a larger one refused where it is put or where it is read.
pub async fn texts_have_a_greatest_size(fixture: &Fixture) {
    let most = usize::try_from(MAX_FILE).unwrap();
    assert!(fixture.put("most", "x".repeat(most)));
    assert_eq!(fixture.source.read("most").await.unwrap().unwrap().len(), most);
    if fixture.put("more", "x".repeat(most + 1)) {
        assert_eq!(fixture.source.read("more").await.unwrap_err().kind(), ErrorKind::Invalid);
    }
}

/// What is no UTF-8 is `Invalid`.
pub async fn what_is_no_text_is_refused(fixture: &Fixture) {
    if fixture.put("bytes", b"a\xff\xfe") {
        assert_eq!(fixture.source.read("bytes").await.unwrap_err().kind(), ErrorKind::Invalid);
    }
}

/// The version is the same while nothing changes, and another after every change; going back brings it back.
pub async fn the_version_names_the_texts(fixture: &Fixture) {
    let version = async || fixture.source.version().await.unwrap();
    let empty = version().await;
    assert!(fixture.put("ab", "c"));
    let one = version().await;
    assert_eq!(version().await, one);
    assert!(fixture.put("ab", "d"));
    let other = version().await;
    assert!(fixture.put("ab", "c"));
    assert_eq!(version().await, one, "the same texts");
    assert!(fixture.put("a", "bc"));
    let two = version().await;
    let mut all = vec![empty, one, other, two];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}

/// What cannot be read as a text is in the way of nothing else.
pub async fn what_is_no_text_spoils_nothing_else(fixture: &Fixture) {
    assert!(fixture.put("web", "text"));
    let before = fixture.source.version().await.unwrap();
    if fixture.put("bytes", b"a\xff\xfe") && fixture.put("more", "x".repeat(usize::try_from(MAX_FILE).unwrap() + 1)) {
        assert_ne!(fixture.source.version().await.unwrap(), before);
        assert_eq!(fixture.source.read("web").await.unwrap().as_deref(), Some("text"));
        assert_eq!(fixture.source.paths().await.unwrap(), ["bytes", "more", "web"]);
    }
}

/// Makes a test of every rule; `$make` answers a [`Fixture`] on a new source.
#[macro_export]
macro_rules! source_rules {
    ($make:path) => {
        $crate::source_rules! { $make:
            a_text_is_read_as_it_was_put
            paths_are_ordered_and_can_be_read
            no_path_leaves_the_source
            texts_have_a_greatest_size
            what_is_no_text_is_refused
            what_is_no_text_spoils_nothing_else
            the_version_names_the_texts
        }
    };
    ($make:path: $($rule:ident)*) => {
        $(
            #[tokio::test]
            async fn $rule() {
                $crate::rules::source::$rule(&$make()).await;
            }
        )*
    };
}
