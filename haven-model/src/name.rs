//! Names, parsed once at the edge: what holds a [`NodeName`] holds a valid one.
//!
//! Every parser says what is wrong and where. No name can hold `/`, `?`, `#`, `%` or `..` unless its own grammar has
//! the slash (an [`ImageRef`]), so that none can alter the path of a request.

use std::{fmt, str::FromStr, sync::Arc};

use crate::error::{Error, Result};

/// Checks `text` against `[A-Za-z0-9][A-Za-z0-9_.-]*` and a length.
fn check(what: &str, text: &str, longest: usize) -> Result<()> {
    if text.is_empty() {
        return Err(Error::invalid(format!("a {what} cannot be empty")));
    }
    if text.len() > longest {
        return Err(Error::invalid(format!("a {what} has at most {longest} characters, this one has {}", text.len())));
    }
    for (at, c) in text.char_indices() {
        let fits = c.is_ascii_alphanumeric() || (at > 0 && matches!(c, '_' | '.' | '-'));
        if !fits {
            return Err(Error::invalid(format!(
                "a {what} cannot hold {c:?} at position {}: `{}`",
                at + 1,
                text.escape_debug()
            )));
        }
    }
    if text.contains("..") {
        return Err(Error::invalid(format!("a {what} cannot hold `..`: `{text}`")));
    }
    Ok(())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses the name; fails with [`Invalid`](crate::ErrorKind::Invalid), saying what is wrong and where.
            pub fn new(text: impl AsRef<str>) -> Result<Self> {
                let text = text.as_ref();
                let check: fn(&str) -> Result<()> = $check;
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Error;

            fn try_from(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self> {
                Self::new(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": concat!("A ", $what, ".") })
            }
        }
    };
}

name!(
    /// The name of a node: a host name, at most 253 characters of `[A-Za-z0-9_.-]`.
    NodeName,
    "node name",
    |text| check("node name", text, 253)
);
name!(
    /// The name of a cluster: at most 63 characters of `[A-Za-z0-9_.-]`.
    ClusterName,
    "cluster name",
    |text| check("cluster name", text, 63)
);

impl ClusterName {
    /// The cluster that every node is in.
    pub const ALL: &str = "all";
    /// The cluster of the nodes that are in no other.
    pub const ORPHANS: &str = "orphans";
}

name!(
    /// The name of a container, without Docker's leading slash.
    ContainerName,
    "container name",
    |text| check("container name", text, 128)
);
name!(
    /// The full id of a container: 64 hexadecimal digits.
    ContainerId,
    "container id",
    |text| {
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Ok(());
        }
        Err(Error::invalid(format!("a container id is 64 hexadecimal digits: `{}`", text.escape_debug())))
    }
);
name!(
    /// What points at a container: its id, the beginning of its id, or its name.
    ContainerRef,
    "container id or name",
    |text| check("container id or name", text, 128)
);
name!(
    /// The name or id of a network.
    NetworkName,
    "network name",
    |text| check("network name", text, 128)
);
name!(
    /// The name of a volume.
    VolumeName,
    "volume name",
    |text| check("volume name", text, 255)
);
name!(
    /// An image by name (`nginx`, `registry:5000/team/web:1.2`, `web@sha256:…`) or by id (`sha256:…`).
    ///
    /// The grammar is that of the OCI distribution specification and of Docker's reference package: an optional
    /// registry host, path parts of `[a-z0-9]` with separators `.`, `_`, `__`, `-`, a tag of at most 128 characters, a
    /// digest.
    ImageRef,
    "image reference",
    check_image
);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl ContainerId {
    /// The id of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]]);
        }
        Self(std::str::from_utf8(&digits).expect("digits are text").into())
    }

    /// The bytes that its digits are.
    pub fn to_bytes(&self) -> [u8; 32] {
        let digits = self.0.as_bytes();
        let value = |at: usize| match digits[at] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => digit - b'a' + 10,
        };
        std::array::from_fn(|at| value(2 * at) << 4 | value(2 * at + 1))
    }

    /// The first twelve digits, as `docker ps` shows them.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl From<ContainerId> for ContainerRef {
    fn from(id: ContainerId) -> Self {
        Self(id.0)
    }
}

impl From<&ContainerId> for ContainerRef {
    fn from(id: &ContainerId) -> Self {
        Self(id.0.clone())
    }
}

impl From<ContainerName> for ContainerRef {
    fn from(name: ContainerName) -> Self {
        Self(name.0)
    }
}

impl ImageRef {
    /// The reference without tag and digest: `registry:5000/team/web`.
    pub fn repository(&self) -> &str {
        let name = self.0.split('@').next().unwrap_or_default();
        match name.rfind(':') {
            Some(colon) if !name[colon..].contains('/') => &name[..colon],
            _ => name,
        }
    }

    /// The tag, `latest` where neither tag nor digest is given, none where only a digest is.
    pub fn tag(&self) -> Option<&str> {
        if self.is_id() {
            return None;
        }
        let (name, digest) = self.0.split_once('@').map_or((&*self.0, None), |(name, digest)| (name, Some(digest)));
        match name.strip_prefix(self.repository()).and_then(|rest| rest.strip_prefix(':')) {
            Some(tag) => Some(tag),
            None if digest.is_none() => Some("latest"),
            None => None,
        }
    }

    /// The digest, where the reference has one.
    pub fn digest(&self) -> Option<&str> {
        if self.is_id() { Some(&self.0) } else { self.0.split_once('@').map(|(_, digest)| digest) }
    }

    /// Whether it is an image id rather than a name.
    pub fn is_id(&self) -> bool {
        self.0.starts_with("sha256:")
    }
}

fn check_image(text: &str) -> Result<()> {
    let wrong = |why: String| Err(Error::invalid(format!("{why}: `{}`", text.escape_debug())));
    if text.is_empty() {
        return Err(Error::invalid("an image reference cannot be empty"));
    }
    if text.len() > 512 {
        return Err(Error::invalid(format!(
            "an image reference has at most 512 characters, this one has {}",
            text.len()
        )));
    }
    if text.starts_with("sha256:") {
        return check_digest(text).or_else(wrong);
    }
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    if let Some(digest) = digest
        && let Err(why) = check_digest(digest)
    {
        return wrong(why);
    }
    let (path, tag) = match name.rfind(':') {
        Some(colon) if !name[colon..].contains('/') => (&name[..colon], Some(&name[colon + 1..])),
        _ => (name, None),
    };
    if let Some(tag) = tag {
        let first = tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if !first || !rest || tag.len() > 128 {
            return wrong(format!("`{}` is not a tag", tag.escape_debug()));
        }
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    let host = parts[0];
    if parts.len() > 1 && (host.contains('.') || host.contains(':') || host == "localhost") {
        if let Err(why) = check_host(host) {
            return wrong(why);
        }
        parts.remove(0);
    }
    for part in parts {
        if let Err(why) = check_path_part(part) {
            return wrong(why);
        }
    }
    Ok(())
}

fn check_digest(digest: &str) -> Result<(), String> {
    let hexadecimal = digest
        .strip_prefix("sha256:")
        .filter(|hex| hex.len() == 64)
        .or_else(|| digest.strip_prefix("sha512:").filter(|hex| hex.len() == 128));
    match hexadecimal {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) => Ok(()),
        _ => Err(format!("`{}` is not a digest", digest.escape_debug())),
    }
}

fn check_host(host: &str) -> Result<(), String> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!("`{host}` has no valid port"));
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if name.split('.').all(label) { Ok(()) } else { Err(format!("`{}` is not a registry host", host.escape_debug())) }
}

/// Runs of `[a-z0-9]` joined by one `.`, one or two `_`, or any number of `-`.
fn check_path_part(part: &str) -> Result<(), String> {
    let wrong = || format!("`{}` is not a repository name", part.escape_debug());
    let mut separator = String::new();
    let mut seen = false;
    for c in part.chars() {
        match c {
            'a'..='z' | '0'..='9' => {
                let joined =
                    matches!(separator.as_str(), "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-');
                if !joined || (!seen && !separator.is_empty()) {
                    return Err(wrong());
                }
                separator.clear();
                seen = true;
            }
            '.' | '_' | '-' => separator.push(c),
            _ => return Err(wrong()),
        }
    }
    if seen && separator.is_empty() { Ok(()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_say_what_is_wrong_and_where() {
        assert_eq!(NodeName::new("web 3").unwrap_err().message(), "a node name cannot hold ' ' at position 4: `web 3`");
        assert_eq!(ClusterName::new("").unwrap_err().message(), "a cluster name cannot be empty");
        assert!(ClusterName::new("x".repeat(64)).is_err());
        assert!(ContainerName::new("a..b").is_err());
        assert!(ContainerRef::new("../etc").is_err());
    }

    #[test]
    fn image_references_fall_apart_as_docker_has_them() {
        let cases = [
            ("nginx", "nginx", Some("latest"), None),
            ("registry:5000/team/web:1.2", "registry:5000/team/web", Some("1.2"), None),
            ("localhost/web", "localhost/web", Some("latest"), None),
            ("10.0.0.1:5000/web", "10.0.0.1:5000/web", Some("latest"), None),
        ];
        for (text, repository, tag, digest) in cases {
            let image = ImageRef::new(text).unwrap();
            assert_eq!((image.repository(), image.tag(), image.digest()), (repository, tag, digest), "{text}");
        }
        let digest = format!("sha256:{}", "a".repeat(64));
        let image = ImageRef::new(format!("web:1@{digest}")).unwrap();
        assert_eq!((image.repository(), image.tag(), image.digest()), ("web", Some("1"), Some(digest.as_str())));
        assert!(ImageRef::new(&digest).unwrap().is_id());
    }

    #[test]
    fn image_references_that_are_none() {
        for text in
            ["UPPER/x", "a//b", "a:", "web:ta g", "-a", "a-", "a___b", "web@sha256:12", "../x", "x?y", "a/%2e", ""]
        {
            assert!(ImageRef::new(text).is_err(), "{text} was taken");
        }
    }

    proptest! {
        #[test]
        fn no_parser_panics(text in "\\PC{0,80}") {
            let _ = (NodeName::new(&text), ImageRef::new(&text), ContainerRef::new(&text), ContainerId::new(&text));
        }

        #[test]
        fn a_container_id_is_its_bytes(bytes: [u8; 32]) {
            let id = ContainerId::from_bytes(bytes);
            prop_assert_eq!(id.to_bytes(), bytes);
            prop_assert_eq!(ContainerId::new(id.as_str()).unwrap(), id);
        }

        #[test]
        fn no_name_alters_a_path(text in ".{0,40}") {
            if let Ok(name) = ContainerRef::new(&text) {
                prop_assert!(!name.as_str().contains(['/', '?', '#', '%']) && !name.as_str().contains(".."));
            }
            if let Ok(image) = ImageRef::new(&text) {
                prop_assert!(!image.as_str().contains(['?', '#', '%']) && !image.as_str().contains(".."));
            }
        }

        #[test]
        fn image_parts_put_together_are_the_image(name in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}", tag in "[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}") {
            let image = ImageRef::new(format!("{name}:{tag}")).unwrap();
            prop_assert_eq!(image.repository(), name);
            prop_assert_eq!(image.tag(), Some(tag.as_str()));
        }
    }
}
