//! A value that must not be seen.

use haven_core::model;
use pyo3::prelude::*;

/// A text that shows as `***`: an environment value, a password, a token.
#[pyclass(frozen, eq, module = "haven")]
#[derive(PartialEq)]
pub(crate) struct Secret(pub(crate) model::Secret);

#[pymethods]
impl Secret {
    #[new]
    fn new(value: String) -> Self {
        Self(model::Secret::new(value))
    }

    /// The value itself.
    fn expose(&self) -> &str {
        self.0.expose()
    }

    fn __repr__(&self) -> &'static str {
        "Secret(***)"
    }

    fn __str__(&self) -> &'static str {
        model::secret::MASK
    }
}
