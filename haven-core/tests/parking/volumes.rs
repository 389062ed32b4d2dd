//! Data in volumes outlives updates and rollbacks, also in volumes that nobody named; and containers that remove themselves.

use haven_core::{
    ErrorKind,
    deploy::{ScaleRequest, UpdateRequest},
    door::ops::{
        images::RemoveImage,
        plans::{ListKept, PlanScale, PlanUpdate},
    },
    model::{
        ContainerSpec, ImageRef,
        plan::{Order, Selection},
        spec::{Mount, MountKind},
    },
};
use haven_testkit::bed::BUSYBOX_2;

use crate::fleet::{Fleet, busybox, is_same, rollout};

/// With a volume of a name, and one without.
fn with_volumes(name: &str) -> ContainerSpec {
    let mut spec = busybox();
    spec.mounts.push(Mount::new(MountKind::Volume, name, "/named"));
    spec.mounts.push(Mount::new(MountKind::Volume, "", "/unnamed"));
    spec
}

impl Fleet {
    fn write(&self, container: &str, text: &str) {
        let script = format!("echo {text} >>/named/file; echo {text} >>/unnamed/file");
        self.docker(&["exec", container, "sh", "-c", &script]);
    }

    fn read(&self, container: &str) -> String {
        let text = self.docker(&["exec", container, "cat", "/named/file", "/unnamed/file"]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anonymous_volumes_are_carried_by_name_and_survive_a_rollback_with_their_data() {
    let Some(fleet) = Fleet::of("volumes").await else { return };
    let web = fleet.run("web", with_volumes("volumes-data")).await;
    fleet.write(&web, "one");
    let before = fleet.living();
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StartFirst)).await;
    fleet.applied(&made).await;
    assert_eq!(fleet.read(&web), "one one");
    fleet.write(&web, "two");
    fleet.applied(&fleet.rollback(&made.id).await).await;
    is_same(&before, &fleet.living());
    assert_eq!(fleet.read(&web), "one two one two");
    // A bad version is removed, and takes no volume with it.
    let detail =
        fleet.apply(&fleet.plan(&[&web], haven_testkit::bed::UNHEALTHY, rollout(Order::StartFirst)).await).await;
    assert!(detail.steps[0].error.is_some(), "{:#?}", detail.steps);
    assert_eq!(fleet.read(&web), "one two one two");
    is_same(&before, &fleet.living());
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn volumes_stay_when_the_oldest_of_what_is_parked_is_removed() {
    let Some(fleet) = Fleet::of("oldest").await else { return };
    let web = fleet.run("web", with_volumes("oldest-data")).await;
    fleet.write(&web, "one");
    for _ in 0..12 {
        let selection = Selection { name: vec![web.clone()], ..Selection::default() };
        let how = haven_core::model::Rollout { monitor: 0.0, ..rollout(Order::StartFirst) };
        let request = UpdateRequest { selection, rollout: how, ..UpdateRequest::default() };
        let made = fleet.haven.call(PlanUpdate(request)).await.unwrap();
        fleet.applied(&made).await;
    }
    let kept = fleet.haven.call(ListKept {}).await.unwrap();
    assert_eq!(kept.len(), 10);
    assert!(kept.iter().all(|kept| kept.size.is_some_and(|size| size.total > 1_000_000)), "{kept:?}");
    assert_eq!(fleet.engine.containers_named("oldest-").len(), 11, "ten are parked, and one runs");
    assert_eq!(fleet.read(&web), "one one");
    fleet.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_removes_itself_is_gone_and_comes_back_from_its_specification() {
    let Some(fleet) = Fleet::of("removes").await else { return };
    let mut spec = with_volumes("removes-data");
    spec.auto_remove = true;
    spec.labels.insert("tier".into(), "front".into());
    let web = fleet.run("web", spec).await;
    fleet.write(&web, "one");
    let before = fleet.engine.inspect(&web).unwrap();
    let fewer = ScaleRequest { name: web.parse().unwrap(), replicas: 0, cluster: None, rollout: None };
    let fewer = fleet.haven.call(PlanScale(fewer)).await.unwrap();
    let note = fewer.steps[0].note.as_deref().unwrap_or_default();
    assert!(
        note.contains("the data in /unnamed"),
        "the engine removes that volume too, and the plan says so: {note:?}"
    );
    let made = fleet.plan(&[&web], BUSYBOX_2, rollout(Order::StopFirst)).await;
    assert_eq!(made.steps[0].note.as_deref(), Some("it removes itself when it stops: a rollback makes it anew"));
    fleet.applied(&made).await;
    assert_eq!(fleet.engine.containers_named("removes-"), std::slice::from_ref(&web), "nothing is parked");
    let kept = fleet.haven.call(ListKept {}).await.unwrap();
    assert!(kept.len() == 1 && kept[0].container.is_none() && kept[0].size.is_none(), "{kept:?}");
    let (node, image) = (kept[0].node.clone(), ImageRef::new(&kept[0].image).unwrap());
    let error = fleet.haven.call(RemoveImage { node, image }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "the rollback needs it, and no container has it: {error}");
    assert_eq!(fleet.read(&web), "one one");
    fleet.applied(&fleet.rollback(&made.id).await).await;
    let after = fleet.engine.inspect(&web).unwrap();
    assert_ne!(after["Id"], before["Id"]);
    for what in ["Image", "Path", "Args"] {
        assert_eq!(after[what], before[what]);
    }
    assert_eq!(after["HostConfig"]["AutoRemove"], true);
    assert_eq!(after["Config"]["Labels"]["tier"], "front");
    assert_eq!(fleet.read(&web), "one one");
    fleet.clean().await;
}
