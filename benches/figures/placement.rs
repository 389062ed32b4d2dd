//! Placing 100,000 tasks on 1,000 and on 5,000 nodes: against a scan of all nodes for each task, and against itself with
//! fewer tasks and fewer nodes. `make bench-peers` has the same shapes against SwarmKit's own bench.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use haven::{
    cluster::placement::{NodeView, Scheduler, Settings, Task},
    model::{ContainerName, ContainerSpec, EngineInfo, ImageRef, NodeName, placement::Requirements},
};

use super::ratio::{ROUNDS, print};

/// The shapes of SwarmKit's bench: nodes, of which every third has what each task asks for, and tasks.
const TASKS: usize = 100_000;
const NODES: [usize; 2] = [1_000, 5_000];
/// How many tasks are placed by scanning: each takes as long as the next.
const SCANNED: usize = 500;
/// Tasks of so many demands, in turns.
const DEMANDS: usize = 100;

pub fn placement() {
    for nodes in NODES {
        let rounds: Vec<_> = (0..ROUNDS).map(|_| (each(TASKS, alike(nodes, TASKS)), scan(nodes))).collect();
        print(&format!("a task placed on {nodes} nodes / by a scan of all"), &rounds, "below 1");
    }
    let [few, many] = NODES;
    let fewer = TASKS / 10;
    let rounds: Vec<_> =
        (0..ROUNDS).map(|_| (each(TASKS, alike(few, TASKS)), each(fewer, alike(few, fewer)))).collect();
    print("placing a task, one of 100,000 / one of 10,000", &rounds, "about 1");
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (alike(many, TASKS), alike(few, TASKS))).collect();
    print("placing 100,000 alike, on 5,000 / on 1,000 nodes", &rounds, "far below 5");
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (mixed(many), mixed(few))).collect();
    print("placing 100,000 of 100 demands, 5,000 / 1,000", &rounds, "far below 5");
}

/// The time of each shape of SwarmKit's bench once, in seconds, for `make bench-peers`.
pub fn seconds() {
    for nodes in NODES {
        println!("{nodes} {:.6}", alike(nodes, TASKS).as_secs_f64());
    }
}

fn each(tasks: usize, all: Duration) -> Duration {
    all / u32::try_from(tasks).expect("a small number")
}

fn labels(node: usize) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([("zone".to_owned(), format!("z{}", node % 10))]);
    labels.insert("disk".to_owned(), if node.is_multiple_of(2) { "ssd" } else { "hdd" }.to_owned());
    if node.is_multiple_of(3) {
        labels.insert("network".to_owned(), "overlay".to_owned());
    }
    labels
}

fn views(nodes: usize) -> Vec<NodeView> {
    let info = Arc::new(EngineInfo {
        id: String::new(),
        name: String::new(),
        version: String::new(),
        operating_system: "Debian GNU/Linux 12".into(),
        os: "linux".into(),
        architecture: "x86_64".into(),
        kernel: "6.1.0".into(),
        cpus: 64,
        memory: 1 << 40,
        storage_driver: "overlay2".into(),
        runtime: "runc".into(),
        labels: BTreeMap::new(),
        containers_running: 0,
        containers: 0,
        images: 0,
    });
    let view = |node| NodeView {
        labels: labels(node),
        info: Some(info.clone()),
        ..NodeView::new(NodeName::new(format!("node-{node}")).expect("a valid name"))
    };
    (0..nodes).map(view).collect()
}

fn asked(entries: &[String]) -> Requirements {
    let mut requirements = Requirements::default();
    for entry in entries {
        requirements.add_entry(entry).expect("a condition");
    }
    requirements
}

/// Places tasks that ask for one constraint, each with a name of its own.
fn alike(nodes: usize, tasks: usize) -> Duration {
    let views = views(nodes);
    let requirements = asked(&["constraint:network==overlay".to_owned()]);
    let spec = ContainerSpec::new(ImageRef::new("nginx:1").expect("a valid name"));
    let task = |number| {
        let name = ContainerName::new(format!("task{number}")).expect("a valid name");
        Task::new(Some(name), &spec, &requirements, &Settings::default()).expect("a demand")
    };
    // Tasks are there before SwarmKit's clock starts, too; nothing tells that they ask the same.
    let tasks: Vec<Task> = (0..tasks).map(task).collect();
    let begun = Instant::now();
    let mut scheduler = Scheduler::new(views, 1);
    for task in &tasks {
        let node = scheduler.place(task).chosen().expect("there is room");
        scheduler.commit(&node, task).expect("a known node");
    }
    begun.elapsed()
}

/// Places tasks of many demands, in turns: constraints, wishes, reservations, affinities.
fn mixed(nodes: usize) -> Duration {
    let tasks: Vec<Task> = (0..DEMANDS)
        .map(|demand| {
            let mut entries = vec![format!("constraint:zone!=z{}", demand % 10), "constraint:disk==~ssd".to_owned()];
            if demand.is_multiple_of(10) {
                entries.push(format!("affinity:image!=~/web-{}/", (demand + 1) % DEMANDS));
            }
            let spec = ContainerSpec {
                memory: Some(1 << 20),
                ..ContainerSpec::new(ImageRef::new(format!("web-{demand}:1")).expect("a valid name"))
            };
            Task::new(None, &spec, &asked(&entries), &Settings::default()).expect("a demand")
        })
        .collect();
    let views = views(nodes);
    let begun = Instant::now();
    let mut scheduler = Scheduler::new(views, 1);
    for number in 0..TASKS {
        let task = &tasks[number % DEMANDS];
        let node = scheduler.place(task).chosen().expect("there is room");
        scheduler.commit(&node, task).expect("a known node");
    }
    begun.elapsed()
}

/// The time of one task, when every node is looked at for it.
fn scan(nodes: usize) -> Duration {
    struct Node {
        labels: BTreeMap<String, String>,
        reserved: u64,
        running: usize,
        replicas: HashMap<String, usize>,
    }
    let mut all: Vec<Node> = (0..nodes)
        .map(|node| Node { labels: labels(node), reserved: 0, running: 0, replicas: HashMap::new() })
        .collect();
    let image = std::hint::black_box("nginx:1");
    let begun = Instant::now();
    for _ in 0..SCANNED {
        let fit = all.iter_mut().filter(|node| {
            node.labels.get("network").is_some_and(|value| value == "overlay") && node.reserved <= 1 << 40
        });
        let chosen = fit.min_by_key(|node| (node.replicas.get(image).copied().unwrap_or_default(), node.running));
        let chosen = chosen.expect("there is room");
        chosen.running += 1;
        *chosen.replicas.entry(image.to_owned()).or_default() += 1;
    }
    each(SCANNED, begun.elapsed())
}
