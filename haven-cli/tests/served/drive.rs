//! Three real engines driven as one cluster: from the command line, over HTTP by curl, and by a Rust program. All three agree.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use haven_core::{
    Haven,
    door::ops::containers::{ContainerLogs, ListContainers},
    model::{
        ClusterName, ContainerName, ContainerRef, ContainerSpec, ExecSpec, ImageRef, NodeName, Outcome, Severity,
        metrics::TopBy,
    },
};
use haven_testkit::{
    bed::{BUSYBOX, Bed},
    shared_bed_or_skip,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::{
    engines, etcd_store, members,
    server::{Lines, Served, has, text},
    within,
};

/// Prints, and ends well when it is asked to.
const TALKER: &str = "trap 'exit 0' TERM; echo begun; while :; do echo tick; echo tock >&2; sleep 0.2; done";

/// A container as every client sees it: node, name, id, state.
type Seen = (String, String, String, String);

/// One fleet: a server, and the names of what this test makes.
struct Fleet<'a> {
    bed: &'a Bed,
    served: Served,
    cluster: String,
    label: String,
    /// The nodes, and what runs there.
    talkers: Vec<(String, String)>,
}

fn seen(listing: &Value) -> Vec<Seen> {
    let word = |at: &Value, key: &str| at[key].as_str().unwrap().to_owned();
    let items = listing["items"].as_array().unwrap().iter();
    sorted(items.map(|at| (word(at, "node"), word(at, "name"), word(at, "id"), word(at, "state"))))
}

fn sorted(seen: impl Iterator<Item = Seen>) -> Vec<Seen> {
    let mut seen: Vec<Seen> = seen.collect();
    seen.sort();
    seen
}

/// Three nodes registered and put into a cluster, with a container each, all from the command line.
fn gathered<'a>(bed: &'a Bed, store: &str, name: &str) -> Fleet<'a> {
    let served = Served::start(store, &[("HAVEN_NODES_SAMPLE", "1s")]);
    let cluster = format!("bed-{name}");
    served.haven(&format!("clusters create {cluster} -d three-engines"));
    for engine in bed.engines() {
        served.register(bed, engine);
    }
    let names: Vec<&str> = bed.engines().iter().map(|engine| engine.name()).collect();
    served.haven(&format!("clusters add {cluster} {}", names.join(" ")));
    let label = format!("trip={name}");
    let mut talkers = Vec::new();
    for (number, node) in (1..).zip(names) {
        let talker = format!("{name}-{number}");
        let run = ["run", "-d", "--node", node, "--name", &talker, "-l", &label, BUSYBOX, "sh", "-c", TALKER];
        let output = served.client().args(run).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        talkers.push((node.to_owned(), talker));
    }
    Fleet { bed, served, cluster, label, talkers }
}

impl Fleet<'_> {
    fn names(&self) -> String {
        self.talkers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn by_command(&self) -> Vec<Seen> {
        seen(&self.served.json(&format!("ps -a --cluster {} --filter label={}", self.cluster, self.label)))
    }

    fn by_rest(&self) -> Vec<Seen> {
        seen(&self.served.get(&format!("/api/v1/containers?cluster={}&label={}", self.cluster, self.label)))
    }

    async fn by_program(&self, haven: &Haven) -> Vec<Seen> {
        let conditions = ListContainers {
            cluster: Some(ClusterName::new(&self.cluster).unwrap()),
            label: vec![self.label.clone()],
            ..ListContainers::default()
        };
        let listing = haven.containers().list_with(conditions).await.unwrap();
        assert!(listing.missing.is_empty(), "{listing:?}");
        sorted(
            listing
                .items
                .into_iter()
                .map(|at| (at.node.to_string(), at.item.name, at.item.id.to_string(), at.item.state.to_string())),
        )
    }

    /// All three see the three containers in this state, and the engines themselves say so.
    async fn all_agree(&self, haven: &Haven, state: &str) {
        within(Duration::from_secs(10), state, || {
            let seen = self.by_command();
            seen.len() == 3 && seen.iter().all(|container| container.3 == state)
        });
        let seen = self.by_command();
        assert_eq!(seen, self.by_rest(), "command line and HTTP differ");
        assert_eq!(seen, self.by_program(haven).await, "command line and program differ");
        for (engine, (node, name, id, _)) in self.bed.engines().iter().zip(&seen) {
            assert_eq!((node.as_str(), &self.talkers.iter().any(|talker| talker.1 == *name)), (engine.name(), &true));
            let shown = engine.docker().args(["inspect", "-f", "{{.State.Status}}", id]).output().unwrap();
            assert_eq!(text(&shown.stdout).trim(), state);
        }
    }

    /// What the command line has to do.
    async fn at_the_command_line(&self, haven: &Haven) {
        let Self { served, cluster, talkers, .. } = self;
        let (node, name) = &talkers[0];
        let mut events = served.follow(&format!("events -f --json --since 1h --cluster {cluster}"));
        self.all_agree(haven, "running").await;
        assert_eq!(seen(&served.json(&format!("ps --filter name={name}"))).len(), 1);
        assert_eq!(
            seen(&served.json(&format!("ps --node {node} --filter {}", format_args!("label={}", self.label)))).len(),
            1
        );

        let mut log = served.follow(&format!("logs -f {name}"));
        log.until("begun", |line| line == "begun");
        log.until("tick", |line| line == "tick");
        let stopped = served.json(&format!("stop {}", self.names()));
        assert!(stopped.as_array().unwrap().iter().all(|told| told["outcome"] == "done"), "{stopped:#}");
        assert_eq!(log.ends(), Some(0), "the log ends with its container");
        self.all_agree(haven, "exited").await;
        assert_eq!(seen(&served.json(&format!("ps --cluster {cluster} --filter label={}", self.label))), []);
        let started = served.json(&format!("start {}", self.names()));
        assert!(started.as_array().unwrap().iter().all(|told| told["outcome"] == "done"), "{started:#}");
        let again = served.json(&format!("start {}", self.names()));
        assert!(again.as_array().unwrap().iter().all(|told| told["outcome"] == "already_so"), "{again:#}");
        self.all_agree(haven, "running").await;
        let wanted = |action| talkers.iter().map(move |(_, name)| (name.clone(), action));
        events.until_events(wanted("die").chain(wanted("start")).collect());

        let output =
            served.client().args(["exec", name, "sh", "-c", "echo out; echo err >&2; exit 7"]).output().unwrap();
        assert_eq!((output.status.code(), &*text(&output.stdout), &*text(&output.stderr)), (Some(7), "out\n", "err\n"));
        if has("script") {
            let haven = env!("CARGO_BIN_EXE_haven");
            let line = format!(
                "stty rows 31 cols 117; {haven} exec -it {name} sh -c 'read line; echo got $line; stty size; exit 3'"
            );
            let mut script = Command::new("script");
            script
                .args(["-qec", &line, "/dev/null"])
                .env("HAVEN_SERVER", served.url())
                .env("HAVEN_PASSWORD", crate::server::PASSWORD);
            let mut talk =
                script.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
            std::io::Write::write_all(talk.stdin.as_mut().unwrap(), b"hello\n").unwrap();
            let output = talk.wait_with_output().unwrap();
            let said = text(&output.stdout);
            assert!(said.contains("got hello") && said.contains("31 117"), "{said}");
            assert_eq!(output.status.code(), Some(3));
        }

        within(Duration::from_secs(20), "samples of all three", || {
            let top = served.json(&format!("top containers --by memory --cluster {cluster}"));
            let used = |name: &str| {
                top["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|at| at["name"] == name && at["stats"]["memory"].as_u64() > Some(0))
            };
            talkers.iter().all(|(_, name)| used(name))
        });
        assert_eq!(served.json(&format!("top nodes --cluster {cluster}")).as_array().unwrap().len(), 3);
        for line in [
            "nodes",
            "clusters",
            "status",
            "images",
            "networks",
            "volumes",
            "events",
            "events count",
            "stats --no-stream",
        ] {
            let found = served.json(line);
            let items = found.get("items").unwrap_or(&found);
            assert!(line == "volumes" || items.as_array().is_none_or(|items| !items.is_empty()), "{line}: {found}");
        }
        assert_eq!(served.json(&format!("inspect {name}"))[0]["name"], name.as_str());
        // What people see.
        assert!(served.haven(&format!("top containers --cluster {cluster}")).contains(name));
        assert!(served.haven("nodes").lines().filter(|line| line.contains("online")).count() == 3);
    }

    /// The same over HTTP, by curl.
    async fn over_http(&self, haven: &Haven) {
        let Self { served, cluster, talkers, .. } = self;
        let curled = |path: &str| {
            let mut curl = served.curl(path);
            curl.args(["-N", "-m", "60", "-H", "accept: text/event-stream"]);
            Lines::of(&mut curl)
        };
        let names = |value: &Value| {
            value["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let nodes: Vec<_> = talkers.iter().map(|(node, _)| node.clone()).collect();
        assert_eq!(names(&served.get(&format!("/api/v1/nodes?cluster={cluster}&status=online"))), nodes);
        assert_eq!(served.get(&format!("/api/v1/clusters/{cluster}"))["description"], "three-engines");
        assert_eq!(names(&served.get("/api/v1/clusters")), ["all", cluster, "orphans"]);

        let last = served.get("/api/v1/events?limit=1")["cursor"].as_str().unwrap().to_owned();
        let mut events = curled(&format!("/api/v1/events/stream?cluster={cluster}&after={last}"));
        let (node, name) = &talkers[1];
        let mut log = curled(&format!("/api/v1/nodes/{node}/containers/{name}/logs?follow=true&tail=0"));
        log.until("tick", |line| line.contains("tick"));
        for (state, action) in [("exited", "stop"), ("running", "start")] {
            for outcome in ["done", "already_so"] {
                for (node, name) in talkers {
                    let path = format!("/api/v1/nodes/{node}/containers/{name}/{action}");
                    let (status, answer) = served.rest("POST", &path, Some(&json!({})));
                    assert_eq!((status, &answer["outcome"]), (200, &json!(outcome)), "{answer}");
                }
            }
            self.all_agree(haven, state).await;
        }
        let wanted = |action| talkers.iter().map(move |(_, name)| (name.clone(), action));
        events.until_events(wanted("die").chain(wanted("start")).collect());
        let kept = served.get(&format!("/api/v1/events?cluster={cluster}&object={name}"));
        assert!(kept["items"].as_array().unwrap().iter().any(|event| event["action"] == "die"), "{kept:#}");
        let plain = served
            .curl(&format!("/api/v1/nodes/{node}/containers/{name}/logs"))
            .args(["-H", "accept: text/plain"])
            .output()
            .unwrap();
        assert!(text(&plain.stdout).contains("begun\n"), "{}", text(&plain.stdout));
        for path in ["top/nodes", "top/containers?by=memory"] {
            // What was started a moment ago is sampled in a moment.
            within(Duration::from_secs(20), path, || {
                let top = served.get(&format!("/api/v1/{path}"));
                top.get("items").unwrap_or(&top).as_array().unwrap().len() >= 3
            });
        }
        let (status, problem) = served.rest("GET", "/api/v1/nodes/none", None);
        assert_eq!((status, &problem["kind"]), (404, &json!("not_found")));
    }

    /// The same by a program, which opens the fleet by the server's address.
    async fn by_a_rust_program(&self, haven: &Haven) {
        let Self { served, cluster, talkers, .. } = self;
        let cluster = ClusterName::new(cluster).unwrap();
        assert_eq!(haven.clusters().get(&cluster).await.unwrap().description, "three-engines");
        let nodes = haven.nodes().list().await.unwrap();
        assert!(nodes.iter().map(|node| node.name.as_str()).eq(talkers.iter().map(|(node, _)| node.as_str())));
        let mut events = haven.events().follow().await.unwrap();
        let places: Vec<(NodeName, ContainerRef)> = talkers
            .iter()
            .map(|(node, name)| (NodeName::new(node).unwrap(), ContainerRef::new(name).unwrap()))
            .collect();
        let (node, one) = &places[2];
        let mut log =
            haven.containers().logs(ContainerLogs { follow: true, ..ContainerLogs::of(node, one) }).await.unwrap();
        let mut said = String::new();
        while !(said.contains("begun") && said.contains("tick") && said.contains("tock")) {
            said.push_str(&text(&log.next().await.unwrap().unwrap().bytes));
        }
        for (node, one) in &places {
            assert_eq!(haven.containers().stop(node, one).await.unwrap(), Outcome::Done);
            assert_eq!(haven.containers().stop(node, one).await.unwrap(), Outcome::AlreadySo);
        }
        self.all_agree(haven, "exited").await;
        assert!(log.all(|piece| async move { piece.is_ok() }).await, "the log ends with its container");
        for (node, one) in &places {
            assert_eq!(haven.containers().start(node, one).await.unwrap(), Outcome::Done);
        }
        self.all_agree(haven, "running").await;
        let mut wanted: Vec<_> = talkers.iter().flat_map(|(_, name)| [(name, "die"), (name, "start")]).collect();
        while !wanted.is_empty() {
            let event = tokio::time::timeout(Duration::from_secs(20), events.next())
                .await
                .expect("events come")
                .unwrap()
                .unwrap();
            wanted.retain(|(name, action)| event.name != **name || event.action != *action);
        }
        let command = ["sh", "-c", "read line; echo got $line; exit 5"].map(str::to_owned).to_vec();
        let mut terminal = haven
            .containers()
            .exec(node, one, ExecSpec { command, tty: true, stdin: true, ..ExecSpec::default() })
            .await
            .unwrap();
        terminal.input.write_all(b"hello\n").await.unwrap();
        let mut said = String::new();
        while let Some(piece) = terminal.output.next().await {
            said.push_str(&text(&piece.unwrap().bytes));
        }
        assert!(said.contains("got hello"), "{said}");
        assert_eq!(terminal.control.exit_code().await.unwrap(), 5);
        assert_eq!(haven.top().nodes(TopBy::Cpu).await.unwrap().len(), 3);
        let begun = Instant::now();
        while haven.top().containers(TopBy::Memory).await.unwrap().items.len() < 3 {
            assert!(begun.elapsed() < Duration::from_secs(20), "no samples of all three");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(!haven.events().list(Severity::Info).await.unwrap().is_empty());

        // What a program makes, the others see, and the other way round.
        let spec = ContainerSpec {
            command: ["sleep", "1000"].map(str::to_owned).to_vec(),
            ..ContainerSpec::new(ImageRef::new(BUSYBOX).unwrap())
        };
        let name = format!("{cluster}-program");
        let id = haven.containers().create(node, Some(ContainerName::new(&name).unwrap()), spec).await.unwrap();
        within(Duration::from_secs(10), "the command line sees it", || {
            served.haven("ps -a --no-trunc").contains(id.as_str())
        });
        served.haven(&format!("rm -f {name}"));
        let gone = haven.containers().find(&ContainerRef::from(&id)).await.unwrap_err();
        assert_eq!(gone.kind(), haven_core::ErrorKind::NotFound);
    }
}

async fn three_are_driven_as_one(bed: &Bed, store: &str, name: &str) {
    let fleet = gathered(bed, store, name);
    let haven = Haven::open(&fleet.served.url_with_password()).await.unwrap();
    fleet.at_the_command_line(&haven).await;
    fleet.over_http(&haven).await;
    fleet.by_a_rust_program(&haven).await;
    let removed = fleet.served.json(&format!("rm -f {}", fleet.names()));
    assert!(removed.as_array().unwrap().iter().all(|told| told["outcome"] == "done"), "{removed:#}");
    assert!(fleet.by_rest().is_empty());
    haven.close().await;
    let mut served = fleet.served;
    served.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_real_engines_are_driven_as_one_on_redb() {
    let bed = shared_bed_or_skip!(engines());
    let _all = crate::ENGINES.read().await;
    three_are_driven_as_one(bed, "redb", "redb").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_real_engines_are_driven_as_one_on_etcd() {
    let (bed, etcd) = (shared_bed_or_skip!(engines()), shared_bed_or_skip!(members()));
    let _all = crate::ENGINES.read().await;
    let _whole = crate::MEMBERS.read().await;
    three_are_driven_as_one(bed, &etcd_store(etcd, "drive"), "etcd").await;
}
