//! Which operation is reached how in which face: the table of `docs/faces.md`, held complete by a test.
//!
//! A walk over the door's table. A face that does not have an operation is named with its reason in `docs/faces.toml`.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::PathBuf};

use haven_core::door::{self, Handler, Row};

use super::operations::command_of;

const FACES: [&str; 5] = ["rust", "rest", "cli", "python", "ffi"];

/// By face and operation, or `*` for all others: why it is not there.
type Reasons = BTreeMap<String, BTreeMap<String, String>>;

fn repository(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

/// How an operation is reached in a face, as far as the face itself says so.
fn reached(face: &str, row: &Row, python: &str, api: &serde_json::Value) -> Option<String> {
    match face {
        "rust" => {
            let verb = match row.handler {
                Handler::Call(_) => "call",
                Handler::Follow(_) => "follow",
                Handler::Converse(_) => "converse",
            };
            row.operation.split_once("ops::").map(|(_, operation)| format!("{verb}({operation})"))
        }
        "rest" => {
            let described = &api["paths"][format!("/api/v1{}", row.path)][row.method.as_str().to_lowercase()];
            (described["operationId"] == row.name).then(|| format!("{} {}", row.method, row.path))
        }
        "cli" => command_of(row.name).map(|command| format!("haven {command}")),
        "python" => python.contains(&format!("(\"{}\", {{", row.name)).then(|| format!("fleet.{}(…)", row.name)),
        // Nouns have methods for the first calls; everything goes by name.
        _ => match row.handler {
            Handler::Call(_) => Some(format!("fleet.call(\"{}\", …)", row.name)),
            Handler::Follow(_) => Some(format!("fleet.follow(\"{}\", …)", row.name)),
            Handler::Converse(_) => None,
        },
    }
}

#[test]
fn every_operation_is_in_every_face_or_has_a_reason() {
    let read = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let reasons: Reasons = toml::from_str(&read("docs/faces.toml")).unwrap();
    let python = read("haven-py/python/haven/handles.py");
    let api: serde_json::Value = serde_json::from_str(&read("haven-server/openapi.json")).unwrap();
    let table = door::table();
    let mut page = String::from(
        "# Operations and faces\n\nGenerated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-cli faces`. A cell with a \
         number has a reason below.\n\n| operation | Rust | REST, below `/api/v1` | command line | Python | UniFFI |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    let (mut notes, mut empty) = (Vec::<&str>::new(), Vec::new());
    for row in &table {
        let _ = write!(page, "| {} |", row.name);
        for face in FACES {
            let why = reasons.get(face).and_then(|of_face| of_face.get(row.name).or_else(|| of_face.get("*")));
            match (reached(face, row, &python, &api), why) {
                (Some(how), _) => {
                    let _ = write!(page, " `{how}` |");
                }
                (None, Some(why)) => {
                    let number = notes.iter().position(|note| note == why).unwrap_or_else(|| {
                        notes.push(why);
                        notes.len() - 1
                    });
                    let _ = write!(page, " {} |", number + 1);
                }
                (None, None) => empty.push(format!("{face}: {}", row.name)),
            }
        }
        page.push('\n');
    }
    assert!(empty.is_empty(), "in no way, and without a reason in docs/faces.toml:\n{}", empty.join("\n"));
    page.push('\n');
    for (number, note) in notes.iter().enumerate() {
        let _ = writeln!(page, "{}. {note}", number + 1);
    }
    for (face, of_face) in &reasons {
        assert!(FACES.contains(&face.as_str()), "docs/faces.toml: `{face}` is no face");
        for operation in of_face.keys().filter(|operation| *operation != "*") {
            let row = table.iter().find(|row| row.name == operation);
            let row = row.unwrap_or_else(|| panic!("docs/faces.toml: `{operation}` is no operation"));
            assert_eq!(reached(face, row, &python, &api), None, "docs/faces.toml: {face} has `{operation}` now");
        }
    }
    if env::var_os("HAVEN_BLESS").is_some() {
        fs::write(repository("docs/faces.md"), &page).unwrap();
    }
    let committed = fs::read_to_string(repository("docs/faces.md")).unwrap_or_default();
    assert!(committed == page, "docs/faces.md is not what the table says: run with HAVEN_BLESS=1 and commit it");
}
