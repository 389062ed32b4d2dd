//! Who owns a bed, where its files are, and how it is removed whatever happens to the owner.
//!
//! Each bed has a state folder that names its owner by process id and start time (an id alone may be somebody else's by now).
//! A shell that does nothing but wait holds one end of a pipe; the kernel closes the other end when the owner
//! ends, be it by `SIGKILL`, and the shell then removes everything that the folder names. [`sweep`] runs the same removal for
//! owners whose shell died with them. There is one way to remove a bed, and it runs at the end of every bed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::command::{command, context, create_folder, write};

const REAP: &str = include_str!("reap.sh");

/// How long the removal of a bed may take; it takes under a second.
const REAP_LIMIT: Duration = Duration::from_secs(60);

/// Subnets to choose from: 10.213.0.0/24 to 10.213.249.0/24.
const SLOTS: u8 = 250;

/// A socket's path has at most 108 bytes; below the root come the bed's name, the host's and the socket's.
const LONGEST_ROOT: usize = 70;

/// A bed's folder, held by this process until it is dropped.
#[derive(Debug)]
pub(crate) struct State {
    path: PathBuf,
    slot: u8,
    reaper: Mutex<Option<Child>>,
}

impl State {
    /// Removes what dead owners left, then takes a free slot.
    pub(crate) fn claim() -> io::Result<Self> {
        let root = root();
        if root.as_os_str().len() > LONGEST_ROOT {
            let message = format!("`{}` is too long for the sockets below it", root.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let _lock = lock(&root)?;
        sweep_locked(&root)?;

        let routes = super::command::run("ip", &["-4", "route", "show"])?;
        let taken: Vec<u8> = folders(&root)?.iter().filter_map(|folder| read_slot(folder)).collect();
        let slot = (0..SLOTS)
            .find(|slot| !taken.contains(slot) && !routes.contains(&format!("10.213.{slot}.")))
            .ok_or_else(|| io::Error::other("all subnets from 10.213.0.0/24 on are in use"))?;

        let pid = std::process::id();
        let started = start_time(pid).ok_or_else(|| io::Error::other("cannot read `/proc/self/stat`"))?;
        let path = root.join(format!("{pid}-{slot}"));
        create_folder(&path)?;
        write(&path.join("slot"), slot.to_string())?;
        write(&path.join("owner"), format!("{pid} {started}\n"))?;
        let reaper = reap(&path, "wait", Stdio::piped())?;
        Ok(Self { path, slot, reaper: Mutex::new(Some(reaper)) })
    }

    /// The bed's folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The number that the subnet, the bridge and the namespaces carry.
    pub(crate) fn slot(&self) -> u8 {
        self.slot
    }

    /// The bed's name: owner's process id and slot.
    pub(crate) fn id(&self) -> String {
        format!("{}-{}", std::process::id(), self.slot)
    }

    /// Notes something that the removal has to know, *before* it exists.
    pub(crate) fn note(&self, file: &str, line: &str) -> io::Result<()> {
        let path = self.path.join(file);
        let add = || {
            let mut file = File::options().create(true).append(true).open(&path)?;
            // One write a line: hosts start in parallel, and lines that are written in pieces mix.
            file.write_all(format!("{line}\n").as_bytes())
        };
        add().map_err(context(format_args!("write `{}`", path.display())))
    }

    /// Removes the bed. The second call does nothing.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let reaper = self.reaper.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let Some(mut reaper) = reaper else {
            return Ok(());
        };
        drop(reaper.stdin.take());
        // Somebody may have killed that shell.
        wait(&mut reaper, &self.path).or_else(|_| wait(&mut reap(&self.path, "now", Stdio::null())?, &self.path))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // A removal that fails here is taken up by the next sweep.
        let _ = self.remove();
    }
}

/// Removes the beds of owners that are no longer there, and returns their names. Beds of living owners are left alone.
///
/// Every start of a bed sweeps first; this is for a person, or for the end of a CI job.
pub fn sweep() -> io::Result<Vec<String>> {
    let root = root();
    if !root.exists() {
        return Ok(Vec::new());
    }
    let _lock = lock(&root)?;
    sweep_locked(&root)
}

fn sweep_locked(root: &Path) -> io::Result<Vec<String>> {
    let mut removed = Vec::new();
    for folder in folders(root)? {
        if owner_lives(&folder) {
            continue;
        }
        // Without an owner file the removal would take the folder for one that is already being removed.
        let owner = folder.join("owner");
        let swept = (|| {
            if !owner.exists() {
                write(&owner, "")?;
            }
            wait(&mut reap(&folder, "now", Stdio::null())?, &folder)
        })();
        // The dead owner's own reaper may be at it, and take the folder away under us.
        if folder.exists() {
            swept?;
        }
        removed.extend(folder.file_name().map(|name| name.to_string_lossy().into_owned()));
    }
    Ok(removed)
}

/// Where all beds' folders are: `HAVEN_BED_DIR`, or `/var/lib/haven-bed`.
pub(crate) fn root() -> PathBuf {
    std::env::var_os("HAVEN_BED_DIR").map_or_else(|| "/var/lib/haven-bed".into(), PathBuf::from)
}

/// One process at a time chooses a slot or sweeps.
fn lock(root: &Path) -> io::Result<File> {
    create_folder(root)?;
    let path = root.join("lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(context(format_args!("open `{}`", path.display())))?;
    file.lock()?;
    Ok(file)
}

fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn read_slot(folder: &Path) -> Option<u8> {
    fs::read_to_string(folder.join("slot")).ok()?.trim().parse().ok()
}

fn owner_lives(folder: &Path) -> bool {
    let owner = fs::read_to_string(folder.join("owner")).unwrap_or_default();
    let mut words = owner.split_whitespace();
    let pid = words.next().and_then(|pid| pid.parse().ok());
    let started = words.next().and_then(|started| started.parse::<u64>().ok());
    pid.and_then(start_time).is_some_and(|now| Some(now) == started)
}

/// When a process started, in ticks since boot; `None` when there is no such process or it is a zombie.
pub(crate) fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn reap(folder: &Path, when: &str, stdin: Stdio) -> io::Result<Child> {
    let script = folder.join("reap.sh");
    // Renamed into place: another shell may be reading the file that is there.
    let fresh = folder.join("reap.sh.new");
    write(&fresh, REAP)?;
    fs::rename(&fresh, &script)?;
    command("sh")
        .arg(script)
        .arg(folder)
        .arg(when)
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C goes to the foreground's process group; the one who cleans up must not be in it.
        .process_group(0)
        .spawn()
        .map_err(context("start the shell that removes the bed"))
}

fn wait(reaper: &mut Child, folder: &Path) -> io::Result<()> {
    let deadline = Instant::now() + REAP_LIMIT;
    while reaper.try_wait()?.is_none() {
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("`{}` is not removed yet", folder.display())));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    if folder.exists() {
        return Err(io::Error::other(format!("`{}` could not be removed", folder.display())));
    }
    Ok(())
}
