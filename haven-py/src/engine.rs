//! One container engine, without a fleet around it.

use std::sync::Arc;

use haven_core::{
    Error, Result,
    engine::{
        Engine as Core,
        docker::{DockerEngine, DockerOptions},
        sim::SimEngine,
    },
    model::{
        ContainerFilter, ContainerName, ContainerRef, ContainerSpec,
        container::{RemoveOptions, StopOptions},
    },
};
use pyo3::prelude::*;
use serde::Serialize;

use crate::{
    decode::{Shape, decode},
    encode,
    error::raise,
    shapes,
    work::Work,
};

/// A container engine: a real one, or a simulated one in this process.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Engine(Arc<dyn Core>);

impl Engine {
    /// Asks the engine; the answer is of this shape.
    fn ask<T: Serialize, F: Future<Output = Result<T>> + Send + 'static>(
        &self,
        shape: &'static Shape,
        ask: impl FnOnce(Arc<dyn Core>) -> F,
    ) -> Work {
        let asked = ask(self.0.clone());
        let written = async move {
            serde_json::to_vec(&asked.await?)
                .map_err(|error| Error::unexpected("an answer can be written").caused_by(error))
        };
        Work::new(written, |py, json| decode(py, shape, &json))
    }
}

fn container(py: Python<'_>, name: &str) -> PyResult<ContainerRef> {
    ContainerRef::new(name).map_err(|error| raise(py, &error))
}

#[pymethods]
impl Engine {
    /// Connects to the Docker Engine at an address.
    #[staticmethod]
    fn docker(py: Python<'_>, address: &str) -> PyResult<Work> {
        let address = address.parse().map_err(|error| raise(py, &error))?;
        let connect = async move { DockerEngine::at(&address, None, DockerOptions::default()).await };
        Ok(Work::new(connect, |py, engine| Ok(Bound::new(py, Self(Arc::new(engine)))?.into_any())))
    }

    /// A new simulated engine.
    #[staticmethod]
    fn simulated() -> Self {
        Self(Arc::new(SimEngine::default()))
    }

    fn ping(&self) -> Work {
        self.ask(&Shape::Plain, |engine| async move { engine.ping().await })
    }

    fn info(&self) -> Work {
        self.ask(&shapes::ENGINE_INFO, |engine| async move { engine.info().await })
    }

    fn containers(&self, filter: &Bound<'_, PyAny>) -> PyResult<Work> {
        let filter: ContainerFilter = encode::read(filter)?;
        Ok(self.ask(&shapes::CONTAINERS, |engine| async move { engine.containers(&filter).await }))
    }

    fn container(&self, py: Python<'_>, id: &str) -> PyResult<Work> {
        let id = container(py, id)?;
        Ok(self.ask(&shapes::CONTAINER_DETAIL, |engine| async move { engine.container(&id).await }))
    }

    fn create_container(&self, name: Option<&str>, spec: &Bound<'_, PyAny>) -> PyResult<Work> {
        let name = name.map(ContainerName::new).transpose().map_err(|error| raise(spec.py(), &error))?;
        let spec: ContainerSpec = encode::read(spec)?;
        Ok(self.ask(&Shape::Plain, |engine| async move { engine.create_container(name.as_ref(), &spec).await }))
    }

    fn start_container(&self, py: Python<'_>, id: &str) -> PyResult<Work> {
        let id = container(py, id)?;
        Ok(self.ask(&Shape::Plain, |engine| async move { engine.start_container(&id).await }))
    }

    fn stop_container(&self, id: &str, options: &Bound<'_, PyAny>) -> PyResult<Work> {
        let (id, options): (_, StopOptions) = (container(options.py(), id)?, encode::read(options)?);
        Ok(self.ask(&Shape::Plain, |engine| async move { engine.stop_container(&id, &options).await }))
    }

    fn remove_container(&self, id: &str, options: &Bound<'_, PyAny>) -> PyResult<Work> {
        let (id, options): (_, RemoveOptions) = (container(options.py(), id)?, encode::read(options)?);
        Ok(self.ask(&Shape::Plain, |engine| async move { engine.remove_container(&id, &options).await }))
    }

    fn images(&self) -> Work {
        self.ask(&shapes::IMAGES, |engine| async move { engine.images().await })
    }

    fn networks(&self) -> Work {
        self.ask(&shapes::NETWORKS, |engine| async move { engine.networks().await })
    }

    fn volumes(&self) -> Work {
        self.ask(&shapes::VOLUMES, |engine| async move { engine.volumes().await })
    }
}
