//! What is kept is what was told, and what is found is what a look at all would find.

use std::collections::BTreeMap;

use haven_model::{ContainerState::*, Health, Port, spec::Protocol};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};

use super::{pool::Pool, *};

fn id(number: u8) -> ContainerId {
    ContainerId::new(format!("{number:02x}").repeat(32)).unwrap()
}

/// A container of which nothing is said but its id.
fn plain(number: u8) -> Container {
    Container {
        id: id(number),
        name: format!("c{number}"),
        image: "nginx".to_owned(),
        image_id: String::new(),
        command: String::new(),
        created: Timestamp::UNIX_EPOCH,
        state: Running,
        health: None,
        status: String::new(),
        ports: vec![],
        labels: [].into(),
        networks: [].into(),
        mounts: vec![],
        truncated: false,
    }
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn inventory() -> Inventory {
    Inventory::new(Arc::default())
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

prop_compose! {
    fn any_port()(container: u16, host: Option<u16>, v4 in option::of(any::<[u8; 4]>()), udp: bool) -> Port {
        let protocol = if udp { Protocol::Udp } else { Protocol::Tcp };
        Port { container, host, address: v4.map(std::net::IpAddr::from), protocol }
    }
}

fn any_mount() -> impl Strategy<Value = haven_model::Mount> {
    let kind = select(vec!["bind", "volume", "tmpfs"]);
    (kind, ".{0,20}", ".{0,20}", any::<bool>()).prop_map(|(kind, source, target, read_only)| {
        let mount = serde_json::json!({ "type": kind, "source": source, "target": target, "read_only": read_only });
        serde_json::from_value(mount).unwrap()
    })
}

prop_compose! {
    /// Of few words, so that much is shared and much collides.
    fn any_container()(
        number in 0..24_u8,
        name in select(vec!["web", "db", "web-1", "", "ñandú"]),
        image in select(vec![
            "nginx", "nginx:1", "nginx:1.2", "registry:5000/team/web:1", "web@sha256:0", "No Image", "",
            "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ]),
        image_id in select(vec!["sha256:aaaaaaaaaaaaaaaa", "sha256:aaaaaaaaaaaabbbb", "sha256:cafe", "", "ä".repeat(9).leak()]),
        command in ".{0,30}",
        seconds in -1_000_000_000_000_i64 / 100..100_000_000_000,
        nanos in 0..1_000_000_000,
        state in select(vec![Created, Running, Paused, Restarting, Removing, Exited, Dead]),
        health in option::of(select(vec![Health::Starting, Health::Healthy, Health::Unhealthy])),
        status in ".{0,12}",
        ports in vec(any_port(), 0..3),
        labels in btree_map(
            select(vec!["app", "app=", "tier", APPLICATION, COMPOSE_PROJECT, "haven.memory", "haven.cpus", ""]),
            select(vec!["shop", "blog", "", "=", "1024", "99999999999999999999999"]),
            0..5,
        ),
        networks in btree_map("[a-c]{0,2}", "[0-9.]{0,9}", 0..3),
        mounts in vec(any_mount(), 0..3),
    ) -> Container {
        Container {
            id: id(number),
            name: name.to_owned(),
            image: image.to_owned(),
            image_id: image_id.to_owned(),
            command,
            created: Timestamp::new(seconds, nanos).unwrap(),
            state,
            health,
            status,
            ports,
            labels: labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            networks,
            mounts,
            truncated: false,
        }
    }
}

prop_compose! {
    fn any_filter()(
        id in vec(select(vec!["0", "01", "0101010101010101", "zz", ""]), 0..2),
        name in vec(select(vec!["web", "/db", "ñ"]), 0..2),
        image in vec(select(vec![
            "nginx", "nginx:1", "nginx:latest", "registry:5000/team/web", "web", "sha256:aaaaaaaaaaaaaaaa", "aaaaaaaaaaaa",
            "cafe", "No Image", "", "ääääääääääää", "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ]), 0..3),
        label in vec(select(vec!["app", "app=shop", "app=", "app==", "tier", "tier=blog", "none", "none=", "", "="]), 0..3),
        state in vec(select(vec![Running, Exited]), 0..2),
    ) -> ContainerFilter {
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        ContainerFilter { id: owned(id), name: owned(name), image: owned(image), label: owned(label), state }
    }
}

/// Something that the supervisor does to an inventory.
#[derive(Clone, Debug)]
enum Step {
    Replace(Vec<Container>),
    Merge(Vec<u8>, Vec<Container>),
    Recall(Vec<Container>),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        vec(any_container(), 0..20).prop_map(Step::Replace),
        (vec(0..24_u8, 0..6), vec(any_container(), 0..6)).prop_map(|(asked, found)| Step::Merge(asked, found)),
        vec(any_container(), 0..20).prop_map(|containers| {
            Step::Recall(
                containers
                    .into_iter()
                    .map(|container| (container.id.clone(), container))
                    .collect::<BTreeMap<_, _>>()
                    .into_values()
                    .collect(),
            )
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_kept_is_what_was_told(container in any_container()) {
        let inventory = inventory();
        inventory.replace(vec![container.clone()], NOW);
        let reading = inventory.read();
        prop_assert_eq!(&reading.containers()[0].container(), &container);
        prop_assert!(reading.containers()[0].is_same_but_status(&container));
        prop_assert!(inventory.replace(vec![container], NOW).ids.is_empty(), "told again, it has not changed");
    }

    #[test]
    fn any_other_container_is_not_the_same(one in any_container(), other in any_container()) {
        let (inventory, other) = (inventory(), Container { id: one.id.clone(), ..other });
        inventory.replace(vec![one.clone()], NOW);
        let is_same = inventory.read().containers()[0].is_same_but_status(&other);
        prop_assert_eq!(is_same, Container { status: String::new(), ..one } == Container { status: String::new(), ..other });
    }

    #[test]
    fn what_is_found_is_what_a_look_at_all_finds(
        steps in vec((any_step(), vec(any_filter(), 1..4)), 1..8)
    ) {
        let pool: Arc<Pool> = Arc::default();
        let inventory = Inventory::new(pool.clone());
        let mut model: BTreeMap<ContainerId, Container> = BTreeMap::new();
        for (step, filters) in steps {
            match step {
                Step::Replace(containers) => {
                    model.clear();
                    for container in &containers {
                        model.entry(container.id.clone()).or_insert_with(|| container.clone());
                    }
                    inventory.replace(containers, NOW);
                }
                Step::Merge(asked, found) => {
                    let asked: HashSet<ContainerId> = asked.into_iter().map(id).collect();
                    model.retain(|id, _| !asked.contains(id));
                    for container in found.iter().filter(|container| asked.contains(&container.id)) {
                        model.entry(container.id.clone()).or_insert_with(|| container.clone());
                    }
                    inventory.merge(&asked, found, NOW);
                }
                Step::Recall(containers) => {
                    model = containers.iter().map(|container| (container.id.clone(), container.clone())).collect();
                    inventory.recall(containers, None);
                }
            }
            let mut all: Vec<&Container> = model.values().collect();
            all.sort_by_key(|container| (&container.name, &container.id));
            let reading = inventory.read();
            let shown = |found: &mut dyn Iterator<Item = &Summary>| found.map(Summary::container).collect::<Vec<_>>();
            prop_assert_eq!(shown(&mut reading.containers().iter()), all.iter().map(|all| (*all).clone()).collect::<Vec<_>>());
            for filter in filters {
                let wanted: Vec<Container> = all.iter().filter(|all| filter.matches(**all)).map(|all| (*all).clone()).collect();
                prop_assert_eq!(shown(&mut reading.select(&filter)), wanted, "{:?}", filter);
            }
            let belongs = |all: &&&Container| all.labels.get(APPLICATION).or_else(|| all.labels.get(COMPOSE_PROJECT)).is_some_and(|name| name == "shop");
            let wanted: Vec<Container> = all.iter().filter(belongs).map(|all| (*all).clone()).collect();
            prop_assert_eq!(shown(&mut reading.application("shop")), wanted);
            let running = all.iter().filter(|all| all.is_running()).count() as u64;
            prop_assert_eq!(reading.count(), Count { on: running, total: all.len() as u64 });
            for number in 0..24 {
                let id = id(number);
                prop_assert_eq!(reading.get(&id).map(Summary::container), model.get(&id).cloned());
            }
        }
        drop(inventory);
        prop_assert_eq!(pool.texts(), 0, "of a node that is gone nothing is kept");
    }
}

#[test]
fn texts_that_no_container_has_any_more_are_freed_while_the_node_stays() {
    let pool: Arc<Pool> = Arc::default();
    let inventory = Inventory::new(pool.clone());
    for round in 0..200 {
        let named = (0..50).map(|number| Container {
            labels: labels(&[("build", &format!("{round}-{number}")), ("app", "shop")]),
            ..plain(number)
        });
        inventory.replace(named.collect(), NOW);
        assert!(pool.texts() < 50 * 3 + 10, "{} texts in round {round}", pool.texts());
    }
    inventory.replace(vec![], NOW);
    assert_eq!(pool.texts(), 0);
}

#[test]
fn an_index_stays_while_only_states_change() {
    let inventory = inventory();
    let app = ContainerFilter { label: vec!["app".to_owned()], ..ContainerFilter::default() };
    let shop = || Container { labels: labels(&[("app", "shop")]), ..plain(1) };
    inventory.replace(vec![shop(), plain(2)], NOW);
    let before = inventory.read();
    assert_eq!(before.select(&app).count(), 1);
    inventory.replace(vec![Container { state: Exited, status: "Exited (0)".to_owned(), ..shop() }, plain(2)], NOW);
    let after = inventory.read();
    assert!(Arc::ptr_eq(&before.snapshot.index, &after.snapshot.index));
    assert_eq!(after.select(&app).next().unwrap().state(), Exited, "and leads to what is there now");
    inventory.replace(vec![shop(), shop().renumbered(2)], NOW);
    assert_eq!(inventory.read().select(&app).count(), 2);
    assert_eq!(before.select(&app).count(), 1, "who reads an earlier snapshot reads that");
}

trait Renumbered {
    fn renumbered(self, number: u8) -> Self;
}

impl Renumbered for Container {
    fn renumbered(self, number: u8) -> Self {
        Self { id: id(number), ..self }
    }
}

#[test]
fn of_a_container_with_too_many_labels_the_longest_are_left_out_and_it_says_so() {
    let inventory = inventory();
    let mut long = plain(1);
    long.labels = labels(&[("app", "shop"), ("metadata", &"m".repeat(20_000)), ("rule", &"r".repeat(9_000))]);
    inventory.replace(vec![long.clone()], NOW);
    let kept = inventory.read().containers()[0].container();
    assert!(kept.truncated);
    assert_eq!(kept.labels.keys().collect::<Vec<_>>(), ["app", "rule"]);
    assert!(inventory.replace(vec![long.clone()], NOW).ids.is_empty(), "what is left out of it again is no change");

    long.labels = (0..100_000).map(|number| (format!("l{number}"), String::new())).collect();
    long.command = "ä".repeat(100_000);
    inventory.replace(vec![long], NOW);
    let kept = inventory.read().containers()[0].container();
    assert!(kept.truncated && kept.command.ends_with('…') && !kept.labels.is_empty());
    let bytes: usize = kept.labels.keys().map(String::len).sum::<usize>() + kept.command.len();
    assert!(bytes < 16 * 1024, "{bytes}");

    let short = Container { labels: labels(&[("app", &"s".repeat(15_000))]), ..plain(1) };
    inventory.replace(vec![short.clone()], NOW);
    assert_eq!(inventory.read().containers()[0].container(), short);
}

#[test]
fn what_is_reserved_is_that_of_all_that_have_not_ended() {
    let inventory = inventory();
    let needs = |number, state, memory: &str, cpus: &str| Container {
        state,
        labels: labels(&[("haven.memory", memory), ("haven.cpus", cpus)]),
        ..plain(number)
    };
    inventory.replace(
        vec![
            needs(1, Running, "1024", "500000000"),
            needs(2, Created, "1", "lots"),
            needs(3, Exited, "4096", "1"),
            plain(4),
        ],
        NOW,
    );
    assert_eq!(inventory.read().reserved(), Reserved { memory: 1025, nano_cpus: 500_000_000 });
    let ended = needs(1, Exited, "1024", "500000000");
    inventory.merge(&HashSet::from([id(1)]), vec![ended], NOW);
    assert_eq!(inventory.read().reserved(), Reserved { memory: 1, nano_cpus: 0 });
    inventory.replace(vec![needs(1, Running, &u64::MAX.to_string(), "0"), needs(2, Running, "7", "0")], NOW);
    assert_eq!(inventory.read().reserved().memory, u64::MAX, "nonsense is no overflow");
}

#[test]
fn more_containers_than_an_index_has_are_looked_at_one_by_one() {
    let inventory = inventory();
    let many = (0..=Index::MOST).map(|number| Container {
        id: ContainerId::new(format!("{number:064x}")).unwrap(),
        labels: labels(&[("number", &number.to_string())]),
        ..plain(0)
    });
    inventory.replace(many.collect(), NOW);
    let last = ContainerFilter { label: vec![format!("number={}", Index::MOST)], ..ContainerFilter::default() };
    let reading = inventory.read();
    assert_eq!(reading.select(&last).map(Summary::id).collect::<Vec<_>>().len(), 1);
    assert!(reading.snapshot.index.get().is_none());
}
