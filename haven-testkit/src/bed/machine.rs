//! The processes of a host: the first one, which holds its namespaces open, and the service's.
//!
//! The first process is also the first of a process namespace, so the kernel ends daemons, shims and containers with it. Every
//! process is ended by its id; none is looked for by name.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::command::command;

/// How long a process may take to come up.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How long a service may take to stop; dockerd gives its containers 10 s.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// What the machine's first process does: names the machine, gives it a `/run` of its own, and collects orphans.
const FIRST_PROCESS: &str = r#"
hostname "$1" && mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/lock && : >"$2" || exit 1
trap : TERM INT HUP
while :; do sleep 86400 & wait $!; done
"#;

/// The namespaces of a host, which live as long as their first process.
pub(crate) struct Machine {
    unshare: Child,
    /// The first process, by its id outside of its own namespace.
    first: Pid,
}

/// A service's process on a machine.
pub(crate) struct Process {
    nsenter: Child,
    /// The service itself, by its id outside of the machine.
    pid: Pid,
    paused: bool,
}

impl Machine {
    /// `nsenter` into the machine, the program still to be named.
    pub(crate) fn enter(&self) -> Command {
        let mut command = command("nsenter");
        // Entered by namespace, not with `ip netns exec`: that remounts /sys, and dockerd no longer finds its control groups.
        command.args(["--net", "--mount", "--uts", "--pid", "--target"]);
        command.arg(self.first.as_raw_nonzero().to_string()).arg("--").process_group(0);
        command
    }

    pub(crate) fn start(name: &str, netns: &str, folder: &Path) -> io::Result<Self> {
        let (ready, log_file) = (folder.join("ready"), folder.join("machine.log"));
        if ready.exists() {
            fs::remove_file(&ready)?;
        }
        let log = fs::File::create(&log_file)?;
        let mut unshare = command("nsenter");
        unshare.arg(format!("--net=/run/netns/{netns}")).arg("unshare");
        unshare.args([
            "--mount",
            "--uts",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--propagation",
            "private",
        ]);
        unshare.args(["sh", "-c", FIRST_PROCESS, "haven-bed-host", name]).arg(&ready);
        unshare.stdout(log.try_clone()?).stderr(log).process_group(0);
        let mut unshare = unshare.spawn()?;
        let deadline = Instant::now() + START_LIMIT;
        while !ready.exists() {
            if unshare.try_wait()?.is_some() || Instant::now() > deadline {
                let _ = unshare.kill();
                let _ = unshare.wait();
                return Err(io::Error::other(format!("the machine does not come up:\n{}", tail(&log_file))));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let first = child_of(unshare.id()).ok_or_else(|| io::Error::other("the machine's first process is gone"))?;
        Ok(Self { unshare, first })
    }

    pub(crate) fn end(mut self) -> io::Result<()> {
        signal(self.first, Signal::KILL)?;
        wait(&mut self.unshare, STOP_LIMIT)
    }
}

impl Process {
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        let mut nsenter = command.stdin(Stdio::null()).spawn()?;
        let deadline = Instant::now() + START_LIMIT;
        // To enter a process namespace is to fork into it: the service is nsenter's child.
        let pid = loop {
            if let Some(pid) = child_of(nsenter.id()) {
                break pid;
            }
            if let Some(status) = nsenter.try_wait()? {
                return Err(io::Error::other(format!("ended at once with {status}")));
            }
            if Instant::now() > deadline {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "was not started"));
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        Ok(Self { nsenter, pid, paused: false })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.nsenter.try_wait()
    }

    pub(crate) fn set_paused(&mut self, paused: bool) -> io::Result<()> {
        self.paused = paused;
        if paused {
            return signal(self.pid, Signal::STOP);
        }
        signal(self.pid, Signal::CONT)?;
        // nsenter stops itself when its child is stopped.
        self.nsenter_pid().map_or(Ok(()), |nsenter| signal(nsenter, Signal::CONT))
    }

    fn nsenter_pid(&self) -> Option<Pid> {
        Pid::from_raw(self.nsenter.id().cast_signed())
    }

    pub(crate) fn end(mut self, with: Signal) -> io::Result<()> {
        if self.nsenter.try_wait()?.is_some() {
            return Ok(());
        }
        signal(self.pid, with)?;
        // A frozen process acts on a signal once it goes on, and its nsenter only then tells that it ended.
        self.set_paused(false)?;
        if wait(&mut self.nsenter, STOP_LIMIT).is_ok() {
            return Ok(());
        }
        signal(self.pid, Signal::KILL)?;
        wait(&mut self.nsenter, STOP_LIMIT)
    }
}

/// Sends a signal; that the process is gone already is fine.
fn signal(pid: Pid, signal: Signal) -> io::Result<()> {
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<()> {
    let deadline = Instant::now() + limit;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("process {} does not end", child.id())));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The first child of `parent`, by a walk over `/proc`: the kernel's own list of children is a build option.
fn child_of(parent: u32) -> Option<Pid> {
    let parent = parent.to_string();
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let of = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
        if of == parent { Pid::from_raw(pid) } else { None }
    })
}

/// The last lines of a log, for an error message.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
