//! How one command is read: each simple command in its normal form, the rules that were tried, and the verdict.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::document::{Source, Span};
use crate::plan::{Check, Confidence, FoundBy, Kind, Step};

use super::judge::{Finding, Link};
use super::rules::Policy;
use super::shell::{self, Invocation, RedirectionKind, SimpleCommand, Word};
use super::writes::{self, Target, Write};
use super::{RuleId, Verdict};

/// What a command means and what the rules say to it. Places are bytes of `source`; those of rules are bytes of the plan.
#[derive(Debug)]
pub struct Explanation {
    /// The command as it was given.
    pub source: Source,
    /// The simple commands in it, in the order of the text.
    pub commands: Vec<Normal>,
    /// The rules that hold, with what they said.
    pub rules: Vec<Tried>,
    /// Why, strictest first.
    pub findings: Vec<Finding>,
    /// The strictest of them.
    pub verdict: Verdict,
}

/// A simple command in normal form: what rules are compared with.
#[derive(Debug)]
pub struct Normal {
    /// The program, without directories and quotes; nothing where the command only assigns or redirects.
    pub program: Option<String>,
    /// The first word of those programs whose first word says what they do: `push` of git.
    pub subcommand: Option<String>,
    /// The programs that it is run through, outermost first.
    pub chain: Vec<Link>,
    /// The options, each by itself: `-rf` is `-r` and `-f`.
    pub flags: Vec<String>,
    /// Everything else, in order; what is computed at run time as `…`.
    pub operands: Vec<String>,
    /// What it writes to, as far as that can be told.
    pub writes: Vec<String>,
    /// Where its standard input comes from.
    pub input: Input,
    /// Where it stands.
    pub span: Span,
}

/// Where a command's standard input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// From the check's own, which is empty.
    Nothing,
    /// From another command.
    Pipe,
    /// From a text in the command itself.
    Text,
    /// From a file; `…` where its name is computed at run time.
    File(String),
}

/// A rule that was tried.
#[derive(Debug)]
pub struct Tried {
    /// Its kind.
    pub id: RuleId,
    /// The rule as written, or what a built-in one says.
    pub rule: String,
    /// Where it stands in the plan.
    pub span: Option<Span>,
    /// The strictest that it said; nothing where it does not speak against the command.
    pub verdict: Option<Verdict>,
}

/// Programs whose first operand says what they do. It only tells a reader which word that is: rules compare operands in
/// order, whatever they are called.
const WITH_SUBCOMMANDS: [&str; 38] = [
    "apt",
    "apt-get",
    "aws",
    "az",
    "brew",
    "bundle",
    "cargo",
    "docker",
    "docker-compose",
    "flyctl",
    "gcloud",
    "gh",
    "git",
    "glab",
    "go",
    "gsutil",
    "helm",
    "heroku",
    "kubectl",
    "npm",
    "pip",
    "pipenv",
    "pnpm",
    "podman",
    "poetry",
    "pulumi",
    "rustup",
    "serverless",
    "snap",
    "svn",
    "systemctl",
    "terraform",
    "tofu",
    "uv",
    "vercel",
    "wrangler",
    "yarn",
    "dotnet",
];

/// What stands for text that is computed at run time.
const COMPUTED: &str = "…";

impl Policy {
    /// Reads a command as the only step of a check in the root of the workspace.
    pub fn explain(&self, command: Source) -> Explanation {
        let check = check(&command);
        let judgement = self.judge(&check);
        let reading = shell::read(command.text());
        let writes = writes::writes(&reading, "");
        let mut own: HashMap<&Range<usize>, Vec<&Write>> = HashMap::new();
        for write in &writes {
            if let Some(owner) = owner(&write.span, &reading.commands) {
                own.entry(owner).or_default().push(write);
            }
        }
        let form =
            |command: &SimpleCommand| normal(command, own.get(&command.span).map_or(&[], Vec::as_slice));
        let commands = reading.commands.iter().flat_map(form).collect();
        let (verdict, findings) = (judgement.verdict(), judgement.findings().to_vec());
        let rules = self.tried(&findings);
        Explanation { commands, rules, findings, verdict, source: command }
    }

    /// The rules that hold, those of the plan and the project as written, with what they said.
    fn tried(&self, findings: &[Finding]) -> Vec<Tried> {
        let mut all: Vec<Tried> = Vec::new();
        let mut add = |id: RuleId, rule: &str, span: Option<Span>| {
            if all.iter().all(|tried| (tried.id, tried.rule.as_str(), tried.span) != (id, rule, span)) {
                all.push(Tried { id, rule: rule.to_owned(), span, verdict: None });
            }
        };
        for rule in &self.rules {
            add(rule.id, &rule.text, rule.span);
        }
        if let Some((_, span)) = &self.allowed_directories {
            add(RuleId::AllowedDirectories, "Allowed Directories", Some(*span));
        }
        if let Some(allowed) = &self.allowed_operations {
            add(RuleId::AllowedOperations, &allowed.text, Some(allowed.span));
        }
        if let Some((text, span)) = &self.secrets {
            add(RuleId::Secrets, text, Some(*span));
        }
        for finding in findings {
            add(finding.id, &finding.rule, finding.rule_span);
        }
        for id in RuleId::ALL.iter().filter(|id| id.is_built_in()) {
            if findings.iter().all(|finding| finding.id != *id) {
                add(*id, id.description(), None);
            }
        }
        for tried in &mut all {
            let same = |finding: &&Finding| {
                (finding.id, &finding.rule, finding.rule_span) == (tried.id, &tried.rule, tried.span)
            };
            tried.verdict = findings.iter().filter(same).map(|finding| finding.verdict).max();
        }
        all
    }
}

/// The smallest command that holds a range.
fn owner<'c>(span: &Range<usize>, commands: &'c [SimpleCommand]) -> Option<&'c Range<usize>> {
    let holds = |outer: &&Range<usize>| outer.start <= span.start && span.end <= outer.end;
    commands.iter().map(|command| &command.span).filter(holds).min_by_key(|outer| outer.len())
}

/// The programs that a simple command runs in the end; one form without a program where it runs none.
fn normal(command: &SimpleCommand, writes: &[&Write]) -> Vec<Normal> {
    let form = |invocation: Option<&Invocation>| {
        let arguments = invocation.map(Invocation::arguments).unwrap_or_default();
        let mut operands: Vec<String> = arguments.operands.iter().map(|word| shown(word)).collect();
        let known =
            invocation.is_some_and(|invocation| WITH_SUBCOMMANDS.contains(&invocation.program.as_str()));
        let subcommand = (known && !operands.is_empty()).then(|| operands.remove(0));
        let span = invocation.map_or(&command.span, |invocation| &invocation.span);
        Normal {
            program: invocation.map(|invocation| invocation.program.clone()),
            chain: invocation
                .iter()
                .flat_map(|invocation| &invocation.via)
                .map(|outer| Link { text: outer.text.clone(), span: place(&outer.span) })
                .collect(),
            flags: arguments
                .flags
                .iter()
                .map(|flag| match flag.value {
                    Some(value) => format!("{}={value}", flag.name),
                    None => flag.name.to_string(),
                })
                .collect(),
            operands,
            subcommand,
            writes: writes.iter().map(|write| target(&write.target)).collect(),
            input: input(command),
            span: place(span),
        }
    };
    let ends: Vec<&Invocation> =
        command.invocations.iter().filter(|invocation| !invocation.calls()).collect();
    match ends.as_slice() {
        [] => vec![form(command.invocations.last())],
        ends => ends.iter().map(|end| form(Some(end))).collect(),
    }
}

fn place(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end.max(range.start))
}

fn shown(word: &Word) -> String {
    word.text.clone().unwrap_or_else(|| format!("{}{COMPUTED}", word.prefix))
}

fn target(target: &Target) -> String {
    match target {
        Target::Path(path) => path.clone(),
        Target::Beneath(folder) => format!("{folder}/*"),
        Target::Temporary(path) if path.is_empty() => "$TMPDIR".to_owned(),
        Target::Temporary(path) => format!("$TMPDIR/{path}"),
        Target::Unknown(reason) => format!("{COMPUTED} ({reason})"),
    }
}

fn input(command: &SimpleCommand) -> Input {
    let last = command.redirections.iter().rev().find(|redirection| redirection.feeds());
    match last.map(|redirection| (redirection.kind, &redirection.target)) {
        Some((RedirectionKind::HereDocument | RedirectionKind::HereString, _)) => Input::Text,
        Some((RedirectionKind::Input | RedirectionKind::InputOutput | RedirectionKind::Duplicate, file)) => {
            Input::File(shown(file))
        }
        Some((RedirectionKind::Output, _)) | None if command.pipeline.fed => Input::Pipe,
        Some((RedirectionKind::Output, _)) | None => Input::Nothing,
    }
}

/// A check with the whole text as its only step.
fn check(command: &Source) -> Check {
    let text = command.text();
    let span = Span::new(0, text.len());
    let mut start = 0;
    let lines = text.split('\n').map(|line| {
        let span = Span::new(start, start + line.len());
        start += line.len() + 1;
        span
    });
    Check {
        id: String::new(),
        title: String::new(),
        section: Arc::default(),
        span,
        kind: Kind::Run,
        confidence: Confidence::Explicit,
        found_by: FoundBy::Field,
        notes: Vec::new(),
        steps: vec![Step {
            command: text.to_owned(),
            span,
            lines: lines.collect(),
            output: None,
            pipefail: false,
            parts: Vec::new(),
        }],
        output: None,
        stderr: None,
        must_not_output: Vec::new(),
        exit_status: None,
        prose: None,
        working_directory: None,
        timeout: None,
        deliverable: None,
        duplicate_of: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::plan::Plan;
    use crate::policy::ProjectRules;

    fn explain(command: &str) -> Explanation {
        let source = |text: &str| Source::from_bytes("x", text.as_bytes().to_vec()).unwrap();
        let plan = Plan::read(Document::parse(source(
            "## Constraints & Safety\n- **Forbidden Operations**: `rm -rf`\n",
        )));
        Policy::new(&plan, &ProjectRules::default()).explain(source(command))
    }

    /// The normal forms of a command: `through | program | flags | operands | writes | input`.
    fn forms(command: &str) -> Vec<String> {
        let form = |normal: &Normal| {
            let chain: Vec<&str> = normal.chain.iter().map(|link| link.text.as_str()).collect();
            let input = match &normal.input {
                Input::Nothing => "nothing".to_owned(),
                Input::Pipe => "pipe".to_owned(),
                Input::Text => "text".to_owned(),
                Input::File(name) => name.clone(),
            };
            let program = normal.program.clone().unwrap_or_default();
            let program =
                [program, normal.subcommand.clone().unwrap_or_default()].join(" ").trim().to_owned();
            [
                chain.join(" "),
                program,
                normal.flags.join(" "),
                normal.operands.join(" "),
                normal.writes.join(" "),
                input,
            ]
            .join(" | ")
        };
        explain(command).commands.iter().map(form).collect()
    }

    #[test]
    fn a_command_is_reduced_to_what_it_does() {
        assert_eq!(forms("/bin/rm -rf 'out put'"), [" | rm | -r -f | out put | out put | nothing"]);
        assert_eq!(forms("sudo nice rm x < list"), ["sudo nice | rm |  | x | x | list"]);
        let two = [" | cat |  |  |  | text", " | tee |  | out/b | c out/b | pipe"];
        assert_eq!(forms("cat <<< a | tee out/b > c"), two);
        assert_eq!(forms("git push -f origin main"), [" | git push | -f | origin main |  | nothing"]);
        assert_eq!(forms("> x"), [" |  |  |  | x | nothing"]);
        assert_eq!(forms("make \"$GOAL\" a$B"), [" | make |  | … a… |  | nothing"]);
    }

    #[test]
    fn every_rule_says_whether_it_hit() {
        let said = |command: &str| {
            let explanation = explain(command);
            let hit = explanation.rules.iter().filter_map(|tried| Some((tried.id.name(), tried.verdict?)));
            (explanation.verdict, hit.collect::<Vec<_>>(), explanation.rules.len())
        };
        let (verdict, hits, all) = said("true");
        assert_eq!((verdict, hits.as_slice()), (Verdict::Allow, &[][..]));
        let (verdict, hits, with) = said("rm -rf out; rm -fr out");
        assert_eq!((verdict, with), (Verdict::Deny, all));
        assert!(hits.contains(&("forbidden-operation", Verdict::Deny)), "{hits:?}");
        let (verdict, hits, _) = said("$X");
        assert_eq!((verdict, hits.as_slice()), (Verdict::Ask, &[("not-understood", Verdict::Ask)][..]));
    }
}
