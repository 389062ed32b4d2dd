//! How a value is read, by the kind of its field.

use std::borrow::Cow;

use haven_model::{Error, Result};

use super::value;
use crate::source::{
    document::{Node, Place, Value},
    setting::Setting,
};

/// How the value of a field is read.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// One text.
    Text,
    /// True or false.
    Switch,
    /// A number of bytes.
    Size,
    /// A number of bytes, or others, or no limit.
    Limit,
    /// A number in these bounds.
    Number(i64, i64),
    /// A span of time, in seconds.
    Seconds,
    /// Texts, each one of several.
    Texts,
    /// Texts that are one value together.
    Words,
    /// Texts by name.
    Pairs,
    /// In a way of its own.
    Own(fn(&mut Reading<'_>, &Node) -> Result<()>),
    /// Not at all: it is decided elsewhere.
    Decided,
}

/// A name, where it stands, and its value where it has one.
pub(super) type Pair<'n> = (Place, Cow<'n, str>, Option<Cow<'n, str>>);

/// Reads values of one document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    /// Whether all values are texts, so that a list is one with commas.
    pub(crate) is_flat: bool,
}

/// Reads the value of one field.
pub(super) struct Reading<'a> {
    is_flat: bool,
    /// As it stands in the document.
    name: &'a str,
    pub(super) field: &'static str,
    settings: &'a mut Vec<(Setting, Place)>,
}

impl Reader {
    pub(super) fn read(
        self,
        way: Way,
        field: &'static str,
        name: &str,
        node: &Node,
        settings: &mut Vec<(Setting, Place)>,
    ) -> Result<()> {
        // A name with nothing behind it says nothing, as everywhere in YAML.
        if matches!(node.value, Value::Null) {
            return Ok(());
        }
        let mut reading = Reading { is_flat: self.is_flat, name, field, settings };
        match way {
            Way::Text => {
                let text = reading.text(node)?.to_owned();
                reading.one(node.place, text);
            }
            Way::Switch => {
                let switch = reading.parsed(node, value::switch)?;
                reading.one(node.place, switch);
            }
            Way::Size => {
                let size = reading.parsed(node, value::size)?;
                reading.one(node.place, size);
            }
            Way::Limit => {
                let limit = reading.parsed(node, value::limit)?;
                reading.one(node.place, limit);
            }
            Way::Number(least, most) => {
                let number = reading.parsed(node, |text| value::number(text, least, most))?;
                reading.one(node.place, number);
            }
            Way::Seconds => {
                let seconds = reading.parsed(node, value::seconds)?;
                reading.one(node.place, seconds);
            }
            Way::Texts => {
                for (place, text) in reading.texts(node)? {
                    reading.part(place, text.into_owned());
                }
            }
            Way::Words => {
                if let (Value::Text(_), false) = (&node.value, reading.is_flat) {
                    return Err(reading.wrong(node.place, "a list of words is wanted here: `[sleep, \"60\"]`"));
                }
                let words: Vec<String> = reading.texts(node)?.into_iter().map(|(_, text)| text.into_owned()).collect();
                reading.one(node.place, words);
            }
            Way::Pairs => {
                for (place, key, value) in reading.pairs(node)? {
                    let setting = Setting::named(field, &key, value.unwrap_or_default().into_owned().into());
                    reading.push(place, setting);
                }
            }
            Way::Own(read) => read(&mut reading, node)?,
            Way::Decided => {}
        }
        Ok(())
    }
}

impl Reading<'_> {
    pub(super) fn push(&mut self, place: Place, setting: Setting) {
        self.settings.push((setting, place));
    }

    /// The value of the field.
    pub(super) fn one(&mut self, place: Place, value: impl Into<serde_json::Value>) {
        self.push(place, Setting::one(self.field, value));
    }

    /// A part of the field's list.
    pub(super) fn part(&mut self, place: Place, value: impl Into<serde_json::Value>) {
        self.push(place, Setting::part(self.field, value));
    }

    /// A part of the field's list, as the specification writes it.
    pub(super) fn typed_part(&mut self, place: Place, value: &impl serde::Serialize) -> Result<()> {
        self.part(place, typed(value)?);
        Ok(())
    }

    /// Something is wrong with the value.
    pub(super) fn wrong(&self, place: Place, why: impl std::fmt::Display) -> Error {
        let name: String = self.name.chars().take(64).collect();
        place.invalid(format!("`{}`: {why}", name.escape_debug()))
    }

    /// The text of a part.
    pub(super) fn text<'n>(&self, node: &'n Node) -> Result<&'n str> {
        match &node.value {
            Value::Text(text) => Ok(text.expose()),
            other => Err(self.wrong(node.place, format!("a text is wanted here, and this is {}", other.what()))),
        }
    }

    /// A part that is a text and can be read.
    pub(super) fn parsed<T>(&self, node: &Node, parse: impl Fn(&str) -> Result<T, String>) -> Result<T> {
        parse(self.text(node)?.trim()).map_err(|why| self.wrong(node.place, why))
    }

    /// Texts: a list, or one text, which may be several with commas where all values are texts.
    pub(super) fn texts<'n>(&self, node: &'n Node) -> Result<Vec<(Place, Cow<'n, str>)>> {
        match &node.value {
            Value::Null => Ok(Vec::new()),
            Value::List(items) => {
                items.iter().map(|item| Ok((item.place, Cow::from(self.text(item)?)))).collect::<Result<Vec<_>>>()
            }
            Value::Text(text) if !self.is_flat => Ok(vec![(node.place, Cow::from(text.expose()))]),
            Value::Text(text) => {
                let text = text.expose().trim();
                if text.starts_with('[') && text.ends_with(']') {
                    let items: Vec<String> = serde_json::from_str(text)
                        .map_err(|_| self.wrong(node.place, "a list in brackets is one of JSON: `[\"a\", \"b\"]`"))?;
                    return Ok(items.into_iter().map(|item| (node.place, Cow::from(item))).collect());
                }
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(items.map(|item| (node.place, Cow::from(item))).collect())
            }
            other @ Value::Map(_) => {
                Err(self.wrong(node.place, format!("a list is wanted here, and this is {}", other.what())))
            }
        }
    }

    /// Texts by name: a map, or texts `NAME=VALUE`. A value that is not there is none.
    pub(super) fn pairs<'n>(&self, node: &'n Node) -> Result<Vec<Pair<'n>>> {
        let Value::Map(entries) = &node.value else {
            let split = |(place, text): (Place, Cow<'n, str>)| {
                let (name, value) = match &text {
                    Cow::Borrowed(text) => text.split_once('=').map(|(name, value)| (name.into(), value.into())),
                    Cow::Owned(text) => text
                        .split_once('=')
                        .map(|(name, value)| (Cow::from(name.to_owned()), Cow::from(value.to_owned()))),
                }
                .ok_or_else(|| self.wrong(place, "an entry looks like `NAME=VALUE`"))?;
                self.checked(place, name, Some(value))
            };
            return self.texts(node)?.into_iter().map(split).collect();
        };
        let pair = |(name, node): &'n (crate::source::document::Name, Node)| {
            let value = match &node.value {
                Value::Null => None,
                _ => Some(Cow::from(self.text(node)?)),
            };
            self.checked(name.place, Cow::from(name.text.as_str()), value)
        };
        entries.iter().map(pair).collect()
    }

    fn checked<'n>(&self, place: Place, name: Cow<'n, str>, value: Option<Cow<'n, str>>) -> Result<Pair<'n>> {
        if name.is_empty() || name.contains('\0') || value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(self.wrong(place, "a name cannot be empty, and neither it nor its value hold a NUL"));
        }
        Ok((place, name, value))
    }

    /// The map that a part must be, each value by the name of its field.
    pub(super) fn map<'n>(&self, node: &'n Node, of: &str) -> Result<Vec<(String, Place, &'n Node)>> {
        match &node.value {
            Value::Map(entries) => {
                Ok(entries.iter().map(|(name, node)| (super::canonical(&name.text), name.place, node)).collect())
            }
            other => Err(self.wrong(node.place, format!("{of} is a map, and this is {}", other.what()))),
        }
    }

    /// A name in a map that says nothing of what the map is.
    pub(super) fn stranger(&self, node: &Node, place: Place, of: &str) -> Error {
        let name = match &node.value {
            Value::Map(entries) => entries.iter().find(|(name, _)| name.place == place),
            _ => None,
        };
        let shown: String = name.map(|(name, _)| name.text.chars().take(64).collect()).unwrap_or_default();
        self.wrong(place, format!("`{}` is nothing that can be said of {of}", shown.escape_debug()))
    }
}

/// A value as the specification writes it.
pub(super) fn typed(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| Error::unexpected("a value cannot be written").caused_by(error))
}
