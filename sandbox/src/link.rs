//! The supervisor's end of the socket: asynchronous, and whole even if a future is dropped in the middle.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};
use tokio::{io::Interest, net::UnixStream};

use crate::{
    error::RunError,
    protocol::{Reply, Request, first_frame},
};

#[derive(Debug)]
pub(crate) struct Link {
    socket: UnixStream,
    received: Vec<u8>,
    /// Descriptors that came with replies.
    descriptors: Vec<OwnedFd>,
    /// Set while a frame is on its way: if it stays set, half a frame was sent and nothing can follow.
    sending: bool,
}

impl Link {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self { socket, received: Vec::new(), descriptors: Vec::new(), sending: false }
    }

    /// As `send`, for a run: an init that cannot be reached is dead.
    pub(crate) async fn request(
        &mut self,
        request: &Request,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), RunError> {
        if self.sending {
            return Err(RunError::Poisoned);
        }
        self.send(request, descriptors).await.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => RunError::InitDied,
            _ => RunError::Channel { source: error },
        })
    }

    /// Sends a request; descriptors go with its first byte.
    pub(crate) async fn send(&mut self, request: &Request, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let frame = request.frame();
        let mut rest = &frame[..];
        self.sending = true;
        while !rest.is_empty() {
            let descriptors = if rest.len() == frame.len() { descriptors } else { &[] };
            let sent = self.socket.async_io(Interest::WRITABLE, || self.send_some(rest, descriptors)).await?;
            rest = &rest[sent..];
        }
        self.sending = false;
        Ok(())
    }

    fn send_some(&self, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let bytes = [IoSlice::new(bytes)];
        Ok(rustix::net::sendmsg(self.socket.as_fd(), &bytes, &mut control, SendFlags::NOSIGNAL)?)
    }

    /// Sends a short request without waiting; if that cannot be, closes the socket, which ends everything.
    pub(crate) fn send_now(&mut self, request: &Request) {
        let frame = request.frame();
        if self.sending || self.send_some(&frame, &[]).ok() != Some(frame.len()) {
            self.sending = true;
            self.shut();
        }
    }

    /// Closes the socket in both directions.
    pub(crate) fn shut(&self) {
        _ = rustix::net::shutdown(self.socket.as_fd(), rustix::net::Shutdown::Both);
    }

    /// The next reply; `None` if the init is gone. May be dropped at any time without loss.
    pub(crate) async fn receive(&mut self) -> io::Result<Option<Reply>> {
        loop {
            if let Some((body, used)) = first_frame(&self.received)? {
                let reply = Reply::read(body)?;
                self.received.drain(..used);
                return Ok(Some(reply));
            }
            self.socket.readable().await?;
            match self.socket.try_io(Interest::READABLE, || receive_some(&self.socket)) {
                Ok((bytes, _)) if bytes.is_empty() => return Ok(None),
                Ok((bytes, descriptors)) => {
                    self.received.extend_from_slice(&bytes);
                    self.descriptors.extend(descriptors);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// The descriptor that came with the last reply.
    pub(crate) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptors.pop()
    }
}

fn receive_some(socket: &UnixStream) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    let mut bytes = [0; 4096];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let message = rustix::net::recvmsg(socket.as_fd(), &mut slices, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors = Vec::new();
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    Ok((bytes[..message.bytes].to_vec(), descriptors))
}
