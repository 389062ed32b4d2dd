//! Folders that only their owner enters.

use std::{fs, io, os::unix::fs::DirBuilderExt as _, path::Path};

/// Only the owner enters.
const OWNERS: u32 = 0o700;

/// Makes a folder, and those above it that are missing, so that only their owner enters. One that is there stays as it is.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(OWNERS).create(folder)
}
