//! The list as a program for the kernel: classic BPF, a binary search over the calls' numbers.
//!
//! <https://docs.kernel.org/networking/filter.html>; offsets are those of `struct seccomp_data`.

use std::io;

use rustix::io::Errno;

use super::{
    Rules,
    table::{Call, NETLINK_PROTOCOLS, When, calls, families},
};

/// Ask the listener.
pub(super) const NOTIFY: u32 = libc::SECCOMP_RET_USER_NOTIF;

pub(super) fn refuse_with(errno: Errno) -> u32 {
    libc::SECCOMP_RET_ERRNO | errno.raw_os_error().cast_unsigned()
}

const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

/// `AUDIT_ARCH_*` of `linux/audit.h`: the machine's ELF number, 64 bits, little endian.
#[cfg(target_arch = "x86_64")]
const OWN_ARCHITECTURE: u32 = 0x3E | 0xC000_0000;
#[cfg(target_arch = "aarch64")]
const OWN_ARCHITECTURE: u32 = 0xB7 | 0xC000_0000;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const OWN_ARCHITECTURE: u32 = 0;

/// On x86-64, numbers from here on are calls by another convention (x32), which reach the same functions.
const OTHER_CONVENTION: u32 = 0x4000_0000;

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_AT_LEAST: u32 = libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K;
const IF_ANY_BIT: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const GO: u32 = libc::BPF_JMP | libc::BPF_JA;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

/// A place that is jumped to, always forward.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Label(usize);

#[derive(Default)]
struct Assembler {
    steps: Vec<libc::sock_filter>,
    /// Steps that go to a label, once it is known where that is.
    open: Vec<(usize, Label)>,
    /// Where labels are.
    places: Vec<Option<usize>>,
}

impl Assembler {
    fn step(&mut self, code: u32, jt: u8, jf: u8, k: u32) {
        self.steps.push(libc::sock_filter { code: u16::try_from(code).unwrap_or_default(), jt, jf, k });
    }

    fn label(&mut self) -> Label {
        self.places.push(None);
        Label(self.places.len() - 1)
    }

    fn here(&mut self, label: Label) {
        self.places[label.0] = Some(self.steps.len());
    }

    fn go(&mut self, label: Label) {
        self.open.push((self.steps.len(), label));
        self.step(GO, 0, 0, 0);
    }

    /// Goes to the label if the loaded value passes the test; conditional jumps reach 255 steps, these any.
    fn go_if(&mut self, test: u32, value: u32, label: Label) {
        self.step(test, 0, 1, value);
        self.go(label);
    }

    fn load_argument(&mut self, index: usize) {
        // Both architectures are little endian: the low half comes first.
        self.step(LOAD, 0, 0, ARGUMENTS + 8 * u32::try_from(index).unwrap_or_default());
    }

    fn finish(mut self) -> io::Result<Vec<libc::sock_filter>> {
        for (at, label) in self.open {
            let place = self.places[label.0].and_then(|place| place.checked_sub(at + 1));
            self.steps[at].k =
                place.and_then(|far| u32::try_from(far).ok()).ok_or(io::ErrorKind::InvalidData)?;
        }
        Ok(self.steps)
    }
}

struct Ends {
    allow: Label,
    refuse: Label,
    unknown: Label,
}

/// The program; `refusal` is what it returns for what is refused.
pub(super) fn program(rules: Rules, refusal: u32) -> io::Result<Vec<libc::sock_filter>> {
    if OWN_ARCHITECTURE == 0 {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the filter is not written for this architecture",
        ));
    }
    let mut program = Assembler::default();
    let ends = Ends { allow: program.label(), refuse: program.label(), unknown: program.label() };
    program.step(LOAD, 0, 0, ARCHITECTURE);
    program.step(IF_EQUAL, 1, 0, OWN_ARCHITECTURE);
    program.step(RETURN, 0, 0, libc::SECCOMP_RET_KILL_PROCESS);
    program.step(LOAD, 0, 0, NUMBER);
    // -1 is no call by any convention, and programs that probe it expect `ENOSYS` from the kernel.
    program.go_if(IF_EQUAL, u32::MAX, ends.allow);
    program.step(IF_AT_LEAST, 0, 1, OTHER_CONVENTION);
    program.step(RETURN, 0, 0, libc::SECCOMP_RET_KILL_PROCESS);
    let calls = calls(rules);
    let mut tests = Vec::new();
    search(&mut program, &calls, &ends, &mut tests);
    for (call, label) in tests {
        program.here(label);
        test(&mut program, call.when, &ends);
    }
    program.here(ends.allow);
    program.step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW);
    program.here(ends.refuse);
    program.step(RETURN, 0, 0, refusal);
    program.here(ends.unknown);
    program.step(RETURN, 0, 0, refuse_with(Errno::NOSYS));
    program.finish()
}

/// Finds the call by its number, in few steps for each of the many calls that are on no list.
fn search<'c>(program: &mut Assembler, calls: &'c [Call], ends: &Ends, tests: &mut Vec<(&'c Call, Label)>) {
    const FEW: usize = 3;
    if calls.len() <= FEW {
        for call in calls {
            let label = match call.when {
                When::Always => ends.refuse,
                When::Unknown => ends.unknown,
                _ => {
                    let label = program.label();
                    tests.push((call, label));
                    label
                }
            };
            program.go_if(IF_EQUAL, number(call), label);
        }
        program.go(ends.allow);
        return;
    }
    let (low, high) = calls.split_at(calls.len() / 2);
    let upper = program.label();
    program.go_if(IF_AT_LEAST, number(&high[0]), upper);
    search(program, low, ends, tests);
    program.here(upper);
    search(program, high, ends, tests);
}

fn number(call: &Call) -> u32 {
    u32::try_from(call.number).unwrap_or(u32::MAX)
}

/// Looks at the arguments of a call.
fn test(program: &mut Assembler, when: When, ends: &Ends) {
    match when {
        When::Always => program.go(ends.refuse),
        When::Unknown => program.go(ends.unknown),
        When::Any(index, bits) => {
            program.load_argument(index);
            program.go_if(IF_ANY_BIT, bits, ends.refuse);
            program.go(ends.allow);
        }
        When::Is(index, values) => {
            program.load_argument(index);
            for value in values {
                program.go_if(IF_EQUAL, *value, ends.refuse);
            }
            program.go(ends.allow);
        }
        When::IsNot(index, values) => {
            program.load_argument(index);
            for value in values {
                program.go_if(IF_EQUAL, *value, ends.allow);
            }
            program.go(ends.refuse);
        }
        When::MakesSetId(flags, mode) => {
            // Without these flags the mode is whatever the register held.
            const MAKES: u32 = (libc::O_CREAT | (libc::O_TMPFILE & !libc::O_DIRECTORY)).cast_unsigned();
            let makes = program.label();
            program.load_argument(flags);
            program.go_if(IF_ANY_BIT, MAKES, makes);
            program.go(ends.allow);
            program.here(makes);
            test(program, When::Any(mode, libc::S_ISUID | libc::S_ISGID), ends);
        }
        When::MakesDevice(mode) => {
            // Character and block devices share this bit with directories and sockets, and only they have it apart
            // from them: 0o020000 and 0o060000, against 0o140000 (socket), 0o100000 (file), 0o010000 (pipe).
            program.load_argument(mode);
            program.go_if(IF_ANY_BIT, libc::S_IFCHR | libc::S_ISUID | libc::S_ISGID, ends.refuse);
            program.go(ends.allow);
        }
        When::Family { network } => {
            let netlink = program.label();
            program.load_argument(0);
            program.go_if(IF_EQUAL, libc::AF_NETLINK.cast_unsigned(), netlink);
            for family in families(network) {
                program.go_if(IF_EQUAL, *family, ends.allow);
            }
            program.go(ends.refuse);
            program.here(netlink);
            test(program, When::IsNot(2, NETLINK_PROTOCOLS), ends);
        }
    }
}
