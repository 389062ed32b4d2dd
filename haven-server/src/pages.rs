//! Pages: the API's document, to read and to browse. All of it is part of the program.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use haven_core::Error;
use http::{HeaderValue, header};
use utoipa_swagger_ui::Config;

use crate::{Shared, document, problem::Problem};

/// `/openapi.json`.
pub(crate) async fn document(State(shared): State<Arc<Shared>>) -> Response {
    let json = shared.document.get_or_init(|| document::openapi().to_string().into()).clone();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response()
}

/// The document, made when it is first asked for.
pub(crate) type Document = OnceLock<bytes::Bytes>;

/// The file of the reference that says where the document is.
const INITIALIZER: &str = "swagger-initializer.js";

/// What the reference may do: as little as the dashboard, but for its styles and pictures, which are in its scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) async fn to_reference() -> Redirect {
    Redirect::permanent("/reference/")
}

/// The files of the browsable reference.
pub(crate) async fn reference(request: Request) -> Result<Response, Problem> {
    let file = request.uri().path().strip_prefix("/reference/").unwrap_or_default();
    let found = utoipa_swagger_ui::serve(file, Arc::new(Config::from("/openapi.json")));
    let found = found.map_err(|error| Error::unexpected(format!("the reference cannot be shown: {error}")))?;
    let Some(found) = found else {
        return Err(Error::not_found("page", file.chars().take(100).collect::<String>().escape_debug()).into());
    };
    let kind =
        HeaderValue::from_str(&found.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut bytes = found.bytes.into_owned();
    if file == INITIALIZER {
        // No page may fetch what its own address names with a user and a password.
        let text = String::from_utf8_lossy(&bytes);
        bytes = text.replace("\"/openapi.json\"", "location.origin + \"/openapi.json\"").into_bytes();
    }
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((headers, bytes).into_response())
}
