//! One condition on where a container goes, in the syntax of Docker's standalone swarm: `zone==a`, `node!=/web-[0-9]+/`.
//!
//! A condition is a key, `==` or `!=`, and what the value shall be: a text in which `*` stands for any characters, or a
//! regular expression between slashes, which is looked for anywhere in the value. A `~` after the operator makes it
//! soft: a wish. Whether a regular expression is one is found out where it is used.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Result};

/// The longest condition, and the longest key of one, in bytes.
const MAX: usize = 4096;
const MAX_KEY: usize = 256;

/// Whether the value shall be so, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `==`
    Is,
    /// `!=`
    IsNot,
}

/// How much a condition weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// It must hold.
    Hard,
    /// It should hold: a node where it does is preferred.
    Soft,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// The whole value, in which `*` stands for any characters.
    Glob(String),
    /// A regular expression that some part of the value meets, without its slashes.
    Regex(String),
}

/// A condition: a key and what its value shall be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expression {
    key: String,
    operator: Operator,
    strength: Strength,
    pattern: Pattern,
}

impl Expression {
    /// What is looked at: `node`, `container`, a label.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the value shall be so, or not.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Whether it must hold.
    pub fn strength(&self) -> Strength {
        self.strength
    }

    /// What the value is compared with.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Parses what stands in `text` from byte `begin` on; `what` is what it is called in errors.
    fn parse(what: &str, text: &str, begin: usize) -> Result<Self> {
        if text.len() > MAX {
            return Err(Error::invalid(format!("a {what} has at most {MAX} bytes, this one has {}", text.len())));
        }
        let wrong = |why: String| Error::invalid(format!("the {what} `{}` {why}", text.escape_debug()));
        let position = |byte: usize| text[..byte].chars().count() + 1;
        let rest = &text[begin..];
        let Some(at) = rest.find("==").into_iter().chain(rest.find("!=")).min().map(|at| begin + at) else {
            return Err(wrong(format!("has neither `==` nor `!=` after position {}", position(begin))));
        };
        let key = text[begin..at].trim();
        let start = begin + text[begin..at].len() - text[begin..at].trim_start().len();
        if key.is_empty() {
            return Err(wrong(format!("has no key before position {}", position(at))));
        }
        if key.len() > MAX_KEY {
            return Err(wrong(format!("has a key of {} bytes, of at most {MAX_KEY}", key.len())));
        }
        for (offset, c) in key.char_indices() {
            let fits = c.is_ascii_alphabetic()
                || c == '_'
                || (offset > 0 && (c.is_ascii_digit() || matches!(c, '-' | '.' | '/')));
            if !fits {
                return Err(wrong(format!("has a key with {c:?} at position {}", position(start + offset))));
            }
        }
        let operator = if text[at..].starts_with("==") { Operator::Is } else { Operator::IsNot };
        let (strength, from) = match text[at + 2..].trim_start().strip_prefix('~') {
            Some(value) => (Strength::Soft, text.len() - value.len()),
            None => (Strength::Hard, at + 2),
        };
        let value = text[from..].trim();
        if value.is_empty() || value == "//" {
            return Err(wrong(format!("has no value at position {}", position(from))));
        }
        if let Some(offset) = value.find(char::is_control) {
            let control = from + text[from..].len() - text[from..].trim_start().len() + offset;
            return Err(wrong(format!("has a control character at position {}", position(control))));
        }
        let pattern = match value.strip_prefix('/').and_then(|value| value.strip_suffix('/')) {
            Some(regex) => Pattern::Regex(regex.to_owned()),
            None => Pattern::Glob(value.to_owned()),
        };
        Ok(Self { key: key.to_owned(), operator, strength, pattern })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, operator, strength, pattern } = self;
        let operator = match operator {
            Operator::Is => "==",
            Operator::IsNot => "!=",
        };
        let soft = match strength {
            Strength::Hard => "",
            Strength::Soft => "~",
        };
        match pattern {
            Pattern::Glob(text) => write!(f, "{key}{operator}{soft}{text}"),
            Pattern::Regex(text) => write!(f, "{key}{operator}{soft}/{text}/"),
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! condition {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Expression);

        impl $name {
            /// What it begins with where it stands among other entries of an environment.
            pub const PREFIX: &str = concat!($what, ":");

            /// Parses a condition, with the prefix of environment entries or without. Fails with
            /// [`Invalid`](crate::ErrorKind::Invalid), saying what is wrong and where.
            pub fn new(text: impl AsRef<str>) -> Result<Self> {
                let text = text.as_ref();
                let begin = if text.starts_with(Self::PREFIX) { Self::PREFIX.len() } else { 0 };
                Expression::parse($what, text, begin).map(Self)
            }
        }

        impl std::ops::Deref for $name {
            type Target = Expression;

            fn deref(&self) -> &Expression {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!(
                        "A ", $what, ": a key, `==` or `!=`, `~` where it is a wish, and a text with `*` or `/a regular expression/`."
                    ),
                })
            }
        }
    };
}

condition! {
    /// A condition on a node: on its name (`node==web-1`), a label (`zone!=b`), or what its engine says of itself
    /// (`operatingsystem==Debian*`, `kernelversion`, `architecture`, `ostype`, `storagedriver`, `executiondriver`).
    ///
    /// ```
    /// use haven_model::placement::{Constraint, Operator, Pattern, Strength};
    ///
    /// let constraint = Constraint::new("constraint:storage==~ssd*")?;
    /// assert_eq!((constraint.key(), constraint.operator()), ("storage", Operator::Is));
    /// assert_eq!(constraint.strength(), Strength::Soft);
    /// assert_eq!(constraint.pattern(), &Pattern::Glob("ssd*".into()));
    /// assert_eq!(constraint.to_string(), "storage==~ssd*");
    /// # Ok::<(), haven_model::Error>(())
    /// ```
    Constraint, "constraint"
}

condition! {
    /// A condition on what a node holds already: a container by name or id (`container==db`), an image by name or id
    /// (`image==nginx`), or a label of any container (`com.example.tier!=front`).
    Affinity, "affinity"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> (String, Operator, Strength, Pattern) {
        let it = Constraint::new(text).unwrap();
        (it.key().to_owned(), it.operator(), it.strength(), it.pattern().clone())
    }

    #[test]
    fn conditions_as_the_original_writes_them() {
        use Operator::{Is, IsNot};
        use Strength::{Hard, Soft};
        let glob = |text: &str| Pattern::Glob(text.to_owned());
        let regex = |text: &str| Pattern::Regex(text.to_owned());
        for (text, key, operator, strength, pattern) in [
            ("constraint:zone==a", "zone", Is, Hard, glob("a")),
            ("zone==a", "zone", Is, Hard, glob("a")),
            ("constraint:node!=web-1", "node", IsNot, Hard, glob("web-1")),
            ("storage==~ssd", "storage", Is, Soft, glob("ssd")),
            ("storage!=~ssd*", "storage", IsNot, Soft, glob("ssd*")),
            (r"node!=/\Qa\E|\Qb\E/", "node", IsNot, Hard, regex(r"\Qa\E|\Qb\E")),
            ("node==~/web-[0-9]+/", "node", Is, Soft, regex("web-[0-9]+")),
            ("a.b/c-d==x=y==z", "a.b/c-d", Is, Hard, glob("x=y==z")),
            (" zone == Debian GNU/Linux 12 ", "zone", Is, Hard, glob("Debian GNU/Linux 12")),
            ("z==/", "z", Is, Hard, glob("/")),
            ("z== ~a", "z", Is, Soft, glob("a")),
        ] {
            assert_eq!(parts(text), (key.to_owned(), operator, strength, pattern), "{text}");
        }
        assert_eq!(Affinity::new("affinity:container!=~/db/").unwrap().to_string(), "container!=~/db/");
    }

    #[test]
    fn what_is_none_is_refused_with_its_place() {
        let long = format!("{}==a", "k".repeat(257));
        for (text, told) in [
            ("constraint:zone=a", "the constraint `constraint:zone=a` has neither `==` nor `!=` after position 12"),
            ("", "the constraint `` has neither `==` nor `!=` after position 1"),
            ("==a", "the constraint `==a` has no key before position 1"),
            ("zo ne==a", "the constraint `zo ne==a` has a key with ' ' at position 3"),
            ("1a==a", "the constraint `1a==a` has a key with '1' at position 1"),
            ("affinity:a==b", "the constraint `affinity:a==b` has a key with ':' at position 9"),
            ("ключ==a", "the constraint `ключ==a` has a key with 'к' at position 1"),
            ("a==", "the constraint `a==` has no value at position 4"),
            ("a==~", "the constraint `a==~` has no value at position 5"),
            ("a!=//", "the constraint `a!=//` has no value at position 4"),
            ("a== b\nc", "the constraint `a== b\\nc` has a control character at position 6"),
            (&long, "has a key of 257 bytes, of at most 256"),
            (&format!("a=={}", "x".repeat(5000)), "a constraint has at most 4096 bytes, this one has 5003"),
        ] {
            let error = Constraint::new(text).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Invalid);
            assert!(error.message().contains(told), "{text:?} told {:?}", error.message());
        }
    }

    fn conditions() -> impl Strategy<Value = String> {
        let value = prop_oneof!["[ -~]{0,20}", "/[ -~]{0,20}/", r"\PC{0,12}"];
        ("[ ]{0,1}[a-zA-Z_][a-zA-Z0-9_./-]{0,12}[ ]{0,1}", "==|!=", "~{0,2}", value)
            .prop_map(|(key, operator, soft, value)| format!("{key}{operator}{soft}{value}"))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in conditions()) {
            if let Ok(read) = Affinity::new(&text) {
                let written = read.to_string();
                prop_assert_eq!(&Affinity::new(&written).unwrap(), &read);
                prop_assert_eq!(&Affinity::new(format!("affinity:{written}")).unwrap(), &read);
                let json = serde_json::to_string(&read).unwrap();
                prop_assert_eq!(serde_json::from_str::<Affinity>(&json).unwrap(), read);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in r"[\PC\n\t]{0,40}") {
            drop(Constraint::new(text));
        }
    }
}
