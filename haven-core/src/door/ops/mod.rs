//! The operations, a file a noun.
//!
//! Each is a struct whose fields are its parameters, declared by the `operation!` macro, and the few lines that run it.

pub mod audit;
pub mod clusters;
pub mod containers;
pub mod events;
pub mod files;
pub mod images;
pub mod invitations;
pub mod networks;
pub mod nodes;
pub mod plans;
pub mod sessions;
pub mod source;
pub mod system;
pub mod top;
pub mod volumes;

use super::Row;

/// Declares an operation: its documentation is its summary, then name, method, path, what it needs, and the struct.
macro_rules! operation {
    (
        $(#[doc = $doc:literal])+
        $name:literal, $method:ident $path:literal, needs $verb:ident $(on $object:ident $field:ident)?;
        $(#[$attribute:meta])*
        pub struct $type:ident $body:tt
    ) => {
        operation!(@struct $(#[doc = $doc])+ $(#[$attribute])* $type $body);
        operation!(@impl $type, $name, concat!($($doc, "\n"),+), $method, $path, |_operation: &$type| {
            Some(haven_model::Access {
                verb: haven_model::Verb::$verb,
                object: operation!(@object _operation $($object $field)?),
            })
        });
    };
    (
        $(#[doc = $doc:literal])+
        $name:literal, $method:ident $path:literal, open;
        $(#[$attribute:meta])*
        pub struct $type:ident $body:tt
    ) => {
        operation!(@struct $(#[doc = $doc])+ $(#[$attribute])* $type $body);
        operation!(@impl $type, $name, concat!($($doc, "\n"),+), $method, $path, |_operation: &$type| None);
    };
    (@struct $(#[$attribute:meta])* $type:ident { $($fields:tt)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $type { $($fields)* }
    };
    (@struct $(#[$attribute:meta])* $type:ident ( $($fields:tt)* )) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $type($($fields)*);
    };
    (@impl $type:ident, $name:literal, $summary:expr, $method:ident, $path:literal, $needs:expr) => {
        impl crate::door::Operation for $type {
            const NAME: &'static str = $name;
            const SUMMARY: &'static str = $summary;
            const METHOD: crate::door::Method = crate::door::Method::$method;
            const PATH: &'static str = $path;

            fn needs(&self) -> Option<haven_model::Access> {
                let needs: fn(&Self) -> Option<haven_model::Access> = $needs;
                needs(self)
            }
        }
    };
    (@object $operation:ident) => { haven_model::Object::System };
    (@object $operation:ident $object:ident $field:ident) => { haven_model::Object::$object($operation.$field.clone()) };
}
use operation;

/// One row an operation, noun by noun.
pub(super) fn rows() -> Vec<Row> {
    [
        nodes::rows(),
        clusters::rows(),
        containers::rows(),
        plans::rows(),
        files::rows(),
        images::rows(),
        networks::rows(),
        volumes::rows(),
        events::rows(),
        top::rows(),
        sessions::rows(),
        source::rows(),
        invitations::rows(),
        audit::rows(),
        system::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
