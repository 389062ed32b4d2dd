//! Where the configuration comes from, and what of it counts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::fleet::{program, text};

fn shown(command: &mut Command) -> Vec<Value> {
    let output = command.args(["config", "show", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn value<'a>(shown: &'a [Value], key: &str) -> (&'a Value, &'a str) {
    let found = shown.iter().find(|value| value["key"] == key).unwrap();
    (&found["value"], found["source"].as_str().unwrap())
}

fn git(folder: &Path, words: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"])
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// A git repository with this configuration.
fn repository(home: &Path, configuration: &str) -> PathBuf {
    let repository = home.join("repository");
    fs::create_dir_all(&repository).unwrap();
    fs::write(repository.join("haven.toml"), configuration).unwrap();
    git(&repository, &["init", "-q"]);
    git(&repository, &["add", "."]);
    git(&repository, &["commit", "-qm", "first"]);
    repository
}

/// Lets a server fetch what it is told of, which then goes no further than to its store; answers what it said.
fn fetched(command: &mut Command) -> String {
    let output = command.args(["serve", "--listen", "127.0.0.1:0", "--store", "paper:"]).output().unwrap();
    let told = text(&output.stderr);
    assert!(told.contains("begins no store"), "{told}");
    told
}

#[test]
fn file_git_and_environment_weigh_more_and_more() {
    let home = tempfile::tempdir().unwrap();
    let repository = repository(home.path(), "log = \"warn\"\n[nodes]\nsample = \"30s\"\nhistory = 7\n");
    let file = home.path().join("haven.toml");
    fs::write(
        &file,
        "listen = \"127.0.0.1:1\"\nlog = \"debug\"\n[agent]\nsecret = \"s3cret\"\n[nodes]\nsample = \"20s\"\n",
    )
    .unwrap();

    let command = || {
        let mut command = program(home.path());
        command
            .env("HAVEN_CONFIG", &file)
            .env("HAVEN_CONFIG_GIT_URL", &repository)
            .env("HAVEN_DATA", "d")
            .env("HAVEN_NODES_SAMPLE", "40s");
        command
    };
    fetched(&mut command());
    let found = shown(&mut command());
    assert_eq!(value(&found, "listen").0, "127.0.0.1:1");
    assert!(value(&found, "listen").1.starts_with("file "));
    assert_eq!(value(&found, "log").0, "warn");
    assert!(value(&found, "log").1.starts_with("git "));
    assert_eq!(value(&found, "nodes.sample"), (&Value::from("40s"), "environment HAVEN_NODES_SAMPLE"));
    assert_eq!(value(&found, "nodes.history").0, 7);
    assert_eq!(value(&found, "nodes.relist"), (&Value::from("60s"), "default"));
    assert_eq!(value(&found, "agent.secret").0, "***");

    // The repository is gone: what was read last counts, with a warning.
    fs::rename(&repository, home.path().join("elsewhere")).unwrap();
    let command = || {
        let mut command = program(home.path());
        command.env("HAVEN_CONFIG_GIT_URL", &repository).env("HAVEN_DATA", "d");
        command
    };
    let told = fetched(&mut command());
    assert!(told.contains("last good checkout"), "{told}");
    assert_eq!(value(&shown(&mut command()), "nodes.history").0, 7);
}

#[test]
fn looking_at_the_configuration_neither_fetches_nor_writes() {
    let home = tempfile::tempdir().unwrap();
    let repository = repository(home.path(), "log = \"warn\"\n");
    for words in [&["config", "show"][..], &["doctor", "--server", "http://127.0.0.1:9"]] {
        let mut command = program(home.path());
        command.env("HAVEN_CONFIG_GIT_URL", &repository).env("HAVEN_DATA", "d");
        let output = command.args(words).output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(told.contains("is not here yet: `haven serve` fetches it"), "{told}");
        assert!(!home.path().join("d").exists(), "{words:?} made a folder");
    }
}

#[test]
fn what_a_repository_may_tell_in_secret_is_not_open_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let repository = repository(home.path(), "[agent]\nsecret = \"s3cret\"\n");
    let mode = |path: &str| fs::metadata(home.path().join(path)).unwrap().permissions().mode() & 0o777;
    let read = || {
        let command = || {
            let mut command = program(home.path());
            command.env("HAVEN_CONFIG_GIT_URL", &repository).env("HAVEN_DATA", "d");
            command
        };
        fetched(&mut command());
        shown(&mut command())
    };
    assert_eq!(value(&read(), "agent.secret").0, "***");
    assert_eq!([mode("d"), mode("d/config")], [0o700, 0o700]);
    // One that an older Haven left open is closed; the data folder is the operator's.
    for path in ["d", "d/config"] {
        fs::set_permissions(home.path().join(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    read();
    assert_eq!([mode("d"), mode("d/config")], [0o755, 0o700]);
}

#[test]
fn a_broken_file_in_the_repository_does_not_replace_the_last_good_one() {
    let home = tempfile::tempdir().unwrap();
    let repository = home.path().join("repository");
    fs::create_dir_all(&repository).unwrap();
    git(&repository, &["init", "-q"]);
    for (content, expected) in [("log = \"warn\"\n", "warn"), ("lgo = 1\n", "warn"), ("log = \"debug\"\n", "debug")] {
        fs::write(repository.join("haven.toml"), content).unwrap();
        git(&repository, &["add", "."]);
        git(&repository, &["commit", "-qm", "change"]);
        let command = || {
            let mut command = program(home.path());
            command.env("dm_config_git_uri", &repository).env("HAVEN_DATA", "d");
            command
        };
        fetched(&mut command());
        assert_eq!(value(&shown(&mut command()), "log").0, expected);
    }
}

/// A server of git that wants to know who asks, and has nothing then; answers its address, and who asked.
fn asking_server() -> (String, std::sync::mpsc::Receiver<String>) {
    use std::io::{BufRead as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, shown) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = std::io::BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let head: Vec<String> = head.take_while(|line| !line.is_empty()).collect();
            let status = match head.iter().find_map(|line| line.strip_prefix("Authorization: ")) {
                Some(credentials) => {
                    let _ = sender.send(credentials.to_owned());
                    "404 Not Found"
                }
                None => "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"",
            };
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (address, shown)
}

#[test]
fn a_repository_is_told_who_we_are() {
    let (address, shown) = asking_server();
    let variables = [("HAVEN_CONFIG_GIT_USERNAME", "me"), ("HAVEN_CONFIG_GIT_PASSWORD", "s3cret $(x)")];
    for (url, variables) in
        [(format!("http://{address}/r"), &variables[..]), (format!("http://me:s3cret%20$(x)@{address}/r"), &[])]
    {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.envs(variables.iter().copied()).env("HAVEN_CONFIG_GIT_URL", &url).env("HAVEN_DATA", "d");
        command.env("no_proxy", "*").env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(!output.status.success() && !told.contains("s3cret"), "{told}");
        // `me:s3cret $(x)`
        assert_eq!(shown.try_recv().as_deref(), Ok("Basic bWU6czNjcmV0ICQoeCk="), "{told}");
    }
}

#[test]
fn every_setting_is_named_with_what_counts_and_secrets_are_not() {
    let home = tempfile::tempdir().unwrap();
    let variables = |found: &[Value]| -> std::collections::BTreeMap<String, (Value, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.iter().map(|row| (text(&row["variable"]), (row["value"].clone(), text(&row["source"])))).collect()
    };
    let by_default = variables(&shown(program(home.path()).env("HAVEN_DATA", "d")));
    let of = |text: &str| (Value::from(text), "default".to_owned());
    assert_eq!(by_default["HAVEN_STORE"], of("redb:d/haven.redb"));
    assert_eq!(by_default["HAVEN_KEY"], of("in d/haven.redb.key"));
    assert_eq!(by_default["HAVEN_MANAGE_LOCAL"].0, true);
    let mut command = program(home.path());
    let given = [
        ("HAVEN_STORE", "etcd://10.0.0.1:2379"),
        ("HAVEN_DATA", "d"),
        ("HAVEN_KEY_COMMAND", "vault read s3cret"),
        ("HAVEN_ADMIN_PASSWORD", "s3cret"),
        ("dm_config_git_password", "s3cret"),
    ];
    let found = shown(command.envs(given));
    assert!(!serde_json::to_string(&found).unwrap().contains("s3cret"));
    let found = variables(&found);
    assert_eq!(found["HAVEN_MANAGE_LOCAL"].0, false);
    assert_eq!(found["HAVEN_KEY"].0, Value::Null);
    let masked = |name: &str| (Value::from("***"), format!("environment {name}"));
    assert_eq!(found["HAVEN_KEY_COMMAND"], masked("HAVEN_KEY_COMMAND"));
    assert_eq!(found["HAVEN_ADMIN_PASSWORD"], masked("HAVEN_ADMIN_PASSWORD"));
    assert_eq!(found["HAVEN_CONFIG_GIT_PASSWORD"], masked("dm_config_git_password"));
    assert_eq!(found["HAVEN_CONFIG_GIT_URL"].0, Value::Null);
    let alone = shown(program(home.path()).env("HAVEN_CONFIG_GIT_USERNAME", "t0ken-as-name"));
    assert_eq!(variables(&alone)["HAVEN_CONFIG_GIT_USERNAME"], masked("HAVEN_CONFIG_GIT_USERNAME"));
    let people = program(home.path()).args(["config", "show"]).output().unwrap();
    assert!(text(&people.stderr).starts_with("what `haven serve` would use"), "{}", text(&people.stderr));
}

#[test]
fn the_originals_variables_are_known() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path());
    command.env("dm_kv_etcd_urls", "http://10.0.0.1:2379,http://10.0.0.2:2379").env("dm_agent_notifier_secret", "x");
    let found = shown(&mut command);
    assert_eq!(
        value(&found, "store"),
        (&Value::from("etcd://10.0.0.1:2379,10.0.0.2:2379"), "environment dm_kv_etcd_urls")
    );
    assert_eq!(value(&found, "agent.secret").0, "***");
}

#[test]
fn mistakes_name_file_line_and_key() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("haven.toml");
    let refused = |content: &str| {
        fs::write(&file, content).unwrap();
        let output = program(home.path()).args(["config", "show", "--config"]).arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    let told = refused("listen = \"127.0.0.1:1\"\n\n[nodes]\nunknown_aftr = \"5s\"\n");
    for part in ["unknown field `unknown_aftr`", "line: 4", "key: nodes.unknown_aftr", "haven.toml"] {
        assert!(told.contains(part), "`{part}` is not in {told}");
    }
    assert!(refused("[nodes.limits]\ncpu = [50, 90]\n").contains("CLEAR not above RAISE"));
    assert!(refused("listen = 5\n").contains("line: 1"));
    assert!(refused("[nodes]\nunknown_after = \"0s\"\n").contains("more than 0 s"));
    assert!(refused("[nodes]\nagent_interval = \"0s\"\n").contains("line: 2"));
    assert!(refused("[agent]\nsecret = \"\"\n").contains("a secret cannot be empty"));
    let output = program(home.path()).args(["config", "show"]).env("HAVEN_NODES_HISTORY", "many").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("environment HAVEN_NODES_HISTORY"), "{}", text(&output.stderr));
}
