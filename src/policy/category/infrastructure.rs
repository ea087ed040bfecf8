//! Changes of infrastructure: clouds, clusters, their configuration, and the services of machines.

mod table;

use super::Relation;
use super::scene::Scene;
use super::verbs::{self, Kind};
use table::{ALWAYS, BY_PROGRAM, KNOWN};

/// It installs or removes programs on another machine: `ssh web sudo apt-get install nginx`.
fn installs_there(scene: &Scene<'_>) -> bool {
    matches!(scene.program(), "apt" | "apt-get" | "dnf" | "yum" | "apk" | "zypper" | "snap")
        && scene.invocation.via.iter().any(|outer| outer.text.starts_with("ssh"))
        && scene.operands.first().is_some_and(|verb| verbs::common(verb) == Kind::Mutates || *verb == "in")
}

/// How a call relates to a rule against changes of infrastructure.
pub(super) fn relation(scene: &Scene<'_>) -> Relation {
    let program = scene.program();
    if scene.only_tells() {
        return Relation::None;
    }
    if installs_there(scene) {
        return Relation::Is;
    }
    if !KNOWN.has(program) {
        return if verbs::unknown_changes(scene) { Relation::May } else { Relation::None };
    }
    match program {
        "ansible-playbook" | "ansible-pull" => {
            let checks = ["-C", "--check", "--list-hosts", "--list-tasks", "--list-tags"];
            return if scene.has(&checks) { Relation::None } else { Relation::Is };
        }
        "nginx" => return if scene.has(&["-s"]) { Relation::Is } else { Relation::None },
        "kafka-topics" | "kafka-topics.sh" => {
            let changes = scene.has(&["--delete", "--create", "--alter"]);
            return if changes { Relation::Is } else { Relation::None };
        }
        "ansible" => {
            let module = scene.flags.iter().find(|flag| matches!(&*flag.name, "-m" | "--module-name"));
            let looks = matches!(
                module.and_then(|flag| flag.value),
                Some("ping" | "setup" | "debug" | "gather_facts" | "stat")
            );
            return if looks || scene.has(&["-C", "--check", "--list-hosts"]) || scene.flags.is_empty() {
                Relation::None
            } else {
                Relation::Is
            };
        }
        "octodns-sync" => return if scene.has(&["--doit"]) { Relation::Is } else { Relation::None },
        "ufw" | "nft" | "service" | "sysctl" | "puppet" | "salt" | "salt-ssh" | "salt-call" | "knife"
        | "chef" | "pm2" | "supervisorctl" | "launchctl" | "rc-service" | "brew-services" | "hostnamectl"
        | "timedatectl" => {
            return local(scene);
        }
        _ => {}
    }
    if let Some((_, looks)) = ALWAYS.iter().find(|(name, _)| *name == program) {
        return if scene.has(looks) { Relation::None } else { Relation::Is };
    }
    let Some(tool) = BY_PROGRAM.about(program).first() else { return Relation::None };
    if program == "docker" {
        // What runs on a server is its service, whatever it is here.
        let there = scene.invocation.via.iter().any(|outer| outer.text.starts_with("ssh"));
        let services = ["restart", "stop", "start", "kill", "rm", "run", "compose", "pull", "update"];
        let changes = there && scene.operands.first().is_some_and(|verb| services.contains(verb));
        return match verbs::kind(tool, &scene.operands) {
            Kind::Mutates => Relation::Is,
            Kind::Reads | Kind::Unknown if changes => Relation::Is,
            Kind::Reads | Kind::Unknown if scene.may_become(tool.mutates.split(';')) => Relation::May,
            Kind::Reads | Kind::Unknown => Relation::None,
        };
    }
    if matches!(program, "aws" | "gsutil") && copies(scene) {
        // What is fetched from there changes nothing there.
        let to = scene.operands.last().copied().unwrap_or_default();
        let tries = program == "gsutil" && scene.has(&["-n"]);
        return if to.contains("://") && !tries { Relation::Is } else { Relation::None };
    }
    if looks_by_option(scene) {
        return Relation::None;
    }
    if program == "terraform" && scene.is(&["plan"]) || scene.operands.is_empty() && !scene.hidden {
        return Relation::None;
    }
    if program == "terraform" && scene.is(&["init"]) && scene.has(&["-migrate-state", "-force-copy"]) {
        return Relation::Is;
    }
    if matches!(program, "kubectl" | "oc" | "k") && scene.is(&["exec"]) {
        return if runs_reader(scene) { Relation::None } else { Relation::May };
    }
    if matches!(program, "kubectl" | "oc" | "k") && scene.is(&["cp"]) {
        // Out of the pod or into it.
        let into = scene.operands.last().is_some_and(|word| word.contains(':'));
        return if into { Relation::Is } else { Relation::None };
    }
    // Without `--yes` these only print what they would do.
    if program == "kops"
        && !scene.has(&["--yes", "-y"])
        && scene
            .operands
            .first()
            .is_some_and(|verb| matches!(*verb, "update" | "rolling-update" | "upgrade" | "delete"))
    {
        return Relation::None;
    }
    if program == "ansible" || scene.has(&["--preview-only", "--check-only", "--client"]) {
        return Relation::None;
    }
    match verbs::kind(tool, &scene.operands) {
        Kind::Mutates => Relation::Is,
        Kind::Reads => Relation::None,
        Kind::Unknown => Relation::May,
    }
}

/// An option says that it only looks: `az rest --method get`, `aws lambda invoke --invocation-type DryRun`.
fn looks_by_option(scene: &Scene<'_>) -> bool {
    let says = |options: &[&str], values: &[&str]| {
        let equals = scene.flags.iter().any(|flag| {
            options.contains(&&*flag.name)
                && flag.value.is_some_and(|it| values.iter().any(|value| it.eq_ignore_ascii_case(value)))
        });
        let apart = |(at, word): (usize, &&str)| {
            values.iter().any(|value| word.eq_ignore_ascii_case(value)) && scene.follows(at, options)
        };
        equals || scene.operands.iter().enumerate().any(apart)
    };
    scene.is(&["rest"]) && scene.program() == "az" && says(&["--method", "-m"], &["get", "head"])
        || scene.is(&["lambda", "invoke"]) && says(&["--invocation-type"], &["DryRun"])
}

/// What it runs in a container or on a server only looks: `kubectl exec POD -- cat FILE`.
fn runs_reader(scene: &Scene<'_>) -> bool {
    const READERS: [&str; 24] = [
        "cat",
        "date",
        "df",
        "dig",
        "du",
        "echo",
        "grep",
        "head",
        "hostname",
        "id",
        "ls",
        "netstat",
        "nslookup",
        "pg_isready",
        "printenv",
        "ps",
        "pwd",
        "ss",
        "stat",
        "tail",
        "test",
        "uname",
        "wc",
        "whoami",
    ];
    let words = scene.invocation.words();
    let after = words.iter().skip_while(|word| word.text.as_deref() != Some("--")).nth(1);
    after.and_then(|word| word.text.as_deref()).is_some_and(|program| READERS.contains(&program))
        && scene.command.redirections.iter().all(|redirection| !redirection.feeds())
}

fn copies(scene: &Scene<'_>) -> bool {
    scene.is(&["s3", "cp"])
        || scene.is(&["s3", "sync"])
        || scene.program() == "gsutil"
            && (scene.is(&["cp"]) || scene.is(&["rsync"]) || scene.is(&["-m", "cp"]))
}

/// Services and settings of the machine itself: `service nginx restart`, `ufw allow 22`.
fn local(scene: &Scene<'_>) -> Relation {
    let looks = [
        "status",
        "list",
        "show",
        "-l",
        "ls",
        "logs",
        "describe",
        "info",
        "version",
        "get",
        "print",
        "test.ping",
    ];
    match scene.program() {
        "sysctl" => {
            let writes = scene.has(&["-w", "--write", "-p", "--load"])
                || scene.operands.iter().any(|word| word.contains('='));
            if writes { Relation::Is } else { Relation::None }
        }
        "puppet" if !scene.is(&["apply"]) && !scene.is(&["agent"]) => Relation::None,
        "puppet" if scene.has(&["--noop"]) => Relation::None,
        _ if scene.operands.is_empty() => Relation::None,
        _ if scene.operands.iter().any(|word| looks.contains(word)) => Relation::None,
        _ => Relation::Is,
    }
}
