//! Verbs of command-line tools: what changes something, what only looks, in words that the tools have in common.

/// What a call of a tool does to what the tool manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It changes it.
    Mutates,
    /// It looks at it, or works on this machine only.
    Reads,
    /// This version does not know.
    Unknown,
}

/// A tool with what its own words mean; phrases are separated by `;`, and the longest that fits decides.
pub(super) struct Tool {
    /// Its programs, separated by blanks.
    pub(super) programs: &'static str,
    pub(super) mutates: &'static str,
    pub(super) reads: &'static str,
    /// Other phrases are told by the common verbs in them.
    pub(super) common: bool,
}

const MUTATING: &[&str] = &[
    "abort",
    "accept",
    "activate",
    "add",
    "adopt",
    "allocate",
    "apply",
    "approve",
    "assign",
    "associate",
    "attach",
    "authorize",
    "backup",
    "bootstrap",
    "cancel",
    "change",
    "clear",
    "clone",
    "commit",
    "copy",
    "cordon",
    "create",
    "deactivate",
    "deallocate",
    "decommission",
    "delete",
    "deploy",
    "deprovision",
    "deregister",
    "destroy",
    "detach",
    "disable",
    "disassociate",
    "drain",
    "drop",
    "edit",
    "enable",
    "evict",
    "exec",
    "execute",
    "expose",
    "failover",
    "flush",
    "force",
    "generate",
    "grant",
    "import",
    "increase",
    "init",
    "initiate",
    "inject",
    "install",
    "invoke",
    "issue",
    "join",
    "kill",
    "label",
    "launch",
    "leave",
    "lock",
    "migrate",
    "modify",
    "move",
    "mv",
    "patch",
    "pause",
    "poweroff",
    "promote",
    "provision",
    "publish",
    "purge",
    "push",
    "put",
    "reboot",
    "rebuild",
    "reconcile",
    "recover",
    "recreate",
    "redeploy",
    "refresh",
    "regenerate",
    "register",
    "reject",
    "release",
    "reload",
    "remove",
    "rename",
    "renew",
    "replace",
    "request",
    "reset",
    "resize",
    "restart",
    "restore",
    "resume",
    "revoke",
    "rm",
    "rollback",
    "rotate",
    "run",
    "scale",
    "schedule",
    "seal",
    "send",
    "set",
    "shutdown",
    "snapshot",
    "start",
    "stop",
    "submit",
    "suspend",
    "swap",
    "sync",
    "tag",
    "taint",
    "terminate",
    "transfer",
    "unassign",
    "uncordon",
    "undeploy",
    "undo",
    "uninstall",
    "unlock",
    "unmount",
    "unpause",
    "unregister",
    "unseal",
    "unset",
    "untag",
    "up",
    "update",
    "upgrade",
    "upload",
    "upsert",
    "vacuum",
    "write",
    "down",
    "reprovision",
    "revert",
    "trigger",
    "signal",
    "annotate",
    "autoscale",
    "edit-config",
    "mb",
    "rb",
    "bulk",
    "forward",
    "mount",
    "ssh",
    "reimage",
    "power-off",
    "power-on",
    "boot",
];

const READING: &[&str] = &[
    "batch-get",
    "bounds",
    "calculate",
    "cat",
    "check",
    "cluster-info",
    "completion",
    "compare",
    "config-view",
    "console-url",
    "count",
    "current-context",
    "current",
    "decode",
    "describe",
    "detect",
    "diagnose",
    "diff",
    "discover",
    "doctor",
    "download",
    "dry-run",
    "du",
    "env",
    "estimate",
    "events",
    "examples",
    "exists",
    "explain",
    "export",
    "fetch",
    "find",
    "fmt",
    "format",
    "get",
    "graph",
    "head",
    "health",
    "help",
    "history",
    "info",
    "inspect",
    "lint",
    "list",
    "list-all",
    "locate",
    "logs",
    "log",
    "lookup",
    "ls",
    "metrics",
    "output",
    "outputs",
    "ping",
    "plan",
    "pods",
    "preview",
    "print",
    "ps",
    "query",
    "read",
    "render",
    "report",
    "scan",
    "schema",
    "search",
    "select",
    "show",
    "simulate",
    "stat",
    "stats",
    "status",
    "summary",
    "tail",
    "template",
    "test",
    "top",
    "trace",
    "tree",
    "url",
    "validate",
    "values",
    "verify",
    "version",
    "view",
    "wait",
    "watch",
    "what-if",
    "whatif",
    "which",
    "who",
    "whoami",
    "token-info",
    "is-active",
    "api-resources",
    "api-versions",
    "options",
    "build",
];

/// What a common verb, or the verb that a word begins with (`delete-stack`), does.
pub(super) fn common(word: &str) -> Kind {
    let word = word.to_ascii_lowercase();
    let first = word.split(['-', ':', '_', '.']).next().unwrap_or(&word);
    if READING.contains(&word.as_str()) || READING.contains(&first) {
        Kind::Reads
    } else if MUTATING.contains(&word.as_str()) || MUTATING.contains(&first) {
        Kind::Mutates
    } else {
        Kind::Unknown
    }
}

/// The kind of a call with these operands, and how many of them name it.
pub(super) fn kind(tool: &Tool, operands: &[&str]) -> Kind {
    let length = |phrases: &str| {
        phrases
            .split(';')
            .filter(|phrase| !phrase.is_empty())
            .filter(|phrase| {
                let mut words = phrase.split_ascii_whitespace();
                operands.len() >= words.clone().count()
                    && words.clone().zip(operands).all(|(word, operand)| word == *operand)
                    && words.next().is_some()
            })
            .map(|phrase| phrase.split_ascii_whitespace().count())
            .max()
            .unwrap_or(0)
    };
    let (mutates, reads) = (length(tool.mutates), length(tool.reads));
    if mutates > 0 || reads > 0 {
        return if reads >= mutates { Kind::Reads } else { Kind::Mutates };
    }
    if !tool.common {
        return Kind::Unknown;
    }
    // The verb may stand behind up to four nouns.
    operands
        .iter()
        .take(5)
        .map(|word| common(word))
        .find(|kind| *kind != Kind::Unknown)
        .unwrap_or(Kind::Unknown)
}

/// The tool of a program.
pub(super) fn tool<'t>(tools: &'t [Tool], program: &str) -> Option<&'t Tool> {
    tools.iter().find(|tool| tool.programs.split_ascii_whitespace().any(|name| name == program))
}
