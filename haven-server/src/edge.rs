//! The edge: what every request passes, whatever it asks for.
//!
//! It names the request, says who asks, refuses who must sign in first, keeps panics from spreading, counts, and turns
//! errors into answers. A route that nothing says is open needs sign-in.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use haven_core::{
    Error, ErrorKind, Result,
    door::{Operation as _, ops::sessions::SignIn},
    model::Actor,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use tower_http::compression::Predicate;
use tracing::Instrument as _;

use crate::{API, Shared, identity, problem::Problem};

/// Routes that need no sign-in, besides that of signing in itself.
const OPEN: [&str; 8] = [
    "/",
    "/assets/{*file}",
    "/healthz",
    "/discovery/nodes/{name}",
    "/discovery/nodes/{name}/",
    "/discovery/agent",
    "/discovery/agent/",
    "/discovery/agent/files/{file}",
];
/// A route that says more to who signs in.
const FOR_BOTH: &str = "/discovery/agent/{file}";

/// What is no larger than this is not worth compressing, in bytes.
const WORTH_COMPRESSING: u64 = 1024;

/// Around every request.
pub(crate) async fn edge(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let id = identity::request_id(&parts.headers);
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id, method = %parts.method, path = parts.uri.path());
    let work = async {
        let method = parts.method.clone();
        let answer = AssertUnwindSafe(answer(&shared, parts, body, &id, next))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Problem::from(Error::unexpected("the server failed at this request")).into_response());
        let answer = finish(answer, &id, &method);
        tracing::debug!(status = answer.status().as_u16(), took = ?began.elapsed(), "answered");
        shared.figures.count(route.as_ref().map(MatchedPath::as_str), &method, answer.status(), began.elapsed());
        answer
    };
    work.instrument(span).await
}

async fn answer(shared: &Shared, mut parts: Parts, body: axum::body::Body, id: &str, next: Next) -> Response {
    let mut actor = identity::anonymous(&parts, id);
    if needs_sign_in(&parts)
        && let Err(error) = signed_in(shared, &parts, &mut actor).await
    {
        let mut response = Problem::from(error).into_response();
        if response.status() == StatusCode::UNAUTHORIZED {
            // Only pages are for browsers to ask a password for; an API client gets no such window.
            let how =
                if parts.uri.path().starts_with(API) { "Bearer realm=\"haven\"" } else { "Basic realm=\"haven\"" };
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(how));
        }
        return response;
    }
    parts.extensions.insert(actor);
    next.run(Request::from_parts(parts, body)).await
}

async fn signed_in(shared: &Shared, parts: &Parts, actor: &mut Actor) -> Result<()> {
    if parts.headers.get_all(header::AUTHORIZATION).iter().nth(1).is_some() {
        return Err(Error::invalid("the request has more than one `Authorization`"));
    }
    actor.identity = identity::sign_in(&shared.services.access, &parts.headers, actor).await?;
    refuse_foreign_pages(&parts.method, &parts.headers)
}

fn needs_sign_in(parts: &Parts) -> bool {
    let Some(route) = parts.extensions.get::<MatchedPath>() else {
        return parts.uri.path().starts_with(API);
    };
    let route = route.as_str();
    let is_sign_in =
        parts.method.as_str() == SignIn::METHOD.as_str() && route.strip_prefix(crate::API_V1) == Some(SignIn::PATH);
    let is_nobody = route == FOR_BOTH && !parts.headers.contains_key(header::AUTHORIZATION);
    !is_sign_in && !is_nobody && !OPEN.contains(&route)
}

/// A browser that knows the password sends it along with what a foreign page asks; such a page may not act. A token is
/// in no browser's memory: who shows one wrote the request itself.
///
/// The browser's own word on the site counts most, since no page can forge it and no proxy changes it; browsers that say
/// none, and all of them over plain HTTP, still say where a page that acts comes from.
pub(crate) fn refuse_foreign_pages(method: &Method, headers: &HeaderMap) -> Result<()> {
    let shows_token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().split(|byte| *byte == b' ').next())
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"));
    if shows_token || method.is_safe() && !headers.contains_key(header::UPGRADE) {
        return Ok(());
    }
    let is_foreign = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => false,
        Some(_) => true,
        None => headers.get(header::ORIGIN).is_some_and(|origin| !is_own(origin, headers.get(header::HOST))),
    };
    if is_foreign {
        return Err(Error::new(ErrorKind::Denied, "a page of another site cannot act here"));
    }
    Ok(())
}

/// Whether an origin is this server under the name that the request has for it. `null` is nobody.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let named = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    named.zip(host).is_some_and(|((_, named), host)| named.as_bytes().eq_ignore_ascii_case(host.as_bytes()))
}

/// A client whose address of the server ends in `/` writes the next one too. Within the API an empty name is left as it
/// is: it must not make another request of the one that was meant.
pub(crate) fn without_double_slashes<B>(mut request: http::Request<B>) -> http::Request<B> {
    let uri = request.uri();
    let (path, query) = (uri.path(), uri.query());
    if !path.contains("//") {
        return request;
    }
    let rest = path.trim_start_matches('/');
    let mut mended = String::with_capacity(path.len());
    mended.push('/');
    if rest.starts_with("discovery/") {
        let mut before = '/';
        mended.extend(rest.chars().filter(|c| std::mem::replace(&mut before, *c) != '/' || *c != '/'));
    } else {
        mended.push_str(rest);
    }
    if let Some(query) = query {
        mended.push('?');
        mended.push_str(query);
    }
    if let Ok(mended) = mended.parse() {
        *request.uri_mut() = mended;
    }
    request
}

/// Compresses what is large and whole: a stream is neither gathered nor delayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worthwhile;

impl Predicate for Worthwhile {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &http::Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        response.body().size_hint().exact().is_some_and(|size| size > WORTH_COMPRESSING) && !kind.starts_with("image/")
    }
}

fn finish(mut response: Response, id: &str, method: &Method) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let error = problem.error();
        match error.kind() {
            ErrorKind::Unexpected => tracing::error!(error = error.report(), "failed"),
            kind => tracing::info!(%kind, error = error.report(), "refused"),
        }
        let mut rendered = problem.render(id);
        for (name, value) in response.headers() {
            if !rendered.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                rendered.headers_mut().insert(name.clone(), value.clone());
            }
        }
        if method == Method::HEAD {
            *rendered.body_mut() = axum::body::Body::empty();
        }
        response = rendered;
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(identity::REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// For a path that leads nowhere.
pub(crate) fn no_route(request: &Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    Error::not_found("route", path.escape_debug()).into()
}

/// For a path that is there, but not by this method. The router says which are, in `Allow`.
pub(crate) async fn no_method(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    let method: String = request.method().as_str().chars().take(20).collect();
    let error = Error::invalid(format!("`{}` does not take {method}", path.escape_debug()));
    Problem::with_status(error, StatusCode::METHOD_NOT_ALLOWED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_slashes_go_where_they_mean_nothing() {
        for (path, mended) in [
            ("//discovery/nodes/x?ttl=1", "/discovery/nodes/x?ttl=1"),
            ("///discovery//nodes///x//", "/discovery/nodes/x/"),
            ("//api/v1/nodes", "/api/v1/nodes"),
            ("/api/v1/nodes//metrics", "/api/v1/nodes//metrics"),
            ("/api/v1/nodes?x=//", "/api/v1/nodes?x=//"),
            ("//", "/"),
        ] {
            let request = http::Request::get(http::Uri::builder().path_and_query(path).build().unwrap()).body(());
            assert_eq!(without_double_slashes(request.unwrap()).uri().to_string(), mended);
        }
    }
}
