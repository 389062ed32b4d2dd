//! A disk that is full, or read-only, when a test says so.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A small file system of its own, gone with this value.
#[derive(Debug)]
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// A file system of so many megabytes; none, and a word about it, on a machine where this user may not mount one.
    ///
    /// # Panics
    ///
    /// When it cannot be mounted and `HAVEN_REQUIRE` asks for anything.
    #[allow(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        let required = std::env::var("HAVEN_REQUIRE").is_ok_and(|words| !words.is_empty());
        assert!(!required, "HAVEN_REQUIRE is set, but a tmpfs cannot be mounted: {mounted:?}");
        eprintln!("skipped: a tmpfs cannot be mounted, which takes root");
        None
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Changes how it is mounted: `size=64m`, `ro`, `rw`.
    ///
    /// # Panics
    ///
    /// When that is refused.
    pub fn remount(&self, options: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "it cannot be mounted with `{options}`");
    }

    /// Fills what is free.
    pub fn fill(&self) -> io::Result<()> {
        let mut filler = std::fs::File::create(self.path().join("filler"))?;
        match io::copy(&mut io::repeat(7), &mut filler) {
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(()),
            done => done.map(drop),
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).stderr(Stdio::null()).status();
    }
}
