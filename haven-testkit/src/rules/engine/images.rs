//! Rules of images: named, imported, removed, pulled.
//!
//! A rule imports what it changes, and leaves the fixture's image alone but for further names.

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    model::{ContainerFilter, ImageRef, Outcome, image::ImportOptions},
};

use super::{BY_FORCE, EngineFixture, refused};

fn named(on: &EngineFixture, part: &str) -> ImageRef {
    ImageRef::new(format!("{}:1", on.unique(part))).unwrap()
}

/// Imports an archive of one small file.
pub(super) async fn import(on: &EngineFixture, name: &ImageRef, changes: &[&str]) -> String {
    let mut archive = tar::Builder::new(Vec::new());
    let content = on.unique("content");
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "file", content.as_bytes()).unwrap();
    let options = ImportOptions { changes: changes.iter().map(|&change| change.to_owned()).collect() };
    on.engine.import_image(name, archive.into_inner().unwrap().into(), &options).await.expect("the image is imported")
}

/// By any of its names, or by id, it is the same image; a name moves.
pub async fn an_image_has_names(on: &EngineFixture) {
    let (first, second) = (named(on, "first"), named(on, "second"));
    assert_eq!(on.engine.tag_image(&on.image, &first).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.tag_image(&on.image, &first).await.unwrap(), Outcome::AlreadySo);
    let whole = ImageRef::new(format!("docker.io/library/{first}")).unwrap();
    assert_eq!(on.engine.tag_image(&on.image, &whole).await.unwrap(), Outcome::AlreadySo, "it is the same name");
    let digest = ImageRef::new(format!("{}@sha256:{}", on.unique("digest"), "0".repeat(64))).unwrap();
    refused(on.engine.tag_image(&on.image, &digest).await, ErrorKind::Invalid);
    let known = on.engine.image(&on.image).await.unwrap().summary;
    assert!(known.tags.contains(&first.to_string()), "{:?}", known.tags);
    assert_eq!(on.engine.image(&first).await.unwrap().summary.id, known.id);
    assert_eq!(on.engine.image(&ImageRef::new(&known.id).unwrap()).await.unwrap().summary.id, known.id);
    let listed = on.engine.images().await.unwrap().into_iter().find(|image| image.id == known.id).unwrap();
    assert!(listed.tags.contains(&first.to_string()));
    let other = import(on, &second, &[]).await;
    on.engine.tag_image(&second, &first).await.unwrap();
    assert_eq!(on.engine.image(&first).await.unwrap().summary.id, other);
    assert!(!on.engine.image(&on.image).await.unwrap().summary.tags.contains(&first.to_string()));
    refused(on.engine.image(&named(on, "none")).await, ErrorKind::NotFound);
    refused(on.engine.tag_image(&named(on, "none"), &first).await, ErrorKind::NotFound);
}

/// A name goes, and with the last name the image; what does not exist is `AlreadySo`.
pub async fn removing_images(on: &EngineFixture) {
    let (first, second) = (named(on, "first"), named(on, "second"));
    let id = import(on, &first, &[]).await;
    on.engine.tag_image(&first, &second).await.unwrap();
    assert_eq!(on.engine.remove_image(&first).await.unwrap(), Outcome::Done);
    assert_eq!(on.engine.image(&second).await.unwrap().summary.id, id);
    assert_eq!(on.engine.remove_image(&second).await.unwrap(), Outcome::Done);
    refused(on.engine.image(&ImageRef::new(&id).unwrap()).await, ErrorKind::NotFound);
    assert_eq!(on.engine.remove_image(&second).await.unwrap(), Outcome::AlreadySo);
}

/// `Conflict` when a container uses it, unless it has other names.
pub async fn an_image_in_use_is_kept(on: &EngineFixture) {
    let (first, second) = (named(on, "first"), named(on, "second"));
    import(on, &first, &["CMD [\"/file\"]"]).await;
    let mut spec = on.spec(&[]);
    spec.image = first.clone();
    let id = on.created(&spec).await;
    refused(on.engine.remove_image(&first).await, ErrorKind::Conflict);
    on.engine.tag_image(&first, &second).await.unwrap();
    assert_eq!(on.engine.remove_image(&second).await.unwrap(), Outcome::Done);
    on.engine.remove_container(&id, &BY_FORCE).await.unwrap();
    assert_eq!(on.engine.remove_image(&first).await.unwrap(), Outcome::Done);
}

/// An image that lost its name is still there and listed.
pub async fn an_image_without_a_name_is_listed(on: &EngineFixture) {
    let name = named(on, "name");
    let before = import(on, &name, &[]).await;
    import(on, &name, &[]).await;
    let listed = on.engine.images().await.unwrap().into_iter().find(|image| image.id == before);
    assert_eq!(listed.expect("it is listed").tags, [""; 0]);
    assert_eq!(on.engine.remove_image(&ImageRef::new(&before).unwrap()).await.unwrap(), Outcome::Done);
}

/// A container is listed under its image's name for as long as that means its image, else under the image's id.
pub async fn a_container_whose_tag_moved_is_listed_by_its_image_id(on: &EngineFixture) {
    let (name, second) = (named(on, "name"), named(on, "second"));
    let image = import(on, &name, &["CMD [\"/file\"]"]).await;
    let mut spec = on.spec(&[]);
    spec.image = name.clone();
    let id = on.created(&spec).await;
    let listed = async || {
        let filter = ContainerFilter { id: vec![id.to_string()], ..ContainerFilter::default() };
        on.engine.containers(&filter).await.unwrap().remove(0)
    };
    assert_eq!(listed().await.image, name.to_string());
    on.engine.tag_image(&name, &second).await.unwrap();
    on.engine.remove_image(&name).await.unwrap();
    assert_eq!((listed().await.image, listed().await.image_id), (image.clone(), image.clone()), "the name is gone");
    on.engine.tag_image(&second, &name).await.unwrap();
    assert_eq!(listed().await.image, name.to_string(), "and is back");
    import(on, &name, &[]).await;
    assert_eq!(listed().await.image, image, "the name means another image");
    assert_eq!(on.inspect(&id).await.spec.image, name, "it was made of that name");
}

/// An archive becomes an image with the configuration that was given; what is no archive is `Invalid`.
pub async fn importing(on: &EngineFixture) {
    let name = named(on, "imported");
    let changes = ["CMD [\"sleep\", \"5\"]", "LABEL color=red", "ENV A=b", "ENTRYPOINT [\"nice\"]"];
    let id = import(on, &name, &changes).await;
    assert!(id.starts_with("sha256:"), "{id}");
    let detail = on.engine.image(&name).await.unwrap();
    assert_eq!(detail.summary.id, id);
    assert_eq!((detail.command, detail.entrypoint), (vec!["sleep".into(), "5".into()], vec!["nice".into()]));
    assert_eq!((detail.summary.labels["color"].as_str(), detail.env["A"].expose()), ("red", "b"));
    assert_eq!(detail.os, "linux");
    let wrong = ImportOptions { changes: vec!["NONSENSE x".into()] };
    let archive = tar::Builder::new(Vec::new()).into_inner().unwrap();
    refused(on.engine.import_image(&named(on, "wrong"), archive.into(), &wrong).await, ErrorKind::Invalid);
}

/// The progress ends when the image is there; what the registry does not have is `NotFound`.
///
/// Checks nothing on a fixture without [`pullable`](EngineFixture::pullable).
pub async fn pulling(on: &EngineFixture) {
    let Some(image) = &on.pullable else { return };
    on.engine.remove_image(image).await.unwrap();
    refused(on.engine.image(image).await, ErrorKind::NotFound);
    let mut progress = on.engine.pull_image(image).await.unwrap();
    let mut steps = 0;
    while let Some(step) = progress.next().await {
        assert!(!step.unwrap().status.is_empty());
        steps += 1;
    }
    assert!(steps > 0);
    assert_eq!(on.engine.image(image).await.unwrap().os, "linux");
    let by_id = ImageRef::new(format!("sha256:{}", "0".repeat(64))).unwrap();
    refused(on.engine.pull_image(&by_id).await, ErrorKind::Invalid);
    let none = ImageRef::new(format!("{}-none:1", image.repository())).unwrap();
    match on.engine.pull_image(&none).await {
        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}"),
        Ok(progress) => {
            let steps: Vec<_> = progress.collect().await;
            let error = steps.into_iter().find_map(Result::err).expect("the stream says that it failed");
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
        }
    }
}
