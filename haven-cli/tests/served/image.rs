//! The image of packaging/Dockerfile, made and run on the bed.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use haven_testkit::shared_bed_or_skip;

use crate::{
    engines,
    server::{PASSWORD, text},
    within,
};

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// A root file system with nothing but the libraries that the program needs and Debian's `/var/run`, as the engines of the bed reach no hub.
fn base(folder: &Path) -> PathBuf {
    let needed = run(Command::new("ldd").arg(env!("CARGO_BIN_EXE_haven")));
    let root = folder.join("root");
    for library in needed.split_whitespace().filter(|word| word.starts_with('/')) {
        let place = root.join(library.trim_start_matches('/'));
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(library, place).unwrap();
    }
    std::fs::create_dir_all(root.join("var")).unwrap();
    std::os::unix::fs::symlink("/run", root.join("var/run")).unwrap();
    let archive = folder.join("base.tar");
    run(Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(&root).arg("."));
    archive
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_needs_only_the_program_and_keeps_its_data() {
    let bed = shared_bed_or_skip!(engines());
    let _all = crate::ENGINES.read().await;
    let engine = bed.engine(0);
    let folder = tempfile::tempdir().unwrap();
    let context = folder.path().join("context");
    std::fs::create_dir(&context).unwrap();
    // As a release is: without what a debugger wants.
    run(Command::new("strip").arg("-o").arg(context.join("haven")).arg(env!("CARGO_BIN_EXE_haven")));
    run(engine.docker().arg("import").arg(base(folder.path())).arg("haven-test/base:1"));
    let dockerfile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/Dockerfile");
    let mut build = engine.docker();
    build.env("DOCKER_BUILDKIT", "0").args([
        "build",
        "--build-arg",
        "BASE=haven-test/base:1",
        "-t",
        "haven-test/haven:1",
        "-f",
    ]);
    run(build.arg(dockerfile).arg(&context));

    let docker = |line: &str| run(engine.docker().args(line.split_whitespace()));
    let start = || {
        docker(&format!(
            "run -d --name haven -p 8761:8761 -v haven-data:/data -e HAVEN_ADMIN_PASSWORD={PASSWORD} \
             -v {}:/run/docker.sock haven-test/haven:1",
            engine.socket().canonicalize().unwrap().display()
        ))
    };
    let url = format!("http://{}:8761", engine.address());
    let healthy = || {
        let asked = Command::new("curl")
            .args(["-sS", "--noproxy", "*", "-m", "5", &format!("{url}/healthz")])
            .output()
            .unwrap();
        text(&asked.stdout) == "ok"
    };
    let haven = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_haven"));
        command.env_clear().env("HOME", folder.path()).env("HAVEN_SERVER", &url).env("HAVEN_PASSWORD", PASSWORD);
        run(command.args(line.split_whitespace()))
    };
    start();
    within(Duration::from_secs(30), "it answers", healthy);
    within(Duration::from_secs(20), "it manages the engine whose socket it was given", || {
        haven("ps").contains("haven-test/haven:1")
    });
    haven("clusters create kept");
    assert_eq!(docker("stop haven").trim(), "haven");
    assert_eq!(docker("inspect -f {{.State.ExitCode}} haven").trim(), "0", "{}", docker("logs haven"));
    docker("rm haven");
    start();
    within(Duration::from_secs(30), "another container answers", healthy);
    assert!(haven("clusters").contains("kept"), "what was written is in the volume");
    docker("rm -f -v haven");
    docker("volume rm haven-data");
    docker("rmi haven-test/haven:1 haven-test/base:1");
}
