//! An operation as an HTTP request, both ways.
//!
//! Parameters named in the path travel there, percent-encoded. The others travel as query of a `GET` or `DELETE`
//! (lists as repeated keys), as JSON object of the other methods.

use std::fmt;

use bytes::Bytes;
use haven_model::{Error, Result, secret};
use serde_json::{Map, Value};

use super::Operation;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Looks.
    Get,
    /// Makes, or acts.
    Post,
    /// Sets.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What of an HTTP request says what is asked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The parameters of the path, decoded.
    pub path: Vec<(String, String)>,
    /// The query, still encoded.
    pub query: String,
    /// The body: a JSON object, or empty.
    pub body: Bytes,
}

impl Request {
    /// What a program asks that has all parameters as one JSON object, whatever the operation's method.
    pub fn of(parameters: impl Into<Bytes>) -> Self {
        Self { body: parameters.into(), ..Self::default() }
    }

    /// Reads an operation: from its body, where its method has one or one is there, else from path and query. `Invalid`
    /// names the parameter that does not fit.
    pub fn read<O: Operation>(&self) -> Result<O> {
        if O::METHOD.has_body() || !self.body.is_empty() { self.read_body() } else { self.read_query() }
    }

    fn read_query<O: Operation>(&self) -> Result<O> {
        let mut pairs: Vec<(String, String)> = serde_html_form::from_str(&self.query)
            .map_err(|error| Error::invalid(format!("the query cannot be read: {error}")))?;
        if let Some((name, _)) = pairs.iter().find(|(name, _)| self.path.iter().any(|(known, _)| known == name)) {
            return Err(Error::invalid(format!("`{}` stands in the path, not in the query", name.escape_debug())));
        }
        pairs.extend(self.path.iter().cloned());
        let encoded = serde_html_form::to_string(&pairs)
            .map_err(|error| Error::invalid("the query cannot be read").caused_by(error))?;
        let parameters = serde_html_form::Deserializer::from_bytes(encoded.as_bytes());
        serde_path_to_error::deserialize(parameters).map_err(|error| refused("parameter", &error))
    }

    /// Reads an operation from a JSON object, whatever its method: as the first message of a conversation.
    pub fn read_body<O: Operation>(&self) -> Result<O> {
        let mut body: Map<String, Value> = if self.body.iter().all(u8::is_ascii_whitespace) {
            Map::new()
        } else {
            serde_json::from_slice(&self.body)
                .map_err(|error| Error::invalid(format!("the body is no JSON object: {error}")))?
        };
        for (name, value) in &self.path {
            let in_path = Value::String(value.clone());
            if let Some(also) = body.get(name).filter(|also| **also != in_path) {
                let also: String = also.to_string().chars().take(200).collect();
                return Err(Error::invalid(format!("`{name}` is {in_path} in the path and {also} in the body")));
            }
            body.insert(name.clone(), in_path);
        }
        serde_path_to_error::deserialize(Value::Object(body)).map_err(|error| refused("field", &error))
    }
}

fn refused<E: std::error::Error>(what: &str, error: &serde_path_to_error::Error<E>) -> Error {
    let path = error.path().to_string();
    if path == "." {
        return Error::invalid(format!("the request does not fit: {}", error.inner()));
    }
    Error::invalid(format!("{what} `{}`: {}", path.escape_debug(), error.inner()))
}

/// An operation as a client sends it: its path and query, and its body with secrets as they are.
#[cfg_attr(not(feature = "remote"), expect(dead_code, reason = "only a remote door sends requests"))]
pub(super) fn write<O: Operation>(operation: &O) -> Result<(String, Option<Vec<u8>>)> {
    let (path, rest) = write_apart(operation)?;
    if O::METHOD.has_body() {
        let body = serde_json::to_vec(&rest)
            .map_err(|error| Error::unexpected("the operation cannot be written").caused_by(error))?;
        return Ok((path, Some(body)));
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in &rest {
        let values = if let Value::Array(values) = value { values.as_slice() } else { std::slice::from_ref(value) };
        for value in values {
            match value {
                Value::Null => {}
                Value::String(text) => drop(query.append_pair(name, text)),
                other => drop(query.append_pair(name, &other.to_string())),
            }
        }
    }
    let query = query.finish();
    Ok((if query.is_empty() { path } else { format!("{path}?{query}") }, None))
}

/// An operation's path, and the parameters that do not stand in it, with secrets as they are.
pub(super) fn write_apart<O: Operation>(operation: &O) -> Result<(String, Map<String, Value>)> {
    let fields = match secret::exposed(|| serde_json::to_value(operation)) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => Map::new(),
        Err(error) => return Err(Error::unexpected("the operation cannot be written").caused_by(error)),
    };
    fill(O::PATH, fields)
}

/// Puts fields into the places of a path; answers those left over.
fn fill(pattern: &str, mut fields: Map<String, Value>) -> Result<(String, Map<String, Value>)> {
    let mut parts = Vec::new();
    for part in pattern.split('/') {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            parts.push(part.to_owned());
            continue;
        };
        match fields.shift_remove(name) {
            Some(Value::String(text)) => parts.push(encode(&text)),
            _ => return Err(Error::unexpected(format!("the path wants a text for `{name}`"))),
        }
    }
    Ok((parts.join("/"), fields))
}

/// Percent-encodes everything but what RFC 3986 leaves unreserved.
fn encode(text: &str) -> String {
    use fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
