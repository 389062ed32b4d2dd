//! What Python asks, as JSON: the parameters of an operation.
//!
//! Fields that are `None` are left out, which is what they mean. What JSON cannot say is refused, and where it stands.

use haven_core::Error;
use jiff::Timestamp;
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyBool, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple, PyType},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{error::raise, secret::Secret};

/// How deep parameters may be nested: no operation takes more, and a list that holds itself has no end.
const DEPTH: usize = 32;

static RECORD: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Parameters by name as a JSON object.
pub(crate) fn parameters(parameters: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let py = parameters.py();
    let json = to_json(parameters, &Place::Top)?;
    serde_json::to_vec(&json).map_err(|error| raise(py, &Error::unexpected("JSON can be written").caused_by(error)))
}

/// An object of Python's as a type of the SDK.
pub(crate) fn read<T: DeserializeOwned>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    let json = to_json(value, &Place::Top)?;
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        raise(value.py(), &Error::invalid(format!("field `{}`: {}", path.escape_debug(), error.inner())))
    })
}

/// Where in the parameters something stands.
enum Place<'a> {
    Top,
    In(&'a Place<'a>, &'a str, usize),
}

impl Place<'_> {
    fn depth(&self) -> usize {
        match self {
            Self::Top => 0,
            Self::In(_, _, depth) => *depth,
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Top => "parameters".to_owned(),
            Self::In(Self::Top, name, _) => (*name).to_owned(),
            Self::In(around, name, _) => format!("{}.{name}", around.path()),
        }
    }

    fn refuse(&self, py: Python<'_>, why: impl std::fmt::Display) -> PyErr {
        raise(py, &Error::invalid(format!("`{}` {why}", self.path().escape_debug())))
    }
}

fn to_json(value: &Bound<'_, PyAny>, place: &Place<'_>) -> PyResult<Value> {
    let py = value.py();
    if place.depth() > DEPTH {
        return Err(place.refuse(py, "is nested too deep"));
    }
    let inside = |name: &str, value: &Bound<'_, PyAny>| to_json(value, &Place::In(place, name, place.depth() + 1));
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(value) = value.cast::<PyString>() {
        return match value.to_cow() {
            Ok(text) => Ok(Value::String(text.into_owned())),
            Err(_) => Err(place.refuse(py, "is no text that can be written as UTF-8")),
        };
    }
    if let Ok(value) = value.cast::<PyBool>() {
        return Ok(Value::Bool(value.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        let number = value.extract::<i64>().map(Value::from).or_else(|_| value.extract::<u64>().map(Value::from));
        return number.map_err(|_| place.refuse(py, "is a number that is too large"));
    }
    if let Ok(value) = value.cast::<PyFloat>() {
        let number = serde_json::Number::from_f64(value.extract()?);
        return number.map(Value::Number).ok_or_else(|| place.refuse(py, "is no finite number"));
    }
    if let Ok(value) = value.cast::<Secret>() {
        return Ok(Value::String(value.get().0.expose().to_owned()));
    }
    if let Ok(fields) = value.cast::<PyDict>() {
        return object(fields.iter(), place, inside);
    }
    if let Ok(items) = value.cast::<PyList>() {
        return items.iter().map(|item| inside("[]", &item)).collect();
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return items.iter().map(|item| inside("[]", &item)).collect();
    }
    if let Ok(fields) = value.cast::<PyMapping>() {
        let items = fields.items()?.iter().map(|item| item.extract()).collect::<PyResult<Vec<_>>>()?;
        return object(items.into_iter(), place, inside);
    }
    if value.is_instance_of::<PyDateTime>() {
        return match value.extract::<Timestamp>() {
            Ok(moment) => Ok(Value::String(moment.to_string())),
            Err(_) => {
                Err(place.refuse(py, "is a time without a time zone: say which, as `datetime.now(timezone.utc)`"))
            }
        };
    }
    let record = RECORD.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("haven._record")?.getattr("Record")?.cast_into::<PyType>()?.unbind())
    })?;
    if value.is_instance(record.bind(py))? {
        let fields = value.call_method0("_asdict")?.cast_into::<PyDict>()?;
        return object(fields.iter(), place, inside);
    }
    Err(place.refuse(py, format_args!("is of the type `{}`, which Haven does not take", value.get_type().name()?)))
}

fn object<'py>(
    fields: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    place: &Place<'_>,
    inside: impl Fn(&str, &Bound<'py, PyAny>) -> PyResult<Value>,
) -> PyResult<Value> {
    let mut object = Map::new();
    for (name, value) in fields {
        let name = name.cast_into::<PyString>().map_err(|error| {
            let name = error.into_inner();
            place.refuse(name.py(), "has a key that is no text")
        })?;
        let name = name.to_cow()?;
        let value = inside(&name, &value)?;
        if !value.is_null() {
            object.insert(name.into_owned(), value);
        }
    }
    Ok(Value::Object(object))
}
