//! What is typed and what is configured: understood as the original's script did, or refused with what is wrong and where.

use std::{os::unix::fs::PermissionsExt as _, process::Output};

use crate::{
    SECRET,
    master::{Answers, Master},
    process::{Running, program},
    until,
};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_configuration_that_cannot_work_ends_it_with_file_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haven-agent.ini");
    for (ini, told) in [
        (
            &b"[main]\nmastr = a:1\n"[..],
            "no key `mastr`: `master` is meant?\n  file: ./haven-agent.ini\n  line: 2\n  key: mastr\n",
        ),
        (
            b"[main]\n\ntimeout = soon\n",
            "`soon` is no interval: seconds, or a span like `90s` or `5m`\n  file: ./haven-agent.ini\n  line: 3\n  key: timeout\n",
        ),
        (b"[main]\nmaster = \xff\xfe\n", "is no UTF-8"),
        (b"master = a:1\n", "before the first section, which is `[main]`"),
        (b"[main]\n", "an agent needs a server to report to"),
        (
            b"[main]\nmaster = a:1\nca = /nonexistent.pem\n",
            "the file of authorities cannot be read\n  file: /nonexistent.pem\n",
        ),
    ] {
        std::fs::write(&path, ini).unwrap();
        let output = program(folder.path()).output().unwrap();
        assert!(output.status.code() == Some(2) && text(&output).contains(told), "{}", text(&output));
    }
    std::fs::write(&path, format!("[main]\nmaster = a:1\nsecret {SECRET}\n")).unwrap();
    let output = program(folder.path()).output().unwrap();
    assert!(output.status.code() == Some(2) && !text(&output).contains("cret of"), "{}", text(&output));
    std::fs::remove_file(&path).unwrap();
    for (line, told) in [
        ("-m a:1 -f missing.ini", "no such configuration file\n  file: missing.ini\n"),
        ("-m http://me:pa55@a", "an agent shows its secret"),
        ("-m a:1 -t 0", "the interval cannot be zero"),
        ("-m a:1 -d a:b:c", "in the address `a:b:c`"),
        ("-m a:1 -u somebody", "`--user` goes with `install`"),
        ("-m a:1 fly", "invalid value 'fly'"),
    ] {
        let output = program(folder.path()).args(line.split(' ')).output().unwrap();
        let said = text(&output);
        assert!(output.status.code() == Some(2) && said.contains(told) && !said.contains("pa55"), "{line}: {said}");
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haven-agent.ini");
    std::fs::write(&path, "[main]\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = program(folder.path());
    if std::fs::read(&path).is_ok() {
        // Root may read everything: somebody else tries, with a copy where everybody may go.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let copy = folder.path().join("agent");
        std::fs::copy(env!("CARGO_BIN_EXE_haven-agent"), &copy).unwrap();
        command = std::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--clear-groups"]).arg(copy).current_dir(folder.path());
    }
    let output = command.output().unwrap();
    let said = text(&output);
    assert!(output.status.code() == Some(2) && said.contains("cannot be read\n  file: ./haven-agent.ini"), "{said}");
    assert!(said.contains("Permission denied"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_weighs_more_than_files_and_these_more_than_what_was_handed_out() {
    let [first, second, third] =
        [Master::start(Answers::Well).await, Master::start(Answers::Well).await, Master::start(Answers::Well).await];
    let handed_out = format!(r#"{{"master":"{}","secret":"handed out","timeout":"1","name":"web-3"}}"#, first.address);
    let run = |line: &str, ini: &str| {
        Running::start(&format!("-d unix:///nowhere.sock {line}"), |command| {
            command.env("HAVEN_AGENT_DEFAULTS", &handed_out);
            std::fs::write(command.get_current_dir().unwrap().join("dm-agent.ini"), ini).unwrap();
        })
    };
    let _one = run("", "[main]\n");
    let _two = run("", &format!("[main]\n master = {}\n secret = of the file 100%%\n", second.address));
    let _three = run(&format!("-m {} -s typed", third.address), "[main]\nmaster = a:1\nsecret = of the file\n");
    for (master, secret) in [(&first, "handed out"), (&second, "of the file 100%"), (&third, "typed")] {
        until(secret, || master.count(Answers::Well) > 0);
        assert_eq!(master.came()[0].secret.as_deref(), Some(secret));
    }
}
