//! The systemd service: installed and removed.

use std::{fs, io, net::SocketAddr, path::Path, process::Command};

use clap::Args;
use haven_core::{Error, ErrorKind};

use crate::{
    commands::Context,
    failure::{Failure, Hint as _, Result},
};

/// The unit, with `@EXECUTABLE@` and `@OPTIONS@` in the places of these.
const TEMPLATE: &str = include_str!("../../../packaging/haven.service");
/// Where the unit stands.
const UNIT: &str = "/etc/systemd/system/haven.service";

/// Install a systemd service that runs `haven serve`, and start it
#[derive(Debug, Args)]
pub(super) struct Install {
    /// Where it shall listen [default: as the configuration says]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Where its state shall be kept [default: as the configuration says]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Only print the unit
    #[arg(long)]
    print: bool,
}

impl Install {
    pub(super) fn run(self, context: &Context) -> Result {
        let unit = self.unit()?;
        if self.print {
            return context.show.text(&unit);
        }
        check("install")?;
        fs::write(UNIT, unit)
            .map_err(|error| Error::unexpected(format!("`{UNIT}` cannot be written")).caused_by(error))?;
        systemctl(&["daemon-reload"])?;
        systemctl(&["enable", "--now", "haven.service"])?;
        context.show.done(
            &serde_json::json!({ "installed": "haven.service" }),
            "installed and started haven.service; `journalctl -u haven` shows the first password",
        )
    }

    fn unit(&self) -> Result<String> {
        let executable = std::env::current_exe()?;
        let executable = executable.to_str().filter(|path| is_plain(path)).ok_or_else(|| {
            Error::invalid(format!("the program's own path `{}` cannot stand in a unit", executable.display()))
        })?;
        let mut options = String::new();
        if let Some(listen) = self.listen {
            options = format!(" --listen {listen}");
        }
        if let Some(store) = &self.store {
            if !is_plain(store) {
                return Err(Error::invalid(format!("`{}` cannot stand in a unit", store.escape_debug())).into());
            }
            options += " --store ";
            options += store;
        }
        Ok(TEMPLATE.replace("@EXECUTABLE@", executable).replace("@OPTIONS@", &options))
    }
}

/// Stops and removes the service.
pub(super) fn uninstall(context: &Context) -> Result {
    check("uninstall")?;
    if !Path::new(UNIT).exists() {
        return Err(Error::not_found("systemd service", "haven.service").into());
    }
    systemctl(&["disable", "--now", "haven.service"])?;
    fs::remove_file(UNIT).map_err(|error| Error::unexpected(format!("`{UNIT}` cannot be removed")).caused_by(error))?;
    systemctl(&["daemon-reload"])?;
    context.show.done(
        &serde_json::json!({ "removed": "haven.service" }),
        "removed haven.service; its data in /var/lib/haven stay",
    )
}

/// Whether a text means itself in a unit: no space, quote, `%` or `$`.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:,@+=".contains(c))
}

fn check(doing: &str) -> Result {
    if !Path::new("/run/systemd/system").is_dir() {
        return Err(Error::new(ErrorKind::Unsupported, "this machine does not run systemd"))
            .hint("run `haven serve` under the machine's own supervisor, or as a container");
    }
    if !rustix::process::geteuid().is_root() {
        return Err(Error::new(ErrorKind::Denied, "only root may change system services"))
            .hint(format!("run `sudo haven serve {doing}`"));
    }
    Ok(())
}

fn systemctl(arguments: &[&str]) -> Result {
    let said = Command::new("systemctl").args(arguments).output();
    let failed = |why: String| {
        Failure::Error(
            Error::unexpected(format!("`systemctl {}` failed", arguments.join(" "))).caused_by(why),
            Some("`systemctl status haven` says more".into()),
        )
    };
    match said {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::new(ErrorKind::Unsupported, "the program `systemctl` is not installed").into())
        }
        Err(error) => Err(failed(error.to_string())),
    }
}
