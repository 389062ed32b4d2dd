//! JSON objects that say something twice. Which of the two counts is anybody's guess, so neither does.

use std::{cell::RefCell, collections::HashSet, fmt};

use haven_core::{Error, Result};
use serde::{
    Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

/// Fails with `Invalid` where an object in `json` has a key twice. What is no JSON is for its reader to refuse.
pub(crate) fn refuse_doubles(json: &[u8]) -> Result<()> {
    let twice = RefCell::new(None);
    // Whether it can be read does not matter here.
    let _ = Look(&twice).deserialize(&mut serde_json::Deserializer::from_slice(json));
    match twice.take() {
        Some(key) => {
            let shown: String = key.chars().take(100).collect();
            Err(Error::invalid(format!("the body has the key `{}` twice", shown.escape_debug())))
        }
        None => Ok(()),
    }
}

/// Looks through a value, and keeps the first key that an object has twice.
#[derive(Clone, Copy)]
struct Look<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value_seed(self)?;
            if let Some(key) = keys.replace(key) {
                self.0.replace(Some(key));
                return Err(de::Error::custom("a key twice"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_named_and_all_else_passes() {
        for json in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":{},"c":1,"a":null}]}"#, r#"{"a":1,"\u0061":2}"#] {
            let error = refuse_doubles(json.as_bytes()).unwrap_err();
            assert!(error.message().contains("key `a` twice"), "{json}: {error}");
        }
        for json in ["", "no", r#"{"a":{"a":[{"a":1.5},{"a":"x"},true,null,-1]}}"#, &"[".repeat(100_000)] {
            refuse_doubles(json.as_bytes()).unwrap();
        }
    }
}
