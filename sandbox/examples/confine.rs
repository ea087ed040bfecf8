//! Runs one command in a sandbox: the crate's tests drive it, and it shows how a host is written.
//!
//! `confine [--level full|landlock|off] [--workspace DIR] [--allow 'src/**']… [--hide PATH]… [--pass-env 'GLOB']…
//! [--max-file-size 100M] [--max-processes N] [--max-memory 1G] [--max-open-files N] [--max-workspace 256M]
//! [--timeout 15s] [--network] [--view DIR] [--temporary-root DIR] [--separate] [--checkpoints] [--repeat N]
//! [--abandon 1s] -- COMMAND…`
//!
//! `--abandon` gives up waiting after that time, without a timeout in the sandbox, and runs `echo after` then.
//!
//! Passes output on, and ends with one line of JSON on standard error: among it the changes of the workspace, and the
//! `violations`, which are those outside `--allow`; `null` is "nobody could know". Its status is the command's, 128 + n
//! for signal n, 124 after a timeout, 125 if the sandbox failed, 126 if the command could not be started, and
//! 130 after an interrupt.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program to look at")]

use std::{
    env,
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use planproof_sandbox::{
    Change, Command, Ending, Level, Limits, Network, RunError, Sandbox, Settings, Sink, Stderr, Storage,
    Stream, default_environment, default_hidden, default_private, default_readable, enter_init_if_asked,
    secrets_in,
};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    enter_init_if_asked();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(confine())) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let code = match error.downcast_ref() {
                Some(RunError::Start { .. }) => 126,
                _ => 125,
            };
            eprintln!("confine: {error}");
            ExitCode::from(code)
        }
    }
}

type Error = Box<dyn std::error::Error>;

async fn confine() -> Result<u8, Error> {
    let Asked { settings, mut command, allowed, repeat, abandon } = arguments()?;
    let opened = Instant::now();
    let mut sandbox = Sandbox::open(settings).await?;
    let opened = opened.elapsed();
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    if let Some(patience) = abandon {
        let mut pass = Pass;
        let run = sandbox.run(&command, &mut pass, std::future::pending());
        if tokio::time::timeout(patience, run).await.is_ok() {
            return Err("the command ended before it was abandoned".into());
        }
        command.program = "echo".into();
        command.arguments = vec!["after".into()];
    }
    let runs = Instant::now();
    let mut last = None;
    for _ in 0..repeat {
        let interrupt = async {
            tokio::select! { _ = interrupts.recv() => {} _ = terminations.recv() => {} }
        };
        match sandbox.run(&command, &mut Pass, interrupt).await {
            Ok(execution) => last = Some(execution),
            Err(error) => {
                // Not only dropped, so that all is gone when this program is.
                _ = sandbox.close().await;
                return Err(error.into());
            }
        }
    }
    let each = runs.elapsed() / repeat.max(1);
    let level = sandbox.level();
    let layers = sandbox.layers().iter();
    let layers: serde_json::Map<_, _> =
        layers.map(|layer| (layer.kind.to_string(), layer.state.to_string().into())).collect();
    let init = sandbox.init_id().unwrap_or_default();
    let Some(execution) = last else { return sandbox.close().await.map(|()| 0).map_err(Into::into) };
    let (ending, code) = match execution.ending {
        Ending::Exited(code) => (format!("exited {code}"), u8::try_from(code).unwrap_or(1)),
        Ending::Signaled(number) => (format!("signal {number}"), u8::try_from(128 + number).unwrap_or(255)),
        Ending::TimedOut => ("timed out".to_owned(), 124),
        Ending::Interrupted => ("interrupted".to_owned(), 130),
    };
    let told = |changes: Vec<&Change>| -> Vec<_> {
        let told = changes
            .into_iter()
            .map(|change| (change.kind.to_string(), change.path.to_string_lossy().into_owned()));
        told.map(|(kind, path)| serde_json::json!({"kind": kind, "path": path})).collect()
    };
    let changes = execution.changes.seen().map(|changes| changes.iter().collect::<Vec<_>>());
    let violations =
        changes.clone().map(|changes| changes.into_iter().filter(|change| !is_allowed(&allowed, change)));
    let refused = execution
        .refused
        .seen()
        .map(|refused| refused.iter().map(|one| one.call.clone()).collect::<Vec<_>>());
    let report = serde_json::json!({
        "level": level.to_string(),
        "ending": ending,
        "left_behind": execution.left_behind,
        "open_us": u64::try_from(opened.as_micros())?,
        "run_us": u64::try_from(each.as_micros())?,
        "init": init,
        "violations": violations.map(|violations| told(violations.collect())),
        "changes": changes.map(told),
        "refused": refused,
        "unreachable": execution.unreachable.seen(),
        "layers": layers,
    });
    eprintln!("{report}");
    sandbox.close().await?;
    Ok(code)
}

/// Passes output on as it comes; checkpoints stand between as lines.
struct Pass;

impl Sink for Pass {
    fn output(&mut self, stream: Stream, bytes: &[u8]) {
        _ = match stream {
            Stream::Stdout => std::io::stdout().write_all(bytes).and_then(|()| std::io::stdout().flush()),
            Stream::Stderr => std::io::stderr().write_all(bytes),
        };
    }

    fn checkpoint(&mut self, message: &[u8]) {
        println!("[checkpoint {}]", String::from_utf8_lossy(message));
    }
}

struct Asked {
    settings: Settings,
    command: Command,
    /// Relative to the workspace.
    allowed: Vec<PathBuf>,
    repeat: u32,
    abandon: Option<Duration>,
}

fn arguments() -> Result<Asked, Error> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let environment = default_environment(env::vars_os());
    let home = home.unwrap_or_else(|| "/".into());
    let mut settings = Settings {
        level: Level::Landlock,
        workspace: env::current_dir()?,
        writable: vec![],
        hidden: default_hidden(&home),
        private: default_private(&home),
        readable: default_readable(&home, &environment),
        network: Network::Loopback,
        view: Storage::Memory,
        temporary_root: env::temp_dir(),
        environment,
        limits: Limits::default(),
    };
    let mut command = Command {
        program: PathBuf::new(),
        arguments: vec![],
        working_directory: PathBuf::new(),
        timeout: Duration::from_mins(5),
        stderr: Stderr::Merged,
        checkpoints: false,
    };
    let mut allowed: Vec<String> = vec![];
    let mut repeat = 1;
    let mut abandon = None;
    let mut arguments = env::args_os().skip(1);
    while let Some(name) = arguments.next() {
        let name = name.into_string().map_err(|_| "an option is not UTF-8")?;
        if name == "--" {
            break;
        }
        if name == "--separate" {
            command.stderr = Stderr::Separate;
            continue;
        }
        if name == "--checkpoints" {
            command.checkpoints = true;
            continue;
        }
        if name == "--network" {
            settings.network = Network::Host;
            continue;
        }
        let value = arguments.next().and_then(|value| value.into_string().ok());
        let value = value.ok_or_else(|| format!("`{name}` needs a value"))?;
        match name.as_str() {
            "--level" => settings.level = value.parse()?,
            "--workspace" => settings.workspace = value.into(),
            "--allow" => allowed.push(value),
            "--hide" => settings.hidden.push(value.into()),
            "--temporary-root" => settings.temporary_root = value.into(),
            "--pass-env" => {
                settings.environment.extend(env::vars_os().filter(|(name, _)| is_named(name, &value)));
            }
            "--max-file-size" => settings.limits.max_file_size = Some(size(&value)?),
            "--max-workspace" => {
                settings.limits.max_workspace = Some(size(&value)?);
                settings.limits.max_temporary = settings.limits.max_workspace;
            }
            "--view" => settings.view = Storage::Disk(value.into()),
            "--max-memory" => settings.limits.max_memory = Some(size(&value)?),
            "--max-processes" => settings.limits.max_processes = Some(value.parse()?),
            "--max-open-files" => settings.limits.max_open_files = Some(value.parse()?),
            "--timeout" => command.timeout = seconds(&value)?,
            "--abandon" => abandon = Some(seconds(&value)?),
            "--repeat" => repeat = value.parse()?,
            _ => return Err(format!("`{name}` is not an option").into()),
        }
    }
    settings.hidden.extend(secrets_in(&settings.workspace));
    let allowed: Vec<PathBuf> = allowed.iter().map(|pattern| directory_of(Path::new(""), pattern)).collect();
    settings.writable.extend(allowed.iter().map(|path| settings.workspace.join(path)));
    command.program = arguments.next().ok_or("give a command after `--`")?.into();
    command.arguments = arguments.collect();
    command.working_directory.clone_from(&settings.workspace);
    Ok(Asked { settings, command, allowed, repeat, abandon })
}

fn seconds(text: &str) -> Result<Duration, Error> {
    Ok(Duration::from_secs(text.trim_end_matches('s').parse()?))
}

/// `src/**` is the directory `src`; a plain path is itself.
fn directory_of(workspace: &Path, pattern: &str) -> PathBuf {
    match pattern.strip_suffix("**") {
        Some("") => workspace.to_owned(),
        Some(directory) => workspace.join(directory.trim_end_matches('/')),
        None => workspace.join(pattern),
    }
}

fn is_allowed(allowed: &[PathBuf], change: &Change) -> bool {
    allowed.iter().any(|path| change.path.starts_with(path))
}

fn is_named(name: &OsString, pattern: &str) -> bool {
    let name = name.to_string_lossy();
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

fn size(text: &str) -> Result<u64, Error> {
    let (digits, shift) = match text.char_indices().last() {
        Some((at, 'K')) => (&text[..at], 10),
        Some((at, 'M')) => (&text[..at], 20),
        Some((at, 'G')) => (&text[..at], 30),
        _ => (text, 0),
    };
    Ok(digits.parse::<u64>()? << shift)
}
