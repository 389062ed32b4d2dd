//! The native half of the pip-installed `haven-agent`: the agent and nothing else, so that nothing else is in the memory of
//! the nodes where it runs.

/// The agent's command line, for `haven.program`.
#[pyo3::pymodule]
mod _program {
    use std::{ffi::OsString, path::PathBuf, pin::pin};

    use futures_util::FutureExt as _;
    use haven_agent::program::{Program, run};
    use pyo3::prelude::*;

    /// Runs the agent's command line, until a signal ends it; answers the exit code.
    #[pyfunction]
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is of one lifetime")]
    fn agent(py: Python<'_>, file: PathBuf, arguments: Vec<OsString>) -> PyResult<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let code = py.detach(|| {
            let mut work = pin!(run(Program::script(file), arguments));
            match runtime.block_on(async { work.as_mut().now_or_never() }) {
                Some(code) => Ok(code),
                // A signal that came before the agent had its own handlers was Python's.
                None => Python::attach(|py| py.check_signals()).map(|()| runtime.block_on(work)),
            }
        });
        // What does not end holds no one up.
        runtime.shutdown_background();
        code
    }
}
