//! The operations of the API, and the command that each is reached by.

use haven_core::door;
use serde::Serialize;

use super::Context;
use crate::{failure::Result, show::Table};

/// Which command reaches an operation. A test walks the table: an operation without a command fails it.
const COMMANDS: &[(&str, &str)] = &[
    ("clusters.add_node", "clusters add"),
    ("clusters.create", "clusters create"),
    ("clusters.delete", "clusters rm"),
    ("clusters.get", "clusters inspect"),
    ("clusters.list", "clusters ls"),
    ("clusters.place", "run"),
    ("clusters.remove_node", "clusters remove"),
    ("clusters.update", "clusters update"),
    ("containers.attach", "attach"),
    ("containers.changes", "diff"),
    ("containers.copy_in", "cp"),
    ("containers.copy_out", "cp"),
    ("containers.create", "create"),
    ("audit.list", "audit"),
    ("containers.environment", "environment"),
    ("containers.exec", "exec"),
    ("containers.explain", "explain"),
    ("containers.export", "export"),
    ("containers.find", "inspect"),
    ("containers.inspect", "inspect"),
    ("containers.kill", "kill"),
    ("containers.list", "ps"),
    ("containers.logs", "logs"),
    ("containers.metrics", "stats"),
    ("containers.pause", "pause"),
    ("containers.processes", "processes"),
    ("containers.remove", "rm"),
    ("containers.rename", "rename"),
    ("containers.restart", "restart"),
    ("containers.start", "start"),
    ("containers.stats", "stats"),
    ("containers.stats_stream", "stats"),
    ("containers.stop", "stop"),
    ("containers.unpause", "unpause"),
    ("containers.update_limits", "limits"),
    ("containers.wait", "wait"),
    ("events.count", "events count"),
    ("events.follow", "events"),
    ("events.list", "events ls"),
    ("images.inspect", "images inspect"),
    ("images.list", "images ls"),
    ("images.pull", "images pull"),
    ("images.remove", "images rm"),
    ("images.tag", "images tag"),
    ("invitations.create", "nodes invite"),
    ("networks.connect", "networks connect"),
    ("networks.create", "networks create"),
    ("networks.disconnect", "networks disconnect"),
    ("networks.get", "networks inspect"),
    ("networks.list", "networks ls"),
    ("networks.prune", "networks prune"),
    ("networks.remove", "networks rm"),
    ("nodes.get", "nodes inspect"),
    ("nodes.list", "nodes ls"),
    ("nodes.metrics", "nodes metrics"),
    ("nodes.register", "nodes register"),
    ("nodes.remove", "nodes rm"),
    ("nodes.report", "nodes report"),
    ("nodes.update", "nodes update"),
    ("plans.abort", "plan abort"),
    ("plans.apply", "apply"),
    ("plans.create", "plan create"),
    ("plans.diff", "plan diff"),
    ("plans.drain", "plan drain"),
    ("plans.follow", "plan follow"),
    ("plans.get", "plan show"),
    ("plans.kept", "plan kept"),
    ("plans.list", "plan ls"),
    ("plans.pause", "plan pause"),
    ("plans.prune", "plan prune"),
    ("plans.remove", "plan rm"),
    ("plans.resume", "plan resume"),
    ("plans.rollback", "plan rollback"),
    ("plans.scale", "plan scale"),
    ("plans.update", "plan update"),
    ("sessions.create", "login"),
    ("sessions.current", "whoami"),
    ("sessions.delete", "logout"),
    ("source.explain", "explain"),
    ("source.get", "source show"),
    ("source.refresh", "source refresh"),
    ("source.remove", "source rm"),
    ("source.set", "source set"),
    ("system.status", "status"),
    ("top.containers", "top containers"),
    ("top.nodes", "top nodes"),
    ("users.change_password", "passwd"),
    ("volumes.create", "volumes create"),
    ("volumes.get", "volumes inspect"),
    ("volumes.list", "volumes ls"),
    ("volumes.prune", "volumes prune"),
    ("volumes.remove", "volumes rm"),
];

#[derive(Serialize)]
struct Shown {
    name: &'static str,
    method: &'static str,
    path: String,
    summary: &'static str,
    command: String,
}

/// Lists the operations.
pub(crate) fn run(context: &Context) -> Result {
    let rows: Vec<Shown> = door::table()
        .into_iter()
        .map(|row| Shown {
            name: row.name,
            method: row.method.as_str(),
            path: format!("/api/v1{}", row.path),
            summary: row.summary.trim(),
            command: command_of(row.name).map(|command| format!("haven {command}")).unwrap_or_default(),
        })
        .collect();
    context.show.value(&rows, || {
        let mut table = Table::new(&["OPERATION", "METHOD", "PATH", "COMMAND"]);
        for row in &rows {
            table.row([row.name.to_owned(), row.method.to_owned(), row.path.clone(), row.command.clone()]);
        }
        table.render()
    })
}

pub(super) fn command_of(operation: &str) -> Option<&'static str> {
    COMMANDS.iter().find(|(name, _)| *name == operation).map(|(_, command)| *command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_reached_by_a_command_that_exists() {
        let mut root = crate::cli::command();
        root.build();
        for row in door::table() {
            let command = command_of(row.name).unwrap_or_else(|| panic!("no command for `{}`", row.name));
            let mut at = &root;
            for word in command.split(' ') {
                at = at.find_subcommand(word).unwrap_or_else(|| panic!("`haven {command}` does not exist"));
            }
        }
    }

    #[test]
    fn no_row_is_for_an_operation_that_is_gone() {
        let table = door::table();
        for (name, _) in COMMANDS {
            assert!(table.iter().any(|row| row.name == *name), "`{name}` is no operation");
        }
    }
}
