//! Shared memory and message queues of the host.

use std::ffi::CString;

use crate::canaries::SECRET;

/// System V shared memory that everybody may write.
pub(crate) struct Segment {
    pub(crate) key: i32,
    id: i32,
}

impl Segment {
    pub(crate) fn new(key: u32, user: u32) -> Self {
        let key = key.cast_signed();
        // SAFETY: the segment is new, and as large as what is written; the structure is a plain one of C.
        unsafe {
            let id = libc::shmget(key, 4096, libc::IPC_CREAT | libc::IPC_EXCL | 0o666);
            assert!(id >= 0, "{}", std::io::Error::last_os_error());
            let mut data: libc::shmid_ds = std::mem::zeroed();
            assert_eq!(libc::shmctl(id, libc::IPC_STAT, &raw mut data), 0);
            (data.shm_perm.uid, data.shm_perm.gid) = (user, user);
            assert_eq!(libc::shmctl(id, libc::IPC_SET, &raw mut data), 0);
            let at = libc::shmat(id, std::ptr::null(), 0).cast::<u8>();
            std::ptr::copy_nonoverlapping(SECRET.as_ptr(), at, SECRET.len());
            libc::shmdt(at.cast());
            Self { key, id }
        }
    }

    pub(crate) fn is_untouched(&self) -> bool {
        // SAFETY: the segment is at least as long as the text; if it is gone, the call says so.
        unsafe {
            let at = libc::shmat(self.id, std::ptr::null(), libc::SHM_RDONLY);
            if at as isize == -1 {
                return false;
            }
            let same = std::slice::from_raw_parts(at.cast::<u8>(), SECRET.len()) == SECRET.as_bytes();
            libc::shmdt(at);
            same
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: the segment is this test's own.
        unsafe { libc::shmctl(self.id, libc::IPC_RMID, std::ptr::null_mut()) };
    }
}

/// A POSIX message queue that everybody may write.
pub(crate) struct Queue {
    name: CString,
    descriptor: libc::mqd_t,
}

impl Queue {
    pub(crate) fn new(token: &str, user: u32) -> Self {
        let name = CString::new(format!("/{token}")).unwrap();
        let flags = libc::O_CREAT | libc::O_RDWR | libc::O_NONBLOCK | libc::O_CLOEXEC;
        // SAFETY: the name ends with a null, and null attributes are the defaults.
        let descriptor = unsafe {
            let none = std::ptr::null_mut::<libc::mq_attr>();
            let descriptor = libc::mq_open(name.as_ptr(), flags, 0o666, none);
            libc::fchown(descriptor, user, user);
            libc::fchmod(descriptor, 0o666);
            descriptor
        };
        Self { name, descriptor }
    }

    pub(crate) fn holds_messages(&self) -> bool {
        // SAFETY: a plain structure of C, written by the call.
        unsafe {
            let mut attributes: libc::mq_attr = std::mem::zeroed();
            libc::mq_getattr(self.descriptor, &raw mut attributes) == 0 && attributes.mq_curmsgs > 0
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: the queue is this test's own.
        unsafe {
            libc::mq_close(self.descriptor);
            libc::mq_unlink(self.name.as_ptr());
        }
    }
}
