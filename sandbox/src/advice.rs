//! What to do on a host that lacks something: the exact setting, found by looking at what is set.

use std::{fs, io};

/// For a host where namespaces work but something in them does not.
pub(crate) const NAMESPACES: &str = "choose the level `landlock` by name";

/// What keeps this process from namespaces of its own, most specific first.
pub(crate) fn for_namespaces() -> String {
    let set = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
    let found = if set("/proc/sys/user/max_user_namespaces") == "0" {
        "run `sudo sysctl -w user.max_user_namespaces=15000`"
    } else if set("/proc/sys/kernel/unprivileged_userns_clone") == "0" {
        "run `sudo sysctl -w kernel.unprivileged_userns_clone=1`"
    } else if set("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" {
        "run `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
    } else if is_filtered() {
        "this looks like a container: start it with `--security-opt seccomp=unconfined --security-opt \
         systempaths=unconfined --security-opt apparmor=unconfined` (docker, podman)"
    } else {
        "use a kernel with user namespaces (CONFIG_USER_NS)"
    };
    format!("{found}, or choose the level `landlock` by name")
}

/// For a mount that was refused.
pub(crate) fn for_mounts(step: &str, error: &io::Error) -> String {
    let refused = matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES));
    match step {
        _ if refused => for_namespaces(),
        "mounting proc" => "this looks like a container that masks /proc: start it with `--security-opt \
                            systempaths=unconfined` (docker, podman), or choose the level `landlock` by name"
            .to_owned(),
        "setting an extended attribute in the view's directory" => {
            "files in memory have no extended attributes before Linux 6.6: keep the view on disk, or choose the \
             level `landlock` by name"
                .to_owned()
        }
        "mounting overlayfs" => "the workspace must be one file system, with nothing mounted below it, and overlayfs \
                                 must be in the kernel (`modprobe overlay`); else choose the level `landlock` by name"
            .to_owned(),
        _ => NAMESPACES.to_owned(),
    }
}

/// Whether a seccomp filter is at work on this process, as in most containers.
fn is_filtered() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| status.contains("\nSeccomp:\t2"))
}
