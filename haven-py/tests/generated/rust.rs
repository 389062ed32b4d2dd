//! The shapes of answers, for the native half.

use std::fmt::Write as _;

use serde_json::Value;

use crate::schema::{Answers, Kind, Model};

pub(crate) fn shapes(model: &Model) -> String {
    let mut text = String::from(
        "//! Which classes answers are of. Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.\n\n\
         use pyo3::sync::PyOnceLock;\n\n\
         use crate::decode::{Class, Field, Shape};\n\n\
         /// What each operation answers, once or often.\n\
         pub(crate) static ANSWERS: &[(&str, &Shape)] = &[\n",
    );
    for operation in &model.operations {
        let kind = match &operation.answers {
            Answers::Once(field) => &field.kind,
            Answers::Often(kind) => kind,
            Answers::Converses => continue,
        };
        let _ = writeln!(text, "    (\"{}\", &{}),", operation.name, shape(kind, ""));
    }
    text.push_str("];\n\n");
    for (name, kind) in &model.answers {
        let _ = writeln!(text, "pub(crate) static {name}: Shape = {};", shape(kind, ""));
    }
    for (name, class) in &model.classes {
        if class.holds {
            for (_, inner) in model.holdings.iter().filter(|(outer, _)| outer == name) {
                write_class(&mut text, model, name, inner);
            }
        } else {
            write_class(&mut text, model, name, "");
        }
    }
    text
}

/// A class, or one that holds another.
fn write_class(text: &mut String, model: &Model, name: &str, inner: &str) {
    let _ = writeln!(
        text,
        "\nstatic {}: Class = Class {{\n    name: \"{name}\",\n    found: PyOnceLock::new(),\n    fields: &[",
        static_name(name, inner)
    );
    for field in &model.classes[name].fields {
        let absent = match &field.default {
            None => String::new(),
            Some(Value::String(text)) => format!("\"{text}\""),
            Some(default) => default.to_string(),
        };
        let _ = writeln!(
            text,
            "        Field {{ name: {:?}, shape: {}, absent: {absent:?} }},",
            field.name,
            shape(&field.kind, inner)
        );
    }
    text.push_str("    ],\n};\n");
}

fn shape(kind: &Kind, held: &str) -> String {
    match kind {
        Kind::Moment => "Shape::Moment".to_owned(),
        Kind::Secret => "Shape::Secret".to_owned(),
        Kind::Output => "Shape::Output".to_owned(),
        Kind::List(kind) => format!("Shape::List(&{})", shape(kind, held)),
        Kind::Map(kind) => format!("Shape::Map(&{})", shape(kind, held)),
        Kind::Record(name) => format!("Shape::Record(&{})", static_name(name, "")),
        Kind::Holding(outer, inner) => {
            let inner = if held.is_empty() { inner } else { held };
            format!("Shape::Record(&{})", static_name(outer, inner))
        }
        Kind::Held => format!("Shape::Flat(&{})", static_name(held, "")),
        _ => "Shape::Plain".to_owned(),
    }
}

fn static_name(outer: &str, inner: &str) -> String {
    let mut name = String::new();
    for c in format!("{inner}{outer}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    format!("{name}_CLASS")
}
