//! What was typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Proves that an `ExecPlan` holds.
///
/// Takes the verification commands and expected outputs out of a Markdown plan, checks them against the plan's own
/// Constraints & Safety, runs them in a sandbox, compares what they print, and writes the result back into Progress
/// and Outcomes & Retrospective.
#[derive(Debug, Parser)]
#[command(name = "planproof", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "\
Exit status:
  0    everything that could be checked passed
  1    a check failed
  2    usage, configuration or plan error; nothing was run
  3    a check was blocked by policy
  4    nothing to verify
  130  interrupted

Examples:
  planproof verify PLANS.md            run the checks and record the result
  planproof check PLANS.md             would each command be allowed, and why
  planproof explain 'rm -rf build'     how is this command read, and what do the rules say
  planproof list PLANS.md              what would be run, and what is expected
  planproof convert PLANS.md           the same checks in the standard schema
  planproof verify --junit report.xml --no-record")]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// What all commands share.
    #[command(flatten)]
    pub shared: Shared,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Shared {
    /// Tell less: only what went wrong; twice: nothing.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,
    /// Tell more: commands and output of every check.
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Read this configuration instead of the nearest `planproof.toml`.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the checks of plans in a sandbox and record the result in them
    #[command(after_help = "\
Examples:
  planproof verify                         every plan below the current directory
  planproof verify PLANS.md --filter AC-2  one check
  planproof verify PLANS.md --filter 'M1-*' --fail-fast
  planproof verify PLANS.md --no-record --junit report.xml
  planproof verify PLANS.md --add-sections  record in a plan without Progress and Outcomes
  planproof verify PLANS.md --sandbox full --jobs 4
  planproof verify PLANS.md --network on   checks that download something
  planproof verify PLANS.md --env API_TOKEN --env MODE=test
  planproof verify PLANS.md --keep         what checks wrote in allowed directories stays
  planproof verify PLANS.md --yes          also what needs a yes; what is denied stays denied")]
    Verify(Verify),
    /// Say whether each command would be allowed, and why; run nothing
    #[command(after_help = "\
Exit status:
  0  every check is allowed, or asks and is approved
  2  usage, configuration or plan error
  3  a check is denied, or needs a yes
  4  no checks

Examples:
  planproof check PLANS.md
  planproof check --output-format json plans/
  planproof check PLANS.md --sarif policy.sarif
  planproof check PLANS.md --approve AC-2 --reason 'read it: only prints a version'
  planproof check PLANS.md --approve AC-2 --reason 'nightly' --expires 30d --reusable")]
    Check(Check),
    /// Show how one command is read: what it runs, which rules were tried, the verdict
    #[command(after_help = "\
Exit status:
  0  the command is allowed
  2  usage, configuration or plan error
  3  it is denied, or needs a yes

Examples:
  planproof explain 'sudo bash -c \"rm -rf build\"'
  planproof explain 'npm publish' --plan PLANS.md
  planproof explain - --output-format json < script.sh")]
    Explain(Explain),
    /// List what would be run: the checks, where they stand, what they expect
    #[command(after_help = "\
Examples:
  planproof list PLANS.md
  planproof list --why PLANS.md        which rule found each check; what to write where a person is needed
  planproof list --output-format json PLANS.md")]
    List(super::list::List),
    /// State in the standard schema what was inferred from a plan, so that the next run infers nothing
    #[command(after_help = "\
Exit status:
  0  a section was printed or written
  2  nothing was written, and why
  4  there is nothing to convert

Examples:
  planproof convert PLANS.md              print an `Acceptance Criteria` section
  planproof convert PLANS.md --write      put it into the plan, above the checks that it states
  planproof convert PLANS.md --filter 'VA-*'")]
    Convert(super::convert::Convert),
    /// Say what sandbox this host can give, layer by layer, and how to get what is missing
    #[command(after_help = "\
Exit status:
  0  the level full can be had
  1  only landlock
  2  neither: nothing runs but with `--sandbox off`

Examples:
  planproof sandbox
  planproof sandbox --output-format json")]
    Sandbox {
        /// How to print the results.
        #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
        output_format: OutputFormat,
    },
    /// Print completions for a shell
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

/// Which plans, which checks.
#[derive(Debug, Args)]
pub struct Select {
    /// Plans, or directories to search for plans.
    #[arg(value_name = "PLAN", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub plans: Vec<PathBuf>,
    /// Only checks whose id is this or matches this glob; may be given several times.
    #[arg(long, value_name = "ID")]
    pub filter: Vec<String>,
    /// The directory that the plan speaks of [default: the git root above the plan, else the plan's folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub workspace: Option<PathBuf>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output_format: OutputFormat,
    /// The longest that a check may take which does not say so itself, such as `90s` or `5m`
    /// [default: 5m, or the configuration's]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
}

/// What to check, and what to approve of.
#[derive(Debug, Args)]
pub struct Check {
    /// Which plans, which checks.
    #[command(flatten)]
    pub select: Select,
    /// Also write the findings to this file as SARIF 2.1.0, for code scanning; `-` prints that and nothing else.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub sarif: Option<PathBuf>,
    /// Approve of this check of the plan, which needs a yes; may be given several times. Written to
    /// `planproof-approvals.toml` in the workspace, where `verify` finds it.
    #[arg(long, value_name = "ID", requires = "reason", conflicts_with_all = ["filter", "sarif"])]
    pub approve: Vec<String>,
    /// Why you approve.
    #[arg(long, value_name = "TEXT", requires = "approve")]
    pub reason: Option<String>,
    /// How long the approval holds, such as `12h` or `7d` [default: 7d]
    #[arg(long, value_name = "TIME", requires = "approve", value_parser = parse_days)]
    pub expires: Option<Duration>,
    /// It holds for any number of runs, not for one.
    #[arg(long, requires = "approve")]
    pub reusable: bool,
    /// Who approves [default: the user]
    #[arg(long, value_name = "NAME", requires = "approve")]
    pub by: Option<String>,
}

/// What to explain.
#[derive(Debug, Args)]
pub struct Explain {
    /// The command, as it would be typed; `-` reads it from standard input.
    #[arg(value_name = "COMMAND", allow_hyphen_values = true)]
    pub command: String,
    /// The plan whose rules hold besides the built-in ones and those of the project.
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,
    /// The directory whose project it is [default: that of the plan, else the git root above the current directory]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub workspace: Option<PathBuf>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output_format: OutputFormat,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Human,
    /// JSON Lines, one object for each thing that happens.
    Json,
}

/// How to verify.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch on the command line")]
pub struct Verify {
    /// Which plans, which checks.
    #[command(flatten)]
    pub select: Select,
    /// Say yes to checks that need one; denied checks stay denied.
    #[arg(short, long)]
    pub yes: bool,
    /// Stop at the first failure.
    #[arg(long)]
    pub fail_fast: bool,
    /// How checks are confined: full, landlock or off [default: the configuration's, or the highest that this host
    /// has, at least landlock; see `planproof sandbox`]
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    pub sandbox: Option<crate::run::Level>,
    /// What checks reach over the network: nothing but a loopback (off), or whatever this host reaches (on)
    /// [default: off, or the configuration's]
    #[arg(long, value_name = "WHETHER", value_enum)]
    pub network: Option<NetworkSwitch>,
    /// Pass this variable of the host to checks, or this one with this value, besides the few that they see anyway;
    /// may be given several times. Values of variables whose names look secret are masked in all that is told.
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub env: Vec<std::ffi::OsString>,
    /// Run so many checks side by side, each in its own view of the workspace as it is at the start; needs `full`.
    #[arg(short, long, value_name = "N", default_value = "1", conflicts_with = "keep")]
    pub jobs: std::num::NonZeroUsize,
    /// Copy what checks changed in allowed directories, and in what git ignores, from the view to the real workspace.
    #[arg(long)]
    pub keep: bool,
    /// Where the view of the workspace keeps what checks write.
    #[arg(long, value_name = "WHERE", value_enum)]
    pub view: Option<ViewStorage>,
    /// Leave the plans as they are.
    #[arg(long, conflicts_with = "record_to")]
    pub no_record: bool,
    /// Write the plan with the record to this file and leave the plan as it is.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record_to: Option<PathBuf>,
    /// Add the sections Progress and Outcomes & Retrospective at the end of a plan that lacks them, and record there.
    #[arg(long, conflicts_with = "no_record")]
    pub add_sections: bool,
    /// Run nothing; print what `planproof check` prints.
    #[arg(long)]
    pub dry_run: bool,
    /// Also write a JUnit report to this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub junit: Option<PathBuf>,
}

/// Whether checks reach the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NetworkSwitch {
    /// Whatever this host reaches.
    On,
    /// Nothing but a loopback of their own.
    Off,
}

/// Where views are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ViewStorage {
    /// In memory, at most half of it.
    #[default]
    Memory,
    /// In the directory for temporary files.
    Disk,
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    crate::plan::duration(text).ok_or_else(|| "write a number and a unit, such as 90s, 5m or 1h".to_owned())
}

/// The longest that an approval may hold, in days.
const LONGEST: u64 = 365;

fn parse_days(text: &str) -> Result<Duration, String> {
    let days = text.trim().strip_suffix('d').and_then(|days| days.trim().parse::<u64>().ok());
    let time = match days {
        Some(days) => Some(Duration::from_secs(days.saturating_mul(86_400))),
        None => crate::plan::duration(text),
    };
    match time {
        Some(time) if time.as_secs() > LONGEST * 86_400 => Err(format!(
            "an approval holds for at most {LONGEST}d; what is always fine belongs in the project's rules"
        )),
        Some(time) if time.as_secs() > 0 => Ok(time),
        Some(_) | None => Err("write a number and a unit, such as 12h or 7d".to_owned()),
    }
}

fn parse_level(text: &str) -> Result<crate::run::Level, String> {
    text.parse().map_err(|error: planproof_sandbox::UnknownLevel| error.to_string())
}
