//! A bare node: a Debian of its own with Python's smallest package and wget, no pip and no way out, becomes a node by the
//! script that the server hands out.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use haven_core::model::NodeName;
use haven_server::ServerOptions;
use haven_testkit::{bed::require, shared_bed_or_skip};
use tokio::sync::OnceCell;

use crate::{
    SECRET,
    node::{ENGINES, Served, engines, until_it},
};

/// The nobody of every Debian.
const NOBODY: &str = "65534:65534";

/// The tree that all tests lay their own over; made once for each checkout, which takes a minute.
async fn base() -> &'static Path {
    static MADE: OnceCell<PathBuf> = OnceCell::const_new();
    MADE.get_or_init(async || {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare-node");
        if !place.exists() {
            let making = place.with_extension(format!("making-{}", std::process::id()));
            let mut debootstrap = Command::new("debootstrap");
            debootstrap.args(["--variant=minbase", "--include=python3-minimal,wget", "bookworm"]).arg(&making);
            let output = debootstrap.output().expect("debootstrap runs: `scripts/setup test` installs it");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
            let _ = fs::rename(&making, &place);
        }
        place
    })
    .await
}

/// A bare node's tree, in memory over the one that all share. Dropping it takes it away.
struct Bare {
    folder: tempfile::TempDir,
}

impl Bare {
    async fn start() -> Self {
        let bare = Self { folder: tempfile::tempdir().unwrap() };
        let (root, layer) = (bare.root(), bare.folder.path().join("layer"));
        for folder in [&root, &layer] {
            fs::create_dir(folder).unwrap();
        }
        mount(Command::new("mount").args(["-t", "tmpfs", "bare"]).arg(&layer));
        for folder in ["upper", "work"] {
            fs::create_dir(layer.join(folder)).unwrap();
        }
        let layer = layer.display();
        let options = format!("lowerdir={},upperdir={layer}/upper,workdir={layer}/work", base().await.display());
        mount(Command::new("mount").args(["-t", "overlay", "bare", "-o", &options]).arg(&root));
        mount(Command::new("mount").args(["--bind", "/proc"]).arg(root.join("proc")));
        fs::create_dir(root.join("node")).unwrap();
        std::os::unix::fs::chown(root.join("node"), Some(65534), Some(65534)).unwrap();
        bare
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Runs a line of the shell there, as `user` and in the folder `/node`.
    fn shell(&self, user: &str, line: &str) -> Output {
        let mut command = Command::new("chroot");
        command.arg(format!("--userspec={user}")).arg(self.root()).args(["sh", "-ec", &format!("cd /node; {line}")]);
        command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("HOME", "/nonexistent").output().unwrap()
    }

    #[track_caller]
    fn run(&self, user: &str, line: &str) -> String {
        let output = self.shell(user, line);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{line}: {said}");
        said
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        for place in [self.root().join("proc"), self.root(), self.folder.path().join("layer")] {
            let _ = Command::new("umount").arg("-l").arg(place).status();
        }
    }
}

fn mount(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A folder with the program, as a release has it: without what a debugger wants.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (env!("CARGO_BIN_EXE_haven-agent"), folder.path().join("haven-agent"));
    assert!(Command::new("strip").arg("-o").arg(to).arg(from).status().unwrap().success());
    folder
}

async fn served(files: &tempfile::TempDir) -> Served {
    let agent_files = Some(files.path().to_owned());
    Served::start(ServerOptions { agent_files, ..ServerOptions::default() }).await
}

/// What a node fetches its script with.
async fn wget(served: &Served, engine: &haven_testkit::bed::Engine) -> String {
    let token = served.haven.nodes().invite().await.unwrap().token;
    let (server, node) = (served.address, engine.tcp_address());
    let url = format!("http://{server}/discovery/agent/haven-agent.py?node={node}&token={token}");
    format!("wget -q --content-disposition '{url}' && chmod 700 haven-agent.py")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_machine_becomes_a_node_without_root_and_pip() {
    let bed = shared_bed_or_skip!(engines());
    let _all = ENGINES.read().await;
    let (engine, files) = (bed.engine(0), files());
    let (served, bare) = (served(&files).await, Bare::start().await);
    assert!(!bare.shell(NOBODY, "python3 -c 'import json'").status.success(), "it is the smallest Python");
    bare.run(NOBODY, &wget(&served, engine).await);
    bare.run(NOBODY, "./haven-agent.py --once");
    until_it("it is a node", async || served.is_online(engine.name()).await).await;
    let node = served.haven.nodes().get(&NodeName::new(engine.name()).unwrap()).await.unwrap();
    assert_eq!(node.labels["zone"], engine.zone());
    // Its files weigh more than what it was handed out with, its options more than files.
    let wrong = bare.shell(NOBODY, "printf '[main]\\nsecret = wrong\\n' > haven-agent.ini && ./haven-agent.py --once");
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("wants another secret"));
    bare.run(NOBODY, &format!("./haven-agent.py --once --secret '{SECRET}'"));
    // Nobody's modules beside it, and nobody's configuration, are Python's and the agent's.
    bare.run(
        "0:0",
        "mkdir /shared; chmod 1777 /shared; cp /node/haven-agent.py /shared; chmod 755 /shared/haven-agent.py",
    );
    bare.run(
        NOBODY,
        "for module in hashlib os __future__; do echo 'open(\"/shared/ran\", \"w\")' > /shared/$module.py; done",
    );
    bare.run("0:0", "cd /shared; ./haven-agent.py --version; ! test -e ran");
    bare.run(NOBODY, "printf '[main]\\nmaster = 127.0.0.1:9\\n' > /shared/dm-agent.ini");
    let planted = bare.shell("0:0", "cd /shared; ./haven-agent.py --once");
    let said = String::from_utf8_lossy(&planted.stderr).into_owned();
    assert!(!planted.status.success() && said.contains("belongs to another user"), "{said}");
    bare.run("0:0", "rm -r /var/cache/haven-agent");
    // What was fetched before is used, also while the server is away; what is not what it was is fetched anew.
    let kept = "/tmp/haven-agent-65534/*-haven-agent";
    bare.run(NOBODY, &format!("ls {kept}"));
    // What downloads have left that were killed long ago goes with the next one.
    bare.run(NOBODY, &format!("touch -d '1 hour ago' $(ls {kept}).4711; echo more >> $(ls -d {kept})"));
    bare.run(NOBODY, "./haven-agent.py --version");
    bare.run(NOBODY, &format!("! ls {kept}.*"));
    drop(files);
    bare.run(NOBODY, "./haven-agent.py --version");
    // Others could change it between the look at it and its use.
    bare.run(NOBODY, "chmod 777 /tmp/haven-agent-65534");
    let open = bare.shell(NOBODY, "./haven-agent.py --version");
    let said = String::from_utf8_lossy(&open.stderr).into_owned();
    assert!(!open.status.success() && said.contains("others can write to it"), "{said}");
    bare.run(NOBODY, "chmod 700 /tmp/haven-agent-65534");
    bare.run(NOBODY, &format!("echo more >> $(ls {kept})"));
    let changed = bare.shell(NOBODY, "./haven-agent.py --version");
    let said = String::from_utf8_lossy(&changed.stderr).into_owned();
    assert!(!changed.status.success() && said.contains("it cannot be fetched"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_says_exactly_what_is_missing() {
    let Some(()) = require("bed") else { return };
    let (files, bare) = (files(), Bare::start().await);
    let served = served(&files).await;
    let fetch = format!("wget -q -O a.py http://{}/discovery/agent/a.py", served.address);
    let fails = |line: &str| {
        let output = bare.shell(NOBODY, line);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        said
    };
    bare.run(NOBODY, &fetch);
    assert!(bare.run(NOBODY, "python3 a.py --version").contains("2.0"));
    bare.run(NOBODY, "rm -r /tmp/haven-agent-*");
    // Another program under the same name, which is as long.
    let program = files.path().join("haven-agent");
    let mut bytes = fs::read(&program).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&program, &bytes).unwrap();
    let said = fails("python3 a.py");
    assert!(said.contains("not the file that this script knows") && said.contains("fetch the script anew"), "{said}");
    // For another machine.
    bytes[18] = 183;
    fs::write(&program, &bytes).unwrap();
    bare.run(NOBODY, &fetch);
    let said = fails("python3 a.py");
    assert!(said.contains("haven-agent: it is for aarch64 on Linux, this is x86_64"), "{said}");
    // With libraries that are not there: no program at all, behind the head of one.
    bytes[18] = 62;
    bytes.truncate(4096);
    fs::write(&program, &bytes).unwrap();
    bare.run(NOBODY, &fetch);
    let said = fails("python3 a.py");
    assert!(said.contains("it cannot be run"), "{said}");
    // A package for a newer Python, and for another machine.
    fs::remove_file(&program).unwrap();
    for wheel in ["haven-2.0-cp399-abi3-manylinux_2_34_x86_64.whl", "haven-2.0-cp310-abi3-manylinux_2_34_aarch64.whl"] {
        fs::write(files.path().join(wheel), "PK").unwrap();
    }
    bare.run(NOBODY, &fetch);
    let said = fails("python3 a.py");
    assert!(said.contains("it is for cp399, this is Python 3.11"), "{said}");
    assert!(said.contains("it is for manylinux_2_34_aarch64, this is x86_64"), "{said}");
    drop(files);
    bare.run(NOBODY, &fetch);
    assert!(fails("python3 a.py").contains("the server had none to give: see `--agent-files`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_run_where_it_is_unpacked() {
    const PACK: &str = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1], 'w') as wheel:\n\
        \x20   wheel.writestr('told_by_a_test.py', sys.argv[2])\n\
        \x20   wheel.writestr('a-1.dist-info/entry_points.txt', '[console_scripts]\\nhaven-agent = told_by_a_test:main\\n')\n";
    let Some(()) = require("bed") else { return };
    let (files, node) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // A package of its own, whose script tells what it was called with.
    let told =
        "import os, sys\ndef main():\n    print(sys.argv[1:], os.environ.get('HAVEN_AGENT_DEFAULTS'))\n    return 0\n";
    let wheel = files.path().join("a-1-cp38-abi3-any.whl");
    assert!(Command::new("python3").args(["-c", PACK]).arg(&wheel).arg(told).status().unwrap().success());
    let served = served(&files).await;
    let line = format!(
        "mount -t tmpfs cache /var/cache; wget -q -O told.py http://{}/discovery/agent/told.py; python3 told.py -t 5",
        served.address
    );
    let output = Command::new("unshare").args(["-m", "sh", "-ec", &line]).current_dir(node.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let script = node.path().join("told.py");
    assert!(said.contains(&format!("['--script', '{}', '-t', '5']", script.display())), "{said}");
    assert!(said.contains(&format!(r#"{{"master":"http://{}"}}"#, served.address)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_installed_with_the_secret_where_only_its_user_reads_it_and_removed_without_a_trace() {
    let bed = shared_bed_or_skip!(engines());
    let _all = ENGINES.read().await;
    let (engine, files) = (bed.engine(1), files());
    let (served, bare) = (served(&files).await, Bare::start().await);
    let root = bare.root();
    // systemd does not run there: what would be asked of it is written down.
    fs::create_dir_all(root.join("run/systemd/system")).unwrap();
    fs::write(root.join("usr/bin/systemctl"), "#!/bin/sh\necho \"$@\" >> /asked\n").unwrap();
    fs::set_permissions(root.join("usr/bin/systemctl"), fs::Permissions::from_mode(0o755)).unwrap();
    bare.run("0:0", &wget(&served, engine).await);
    let refused = bare.shell(NOBODY, "cp haven-agent.py /tmp/h.py; python3 /tmp/h.py install");
    assert!(!refused.status.success());
    bare.run("0:0", "./haven-agent.py install -u haven-agent");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (unit, ini) = (read("etc/systemd/system/haven-agent.service"), read("etc/haven-agent.ini"));
    assert!(unit.contains("\nExecStart=/usr/local/bin/haven-agent.py\nUser=haven-agent\nRestart="), "{unit}");
    assert!(ini.contains(&format!("\nsecret = {SECRET}\n")), "{ini}");
    assert!(
        ini.contains(&format!("\nmaster = http://{}\n", served.address))
            && ini.contains("\n# timeout = 60\n")
            && ini.contains("\nlog_level = 1\n"),
        "{ini}"
    );
    assert_eq!(read("asked"), "daemon-reload\nenable haven-agent.service\nstart haven-agent.service\n");
    let (script, ini) = (read("usr/local/bin/haven-agent.py"), fs::metadata(root.join("etc/haven-agent.ini")).unwrap());
    assert!(!script.contains(SECRET) && !unit.contains(SECRET));
    let user: u32 = bare.run("0:0", "id -u haven-agent").trim().parse().unwrap();
    assert_eq!((ini.mode() & 0o7777, ini.uid()), (0o600, user));
    // As systemd would: the service's own user runs what the unit says.
    bare.run(&format!("{user}"), "/usr/local/bin/haven-agent.py -v --once");
    until_it("it is a node", async || served.is_online(engine.name()).await).await;
    let again = bare.shell("0:0", "./haven-agent.py install");
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("installed already"));
    bare.run("0:0", "/usr/local/bin/haven-agent.py uninstall");
    for path in ["etc/systemd/system/haven-agent.service", "etc/haven-agent.ini", "usr/local/bin/haven-agent.py"] {
        assert!(!root.join(path).exists(), "{path} is left");
    }
    assert!(read("asked").ends_with("disable --now haven-agent.service\ndaemon-reload\n"), "{}", read("asked"));
    // A configuration that is there stays as it is, or nothing is done.
    let (master, docker) = (served.address, engine.tcp_address());
    let configured = format!("[main]\ndocker = {docker}\nmaster = {master}\nsecret = {SECRET}\n");
    fs::write(root.join("etc/haven-agent.ini"), &configured).unwrap();
    bare.run("0:0", "chmod 600 /etc/haven-agent.ini; mv haven-agent.py 'haven-agent.py?node=a'");
    bare.run("0:0", "python3 'haven-agent.py?node=a' install -u haven-agent");
    bare.run(&format!("{user}"), "/usr/local/bin/haven-agent.py --once");
    let said = bare.run("0:0", "/usr/local/bin/haven-agent.py uninstall");
    assert!(said.contains("/etc/haven-agent.ini is left, as it was there before"), "{said}");
    assert_eq!(read("etc/haven-agent.ini"), configured);
    bare.run("0:0", "mv 'haven-agent.py?node=a' haven-agent.py");
    fs::write(root.join("etc/haven-agent.ini"), "[main]\nsecret = of old\n").unwrap();
    let refused = bare.shell("0:0", "./haven-agent.py install");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("there is a configuration already, which says nothing of `docker`"),
        "{said}"
    );
    assert!(!said.contains("of old") && !root.join("etc/systemd/system/haven-agent.service").exists(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_could_not_work_is_not_installed() {
    let Some(()) = require("bed") else { return };
    let bare = Bare::start().await;
    let root = bare.root();
    fs::create_dir_all(root.join("run/systemd/system")).unwrap();
    fs::copy("/bin/true", root.join("usr/bin/systemctl")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_haven-agent"), root.join("usr/bin/haven-agent")).unwrap();
    let unit = root.join("etc/systemd/system/haven-agent.service");
    let refused = |line: &str, why: &str| {
        let output = bare.shell("0:0", line);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(why), "{line}: {said}");
        assert!(!unit.exists() && !root.join("etc/haven-agent.ini").exists(), "{line}");
    };
    refused("haven-agent install", "an agent needs a server to report to");
    refused("haven-agent install -m a:1 --ca missing.pem", "/node/missing.pem");
    refused("haven-agent install -m a:1 -s ' s3cret'", "one line, without spaces around it");
    refused("haven-agent install -m a:1 -t 100000", "the interval is at most a day");
    // The engine's socket, and who may speak with it.
    bare.run("0:0", "groupadd -g 4321 docker; touch /run/docker.sock; chmod 660 /run/docker.sock");
    refused("haven-agent install -m a:1 -u somebody", "only root may speak with the engine");
    bare.run("0:0", "chgrp docker /run/docker.sock; printf '[main]\\nsecret = of here\\n' > haven-agent.ini");
    bare.run("0:0", "haven-agent install -m a:1 -u somebody");
    assert!(fs::read_to_string(&unit).unwrap().contains("\nUser=somebody\nSupplementaryGroups=4321\n"));
    let ini = fs::read_to_string(root.join("etc/haven-agent.ini")).unwrap();
    assert!(ini.contains("\nsecret = of here\n"), "what a file beside it says is not lost: {ini}");
}
