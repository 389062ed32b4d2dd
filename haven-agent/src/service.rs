//! The agent as a systemd service: installed and removed, with the configuration that it reads.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use haven_core::{Error, ErrorKind, Result};

use crate::{
    program::Program,
    settings::{Given, KEYS, written},
};

/// The unit, with `@COMMAND@` and `@USER@` in the places of these.
const UNIT: &str = include_str!("../../packaging/haven-agent.service");
/// Where a fetched script is copied to.
const SCRIPTS: &str = "/usr/local/bin";
/// How the line of a fetched script begins that says the secret.
const SECRET_LINE: &str = "SECRET = ";

/// The files of an installed agent.
struct Files {
    /// What the service runs.
    program: PathBuf,
    unit: PathBuf,
    service: String,
    config: PathBuf,
}

impl Files {
    fn of(program: &Program) -> Result<Self> {
        let name = &program.name;
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
            let message = format!("`{}` cannot be the name of a service", name.escape_debug());
            return Err(Error::invalid(message));
        }
        let file = match &program.file {
            file if program.is_fetched => Path::new(SCRIPTS).join(file.file_name().unwrap_or_default()),
            file => std::path::absolute(file).map_err(|error| failed("found", file, error))?,
        };
        Ok(Self {
            program: file,
            unit: format!("/etc/systemd/system/{name}.service").into(),
            service: format!("{name}.service"),
            config: format!("/etc/{name}.ini").into(),
        })
    }
}

/// Installs the service and starts it. `AlreadyExists` where there is one, or a configuration that says something else;
/// nothing is changed then.
pub(crate) fn install(program: &Program, given: &Given, user: Option<&str>) -> Result<()> {
    let files = Files::of(program)?;
    check()?;
    let unit = unit(&files, program, user)?;
    if files.unit.exists() {
        return Err(Error::new(ErrorKind::AlreadyExists, "the agent is installed already: `uninstall` removes it")
            .with("file", files.unit.display()));
    }
    let config = config(given);
    let is_configured = agrees(&files.config, given)?;
    let user = user.map(account).transpose()?;
    if program.is_fetched {
        copy_script(&program.file, &files.program)?;
    }
    if !is_configured {
        write(&files.config, &config, 0o600)?;
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&files.config, Some(uid), Some(gid))
                .map_err(|error| failed("given to its user", &files.config, error))?;
        }
    }
    write(&files.unit, &unit, 0o644)?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", &files.service])?;
    systemctl(&["start", &files.service])?;
    say(&format!("installed and started {}, configured in {}", files.service, files.config.display()));
    Ok(())
}

/// Stops the service, and removes what [`install`] made.
pub(crate) fn uninstall(program: &Program) -> Result<()> {
    let files = Files::of(program)?;
    check()?;
    if !files.unit.exists() {
        return Err(Error::not_found("systemd service", &files.service));
    }
    systemctl(&["disable", "--now", &files.service])?;
    remove(&files.unit)?;
    remove(&files.config)?;
    if program.is_fetched {
        remove(&files.program)?;
    }
    systemctl(&["daemon-reload"])?;
    say(&format!("removed {} and its configuration", files.service));
    Ok(())
}

fn unit(files: &Files, program: &Program, user: Option<&str>) -> Result<String> {
    let file = files.program.display().to_string();
    // Means itself in a unit: no space, quote, `%` or `$`.
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:,@+=".contains(c));
    for word in std::iter::once(&file).chain(&program.words) {
        if !is_plain(word) {
            return Err(Error::invalid(format!("`{}` cannot stand in a unit", word.escape_debug())));
        }
    }
    let command = std::iter::once(&file).chain(&program.words).cloned().collect::<Vec<_>>().join(" ");
    let user = match user {
        Some(user) if is_user_name(user) => format!("User={user}\n"),
        Some(user) => return Err(Error::invalid(format!("`{}` cannot be the name of a user", user.escape_debug()))),
        None => String::new(),
    };
    Ok(UNIT.replace("@COMMAND@", &command).replace("@USER@\n", &user))
}

fn is_user_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    name.len() <= 32 && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && name.chars().all(fits)
}

/// The configuration: what is given, and a sample of the rest.
fn config(given: &Given) -> String {
    let mut text = "[main]\n".to_owned();
    for (key, sample, about) in KEYS {
        let line = match given.get(key) {
            Some(value) => format!("{key} = {}", written(&value)),
            None => format!("# {key} = {sample}"),
        };
        text.extend(["# ", about, "\n", &line, "\n"]);
    }
    text
}

/// Whether there is a configuration, which says what is given. `AlreadyExists` where it says something else: it stays as
/// it is.
fn agrees(path: &Path, given: &Given) -> Result<bool> {
    let Some(there) = Given::of_file(path)? else { return Ok(false) };
    for (key, ..) in KEYS {
        let wanted = given.get(key);
        if wanted.is_some() && wanted != there.get(key) {
            let message = format!("there is a configuration already, which says otherwise of `{key}`");
            return Err(Error::new(ErrorKind::AlreadyExists, message).with("file", path.display()));
        }
    }
    Ok(true)
}

/// Copies a fetched script for all users to run: without the secret, which stands in the configuration.
fn copy_script(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read_to_string(from).map_err(|error| failed("read", from, error))?;
    let without =
        |line: &str| if line.starts_with(SECRET_LINE) { format!("{SECRET_LINE}None") } else { line.to_owned() };
    let text: String = text.lines().map(|line| without(line) + "\n").collect();
    write(to, &text, 0o755)
}

/// Writes a file beside its place, and puts it there whole.
fn write(path: &Path, text: &str, mode: u32) -> Result<()> {
    let beside = PathBuf::from(format!("{}.new-{}", path.display(), std::process::id()));
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
        file.write_all(text.as_bytes())?;
        // Whatever this process takes from new files.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        fs::rename(&beside, path)
    })();
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed("written", path, error)
    })
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("removed", path, error)),
        _ => Ok(()),
    }
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::PermissionDenied { ErrorKind::Denied } else { ErrorKind::Unexpected };
    Error::new(kind, format!("`{}` cannot be {what}", path.display())).caused_by(error)
}

/// The ids of a user, who is made where there is none: without a home, and with no way to sign in.
fn account(name: &str) -> Result<(u32, u32)> {
    if let Some(ids) = ids(name)? {
        return Ok(ids);
    }
    call("useradd", &["-M", "-N", "-r", "-s", "/bin/false", name])?;
    ids(name)?.ok_or_else(|| Error::unexpected(format!("the user `{name}` was made, and is not there")))
}

fn ids(name: &str) -> Result<Option<(u32, u32)>> {
    let ask = |what: &str| match Command::new("id").args([what, name]).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok()),
        Ok(_) => Ok(None),
        Err(error) => Err(Error::new(ErrorKind::Unsupported, "the program `id` cannot be run").caused_by(error)),
    };
    Ok(ask("-u")?.zip(ask("-g")?))
}

fn check() -> Result<()> {
    if !Path::new("/run/systemd/system").is_dir() {
        let message = "this machine does not run systemd: run the agent under its own supervisor, or as a container";
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    if !rustix::process::geteuid().is_root() {
        return Err(Error::new(ErrorKind::Denied, "only root may change system services"));
    }
    Ok(())
}

fn systemctl(arguments: &[&str]) -> Result<()> {
    call("systemctl", arguments)
}

fn call(program: &str, arguments: &[&str]) -> Result<()> {
    let line = format!("{program} {}", arguments.join(" "));
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said: String = String::from_utf8_lossy(&output.stderr).trim().chars().take(1000).collect();
            Err(Error::unexpected(format!("`{line}` failed")).caused_by(said))
        }
        Err(error) => {
            Err(Error::new(ErrorKind::Unsupported, format!("the program `{program}` cannot be run")).caused_by(error))
        }
    }
}

fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
