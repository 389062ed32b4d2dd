//! `haven serve` by itself: start, first password, trouble, stop.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Stdio},
    time::{Duration, Instant},
};

use crate::fleet::{program, snapshot, text};

pub(crate) struct Served {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Served {
    /// Its log is the file `log` in its home.
    pub(crate) fn start(home: &std::path::Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(home.join("log")).unwrap();
        let mut command = program(home);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.rsplit(' ').next().unwrap().to_owned();
        Self { child, lines, url }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").arg(&pid).status().unwrap().success());
        let begun = Instant::now();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_first_password_is_told_once_and_state_survives() {
    let home = tempfile::tempdir().unwrap();
    let mut served = Served::start(home.path(), &["--data", "d", "--simulate", "1"], &[]);
    let line = served.line();
    let password = line.strip_prefix("first password of admin: ").unwrap().to_owned();
    let nodes = |url: &str| {
        let output = program(home.path())
            .args(["nodes", "-q", "--server", url])
            .env("HAVEN_PASSWORD", &password)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(nodes(&served.url), "sim-1\n");
    // A stream that is open must not keep the server from stopping.
    let mut follower = program(home.path())
        .args(["events", "-f", "--server", &served.url])
        .env("HAVEN_PASSWORD", &password)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The heading is written when the stream is open.
    let mut followed = BufReader::new(follower.stdout.take().unwrap()).lines();
    let heading = followed.next().unwrap().unwrap();
    assert!(heading.starts_with("TIME"), "{heading}");
    served.stop();
    let _ = follower.kill();
    let _ = follower.wait();
    let mut again =
        Served::start(home.path(), &["--data", "d", "--simulate", "0"], &[("HAVEN_ADMIN_PASSWORD", "other")]);
    assert_eq!(nodes(&again.url), "sim-1\n");
    let line = again.line();
    assert!(line.contains("begin anew at each start"), "{line}");
    again.stop();
}

#[test]
fn a_password_that_was_lost_is_replaced_where_the_store_is() {
    let home = tempfile::tempdir().unwrap();
    let start = || Served::start(home.path(), &["--data", "d", "--simulate", "0"], &[]);
    start().stop();
    let mut passwd = program(home.path());
    passwd.args(["--server", "redb:d/haven.redb", "passwd"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = passwd.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"an other one\n").unwrap();
    assert!(child.wait().unwrap().success());
    let served = start();
    let whoami = |password: &str| {
        let mut command = program(home.path());
        command.args(["whoami", "--server", &served.url]).env("HAVEN_PASSWORD", password).output().unwrap().status
    };
    assert_eq!([whoami("an other one").code(), whoami("an other").code()], [Some(0), Some(5)]);
    served.stop();
}

#[test]
fn a_weak_first_password_is_told_of() {
    let home = tempfile::tempdir().unwrap();
    for (password, is_weak) in [("secret", true), ("correct horse battery", false)] {
        let log = home.path().join("log");
        let _ = std::fs::remove_file(&log);
        Served::start(home.path(), &["--store", "memory:"], &[("HAVEN_ADMIN_PASSWORD", password)]).stop();
        let log = std::fs::read_to_string(log).unwrap();
        assert_eq!(log.contains("the password in HAVEN_ADMIN_PASSWORD is weak"), is_weak, "{log}");
    }
}

#[test]
fn stand_ins_go_when_there_is_a_real_node() {
    let home = tempfile::tempdir().unwrap();
    let nowhere = [("DOCKER_HOST", "unix:///nowhere/docker.sock"), ("HAVEN_ADMIN_PASSWORD", "pw")];
    let start = || Served::start(home.path(), &["--data", "d"], &nowhere);
    let haven = |served: &Served, words: &[&str]| {
        let mut command = program(home.path());
        let output = command.args(words).args(["--server", &served.url]).env("HAVEN_PASSWORD", "pw").output().unwrap();
        text(&output.stdout)
    };
    let mut served = start();
    assert!(served.line().contains("simulated fleet of 3 nodes"));
    haven(&served, &["nodes", "register", "real", "tcp://127.0.0.1:9"]);
    served.stop();
    let served = start();
    let begun = Instant::now();
    while haven(&served, &["nodes", "-q"]) != "real\n" {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", haven(&served, &["nodes", "-q"]));
        std::thread::sleep(Duration::from_millis(100));
    }
    served.stop();
}

#[test]
fn with_a_certificate_it_speaks_tls_to_who_trusts_it() {
    let home = tempfile::tempdir().unwrap();
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(home.path().join("cert.pem"), signed.cert.pem()).unwrap();
    std::fs::write(home.path().join("key.pem"), signed.signing_key.serialize_pem()).unwrap();
    let tls = ["--store", "memory:", "--simulate", "1", "--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let served = Served::start(home.path(), &tls, &[("HAVEN_ADMIN_PASSWORD", "pw")]);
    assert!(served.url.starts_with("https://"), "{}", served.url);
    let haven = |words: &[&str]| {
        let mut command = program(home.path());
        let output = command.args(words).args(["--server", &served.url]).env("HAVEN_PASSWORD", "pw").output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    assert_eq!(haven(&["nodes", "-q", "--ca", "cert.pem"]).1, "sim-1\n");
    let (code, _, told) = haven(&["nodes", "-q"]);
    assert!(code == Some(6) && told.contains("hint: trust the server's authority with `--ca FILE`"), "{told}");
    let report = |ca: &[&str]| {
        let agent = ["agent", "--once", "--name", "web-3", "--docker", "unix:///nowhere.sock", "--master", &served.url];
        program(home.path()).args(agent).args(ca).output().unwrap().status.code()
    };
    assert_eq!([report(&[]), report(&["--ca", "cert.pem"])], [Some(6), Some(0)]);
    served.stop();
}

#[test]
fn the_unit_of_the_service_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let printed = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = program(home.path());
        command.args(["serve", "install", "--print"]).args(words).envs(variables.iter().copied());
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, unit, _) = printed(&["--listen", "0.0.0.0:8761"], &[("HAVEN_DATA", "/var/lib/haven")]);
    assert!(code == Some(0) && unit.contains("/haven serve --listen 0.0.0.0:8761\n"), "{unit}");
    assert!(!unit.contains("--data") && !unit.contains("ReadWritePaths") && !unit.contains('@'), "{unit}");
    // What is kept elsewhere can be written: systemd leaves the rest of the machine closed.
    let elsewhere = [("HAVEN_DATA", "/srv/data")];
    let (_, unit, _) = printed(&["--store", "redb:/srv/store/fleet.redb"], &elsewhere);
    assert!(unit.contains("serve --store redb:/srv/store/fleet.redb\n"), "{unit}");
    assert!(unit.contains("\nReadWritePaths=/srv/data\nReadWritePaths=/srv/store\n"), "{unit}");
    let (code, unit, told) = printed(&["--store", "etcd://haven:s3cret@10.0.0.1:2379"], &[]);
    assert_eq!((code, unit.as_str()), (Some(2), ""));
    assert!(told.contains("/etc/haven/haven.env") && !told.contains("s3cret"), "{told}");
}

#[test]
fn an_agent_reports_from_a_machine_without_authorities() {
    let home = tempfile::tempdir().unwrap();
    let variables = [("HAVEN_ADMIN_PASSWORD", "pw"), ("HAVEN_AGENT_SECRET", "agents only")];
    let served = Served::start(home.path(), &["--store", "memory:", "--simulate", "0"], &variables);
    let report = |secret: &str| {
        let mut agent = program(home.path());
        agent.args(["agent", "--once", "--name", "web-3", "--docker", "unix:///nowhere.sock", "--master", &served.url]);
        let nothing = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")];
        let output = agent.envs(nothing).env("HAVEN_AGENT_SECRET", secret).output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    let (code, told) = report("another");
    assert!(code == Some(5) && told.contains("the master wants another secret"), "{told}");
    let (code, told) = report("agents only");
    assert_eq!(code, Some(0), "{told}");
    let output = program(home.path())
        .args(["nodes", "--json", "--server", &served.url])
        .env("HAVEN_PASSWORD", "pw")
        .output()
        .unwrap();
    let nodes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&nodes["items"][0]["name"], &nodes["items"][0]["agent"]["reporting"]),
        (&"web-3".into(), &true.into()),
        "{nodes}"
    );
    served.stop();
}

#[test]
fn without_an_engine_there_is_something_to_look_at() {
    let home = tempfile::tempdir().unwrap();
    let nowhere = [("DOCKER_HOST", "unix:///nowhere/docker.sock"), ("HAVEN_ADMIN_PASSWORD", "pw")];
    let mut served = Served::start(home.path(), &["--data", "d"], &nowhere);
    let line = served.line();
    assert!(line.contains("simulated fleet of 3 nodes") && line.contains("haven nodes register"), "{line}");
    let line = served.line();
    assert!(line.contains("begin anew at each start"), "{line}");
    let begun = Instant::now();
    loop {
        let output = program(home.path())
            .args(["ps", "-aq", "--server", &served.url])
            .env("HAVEN_PASSWORD", "pw")
            .output()
            .unwrap();
        if text(&output.stdout).lines().count() == 12 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", text(&output.stdout));
        std::thread::sleep(Duration::from_millis(200));
    }
    served.stop();
}

#[test]
fn trouble_at_the_start_is_named_with_a_hint() {
    let home = tempfile::tempdir().unwrap();
    let served = Served::start(home.path(), &["--data", "d", "--simulate", "0"], &[("HAVEN_ADMIN_PASSWORD", "pw")]);
    let address = served.url.trim_start_matches("http://").to_owned();
    let fails = |words: &[&str]| {
        let output = program(home.path()).args(["serve"]).args(words).env("HAVEN_LOG", "error").output().unwrap();
        format!("{}--- code {}\n", text(&output.stderr), output.status.code().unwrap_or(-1))
    };
    std::fs::write(home.path().join("file"), "").unwrap();
    let told = [
        fails(&["--listen", &address, "--store", "memory:"]),
        fails(&["--listen", "127.0.0.1:0", "--data", "d"]),
        fails(&["--listen", "127.0.0.1:0", "--data", "file/below"]),
        fails(&["--listen", "127.0.0.1:0", "--store", "paper:notes"]),
        fails(&["--listen", "127.0.0.1:0", "--store", "memory:", "--log", "loud=="]),
        fails(&["uninstall"]),
    ]
    .join("\n");
    let told = told.replace(home.path().to_str().unwrap(), "[HOME]");
    snapshot!("serve_trouble", told);
    served.stop();
}

#[test]
fn a_store_is_worked_with_in_process() {
    let home = tempfile::tempdir().unwrap();
    let haven = |words: &[&str]| {
        let output = program(home.path()).args(["--server", "redb:fleet.redb"]).args(words).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(haven(&["nodes", "register", "sim-1", "sim:"]), "sim-1\n");
    assert_eq!(haven(&["nodes", "ls", "--status", "online", "-q"]), "sim-1\n");
    assert!(haven(&["images", "--node", "sim-1"]).contains("nginx"));
    assert_eq!(haven(&["images", "pull", "busybox:1"]), "busybox:1\n", "the only node is meant");
}
