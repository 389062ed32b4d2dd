//! The program `git`, run so that it cannot run others, take for ever, fill the disk, or show what is secret.

use std::{
    fs,
    io::{self, Read},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use haven_model::{Error, ErrorKind, Result, Secret};

use super::GitRemote;

/// How much of what git says is kept, of each stream.
const MAX_WORDS: usize = 16 * 1024;
/// How often it is looked after.
const LOOK: Duration = Duration::from_millis(10);
/// How often the folder that it fills is measured, in looks.
const MEASURE: u32 = 10;
/// Answers git's questions from its environment; nothing secret stands in it.
const ASKPASS: &str = "#!/bin/sh\ncase \"$1\" in\nUsername*) printf '%s\\n' \"$HAVEN_GIT_ANSWER_USERNAME\" ;;\n*) printf '%s\\n' \"$HAVEN_GIT_ANSWER_PASSWORD\" ;;\nesac\n";
/// The variables of this process that git may have: how it reaches and trusts others. Not those that say which repository
/// it works on, what it runs, or what it writes down of a conversation.
const KEPT: [&str; 8] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_NO_VERIFY",
];

/// What a fetch may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GitLimits {
    /// How long git may take for one conversation.
    pub time: Duration,
    /// How many bytes of disk a checkout may take, while it is made and after.
    pub bytes: u64,
}

impl Default for GitLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(60), bytes: 64 * 1024 * 1024 }
    }
}

/// The program, with what it needs to talk to one remote.
#[derive(Debug)]
pub(super) struct Git<'a> {
    remote: &'a GitRemote,
    folder: &'a Path,
    limits: GitLimits,
    stop: &'a AtomicBool,
    key: Option<KeyFile>,
}

/// A file that is gone when its owner is.
#[derive(Debug)]
struct KeyFile(PathBuf);

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl<'a> Git<'a> {
    /// Prepares `folder`, which only its owner may enter, for talking to `remote`. What runs ends when `stop` is set.
    pub(super) fn new(
        remote: &'a GitRemote,
        folder: &'a Path,
        limits: GitLimits,
        stop: &'a AtomicBool,
    ) -> io::Result<Self> {
        write(&folder.join("askpass"), ASKPASS, 0o700)?;
        let key = match &remote.ssh_key {
            Some(key) => {
                let file = KeyFile(folder.join("ssh-key"));
                // OpenSSH takes no key whose last line does not end.
                write(&file.0, &format!("{}\n", key.expose().trim_end()), 0o600)?;
                Some(file)
            }
            None => None,
        };
        if let Some(known) = &remote.known_hosts {
            write(&folder.join("known-hosts-given"), &format!("{}\n", known.trim_end()), 0o600)?;
        }
        Ok(Self { remote, folder, limits, stop, key })
    }

    /// Runs git with these words; answers what it wrote. Kills it when it takes too long, or when `fills`, the folder that
    /// it writes to, becomes too large.
    pub(super) fn run(&self, words: &[&str], fills: Option<&Path>) -> Result<String> {
        let mut command = Command::new("git");
        // Neither hooks nor transports that run programs; no file of ours is handed to whoever follows a link.
        command.args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "protocol.ext.allow=never",
            "-c",
            "core.fsmonitor=false",
        ]);
        if self.remote.password.is_some() {
            // Who is configured to remember passwords does not need to remember this one.
            command.args(["-c", "credential.helper="]);
        }
        command.args(words);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("GIT_") && !KEPT.contains(&name.as_str()) {
                command.env_remove(name);
            }
        }
        let askpass = self.folder.join("askpass");
        command
            .env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_LFS_SKIP_SMUDGE", "1")
            .env("GIT_ASKPASS", &askpass)
            .env("SSH_ASKPASS", &askpass)
            .env("SSH_ASKPASS_REQUIRE", "never")
            .env("HAVEN_GIT_ANSWER_USERNAME", self.remote.username.as_deref().unwrap_or_default())
            .env("HAVEN_GIT_ANSWER_PASSWORD", self.remote.password.as_ref().map_or("", Secret::expose))
            .env("LC_ALL", "C");
        self.ssh(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that what git starts ends with it.
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::new(ErrorKind::Unsupported, "the program `git` is not installed"),
            _ => Error::unexpected("git cannot be run").caused_by(error),
        })?;
        let said = child.stdout.take().map(Words::gather);
        let complained = child.stderr.take().map(Words::gather);
        let ended = self.attend(&mut child, fills);
        if ended.is_err() {
            kill(&mut child);
        }
        if ended? {
            return Ok(said.map_or_else(String::new, Words::text));
        }
        let complained = complained.map_or_else(String::new, Words::text);
        Err(Error::unavailable("the git repository cannot be read").caused_by(self.last_word(&complained)))
    }

    /// How SSH is run: never asking, with our key where there is one.
    fn ssh(&self, command: &mut Command) {
        if std::env::var_os("GIT_SSH_COMMAND").is_some() && self.key.is_none() && self.remote.known_hosts.is_none() {
            return;
        }
        // Git hands this to a shell, which reads the paths from the environment: they may hold anything.
        let mut ssh = "ssh -o BatchMode=yes -o ConnectTimeout=20".to_owned();
        if let Some(key) = &self.key {
            ssh += " -o IdentitiesOnly=yes -i \"$HAVEN_GIT_SSH_KEY\"";
            command.env("HAVEN_GIT_SSH_KEY", &key.0);
        }
        if self.remote.known_hosts.is_some() {
            ssh += " -o StrictHostKeyChecking=yes -o UserKnownHostsFile=\"\\\"$HAVEN_GIT_KNOWN_HOSTS\\\"\" -o GlobalKnownHostsFile=/dev/null";
            command.env("HAVEN_GIT_KNOWN_HOSTS", self.folder.join("known-hosts-given"));
        } else {
            ssh += " -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=\"\\\"$HAVEN_GIT_KNOWN_HOSTS\\\" ~/.ssh/known_hosts\"";
            command.env("HAVEN_GIT_KNOWN_HOSTS", self.folder.join("known-hosts"));
        }
        command.env("GIT_SSH_COMMAND", ssh);
    }

    /// Waits for the end; answers whether it was a good one.
    fn attend(&self, child: &mut Child, fills: Option<&Path>) -> Result<bool> {
        let begun = Instant::now();
        for look in 1_u32.. {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) => {}
                Err(error) => return Err(Error::unexpected("git cannot be waited for").caused_by(error)),
            }
            if begun.elapsed() > self.limits.time {
                return Err(Error::timeout(format!("git took longer than {} s", self.limits.time.as_secs_f32())));
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(Error::unavailable("fetching was broken off"));
            }
            if let Some(fills) = fills
                && look.is_multiple_of(MEASURE)
            {
                self.measure(fills)?;
            }
            std::thread::sleep(LOOK);
        }
        Err(Error::unexpected("git cannot be waited for"))
    }

    /// `Invalid` when a folder is larger than a checkout may be.
    pub(super) fn measure(&self, folder: &Path) -> Result<()> {
        let limit = self.limits.bytes;
        if size(folder, limit) > limit {
            return Err(Error::invalid(format!("the git repository takes more than {} MiB", limit / (1024 * 1024))));
        }
        Ok(())
    }

    /// Why git gave up: its last line, without what is secret.
    fn last_word(&self, said: &str) -> String {
        let mut said = said.to_owned();
        for secret in self.remote.secrets() {
            said = said.replace(secret, "***");
        }
        let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
        // What it says after that is advice.
        let fatal = lines.clone().find(|line| line.starts_with("fatal:"));
        fatal.or_else(|| lines.next_back()).unwrap_or("it did not say why").to_owned()
    }
}

/// Ends git and what it started.
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What a stream says. It is read to its end, so that git never waits for us; the beginning is kept.
struct Words {
    kept: Arc<Mutex<Vec<u8>>>,
    ended: mpsc::Receiver<()>,
}

impl Words {
    fn gather(mut stream: impl Read + Send + 'static) -> Self {
        let (kept, (end, ended)) = (Arc::<Mutex<Vec<u8>>>::default(), mpsc::channel());
        let keep = kept.clone();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut part) {
                let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MAX_WORDS.saturating_sub(kept.len()).min(length);
                kept.extend_from_slice(&part[..room]);
            }
            let _ = end.send(());
        });
        Self { kept, ended }
    }

    /// What was said. Somebody whom git left behind may hold the stream open: the end is not waited for long.
    fn text(self) -> String {
        let _ = self.ended.recv_timeout(Duration::from_secs(1));
        String::from_utf8_lossy(&self.kept.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// How many bytes of disk a folder takes, as far as that is at most `enough`.
fn size(folder: &Path, enough: u64) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let (mut folders, mut sum) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        // What is gone meanwhile takes nothing.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            // A file system may not have counted blocks yet that are to be written.
            sum += metadata.len().max(metadata.blocks() * 512);
            if metadata.is_dir() {
                folders.push(entry.path());
            }
            if sum > enough {
                return sum;
            }
        }
    }
    sum
}

/// Writes a file that has these rights from the beginning.
fn write(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let _ = fs::remove_file(path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_gets_user_and_password_by_its_questions_alone() {
        let folder = tempfile::tempdir().unwrap();
        let askpass = folder.path().join("askpass");
        write(&askpass, ASKPASS, 0o700).unwrap();
        for (question, answer) in
            [("Username for 'https://host': ", "me"), ("Password for 'https://me@host': ", "p '$(x)'\\n%s")]
        {
            let said = Command::new("sh")
                .arg(&askpass)
                .arg(question)
                .env("HAVEN_GIT_ANSWER_USERNAME", "me")
                .env("HAVEN_GIT_ANSWER_PASSWORD", "p '$(x)'\\n%s")
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), format!("{answer}\n"), "{question}");
        }
    }

    #[test]
    fn what_takes_too_long_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let remote = GitRemote::new("/nowhere").unwrap();
        let limits = GitLimits { time: Duration::from_millis(200), ..GitLimits::default() };
        let stop = AtomicBool::new(false);
        let git = Git::new(&remote, folder.path(), limits, &stop).unwrap();
        let begun = Instant::now();
        // A program that git starts, and that holds its streams open.
        let error = git.run(&["-c", "alias.wait=!sleep 60", "wait"], None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }

    #[test]
    fn nothing_secret_is_in_what_git_is_quoted_with() {
        let folder = tempfile::tempdir().unwrap();
        let remote = GitRemote::new("https://me:s3cret@host/repo").unwrap();
        let stop = AtomicBool::new(false);
        let git = Git::new(&remote, folder.path(), GitLimits::default(), &stop).unwrap();
        assert_eq!(git.last_word("x\nfatal: bad s3cret here\nadvice\n"), "fatal: bad *** here");
        assert_eq!(git.last_word(""), "it did not say why");
    }
}
