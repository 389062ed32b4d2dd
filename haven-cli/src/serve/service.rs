//! The systemd service: installed and removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use haven_core::{Error, ErrorKind, source::without_credentials, store::StoreKind};

use crate::{
    commands::{Context, environment::environment},
    config::{Fetch, Overrides, load},
    failure::{Failure, Hint as _, Result},
};

/// The unit, with `@EXECUTABLE@`, `@OPTIONS@` and `@WRITABLE@` in the places of these.
const TEMPLATE: &str = include_str!("../../../packaging/haven.service");
/// The folder that the unit has anyway.
const STATE: &str = "/var/lib/haven";
/// What the unit reads its environment from.
const ENVIRONMENT: &str = "/etc/haven/haven.env";
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
        let folders = self.folders()?;
        let unit = self.unit(&folders)?;
        if self.print {
            return context.show.text(&unit);
        }
        check("install")?;
        // The unit may write only to what is there when it starts.
        for folder in folders.iter().filter(|folder| !folder.is_dir()) {
            crate::folder::make(folder).map_err(|error| {
                Error::unexpected(format!("`{}` cannot be made", folder.display())).caused_by(error)
            })?;
        }
        fs::write(UNIT, unit)
            .map_err(|error| Error::unexpected(format!("`{UNIT}` cannot be written")).caused_by(error))?;
        systemctl(&["daemon-reload"])?;
        systemctl(&["enable", "haven.service"])?;
        // Also one that runs already: as another unit said.
        systemctl(&["restart", "haven.service"])?;
        context.show.done(
            &serde_json::json!({ "installed": "haven.service" }),
            "installed and started haven.service; `journalctl -u haven` shows the first password",
        )
    }

    /// The folders besides its own that the service writes to: where the configuration, and `--store`, have its state.
    fn folders(&self) -> Result<BTreeSet<PathBuf>> {
        let mut overrides = Overrides::default();
        let env = Path::new(ENVIRONMENT);
        let mut given = if env.exists() { environment(&[env.to_owned()], &[])? } else { BTreeMap::new() };
        let mut variable = |name: &str| given.remove(name).map(|value| value.expose().to_owned());
        overrides.add("data", ENVIRONMENT, variable("HAVEN_DATA"));
        overrides.add("store", ENVIRONMENT, variable("HAVEN_STORE"));
        overrides.add("store", "--store", self.store.clone());
        let settings = load(&overrides, Fetch::KeptOnly)?.settings;
        let url = settings.store_url();
        let store = match StoreKind::of(&url) {
            Ok(StoreKind::Redb(path)) => Path::new(path).parent().map(Path::to_owned),
            Ok(_) => None,
            Err(error) => return Err(error.into()),
        };
        let elsewhere = |folder: &PathBuf| folder.is_absolute() && !folder.starts_with(STATE);
        Ok([Some(settings.data), store].into_iter().flatten().filter(elsewhere).collect())
    }

    fn unit(&self, folders: &BTreeSet<PathBuf>) -> Result<String> {
        let stands = |text: &str| {
            if is_plain(text) {
                return Ok(());
            }
            Err(Error::invalid(format!("`{}` cannot stand in a unit", text.escape_debug())))
        };
        let executable = std::env::current_exe()?.display().to_string();
        stands(&executable)?;
        let mut options = String::new();
        if let Some(listen) = self.listen {
            options = format!(" --listen {listen}");
        }
        if let Some(store) = &self.store {
            if without_credentials(store) != *store {
                return Err(Failure::usage(
                    "a password in `--store` would be open to all users of this machine",
                    format!("write `HAVEN_STORE=…` to `{ENVIRONMENT}`, with `chmod 600`, and leave out `--store`"),
                ));
            }
            stands(store)?;
            options += " --store ";
            options += store;
        }
        let mut writable = String::new();
        for folder in folders.iter().map(|folder| folder.display().to_string()) {
            stands(&folder)?;
            writable.extend(["ReadWritePaths=", &folder, "\n"]);
        }
        let unit = TEMPLATE.replace("@EXECUTABLE@", &executable).replace("@OPTIONS@", &options);
        Ok(unit.replace("@WRITABLE@\n", &writable))
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
