//! How the steps of a plan are taken, as options; `docker service update` calls most of them so.

use std::time::Duration;

use clap::{Args, ValueEnum};
use haven_core::model::{
    Rollout,
    plan::{Gate, OnFailure, Order},
};

use crate::show::parse_duration;

/// The heading of these in a command's help.
const HOW: &str = "How containers are replaced or started";

/// How containers are replaced.
#[derive(Debug, Args)]
pub(crate) struct Steps {
    /// Whether a container's successor starts before it is stopped [default: stop-first]
    #[arg(long, help_heading = HOW)]
    order: Option<Ordered>,
    /// How many at once, 0 for all [default: 1; with `deploy` and `scale` 8]
    #[arg(long, help_heading = HOW, value_name = "N")]
    parallelism: Option<u32>,
    /// The time between one and the next: `5s` [default: 0s]
    #[arg(long, help_heading = HOW, value_name = "SPAN", value_parser = parse_duration)]
    delay: Option<Duration>,
    /// How long a new one must go on well before it counts: `30s` [default: 5s; with `deploy` and `scale` 1s]
    #[arg(long, help_heading = HOW, value_name = "SPAN", value_parser = parse_duration)]
    monitor: Option<Duration>,
    /// How long a new one has until it must be ready [default: as its health check needs, at least 60s]
    #[arg(long, help_heading = HOW, value_name = "SPAN", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// How a new one shows that it is ready: `http:80/path`, `tcp:80`, `exec:COMMAND`, `health` for its health check,
    /// `running` [default: its health check, else running]
    #[arg(long, help_heading = HOW, value_name = "PROBE", value_parser = parse_gate)]
    health: Option<Gate>,
    /// Which part of them may fail, 0 to 1 [default: 0]
    #[arg(long, help_heading = HOW, value_name = "RATIO")]
    max_failure_ratio: Option<f64>,
    /// What happens when more fail [default: pause]
    #[arg(long, help_heading = HOW, value_name = "WHAT")]
    on_failure: Option<Failing>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Ordered {
    /// Each is stopped, and then its successor started
    StopFirst,
    /// Each successor is started, and when it is ready the old one stopped
    StartFirst,
    /// All are stopped, and then all successors started
    StopAll,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Failing {
    /// No further step is taken until you resume the plan or take it back
    Pause,
    /// The other steps are taken
    Continue,
    /// Every step is taken back
    Rollback,
}

impl Steps {
    /// What is said of it, over what is usual.
    pub(super) fn over(self, usual: Rollout) -> Rollout {
        Rollout {
            order: self.order.map_or(usual.order, |order| match order {
                Ordered::StopFirst => Order::StopFirst,
                Ordered::StartFirst => Order::StartFirst,
                Ordered::StopAll => Order::StopAll,
            }),
            parallelism: self.parallelism.unwrap_or(usual.parallelism),
            delay: self.delay.map_or(usual.delay, |delay| delay.as_secs_f64()),
            monitor: self.monitor.map_or(usual.monitor, |monitor| monitor.as_secs_f64()),
            timeout: self.timeout.map(|timeout| timeout.as_secs_f64()).or(usual.timeout),
            gate: self.health.unwrap_or(usual.gate),
            max_failure_ratio: self.max_failure_ratio.unwrap_or(usual.max_failure_ratio),
            on_failure: self.on_failure.map_or(usual.on_failure, |failing| match failing {
                Failing::Pause => OnFailure::Pause,
                Failing::Continue => OnFailure::Continue,
                Failing::Rollback => OnFailure::Rollback,
            }),
        }
    }
}

fn parse_gate(text: &str) -> Result<Gate, String> {
    let port = |text: &str| {
        text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| format!("`{}` is no port", text.escape_debug()))
    };
    match text.split_once(':').unwrap_or((text, "")) {
        ("auto", "") => Ok(Gate::Auto),
        ("running", "") => Ok(Gate::Running),
        ("health", "") => Ok(Gate::Health),
        ("tcp", rest) => Ok(Gate::Tcp { port: port(rest)? }),
        ("http", rest) => {
            let (number, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            Ok(Gate::Http { port: port(number)?, path: if path.is_empty() { "/" } else { path }.to_owned() })
        }
        // As Docker's health checks: a list is the program and its arguments, all else is for the shell.
        ("exec", rest) if rest.starts_with('[') => {
            let command = serde_json::from_str(rest).map_err(|error| format!("the list cannot be read: {error}"))?;
            Ok(Gate::Exec { command })
        }
        ("exec", rest) if !rest.trim().is_empty() => {
            Ok(Gate::Exec { command: vec!["/bin/sh".to_owned(), "-c".to_owned(), rest.to_owned()] })
        }
        _ => Err("a probe is http:PORT/PATH, tcp:PORT, exec:COMMAND, health or running".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes() {
        let http = |port, path: &str| Ok(Gate::Http { port, path: path.to_owned() });
        let exec = |words: &[&str]| Ok(Gate::Exec { command: words.iter().map(|word| (*word).to_owned()).collect() });
        assert_eq!(parse_gate("http:8080/healthz?a:b"), http(8080, "/healthz?a:b"));
        assert_eq!(parse_gate("http:80"), http(80, "/"));
        assert_eq!(parse_gate("tcp:5432"), Ok(Gate::Tcp { port: 5432 }));
        assert_eq!(parse_gate("exec:pg_isready -q"), exec(&["/bin/sh", "-c", "pg_isready -q"]));
        assert_eq!(parse_gate(r#"exec:["/app", "check me"]"#), exec(&["/app", "check me"]));
        assert_eq!(parse_gate("health"), Ok(Gate::Health));
        assert_eq!(parse_gate("running"), Ok(Gate::Running));
        for text in ["", "http:", "http:0/", "tcp:70000", "tcp:", "exec:", "exec:[1]", "health:1", "icmp:1"] {
            assert!(parse_gate(text).is_err(), "{text} was taken");
        }
    }
}
