//! The dashboard: files that are built from `ui/` before the program, and are part of it.
//!
//! Its one page stands at `/` and at every address that only the page itself knows. The page's files have a hash in their
//! name, so a browser keeps them for good. A program that was built without the dashboard says how to build it.

use axum::{
    extract::Request,
    response::{Html, IntoResponse as _, Response},
};
use bytes::Bytes;
use haven_core::Error;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use rust_embed::{Embed, EmbeddedFile};

use crate::{API, edge, problem::Problem};

/// What was built, each file also compressed beside itself.
#[derive(Embed)]
#[folder = "page/dashboard"]
struct Files;

const PAGE: &str = "index.html";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// What the page may do: nothing leaves this server, and nothing runs that is no file of it.
const POLICY: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The ways that files are compressed, best first: what `Accept-Encoding` calls it, and how a file's name ends.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// `/`.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    let Some(mut page) = found(PAGE, &headers) else {
        return Html(include_str!("../page/landing.html")).into_response();
    };
    for (name, value) in POLICY {
        page.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    page
}

/// `/assets/{*file}`.
pub(crate) async fn asset(request: Request) -> Result<Response, Problem> {
    let path = request.uri().path().trim_start_matches('/');
    let mut file = found(path, request.headers())
        .ok_or_else(|| Error::not_found("file", path.chars().take(200).collect::<String>().escape_debug()))?;
    file.headers_mut().insert(header::CACHE_CONTROL, FOREVER);
    Ok(file)
}

/// For a path that no route has: a browser that goes there gets the page, which knows its own addresses.
pub(crate) async fn elsewhere(request: Request) -> Response {
    let headers = request.headers();
    let is_browsing = matches!(*request.method(), Method::GET | Method::HEAD)
        && accepted(headers, &header::ACCEPT).any(|kind| kind == "text/html");
    let path = request.uri().path();
    let is_page = !path.starts_with(API) && !path.starts_with("/assets") && path != API.trim_end_matches('/');
    if is_browsing && is_page && Files::get(PAGE).is_some() {
        return page(headers.clone()).await;
    }
    edge::no_route(&request).into_response()
}

/// A file, compressed as the client likes it best.
fn found(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Files::get(path)?;
    let kind = HeaderValue::from_str(plain.metadata.mimetype()).ok()?;
    let liked = |name: &str| accepted(headers, &header::ACCEPT_ENCODING).any(|encoding| encoding == name);
    let compressed = ENCODINGS
        .into_iter()
        .filter(|(name, _)| liked(name))
        .find_map(|(name, end)| Some((name, Files::get(&format!("{path}{end}"))?)));
    let mut answer = match compressed {
        Some((name, file)) => {
            ([(header::CONTENT_ENCODING, HeaderValue::from_static(name))], bytes(file)).into_response()
        }
        None => bytes(plain).into_response(),
    };
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Some(answer)
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    }
}

/// What a header names as acceptable, without what it names as not.
fn accepted<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|choice| {
        let (what, weight) = choice.split_once(';').unwrap_or((choice, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        weight.is_none_or(|weight| weight > 0.0).then(|| what.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_by_weight_is_not_accepted() {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, "gzip;q=0, br;q=0.5,identity".parse().unwrap())]);
        assert_eq!(accepted(&headers, &header::ACCEPT_ENCODING).collect::<Vec<_>>(), ["br", "identity"]);
    }

    #[tokio::test]
    async fn every_address_of_the_page_has_its_policy_or_how_to_build_it() {
        let answer = page(HeaderMap::new()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY), Files::get(PAGE).is_some());
    }

    #[test]
    fn what_the_page_names_is_there_and_compressed() {
        let Some(page) = Files::get(PAGE) else { return };
        let page = String::from_utf8(page.data.into_owned()).unwrap();
        let named: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
        assert!(!named.is_empty(), "{page}");
        let likes = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"))]);
        for path in named {
            let path = path.trim_start_matches('/');
            let file = found(path, &likes).unwrap_or_else(|| panic!("{path}"));
            let is_small = Files::get(path).unwrap().data.len() <= 1024;
            assert!(is_small || file.headers()[header::CONTENT_ENCODING] == "br", "{path}");
        }
    }
}
