//! The network of a sandbox at `full`: a loopback, and a count of the attempts to get beyond it.

use std::{
    ffi::c_short,
    fs, io,
    os::fd::{AsRawFd as _, OwnedFd},
};

use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// Brings the loopback of this network namespace up:
/// <https://man7.org/linux/man-pages/man7/netdevice.7.html>. Needs `CAP_NET_ADMIN` in it.
pub(crate) fn bring_up() -> io::Result<()> {
    let socket: OwnedFd =
        rustix::net::socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    // SAFETY: all zeroes is a valid `ifreq`, a plain C structure.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        // `c_char` is signed on x86-64 and not on aarch64; ASCII is the same in both.
        *to = std::ffi::c_char::from_ne_bytes([*from]);
    }
    request.ifr_ifru.ifru_flags = c_short::try_from(libc::IFF_UP | libc::IFF_RUNNING).unwrap_or_default();
    // SAFETY: the request lives until the call returns.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// How often something in this network namespace had nowhere to go: the kernel's counters `OutNoRoutes` of IP and
/// IPv6 (RFC 4293), which a refused `connect` or `sendto` raises.
pub(crate) fn unreachable() -> io::Result<u64> {
    let read = |path| fs::read_to_string(path);
    let first = read("/proc/net/snmp")?;
    let mut lines = first.lines().filter(|line| line.starts_with("Ip:"));
    let (names, values) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let column = names.split(' ').position(|name| name == "OutNoRoutes");
    let count = column.and_then(|column| values.split(' ').nth(column)?.parse::<u64>().ok());
    let count = count.ok_or(io::ErrorKind::InvalidData)?;
    // A kernel without IPv6 has nothing to count.
    let second = read("/proc/net/snmp6").unwrap_or_default();
    let six = second.lines().find_map(|line| line.strip_prefix("Ip6OutNoRoutes")?.trim().parse::<u64>().ok());
    Ok(count + six.unwrap_or_default())
}
