//! Placement by example, rule by rule.
//!
//! And against a slow scheduler that looks at everything anew for each task.

mod naive;
mod random;

use std::{collections::BTreeMap, sync::Arc};

use haven_model::{
    Availability, Container, ContainerId, ContainerName, ContainerSpec, ContainerState, EngineInfo, ErrorKind,
    ImageRef, NodeName, Port, Strategy,
    placement::{Check, Placement, Requirements},
    spec::Protocol,
};
use jiff::Timestamp;

use super::{NodeView, Scheduler, Settings, Task};
use crate::node::Inventory;

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn container(name: &str, image: &str, state: ContainerState) -> Container {
    Container {
        id: ContainerId::new("a".repeat(64)).unwrap(),
        name: name.to_owned(),
        image: image.to_owned(),
        image_id: String::new(),
        command: String::new(),
        created: Timestamp::UNIX_EPOCH,
        state,
        health: None,
        status: String::new(),
        ports: vec![],
        labels: [].into(),
        networks: [].into(),
        mounts: vec![],
        truncated: false,
    }
}

fn running(name: &str) -> Container {
    container(name, "redis", ContainerState::Running)
}

fn info() -> EngineInfo {
    EngineInfo {
        id: "ID".into(),
        name: "machine".into(),
        version: "20.10.24".into(),
        operating_system: "Debian GNU/Linux 12".into(),
        os: "linux".into(),
        architecture: "x86_64".into(),
        kernel: "6.1.0".into(),
        cpus: 4,
        memory: 8 << 30,
        storage_driver: "overlay2".into(),
        runtime: "runc".into(),
        labels: [].into(),
        containers_running: 0,
        containers: 0,
        images: 0,
    }
}

fn view(name: &str, containers: impl IntoIterator<Item = Container>) -> NodeView {
    // Each is another one, whatever a test says of it.
    let numbered = containers
        .into_iter()
        .enumerate()
        .map(|(number, container)| Container { id: ContainerId::new(format!("{number:0>64x}")).unwrap(), ..container });
    let inventory = Inventory::new(Arc::default());
    inventory.replace(numbered.collect(), Timestamp::UNIX_EPOCH);
    NodeView {
        info: Some(Arc::new(info())),
        containers: inventory.read(),
        ..NodeView::new(NodeName::new(name).unwrap())
    }
}

fn zoned(name: &str, zone: &str) -> NodeView {
    NodeView { labels: labels(&[("zone", zone)]), ..view(name, []) }
}

fn spec() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("nginx").unwrap())
}

/// What these entries of an environment ask.
fn asked(entries: &[&str]) -> Requirements {
    let mut requirements = Requirements::default();
    for entry in entries {
        requirements.add_entry(entry).unwrap();
    }
    requirements
}

fn task(spec: &ContainerSpec, requirements: &Requirements) -> Task {
    Task::new(None, spec, requirements, &Settings::default()).unwrap()
}

fn placed(views: Vec<NodeView>, spec: &ContainerSpec, entries: &[&str]) -> Placement {
    Scheduler::new(views, 1).explain(&task(spec, &asked(entries)))
}

fn node(placement: &Placement) -> &str {
    placement.node.as_ref().map_or("none", |node| node.as_str())
}

fn port(host: u16, address: Option<&str>) -> Port {
    let address = address.map(|address| address.parse().unwrap());
    Port { container: 80, host: Some(host), address, protocol: Protocol::Tcp }
}

#[test]
fn the_node_with_the_fewest_running_containers_takes_it() {
    let ended = container("old", "redis", ContainerState::Exited);
    let views = vec![
        view("busy", [running("a"), running("b")]),
        view("littered", [running("a"), ended]),
        view("calm", [running("a")]),
    ];
    let placement = placed(views, &spec(), &[]);
    assert_eq!(node(&placement), "calm");
    assert_eq!(placement.reason, "1 run there, the least of 3 nodes that can take it");
    assert_eq!(placed(vec![], &spec(), &[]).reason, "no node: there are none");
}

#[test]
fn replicas_are_spread_before_the_load_is() {
    let replica = |name| container(name, "nginx:1.27", ContainerState::Running);
    let views = || vec![view("a", [replica("web-1")]), view("b", [running("x"), running("y")])];
    let placement = placed(views(), &spec(), &[]);
    assert_eq!(node(&placement), "b");
    assert_eq!(placement.reason, "it has 0 of the replicas, 2 run there, the least of 2 nodes that can take it");
    // The same image for another application is no replica.
    let shop = ContainerSpec { labels: labels(&[("haven.application", "shop")]), ..spec() };
    assert_eq!(node(&placed(views(), &shop, &[])), "a");
}

#[test]
fn only_those_of_its_group_are_replicas_of_a_container() {
    let unrelated = |number: usize| {
        let group = if number.is_multiple_of(2) { vec![("haven.group", "other")] } else { vec![] };
        let image = container(&format!("x-{number}"), "nginx", ContainerState::Running);
        Container { labels: labels(&group), ..image }
    };
    let views = vec![view("a", (0..30).map(unrelated)), view("b", (0..7).map(unrelated)), view("c", [])];
    let mut scheduler = Scheduler::new(views, 1);
    let grouped = |image| {
        let spec = ContainerSpec::new(ImageRef::new(image).unwrap());
        task(&ContainerSpec { labels: labels(&[("haven.group", "web")]), ..spec }, &Requirements::default())
    };
    // They stay replicas when some are made from another image.
    for (image, expected) in [("nginx", "c"), ("nginx", "b"), ("nginx", "a"), ("httpd", "c"), ("nginx", "b")] {
        let placement = scheduler.place(&grouped(image));
        assert_eq!(node(&placement), expected, "{}", placement.reason);
        scheduler.commit(&placement.chosen().unwrap(), &grouped(image)).unwrap();
    }
    let reason = scheduler.place(&grouped("nginx")).reason;
    assert_eq!(reason, "it has 1 of the replicas, 31 run there, the least of the nodes that can take it");
}

#[test]
fn what_is_reserved_weighs_more_than_what_runs() {
    let large = Container { labels: labels(&[("haven.memory", "6442450944")]), ..running("large") };
    let views = || vec![view("a", [large.clone()]), view("b", [running("x"), running("y")])];
    let gigabyte = ContainerSpec { memory: Some(1 << 30), ..spec() };
    let placement = placed(views(), &gigabyte, &[]);
    assert_eq!(node(&placement), "b");
    assert_eq!(
        placement.reason,
        "12% of its memory would be reserved, 2 run there, the least of 2 nodes that can take it"
    );
    assert_eq!(node(&placed(views(), &spec(), &[])), "a");
    let packed = Requirements { strategy: Some(Strategy::Binpack), ..Requirements::default() };
    let placement = Scheduler::new(views(), 1).explain(&task(&gigabyte, &packed));
    assert_eq!(node(&placement), "a");
    assert_eq!(
        placement.reason,
        "87% of its memory would be reserved, 1 run there, the most of 2 nodes that can take it"
    );
    let both = ContainerSpec { nano_cpus: Some(1_000_000_000), ..gigabyte.clone() };
    let reason = placed(views(), &both, &[]).reason;
    assert!(reason.starts_with("18% of its memory and CPU would be reserved, "), "{reason}");
    let unknown = NodeView { info: None, ..view("a", []) };
    assert!(!placed(vec![unknown, view("b", [])], &both, &[]).reason.contains("reserved"));
}

#[test]
fn an_image_that_is_there_decides_between_equals() {
    let had = container("old", "nginx:latest", ContainerState::Exited);
    let other = container("old", "nginx:1", ContainerState::Exited);
    assert_eq!(node(&placed(vec![view("a", [other.clone()]), view("b", [had])], &spec(), &[])), "b");
    let pulled = NodeView { images: vec!["nginx:latest".into()], ..view("b", [other.clone()]) };
    assert_eq!(node(&placed(vec![view("a", [other]), pulled], &spec(), &[])), "b");
}

#[test]
fn each_node_that_cannot_says_why_and_the_reasons_are_counted() {
    let web = || Container { ports: vec![port(80, None)], ..running("web") };
    let lost = NodeView { is_online: false, ..view("lost", []) };
    let paused = NodeView { availability: Availability::Pause, ..view("paused", []) };
    let drained = NodeView { availability: Availability::Drain, ..view("drained", []) };
    let full = Container { labels: labels(&[("haven.memory", "8589934592")]), ..running("full") };
    let busy = Container { labels: labels(&[("haven.cpus", "3500000000")]), ..running("busy") };
    let views = vec![
        lost,
        paused,
        drained,
        zoned("elsewhere", "b"),
        zoned("far", "c"),
        view("alone", []),
        NodeView { labels: labels(&[("zone", "a")]), ..view("named", [running("new")]) },
        NodeView { labels: labels(&[("zone", "a")]), ..view("taken", [web()]) },
        NodeView { labels: labels(&[("zone", "a")]), ..view("full", [full]) },
        NodeView { labels: labels(&[("zone", "a")]), ..view("busy", [busy]) },
        NodeView { labels: labels(&[("zone", "a")]), ..view("with-db", [running("db-1")]) },
        NodeView {
            labels: labels(&[("zone", "a")]),
            ..view("many", ["x", "y"].map(|name| container(name, "nginx:1", ContainerState::Created)))
        },
    ];
    let wanted = ContainerSpec {
        memory: Some(1 << 30),
        nano_cpus: Some(1_000_000_000),
        ports: vec![port(80, Some("10.0.0.1"))],
        ..spec()
    };
    let requirements = asked(&["constraint:zone==a", "affinity:container!=db-*", "constraint:zone!=~x"]);
    let settings = Settings { max_count_of_instances: Some(2), ..Settings::default() };
    let task = Task::new(Some(ContainerName::new("new").unwrap()), &wanted, &requirements, &settings).unwrap();
    let brief = Scheduler::new(views.clone(), 1).place(&task);
    let placement = Scheduler::new(views, 1).explain(&task);
    assert_eq!((&brief.reason, &brief.counts), (&placement.reason, &placement.counts));
    assert_eq!((brief.refused.len(), placement.refused.len()), (9, 12));
    assert_eq!(
        placement.reason,
        "no node: contact refused 1 (no contact with `lost`), \
         availability refused 2 (`drained` takes no new containers: it is set to drain), \
         zone==a refused 3 (`alone` has no `zone`), \
         affinity:container!=db-* refused 1 (`db-1` is on `with-db`), \
         instances refused 1 (`many` has 2 containers of `nginx`, of at most 2), \
         name refused 1 (`named` has a container `new`), \
         port refused 1 (port 80 of `taken` is that of `web`), \
         memory refused 1 (`full` has 0 bytes of 8.0 GiB of memory left, not 1.0 GiB), \
         cpu refused 1 (`busy` has 0.5 of 4 cores left, not 1)"
    );
    assert_eq!(placement.counts[2].nodes, 3);
    let told: BTreeMap<&str, &str> =
        placement.refused.iter().map(|refusal| (refusal.node.as_str(), refusal.reason.as_str())).collect();
    assert_eq!(told["lost"], "no contact with `lost`");
    assert_eq!(told["drained"], "`drained` takes no new containers: it is set to drain");
    assert_eq!(told["far"], "`zone==a` does not hold: `zone` of `far` is `c`");
    assert_eq!(told["alone"], "`zone==a` does not hold: `alone` has no `zone`");
    assert_eq!(told["with-db"], "`affinity:container!=db-*` does not hold: `db-1` is on `with-db`");
    assert_eq!(told["many"], "`many` has 2 containers of `nginx`, of at most 2");
    assert_eq!(told["named"], "`named` has a container `new`");
    assert_eq!(told["taken"], "port 80 of `taken` is that of `web`");
    assert_eq!(told["full"], "`full` has 0 bytes of 8.0 GiB of memory left, not 1.0 GiB");
    assert_eq!(told["busy"], "`busy` has 0.5 of 4 cores left, not 1");
    let error = placement.clone().chosen().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Conflict, &*placement.reason));
}

#[test]
fn of_two_constraints_the_first_is_explained_and_what_is_long_is_cut() {
    let views = || vec![zoned("a", "x"), zoned("b", "y")];
    let placement = placed(views(), &spec(), &["constraint:zone!=x", "constraint:zone!=y"]);
    assert_eq!(placement.reason, "no node: zone!=x refused 1 (`zone` of `a` is `x`), zone!=y refused 1");
    let reason = placed(vec![zoned("a", &"x".repeat(999))], &spec(), &["constraint:zone==y"]).reason;
    assert!(reason.ends_with("xx…)") && reason.len() < 200, "{reason}");
}

#[test]
fn memory_that_is_almost_enough_is_told_in_bytes() {
    let almost = ContainerSpec { memory: Some((8 << 30) + 1), ..spec() };
    assert_eq!(
        placed(vec![view("a", [])], &almost, &[]).reason,
        "no node: memory refused 1 (`a` has 8589934592 bytes of 8.0 GiB of memory left, not 8589934593 bytes)"
    );
    let far = ContainerSpec { memory: Some(100 << 40), ..spec() };
    let reason = placed(vec![view("a", [])], &far, &[]).reason;
    assert_eq!(reason, "no node: memory refused 1 (`a` has 8.0 GiB of 8.0 GiB of memory left, not 100 TiB)");
}

#[test]
fn what_looks_like_a_pattern_and_is_none_is_told() {
    let hint = "besides `*` only a `/regular expression/` is a pattern";
    let refused = |entry: &str| placed(vec![view("web-1", [running("db-1")])], &spec(), &[entry]).reason;
    assert_eq!(
        refused("constraint:node==web-[123]"),
        format!("no node: node==web-[123] refused 1 (the node is `web-1`; {hint})")
    );
    assert!(refused("affinity:container==db-?").contains(hint));
    for plain in ["constraint:node==web-2*", "constraint:node==/^web-[23]/", "affinity:container!=db*"] {
        let reason = refused(plain);
        assert!(reason.starts_with("no node: ") && !reason.contains(hint), "{reason}");
    }
}

#[test]
fn ports_collide_on_one_address_and_only_while_their_container_runs() {
    let on = |state, address| {
        vec![view("a", [Container { ports: vec![port(80, address)], ..container("web", "redis", state) }])]
    };
    let fits = |views, port| placed(views, &ContainerSpec { ports: vec![port], ..spec() }, &[]).node.is_some();
    assert!(!fits(on(ContainerState::Running, Some("0.0.0.0")), port(80, Some("10.0.0.1"))));
    assert!(!fits(on(ContainerState::Paused, None), port(80, None)));
    assert!(fits(on(ContainerState::Running, Some("10.0.0.2")), port(80, Some("10.0.0.1"))));
    assert!(fits(on(ContainerState::Running, None), port(81, None)));
    assert!(fits(on(ContainerState::Running, None), Port { protocol: Protocol::Udp, ..port(80, None) }));
    assert!(fits(on(ContainerState::Exited, None), port(80, None)));
}

#[test]
fn constraints_look_at_names_labels_and_engines() {
    let fits = |entry: &str| {
        let it = NodeView { labels: labels(&[("zone", "a"), ("com.x/y", "z")]), ..view("web-1", []) };
        placed(vec![it], &spec(), &[&format!("constraint:{entry}")]).node.is_some()
    };
    for yes in [
        "node==web-1",
        "node==web-*",
        "node!=/web-[2-9]/",
        "zone==a",
        "zone!=b",
        "com.x/y==z",
        "operatingsystem==Debian*",
        "ostype==linux",
        "kernelversion==6.1*",
        "architecture==x86_64",
        "architecture==amd64",
        "storagedriver!=sim",
        "executiondriver==runc",
        "nothing!=x",
        "zone==~b",
    ] {
        assert!(fits(yes), "{yes}");
    }
    for no in ["node==web-2", "zone!=a", "architecture==arm64", "architecture!=amd64", "nothing==x", "ostype!=linux"] {
        assert!(!fits(no), "{no}");
    }
}

#[test]
fn affinities_look_at_containers_images_and_labels() {
    let labelled = Container { labels: labels(&[("tier", "front")]), ..running("db-1") };
    let ended = Container { labels: labels(&[("tier", "back")]), ..container("old", "mq:3", ContainerState::Exited) };
    let fits = |entry: &str| {
        let it = NodeView { images: vec!["pulled:2".into()], ..view("a", [labelled.clone(), ended.clone()]) };
        placed(vec![it], &spec(), &[&format!("affinity:{entry}")]).node.is_some()
    };
    let by_id = format!("container=={}", "0".repeat(64));
    for yes in [
        "container==db-1",
        "container==/^db-/",
        &by_id,
        "container!=old",
        "image==redis",
        "image==redis:latest",
        "image==mq",
        "image==pulled",
        "tier==front",
        "tier!=back",
        "nothing!=x",
        "container==~nobody",
    ] {
        assert!(fits(yes), "{yes}");
    }
    for no in ["container==old", "container!=db*", "image==redis:7", "image!=mq:3", "tier==back", "tier!=front"] {
        assert!(!fits(no), "{no}");
    }
}

#[test]
fn a_container_goes_where_those_are_that_it_uses() {
    let with = |name: &str| view("b", [running(name)]);
    let fits = |spec: ContainerSpec, name| node(&placed(vec![view("a", []), with(name)], &spec, &[])) == "b";
    let id = "0".repeat(64);
    for (spec, name) in [
        (ContainerSpec { volumes_from: vec!["data:ro".into()], ..spec() }, "data"),
        (ContainerSpec { links: vec!["/db:db".into()], ..spec() }, "db"),
        (ContainerSpec { network: Some("container:proxy".parse().unwrap()), ..spec() }, "proxy"),
        (ContainerSpec { pid_mode: Some(format!("container:{}", &id[..12])), ..spec() }, "any"),
        (ContainerSpec { ipc_mode: Some(format!("container:{id}")), ..spec() }, "any"),
    ] {
        assert!(fits(spec.clone(), name), "{spec:?}");
        assert_eq!(node(&placed(vec![view("a", [])], &spec, &[])), "none");
    }
    let host = ContainerSpec { pid_mode: Some("host".into()), ipc_mode: Some("shareable".into()), ..spec() };
    assert_eq!(node(&placed(vec![view("a", [])], &host, &[])), "a");
}

#[test]
fn what_was_placed_draws_what_comes_after() {
    let mut scheduler = Scheduler::new(vec![view("a", [running("x")]), view("b", []), view("c", [])], 1);
    let named = |name: &str, task: &Task| Task { name: Some(ContainerName::new(name).unwrap()), ..task.clone() };
    let beside = task(&spec(), &asked(&["affinity:container==db"]));
    let apart = task(&ContainerSpec { labels: labels(&[("role", "one")]), ..spec() }, &asked(&["affinity:role!=one"]));
    assert_eq!(scheduler.place(&beside).reason, "no node: affinity:container==db refused 3 (nothing on `a` is so)");
    let db = named("db", &task(&ContainerSpec::new(ImageRef::new("postgres").unwrap()), &Requirements::default()));
    assert_eq!(node(&scheduler.place(&db)), "b");
    scheduler.commit(&NodeName::new("c").unwrap(), &db).unwrap();
    assert_eq!(node(&scheduler.place(&beside)), "c");
    let mut seen = Vec::new();
    while let Some(chosen) = scheduler.place(&apart).node {
        scheduler.commit(&chosen, &apart).unwrap();
        seen.push(chosen.to_string());
    }
    assert_eq!(seen, ["b", "a", "c"]);
    assert_eq!(scheduler.place(&apart).reason, "no node: affinity:role!=one refused 3 (something on `a` is so)");
    let nowhere = scheduler.commit(&NodeName::new("nowhere").unwrap(), &db).unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::NotFound);
}

#[test]
fn wishes_are_met_as_far_as_they_can_be() {
    let views =
        || vec![zoned("a", "x"), NodeView { labels: labels(&[("ssd", "yes"), ("zone", "x")]), ..view("b", []) }];
    let entries = ["constraint:zone==~x", "constraint:ssd==~yes", "affinity:container==~nobody"];
    let placement = placed(views(), &spec(), &entries);
    assert_eq!(node(&placement), "b");
    assert_eq!(
        placement.reason,
        "0 run there, the least of 2 nodes that can take it; with `zone==~x`, `ssd==~yes`; \
         without `affinity:container==~nobody`"
    );
    let entries = ["constraint:zone!=~x", "constraint:node==b", "affinity:container!=~nobody"];
    assert_eq!(
        placed(views(), &spec(), &entries).reason,
        "it is the only node that can take it; with `affinity:container!=~nobody`; without `zone!=~x`"
    );
    assert_eq!(node(&placed(views(), &spec(), &["constraint:ssd!=~yes"])), "a");
}

#[test]
fn a_count_of_instances_is_never_exceeded() {
    let settings = Settings { max_count_of_instances: Some(2), ..Settings::default() };
    let mut scheduler = Scheduler::new(vec![view("a", []), view("b", [])], 1);
    let more = Requirements { max_count_of_instances: Some(9), ..Requirements::default() };
    let task = Task::new(None, &spec(), &more, &settings).unwrap();
    for expected in ["a", "b", "a", "b"] {
        let chosen = scheduler.place(&task).chosen().unwrap();
        assert_eq!(chosen.as_str(), expected);
        scheduler.commit(&chosen, &task).unwrap();
    }
    let placement = scheduler.place(&task);
    assert_eq!(placement.reason, "no node: instances refused 2 (`a` has 2 containers of `nginx`, of at most 2)");
    assert!(placement.refused.iter().all(|refusal| refusal.check == Check::Instances));
    // Another tag is the same image.
    let other = ContainerSpec::new(ImageRef::new("nginx:1.27").unwrap());
    let other = Task::new(None, &other, &Requirements::default(), &settings).unwrap();
    assert!(scheduler.place(&other).node.is_none());
}

#[test]
fn a_container_whose_image_has_another_name_now_counts_by_the_name_it_was_made_with() {
    let id = format!("sha256:{}", "0".repeat(64));
    let old = Container {
        labels: labels(&[("com.codeabovelab.dm.image.name", "nginx:1")]),
        ..container("old", &id, ContainerState::Running)
    };
    let settings = Settings { max_count_of_instances: Some(1), ..Settings::default() };
    let task = Task::new(None, &spec(), &Requirements::default(), &settings).unwrap();
    let counts = Scheduler::new(vec![view("a", [old])], 1).place(&task).counts;
    assert_eq!((counts.len(), counts[0].check, counts[0].nodes), (1, Check::Instances, 1));
}

#[test]
fn too_much_or_what_cannot_be_read_is_refused() {
    let wrong = |requirements: &Requirements| {
        Task::new(None, &spec(), requirements, &Settings::default()).unwrap_err().to_string()
    };
    assert!(wrong(&asked(&["constraint:zone==/(/"])).contains("`zone==/(/` is none: unclosed group, at position 1"));
    assert!(wrong(&asked(&["affinity:image==/[/"])).contains("`image==/[/` is none"));
    let none = Requirements { max_count_of_instances: Some(0), ..Requirements::default() };
    assert_eq!(wrong(&none), "`max_count_of_instances` is at least 1");
}
