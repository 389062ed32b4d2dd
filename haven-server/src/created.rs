//! What a request made: where it is found from then on.

use haven_core::door::{self, Handler, Method, Reply, Row};
use serde_json::Value;

/// Whether a row makes something: there is another that shows one of them, below its path.
pub(crate) fn is_by(row: &Row, table: &[Row]) -> bool {
    let shows_one = |other: &Row| {
        let name = other.path.strip_prefix(row.path).and_then(|rest| rest.strip_prefix("/{"));
        other.method == Method::Get && name.is_some_and(|name| !name.contains('/'))
    };
    row.method == Method::Post && matches!(row.handler, Handler::Call(_)) && table.iter().any(shows_one)
}

/// The name that the client gave it.
pub(crate) fn name_in(asked: &door::Request) -> Option<String> {
    let body: Value = serde_json::from_slice(&asked.body).ok()?;
    let name = body.get("name").or_else(|| body.get("spec")?.get("name"))?;
    name.as_str().map(str::to_owned)
}

/// Where it is: below the path it was sent to, by the name or id that was answered, else by the one it was given. None
/// where nothing was made, because it was there.
pub(crate) fn location(path: &str, reply: &Reply, named: Option<String>) -> Option<String> {
    let reply: Value = serde_json::from_slice(&reply.json).ok()?;
    if reply.get("outcome").is_some_and(|outcome| outcome != "done") {
        return None;
    }
    let text = |field: &str| reply.get(field).and_then(Value::as_str).map(str::to_owned);
    // Names and ids hold nothing that a path would take otherwise.
    Some(format!("{path}/{}", text("name").or_else(|| text("id")).or(named)?))
}
