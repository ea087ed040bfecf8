//! What may be run in place of a command that the rules keep out: a command that only looks, tried against these rules.

use std::sync::LazyLock;

use crate::plan::Check;

use super::names::Phrases;
use super::rules::Policy;
use super::script::Script;
use super::shell::{self, Invocation};

/// Commands that only look, by the program, or program and verb, that they may stand for; the first that the rules allow
/// is offered. `*` is the call's own last operand.
const LOOKING: &[(&str, &str)] = &[
    ("alembic", "alembic current"),
    ("ansible", "ansible-playbook site.yml --check"),
    ("ansible-playbook", "ansible-playbook * --check"),
    ("apt", "apt list --installed"),
    ("apt-get", "apt list --installed"),
    ("aws", "aws sts get-caller-identity"),
    ("az", "az account show"),
    ("bash", "bash -n *"),
    ("brew", "brew list"),
    ("cargo", "cargo metadata --no-deps"),
    ("cargo publish", "cargo publish --dry-run"),
    ("cdk", "cdk diff;cdk synth"),
    ("chmod", "ls -l *"),
    ("chown", "ls -l *"),
    ("cp", "ls -l *"),
    ("curl", "curl -fsSL -o \"$TMPDIR/file\" *;curl -fsS http://localhost:8080/"),
    ("docker", "docker build .;docker ps"),
    ("find", "find . -name '*.tmp' -print"),
    ("fly", "fly config validate"),
    ("flyctl", "flyctl config validate"),
    ("gcloud", "gcloud config list"),
    ("gem", "gem build"),
    ("gh", "gh release list"),
    ("git", "git status --short"),
    ("git clean", "git clean -n"),
    ("git push", "git push --dry-run"),
    ("gradle", "gradle build"),
    ("helm", "helm template ./chart;helm lint ./chart"),
    ("helmfile", "helmfile diff"),
    ("heroku", "heroku config"),
    ("kubectl", "kubectl diff -f k8s/;kubectl get all"),
    ("make", "make -n *"),
    ("mongosh", "mongosh --eval 'db.stats()'"),
    ("mv", "ls -l *"),
    ("mvn", "mvn verify"),
    ("mysql", "mysql -e 'SHOW TABLES'"),
    ("netlify", "netlify build"),
    ("npm", "npm pack --dry-run;npm ls"),
    ("pip", "pip list"),
    ("pnpm", "pnpm pack --dry-run;pnpm ls"),
    ("poetry", "poetry check"),
    ("psql", "psql -c '\\dt'"),
    ("pulumi", "pulumi preview"),
    ("rails", "rails db:migrate:status"),
    ("rm", "ls *"),
    ("rsync", "rsync -n -a . \"$TMPDIR/copy\""),
    ("sam", "sam validate"),
    ("serverless", "serverless package"),
    ("sh", "sh -n *"),
    ("shred", "ls *"),
    ("sqlite3", "sqlite3 * .tables"),
    ("systemctl", "systemctl status"),
    ("terraform", "terraform plan;terraform validate"),
    ("terragrunt", "terragrunt plan"),
    ("tofu", "tofu plan"),
    ("touch", "ls -l *"),
    ("twine", "twine check dist/*"),
    ("unlink", "ls *"),
    ("vercel", "vercel build"),
    ("wget", "wget -O \"$TMPDIR/file\" *"),
    ("wrangler", "wrangler deploy --dry-run"),
    ("yarn", "yarn pack --dry-run;yarn info"),
];

impl Policy {
    /// A command that only looks and that these rules allow, in place of a call of a check.
    pub(super) fn alternative(&self, check: &Check, invocation: &Invocation) -> Option<String> {
        static BY_PROGRAM: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(LOOKING));
        // What would need quotes is no name to put into another command.
        let plain = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@".contains(c));
        let operands = invocation.arguments().operands;
        let last = operands.iter().rev().filter_map(|word| word.text.as_deref()).find(plain);
        let named = |command: &str| match (command.strip_suffix('*'), command.split_once(" * ")) {
            (Some(start), _) if start.ends_with(' ') => Some(format!("{start}{}", last?)),
            (_, Some((start, end))) => Some(format!("{start} {} {end}", last?)),
            (_, None) => Some(command.to_owned()),
        };
        let verb = operands.first().and_then(|word| word.text.as_deref()).unwrap_or_default();
        let with_verb = format!("{} {verb}", invocation.program);
        let listed = BY_PROGRAM.about(&with_verb).chain(BY_PROGRAM.about(&invocation.program));
        listed.filter_map(named).find(|command| self.passes(check, command))
    }

    /// Whether these rules have nothing against a command in the place of a check's own.
    pub(super) fn passes(&self, check: &Check, command: &str) -> bool {
        let script = Script::tried(check, command);
        let reading = shell::read(command);
        let mut findings = Vec::new();
        self.commands(&script, &reading, &mut findings);
        self.directories(&script, &reading, &mut findings);
        findings.is_empty()
    }
}
