//! Documents: a text in YAML or Java's properties as one tree, in which each part knows where it stands.
//!
//! Scalars stay the texts that were written (`1.10` is no number), so that whoever reads a field decides what it means.
//! What is written may be secret: trees print no values.

mod flat;
mod properties;
mod yaml;

use std::fmt;

use haven_model::{Error, Result, Secret};

pub(crate) use flat::{Entry, Plant};

/// How deep a document may go.
pub(crate) const MAX_DEPTH: usize = 24;
/// How many parts a document may have, what aliases stand for counted each time.
pub(crate) const MAX_PARTS: usize = 10_000;
/// How much text a document may have in all, in bytes, what aliases stand for counted each time.
pub(crate) const MAX_TEXT: usize = 2 * 1024 * 1024;

/// Where something stands in a text, from 1 on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    /// In characters.
    pub(crate) column: u32,
}

impl Place {
    /// An error that stands here.
    pub(crate) fn invalid(self, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        self.on(Error::invalid(message))
    }

    /// Says of an error that it stands here.
    pub(crate) fn on(self, error: Error) -> Error {
        if self == Self::default() { error } else { error.with("line", self.line).with("column", self.column) }
    }
}

/// A part of a document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// What a part is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing: `~`, or no value at all.
    Null,
    /// A text, as it was written.
    Text(Secret),
    /// Several parts, in order.
    List(Vec<Node>),
    /// Parts by name, in order; no name stands twice.
    Map(Vec<(Name, Node)>),
}

/// A name in a map.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// YAML.
    Yaml,
    /// Java's properties.
    Properties,
}

impl Format {
    /// The format of a file by the end of its name.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "yml" | "yaml" => Some(Self::Yaml),
            "properties" => Some(Self::Properties),
            _ => None,
        }
    }

    /// Says of a file that it has none.
    pub(crate) fn unknown(path: &str) -> Error {
        Error::invalid(format!("`{path}` is neither `.yml`, `.yaml` nor `.properties`"))
    }

    /// Reads a whole text as a map. `Invalid` says line and column.
    pub(crate) fn read(self, text: &str) -> Result<Vec<(Name, Node)>> {
        match self {
            Self::Yaml => yaml::read(text),
            Self::Properties => properties::read(text),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// What a name says that stands in a map already.
fn twice(name: &Name, first: Place) -> Error {
    let shown: String = name.text.chars().take(100).collect();
    name.place.invalid(format!("`{}` stands twice, first in line {}", shown.escape_debug(), first.line))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    /// A tree as text, secrets shown.
    pub(super) fn shown(value: &Value) -> String {
        match value {
            Value::Null => "~".to_owned(),
            Value::Text(text) => format!("{:?}", text.expose()),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| shown(&item.value)).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(name, node)| format!("{}={}", name.text, shown(&node.value))).collect();
                format!("{{{}}}", entries.join(" "))
            }
        }
    }

    fn depth(value: &Value) -> usize {
        match value {
            Value::Null | Value::Text(_) => 0,
            Value::List(items) => 1 + items.iter().map(|item| depth(&item.value)).max().unwrap_or(0),
            Value::Map(entries) => 1 + entries.iter().map(|(_, node)| depth(&node.value)).max().unwrap_or(0),
        }
    }

    #[test]
    fn a_tree_prints_no_values() {
        let tree = Format::Yaml.read("a: [s3cret]\nb: {c: s3cret}\n").unwrap();
        assert!(!format!("{tree:?}").contains("s3cret"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_or_refused_in_time(
            text in prop_oneof![
                "\\PC{0,200}",
                "[-a-c:#&*!|>'\"%@`{}\\[\\], \\n\\t?~<\\\\u0-9=.]{0,300}",
                "([a-c]: |- |  |\\{|\\[|\\n|&a |\\*a|<<: |\"|'|\\? ){0,120}",
            ],
        ) {
            for format in [Format::Yaml, Format::Properties] {
                let begun = Instant::now();
                match format.read(&text) {
                    Ok(tree) => prop_assert!(depth(&Value::Map(tree)) <= MAX_DEPTH),
                    Err(error) => {
                        prop_assert_eq!(error.kind(), haven_model::ErrorKind::Invalid);
                        prop_assert!(error.context().any(|(name, _)| name == "line"), "{}", error.report());
                    }
                }
                prop_assert!(begun.elapsed() < Duration::from_secs(5));
            }
        }

        #[test]
        fn what_properties_say_is_read_back(entries in proptest::collection::btree_map("[a-z]{1,8}", "\\PC{0,30}", 0..20)) {
            let escaped = |unit: u16| format!("\\u{unit:04x}");
            let line = |(name, value): (&String, &String)| {
                let value: Vec<String> = value.encode_utf16().map(escaped).collect();
                format!("{name} = {}", value.concat())
            };
            let text = entries.iter().map(line).collect::<Vec<_>>().join("\n");
            let read = Format::Properties.read(&text).unwrap();
            let read: std::collections::BTreeMap<String, String> = read
                .into_iter()
                .map(|(name, node)| match node.value {
                    Value::Text(text) => (name.text, text.expose().to_owned()),
                    other => panic!("{other:?}"),
                })
                .collect();
            prop_assert_eq!(read, entries);
        }
    }
}
