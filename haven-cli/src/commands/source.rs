//! The repository that containers are configured from.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::{
    Error, ErrorKind,
    door::ops::source::{GetSource, RefreshSource, RemoveSource, SetSource},
    model::{Secret, SourceSpec, SourceStatus},
};

use super::{Context, explain::short, terminal::read_password};
use crate::{
    connection::variable,
    failure::{Failure, Result},
    show::{ago, parse_duration, printable},
};

/// What the password is read from, where it is there.
const PASSWORD: &str = "HAVEN_SOURCE_PASSWORD";

/// Manage the repository that containers are configured from
#[derive(Debug, Args)]
pub(crate) struct Source {
    #[command(subcommand)]
    command: Option<SourceCommand>,
}

#[derive(Debug, Subcommand)]
enum SourceCommand {
    /// Show the repository, and which version of it counts (the default)
    Show,
    /// Set the repository, for all masters, and look what is there
    Set(Set),
    /// Look what the repository has now
    Refresh,
    /// Forget the repository
    Rm,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A password is asked for where a user is given and none stands in HAVEN_SOURCE_PASSWORD. It is sealed in \
                        the store and never shown.\n\nWhich files count for a container: `<image>`, `<image>:<tag>`, \
                        `<cluster>/<image>`, `<cluster>/<image>:<tag>`, `<container>`, each `.properties`, `.yaml` or `.yml`; \
                        `haven explain` shows what comes of them."
)]
struct Set {
    /// A git repository, `https://…`, `ssh://…`, `user@host:path` or an absolute path; or `folder:/srv/haven`
    url: String,
    /// The branch or tag [default: what the repository calls its own]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The user there; `--username` says who we are at Haven
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// A file with a private key for SSH
    #[arg(long, value_name = "FILE")]
    ssh_key: Option<PathBuf>,
    /// A file with the only host keys that SSH believes [default: the key that is seen first]
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// How often it is looked for news [default: 1m]
    #[arg(long, value_name = "SPAN")]
    interval: Option<String>,
}

impl Source {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let status = match self.command.unwrap_or(SourceCommand::Show) {
            SourceCommand::Show => haven.call(GetSource {}).await.map_err(hinted)?,
            SourceCommand::Set(set) => haven.call(SetSource { spec: set.spec()?, revision: None }).await?,
            SourceCommand::Refresh => haven.call(RefreshSource {}).await.map_err(hinted)?,
            SourceCommand::Rm => {
                haven.call(RemoveSource::default()).await?;
                let told = "removed the repository of configurations";
                return context.show.done(&serde_json::json!({ "removed": "source" }), told);
            }
        };
        context.show.value(&status, || told(&status))?;
        if let Some(stale) = status.stale.as_ref().filter(|_| !context.show.json) {
            let old =
                if status.version.is_some() { "what is shown may be old" } else { "nothing of it could be read yet" };
            context.show.warn(&format!("{old}: {}", stale.why));
        }
        for problem in status.problems.iter().filter(|_| !context.show.json) {
            let place = [problem.line, problem.column].map(|at| at.map_or_else(String::new, |at| format!(":{at}")));
            context.show.warn(&printable(&format!("{}{}: {}", problem.file, place.concat(), problem.message)));
        }
        if let Some(more) = status.more_problems.filter(|_| !context.show.json) {
            context.show.warn(&format!("and {more} more of the kind"));
        }
        Ok(())
    }
}

impl Set {
    fn spec(self) -> Result<SourceSpec> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| {
                Error::invalid("the file cannot be read").caused_by(error).with("file", path.display())
            })
        };
        let interval = self.interval.as_deref().map(parse_duration).transpose()?;
        let password = match (variable(PASSWORD), &self.user) {
            (Some(password), _) => Some(Secret::new(password)),
            (None, Some(username)) => Some(Secret::new(read_password(&format!("Password of {username} there: "))?)),
            (None, None) => None,
        };
        Ok(SourceSpec {
            branch: self.branch,
            username: self.user,
            password: password.filter(|password| !password.expose().is_empty()),
            ssh_key: self.ssh_key.as_ref().map(read).transpose()?.map(Secret::new),
            known_hosts: self.known_hosts.as_ref().map(read).transpose()?,
            interval: interval.map(|interval| u32::try_from(interval.as_secs()).unwrap_or(u32::MAX)),
            ..SourceSpec::new(self.url)
        })
    }
}

fn hinted(error: Error) -> Failure {
    let hint = (error.kind() == ErrorKind::NotFound).then(|| "set one with `haven source set URL`".to_owned());
    Failure::Error(error, hint)
}

fn told(status: &SourceStatus) -> String {
    let spec = &status.spec;
    let mut lines = vec![("url", spec.url.clone())];
    lines.extend(spec.branch.as_ref().map(|branch| ("branch", branch.clone())));
    lines.extend(spec.username.as_ref().map(|username| ("user", username.clone())));
    lines.extend(spec.password.as_ref().map(|password| ("password", password.to_string())));
    lines.extend(spec.ssh_key.as_ref().map(|key| ("ssh key", key.to_string())));
    lines.extend(spec.interval.map(|seconds| ("looks", format!("every {seconds} s"))));
    lines.push(("version", status.version.as_deref().map_or("-", short).to_owned()));
    lines.extend(status.fetched.map(|fetched| ("read", ago(fetched))));
    lines.iter().map(|(name, value)| printable(&format!("{name:<10} {value}")) + "\n").collect()
}
