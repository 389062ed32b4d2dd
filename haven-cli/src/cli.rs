//! The command line: what can be typed, and how a command is run from start to exit code.

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use clap_complete::CompleteEnv;

use crate::{
    commands::{COMPLETE, Command, Context, with_names},
    connection::ServerArgs,
    failure::{EXIT_CODES, Failure, exit_code},
    show::{LONG, Show, note, shortened},
};

/// Manage fleets of Docker machines
#[derive(Debug, Parser)]
#[command(
    name = "haven",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    max_term_width = 120,
    after_help = "`haven help COMMAND` says more about a command; `haven help exit-codes` lists the exit codes."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// Write JSON for programs instead of tables for people
    #[arg(long, global = true, display_order = 100)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The whole command line, as clap has it.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    // Ends the program when it is a shell that calls.
    CompleteEnv::with_factory(|| with_names(command())).var(COMPLETE).complete();
    let cli = match command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return wrong(&error),
    };
    let show = Show { json: cli.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish(show, Err(error.into())),
    };
    let result = runtime.block_on(async {
        let context = Context::new(cli.server.or_usual(), show);
        let result = Box::pin(cli.command.run(&context)).await;
        context.close().await;
        result.map_err(|failure| context.server.explain(failure))
    });
    // A thread may be reading standard input for ever; it need not be waited for.
    runtime.shutdown_background();
    finish(show, result)
}

/// Says what is wrong with the words that were typed, or what they asked for: help, or the version.
fn wrong(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // The words could not be read, so that nobody knows yet who reads the answer.
    if std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json") {
        let text = error.render().to_string();
        let message = shortened(text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: "));
        let hint = "`haven help COMMAND` tells what a command takes";
        return finish(Show { json: true }, Err(Failure::usage(message, hint)));
    }
    let text = error.render().to_string();
    if text.len() > LONG {
        note(&shortened(&text));
    } else {
        let _ = error.print();
    }
    ExitCode::from(2)
}

fn finish(show: Show, result: crate::failure::Result) -> ExitCode {
    let code = match result {
        Ok(()) | Err(Failure::BrokenPipe) => 0,
        Err(Failure::Exit(code)) => code,
        Err(Failure::Error(error, hint)) => {
            show.error(&error, hint.as_deref());
            exit_code(error.kind())
        }
    };
    ExitCode::from(code)
}

/// The help page of a command, or of a topic.
pub(crate) fn help(words: &[String]) -> crate::failure::Result<String> {
    if words.first().is_some_and(|word| word == "exit-codes") {
        return Ok(EXIT_CODES.to_owned());
    }
    let mut root = command();
    root.build();
    let mut at = &mut root;
    for word in words {
        at = at.find_subcommand_mut(word).ok_or_else(|| {
            Failure::usage(format!("no command `{}`", words.join(" ")), "`haven help` lists all commands")
        })?;
    }
    Ok(at.render_long_help().to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::with_names(super::command()).debug_assert();
    }
}
