//! Everything about containers, and the secrets that this leaves out.

use std::io::{self, IsTerminal as _};

use clap::Args;
use haven_core::{
    Error, ErrorKind,
    door::ops::containers::{ContainerEnvironment, InspectContainer},
    model::{At, ContainerRef, container},
};

use super::{Context, pick::Where};
use crate::{
    failure::{Hint as _, Result},
    show::printable,
};

/// Show everything about containers
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The containers, by id, beginning of the id, or name
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<ContainerRef>,
    #[command(flatten)]
    place: Where,
}

impl Inspect {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let mut found = Vec::new();
        for container in &self.containers {
            let at = self.place.find(context, container).await?;
            let operation = InspectContainer { node: at.node.clone(), container: (&at.item.id).into() };
            found.push(At { node: at.node, item: haven.call(operation).await? });
        }
        context.show.pretty(&found)
    }
}

/// Show the environment of a container in the clear, a line each; it is recorded in the audit
#[derive(Debug, Args)]
pub(crate) struct Environment {
    /// The container, by id, beginning of the id, or name
    #[arg(value_name = "CONTAINER")]
    container: ContainerRef,
    #[command(flatten)]
    place: Where,
}

impl Environment {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (node, container) = self.place.found(context, self.container.clone()).await?;
        let found = context.haven().await?.call(ContainerEnvironment { node, container }).await?;
        if context.show.json {
            return context.show.pretty(&found);
        }
        let lines = lines(&found).hint("`--json` shows it")?;
        // What a file or a program takes is what it is; a terminal obeys some of it.
        let shown = |line: &String| if io::stdout().is_terminal() { printable(line) } else { line.clone() };
        context.show.text(&lines.iter().map(|line| shown(line) + "\n").collect::<String>())
    }
}

/// `NAME=VALUE`, as `--env-file` reads it. `Unsupported` for a value that does not fit in a line.
fn lines(environment: &container::Environment) -> haven_core::Result<Vec<String>> {
    let line = |(name, value): (&String, &String)| {
        if value.contains(['\n', '\r']) {
            let why = format!("the value of `{}` has more than one line", name.escape_debug());
            return Err(Error::new(ErrorKind::Unsupported, why));
        }
        Ok(format!("{name}={value}"))
    };
    environment.env.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, value: &str) -> haven_core::Result<Vec<String>> {
        lines(&container::Environment { env: [("A".into(), "1".into()), (name.into(), value.into())].into() })
    }

    #[test]
    fn a_value_is_a_line_or_refused_without_being_shown() {
        assert_eq!(told("PATH", "/bin=\t x").unwrap(), ["A=1", "PATH=/bin=\t x"]);
        for value in ["s3cret\nB=2", "s3cret\r"] {
            let error = told("KEY", value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert_eq!(error.message(), "the value of `KEY` has more than one line");
        }
    }
}
