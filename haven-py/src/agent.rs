//! The agent, as an object.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use haven_agent::{Agent as Core, AgentConfig};
use haven_core::{Error, model::NodeName};
use pyo3::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::{error::raise, runtime::seconds, secret::Text, work::Work};

/// Collects what this machine uses, and reports it to a Haven server.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Agent {
    agent: Mutex<Option<Core>>,
    stop: CancellationToken,
}

#[pymethods]
impl Agent {
    /// Checks the configuration.
    #[new]
    #[pyo3(signature = (master, secret, name, docker, address, ca, interval, root))]
    #[expect(clippy::too_many_arguments, reason = "they are named where it is called")]
    fn new(
        py: Python<'_>,
        master: String,
        secret: Option<Text>,
        name: Option<&str>,
        docker: &str,
        address: Option<&str>,
        ca: Option<String>,
        interval: f64,
        root: PathBuf,
    ) -> PyResult<Self> {
        let agent = || {
            Core::new(AgentConfig {
                master,
                ca,
                secret: secret.map(Into::into),
                name: name.map(NodeName::new).transpose()?,
                docker: docker.parse()?,
                tls: None,
                address: address.map(str::parse).transpose()?,
                interval: seconds("interval", interval)?,
                root,
            })
        };
        let agent = agent().map_err(|error| raise(py, &error))?;
        Ok(Self { agent: Mutex::new(Some(agent)), stop: CancellationToken::new() })
    }

    /// Reports every interval, until it is stopped.
    fn run(&self, py: Python<'_>) -> PyResult<Work> {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner).take();
        let agent = agent.ok_or_else(|| raise(py, &Error::conflict("this agent ran before: make another")))?;
        let stop = self.stop.clone();
        Ok(Work::silent(async move {
            agent.run(stop).await;
            Ok(())
        }))
    }

    /// Ends reporting.
    fn stop(&self) {
        self.stop.cancel();
    }
}
