//! The table of all operations: what every face walks over.

use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::LazyLock};

use futures_util::{StreamExt as _, stream};
use haven_model::{Error, Result, Revision};
use serde::Serialize;

use super::{Call, Converse, Follow, Method, Operation, Request, ops};
use crate::{
    Haven,
    engine::{Stream, Terminal},
};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// One operation, with its types forgotten.
pub struct Row {
    /// Its name: `containers.stop`.
    pub name: &'static str,
    /// Its type, with the path to it.
    pub operation: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Its HTTP method.
    pub method: Method,
    /// Its path below `/api/v1`.
    pub path: &'static str,
    /// How to run it.
    pub handler: Handler,
    /// The JSON Schema of its parameters.
    #[cfg(feature = "schema")]
    pub parameters: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    /// The JSON Schema of its answer, or of each item; none for a conversation.
    #[cfg(feature = "schema")]
    pub answer: Option<fn(&mut schemars::SchemaGenerator) -> schemars::Schema>,
}

/// How a [`Row`] is run, by how it answers.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Once.
    Call(fn(Haven, Request) -> Answer<Reply>),
    /// Bit by bit.
    Follow(fn(Haven, Request) -> Answer<Stream<Item>>),
    /// As a conversation.
    Converse(fn(Haven, Request) -> Answer<Terminal>),
}

/// An answer as JSON.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The JSON text; empty for an answer that says nothing.
    pub json: Vec<u8>,
    /// The revision of what is answered.
    pub revision: Option<Revision>,
}

/// One item of a stream as JSON. The first may be none, and only say where the stream begins.
#[derive(Clone, Debug)]
pub struct Item {
    /// The JSON text; empty where there is no item yet.
    pub json: String,
    /// Where it stands; empty where the stream cannot be resumed.
    pub cursor: String,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.method, self.path)
    }
}

/// Every operation of Haven.
pub fn table() -> Vec<Row> {
    ops::rows()
}

/// The operation of a name. `NotFound` where there is none.
pub fn row(name: &str) -> Result<&'static Row> {
    static ROWS: LazyLock<HashMap<&str, Row>> =
        LazyLock::new(|| table().into_iter().map(|row| (row.name, row)).collect());
    ROWS.get(name).ok_or_else(|| Error::not_found("operation", name.escape_debug()))
}

#[cfg(feature = "schema")]
pub(super) trait Described: schemars::JsonSchema {}
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Described for T {}
#[cfg(not(feature = "schema"))]
pub(super) trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

impl Row {
    fn new<O: Operation + Described>(handler: Handler) -> Self {
        Self {
            name: O::NAME,
            operation: std::any::type_name::<O>(),
            summary: O::SUMMARY,
            method: O::METHOD,
            path: O::PATH,
            handler,
            #[cfg(feature = "schema")]
            parameters: schemars::SchemaGenerator::subschema_for::<O>,
            #[cfg(feature = "schema")]
            answer: None,
        }
    }

    pub(super) fn call<O: Call + Described>() -> Self
    where
        O::Output: Described,
    {
        let row = Self::new::<O>(Handler::Call(|haven, request| {
            Box::pin(async move {
                let output = haven.call(request.read::<O>()?).await?;
                let revision = O::revision(&output);
                let json = if size_of::<O::Output>() == 0 { Vec::new() } else { to_json(&output)? };
                Ok(Reply { json, revision })
            })
        }));
        #[cfg(feature = "schema")]
        let row = Self { answer: Some(schemars::SchemaGenerator::subschema_for::<O::Output>), ..row };
        row
    }

    pub(super) fn follow<O: Follow + Described>() -> Self
    where
        O::Item: Described,
    {
        let row = Self::new::<O>(Handler::Follow(|haven, request| {
            Box::pin(async move {
                let (begins, items) = haven.begin(request.read::<O>()?).await?;
                let begins = (!begins.is_empty()).then(|| Ok(Item { json: String::new(), cursor: begins }));
                let items = items.map(|item| {
                    let item = item?;
                    let json = String::from_utf8(to_json(&item)?)
                        .map_err(|error| Error::unexpected("JSON is UTF-8").caused_by(error))?;
                    Ok(Item { json, cursor: O::cursor(&item).to_owned() })
                });
                Ok(stream::iter(begins).chain(items).boxed())
            })
        }));
        #[cfg(feature = "schema")]
        let row = Self { answer: Some(schemars::SchemaGenerator::subschema_for::<O::Item>), ..row };
        row
    }

    pub(super) fn converse<O: Converse + Described>() -> Self {
        Self::new::<O>(Handler::Converse(|haven, request| {
            Box::pin(async move { haven.converse(request.read_body::<O>()?).await })
        }))
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::unexpected("the answer cannot be written").caused_by(error))
}
