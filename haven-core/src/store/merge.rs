//! What a newer program stored in a record and this one does not know, kept when the record is rewritten.
//!
//! `stored` is the record as found, `known` what this program makes of it; what the first has beyond the second is
//! unknown here, and goes into the record that replaces it.

use serde_json::Value;

/// Puts into `new` what `stored` has and `known` has not.
///
/// An element of a list keeps its unknown fields where the element itself did not change.
pub(super) fn keep_unknown(stored: &Value, known: &Value, new: &mut Value) {
    match (stored, known, new) {
        (Value::Object(stored), Value::Object(known), Value::Object(new)) => {
            for (name, value) in stored {
                match (known.get(name), new.get_mut(name)) {
                    (Some(known), Some(new)) => keep_unknown(value, known, new),
                    (None, None) => {
                        new.insert(name.clone(), value.clone());
                    }
                    // Taken away by us, or set by us at last.
                    (Some(_), None) | (None, Some(_)) => {}
                }
            }
        }
        (Value::Array(stored), Value::Array(known), Value::Array(new)) if stored.len() == known.len() => {
            for item in new {
                if let Some(at) = known.iter().position(|known| known == item) {
                    item.clone_from(&stored[at]);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_stay_and_removed_ones_go() {
        let stored = json!({ "a": 1, "b": 2, "x": 3, "deep": { "a": 1, "x": 2 }, "map": { "k": 1, "l": 2 } });
        let known = json!({ "a": 1, "b": 2, "deep": { "a": 1 }, "map": { "k": 1, "l": 2 } });
        let mut new = json!({ "a": 9, "deep": { "a": 9 }, "map": { "l": 2 } });
        keep_unknown(&stored, &known, &mut new);
        assert_eq!(new, json!({ "a": 9, "x": 3, "deep": { "a": 9, "x": 2 }, "map": { "l": 2 } }));
    }

    #[test]
    fn unchanged_elements_of_a_list_keep_theirs() {
        let stored = json!([{ "a": 1, "x": 1 }, { "a": 2, "x": 2 }]);
        let known = json!([{ "a": 1 }, { "a": 2 }]);
        let mut new = json!([{ "a": 2 }, { "a": 3 }]);
        keep_unknown(&stored, &known, &mut new);
        assert_eq!(new, json!([{ "a": 2, "x": 2 }, { "a": 3 }]));
    }
}
