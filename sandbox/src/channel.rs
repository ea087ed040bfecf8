//! The init's end of the socket: blocking, with descriptors that come along with the first byte of a frame.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use rustix::{
    io::Errno,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
        SendFlags,
    },
};

use crate::protocol::{Reply, Request, first_frame};

pub(crate) struct Channel {
    socket: OwnedFd,
    received: Vec<u8>,
    descriptors: Vec<OwnedFd>,
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self { socket, received: Vec::new(), descriptors: Vec::new() }
    }

    /// Whether a request may be waiting that `poll` no longer announces.
    pub(crate) fn has_received(&self) -> bool {
        matches!(first_frame(&self.received), Ok(Some(_)) | Err(_))
    }

    /// The next request and its descriptors; `None` if the supervisor is gone. Waits.
    pub(crate) fn receive(&mut self) -> io::Result<Option<(Request, Vec<OwnedFd>)>> {
        loop {
            if let Some((body, used)) = first_frame(&self.received)? {
                let request = Request::read(body)?;
                self.received.drain(..used);
                // Several frames can come at once, and the descriptors are those of the ones that have any.
                let wanted = match &request {
                    Request::Run(run) => 1 + usize::from(run.separate_stderr) + usize::from(run.checkpoints),
                    Request::Open(_) | Request::Interrupt(_) | Request::Kill(_) => 0,
                };
                if self.descriptors.len() < wanted {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                return Ok(Some((request, self.descriptors.drain(..wanted).collect())));
            }
            if self.receive_some()? == 0 {
                return Ok(None);
            }
        }
    }

    fn receive_some(&mut self) -> io::Result<usize> {
        let mut bytes = [0; 16 << 10];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        loop {
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut slices = [IoSliceMut::new(&mut bytes)];
            match rustix::net::recvmsg(&self.socket, &mut slices, &mut control, RecvFlags::CMSG_CLOEXEC) {
                Err(Errno::INTR) => {}
                Err(Errno::CONNRESET) => return Ok(0),
                Err(error) => return Err(error.into()),
                Ok(message) => {
                    for part in control.drain() {
                        if let RecvAncillaryMessage::ScmRights(descriptors) = part {
                            self.descriptors.extend(descriptors);
                        }
                    }
                    self.received.extend_from_slice(&bytes[..message.bytes]);
                    return Ok(message.bytes);
                }
            }
        }
    }

    /// Sends a reply, with a descriptor at its first byte; an error means that the supervisor is gone.
    pub(crate) fn send(&self, reply: &Reply, descriptor: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let frame = reply.frame();
        let mut rest = &frame[..];
        while !rest.is_empty() {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            let descriptor = descriptor.filter(|_| rest.len() == frame.len());
            if let Some(descriptor) = &descriptor {
                control.push(SendAncillaryMessage::ScmRights(std::slice::from_ref(descriptor)));
            }
            match rustix::net::sendmsg(&self.socket, &[IoSlice::new(rest)], &mut control, SendFlags::NOSIGNAL)
            {
                Ok(sent) => rest = &rest[sent..],
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
