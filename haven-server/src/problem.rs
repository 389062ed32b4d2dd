//! Errors as HTTP shows them: RFC 9457 problems.
//!
//! A handler answers [`Problem`]; the edge turns it into a body once it knows the request's id, and logs what caused it.
//! Causes never leave the server.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use haven_core::{Error, ErrorKind};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// The content type of a problem.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// The status of each kind of error.
pub fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::AlreadyExists | ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Denied => StatusCode::FORBIDDEN,
        ErrorKind::Busy => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error on its way to the edge.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    error: Arc<Error>,
    status: StatusCode,
}

impl Problem {
    /// An error with a status of its own, where HTTP has a word for just this.
    pub(crate) fn with_status(error: Error, status: StatusCode) -> Self {
        Self { error: Arc::new(error), status }
    }

    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// The answer, for the request of this id.
    pub(crate) fn render(&self, request: &str) -> Response {
        let mut response = (self.status, self.json(request).to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if let Some(wait) = self.error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        response
    }

    /// The body: RFC 9457's fields, and what a client of Haven makes its own error of.
    pub(crate) fn json(&self, request: &str) -> Value {
        let wire = self.error.to_wire();
        let mut body = json!({
            "type": format!("urn:haven:error:{}", wire.kind),
            "title": title(wire.kind),
            "status": self.status.as_u16(),
            "detail": wire.message,
            "kind": wire.kind,
            "request_id": request,
        });
        if !wire.context.is_empty() {
            body["context"] = json!(wire.context);
        }
        if let Some(seconds) = wire.retry_after {
            body["retry_after"] = json!(seconds);
        }
        body
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status(error.kind());
        Self::with_status(error, status)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "Not found",
        ErrorKind::AlreadyExists => "Already exists",
        ErrorKind::Conflict => "Conflict",
        ErrorKind::Invalid => "Invalid request",
        ErrorKind::Unauthenticated => "Sign in first",
        ErrorKind::Denied => "Denied",
        ErrorKind::Busy => "Busy",
        ErrorKind::Unsupported => "Unsupported",
        ErrorKind::Unavailable => "Unavailable",
        ErrorKind::Timeout => "No answer in time",
        _ => "Unexpected",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_kind_has_a_status_of_an_error_and_only_a_bug_is_500() {
        for kind in ErrorKind::ALL {
            let status = status(kind);
            assert!(status.is_client_error() || status.is_server_error(), "{kind}");
            assert_eq!(status == StatusCode::INTERNAL_SERVER_ERROR, kind == ErrorKind::Unexpected, "{kind}");
            assert_eq!(title(kind) == "Unexpected", kind == ErrorKind::Unexpected, "{kind}");
        }
    }

    #[test]
    fn every_kind_is_in_the_document_with_its_status() {
        for kind in ErrorKind::ALL {
            let line = format!("| `{kind}` | {}", status(kind).as_u16());
            assert!(include_str!("../page/api.md").contains(&line), "{line}");
        }
    }

    #[test]
    fn a_problem_reads_back_as_the_error_without_its_cause() {
        for kind in ErrorKind::ALL {
            let error =
                Error::new(kind, "no").with("node", "a").retry_in(Duration::from_secs(3)).caused_by("the cause");
            let json = Problem::from(error).json("r1");
            assert_eq!(json["request_id"], "r1");
            assert_eq!(json["detail"], "no");
            assert_eq!(json["kind"], kind.name());
            assert_eq!(json["context"][0][1], "a");
            assert!(!json.to_string().contains("the cause"));
        }
    }

    #[test]
    fn says_when_to_come_back() {
        let response =
            Problem::from(Error::new(ErrorKind::Busy, "later").retry_in(Duration::from_millis(10))).render("r");
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
