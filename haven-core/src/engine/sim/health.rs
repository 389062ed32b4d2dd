//! Health checks of simulated containers: a command that runs every so often, and what follows from its exit codes.
//!
//! As with Docker the first check comes one interval after the start, one that passes makes a container healthy at
//! once, and it takes `retries` failures in a row to make it unhealthy.

use std::{collections::BTreeMap, time::Duration};

use haven_model::{Health, spec::HealthCheck};

use super::{
    program::{Process, Program},
    record::Record,
    state::State,
};

/// The checks of a container that runs. Times are the container's own: they stand still while it is paused.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) status: Health,
    check: HealthCheck,
    streak: u32,
    /// When the container started.
    began: Duration,
    next: Duration,
    /// The check that runs: its process, when it is given up, and its id.
    probe: Option<(Process, Duration, String)>,
}

impl Checks {
    /// Begins to check at `began`; none without a command.
    pub(super) fn new(check: &HealthCheck, began: Duration) -> Option<Self> {
        if check.command.is_empty() {
            return None;
        }
        let mut checks =
            Self { status: Health::Starting, check: check.clone(), streak: 0, began, next: began, probe: None };
        checks.next = began + checks.interval();
        Some(checks)
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.check.interval.filter(|seconds| *seconds > 0).unwrap_or(30).into())
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.check.timeout.filter(|seconds| *seconds > 0).unwrap_or(30).into())
    }

    /// When there is something to do, on the engine's clock.
    pub(super) fn next_due(&self, held: Duration) -> Duration {
        let own = match &self.probe {
            Some((process, deadline, _)) => process.wake_at().map_or(*deadline, |wake| wake.min(*deadline)),
            None => self.next,
        };
        own.saturating_add(held)
    }

    /// Takes a result; answers whether the status changed.
    fn take(&mut self, passed: bool, now: Duration) -> bool {
        let before = self.status;
        if passed {
            self.streak = 0;
            self.status = Health::Healthy;
        } else {
            let grace = Duration::from_secs(self.check.start_period.unwrap_or(0).into());
            if self.status == Health::Starting && now.saturating_sub(self.began) < grace {
                return false;
            }
            self.streak += 1;
            if self.streak >= self.check.retries.filter(|retries| *retries > 0).unwrap_or(3) {
                self.status = Health::Unhealthy;
            }
        }
        self.status != before
    }
}

impl State {
    /// Runs the check that is due, or goes on with the one that runs.
    pub(super) fn poll_checks(&mut self, record: &mut Record) {
        let Some(run) = record.run.as_ref().filter(|run| run.paused_at.is_none()) else { return };
        let now = self.at.saturating_sub(run.held);
        let Some(mut checks) = record.checks.take() else { return };
        if checks.probe.is_none() && checks.next <= now {
            checks.probe = Some(self.begin_check(record, &checks, now));
        }
        if let Some((mut process, deadline, id)) = checks.probe.take() {
            let exit = process.poll(now).exit.or((now >= deadline).then_some(-1));
            match exit {
                None => checks.probe = Some((process, deadline, id)),
                Some(code) => {
                    checks.next = now + checks.interval();
                    self.emit_container(record, "exec_die", &[("execID", id), ("exitCode", code.to_string())]);
                    let passed = forced(record).unwrap_or(code == 0);
                    if checks.take(passed, now) {
                        self.emit_health(record, checks.status);
                    }
                }
            }
        }
        record.checks = Some(checks);
    }

    fn begin_check(&mut self, record: &Record, checks: &Checks, now: Duration) -> (Process, Duration, String) {
        let argv = checks.check.command.clone();
        let line = argv.join(" ");
        let id = self.new_id();
        let extra = [("execID", id.clone())];
        self.emit_container(record, format!("exec_create: {line}"), &extra);
        self.emit_container(record, format!("exec_start: {line}"), &extra);
        let ctx = Self::context(record, &BTreeMap::new(), false, false, None);
        let pid = self.new_pid();
        // A program of the image itself passes; one that nobody knows ends with 127, as in a shell.
        let argv = match self.program(record, argv.first().map_or("", String::as_str)) {
            Some(Program::Service(_)) => vec!["true".to_owned()],
            Some(Program::Builtin) => argv,
            None => vec!["sh".to_owned(), "-c".to_owned(), "exit 127".to_owned()],
        };
        (Process::new(ctx, Program::Builtin, argv, pid), now + checks.timeout(), id)
    }

    /// Tells of a health that changed.
    pub(super) fn emit_health(&mut self, record: &Record, status: Health) {
        let text = match status {
            Health::Starting => "starting",
            Health::Healthy => "healthy",
            Health::Unhealthy => "unhealthy",
        };
        self.emit_container(record, format!("health_status: {text}"), &[]);
    }
}

/// What the user decided, rather than the command.
fn forced(record: &Record) -> Option<bool> {
    record.forced_health.or_else(|| match record.spec.labels.get("sim.health")?.as_str() {
        "healthy" => Some(true),
        "unhealthy" => Some(false),
        _ => None,
    })
}
