//! A repository of configurations, in the life of a server: set by its settings, kept through a kill, gone and back.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};

use crate::{
    server::{Served, text},
    within,
};

fn git(folder: &Path, words: &[&str]) -> String {
    let name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(folder).args(name).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

fn commit(folder: &Path, path: &str, configuration: &str) -> String {
    fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
    fs::write(folder.join(path), configuration).unwrap();
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", path]);
    git(folder, &["rev-parse", "HEAD"])
}

#[test]
fn what_configures_containers_survives_the_server_and_the_loss_of_the_repository() {
    let home = tempfile::tempdir().unwrap();
    let repository = home.path().join("repository");
    let first = commit(&repository, "web.yml", "memory: 1g\nenvironment: [TOKEN=s3cret]\n");
    let url = repository.to_str().unwrap();
    let mut served = Served::start("redb", &[("dm_image_configuration_git_url", url)]);
    let version = |served: &Served| served.json("source")["version"].clone();
    within(Duration::from_secs(20), "the repository is read", || version(&served) == first.as_str());
    let explain =
        |served: &Served| served.rest("POST", "/api/v1/source/explain", Some(&json!({ "spec": { "image": "web:1" } })));
    let (status, explained) = explain(&served);
    assert_eq!(
        (status, &explained["spec"]["memory"], &explained["spec"]["env"]["TOKEN"]),
        (200, &json!(1 << 30), &json!("***"))
    );
    assert_eq!(
        explained["fields"][1]["origin"],
        json!({ "layer": "repository", "file": "web.yml", "line": 1, "column": 9 })
    );

    // The program is pulled from under it, and so is the repository.
    served.kill();
    fs::rename(&repository, home.path().join("elsewhere")).unwrap();
    served.start_again();
    let (status, explained) = explain(&served);
    assert_eq!((status, &explained["spec"]["memory"], &explained["version"]), (200, &json!(1 << 30), &json!(first)));
    within(Duration::from_secs(20), "it says that it is old", || {
        explain(&served).1["stale"]["why"].as_str().is_some_and(|why| why.contains("cannot be read"))
    });

    // It is back, with a file that is broken: what it configures is refused, and nothing else.
    fs::rename(home.path().join("elsewhere"), &repository).unwrap();
    let second = commit(&repository, "db.yml", "tty: true\nmemroy: 1g\n");
    assert_eq!(served.json("source refresh")["version"], Value::from(second));
    assert_eq!(explain(&served).0, 200);
    let broken = json!({ "spec": { "image": "db:1" } });
    let (status, problem) = served.rest("POST", "/api/v1/source/explain", Some(&broken));
    let told = problem.to_string();
    assert!((400..500).contains(&status) && told.contains("is `memory` meant?") && told.contains("db.yml"), "{told}");
    assert!(!served.log().contains("s3cret"), "{}", served.log());
}
