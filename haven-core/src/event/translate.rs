//! What an engine says, as events of the fleet: changes of state are kept, chatter is not.

use haven_model::{ClusterName, EngineEvent, Event, NodeName, Severity};

/// The most attributes kept of an engine's event, and the longest value in bytes.
const MAX_ATTRIBUTES: usize = 32;
const MAX_ATTRIBUTE: usize = 1024;
/// The longest name of an object, a state or an attribute, in bytes.
const MAX_NAME: usize = 256;

/// The event worth keeping, if it is one: a state that changed. Execs, attaches, resizes and copies are not.
pub fn engine_event(node: &NodeName, cluster: Option<&ClusterName>, said: &EngineEvent) -> Option<Event> {
    let action = said.action.split(':').next().unwrap_or_default().trim();
    let severity = match (said.kind.as_str(), action) {
        ("container", "die") => match said.attributes.get("exitCode").map(String::as_str) {
            // 137 and 143 are SIGKILL and SIGTERM: how `stop` ends a program.
            Some("0" | "137" | "143") | None => Severity::Info,
            Some(_) => Severity::Warning,
        },
        ("container", "oom") => Severity::Error,
        ("container", "health_status") if said.action.contains("unhealthy") => Severity::Warning,
        ("container", "health_status") if said.action.contains("healthy") => Severity::Info,
        (
            "container",
            "create" | "start" | "restart" | "stop" | "kill" | "pause" | "unpause" | "rename" | "update" | "destroy",
        )
        | ("image", "pull" | "import" | "load" | "tag" | "untag" | "delete")
        | ("network" | "volume", "create" | "destroy")
        | ("network", "remove") => Severity::Info,
        ("daemon", "reload" | "shutdown") => Severity::Warning,
        _ => return None,
    };
    let name = said.attributes.get("name").map_or("", |name| cut(name, MAX_NAME));
    let shown = if name.is_empty() { short(&said.id) } else { name };
    let verdict =
        said.action.split_once(':').map(|(_, rest)| cut(rest.trim(), MAX_NAME)).filter(|rest| !rest.is_empty());
    let mut message = format!("{} {shown}: {action}", said.kind);
    if let Some(verdict) = verdict {
        message = format!("{message} {verdict}");
    }
    if action == "die"
        && let Some(code) = said.attributes.get("exitCode")
    {
        message = format!("{message} with exit code {}", cut(code, MAX_NAME));
    }
    let attributes = said
        .attributes
        .iter()
        .filter(|(key, _)| *key != "name")
        .take(MAX_ATTRIBUTES)
        .map(|(key, value)| (cut(key, MAX_NAME).to_owned(), cut(value, MAX_ATTRIBUTE).to_owned()))
        .collect();
    let action = match verdict.filter(|_| action == "health_status") {
        Some(verdict) => &format!("{action}: {verdict}"),
        None => action,
    };
    Some(Event {
        severity,
        node: Some(node.clone()),
        cluster: cluster.cloned(),
        id: cut(&said.id, MAX_NAME).to_owned(),
        attributes,
        ..Event::new(said.time, &said.kind, name, action, message)
    })
}

fn short(id: &str) -> &str {
    let id = id.trim_start_matches("sha256:");
    cut(id, 12)
}

/// The beginning of a text, at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use haven_model::NodeName;
    use jiff::Timestamp;

    use super::*;

    fn said(kind: &str, action: &str, attributes: &[(&str, &str)]) -> EngineEvent {
        EngineEvent {
            time: Timestamp::UNIX_EPOCH,
            kind: kind.into(),
            action: action.into(),
            id: "a".repeat(64),
            attributes: attributes.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        }
    }

    #[test]
    fn keeps_changes_of_state_and_drops_chatter() {
        let node = NodeName::new("a").unwrap();
        let severity = |event: EngineEvent| engine_event(&node, None, &event).map(|event| event.severity);
        assert_eq!(severity(said("container", "start", &[])), Some(Severity::Info));
        assert_eq!(severity(said("container", "die", &[("exitCode", "1")])), Some(Severity::Warning));
        assert_eq!(severity(said("container", "die", &[("exitCode", "0")])), Some(Severity::Info));
        assert_eq!(severity(said("container", "oom", &[])), Some(Severity::Error));
        assert_eq!(severity(said("container", "health_status: unhealthy", &[])), Some(Severity::Warning));
        assert_eq!(severity(said("container", "exec_start: /bin/sh -c true", &[])), None);
        assert_eq!(severity(said("container", "attach", &[])), None);
        let died = engine_event(&node, None, &said("container", "die", &[("exitCode", "3"), ("name", "web")])).unwrap();
        assert_eq!(died.message, "container web: die with exit code 3");
    }

    #[test]
    fn what_an_engine_says_at_length_is_cut() {
        let (node, long) = (NodeName::new("a").unwrap(), "é".repeat(50_000));
        let attributes = [("name", long.as_str()), (long.as_str(), "value"), ("exitCode", long.as_str())];
        for action in ["die", &format!("health_status: unhealthy {long}")] {
            let said = EngineEvent { id: long.clone(), ..said("container", action, &attributes) };
            let event = engine_event(&node, None, &said).unwrap();
            let size = serde_json::to_vec(&event).unwrap().len();
            assert!(size < 4096, "{size} bytes of {action:.20}");
        }
    }
}
