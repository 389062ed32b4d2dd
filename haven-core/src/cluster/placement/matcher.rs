//! Whether a value meets a condition: its pattern, made ready to be compared with many values.

use haven_model::{
    Error, Result,
    placement::{Expression, Pattern},
};
use regex::Regex;

/// How large a regular expression may become when it is made ready, in bytes, and how deep it may nest.
const MAX_SIZE: usize = 1 << 20;
const MAX_DEPTH: u32 = 32;

/// A pattern, made ready.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// This text and no other.
    Text(Box<str>),
    /// These parts, in this order, with anything between.
    Parts(Box<[Box<str>]>),
    /// Something in it meets this.
    Regex(Regex),
}

impl Matcher {
    /// Makes the pattern of a condition ready. `Invalid` for what is no regular expression, or too large a one.
    pub(super) fn new(expression: &Expression) -> Result<Self> {
        match expression.pattern() {
            Pattern::Glob(text) if !text.contains('*') => Ok(Self::Text(text.as_str().into())),
            Pattern::Glob(text) => Ok(Self::Parts(text.split('*').map(Into::into).collect())),
            Pattern::Regex(text) => {
                let made = regex::RegexBuilder::new(&unquoted(text))
                    .size_limit(MAX_SIZE)
                    .dfa_size_limit(MAX_SIZE)
                    .nest_limit(MAX_DEPTH)
                    .build();
                made.map(Self::Regex).map_err(|error| {
                    let why = match &error {
                        regex::Error::CompiledTooBig(_) => "is too large".to_owned(),
                        // The last line says what is wrong, those before point at where.
                        error => {
                            let told = error.to_string();
                            let line = told.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                            let at = told.lines().find_map(|line| line.find('^')).unwrap_or_default();
                            format!("is none: {line}, at position {}", (at + 1).saturating_sub(INDENT))
                        }
                    };
                    Error::invalid(format!("the regular expression of `{expression}` {why}"))
                })
            }
        }
    }

    /// Whether a value meets the pattern.
    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Text(text) => value == &**text,
            Self::Parts(parts) => glob(parts, value),
            Self::Regex(regex) => regex.is_match(value),
        }
    }
}

/// How far regular expressions are indented where an error points into them.
const INDENT: usize = 4;

/// Whether `value` is the parts with anything between them.
fn glob(parts: &[Box<str>], value: &str) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let Some(mut rest) = value.strip_prefix(&**first) else { return false };
    for part in middle {
        let Some(at) = rest.find(&**part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(&**last)
}

/// A regular expression in which `\Q…\E` is written out: Haven 1.x made such, and this kind knows them not.
fn unquoted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = begin_of_quote(rest) {
        plain.push_str(&rest[..at]);
        let quoted = &rest[at + 2..];
        let (literal, after) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
        plain.push_str(&regex::escape(literal));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Where `\Q` stands whose backslash is not itself escaped.
fn begin_of_quote(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && characters.next().is_some_and(|(_, c)| c == 'Q') {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use haven_model::placement::Constraint;

    use super::*;

    fn matches(text: &str, value: &str) -> bool {
        Matcher::new(&Constraint::new(format!("k=={text}")).unwrap()).unwrap().matches(value)
    }

    #[test]
    fn globs_and_regular_expressions() {
        for (pattern, yes, no) in [
            ("a", vec!["a"], vec!["", "ab", "A"]),
            ("web-*", vec!["web-", "web-1"], vec!["web", "my-web-1"]),
            ("*", vec!["", "x"], vec![]),
            ("a*b*c", vec!["abc", "a1b2c", "abbcc"], vec!["ac", "abcd"]),
            ("aba*aba", vec!["abaaba", "abaxaba"], vec!["aba", "ababa"]),
            ("1.5", vec!["1.5"], vec!["1x5"]),
            ("/web-[0-9]+/", vec!["web-1", "my-web-12"], vec!["web-"]),
            ("/^a$|^b$/", vec!["a", "b"], vec!["ab"]),
            (r"/\Qa.b\E|\Qc+\E/", vec!["a.b", "c+"], vec!["axb", "cc"]),
            (r"/\\Q/", vec![r"\Q"], vec!["Q"]),
            ("/(?i)ssd/", vec!["SSD"], vec!["hdd"]),
        ] {
            for value in yes {
                assert!(matches(pattern, value), "{pattern} and {value}");
            }
            for value in no {
                assert!(!matches(pattern, value), "{pattern} and {value}");
            }
        }
    }

    #[test]
    fn what_is_no_regular_expression_or_too_large_a_one_is_refused() {
        let refused = |text: &str| {
            let error = Matcher::new(&Constraint::new(format!("k==/{text}/")).unwrap()).unwrap_err();
            assert_eq!(error.kind(), haven_model::ErrorKind::Invalid);
            error.to_string()
        };
        assert_eq!(
            refused("ab[c"),
            "the regular expression of `k==/ab[c/` is none: unclosed character class, at position 3"
        );
        assert!(refused(r"(\w{1000}){1000}").contains("is too large"));
        assert!(refused(&"(".repeat(1000)).contains("is none"));
        assert!(refused(&format!("{}a{}", "(".repeat(500), ")".repeat(500))).contains("is none"));
    }
}
