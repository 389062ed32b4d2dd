//! Rules of the files of containers: what changed, archives out of them and into them.

use std::{collections::BTreeMap, io::Read as _};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_core::{
    Error, ErrorKind, Result,
    engine::Stream,
    model::{
        ContainerId, ContainerRef,
        container::{Change, ChangeKind},
    },
};

use super::{AT_ONCE, EngineFixture, refused};

/// An archive of files, in small pieces.
fn archive(files: &[(&str, &str)]) -> Stream<Bytes> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    let whole = archive.into_inner().unwrap();
    let pieces: Vec<Result<Bytes>> = whole.chunks(100).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

/// What an archive holds, folders with no content.
async fn held(mut archive: Stream<Bytes>) -> BTreeMap<String, String> {
    let mut whole = Vec::new();
    while let Some(piece) = archive.next().await {
        whole.extend_from_slice(&piece.expect("the archive is read"));
    }
    let mut found = BTreeMap::new();
    for entry in tar::Archive::new(&*whole).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = String::new();
        let name = entry.path().unwrap().display().to_string();
        if entry.header().entry_type().is_file() && entry.size() < 1_000 {
            entry.read_to_string(&mut content).unwrap();
        }
        found.insert(name.trim_end_matches('/').to_owned(), content);
    }
    found
}

async fn wrote(on: &EngineFixture) -> ContainerRef {
    let id = on.started(&on.script("echo hello > /tmp/greeting; echo done; sleep 1000")).await;
    let options = haven_core::model::LogOptions { follow: true, ..Default::default() };
    let mut logs = on.engine.logs(&id, &options).await.unwrap();
    super::read_until(&mut logs, "done").await;
    id
}

/// What a program wrote takes room beside the image; of what is not there nothing is told.
pub async fn sizes_are_told(on: &EngineFixture) {
    let id = wrote(on).await;
    let detail = on.engine.container(&id).await.unwrap();
    let absent = ContainerId::new("0".repeat(64)).unwrap();
    let sizes = on.engine.container_sizes(&[detail.id.clone(), absent]).await.unwrap();
    assert_eq!(sizes.len(), 1);
    let size = sizes[&detail.id];
    assert!(size.writable >= "hello\n".len() as u64 && size.total > size.writable, "{size:?}");
    assert!(on.engine.container_sizes(&[]).await.unwrap().is_empty());
}

/// What a program wrote is a change, whether it runs or not.
pub async fn changes_are_told(on: &EngineFixture) {
    let id = wrote(on).await;
    let added = Change { path: "/tmp/greeting".into(), kind: ChangeKind::Added };
    assert!(on.engine.changes(&id).await.unwrap().contains(&added));
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    assert!(on.engine.changes(&id).await.unwrap().contains(&added));
    let fresh = on.created(&on.spec(&["true"])).await;
    let changes = on.engine.changes(&fresh).await.unwrap();
    assert!(changes.iter().all(|change| change.path != "/tmp/greeting"), "{changes:?}");
}

/// A file and a folder come out by their names, a folder's contents below `.`, whether it runs or not.
pub async fn copying_out(on: &EngineFixture) {
    let id = wrote(on).await;
    for runs in [true, false] {
        let file = held(on.engine.copy_out(&id, "/tmp/greeting").await.unwrap()).await;
        assert_eq!(file, BTreeMap::from([("greeting".to_owned(), "hello\n".to_owned())]), "runs: {runs}");
        let folder = held(on.engine.copy_out(&id, "/tmp").await.unwrap()).await;
        assert_eq!(folder.get("tmp/greeting").map(String::as_str), Some("hello\n"), "{folder:?}");
        let contents = held(on.engine.copy_out(&id, "/tmp/.").await.unwrap()).await;
        let content = contents.get("./greeting").or_else(|| contents.get("greeting"));
        assert_eq!(content.map(String::as_str), Some("hello\n"), "{contents:?}");
        on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    }
    refused(on.engine.copy_out(&id, "/no/such/file").await, ErrorKind::NotFound);
    refused(on.engine.copy_out(&id, "/tmp/greeting/.").await, ErrorKind::NotFound);
}

/// What is unpacked into a folder is there for the program.
pub async fn copying_in(on: &EngineFixture) {
    let id = on.sleeping().await;
    let files = [("one", "first\n"), ("sub/two", "second\n")];
    on.engine.copy_in(&id, "/tmp", archive(&files)).await.unwrap();
    let command = ["cat", "/tmp/one", "/tmp/sub/two"].map(str::to_owned).to_vec();
    let spec = haven_core::model::ExecSpec { command, ..Default::default() };
    let inside = on.engine.exec(&id, &spec).await.unwrap();
    assert_eq!(super::collect(inside.output).await.0, "first\nsecond\n");
    on.engine.copy_in(&id, "/tmp", archive(&[("one", "another\n")])).await.unwrap();
    let again = held(on.engine.copy_out(&id, "/tmp/one").await.unwrap()).await;
    assert_eq!(again["one"], "another\n");
    let idle = on.created(&on.spec(&["true"])).await;
    on.engine.copy_in(&idle, "/tmp", archive(&files)).await.unwrap();
    assert_eq!(held(on.engine.copy_out(&idle, "/tmp/one").await.unwrap()).await["one"], "first\n");
}

/// No such folder is `NotFound`; a file in its place, or what is no archive, is `Invalid`.
pub async fn a_copy_that_cannot_be_is_refused(on: &EngineFixture) {
    let id = wrote(on).await;
    let files = [("one", "first\n")];
    refused(on.engine.copy_in(&id, "/no/such/folder", archive(&files)).await, ErrorKind::NotFound);
    refused(on.engine.copy_in(&id, "/tmp/greeting", archive(&files)).await, ErrorKind::Invalid);
    let nonsense = stream::iter([Ok(Bytes::from(vec![b'x'; 2_000]))]).boxed();
    refused(on.engine.copy_in(&id, "/tmp", nonsense).await, ErrorKind::Invalid);
    let broken = archive(&files).take(2).chain(stream::iter([Err(Error::unavailable("the file is gone"))])).boxed();
    assert!(on.engine.copy_in(&id, "/tmp", broken).await.is_err());
    for missing in
        [on.engine.changes(&on.missing()).await.map(drop), on.engine.copy_in(&on.missing(), "/", archive(&files)).await]
    {
        refused(missing, ErrorKind::NotFound);
    }
}

/// An export holds all its files.
pub async fn exporting(on: &EngineFixture) {
    let id = wrote(on).await;
    let all = held(on.engine.export_container(&id).await.unwrap()).await;
    assert_eq!(all.get("tmp/greeting").map(String::as_str), Some("hello\n"));
    assert!(all.contains_key("bin"), "{:?}", all.keys().take(20).collect::<Vec<_>>());
    refused(on.engine.export_container(&on.missing()).await, ErrorKind::NotFound);
}
