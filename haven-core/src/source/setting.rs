//! Settings: a specification taken apart into values that layers can say one by one, merged, and put together again.
//!
//! A setting is one value of one field: the memory limit, one variable of the environment, one mount. It is kept as
//! the specification writes it, so that whatever a specification can say a layer can say. The last who says a setting wins;
//! lists grow, and what stands for the same thing in them (the same target, the same host port) is one setting.

use std::collections::HashMap;

use haven_model::{
    ContainerSpec, Error, ImageRef, Result, Secret,
    secret::MASK,
    source::{Explained, Origin, Overridden},
};
use serde_json::{Map, Value};

/// The field of what is asked of the node that a container goes to, which is no part of its specification.
pub(crate) const PLACEMENT: &str = "placement";
/// The field of the environment.
pub(crate) const ENV: &str = "env";
/// The fields whose parts have names.
const MAPS: [&str; 4] = ["labels", "log_options", "storage_options", "sysctls"];
/// The lists that are one value: a part of a command is no command.
const WHOLE: [&str; 2] = ["command", "entrypoint"];
/// What entries of an environment begin with that are no variables, but what is asked of a node.
const ENTRIES: [&str; 3] = ["constraint:", "affinity:", "reschedule:"];

/// One value of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The field of the specification.
    pub(crate) field: String,
    /// Which part of it, where it has several.
    pub(crate) key: String,
    pub(crate) item: Item,
}

/// A value as the specification writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Plain(Value),
    Secret(Secret),
}

impl Item {
    /// As it may be seen.
    pub(crate) fn shown(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Secret(_) => Value::from(MASK),
        }
    }
}

impl Setting {
    /// The value of a field that has one.
    pub(crate) fn one(field: &str, value: impl Into<Value>) -> Self {
        Self::named(field, "", value.into())
    }

    /// A part of a list.
    pub(crate) fn part(field: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let key = identity(field, &value);
        Self { field: field.to_owned(), key, item: Item::Plain(value) }
    }

    /// A named part of a map.
    pub(crate) fn named(field: &str, key: &str, value: Value) -> Self {
        Self { field: field.to_owned(), key: key.to_owned(), item: Item::Plain(value) }
    }

    /// A variable of the environment, or an entry there that is asked of the node.
    pub(crate) fn variable(name: &str, value: &str) -> Self {
        if ENTRIES.iter().any(|prefix| name.starts_with(prefix)) {
            return Self::asked(&format!("{name}={value}"));
        }
        Self { field: ENV.to_owned(), key: name.to_owned(), item: Item::Secret(Secret::new(value)) }
    }

    /// What is asked of the node: each entry is one of its own.
    pub(crate) fn asked(entry: &str) -> Self {
        Self::named(PLACEMENT, entry, Value::from(entry))
    }

    /// All that a specification says that is not so anyway, and the fields of one value in `said`, which it means as they
    /// are.
    pub(crate) fn of(spec: &ContainerSpec, said: &[String]) -> Result<Vec<Self>> {
        let bare = fields(&ContainerSpec::new(spec.image.clone()))?;
        let mut settings: Vec<Self> =
            spec.env.iter().map(|(name, value)| Self::variable(name, value.expose())).collect();
        let own = fields(spec)?;
        // What is not even written is as it is where nobody says anything.
        let usual = said.iter().filter(|field| !own.contains_key(*field) && field.as_str() != ENV);
        settings.extend(usual.map(|field| Self::one(field, Value::Null)));
        for (field, value) in own {
            if field == ENV || (bare.get(&field) == Some(&value) && !said.contains(&field)) {
                continue;
            }
            match value {
                Value::Object(parts) if MAPS.contains(&field.as_str()) => {
                    settings.extend(parts.into_iter().map(|(key, value)| Self::named(&field, &key, value)));
                }
                Value::Array(parts) if !WHOLE.contains(&field.as_str()) => {
                    settings.extend(parts.into_iter().map(|part| Self::part(&field, part)));
                }
                value => settings.push(Self::one(&field, value)),
            }
        }
        Ok(settings)
    }
}

/// What two values of a list have in common that stand for the same thing.
fn identity(field: &str, value: &Value) -> String {
    let text = |name: &str| match &value[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let known = match field {
        "mounts" => text("target"),
        "networks" => text("network"),
        "ulimits" => text("name"),
        "ports" => {
            let (address, host, protocol) = (text("address"), text("host"), text("protocol"));
            let protocol = if protocol == "tcp" { String::new() } else { format!("/{protocol}") };
            let address = if address.contains(':') { format!("[{address}]") } else { address };
            match (address.is_empty(), host.is_empty()) {
                (true, true) => format!(":{}{protocol}", text("container")),
                (false, true) => format!("{address}::{}{protocol}", text("container")),
                (true, false) => format!("{host}{protocol}"),
                (false, false) => format!("{address}:{host}{protocol}"),
            }
        }
        "devices" => {
            let inside = text("path_in_container");
            if inside.is_empty() { text("path_on_host") } else { inside }
        }
        "blkio_weight_devices" | "device_read_bps" | "device_write_bps" | "device_read_iops" | "device_write_iops" => {
            text("path")
        }
        "volumes_from" => {
            value.as_str().map(|from| from.split(':').next().unwrap_or(from).to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    // What stands for itself.
    match value {
        _ if !known.is_empty() => known,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn fields(spec: &ContainerSpec) -> Result<Map<String, Value>> {
    match serde_json::to_value(spec) {
        Ok(Value::Object(mut fields)) => {
            fields.shift_remove("image");
            Ok(fields)
        }
        Ok(_) => Err(Error::unexpected("a specification is a map")),
        Err(error) => Err(Error::unexpected("a specification cannot be taken apart").caused_by(error)),
    }
}

/// What all layers said, in the order in which it was said first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merged {
    slots: Vec<Slot>,
    places: HashMap<(String, String), usize>,
}

/// One setting, by everyone who said it.
#[derive(Clone, Debug)]
struct Slot {
    field: String,
    key: String,
    said: Vec<(Item, Origin)>,
}

impl Merged {
    /// Adds what somebody says after all others.
    pub(crate) fn add(&mut self, setting: Setting, origin: Origin) {
        let Setting { field, key, item } = setting;
        let place = *self.places.entry((field.clone(), key.clone())).or_insert_with(|| {
            self.slots.push(Slot { field, key, said: Vec::new() });
            self.slots.len() - 1
        });
        self.slots[place].said.push((item, origin));
    }

    /// What counts, put together.
    pub(crate) fn spec(&self, image: &ImageRef) -> Result<ContainerSpec> {
        let bare = fields(&ContainerSpec::new(image.clone()))?;
        let mut fields = bare.clone();
        fields.insert("image".to_owned(), Value::from(image.as_str()));
        let mut env = std::collections::BTreeMap::new();
        for Slot { field, key, said } in &self.slots {
            let value = match said.last() {
                Some((Item::Plain(value), _)) if field != PLACEMENT => value.clone(),
                Some((Item::Secret(value), _)) => {
                    env.insert(key.clone(), value.clone());
                    continue;
                }
                _ => continue,
            };
            if MAPS.contains(&field.as_str()) {
                if let Value::Object(parts) = fields.entry(field).or_insert_with(|| Map::new().into()) {
                    parts.insert(key.clone(), value);
                }
            } else if key.is_empty() {
                match (value, bare.get(field)) {
                    (Value::Null, Some(usual)) => drop(fields.insert(field.clone(), usual.clone())),
                    (Value::Null, None) => drop(fields.shift_remove(field)),
                    (value, _) => drop(fields.insert(field.clone(), value)),
                }
            } else if let Value::Array(parts) = fields.entry(field).or_insert_with(|| Vec::<Value>::new().into()) {
                parts.push(value);
            }
        }
        let spec: ContainerSpec = serde_json::from_value(Value::Object(fields))
            .map_err(|error| Error::unexpected("a specification cannot be put together").caused_by(error))?;
        Ok(ContainerSpec { env, ..spec })
    }

    /// What is asked of the node.
    pub(crate) fn placement(&self) -> Vec<String> {
        let asked = self.slots.iter().filter(|slot| slot.field == PLACEMENT);
        asked.filter_map(|slot| slot.said.last()?.0.shown().as_str().map(str::to_owned)).collect()
    }

    /// Each value and who said it, field by field.
    pub(crate) fn explained(&self) -> Vec<Explained> {
        let mut fields: Vec<Explained> = self
            .slots
            .iter()
            .filter_map(|slot| {
                let mut said = slot.said.iter().rev();
                let (item, origin) = said.next()?;
                Some(Explained {
                    field: slot.field.clone(),
                    key: slot.key.clone(),
                    value: Some(item.shown()),
                    origin: Some(origin.clone()),
                    overridden: said
                        .map(|(item, origin)| Overridden { value: item.shown(), origin: origin.clone() })
                        .collect(),
                    running: None,
                })
            })
            .collect();
        fields.sort_by(|one, other| one.field.cmp(&other.field));
        fields
    }
}
