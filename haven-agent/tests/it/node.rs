//! Agents on nodes of the real test bed.

use std::time::Duration;

use haven_core::{Haven, model::NodeName, model::Secret};
use haven_server::{Server, ServerOptions};
use haven_testkit::{
    bed::{BUSYBOX, Bed, BedBuilder},
    shared_bed_or_skip,
};
use tokio::{net::TcpListener, sync::RwLock};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    SECRET,
    master::{Answers, Master},
    process::Running,
    until,
};

/// Written by the test that stops an engine.
pub(crate) static ENGINES: RwLock<()> = RwLock::const_new(());

/// Engines that answer without TLS, as the original's agents asked them.
pub(crate) fn engines() -> BedBuilder {
    Bed::with_engines(2).plain_tcp()
}

/// A real server in this process.
pub(crate) struct Served {
    pub(crate) haven: Haven,
    pub(crate) address: std::net::SocketAddr,
    _stop: DropGuard,
}

impl Served {
    pub(crate) async fn start(options: ServerOptions) -> Self {
        let haven = Haven::open("memory:").await.unwrap();
        let options = ServerOptions { agent_secret: Some(Secret::new(SECRET)), ..options };
        let server = Server::new(haven.clone(), options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(server.serve(listener, stop.clone()));
        Self { haven, address, _stop: stop.drop_guard() }
    }

    /// Whether a node's agent reports, and its engine is reached.
    pub(crate) async fn is_online(&self, node: &str) -> bool {
        let node = self.haven.nodes().get(&NodeName::new(node).unwrap()).await;
        node.is_ok_and(|node| node.agent.reporting && node.engine.connected)
    }
}

/// Waits until `holds`, for at most 20 seconds.
pub(crate) async fn until_it(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let limit = tokio::time::timeout(Duration::from_secs(20), async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(limit.await.is_ok(), "not in time: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_of_the_original_report_with_the_files_they_have() {
    let bed = shared_bed_or_skip!(engines());
    let _all = ENGINES.read().await;
    let served = Served::start(ServerOptions::default()).await;
    let mut agents = Vec::new();
    for (engine, file) in bed.engines().iter().zip(["haven-agent.ini", "dm-agent.ini"]) {
        let (at, master) = (engine.tcp_address(), served.address);
        let ini =
            format!("[main]\n docker = {at}\n master = {master}\n timeout = 1\n secret = {SECRET}\n log_level = 2\n");
        let mut path = std::path::PathBuf::new();
        let agent = Running::start("", |command| {
            path = command.get_current_dir().unwrap().join(file);
            std::fs::write(&path, &ini).unwrap();
        });
        agents.push((agent, path, ini));
    }
    for (engine, (agent, path, ini)) in bed.engines().iter().zip(&agents) {
        until_it(&agent.log(), async || served.is_online(engine.name()).await).await;
        let node = served.haven.nodes().get(&NodeName::new(engine.name()).unwrap()).await.unwrap();
        assert_eq!(node.labels["zone"], engine.zone());
        assert_eq!(node.address.unwrap().to_string(), format!("tcp://{}", engine.tcp_address()));
        assert!(node.metrics.unwrap().memory_total.is_some_and(|total| total > 0));
        assert_eq!(std::fs::read_to_string(path).unwrap(), *ini, "a node's files stay as they are");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_restarts_under_the_agent_is_told_of_and_found_again() {
    let bed = shared_bed_or_skip!(engines());
    let _alone = ENGINES.write().await;
    let engine = bed.engine(1);
    let run = engine.docker().args(["run", "-d", "--name", "told", "-l", "app=shop", BUSYBOX, "sleep", "600"]).output();
    let run = run.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let master = Master::start(Answers::Well).await;
    let line = format!("-t 1 -vv -d {} -m {}", engine.unix_url(), master.address);
    let mut agent = Running::start(&line, |_| {});
    let told = || master.came().last().is_some_and(|came| came.body["containers"][0]["name"] == "told");
    until("its containers", told);
    let last = master.came().pop().unwrap();
    let container = &last.body["containers"][0];
    assert_eq!((&container["image"], &container["labels"]["app"]), (&BUSYBOX.into(), &"shop".into()));
    assert_eq!(container["id"], String::from_utf8_lossy(&run.stdout).trim());
    assert_eq!((&last.body["id"], &last.body["name"]), (&engine.name().into(), &engine.name().into()));
    engine.stop().await.unwrap();
    until("figures without containers", || {
        master.came().last().is_some_and(|came| came.body.get("containers").is_none())
    });
    let away = master.came().pop().unwrap();
    assert!(
        away.report.system.memory.total > 0 && away.report.labels.as_ref().unwrap()["zone"] == engine.zone(),
        "it is still the one it was"
    );
    let log = agent.log();
    assert!(log.contains("the engine does not answer") && log.contains(&engine.unix_url()), "{log}");
    engine.restart().await.unwrap();
    until("its containers again", told);
    assert!(agent.runs());
    assert!(engine.docker().args(["rm", "-f", "told"]).output().unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_in_a_container_reports_its_host() {
    let bed = shared_bed_or_skip!(engines());
    let _all = ENGINES.read().await;
    let engine = bed.engine(0);
    let served = Served::start(ServerOptions::default()).await;
    // An image of the program and the libraries that it needs, as the engines of the bed reach no hub.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let needed = std::process::Command::new("ldd").arg(env!("CARGO_BIN_EXE_haven-agent")).output().unwrap();
    let needed = String::from_utf8(needed.stdout).unwrap();
    let place = |from: &str, to: &str| {
        let to = root.join(to.trim_start_matches('/'));
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    };
    needed.split_whitespace().filter(|word| word.starts_with('/')).for_each(|library| place(library, library));
    place(env!("CARGO_BIN_EXE_haven-agent"), "/haven-agent");
    let archive = folder.path().join("root.tar");
    let tar = std::process::Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&root).arg(".").status();
    assert!(tar.unwrap().success());
    let docker = |words: &[&str]| {
        let output = engine.docker().args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    docker(&["import", archive.to_str().unwrap(), "haven-test/agent:1"]);
    // The server is on this machine, which a container reaches at the bed's gateway.
    let listener = TcpListener::bind((bed.gateway(), 0)).await.unwrap();
    let (gate, to) = (listener.local_addr().unwrap(), served.address);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = tokio::net::TcpStream::connect(to).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    let socket = format!("{}:/var/run/docker.sock", engine.socket().display());
    let (secret, master) = (format!("HAVEN_AGENT_SECRET={SECRET}"), format!("http://{gate}"));
    docker(&[
        "run",
        "-d",
        "--name",
        "agent",
        "--network",
        "host",
        "-v",
        "/:/host:ro",
        "-v",
        &socket,
        "-e",
        &secret,
        "haven-test/agent:1",
        "/haven-agent",
        "-t",
        "1",
        "-m",
        &master,
        "--root-path",
        "/host",
    ]);
    let node = NodeName::new(engine.name()).unwrap();
    let reports = async || {
        let node = served.haven.nodes().get(&node).await;
        node.is_ok_and(|node| node.metrics.is_some_and(|metrics| metrics.memory_total.is_some()))
    };
    until_it("a report from the container", reports).await;
    let metrics = served.haven.nodes().get(&node).await.unwrap().metrics.unwrap();
    let host = haven_agent::Collector::new("/").read();
    assert_eq!(metrics.memory_total, Some(host.memory.total));
    assert_eq!(metrics.disks.keys().collect::<Vec<_>>(), host.disks.keys().collect::<Vec<_>>());
    docker(&["stop", "agent"]);
    assert_eq!(docker(&["inspect", "-f", "{{.State.ExitCode}}", "agent"]).trim(), "0", "it ends by itself");
    docker(&["rm", "-f", "agent"]);
}
