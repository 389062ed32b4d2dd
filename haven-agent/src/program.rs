//! The agent's command line: one for every program that is an agent, with the original script's options and commands.
//!
//! [`run`] is all of such a program; one that has commands of its own takes [`Options`] among them.

use std::{
    ffi::OsString,
    fmt::Write as _,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use haven_core::{Error, ErrorKind, Result, engine::docker::Environment};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    Agent, service,
    settings::{Given, Places},
};

/// The variable in which a script that hands its settings on says what it was handed out with.
const HANDED_OUT: &str = "HAVEN_AGENT_DEFAULTS";

/// Which program is the agent.
#[derive(Clone, Debug)]
pub struct Program {
    /// What its files and its service are named after.
    pub(crate) name: String,
    /// The file that starts it.
    pub(crate) file: PathBuf,
    /// The words that make an agent of it.
    pub(crate) words: Vec<String>,
    /// Whether it was fetched to where it happens to lie, so that a service has a copy.
    pub(crate) is_fetched: bool,
}

impl Program {
    /// The program in `file`, which is an agent when `words` follow it. It is called `name`.
    pub fn new(name: &str, file: impl Into<PathBuf>, words: &[&str]) -> Self {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        Self { name: name.to_owned(), file: file.into(), words, is_fetched: false }
    }

    /// A script that is an agent by itself: called as its file, without `.py`.
    pub fn script(file: impl Into<PathBuf>) -> Self {
        let file = file.into();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // Some clients keep the query of what they fetched in the name of the file.
        let name = name.split('?').next().unwrap_or_default();
        Self::new(name.strip_suffix(".py").unwrap_or(name), &file, &[])
    }
}

/// What to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Command {
    /// Report until a signal ends it
    #[default]
    Daemon,
    /// Make a systemd service of it, with a configuration below /etc, and start it
    Install,
    /// Remove the service, its configuration and the copy of its script
    Uninstall,
}

/// The options and commands of an agent.
#[derive(Args, Debug)]
#[command(
    after_help = "The secret is better given in HAVEN_AGENT_SECRET, or as `secret` in an ini file: arguments can be seen by all users of the machine."
)]
pub struct Options {
    /// What to do
    #[arg(value_enum, default_value_t, hide_default_value = true)]
    command: Command,
    #[command(flatten)]
    given: Given,
    /// An ini file, section `[main]`, besides the usual ones: ./NAME.ini, ~/.config/NAME.ini, /etc/NAME.ini
    #[arg(short = 'f', long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// With `install`: the user that the service runs as, who is made where there is none [default: root]
    #[arg(short, long, value_name = "NAME")]
    user: Option<String>,
    /// Report once and end
    #[arg(long)]
    once: bool,
    /// Say what goes on; twice for everything
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
    /// The script that runs this program
    #[arg(long, hide = true)]
    script: Option<PathBuf>,
}

#[derive(Debug, Parser)]
#[command(version, about = "Reports from a node to a Haven server what the machine uses", max_term_width = 120)]
struct Line {
    #[command(flatten)]
    options: Options,
}

/// Runs an agent with the arguments after its name, until SIGTERM or SIGINT, and answers the exit code: 0 when that ended
/// it, 2 for a command line or a configuration that cannot work, else 1. Wants a runtime with timers and I/O.
pub async fn run(program: Program, arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let words = std::iter::once(OsString::from(&program.name)).chain(arguments);
    let line = Line::command().bin_name(program.name.clone());
    let parsed = line.try_get_matches_from(words).and_then(|matches| Line::from_arg_matches(&matches));
    let options = match parsed {
        Ok(line) => line.options,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    match options.run(program).await {
        Ok(()) => 0,
        Err(error) => {
            let _ = std::io::stderr().write_all(told(&error).as_bytes());
            if error.kind() == ErrorKind::Invalid { 2 } else { 1 }
        }
    }
}

/// An error for people.
fn told(error: &Error) -> String {
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(1000).collect::<String>();
    let mut text = format!("error: {}\n", error.message());
    for (key, value) in error.context() {
        let _ = writeln!(text, "  {key}: {}", plain(value));
    }
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = writeln!(text, "  caused by: {}", plain(&cause.to_string()));
        source = cause.source();
    }
    text
}

impl Options {
    /// The same, with an authority to trust where it names none itself.
    #[must_use]
    pub fn trusting(mut self, ca: Option<&Path>) -> Self {
        self.given.ca = self.given.ca.or_else(|| ca.map(Path::to_owned));
        self
    }

    /// Does what the options say. `Invalid` for a configuration that cannot work; a reporting agent ends with a signal.
    pub async fn run(self, program: Program) -> Result<()> {
        let program = match self.script {
            Some(script) => Program { is_fetched: true, ..Program::script(script) },
            None => program,
        };
        let handed_out = std::env::var(HANDED_OUT)
            .ok()
            .filter(|text| !text.is_empty())
            .map(|text| Given::of_json(&text))
            .transpose()?;
        let handed_out = handed_out.unwrap_or_default();
        if self.command == Command::Uninstall {
            return service::uninstall(&program);
        }
        let told = self.given.or(Given::of_environment(|name| std::env::var_os(name))?);
        if self.command == Command::Install {
            // What is in /etc stays, and the service reads it.
            let places = Places { etc: None, ..Places::of_process() };
            let (files, _) = places.read(&program.name, self.config.as_deref())?;
            return service::install(&program, told.or(files).or(handed_out), self.user.as_deref());
        }
        if self.user.is_some() {
            return Err(Error::invalid("`--user` goes with `install`"));
        }
        let (files, seen) = Places::of_process().read(&program.name, self.config.as_deref())?;
        let given = told.or(files).or(handed_out);
        let level = if self.verbose > 0 { self.verbose } else { given.log_level.unwrap_or_default() };
        log(level);
        tracing::info!(program = program.name, files = ?seen, "read the configuration");
        let mut agent = Agent::new(given.config(&Environment::of_process())?)?;
        if self.once {
            agent.report().await?;
            let _ = writeln!(std::io::stdout(), "reported to {}", agent.master());
            return Ok(());
        }
        let stop = CancellationToken::new();
        let signals =
            |kind| signal(kind).map_err(|error| Error::unexpected("signals cannot be waited for").caused_by(error));
        let (mut terminate, mut interrupt) = (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
        let stopping = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
            tracing::info!("stopping");
            stopping.cancel();
        });
        agent.run(stop).await;
        Ok(())
    }
}

/// Writes a log to standard error, unless this program has one already.
fn log(level: u8) {
    let level = [LevelFilter::WARN, LevelFilter::INFO, LevelFilter::DEBUG][usize::from(level.min(2))];
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let _ = log.try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Line::command().debug_assert();
    }

    #[test]
    fn the_originals_lines_are_understood() {
        let options = |line: &str| {
            let words = line.split(' ').filter(|word| !word.is_empty());
            Line::try_parse_from(std::iter::once("x").chain(words)).map(|line| line.options)
        };
        let full = options("-d 172.31.0.12:2375 -m 172.31.0.3:8763 -s s3cret -t 2 -vv -f a.ini").unwrap();
        assert_eq!((full.command, full.verbose), (Command::Daemon, 2));
        assert_eq!(full.given.get("timeout").as_deref(), Some("2"));
        assert!(!format!("{full:?}").contains("s3cret"));
        let install = options("install -u haven-agent").unwrap();
        assert_eq!((install.command, install.user.as_deref()), (Command::Install, Some("haven-agent")));
        assert_eq!(options("uninstall").unwrap().command, Command::Uninstall);
        assert!(options("-t soon").is_err() && options("fly").is_err());
    }

    #[test]
    fn a_script_is_named_after_its_file() {
        for file in ["./haven-agent.py", "/usr/local/bin/haven-agent", "haven-agent.py?node=10.0.0.3:2375"] {
            assert_eq!(Program::script(file).name, "haven-agent");
        }
    }
}
