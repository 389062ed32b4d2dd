//! Many tasks on many nodes, by chance: the scheduler against one that looks at everything anew.

use std::{collections::BTreeMap, sync::Arc};

use haven_model::{
    Availability, Container, ContainerName, ContainerSpec, ContainerState, EngineInfo, ImageRef, Strategy as Chosen,
    placement::{Requirements, Strength},
};
use proptest::{
    prelude::*,
    sample::{Index, select},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    super::{NodeView, Scheduler, Settings, Task},
    container, info,
    naive::{Ask, Naive},
    port, view,
};

const IMAGES: &[&str] = &["nginx", "nginx:1", "redis:7", "registry:5000/team/web:2"];
const NAMES: &[&str] = &["db", "web-1", "web-2", "mq"];
const CONSTRAINTS: &[&str] = &[
    "zone==a",
    "zone!=b",
    "zone==~b",
    "disk==ssd*",
    "disk!=~/^s/",
    "node!=n1",
    "node==/n[0-5]/",
    "node==~n2",
    "zone==/a|c/",
    "nothing!=x",
];
const AFFINITIES: &[&str] = &[
    "container==web-*",
    "container!=db",
    "container==~mq",
    "image==nginx",
    "image!=redis:7",
    "image!=~/web/",
    "tier==front",
    "tier!=back",
    "tier==~back",
    "container!=~/^web-[0-9]$/",
];

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    let tier = prop::option::of(select(&["front", "back"][..]));
    let application = prop::option::weighted(0.3, Just("shop"));
    let group = prop::option::weighted(0.3, select(&["shop", "web-1"][..]));
    (tier, application, group).prop_map(|(tier, application, group)| {
        let pairs = [("tier", tier), ("haven.application", application), ("haven.group", group)];
        pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect()
    })
}

fn containers() -> impl Strategy<Value = Container> {
    use ContainerState::{Created, Exited, Paused, Running};
    let state = select(&[Running, Running, Created, Exited, Paused][..]);
    let reserved = (prop::option::of(0..3_u64), prop::option::of(0..3_u64));
    (select(NAMES), select(IMAGES), state, labels(), prop::option::weighted(0.3, 80..83_u16), reserved).prop_map(
        |(name, image, state, mut labels, host, (memory, cpus))| {
            labels.extend(memory.map(|gigabytes| ("haven.memory".to_owned(), (gigabytes << 29).to_string())));
            labels.extend(cpus.map(|halves| ("haven.cpus".to_owned(), (halves * 500_000_000).to_string())));
            let ports = host.map(|host| port(host, None)).into_iter().collect();
            Container { labels, ports, ..container(name, image, state) }
        },
    )
}

fn nodes() -> impl Strategy<Value = Vec<NodeView>> {
    let availability = prop_oneof![
        8 => Just(Availability::Active),
        1 => Just(Availability::Pause),
        1 => Just(Availability::Drain),
    ];
    let zone = prop::option::of(select(&["a", "b", "c"][..]));
    let disk = prop::option::of(select(&["ssd", "ssd2", "hdd"][..]));
    let size = (1..5_u32, 1..5_u64);
    let one = (prop::bool::weighted(0.9), availability, zone, disk, size, prop::collection::vec(containers(), 0..5));
    prop::collection::vec(one, 1..9).prop_map(|nodes| {
        let made = nodes.into_iter().enumerate().map(|(number, it)| {
            let (is_online, availability, zone, disk, (cpus, gigabytes), containers) = it;
            let pairs = [("zone", zone), ("disk", disk)];
            let labels =
                pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect();
            let info = Some(Arc::new(EngineInfo { cpus, memory: gigabytes << 30, ..info() }));
            NodeView { is_online, availability, labels, info, ..view(&format!("n{number}"), containers) }
        });
        made.collect()
    })
}

fn asks() -> impl Strategy<Value = Ask> {
    let strategies = &[Chosen::Spread, Chosen::Spread, Chosen::Binpack, Chosen::Random][..];
    let requirements = (
        prop::collection::vec(select(CONSTRAINTS), 0..3),
        prop::collection::vec(select(AFFINITIES), 0..3),
        prop::option::of(select(strategies)),
        prop::option::weighted(0.2, 1..4_u32),
    );
    let takes = (prop::option::weighted(0.2, 80..83_u16), prop::option::of(1..4_u64), prop::option::of(1..4_u64));
    let settings = (select(strategies), prop::option::weighted(0.2, 1..4_u32));
    (select(IMAGES), labels(), takes, requirements, settings).prop_map(
        |(image, labels, (host, memory, cpus), (constraints, affinities, strategy, most), settings)| {
            let mut requirements = Requirements { strategy, max_count_of_instances: most, ..Requirements::default() };
            for text in constraints {
                requirements.add_entry(&format!("constraint:{text}")).unwrap();
            }
            for text in affinities {
                requirements.add_entry(&format!("affinity:{text}")).unwrap();
            }
            let spec = ContainerSpec {
                labels,
                ports: host.map(|host| port(host, None)).into_iter().collect(),
                memory: memory.map(|memory| memory << 27),
                nano_cpus: cpus.map(|cpus| cpus * 100_000_000),
                ..ContainerSpec::new(ImageRef::new(image).unwrap())
            };
            let settings = Settings { strategy: settings.0, max_count_of_instances: settings.1 };
            Ask { name: None, spec, requirements, settings }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: haven_testkit::run::count(256, 10_000), ..ProptestConfig::default() })]

    #[test]
    fn many_are_placed_as_if_each_were_alone(
        nodes in nodes(),
        kinds in prop::collection::vec(asks(), 1..5),
        order in prop::collection::vec((any::<Index>(), prop::option::weighted(0.3, select(NAMES))), 1..60),
        seed in any::<u64>(),
        most in prop_oneof![Just(usize::MAX), 1..40_usize],
    ) {
        let mut naive = Naive::new(nodes.clone());
        let mut chance = StdRng::seed_from_u64(seed);
        let mut scheduler = Scheduler::new(nodes, seed);
        scheduler.classes.most = most;
        for (kind, name) in order {
            let ask = Ask { name: name.map(str::to_owned), ..kind.get(&kinds).clone() };
            let name = name.map(|name| ContainerName::new(name).unwrap());
            let task = Task::new(name, &ask.spec, &ask.requirements, &ask.settings).unwrap();
            let expected = naive.place(&ask, &mut chance);
            let placement = scheduler.place(&task);
            let chosen = expected.map(|node| naive.views[node].name.clone());
            prop_assert_eq!(&placement.node, &chosen, "{}", placement.reason);

            let can = (0..naive.views.len()).filter(|node| naive.fits(&ask, *node).is_some()).count();
            let Some(node) = expected else {
                prop_assert_eq!(can, 0);
                prop_assert_eq!(scheduler.explain(&task).refused.len(), naive.views.len());
                let counted: u64 = placement.counts.iter().map(|tally| tally.nodes).sum();
                prop_assert_eq!(counted, naive.views.len() as u64);
                continue;
            };
            for constraint in ask.requirements.constraints.iter().filter(|it| it.strength() == Strength::Hard) {
                prop_assert!(naive.holds(constraint, node), "{} does not hold", constraint);
            }
            if ask.requirements.strategy.unwrap_or(ask.settings.strategy) != Chosen::Random {
                let explained = scheduler.explain(&task);
                prop_assert_eq!(&explained.node, &chosen);
                prop_assert_eq!(explained.refused.len(), naive.views.len() - can);
            }
            scheduler.commit(&chosen.unwrap(), &task).unwrap();
            naive.commit(node, &ask);
        }
    }

    #[test]
    fn the_same_seed_chooses_the_same(nodes in nodes(), ask in asks(), seed in any::<u64>(), count in 1..30_usize) {
        let run = || {
            let mut scheduler = Scheduler::new(nodes.clone(), seed);
            let task = Task::new(None, &ask.spec, &ask.requirements, &ask.settings).unwrap();
            let mut chosen = Vec::new();
            for _ in 0..count {
                let placement = scheduler.place(&task);
                if let Some(node) = &placement.node {
                    scheduler.commit(node, &task).unwrap();
                }
                chosen.push(placement);
            }
            chosen
        };
        prop_assert_eq!(run(), run());
    }
}
