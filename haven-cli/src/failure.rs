//! How the program fails: what it says, and the exit code by the kind of error.
//!
//! The codes are a promise to scripts; `haven help exit-codes` prints [`EXIT_CODES`]. With `--json` errors are objects, a
//! line each.

use std::{fmt::Write as _, io};

use haven_core::{Error, ErrorKind, model::error::WireError};
use serde::Serialize;

use crate::show::{printable, shortened};

/// A result of a command.
pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It failed; perhaps with advice.
    Error(Error, Option<String>),
    /// It ran, and this is how it ended: the code of a program in a container, or of the worst of several items, each of
    /// which has been told already.
    Exit(u8),
    /// Whoever read the output went away: no failure worth a word.
    BrokenPipe,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error, None)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::BrokenPipe;
        }
        let hint = "look at where the input comes from and the output goes to";
        Self::Error(Error::unexpected("input or output failed").caused_by(error), Some(hint.into()))
    }
}

impl Failure {
    /// The request is wrong, and this is how to put it right.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Error(Error::invalid(message.into()), Some(hint.into()))
    }
}

/// Adds advice to an error.
pub(crate) trait Hint<T> {
    /// Advice for people, shown below the error.
    fn hint(self, hint: impl Into<String>) -> Result<T>;
}

impl<T> Hint<T> for haven_core::Result<T> {
    fn hint(self, hint: impl Into<String>) -> Result<T> {
        self.map_err(|error| Failure::Error(error, Some(hint.into())))
    }
}

/// The exit code of a kind of error.
pub(crate) fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Invalid => 2,
        ErrorKind::NotFound => 3,
        ErrorKind::Conflict | ErrorKind::AlreadyExists => 4,
        ErrorKind::Unauthenticated | ErrorKind::Denied => 5,
        ErrorKind::Unavailable => 6,
        ErrorKind::Timeout => 7,
        ErrorKind::Busy => 8,
        ErrorKind::Unsupported => 9,
        // Kinds to come count as unexpected until they have a row here; a test walks all of them.
        _ => 1,
    }
}

/// The worse of two codes of items: a bug before all else, then the higher.
pub(crate) fn worse(a: u8, b: u8) -> u8 {
    if a == 1 || b == 1 { 1 } else { a.max(b) }
}

/// The page of `haven help exit-codes`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   unexpected: a bug, ours or the other side's
  2   the command or the request is wrong
  3   not found
  4   conflict: the name is taken, or the object is in the wrong state
  5   not signed in, or not allowed
  6   unavailable: the other side cannot be reached, nothing happened
  7   timeout: no answer in time, it may have happened
  8   busy: try again later
  9   unsupported by this engine, store or server

`haven exec`, `attach` and `run` end with the exit code of the program in the container.
A command on several things ends with the code of the worst failure.
With `--json` an error is a line of JSON on standard error: {\"error\": {kind, message, hint, exit_code, …}}.
";

/// What to write to standard error about a failure, for people.
pub(crate) fn describe(error: &Error, hint: Option<&str>) -> String {
    let mut text = format!("error: {}\n", shortened(&printable(error.message())));
    for (key, value) in context(error) {
        let _ = writeln!(text, "  {}: {}", printable(key), shortened(&printable(value)));
    }
    for cause in causes(error) {
        let _ = writeln!(text, "  caused by: {}", shortened(&printable(&cause)));
    }
    if let Some(hint) = advice(error, hint) {
        let _ = writeln!(text, "hint: {}", printable(&hint));
    }
    text
}

/// The same for programs: what the HTTP API says of an error, with causes, advice and the exit code.
pub(crate) fn describe_json(error: &Error, hint: Option<&str>) -> String {
    #[derive(Serialize)]
    struct Line {
        error: Problem,
    }
    serde_json::to_string(&Line { error: Problem::new(error, hint) }).unwrap_or_else(|_| error.report())
}

/// An error as programs are told it.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    /// RFC 9457's type of problem, as the HTTP API has it.
    r#type: String,
    #[serde(flatten)]
    error: WireError,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    exit_code: u8,
}

impl Problem {
    pub(crate) fn new(error: &Error, hint: Option<&str>) -> Self {
        Self {
            r#type: format!("urn:haven:error:{}", error.kind()),
            error: error.to_wire(),
            causes: causes(error),
            hint: advice(error, hint),
            exit_code: exit_code(error.kind()),
        }
    }
}

/// Where it happened; of each key what was added last, which is nearest to what was typed.
fn context(error: &Error) -> Vec<(&str, &str)> {
    let context: Vec<(&str, &str)> = error.context().collect();
    let is_last = |at: usize, key: &str| !context[at + 1..].iter().any(|(later, _)| *later == key);
    context.iter().enumerate().filter(|(at, (key, _))| is_last(*at, key)).map(|(_, pair)| *pair).collect()
}

/// What caused it, without what is told already.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = std::error::Error::source(error);
    let mut told = error.message().to_owned();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !told.contains(&text) {
            causes.push(text.clone());
        }
        told = text;
        source = cause.source();
    }
    causes
}

fn advice(error: &Error, hint: Option<&str>) -> Option<String> {
    hint.map(str::to_owned).or_else(|| general_hint(error))
}

/// Advice that follows from the kind alone.
fn general_hint(error: &Error) -> Option<String> {
    Some(match error.kind() {
        ErrorKind::Unauthenticated => {
            "sign in with `haven login`, or set HAVEN_TOKEN, or HAVEN_USER and HAVEN_PASSWORD".into()
        }
        ErrorKind::Busy => match error.retry_after() {
            Some(wait) => format!("try again in {} s", wait.as_secs().max(1)),
            None => "try again later".into(),
        },
        ErrorKind::Timeout => "it may have taken effect: look before trying again".into(),
        ErrorKind::Unexpected => "this looks like a bug; `haven doctor` gathers what a report of it needs".into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_exit_code_in_the_table() {
        for kind in ErrorKind::ALL {
            let code = exit_code(kind);
            assert!((1..=9).contains(&code), "{kind}");
            assert_eq!(code == 1, kind == ErrorKind::Unexpected, "{kind} has no code of its own");
            assert!(EXIT_CODES.contains(&format!("\n  {code}   ")), "{code} is not documented");
        }
    }

    #[test]
    fn the_worst_code_wins() {
        assert_eq!([3, 6, 4].into_iter().fold(0, worse), 6);
        assert_eq!([3, 1, 9].into_iter().fold(0, worse), 1);
    }

    #[test]
    fn says_message_context_cause_and_hint() {
        let cause = io::Error::other("connection refused");
        let error = Error::unavailable("cannot reach the engine").with("node", "web-3").caused_by(cause);
        assert_eq!(
            describe(&error, Some("look at it")),
            "error: cannot reach the engine\n  node: web-3\n  caused by: connection refused\nhint: look at it\n"
        );
    }

    #[test]
    fn programs_are_told_the_same_on_one_line() {
        let error = Error::conflict("it\nruns").with("node", "web-3").caused_by(io::Error::other("no"));
        assert_eq!(
            describe_json(&error, Some("stop it")),
            r#"{"error":{"type":"urn:haven:error:conflict","kind":"conflict","message":"it\nruns","context":[["node","web-3"]],"causes":["no"],"hint":"stop it","exit_code":4}}"#
        );
    }

    #[test]
    fn what_other_machines_say_cannot_steer_the_terminal() {
        let error = Error::conflict("no \x1b[2J").with("node", "a\r").caused_by(io::Error::other("b\x07"));
        assert!(!describe(&error, None).contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn a_broken_pipe_is_quiet() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(matches!(failure, Failure::BrokenPipe));
    }
}
