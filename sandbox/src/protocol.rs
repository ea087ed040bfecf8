//! What supervisor and init say to each other: frames of a length (4 bytes, little endian) and fields.
//!
//! Both ends are the same executable, so there is no version. Numbers are 8 bytes, byte strings a length and bytes.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
};

use crate::{
    error::Stage,
    layers::{Layer, LayerKind, LayerState},
    settings::{Checked, Level, Limits, Network},
};

const NETWORKS: [Network; 2] = [Network::Loopback, Network::Host];

/// Frames longer than this are refused: arguments and environment together cannot be longer for `execve`.
pub(crate) const LONGEST_FRAME: usize = 16 << 20;

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one of them is made for each sandbox, and moved twice")]
pub(crate) enum Request {
    Open(Checked),
    Run(Run),
    /// End the run with this number politely, then by force.
    Interrupt(u64),
    /// Kill the run with this number at once.
    Kill(u64),
}

/// A command; its pipes come along as descriptors: standard output, then standard error unless merged, then
/// the checkpoint socket if there is one.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) number: u64,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) working_directory: PathBuf,
    pub(crate) separate_stderr: bool,
    pub(crate) checkpoints: bool,
}

#[derive(Debug)]
pub(crate) enum Reply {
    /// At `full` the upper directory of the view comes along as a descriptor, and there is no temporary directory.
    Ready {
        temporary: Option<PathBuf>,
        layers: Vec<Layer>,
    },
    Refused {
        layer: LayerKind,
        reason: String,
        help: String,
    },
    Ended(Ended),
    NotStarted {
        number: u64,
        stage: Stage,
        errno: i32,
    },
    Unkillable {
        number: u64,
        count: u32,
    },
    Temporary {
        number: u64,
        errno: i32,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) number: u64,
    pub(crate) cause: Cause,
    /// The exit status, or the signal's number as a negative one.
    pub(crate) status: i64,
    pub(crate) nanoseconds: u64,
    pub(crate) left_behind: u32,
    /// Attempts to reach beyond the loopback since the last command, if the kernel counts them.
    pub(crate) unreachable: Option<u64>,
    /// System calls that were refused; `None` if nobody could see them.
    pub(crate) refused: Option<Vec<Refused>>,
}

/// A kind of system call that was refused, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) call: String,
    pub(crate) network: bool,
    pub(crate) count: u64,
}

/// Why a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Itself,
    Interrupt,
    Kill,
}

impl Request {
    pub(crate) fn frame(&self) -> Vec<u8> {
        let mut frame = Writer::new();
        match self {
            Self::Open(settings) => {
                frame.number(0).index(&Level::ALL, settings.level).path(&settings.workspace);
                frame.paths(settings.writable.iter()).paths(settings.hidden.iter());
                frame.paths(settings.private.iter()).paths(settings.readable.iter());
                frame.paths(settings.spine.iter()).index(&NETWORKS, settings.network);
                frame.paths(settings.disk.iter().collect::<Vec<_>>().into_iter());
                frame.path(&settings.temporary_root);
                frame.number(settings.environment.len() as u64);
                for (name, value) in &settings.environment {
                    frame.bytes(name.as_bytes()).bytes(value.as_bytes());
                }
                for limit in settings.limits.list() {
                    frame.number(limit.is_some().into()).number(limit.unwrap_or_default());
                }
            }
            Self::Run(run) => {
                frame.number(1).number(run.number).path(&run.program);
                frame.number(run.arguments.len() as u64);
                for argument in &run.arguments {
                    frame.bytes(argument.as_bytes());
                }
                frame.path(&run.working_directory);
                frame.number(run.separate_stderr.into()).number(run.checkpoints.into());
            }
            Self::Interrupt(number) => _ = frame.number(2).number(*number),
            Self::Kill(number) => _ = frame.number(3).number(*number),
        }
        frame.finish()
    }

    pub(crate) fn read(body: &[u8]) -> io::Result<Self> {
        let mut body = Reader(body);
        Ok(match body.number()? {
            0 => Self::Open(Checked {
                level: body.one_of(&Level::ALL)?,
                workspace: body.path()?,
                writable: body.list(Reader::path)?,
                hidden: body.list(Reader::path)?,
                private: body.list(Reader::path)?,
                readable: body.list(Reader::path)?,
                spine: body.list(Reader::path)?.into_iter().collect(),
                network: body.one_of(&NETWORKS)?,
                disk: body.list(Reader::path)?.pop(),
                temporary_root: body.path()?,
                environment: body.list(|body| Ok((body.string()?, body.string()?)))?,
                limits: body.limits()?,
            }),
            1 => Self::Run(Run {
                number: body.number()?,
                program: body.path()?,
                arguments: body.list(Reader::string)?,
                working_directory: body.path()?,
                separate_stderr: body.number()? == 1,
                checkpoints: body.number()? == 1,
            }),
            2 => Self::Interrupt(body.number()?),
            3 => Self::Kill(body.number()?),
            _ => return Err(malformed()),
        })
    }
}

impl Reply {
    pub(crate) fn frame(&self) -> Vec<u8> {
        let mut frame = Writer::new();
        match self {
            Self::Ready { temporary, layers } => {
                frame.number(0).paths(temporary.iter().collect::<Vec<_>>().into_iter());
                frame.number(layers.len() as u64);
                for layer in layers {
                    frame.index(&LayerKind::ALL, layer.kind).index(&LayerState::ALL, layer.state);
                    frame.bytes(layer.detail.as_bytes());
                }
            }
            Self::Refused { layer, reason, help } => {
                frame
                    .number(1)
                    .index(&LayerKind::ALL, *layer)
                    .bytes(reason.as_bytes())
                    .bytes(help.as_bytes());
            }
            Self::Ended(ended) => {
                frame.number(2).number(ended.number).index(&Cause::ALL, ended.cause);
                frame.number(ended.status.cast_unsigned()).number(ended.nanoseconds);
                frame.number(ended.left_behind.into());
                frame
                    .number(ended.unreachable.is_some().into())
                    .number(ended.unreachable.unwrap_or_default());
                frame.number(ended.refused.is_some().into());
                let refused = ended.refused.as_deref().unwrap_or_default();
                frame.number(refused.len() as u64);
                for one in refused {
                    frame.bytes(one.call.as_bytes()).number(one.network.into()).number(one.count);
                }
            }
            Self::NotStarted { number, stage, errno } => {
                frame.number(3).number(*number).index(&Stage::ALL, *stage).errno(*errno);
            }
            Self::Unkillable { number, count } => _ = frame.number(4).number(*number).number((*count).into()),
            Self::Temporary { number, errno } => _ = frame.number(5).number(*number).errno(*errno),
        }
        frame.finish()
    }

    pub(crate) fn read(body: &[u8]) -> io::Result<Self> {
        let mut body = Reader(body);
        Ok(match body.number()? {
            0 => Self::Ready {
                temporary: body.list(Reader::path)?.pop(),
                layers: body.list(|body| {
                    let (kind, state) = (body.one_of(&LayerKind::ALL)?, body.one_of(&LayerState::ALL)?);
                    Ok(Layer { kind, state, detail: body.text()? })
                })?,
            },
            1 => Self::Refused {
                layer: body.one_of(&LayerKind::ALL)?,
                reason: body.text()?,
                help: body.text()?,
            },
            2 => Self::Ended(Ended {
                number: body.number()?,
                cause: body.one_of(&Cause::ALL)?,
                status: body.number()?.cast_signed(),
                nanoseconds: body.number()?,
                left_behind: body.small()?,
                unreachable: body.option()?,
                refused: body.refused()?,
            }),
            3 => Self::NotStarted {
                number: body.number()?,
                stage: body.one_of(&Stage::ALL)?,
                errno: body.small()?.cast_signed(),
            },
            4 => Self::Unkillable { number: body.number()?, count: body.small()? },
            5 => Self::Temporary { number: body.number()?, errno: body.small()?.cast_signed() },
            _ => return Err(malformed()),
        })
    }
}

impl Cause {
    const ALL: [Self; 3] = [Self::Itself, Self::Interrupt, Self::Kill];
}

/// The body of the first frame in `buffer` and the bytes it takes, once it is complete.
pub(crate) fn first_frame(buffer: &[u8]) -> io::Result<Option<(&[u8], usize)>> {
    let Some((length, rest)) = buffer.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > LONGEST_FRAME {
        return Err(malformed());
    }
    Ok(rest.get(..length).map(|body| (body, length + 4)))
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "malformed message between supervisor and init")
}

struct Writer(Vec<u8>);

impl Writer {
    fn new() -> Self {
        Self(vec![0; 4])
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn errno(&mut self, errno: i32) -> &mut Self {
        self.number(errno.cast_unsigned().into())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).0.extend_from_slice(bytes);
        self
    }

    fn path(&mut self, path: &Path) -> &mut Self {
        self.bytes(path.as_os_str().as_bytes())
    }

    fn paths<'a>(&mut self, paths: impl ExactSizeIterator<Item = &'a PathBuf>) -> &mut Self {
        self.number(paths.len() as u64);
        for path in paths {
            self.path(path);
        }
        self
    }

    fn index<T: PartialEq + Copy>(&mut self, all: &[T], one: T) -> &mut Self {
        self.number(all.iter().position(|other| *other == one).unwrap_or(usize::MAX) as u64)
    }

    fn finish(mut self) -> Vec<u8> {
        // Too long for the length or for the other end: the length then says so, and the frame is refused there.
        let length = u32::try_from(self.0.len() - 4).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&length.to_le_bytes());
        self.0
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> io::Result<u64> {
        let (number, rest) = self.0.split_first_chunk::<8>().ok_or_else(malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*number))
    }

    fn small(&mut self) -> io::Result<u32> {
        self.number()?.try_into().map_err(|_| malformed())
    }

    fn option(&mut self) -> io::Result<Option<u64>> {
        let (present, number) = (self.number()?, self.number()?);
        Ok((present == 1).then_some(number))
    }

    fn refused(&mut self) -> io::Result<Option<Vec<Refused>>> {
        let seen = self.number()? == 1;
        let list = self.list(|body| {
            Ok(Refused { call: body.text()?, network: body.number()? == 1, count: body.number()? })
        })?;
        Ok(seen.then_some(list))
    }

    fn limits(&mut self) -> io::Result<Limits> {
        let mut limits = Limits::default().list();
        for limit in &mut limits {
            *limit = self.option()?;
        }
        Ok(Limits::from_list(limits))
    }

    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let length = self.number()?.try_into().map_err(|_| malformed())?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(bytes.to_vec())
    }

    fn string(&mut self) -> io::Result<OsString> {
        self.bytes().map(OsString::from_vec)
    }

    fn path(&mut self) -> io::Result<PathBuf> {
        self.string().map(PathBuf::from)
    }

    fn text(&mut self) -> io::Result<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> io::Result<T> {
        let index: usize = self.number()?.try_into().map_err(|_| malformed())?;
        all.get(index).copied().ok_or_else(malformed)
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> io::Result<T>) -> io::Result<Vec<T>> {
        let count = self.number()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_as_it_was_written_and_only_when_complete() {
        let run = Run {
            number: 7,
            program: "sh".into(),
            arguments: vec!["-c".into(), OsString::from_vec(vec![0xFF])],
            working_directory: "/tmp".into(),
            separate_stderr: true,
            checkpoints: false,
        };
        let frame = Request::Run(run).frame();
        for length in 0..frame.len() {
            assert!(first_frame(&frame[..length]).unwrap().is_none());
        }
        let (body, used) = first_frame(&frame).unwrap().unwrap();
        assert_eq!(used, frame.len());
        let Ok(Request::Run(read)) = Request::read(body) else { panic!("not a run") };
        assert_eq!((read.number, read.arguments[1].as_bytes()), (7, &[0xFF][..]));
        for length in 0..body.len() {
            assert!(Request::read(&body[..length]).is_err(), "{length}");
        }
    }
}
