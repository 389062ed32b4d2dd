//! A running agent.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// An agent in a process of its own, in a folder of its own. Dropping it kills it.
pub(crate) struct Running {
    folder: tempfile::TempDir,
    child: Child,
}

/// The program in a folder, without this machine's environment.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_haven-agent"));
    command.env_clear().env("HOME", folder).env("PATH", std::env::var_os("PATH").unwrap()).current_dir(folder);
    command
}

impl Running {
    /// Starts an agent of `web-3` that reports every second to `master` and shows the secret, without an engine.
    pub(crate) fn alone(master: &str) -> Self {
        let line = format!("-t 1 -vv --name web-3 -d unix:///nowhere.sock -m {master}");
        Self::start(&line, |command| _ = command.env("HAVEN_AGENT_SECRET", crate::SECRET))
    }

    pub(crate) fn start(line: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = program(folder.path());
        command.args(line.split(' ').filter(|word| !word.is_empty()));
        prepare(&mut command);
        Self::spawn(folder, &mut command)
    }

    /// Starts a command whose log is in `folder`.
    pub(crate) fn spawn(folder: tempfile::TempDir, command: &mut Command) -> Self {
        let log = File::create(folder.path().join("log")).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { folder, child }
    }

    /// What it logged, in which the secret is not.
    #[track_caller]
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        assert!(!log.contains(crate::SECRET), "{log}");
        log
    }

    /// Whether it runs still.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Asks it to end with a signal, and answers its exit code and how long it took.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        (self.child.wait().unwrap().code(), begun.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
