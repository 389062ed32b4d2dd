//! Addresses that may hold a user and a password.

use haven_model::Secret;

/// A URL without user and password, for showing. Cut by hand where a parser reads none: an address of several hosts is no
/// URL to it, nor is one whose password holds a `/`.
pub fn without_credentials(text: &str) -> String {
    if url::Url::parse(text).is_ok() {
        return split_credentials(text).0;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) if rest[..at].contains(':') || scheme.starts_with("http") => format!("{scheme}://{}", &rest[at + 1..]),
        _ => text.to_owned(),
    }
}

/// A URL without user and password, and these. What cannot be read as a URL is answered as it is.
pub fn split_credentials(text: &str) -> (String, Option<(String, Option<Secret>)>) {
    let Ok(mut url) = url::Url::parse(text) else { return (text.to_owned(), None) };
    // A user without a password is part of an SSH address, `git@host`, and somebody's name over HTTP.
    let somebody = url.scheme().starts_with("http") && !url.username().is_empty();
    if url.password().is_none() && !somebody {
        return (text.to_owned(), None);
    }
    let decoded = |part: &str| {
        url::form_urlencoded::parse(format!("x={}", part.replace('+', "%2B").replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let found = (decoded(url.username()), url.password().map(|password| Secret::new(decoded(password))));
    // Neither can fail for a URL that has a host, and one with a user has.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    (url.to_string(), Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_a_url_are_taken_out() {
        let (url, found) = split_credentials("https://me:p%40ss@host/repo.git");
        let (username, password) = found.unwrap();
        assert_eq!(
            (url.as_str(), username.as_str(), password.unwrap().expose()),
            ("https://host/repo.git", "me", "p@ss")
        );
        let (_, found) = split_credentials("http://me:a&b+c=d@host");
        assert_eq!(found.unwrap().1.unwrap().expose(), "a&b+c=d");
        assert_eq!(split_credentials("ssh://git@host/repo.git").0, "ssh://git@host/repo.git");
        assert_eq!(split_credentials("/srv/repo").0, "/srv/repo");
        assert_eq!(without_credentials("https://me:p%40ss@host/repo.git"), "https://host/repo.git");
        assert_eq!(without_credentials("ssh://git@host/repo.git"), "ssh://git@host/repo.git");
        for password in ["a/b", "a@b", "a/b@c/d"] {
            let shown = without_credentials(&format!("https://me:{password}@host/repo.git"));
            assert_eq!(shown, "https://host/repo.git");
        }
        for address in ["https://git.example/@team/repo", "redb:///srv/a:b@c.redb"] {
            assert_eq!(without_credentials(address), address, "an `@` in the path is no credential");
        }
        assert_eq!(without_credentials("http://10.0.0.1:8761/"), "http://10.0.0.1:8761/");
        assert_eq!(without_credentials("etcd://haven:pw@a:2379,b:2379/fleet?ca=x"), "etcd://a:2379,b:2379/fleet?ca=x");
    }
}
