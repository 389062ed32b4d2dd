//! How a simulated container starts, ends, is stopped, and is started again, with the events that Docker tells of it.
//!
//! The order of events is Docker's: `network connect`, `volume mount`, `start`; `kill`, `die`, `network disconnect`,
//! `volume unmount`, `stop`.

use std::{collections::BTreeMap, time::Duration};

use haven_model::{ContainerState, Error, RestartPolicy, Result};

use super::{
    applets,
    health::Checks,
    program::{Behaviour, Ctx, Process, Program},
    record::{Record, Run, Stopping},
    signal,
    state::State,
};

/// The first pause before a container is started again; it doubles up to [`MAX_BACKOFF`].
const BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// A run so long makes the next pause the first again.
const GOOD_RUN: Duration = Duration::from_secs(10);
/// What Docker's search path is where the image has none.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl State {
    /// Tells of something that happened to a container.
    pub(super) fn emit_container(&mut self, record: &Record, action: impl Into<String>, extra: &[(&str, String)]) {
        let mut attributes = record.spec.labels.clone();
        attributes.insert("image".into(), record.spec.image.to_string());
        attributes.insert("name".into(), record.name.clone());
        attributes.extend(extra.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        self.emit("container", action, record.id.as_str(), attributes);
    }

    /// Starts the program. `Invalid` when it cannot be run or a port is taken, `NotFound` when a network is gone.
    pub(super) fn start(&mut self, record: &mut Record) -> Result<()> {
        record.restart_at = None;
        let argv = record.argv();
        let behaviour = Behaviour::from_labels(&record.spec.labels);
        let program = match behaviour {
            Some(behaviour) => Some(Program::Service(behaviour)),
            None => argv.first().and_then(|program| self.program(record, program)),
        };
        let absent = program.is_none();
        let started = self.join_networks(record).and_then(|()| self.publish(record)).and_then(|()| {
            program.ok_or_else(|| {
                let program = argv.first().map_or("", String::as_str);
                Error::invalid(format!("cannot run `{}`: executable file not found in $PATH", program.escape_debug()))
            })
        });
        let program = match started {
            Ok(program) => program,
            Err(error) => {
                self.leave_networks(record);
                record.error = Some(error.message().to_owned());
                // One that never ran has no exit code, and one that failed before keeps its own.
                match record.exit_code {
                    Some(_) if absent => record.exit_code = Some(127),
                    Some(0) => record.exit_code = Some(128),
                    _ => {}
                }
                if record.state != ContainerState::Created {
                    record.state = ContainerState::Exited;
                }
                if record.spec.auto_remove {
                    self.destroy(record, true);
                }
                return Err(error);
            }
        };
        self.mount_events(record, "mount");
        let ctx = Self::context(record, &BTreeMap::new(), record.spec.open_stdin, record.spec.tty, None);
        let pid = self.new_pid();
        let process = Process::new(ctx, program, argv, pid);
        record.run = Some(Run { process, began: self.at, paused_at: None, held: Duration::ZERO });
        record.state = ContainerState::Running;
        record.started = Some(self.time());
        record.error = None;
        record.oom_killed = false;
        record.exit_code = None;
        record.ended_by_hand = false;
        record.stopping = None;
        record.checks = record.spec.health.as_ref().and_then(|check| Checks::new(check, self.at));
        self.emit_container(record, "start", &[]);
        self.poll_main(record);
        Ok(())
    }

    /// What a name runs in this container.
    pub(super) fn program(&self, record: &Record, name: &str) -> Option<Program> {
        let own = self.images.get(&record.image_id).is_some_and(|image| image.is_own_program(name));
        if own || record.programs.iter().any(|known| known == name) {
            return Some(Program::Service(Behaviour::default()));
        }
        applets::find(name)
    }

    /// Where a program of this container runs.
    pub(super) fn context(
        record: &Record,
        extra: &BTreeMap<String, haven_model::Secret>,
        stdin: bool,
        tty: bool,
        size: Option<haven_model::TerminalSize>,
    ) -> Ctx {
        let hostname = record.spec.hostname.as_deref().unwrap_or_else(|| record.id.short());
        let mut env: BTreeMap<String, String> = [("PATH", PATH), ("HOSTNAME", hostname), ("HOME", "/root")]
            .map(|(key, value)| (key.into(), value.into()))
            .into();
        if tty {
            env.insert("TERM".into(), "xterm".into());
        }
        env.extend(record.spec.env.iter().chain(extra).map(|(key, value)| (key.clone(), value.expose().to_owned())));
        Ctx::new(record.files.clone(), env, hostname, record.programs.clone(), stdin, tty, size)
    }

    /// Does what is due for the container at this moment.
    pub(super) fn tick(&mut self, record: &mut Record) {
        let at = self.at;
        if record.restart_at.is_some_and(|due| due <= at) {
            record.restart_count += 1;
            // What went wrong is kept in the record, where an inspection shows it.
            if self.start(record).is_err() {
                record.state = ContainerState::Exited;
            }
        }
        self.poll_main(record);
        self.poll_execs(record);
        self.poll_checks(record);
        if record.stopping.and_then(|stopping| stopping.kill_at).is_some_and(|due| due <= at) {
            if let Some(stopping) = &mut record.stopping {
                stopping.kill_at = None;
            }
            self.signal(record, signal::KILL);
        }
    }

    /// Lets the program run until it waits.
    pub(super) fn poll_main(&mut self, record: &mut Record) {
        let Some(run) = record.run.as_mut().filter(|run| run.paused_at.is_none()) else { return };
        let progress = run.process.poll(self.at.saturating_sub(run.held));
        record.take_output(progress.output, self.time());
        record.attached.iter().for_each(|pipe| pipe.wake_writers());
        if let Some(code) = progress.exit {
            self.end(record, code);
        }
    }

    /// The program has ended: settles what follows from that.
    pub(super) fn end(&mut self, record: &mut Record, code: i64) {
        let Some(run) = record.run.take() else { return };
        self.end_execs(record);
        record.log.finish();
        record.checks = None;
        record.exit_code = Some(code);
        record.finished = Some(self.time());
        record.runs += 1;
        for pipe in record.attached.drain(..) {
            pipe.end(code);
        }
        let again = record.stopping.is_none() && !record.ended_by_hand && goes_on(record, code);
        if again {
            record.backoff = if self.at.saturating_sub(run.began) >= GOOD_RUN || record.backoff.is_zero() {
                BACKOFF
            } else {
                (record.backoff * 2).min(MAX_BACKOFF)
            };
            record.restart_at = Some(self.at.saturating_add(record.backoff));
            record.state = ContainerState::Restarting;
        } else {
            record.state = ContainerState::Exited;
        }
        self.emit_container(record, "die", &[("exitCode", code.to_string())]);
        self.leave_networks(record);
        self.mount_events(record, "unmount");
        self.stopped(record);
        if record.spec.auto_remove && record.run.is_none() && !record.removed {
            self.remember_gone(&record.id, code);
            self.destroy(record, true);
        }
    }

    /// Ends a stop: its event, and the start that a restart has next.
    fn stopped(&mut self, record: &mut Record) {
        let Some(stopping) = record.stopping.take() else { return };
        self.emit_container(record, "stop", &[]);
        if stopping.then_start {
            self.start_by_hand(record);
        }
    }

    /// The second half of a restart; what goes wrong is kept in the record.
    pub(super) fn start_by_hand(&mut self, record: &mut Record) {
        record.restart_count = 0;
        record.backoff = Duration::ZERO;
        if self.start(record).is_ok() {
            self.emit_container(record, "restart", &[]);
        }
    }

    /// Asks the program to end, and has it killed when it does not in time.
    pub(super) fn begin_stop(&mut self, record: &mut Record, timeout: Option<u32>, then_start: bool) {
        record.ended_by_hand = true;
        let timeout = timeout.or(record.spec.stop_timeout).unwrap_or(10);
        let kill_at = Some(self.at.saturating_add(Duration::from_secs(timeout.into())));
        record.stopping = Some(Stopping { kill_at, then_start });
        if record.run.is_none() {
            record.restart_at = None;
            record.state = ContainerState::Exited;
            self.stopped(record);
            return;
        }
        let number =
            record.spec.stop_signal.as_deref().and_then(|name| signal::parse(name).ok()).unwrap_or(signal::TERM);
        self.signal(record, number);
    }

    /// Sends a signal to the program.
    pub(super) fn signal(&mut self, record: &mut Record, number: i32) {
        let Some(run) = &mut record.run else { return };
        // Docker lets a paused program go on, so that it sees the signal.
        let woken = run.paused_at.take().map(|since| run.held += self.at.saturating_sub(since));
        let exit = run.process.signal(number);
        record.ended_by_hand = true;
        self.emit_container(record, "kill", &[("signal", number.to_string())]);
        if woken.is_some() {
            record.state = ContainerState::Running;
            self.emit_container(record, "unpause", &[]);
        }
        match exit {
            Some(code) => self.end(record, code),
            None => self.poll_main(record),
        }
    }

    /// Takes the container away for good.
    pub(super) fn destroy(&mut self, record: &mut Record, volumes: bool) {
        record.removed = true;
        // A restart that waits for the end must not start it again.
        record.stopping = None;
        self.signal(record, signal::KILL);
        record.restart_at = None;
        self.names.remove(&record.name);
        for network in record.networks.keys() {
            if let Some(network) = self.networks.get_mut(network) {
                network.members.remove(&record.id);
            }
        }
        if volumes {
            for name in std::mem::take(&mut record.anonymous) {
                self.forget_volume(&name);
            }
        }
        self.emit_container(record, "destroy", &[]);
    }

    fn mount_events(&mut self, record: &Record, action: &str) {
        for mount in record.volumes() {
            let mut attributes: BTreeMap<String, String> = [("container", record.id.as_str()), ("driver", "local")]
                .map(|(key, value)| (key.into(), value.into()))
                .into();
            if action == "mount" {
                attributes.insert("destination".into(), mount.target.clone());
                attributes.insert("propagation".into(), String::new());
                attributes.insert("read/write".into(), (!mount.read_only).to_string());
            }
            self.emit("volume", action, &mount.source, attributes);
        }
    }
}

fn goes_on(record: &Record, code: i64) -> bool {
    match record.spec.restart {
        RestartPolicy::No => false,
        RestartPolicy::Always | RestartPolicy::UnlessStopped => true,
        RestartPolicy::OnFailure(most) => code != 0 && (most == 0 || record.restart_count < u64::from(most)),
    }
}
