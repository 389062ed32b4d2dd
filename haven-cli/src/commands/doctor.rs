//! `haven doctor`: checks what can be checked, and gathers what a report of a problem needs, without secrets.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use clap::Args;
use flate2::{Compression, write::GzEncoder};
use haven_core::{
    Error, Haven,
    door::ops::{clusters::ListClusters, events::ListEvents, nodes::ListNodes, system::GetStatus},
    model::{Event, Node, NodeStatus, Severity, system::SystemStatus},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Context, VERSION};
use crate::{
    config::{Fetch, Overrides, load},
    failure::{Failure, Result},
    show::{paint, printable},
};

/// How many events a bundle holds.
const EVENTS: u32 = 500;
/// A clock that differs by more than this is worth a word.
const CLOCK_SKEW: f64 = 5.0;

/// Check what can be checked, and gather a support bundle without secrets
#[derive(Debug, Args)]
#[command(after_help = "With `--json` the bundle goes to standard output as one document.")]
pub(crate) struct Doctor {
    /// Write the bundle to this file (`.tar.gz` or `.tgz`) or into this folder
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

#[derive(Debug, Serialize)]
struct Check {
    verdict: Verdict,
    about: &'static str,
    finding: String,
}

#[derive(Default)]
struct Bundle {
    checks: Vec<Check>,
    parts: Vec<(&'static str, Value)>,
}

impl Bundle {
    fn check(&mut self, verdict: Verdict, about: &'static str, finding: impl Into<String>) {
        self.checks.push(Check { verdict, about, finding: finding.into() });
    }

    fn part(&mut self, name: &'static str, value: &impl Serialize) {
        let value = serde_json::to_value(value).unwrap_or_else(|error| json!({ "error": error.to_string() }));
        self.parts.push((name, value));
    }
}

impl Doctor {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let mut bundle = Bundle::default();
        let server = haven_core::source::without_credentials(context.server.url());
        bundle.part(
            "version",
            &json!({ "haven": VERSION, "server": server, "time": Timestamp::now(), "system": system() }),
        );
        configuration(&mut bundle);
        match context.haven().await {
            Ok(haven) => fleet(&mut bundle, haven, &server).await,
            Err(Failure::Error(error, _)) => {
                bundle.check(Verdict::Fail, "server", format!("{server} does not answer: {}", error.report()));
            }
            Err(other) => return Err(other),
        }
        let checks = serde_json::to_value(&bundle.checks).unwrap_or_default();
        bundle.parts.insert(0, ("checks", checks));
        if let Some(path) = &self.output {
            write(path, &bundle.parts)?;
        }
        if context.show.json && self.output.is_none() {
            let whole: serde_json::Map<String, Value> =
                bundle.parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            context.show.pretty(&whole)?;
        } else {
            context.show.value(&bundle.checks, || lines(&bundle.checks))?;
            if let Some(path) = &self.output {
                context.show.progress(&format!("wrote {}", path.display()));
            }
        }
        if bundle.checks.iter().any(|check| check.verdict == Verdict::Fail) { Err(Failure::Exit(6)) } else { Ok(()) }
    }
}

fn configuration(bundle: &mut Bundle) {
    match load(&Overrides::default(), Fetch::KeptOnly) {
        Ok(configuration) => {
            for warning in &configuration.warnings {
                bundle.check(Verdict::Warn, "configuration", warning.clone());
            }
            bundle.check(Verdict::Ok, "configuration", "can be read");
            bundle.part("configuration", &configuration.shown());
        }
        // The server's own user reads it; who asks here need not.
        Err(error) if is_closed(&error) => bundle.check(Verdict::Warn, "configuration", error.report()),
        Err(error) => bundle.check(Verdict::Fail, "configuration", error.report()),
    }
}

/// Whether it failed because this user may not read a file.
fn is_closed(error: &Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::PermissionDenied)
}

async fn fleet(bundle: &mut Bundle, haven: &Haven, server: &str) {
    match haven.call(GetStatus {}).await {
        Ok(status) => check_status(bundle, server, &status),
        Err(error) => return bundle.check(Verdict::Fail, "server", format!("{server}: {}", error.report())),
    }
    match haven.call(ListNodes::default()).await {
        Ok(nodes) => check_nodes(bundle, &nodes.items),
        Err(error) => bundle.check(Verdict::Fail, "nodes", error.report()),
    }
    match haven.call(ListClusters::default()).await {
        Ok(clusters) => bundle.part("clusters", &clusters.items),
        Err(error) => bundle.check(Verdict::Fail, "clusters", error.report()),
    }
    match haven.call(ListEvents { limit: Some(EVENTS), ..ListEvents::default() }).await {
        Ok(events) => check_events(bundle, &events.items),
        Err(error) => bundle.check(Verdict::Fail, "events", error.report()),
    }
}

fn check_status(bundle: &mut Bundle, server: &str, status: &SystemStatus) {
    if status.version == VERSION {
        bundle.check(Verdict::Ok, "server", format!("{server} runs {}", status.version));
    } else {
        bundle.check(Verdict::Warn, "server", format!("{server} runs {}, this program is {VERSION}", status.version));
    }
    let skew = Timestamp::now().duration_since(status.time).as_secs_f64().abs();
    let verdict = if skew > CLOCK_SKEW { Verdict::Warn } else { Verdict::Ok };
    bundle.check(verdict, "clock", format!("differs from the server's by {skew:.0} s"));
    if status.alarms.is_empty() {
        bundle.check(
            Verdict::Ok,
            "store",
            format!("{} at revision {}, {}", status.store, status.revision, crate::show::size(status.store_bytes)),
        );
    }
    for alarm in &status.alarms {
        bundle.check(Verdict::Warn, "store", alarm.clone());
    }
    bundle.part("status", status);
}

fn check_nodes(bundle: &mut Bundle, nodes: &[Node]) {
    if nodes.is_empty() {
        bundle.check(Verdict::Warn, "nodes", "none is registered");
    }
    let online = nodes.iter().filter(|node| node.status == NodeStatus::Online).count();
    if online > 0 {
        bundle.check(Verdict::Ok, "nodes", format!("{online} of {} online", nodes.len()));
    }
    for node in nodes.iter().filter(|node| node.status != NodeStatus::Online) {
        let why = node.engine.error.as_ref().map_or("it was never reached", |error| error.message.as_str());
        bundle.check(Verdict::Warn, "nodes", format!("no contact with `{}`: {why}", node.name));
    }
    for node in nodes.iter().filter(|node| node.agent.last_seen.is_some() && !node.agent.reporting) {
        bundle.check(Verdict::Warn, "agents", format!("the agent of `{}` is silent", node.name));
    }
    bundle.part("nodes", &nodes);
}

fn check_events(bundle: &mut Bundle, events: &[Event]) {
    let since = Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let count = |severity| events.iter().filter(|event| event.severity == severity && event.time >= since).count();
    let (warnings, errors) = (count(Severity::Warning), count(Severity::Error));
    let verdict = if warnings + errors > 0 { Verdict::Warn } else { Verdict::Ok };
    bundle.check(verdict, "events", format!("{errors} errors and {warnings} warnings in the last day"));
    bundle.part("events", &events);
}

fn system() -> Value {
    let uname = rustix::system::uname();
    json!({
        "kernel": uname.release().to_string_lossy(),
        "architecture": uname.machine().to_string_lossy(),
        "name": uname.sysname().to_string_lossy(),
    })
}

fn lines(checks: &[Check]) -> String {
    use std::io::IsTerminal as _;
    let terminal = std::io::stdout().is_terminal();
    let line = |check: &Check| {
        let verdict = match check.verdict {
            Verdict::Ok => paint(terminal, "32", "ok  "),
            Verdict::Warn => paint(terminal, "33", "warn"),
            Verdict::Fail => paint(terminal, "31", "fail"),
        };
        format!("{verdict}  {:<14} {}\n", check.about, printable(&check.finding))
    };
    checks.iter().map(line).collect()
}

fn write(path: &Path, parts: &[(&'static str, Value)]) -> Result {
    let failed = |error: std::io::Error| {
        Error::unexpected("the bundle cannot be written").caused_by(error).with("path", path.display())
    };
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let create = |path: &Path| fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let name = path.to_string_lossy();
    if path.is_dir() || ![".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end)) {
        fs::create_dir_all(path).map_err(failed)?;
        for (name, value) in parts {
            let mut file = create(&path.join(format!("{name}.json"))).map_err(failed)?;
            file.write_all(text(value).as_bytes()).map_err(failed)?;
        }
        return Ok(());
    }
    let mut archive = tar::Builder::new(GzEncoder::new(create(path).map_err(failed)?, Compression::default()));
    for (name, value) in parts {
        let text = text(value);
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(Timestamp::now().as_second()).unwrap_or_default());
        archive.append_data(&mut header, format!("haven-doctor/{name}.json"), text.as_bytes()).map_err(failed)?;
    }
    let encoder = archive.into_inner().map_err(failed)?;
    encoder.finish().and_then(|mut file| file.flush()).map_err(failed)?;
    Ok(())
}
