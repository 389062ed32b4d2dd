//! `haven serve` by itself: start, first password, trouble, stop.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, ChildStdout, Stdio},
    time::{Duration, Instant},
};

use crate::fleet::{program, snapshot, text};

struct Served {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Served {
    fn start(home: &std::path::Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program(home);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
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
}
