//! Programs in containers that one talks with: `exec` and `attach`.

use std::path::PathBuf;

use clap::Args;
use haven_core::{
    ErrorKind,
    door::ops::containers::{AttachContainer, ExecContainer, InspectContainer},
    model::{ContainerRef, ExecSpec},
};

use super::{
    Context,
    environment::environment,
    pick::Where,
    terminal::{self, Left},
};
use crate::failure::{Failure, Result};

/// Run a program in a container
#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// Pass standard input on
    #[arg(short, long)]
    interactive: bool,
    /// Give the program a terminal
    #[arg(short, long)]
    tty: bool,
    /// A further value of its environment; NAME alone takes the value from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// A file with such values, a line each; `--env` weighs more
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// The user, and group, that it runs as
    #[arg(short, long, value_name = "USER[:GROUP]")]
    user: Option<String>,
    /// The folder that it starts in
    #[arg(short, long, value_name = "FOLDER")]
    workdir: Option<String>,
    #[command(flatten)]
    place: Where,
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Exec {
    pub(crate) async fn run(self, context: &Context) -> Result {
        if self.tty {
            terminal::require_terminal()?;
        }
        let at = self.place.find(context, &self.container).await?;
        let spec = ExecSpec {
            command: self.command,
            tty: self.tty,
            stdin: self.interactive,
            env: environment(&self.env_file, &self.env)?,
            user: self.user,
            working_dir: self.workdir,
            size: if self.tty { terminal::size() } else { None },
        };
        let operation = ExecContainer { node: at.node, container: (&at.item.id).into(), spec };
        let conversation = context.haven().await?.converse(operation).await.map_err(|error| match error.kind() {
            ErrorKind::Conflict => Failure::Error(error, Some("`haven start` starts a container".into())),
            _ => error.into(),
        })?;
        let control = conversation.control.clone();
        let talk = async {
            match terminal::talk(conversation, self.interactive, self.tty).await? {
                Left::Detached => Ok(()),
                Left::Ended => terminal::ended(control.exit_code().await?),
            }
        };
        // What ends this program ends the conversation first, so that our terminal is as it was.
        tokio::select! {
            done = talk => done,
            code = terminal::asked_to_end()? => Err(Failure::Exit(code)),
        }
    }
}

/// Connect to the main program of a container
///
/// Control-C goes to the program, and leaves when it is pressed again and again. With a terminal, Control-P Control-Q
/// leaves at once; the program goes on.
#[derive(Debug, Args)]
pub(crate) struct Attach {
    /// Do not pass standard input on
    #[arg(long)]
    no_stdin: bool,
    #[command(flatten)]
    place: Where,
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
}

impl Attach {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let at = self.place.find(context, &self.container).await?;
        let haven = context.haven().await?;
        let container = ContainerRef::from(&at.item.id);
        let detail = haven.call(InspectContainer { node: at.node.clone(), container: container.clone() }).await?;
        let stdin = !self.no_stdin && detail.spec.open_stdin;
        if detail.spec.tty && stdin {
            terminal::require_terminal()?;
        }
        let attach = AttachContainer { node: at.node.clone(), container: container.clone() };
        let conversation = haven.converse(attach).await?;
        let control = conversation.control.clone();
        let talk = async {
            match terminal::talk(conversation, stdin, detail.spec.tty).await? {
                Left::Detached => Ok(0),
                Left::Ended => Ok(control.exit_code().await?),
            }
        };
        terminal::ended(terminal::passing_signals(haven, &at.node, &container, talk).await?)
    }
}
