//! Programs with a terminal, over a pseudo-terminal from `script`.

use std::process::{Command, Output, Stdio};

use crate::fleet::{Fleet, PASSWORD, text};

/// Runs a line of the shell with a terminal, and types `keys`.
fn typed(fleet: &Fleet, line: &str, keys: &str) -> Output {
    let mut child = Command::new("script")
        .args(["-qec", line, "/dev/null"])
        .env("HAVEN_SERVER", &fleet.url)
        .env("HAVEN_PASSWORD", PASSWORD)
        .env("HOME", fleet.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("`script` of bsdutils is installed");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), keys.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn removing_all_asks_first() {
    let fleet = Fleet::start();
    let left = || text(&fleet.haven().args(["ps", "-a", "-q"]).output().unwrap().stdout).lines().count();
    let line = format!("{} rm -f --all", env!("CARGO_BIN_EXE_haven"));
    let output = typed(&fleet, &line, "n\n");
    assert!(text(&output.stdout).contains("Remove `web-1` on sim-1, `web-2` on sim-2? [y/N]"), "{output:?}");
    assert_eq!((output.status.code(), left()), (Some(0), 2));
    typed(&fleet, &line, "y\n");
    assert_eq!(left(), 0);
}

#[test]
fn exec_with_a_terminal_has_size_and_exit_code() {
    let fleet = Fleet::start();
    let line =
        format!("stty rows 31 cols 117; {} exec -it web-1 sh -c 'stty size; exit 3'", env!("CARGO_BIN_EXE_haven"));
    let output = typed(&fleet, &line, "");
    assert_eq!(text(&output.stdout).trim(), "31 117", "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(3));
}
