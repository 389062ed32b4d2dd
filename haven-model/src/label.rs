//! The labels that Haven itself knows, and conditions on labels.

/// The label that names the application a container belongs to.
pub const APPLICATION: &str = "haven.application";
/// The same of what Docker Compose made.
pub const COMPOSE_PROJECT: &str = "com.docker.compose.project";
/// The label by which copies of a container are known: the name of the first.
pub const GROUP: &str = "haven.group";
/// The label that says how much memory of its node a container needs, in bytes.
pub const MEMORY: &str = "haven.memory";
/// The label that says how much CPU time of its node a container needs, in billionths of a core.
pub const CPUS: &str = "haven.cpus";

/// Whether all of the labels wanted are there, as `label` knows them: `key` or `key=value`.
pub fn has_labels<'a>(label: impl Fn(&str) -> Option<&'a str>, wanted: &[String]) -> bool {
    wanted.iter().all(|wanted| match wanted.split_once('=') {
        Some((key, value)) => label(key) == Some(value),
        None => label(wanted).is_some(),
    })
}
