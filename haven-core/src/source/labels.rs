//! What labels `arg.*` of an image say of containers made from it: `arg.memoryLimit=512M`, `arg.ports=8761:8761`.

use std::collections::BTreeMap;

use haven_model::{
    Error, Result, Secret,
    source::{Ignored, Layer, Origin},
};

use super::{
    document::{Entry, Place, Plant},
    fields::{self, Known, Reader},
    repository::Gathered,
};

/// What labels begin with that are meant.
const PREFIX: &str = "arg.";

/// Adds what the labels of an image say. `Invalid` names the label whose value does not fit; one with an unknown name is
/// noted.
pub(super) fn gather(labels: &BTreeMap<String, String>, gathered: &mut Gathered) -> Result<()> {
    let said: Vec<(&str, &str)> =
        labels.iter().filter_map(|(label, value)| Some((label.strip_prefix(PREFIX)?, value.as_str()))).collect();
    // Where a label stands says which it is.
    let label = |place: Place| {
        let (name, _) = said.get((place.line as usize).wrapping_sub(1)).copied().unwrap_or_default();
        format!("{PREFIX}{name}")
    };
    let at = |error: Error| {
        let line = error.context().find(|(key, _)| *key == "line").and_then(|(_, line)| line.parse().ok());
        let label = label(Place { line: line.unwrap_or_default(), column: 1 });
        Error::new(error.kind(), error.message().to_owned()).with("label", label)
    };
    let origin =
        |place| Origin { layer: Layer::Image, label: Some(label(place)), file: None, line: None, column: None };
    let mut plant = Plant::default();
    for (line, (name, value)) in (1..).zip(&said) {
        let entry = Entry { place: Place { line, column: 1 }, name: (*name).to_owned(), value: Secret::new(*value) };
        plant.add(entry).map_err(at)?;
    }
    let mut settings = Vec::new();
    for (name, node) in plant.grown() {
        let known = fields::read(Reader { is_flat: true }, &name.text, &node, &mut settings).map_err(at)?;
        let why = match known {
            Some(Known::Read) => continue,
            Some(Known::Decided) => "who asks for the container decides it".to_owned(),
            None => match fields::nearest(&name.text) {
                Some(near) => format!("it is nothing that can be said of a container; is `{near}` meant?"),
                None => "it is nothing that can be said of a container".to_owned(),
            },
        };
        gathered.ignored.push(Ignored { name: label(name.place), origin: origin(name.place), why });
    }
    for (setting, place) in settings {
        gathered.merged.add(setting, origin(place));
    }
    Ok(())
}
