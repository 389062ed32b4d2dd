//! Options about the program: what runs, as whom, how it ends, where its output goes.

use std::path::PathBuf;

use clap::Args;
use haven_core::model::{ContainerSpec, RestartPolicy, spec::HealthCheck};

use super::words::{parse_restart, parse_seconds};
use crate::{
    commands::{
        environment::{entries, environment},
        pick::parse_pair,
    },
    failure::Result,
};

#[derive(Debug, Args)]
pub(super) struct Program {
    /// A value of its environment; NAME alone takes the value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub(super) env: Vec<String>,
    /// A file with such values, a line each; `--env` weighs more
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// A label
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
    /// What the engine does when the program ends: `no`, `always`, `unless-stopped`, `on-failure[:TIMES]`
    #[arg(long, value_name = "POLICY", value_parser = parse_restart)]
    restart: Option<RestartPolicy>,
    /// The program, in place of the image's entry point
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// The host name inside
    #[arg(long)]
    hostname: Option<String>,
    /// The domain name inside
    #[arg(long, value_name = "DOMAIN")]
    domainname: Option<String>,
    /// The user, and group, that the program runs as
    #[arg(short, long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// A further group of the program
    #[arg(long, value_name = "GROUP")]
    group_add: Vec<String>,
    /// The folder that the program starts in
    #[arg(short, long, value_name = "FOLDER")]
    workdir: Option<String>,
    /// Run a small init that passes signals on and collects what has ended
    #[arg(long)]
    init: bool,
    /// A health check: a command for the shell
    #[arg(long, value_name = "COMMAND")]
    health_cmd: Option<String>,
    /// The time between two health checks: `30s`
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_interval: Option<u32>,
    /// The time that a health check may take
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_timeout: Option<u32>,
    /// How many health checks in a row must fail
    #[arg(long, value_name = "TIMES", requires = "health_cmd")]
    health_retries: Option<u32>,
    /// The time at the start in which a failed health check does not count
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_start_period: Option<u32>,
    /// The time between two health checks in that time
    #[arg(long, value_name = "SPAN", requires = "health_cmd", value_parser = parse_seconds)]
    health_start_interval: Option<u32>,
    /// Without a health check, also where the image has one
    #[arg(long, conflicts_with = "health_cmd")]
    no_healthcheck: bool,
    /// The signal that asks the program to end
    #[arg(long, value_name = "SIGNAL")]
    stop_signal: Option<String>,
    /// Seconds between that signal and SIGKILL
    #[arg(long, value_name = "SECONDS")]
    stop_timeout: Option<u32>,
    /// Where its output goes: `json-file`, `journald`, `none`, …
    #[arg(long, value_name = "DRIVER")]
    log_driver: Option<String>,
    /// An option of that driver
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    log_opt: Vec<(String, String)>,
    /// What runs it, in place of the engine's own runtime
    #[arg(long)]
    runtime: Option<String>,
    /// Keep standard input open
    #[arg(short, long)]
    pub(super) interactive: bool,
    /// Give the program a terminal
    #[arg(short, long)]
    pub(super) tty: bool,
}

impl Program {
    /// Reads the files of the environment, so that all entries stand together.
    pub(super) fn read_environment(&mut self) -> Result<()> {
        self.env = entries(&std::mem::take(&mut self.env_file), &self.env)?;
        Ok(())
    }

    pub(super) fn apply(self, spec: &mut ContainerSpec) -> Result<()> {
        let none = self.no_healthcheck.then(HealthCheck::default);
        let check = self.health_cmd.map(|command| HealthCheck {
            command: vec!["/bin/sh".into(), "-c".into(), command],
            interval: self.health_interval,
            timeout: self.health_timeout,
            retries: self.health_retries,
            start_period: self.health_start_period,
            start_interval: self.health_start_interval,
        });
        spec.env = environment(&self.env_file, &self.env)?;
        spec.labels = self.label.into_iter().collect();
        spec.restart = self.restart.unwrap_or_default();
        spec.entrypoint = self.entrypoint.into_iter().collect();
        spec.hostname = self.hostname;
        spec.domainname = self.domainname;
        spec.user = self.user;
        spec.group_add = self.group_add;
        spec.working_dir = self.workdir;
        spec.init = self.init.then_some(true);
        spec.health = check.or(none);
        spec.stop_signal = self.stop_signal;
        spec.stop_timeout = self.stop_timeout;
        spec.log_driver = self.log_driver;
        spec.log_options = self.log_opt.into_iter().collect();
        spec.runtime = self.runtime;
        spec.tty = self.tty;
        spec.open_stdin = self.interactive;
        Ok(())
    }
}
