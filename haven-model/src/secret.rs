//! Values that must not be seen: environment values, passwords, tokens.
//!
//! A [`Secret`] prints and serialises as `***`. Code that must have the value (a call to an engine, the sealing writer
//! of the store, a request to a Haven server over its own connection) says so with [`Secret::expose`] or, around a
//! whole document, with [`exposed`].

use std::{cell::Cell, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny},
};

/// What a hidden value looks like.
pub const MASK: &str = "***";

thread_local! {
    static EXPOSED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` with secrets serialising as themselves, on this thread and until `work` returns.
///
/// For the two writers that need it: what is sealed into the store, and what is sent to another Haven.
pub fn exposed<T>(work: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXPOSED.set(self.0);
        }
    }
    let _restore = Restore(EXPOSED.replace(true));
    work()
}

/// A text that prints and serialises as `***`.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself; every caller of this is a place to look at when secrets leak.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if EXPOSED.get() { &self.0 } else { MASK })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own words for what is no text hold it.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Told {
            Text(String),
            Other(IgnoredAny),
        }

        match Told::deserialize(deserializer)? {
            Told::Text(text) => Ok(Self(text)),
            Told::Other(_) => Err(D::Error::custom("a secret is a text")),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password", "description": "Answers show `***`." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_masked_everywhere_but_where_exposed() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
        assert_eq!(exposed(|| serde_json::to_string(&secret).unwrap()), "\"s3cret\"");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
    }

    #[test]
    fn what_is_no_text_is_refused_without_showing_it() {
        for wrong in ["5551234567", "[\"s3cret\"]", "{\"s3cret\":1}", "true", "null"] {
            let error = serde_json::from_str::<Secret>(wrong).unwrap_err().to_string();
            assert!(error.contains("a secret is a text") && !error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn is_masked_again_after_a_panic() {
        let _ = std::panic::catch_unwind(|| exposed(|| panic!("inside")));
        assert_eq!(serde_json::to_string(&Secret::new("x")).unwrap(), "\"***\"");
    }
}
