//! What an answer that is no success means: by the status and the call, never by the text.

use haven_model::{Error, ErrorKind};
use serde::Deserialize;

/// The longest message of an engine that is shown, in characters.
const MAX_MESSAGE: usize = 500;

#[derive(Deserialize)]
struct Message {
    message: String,
}

/// What a status means for most calls; calls with rules of their own ask for theirs with [`Refusals`].
pub(super) fn kind_of(status: u16) -> ErrorKind {
    match status {
        400 | 405 | 406 | 413 | 422 => ErrorKind::Invalid,
        401 | 403 => ErrorKind::Denied,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::Busy,
        501 => ErrorKind::Unsupported,
        502 | 503 => ErrorKind::Unavailable,
        504 => ErrorKind::Timeout,
        _ => ErrorKind::Unexpected,
    }
}

/// Where a call's statuses mean something else: `(status, kind)`.
pub(super) type Refusals = &'static [(u16, ErrorKind)];

/// The error of an answer.
pub(super) fn refused(status: u16, body: &[u8], refusals: Refusals) -> Error {
    let kind = refusals.iter().find(|(known, _)| *known == status).map_or_else(|| kind_of(status), |(_, kind)| *kind);
    let text = serde_json::from_slice::<Message>(body)
        .map_or_else(|_| String::from_utf8_lossy(body).trim().to_owned(), |message| message.message);
    let mut text: String = text.chars().take(MAX_MESSAGE).collect();
    if text.is_empty() {
        text = format!("the engine answered with status {status}");
    }
    Error::new(kind, text).with("status", status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_mean_kinds() {
        for (status, kind) in [
            (400, ErrorKind::Invalid),
            (403, ErrorKind::Denied),
            (404, ErrorKind::NotFound),
            (409, ErrorKind::Conflict),
            (500, ErrorKind::Unexpected),
            (503, ErrorKind::Unavailable),
            (418, ErrorKind::Unexpected),
        ] {
            assert_eq!(refused(status, br#"{"message":"no"}"#, &[]).kind(), kind);
        }
        assert_eq!(refused(409, b"", &[(409, ErrorKind::AlreadyExists)]).kind(), ErrorKind::AlreadyExists);
        assert_eq!(refused(404, br#"{"message":"No such container: x"}"#, &[]).message(), "No such container: x");
        assert_eq!(refused(500, &[0xff; 10_000], &[]).message().chars().count(), MAX_MESSAGE);
    }
}
