//! The network of a sandbox at `full`: a loopback, and a count of the attempts to get beyond it.

use std::{
    ffi::c_short,
    fs::File,
    io,
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::fs::FileExt as _,
    },
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

/// Counts how often something in this network namespace had nowhere to go: the kernel's counters `OutNoRoutes` of IP
/// and IPv6 (RFC 4293), which a refused `connect` or `sendto` raises.
pub(crate) struct Counter {
    /// `/proc/net/snmp` and `/proc/net/snmp6`, kept open. A kernel without IPv6 has no second one.
    files: (File, Option<File>),
    before: u64,
}

impl Counter {
    pub(crate) fn new() -> io::Result<Self> {
        let files = (File::open("/proc/net/snmp")?, File::open("/proc/net/snmp6").ok());
        let mut counter = Self { files, before: 0 };
        counter.since()?;
        Ok(counter)
    }

    /// How often since this was asked last.
    pub(crate) fn since(&mut self) -> io::Result<u64> {
        let now = self.count()?;
        Ok(now - std::mem::replace(&mut self.before, now))
    }

    fn count(&self) -> io::Result<u64> {
        // The kernel's texts are of about 1 and 3 kB, and come whole if there is room.
        let mut buffer = [0; 16 * 1024];
        let first = read(&self.files.0, &mut buffer)?;
        let mut lines = first.lines().filter(|line| line.starts_with("Ip:"));
        let (names, values) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let column = names.split(' ').position(|name| name == "OutNoRoutes");
        let count = column.and_then(|column| values.split(' ').nth(column)?.parse::<u64>().ok());
        let count = count.ok_or(io::ErrorKind::InvalidData)?;
        let Some(second) = &self.files.1 else { return Ok(count) };
        let mut lines = read(second, &mut buffer)?.lines();
        let six = lines.find_map(|line| line.strip_prefix("Ip6OutNoRoutes")?.trim().parse::<u64>().ok());
        Ok(count + six.unwrap_or_default())
    }
}

fn read<'b>(file: &File, buffer: &'b mut [u8]) -> io::Result<&'b str> {
    let length = file.read_at(buffer, 0)?;
    std::str::from_utf8(&buffer[..length]).map_err(io::Error::other)
}
