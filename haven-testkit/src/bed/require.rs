//! Whether a test may be skipped: what it needs, what is missing, and `HAVEN_REQUIRE`, which says that nothing may be.
//!
//! On a machine without Docker the tests that need it say so and pass. Where `HAVEN_REQUIRE` names it they fail instead, so that a
//! green run never means that nothing ran.

use super::command::find;

/// What can be asked for, and the programs that it takes.
const NEEDS: [(&str, &[&str]); 3] = [
    ("docker", &["dockerd", "containerd", "runc", "busybox"]),
    ("etcd", &["etcd", "etcdctl"]),
    ("registry", &["docker-registry", "htpasswd"]),
];

/// What machines of their own take, whatever runs on them.
const MACHINES: [&str; 6] = ["ip", "iptables", "nsenter", "unshare", "flock", "busybox"];

/// Whether the test may run: `Some` when all that `need` names is there.
///
/// `need` is a comma list of `docker`, `etcd`, `registry`, `bed` (all of them). When something is missing this prints what and returns `None`, and
/// the test passes as skipped.
///
/// # Panics
///
/// When something is missing and `HAVEN_REQUIRE`, a comma list of the same words, asks for it; and when `need` holds another word.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
#[track_caller]
pub fn require(need: &str) -> Option<()> {
    let Err((word, missing)) = check(need) else {
        return Some(());
    };
    let required = is_required(&std::env::var("HAVEN_REQUIRE").unwrap_or_default(), &word);
    assert!(!required, "HAVEN_REQUIRE asks for `{word}`, but {missing}");
    eprintln!("skipped: no `{word}` here: {missing}");
    None
}

/// Why this machine cannot have what `need` names, if so; the words are those of [`require`].
///
/// # Panics
///
/// When `need` holds another word.
pub fn missing(need: &str) -> Option<String> {
    check(need).err().map(|(word, missing)| format!("no `{word}` here: {missing}"))
}

fn is_required(required: &str, word: &str) -> bool {
    required.split(',').map(str::trim).any(|asked| asked == word || asked == "bed")
}

/// The first thing of `need` that is missing, and why.
fn check(need: &str) -> Result<(), (String, String)> {
    for word in need.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let known = word == "bed" || NEEDS.iter().any(|(name, _)| *name == word);
        assert!(known, "`{word}` is none of docker, etcd, registry, bed");
        let programs =
            NEEDS.iter().filter(|(name, _)| word == "bed" || *name == word).flat_map(|(_, programs)| *programs);
        let absent: Vec<_> = MACHINES.iter().chain(programs).filter(|program| find(program).is_none()).collect();
        if !absent.is_empty() {
            return Err((word.to_owned(), format!("these programs are missing: {absent:?}")));
        }
        if !rustix::process::geteuid().is_root() {
            return Err((word.to_owned(), "making network namespaces takes root".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "none of docker, etcd, registry, bed")]
    fn a_misspelt_need_is_not_taken_for_one_that_is_there() {
        let _ = check("dokcer");
    }

    #[test]
    fn what_is_asked_for_may_not_be_skipped() {
        assert!(is_required("docker, etcd", "etcd"));
        assert!(is_required("bed", "docker"), "the bed is all of them");
        assert!(!is_required("docker", "etcd"));
        assert!(!is_required("", "docker"));
    }

    #[test]
    fn nothing_is_needed_for_nothing() {
        assert_eq!(check(""), Ok(()));
    }
}
