//! Haven's answers as objects of Python: JSON read once, straight into the package's classes.
//!
//! A [`Shape`] says what is read; the shapes of all answers are generated, in `shapes.rs`. An answer came through the SDK's
//! own types, so what does not fit its shape is a bug and said as one.

use std::fmt;

use haven_core::{
    Error,
    model::{Channel, Output},
};
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyNone, PyString, PyTuple},
};
use serde::{
    Deserialize as _,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{error::raise, secret::Secret};

/// What an answer is. `null` is `None` in each.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Whatever JSON says.
    Plain,
    /// A point in time.
    Moment,
    /// A text that hides.
    Secret,
    /// A piece of a program's output.
    Output,
    /// A list of these.
    List(&'static Shape),
    /// These by name.
    Map(&'static Shape),
    /// An object of a class.
    Record(&'static Class),
    /// An object whose fields stand among those around it.
    Flat(&'static Class),
}

/// A class of the package.
pub(crate) struct Class {
    /// Its name in `haven.model`.
    pub(crate) name: &'static str,
    /// Its fields, in the order that its constructor takes them.
    pub(crate) fields: &'static [Field],
    /// The class itself, once it was looked up.
    pub(crate) found: PyOnceLock<Py<PyAny>>,
}

static OUTPUT: Class = Class { name: "Output", fields: &[], found: PyOnceLock::new() };

impl Class {
    fn call<'py>(&'static self, values: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = values.py();
        let find = || Ok::<_, PyErr>(py.import("haven.model")?.getattr(self.name)?.unbind());
        self.found.get_or_try_init(py, find)?.bind(py).call1(values)
    }
}

/// A field of a class.
pub(crate) struct Field {
    /// Its name in JSON.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) shape: Shape,
    /// What it is where it is left out, as JSON.
    pub(crate) absent: &'static str,
}

/// Reads an answer of this shape.
pub(crate) fn decode<'py>(py: Python<'py>, shape: &Shape, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    if json.is_empty() {
        return Ok(py.None().into_bound(py));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = Seed { py, shape }.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| raise(py, &Error::unexpected("the answer cannot be read").caused_by(error)))
}

struct Seed<'py, 's> {
    py: Python<'py>,
    shape: &'s Shape,
}

impl<'py> Seed<'py, '_> {
    fn with<'s>(&self, shape: &'s Shape) -> Seed<'py, 's> {
        Seed { py: self.py, shape }
    }
}

fn wrong<E: serde::de::Error>(error: impl fmt::Display) -> E {
    E::custom(error)
}

impl<'de, 'py> DeserializeSeed<'de> for Seed<'py, '_> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Seed<'py, '_> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shape {
            Shape::Plain => f.write_str("anything"),
            Shape::Moment => f.write_str("a point in time"),
            Shape::Secret => f.write_str("a secret"),
            Shape::Output => f.write_str("output"),
            Shape::List(_) => f.write_str("a list"),
            Shape::Map(_) => f.write_str("a map"),
            Shape::Record(class) | Shape::Flat(class) => f.write_str(class.name),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(PyNone::get(self.py).to_owned().into_any())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.py, value).into_any())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.py, value).into_any())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.py, value).into_any())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        match self.shape {
            Shape::Moment => {
                let moment: jiff::Timestamp = value.parse().map_err(wrong)?;
                // Python counts microseconds.
                let moment = jiff::Timestamp::from_microsecond(moment.as_microsecond()).map_err(wrong)?;
                Ok(moment.into_pyobject(self.py).map_err(wrong)?.into_any())
            }
            Shape::Secret => Ok(Bound::new(self.py, Secret(value.into())).map_err(wrong)?.into_any()),
            _ => Ok(PyString::new(self.py, value).into_any()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let shape = match self.shape {
            Shape::List(shape) => *shape,
            _ => &Shape::Plain,
        };
        let mut read = Vec::with_capacity(items.size_hint().unwrap_or(0));
        while let Some(item) = items.next_element_seed(self.with(shape))? {
            read.push(item);
        }
        Ok(PyTuple::new(self.py, read).map_err(wrong)?.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let shape = match self.shape {
            Shape::Record(class) | Shape::Flat(class) => return self.record(class, fields),
            Shape::Output => return self.output(fields),
            Shape::Map(shape) => *shape,
            _ => &Shape::Plain,
        };
        let read = PyDict::new(self.py);
        while let Some(name) = fields.next_key::<Key<'_>>()? {
            let value = fields.next_value_seed(self.with(shape))?;
            read.set_item(name.0, value).map_err(wrong)?;
        }
        Ok(read.into_any())
    }
}

/// The name of a field, without a copy where JSON has it as it is.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

impl<'py> Seed<'py, '_> {
    fn output<'de, A: MapAccess<'de>>(&self, fields: A) -> Result<Bound<'py, PyAny>, A::Error> {
        let output = Output::deserialize(MapAccessDeserializer::new(fields))?;
        let channel = match output.channel {
            Channel::Stdout => "stdout",
            Channel::Stderr => "stderr",
        };
        let fields = (channel, PyBytes::new(self.py, &output.bytes)).into_pyobject(self.py);
        fields.and_then(|fields| OUTPUT.call(fields)).map_err(wrong)
    }

    fn record<'de, A: MapAccess<'de>>(
        &self,
        class: &'static Class,
        mut fields: A,
    ) -> Result<Bound<'py, PyAny>, A::Error> {
        let mut own = Draft::new(self.py, class);
        let mut inner = class.fields.iter().enumerate().find_map(|(at, field)| match field.shape {
            Shape::Flat(inner) => Some((at, Draft::new(self.py, inner))),
            _ => None,
        });
        while let Some(name) = fields.next_key::<Key<'_>>()? {
            let draft = match &mut inner {
                Some((_, inner)) if own.place(&name.0).is_none() => inner,
                _ => &mut own,
            };
            match draft.place(&name.0) {
                Some(at) => {
                    draft.values[at] = Some(fields.next_value_seed(self.with(&draft.class.fields[at].shape))?);
                    draft.next = at + 1;
                }
                // Of a newer Haven.
                None => drop(fields.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        if let Some((at, inner)) = inner {
            own.values[at] = Some(inner.finish()?);
        }
        own.finish()
    }
}

/// An object whose fields are being read.
struct Draft<'py> {
    py: Python<'py>,
    class: &'static Class,
    values: Vec<Option<Bound<'py, PyAny>>>,
    /// Where the next field most likely is: after the last.
    next: usize,
}

impl<'py> Draft<'py> {
    fn new(py: Python<'py>, class: &'static Class) -> Self {
        Self { py, class, values: vec![None; class.fields.len()], next: 0 }
    }

    fn place(&self, name: &str) -> Option<usize> {
        let fields = self.class.fields;
        let is_it = |at: &usize| fields[*at].name == name;
        Some(self.next).filter(|next| *next < fields.len()).filter(is_it).or_else(|| (0..fields.len()).find(is_it))
    }

    fn finish<E: serde::de::Error>(self) -> Result<Bound<'py, PyAny>, E> {
        let py = self.py;
        let values = self.values.into_iter().zip(self.class.fields).map(|(value, field)| match value {
            Some(value) => Ok(value),
            None if field.absent.is_empty() => Err(E::missing_field(field.name)),
            None => {
                let mut absent = serde_json::Deserializer::from_str(field.absent);
                Seed { py, shape: &field.shape }.deserialize(&mut absent).map_err(wrong)
            }
        });
        let values: Vec<_> = values.collect::<Result<_, E>>()?;
        PyTuple::new(py, values).and_then(|values| self.class.call(values)).map_err(wrong)
    }
}
