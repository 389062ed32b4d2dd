//! Parts of a specification as Docker has people write them: in options of its command line, and in files.

use std::str::FromStr;

use super::{Mount, MountKind, Propagation, RestartPolicy};
use crate::{
    VolumeName,
    error::{Error, Result},
};

/// A number of bytes as Docker has it: `512m` is 512 MiB, and so are `512MB` and `512MiB`; `1.5g` has a part.
///
/// ```
/// use haven_model::spec::size;
///
/// assert_eq!(size("1.5g")?, 3 << 29);
/// # Ok::<(), haven_model::Error>(())
/// ```
pub fn size(text: &str) -> Result<u64> {
    let wrong = || Error::invalid(format!("`{}` is no size, which looks like `512m` or `1.5g`", shown(text)));
    let lower = text.to_ascii_lowercase();
    let end = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, unit) = lower.split_at(end);
    let shift = match unit.trim() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(wrong()),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    // Nine digits of a terabyte are less than a byte short.
    let (whole, digits) = (whole.parse::<u128>().map_err(|_| wrong())?, &part[..part.len().min(9)]);
    let part = digits.parse::<u128>().map_err(|_| wrong())?;
    let scale = 10_u128.pow(u32::try_from(digits.len()).unwrap_or_default());
    let bytes = whole.checked_mul(scale).and_then(|whole| whole.checked_add(part)?.checked_mul(1 << shift));
    let bytes = bytes.map(|bytes| bytes / scale).and_then(|bytes| u64::try_from(bytes).ok());
    // What the engine takes is signed.
    bytes.filter(|bytes| i64::try_from(*bytes).is_ok()).ok_or_else(wrong)
}

impl FromStr for RestartPolicy {
    type Err = Error;

    /// `always`, `on-failure:3`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("a policy is `no`, `always`, `unless-stopped` or `on-failure[:TIMES]`");
        match text.split_once(':').unwrap_or((text, "")) {
            ("no", "") => Ok(Self::No),
            ("always", "") => Ok(Self::Always),
            ("unless-stopped", "") => Ok(Self::UnlessStopped),
            ("on-failure", "") => Ok(Self::OnFailure(0)),
            ("on-failure", times) => times.parse().map(Self::OnFailure).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

impl Mount {
    /// Parses `[SOURCE:]TARGET[:OPTIONS]`, as `docker run -v` takes it. A source that begins with `/` is a folder of the
    /// host, which is made where it is not there; any other is a volume.
    ///
    /// ```
    /// use haven_model::Mount;
    ///
    /// assert!(Mount::parse_bind("/srv/web:/web:ro")?.read_only);
    /// # Ok::<(), haven_model::Error>(())
    /// ```
    pub fn parse_bind(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        let (source, target, options) = match parts[..] {
            [target] => ("", target, ""),
            [target, options] if target.starts_with('/') && is_options(options) => ("", target, options),
            [source, target] => (source, target, ""),
            [source, target, options] => (source, target, options),
            _ => {
                let what = "which looks like `data:/var/lib/data` or `/srv/web:/web:ro`";
                return Err(Error::invalid(format!("`{}` is no mount, {what}", shown(text))));
            }
        };
        if !target.starts_with('/') {
            return Err(Error::invalid(format!("`{}` is no absolute path", shown(target))));
        }
        let kind = if source.starts_with('/') { MountKind::Bind } else { MountKind::Volume };
        if kind == MountKind::Volume && !source.is_empty() && VolumeName::new(source).is_err() {
            return Err(Error::invalid(format!("`{}` is neither a volume nor an absolute path", shown(source))));
        }
        let mut mount = Self { create_source: kind == MountKind::Bind, ..Self::new(kind, source, target) };
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option {
                "ro" => mount.read_only = true,
                // What Docker Desktop takes, and others pass over.
                "rw" | "consistent" | "cached" | "delegated" => {}
                "nocopy" if kind == MountKind::Volume => mount.no_copy = true,
                "z" | "Z" => mount.options.push(option.to_owned()),
                _ => match Propagation::parse(option).filter(|_| kind == MountKind::Bind) {
                    Some(propagation) => mount.propagation = Some(propagation),
                    None => return Err(Error::invalid(format!("`{}` is no option of a mount", shown(option)))),
                },
            }
        }
        Ok(mount)
    }
}

/// Whether a text can be nothing but options of a mount.
fn is_options(text: &str) -> bool {
    let is_option = |option: &str| {
        matches!(option, "ro" | "rw" | "nocopy" | "z" | "Z" | "consistent" | "cached" | "delegated")
            || Propagation::parse(option).is_some()
    };
    text.split(',').all(is_option)
}

/// The beginning of a text that is quoted.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(64).collect::<String>().escape_debug().to_string()
}
