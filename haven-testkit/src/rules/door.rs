//! The rules of the [`Door`](haven_core::door::Door): what holds whichever way operations go, a function a rule.
//!
//! [`door_rules!`](crate::door_rules) makes a test of each. A rule registers a simulated node of its own through the
//! door, so that it sees nothing of the others; the fleet must be able to reach simulated nodes.

use std::{any::Any, collections::BTreeMap, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt as _;
use haven_core::{
    Error, ErrorKind, Haven, Result,
    door::ops,
    engine::{Stream, Terminal},
    model::{
        Availability, Channel, ClusterName, Connection, ContainerRef, ContainerSpec, ContainerUpdate, ExecSpec,
        ImageRef, NetworkName, NetworkSpec, Node, NodeAddress, NodeName, Outcome, Output, Page, Placement, Port,
        Requirements, RestartPolicy, Secret, Severity, Strategy, TerminalSize, VolumeName, VolumeSpec,
        cluster::ClusterSpec, placement::Check, spec::Protocol, volume::PruneVolumes,
    },
};
use tokio::io::AsyncWriteExt as _;

/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A fleet behind a door.
#[derive(Debug)]
pub struct Fixture {
    /// The fleet.
    pub haven: Haven,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Fixture {
    /// A fixture on `haven`.
    pub fn new(haven: Haven) -> Self {
        Self { haven, _keep: Box::new(()) }
    }

    /// Keeps something as long as the fixture lives: a server.
    #[must_use]
    pub fn keeping(self, keep: impl Any + Send + Sync) -> Self {
        Self { _keep: Box::new(keep), ..self }
    }

    /// A simulated node of its own, online.
    async fn node(&self) -> NodeName {
        let node = name("node");
        self.haven.nodes().register(&node, NodeAddress::Sim).await.expect("a node can be registered");
        self.haven.nodes().wait_online(&node).await.expect("a simulated node comes online");
        node
    }

    /// A container that runs for long.
    async fn running(&self, node: &NodeName) -> ContainerRef {
        self.running_with(node, sleeper()).await
    }

    async fn running_with(&self, node: &NodeName, spec: ContainerSpec) -> ContainerRef {
        let id = self.haven.containers().run(node, &format!("c-{:08x}", rand::random::<u32>()), spec).await;
        (&id.expect("a container can be run")).into()
    }

    async fn exec(&self, node: &NodeName, container: &ContainerRef, command: &[&str]) -> Terminal {
        let spec = ExecSpec { command: words(command), ..ExecSpec::default() };
        self.haven.containers().exec(node, container, spec).await.expect("a program can be run in a container")
    }
}

/// Makes a test of every rule: `door_rules!(make)`, where `make` is an `async fn() -> Fixture`.
#[macro_export]
macro_rules! door_rules {
    ($make:path) => {
        $crate::door_rules! { $make:
            nodes_are_registered_changed_and_removed
            a_change_at_an_old_revision_is_a_conflict
            names_that_are_taken_are_already_exists
            what_is_not_there_is_not_found
            clusters_hold_nodes
            containers_are_run_stopped_and_removed
            a_cluster_says_which_node_takes_a_container_and_why
            a_container_goes_where_it_asks_to_be
            what_a_container_asks_of_its_node_is_kept_and_no_part_of_its_environment
            a_node_that_is_paused_or_drained_takes_nothing_new
            a_cluster_has_a_strategy_and_a_count_of_instances
            lists_are_filtered_and_paged
            nodes_and_clusters_are_filtered_and_paged
            a_container_that_ends_tells_its_exit_code
            secrets_reach_the_engine_and_show_as_stars
            images_are_named_as_they_are
            logs_come_byte_for_byte_and_by_channel
            logs_are_followed_to_the_end
            a_pull_tells_its_progress
            a_program_is_talked_with_to_its_end
            a_program_tells_its_exit_code_and_its_channels
            a_terminal_has_a_size
            a_conversation_that_cannot_begin_says_why
            a_dropped_conversation_leaves_the_door_open
            limits_of_a_container_are_changed
            files_go_into_a_container_and_come_out_again
            a_copy_that_cannot_be_says_why
            connections_have_addresses_and_names
            what_nothing_uses_is_removed
            events_go_on_after_a_cursor
            samples_are_followed
        }
    };
    ($make:path: $($rule:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let fixture = $make().await;
                let rule = $crate::rules::door::$rule(&fixture);
                let patience = std::time::Duration::from_secs(120);
                tokio::time::timeout(patience, rule).await.expect("the rule ends in time");
            }
        )*
    };
}

fn name(what: &str) -> NodeName {
    NodeName::new(format!("{what}-{:08x}", rand::random::<u32>())).expect("the name is valid")
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn busybox(command: &[&str]) -> ContainerSpec {
    let image = ImageRef::new("busybox:latest").expect("the name is valid");
    ContainerSpec { command: words(command), ..ContainerSpec::new(image) }
}

/// A service: runs until it is asked to end.
fn sleeper() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("nginx:latest").expect("the name is valid"))
}

fn reference(text: &str) -> ContainerRef {
    ContainerRef::new(text).expect("the reference is valid")
}

/// What a stream says, by channel, to its end.
async fn hear(mut output: Stream<Output>) -> (String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let all = async {
        while let Some(piece) = output.next().await {
            let piece = piece.expect("the output can be read");
            let to = if piece.channel == Channel::Stdout { &mut stdout } else { &mut stderr };
            to.extend_from_slice(&piece.bytes);
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("the output ends");
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    (text(stdout), text(stderr))
}

fn kind<T>(result: Result<T>) -> ErrorKind {
    result.err().expect("it fails").kind()
}

/// A node is there once it is registered, as it was changed last, and not any more once it is removed.
pub async fn nodes_are_registered_changed_and_removed(fixture: &Fixture) {
    let (nodes, node) = (fixture.haven.nodes(), fixture.node().await);
    let seen = nodes.get(&node).await.unwrap();
    assert_eq!(seen.address, Some(NodeAddress::Sim));
    assert!(nodes.list().await.unwrap().iter().any(|listed| listed.name == node));
    let labels = BTreeMap::from([("zone".to_owned(), "a/ä b".to_owned())]);
    let change = ops::nodes::UpdateNode {
        labels: Some(labels.clone()),
        revision: Some(seen.revision),
        ..ops::nodes::UpdateNode::of(&node)
    };
    let changed = fixture.haven.call(change).await.unwrap();
    assert_eq!(changed.labels.get("zone"), labels.get("zone"));
    assert_ne!(changed.revision, seen.revision);
    nodes.remove(&node).await.unwrap();
    assert_eq!(kind(nodes.get(&node).await), ErrorKind::NotFound);
}

/// A change that was meant for another revision does not happen.
pub async fn a_change_at_an_old_revision_is_a_conflict(fixture: &Fixture) {
    let node = fixture.node().await;
    let old = fixture.haven.nodes().get(&node).await.unwrap().revision;
    let change = |zone: &str| ops::nodes::UpdateNode {
        labels: Some(BTreeMap::from([("zone".to_owned(), zone.to_owned())])),
        revision: Some(old),
        ..ops::nodes::UpdateNode::of(&node)
    };
    fixture.haven.call(change("a")).await.unwrap();
    assert_eq!(kind(fixture.haven.call(change("b")).await), ErrorKind::Conflict);
    assert_eq!(fixture.haven.nodes().get(&node).await.unwrap().labels["zone"], "a");
}

/// A name that is taken is refused, and says so.
pub async fn names_that_are_taken_are_already_exists(fixture: &Fixture) {
    let node = fixture.node().await;
    assert_eq!(kind(fixture.haven.nodes().register(&node, NodeAddress::Sim).await), ErrorKind::AlreadyExists);
    let cluster = ClusterName::new(node.as_str()).unwrap();
    fixture.haven.clusters().create(&cluster, "").await.unwrap();
    assert_eq!(kind(fixture.haven.clusters().create(&cluster, "").await), ErrorKind::AlreadyExists);
    let containers = fixture.haven.containers();
    containers.run(&node, "web", sleeper()).await.unwrap();
    assert_eq!(kind(containers.run(&node, "web", sleeper()).await), ErrorKind::AlreadyExists);
}

/// What is not there is not found, and the error says where.
pub async fn what_is_not_there_is_not_found(fixture: &Fixture) {
    let (node, containers) = (fixture.node().await, fixture.haven.containers());
    assert_eq!(kind(fixture.haven.nodes().get(&name("nobody")).await), ErrorKind::NotFound);
    assert_eq!(kind(fixture.haven.clusters().get(&ClusterName::new("nothing").unwrap()).await), ErrorKind::NotFound);
    assert_eq!(kind(containers.list_in(&ClusterName::new("nothing").unwrap()).await), ErrorKind::NotFound);
    assert_eq!(kind(containers.start(&name("nobody"), &reference("x")).await), ErrorKind::NotFound);
    let error = containers.inspect(&node, &reference("nothing")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.context().any(|(key, value)| key == "node" && value == node.as_str()), "{error:?}");
}

/// A cluster holds the nodes that it was given, and no other.
pub async fn clusters_hold_nodes(fixture: &Fixture) {
    let (clusters, node) = (fixture.haven.clusters(), fixture.node().await);
    let cluster = ClusterName::new(name("cluster").as_str()).unwrap();
    clusters.create(&cluster, "of this rule").await.unwrap();
    assert_eq!(clusters.add_node(&cluster, &node).await.unwrap().cluster.as_ref(), Some(&cluster));
    let of_cluster = ops::nodes::ListNodes { cluster: Some(cluster.clone()), ..ops::nodes::ListNodes::default() };
    let names: Vec<_> = fixture.haven.call(of_cluster).await.unwrap().items.into_iter().map(|node| node.name).collect();
    assert_eq!(names, std::slice::from_ref(&node));
    fixture.running(&node).await;
    assert_eq!(fixture.haven.containers().list_in(&cluster).await.unwrap().items.len(), 1);
    assert_eq!(clusters.remove_node(&cluster, &node).await.unwrap().cluster, None);
    assert!(fixture.haven.containers().list_in(&cluster).await.unwrap().items.is_empty());
    clusters.delete(&cluster).await.unwrap();
    assert_eq!(kind(clusters.delete(&cluster).await), ErrorKind::NotFound);
    assert!(clusters.delete(&ClusterName::new("all").unwrap()).await.is_err());
}

/// What was done already succeeds, and says that it changed nothing.
pub async fn containers_are_run_stopped_and_removed(fixture: &Fixture) {
    let (node, containers) = (fixture.node().await, fixture.haven.containers());
    let container = fixture.running(&node).await;
    assert_eq!(containers.start(&node, &container).await.unwrap(), Outcome::AlreadySo);
    let found = containers.find(&container).await.unwrap();
    assert_eq!(found.node, node);
    assert!(found.item.is_running());
    containers.restart(&node, &container).await.unwrap();
    assert_eq!(containers.stop(&node, &container).await.unwrap(), Outcome::Done);
    assert_eq!(containers.stop(&node, &container).await.unwrap(), Outcome::AlreadySo);
    assert_eq!(containers.remove(&node, &container).await.unwrap(), Outcome::Done);
    assert_eq!(kind(containers.find(&container).await), ErrorKind::NotFound);
}

/// Conditions that may be given several times arrive all of them; pages follow each other without gap.
pub async fn lists_are_filtered_and_paged(fixture: &Fixture) {
    let (node, containers) = (fixture.node().await, fixture.haven.containers());
    for (name, tier) in [("a-1", "web & co"), ("a-2", "web & co"), ("b-1", "db")] {
        let labels = BTreeMap::from([("tier".to_owned(), tier.to_owned()), ("app".to_owned(), name.to_owned())]);
        containers.run(&node, name, ContainerSpec { labels, ..sleeper() }).await.unwrap();
    }
    let list = |change: &dyn Fn(&mut ops::containers::ListContainers)| {
        let mut conditions =
            ops::containers::ListContainers { node: Some(node.clone()), ..ops::containers::ListContainers::default() };
        change(&mut conditions);
        containers.list_with(conditions)
    };
    let names = |listing: &haven_core::model::Listing<haven_core::model::Container>| -> Vec<String> {
        listing.items.iter().map(|found| found.item.name.clone()).collect()
    };
    let both = list(&|conditions| conditions.label = vec!["tier=web & co".into(), "app=a-2".into()]).await.unwrap();
    assert_eq!(names(&both), ["a-2"]);
    let either = list(&|conditions| conditions.name = vec!["a-1".into(), "b".into()]).await.unwrap();
    assert_eq!(names(&either), ["a-1", "b-1"]);
    let first = list(&|conditions| conditions.limit = Some(2)).await.unwrap();
    assert_eq!(names(&first), ["a-1", "a-2"]);
    assert!(first.next.is_some());
    let second = list(&|conditions| {
        conditions.limit = Some(2);
        conditions.cursor.clone_from(&first.next);
    });
    assert_eq!(names(&second.await.unwrap()), ["b-1"]);
    let fresh = list(&|conditions| conditions.fresh = true).await.unwrap();
    assert_eq!(fresh.items.len(), 3);
    assert_eq!(kind(list(&|conditions| conditions.limit = Some(0)).await), ErrorKind::Invalid);
}

/// A node is chosen among those of the cluster that can take the container; without one the reasons are told.
pub async fn a_cluster_says_which_node_takes_a_container_and_why(fixture: &Fixture) {
    let (clusters, node, other) = (fixture.haven.clusters(), fixture.node().await, fixture.node().await);
    let cluster = ClusterName::new(name("cluster").as_str()).unwrap();
    clusters.create(&cluster, "").await.unwrap();
    let placement = clusters.place(&cluster, None, &sleeper()).await.unwrap();
    assert_eq!((placement.node, placement.reason.as_str()), (None, "no node: there are none"));
    for node in [&node, &other] {
        clusters.add_node(&cluster, node).await.unwrap();
    }
    fixture.running(&node).await;
    let placement = clusters.place(&cluster, None, &sleeper()).await.unwrap();
    assert_eq!(placement.node.as_ref(), Some(&other), "{placement:?}");
    let port = Port { container: 80, host: Some(8080), address: None, protocol: Protocol::Tcp };
    let web = ContainerSpec { ports: vec![port], ..sleeper() };
    fixture.running_with(&other, web.clone()).await;
    assert_eq!(clusters.place(&cluster, None, &web).await.unwrap().node.as_ref(), Some(&node));
    clusters.remove_node(&cluster, &node).await.unwrap();
    let placement = clusters.place(&cluster, None, &web).await.unwrap();
    assert_eq!(placement.node, None);
    assert!(placement.reason.starts_with("no node: port refused 1 ("), "{}", placement.reason);
    assert_eq!((&placement.refused[0].node, placement.refused[0].check), (&other, Check::Port));
    assert_eq!(kind(placement.chosen().map(drop)), ErrorKind::Conflict);
    assert_eq!(kind(clusters.place(&ClusterName::new("nothing").unwrap(), None, &web).await), ErrorKind::NotFound);
}

/// A cluster with two nodes, of zone `a` and of zone `b`.
async fn zones(fixture: &Fixture) -> (ClusterName, NodeName, NodeName) {
    let cluster = ClusterName::new(name("cluster").as_str()).unwrap();
    fixture.haven.clusters().create(&cluster, "").await.unwrap();
    let (a, b) = (fixture.node().await, fixture.node().await);
    for (node, zone) in [(&a, "a"), (&b, "b")] {
        fixture.haven.clusters().add_node(&cluster, node).await.unwrap();
        let labels = Some(BTreeMap::from([("zone".to_owned(), zone.to_owned())]));
        fixture.haven.call(ops::nodes::UpdateNode { labels, ..ops::nodes::UpdateNode::of(node) }).await.unwrap();
    }
    (cluster, a, b)
}

/// Constraints and affinities, hard and soft, decide before the load does; what cannot be met is counted by its text.
pub async fn a_container_goes_where_it_asks_to_be(fixture: &Fixture) {
    let (cluster, a, b) = zones(fixture).await;
    let beside = fixture.running(&b).await;
    let place = |spec: ContainerSpec, entries: &[&str]| {
        let mut requirements = Requirements::default();
        for entry in entries {
            requirements.add_entry(entry).unwrap();
        }
        let cluster = cluster.clone();
        async move { fixture.haven.clusters().place_with(&cluster, None, &spec, requirements).await }
    };
    let node = |placement: Result<Placement>| placement.unwrap().node.unwrap();
    assert_eq!(node(place(sleeper(), &[]).await), a);
    assert_eq!(node(place(sleeper(), &["constraint:zone==b"]).await), b);
    assert_eq!(node(place(sleeper(), &["constraint:zone!=~/^a$/"]).await), b);
    assert_eq!(node(place(sleeper(), &[&format!("constraint:node=={b}")]).await), b);
    assert_eq!(node(place(sleeper(), &[&format!("affinity:container=={beside}")]).await), b);
    assert_eq!(node(place(sleeper(), &["affinity:image==nginx", "constraint:zone==~a"]).await), a);
    let wished = ContainerSpec { env: BTreeMap::from([("constraint:zone".to_owned(), "=b".into())]), ..sleeper() };
    assert_eq!(node(place(wished.clone(), &[]).await), b);
    let placement = place(wished, &["constraint:zone==a"]).await.unwrap();
    let told = format!("no node: zone==a refused 1 (`zone` of `{b}` is `b`), zone==b refused 1");
    assert_eq!(placement.reason, told);
    assert_eq!(placement.counts[0].requirement.as_deref(), Some("zone==a"));
    let refused = placement.refused.iter().find(|refusal| refusal.node == a).unwrap();
    assert_eq!(refused.reason, format!("`zone==b` does not hold: `zone` of `{a}` is `a`"));
    assert_eq!(kind(place(sleeper(), &["constraint:zone==/(/"]).await), ErrorKind::Invalid);
}

/// What an environment asks of placement leaves it for labels, from which a container that is made anew has it again; so
/// does what is reserved, which counts against what the node has.
pub async fn what_a_container_asks_of_its_node_is_kept_and_no_part_of_its_environment(fixture: &Fixture) {
    let (cluster, a, b) = zones(fixture).await;
    let half = fixture.haven.nodes().get(&a).await.unwrap().engine.info.unwrap().memory / 2 + 1;
    let env = [("A", "1"), ("constraint:zone!", "b"), ("affinity:container", "=~nobody")];
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let spec = ContainerSpec { env, memory: Some(half), ..sleeper() };
    let container = fixture.running_with(&a, spec).await;
    let made = fixture.haven.containers().inspect(&a, &container).await.unwrap().spec;
    assert!(made.env.contains_key("A") && made.env.keys().all(|name| !Requirements::is_entry(name)), "{:?}", made.env);
    assert_eq!(made.labels[Requirements::CONSTRAINTS], r#"["zone!=b"]"#);
    assert_eq!(made.labels[Requirements::AFFINITIES], r#"["container==~nobody"]"#);
    let placement = fixture.haven.clusters().place(&cluster, None, &made).await.unwrap();
    let told = format!("no node: zone!=b refused 1 (`zone` of `{b}` is `b`), memory refused 1 (`{a}` has ");
    assert!(placement.reason.starts_with(&told), "{}", placement.reason);
    let free = ContainerSpec { memory: Some(half), ..sleeper() };
    let placement = fixture.haven.clusters().place(&cluster, None, &free).await.unwrap();
    assert_eq!(placement.node, Some(b), "{placement:?}");
    fixture.haven.containers().stop(&a, &container).await.unwrap();
    let placement = fixture.haven.clusters().place(&cluster, None, &made).await.unwrap();
    assert_eq!(placement.node, Some(a), "{placement:?}");
}

/// A node takes nothing new unless it is active, whatever it holds, and the change is told.
pub async fn a_node_that_is_paused_or_drained_takes_nothing_new(fixture: &Fixture) {
    let (cluster, a, b) = zones(fixture).await;
    let (nodes, clusters) = (fixture.haven.nodes(), fixture.haven.clusters());
    assert_eq!(nodes.get(&a).await.unwrap().availability, Availability::Active);
    assert_eq!(nodes.set_availability(&a, Availability::Pause).await.unwrap().availability, Availability::Pause);
    assert_eq!(clusters.place(&cluster, None, &sleeper()).await.unwrap().node, Some(b.clone()));
    nodes.set_availability(&b, Availability::Drain).await.unwrap();
    let placement = clusters.place(&cluster, None, &sleeper()).await.unwrap();
    assert!(placement.reason.starts_with("no node: availability refused 2 ("), "{}", placement.reason);
    nodes.set_availability(&b, Availability::Active).await.unwrap();
    let labels = Some(BTreeMap::new());
    fixture.haven.call(ops::nodes::UpdateNode { labels, ..ops::nodes::UpdateNode::of(&a) }).await.unwrap();
    assert_eq!(nodes.get(&a).await.unwrap().availability, Availability::Pause);
    assert_eq!(clusters.place(&cluster, None, &sleeper()).await.unwrap().node, Some(b.clone()));
    let told = |wanted: String| async move {
        let events = fixture.haven.events().list(Severity::Info).await.unwrap();
        events.iter().any(|event| event.action == "availability" && event.message == wanted)
    };
    let begun = std::time::Instant::now();
    while !told(format!("node {b}: set to drain")).await || !told(format!("node {a}: set to pause")).await {
        assert!(begun.elapsed() < PATIENCE, "the changes are told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How a cluster places is set when it is made or later; what is left out stays.
pub async fn a_cluster_has_a_strategy_and_a_count_of_instances(fixture: &Fixture) {
    let (cluster, a, b) = zones(fixture).await;
    let clusters = fixture.haven.clusters();
    let change = || ops::clusters::UpdateCluster::of(&cluster);
    let shown = clusters.get(&cluster).await.unwrap();
    assert_eq!((shown.strategy, shown.max_count_of_instances), (Strategy::Spread, None));
    fixture.running(&b).await;
    let packed = ops::clusters::UpdateCluster { strategy: Some(Strategy::Binpack), ..change() };
    assert_eq!(clusters.update(packed).await.unwrap().strategy, Strategy::Binpack);
    assert_eq!(clusters.place(&cluster, None, &sleeper()).await.unwrap().node, Some(b.clone()));
    let spread = Requirements { strategy: Some(Strategy::Spread), ..Requirements::default() };
    assert_eq!(clusters.place_with(&cluster, None, &sleeper(), spread).await.unwrap().node, Some(a.clone()));
    let one = ops::clusters::UpdateCluster { max_count_of_instances: Some(1), ..change() };
    clusters.update(one).await.unwrap();
    assert_eq!(clusters.place(&cluster, None, &sleeper()).await.unwrap().node, Some(a.clone()));
    fixture.running(&a).await;
    let placement = clusters.place(&cluster, None, &sleeper()).await.unwrap();
    assert!(placement.reason.starts_with("no node: instances refused 2 ("), "{}", placement.reason);
    let described = ops::clusters::UpdateCluster { description: Some("shops".to_owned()), ..change() };
    let shown = clusters.update(described).await.unwrap();
    assert_eq!((shown.strategy, shown.max_count_of_instances), (Strategy::Binpack, Some(1)));
    let any = ops::clusters::UpdateCluster { max_count_of_instances: Some(0), ..change() };
    assert_eq!(clusters.update(any).await.unwrap().max_count_of_instances, None);
    assert!(clusters.place(&cluster, None, &sleeper()).await.unwrap().node.is_some());
    let spec = ClusterSpec {
        strategy: Strategy::Random,
        max_count_of_instances: Some(3),
        ..ClusterSpec::new(ClusterName::new(name("cluster").as_str()).unwrap())
    };
    let made = clusters.create_with(spec).await.unwrap();
    assert_eq!((made.strategy, made.max_count_of_instances), (Strategy::Random, Some(3)));
}

/// Conditions narrow the list, and a page says where the next begins.
pub async fn nodes_and_clusters_are_filtered_and_paged(fixture: &Fixture) {
    let cluster = ClusterName::new(name("cluster").as_str()).unwrap();
    fixture.haven.clusters().create(&cluster, "").await.unwrap();
    let mut own = vec![fixture.node().await, fixture.node().await, fixture.node().await];
    own.sort();
    for (node, tier) in own.iter().zip(["web & co", "db", "web & co"]) {
        fixture.haven.clusters().add_node(&cluster, node).await.unwrap();
        let labels = Some(BTreeMap::from([("tier".to_owned(), tier.to_owned())]));
        let update = ops::nodes::UpdateNode { labels, ..ops::nodes::UpdateNode::of(node) };
        fixture.haven.call(update).await.unwrap();
    }
    let list = |label: &[&str], limit: Option<u32>, cursor: Option<String>| {
        let (cluster, label) = (Some(cluster.clone()), words(label));
        fixture.haven.call(ops::nodes::ListNodes { cluster, status: None, label, limit, cursor })
    };
    let names = |page: &Page<Node>| page.items.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&list(&["tier=web & co"], None, None).await.unwrap()), [own[0].clone(), own[2].clone()]);
    assert_eq!(names(&list(&["tier"], None, None).await.unwrap()), own);
    let first = list(&[], Some(2), None).await.unwrap();
    assert_eq!(names(&first), own[..2]);
    let second = list(&[], Some(2), first.next).await.unwrap();
    assert_eq!((names(&second), second.next), (own[2..].to_vec(), None));
    assert_eq!(kind(list(&[], Some(0), None).await), ErrorKind::Invalid);
    let page = fixture.haven.call(ops::clusters::ListClusters { limit: Some(1), cursor: None }).await.unwrap();
    assert_eq!((page.items[0].name.as_str(), page.next.as_deref()), ("all", Some("all")));
    let after = ops::clusters::ListClusters { limit: None, cursor: page.next };
    let rest = fixture.haven.call(after).await.unwrap();
    assert!(
        rest.items.iter().any(|found| found.name == cluster)
            && rest.items.iter().all(|found| found.name.as_str() != "all")
    );
}

/// Waiting answers how the program ended.
pub async fn a_container_that_ends_tells_its_exit_code(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running_with(&node, busybox(&["sh", "-c", "sleep 0.2; exit 7"])).await;
    let wait = ops::containers::WaitContainer { node, container };
    assert_eq!(fixture.haven.call(wait).await.unwrap().exit_code, 7);
}

/// A secret goes in as it is, and never comes out.
pub async fn secrets_reach_the_engine_and_show_as_stars(fixture: &Fixture) {
    let node = fixture.node().await;
    let env = BTreeMap::from([("PASSWORD".to_owned(), Secret::new("s3cret"))]);
    let container = fixture.running_with(&node, ContainerSpec { env, ..sleeper() }).await;
    let inside = fixture.exec(&node, &container, &["sh", "-c", "echo $PASSWORD"]).await;
    assert_eq!(hear(inside.output).await.0, "s3cret\n");
    let detail = fixture.haven.containers().inspect(&node, &container).await.unwrap();
    assert!(detail.spec.env.contains_key("PASSWORD"));
    assert!(!serde_json::to_string(&detail).unwrap().contains("s3cret"));
}

/// A name with a registry, a port and slashes is one name.
pub async fn images_are_named_as_they_are(fixture: &Fixture) {
    let node = fixture.node().await;
    let (image, further) = (ImageRef::new("busybox:latest").unwrap(), ImageRef::new("r.example:5000/a/b:c.1").unwrap());
    let tag = ops::images::TagImage { node: node.clone(), image, name: further.clone() };
    fixture.haven.call(tag).await.unwrap();
    let inspect = || ops::images::InspectImage { node: node.clone(), image: further.clone() };
    fixture.haven.call(inspect()).await.unwrap();
    let remove = ops::images::RemoveImage { node: node.clone(), image: further.clone() };
    assert_eq!(fixture.haven.call(remove).await.unwrap().outcome, Outcome::Done);
    assert_eq!(kind(fixture.haven.call(inspect()).await), ErrorKind::NotFound);
}

fn logs(node: &NodeName, container: &ContainerRef, follow: bool) -> ops::containers::ContainerLogs {
    ops::containers::ContainerLogs {
        node: node.clone(),
        container: container.clone(),
        follow,
        tail: None,
        since: None,
        until: None,
        timestamps: false,
        stdout: true,
        stderr: true,
    }
}

/// A log is what was written, where it was written.
pub async fn logs_come_byte_for_byte_and_by_channel(fixture: &Fixture) {
    let node = fixture.node().await;
    let script = "echo one; echo two >&2; echo thrée; sleep 1000";
    let container = fixture.running_with(&node, busybox(&["sh", "-c", script])).await;
    let begun = std::time::Instant::now();
    loop {
        let (stdout, stderr) =
            hear(fixture.haven.containers().logs(logs(&node, &container, false)).await.unwrap()).await;
        if stdout.ends_with("thrée\n") {
            assert_eq!((stdout.as_str(), stderr.as_str()), ("one\nthrée\n", "two\n"));
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{stdout}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = ops::containers::ContainerLogs { tail: Some(1), stderr: false, ..logs(&node, &container, false) };
    assert_eq!(hear(fixture.haven.containers().logs(last).await.unwrap()).await.0, "thrée\n");
}

/// A log that is followed ends with its container.
pub async fn logs_are_followed_to_the_end(fixture: &Fixture) {
    let node = fixture.node().await;
    let script = "for i in 1 2 3; do echo $i; sleep 0.1; done";
    let container = fixture.running_with(&node, busybox(&["sh", "-c", script])).await;
    let output = fixture.haven.containers().logs(logs(&node, &container, true)).await.unwrap();
    assert_eq!(hear(output).await.0, "1\n2\n3\n");
}

/// A pull says something, and ends with the image there.
pub async fn a_pull_tells_its_progress(fixture: &Fixture) {
    let node = fixture.node().await;
    let image = ImageRef::new("redis:7").unwrap();
    let progress = fixture.haven.images().pull(&node, &image).await.unwrap();
    let steps: Vec<_> = tokio::time::timeout(PATIENCE, progress.collect()).await.unwrap();
    assert!(!steps.is_empty());
    assert!(steps.iter().all(Result::is_ok), "{steps:?}");
    fixture.haven.call(ops::images::InspectImage { node: node.clone(), image }).await.unwrap();
    // Whether it fails at once or as an item is the engine's affair.
    let nowhere = ImageRef::new("nowhere/nothing:1").unwrap();
    let failed = match fixture.haven.images().pull(&node, &nowhere).await {
        Err(error) => error,
        Ok(progress) => {
            progress.filter_map(|step| std::future::ready(step.err())).boxed().next().await.expect("it fails")
        }
    };
    assert_eq!(failed.kind(), ErrorKind::NotFound);
}

/// What is written to a program arrives as it is; the end of the input is not the end of the output.
pub async fn a_program_is_talked_with_to_its_end(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running(&node).await;
    let spec = ExecSpec { command: words(&["cat"]), stdin: true, ..ExecSpec::default() };
    let Terminal { output, mut input, control } =
        fixture.haven.containers().exec(&node, &container, spec).await.unwrap();
    let said: Vec<String> = (0..20_000).map(|line| format!("line {line}\n")).collect();
    let said = said.concat();
    let saying = async {
        input.write_all(said.as_bytes()).await.unwrap();
        input.shutdown().await.unwrap();
    };
    let ((), (stdout, stderr)) = tokio::join!(saying, hear(output));
    assert!(stdout == said, "{} of {} bytes came back", stdout.len(), said.len());
    assert_eq!(stderr, "");
    assert_eq!(control.exit_code().await.unwrap(), 0);
}

/// The exit code is the program's own, and its two channels stay apart.
pub async fn a_program_tells_its_exit_code_and_its_channels(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running(&node).await;
    let terminal = fixture.exec(&node, &container, &["sh", "-c", "echo out; echo err >&2; exit 3"]).await;
    let control = terminal.control.clone();
    assert_eq!(hear(terminal.output).await, ("out\n".to_owned(), "err\n".to_owned()));
    assert_eq!(control.exit_code().await.unwrap(), 3);
}

/// A terminal is as large as was said at the beginning, and later.
pub async fn a_terminal_has_a_size(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running(&node).await;
    let spec = ExecSpec {
        command: words(&["sh", "-c", "read x; stty size"]),
        tty: true,
        stdin: true,
        size: Some(TerminalSize { width: 80, height: 24 }),
        ..ExecSpec::default()
    };
    let Terminal { output, mut input, control } =
        fixture.haven.containers().exec(&node, &container, spec).await.unwrap();
    control.resize(TerminalSize { width: 101, height: 33 }).await.unwrap();
    // The size travels beside the input; there is no word for its arrival.
    tokio::time::sleep(Duration::from_millis(300)).await;
    input.write_all(b"\n").await.unwrap();
    let (stdout, _) = hear(output).await;
    assert!(stdout.contains("33 101"), "{stdout:?}");
}

/// A conversation that cannot begin fails where it is begun, with the reason.
pub async fn a_conversation_that_cannot_begin_says_why(fixture: &Fixture) {
    let (node, containers) = (fixture.node().await, fixture.haven.containers());
    let spec = || ExecSpec { command: words(&["true"]), ..ExecSpec::default() };
    assert_eq!(kind(containers.exec(&node, &reference("nothing"), spec()).await), ErrorKind::NotFound);
    assert_eq!(kind(containers.exec(&name("nobody"), &reference("x"), spec()).await), ErrorKind::NotFound);
    let container = fixture.running(&node).await;
    containers.stop(&node, &container).await.unwrap();
    assert_eq!(kind(containers.exec(&node, &container, spec()).await), ErrorKind::Conflict);
}

/// Who drops a conversation can go on with others.
pub async fn a_dropped_conversation_leaves_the_door_open(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running(&node).await;
    for _ in 0..10 {
        let spec = ExecSpec { command: words(&["cat"]), stdin: true, ..ExecSpec::default() };
        drop(fixture.haven.containers().exec(&node, &container, spec).await.unwrap());
    }
    let terminal = fixture.exec(&node, &container, &["echo", "here"]).await;
    assert_eq!(hear(terminal.output).await.0, "here\n");
}

/// A stream of events begins after its cursor, and misses none.
pub async fn events_go_on_after_a_cursor(fixture: &Fixture) {
    let node = fixture.node().await;
    let of_node = || ops::events::ListEvents { node: Some(node.clone()), ..ops::events::ListEvents::default() };
    let cursor = fixture.haven.call(of_node()).await.unwrap().cursor;
    let container = fixture.running(&node).await;
    fixture.haven.containers().stop(&node, &container).await.unwrap();
    let follow = |after: &str| ops::events::FollowEvents {
        node: Some(node.clone()),
        kind: Some("container".to_owned()),
        after: Some(after.to_owned()),
        ..ops::events::FollowEvents::default()
    };
    let mut actions = Vec::new();
    let mut last = cursor;
    while actions.last().is_none_or(|action| action != "die") {
        // Every event by a stream of its own: a cursor is as good as having listened.
        let mut events = fixture.haven.follow(follow(&last)).await.unwrap();
        let event = tokio::time::timeout(PATIENCE, events.next()).await.expect("an event comes").unwrap().unwrap();
        last = event.cursor;
        actions.push(event.action);
    }
    // How a container is asked to end is the engine's affair.
    actions.retain(|action| action != "kill");
    assert_eq!(actions, ["create", "start", "die"]);
    assert_eq!(kind(fixture.haven.follow(follow("nonsense")).await), ErrorKind::Invalid);
}

/// Samples come one after the other.
pub async fn samples_are_followed(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running(&node).await;
    fixture.haven.containers().stats(&node, &container).await.unwrap();
    let follow = ops::containers::FollowContainerStats { node, container };
    let samples = fixture.haven.follow(follow).await.unwrap();
    let samples: Vec<_> = tokio::time::timeout(PATIENCE, samples.take(2).collect()).await.expect("samples come");
    assert!(samples.iter().all(Result::is_ok), "{samples:?}");
}

/// A limit is changed where the container is, and shown by it.
pub async fn limits_of_a_container_are_changed(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running_with(&node, sleeper()).await;
    let containers = fixture.haven.containers();
    let limits = ContainerUpdate {
        memory: Some(64 << 20),
        restart: Some(RestartPolicy::UnlessStopped),
        ..ContainerUpdate::default()
    };
    assert_eq!(containers.update_limits(&node, &container, limits).await.unwrap(), Outcome::Done);
    let spec = containers.inspect(&node, &container).await.unwrap().spec;
    assert_eq!((spec.memory, spec.restart), (Some(64 << 20), RestartPolicy::UnlessStopped));
    let wrong = ContainerUpdate { memory: Some(1), ..ContainerUpdate::default() };
    assert_eq!(kind(containers.update_limits(&node, &container, wrong).await), ErrorKind::Invalid);
}

/// An archive of one file.
fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    archive.append_data(&mut header, name, content).unwrap();
    archive.into_inner().unwrap()
}

fn pieces(whole: &[u8]) -> haven_core::engine::Stream<Bytes> {
    let pieces: Vec<Result<Bytes>> = whole.chunks(1_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures_util::stream::iter(pieces).boxed()
}

/// What is copied in is what comes out, alone and with all else; and is told as a change.
pub async fn files_go_into_a_container_and_come_out_again(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running_with(&node, sleeper()).await;
    let containers = fixture.haven.containers();
    // Any bytes, more than one message of them.
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).take(900_000).collect();
    containers.copy_in(&node, &container, "/tmp", pieces(&archive("data", &content))).await.unwrap();
    let changes = containers.changes(&node, &container).await.unwrap();
    assert!(changes.iter().any(|change| change.path == "/tmp/data"), "{changes:?}");
    let alone = containers.copy_out(&node, &container, "/tmp/data").await.unwrap();
    let all = containers.export(&node, &container).await.unwrap();
    for (archive, wanted) in [(alone, "data"), (all, "tmp/data")] {
        let whole: Vec<Bytes> = tokio::time::timeout(PATIENCE, archive.map(Result::unwrap).collect()).await.unwrap();
        let whole = whole.concat();
        let mut archive = tar::Archive::new(&*whole);
        let mut entries = archive.entries().unwrap().map(std::result::Result::unwrap);
        let mut entry = entries.find(|entry| entry.path().unwrap().as_os_str() == wanted).expect(wanted);
        let mut found = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut found).unwrap();
        assert!(found == content, "{wanted}: {} bytes", found.len());
    }
}

/// A copy that is refused says so, whatever was written already.
pub async fn a_copy_that_cannot_be_says_why(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running_with(&node, sleeper()).await;
    let containers = fixture.haven.containers();
    let file = archive("data", b"x");
    let nowhere = containers.copy_in(&node, &container, "/no/such", pieces(&file)).await;
    assert_eq!(kind(nowhere), ErrorKind::NotFound);
    let nonsense = containers.copy_in(&node, &container, "/tmp", pieces(&[b'x'; 5_000])).await;
    assert_eq!(kind(nonsense), ErrorKind::Invalid);
    let missing = async {
        let mut archive = containers.copy_out(&node, &container, "/no/such").await?;
        while let Some(piece) = archive.next().await {
            piece?;
        }
        Ok(())
    };
    assert_eq!(kind(missing.await), ErrorKind::NotFound);
    let broken = pieces(&file).take(1).chain(futures_util::stream::iter([Err(Error::unavailable("the file is gone"))]));
    assert_eq!(kind(containers.copy_in(&node, &container, "/tmp", broken.boxed()).await), ErrorKind::Unavailable);
}

/// A connection has what was chosen of it.
pub async fn connections_have_addresses_and_names(fixture: &Fixture) {
    let node = fixture.node().await;
    let container = fixture.running_with(&node, sleeper()).await;
    let network = NetworkName::new("ranged").unwrap();
    let spec = NetworkSpec { subnet: Some("10.77.0.0/16".into()), ..NetworkSpec::new(network.clone()) };
    fixture.haven.call(ops::networks::CreateNetwork { node: node.clone(), spec }).await.unwrap();
    let connection = Connection {
        aliases: words(&["db", "cache"]),
        ipv4_address: Some("10.77.3.4".parse().unwrap()),
        ..Connection::to(network.clone())
    };
    let networks = fixture.haven.networks();
    assert_eq!(networks.connect(&node, &container, connection.clone()).await.unwrap(), Outcome::Done);
    let detail = fixture.haven.containers().inspect(&node, &container).await.unwrap();
    assert_eq!(detail.spec.networks, [connection]);
    assert_eq!(detail.endpoints["ranged"].ipv4_address, "10.77.3.4".parse().ok());
    let shown = fixture.haven.call(ops::networks::GetNetwork { node: node.clone(), network: network.clone() }).await;
    assert!(shown.unwrap().containers.contains_key(&detail.id));
    assert_eq!(networks.disconnect(&node, &container, &network).await.unwrap(), Outcome::Done);
    assert_eq!(networks.disconnect(&node, &container, &network).await.unwrap(), Outcome::AlreadySo);
}

/// Networks and volumes that nothing uses are removed, and told.
pub async fn what_nothing_uses_is_removed(fixture: &Fixture) {
    let node = fixture.node().await;
    let network = NetworkName::new("unused").unwrap();
    let spec = NetworkSpec::new(network.clone());
    fixture.haven.call(ops::networks::CreateNetwork { node: node.clone(), spec }).await.unwrap();
    let pruned = fixture.haven.networks().prune(&node, Vec::new()).await.unwrap();
    assert_eq!(pruned.removed, ["unused"]);
    let spec = VolumeSpec {
        name: VolumeName::new("unused").unwrap(),
        driver: None,
        options: BTreeMap::new(),
        labels: BTreeMap::new(),
    };
    fixture.haven.call(ops::volumes::CreateVolume { node: node.clone(), spec }).await.unwrap();
    let volumes = fixture.haven.volumes();
    assert_eq!(volumes.prune(&node, PruneVolumes::default()).await.unwrap().removed, Vec::<String>::new());
    let all = PruneVolumes { all: true, ..PruneVolumes::default() };
    assert_eq!(volumes.prune(&node, all).await.unwrap().removed, ["unused"]);
}
