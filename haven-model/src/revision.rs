//! Revisions: where in a store's history something stands.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// A point in the history of one store: `INCARNATION.NUMBER`.
///
/// A number means nothing outside its store, so a store has an incarnation id, made when the store is made or
/// restored; a revision of another incarnation is refused. Serves as ETag and as cursor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision {
    /// Which store, since its last restore.
    pub incarnation: u32,
    /// How many changes it has seen.
    pub number: u64,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}.{}", self.incarnation, self.number)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Revision {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parse = || {
            let (incarnation, number) = text.split_once('.')?;
            let number = number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())??;
            Some(Self { incarnation: u32::from_str_radix(incarnation, 16).ok()?, number })
        };
        parse().ok_or_else(|| {
            let shown: String = text.chars().take(64).collect();
            Error::invalid(format!("`{}` is no revision, which looks like `1f00c2aa.17`", shown.escape_debug()))
        })
    }
}

impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Revision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Revision {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Revision".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A point in the history of one store, as `1f00c2aa.17`." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses() {
        let revision = Revision { incarnation: 0x1f00_c2aa, number: 17 };
        assert_eq!(revision.to_string(), "1f00c2aa.17");
        assert_eq!("1f00c2aa.17".parse::<Revision>().unwrap(), revision);
        for text in ["", "17", "x.1", "1.x", "1.-1", "1.+1", "1f00c2aa1.1"] {
            assert!(text.parse::<Revision>().is_err(), "{text} was taken");
        }
    }
}
