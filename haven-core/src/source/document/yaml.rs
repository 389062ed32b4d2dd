//! YAML as a tree.

use std::{collections::HashMap, fmt};

use haven_model::{Error, Result, Secret};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{DuplicateKeyPolicy, Location, MergeKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

use super::{MAX_DEPTH, MAX_PARTS, MAX_TEXT, Name, Node, Place, Value, twice};

/// How many aliases, anchors and merges a document may have, each.
const MAX_ALIASES: usize = 1000;

/// Reads one document. An empty one is an empty map.
pub(super) fn read(text: &str) -> Result<Vec<(Name, Node)>> {
    let tree: Spanned<Part> = serde_saphyr::from_str_with_options(text, options()).map_err(|error| refused(&error))?;
    let node = plant(text, tree)?;
    match node.value {
        Value::Map(entries) => Ok(entries),
        Value::Null => Ok(Vec::new()),
        other => Err(node.place.invalid(format!("a configuration is a map, this is {}", other.what()))),
    }
}

/// What keeps a small text from becoming a large tree, or from taking long.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_PARTS,
            max_events: MAX_PARTS * 4,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_merge_keys: MAX_ALIASES,
            max_recorded_anchor_events: MAX_PARTS,
            max_recorded_anchor_bytes: MAX_TEXT,
            max_total_scalar_bytes: MAX_TEXT,
            max_documents: 1,
        },
        // Found here, so that the message tells where the first one stands.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Merge,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
    }
}

/// The library's words, without what they say of its own options.
fn refused(error: &serde_saphyr::Error) -> Error {
    let error = error.without_snippet();
    let place = error.location().map_or(Place { line: 1, column: 1 }, place);
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let is_too_much = ["budget breached", "recursion limit", "alias"].iter().any(|word| words.contains(word));
    if is_too_much && !words.contains("unknown anchor") {
        return place.invalid(format!("this is no configuration: it {}", too_much(words)));
    }
    // The library quotes and escapes itself; what it leaves is what cannot be shown.
    let mut shown = String::new();
    for c in words.chars().take(200) {
        match c {
            '\'' | '"' | '\\' => shown.push(c),
            c => shown.extend(c.escape_debug()),
        }
    }
    place.invalid(format!("this is no YAML: {shown}"))
}

/// Which limit the library's words mean.
fn too_much(words: &str) -> String {
    let names = |limits: &[&str]| limits.iter().any(|limit| words.contains(limit));
    if names(&["recursion limit", "Depth"]) {
        format!("goes deeper than {MAX_DEPTH}")
    } else if names(&["Bytes"]) {
        format!("has more than {MAX_TEXT} bytes of text, what aliases stand for counted each time")
    } else if names(&["alias", "Anchors", "MergeKeys"]) {
        format!("has more than {MAX_ALIASES} aliases, or they stand for more than {MAX_PARTS} parts")
    } else {
        format!("has more than {MAX_PARTS} parts")
    }
}

fn place(at: Location) -> Place {
    let within = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Place { line: within(at.line()), column: within(at.column()) }
}

fn plant(text: &str, part: Spanned<Part>) -> Result<Node> {
    let at = place(part.referenced);
    let value = match part.value {
        Part::Null => Value::Null,
        Part::Text(text) => Value::Text(text),
        Part::Plain => Value::Text(Secret::new(written(text, part.defined))),
        Part::List(parts) => Value::List(parts.into_iter().map(|part| plant(text, part)).collect::<Result<Vec<_>>>()?),
        Part::Map(parts) => {
            let (mut entries, mut seen) = (Vec::new(), HashMap::new());
            for (name, part) in parts {
                let name = Name { place: place(name.referenced), text: name.value };
                if let Some(first) = seen.insert(name.text.clone(), name.place) {
                    return Err(twice(&name, first));
                }
                entries.push((name, plant(text, part)?));
            }
            Value::Map(entries)
        }
    };
    Ok(Node { place: at, value })
}

/// The text itself of what YAML takes for a number or a truth value.
fn written(text: &str, at: Location) -> &str {
    let within = || {
        let begin = usize::try_from(at.span().byte_offset()?).ok()?;
        let length = usize::try_from(at.span().byte_len()?).ok()?;
        text.get(begin..begin.checked_add(length)?)
    };
    within().unwrap_or_default().trim()
}

/// A part as the library tells it.
enum Part {
    Null,
    /// What YAML takes for a number or a truth value: its text has to be looked up.
    Plain,
    Text(Secret),
    List(Vec<Spanned<Part>>),
    Map(Vec<(Spanned<String>, Spanned<Part>)>),
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list or a map")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Part, E> {
        Ok(Part::Null)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Part, E> {
        Ok(Part::Plain)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Part, E> {
        Ok(Part::Text(Secret::new(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Part, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = items.next_element()? {
            parts.push(part);
        }
        Ok(Part::List(parts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Part, A::Error> {
        let mut parts = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            parts.push(entry);
        }
        Ok(Part::Map(parts))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{super::tests::shown, *};

    fn told(text: &str) -> String {
        shown(&Value::Map(read(text).unwrap()))
    }

    fn error(text: &str) -> (String, Place) {
        let error = read(text).unwrap_err();
        let of = |wanted| error.context().find(|(name, _)| *name == wanted).map_or(0, |(_, at)| at.parse().unwrap());
        (error.message().to_owned(), Place { line: of("line"), column: of("column") })
    }

    #[test]
    fn scalars_are_the_texts_that_were_written() {
        assert_eq!(
            told(
                "a: 1.10\nb: 010\nc: yes\nd: \"8761\"\ne: [1_000, ~, !!int 5, -.inf, 0x1F]\n127.0.0.1:8761: 8761\n8761: 5"
            ),
            r#"{a="1.10" b="010" c="yes" d="8761" e=["1_000" ~ "5" "-.inf" "0x1F"] 127.0.0.1:8761="8761" 8761="5"}"#
        );
        assert_eq!(told("é: 1.0 # größe\r\nü: \t2.50  \r\n"), r#"{é="1.0" ü="2.50"}"#);
        assert_eq!(
            told("x: &a 1.50\ny: *a\nz: &m {k: 2.0}\nw:\n  <<: *m\n  q: 1e3\n"),
            r#"{x="1.50" y="1.50" z={k="2.0"} w={q="1e3" k="2.0"}}"#
        );
        assert_eq!(told("t: |\n  one\n  two\nu: >-\n  a\n  b\n"), r#"{t="one\ntwo\n" u="a b"}"#);
        assert_eq!((told(""), told("---\n"), told("# nothing\n")), ("{}".into(), "{}".into(), "{}".into()));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(
            error("a: 1\nb: 2\na: 3\n"),
            ("`a` stands twice, first in line 1".into(), Place { line: 3, column: 1 })
        );
        assert_eq!(error("- a\n").0, "a configuration is a map, this is a list");
        assert_eq!(error("b: 1\na: [\n").1.line, 2);
        assert!(error("a: *b\n").0.starts_with("this is no YAML: "), "{:?}", error("a: *b\n"));
        assert_eq!(error("a: 1\n---\nb: 2\n").1, Place { line: 2, column: 1 });
        assert_eq!(error("ok: 1\nx: 'never closed\n").1.line, 2);
    }

    #[test]
    fn errors_are_escaped_once() {
        for text in ["a: *it's\n", "a: \"\\q\"\n", "a: \"\u{1b}[31m\"\n", "a: \u{1b}\n", "a: 'never closed\n"] {
            let Err(error) = read(text) else { continue };
            let said = error.message();
            assert!(!said.contains("\\'") && !said.contains("\\\\u") && !said.contains('\u{1b}'), "{said}");
        }
    }

    #[test]
    fn errors_say_which_limit() {
        let of = |text: &str| error(text).0;
        assert_eq!(of(&"[".repeat(100)), "this is no configuration: it goes deeper than 24");
        let steps: String = (0..30).map(|depth| " ".repeat(depth) + "a:\n").collect();
        assert_eq!(of(&steps), "this is no configuration: it goes deeper than 24");
        let many = format!("a: [{}]", "1,".repeat(20_000));
        assert_eq!(of(&many), "this is no configuration: it has more than 10000 parts");
        let level = |level: u32| format!("a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 10].join(", "));
        let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]".to_owned();
        let laughs = [first].into_iter().chain((1..12).map(level)).collect::<Vec<_>>().join("\n");
        assert!(of(&laughs).starts_with("this is no configuration: it has more than "), "{}", of(&laughs));
    }

    #[test]
    fn small_texts_do_not_become_large_trees() {
        let level = |level: u32| format!("a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(","));
        let first = "a0: &a0 [x,x,x,x,x,x,x,x,x]".to_owned();
        let laughs = [first].into_iter().chain((1..10).map(level)).collect::<Vec<_>>().join("\n");
        let merges = format!("a: &a {{k: 1}}\n{}", "b: {<<: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]}\n".repeat(1000));
        let steps: String = (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect();
        let texts = [
            laughs,
            merges,
            steps,
            "[".repeat(100_000),
            "{a: ".repeat(100_000),
            "- - ".repeat(20_000),
            "? ".repeat(100_000),
            format!("a: [{}]", "1,".repeat(400_000)),
            format!("a: &x [{}]\nb: [{}]", "x".repeat(100_000), "*x,".repeat(990)),
        ];
        for text in texts {
            let begun = Instant::now();
            let error = read(&text).unwrap_err();
            let begin: String = text.chars().take(20).collect();
            assert!(begun.elapsed() < Duration::from_secs(3), "{:?} for {begin:?}", begun.elapsed());
            assert!(error.context().any(|(name, _)| name == "line"), "{begin:?}: {}", error.report());
        }
    }
}
