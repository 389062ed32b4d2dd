//! The bed itself, seen from outside: by the docker and etcdctl commands, by `/proc`, `/sys` and the firewall.
//!
//! Most tests use one shared bed and take turns; the others start a small one of their own.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use haven_testkit::bed::{self, BUSYBOX, Bed, BedBuilder, Engine, HEALTHY, WEB, WEB_2};
use haven_testkit::{bed_or_skip, shared_bed_or_skip};

fn fleet() -> BedBuilder {
    Bed::with_engines(2).etcd(3).registry()
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the program is there")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What docker prints when it succeeds; it fails the test otherwise.
fn docker(engine: &Engine, args: &[&str]) -> String {
    let output = run(engine.docker().args(args));
    assert!(output.status.success(), "docker {args:?}: {}", text(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `docker version` over TCP with certificates, within a time limit.
fn docker_over_tcp(bed: &Bed, engine: &Engine, seconds: &str) -> Output {
    let mut command = Command::new("timeout");
    command.args([seconds, "docker", "version", "--format", "{{.Server.Version}}"]);
    command.env("DOCKER_HOST", engine.tcp_url());
    if engine.is_tls() {
        command.env("DOCKER_TLS_VERIFY", "1").env("DOCKER_CERT_PATH", bed.certs().folder());
    }
    run(&mut command)
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Whatever on this machine carries the bed's name.
fn traces(id: &str) -> Vec<String> {
    let mut traces = Vec::new();
    let (pid, slot) = id.split_once('-').expect("an id is a process id and a slot");
    let slot: u8 = slot.parse().expect("a slot is a number");
    let bridge = format!("hv{pid}-{slot:x}");
    for (program, args) in [
        ("ip", vec!["-o", "link"]),
        ("ip", vec!["netns"]),
        ("iptables", vec!["-S"]),
        ("iptables", vec!["-t", "nat", "-S"]),
    ] {
        let output = text(&run(Command::new(program).args(&args)));
        let ours = |line: &&str| {
            line.contains(&bridge)
                || line.contains(&format!("haven-{id}-"))
                || line.contains(&format!("10.213.{slot}."))
        };
        traces.extend(output.lines().filter(ours).map(|line| format!("{program}: {line}")));
    }
    for entry in std::fs::read_dir("/proc").expect("there is a /proc").flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        if words.contains(&format!("/haven-bed/{id}/")) {
            traces.push(format!("process: {words}"));
        }
    }
    let mounts = std::fs::read_to_string("/proc/self/mounts").expect("there are mounts");
    traces.extend(mounts.lines().filter(|line| line.contains(&format!("/{id}/"))).map(|line| format!("mount: {line}")));
    for group in std::fs::read_dir("/sys/fs/cgroup").expect("there are control groups").flatten() {
        let group = group.path().join(format!("haven-bed-{id}"));
        if group.exists() {
            traces.push(format!("control group: {}", group.display()));
        }
    }
    let folder = format!("/var/lib/haven-bed/{id}");
    if Path::new(&folder).exists() {
        traces.push(folder);
    }
    traces
}

#[tokio::test]
async fn every_engine_answers_over_its_socket_and_over_tcp() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let mut ids = Vec::new();
    for engine in bed.engines() {
        assert_eq!(docker(engine, &["info", "--format", "{{.Name}}"]), engine.name());
        assert!(docker(engine, &["info", "--format", "{{.Labels}}"]).contains(&format!("zone={}", engine.zone())));
        let over_tcp = docker_over_tcp(bed, engine, "10");
        assert!(over_tcp.status.success(), "{}", text(&over_tcp));
        ids.push(docker(engine, &["image", "inspect", "--format", "{{.Id}}", BUSYBOX, WEB, WEB_2]));
    }
    assert_eq!(ids[0], ids[1], "the same image has the same id on each engine");
}

#[tokio::test]
async fn containers_run_serve_and_are_healthy() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(0);
    docker(engine, &["run", "-d", "--name", "served", "-p", "8080:8080", "-m", "64m", WEB_2]);
    docker(engine, &["run", "-d", "--name", "checked", HEALTHY]);
    let url = format!("http://{}:8080/version", engine.address());
    eventually("the page is served", || text(&run(Command::new("busybox").args(["wget", "-qO-", &url]))).trim() == "2");
    eventually("the container is healthy", || {
        docker(engine, &["inspect", "--format", "{{.State.Health.Status}}", "checked"]) == "healthy"
    });
    assert!(docker(engine, &["exec", "served", "ps"]).contains("httpd"));
    let begun = Instant::now();
    docker(engine, &["stop", "served", "checked"]);
    assert!(begun.elapsed() < Duration::from_secs(8), "the images stop when they are asked to");
    docker(engine, &["rm", "served", "checked"]);
}

#[tokio::test]
async fn engines_pull_from_the_registry() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let registry = bed.registry().expect("the fleet has one");
    let image = format!("{}/{WEB}", registry.authority());
    let engine = bed.engine(1);
    docker(engine, &["pull", "-q", &image]);
    assert_eq!(
        docker(engine, &["image", "inspect", "--format", "{{.Id}}", &image]),
        docker(engine, &["image", "inspect", "--format", "{{.Id}}", WEB])
    );
    docker(engine, &["rmi", &image]);
}

#[tokio::test]
async fn a_host_that_is_cut_off_answers_nobody_until_it_is_reconnected() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(0);
    engine.cut_off().await.unwrap();
    assert!(!docker_over_tcp(bed, engine, "2").status.success());
    assert_eq!(docker(engine, &["info", "--format", "{{.Name}}"]), engine.name(), "the socket does not notice");
    engine.reconnect().await.unwrap();
    assert!(docker_over_tcp(bed, engine, "10").status.success());
}

#[tokio::test]
async fn two_hosts_that_are_parted_still_reach_the_others() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let (engine, [near, far, _]) = (bed.engine(0), bed.etcd()) else { panic!("the fleet has three members") };
    let reaches = |member: &bed::Member| {
        let mut command = engine.command("etcdctl").unwrap();
        command.env("ETCDCTL_API", "3").args(["--dial-timeout=2s", "--command-timeout=2s", "--endpoints"]);
        run(command.arg(member.endpoint()).args(["endpoint", "health"])).status.success()
    };
    engine.cut_off_from(far).await.unwrap();
    assert!(reaches(near) && !reaches(far));
    assert!(docker_over_tcp(bed, engine, "10").status.success() && far.is_healthy().await);
    far.reconnect_to(engine).await.unwrap();
    assert!(reaches(far));
}

#[tokio::test]
async fn containers_outlive_a_stop_a_crash_and_a_power_cut() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(1);
    docker(engine, &["run", "-d", "--name", "kept", "--restart", "always", BUSYBOX]);
    let id = docker(engine, &["inspect", "--format", "{{.Id}}", "kept"]);
    let runs = || docker(engine, &["ps", "--no-trunc", "-q"]) == id;
    let before = engine.pid();

    engine.stop().await.unwrap();
    assert_eq!(engine.pid(), None);
    assert!(!docker_over_tcp(bed, engine, "2").status.success());
    engine.restart().await.unwrap();
    assert_ne!(engine.pid(), before);
    eventually("the container runs again after a stop", runs);

    engine.kill().await.unwrap();
    engine.restart().await.unwrap();
    eventually("the container runs again after a crash", runs);

    engine.power_off().await.unwrap();
    engine.restart().await.unwrap();
    eventually("the container runs again after a power cut", runs);
    docker(engine, &["rm", "-f", "kept"]);
}

#[tokio::test]
async fn a_paused_engine_hangs_and_a_resumed_one_answers() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(0);
    engine.pause().await.unwrap();
    let output = docker_over_tcp(bed, engine, "2");
    assert_eq!(output.status.code(), Some(124), "it hangs, and the time limit ends it: {}", text(&output));
    engine.resume().await.unwrap();
    assert!(docker_over_tcp(bed, engine, "10").status.success());
}

#[tokio::test]
async fn a_slow_engine_answers_late_on_both_of_its_addresses() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(0);
    let timed = |what: &dyn Fn()| {
        let begun = Instant::now();
        what();
        begun.elapsed()
    };
    let over_tcp = || assert!(docker_over_tcp(bed, engine, "30").status.success());
    let over_unix = || assert_eq!(docker(engine, &["info", "--format", "{{.Name}}"]), engine.name());

    let mut open = std::net::TcpStream::connect(engine.tcp_address()).unwrap();
    engine.slow(Duration::from_millis(700)).await.unwrap();
    let (slow_tcp, slow_unix) = (timed(&over_tcp), timed(&over_unix));
    assert!(slow_tcp.min(slow_unix) >= Duration::from_millis(700));
    let still_fast = std::io::Write::write_all(&mut open, b"x").and_then(|()| std::io::Read::read(&mut open, &mut [0]));
    assert!(still_fast.is_err(), "a connection from before is reset");

    // A hijacked stream, of which one half ends before the other.
    let pipe = format!("echo through | docker -H {} run --rm -i {BUSYBOX} cat", engine.unix_url());
    assert_eq!(text(&run(Command::new("sh").args(["-c", &pipe]))).trim(), "through");

    engine.full_speed().await.unwrap();
    assert!(timed(&over_tcp) < slow_tcp);
    assert!(timed(&over_unix) < slow_unix);
}

#[tokio::test]
async fn etcd_elects_around_a_member_that_is_cut_off() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let members = bed.etcd();
    let put = |index: usize| {
        let mut command = bed.etcdctl(&members[index..=index]);
        command.args(["--command-timeout=5s", "--dial-timeout=5s", "put", "haven-bed", "1"]);
        run(&mut command).status.success()
    };
    assert!(put(2));
    members[0].cut_off().await.unwrap();
    assert!(!put(0));
    eventually("the other two go on", || put(1));
    members[0].reconnect().await.unwrap();
    eventually("it is back", || put(0));
    members[1].kill().await.unwrap();
    members[1].restart().await.unwrap();
    eventually("a killed one is back", || put(1));
    assert!(members[2].is_healthy().await);
}

#[tokio::test]
async fn commands_run_on_the_machine() {
    let bed = shared_bed_or_skip!(fleet());
    let _turn = bed.lock().await;
    let engine = bed.engine(1);
    assert_eq!(text(&run(&mut engine.command("hostname").unwrap())).trim(), engine.name());
    let processes = text(&run(engine.command("busybox").unwrap().arg("ps")));
    assert!(processes.contains("dockerd") && !processes.contains("etcd "), "{processes}");
}

#[tokio::test]
async fn nothing_is_left_after_a_shutdown() {
    let bed = bed_or_skip!(Bed::with_engines(1).etcd(1).registry().plain_tcp());
    let id = bed.id();
    let engine = bed.engine(0);
    assert!(!engine.is_tls() && docker_over_tcp(&bed, engine, "10").status.success());
    docker(engine, &["run", "-d", "-p", "8080:8080", "--restart", "always", BUSYBOX, "sleep", "1000"]);
    engine.slow(Duration::from_millis(10)).await.unwrap();
    bed.etcd()[0].pause().await.unwrap();
    assert!(traces(&id).len() > 10, "the test would see them: {:?}", traces(&id));
    let begun = Instant::now();
    bed.shutdown().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(traces(&id), Vec::<String>::new());
}

#[tokio::test]
async fn locked_doors_open_to_those_with_the_key() {
    let bed = bed_or_skip!(
        Bed::with_engines(1).etcd(1).etcd_tls().etcd_password("secret").registry_password("haven", "pw").registry_tls()
    );
    let get = |command: &mut Command| {
        run(command.args(["--command-timeout=3s", "--dial-timeout=3s", "get", "x"])).status.success()
    };
    assert!(get(&mut bed.etcdctl(bed.etcd())));
    let endpoints = bed.etcd_endpoints().join(",");
    let mut bare = Command::new("etcdctl");
    bare.env("ETCDCTL_API", "3")
        .args(["--user=root:secret", "--endpoints", &endpoints])
        .arg("--cacert")
        .arg(bed.certs().ca());
    assert!(!get(&mut bare), "a certificate is wanted");
    bare.arg("--cert").arg(bed.certs().cert()).arg("--key").arg(bed.certs().key()).arg("--user=root:wrong");
    assert!(!get(&mut bare), "a password is wanted");
    assert_eq!(bed.etcd_credentials(), Some(("root", "secret")));

    let (engine, [locked, tls]) = (bed.engine(0), bed.registries()) else { panic!("two registries were asked for") };
    docker(engine, &["pull", "-q", &format!("{}/{WEB}", tls.authority())]);
    let refused = run(Command::new("docker")
        .env("DOCKER_HOST", engine.unix_url())
        .arg("pull")
        .arg(format!("{}/{WEB}", locked.authority())));
    assert!(!refused.status.success());
    assert_eq!(locked.credentials(), Some(("haven", "pw")));
}

/// Run in a process of its own by the tests below: starts a bed, says so, and waits to be killed.
#[tokio::test]
#[ignore = "a part of the next tests"]
async fn owner_that_is_killed() {
    let bed = bed_or_skip!(Bed::with_engines(1));
    docker(bed.engine(0), &["run", "-d", "--restart", "always", BUSYBOX]);
    let file = std::env::var("HAVEN_BED_TEST_READY").expect("the parent names a file");
    std::fs::write(format!("{file}.new"), bed.id()).unwrap();
    std::fs::rename(format!("{file}.new"), &file).unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

/// Starts a bed in a process of its own and waits until it is up; the process and the bed's id.
fn other_owner(ready: &Path) -> (Child, String) {
    let owner = Command::new(std::env::current_exe().expect("this is a program"))
        .args(["--exact", "owner_that_is_killed", "--ignored"])
        .env("HAVEN_BED_TEST_READY", ready)
        .stdout(Stdio::null())
        .spawn()
        .expect("this program starts again");
    eventually("the other bed is up", || ready.exists());
    (owner, std::fs::read_to_string(ready).expect("the owner wrote it"))
}

#[tokio::test]
async fn a_killed_owners_bed_goes_and_a_living_owners_stays() {
    let ours = bed_or_skip!(Bed::with_engines(1));
    let answers = || docker(ours.engine(0), &["info", "--format", "{{.Name}}"]) == "engine-1";
    let (mut owner, id) = other_owner(&ours.folder().join("other"));
    assert!(!traces(&id).is_empty());
    owner.kill().unwrap();
    owner.wait().unwrap();
    eventually("the killed owner's bed is removed", || traces(&id).is_empty());
    assert!(answers());
}

#[tokio::test]
async fn a_sweep_removes_what_dead_owners_left_and_nothing_else() {
    let ours = bed_or_skip!(Bed::with_engines(1));
    let root = ours.folder().parent().unwrap().to_owned();
    let (mut owner, id) = other_owner(&ours.folder().join("other"));
    // The shell that removes the bed dies first, then its owner.
    let end = format!("reap.sh\0{}\0wait\0", root.join(&id).display());
    let reaper = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .find(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|words| words.ends_with(end.as_bytes())));
    let reaper = reaper.expect("each bed has one").file_name();
    assert!(run(Command::new("kill").arg("-9").arg(reaper)).status.success());
    owner.kill().unwrap();
    owner.wait().unwrap();
    // An owner whose number was given again is dead, too.
    let (reused, unseen) = (root.join(format!("reused-{}", ours.id())), ours.folder().join("reused"));
    std::fs::create_dir(&unseen).unwrap();
    std::fs::write(unseen.join("owner"), format!("{} 1", std::process::id())).unwrap();
    std::fs::rename(&unseen, &reused).unwrap();

    let removed = tokio::task::spawn_blocking(bed::sweep).await.unwrap().unwrap();
    assert!(!removed.contains(&ours.id()), "{removed:?}");
    assert_eq!(traces(&id), Vec::<String>::new());
    assert!(!reused.exists());
    assert_eq!(docker(ours.engine(0), &["info", "--format", "{{.Name}}"]), "engine-1");
}
