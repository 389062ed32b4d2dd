//! Who configured a container to be what it is.

use std::path::Path;

use clap::Args;
use haven_core::{
    door::ops::source::{ExplainContainer, ExplainNew},
    model::{
        ClusterName, ContainerName, ContainerRef, ContainerSpec, Explanation, ImageRef, NodeName,
        source::{Explained, Origin},
    },
};
use serde_json::Value;

use super::{Context, pick::Where};
use crate::{
    failure::{Failure, Result},
    show::{Table, ago, printable, size, truncated},
};

/// The most of a value that a table shows.
const MAX_VALUE: usize = 60;

/// Show what configures a container, and where that stands
#[derive(Debug, Args)]
#[command(
    after_help = "Of a container that is there, what its image and the repository say now stands beside what it is: `=` \
                        the same, `≠` another, `+` only the container has it. `--image` shows what a new container would be."
)]
pub(crate) struct Explain {
    /// The container, by id, beginning of the id, or name
    #[arg(value_name = "CONTAINER", required_unless_present = "image", conflicts_with = "image")]
    container: Option<ContainerRef>,
    /// A new container of this image
    #[arg(long, value_name = "IMAGE")]
    image: Option<ImageRef>,
    /// The name of that container
    #[arg(long, value_name = "NAME", requires = "image")]
    name: Option<ContainerName>,
    /// The cluster it is for, or the one to look in
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<ClusterName>,
    /// The node whose image counts, or the one to look on
    #[arg(long, value_name = "NODE")]
    node: Option<NodeName>,
    /// Show whole values, and what each took the place of
    #[arg(short, long)]
    verbose: bool,
}

impl Explain {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let explained = match (&self.container, &self.image) {
            (Some(container), _) => {
                let place = Where { cluster: self.cluster.clone(), node: self.node.clone() };
                let (node, container) = place.found(context, container.clone()).await?;
                haven.call(ExplainContainer { node, container }).await
            }
            (None, Some(image)) => {
                let operation = ExplainNew {
                    spec: ContainerSpec::new(image.clone()),
                    said: Vec::new(),
                    cluster: self.cluster.clone(),
                    node: self.node.clone(),
                    labels: None,
                    container: self.name.clone(),
                };
                haven.call(operation).await
            }
            (None, None) => {
                return Err(Failure::usage("nothing to explain", "name a container, or an image by `--image`"));
            }
        };
        let explanation = explained?;
        context.show.value(&explanation, || self.told(&explanation))?;
        if !context.show.json {
            warn(context, &explanation);
        }
        Ok(())
    }

    fn told(&self, explanation: &Explanation) -> String {
        let mut told = head(explanation);
        let is_running = explanation.fields.iter().any(|field| field.running.is_some());
        let headings: &[&str] = if is_running {
            &["", "SETTING", "CONFIGURED", "RUNNING", "SAID BY"]
        } else {
            &["SETTING", "VALUE", "SAID BY"]
        };
        let mut table = Table::new(headings);
        for field in &explanation.fields {
            table.row(self.row(field, is_running));
            if self.verbose {
                for before in &field.overridden {
                    let value = self.value(field, &before.value);
                    let by = format!("before: {}", before.origin);
                    let cells = [String::new(), format!("  {value}"), String::new(), by];
                    table.row(if is_running {
                        vec![String::new(), cells[0].clone(), cells[1].clone(), cells[2].clone(), cells[3].clone()]
                    } else {
                        vec![cells[0].clone(), cells[1].clone(), cells[3].clone()]
                    });
                }
            }
        }
        told += &if explanation.fields.is_empty() {
            "nothing configures it: it is as its image has it\n".to_owned()
        } else {
            table.render()
        };
        told
    }

    fn row(&self, field: &Explained, is_running: bool) -> Vec<String> {
        let name = match (field.field.as_str(), field.key.as_str()) {
            // The value of an entry, and of what stands for itself, says all.
            (name, "") => name.to_owned(),
            (name, _) if field.value.as_ref().or(running(field)).and_then(Value::as_str) == Some(&field.key) => {
                name.to_owned()
            }
            (name, key) => format!("{name}.{key}"),
        };
        let value = |value: Option<&Value>| value.map_or_else(|| "-".to_owned(), |value| self.value(field, value));
        let by = field.origin.as_ref().map_or_else(|| "-".to_owned(), Origin::to_string);
        if !is_running {
            return vec![name, value(field.value.as_ref()), by];
        }
        let same = field.running.as_ref().is_some_and(|running| running.same);
        let mark = if field.value.is_none() {
            "+"
        } else if same {
            "="
        } else {
            "≠"
        };
        vec![mark.to_owned(), name, value(field.value.as_ref()), value(running(field)), by]
    }

    /// A value as people write it.
    fn value(&self, field: &Explained, value: &Value) -> String {
        truncated(&words(&field.field, value), MAX_VALUE, self.verbose)
    }
}

fn running(field: &Explained) -> Option<&Value> {
    field.running.as_ref()?.value.as_ref()
}

/// A value in Docker's own words, where it has some.
fn words(field: &str, value: &Value) -> String {
    let text = |name: &str| match &value[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match (field, value) {
        (_, Value::Null) => "as usual".to_owned(),
        ("memory" | "memory_reservation" | "kernel_memory" | "shm_size", Value::Number(bytes)) => {
            bytes.as_u64().map_or_else(|| bytes.to_string(), size)
        }
        ("restart", Value::Object(policy)) => {
            policy.iter().map(|(name, times)| format!("{name}:{times}")).collect::<Vec<_>>().join(" ")
        }
        ("ports", Value::Object(_)) => {
            let (address, host) = (text("address"), text("host"));
            let host = if address.is_empty() { host } else { format!("{address}:{host}") };
            let inside = format!("{}/{}", text("container"), text("protocol"));
            if host.is_empty() { inside } else { format!("{host} → {inside}") }
        }
        ("mounts", Value::Object(_)) => {
            let (source, target) = (text("source"), text("target"));
            let read_only = if value["read_only"] == true { " (read-only)" } else { "" };
            let source = if source.is_empty() { text("type") } else { source };
            format!("{source} → {target}{read_only}")
        }
        ("ulimits", Value::Object(_)) => format!("{}:{}", text("soft"), text("hard")),
        ("command" | "entrypoint", Value::Array(parts)) => {
            parts.iter().map(|part| words("", part)).collect::<Vec<_>>().join(" ")
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// What was explained, and from what.
fn head(explanation: &Explanation) -> String {
    let mut lines = vec![("image", explanation.image.to_string())];
    if let Some(container) = &explanation.container {
        lines.insert(0, ("container", container.to_string()));
    }
    lines.extend(explanation.cluster.as_ref().map(|cluster| ("cluster", cluster.to_string())));
    lines.push(match &explanation.image_from {
        Some(node) => ("labels", format!("of the image on node {node}")),
        None => ("labels", "none: no node has the image".to_owned()),
    });
    if let Some(version) = &explanation.version {
        let running = explanation.running_version.as_ref();
        let then =
            running.filter(|running| *running != version).map(|running| format!(" (running: {})", short(running)));
        lines.push(("version", format!("{}{}", short(version), then.unwrap_or_default())));
    }
    if !explanation.files.is_empty() {
        lines.push(("files", explanation.files.join(", ")));
    }
    let mut told = String::new();
    for (name, value) in lines {
        told += &printable(&format!("{name:<10} {value}"));
        told.push('\n');
    }
    told.push('\n');
    told
}

/// The beginning of a version, as git shows it.
pub(super) fn short(version: &str) -> &str {
    let is_hash = version.len() >= 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { &version[..10] } else { version }
}

/// Says what does not count, and what may be old.
fn warn(context: &Context, explanation: &Explanation) {
    if let Some(stale) = &explanation.stale {
        context.show.warn(&format!("the repository is as it was {}: {}", ago(stale.since), stale.why));
    }
    for ignored in &explanation.ignored {
        let at = match (&ignored.origin.label, &ignored.origin.file) {
            (None, Some(file)) => format!("`{}` in {}", ignored.name, Path::new(file).display()),
            _ => format!("the label `{}`", ignored.name),
        };
        context.show.warn(&format!("{at} does not count: {}", ignored.why));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_in_dockers_words() {
        for (field, value, told) in [
            ("memory", json!(1 << 30), "1.0GiB"),
            ("restart", json!("always"), "always"),
            ("restart", json!({"on-failure": 3}), "on-failure:3"),
            (
                "ports",
                json!({"container": 80, "host": 8080, "address": "127.0.0.1", "protocol": "tcp"}),
                "127.0.0.1:8080 → 80/tcp",
            ),
            ("ports", json!({"container": 80, "protocol": "udp"}), "80/udp"),
            (
                "mounts",
                json!({"type": "bind", "source": "/a", "target": "/b", "read_only": true}),
                "/a → /b (read-only)",
            ),
            ("mounts", json!({"type": "tmpfs", "target": "/b"}), "tmpfs → /b"),
            ("command", json!(["sleep", "60"]), "sleep 60"),
            ("privileged", json!(true), "true"),
            ("memory", Value::Null, "as usual"),
        ] {
            assert_eq!(words(field, &value), told, "{field} {value}");
        }
        assert_eq!((short(&"a".repeat(40)), short("v1")), ("aaaaaaaaaa", "v1"));
    }
}
