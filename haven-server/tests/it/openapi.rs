//! The API's document: committed, and equal to what is made.

use std::{env, fs};

use haven_core::door;
use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[test]
fn is_the_one_that_is_committed() {
    let made = format!("{}\n", serde_json::to_string_pretty(&haven_server::openapi()).unwrap());
    if env::var_os("HAVEN_BLESS").is_some() {
        fs::write(FILE, &made).unwrap();
    }
    let committed = fs::read_to_string(FILE).unwrap_or_default();
    assert!(made == committed, "openapi.json is not what the table says: run with HAVEN_BLESS=1 and commit it");
}

#[test]
fn names_every_operation_once_and_refers_to_nothing_that_is_missing() {
    let document = haven_server::openapi();
    for row in door::table() {
        let operation = &document["paths"][format!("/api/v1{}", row.path)][row.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], row.name);
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{}", row.name);
    }
    check_references(&document, &document);
}

fn check_references(value: &Value, document: &Value) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            }
            fields.values().for_each(|value| check_references(value, document));
        }
        Value::Array(items) => items.iter().for_each(|value| check_references(value, document)),
        _ => {}
    }
}
