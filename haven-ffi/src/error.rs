//! Haven's error as hosts match it: a variant a kind.

use std::{collections::HashMap, fmt, time::Duration};

use haven_core::{Error, ErrorKind};
use uniffi::UnexpectedUniFFICallbackError;

/// Declares the error, and how it is made from the SDK's: its variants have the names of kinds.
macro_rules! errors {
    ($($(#[$doc:meta])* $kind:ident,)+) => {
        /// What went wrong, by what the caller can do about it.
        #[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
        pub enum HavenError {
            $($(#[$doc])* $kind {
                /// What went wrong, for people.
                msg: String,
                /// Where: `node`, `container`, …
                context: HashMap<String, String>,
                /// When trying again makes sense, where that is known.
                retry_after: Option<Duration>,
                /// Message, context and causes on one line, for logs.
                report: String,
            },)+
        }

        impl From<Error> for HavenError {
            fn from(error: Error) -> Self {
                let mut context = HashMap::new();
                for (key, value) in error.context() {
                    // The innermost place is the one that counts.
                    context.entry(key.to_owned()).or_insert_with(|| value.to_owned());
                }
                let (msg, retry_after, report) = (error.message().to_owned(), error.retry_after(), error.report());
                match error.kind() {
                    $(ErrorKind::$kind => Self::$kind { msg, context, retry_after, report },)+
                    _ => Self::Unexpected { msg, context, retry_after, report },
                }
            }
        }

        impl fmt::Display for HavenError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$kind { msg, .. } => f.write_str(msg),)+
                }
            }
        }
    };
}

errors! {
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
    /// Later: a limit, a full disk, a quota.
    Busy,
    /// This engine, store or registry cannot do this.
    Unsupported,
    /// The other side cannot be reached; nothing happened.
    Unavailable,
    /// No answer in time; the operation may have taken effect.
    Timeout,
    /// A bug: Haven's, the other side's, or a listener's.
    Unexpected,
}

impl std::error::Error for HavenError {}

/// A listener of the host failed with something else than an error of Haven's.
impl From<UnexpectedUniFFICallbackError> for HavenError {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Error::unexpected(format!("the listener failed: {}", error.reason)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_variant() {
        for kind in ErrorKind::ALL {
            let wait = Duration::from_secs(3);
            let inner = Error::new(kind, "no").with("node", "web-1").with("node", "outer").retry_in(wait);
            let error = HavenError::from(inner);
            let shown = format!("{error:?}");
            let variant = shown.split(' ').next().map(str::to_lowercase);
            assert_eq!(variant, Some(kind.name().replace('_', "")), "{shown}");
            assert_eq!(error.to_string(), "no");
            assert!(shown.contains(r#"{"node": "web-1"}, retry_after: Some(3s)"#), "{shown}");
        }
    }
}
