//! The agents' door, in the original Haven's shape: `POST /discovery/nodes/{name}?ttl=`.
//!
//! Agents of the original, the Java one and the Python script, report here unchanged; whatever content type they name,
//! the body is JSON. They show a shared secret in `X-Auth-Node`. The script sends all containers of its machine with their
//! labels, of which nothing is kept, so a report may be larger than other bodies.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use haven_core::{
    Error, ErrorKind,
    door::ops::nodes::ReportNode,
    model::{Actor, NodeName, Report, access::Identity},
};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq as _;
use tokio::sync::SemaphorePermit;

use crate::{Shared, edge, identity, problem::Problem, route};

/// The largest report, in bytes.
const MAX_REPORT: usize = 8 * 1024 * 1024;
/// How many bytes of reports are read at the same time.
pub(crate) const REPORTS: usize = 64 * 1024 * 1024;
/// What the original answers to an agent with a wrong secret.
const REFUSED: &str = "Server required node auth, need correct value of 'X-Auth-Node' header.";

pub(crate) async fn report(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    edge::refuse_foreign_pages(&parts.method, &parts.headers)?;
    if !is_known(&shared, &parts.headers) {
        return Ok((StatusCode::UNAUTHORIZED, REFUSED).into_response());
    }
    let path = parts.uri.path().strip_prefix("/discovery/nodes/").unwrap_or_default().trim_end_matches('/');
    let node = NodeName::new(route::decode(path, "name")?)?;
    let ttl = parts.uri.query().map(ttl).transpose()?.flatten();
    let from = identity::peer(&parts).map(|peer| peer.ip().to_canonical());
    let most = shared.options.max_body.max(MAX_REPORT);
    // As it arrives: who announces much and sends little takes no room from others.
    let mut held: Option<SemaphorePermit<'_>> = None;
    let room = |size| {
        let more = u32::try_from(size).ok().and_then(|size| shared.reports.try_acquire_many(size).ok());
        let more = more.ok_or_else(|| {
            Error::new(ErrorKind::Busy, "too many reports are on their way").retry_in(Duration::from_secs(1))
        })?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        Ok(())
    };
    let body = route::read_body(body, most, shared.options.patience, room).await?;
    let report = read(&body)?;
    let agent = Actor::agent(node.clone());
    let actor = match parts.extensions.remove::<Actor>() {
        Some(actor) => Actor { identity: Identity::Agent(node.clone()), face: agent.face, ..actor },
        None => agent,
    };
    let taken = shared.haven.acting_as(actor).call(ReportNode { node, report, from, ttl }).await;
    taken.map_err(|error| match error.kind() {
        // As the original answers where the address is another node's: its agents know no 409.
        ErrorKind::AlreadyExists => Problem::with_status(error, StatusCode::BAD_REQUEST),
        _ => error.into(),
    })?;
    Ok(StatusCode::OK.into_response())
}

/// The report of a body. `Invalid` names the field that cannot be.
fn read(body: &[u8]) -> Result<Report, Error> {
    let is_object = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_object {
        return Err(Error::invalid("the report cannot be read: it is no JSON object"));
    }
    if let Ok(report) = serde_json::from_slice(body) {
        return Ok(report);
    }
    // Only what cannot be read at once is looked at closely: Python writes numbers that JSON does not have.
    let body = with_null_for_no_number(body);
    let mut json = serde_json::Deserializer::from_slice(&body);
    let report = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::new() } else { format!("field `{}`: ", path.escape_debug()) };
        Error::invalid(format!("the report cannot be read: {field}{}", error.inner()))
    })?;
    json.end().map_err(|error| Error::invalid(format!("the report cannot be read: {error}")))?;
    Ok(report)
}

/// Puts `null` for each bare `NaN`, `Infinity` and `-Infinity`.
fn with_null_for_no_number(json: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(json.len());
    let (mut rest, mut in_text) = (json, false);
    while let [first, after @ ..] = rest {
        let word = [&b"NaN"[..], b"Infinity", b"-Infinity"].into_iter().find(|word| !in_text && rest.starts_with(word));
        if let Some(word) = word {
            written.extend_from_slice(b"null");
            rest = &rest[word.len()..];
            continue;
        }
        written.push(*first);
        rest = after;
        match (first, after) {
            (b'"', _) => in_text = !in_text,
            (b'\\', [escaped, after @ ..]) if in_text => {
                written.push(*escaped);
                rest = after;
            }
            _ => {}
        }
    }
    written
}

/// Whether the agent shows the secret, where there is one.
fn is_known(shared: &Shared, headers: &HeaderMap) -> bool {
    let Some(secret) = &shared.options.agent_secret else { return true };
    headers.get("x-auth-node").is_some_and(|shown| shown.as_bytes().ct_eq(secret.expose().as_bytes()).into())
}

/// The seconds of `ttl`. Other parameters are passed over, as the original does.
fn ttl(query: &str) -> Result<Option<u32>, Error> {
    let Some(ttl) = query.split('&').find_map(|pair| pair.strip_prefix("ttl=")) else { return Ok(None) };
    if ttl.is_empty() {
        return Ok(None);
    }
    let shown: String = ttl.chars().take(40).collect();
    ttl.parse()
        .map(Some)
        .map_err(|_| Error::invalid(format!("`ttl` is a number of seconds, not `{}`", shown.escape_debug())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_does_not_have_are_not_known() {
        let body =
            br#"{"name":"\\\"NaN, ","labels":{"a":"NaN"},"system":{"cpuLoad":NaN,"memory":{"total":-Infinity}}}"#;
        let report = read(body).unwrap();
        assert_eq!((report.name.as_deref(), report.labels.unwrap()["a"].as_str()), (Some("\\\"NaN, "), "NaN"));
        assert_eq!((report.system.cpu_load, report.system.memory.total), (None, 0));
        for (body, named) in [
            (&br#"{"system":{"disks":{"/":{"used":-7}}}}"#[..], "field `system.disks./.used`"),
            (br#"{"system":{"cpuLoad":"high"}}"#, "field `system.cpuLoad`"),
            (br#"{"time":"yesterday"}"#, "field `time`"),
            (br#"{"labels":["a"]}"#, "field `labels`"),
            (br#"{"system":[]}"#, "field `system`"),
            (br#"{"system":{"net":{"eth0":[1,2]}}}"#, "field `system.net.eth0`"),
            (b"[]", "no JSON object"),
            (b"", "no JSON object"),
            (br#"{"system":{},"system":{}}"#, "duplicate field `system`"),
            (b"{} {}", "trailing"),
            (b"{\"a\":NaNa}", "column"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.message().contains(named), "{named}: {error}");
        }
    }

    #[test]
    fn reads_the_ttl_among_other_parameters() {
        assert_eq!(ttl("a=b&ttl=120&c").unwrap(), Some(120));
        assert_eq!(ttl("a=b").unwrap(), None);
        assert_eq!(ttl("ttl=").unwrap(), None);
        assert!(ttl("ttl=-1").is_err());
    }
}
