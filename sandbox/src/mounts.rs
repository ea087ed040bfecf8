//! Mounts by descriptor: trees copied, made read-only, and attached, so that no path is looked up twice.

use std::{
    ffi::CStr,
    io,
    os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::CWD,
    mount::{MountFlags, MoveMountFlags, OpenTreeFlags},
};

/// What no mount of a sandbox allows: gaining privileges by a file, and devices by a node.
pub(crate) const HARMLESS: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// A mount, or a tree of them, that is attached nowhere yet.
pub(crate) struct Tree(OwnedFd);

impl Tree {
    /// A copy of what is mounted at `path`, with all mounts beneath.
    pub(crate) fn copy(path: &Path) -> io::Result<Self> {
        let flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
        Ok(Self(rustix::mount::open_tree(CWD, path, flags)?))
    }

    /// Makes the whole tree read-only, without devices and set-id programs.
    pub(crate) fn read_only(self) -> io::Result<Self> {
        restrict(self.0.as_fd(), libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV)?;
        Ok(self)
    }

    /// Attaches it over what `path` is now; not through a link.
    pub(crate) fn attach(&self, path: &Path) -> io::Result<()> {
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        Ok(rustix::mount::move_mount(&self.0, c"", CWD, path, flags)?)
    }
}

/// `mount_setattr` on a whole tree: <https://man7.org/linux/man-pages/man2/mount_setattr.2.html> (Linux 5.12).
fn restrict(tree: BorrowedFd<'_>, attributes: u64) -> io::Result<()> {
    const NOTHING: &CStr = c"";
    let attributes = libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: 0, userns_fd: 0 };
    // SAFETY: the structure lives until the call returns, and its size is given.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            NOTHING.as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Makes what is mounted at `path` read-only; it must be a mount of its own.
pub(crate) fn make_read_only(path: &Path) -> io::Result<()> {
    let flags = rustix::fs::OFlags::PATH | rustix::fs::OFlags::CLOEXEC;
    let mount = rustix::fs::open(path, flags, rustix::fs::Mode::empty())?;
    restrict(mount.as_fd(), libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID)
}

/// Makes a directory a mount of its own, so that it can be neither moved nor removed.
pub(crate) fn pin(path: &Path) -> io::Result<()> {
    Ok(rustix::mount::mount_bind(path, path)?)
}
