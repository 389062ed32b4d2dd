//! Rules of volumes: made once, used, removed.
//!
//! Volumes of the driver `local` only: it is everywhere.

use haven_core::{
    ErrorKind,
    model::{Mount, Outcome, VolumeName, container::RemoveOptions, spec::MountKind},
};

use super::{BY_FORCE, EngineFixture, refused};

fn mount(source: &str) -> Mount {
    Mount::new(MountKind::Volume, source, "/data")
}

/// One that is there already is `AlreadySo`, and keeps its labels.
pub async fn volumes_are_made_once(on: &EngineFixture) {
    let mut spec = on.volume_spec();
    assert_eq!(on.engine.create_volume(&spec).await.unwrap(), Outcome::Done);
    spec.labels.insert("color".into(), "red".into());
    assert_eq!(on.engine.create_volume(&spec).await.unwrap(), Outcome::AlreadySo);
    let volume = on.engine.volume(&spec.name).await.unwrap();
    assert_eq!((volume.name.as_str(), volume.driver.as_str()), (spec.name.as_str(), "local"));
    assert_eq!(volume.labels, on.labels());
    assert!(volume.mountpoint.starts_with('/'));
    assert!(on.engine.volumes().await.unwrap().iter().any(|listed| listed.name == volume.name));
}

/// One that does not exist is `AlreadySo`, and `NotFound` to look at.
pub async fn removing_volumes(on: &EngineFixture) {
    let spec = on.volume_spec();
    assert_eq!(on.engine.remove_volume(&spec.name).await.unwrap(), Outcome::AlreadySo);
    refused(on.engine.volume(&spec.name).await, ErrorKind::NotFound);
    on.engine.create_volume(&spec).await.unwrap();
    assert_eq!(on.engine.remove_volume(&spec.name).await.unwrap(), Outcome::Done);
    refused(on.engine.volume(&spec.name).await, ErrorKind::NotFound);
}

/// `Conflict` when a container uses it, running or not.
pub async fn a_volume_in_use_is_kept(on: &EngineFixture) {
    let volume = on.volume_spec();
    on.engine.create_volume(&volume).await.unwrap();
    let mut spec = on.spec(&["true"]);
    spec.mounts = vec![mount(volume.name.as_str())];
    let id = on.created(&spec).await;
    refused(on.engine.remove_volume(&volume.name).await, ErrorKind::Conflict);
    on.engine.remove_container(&id, &BY_FORCE).await.unwrap();
    on.engine.volume(&volume.name).await.expect("a volume with a name outlives its container");
    assert_eq!(on.engine.remove_volume(&volume.name).await.unwrap(), Outcome::Done);
}

/// A volume without a name is made with its container, and goes with it where that was asked for.
pub async fn volumes_without_a_name_go_with_the_container(on: &EngineFixture) {
    let mut spec = on.spec(&["true"]);
    spec.mounts = vec![mount("")];
    for (volumes, remains) in [(true, false), (false, true)] {
        let id = on.created(&spec).await;
        let filter = haven_core::model::ContainerFilter::by_id(&on.inspect(&id).await.id);
        let shown = on.engine.containers(&filter).await.unwrap()[0].mounts[0].clone();
        let name = VolumeName::new(shown.source).unwrap();
        on.engine.volume(&name).await.unwrap();
        on.engine.remove_container(&id, &RemoveOptions { force: false, volumes }).await.unwrap();
        assert_eq!(on.engine.volume(&name).await.is_ok(), remains);
        on.engine.remove_volume(&name).await.unwrap();
    }
}
