//! All rules together: those of the project and those of the plan, each with its place and its words.

use crate::diagnostic::Diagnostic;
use crate::document::Span;
use crate::plan::{Constraints, Plan, Stated, Worded};

use super::Verdict;
use super::approval::{Hash, plan_hash};
use super::category::{self, Category, DeploymentRule, NetworkRule};
use super::pattern::{Match, Pattern, PatternError};
use super::pipeline::Pipeline;
use super::rule_id::RuleId;
use super::shell;
use super::spoken;
use super::writes::AllowedDirectories;

/// A rule of the project about a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectRule {
    /// The command as written, such as `git push --force`.
    pub pattern: String,
    /// Why, in the project's words.
    pub reason: Option<String>,
    /// Commands that the rule must match.
    pub matches: Vec<String>,
    /// Commands that it must not match.
    pub matches_not: Vec<String>,
}

/// The rules of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectRules {
    /// Commands that no plan may run.
    pub forbid: Vec<ProjectRule>,
    /// Commands that need a yes in every plan.
    pub ask: Vec<ProjectRule>,
    /// Commands that need no yes although planproof does not know what they run. They lift no rule of a plan and no
    /// other of the project.
    pub allow: Vec<ProjectRule>,
    /// Whether a plan without constraints needs a yes for every check.
    pub require_constraints: bool,
}

/// An example beside a rule that the rule does not bear out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExampleError {
    /// It stands under `match`.
    #[error("the rule `{rule}` does not match its own example `{example}`")]
    Unmatched {
        /// The rule as written.
        rule: String,
        /// The example as written.
        example: String,
    },
    /// It stands under `not_match`.
    #[error("the rule `{rule}` matches `{example}`, which its example says it must not")]
    Matched {
        /// The rule as written.
        rule: String,
        /// The example as written.
        example: String,
    },
}

/// What a rule speaks about.
#[derive(Debug)]
pub(super) enum Matcher {
    /// Calls of one program.
    Command(Pattern),
    /// Commands that feed one another.
    Pipeline(Pipeline),
    /// A kind of operation.
    Category(Category),
    /// What the field Deployment says.
    Deployment(DeploymentRule),
    /// What the field Network says.
    Network(Vec<String>),
    /// Pushing to these branches.
    Push(Vec<String>),
}

/// A rule about commands.
#[derive(Debug)]
pub(super) struct Rule {
    pub id: RuleId,
    pub matcher: Matcher,
    /// What a match leads to.
    pub verdict: Verdict,
    /// The rule as written.
    pub text: String,
    /// Where it stands in the plan; `None` for a rule of the project.
    pub span: Option<Span>,
    /// Why, where the project says so.
    pub reason: Option<String>,
}

/// A rule in words about where nothing may be written.
#[derive(Debug)]
pub(super) struct ForbiddenWrites {
    pub places: AllowedDirectories,
    /// It is about everywhere but these places.
    pub outside: bool,
    pub text: String,
    pub span: Span,
}

/// A reason that makes every check of the plan need a yes.
#[derive(Debug)]
pub(super) struct AskForAll {
    pub message: String,
    pub span: Option<Span>,
    pub help: Option<String>,
}

/// What alone may be run without a yes.
#[derive(Debug)]
pub(super) struct AllowedOperations {
    pub patterns: Vec<Pattern>,
    pub text: String,
    pub span: Span,
}

/// All rules that hold for one plan.
#[derive(Debug)]
pub struct Policy {
    pub(super) plan: Hash,
    pub(super) rules: Vec<Rule>,
    /// What the project knows to be harmless.
    pub(super) known: Vec<Pattern>,
    pub(super) allowed_directories: Option<(AllowedDirectories, Span)>,
    pub(super) forbidden_writes: Vec<ForbiddenWrites>,
    pub(super) allowed_operations: Option<AllowedOperations>,
    /// The rule against credentials in commands.
    pub(super) secrets: Option<(String, Span)>,
    pub(super) ask_for_all: Vec<AskForAll>,
    /// What is to be said about the rules themselves; with an error among them nothing may be run.
    pub diagnostics: Vec<Diagnostic>,
}

impl Policy {
    /// The rules for `plan` under those of the project. Rules that cannot be read are told in
    /// [`Policy::diagnostics`] and are never taken for absent.
    pub fn new(plan: &Plan, project: &ProjectRules) -> Self {
        let mut policy = Self {
            plan: plan_hash(plan),
            rules: Vec::new(),
            known: Vec::new(),
            allowed_directories: None,
            forbidden_writes: Vec::new(),
            allowed_operations: None,
            secrets: None,
            ask_for_all: Vec::new(),
            diagnostics: Vec::new(),
        };
        policy.read_project(project);
        match &plan.constraints {
            Some(constraints) => policy.read_constraints(constraints),
            None => policy.without_constraints(plan, project),
        }
        policy
    }

    fn read_project(&mut self, project: &ProjectRules) {
        let kinds = [
            (&project.forbid, Verdict::Deny, RuleId::ProjectForbid),
            (&project.ask, Verdict::Ask, RuleId::ProjectAsk),
        ];
        for (rules, verdict, id) in kinds {
            for rule in rules {
                // The configuration refuses patterns that cannot be read, with their place in its own file.
                if let Ok(matcher) = Matcher::parse(&rule.pattern) {
                    let (text, reason) = (rule.pattern.clone(), rule.reason.clone());
                    self.rules.push(Rule { id, matcher, verdict, text, span: None, reason });
                }
            }
        }
        self.known.extend(project.allow.iter().filter_map(|rule| Pattern::parse(&rule.pattern).ok()));
    }

    fn forbid(&mut self, id: RuleId, matcher: Matcher, text: &str, span: Span) {
        let (verdict, text, reason) = (Verdict::Deny, text.to_owned(), None);
        self.rules.push(Rule { id, matcher, verdict, text, span: Some(span), reason });
    }

    fn read_constraints(&mut self, constraints: &Constraints) {
        for stated in &constraints.forbidden {
            self.forbidden_code(stated);
        }
        for stated in &constraints.forbidden_in_words {
            self.forbidden_words(stated);
        }
        for stated in &constraints.prose {
            // Words outside of a field are a rule if they say what must not be.
            if prohibits(&stated.value) { self.forbidden_words(stated) } else { self.for_a_person(stated) }
        }
        for worded in &constraints.deployment {
            self.read_deployment(worded);
        }
        for worded in &constraints.secrets {
            self.read_secrets(worded);
        }
        for worded in &constraints.network {
            self.read_network(worded);
        }
        if let Some(worded) = &constraints.allowed_operations {
            self.read_operations(worded);
        }
        self.read_directories(constraints);
        for finding in &constraints.unreadable {
            self.ask_for_all.push(AskForAll {
                message: finding.message.clone(),
                span: Some(finding.span),
                help: finding.help.clone(),
            });
            self.diagnostics.push(finding.clone());
        }
        self.unseen(constraints);
    }

    /// A command in code, or words that were put into code.
    fn forbidden_code(&mut self, stated: &Stated<String>) {
        // `migrations/` and `src/generated/**` are no programs.
        let path = stated.value.trim();
        if path.contains('/') && path.ends_with(['/', '*']) && !path.contains(char::is_whitespace) {
            let paths = spoken::Paths { globs: vec![path.to_owned()], outside: false };
            return self.forbidden_paths(&paths, stated);
        }
        match Matcher::parse(&stated.value) {
            Ok(matcher) => {
                let words = category::in_words(&stated.value);
                let spoken =
                    matches!(matcher, Matcher::Command(_)) && stated.value.split_whitespace().count() > 1;
                // "production deployment" in backticks is no program of that name.
                let prose = spoken && !stated.value.contains(['-', '/', '.', '=']);
                if prose && !words.is_empty() && !spoken::known_program(&stated.value) {
                    self.forbidden_words(stated);
                }
                self.forbid(RuleId::ForbiddenOperation, matcher, &stated.value, stated.span);
            }
            Err(error) => self.diagnostics.push(
                Diagnostic::error("bad-rule", stated.span, format!("this rule is no command: {error}"))
                    .help("write a command as it would be typed, such as `rm -rf` or `git push --force`"),
            ),
        }
    }

    /// A rule in words.
    fn forbidden_words(&mut self, stated: &Stated<String>) {
        if spoken::spells_command(&stated.value)
            && let Ok(matcher) = Matcher::parse(&stated.value)
        {
            return self.forbid(RuleId::ForbiddenOperation, matcher, &stated.value, stated.span);
        }
        let mut categories = category::in_words(&stated.value);
        let paths = spoken::paths(&stated.value);
        if let Some(paths) = &paths {
            // Which files, the paths say.
            categories.retain(|category| *category != Category::DestructiveFiles);
            self.forbidden_paths(paths, stated);
        }
        let command = spoken::command(&stated.value);
        let matcher = command.as_deref().and_then(|command| Matcher::parse(command).ok());
        if categories.is_empty() && paths.is_none() && matcher.is_none() {
            return self.for_a_person(stated);
        }
        if let Some(matcher) = matcher {
            self.forbid(RuleId::ForbiddenOperation, matcher, &stated.value, stated.span);
        }
        for category in categories {
            if category == Category::HardcodedSecrets {
                self.secrets = Some((stated.value.clone(), stated.span));
            } else {
                let branches = category::pushed_branches(&stated.value);
                let matcher = if category == Category::Push && !branches.is_empty() {
                    Matcher::Push(branches)
                } else {
                    Matcher::Category(category)
                };
                self.forbid(RuleId::ForbiddenOperation, matcher, &stated.value, stated.span);
            }
        }
    }

    fn forbidden_paths(&mut self, paths: &spoken::Paths, stated: &Stated<String>) {
        match AllowedDirectories::new(&paths.globs) {
            Ok(places) => {
                let (text, span) = (stated.value.clone(), stated.span);
                self.forbidden_writes.push(ForbiddenWrites { places, outside: paths.outside, text, span });
            }
            Err(_) => self.for_a_person(stated),
        }
    }

    fn for_a_person(&mut self, stated: &Stated<String>) {
        let message = format!("`{}` is not machine-checkable", stated.value);
        self.diagnostics.push(
            Diagnostic::warning("not-machine-checkable", stated.span, message)
                .help("a person has to see to it, or write the commands that it forbids in backticks"),
        );
    }

    fn read_deployment(&mut self, worded: &Worded) {
        match category::deployment_rule(&worded.text) {
            Some(rule) => {
                self.forbid(RuleId::Deployment, Matcher::Deployment(rule), &worded.text, worded.span);
            }
            None => self.for_a_person(&Stated::new(format!("Deployment: {}", worded.text), worded.span)),
        }
    }

    fn read_secrets(&mut self, worded: &Worded) {
        if category::names_secrets(&worded.text) {
            self.secrets = Some((worded.text.clone(), worded.span));
        }
        let others: Vec<Category> = category::in_words(&worded.text)
            .into_iter()
            .filter(|category| *category == Category::SecretAccess)
            .collect();
        for category in &others {
            self.forbid(RuleId::Secrets, Matcher::Category(*category), &worded.text, worded.span);
        }
        if self.secrets.is_none() && others.is_empty() {
            self.for_a_person(&Stated::new(format!("Secrets: {}", worded.text), worded.span));
        }
    }

    fn read_network(&mut self, worded: &Worded) {
        let code: Vec<String> = worded.code.iter().map(|stated| stated.value.clone()).collect();
        match category::network_rule(&worded.text, &code) {
            Some(NetworkRule::Only(hosts)) => {
                self.forbid(RuleId::Network, Matcher::Network(hosts), &worded.text, worded.span);
            }
            Some(NetworkRule::Open) => {}
            None => self.for_a_person(&Stated::new(format!("Network: {}", worded.text), worded.span)),
        }
    }

    fn read_operations(&mut self, worded: &Worded) {
        let mut patterns = Vec::new();
        for stated in &worded.code {
            match Pattern::parse(&stated.value) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => self.diagnostics.push(
                    Diagnostic::error("bad-rule", stated.span, format!("this rule is no command: {error}"))
                        .help("write a command as it would be typed, such as `cargo test`"),
                ),
            }
        }
        for stated in &worded.words {
            self.for_a_person(stated);
        }
        // A list in words alone is for a person, who is told so; to ask about every command would tell nobody more.
        if !worded.code.is_empty() {
            self.allowed_operations =
                Some(AllowedOperations { patterns, text: worded.text.clone(), span: worded.span });
        }
    }

    fn read_directories(&mut self, constraints: &Constraints) {
        let Some(stated) = &constraints.allowed_directories else { return };
        let span = stated.iter().map(|glob| glob.span).reduce(Span::to).unwrap_or(constraints.heading);
        for glob in stated {
            if let Err(error) = AllowedDirectories::new([glob.value.as_str()]) {
                self.diagnostics.push(
                    Diagnostic::error("bad-glob", glob.span, error.to_string())
                        .help("write a path or a glob relative to the workspace, such as `src/**`"),
                );
            }
        }
        if let Ok(directories) = AllowedDirectories::new(stated.iter().map(|glob| glob.value.as_str())) {
            self.allowed_directories = Some((directories, span));
        }
    }

    /// Characters in rules that a reviewer does not see.
    fn unseen(&mut self, constraints: &Constraints) {
        let fields = [&constraints.deployment, &constraints.secrets, &constraints.network];
        let worded = fields.into_iter().flatten().chain(&constraints.allowed_operations);
        let texts = constraints
            .forbidden
            .iter()
            .chain(&constraints.forbidden_in_words)
            .chain(&constraints.prose)
            .chain(constraints.allowed_directories.iter().flatten())
            .map(|stated| (stated.value.as_str(), stated.span))
            .chain(worded.map(|worded| (worded.text.as_str(), worded.span)));
        for (text, span) in texts {
            let Some(c) = text.chars().find(|c| shell::is_unseen(*c)) else { continue };
            let message = format!("this rule has the invisible or control character U+{:04X}", u32::from(c));
            let help = "write the rule again without it; until then every check needs a yes";
            self.diagnostics.push(Diagnostic::warning("unseen-character", span, message.clone()).help(help));
            self.ask_for_all.push(AskForAll { message, span: Some(span), help: Some(help.to_owned()) });
        }
    }

    fn without_constraints(&mut self, plan: &Plan, project: &ProjectRules) {
        let place = plan.sections.first().map_or(Span::default(), |section| section.heading_span);
        let message = "this plan has no `Constraints & Safety`, so only built-in and project rules hold";
        self.diagnostics.push(
            Diagnostic::warning("no-constraints", place, message)
                .help("state `Allowed Directories` and `Forbidden Operations` in such a section"),
        );
        if project.require_constraints {
            self.ask_for_all.push(AskForAll {
                message: "this plan has no `Constraints & Safety`, and the project requires them".to_owned(),
                span: None,
                help: Some("add the section, or say yes with `--yes`".to_owned()),
            });
        }
    }
}

impl Rule {
    /// It is about code from another machine that is run.
    pub(super) fn forbids_remote_code(&self) -> bool {
        match &self.matcher {
            Matcher::Category(category) => *category == Category::RemoteCode,
            Matcher::Pipeline(pipeline) => pipeline.is_remote(),
            Matcher::Command(_) | Matcher::Deployment(_) | Matcher::Network(_) | Matcher::Push(_) => false,
        }
    }
}

impl Matcher {
    /// Reads a command, or several that feed one another.
    fn parse(text: &str) -> Result<Matcher, PatternError> {
        if text.contains('|') && !text.contains("||") {
            return Pipeline::parse(text).map(Matcher::Pipeline);
        }
        Pattern::parse(text).map(Matcher::Command)
    }
}

/// Whether words outside of a field say what must not be.
fn prohibits(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    let negations =
        ["no", "not", "never", "don't", "avoid", "forbidden", "prohibited", "mustn't", "cannot", "without"];
    words.iter().any(|word| negations.contains(word))
}

/// Whether a text is a command that can be forbidden.
///
/// # Errors
/// [`PatternError`] saying what is wrong with it.
pub fn check_pattern(text: &str) -> Result<(), PatternError> {
    Matcher::parse(text).map(drop)
}

/// Whether a rule of the project does with its examples what they say.
///
/// # Errors
/// [`ExampleError`] naming the first that it does not.
pub fn check_examples(rule: &ProjectRule) -> Result<(), ExampleError> {
    let Ok(matcher) = Matcher::parse(&rule.pattern) else { return Ok(()) };
    let matches = |example: &String| {
        let reading = shell::read(example);
        match &matcher {
            Matcher::Command(pattern) => reading
                .commands
                .iter()
                .flat_map(|command| &command.invocations)
                .any(|invocation| pattern.matches(invocation) == Match::Yes),
            Matcher::Pipeline(pipeline) => !pipeline.find(&reading).is_empty(),
            Matcher::Category(_) | Matcher::Deployment(_) | Matcher::Network(_) | Matcher::Push(_) => false,
        }
    };
    let named = |example: &String| (rule.pattern.clone(), example.clone());
    if let Some((rule, example)) = rule.matches.iter().find(|example| !matches(example)).map(named) {
        return Err(ExampleError::Unmatched { rule, example });
    }
    if let Some((rule, example)) = rule.matches_not.iter().find(|example| matches(example)).map(named) {
        return Err(ExampleError::Matched { rule, example });
    }
    Ok(())
}
