//! Masters that are down, slow, or no masters; engines that are away; clocks that jump.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use haven_agent::{Agent, AgentConfig};
use haven_core::{
    clock::{Clock, SystemClock},
    model::{NodeAddress, NodeName},
};
use haven_testkit::bed::require;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_util::sync::CancellationToken;

use crate::{
    SECRET,
    master::{Answers, Master},
    process::Running,
    until,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_is_not_well_is_told_of_and_reported_to_again() {
    let master = Master::start(Answers::Well).await;
    let mut agent = Running::alone(&master.url());
    until("a first report", || master.count(Answers::Well) > 0);
    let first = master.came().remove(0);
    assert_eq!((first.path.as_str(), first.secret.as_deref()), ("/discovery/nodes/web-3?ttl=2", Some(SECRET)));
    let cases = [
        (Answers::Unauthenticated, "the master wants another secret of its agents"),
        (Answers::Redirect, "the master sends elsewhere: name the server itself, leads to=http://elsewhere/login"),
        (Answers::Page, "something answers there that is no Haven server"),
        (Answers::Refuses, "the master refuses the report: the address is another node's"),
        (Answers::Busy, "the master answered with status 503"),
        (Answers::WithoutEnd, "the master refuses the report"),
        (Answers::Never, "the master does not answer within 5s"),
    ];
    for (recovered, (answers, told)) in cases.into_iter().enumerate() {
        let seen = agent.log().len();
        master.answer(answers);
        until(told, || agent.log()[seen..].contains(told));
        master.answer(Answers::Well);
        let before = master.count(Answers::Well);
        until("it reports again", || master.count(Answers::Well) > before);
        until("it says so", || agent.log().matches("the master takes reports again").count() > recovered);
        assert!(agent.runs());
    }
    let log = agent.log();
    assert!(log.contains(&format!("master=\"{}/\"", master.url())) && !log.contains("pa55word"), "{log}");
    for came in master.came() {
        assert!(came.report.system.memory.total > 0 && came.report.labels.is_none());
        assert!(came.body.get("containers").is_none(), "no engine answers, so nobody knows its containers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_is_down_or_speaks_no_http_is_found_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut agent = Running::alone(&address.to_string());
    until("it is down", || agent.log().contains("the master cannot be reached"));
    let listener = TcpListener::bind(address).await.unwrap();
    for garbage in [&b"SSH-2.0-OpenSSH_9\r\n"[..], b"HTTP/1.1 200 OK\r\ncontent-length: nonsense\r\n\r\n", b""] {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = [0; 1024];
        let _ = stream.read(&mut seen).await.unwrap();
        stream.write_all(garbage).await.unwrap();
    }
    until("garbage is told of", || agent.log().matches("the master's answer cannot be read").count() >= 3);
    let master = Master::on(listener, Answers::Well);
    until("it reports", || master.count(Answers::Well) > 0);
    assert!(agent.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_answers_without_end_costs_no_memory() {
    let master = Master::start(Answers::Well).await;
    let agent = Running::alone(&master.url());
    until("a first report", || master.count(Answers::Well) > 0);
    master.answer(Answers::WithoutEnd);
    until("some answers", || master.count(Answers::WithoutEnd) >= 2);
    let before = agent.memory();
    until("more answers", || master.count(Answers::WithoutEnd) >= 8);
    assert!(agent.memory() < before + 8 * 1024 * 1024, "{} after {before}", agent.memory());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_at_once_whatever_it_waits_for() {
    let master = Master::start(Answers::Well).await;
    for (answers, signal) in [(Answers::Well, "-TERM"), (Answers::Never, "-TERM"), (Answers::Well, "-INT")] {
        let before = master.count(answers);
        master.answer(answers);
        let agent = Running::alone(&master.url());
        until("a report", || master.count(answers) > before);
        let (code, took) = agent.stop(signal);
        assert!(code == Some(0) && took < Duration::from_secs(2), "{answers:?} {code:?} {took:?}");
    }
}

/// A clock whose time of day is set by hand, while time passes as it does.
#[derive(Debug)]
struct Jumping {
    real: SystemClock,
    seconds: AtomicI64,
}

impl Clock for Jumping {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.real.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.real.sleep(duration)
    }

    fn random(&self) -> u64 {
        self.real.random()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_changes_what_a_report_says_and_not_when_it_comes() {
    let master = Master::start(Answers::Well).await;
    let clock = Arc::new(Jumping { real: SystemClock::default(), seconds: AtomicI64::new(1_700_000_000) });
    let config = AgentConfig {
        master: master.url(),
        ca: None,
        secret: None,
        name: Some(NodeName::new("web-3").unwrap()),
        docker: NodeAddress::Unix("/nowhere.sock".into()),
        tls: None,
        address: None,
        interval: Duration::from_millis(100),
        root: "/".into(),
    };
    let agent = Agent::with_clock(config, clock.clone()).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(agent.run(stop.clone()));
    // Years ahead, back to before anything, and on.
    for seconds in [1_900_000_000, 0, 1_700_000_001] {
        clock.seconds.store(seconds, Ordering::SeqCst);
        let told = jiff::Timestamp::from_second(seconds).unwrap();
        let is_told = || master.came().iter().filter(|came| came.report.time == Some(told)).count() >= 3;
        until("some reports of that time", is_told);
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_is_read_below_another_root_where_the_agent_has_a_network_of_its_own() {
    let Some(()) = require("bed") else { return };
    let master = Master::start(Answers::Well).await;
    let (socket, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Processes and network of its own, as in a container, with the host's `/proc` mounted elsewhere. The way to the
    // master is a relay over a unix socket, since that network has none.
    let path = socket.path().join("master");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let address = master.address;
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = tokio::net::TcpStream::connect(address).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    let host = folder.path().join("host");
    std::fs::create_dir_all(host.join("proc")).unwrap();
    let script = format!(
        "mount --rbind /proc {host}/proc && ip link set lo up && exec unshare -p -f --mount-proc --kill-child sh -c '{relay} & sleep 1; \
         exec {agent} -t 1 -vv --name web-3 -d unix:///nowhere.sock -m 127.0.0.1:9 --root-path {host}'",
        host = host.display(),
        relay = relay(&path),
        agent = env!("CARGO_BIN_EXE_haven-agent"),
    );
    let mut command = std::process::Command::new("unshare");
    command.args(["-m", "-n", "sh", "-c", &script]);
    let agent = Running::spawn(folder, &mut command);
    until("a report from within", || master.count(Answers::Well) > 0);
    let system = master.came().remove(0).report.system;
    assert_eq!(system.memory.total, haven_agent::Collector::new("/").read().memory.total);
    let outside: Vec<String> = haven_agent::Collector::new("/").read().net.into_keys().collect();
    let inside: Vec<String> = system.net.into_keys().collect();
    assert!(!outside.is_empty() && outside.iter().all(|name| inside.contains(name)), "{inside:?} {}", agent.log());
}

/// A command that carries port 9 of this network to a unix socket.
fn relay(path: &std::path::Path) -> String {
    format!(
        "python3 -c \"import socket,threading\n\
         def carry(a,b):\n\
         \x20 for piece in iter(lambda: a.recv(65536), b\\\"\\\"): b.sendall(piece)\n\
         server=socket.create_server((\\\"127.0.0.1\\\",9))\n\
         while True:\n\
         \x20 near,_=server.accept(); far=socket.socket(socket.AF_UNIX); far.connect(\\\"{}\\\")\n\
         \x20 for pair in ((near,far),(far,near)): threading.Thread(target=carry,args=pair,daemon=True).start()\"",
        path.display()
    )
}
