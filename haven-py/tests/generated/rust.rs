//! The shapes of answers, for the native half.

use std::{collections::BTreeSet, fmt::Write as _};

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
        let _ = writeln!(text, "    (\"{}\", &{}),", operation.name, shape(kind));
    }
    text.push_str("];\n\n");
    for (name, kind) in &model.answers {
        let _ = writeln!(text, "pub(crate) static {name}: Shape = {};", shape(kind));
    }
    let mut written = BTreeSet::new();
    let mut wanted: Vec<_> = model.answers.iter().map(|(_, kind)| kind.clone()).collect();
    wanted.extend(model.operations.iter().filter_map(|operation| match &operation.answers {
        Answers::Once(field) => Some(field.kind.clone()),
        Answers::Often(kind) => Some(kind.clone()),
        Answers::Converses => None,
    }));
    let mut classes = Vec::new();
    while let Some(kind) = wanted.pop() {
        let (name, inner) = match kind {
            Kind::List(kind) | Kind::Map(kind) => {
                wanted.push(*kind);
                continue;
            }
            Kind::Record(name) => (name, String::new()),
            Kind::Holding(outer, inner) => (outer, inner),
            _ => continue,
        };
        if written.insert((name.clone(), inner.clone())) {
            wanted.extend(model.classes[&name].fields.iter().map(|field| held(&field.kind, &inner)));
            classes.push((static_name(&name, &inner), name, inner));
        }
    }
    classes.sort();
    for (_, name, inner) in classes {
        write_class(&mut text, model, &name, &inner);
    }
    text
}

/// What a field is in a class that holds `inner`.
fn held(kind: &Kind, inner: &str) -> Kind {
    match kind {
        Kind::Held => Kind::Record(inner.to_owned()),
        Kind::Holding(outer, _) if !inner.is_empty() => Kind::Holding(outer.clone(), inner.to_owned()),
        Kind::List(kind) => Kind::List(Box::new(held(kind, inner))),
        kind => kind.clone(),
    }
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
            if field.kind == Kind::Held {
                format!("Shape::Flat(&{})", static_name(inner, ""))
            } else {
                shape(&held(&field.kind, inner))
            }
        );
    }
    text.push_str("    ],\n};\n");
}

fn shape(kind: &Kind) -> String {
    match kind {
        Kind::Moment => "Shape::Moment".to_owned(),
        Kind::Secret => "Shape::Secret".to_owned(),
        Kind::Output => "Shape::Output".to_owned(),
        Kind::List(kind) => format!("Shape::List(&{})", shape(kind)),
        Kind::Map(kind) => format!("Shape::Map(&{})", shape(kind)),
        Kind::Record(name) => format!("Shape::Record(&{})", static_name(name, "")),
        Kind::Holding(outer, inner) => format!("Shape::Record(&{})", static_name(outer, inner)),
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
