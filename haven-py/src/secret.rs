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

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    #[expect(clippy::unused_self, reason = "Python calls it on an object")]
    fn __repr__(&self) -> &'static str {
        "Secret(***)"
    }

    #[expect(clippy::unused_self, reason = "Python calls it on an object")]
    fn __str__(&self) -> &'static str {
        model::secret::MASK
    }
}

/// A text, or one that hides.
#[derive(FromPyObject)]
pub(crate) enum Text {
    Secret(Py<Secret>),
    Plain(String),
}

impl From<Text> for model::Secret {
    fn from(text: Text) -> Self {
        match text {
            Text::Secret(secret) => secret.get().0.clone(),
            Text::Plain(text) => text.into(),
        }
    }
}
