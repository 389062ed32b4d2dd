//! Structured logs: text for people, a line of JSON an entry for programs. The request id stands in the span of a request.

use std::io::{self, IsTerminal as _};

use haven_core::Error;
use tracing_subscriber::EnvFilter;

use crate::{
    config::{LogFormat, Settings},
    failure::{Failure, Result},
};

/// Starts logging to standard error.
pub(super) fn start(settings: &Settings) -> Result {
    let mut filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        Failure::usage(
            format!("`{}` says nothing about what to log: {error}", settings.log.escape_debug()),
            "a level is error, warn, info, debug or trace, as in `--log info,haven_core=debug`",
        )
    })?;
    // At the lowest levels these write what passes through them, passwords and environments included.
    for target in ["tungstenite", "tokio_tungstenite", "hyper", "h2"] {
        let quiet = format!("{target}=info").parse().map_err(|_| Error::unexpected("a directive cannot be read"))?;
        filter = filter.add_directive(quiet);
    }
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // A log that nobody reads any more shall not stop the work: its errors are not told, for they would be told there too.
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .log_internal_errors(false);
    let started = match settings.log_format {
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
        LogFormat::Text => logs.with_target(false).try_init(),
    };
    started.map_err(|error| Error::unexpected(format!("logging cannot be started: {error}")).into())
}
