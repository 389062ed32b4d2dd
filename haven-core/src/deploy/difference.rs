//! What is different between two specifications, for people and programs; values of environments are compared, and not told.

use std::collections::{BTreeMap, BTreeSet};

use haven_model::{
    ContainerSpec,
    label::{CPUS, GROUP, MEMORY},
    plan::Change,
    source::CONFIG_LABEL,
};
use serde_json::Value;

use super::step::{PLAN, SPEC, STEP};

/// The longest text of a value that is told.
const TOLD: usize = 200;
/// Fields that are numbers of bytes.
const SIZES: [&str; 4] = ["memory", "memory_swap", "memory_reservation", "shm_size"];

/// The differences, the image first, then by field.
pub(super) fn between(old: &ContainerSpec, new: &ContainerSpec) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.image != new.image {
        changes.push(change("image", Some(old.image.to_string()), Some(new.image.to_string())));
    }
    let names: BTreeSet<&String> = old.env.keys().chain(new.env.keys()).collect();
    for name in names {
        let hidden = || Some("***".to_owned());
        let field = format!("env {name}");
        match (old.env.get(name), new.env.get(name)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(_), Some(_)) => changes.push(change(&field, None, None)),
            (was, is) => changes.push(change(&field, was.and_then(|_| hidden()), is.and_then(|_| hidden()))),
        }
    }
    named("label", &old.labels, &new.labels, &mut changes);
    // Mostly nothing else differs, and is not worth a look at each field.
    let told =
        ContainerSpec { image: new.image.clone(), env: new.env.clone(), labels: new.labels.clone(), ..old.clone() };
    if told == *new {
        return changes;
    }
    let (old, new) = (fields(old), fields(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys.into_iter().filter(|key| !matches!(key.as_str(), "image" | "env" | "labels")) {
        let (was, is) = (old.get(key), new.get(key));
        if was != is {
            let text = |value: &Value| match value.as_u64().filter(|_| SIZES.contains(&key.as_str())) {
                Some(bytes) => size(bytes),
                None => text(value),
            };
            changes.push(change(key, was.map(text), is.map(text)));
        }
    }
    changes
}

fn named(what: &str, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>, changes: &mut Vec<Change>) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    // Who made a container, and of which version of a repository, is no difference in what it is; nor what labels say again.
    let told = [PLAN, STEP, SPEC, GROUP, CONFIG_LABEL, MEMORY, CPUS];
    for name in names.into_iter().filter(|name| !told.contains(&name.as_str())) {
        let (was, is) = (old.get(name), new.get(name));
        if was != is {
            changes.push(change(&format!("{what} {name}"), was.map(|was| cut(was)), is.map(|is| cut(is))));
        }
    }
}

fn change(field: &str, from: Option<String>, to: Option<String>) -> Change {
    Change { field: field.to_owned(), from, to }
}

/// The fields of a specification, those that are as by default left out.
fn fields(spec: &ContainerSpec) -> BTreeMap<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(spec) else { return BTreeMap::new() };
    fields.into_iter().filter(|(_, value)| !matches!(value, Value::Null | Value::Bool(false))).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A number of bytes in its largest unit that leaves none over.
fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let whole = units.into_iter().find(|(_, shift)| bytes > 0 && bytes.trailing_zeros() >= *shift);
    whole.map_or_else(|| format!("{bytes} bytes"), |(unit, shift)| format!("{} {unit}", bytes >> shift))
}

#[cfg(test)]
mod tests {
    use haven_model::ImageRef;

    use super::*;

    #[test]
    fn each_difference_is_told_and_no_secret() {
        let mut old = ContainerSpec::new(ImageRef::new("web:1").unwrap());
        let mut new = ContainerSpec::new(ImageRef::new("web:2").unwrap());
        for (spec, password) in [(&mut old, "s3cret"), (&mut new, "an0ther")] {
            spec.env.insert("PASSWORD".into(), password.into());
            spec.env.insert("SAME".into(), "same".into());
        }
        new.env.insert("ADDED".into(), "hidden".into());
        old.labels.insert("tier".into(), "a".into());
        new.labels.insert(PLAN.into(), "0123456789ab".into());
        new.memory = Some(1 << 20);
        let lines: Vec<String> = between(&old, &new).iter().map(Change::line).collect();
        assert_eq!(
            lines,
            [
                "image: web:1 -> web:2",
                "env ADDED: *** (new)",
                "env PASSWORD: changed",
                "label tier: a (goes)",
                "memory: 1 MiB (new)",
            ]
        );
        assert!(between(&old, &old).is_empty());
    }
}
