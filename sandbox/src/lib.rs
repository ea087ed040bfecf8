//! Runs commands confined, and ends everything that they started.
//!
//! ```text
//!   host ── Sandbox::open ──▶ init (this program again: one thread, one socket, a subreaper)
//!     │                        │
//!     │  Run + pipes ────────▶ │ fork ─▶ child: session, descriptors, limits, Landlock, exec
//!     │ ◀──── output, checkpoints (pipes straight from the command to the host)
//!     │ ◀──── Ended ────────── │ the command ended: kill what it left, empty its temporary directory
//!     ╳  (host dies)           │ the socket closes: kill, remove the temporary directory, exit
//! ```
//!
//! Data goes from [`Settings`] (what is asked for) over [`Layer`]s (what is in force) and [`Command`]s to
//! [`Execution`]s. This crate knows nothing of plans.
//!
//! # What a host must know
//!
//! * [`enter_init_if_asked`] comes first in `main`, before any thread (so `#[tokio::main]` cannot stand there).
//! * A read grant is given at [`Sandbox::open`], entry by entry, where credentials lie near: what *others* create
//!   later directly in such a directory (`/`, `/etc`, the home directory, …) cannot be read until the next one.
//! * Each writable directory stays itself: commands cannot remove or replace it, only what is in it. A writable
//!   *file* can be changed in place, but not replaced by renaming, as many editors do.
//!
//! # What each level contains
//!
//! `full` needs user namespaces, overlayfs and Landlock. Commands see the host's system read-only, the workspace as a
//! copy-on-write view, empty private directories for each command, a network that is a loopback, and no process but
//! their own. What they changed in the workspace is told path by path, and nothing of it reaches the real one but by
//! [`Sandbox::keep`]. A view on disk ([`Storage::Disk`]) can fill that disk. Without a control group, which ordinary
//! users rarely have, memory is limited for each process, not for all together, and not what they share. A hidden
//! file that has another hard link in the workspace can be read by that one. Before Landlock ABI 9, a socket that
//! somebody makes in a readable directory while the sandbox is open can be connected to; those before are covered.
//!
//! `landlock` needs no namespaces, and does not contain:
//!
//! * **Metadata**: Landlock does not mediate `chmod`, `chown`, `utimes` or `setxattr` (set-user-ID bits are refused).
//! * **Amounts**: the disk can be filled through the writable paths, with bytes and with files.
//! * **Priorities** of the user's other processes, and the processors they run on (their limits cannot be changed).
//! * **Names**: names and sizes of hidden files, processes, network interfaces and `/proc` are the host's.
//! * **Sockets with a path** (ssh-agent, Docker, D-Bus) can be connected to before Landlock ABI 9, where the
//!   command can guess the path. Sockets of the internet are refused whole, the loopback too.
//! * **Other ways to hidden files**: a second hard link, or a bind mount of the directory elsewhere.
//!
//! It refuses what some programs want: pseudo-terminals, `/dev/shm`, `/tmp` by name instead of `TMPDIR`, System V
//! IPC, and all capabilities.
//!
//! `off` confines nothing. A command that kills the init there (or at `landlock` before ABI 6) makes its run an error,
//! but processes that have left the command may then live on.
//!
//! At every level but `off`, refused system calls are reported as far as the kernel tells of them: a command that
//! interrupts its own calls can hide attempts, but gains nothing by it.

mod advice;
mod cgroup;
mod channel;
mod changes;
mod child;
mod credentials;
mod environment;
mod error;
mod excerpt;
mod filesystem;
mod ground;
mod init;
mod layers;
mod link;
mod loopback;
mod mounts;
mod namespaces;
mod output;
mod places;
mod privileges;
mod protocol;
mod root;
mod scratch;
mod seccomp;
mod settings;
mod sockets;
mod supervisor;
mod temporary;
mod tree;

pub use changes::{Change, ChangeKind, Kept, Observed};
pub use child::CHECKPOINT;
pub use credentials::{default_hidden, secrets_in};
pub use environment::default_environment;
pub use error::{OpenError, RunError, Stage};
pub use excerpt::{Excerpt, ExcerptText};
pub use init::enter_init_if_asked;
pub use layers::{Layer, LayerKind, LayerState};
pub use places::{default_private, default_readable};
pub use settings::{Command, Level, Limits, Network, Settings, Stderr, Storage, UnknownLevel};
pub use supervisor::{Ending, Execution, RefusedCall, Sandbox, Sink, Stream};
