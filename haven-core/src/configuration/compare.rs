//! What the layers say beside what a container is.

use std::collections::{BTreeMap, HashMap};

use haven_model::{
    ContainerSpec, Result,
    source::{CONFIG_LABEL, Explained, Explanation, Running},
};

use crate::source::{Item, PLACEMENT, Setting};

/// Labels in which a container keeps what was asked of its node, and what its entries begin with.
const ASKED: [(&str, &str); 3] = [
    ("com.docker.swarm.constraints", "constraint:"),
    ("com.docker.swarm.affinities", "affinity:"),
    ("com.docker.swarm.reschedule-policies", "reschedule:"),
];
/// Labels that Haven gives by itself.
const OWN: &str = "haven.";

type Settings = HashMap<(String, String), Item>;

/// Adds to each value what the container has, and values that only the container has.
pub(super) fn with_running(explanation: &mut Explanation, mut running: ContainerSpec) -> Result<()> {
    let asked = take_asked(&mut running.labels);
    running.labels.retain(|key, _| key != CONFIG_LABEL && !key.starts_with(OWN));
    let settings = |spec: &ContainerSpec| -> Result<Settings> {
        let settings = Setting::of(spec, &[])?.into_iter();
        Ok(settings.map(|setting| ((setting.field, setting.key), setting.item)).collect())
    };
    let mut has = settings(&running)?;
    has.extend(asked.into_iter().map(|setting| ((setting.field, setting.key), setting.item)));
    // What differs in form only, an engine writes in its own.
    let (wanted_form, form) = (settings(&explanation.spec.clone().normalise())?, settings(&running.normalise())?);
    let wanted = settings(&explanation.spec)?;
    for field in &mut explanation.fields {
        let key = (field.field.clone(), field.key.clone());
        let own = has.remove(&key);
        let same = if field.field == PLACEMENT {
            own.is_some()
        } else {
            own.as_ref() == wanted.get(&key) || form.get(&key) == wanted_form.get(&key)
        };
        field.running = Some(Running { value: own.as_ref().map(Item::shown), same });
    }
    let mut more: BTreeMap<(String, String), Item> = has.into_iter().collect();
    more.retain(|key, _| key.0 == PLACEMENT || form.get(key) != wanted_form.get(key));
    explanation.fields.extend(more.into_iter().map(|((field, key), item)| Explained {
        field,
        key,
        value: None,
        origin: None,
        overridden: Vec::new(),
        running: Some(Running { value: Some(item.shown()), same: false }),
    }));
    explanation.fields.sort_by(|one, other| one.field.cmp(&other.field));
    Ok(())
}

/// Takes out of labels what was asked of the node.
fn take_asked(labels: &mut BTreeMap<String, String>) -> Vec<Setting> {
    let mut asked = Vec::new();
    for (label, prefix) in ASKED {
        let entries = labels.remove(label).and_then(|entries| serde_json::from_str::<Vec<String>>(&entries).ok());
        asked.extend(entries.into_iter().flatten().map(|entry| Setting::asked(&format!("{prefix}{entry}"))));
    }
    asked
}
