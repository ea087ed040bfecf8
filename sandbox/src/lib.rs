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
//! # What no level contains yet
//!
//! * **Reading**: everything that is not hidden can be read, the names and sizes of hidden files too.
//! * **Network**: a command can reach whatever the host can, abstract sockets excepted from Landlock ABI 6 on.
//!   Sockets that have a path (ssh-agent, Docker, D-Bus) can be connected to before ABI 9, if the command
//!   can guess the path.
//! * **Metadata**: Landlock does not mediate `chmod` (set-user-ID bits neither), `chown`, `utimes` or `setxattr`.
//! * **Amounts**: the disk can be filled through the writable paths; limits hold for each process, and the one
//!   on processes not at all for uid 0.
//! * **Views**: processes, network interfaces, System V shared memory and `/proc` are the host's; only
//!   `ptrace`-like access to processes outside is refused.
//! * **System calls** are not filtered (no seccomp yet): `io_uring`, `userfaultfd`, vsock and the rest remain.
//! * **Other ways to hidden files**: a second hard link, or a bind mount of the directory elsewhere.
//! * A command that kills the init (possible at `off`, and before Landlock ABI 6) makes its run an error, but
//!   processes that have left the command may then live on.
//!
//! What `landlock` refuses although some programs want it: pseudo-terminals, `/dev/shm`, `/tmp` by name instead of
//! `TMPDIR`, device nodes, and capabilities beyond those that containers have.

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
