//! The repository as it is stored: checked, and sealed for the credentials in it.

use haven_model::{Error, Result, Secret, secret::MASK, source::SourceSpec};

use crate::{source::GitRemote, store::Record};

/// The longest of the parts, in bytes.
const MAX_TEXT: usize = 4096;
const MAX_KEY: usize = 64 * 1024;
/// The bounds of the interval, in seconds.
const INTERVAL: std::ops::RangeInclusive<u32> = 10..=86_400;
/// What an address begins with that is a folder.
pub(super) const FOLDER: &str = "folder:";

impl Record for SourceSpec {
    const KIND: &'static str = "source";
    const VERSION: u32 = 1;
    const SEALED: bool = true;
}

/// The specification with its credentials apart from the address. `Invalid` names the part that does not fit.
pub(super) fn checked(mut spec: SourceSpec) -> Result<SourceSpec> {
    if let Some(interval) = spec.interval.filter(|interval| !INTERVAL.contains(interval)) {
        let (least, most) = (INTERVAL.start(), INTERVAL.end());
        return Err(Error::invalid(format!("`interval` is from {least} to {most} seconds, not {interval}")));
    }
    for (name, text, longest) in [
        ("branch", spec.branch.as_deref(), MAX_TEXT),
        ("username", spec.username.as_deref(), MAX_TEXT),
        ("password", spec.password.as_ref().map(Secret::expose), MAX_TEXT),
        ("ssh_key", spec.ssh_key.as_ref().map(Secret::expose), MAX_KEY),
        ("known_hosts", spec.known_hosts.as_deref(), MAX_KEY),
    ] {
        let is_lines = ["ssh_key", "known_hosts"].contains(&name);
        let is_control = |c: char| c.is_control() && !(is_lines && matches!(c, '\n' | '\r' | '\t'));
        if text.is_some_and(|text| text.is_empty() || text.len() > longest || text.contains(is_control)) {
            return Err(Error::invalid(format!("`{name}` is empty, too long, or holds control characters")));
        }
    }
    if let Some(folder) = spec.url.strip_prefix(FOLDER) {
        if !folder.starts_with('/') || folder.len() > MAX_TEXT || folder.contains(char::is_control) {
            return Err(Error::invalid("a folder is an absolute path: `folder:/srv/haven`"));
        }
        let of_git = [
            ("branch", spec.branch.is_some()),
            ("username", spec.username.is_some()),
            ("password", spec.password.is_some()),
            ("ssh_key", spec.ssh_key.is_some()),
            ("known_hosts", spec.known_hosts.is_some()),
        ];
        return match of_git.iter().find(|(_, is_said)| *is_said) {
            Some((name, _)) => Err(Error::invalid(format!("a folder has no `{name}`"))),
            None => Ok(spec),
        };
    }
    let inline = GitRemote::new(&spec.url)?.with_token(spec.password.as_ref());
    inline.url().clone_into(&mut spec.url);
    spec.username = spec.username.or(inline.username);
    spec.password = spec.password.or(inline.password);
    remote(&spec)?.check()?;
    Ok(spec)
}

/// Puts the secrets of the present record into the places of `***`, as they are shown. `Invalid` where there are none, or
/// where the address is another: nobody shall send them elsewhere by guessing.
pub(super) fn unmasked(mut spec: SourceSpec, current: Option<&SourceSpec>) -> Result<SourceSpec> {
    let current = current.filter(|current| current.url == spec.url);
    for (name, given, kept) in [
        ("password", &mut spec.password, current.and_then(|current| current.password.as_ref())),
        ("ssh_key", &mut spec.ssh_key, current.and_then(|current| current.ssh_key.as_ref())),
    ] {
        if given.as_ref().is_some_and(|given| given.expose() == MASK) {
            let kept = kept.ok_or_else(|| {
                Error::invalid(format!("`{name}`: `{MASK}` stands for one that is kept, and there is none"))
            })?;
            *given = Some(kept.clone());
        }
    }
    Ok(spec)
}

/// The git repository of a specification that is none of a folder.
pub(super) fn remote(spec: &SourceSpec) -> Result<GitRemote> {
    let mut remote = GitRemote::new(&spec.url)?;
    remote.branch.clone_from(&spec.branch);
    remote.username.clone_from(&spec.username);
    remote.password.clone_from(&spec.password);
    remote.ssh_key.clone_from(&spec.ssh_key);
    remote.known_hosts.clone_from(&spec.known_hosts);
    Ok(remote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stand_apart_from_the_address() {
        let spec = checked(SourceSpec::new("https://me:s3cret@host/repo")).unwrap();
        assert_eq!((spec.url.as_str(), spec.username.as_deref()), ("https://host/repo", Some("me")));
        assert_eq!(spec.password.as_ref().unwrap().expose(), "s3cret");
        assert!(!format!("{spec:?}").contains("s3cret"));
        let given = SourceSpec { password: Some("other".into()), ..SourceSpec::new("https://me:s3cret@host/repo") };
        assert_eq!(checked(given).unwrap().password.unwrap().expose(), "other");
    }

    #[test]
    fn a_token_in_the_place_of_the_user_is_the_password() {
        let spec = checked(SourceSpec::new("https://ghp_t0ken@host/x.git")).unwrap();
        assert_eq!((spec.url.as_str(), spec.username.as_deref()), ("https://host/x.git", Some("x-access-token")));
        assert_eq!(spec.password.as_ref().unwrap().expose(), "ghp_t0ken");
        assert!(!format!("{spec:?}").contains("t0ken"));
        let named = SourceSpec { username: Some("me".into()), ..SourceSpec::new("https://ghp_t0ken@host/x.git") };
        let named = checked(named).unwrap();
        assert_eq!((named.username.as_deref(), named.password.unwrap().expose()), (Some("me"), "ghp_t0ken"));
        let given = SourceSpec { password: Some("pw".into()), ..SourceSpec::new("https://me@host/x.git") };
        let given = checked(given).unwrap();
        assert_eq!((given.username.as_deref(), given.password.unwrap().expose()), (Some("me"), "pw"));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let of = |change: fn(&mut SourceSpec), url: &str| {
            let mut spec = SourceSpec::new(url);
            change(&mut spec);
            checked(spec).unwrap_err().message().to_owned()
        };
        assert_eq!(of(|spec| spec.interval = Some(1), "/r"), "`interval` is from 10 to 86400 seconds, not 1");
        assert!(of(|spec| spec.username = Some(String::new()), "/r").starts_with("`username` is empty"));
        assert!(of(|spec| spec.password = Some("a\nb".into()), "/r").starts_with("`password` is empty"));
        assert_eq!(of(|spec| spec.branch = Some("--x".into()), "/r"), "`--x` is no branch or tag");
        assert_eq!(of(|spec| spec.branch = Some("x".into()), "folder:/r"), "a folder has no `branch`");
        assert!(of(|_| {}, "folder:r").starts_with("a folder is an absolute path"));
        assert!(of(|_| {}, "ext::sh").contains("is no address of a git repository"));
    }

    #[test]
    fn a_masked_secret_is_the_one_that_is_kept_at_the_same_address_only() {
        let kept = SourceSpec { password: Some("s3cret".into()), ..SourceSpec::new("https://host/repo") };
        let masked = SourceSpec { password: Some(MASK.into()), ..SourceSpec::new("https://host/repo") };
        assert_eq!(unmasked(masked.clone(), Some(&kept)).unwrap(), kept);
        let elsewhere = SourceSpec { url: "https://evil/repo".into(), ..masked.clone() };
        assert!(unmasked(elsewhere, Some(&kept)).is_err());
        assert!(unmasked(masked, None).is_err());
    }
}
