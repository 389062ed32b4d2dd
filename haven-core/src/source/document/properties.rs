//! Java's properties, as `java.util.Properties` reads them, in UTF-8.
//!
//! The library that there is for it counts no columns, refuses files for what stands in their comments, and knows no
//! characters beyond `\uffff`.

use std::ops::Range;

use haven_model::{Result, Secret};

use super::{Entry, MAX_PARTS, Name, Node, Place, Plant};

/// What Java takes for white space here.
const SPACE: [char; 3] = [' ', '\t', '\u{c}'];

/// Reads a whole file.
pub(super) fn read(text: &str) -> Result<Vec<(Name, Node)>> {
    let mut plant = Plant::default();
    let mut lines = Lines { text: text.strip_prefix('\u{feff}').unwrap_or(text), line: 0 };
    let mut count = 0;
    while let Some(line) = lines.logical() {
        let place = line.place(0);
        count += 1;
        if count > MAX_PARTS {
            return Err(place.invalid(format!("this is no configuration: it has more than {MAX_PARTS} lines")));
        }
        let (name, value) = line.halves();
        let (name, value) = (line.unescaped(name)?, line.unescaped(value)?);
        plant.add(Entry { place, name, value: Secret::new(value) })?;
    }
    Ok(plant.grown())
}

/// The natural lines of a text.
struct Lines<'a> {
    text: &'a str,
    line: u32,
}

/// A line with those that continue it: each character and where it stands.
struct Logical(Vec<(char, Place)>);

impl<'a> Lines<'a> {
    /// The next natural line, without its end.
    fn natural(&mut self) -> Option<&'a str> {
        if self.text.is_empty() {
            return None;
        }
        self.line += 1;
        let end = self.text.find(['\n', '\r']).unwrap_or(self.text.len());
        let (line, rest) = self.text.split_at(end);
        self.text = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
        Some(line)
    }

    /// The next line that says something.
    fn logical(&mut self) -> Option<Logical> {
        loop {
            let mut line = self.natural()?;
            let begin = line.trim_start_matches(SPACE);
            if begin.is_empty() || begin.starts_with(['#', '!']) {
                continue;
            }
            let mut said = Vec::new();
            loop {
                let begin = line.trim_start_matches(SPACE);
                let indent = line[..line.len() - begin.len()].chars().count();
                let backslashes = begin.len() - begin.trim_end_matches('\\').len();
                let goes_on = backslashes % 2 == 1;
                let shown = if goes_on { &begin[..begin.len() - 1] } else { begin };
                for (at, c) in shown.chars().enumerate() {
                    let column = u32::try_from(indent + at + 1).unwrap_or(u32::MAX);
                    said.push((c, Place { line: self.line, column }));
                }
                if !goes_on {
                    break;
                }
                match self.natural() {
                    Some(next) => line = next,
                    None => break,
                }
            }
            if !said.is_empty() {
                return Some(Logical(said));
            }
        }
    }
}

impl Logical {
    fn place(&self, at: usize) -> Place {
        self.0.get(at).or(self.0.last()).map_or(Place::default(), |(_, place)| *place)
    }

    /// Where the name and the value begin and end: the name ends at the first `=`, `:` or white space that is not escaped.
    fn halves(&self) -> (Range<usize>, Range<usize>) {
        let is_space = |at: usize| self.0.get(at).is_some_and(|(c, _)| SPACE.contains(c));
        let is_sign = |at: usize| self.0.get(at).is_some_and(|(c, _)| matches!(c, '=' | ':'));
        let mut end = 0;
        while end < self.0.len() && !is_space(end) && !is_sign(end) {
            end += if self.0[end].0 == '\\' { 2 } else { 1 };
        }
        let end = end.min(self.0.len());
        let mut begin = end;
        while is_space(begin) {
            begin += 1;
        }
        if is_sign(begin) {
            begin += 1;
            while is_space(begin) {
                begin += 1;
            }
        }
        (0..end, begin..self.0.len())
    }

    fn unescaped(&self, part: Range<usize>) -> Result<String> {
        let part = &self.0[part];
        let (mut text, mut at) = (String::with_capacity(part.len()), 0);
        while let Some((c, place)) = part.get(at) {
            at += 1;
            if *c != '\\' {
                text.push(*c);
                continue;
            }
            let Some((escaped, _)) = part.get(at) else { break };
            at += 1;
            match escaped {
                't' => text.push('\t'),
                'n' => text.push('\n'),
                'f' => text.push('\u{c}'),
                'r' => text.push('\r'),
                'u' => {
                    let wrong = || place.invalid("`\\u` wants the four hexadecimal digits of a character");
                    let first = unit(part, at).ok_or_else(wrong)?;
                    at += 4;
                    let is_pair = (0xd800..0xdc00).contains(&first)
                        && part.get(at).is_some_and(|(c, _)| *c == '\\')
                        && part.get(at + 1).is_some_and(|(c, _)| *c == 'u');
                    let second = if is_pair { unit(part, at + 2) } else { None };
                    let mut decoded = char::decode_utf16([first].into_iter().chain(second));
                    match (decoded.next(), decoded.next()) {
                        (Some(Ok(c)), None) => text.push(c),
                        _ => return Err(wrong()),
                    }
                    at += if second.is_some() { 6 } else { 0 };
                }
                other => text.push(*other),
            }
        }
        Ok(text)
    }
}

/// Four hexadecimal digits.
fn unit(part: &[(char, Place)], at: usize) -> Option<u16> {
    let digits = part.get(at..at + 4)?;
    digits.iter().try_fold(0, |unit, (c, _)| Some(unit << 4 | u16::try_from(c.to_digit(16)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Value, tests::shown},
        *,
    };

    fn told(text: &str) -> String {
        shown(&Value::Map(read(text).unwrap()))
    }

    #[test]
    fn lines_are_read_as_java_does() {
        let text = concat!(
            "# comment \\u\\\n! another\nrestart=always\r\n  domainname : example.org \nhostname web\nempty\n",
            "long = one \\\n    two\\\\\nkey\\ with\\:signs = \\u00e4\\uD83D\\uDC33 \\t!\\\\ = :\nlast=\\",
        );
        assert_eq!(
            told(text),
            concat!(
                r#"{restart="always" domainname="example.org " hostname="web" empty="" long="one two\\""#,
                r#" key with:signs="ä🐳 \t!\\ = :" last=""}"#,
            )
        );
        assert_eq!(
            (told(""), told("\n\r\n \t\n"), told("\u{feff}a=1")),
            ("{}".into(), "{}".into(), "{a=\"1\"}".into())
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, at) in [
            ("a=1\n  b = \\u12\n", [2, 7]),
            ("a=\\\n  \\ud800x", [2, 3]),
            ("a=1\n# x\n a=2\n", [3, 2]),
            ("=1\n", [1, 1]),
            ("ok=1\n.x=2", [2, 1]),
        ] {
            let error = read(text).unwrap_err();
            let told: Vec<u32> = error.context().map(|(_, at)| at.parse().unwrap()).collect();
            assert_eq!(told, at, "{text:?}: {}", error.report());
        }
        let many = (0..20_000).fold(String::new(), |text, n| text + &format!("k{n}=1\n"));
        assert!(read(&many).unwrap_err().message().contains("more than 10000 lines"));
    }
}
