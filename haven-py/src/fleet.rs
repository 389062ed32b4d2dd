//! A fleet: every operation of the door's table, by name.

use std::sync::{Mutex, PoisonError};

use haven_core::{
    Error, Haven, Result,
    door::{Credentials, Handler, RemoteOptions, Request, row},
    model::{ContainerSpec, Face, NodeName, Plan, PlanId},
};
use pyo3::prelude::*;

use crate::{
    decode::{Shape, decode},
    encode,
    error::raise,
    runtime::{self, seconds},
    secret::Text,
    shapes,
    stream::Stream,
    terminal::Terminal,
    work::Work,
};

/// An answer as JSON.
fn written(answer: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(answer).map_err(|error| Error::unexpected("an answer can be written").caused_by(error))
}

/// A fleet that was opened; none: it was closed, and nothing keeps its store.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Fleet(Mutex<Option<Haven>>);

impl Fleet {
    fn opened(&self) -> Result<Haven> {
        let haven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        haven.clone().ok_or_else(|| Error::conflict("this fleet was closed: open it anew"))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if !runtime::is_ours() {
            std::mem::forget(self.0.get_mut().map_or(None, Option::take));
        }
    }
}

fn credentials(token: Option<Text>, user: Option<String>, password: Option<Text>) -> Result<Credentials> {
    match (token, user, password) {
        (None, None, None) => Ok(Credentials::None),
        (Some(token), None, None) => Ok(Credentials::Token(token.into())),
        (None, Some(user), Some(password)) => Ok(Credentials::Password { user, password: password.into() }),
        _ => Err(Error::invalid("credentials are either a `token`, or `user` and `password`")),
    }
}

#[pymethods]
impl Fleet {
    /// Opens a fleet by its address.
    #[staticmethod]
    #[pyo3(signature = (url, token=None, user=None, password=None, ca=None, timeout=None))]
    fn open(
        py: Python<'_>,
        url: String,
        token: Option<Text>,
        user: Option<String>,
        password: Option<Text>,
        ca: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Work> {
        let options = || {
            let usual = RemoteOptions::default();
            let timeout = timeout.map_or(Ok(usual.timeout), |timeout| seconds("timeout", timeout))?;
            let credentials = credentials(token, user, password)?;
            Ok(RemoteOptions { credentials, ca, timeout, face: Face::Python, ..usual })
        };
        let options = options().map_err(|error| raise(py, &error))?;
        Ok(Work::new(async move { Haven::open_with(&url, options).await }, |py, haven| {
            Ok(Bound::new(py, Self(Mutex::new(Some(haven))))?.into_any())
        }))
    }

    /// An operation: the work that answers a value or a terminal, or a stream, as the table has it.
    fn call<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        parameters: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let row = row(operation).map_err(|error| raise(py, &error))?;
        let request = Request::of(encode::parameters(parameters)?);
        let shape =
            shapes::ANSWERS.iter().find(|(name, _)| *name == row.name).map_or(&Shape::Plain, |(_, shape)| *shape);
        let haven = self.opened().map_err(|error| raise(py, &error))?;
        let work = match row.handler {
            Handler::Follow(open) => {
                return Ok(Bound::new(py, Stream::new(open(haven, request), shape))?.into_any());
            }
            Handler::Call(run) => Work::new(run(haven, request), move |py, reply| decode(py, shape, &reply.json)),
            Handler::Converse(open) => Work::new(open(haven, request), |py, terminal| {
                Ok(Bound::new(py, Terminal::new(py, terminal)?)?.into_any())
            }),
        };
        Ok(Bound::new(py, work)?.into_any())
    }

    /// Waits until a node's engine is connected, for at most so many seconds; answers the node.
    fn wait_online(&self, py: Python<'_>, node: String, within: f64) -> PyResult<Work> {
        let limit = seconds("within", within).map_err(|error| raise(py, &error))?;
        let haven = self.opened().map_err(|error| raise(py, &error))?;
        let wait = async move {
            let node = haven.nodes().wait_online_within(&NodeName::new(&node)?, limit).await?;
            written(&node)
        };
        Ok(Work::new(wait, |py, json| decode(py, &shapes::NODE, &json)))
    }

    /// Creates a container and starts it; answers its id.
    fn run(&self, py: Python<'_>, node: String, name: String, spec: &Bound<'_, PyAny>) -> PyResult<Work> {
        let spec: ContainerSpec = encode::read(spec)?;
        let haven = self.opened().map_err(|error| raise(py, &error))?;
        let run = async move { haven.containers().run(&NodeName::new(&node)?, &name, spec).await };
        Ok(Work::new(run, |py, id| Ok(id.as_str().into_pyobject(py)?.into_any())))
    }

    /// Begins a plan, which must be as it was made, and waits until it is at rest; answers it and how far it has come.
    fn apply_and_wait(&self, py: Python<'_>, plan: &Bound<'_, PyAny>) -> PyResult<Work> {
        let plan: Plan = encode::read(plan)?;
        let haven = self.opened().map_err(|error| raise(py, &error))?;
        let apply = async move { written(&haven.plans().apply_and_wait(&plan).await?) };
        Ok(Work::new(apply, |py, json| decode(py, &shapes::PLAN_DETAIL, &json)))
    }

    /// Waits until a plan that was begun is at rest; answers it and how far it has come.
    fn wait_plan(&self, py: Python<'_>, plan: String) -> PyResult<Work> {
        let haven = self.opened().map_err(|error| raise(py, &error))?;
        let wait = async move { written(&haven.plans().wait(&PlanId::new(plan)?).await?) };
        Ok(Work::new(wait, |py, json| decode(py, &shapes::PLAN_DETAIL, &json)))
    }

    /// Ends the background work of a fleet in this process, once what was begun is done and written, and lets its store go.
    fn close(&self) -> Work {
        let haven = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        Work::silent(async move {
            if let Some(haven) = haven {
                haven.close().await;
            }
            Ok(())
        })
    }
}
