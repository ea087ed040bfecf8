//! What a command says: its pipes and its checkpoints, passed on in order and in constant memory.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType},
    pipe::PipeFlags,
};
use tokio::net::{UnixStream, unix::pipe::Receiver};

use crate::supervisor::{Sink, Stream};

const BUFFER: usize = 64 << 10;

/// A longer checkpoint is cut into several: a command must not make the host's memory grow.
const LONGEST_CHECKPOINT: usize = 64 << 10;

pub(crate) struct Output {
    stdout: Option<Receiver>,
    stderr: Option<Receiver>,
    checkpoints: Option<UnixStream>,
    line: Vec<u8>,
    buffer: Box<[u8]>,
}

/// What there is to read.
enum Ready {
    Stdout,
    Stderr,
    Checkpoint,
}

impl Output {
    /// Our ends, and theirs in the order of the protocol.
    pub(crate) fn new(separate: bool, checkpoints: bool) -> io::Result<(Self, Vec<OwnedFd>)> {
        let mut theirs = Vec::new();
        let mut pipe = || {
            let (read, write) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
            // Fewer changes between command and host; a user over the quota keeps the usual 64 KiB.
            _ = rustix::pipe::fcntl_setpipe_size(&write, 256 << 10);
            theirs.push(write);
            Receiver::from_owned_fd(read)
        };
        let stdout = Some(pipe()?);
        let stderr = if separate { Some(pipe()?) } else { None };
        let checkpoints = if checkpoints {
            let (ours, their) =
                rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
            let ours = std::os::unix::net::UnixStream::from(ours);
            ours.set_nonblocking(true)?;
            theirs.push(their);
            Some(UnixStream::from_std(ours)?)
        } else {
            None
        };
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Ok((Self { stdout, stderr, checkpoints, line: Vec::new(), buffer }, theirs))
    }

    /// Waits for something and passes it on; never ends once everything is closed. May be dropped while it waits.
    pub(crate) async fn pass_on(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let ready = tokio::select! {
            ready = readable(self.stdout.as_ref()) => ready.map(|()| Ready::Stdout),
            ready = readable(self.stderr.as_ref()) => ready.map(|()| Ready::Stderr),
            ready = socket_readable(self.checkpoints.as_ref()) => ready.map(|()| Ready::Checkpoint),
        };
        match ready? {
            Ready::Stdout => read(&mut self.stdout, Stream::Stdout, &mut self.buffer, sink),
            Ready::Stderr => read(&mut self.stderr, Stream::Stderr, &mut self.buffer, sink),
            Ready::Checkpoint => self.read_checkpoints(sink),
        }
    }

    /// Passes on what is in the pipes at this moment, and no more: a writer that goes on is not waited for.
    pub(crate) fn drain(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        for (pipe, stream) in [(&self.stdout, Stream::Stdout), (&self.stderr, Stream::Stderr)] {
            let Some(pipe) = pipe else { continue };
            let mut waiting = rustix::io::ioctl_fionread(pipe)?;
            while waiting > 0 {
                let length = usize::try_from(waiting).unwrap_or(BUFFER).min(BUFFER);
                // Not by tokio, which reads only what it was told of.
                let bytes = match rustix::io::read(pipe, &mut self.buffer[..length]) {
                    Ok(0) | Err(Errno::AGAIN) => break,
                    Err(Errno::INTR) => continue,
                    read => &self.buffer[..read?],
                };
                sink.output(stream, bytes);
                waiting = waiting.saturating_sub(bytes.len() as u64);
            }
        }
        Ok(())
    }

    fn read_checkpoints(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(socket) = &self.checkpoints else { return Ok(()) };
        let mut bytes = [0; 4096];
        let read = match socket.try_read(&mut bytes) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            // The command closed its end with our answer unread.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            Err(error) => return Err(error),
        };
        if read == 0 {
            self.checkpoints = None;
            return Ok(());
        }
        for byte in &bytes[..read] {
            if *byte != b'\n' {
                self.line.push(*byte);
                if self.line.len() < LONGEST_CHECKPOINT {
                    continue;
                }
            }
            self.drain(sink)?;
            sink.checkpoint(&self.line);
            self.line.clear();
            if *byte == b'\n' {
                self.answer();
            }
        }
        Ok(())
    }

    /// Lets the command go on. One that has gone, or never reads its answers, needs none.
    fn answer(&self) {
        if let Some(socket) = &self.checkpoints {
            _ = rustix::net::send(socket.as_fd(), b"\n", rustix::net::SendFlags::NOSIGNAL);
        }
    }
}

async fn readable(pipe: Option<&Receiver>) -> io::Result<()> {
    match pipe {
        Some(pipe) => pipe.readable().await,
        None => std::future::pending().await,
    }
}

async fn socket_readable(socket: Option<&UnixStream>) -> io::Result<()> {
    match socket {
        Some(socket) => socket.readable().await,
        None => std::future::pending().await,
    }
}

fn read(
    pipe: &mut Option<Receiver>,
    stream: Stream,
    buffer: &mut [u8],
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let Some(open) = pipe else { return Ok(()) };
    match open.try_read(buffer) {
        Ok(0) => *pipe = None,
        Ok(length) => sink.output(stream, &buffer[..length]),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Record(String);

    impl Sink for Record {
        fn output(&mut self, _: Stream, bytes: &[u8]) {
            self.0.push_str(&String::from_utf8_lossy(bytes));
        }

        fn checkpoint(&mut self, message: &[u8]) {
            self.0 += "[";
            self.0 += &String::from_utf8_lossy(message);
            self.0 += "]";
        }
    }

    #[tokio::test]
    async fn what_was_written_before_a_checkpoint_comes_before_it_whichever_is_seen_first() {
        for _ in 0..200 {
            let (mut output, theirs) = Output::new(true, true).unwrap();
            rustix::io::write(&theirs[0], b"out").unwrap();
            rustix::io::write(&theirs[1], b"err").unwrap();
            rustix::io::write(&theirs[2], b"one\ntwo\nthr").unwrap();
            let mut record = Record::default();
            while !record.0.ends_with("[two]") {
                output.pass_on(&mut record).await.unwrap();
            }
            assert!(matches!(record.0.as_str(), "outerr[one][two]" | "errout[one][two]"), "{}", record.0);
            let mut answer = [0; 8];
            assert_eq!(rustix::io::read(&theirs[2], &mut answer), Ok(2));
        }
    }

    #[tokio::test]
    async fn a_checkpoint_without_end_is_cut_and_not_answered() {
        let (mut output, theirs) = Output::new(false, true).unwrap();
        let mut record = Record::default();
        while record.0.is_empty() {
            rustix::io::write(&theirs[1], &[b'x'; 1000]).unwrap();
            output.pass_on(&mut record).await.unwrap();
        }
        assert_eq!(record.0.len(), LONGEST_CHECKPOINT + 2);
    }
}
