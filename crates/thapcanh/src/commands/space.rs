//! How much room a disk has left.

use std::path::Path;

/// Room on a disk, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    /// What this user may still write.
    pub available: u64,
    /// The whole disk.
    pub total: u64,
}

/// Room on the disk of a path; `None` where the system does not say.
#[cfg(unix)]
pub fn free(path: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(path).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some(Space { available: bytes(found.f_bavail), total: bytes(found.f_blocks) })
}

/// Room on the disk of a path; `None` where the system does not say.
#[cfg(not(unix))]
pub fn free(_path: &Path) -> Option<Space> {
    None
}
