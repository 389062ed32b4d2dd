//! Commands over the door: what people see, what programs get, and how each fails.

use std::process::Stdio;

use crate::fleet::{Fleet, PASSWORD, program, snapshot, text};

#[test]
fn help_says_what_there_is() {
    let home = tempfile::tempdir().unwrap();
    let help = |words: &[&str]| text(&program(home.path()).args(words).output().unwrap().stdout);
    snapshot!("help", help(&["--help"]));
    snapshot!("help_serve", help(&["serve", "--help"]));
    snapshot!("help_exit_codes", help(&["help", "exit-codes"]));
    for shell in ["bash", "zsh", "fish"] {
        assert!(help(&["completion", shell]).contains("haven"));
    }
}

#[test]
fn a_shell_completes_names_of_the_fleet_and_nothing_without_one() {
    let fleet = Fleet::start();
    let complete = |mut program: std::process::Command, words: &[&str]| {
        let index = words.len().to_string();
        program.env("HAVEN_COMPLETE", "bash").env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", index);
        text(&program.args(["--", "haven"]).args(words).output().unwrap().stdout)
    };
    // A server that is slow is given up soon; the next key asks again.
    let pressed = |words: &[&str]| {
        (0..20).map(|_| complete(fleet.haven(), words)).find(|told| !told.is_empty()).unwrap_or_default()
    };
    assert_eq!(pressed(&["logs", "web-"]), "web-1\nweb-2");
    assert_eq!(pressed(&["run", "--node", "sim-2"]), "sim-2");
    assert_eq!(pressed(&["clusters", "rm", "sh"]), "shop");
    assert_eq!(pressed(&["clusters", "crea"]), "create");
    assert_eq!(complete(program(fleet.folder.path()), &["logs", "web-", "--server=http://127.0.0.1:9"]), "");
}

#[test]
fn lists_are_tables_for_people() {
    let fleet = Fleet::start();
    fleet.wait_sampled();
    snapshot!(
        "lists",
        fleet.session(&[
            "nodes",
            "nodes ls -q",
            "clusters",
            "ps",
            "ps --cluster shop",
            "ps --filter name=web-2 --no-trunc",
            "ps --state exited",
            "images --node sim-1",
            "networks --node sim-2",
            "volumes",
            "logs web-1",
            "processes web-1",
            "whoami",
        ])
    );
}

#[test]
fn acting_tells_each_and_ends_with_the_worst() {
    let fleet = Fleet::start();
    snapshot!(
        "acting",
        fleet.session(&[
            "stop -t 0 web-1 web-2",
            "start web-1 nosuch web-2",
            "rm web-1",
            "pause web-1",
            "unpause web-1",
            "rename web-1 front",
            "restart -t 0 front",
            "kill front",
            "wait front",
            "rm front",
            "rm -f web-2",
            "ps -a",
        ])
    );
}

#[test]
fn errors_say_what_and_what_to_do() {
    let fleet = Fleet::start();
    snapshot!(
        "errors",
        fleet.session(&[
            "inspect nosuch",
            "nodes inspect nosuch",
            "nodes register sim-1 sim:",
            "nodes register x ftp://host",
            "nodes update sim-1",
            "ps --filter colour=red",
            "ps --limit 0",
            "clusters rm all",
            "logs --since yesterday web-1",
            "run busybox",
            "run --node sim-1 nosuch/image",
            "frobnicate",
        ])
    );
    let home = tempfile::tempdir().unwrap();
    let unreachable = program(home.path()).args(["ps", "--server", "http://127.0.0.1:9"]).output().unwrap();
    assert_eq!(unreachable.status.code(), Some(6));
    assert!(text(&unreachable.stderr).contains("hint: "), "{}", text(&unreachable.stderr));
    let stranger = program(home.path()).args(["ps", "--server", &fleet.url]).output().unwrap();
    assert_eq!(stranger.status.code(), Some(5));
    assert!(text(&stranger.stderr).contains("haven login"), "{}", text(&stranger.stderr));
}

#[test]
fn making_containers_clusters_networks_and_volumes() {
    let fleet = Fleet::start();
    snapshot!(
        "making",
        fleet.session(&[
            "run --node sim-2 --rm busybox:1 echo hello",
            "run --node sim-2 -d --name job -l app=x -e A=b busybox:1 sleep 100",
            "ps -l app=x",
            "create --node sim-2 --name later busybox:1 sleep 1",
            "clusters create blue -d second",
            "clusters add blue sim-2",
            "run --cluster blue -d --name placed busybox:1 sleep 100",
            "create --cluster blue --name placed busybox:1 sleep 100",
            "create --cluster blue --node sim-2 busybox:1",
            "create --cluster nowhere busybox:1",
            "nodes -q -l zone",
            "rm -f placed",
            "clusters describe blue the-second",
            "clusters",
            "ps --cluster blue -a",
            "clusters remove blue sim-2",
            "clusters rm blue",
            "networks create --node sim-2 front",
            "networks connect --node sim-2 front job",
            "networks disconnect --node sim-2 front job",
            "networks connect front job",
            "networks connect front nobody",
            "networks disconnect front job",
            "networks rm --node sim-2 front",
            "clusters create all-of-them",
            "clusters add all-of-them sim-1 sim-2",
            "images pull --cluster all-of-them busybox:1.36",
            "images pull --cluster all-of-them --json busybox:1.36",
            "images pull --cluster all-of-them busybox:2",
            "images pull --cluster nowhere busybox:2",
            "images pull --node sim-1 --node away busybox:2",
            "images pull busybox:2",
            "volumes create --node sim-2 data",
            "volumes --node sim-2",
            "volumes rm --node sim-2 data",
            "images tag --node sim-2 busybox:1 mine:1",
            "images rm --node sim-2 mine:1",
            "nodes update sim-2 -l zone=a",
            "nodes rm sim-2",
            "nodes ls -q",
        ])
    );
}

#[test]
fn exec_ends_like_its_program_and_passes_input_on() {
    let fleet = Fleet::start();
    let exec = |words: &[&str]| fleet.haven().args(words).output().unwrap();
    let output = exec(&["exec", "web-1", "sh", "-c", "echo out; exit 7"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(7), "out\n"), "{}", text(&output.stderr));
    let mut child =
        fleet.haven().args(["exec", "-i", "web-1", "sh"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"echo from stdin\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "from stdin\n"));
    let output = exec(&["exec", "-it", "web-1", "sh"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("hint: leave out `-t`"), "{}", text(&output.stderr));
}

/// Each line comes back many times over, so that the program waits for its reader while more is written to it.
#[test]
fn exec_takes_much_both_ways_at_once() {
    const LINES: usize = 6_000;
    const LINE: usize = 2 * 1024;
    const TIMES: usize = 16;
    let fleet = Fleet::start();
    let repeat = format!("while read l; do echo {}; done", "$l".repeat(TIMES));
    let mut child = fleet
        .haven()
        .args(["exec", "-i", "web-1", "sh", "-c", &repeat])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let line = "x".repeat(LINE - 1) + "\n";
        (0..LINES).try_for_each(|_| std::io::Write::write_all(&mut stdin, line.as_bytes()))
    });
    let (sender, read) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(std::io::copy(&mut stdout, &mut std::io::sink())));
    let read = read.recv_timeout(std::time::Duration::from_secs(120));
    let _ = child.kill();
    assert!(child.wait().unwrap().success());
    assert_eq!(read.unwrap().unwrap(), (LINES * TIMES * (LINE - 1) + LINES) as u64);
}

#[test]
fn run_rm_leaves_nothing_behind_that_cannot_start() {
    let fleet = Fleet::start();
    let before = fleet.run("ps -a -q");
    let told = fleet.run("run --rm --node sim-1 busybox:1 nosuchprogram");
    assert!(told.contains("nosuchprogram") && !told.contains("code 0"), "{told}");
    assert_eq!(fleet.run("ps -a -q"), before);
    let told = fleet.run("run -d --rm --node sim-1 busybox:1 sleep 1");
    assert!(told.contains("code 0"), "{told}");
    // The engine removes it when it has ended.
    let is_gone = || fleet.run("ps -a -q") == before;
    let begun = std::time::Instant::now();
    while !is_gone() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "it is still there");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn an_environment_comes_from_files_and_options() {
    let fleet = Fleet::start();
    let file = fleet.folder.path().join("env");
    std::fs::write(&file, "# ours\n\nA=file\nB=b = 2\nHAVEN_USER\nNOSUCH\n").unwrap();
    for words in [&["exec", "web-1"][..], &["run", "--rm", "--node", "sim-1", "busybox:1"]] {
        let (verb, rest) = words.split_first().unwrap();
        let mut command = fleet.haven();
        command.arg(verb).arg("--env-file").arg(&file).args(["-e", "A=option"]).args(rest).arg("env");
        let output = command.env("HAVEN_USER", "admin").output().unwrap();
        let told = text(&output.stdout);
        for line in ["A=option\n", "B=b = 2\n", "HAVEN_USER=admin\n"] {
            assert!(told.contains(line), "{line}: {told}{}", text(&output.stderr));
        }
        assert!(!told.contains("NOSUCH"), "{told}");
    }
}

#[test]
fn nouns_are_understood_in_the_singular() {
    let fleet = Fleet::start();
    for noun in ["node", "cluster", "image", "network", "volume"] {
        let told = |line: String| fleet.run(&line).split_once('\n').unwrap().1.to_owned();
        assert_eq!(told(format!("{noun} ls -q")), told(format!("{noun}s ls -q")));
    }
}

#[test]
fn user_of_exec_and_run_is_the_containers_and_not_the_account() {
    let fleet = Fleet::start();
    let haven = |line: &str| {
        let output = fleet.haven().args(line.split_whitespace()).output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    // Nobody of that name can sign in.
    let (code, _, told) = haven("exec --user nobody web-1 true");
    assert_eq!(code, Some(0), "{told}");
    let (code, _, told) = haven("run -d --user nobody:nogroup --node sim-1 --name of-nobody busybox:1 sleep 60");
    assert_eq!(code, Some(0), "{told}");
    let (_, shown, _) = haven("inspect of-nobody");
    assert!(shown.contains(r#""user": "nobody:nogroup""#), "{shown}");
    assert_eq!(haven("--username nobody whoami").0, Some(5));
    assert_eq!(haven("--username admin whoami").1, "user:admin\n");
}

#[test]
fn programs_get_the_shapes_of_the_api() {
    let fleet = Fleet::start();
    let json = |line: &str| -> serde_json::Value {
        let output = fleet.haven().args(line.split_whitespace()).arg("--json").output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{line}: {error}: {}", text(&output.stderr)))
    };
    assert_eq!(json("ps")["items"][0]["node"], "sim-1");
    assert_eq!(json("nodes")["items"][1]["name"], "sim-2");
    assert_eq!(json("clusters")["items"][0]["name"], "all");
    assert_eq!(json("status")["nodes"]["on"], 2);
    assert_eq!(json("inspect web-1")[0]["name"], "web-1");
    assert_eq!(json("stop -t 0 web-1")[0]["outcome"], "done");
    assert_eq!(json("stop -t 0 web-1")[0]["outcome"], "already_so");
    assert_eq!(json("start nosuch")[0]["error"]["kind"], "not_found");
    assert_eq!(json("clusters add shop sim-2 nosuch")[1]["error"]["exit_code"], 3);
    assert_eq!(json("wait nosuch")[0]["container"], "nosuch");
    assert!(json("events")["items"].as_array().unwrap().len() > 3);
    assert!(json("operations").as_array().unwrap().len() > 40);
    assert!(json("doctor")["checks"].is_array());
    assert_eq!(json("images --node sim-1")["items"][0]["node"], "sim-1");
    assert!(json("stats --no-stream")[0]["stats"]["memory"].is_u64());
    assert!(json("stats --no-stream")[0]["stats"]["cpu_percent"].is_f64(), "one sample tells nothing of CPU");
    assert!(json("stats --history web-1").is_array());
}

#[test]
fn programs_are_told_errors_as_json_on_one_line() {
    let fleet = Fleet::start();
    for (line, kind, code) in [
        ("inspect nosuch", "not_found", 3),
        ("ps --limit 0", "invalid", 2),
        ("clusters create shop", "already_exists", 4),
        ("frobnicate", "invalid", 2),
        ("rm web-1", "conflict", 4),
        ("ps --server http://127.0.0.1:9", "unavailable", 6),
    ] {
        let output = fleet.haven().args(line.split_whitespace()).arg("--json").output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!((&told["error"]["kind"], output.status.code()), (&kind.into(), Some(code)), "{line}: {told}");
        assert_eq!(told["error"]["exit_code"], code, "{line}");
        assert!(told["error"]["message"].as_str().is_some_and(|message| !message.contains("error:")), "{told}");
    }
}

#[test]
fn a_password_in_the_environment_leaves_no_session_behind() {
    let fleet = Fleet::start();
    for line in ["nodes", "whoami", "exec web-1 true"] {
        assert!(fleet.haven().args(line.split_whitespace()).output().unwrap().status.success(), "{line}");
    }
    let in_url = fleet.url.replace("http://", &format!("http://admin:{}@", PASSWORD.replace(' ', "%20")));
    let output = program(fleet.folder.path()).args(["nodes", "--server", &in_url]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(fleet.sessions(), 0);
    assert!(fleet.haven().arg("login").output().unwrap().status.success());
    assert_eq!(fleet.sessions(), 1);
}

#[test]
fn usage_does_not_ask_for_what_the_environment_says() {
    let fleet = Fleet::start();
    let output = fleet.haven().args(["rename", "web-1"]).env("HAVEN_USER", "admin").output().unwrap();
    let told = text(&output.stderr);
    assert!(told.contains("Usage: haven rename <CONTAINER> <NAME>") && !told.contains("--server"), "{told}");
}

#[test]
fn login_keeps_a_token_that_only_its_owner_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let fleet = Fleet::start();
    let home = tempfile::tempdir().unwrap();
    let haven = |words: &[&str]| {
        let mut command = program(home.path());
        command.env("HAVEN_SERVER", &fleet.url).args(words);
        command
    };
    let output = haven(&["login"]).env("HAVEN_PASSWORD", PASSWORD).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = home.path().join("config/haven/credentials.toml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains(PASSWORD));
    assert_eq!(text(&haven(&["whoami"]).output().unwrap().stdout), "user:admin\n");
    assert!(haven(&["logout"]).output().unwrap().status.success());
    assert_eq!(haven(&["whoami"]).output().unwrap().status.code(), Some(5));
    let wrong = haven(&["login"]).env("HAVEN_PASSWORD", "wrong").output().unwrap();
    assert_eq!(wrong.status.code(), Some(5));
}

#[test]
fn login_neither_shows_nor_keeps_a_password_of_the_address() {
    let fleet = Fleet::start();
    let home = tempfile::tempdir().unwrap();
    let password = PASSWORD.replace(' ', "%20");
    let in_url = fleet.url.replace("http://", &format!("http://admin:{password}@"));
    let haven = |words: &[&str]| {
        let output = program(home.path()).args(words).output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let (code, told) = haven(&["login", &in_url]);
    assert!(code == Some(0) && told.contains(&fleet.url) && !told.contains(&password), "{told}");
    let kept = std::fs::read_to_string(home.path().join("config/haven/credentials.toml")).unwrap();
    assert!(!kept.contains(&password), "{kept}");
    assert_eq!(haven(&["whoami"]), (Some(0), "user:admin\n".to_owned()));
    let (code, told) = haven(&["logout", &in_url]);
    assert!(code == Some(0) && !told.contains(&password) && told.starts_with("signed out"), "{told}");
}

#[test]
fn the_support_bundle_has_no_secrets() {
    let fleet = Fleet::start();
    let path = fleet.folder.path().join("bundle");
    let output =
        fleet.haven().env("HAVEN_AGENT_SECRET", "s3cret-of-agents").args(["doctor", "-o"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        let content = std::fs::read_to_string(entry.path()).unwrap();
        assert!(!content.contains(PASSWORD) && !content.contains("s3cret-of-agents"), "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        [
            "checks.json",
            "clusters.json",
            "configuration.json",
            "events.json",
            "nodes.json",
            "status.json",
            "version.json"
        ]
    );
    for name in ["bundle.tar.gz", "bundle.tgz"] {
        let archive = fleet.folder.path().join(name);
        assert!(fleet.haven().args(["doctor", "-o"]).arg(&archive).output().unwrap().status.success());
        let listed = std::process::Command::new("tar").arg("tzf").arg(&archive).output().unwrap();
        assert!(text(&listed.stdout).contains("haven-doctor/nodes.json"), "{name}");
    }
}

#[test]
fn stats_go_on_without_what_cannot_be_reached() {
    let fleet = Fleet::start();
    let away = fleet.run("nodes update sim-2 --address tcp://127.0.0.1:9");
    assert!(away.contains("code 0"), "{away}");
    let mut child =
        fleet.haven().args(["stats", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let line =
        |from: Box<dyn std::io::Read>| std::io::BufRead::lines(std::io::BufReader::new(from)).next().unwrap().unwrap();
    let sample = line(Box::new(child.stdout.take().unwrap()));
    assert!(sample.contains(r#""name":"web-1""#), "{sample}");
    let warning = line(Box::new(child.stderr.take().unwrap()));
    assert!(warning.contains("no more figures of `web-2`"), "{warning}");
    assert!(child.try_wait().unwrap().is_none(), "it ended for want of one");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn events_that_are_cut_off_are_told() {
    let fleet = Fleet::start();
    let told = |line: &str| fleet.run(line).contains("warning: there may be more than these 1000");
    assert!(!told("events"));
    let name = |at: u32| haven_core::model::ClusterName::new(format!("c-{}", at % 7)).unwrap();
    fleet.block_on(async {
        for at in 0..600 {
            fleet.haven.clusters().create(&name(at), "").await.unwrap();
            fleet.haven.clusters().delete(&name(at)).await.unwrap();
        }
    });
    assert!(told("events") && !told("events --limit 1000"));
}

#[test]
fn a_broken_pipe_is_quiet() {
    let fleet = Fleet::start();
    let mut child =
        fleet.haven().args(["events", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn following_events_goes_on_without_a_gap_or_a_repeat() {
    let fleet = Fleet::start();
    let mut child =
        fleet.haven().args(["events", "-f", "--since", "1h", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let mut seen = std::collections::BTreeSet::new();
    let mut next = || -> serde_json::Value {
        let event: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert!(seen.insert(event["cursor"].as_str().unwrap().to_owned()), "{event} came twice");
        event
    };
    while next()["action"] != "start" {}
    let node = haven_core::model::NodeName::new("sim-1").unwrap();
    let container = haven_core::model::ContainerRef::new("web-1").unwrap();
    fleet.block_on(fleet.haven.containers().remove(&node, &container)).unwrap();
    while next()["action"] != "destroy" {}
    child.kill().unwrap();
    child.wait().unwrap();
}
