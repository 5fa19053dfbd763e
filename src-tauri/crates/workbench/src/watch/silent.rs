//! File systems that send no events for what others do: a change on a share is made on another
//! machine, and the kernel here does not hear of it.

use std::path::Path;

/// Whether changes in a folder have to be looked for.
#[cfg(target_os = "linux")]
pub(super) fn is_silent(folder: &Path) -> bool {
    // Not there yet: the nearest folder above is on the same file system, as a rule.
    let mut above = folder.ancestors();
    let found = above.find_map(|folder| rustix::fs::statfs(folder).ok());
    found.is_some_and(|found| SILENT.contains(&(found.f_type as u32)))
}

/// The magic numbers of network and pass-through file systems (statfs(2), linux/magic.h).
#[cfg(target_os = "linux")]
const SILENT: [u32; 11] = [
    0x6969,      // NFS
    0x517b,      // SMB
    0xff53_4d42, // CIFS
    0xfe53_4d42, // SMB2
    0x0102_1997, // 9P: folders of Windows under WSL, shares of virtual machines
    0x6573_5546, // FUSE: sshfs, and folders of a container's host
    0x5346_414f, // AFS
    0x00c3_6400, // Ceph
    0x786f_4256, // VirtualBox's shared folders
    0x0bd0_0bd0, // Lustre
    0x7461_636f, // OCFS2
];

/// Whether changes in a folder have to be looked for. Windows and macOS tell of shares themselves
/// as far as the server does.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_silent(_folder: &Path) -> bool {
    false
}
