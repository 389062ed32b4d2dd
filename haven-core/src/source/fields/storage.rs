//! What is said of files: binds, volumes, mounts, memory file systems, and the rates of disks.

use haven_model::{
    Mount, Result,
    spec::{MountKind, Propagation, ThrottleDevice, WeightDevice},
};

use super::{read::Reading, value};
use crate::source::document::{Node, Value};

/// `[SOURCE:]TARGET[:OPTIONS]` each: a folder of the host, a volume by its name, or a volume without one.
pub(super) fn binds(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    for (place, text) in reading.texts(node)? {
        let mount = bind(&text).map_err(|why| reading.wrong(place, why))?;
        reading.typed_part(place, &mount)?;
    }
    Ok(())
}

fn bind(text: &str) -> Result<Mount, String> {
    Mount::parse_bind(text).map_err(value::said)
}

/// Maps, as Haven 1.x and Docker have them.
pub(super) fn mounts(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let Value::List(items) = &node.value else {
        return Err(reading.wrong(node.place, format!("a list is wanted here, and this is {}", node.value.what())));
    };
    for item in items {
        if let Value::Text(text) = &item.value {
            let mount = bind(text.expose()).map_err(|why| reading.wrong(item.place, why))?;
            reading.typed_part(item.place, &mount)?;
            continue;
        }
        let mount = mount(reading, item)?;
        reading.typed_part(item.place, &mount)?;
    }
    Ok(())
}

fn mount(reading: &Reading<'_>, node: &Node) -> Result<Mount> {
    let mut mount = Mount::new(MountKind::Volume, "", "");
    let texts = |node| -> Result<std::collections::BTreeMap<String, String>> {
        let pairs = reading.pairs(node)?.into_iter();
        Ok(pairs.map(|(_, key, value)| (key.into_owned(), value.unwrap_or_default().into_owned())).collect())
    };
    for (name, place, part) in reading.map(node, "a mount")? {
        if matches!(part.value, Value::Null) {
            continue;
        }
        match name.as_str() {
            "type" => {
                mount.kind = reading.parsed(part, |text| match text.to_ascii_lowercase().as_str() {
                    "bind" => Ok(MountKind::Bind),
                    "volume" => Ok(MountKind::Volume),
                    "tmpfs" => Ok(MountKind::Tmpfs),
                    _ => Err(format!("`{}` is none of `bind`, `volume` and `tmpfs`", value::shown(text))),
                })?;
            }
            "source" | "src" => reading.text(part)?.clone_into(&mut mount.source),
            "target" | "dst" | "destination" => reading.text(part)?.clone_into(&mut mount.target),
            "readonly" | "ro" => mount.read_only = reading.parsed(part, value::switch)?,
            "propagation" => {
                mount.propagation = Some(reading.parsed(part, |text| {
                    Propagation::parse(&text.to_ascii_lowercase())
                        .ok_or_else(|| format!("`{}` is no propagation, which looks like `rslave`", value::shown(text)))
                })?);
            }
            "createsource" | "createhostpath" => mount.create_source = reading.parsed(part, value::switch)?,
            "nonrecursive" => mount.non_recursive = reading.parsed(part, value::switch)?,
            "nocopy" => mount.no_copy = reading.parsed(part, value::switch)?,
            "subpath" => mount.subpath = Some(reading.text(part)?.to_owned()),
            "labels" => mount.labels = texts(part)?,
            "driver" => mount.driver = Some(reading.text(part)?.to_owned()),
            "driveropts" | "driveroptions" => mount.driver_options = texts(part)?,
            "size" | "tmpfssize" => mount.size = Some(reading.parsed(part, value::size)?),
            "mode" | "tmpfsmode" => mount.mode = Some(reading.parsed(part, mode)?),
            "options" => {
                mount.options = reading.texts(part)?.into_iter().map(|(_, option)| option.into_owned()).collect();
            }
            _ => return Err(reading.stranger(node, place, "a mount")),
        }
    }
    if !mount.target.starts_with('/') {
        return Err(reading.wrong(node.place, "a mount has a `target`, an absolute path"));
    }
    if mount.kind == MountKind::Bind && !mount.source.starts_with('/') {
        return Err(reading.wrong(node.place, "a bind has a `source`, an absolute path"));
    }
    Ok(mount)
}

/// `1777`, `0o1777`: three or four octal digits, as everywhere where modes are written. Haven 1.x wrote them in decimal,
/// which is what other numbers are.
fn mode(text: &str) -> Result<u32, String> {
    let is_octal = (3..=5).contains(&text.len()) && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    let mode = match text.strip_prefix("0o") {
        Some(octal) => u32::from_str_radix(octal, 8).ok(),
        None if is_octal => u32::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    };
    mode.filter(|mode| *mode <= 0o7777)
        .ok_or_else(|| format!("`{}` is no mode, which looks like `1777`", value::shown(text)))
}

/// Memory file systems: `TARGET[:OPTIONS]` each.
pub(super) fn tmpfs(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    for (place, text) in reading.texts(node)? {
        let (target, options) = text.split_once(':').unwrap_or((&text, ""));
        if !target.starts_with('/') {
            return Err(reading.wrong(place, format!("`{}` is no absolute path", value::shown(target))));
        }
        let mut mount = Mount::new(MountKind::Tmpfs, "", target);
        for option in options.split(',').filter(|option| !option.is_empty()) {
            let parsed = match option.split_once('=') {
                Some(("size", size)) => value::size(size).map(|size| mount.size = Some(size)),
                Some(("mode", text)) => mode(text).map(|mode| mount.mode = Some(mode)),
                None if option == "ro" => {
                    mount.read_only = true;
                    Ok(())
                }
                None if option == "rw" => Ok(()),
                _ => {
                    mount.options.push(option.to_owned());
                    Ok(())
                }
            };
            parsed.map_err(|why| reading.wrong(place, why))?;
        }
        reading.typed_part(place, &mount)?;
    }
    Ok(())
}

/// `DISK:RATE` each, `DISK:WEIGHT` for weights.
pub(super) fn rates(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    for (place, text) in reading.texts(node)? {
        let halves = text.rsplit_once(':').filter(|(path, _)| path.starts_with('/'));
        let (path, rate) =
            halves.ok_or_else(|| reading.wrong(place, "a disk and its rate look like `/dev/sda:1mb`"))?;
        let wrong = |why| reading.wrong(place, why);
        if reading.field == "blkio_weight_devices" {
            let weight = value::number(rate, 10, 1000).map_err(wrong)?;
            let weight = u16::try_from(weight).unwrap_or_default();
            reading.typed_part(place, &WeightDevice { path: path.to_owned(), weight })?;
        } else {
            let rate = value::size(rate).map_err(wrong)?;
            reading.typed_part(place, &ThrottleDevice { path: path.to_owned(), rate })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binds_are_dockers() {
        let folder = |target: &str| Mount { create_source: true, ..Mount::new(MountKind::Bind, "/a", target) };
        assert_eq!(bind("/a:/b").unwrap(), folder("/b"));
        assert_eq!(
            bind("/a:/b:ro,rslave").unwrap(),
            Mount { read_only: true, propagation: Some(Propagation::Rslave), ..folder("/b") }
        );
        assert_eq!(
            bind("data:/b:nocopy").unwrap(),
            Mount { no_copy: true, ..Mount::new(MountKind::Volume, "data", "/b") }
        );
        assert_eq!(bind("/b").unwrap(), Mount::new(MountKind::Volume, "", "/b"));
        for text in ["", "b", "a:b", "./a:/b", "/a:/b:x", "/a:/b:ro:x", "../a:/b"] {
            assert!(bind(text).is_err(), "{text}");
        }
    }

    #[test]
    fn modes_are_octal_where_they_look_so() {
        for (text, expected) in
            [("1777", 0o1777), ("0o700", 0o700), ("755", 0o755), ("01777", 0o1777), ("1023", 0o1023), ("493", 493)]
        {
            assert_eq!(mode(text), Ok(expected), "{text}");
        }
        assert!(mode("99999").is_err() && mode("x").is_err() && mode("-1").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,40}|[a-z/:,.]{0,30}") {
            let _ = (bind(&text), mode(&text));
        }
    }
}
