//! `haven-agent`: the agent alone, small enough to be given to every node.

use std::{io::Write as _, process::ExitCode};

use haven_agent::program::{Program, run};

/// Gives memory back to the system less eagerly than musl's own, which takes it anew for every report: a third of a
/// report's processor time.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: there is no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Only a service needs to know it, and says so where it is not to be had.
    let file = std::env::current_exe().unwrap_or_default();
    let code = runtime.block_on(run(Program::new("haven-agent", file, &[]), std::env::args_os().skip(1)));
    // A disk that hangs holds no one up.
    runtime.shutdown_background();
    ExitCode::from(code)
}
