//! A fleet on loopback, and the program pointed at it.

use std::{
    path::Path,
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use haven_core::{
    Haven,
    clock::{Clock, SystemClock},
    model::{ClusterName, ContainerSpec, ImageRef, NodeAddress, NodeName, Secret},
    store::{Key, MemoryStore, Store as _},
};
use haven_server::{Server, ServerOptions};
use tokio_util::sync::{CancellationToken, DropGuard};

pub const PASSWORD: &str = "correct horse battery";

/// Two simulated nodes, one of them in a cluster, with a container each; served until dropped.
pub struct Fleet {
    pub url: String,
    pub folder: tempfile::TempDir,
    pub haven: Haven,
    store: Arc<MemoryStore>,
    runtime: tokio::runtime::Runtime,
    _stop: DropGuard,
}

impl Fleet {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let stop = CancellationToken::new();
        let (haven, store, url) = runtime.block_on(async {
            let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
            let store = Arc::new(MemoryStore::new(&*clock));
            let haven = Haven::builder().clock(clock).store(store.clone()).build().await.unwrap();
            haven.services().unwrap().access.first_user(&Secret::new(PASSWORD)).await.unwrap();
            haven.clusters().create(&ClusterName::new("shop").unwrap(), "what customers see").await.unwrap();
            for name in ["sim-1", "sim-2"] {
                let node = NodeName::new(name).unwrap();
                haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
                haven.nodes().wait_online(&node).await.unwrap();
                let spec = ContainerSpec {
                    command: ["sh", "-c", "echo ready; while true; do sleep 1; done"].map(str::to_owned).to_vec(),
                    ..ContainerSpec::new(ImageRef::new("busybox:1").unwrap())
                };
                haven.containers().run(&node, &format!("web-{}", &name[4..]), spec).await.unwrap();
            }
            haven
                .clusters()
                .add_node(&ClusterName::new("shop").unwrap(), &NodeName::new("sim-1").unwrap())
                .await
                .unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let server = Server::new(haven.clone(), ServerOptions::default()).unwrap();
            tokio::spawn(server.serve(listener, stop.clone()));
            (haven, store, url)
        });
        Self { url, folder: tempfile::tempdir().unwrap(), haven, store, runtime, _stop: stop.drop_guard() }
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Waits until it is known what each node uses.
    pub fn wait_sampled(&self) {
        self.block_on(async {
            loop {
                let nodes = self.haven.nodes().list().await.unwrap();
                if nodes.iter().all(|node| node.metrics.as_ref().is_some_and(|used| used.cpu_percent.is_some())) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
    }

    /// How many sessions the server keeps.
    pub fn sessions(&self) -> usize {
        let all = self.block_on(self.store.list(&Key::new("").unwrap())).unwrap();
        all.entries.iter().filter(|entry| entry.key.as_str().contains("session")).count()
    }

    /// The program, pointed at the fleet.
    pub fn haven(&self) -> Command {
        let mut command = program(self.folder.path());
        command.env("HAVEN_SERVER", &self.url).env("HAVEN_PASSWORD", PASSWORD);
        command
    }

    /// Runs the words of `line`, and answers how it ended as a text to compare.
    pub fn run(&self, line: &str) -> String {
        let output = self.haven().args(line.split_whitespace()).output().unwrap();
        transcript(line, &output)
    }

    /// Several commands, one after the other.
    pub fn session(&self, lines: &[&str]) -> String {
        lines.iter().map(|line| self.run(line)).collect::<Vec<_>>().join("\n")
    }
}

/// The program with nothing of this machine's environment in it.
pub fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_haven"));
    command
        .env_clear()
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.current_dir(home);
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn transcript(line: &str, output: &Output) -> String {
    let code = output.status.code().map_or("signal".to_owned(), |code| code.to_string());
    let mut told = format!("$ haven {line}\n{}", text(&output.stdout));
    if !output.stderr.is_empty() {
        told.push_str("--- stderr\n");
        told.push_str(&text(&output.stderr));
    }
    format!("{told}--- code {code}\n")
}

/// What differs from run to run.
pub fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"\b(sha256:)?[0-9a-f]{64}\b", "[ID]"),
        (r"\b[0-9a-f]{12}\b", "[ID]"),
        (r"\b[0-9a-f]{8}\.\d+\b", "[REVISION]"),
        (r"127\.0\.0\.1:\d+", "[ADDRESS]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "[TIME]"),
        (r"(\d+ (second|minute)s? ago|just now)", "[AGO]"),
        (r"Up (Less than a second|About a minute|\d+ \w+)", "Up [SPAN]"),
        (r"Exited \((\d+)\) (Less than a second|\d+ \w+) ago", "Exited ($1) [AGO]"),
        (r"\d+(\.\d+)?(B|KiB|MiB|GiB)\b", "[SIZE]"),
        (r"\d+\.\d+%", "[PERCENT]"),
        (r"2\.0\.0-alpha\.\d+", "[VERSION]"),
        (r" {2,}", "  "),
        (r" +\n", "\n"),
        // What a node uses is known some time after its first containers.
        (r"(sim:  \d+/\d+  20\.10\.24  -)  \S+  \S+", "$1  [CPU]  [MEMORY]"),
    ]
}

/// Compares with the snapshot of this name.
macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!({ filters => crate::fleet::filters(), omit_expression => true }, { insta::assert_snapshot!($name, $text) })
    };
}
pub(crate) use snapshot;
