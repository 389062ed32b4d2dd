//! Running the system's own programs, and the errors that say which of them failed.
//!
//! The bed drives `ip`, `iptables`, `nsenter` and `unshare` rather than the kernel's interfaces: they are on every machine that
//! runs Docker, and what they did can be repeated by hand.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Adds what was being done to an error, keeping its kind.
pub(crate) fn context(what: impl Display) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// Where `program` is, also outside an unprivileged user's `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// A command for `program`, with no standard input.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(find(program).unwrap_or_else(|| program.into()));
    command.stdin(Stdio::null());
    command
}

/// Runs `program` to its end and returns what it printed; fails with what it complained about.
pub(crate) fn run<S: AsRef<OsStr>>(program: &str, args: &[S]) -> io::Result<String> {
    let words: Vec<_> = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect();
    finish(command(program).args(args), format_args!("{program} {}", words.join(" ")))
}

/// Runs `command` to its end and returns what it printed; an error calls it `what`.
pub(crate) fn finish(command: &mut Command, what: impl Display) -> io::Result<String> {
    let output = command.output().map_err(context(format_args!("`{what}`")))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("`{what}` failed: {}", complaint.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes `content` to `path`; the error names the path.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    fs::write(path, content).map_err(context(format_args!("write `{}`", path.display())))
}

/// Makes `path` and the folders above it; the error names the path.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path).map_err(context(format_args!("create `{}`", path.display())))
}

/// Does blocking work away from the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
