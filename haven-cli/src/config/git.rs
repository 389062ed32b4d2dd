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

use crate::connection::variable;

/// How long git may take in all.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of what git says is kept.
const MAX_WORDS: u64 = 8 * 1024;
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
    if remote.url.starts_with('-') || remote.url.chars().any(char::is_control) {
        return Err(Error::invalid(format!("`{}` is no address of a git repository", shown.escape_debug())));
    }
    let current = folder.join("current");
    match clone(remote, folder) {
        Ok(fresh) => {
            let swapped = swap(&fresh, &current);
            swapped.map_err(|error| {
                Error::unexpected("the configuration of the git repository cannot be kept")
                    .caused_by(error)
                    .with("folder", folder.display())
            })?;
            Ok(Checkout { folder: current, warning: None })
        }
        Err(error) if origin(folder).as_deref() == Some(shown.as_str()) && current.join(super::FILE_NAME).is_file() => {
            let warning = format!(
                "the git repository `{shown}` cannot be read, its last good checkout counts: {}",
                error.report()
            );
            Ok(Checkout { folder: current, warning: Some(warning) })
        }
        Err(error) => Err(error.with("repository", shown)),
    }
}

/// The repository that the kept checkout is of.
fn origin(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join("origin")).ok()
}

fn clone(remote: &Remote, folder: &Path) -> Result<PathBuf> {
    let kept = |error: io::Error| {
        Error::unexpected("the folder of the git repository cannot be written")
            .caused_by(error)
            .with("folder", folder.display())
    };
    // What is fetched may hold the agents' secret.
    crate::folder::close(folder).map_err(kept)?;
    let fresh = folder.join("fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(kept)?;
    }
    let askpass = folder.join("askpass");
    fs::write(&askpass, ASKPASS).map_err(kept)?;
    fs::set_permissions(&askpass, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(kept)?;

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
    fs::write(folder.join("origin"), without_credentials(&remote.url)).map_err(kept)?;
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

/// Puts the fresh checkout in the place of the present one.
fn swap(fresh: &Path, current: &Path) -> io::Result<()> {
    let old = current.with_extension("old");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    if current.exists() {
        fs::rename(current, &old)?;
    }
    fs::rename(fresh, current)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

/// A URL without user and password, for showing. Cut by hand: an address of several hosts is no URL to a parser.
pub(crate) fn without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) if rest[..at].contains(':') || scheme.starts_with("http") => format!("{scheme}://{}", &rest[at + 1..]),
        _ => text.to_owned(),
    }
}

/// A URL without user and password, and these.
fn split_credentials(text: &str) -> (String, Option<(String, Option<Secret>)>) {
    let Ok(mut url) = url::Url::parse(text) else { return (text.to_owned(), None) };
    // A user without a password is part of an SSH address, `git@host`, and somebody's name over HTTP.
    let somebody = url.scheme().starts_with("http") && !url.username().is_empty();
    if url.password().is_none() && !somebody {
        return (text.to_owned(), None);
    }
    let decoded = |part: &str| {
        url::form_urlencoded::parse(format!("x={}", part.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let found = (decoded(url.username()), url.password().map(|password| Secret::new(decoded(password))));
    // Neither can fail for a URL that has a host, and one with a user has.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    (url.to_string(), Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_a_url_are_taken_out() {
        let (url, found) = split_credentials("https://me:p%40ss@host/repo.git");
        let (username, password) = found.unwrap();
        assert_eq!(
            (url.as_str(), username.as_str(), password.unwrap().expose()),
            ("https://host/repo.git", "me", "p@ss")
        );
        assert_eq!(split_credentials("ssh://git@host/repo.git").0, "ssh://git@host/repo.git");
        assert_eq!(split_credentials("/srv/repo").0, "/srv/repo");
        assert_eq!(without_credentials("https://me:p%40ss@host/repo.git"), "https://host/repo.git");
        assert_eq!(without_credentials("ssh://git@host/repo.git"), "ssh://git@host/repo.git");
        assert_eq!(without_credentials("etcd://haven:pw@a:2379,b:2379/fleet?ca=x"), "etcd://a:2379,b:2379/fleet?ca=x");
    }
}
