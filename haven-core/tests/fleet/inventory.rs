//! The live inventory: equal to the engine's own list, and asked for once.

use std::{sync::atomic::Ordering, time::Duration};

use haven_core::{
    clock::Clock as _,
    door::ops::{
        containers::{ContainerHistory, ListContainers},
        images::ListImages,
        volumes::ListVolumes,
    },
    engine::{Containers as _, Images as _, Volumes as _},
    model::{
        ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec, ImageRef, VolumeName, VolumeSpec,
        container::{RemoveOptions, StopOptions},
        metrics::TopBy,
    },
    node::NodeSettings,
};

use haven_testkit::run;

use super::{
    bed::{bed, eventually, quiet, spec, stripped},
    node,
};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_changes_without_a_relist_leave_it_equal_to_the_engine() {
    let (seed, changes) = (run::seed(), run::count(2_000, 10_000));
    println!("seed {seed}, {changes} changes");
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let dice = haven_core::clock::ManualClock::seeded(seed);
    let mut ids: Vec<ContainerId> = Vec::new();
    for number in 0..changes {
        let pick = (!ids.is_empty()).then(|| usize::try_from(dice.random() % ids.len() as u64).unwrap());
        match (dice.random() % 6, pick) {
            (0 | 1, _) | (_, None) => {
                let name = ContainerName::new(format!("c{number}")).unwrap();
                ids.push(engine.create_container(Some(&name), &spec()).await.unwrap());
            }
            (2, Some(at)) => drop(engine.start_container(&(&ids[at]).into()).await),
            (3, Some(at)) => {
                drop(engine.stop_container(&(&ids[at]).into(), &StopOptions { timeout: Some(0) }).await);
            }
            (4, Some(at)) => {
                let name = ContainerName::new(format!("r{number}")).unwrap();
                drop(engine.rename_container(&(&ids[at]).into(), &name).await);
            }
            (_, Some(at)) => {
                let options = RemoveOptions { force: true, volumes: false };
                drop(engine.remove_container(&(&ids.swap_remove(at)).into(), &options).await);
            }
        }
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    eventually("the inventory settles", || async { !bed.seen("a").await.1 }).await;
    let wanted = stripped(engine.containers(&ContainerFilter::default()).await.unwrap());
    let (seen, _) = bed.seen("a").await;
    assert_eq!(stripped(seen), wanted);
    assert!(bed.wire.lists.load(Ordering::SeqCst) < changes / 2, "a burst is one list");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_container_does_takes_no_time_back_from_another() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    let run = async |name: &str| bed.haven.containers().run(&node("a"), name, spec()).await.unwrap();
    run("first").await;
    let status = async || {
        let (seen, _) = bed.seen("a").await;
        seen.into_iter().find(|container| container.name == "first").unwrap().status
    };
    eventually("time goes on", || async { status().await == "Up 1 second" }).await;
    run("second").await;
    let after = status().await;
    assert!(after.starts_with("Up ") && after != "Up Less than a second", "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_ten_thousand_objects_is_a_page() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    for _ in 0..10_000 {
        engine.create_container(None, &spec()).await.unwrap();
    }
    eventually("settled", || async {
        let (seen, stale) = bed.seen("a").await;
        seen.len() == 10_000 && !stale
    })
    .await;
    let requests = bed.wire.requests.load(Ordering::SeqCst);
    let page = ListContainers { limit: Some(50), ..ListContainers::default() };
    let page = bed.haven.containers().list_with(page).await.unwrap();
    assert_eq!(page.items.len(), 50);
    assert!(page.next.is_some());
    let bytes = serde_json::to_vec(&page).unwrap().len();
    assert!(bytes < 50 * 1024, "{bytes} bytes for fifty containers");
    assert_eq!(bed.wire.requests.load(Ordering::SeqCst), requests, "the engine is not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_used_is_kept_while_it_runs() {
    let settings = NodeSettings { sample: Some(Duration::from_millis(20)), ..quiet() };
    let bed = bed(settings).await;
    bed.add("a").await;
    let id = bed.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    let web = ContainerRef::from(&id);
    let history = async || {
        let operation = ContainerHistory { node: node("a"), container: web.clone() };
        bed.haven.call(operation).await.unwrap()
    };
    eventually("the oldest are given up", || async {
        // The first sample of all has no CPU figure: it takes two.
        history().await.first().is_some_and(|oldest| oldest.cpu_percent.is_some())
    })
    .await;
    let kept = history().await;
    assert_eq!(kept.len(), 60);
    assert!(kept.is_sorted_by_key(|sample| sample.read) && kept[0].read < kept[59].read, "oldest first");
    bed.haven.containers().stop(&node("a"), &web).await.unwrap();
    eventually("nothing of what does not run", || async { history().await.is_empty() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_costs_one_request_a_node_however_many_containers() {
    let bed = bed(quiet()).await;
    for name in ["a", "b", "c"] {
        let engine = bed.add(name).await;
        for _ in 0..20 {
            engine.create_container(None, &spec()).await.unwrap();
        }
    }
    eventually("settled", || async { bed.haven.containers().list().await.unwrap().items.len() == 60 }).await;
    eventually("quiet", || async { !bed.haven.containers().list().await.unwrap().stale }).await;
    let before = bed.wire.requests.load(Ordering::SeqCst);
    let listing = bed.haven.containers().list().await.unwrap();
    assert_eq!(
        (listing.items.len(), bed.wire.requests.load(Ordering::SeqCst)),
        (60, before),
        "the inventory asks nobody"
    );
    let lists = bed.wire.lists.load(Ordering::SeqCst);
    let fresh = ListContainers { fresh: true, ..ListContainers::default() };
    assert_eq!(bed.haven.containers().list_with(fresh).await.unwrap().items.len(), 60);
    assert_eq!(bed.wire.lists.load(Ordering::SeqCst) - lists, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_something_sees_it_in_the_next_list() {
    let bed = bed(NodeSettings { coalesce: Duration::from_millis(200), ..quiet() }).await;
    bed.add("a").await;
    for number in 0..5 {
        let id = bed.haven.containers().run(&node("a"), &format!("c{number}"), spec()).await.unwrap();
        let (seen, _) = bed.seen("a").await;
        assert!(seen.iter().any(|container| container.id == id && container.is_running()), "number {number}");
        bed.haven.containers().remove(&node("a"), &ContainerRef::from(&id)).await.unwrap();
        assert!(bed.seen("a").await.0.is_empty(), "number {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_page_without_gap_or_repeat() {
    let bed = bed(quiet()).await;
    for name in ["a", "b"] {
        let engine = bed.add(name).await;
        for _ in 0..13 {
            engine.create_container(None, &spec()).await.unwrap();
        }
    }
    eventually("settled", || async { bed.haven.containers().list().await.unwrap().items.len() == 26 }).await;
    let (mut cursor, mut ids) = (None, Vec::new());
    loop {
        let page = ListContainers { limit: Some(7), cursor, ..ListContainers::default() };
        let page = bed.haven.containers().list_with(page).await.unwrap();
        ids.extend(page.items.into_iter().map(|at| at.item.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let total = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((total, ids.len()), (26, 26));
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_by_image_and_label_are_those_that_the_engines_find() {
    let bed = bed(quiet()).await;
    for name in ["a", "b", "c"] {
        let engine = bed.add(name).await;
        for number in 0..12 {
            let image = ImageRef::new(["nginx", "busybox:1"][number % 2]).unwrap();
            let label = |key: &str, of: usize| (key.to_owned(), format!("{}", number % of));
            let labels = [label("third", 3), label("quarter", 4)].into();
            engine.create_container(None, &ContainerSpec { labels, ..ContainerSpec::new(image) }).await.unwrap();
        }
    }
    eventually("settled", || async {
        let all = bed.haven.containers().list().await.unwrap();
        all.items.len() == 36 && !all.stale
    })
    .await;
    let by = |image: &[&str], label: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ListContainers { image: owned(image), label: owned(label), ..ListContainers::default() }
    };
    let conditions = [
        (by(&["nginx"], &[]), 18),
        (by(&["busybox", "nginx:latest"], &[]), 36),
        (by(&["busybox:1"], &["third=0", "quarter=1"]), 3),
        (by(&[], &["third"]), 36),
        (by(&[], &["quarter=3"]), 9),
        (by(&["absent"], &[]), 0),
        (by(&[], &["third=3"]), 0),
    ];
    for (conditions, count) in conditions {
        let list = async |conditions: ListContainers| {
            let listing = bed.haven.containers().list_with(conditions).await.unwrap();
            let items = listing.items.into_iter().map(|at| (at.node, at.item.id)).collect::<Vec<_>>();
            (items, listing.next)
        };
        let (found, _) = list(conditions.clone()).await;
        let (fresh, _) = list(ListContainers { fresh: true, ..conditions.clone() }).await;
        assert_eq!((found.len(), &found), (count, &fresh), "{conditions:?}");
        let (mut paged, mut cursor) = (Vec::new(), None);
        loop {
            let (page, next) = list(ListContainers { limit: Some(4), cursor, ..conditions.clone() }).await;
            paged.extend(page);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, found, "in pages: {conditions:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_with_more_labels_than_are_kept_says_so() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let labels = [label("app", "shop"), label("metadata", &"m".repeat(20_000))].into();
    engine.create_container(None, &ContainerSpec { labels, ..spec() }).await.unwrap();
    eventually("listed", || async { bed.seen("a").await.0.len() == 1 }).await;
    let kept = bed.seen("a").await.0.remove(0);
    assert!(kept.truncated);
    assert_eq!(kept.labels.into_keys().collect::<Vec<_>>(), ["app"]);
    let fresh = ListContainers { fresh: true, ..ListContainers::default() };
    let fresh = bed.haven.containers().list_with(fresh).await.unwrap().items.remove(0).item;
    assert!(!fresh.truncated && fresh.labels["metadata"].len() == 20_000);
    let inspected = bed.haven.containers().inspect(&node("a"), &(&fresh.id).into()).await.unwrap();
    assert_eq!(inspected.spec.labels["metadata"].len(), 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_and_volumes_page_without_gap_or_repeat() {
    let bed = bed(quiet()).await;
    for name in ["a", "b"] {
        let engine = bed.add(name).await;
        for number in 0..5 {
            let tag = ImageRef::new(format!("nginx:{number}")).unwrap();
            engine.tag_image(&ImageRef::new("nginx").unwrap(), &tag).await.unwrap();
            let name = VolumeName::new(format!("v{number}")).unwrap();
            let spec = VolumeSpec { name, driver: None, options: [].into(), labels: [].into() };
            engine.create_volume(&spec).await.unwrap();
        }
    }
    let whole = bed.haven.call(ListImages::default()).await.unwrap();
    let (mut cursor, mut images) = (None, Vec::new());
    loop {
        let page = bed.haven.call(ListImages { limit: Some(1), cursor, ..ListImages::default() }).await.unwrap();
        assert!(page.items.len() <= 1);
        images.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(images, whole.items);
    let (mut cursor, mut volumes) = (None, Vec::new());
    loop {
        let page = bed.haven.call(ListVolumes { limit: Some(3), cursor, ..ListVolumes::default() }).await.unwrap();
        volumes.extend(page.items.into_iter().map(|at| format!("{}/{}", at.node, at.item.name)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let wanted: Vec<String> =
        ["a", "b"].iter().flat_map(|node| (0..5).map(move |number| format!("{node}/v{number}"))).collect();
    assert_eq!(volumes, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_fleet_writes_nothing() {
    let settings = NodeSettings {
        relist: Some(Duration::from_millis(200)),
        sample: Some(Duration::from_millis(200)),
        unknown_after: Duration::from_secs(2),
        ..NodeSettings::default()
    };
    let bed = bed(settings).await;
    let engine = bed.add("a").await;
    for _ in 0..50 {
        let id = engine.create_container(None, &spec()).await.unwrap();
        engine.start_container(&id.into()).await.unwrap();
    }
    eventually("settled", || async { !bed.haven.containers().list().await.unwrap().stale }).await;
    let services = bed.haven.services().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    services.journal.flush().await;
    let before = services.store.status().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(services.store.status().await.unwrap(), before);
    let top = bed.haven.top().containers(haven_core::model::metrics::TopBy::Cpu).await.unwrap();
    assert_eq!(top.items.len(), 50, "and yet it is sampled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_comes_to_mean_another_image_is_seen_in_the_next_list() {
    let bed = bed(quiet()).await;
    let engine = bed.add("a").await;
    engine.create_container(None, &spec()).await.unwrap();
    eventually("listed", || async { bed.seen("a").await.0.len() == 1 }).await;
    let (from, to) = (ImageRef::new("busybox").unwrap(), ImageRef::new("nginx").unwrap());
    engine.tag_image(&from, &to).await.unwrap();
    eventually("as the engine lists it", || async {
        let (seen, stale) = bed.seen("a").await;
        !stale && stripped(seen) == stripped(engine.containers(&ContainerFilter::default()).await.unwrap())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_uses_most_is_known_soon_and_not_after_a_period() {
    let bed = bed(NodeSettings { sample: Some(Duration::from_secs(3600)), ..quiet() }).await;
    bed.add("a").await;
    bed.haven.containers().run(&node("a"), "web", spec()).await.unwrap();
    eventually("CPU, which takes two samples", || async {
        let top = bed.haven.top().containers(TopBy::Cpu).await.unwrap();
        top.items.iter().any(|at| at.item.name == "web" && at.item.stats.cpu_percent.is_some())
    })
    .await;
}
