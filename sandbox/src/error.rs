//! Why a sandbox could not be opened, and why a command could not be run: never mistaken for a command that failed.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use crate::layers::LayerKind;

/// Why a sandbox could not be opened. Nothing has run.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A path of the settings was relative.
    #[error("the {setting} path `{path}` is not absolute; give it from `/` on")]
    Relative {
        /// Which setting.
        setting: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// A path of the settings is missing or cannot be looked up.
    #[error("the {setting} path `{path}` cannot be used ({source}); create it or leave it out")]
    Path {
        /// Which setting.
        setting: &'static str,
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A writable path below the workspace leads through a symbolic link or `..`.
    #[error(
        "the writable path `{path}` is not where it says but `{target}`; name the real directory instead"
    )]
    WritableLink {
        /// The path as it was given.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A path must be hidden and open at once, which the level cannot express.
    #[error(
        "`{hidden}` must stay hidden, but `{open}` has to be open to commands; \
         narrow the writable paths or take the path off the hidden ones"
    )]
    HiddenAndOpen {
        /// The hidden path.
        hidden: PathBuf,
        /// The writable path, workspace or temporary root.
        open: PathBuf,
    },
    /// A layer that the level asks for cannot be had here.
    #[error("the sandbox layer `{layer}` cannot be had: {reason}; {help}")]
    Layer {
        /// Which layer.
        layer: LayerKind,
        /// What the system said.
        reason: String,
        /// How to get it, or what to choose instead.
        help: String,
    },
    /// The init process could not be started or did not answer.
    #[error(
        "the sandbox's init process could not be started ({source}); \
         the program's `main` must call `enter_init_if_asked` first"
    )]
    Init {
        /// What the system said.
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn path(setting: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Path { setting, path: path.to_owned(), source }
    }
}

/// Where the start of a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Making a process.
    Fork,
    /// Making its session, signals and mask.
    Session,
    /// Placing its descriptors.
    Descriptors,
    /// Entering the working directory.
    WorkingDirectory,
    /// Setting limits.
    Limits,
    /// Giving up privileges.
    Privileges,
    /// Entering Landlock.
    Confinement,
    /// Executing the program: it is missing, or not executable, or hidden.
    Execute,
}

impl Stage {
    pub(crate) const ALL: [Self; 8] = [
        Self::Fork,
        Self::Session,
        Self::Descriptors,
        Self::WorkingDirectory,
        Self::Limits,
        Self::Privileges,
        Self::Confinement,
        Self::Execute,
    ];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fork => "making a process",
            Self::Session => "making its session",
            Self::Descriptors => "placing its descriptors",
            Self::WorkingDirectory => "entering its working directory",
            Self::Limits => "setting its limits",
            Self::Privileges => "giving up privileges",
            Self::Confinement => "entering landlock",
            Self::Execute => "executing the program",
        })
    }
}

/// Why a command has no ending. Whatever it printed proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The command never ran; distinct from a command that ran and exited with 126 or 127.
    #[error(
        "`{program}` could not be started: {stage}: {source}; check the program and the working directory"
    )]
    Start {
        /// The program that was asked for.
        program: PathBuf,
        /// What failed.
        stage: Stage,
        /// What the system said.
        source: io::Error,
    },
    /// A path, argument or the timeout cannot be used (a NUL byte, a relative working directory).
    #[error("the command cannot be run: {reason}")]
    Command {
        /// What is wrong with it.
        reason: String,
    },
    /// The init process is gone; the sandbox cannot be used again.
    #[error(
        "the sandbox's init process ended unexpectedly; processes of the command may be left, open a new sandbox"
    )]
    InitDied,
    /// The init process does not answer although the command's time is up; it was killed.
    #[error("the sandbox's init process does not answer and was killed; open a new sandbox")]
    InitSilent,
    /// Processes of the command could not be killed in time (uninterruptible sleep, or another user's).
    #[error("{count} processes of the command could not be killed; end them by hand and open a new sandbox")]
    Unkillable {
        /// How many are left.
        count: u32,
    },
    /// The private temporary directory could not be made or emptied.
    #[error(
        "the private temporary directory `{path}` could not be made or emptied ({source}); remove it by hand"
    )]
    Temporary {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A pipe or socket failed.
    #[error("the sandbox cannot talk to the command ({source}); open a new sandbox")]
    Channel {
        /// What the system said.
        #[from]
        source: io::Error,
    },
    /// An earlier run ended in the middle (its future was dropped while a request was being sent).
    #[error("the sandbox was left in the middle of a request; open a new sandbox")]
    Poisoned,
}
