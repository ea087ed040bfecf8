//! What the rules say about each command of a check.

use std::ops::Range;

use super::Verdict;
use super::category::{self, BuiltIn, Category, Relation, Scene};
use super::judge::{Finding, Link};
use super::passwords;
use super::pattern::{Match, Pattern};
use super::rule_id::RuleId;
use super::rules::{Matcher, Policy, Rule};
use super::script::Script;
use super::shell::{Invocation, Outer, Reading, SimpleCommand, Word};
use crate::secret;

/// Commands of the shell itself that only say how the others are run.
const OF_THE_SHELL: [&str; 24] = [
    ":", "[", "[[", "break", "cd", "continue", "declare", "echo", "exit", "export", "false", "local",
    "printf", "pwd", "read", "readonly", "return", "set", "shift", "sleep", "test", "true", "unset", "wait",
];

/// Words of settings that say where something goes.
const SETTINGS: [&str; 8] =
    ["CONTEXT", "ENV", "ENVIRONMENT", "NAMESPACE", "PROFILE", "STACK", "STAGE", "TARGET"];

/// What is said about one place of the script.
struct Said<'s, 'c> {
    policy: &'s Policy,
    script: &'s Script<'c>,
    findings: &'s mut Vec<Finding>,
}

impl Policy {
    /// Every rule against every command.
    pub(super) fn commands<'s>(
        &'s self,
        script: &'s Script<'_>,
        reading: &Reading,
        findings: &'s mut Vec<Finding>,
    ) {
        let mut said = Said { policy: self, script, findings };
        let settings = settings(reading);
        for command in &reading.commands {
            said.devices(command);
            for invocation in &command.invocations {
                let scene = Scene::new(invocation, command, &settings);
                for rule in &self.rules {
                    said.rule(rule, &scene, invocation);
                }
                said.built_in(&scene, invocation);
                if let Some((text, rule_span)) = &self.secrets {
                    for span in passwords::in_words(invocation) {
                        said.secret(&span, text, *rule_span);
                    }
                }
            }
        }
        said.possible(reading, &settings);
        self.remote_code(reading, &mut said);
        self.deletions(reading, &mut said);
        for bomb in &reading.bombs {
            said.plain(
                RuleId::ForkBomb,
                Verdict::Deny,
                "this function starts itself again and again beside itself",
                bomb,
                &[],
                Some("leave it out"),
            );
        }
        self.pipelines(reading, &mut said);
        self.secrets(reading, &mut said);
        self.operations(reading, &mut said);
        self.unclear(reading, &mut said);
    }

    /// What comes from another machine and is run.
    fn remote_code(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        let rule = self.rules.iter().find(|rule| rule.forbids_remote_code());
        for remote in &reading.remote {
            let message = "this runs code that comes from another machine, unread".to_owned();
            let fetch = "curl -fsSL -o \"$TMPDIR/script\" https://example.com/script";
            let help = if said.script.tried || self.passes(said.script.check, fetch) {
                "fetch it with `curl -fsSL -o \"$TMPDIR/script\" URL` and read it; what is run is a file of the project"
            } else {
                "leave it out: what is run is a file of the project that was reviewed"
            };
            let (id, text, span) = match rule {
                Some(rule) => (rule.id, rule.text.clone(), rule.span),
                None => (RuleId::RemoteCode, RuleId::RemoteCode.description().to_owned(), None),
            };
            let verdict = Verdict::Deny;
            said.push(id, verdict, text, span, message, &remote.span, &remote.via, Some(help.to_owned()));
        }
    }

    /// What code in other languages deletes.
    fn deletions(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        for rule in &self.rules {
            let speaks = match &rule.matcher {
                Matcher::Command(pattern) => pattern.deletes_trees(),
                Matcher::Category(category) => *category == Category::DestructiveFiles,
                Matcher::Pipeline(_) | Matcher::Deployment(_) | Matcher::Network(_) | Matcher::Push(_) => {
                    false
                }
            };
            for deletion in reading.deletes.iter().filter(|_| speaks) {
                let message =
                    format!("this code deletes files, which `{}` forbids by other means", rule.text);
                let help =
                    Some("leave the deletion out, or delete only what the check itself has made".to_owned());
                let (text, via) = (rule.text.clone(), &deletion.via);
                let verdict = rule.verdict.min(Verdict::Ask);
                said.push(rule.id, verdict, text, rule.span, message, &deletion.span, via, help);
            }
        }
    }

    fn pipelines(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        for rule in &self.rules {
            let Matcher::Pipeline(pipeline) = &rule.matcher else { continue };
            if pipeline.is_remote() && !reading.remote.is_empty() {
                continue;
            }
            for span in pipeline.find(reading) {
                let message = format!("`{}` is forbidden", rule.text);
                said.push(
                    rule.id,
                    rule.verdict,
                    rule.text.clone(),
                    rule.span,
                    message,
                    &span,
                    &[],
                    Some(origin(rule)),
                );
            }
        }
    }

    /// Credentials in the text, and those that constants are put together to.
    fn secrets(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        let Some((rule, rule_span)) = &self.secrets else { return };
        let text = &said.script.text;
        let found: Vec<_> = secret::find(text).into_iter().filter(|found| is_real(found, text)).collect();
        for found in &found {
            said.secret(&found.range, rule, *rule_span);
        }
        for span in passwords::in_netrc(text) {
            said.secret(&span, rule, *rule_span);
        }
        for (index, command) in reading.commands.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| reading.commands.get(before));
            let mixed = command.assignments.iter().filter(|it| passwords::is_mixed(&it.name, &it.value));
            let mixed = mixed.map(|assignment| assignment.value.span.clone());
            for span in passwords::in_input(command, before).into_iter().chain(mixed) {
                said.secret(&span, rule, *rule_span);
            }
        }
        let told = |span: &Range<usize>| {
            let next = found.partition_point(|found| found.range.start < span.start);
            found.get(next).is_some_and(|found| found.range.start < span.end)
        };
        let unfilled = text.contains("{}");
        let words = reading.commands.iter().flat_map(|command| command.words.iter());
        // Quotes, escapes, constants and what is computed behind it may have hidden it from the look at the text.
        let hidden = |word: &&Word| {
            (unfilled || text.get(word.span.clone()) != word.text.as_deref()) && !told(&word.span)
        };
        for word in words.filter(hidden) {
            // `{}` stands for nothing here; in a name it would be a place to be filled.
            let text = &word.text.as_deref().unwrap_or(&word.prefix).replace("{}", "");
            if secret::find(text).iter().any(|found| is_real(found, text)) {
                said.secret(&word.span, rule, *rule_span);
            }
        }
        for assigned in &reading.values {
            // As a variable `PASS` is a password; in what a test prints it is none, so the mask does not know it.
            let name = if assigned.name.eq_ignore_ascii_case("PASS") { "PASSWORD" } else { &*assigned.name };
            let text = format!("{name}={}", assigned.value.replace(['{', '}', '$'], ""));
            let real = secret::find(&text).iter().any(|found| is_real(found, &text));
            if !assigned.value.is_empty() && real {
                said.secret(&assigned.span, rule, *rule_span);
            }
        }
    }

    /// What is not on the list of what alone may be run.
    fn operations(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        let Some(allowed) = &self.allowed_operations else { return };
        let calls = reading.commands.iter().flat_map(|command| &command.invocations);
        for invocation in calls.filter(|invocation| !invocation.calls()) {
            let named = allowed.patterns.iter().any(|pattern| pattern.matches(invocation) == Match::Yes);
            if named || OF_THE_SHELL.contains(&invocation.program.as_str()) {
                continue;
            }
            let message = format!("`{}` is not among the allowed operations", invocation.program);
            let help = Some("say yes to it, or add the command to `Allowed Operations`".to_owned());
            let (text, span) = (allowed.text.clone(), Some(allowed.span));
            let id = RuleId::AllowedOperations;
            said.push(id, Verdict::Ask, text, span, message, &invocation.span, &invocation.via, help);
        }
    }

    /// What was not understood, but for what the project knows.
    fn unclear(&self, reading: &Reading, said: &mut Said<'_, '_>) {
        let known: Vec<&Range<usize>> = reading
            .commands
            .iter()
            .filter(|_| !self.known.is_empty())
            .flat_map(|command| &command.invocations)
            .filter(|invocation| self.known.iter().any(|pattern| pattern.matches(invocation) == Match::Yes))
            .map(|invocation| &invocation.span)
            .collect();
        for unclear in &reading.unclear {
            if known.iter().any(|span| span.start <= unclear.span.start && unclear.span.end <= span.end) {
                continue;
            }
            let message = format!("not understood: {}", unclear.reason);
            let help = "read it, and say yes with `--yes` if it is harmless";
            said.plain(RuleId::NotUnderstood, Verdict::Ask, &message, &unclear.span, &[], Some(help));
        }
    }
}

impl Said<'_, '_> {
    #[expect(clippy::too_many_arguments, reason = "they are the fields of a finding")]
    fn push(
        &mut self,
        id: RuleId,
        verdict: Verdict,
        rule: String,
        rule_span: Option<crate::document::Span>,
        message: String,
        span: &Range<usize>,
        via: &[Outer],
        help: Option<String>,
    ) {
        let via =
            via.iter().map(|outer| Link { text: outer.text.clone(), span: self.script.place(&outer.span) });
        let evidence = via.chain([self.script.link(span)]).collect();
        let span = self.script.place(span);
        self.findings.push(Finding { id, verdict, rule, rule_span, message, help, span, evidence });
    }

    /// A finding of a rule that stands in no plan.
    fn plain(
        &mut self,
        id: RuleId,
        verdict: Verdict,
        message: &str,
        span: &Range<usize>,
        via: &[Outer],
        help: Option<&str>,
    ) {
        let rule = match id {
            RuleId::NotUnderstood => "what is not understood needs a yes".to_owned(),
            _ => id.description().to_owned(),
        };
        self.push(id, verdict, rule, None, message.to_owned(), span, via, help.map(str::to_owned));
    }

    /// One rule about one call.
    fn rule(&mut self, rule: &Rule, scene: &Scene<'_>, invocation: &Invocation) {
        let (certain, message) = match &rule.matcher {
            Matcher::Command(pattern) => match relation(pattern, scene, invocation) {
                Found::No => return,
                Found::Yes if rule.verdict == Verdict::Ask => {
                    (true, format!("`{}` needs a yes in this project", rule.text))
                }
                Found::Yes => (true, format!("`{}` is forbidden", rule.text)),
                Found::Unknown => (false, format!("this may become `{}`, which is forbidden", rule.text)),
                Found::Equal => {
                    (false, format!("this deletes files as `{}` does, by other means", rule.text))
                }
            },
            _ if rule.forbids_remote_code() && category::runs_address(scene) => {
                (false, format!("this fetches a program and runs it, which `{}` may forbid", rule.text))
            }
            Matcher::Category(category) => {
                let (certain, verb) = match category.relation(scene) {
                    Relation::None => return,
                    Relation::Is => (true, "is"),
                    Relation::May => (false, "may be"),
                };
                (certain, format!("this {verb} {}: `{}` is forbidden", category.what(), rule.text))
            }
            Matcher::Deployment(deployment) => match category::breaks(deployment, scene) {
                Relation::None => return,
                Relation::Is => (true, format!("this deploys in another way than `{}`", rule.text)),
                Relation::May => (false, format!("this may deploy in another way than `{}`", rule.text)),
            },
            Matcher::Network(hosts) => match category::network(scene, hosts) {
                Relation::None => return,
                Relation::Is => (true, format!("this reaches another machine than `{}` says", rule.text)),
                Relation::May => (false, format!("this may reach another machine than `{}` says", rule.text)),
            },
            Matcher::Push(branches) => match category::pushes(scene, branches) {
                Relation::None => return,
                Relation::Is => (true, format!("this pushes to a branch that `{}` names", rule.text)),
                Relation::May => (false, format!("this may push to a branch that `{}` names", rule.text)),
            },
            Matcher::Pipeline(_) => return,
        };
        let verdict = if certain { rule.verdict } else { rule.verdict.min(Verdict::Ask) };
        let help = Some(self.instead(invocation).unwrap_or_else(|| origin(rule)));
        let text = rule.text.clone();
        self.push(rule.id, verdict, text, rule.span, message, &invocation.span, &invocation.via, help);
    }

    /// What these rules allow in place of a call.
    fn instead(&self, invocation: &Invocation) -> Option<String> {
        // Nobody reads so many, and a hostile plan is not to cost more for it.
        const MOST: usize = 64;
        if self.script.tried || self.findings.len() > MOST {
            return None;
        }
        let command = self.policy.alternative(self.script.check, invocation)?;
        Some(format!("`{command}` is allowed instead"))
    }

    /// What is forbidden in texts that are only possibly run is asked about.
    fn possible(&mut self, reading: &Reading, settings: &[String]) {
        let from = self.findings.len();
        for command in &reading.possible {
            for invocation in &command.invocations {
                let scene = Scene::new(invocation, command, settings);
                for rule in &self.policy.rules {
                    self.rule(rule, &scene, invocation);
                }
                if category::built_in(&scene).is_some() {
                    self.built_in(&scene, invocation);
                }
            }
        }
        for finding in &mut self.findings[from..] {
            finding.verdict = finding.verdict.min(Verdict::Ask);
        }
    }

    /// What no plan may do.
    fn built_in(&mut self, scene: &Scene<'_>, invocation: &Invocation) {
        let Some(found) = category::built_in(scene) else { return self.sentence(invocation) };
        let (id, message) = match found {
            BuiltIn::Wipe => (RuleId::Wipe, "this removes a root or a home directory"),
            BuiltIn::Device => (RuleId::Device, "this overwrites a block device"),
            BuiltIn::Credentials => (RuleId::Credentials, "this reads credentials of the user"),
            BuiltIn::Sandbox => (RuleId::Sandbox, "this leads out of the sandbox"),
        };
        let help = Some("leave it out: no plan may do this");
        self.plain(id, Verdict::Deny, message, &invocation.span, &invocation.via, help);
    }

    /// A sentence where a command was expected.
    fn sentence(&mut self, invocation: &Invocation) {
        let words = invocation.words();
        let capital = invocation.program.chars().next().is_some_and(char::is_uppercase);
        let plain = |text: &str| text.chars().all(|c| c.is_alphabetic() || ",.'".contains(c));
        if capital
            && words.len() >= 2
            && plain(&invocation.program)
            && words.iter().all(|word| word.text.as_deref().is_some_and(plain))
        {
            let message = "this reads like a sentence and not like a command";
            let help = Some("write the command in backticks and the sentence beside it");
            self.plain(RuleId::NotUnderstood, Verdict::Ask, message, &invocation.span, &[], help);
        }
    }

    /// `> /dev/sda`
    fn devices(&mut self, command: &SimpleCommand) {
        for redirection in command.redirections.iter().filter(|it| it.writes && !command.elsewhere) {
            let text = redirection.target.text.as_deref().unwrap_or_default();
            if category::is_device(text) {
                let help = Some("leave it out: no plan may do this");
                let message = "this overwrites a block device";
                self.plain(RuleId::Device, Verdict::Deny, message, &redirection.span, &[], help);
            }
        }
    }

    fn secret(&mut self, span: &Range<usize>, rule: &str, rule_span: crate::document::Span) {
        let help = "take it from the environment, such as `\"$TOKEN\"`".to_owned();
        let message = "this looks like a credential in the text of a command".to_owned();
        let place = self.script.place(span);
        // The credential itself is not repeated in the chain.
        self.findings.push(Finding {
            id: RuleId::Secrets,
            verdict: Verdict::Deny,
            rule: rule.to_owned(),
            rule_span: Some(rule_span),
            message,
            help: Some(help),
            span: place,
            evidence: vec![Link { text: secret::MASKED.to_owned(), span: place }],
        });
    }
}

/// Credentials of examples and of databases on this machine are none: `AKIA…EXAMPLE`, `postgres:postgres@localhost`.
fn is_real(found: &secret::Found, text: &str) -> bool {
    let value = text.get(found.range.clone()).unwrap_or_default();
    let example = value.to_ascii_uppercase().contains("EXAMPLE");
    let plain =
        found.kind == secret::Kind::UrlPassword && secret::find(&format!("password={value}")).is_empty();
    !example && !plain
}

/// How a call relates to a pattern.
enum Found {
    No,
    Unknown,
    /// The same effect by other means.
    Equal,
    Yes,
}

fn relation(pattern: &Pattern, scene: &Scene<'_>, invocation: &Invocation) -> Found {
    match pattern.matches(invocation) {
        Match::Yes => Found::Yes,
        Match::Unknown => Found::Unknown,
        Match::No if pattern.deletes_trees() && category::deletes(scene) == Relation::Is => Found::Equal,
        Match::No => Found::No,
    }
}

fn origin(rule: &Rule) -> String {
    match (&rule.reason, rule.span, rule.verdict) {
        (Some(reason), _, Verdict::Ask) => format!("the project asks about it: {reason}"),
        (Some(reason), ..) => format!("the project forbids it: {reason}"),
        (None, None, Verdict::Ask) => "the project asks about it".to_owned(),
        (None, None, _) => "the project forbids it".to_owned(),
        (None, Some(_), _) => "leave the command out, or change the rule in the plan".to_owned(),
    }
}

/// Settings of the script that say where something goes: `DEPLOY_ENV=production`.
fn settings(reading: &Reading) -> Vec<String> {
    let says = |name: &str| name.split('_').any(|word| SETTINGS.contains(&word.to_uppercase().as_str()));
    let named = reading.values.iter().filter(|assigned| says(&assigned.name));
    named.map(|assigned| format!("{}={}", assigned.name, assigned.value)).collect()
}
