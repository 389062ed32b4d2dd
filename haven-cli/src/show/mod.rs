//! What people and programs see: tables, ages and sizes for the former, JSON for the latter.
//!
//! Everything goes through [`Show`], so that `--json` works on every command and a broken pipe ends quietly.

mod events;
mod table;
mod words;

use std::io::{self, IsTerminal as _, Write as _};

use haven_core::{Error, model::Listing};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use events::{event_heading, event_line, event_table};
pub(crate) use table::{LONG, Table, printable, shortened};
pub(crate) use words::{
    ago, duration_words, parse_duration, parse_moment, percent, ports, seconds_ago, short_id, size, truncated, word,
};

use crate::failure::{Result, describe, describe_json};

/// Where a command writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Show {
    /// Whether a program reads it.
    pub(crate) json: bool,
}

impl Show {
    /// One value: as JSON for programs, else as `people` write it.
    pub(crate) fn value<T: Serialize>(self, value: &T, people: impl FnOnce() -> String) -> Result {
        if self.json { self.pretty(value) } else { self.text(&people()) }
    }

    /// JSON for people to read and programs to parse.
    pub(crate) fn pretty<T: Serialize>(self, value: &T) -> Result {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Error::unexpected("the answer cannot be written").caused_by(error))?;
        self.text(&text)
    }

    /// One item of a stream: a line of JSON for programs.
    pub(crate) fn item<T: Serialize>(self, value: &T, people: impl FnOnce() -> String) -> Result {
        if !self.json {
            return self.text(&people());
        }
        let text = serde_json::to_string(value)
            .map_err(|error| Error::unexpected("the answer cannot be written").caused_by(error))?;
        self.text(&text)
    }

    /// A list over machines, with a warning about those that are missing.
    pub(crate) fn listing<T: Serialize>(self, listing: &Listing<T>, table: impl FnOnce() -> Table) -> Result {
        self.value(listing, || table().render())?;
        if !self.json {
            self.missing(listing);
        }
        Ok(())
    }

    /// Warns about what is not in a list, or may not be so any more.
    pub(crate) fn missing<T>(self, listing: &Listing<T>) {
        for missing in &listing.missing {
            let seen = match missing.as_of {
                Some(as_of) => format!("shown as last seen {}", ago(as_of)),
                None => "nothing of it is shown".into(),
            };
            let why = &missing.error.message;
            // Most reasons name the node already.
            let node =
                if why.contains(missing.node.as_str()) { String::new() } else { format!("node `{}`: ", missing.node) };
            self.warn(&format!("{node}{why}; {seen}"));
        }
        if listing.missing.is_empty() && listing.stale {
            self.warn(&format!("part of this list is from {}", ago(listing.as_of)));
        }
        if listing.next.is_some() {
            self.warn("there is more: raise `--limit`");
        }
    }

    /// A line each.
    pub(crate) fn lines<'a>(self, lines: impl Iterator<Item = &'a str>) -> Result {
        self.text(&lines.map(|line| printable(line) + "\n").collect::<String>())
    }

    /// A warning, on standard error; an object on a line of its own for programs.
    pub(crate) fn warn(self, message: &str) {
        if self.json {
            return note(&json!({ "warning": { "message": message } }).to_string());
        }
        note(&format!("{} {}", paint(io::stderr().is_terminal(), "33", "warning:"), printable(message)));
    }

    /// An error, on standard error; an object on a line of its own for programs.
    pub(crate) fn error(self, error: &Error, hint: Option<&str>) {
        note(if self.json { describe_json(error, hint) } else { describe(error, hint) }.trim_end());
    }

    /// What goes on, on standard error, for people.
    pub(crate) fn progress(self, message: &str) {
        if !self.json {
            note(&printable(message));
        }
    }

    /// A line, or several, to standard output.
    #[expect(clippy::unused_self, reason = "all output goes through a `Show`")]
    pub(crate) fn text(self, text: &str) -> Result {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(())
    }

    /// What was done: JSON for programs, a line for people.
    pub(crate) fn done(self, what: &Value, text: &str) -> Result {
        self.value(what, || printable(text))
    }

    /// An answer for programs, of which people want nothing but that it was no error.
    pub(crate) fn silent<T: Serialize>(self, value: &T) -> Result {
        if self.json { self.pretty(value) } else { Ok(()) }
    }
}

/// A line on standard error. There is nobody to tell when that fails.
pub(crate) fn note(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Colours `text` for a terminal, unless `NO_COLOR` forbids it.
pub(crate) fn paint(terminal: bool, code: &str, text: &str) -> String {
    if terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
