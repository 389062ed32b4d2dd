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
fn pruning_volumes_asks_first() {
    let fleet = Fleet::start();
    fleet.run("volumes create --node sim-1 data");
    let left = || fleet.run("volumes ls --node sim-1").contains(" data ");
    let line = format!("{} volumes prune --node sim-1 --all", env!("CARGO_BIN_EXE_haven"));
    let output = typed(&fleet, &line, "n\n");
    let asked = "Remove the volumes of `sim-1` that no container has, with their data? [y/N]";
    assert!(text(&output.stdout).contains(asked), "{output:?}");
    assert!(output.status.code() == Some(0) && left());
    typed(&fleet, &line, "y\n");
    assert!(!left());
}

#[test]
fn a_plan_is_shown_and_asked_about_before_it_is_applied_and_is_gone_when_it_is_not_wanted() {
    let fleet = Fleet::start();
    let made = || text(&fleet.haven().args(["plan", "-q"]).output().unwrap().stdout).lines().count();
    let line = format!("{} recreate web-1 --monitor 0s", env!("CARGO_BIN_EXE_haven"));
    let output = typed(&fleet, &line, "n\n");
    let said = text(&output.stdout);
    assert!(said.contains("~ web-1 on sim-1") && said.contains("Apply it? [y/N]"), "{said}");
    assert_eq!((output.status.code(), made()), (Some(0), 0));
    let output = typed(&fleet, &line, "y\n");
    assert!(text(&output.stdout).contains("is applied: 1 of 1 step done"), "{output:?}");
    assert_eq!((output.status.code(), made()), (Some(0), 1));
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

/// Runs a line of the shell with a terminal, and types keys when it has written the sign for them; the typist then stays.
fn typed_at(fleet: &Fleet, line: &str, signs: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut child = Command::new("script")
        .args(["-qec", line, "/dev/null"])
        .env("HAVEN_SERVER", &fleet.url)
        .env("HAVEN_PASSWORD", PASSWORD)
        .env("HOME", fleet.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of bsdutils is installed");
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (sender, pieces) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut piece = [0; 1024];
        while let Ok(count @ 1..) = std::io::Read::read(&mut stdout, &mut piece) {
            let _ = sender.send(text(&piece[..count]));
        }
    });
    let patience = std::time::Duration::from_secs(30);
    let mut written = String::new();
    for (sign, keys) in signs {
        while !written.contains(sign) {
            written += &pieces.recv_timeout(patience).unwrap_or_else(|_| panic!("no `{sign}` in {written}"));
        }
        std::io::Write::write_all(&mut stdin, keys.as_bytes()).unwrap();
    }
    loop {
        match pieces.recv_timeout(patience) {
            Ok(piece) => written += &piece,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                let _ = child.kill();
                break;
            }
        }
    }
    (child.wait().unwrap().code(), written)
}

#[test]
fn leaving_an_exec_does_not_wait_for_its_end() {
    let fleet = Fleet::start();
    let line = format!("{} exec -it web-1 sh -c 'echo up; sleep 1000'", env!("CARGO_BIN_EXE_haven"));
    let (code, written) = typed_at(&fleet, &line, &[("up", "\x10\x11")]);
    assert_eq!(code, Some(0), "{written}");
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    let fleet = Fleet::start();
    let haven = env!("CARGO_BIN_EXE_haven");
    let echoes = |written: &str| written.split_whitespace().any(|word| word == "echo");
    let asking = format!("trap : INT; HAVEN_PASSWORD= {haven} login; echo code $?; stty -a");
    let (_, written) = typed_at(&fleet, &asking, &[("Password of admin", "\x03")]);
    assert!(written.contains("code 130") && echoes(&written), "{written}");
    let exec = format!(
        "{haven} exec -it web-1 sh -c 'touch /up; echo up; sleep 1000' </dev/tty & child=$!; \
         until {haven} exec web-1 test -e /up; do sleep 0.1; done; sleep 0.5; kill $child; wait $child; echo code $?; stty -a"
    );
    let (_, written) = typed_at(&fleet, &exec, &[]);
    assert!(written.contains("up") && written.contains("code 143") && echoes(&written), "{written}");
}

#[test]
fn a_new_password_is_typed_twice_at_a_terminal() {
    let fleet = Fleet::start();
    let line = format!("HAVEN_USER=admin {} passwd", env!("CARGO_BIN_EXE_haven"));
    let typed = |again: &str| {
        let (present, again) = (format!("{PASSWORD}\n"), format!("{again}\n"));
        typed_at(&fleet, &line, &[("Present", &present), ("New", "one thing\n"), ("The same again", &again)])
    };
    let (code, written) = typed("another thing");
    assert!(code == Some(2) && written.contains("the two are not the same"), "{written}");
    let (code, written) = typed("one thing");
    assert!(code == Some(0) && written.contains("changed the password of admin"), "{written}");
    assert!(!written.contains("one thing"), "{written}");
}
