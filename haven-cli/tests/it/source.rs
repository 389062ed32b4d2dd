//! Where containers are configured from, and who says what of one.

use std::{fs, process::Command};

use crate::fleet::{Fleet, program, snapshot, text};

/// A folder of configurations, and a session with its path taken out.
fn session(fleet: &Fleet, lines: &[&str]) -> String {
    let folder = fleet.folder.path().join("configurations");
    fs::create_dir_all(folder.join("shop")).unwrap();
    let write = |path: &str, text: &str| fs::write(folder.join(path), text).unwrap();
    write("busybox.properties", "labels.com.example.team = everybody\nrestart = on-failure:3\n");
    write(
        "shop/busybox.yml",
        "include: shared.yml\nmemoryLimit: 64m\nrestart: always\nports:\n  127.0.0.1:8080: 80\n\
         environment:\n  - MQ_HOST=mq\n  - constraint:storage==~ssd\nimage: other\n",
    );
    write("shop/shared.yml", "volumeBinds:\n  - /var/log/shop:/data/log:ro\nlabels: {com.example.team: shop}\n");
    write("web-1.yml", "hostname: front\n");
    write("broken.yml", "tty: true\nmemroyLimit: 1g\n");
    let path = folder.display().to_string();
    lines
        .iter()
        .map(|line| fleet.run(&line.replace("FOLDER", &path)).replace(&path, "FOLDER"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn who_says_what_of_a_container() {
    let fleet = Fleet::start();
    snapshot!(
        "explain",
        session(
            &fleet,
            &[
                "source",
                "explain web-2",
                "source set folder:FOLDER --interval 5m",
                "source show",
                "explain --image busybox:1 --cluster shop",
                "explain --image busybox:1 --cluster shop -v --name web-1",
                "explain --image nobody/has:it --node sim-2",
                "explain web-1",
                "explain web-2 --json",
                "explain --image broken",
                "explain",
                "explain nosuch",
                "source set ftp://host/x",
                "source set folder:/nowhere/at/all",
                "source refresh",
                "source rm",
                "source rm",
            ]
        )
    );
}

#[test]
fn a_password_goes_to_the_store_and_is_never_shown() {
    let fleet = Fleet::start();
    let run = |words: &[&str]| {
        let mut command: Command = fleet.haven();
        let output = command.args(words).env("HAVEN_SOURCE_PASSWORD", "s3cret").output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && !told.contains("s3cret"), "{told}");
        told
    };
    let told = run(&["source", "set", "http://127.0.0.1:9/repository", "--user", "me"]);
    for part in [
        "url        http://127.0.0.1:9/repository",
        "user       me",
        "password   ***",
        "nothing of it could be read yet",
    ] {
        assert!(told.contains(part), "`{part}` is not in {told}");
    }
    assert!(run(&["source", "--json"]).contains("\"password\": \"***\""));
    let kept = fleet.haven.services().unwrap().configuration.clone();
    let kept = fleet.block_on(kept.status()).unwrap();
    assert_eq!(kept.spec.password.unwrap().expose(), "s3cret");
}

#[test]
fn the_settings_of_a_server_name_the_repository_in_the_originals_words_too() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path());
    command
        .env("dm_image_configuration_git_url", "https://me:s3cret@git.example.org/configurations")
        .env("dm_image_configuration_git_branch", "master")
        .env("dm_image_configuration_git_password", "s3cret");
    let output = command.args(["config", "show", "--json"]).output().unwrap();
    assert!(output.status.success() && !text(&output.stdout).contains("s3cret"), "{}", text(&output.stdout));
    let shown: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |key: &str| {
        let found = shown.iter().find(|value| value["key"] == key).unwrap();
        (found["value"].clone(), found["source"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("source.url").0, "https://git.example.org/configurations");
    assert_eq!(of("source.branch"), ("master".into(), "environment dm_image_configuration_git_branch".into()));
    assert_eq!(of("source.password").0, "***");

    // Without an address the rest means nothing, which is told before anything is opened.
    let output = program(home.path())
        .args(["serve", "--listen", "127.0.0.1:0", "--store", "memory:"])
        .env("HAVEN_SOURCE_BRANCH", "main")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("`source.url` is missing"), "{}", text(&output.stderr));
}
