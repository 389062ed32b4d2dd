//! An agent's report of a machine with 61 containers: the processor time and the memory that it takes, of the program that is
//! given to nodes and of the one that pip installs, against a script that does what the original's did, each in a process of
//! its own.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use haven::{
    engine::{
        Containers as _,
        docker::{DockerEngine, DockerOptions},
    },
    model::{ContainerSpec, ImageRef, NodeAddress},
};
use haven_testkit::bed::{BUSYBOX, Bed};
use tokio::net::TcpListener;

use super::ratio::{ROUNDS, print, print_bytes};

const CONTAINERS: usize = 61;
/// Between two reports: what lies in the processor's caches is another's by then.
const PAUSE: Duration = Duration::from_secs(1);
/// How long each is watched in a round.
const ROUND: Duration = Duration::from_secs(5);

/// Prints the figures of the agents that `HAVEN_AGENT` names, and of the one beside `HAVEN_PYTHON`; says where there is none.
pub async fn agents() {
    let of = |name| env::var_os(name).map(PathBuf::from);
    let (Some(native), Some(python)) = (of("HAVEN_AGENT"), of("HAVEN_PYTHON")) else {
        println!("the agents' figures take `scripts/bench`");
        return;
    };
    let bed = Bed::with_engines(1).plain_tcp().start().await.expect("the bed starts");
    let docker = bed.engine(0).tcp_address();
    let address = NodeAddress::Unix(bed.engine(0).socket().to_owned());
    let engine = DockerEngine::at(&address, None, DockerOptions::default()).await.expect("the engine answers");
    let spec = ContainerSpec {
        labels: (0..4).map(|number| (format!("label-{number}"), format!("value-{number}"))).collect(),
        ..ContainerSpec::new(ImageRef::new(BUSYBOX).expect("a valid name"))
    };
    stream::iter(0..CONTAINERS)
        .for_each_concurrent(4, |_| async { drop(engine.create_container(None, &spec).await.expect("created")) })
        .await;
    let as_agent = |program: &Path, master: SocketAddr| {
        let mut command = Command::new(program);
        let pause = format!("{}ms", PAUSE.as_millis());
        command.args(["-d", &docker.to_string(), "-m", &master.to_string(), "-t", &pause]);
        command
    };
    let mut ours = Reporting::start(|master| as_agent(&native, master)).await;
    let mut by_pip = Reporting::start(|master| as_agent(&python.with_file_name("haven-agent"), master)).await;
    let mut theirs = Reporting::start(|master| {
        let mut command = Command::new("/usr/bin/python3");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures/original.py");
        let pause = PAUSE.as_secs_f64().to_string();
        command.args([script, &docker.to_string(), &master.to_string(), &pause]);
        command
    })
    .await;
    let mut bare = Command::new(&python).args(["-c", "import time; time.sleep(3600)"]).spawn().expect("Python runs");
    let (mut times, mut times_by_pip, mut sizes, mut sizes_by_pip) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let original = theirs.round().await;
        times.push((ours.round().await, original));
        times_by_pip.push((by_pip.round().await, original));
        sizes.push((memory(ours.child.id()), memory(theirs.child.id())));
        sizes_by_pip.push((memory(by_pip.child.id()), memory(bare.id())));
    }
    print("processor time of a report, 61 containers / the original's", &times, "at most 0.2");
    print("the same of the agent that pip installs / the original's", &times_by_pip, "at most 0.2");
    print_bytes("memory of an agent / the original's", &sizes, "at most 0.33");
    print_bytes("memory of the agent that pip installs / a bare Python's", &sizes_by_pip, "at most 6MB more");
    let _ = bare.kill().and_then(|()| bare.wait());
    drop((ours, by_pip, theirs));
    bed.shutdown().await.expect("the bed goes away");
}

/// An agent, and a master of its own that counts its reports.
struct Reporting {
    child: Child,
    reports: Arc<AtomicU32>,
}

impl Reporting {
    async fn start(command: impl FnOnce(SocketAddr) -> Command) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let reports = Arc::<AtomicU32>::default();
        let count = reports.clone();
        let handler = async move |body: bytes::Bytes| {
            assert!(body.len() > 1000, "a report with containers");
            count.fetch_add(1, Ordering::SeqCst);
        };
        let router = axum::Router::new().route("/discovery/nodes/{name}", axum::routing::post(handler));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        let mut command = command(address);
        let child = command.stdin(Stdio::null()).spawn().expect("it starts");
        let mut reporting = Self { child, reports };
        while reporting.reports.load(Ordering::SeqCst) < 5 {
            assert!(reporting.child.try_wait().expect("a child").is_none(), "it ended");
            tokio::time::sleep(PAUSE).await;
        }
        reporting
    }

    /// The processor time of one report, while others run, too.
    async fn round(&mut self) -> Duration {
        let (time, reports) = (self.time(), self.reports.load(Ordering::SeqCst));
        tokio::time::sleep(ROUND).await;
        let done = self.reports.load(Ordering::SeqCst) - reports;
        self.time().saturating_sub(time) / done.max(1)
    }

    /// What its threads took of processors so far.
    fn time(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let nanoseconds = tasks.flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }
}

fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

impl Drop for Reporting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
