//! Values that are one text: sizes, numbers, spans of time, switches.

use std::time::Duration;

/// `true` or `false`, in the words that people use.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Ok(true),
        "false" | "no" | "off" => Ok(false),
        _ => Err(format!("`{}` is neither `true` nor `false`", shown(text))),
    }
}

/// A whole number in these bounds.
pub(super) fn number(text: &str, least: i64, most: i64) -> Result<i64, String> {
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let bounds = if most == i64::MAX { format!("from {least} on") } else { format!("from {least} to {most}") };
        format!("`{}` is no number {bounds}", shown(text))
    })
}

/// A number of bytes as Docker has it.
pub(super) fn size(text: &str) -> Result<u64, String> {
    haven_model::spec::size(text).map_err(said)
}

/// A number, of bytes or others, or -1 for none.
pub(super) fn limit(text: &str) -> Result<i64, String> {
    match text.to_ascii_lowercase().as_str() {
        "-1" | "unlimited" => Ok(-1),
        _ => size(text).map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
    }
}

/// Seconds: a number, or a span like `1m30s`. What is less than a second is one.
pub(super) fn seconds(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{}` is no span of time, which looks like `30` or `1m30s`", shown(text));
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    let span = Duration::try_from(span).map_err(|_| wrong())?;
    u32::try_from(span.as_millis().div_ceil(1000)).map_err(|_| wrong())
}

/// What an error says, for one that says where, too.
#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
pub(super) fn said(error: haven_model::Error) -> String {
    error.message().to_owned()
}

/// The beginning of a text that is quoted.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(64).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_dockers() {
        for (text, bytes) in [
            ("0", 0),
            ("1024", 1024),
            ("512M", 512 << 20),
            ("1g", 1 << 30),
            ("1.5g", 3 << 29),
            ("256 MiB", 256 << 20),
            ("10kb", 10_240),
            ("0.5k", 512),
            ("2TiB", 2 << 40),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "g", "1x", "-1", "1.2.3", "1e3", "99999999999999999999", "9223372036854775808", "1.g", "٣m"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!((limit("-1"), limit("unlimited"), limit("2g")), (Ok(-1), Ok(-1), Ok(2 << 30)));
    }

    #[test]
    fn spans_and_switches() {
        assert_eq!((seconds("30"), seconds("1m30s"), seconds("500ms"), seconds("0s")), (Ok(30), Ok(90), Ok(1), Ok(0)));
        assert!(seconds("soon").is_err() && seconds("-5s").is_err() && seconds("200000000h").is_err());
        assert_eq!((switch("True"), switch("off")), (Ok(true), Ok(false)));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}|[0-9.]{0,40}[a-zA-Z ]{0,4}") {
            let _ = (size(&text), limit(&text), seconds(&text), switch(&text), number(&text, 0, 10));
        }
    }
}
