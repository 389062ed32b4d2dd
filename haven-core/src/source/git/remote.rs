//! Where a git repository is, and who we are there.

use haven_model::{Error, Result, Secret};

use super::address::{split_credentials, without_credentials};

/// The longest address and the longest branch, in bytes.
const MAX_TEXT: usize = 2048;
/// The user that hosts of git repositories take with a token.
const TOKEN_USER: &str = "x-access-token";
/// The password that GitHub has beside a token in the place of the user.
const NO_PASSWORD: &str = "x-oauth-basic";

/// A branch or tag of a git repository, and who we are there.
///
/// The address never holds a password: one that stands in it is taken out and kept as a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitRemote {
    url: String,
    /// The branch or tag; none: what the repository calls its own.
    pub branch: Option<String>,
    /// The user.
    pub username: Option<String>,
    /// The password or token.
    pub password: Option<Secret>,
    /// A private key for SSH, in OpenSSH's or PEM's words.
    pub ssh_key: Option<Secret>,
    /// The only host keys that SSH believes, as in a `known_hosts` file; none: one that it sees first is kept and believed
    /// from then on.
    pub known_hosts: Option<String>,
}

impl GitRemote {
    /// The repository at `url`: `https://…`, `http://…`, `ssh://…`, `user@host:path`, `git://…`, `file://…` or an absolute
    /// path. `Invalid` when it is none of these, or may hold a secret that cannot be taken out.
    pub fn new(url: &str) -> Result<Self> {
        refuse_secrets(url)?;
        let shown = without_credentials(url);
        let wrong = || Error::invalid(format!("`{}` is no address of a git repository", shown.escape_debug()));
        // Of what is no URL the password cannot be taken out, and would stand in the arguments of git.
        let is_url = !url.starts_with("http") || url::Url::parse(url).is_ok_and(|url| url.has_host());
        if url.len() > MAX_TEXT || url.starts_with('-') || url.chars().any(char::is_control) || !is_url {
            return Err(wrong());
        }
        let known = ["https://", "http://", "ssh://", "git://", "file://", "/"];
        // `user@host:path`, and never `transport::address`, which names a program to run.
        let is_scp = url.split_once(':').is_some_and(|(host, path)| {
            !host.is_empty() && !host.contains('/') && !path.starts_with(':') && !path.starts_with("//")
        });
        if !is_scp && !known.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(wrong());
        }
        let (url, inline) = split_credentials(url);
        let (username, password) = inline.map_or((None, None), |(username, password)| {
            (Some(username).filter(|username| !username.is_empty()), password)
        });
        Ok(Self { url, branch: None, username, password, ssh_key: None, known_hosts: None })
    }

    /// The address, without user and password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Takes a user that stands alone in the address for a token, which is secret; where a password is `given` beside, for
    /// a user.
    pub(crate) fn with_token(mut self, given: Option<&Secret>) -> Self {
        let is_alone = self.password.as_ref().is_none_or(|password| password.expose() == NO_PASSWORD);
        if given.is_none()
            && is_alone
            && let Some(token) = self.username.take()
        {
            self.password = Some(Secret::new(token));
            self.username = Some(TOKEN_USER.to_owned());
        }
        self
    }

    /// Says which of two remotes have the same files.
    pub(super) fn identity(&self) -> (&str, Option<&str>) {
        (&self.url, self.branch.as_deref())
    }

    /// Checks what can be set after it was made.
    pub(crate) fn check(&self) -> Result<()> {
        let Some(branch) = &self.branch else { return Ok(()) };
        let is_plain = |c: char| c.is_alphanumeric() || "/._-+@#=".contains(c);
        let fits = !branch.is_empty() && branch.len() <= MAX_TEXT && !branch.starts_with(['-', '/', '.']);
        if fits && branch.chars().all(is_plain) && !branch.contains("..") && !branch.contains("@{") {
            return Ok(());
        }
        let shown: String = branch.chars().take(64).collect();
        Err(Error::invalid(format!("`{}` is no branch or tag", shown.escape_debug())))
    }

    /// What must not be seen in what git says.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let key = self.ssh_key.as_ref().map(Secret::expose).into_iter().flat_map(str::lines);
        // A user without a password may be a token.
        let password = self.password.as_ref().map(Secret::expose).or(self.username.as_deref());
        password.into_iter().chain(key).filter(|secret| !secret.is_empty())
    }
}

/// Refuses an address that may hold a secret where none can be taken out, without repeating it.
fn refuse_secrets(url: &str) -> Result<()> {
    if url.starts_with('/') {
        return Ok(());
    }
    if url.contains(['?', '#']) {
        return Err(Error::invalid(
            "the address of a git repository has no `?` and no `#`; in a user or password they are `%3F` and `%23`",
        ));
    }
    let Some((begin, rest)) = url.split_once(':').filter(|(_, rest)| !rest.starts_with("//")) else { return Ok(()) };
    // `user:password@host:path`, and `user@realm:password@host:path`.
    let is_password = rest.rsplit_once('@').is_some_and(|(_, host)| !begin.contains('@') || host.contains(':'));
    if is_password {
        return Err(Error::invalid("the user in an address `user@host:path` has no `:`: a password is given beside"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused_without_its_password() {
        for url in [
            "",
            "repository",
            "--upload-pack=x",
            "ext::sh -c x",
            "fd::17",
            "https://",
            "https://me:s3/cret@host/repo",
            "a\nb",
            "../up",
            "ftp://host/x",
        ] {
            let error = GitRemote::new(url).unwrap_err();
            assert!(!error.report().contains("cret"), "{error}");
        }
        assert_eq!(
            GitRemote::new("https://me:s3/cret@host/repo").unwrap_err().message(),
            "`https://host/repo` is no address of a git repository"
        );
        for url in ["/srv/repo", "git@host:team/repo.git", "ssh://git@host/repo", "file:///srv/repo", "git://host/x"] {
            assert_eq!(GitRemote::new(url).unwrap().url(), url);
        }
    }

    #[test]
    fn a_password_in_the_address_is_a_secret() {
        let remote = GitRemote::new("https://me:p%40ss@host/repo.git").unwrap();
        assert_eq!((remote.url(), remote.username.as_deref()), ("https://host/repo.git", Some("me")));
        assert_eq!(remote.password.as_ref().unwrap().expose(), "p@ss");
        assert!(!format!("{remote:?}").contains("p@ss"));
    }

    #[test]
    fn a_user_alone_is_a_token_unless_a_password_is_given() {
        let of = |url: &str, given: Option<&Secret>| {
            let remote = GitRemote::new(url).unwrap().with_token(given);
            (remote.username, remote.password.map(|password| password.expose().to_owned()))
        };
        let token = (Some("x-access-token".to_owned()), Some("ghp_t".to_owned()));
        assert_eq!(of("https://ghp_t@host/x.git", None), token);
        assert_eq!(of("http://ghp_t:@host/x.git", None), token);
        assert_eq!(of("https://ghp_t:x-oauth-basic@host/x.git", None), token);
        assert_eq!(of("https://me@host/x.git", Some(&"pw".into())), (Some("me".to_owned()), None));
        assert_eq!(of("https://me:pw@host/x.git", None), (Some("me".to_owned()), Some("pw".to_owned())));
        for url in ["https://host/x.git", "ssh://git@host/x.git", "git@host:x.git", "/srv/x"] {
            assert_eq!(of(url, None), (None, None), "{url}");
        }
    }

    #[test]
    fn an_address_with_a_secret_that_cannot_be_taken_out_is_refused_without_it() {
        for url in [
            "me:s3cret@127.0.0.1:1/repo",
            "me:s3/cret@host:repo",
            "me:s3cret@host",
            "-me:s3cret@host:repo",
            "me@realm:s3cret@host:repo",
            "me:s3\ncret@host:repo",
            "https://host/repo?private_token=s3cret",
            "https://host/repo#s3cret",
            "https://me:a#s3cret@host/repo",
            "git@host:repo?token=s3cret",
        ] {
            let error = GitRemote::new(url).unwrap_err();
            assert_eq!(error.kind(), haven_model::ErrorKind::Invalid, "{url}");
            assert!(!error.report().contains("cret"), "{}", error.report());
        }
        for url in ["git@host:team/@scope/repo", "host:repo", "/srv/a:b@c?d#e"] {
            assert_eq!(GitRemote::new(url).unwrap().url(), url);
        }
    }

    #[test]
    fn branches_are_no_options_and_no_expressions() {
        let with = |branch: &str| GitRemote { branch: Some(branch.to_owned()), ..GitRemote::new("/r").unwrap() };
        for branch in ["", "-x", "a b", "a..b", "HEAD@{1}", "a:b", "a^", "a\0"] {
            assert!(with(branch).check().is_err(), "{branch:?}");
        }
        for branch in ["main", "v1.2", "feature/größe", "team/x_y-z"] {
            with(branch).check().unwrap();
        }
    }
}
