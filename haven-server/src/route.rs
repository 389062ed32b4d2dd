//! The API's routes: a walk over the table of operations, and how a request becomes an operation's parameters.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    Router,
    body::HttpBody as _,
    extract::{FromRequestParts as _, Request, State, ws::WebSocketUpgrade},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use haven_core::{
    Error, Result,
    door::{self, Handler, Method, Row},
    model::{Actor, access::Identity},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::{
    API_V1, Shared, call, converse, created, document, double::refuse_doubles, follow, moment, problem::Problem,
};

/// The largest body of who is not signed in.
const MAX_ANONYMOUS: usize = 16 * 1024;

/// One operation at its route.
#[derive(Debug)]
pub(crate) struct Mounted {
    pub(crate) row: Row,
    /// The names of its parameters, and of those that are moments.
    pub(crate) parameters: BTreeSet<String>,
    moments: BTreeSet<String>,
    /// Whether it makes something.
    pub(crate) creates: bool,
}

impl Mounted {
    /// Whether it has a body to take parameters from.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self.row.method, Method::Post | Method::Put | Method::Patch)
    }
}

/// Every operation at its path.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    let mut router = Router::new();
    let table = door::table();
    let creates: Vec<bool> = table.iter().map(|row| created::is_by(row, &table)).collect();
    for (row, creates) in table.into_iter().zip(creates) {
        let (path, method) = (format!("{API_V1}{}", row.path), filter(row.method));
        let properties = document::properties(&row);
        let moments = moment::among(&properties);
        let parameters = properties.as_object().into_iter().flat_map(|known| known.keys().cloned()).collect();
        let mounted = Arc::new(Mounted { row, parameters, moments, creates });
        let handler =
            move |State(shared): State<Arc<Shared>>, request: Request| handle(shared, mounted.clone(), request);
        router = router.route(&path, on(method, handler));
    }
    router
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn handle(shared: Arc<Shared>, mounted: Arc<Mounted>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let answer = async {
        let mut asked = door::Request {
            path: path_parameters(mounted.row.path, parts.uri.path())?,
            query: moment::resolve(query(&parts)?, &mounted.moments, shared.services.clock.now())?,
            body: Bytes::new(),
        };
        let actor = parts.extensions.remove::<Actor>().ok_or_else(|| Error::unexpected("the edge knows the actor"))?;
        if let Handler::Converse(open) = mounted.row.handler {
            return Ok(match handshake(&mut parts, &shared).await {
                Ok(upgrade) => converse::upgrade(shared, open, actor, asked, upgrade),
                Err(refused) => *refused,
            });
        }
        if mounted.has_body() {
            if !asked.query.is_empty() {
                return Err(Error::invalid("this takes its parameters as JSON body, not as query").into());
            }
            // Of nobody in particular little is taken: a user and a password.
            let most = if actor.identity == Identity::Anonymous { MAX_ANONYMOUS } else { usize::MAX };
            asked.body =
                read_body(body, shared.options.max_body.min(most), shared.options.patience, |_| Ok(())).await?;
            refuse_doubles(&asked.body)?;
        }
        match mounted.row.handler {
            Handler::Call(run) => call::answer(&shared, &mounted, run, actor, asked, &parts).await,
            Handler::Follow(open) => follow::answer(&shared, &mounted, open, actor, asked, &parts.headers).await,
            Handler::Converse(_) => Err(Error::unexpected("a conversation is upgraded before").into()),
        }
    };
    let answer: Result<Response, Problem> = answer.await;
    answer.unwrap_or_else(Problem::into_response)
}

/// Begins a WebSocket, or answers why not: who did not ask for one is told to, who asked wrongly is told what is wrong.
async fn handshake(parts: &mut Parts, shared: &Arc<Shared>) -> Result<WebSocketUpgrade, Box<Response>> {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let asked = text(header::UPGRADE).is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"));
    let version = text(header::SEC_WEBSOCKET_VERSION).map(str::to_owned);
    let key = text(header::SEC_WEBSOCKET_KEY).and_then(|key| BASE64_STANDARD.decode(key.trim()).ok());
    let refuse = |status: StatusCode, why: &str| {
        let error = Error::invalid(format!("this is a conversation over a WebSocket: {why}"));
        let mut response = Problem::with_status(error, status).into_response();
        if status == StatusCode::UPGRADE_REQUIRED {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        Err(Box::new(response))
    };
    if !asked {
        return refuse(StatusCode::UPGRADE_REQUIRED, "ask for it with `Upgrade: websocket`");
    }
    if version.is_some_and(|version| version.trim() != "13") {
        return refuse(StatusCode::UPGRADE_REQUIRED, "its version is 13");
    }
    if key.is_none_or(|key| key.len() != 16) {
        return refuse(StatusCode::BAD_REQUEST, "`Sec-WebSocket-Key` is 16 bytes in Base64");
    }
    match WebSocketUpgrade::from_request_parts(parts, shared).await {
        Ok(upgrade) => Ok(upgrade),
        Err(refused) => refuse(StatusCode::BAD_REQUEST, &refused.body_text()),
    }
}

fn query(parts: &Parts) -> Result<String> {
    let query = parts.uri.query().unwrap_or_default();
    // A form reader would replace what is no UTF-8, and so ask for something else than the client did.
    decode(&query.replace('+', " "), "query")?;
    Ok(query.to_owned())
}

/// The parameters that stand in the path, decoded.
fn path_parameters(pattern: &str, path: &str) -> Result<Vec<(String, String)>> {
    let path = path.strip_prefix(API_V1).unwrap_or(path);
    let named = pattern.split('/').zip(path.split('/')).filter_map(|(name, value)| {
        let name = name.strip_prefix('{')?.strip_suffix('}')?;
        Some((name, value))
    });
    named.map(|(name, value)| Ok((name.to_owned(), decode(value, name)?))).collect()
}

/// Undoes percent-encoding, strictly.
pub(crate) fn decode(text: &str, what: &str) -> Result<String> {
    let wrong = |why| Error::invalid(format!("`{what}` {why}"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit =
            || rest.next().and_then(|digit| char::from(digit).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(wrong("has a `%` without two hexadecimal digits after it"));
        };
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes).map_err(|_| wrong("is no UTF-8 once its percent-encoding is undone"))
}

/// Reads a body to its end, within bounds of size and time. Each piece of it is let in by `room`, which is told its size.
pub(crate) async fn read_body(
    body: axum::body::Body,
    limit: usize,
    patience: Duration,
    mut room: impl FnMut(usize) -> Result<(), Error>,
) -> Result<Bytes, Problem> {
    let too_large = || {
        let error = Error::invalid(format!("the body is larger than {limit} bytes"));
        Problem::with_status(error, StatusCode::PAYLOAD_TOO_LARGE)
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let read = async {
        let (mut body, mut pieces) = (Limited::new(body, limit), Vec::new());
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => {
                    let piece = frame.into_data().unwrap_or_default();
                    room(piece.len())?;
                    pieces.push(piece);
                }
                Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
                Err(error) => return Err(Error::invalid("the body broke off").caused_by(error).into()),
            }
        }
        Ok(match pieces.len() {
            1 => pieces.swap_remove(0),
            _ => pieces.concat().into(),
        })
    };
    tokio::time::timeout(patience, read).await.unwrap_or_else(|_| {
        Err(Problem::with_status(Error::invalid("the body did not arrive in time"), StatusCode::REQUEST_TIMEOUT))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_strictly() {
        assert_eq!(decode("a%2Fb%c3%a4", "x").unwrap(), "a/bä");
        for wrong in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert!(decode(wrong, "x").is_err(), "{wrong}");
        }
    }

    #[test]
    fn reads_the_path_by_its_pattern() {
        let read = path_parameters("/nodes/{node}/images/{image}/tag", "/api/v1/nodes/a/images/r%2Fi%3A1/tag").unwrap();
        assert_eq!(read, [("node".into(), "a".into()), ("image".into(), "r/i:1".into())]);
    }
}
