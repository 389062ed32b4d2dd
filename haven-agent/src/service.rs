//! The agent as a systemd service: installed and removed, with the configuration that it reads.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use haven_core::{Error, ErrorKind, Result, engine::docker::Environment, model::NodeAddress};

use crate::{
    Agent, master,
    program::Program,
    settings::{FIRST_NAME, Given, KEYS, written},
};

/// The unit, with `@COMMAND@` and `@USER@` in the places of these.
const UNIT: &str = include_str!("../../packaging/haven-agent.service");
/// Where a fetched script is copied to.
const SCRIPTS: &str = "/usr/local/bin";
/// How the lines of a fetched script begin that say the secret, and whom to trust.
const SECRET_LINE: &str = "SECRET = ";
const CA_LINE: &str = "CA = ";
/// How a configuration begins that was made here.
const MADE: &str = "# Made by `install`, and removed by `uninstall`.\n";

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
            // Whatever the client that fetched it called it.
            _ if program.is_fetched => Path::new(SCRIPTS).join(format!("{name}.py")),
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

/// Installs the service and starts it. `Invalid` where an agent could not work with what is given; `AlreadyExists` where
/// there is a service, or a configuration that says something else. Nothing is changed then.
pub(crate) fn install(program: &Program, given: Given, user: Option<&str>) -> Result<()> {
    let files = Files::of(program)?;
    check()?;
    if files.unit.exists() {
        return Err(Error::new(ErrorKind::AlreadyExists, "the agent is installed already: `uninstall` removes it")
            .with("file", files.unit.display()));
    }
    let given = given.absolute()?;
    let ca = given.get("ca");
    let config = config(&given)?;
    let is_configured = agrees(&files.config, &given)?;
    let agent = read_by_service(&files, given)?.config(&Environment::of_process())?;
    let group = match (&agent.docker, user) {
        (NodeAddress::Unix(socket), Some(_)) => group_of(socket)?,
        _ => None,
    };
    Agent::new(agent)?;
    let unit = unit(&files, program, user, group)?;
    let user = user.map(account).transpose()?;
    if program.is_fetched {
        copy_script(&program.file, &files.program, ca.as_deref())?;
    }
    if !is_configured {
        write(&files.config, &config, 0o600)?;
    }
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(&files.config, Some(uid), Some(gid))
            .map_err(|error| failed("given to its user", &files.config, error))?;
    }
    write(&files.unit, &unit, 0o644)?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", &files.service])?;
    systemctl(&["start", &files.service])?;
    say(&format!("installed and started {}, configured in {}", files.service, files.config.display()));
    Ok(())
}

/// Stops the service, and removes what [`install`] made. A configuration that was there before stays.
pub(crate) fn uninstall(program: &Program) -> Result<()> {
    let files = Files::of(program)?;
    check()?;
    if !files.unit.exists() {
        return Err(Error::not_found("systemd service", &files.service));
    }
    systemctl(&["disable", "--now", &files.service])?;
    remove(&files.unit)?;
    let is_made = fs::read(&files.config).is_ok_and(|text| text.starts_with(MADE.as_bytes()));
    if is_made {
        remove(&files.config)?;
    }
    if program.is_fetched {
        remove(&files.program)?;
    }
    systemctl(&["daemon-reload"])?;
    let config = if is_made { "removed" } else { "left, as it was there before" };
    say(&format!("removed {}; {} is {config}", files.service, files.config.display()));
    Ok(())
}

fn unit(files: &Files, program: &Program, user: Option<&str>, group: Option<u32>) -> Result<String> {
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
        Some(user) if is_user_name(user) => match group {
            Some(group) => format!("User={user}\nSupplementaryGroups={group}\n"),
            None => format!("User={user}\n"),
        },
        Some(user) => return Err(Error::invalid(format!("`{}` cannot be the name of a user", user.escape_debug()))),
        None => String::new(),
    };
    Ok(UNIT.replace("@COMMAND@", &command).replace("@USER@\n", &user))
}

/// The group that may speak with the engine at a socket; none: everybody may, or the socket is not there yet. `Denied`
/// where only root may.
fn group_of(socket: &Path) -> Result<Option<u32>> {
    let Ok(found) = fs::metadata(socket) else { return Ok(None) };
    match (found.mode() & 0o006, found.mode() & 0o060, found.gid()) {
        (0o006, ..) => Ok(None),
        (_, 0o060, group) if group != 0 => Ok(Some(group)),
        _ => {
            let message =
                "only root may speak with the engine: leave `--user` out, or name an engine with `--docker HOST:PORT`";
            Err(Error::new(ErrorKind::Denied, message).with("socket", socket.display()))
        }
    }
}

fn is_user_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    name.len() <= 32 && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && name.chars().all(fits)
}

/// The configuration: what is given, and a sample of the rest. A service says what goes on, in the journal.
fn config(given: &Given) -> Result<String> {
    let mut text = format!("{MADE}[main]\n");
    for (key, sample, about) in KEYS {
        let line = match given.get(key) {
            Some(value) => format!("{key} = {}", written(&value).map_err(|error| error.with("key", key))?),
            None if key == "log_level" => format!("{key} = {sample}"),
            None => format!("# {key} = {sample}"),
        };
        text.extend(["# ", about, "\n", &line, "\n"]);
    }
    Ok(text)
}

/// What the service knows when it reads its files: those below /etc, the original's first name over its own.
fn read_by_service(files: &Files, given: Given) -> Result<Given> {
    let first = Given::of_file(Path::new(&format!("/etc/{FIRST_NAME}.ini")))?.unwrap_or_default();
    Ok(first.or(Given::of_file(&files.config)?.unwrap_or_default()).or(given))
}

/// Whether there is a configuration, which says what is given. `AlreadyExists` where it says something else: it stays as
/// it is.
fn agrees(path: &Path, given: &Given) -> Result<bool> {
    let Some(there) = Given::of_file(path)? else { return Ok(false) };
    // The original's files name a master without `http://`.
    let said = |of: &Given, key: &str| match (key, of.get(key)) {
        ("master", Some(text)) => master::url(&text).ok().map(Into::into),
        (_, said) => said,
    };
    for (key, ..) in KEYS {
        let (wanted, known) = (said(given, key), said(&there, key));
        if wanted.is_some() && wanted != known {
            let what = if known.is_some() { "says otherwise" } else { "says nothing" };
            let message = format!("there is a configuration already, which {what} of `{key}`");
            return Err(Error::new(ErrorKind::AlreadyExists, message).with("file", path.display()));
        }
    }
    Ok(true)
}

/// Copies a fetched script for all users to run: without the secret, which stands in the configuration, and with the
/// authority that it is to trust when it fetches its program again.
fn copy_script(from: &Path, to: &Path, ca: Option<&str>) -> Result<()> {
    let text = fs::read_to_string(from).map_err(|error| failed("read", from, error))?;
    let ca = ca.map_or_else(|| "None".to_owned(), |ca| format!("'{}'", ca.escape_default()));
    let filled = |line: &str| {
        if line.starts_with(SECRET_LINE) {
            format!("{SECRET_LINE}None\n")
        } else if line.starts_with(CA_LINE) {
            format!("{CA_LINE}{ca}\n")
        } else {
            format!("{line}\n")
        }
    };
    let text: String = text.lines().map(filled).collect();
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
