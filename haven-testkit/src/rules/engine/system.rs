//! Rules of the engine as a whole: what it is, and what it tells.
//!
//! Events of others may come in between; a rule looks at its own only.

use std::{collections::BTreeSet, time::Duration};

use futures_util::StreamExt as _;
use haven_core::{
    engine::Stream,
    model::{
        ContainerRef, EngineEvent, ImageRef, NetworkName,
        container::{Connection, DisconnectOptions},
        system::EngineEventOptions,
    },
};

use super::{AT_ONCE, BY_FORCE, EngineFixture};

async fn subscribe(on: &EngineFixture) -> Stream<EngineEvent> {
    on.engine.events(&EngineEventOptions::default()).await.unwrap()
}

/// Events up to the one that `is_last`.
async fn told(events: &mut Stream<EngineEvent>, is_last: impl Fn(&EngineEvent) -> bool) -> Vec<EngineEvent> {
    let mut told = Vec::new();
    let reading = async {
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            let last = is_last(&event);
            told.push(event);
            if last {
                return;
            }
        }
        panic!("the events ended");
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), reading).await.is_ok();
    assert!(in_time, "an event is missing after {told:#?}");
    told
}

/// The actions on one object, in order.
fn actions<'a>(told: &'a [EngineEvent], kind: &str, id: &str) -> Vec<&'a str> {
    told.iter().filter(|event| event.kind == kind && event.id == id).map(|event| event.action.as_str()).collect()
}

/// It answers, and says what it is and how much it holds.
pub async fn an_engine_says_what_it_is(on: &EngineFixture) {
    on.engine.ping().await.unwrap();
    let version = on.engine.version().await.unwrap();
    assert!(!version.version.is_empty() && version.api >= version.min_api, "{version:?}");
    on.sleeping().await;
    let info = on.engine.info().await.unwrap();
    assert!(!info.id.is_empty() && !info.name.is_empty() && info.os == "linux", "{info:?}");
    assert!(info.cpus > 0 && info.memory > 0 && info.images > 0, "{info:?}");
    assert!(info.containers_running >= 1 && info.containers >= info.containers_running, "{info:?}");
}

/// When the call has returned, nothing that happens later is missed; what is done one after the other is told so.
pub async fn events_after_subscribing_are_not_missed(on: &EngineFixture) {
    let mut events = subscribe(on).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(on.inspect(&on.created(&on.spec(&["true"])).await).await.id);
    }
    let last = ids[4].to_string();
    let told = told(&mut events, |event| event.action == "create" && event.id == last).await;
    let created: Vec<&str> = told
        .iter()
        .filter(|event| event.action == "create" && ids.iter().any(|id| id.as_str() == event.id))
        .map(|event| event.id.as_str())
        .collect();
    assert_eq!(created, ids.iter().map(haven_core::model::ContainerId::as_str).collect::<Vec<_>>());
}

/// A container's life in Docker's words and order, with its name, image, labels and exit code.
pub async fn a_life_in_events(on: &EngineFixture) {
    let mut events = subscribe(on).await;
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    let name = on.inspect(&id).await.name;
    let engine = &on.engine;
    engine.start_container(&id).await.unwrap();
    engine.pause_container(&id).await.unwrap();
    engine.unpause_container(&id).await.unwrap();
    engine.rename_container(&id, &on.name("renamed")).await.unwrap();
    engine.stop_container(&id, &AT_ONCE).await.unwrap();
    engine.restart_container(&id, &AT_ONCE).await.unwrap();
    engine.kill_container(&id, None).await.unwrap();
    on.until(&id, |detail| !detail.state.is_running()).await;
    engine.remove_container(&id, &BY_FORCE).await.unwrap();
    let told = told(&mut events, |event| event.action == "destroy" && event.id == id.as_str()).await;
    let actions = actions(&told, "container", id.as_str());
    // Docker tells of a signal after sending it: how many are told, and whether before the death, differs. Of a pause it
    // may learn twice, from itself and from its runtime.
    let (before, after) = actions.split_at(actions.iter().position(|action| *action == "stop").unwrap());
    assert!(before.contains(&"kill") && after.contains(&"kill"), "{actions:?}");
    let mut pauses = BTreeSet::new();
    let is_certain = |action: &&str| match *action {
        "kill" => false,
        "pause" | "unpause" => pauses.insert((*action).to_owned()),
        _ => true,
    };
    let certain: Vec<&str> = actions.iter().copied().filter(is_certain).collect();
    let expected =
        ["create", "start", "pause", "unpause", "rename", "die", "stop", "start", "restart", "die", "destroy"];
    assert_eq!(certain, expected, "{actions:?}");
    let of = |action: &str| told.iter().find(|event| event.action == action && event.id == id.as_str()).unwrap();
    let create = &of("create").attributes;
    assert_eq!((create["name"].as_str(), create["image"].as_str()), (name.as_str(), on.image.as_str()));
    assert_eq!(create[super::LABEL], on.prefix());
    assert_eq!(of("die").attributes["exitCode"], "137");
}

/// What happens to networks, volumes and images is told, too.
pub async fn events_of_networks_volumes_and_images(on: &EngineFixture) {
    let mut events = subscribe(on).await;
    let engine = &on.engine;
    let network = NetworkName::new(on.unique("n")).unwrap();
    let network_id = engine.create_network(&on.network_spec(&network)).await.unwrap();
    let volume = on.volume_spec();
    engine.create_volume(&volume).await.unwrap();
    let id: ContainerRef = on.sleeping().await;
    engine.connect_network(&id, &Connection::to(network.clone())).await.unwrap();
    engine.disconnect_network(&id, &network, &DisconnectOptions::default()).await.unwrap();
    let image = ImageRef::new(format!("{}:1", on.unique("i"))).unwrap();
    let image_id = engine.image(&on.image).await.unwrap().summary.id;
    engine.tag_image(&on.image, &image).await.unwrap();
    engine.remove_image(&image).await.unwrap();
    let imported = super::images::import(on, &image, &[]).await;
    engine.remove_image(&image).await.unwrap();
    engine.remove_volume(&volume.name).await.unwrap();
    engine.remove_network(&network).await.unwrap();
    let told = told(&mut events, |event| event.action == "destroy" && event.id == network_id).await;
    let mut network_actions = actions(&told, "network", &network_id);
    // Docker 20.10 tells of the disconnection of a running container twice.
    network_actions.dedup();
    assert_eq!(network_actions, ["create", "connect", "disconnect", "destroy"]);
    assert_eq!(actions(&told, "volume", volume.name.as_str()), ["create", "destroy"]);
    let image_actions = actions(&told, "image", &image_id);
    assert!(image_actions.contains(&"tag") && image_actions.contains(&"untag"), "{image_actions:?}");
    let import_actions = actions(&told, "image", &imported);
    for action in ["import", "untag", "delete"] {
        assert!(import_actions.contains(&action), "{action} is missing in {import_actions:?}");
    }
}

/// What happened since a time is told first, as far as the engine remembers it.
pub async fn events_can_be_caught_up(on: &EngineFixture) {
    let mut events = subscribe(on).await;
    let id = on.created(&on.spec(&["true"])).await;
    let first = told(&mut events, |event| event.action == "create" && event.id == id.as_str()).await;
    let since = first.last().map(|event| event.time);
    let second = on.created(&on.spec(&["true"])).await;
    let mut again = on.engine.events(&EngineEventOptions { since }).await.unwrap();
    let told = told(&mut again, |event| event.action == "create" && event.id == second.as_str()).await;
    assert_eq!(actions(&told, "container", id.as_str()), ["create"]);
}
