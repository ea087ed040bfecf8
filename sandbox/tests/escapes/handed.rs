//! What a careless host hands to its commands: open descriptors, and its terminal.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::fd::{AsRawFd as _, FromRawFd as _},
};

use crate::canaries::{Reached, reached};

/// A terminal of the host, whose master this process holds.
pub(crate) struct Terminal {
    master: File,
    pub(crate) slave: File,
    pub(crate) name: String,
}

impl Terminal {
    pub(crate) fn open(user: u32) -> Self {
        let (mut master, mut slave) = (-1, -1);
        let none = std::ptr::null_mut();
        // SAFETY: the call writes two descriptors, which nobody else owns.
        let (master, slave) = unsafe {
            assert_eq!(libc::openpty(&raw mut master, &raw mut slave, none, none.cast(), none.cast()), 0);
            (File::from_raw_fd(master), File::from_raw_fd(slave))
        };
        for descriptor in [&master, &slave] {
            rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::CLOEXEC).unwrap();
        }
        rustix::fs::fcntl_setfl(&master, rustix::fs::OFlags::NONBLOCK).unwrap();
        let name = fs::read_link(format!("/proc/self/fd/{}", slave.as_raw_fd())).unwrap();
        std::os::unix::fs::chown(&name, Some(user), Some(user)).unwrap();
        Self { master, slave, name: name.to_str().unwrap().to_owned() }
    }

    /// Whether something was written to it, or typed into it, which it would echo.
    pub(crate) fn reached(&mut self) -> Vec<Reached> {
        let mut buffer = [0; 256];
        let count = self.master.read(&mut buffer).unwrap_or_default();
        let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
        if count == 0 { vec![] } else { vec![reached("terminal", format!("{text:?}"))] }
    }
}

/// The numbers that leaked descriptors get, and once more a hundred higher.
const LEAKED: [i32; 4] = [6, 7, 9, 10];

/// Between fork and exec: passes descriptors on, and makes the terminal that of the process.
pub(crate) fn hand_over(leaked: [i32; 4], terminal: Option<i32>) -> io::Result<()> {
    // First out of the way, since each may have the number that another one gets.
    let mut high = [0; 4];
    for (from, high) in leaked.into_iter().zip(&mut high) {
        *high = out_of_the_way(from)?;
    }
    let terminal = terminal.map(out_of_the_way).transpose()?;
    for (from, to) in high.into_iter().zip(LEAKED) {
        place(from, to)?;
        place(from, to + 100)?;
    }
    let Some(terminal) = terminal else { return Ok(()) };
    // SAFETY: system calls on numbers.
    unsafe {
        check(libc::setsid())?;
        check(libc::ioctl(terminal, libc::TIOCSCTTY, 0))?;
    }
    place(terminal, 0)
}

fn out_of_the_way(descriptor: i32) -> io::Result<i32> {
    // SAFETY: a system call on numbers.
    let high = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 200) };
    check(high).map(|()| high)
}

fn place(from: i32, to: i32) -> io::Result<()> {
    // SAFETY: a system call on numbers; what had the second one is not used in this process any more.
    check(unsafe { libc::dup2(from, to) })
}

fn check(result: i32) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
