//! What an engine itself says of its containers: a witness from outside, for tests that compare what was with what is.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Engine,
    http::{Answer, Request, over_unix},
};

/// How long the engine may take to answer.
const LIMIT: Duration = Duration::from_secs(30);

impl Engine {
    /// The inspection of a container; none where there is no such container.
    ///
    /// # Panics
    ///
    /// When the engine does not answer, or says something else.
    pub fn inspect(&self, container: &str) -> Option<Value> {
        let answer = self.get(&format!("/containers/{container}/json")).expect("the engine answers");
        match answer.status {
            404 => None,
            200 => Some(serde_json::from_str(&answer.body).expect("an inspection is JSON")),
            status => panic!("inspect `{container}`: {status}: {}", answer.body),
        }
    }

    /// The containers whose name begins so, by name, running or not.
    ///
    /// # Panics
    ///
    /// When the engine does not answer, or says something else.
    pub fn containers_named(&self, beginning: &str) -> Vec<String> {
        let answer = self.get("/containers/json?all=1").and_then(|answer| answer.successful("list")).expect("a list");
        let list: Vec<Value> = serde_json::from_str(&answer.body).expect("a list is JSON");
        // A link gives a container a second name, with a `/` in it.
        let names = list.iter().flat_map(|one| one["Names"].as_array().into_iter().flatten());
        let names = names.filter_map(|name| name.as_str()?.strip_prefix('/')).filter(|name| !name.contains('/'));
        let mut names: Vec<String> = names.filter(|name| name.starts_with(beginning)).map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Everything of a container that stays the same from its creation to its end: who it is, what it was made of, which
    /// configured addresses and ports it holds, whether it runs. What the engine chose, such as an address, is left out.
    ///
    /// # Panics
    ///
    /// When the engine does not answer, or there is no such container.
    pub fn configuration(&self, container: &str) -> Value {
        let seen = self.inspect(container).unwrap_or_else(|| panic!("no container `{container}` on {}", self.name()));
        configuration(&seen)
    }

    /// The [`configuration`](Self::configuration) of all containers whose name begins so.
    pub fn configurations(&self, beginning: &str) -> BTreeMap<String, Value> {
        let names = self.containers_named(beginning).into_iter();
        names
            .filter_map(|name| {
                let seen = self.inspect(&name)?;
                Some((format!("{}/{name}", self.name()), configuration(&seen)))
            })
            .collect()
    }

    fn get(&self, path: &str) -> io::Result<Answer> {
        over_unix(self.socket(), &Request { method: "GET", path, ..Request::default() }, LIMIT)
    }
}

/// What is different between two [`configurations`](Engine::configurations): `engine-1/web/HostConfig/Memory: 0, then 1`.
pub fn differences(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    differ("", &json!(before), &json!(after), &mut found);
    found
}

fn differ(path: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    if let (Some(old), Some(new)) = (before.as_object(), after.as_object()) {
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for key in keys {
            differ(&format!("{path}/{key}"), &before[key], &after[key], found);
        }
    } else if before != after && !(is_nothing(before) && is_nothing(after)) {
        found.push(format!("{}: {before}, then {after}", path.trim_start_matches('/')));
    }
}

/// An engine that was started again tells nothing where it told an empty list.
fn is_nothing(value: &Value) -> bool {
    value.is_null()
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn configuration(seen: &Value) -> Value {
    let mut networks = BTreeMap::new();
    for (name, endpoint) in seen["NetworkSettings"]["Networks"].as_object().into_iter().flatten() {
        let ipam = &endpoint["IPAMConfig"];
        let is_configured = ipam["IPv4Address"].as_str().is_some_and(|address| !address.is_empty());
        networks.insert(
            name,
            json!({
                "IPAMConfig": if ipam.as_object().is_none_or(serde_json::Map::is_empty) { &Value::Null } else { ipam },
                "Aliases": sorted(&endpoint["Aliases"]),
                "Links": sorted(&endpoint["Links"]),
                "IPAddress": if is_configured { &endpoint["IPAddress"] } else { &Value::Null },
            }),
        );
    }
    let fixed = |bound: &Value| {
        let ports = bound.as_array().into_iter().flatten();
        ports.filter_map(|port| port["HostPort"].as_str()).any(|port| !port.is_empty() && port != "0")
    };
    let bindings = seen["HostConfig"]["PortBindings"].as_object().into_iter().flatten();
    let ports: BTreeMap<_, _> = bindings
        .filter(|(_, bound)| fixed(bound))
        .map(|(port, _)| (port, seen["NetworkSettings"]["Ports"][port].clone()))
        .collect();
    json!({
        "Id": seen["Id"],
        "Name": seen["Name"],
        "Image": seen["Image"],
        "Path": seen["Path"],
        "Args": seen["Args"],
        "Config": seen["Config"],
        "HostConfig": seen["HostConfig"],
        "Mounts": sorted(&seen["Mounts"]),
        "Networks": networks,
        "Ports": ports,
        "Running": seen["State"]["Running"],
        "Paused": seen["State"]["Paused"],
    })
}

/// A list whose order means nothing; what stands in it twice stands there once.
fn sorted(list: &Value) -> Vec<Value> {
    let mut items: Vec<Value> = list.as_array().cloned().unwrap_or_default();
    items.sort_by_key(Value::to_string);
    items.dedup();
    items
}
