//! `haven-agent`: the agent alone, small enough to be given to every node.

use std::process::ExitCode;

use haven_agent::program::{Program, run};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (Ok(runtime), Ok(file)) = (runtime, std::env::current_exe()) else { return ExitCode::FAILURE };
    let program = Program::new("haven-agent", file, &[]);
    ExitCode::from(runtime.block_on(run(program, std::env::args_os().skip(1))))
}
