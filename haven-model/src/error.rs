//! The one error of Haven: a kind to branch on, a message to show, context and a source to log.
//!
//! A kind answers *what can the caller do*. Retries are decided by kind and in one place; every face has a table from
//! kind to its own error, and a test walks [`ErrorKind::ALL`] through each table.

use std::{borrow::Cow, fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// A result whose error is Haven's.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What a caller can *do* about an error. A kind is added only when a caller would branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The named object does not exist.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// The object changed under us: a stale revision, or the wrong state.
    Conflict,
    /// The request itself is wrong; sending it again cannot help.
    Invalid,
    /// Sign in, or sign in again.
    Unauthenticated,
    /// The caller may not do this.
    Denied,
    /// Later: a limit, a full disk, a quota. [`Error::retry_after`] says when, where that is known.
    Busy,
    /// This engine, store or registry cannot do this.
    Unsupported,
    /// The other side cannot be reached; nothing happened.
    Unavailable,
    /// No answer in time; the operation **may have taken effect**.
    Timeout,
    /// A bug, ours or the other side's.
    Unexpected,
}

impl ErrorKind {
    /// Every kind, for the tables of the faces.
    pub const ALL: [Self; 11] = [
        Self::NotFound,
        Self::AlreadyExists,
        Self::Conflict,
        Self::Invalid,
        Self::Unauthenticated,
        Self::Denied,
        Self::Busy,
        Self::Unsupported,
        Self::Unavailable,
        Self::Timeout,
        Self::Unexpected,
    ];

    /// The name on the wire: `not_found`, `already_exists`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::Busy => "busy",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Unexpected => "unexpected",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Branch on [`kind`](Self::kind), show `Display`, log [`report`](Self::report).
///
/// One word wide, so that `Result<T>` stays small.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    context: Vec<(Cow<'static, str>, String)>,
    retry_after: Option<Duration>,
    source: Option<Source>,
}

impl Error {
    /// An error of `kind`; the message is a lower-case clause with names in backticks.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), context: Vec::new(), retry_after: None, source: None }))
    }

    /// No `what` of this name: ``no node `web-3` ``.
    pub fn not_found(what: &str, name: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("no {what} `{name}`"))
    }

    /// The request is wrong.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// The object is not in the state, or not at the revision, that the caller counted on.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// The other side cannot be reached; nothing happened.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// No answer in time; it may have happened.
    pub fn timeout(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Timeout, message)
    }

    /// A bug, ours or the other side's.
    pub fn unexpected(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unexpected, message)
    }

    /// Adds where it happened, on the way up: `("node", "web-3")`.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.0.context.push((key.into(), value.to_string()));
        self
    }

    /// Keeps what caused it, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_in(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone, without context and source.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it happened, innermost first.
    pub fn context(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.context.iter().map(|(key, value)| (key.as_ref(), value.as_str()))
    }

    /// When trying again makes sense, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Message, context and sources on one line, for logs and for people who debug.
    pub fn report(&self) -> String {
        use fmt::Write as _;
        let mut text = self.0.message.to_string();
        for (key, value) in self.context() {
            let _ = write!(text, ", {key}={value}");
        }
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        text
    }

    /// The error as it travels: kind, message and context; the source stays at home.
    pub fn to_wire(&self) -> WireError {
        WireError {
            kind: self.kind(),
            message: self.message().to_owned(),
            context: self.0.context.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
            retry_after: self.retry_after().map(|wait| wait.as_secs().max(1)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind(), self.report())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// An [`Error`] as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WireError {
    /// What the caller can do about it.
    pub kind: ErrorKind,
    /// A lower-case clause with names in backticks.
    pub message: String,
    /// Where it happened: `[["node", "web-3"]]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl From<WireError> for Error {
    fn from(wire: WireError) -> Self {
        Self(Box::new(Inner {
            kind: wire.kind,
            message: wire.message.into(),
            context: wire.context.into_iter().map(|(key, value)| (key.into(), value)).collect(),
            retry_after: wire.retry_after.map(Duration::from_secs),
            source: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn all_names_are_what_serde_writes() {
        for kind in ErrorKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn report_walks_context_and_sources_and_display_does_not() {
        let cause = std::io::Error::other("reset");
        let error = Error::unavailable("cannot reach the engine").with("node", "web-3").caused_by(cause);
        assert_eq!(error.to_string(), "cannot reach the engine");
        assert_eq!(error.report(), "cannot reach the engine, node=web-3: reset");
    }

    #[test]
    fn travels_without_its_source() {
        let error = Error::new(ErrorKind::Busy, "later").with("node", "a").retry_in(Duration::from_secs(3));
        let back = Error::from(error.to_wire());
        assert_eq!(
            (back.kind(), back.message(), back.retry_after()),
            (ErrorKind::Busy, "later", Some(Duration::from_secs(3)))
        );
        assert_eq!(back.context().next(), Some(("node", "a")));
    }
}
