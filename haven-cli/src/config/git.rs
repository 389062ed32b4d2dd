//! A layer of configuration from a git repository.
//!
//! Read with the `git` program, which gets the credentials through its environment and never in its arguments. The last
//! checkout that was read stays in the data folder, and counts, with a warning, while the repository cannot be reached.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use haven_core::{Error, Result, model::Secret};

use crate::{
    address::{split_credentials, without_credentials},
    connection::variable,
};

/// How long git may take in all.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of what git says is kept.
const MAX_WORDS: u64 = 8 * 1024;
/// The checkout that counts, and where it stands while its successor takes its place.
const CURRENT: &str = "current";
const BEFORE: &str = "current.old";
/// Says in a checkout which repository it is of.
const ORIGIN: &str = ".git/haven-origin";
/// Answers git's questions from its environment; nothing secret stands in it.
const ASKPASS: &str = "#!/bin/sh\ncase \"$1\" in\nUsername*) printf '%s\\n' \"$HAVEN_GIT_ANSWER_USERNAME\" ;;\n*) printf '%s\\n' \"$HAVEN_GIT_ANSWER_PASSWORD\" ;;\nesac\n";

/// The variables that say where the repository is and who we are there, the original's words after ours.
pub(super) const URL: &[&str] = &["HAVEN_CONFIG_GIT_URL", "dm_config_git_uri", "dm_config_git_url"];
pub(super) const USERNAME: &[&str] = &["HAVEN_CONFIG_GIT_USERNAME", "dm_config_git_username"];
pub(super) const PASSWORD: &[&str] = &["HAVEN_CONFIG_GIT_PASSWORD", "dm_config_git_password"];

/// Where the repository is, and who we are there.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    pub(super) url: String,
    username: Option<String>,
    password: Option<Secret>,
}

impl Remote {
    /// What the environment says, in the original's words too.
    pub(super) fn from_environment() -> Option<Self> {
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
        Some(Self { url: first(URL)?, username: first(USERNAME), password: first(PASSWORD).map(Secret::new) })
    }
}

/// A folder with the files of the repository.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) folder: PathBuf,
    /// Why it may be old.
    pub(super) warning: Option<String>,
}

/// Fetches the repository into `folder/current`, or answers the checkout that is there with a warning.
pub(super) fn fetch(remote: &Remote, folder: &Path) -> Result<Checkout> {
    let shown = without_credentials(&remote.url);
    // Of what is no URL the password cannot be taken out, and would stand in the arguments of git.
    let is_url = !remote.url.starts_with("http") || url::Url::parse(&remote.url).is_ok();
    if remote.url.starts_with('-') || remote.url.chars().any(char::is_control) || !is_url {
        return Err(Error::invalid(format!("`{}` is no address of a git repository", shown.escape_debug())));
    }
    match clone(remote, folder) {
        Ok(fresh) => {
            let current = folder.join(CURRENT);
            swap(&fresh, &current, &folder.join(BEFORE)).map_err(|error| {
                Error::unexpected("the configuration of the git repository cannot be kept")
                    .caused_by(error)
                    .with("folder", folder.display())
            })?;
            Ok(Checkout { folder: current, warning: None })
        }
        Err(error) => match kept(remote, folder) {
            Some(folder) => {
                let warning = format!(
                    "the git repository `{shown}` cannot be read, its last good checkout counts: {}",
                    error.report()
                );
                Ok(Checkout { folder, warning: Some(warning) })
            }
            None => Err(error.with("repository", shown)),
        },
    }
}

/// The checkout of this repository that is kept; the one before, where its successor did not come to its place.
pub(super) fn kept(remote: &Remote, folder: &Path) -> Option<PathBuf> {
    let shown = without_credentials(&remote.url);
    let is_of = |checkout: &PathBuf| {
        fs::read_to_string(checkout.join(ORIGIN)).is_ok_and(|origin| origin == shown)
            && checkout.join(super::FILE_NAME).is_file()
    };
    [CURRENT, BEFORE].into_iter().map(|name| folder.join(name)).find(is_of)
}

fn clone(remote: &Remote, folder: &Path) -> Result<PathBuf> {
    let unwritten = |error: io::Error| {
        Error::unexpected("the folder of the git repository cannot be written")
            .caused_by(error)
            .with("folder", folder.display())
    };
    // What is fetched may hold the agents' secret.
    crate::folder::close(folder).map_err(unwritten)?;
    let fresh = folder.join("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(unwritten)?;
    }
    let askpass = folder.join("askpass");
    fs::write(&askpass, ASKPASS).map_err(unwritten)?;
    fs::set_permissions(&askpass, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(unwritten)?;

    let mut git = Command::new("git");
    // A password in the URL would stand in the arguments of git for all to see; it is handed over like the others.
    let (url, inline) = split_credentials(&remote.url);
    git.args(["clone", "--quiet", "--depth", "1", "--single-branch", "--no-tags", "--"]).arg(url).arg(&fresh);
    let username = remote.username.clone().or_else(|| inline.as_ref().map(|(username, _)| username.clone()));
    let password = remote.password.clone().or_else(|| inline.and_then(|(_, password)| password));
    git.env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", &askpass)
        .env("SSH_ASKPASS", &askpass)
        .env("GIT_SSH_COMMAND", std::env::var("GIT_SSH_COMMAND").unwrap_or_else(|_| "ssh -o BatchMode=yes".into()))
        .env("HAVEN_GIT_ANSWER_USERNAME", username.unwrap_or_default())
        .env("HAVEN_GIT_ANSWER_PASSWORD", password.as_ref().map_or("", Secret::expose))
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    run(&mut git, password.as_ref())?;
    if !fresh.join(super::FILE_NAME).is_file() {
        return Err(Error::not_found("file in the git repository", super::FILE_NAME));
    }
    // A broken file must not take the place of the last good one.
    super::file::read(&fresh.join(super::FILE_NAME))?;
    fs::write(fresh.join(ORIGIN), without_credentials(&remote.url)).map_err(unwritten)?;
    Ok(fresh)
}

/// Runs git for at most [`PATIENCE`].
fn run(git: &mut Command, password: Option<&Secret>) -> Result<()> {
    let mut child = git.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::new(haven_core::ErrorKind::Unsupported, "the program `git` is not installed"),
        _ => Error::unexpected("git cannot be run").caused_by(error),
    })?;
    let stderr = child.stderr.take();
    let words = std::thread::spawn(move || {
        let mut words = Vec::new();
        if let Some(mut stderr) = stderr {
            // What comes after that is thrown away, so that git never waits for us.
            let _ = stderr.by_ref().take(MAX_WORDS).read_to_end(&mut words);
            let _ = io::copy(&mut stderr, &mut io::sink());
        }
        String::from_utf8_lossy(&words).into_owned()
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Error::timeout(format!("git took longer than {} s", PATIENCE.as_secs())));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(Error::unexpected("git cannot be waited for").caused_by(error)),
        }
    };
    if status.success() {
        return Ok(());
    }
    let mut words = words.join().unwrap_or_default();
    if let Some(password) = password.filter(|password| !password.expose().is_empty()) {
        words = words.replace(password.expose(), "***");
    }
    let last = words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it did not say why").to_owned();
    Err(Error::unavailable("the git repository cannot be read").caused_by(last))
}

/// Puts the fresh checkout in the place of the present one. Killed at any point, it leaves one of them whole.
fn swap(fresh: &Path, current: &Path, before: &Path) -> io::Result<()> {
    let remove = || if before.exists() { fs::remove_dir_all(before) } else { Ok(()) };
    if current.exists() {
        remove()?;
        fs::rename(current, before)?;
    }
    fs::rename(fresh, current)?;
    remove()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(folder: &Path, name: &str, origin: &str) -> PathBuf {
        let checkout = folder.join(name);
        fs::create_dir_all(checkout.join(".git")).unwrap();
        fs::write(checkout.join(ORIGIN), origin).unwrap();
        fs::write(checkout.join(super::super::FILE_NAME), name).unwrap();
        checkout
    }

    #[test]
    fn a_swap_that_broke_off_leaves_the_checkout_before() {
        let folder = tempfile::tempdir().unwrap();
        let remote = Remote { url: "https://me:pw@host/repo".to_owned(), username: None, password: None };
        let of = "https://host/repo";
        assert_eq!(kept(&remote, folder.path()), None);
        let before = checkout(folder.path(), BEFORE, of);
        let fresh = checkout(folder.path(), "fresh", of);
        assert_eq!(kept(&remote, folder.path()), Some(before.clone()), "killed between the two renames");
        let current = folder.path().join(CURRENT);
        swap(&fresh, &current, &before).unwrap();
        assert_eq!((kept(&remote, folder.path()), before.exists()), (Some(current.clone()), false));
        let other = Remote { url: "https://host/other".to_owned(), ..remote };
        assert_eq!(kept(&other, folder.path()), None, "a checkout of another repository counts for nothing");
        checkout(folder.path(), BEFORE, of);
        swap(&checkout(folder.path(), "fresh", of), &current, &before).unwrap();
        assert_eq!(fs::read_to_string(current.join(super::super::FILE_NAME)).unwrap(), "fresh");
        assert!(!before.exists());
    }

    #[test]
    fn an_address_that_hides_its_password_from_us_is_refused_without_it() {
        let folder = tempfile::tempdir().unwrap();
        let remote = Remote { url: "https://me:s3/cret@host/repo".to_owned(), username: None, password: None };
        let error = fetch(&remote, folder.path()).unwrap_err();
        assert!(error.message().contains("`https://host/repo`") && !error.report().contains("cret"), "{error}");
    }

    #[test]
    fn git_gets_user_and_password_by_its_questions_alone() {
        let folder = tempfile::tempdir().unwrap();
        let askpass = folder.path().join("askpass");
        fs::write(&askpass, ASKPASS).unwrap();
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
}
