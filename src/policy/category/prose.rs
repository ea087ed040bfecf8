//! What rules in words mean: which words in them name which kinds of operations.

use super::Category;

/// What the field Deployment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeploymentRule {
    /// Nothing is deployed.
    Never,
    /// Only staging (or the like), and perhaps only by a script.
    OnlyOther {
        /// By a script of the project.
        script: bool,
    },
    /// Anything, by a script of the project.
    OnlyScript,
    /// Anything but production.
    NotProduction,
    /// A person says yes to each.
    Asked,
}

/// What the field Network says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkRule {
    /// Only these hosts and this machine.
    Only(Vec<String>),
    /// Whatever is wanted.
    Open,
}

/// The words of a rule in small letters, without their endings.
struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Words {
        let mut words: Vec<String> = Vec::new();
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
            words.push(word.to_lowercase());
        }
        Words(words)
    }

    /// A word begins with one of these.
    fn any(&self, stems: &[&str]) -> bool {
        self.0.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    }

    /// One of these stands there whole.
    fn whole(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }
}

const DROPPING: &[&str] =
    &["drop", "delet", "destroy", "destruct", "truncat", "wip", "eras", "purg", "reset", "remov", "clear"];

/// The kinds of operations that a rule in words names; none where a person has to see to it.
#[expect(clippy::too_many_lines, reason = "one list of what words mean")]
pub fn in_words(text: &str) -> Vec<Category> {
    let words = Words::of(text);
    let mut found = Vec::new();
    let mut add = |category: Category| {
        if !found.contains(&category) {
            found.push(category);
        }
    };
    let git = words.whole(&[
        "git",
        "branch",
        "branches",
        "commit",
        "commits",
        "repo",
        "repository",
        "history",
        "refs",
        "tags",
        "stash",
    ]) || words.any(&["rebas"]);
    let database = words.any(&["databas", "tabl", "schema"]) || words.whole(&["db", "dbs", "sql"]);
    let production = words.any(&["prod"]) || words.whole(&["live"]);
    let secret = words.any(&["secret", "credential", "password", "token", "passwort"])
        || words.whole(&["keys", "key", "api"]);
    let publishes = words.any(&["publish", "releas"])
        || words.any(&["upload", "push"])
            && words.any(&["registr", "packag", "crate", "npm", "pypi", "image", "artifact"]);
    if words.any(&["infra", "terraform", "kubernet", "cluster", "cloud", "iac", "provision"])
        || words.whole(&["k8s", "aws", "gcp", "azure", "dns", "servers", "systemd", "helm"])
        || words.any(&["server", "servic"])
            && words.any(&["chang", "modif", "restart", "stop", "config", "reconfig", "mutat"])
    {
        add(Category::Infrastructure);
    }
    if words.any(&["deploy", "rollout", "golive", "ship"])
        || words.any(&["roll"]) && words.whole(&["out"])
        || words.whole(&["go"]) && words.whole(&["live"])
    {
        add(if production { Category::ProductionDeployment } else { Category::Deployment });
    } else if production
        && (publishes
            || words.any(&[
                "chang",
                "modif",
                "access",
                "touch",
                "releas",
                "push",
                "writ",
                "environment",
                "system",
                "mutat",
                "migrat",
            ]))
    {
        add(Category::ProductionDeployment);
    }
    if publishes {
        add(Category::Publishing);
    }
    let force = words.any(&["forc"]) && words.any(&["push"]);
    let rewrites =
        words.any(&["histor"]) && words.any(&["rewrit", "chang", "alter"]) || words.any(&["rewrit"]) && git;
    if force
        || rewrites
        || git
            && (words.any(DROPPING) || words.any(&["danger", "hard", "discard", "los", "irrevers", "unsaf"]))
    {
        add(Category::DestructiveGit);
    } else if words.any(&["push"]) && !publishes {
        add(Category::Push);
    }
    if database && words.any(DROPPING)
        || words.any(&["migrat"]) && words.any(DROPPING)
        || words.whole(&["data"]) && words.any(&["los", "drop", "truncat", "wip"])
    {
        add(Category::DatabaseDrop);
    }
    let remote = words
        .any(&["remot", "internet", "download", "untrust", "unverif", "extern", "piped", "piping", "fetch"]);
    if remote && words.any(&["code", "script", "execut", "run", "shell", "instal", "binar"])
        || words.whole(&["curl", "wget"]) && words.any(&["pip", "shell", "bash"])
        || words.whole(&["curl"]) && words.whole(&["sh"])
    {
        add(Category::RemoteCode);
    }
    if secret && names_secrets(text) {
        add(Category::HardcodedSecrets);
    } else if secret
        && words.any(&[
            "read", "access", "print", "expos", "leak", "exfil", "log", "display", "us", "dump", "steal",
            "touch", "brows",
        ])
    {
        add(Category::SecretAccess);
    }
    let files = words.any(&["file", "director", "folder", "disk", "filesystem", "tree"])
        || words.any(&["recursiv"])
        || words.whole(&["data"]);
    if files
        && !git
        && !database
        && words.any(&[
            "delet", "destruct", "destroy", "remov", "wip", "eras", "format", "shred", "recursiv", "purg",
        ])
        || words.0.len() <= 2 && words.any(&["delet", "destruct", "wip"]) && !database && !git
    {
        add(Category::DestructiveFiles);
    }
    if words.any(&["network", "internet", "outbound", "egress"])
        || words.any(&["extern"]) && words.any(&["api", "call", "request", "host", "service", "connect"])
    {
        add(Category::Network);
    }
    if words.any(&["privileg", "sudo", "escalat"]) || words.whole(&["root", "superuser", "admin"]) {
        add(Category::Privileges);
    }
    if words.any(&["install"]) && !remote
        || words.any(&["dependenc", "packag"])
            && words.any(&["new", "add", "upgrad", "updat", "instal", "chang"])
    {
        add(Category::Installation);
    }
    found
}

/// The branches that a rule against pushing names; none where it is about any.
pub fn pushed_branches(text: &str) -> Vec<String> {
    const BRANCHES: [&str; 7] = ["main", "master", "trunk", "develop", "production", "release", "staging"];
    let Words(words) = Words::of(text);
    words.into_iter().filter(|word| BRANCHES.contains(&word.as_str())).collect()
}

/// Whether a rule in words is about credentials that stand in the text of commands.
pub fn names_secrets(text: &str) -> bool {
    let words = Words::of(text);
    let secret = words.any(&["secret", "credential", "password", "token"]) || words.whole(&["keys", "key"]);
    let written = words.any(&["hard", "inlin", "plain", "commit", "litera", "embed", "env", "vault", "code"])
        || words.whole(&["no", "never"]);
    secret && written
}

/// What the field Deployment says; nothing where a person has to see to it.
pub fn deployment_rule(text: &str) -> Option<DeploymentRule> {
    let words = Words::of(text);
    let other = words.any(&["stag", "preview", "sandbox", "develop", "test"])
        || words.whole(&["dev", "qa", "uat", "local"]);
    let production = words.any(&["prod"]) || words.whole(&["live"]);
    let script = words.any(&["script", "makefile", "pipelin"]) || words.whole(&["ci", "make", "cd"]);
    let only =
        words.whole(&["only", "just", "solely", "nur"]) || words.any(&["exclusiv", "limit", "restrict"]);
    let never = words.whole(&["no", "none", "never", "not", "forbidden", "disabled", "nothing", "n", "off"])
        || words.any(&["prohibit", "disallow"]);
    let asked = words.any(&["approv", "manual", "review", "ask", "confirm", "human", "person", "permission"]);
    if other && (only || script) {
        return Some(DeploymentRule::OnlyOther { script });
    }
    if asked {
        return Some(DeploymentRule::Asked);
    }
    if never && production {
        return Some(DeploymentRule::NotProduction);
    }
    if never {
        return Some(DeploymentRule::Never);
    }
    if script && (only || words.any(&["via", "through", "by", "with", "us"])) {
        return Some(DeploymentRule::OnlyScript);
    }
    if other && !production && words.0.len() <= 2 {
        return Some(DeploymentRule::OnlyOther { script: false });
    }
    None
}

/// What the field Network says; nothing where a person has to see to it.
pub fn network_rule(text: &str, code: &[String]) -> Option<NetworkRule> {
    let words = Words::of(text);
    let hosts: Vec<String> = code
        .iter()
        .map(String::as_str)
        .chain(text.split([' ', ',', ';', '`']))
        .map(|word| {
            word.trim_matches(['.', '`', '(', ')', '*'])
                .trim_start_matches("https://")
                .trim_start_matches("http://")
        })
        .map(|word| word.split('/').next().unwrap_or(word))
        .filter(|word| {
            word.contains('.') && word.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c))
        })
        .map(str::to_lowercase)
        .collect();
    if !hosts.is_empty() {
        return Some(NetworkRule::Only(hosts));
    }
    let closed = words.whole(&[
        "no",
        "none",
        "off",
        "never",
        "offline",
        "disabled",
        "forbidden",
        "denied",
        "isolated",
    ]) || words.any(&["localhost", "loopback", "prohibit", "disallow"]);
    if closed {
        return Some(NetworkRule::Only(Vec::new()));
    }
    let open = words.whole(&[
        "on",
        "yes",
        "open",
        "full",
        "any",
        "required",
        "allowed",
        "enabled",
        "unrestricted",
        "needed",
    ]);
    open.then_some(NetworkRule::Open)
}
