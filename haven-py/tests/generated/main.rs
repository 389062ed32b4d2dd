//! What of the Python package is generated from the door's table and the model: committed, and equal to what is made.

#![allow(clippy::unwrap_used)]

mod python;
mod rust;
mod schema;

use std::{env, fs, path::Path};

use haven_core::{ErrorKind, door};

use schema::Model;

#[test]
fn is_what_is_committed() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = Model::of(&door::table());
    let mut made = vec![
        ("python/haven/model.py".to_owned(), python::model(&model)),
        ("python/haven/errors.py".to_owned(), python::errors(&model)),
        ("python/haven/handles.py".to_owned(), python::handles(&model)),
        ("src/shapes.rs".to_owned(), rust::shapes(&model)),
    ];
    for name in ["_handle", "agent", "engine", "fleet", "handles", "stream", "terminal"] {
        let name_of_twin = format!("python/haven/blocking/{name}.py");
        let written = made.iter().find(|(file, _)| file.ends_with(&format!("haven/{name}.py")));
        let text = match written {
            Some((_, text)) => text.clone(),
            None => fs::read_to_string(package.join(format!("python/haven/{name}.py"))).unwrap(),
        };
        made.push((name_of_twin, python::blocking(name, &text)));
    }
    let mut stale = Vec::new();
    for (name, text) in made {
        let file = package.join(&name);
        if env::var_os("HAVEN_BLESS").is_some() {
            fs::write(&file, &text).unwrap();
        }
        if fs::read_to_string(&file).unwrap_or_default() != text {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{stale:?} are not what the table says: run with HAVEN_BLESS=1 and commit them");
}

#[test]
fn every_kind_of_error_has_its_class() {
    let model = Model::of(&door::table());
    let errors = python::errors(&model);
    for kind in ErrorKind::ALL {
        assert!(errors.contains(&format!("    kind = \"{kind}\"\n")), "no class for `{kind}`");
    }
}
