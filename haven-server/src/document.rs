//! The API's document: OpenAPI 3.1, a walk over the table of operations.
//!
//! Schemas are those that the operations and the model derive. Parameters are split into path, query and body just as
//! the door reads them. Streams and conversations are described in words, for which OpenAPI has no form.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::{
    ErrorKind,
    door::{self, Handler, Method, Operation as _, Row, ops::sessions::SignIn},
};
use schemars::{
    SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value, json};

use crate::{API_V1, created, moment, problem};

/// The document.
pub fn openapi() -> Value {
    let mut generator = generator();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags = BTreeSet::new();
    let table = door::table();
    for row in &table {
        let described = operation(row, &table, &mut generator);
        tags.insert(tag(row).to_owned());
        let path = paths.entry(format!("{API_V1}{}", row.path)).or_insert_with(|| json!({}));
        path[row.method.as_str().to_lowercase()] = described;
    }
    let report = reference::<haven_core::model::Report>(&mut generator);
    paths.extend(other_paths(&report));
    let mut schemas: BTreeMap<String, Value> = generator.take_definitions(true).into_iter().collect();
    schemas.insert("Problem".to_owned(), problem_schema());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Haven",
            "version": env!("CARGO_PKG_VERSION"),
            "description": include_str!("../page/api.md"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }, { "basic": [] }],
        "tags": tags.into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
    });
    keep_reachable(&document, &mut schemas);
    document["components"] = json!({
        "schemas": schemas,
        "responses": {
            "Problem": {
                "description": "It failed; `kind` says what can be done about it.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
        "securitySchemes": {
            "bearer": { "type": "http", "scheme": "bearer", "description": "The token of a session, from `POST /api/v1/sessions`." },
            "basic": { "type": "http", "scheme": "basic", "description": "User and password with every request." },
            "agent": { "type": "apiKey", "in": "header", "name": "X-Auth-Node", "description": "The agents' shared secret." },
        },
    });
    document
}

/// The schemas of an operation's parameters, by name.
pub(crate) fn properties(row: &Row) -> Value {
    let mut generator = generator();
    let schema = (row.parameters)(&mut generator).to_value();
    resolve(&schema, &generator)["properties"].take()
}

fn generator() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.contract = Contract::Deserialize;
    settings.into_generator()
}

fn reference<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// The schema itself, where it is a reference to one.
fn resolve(schema: &Value, generator: &SchemaGenerator) -> Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| generator.definitions().get(name)).cloned().unwrap_or_else(|| schema.clone())
}

fn operation(row: &Row, table: &[Row], generator: &mut SchemaGenerator) -> Value {
    let schema = (row.parameters)(generator).to_value();
    let resolved = resolve(&schema, generator);
    let (parameters, body) = split(row, &schema, &resolved);
    let summary = row.summary.trim();
    let (first, rest) = summary.split_once("\n\n").unwrap_or((summary, ""));
    let first: Vec<&str> = first.split_whitespace().collect();
    let mut described = json!({
        "operationId": row.name,
        "tags": [tag(row)],
        "summary": first.join(" "),
        "responses": { "default": { "$ref": "#/components/responses/Problem" } },
    });
    let rest: Vec<&str> = rest.split_whitespace().collect();
    if !rest.is_empty() {
        described["description"] = rest.join(" ").into();
    }
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = body {
        described["requestBody"] = body;
    }
    let answer = row.answer.map(|answer| answer(generator).to_value());
    let is_created = created::is_by(row, table);
    let (status, response) = response(row, answer, is_created);
    described["responses"][status] = response;
    if row.name == SignIn::NAME {
        described["security"] = json!([]);
    }
    described
}

/// Parameters of path, query and headers; and the body.
fn split(row: &Row, schema: &Value, resolved: &Value) -> (Vec<Value>, Option<Value>) {
    let in_path: Vec<&str> =
        row.path.split('/').filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))).collect();
    let required: BTreeSet<&str> =
        resolved["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = resolved["properties"].as_object().cloned().unwrap_or_default();
    let moments = moment::among(&resolved["properties"]);
    let parameter = |name: &str, place: &str| {
        let mut schema = properties.get(name).cloned().unwrap_or(json!({ "type": "string" }));
        let description = schema.as_object_mut().and_then(|schema| schema.shift_remove("description"));
        if place == "query" && moments.contains(name) {
            schema = json!({ "type": "string", "description": "A time, `2026-01-31T12:00:00Z`, or how long ago: `1h 30m`." });
        }
        let mut parameter = json!({ "name": name, "in": place, "required": place == "path" || required.contains(name), "schema": schema });
        if let Some(description) = description {
            parameter["description"] = description;
        }
        parameter
    };
    let mut parameters: Vec<Value> = in_path.iter().map(|name| parameter(name, "path")).collect();
    let is_rest = |name: &&String| !in_path.contains(&name.as_str());
    let mut body = None;
    match (row.handler, row.method) {
        (Handler::Converse(_), _) => {}
        (_, Method::Get | Method::Delete) => {
            parameters.extend(properties.keys().filter(is_rest).map(|name| parameter(name, "query")));
        }
        _ if in_path.is_empty() => body = Some(schema.clone()),
        _ if properties.keys().any(|name| !in_path.contains(&name.as_str())) => {
            let rest: Map<String, Value> = properties
                .iter()
                .filter(|(name, _)| is_rest(name))
                .map(|(name, schema)| (name.clone(), schema.clone()))
                .collect();
            let required: Vec<&&str> = required.iter().filter(|name| !in_path.contains(name)).collect();
            let mut object = json!({ "type": "object", "properties": rest, "additionalProperties": false });
            if !required.is_empty() {
                object["required"] = json!(required);
            }
            body = Some(object);
        }
        _ => {}
    }
    let is_required = !required.iter().all(|name| in_path.contains(name));
    let body =
        body.map(|schema| json!({ "required": is_required, "content": { "application/json": { "schema": schema } } }));
    if row.method != Method::Get && matches!(row.handler, Handler::Call(_)) {
        parameters.push(header(
            "Idempotency-Key",
            "Sent again under the same key within a day, the request is answered but not done again; `conflict` when it may have been done.",
        ));
    }
    if properties.contains_key("revision") {
        parameters.push(header("If-Match", "The ETag that the change is meant for, in place of `revision`."));
    }
    if properties.contains_key("after") && matches!(row.handler, Handler::Follow(_)) {
        parameters.push(header("Last-Event-ID", "Go on after this event, in place of `after`."));
    }
    (parameters, body)
}

fn header(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "header", "required": false, "description": description, "schema": { "type": "string" } })
}

fn response(row: &Row, answer: Option<Value>, is_created: bool) -> (&'static str, Value) {
    let Some(schema) = answer else {
        let description =
            "The connection becomes a WebSocket; see *Conversations* above. The parameters are its first message.";
        return ("101", json!({ "description": description }));
    };
    if let Handler::Follow(_) = row.handler {
        let mut content = json!({
            "text/event-stream": { "schema": { "type": "string", "description": "Each `data` is an item." }, "x-item": schema },
            "application/x-ndjson": { "schema": { "type": "string", "description": "Each line is an item." }, "x-item": schema },
        });
        if row.name == "containers.logs" {
            content["text/plain"] = json!({ "schema": { "type": "string" } });
        }
        return ("200", json!({ "description": "The items, as they come.", "content": content }));
    }
    if schema["type"] == "null" {
        return ("204", json!({ "description": "Done." }));
    }
    let content = json!({ "application/json": { "schema": schema } });
    if is_created {
        let location = json!({ "description": "Where it is found.", "schema": { "type": "string" } });
        return ("201", json!({ "description": "Made.", "headers": { "Location": location }, "content": content }));
    }
    ("200", json!({ "description": "Done.", "content": content }))
}

fn tag(row: &Row) -> &'static str {
    row.name.split('.').next().unwrap_or(row.name)
}

/// What is there besides operations.
fn other_paths(report: &Value) -> Vec<(String, Value)> {
    let problem = json!({ "$ref": "#/components/responses/Problem" });
    let text = |description: &str| json!({ "description": description, "content": { "text/plain": { "schema": { "type": "string" } } } });
    let body = json!({ "schema": report });
    vec![
        (
            "/discovery/nodes/{name}".to_owned(),
            json!({ "post": {
                "operationId": "discovery.report",
                "tags": ["discovery"],
                "summary": "Takes an agent's report of its machine, and registers the node if it is new.",
                "description": "In the shape of the original Haven's agents, under any content type. Unknown keys are ignored.",
                "security": [{ "agent": [] }, {}],
                "parameters": [
                    { "name": "name", "in": "path", "required": true, "description": "The node's name.", "schema": { "type": "string" } },
                    { "name": "ttl", "in": "query", "required": false, "description": "Two intervals of the agent, in seconds.",
                      "schema": { "type": "integer", "minimum": 0 } },
                ],
                "requestBody": { "required": true, "content": { "application/json": body, "text/plain": body } },
                "responses": { "200": { "description": "Taken." }, "401": text("The secret is missing or wrong."), "default": problem },
            }}),
        ),
        (
            "/discovery/agent".to_owned(),
            json!({ "get": {
                "operationId": "discovery.lines",
                "tags": ["discovery"],
                "summary": "Answers what to type on a machine for it to become a node.",
                "security": [],
                "responses": { "200": text("Lines for a shell.") },
            }}),
        ),
        (
            "/discovery/agent/{name}".to_owned(),
            json!({ "get": {
                "operationId": "discovery.script",
                "tags": ["discovery"],
                "summary": "Answers a script that makes an agent of a bare node: Python 3.5, nothing else.",
                "description": "It fetches the agent's program from here and checks it. With an invitation, or signed in, the agents' secret is filled in.",
                "security": [{ "bearer": [] }, { "basic": [] }, {}],
                "parameters": [
                    { "name": "name", "in": "path", "required": true, "description": "What the script shall be called: `NAME.py`.",
                      "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*\\.py$" } },
                    { "name": "node", "in": "query", "required": false, "description": "Where the node's engine answers: `HOST:PORT`.",
                      "schema": { "type": "string" } },
                    { "name": "token", "in": "query", "required": false, "description": "The token of an invitation, which is taken.",
                      "schema": { "type": "string" } },
                ],
                "responses": {
                    "200": { "description": "The script.", "content": { "text/x-python": { "schema": { "type": "string" } } } },
                    "default": problem,
                },
            }}),
        ),
        (
            "/discovery/agent/files/{name}".to_owned(),
            json!({ "get": {
                "operationId": "discovery.file",
                "tags": ["discovery"],
                "summary": "Answers a program of the agent, as the script names it.",
                "security": [],
                "parameters": [
                    { "name": "name", "in": "path", "required": true, "description": "The name of the file.", "schema": { "type": "string" } },
                ],
                "responses": {
                    "200": { "description": "The program.", "content": { "application/octet-stream": { "schema": { "type": "string", "contentMediaType": "application/octet-stream" } } } },
                    "default": problem,
                },
            }}),
        ),
        (
            "/healthz".to_owned(),
            json!({ "get": {
                "operationId": "health", "tags": ["operating"], "security": [],
                "summary": "Says whether the store answers.",
                "responses": { "200": text("It does."), "default": problem },
            }}),
        ),
        (
            "/metrics".to_owned(),
            json!({ "get": {
                "operationId": "metrics", "tags": ["operating"],
                "summary": "Shows figures of the server and the fleet, in the text format of Prometheus.",
                "responses": { "200": text("The figures."), "default": problem },
            }}),
        ),
    ]
}

fn problem_schema() -> Value {
    let kinds: Vec<&str> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    let statuses: BTreeSet<u16> = ErrorKind::ALL.iter().map(|kind| problem::status(*kind).as_u16()).collect();
    json!({
        "type": "object",
        "description": "An error, after RFC 9457.",
        "required": ["type", "title", "status", "detail", "kind", "request_id"],
        "properties": {
            "type": { "type": "string", "description": "`urn:haven:error:KIND`." },
            "title": { "type": "string", "description": "The kind, for people." },
            "status": { "type": "integer", "description": "The HTTP status.", "examples": statuses },
            "detail": { "type": "string", "description": "What is wrong, with names in backticks." },
            "kind": { "type": "string", "enum": kinds, "description": "What can be done about it." },
            "context": {
                "type": "array", "description": "Where it happened: `[[\"node\", \"web-3\"]]`.",
                "items": { "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 },
            },
            "retry_after": { "type": "integer", "description": "Seconds after which trying again makes sense." },
            "request_id": { "type": "string", "description": "Finds the request in the server's log." },
        },
    })
}

/// Drops schemas that nothing refers to: parameters that were split up.
fn keep_reachable(document: &Value, schemas: &mut BTreeMap<String, Value>) {
    let mut reached = BTreeSet::from(["Problem".to_owned()]);
    let mut to_visit = vec![document.clone()];
    while let Some(value) = to_visit.pop() {
        match value {
            Value::Object(fields) => {
                let name = fields
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|text| text.strip_prefix("#/components/schemas/"));
                if let Some(name) = name.filter(|name| !reached.contains(*name)) {
                    reached.insert(name.to_owned());
                    to_visit.extend(schemas.get(name).cloned());
                }
                to_visit.extend(fields.into_iter().map(|(_, value)| value));
            }
            Value::Array(items) => to_visit.extend(items),
            _ => {}
        }
    }
    schemas.retain(|name, _| reached.contains(name));
}
