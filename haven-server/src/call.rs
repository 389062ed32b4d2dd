//! Operations with one answer.
//!
//! The door sees to it that what acts goes on to its end even if its client goes away. A request under an
//! `Idempotency-Key` goes on here too, so that its answer is kept.

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use haven_core::{
    Error, ErrorKind, Haven, Result, door,
    door::{Method, Reply},
    model::{Actor, Revision, access::Identity},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde_json::{Map, Value};
use tracing::Instrument as _;

use crate::{Shared, created, once, problem::Problem, route::Mounted};

/// How long after the word to stop a call that only looks may still go on: less than connections are kept.
const LAST_WORD: Duration = Duration::from_secs(5);

type Run = fn(Haven, door::Request) -> std::pin::Pin<Box<dyn Future<Output = Result<Reply>> + Send>>;

pub(crate) async fn answer(
    shared: &Shared,
    mounted: &Mounted,
    run: Run,
    actor: Actor,
    mut asked: door::Request,
    parts: &Parts,
) -> Result<Response, Problem> {
    let (headers, path) = (&parts.headers, parts.uri.path());
    let condition = if_match(headers)?;
    if let Some(Condition::At(revision)) = condition {
        require(mounted, &mut asked, revision)?;
    }
    let named = if mounted.creates { created::name_in(&asked) } else { None };
    let reply = if mounted.row.method == Method::Get {
        tokio::select! {
            reply = run(shared.haven.acting_as(actor), asked) => reply,
            // Who waits for longer than a stop does is told so, and not cut off.
            () = async { shared.stop.cancelled().await; tokio::time::sleep(LAST_WORD).await } => {
                Err(Error::unavailable("the server is stopping"))
            }
        }
    } else {
        act(shared, mounted, run, actor, asked, headers).await
    };
    match reply {
        Ok(reply) => {
            let location = if mounted.creates { created::location(path, &reply, named) } else { None };
            let mut response = show(reply);
            if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
                *response.status_mut() = StatusCode::CREATED;
                response.headers_mut().insert(header::LOCATION, location);
            }
            Ok(response)
        }
        // What is not there has no revision at all.
        Err(error) if condition.is_some() && matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound) => {
            Err(Problem::with_status(error, StatusCode::PRECONDITION_FAILED))
        }
        Err(error) => Err(error.into()),
    }
}

async fn act(
    shared: &Shared,
    mounted: &Mounted,
    run: Run,
    actor: Actor,
    asked: door::Request,
    headers: &HeaderMap,
) -> Result<Reply> {
    let identity = actor.identity.clone();
    let turn = match once::Key::of(headers)? {
        // What is asked by nobody in particular cannot be told from what another asked.
        Some(key) if identity != Identity::Anonymous => {
            let print = once::fingerprint(mounted.row.name, &asked);
            match shared.once.turn(&identity.to_string(), &key, print).await? {
                once::Begun::Answered(reply) => return Ok(reply),
                once::Begun::Turn(turn) => Some(turn),
            }
        }
        _ => None,
    };
    let (haven, answered) = (shared.haven.acting_as(actor), shared.once.clone());
    let Some(turn) = turn else { return run(haven, asked).await };
    let work = async move {
        let reply = run(haven, asked).await;
        answered.end(turn, &reply);
        reply
    };
    let done = shared.tasks.spawn(work.in_current_span()).await;
    done.map_err(|error| Error::unexpected("the operation broke off").caused_by(error))?
}

/// The answer. Its ETag is the revision of the record, for `If-Match`; what is shown beside the record may change
/// without it, so nothing is ever "not modified".
fn show(reply: Reply) -> Response {
    let mut response = if reply.json.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (json, Body::from(Bytes::from(reply.json))).into_response()
    };
    let tag = reply.revision.and_then(|revision| HeaderValue::from_str(&format!("\"{revision}\"")).ok());
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// What a client counts on.
#[derive(Clone, Copy, Debug)]
enum Condition {
    /// That it is there.
    Any,
    /// That it is as it was.
    At(Revision),
}

fn if_match(headers: &HeaderMap) -> Result<Option<Condition>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let wrong = || Error::invalid("`If-Match` is one ETag as it was given, `\"1f00c2aa.17\"`, or `*`");
    let text = value.to_str().map_err(|_| wrong())?.trim();
    if text == "*" {
        return Ok(Some(Condition::Any));
    }
    let revision = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(wrong)?;
    revision.parse().map(|revision| Some(Condition::At(revision))).map_err(|_| wrong())
}

/// Makes the revision a parameter of the operation.
fn require(mounted: &Mounted, asked: &mut door::Request, revision: Revision) -> Result<()> {
    if !mounted.parameters.contains("revision") {
        return Err(Error::invalid("this operation takes no `If-Match`"));
    }
    if !mounted.has_body() {
        let joint = if asked.query.is_empty() { "" } else { "&" };
        asked.query = format!("{}{joint}revision={revision}", asked.query);
        return Ok(());
    }
    let mut body: Map<String, Value> = if asked.body.iter().all(u8::is_ascii_whitespace) {
        Map::new()
    } else {
        serde_json::from_slice(&asked.body)
            .map_err(|error| Error::invalid(format!("the body is no JSON object: {error}")))?
    };
    let revision = Value::String(revision.to_string());
    if body.get("revision").is_some_and(|given| *given != revision && !given.is_null()) {
        return Err(Error::invalid("`If-Match` and `revision` name different revisions"));
    }
    body.insert("revision".to_owned(), revision);
    asked.body =
        serde_json::to_vec(&body).map_err(|error| Error::unexpected("JSON can be written").caused_by(error))?.into();
    Ok(())
}
