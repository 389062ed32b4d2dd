//! Files that mean harm, or are broken: each is refused quickly, where it stands, and nothing else suffers.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use haven_core::{
    Error, ErrorKind,
    model::{ContainerSpec, ImageRef},
    source::{FolderSource, Snapshot, Source as _, Wanted, resolve},
};

use crate::layers::{snapshot, web};

async fn refused_by(snapshot: &Snapshot) -> Error {
    let own = web();
    let begun = Instant::now();
    let error = resolve(Some(snapshot), Wanted::new(&own, &BTreeMap::new())).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}: {}", begun.elapsed(), error.report());
    assert_eq!(error.kind(), ErrorKind::Invalid, "{}", error.report());
    error
}

/// What it says, and `FILE:LINE:COLUMN`.
fn told(error: &Error) -> (String, String) {
    let of = |wanted| error.context().find(|(name, _)| *name == wanted).map_or("?", |(_, value)| value);
    (error.message().to_owned(), format!("{}:{}:{}", of("file"), of("line"), of("column")))
}

async fn refused(files: &[(&str, &str)]) -> (String, String) {
    told(&refused_by(&snapshot(files).await).await)
}

#[tokio::test]
async fn a_billion_laughs() {
    let level = |level: u32| format!("a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 10].join(", "));
    let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
    let laughs = [first].into_iter().chain((1..12).map(level)).collect::<Vec<_>>().join("\n");
    let (message, at) = refused(&[("web.yml", &laughs)]).await;
    assert!(message.starts_with("this is no configuration: it has more than "), "{message}");
    assert!(at.starts_with("web.yml:"), "{at}");
    assert!(!at.contains('?'), "{at}");
}

#[tokio::test]
async fn files_that_include_each_other() {
    let (message, at) = refused(&[
        ("web.yml", "include: [a.yml]\n"),
        ("a.yml", "dns: []\ninclude:\n - b/b.yml\n"),
        ("b/b.yml", "include: ../a.yml"),
    ])
    .await;
    assert_eq!((message.as_str(), at.as_str()), ("`a.yml` includes itself: a.yml → b/b.yml → a.yml", "b/b.yml:1:10"));
    let (message, _) = refused(&[("web.properties", "include = web.properties")]).await;
    assert_eq!(message, "`web.properties` includes itself: web.properties → web.properties");
}

#[tokio::test]
async fn includes_without_end() {
    // Deep.
    let files: Vec<(String, String)> =
        (0..40).map(|n| (format!("f{n}.yml"), format!("include: f{}.yml", n + 1))).collect();
    let mut texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    texts.push(("web.yml", "include: f0.yml"));
    assert_eq!(refused(&texts).await.0, "files include each other more than 16 deep");
    // Wide: each includes the next ten times, which would be 10^10 files.
    let files: Vec<(String, String)> = (0..12)
        .map(|n| (format!("f{n}.yml"), format!("include: [{}]", vec![format!("f{}.yml", n + 1); 10].join(", "))))
        .collect();
    let mut texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    texts.extend([("web.yml", "include: f0.yml"), ("f12.yml", "tty: true")]);
    assert_eq!(refused(&texts).await.0, "a container is configured by at most 100 files");
}

#[tokio::test]
async fn includes_that_lead_out() {
    for (include, expected) in [
        ("../../etc/passwd", "`../../etc/passwd` leads out of the repository"),
        ("/etc/passwd", "`/etc/passwd` is no file beside this one"),
        ("none.yml", "there is no file `none.yml` in the repository"),
    ] {
        let (message, at) = refused(&[("web.yml", &format!("tty: true\ninclude: {include}"))]).await;
        assert_eq!((message.as_str(), at.as_str()), (expected, "web.yml:2:10"));
    }
    let (message, at) = refused(&[("web.yml", "include: [x.toml]"), ("x.toml", "")]).await;
    assert_eq!((message.as_str(), &at[..6]), ("`x.toml` is neither `.yml`, `.yaml` nor `.properties`", "x.toml"));
}

#[tokio::test]
async fn a_file_of_a_hundred_megabytes_and_one_that_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let large = std::fs::File::create(folder.path().join("web.yml")).unwrap();
    large.set_len(100 * 1024 * 1024).unwrap();
    std::fs::write(folder.path().join("bytes.yml"), b"tty: true\nuser: \xff\xfe\n").unwrap();
    std::fs::write(folder.path().join("good.yml"), "tty: true\n").unwrap();
    let source = FolderSource::open(folder.path()).unwrap();
    let version = source.version().await.unwrap();
    let snapshot = Snapshot::of(Arc::new(source), version, None).await.unwrap();
    let (message, at) = told(&refused_by(&snapshot).await);
    assert_eq!((message.as_str(), at.as_str()), ("`web.yml` is larger than 1048576 bytes", "web.yml:1:1048577"));

    let image = |name: &str| ContainerSpec::new(ImageRef::new(name).unwrap());
    let error = resolve(Some(&snapshot), Wanted::new(&image("bytes"), &BTreeMap::new())).await.unwrap_err();
    assert_eq!(told(&error), ("`bytes.yml` is no UTF-8".to_owned(), "bytes.yml:2:7".to_owned()));
    // What is wrong with one file is no matter of the others.
    let good = resolve(Some(&snapshot), Wanted::new(&image("good"), &BTreeMap::new())).await.unwrap();
    assert!(good.spec.tty);
}

#[tokio::test]
async fn wrong_types_deep_nesting_duplicates_and_unknown_names() {
    let deep = format!("labels: {}{}", "[".repeat(5000), "]".repeat(5000));
    let steps: String = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect();
    let long = format!("labels:\n  a: '{}'\n", "x".repeat(1_000_000));
    for (text, message, place) in [
        ("tty: [1]\n", "`tty`: a text is wanted here, and this is a list", "1:6"),
        ("ports: true\n", "`ports`: `true` is no port, which looks like `8080:80` or `127.0.0.1:53:53/udp`", "1:8"),
        ("environment:\n - {A: 1}\n", "`environment`: a text is wanted here, and this is a map", "2:4"),
        ("- tty\n", "a configuration is a map, this is a list", "1:1"),
        ("a", "a configuration is a map, this is a text", "1:1"),
        (&deep, "this is no configuration: it goes deeper than 24", ""),
        (&steps, "this is no configuration: it goes deeper than 24", ""),
        ("tty: true\nmemory: 1g\ntty: false\n", "`tty` stands twice, first in line 1", "3:1"),
        ("labels:\n  a: 1\n  a: 2\n", "`a` stands twice, first in line 2", "3:3"),
        (
            "tty: true\nmemory-limt: 1g\n",
            "`memory-limt` is nothing that can be said of a container; is `memoryLimit` meant?",
            "2:1",
        ),
    ] {
        let (told, at) = refused(&[("web.yml", text)]).await;
        assert_eq!(told, message);
        assert!(at.starts_with("web.yml:") && at.ends_with(place) && !at.contains('?'), "{at} for {text:.40}");
    }
    // Long is not wrong.
    let own = web();
    let fits =
        resolve(Some(&snapshot(&[("web.yml", &long)]).await), Wanted::new(&own, &BTreeMap::new())).await.unwrap();
    assert_eq!(fits.spec.labels["a"].len(), 1_000_000);
    let (told, at) = refused(&[("web.properties", "tty = true\n\n memoryLimt = 1g\n")]).await;
    assert_eq!((told.contains("is `memoryLimit` meant?"), at.as_str()), (true, "web.properties:3:2"));
    let (told, at) = refused(&[("web.properties", "tty = true\ntty.x = 1\n")]).await;
    assert_eq!((told.as_str(), at.as_str()), ("`tty` stands twice, first in line 1", "web.properties:2:1"));
}
