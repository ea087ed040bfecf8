//! The network, other people's machines, credentials of the user, more rights, and installing programs.

use super::Relation;
use super::scene::Scene;

/// Programs that talk to hosts which their words name.
const CLIENTS: &[&str] = &[
    "aria2c",
    "curl",
    "dig",
    "ftp",
    "host",
    "http",
    "https",
    "httpie",
    "lftp",
    "mosh",
    "nc",
    "ncat",
    "netcat",
    "nmap",
    "nslookup",
    "ping",
    "rsh",
    "rsync",
    "scp",
    "sftp",
    "socat",
    "ssh",
    "ssh-copy-id",
    "ssh-keyscan",
    "telnet",
    "traceroute",
    "wget",
    "whois",
    "xh",
    "websocat",
    "grpcurl",
    "s3cmd",
    "rclone",
    "gsutil",
    "aws",
    "gcloud",
    "az",
    "gh",
    "glab",
];

/// Programs and words that fetch packages or repositories.
const FETCHES: &[(&str, &[&str])] = &[
    ("apk", &["add", "update", "upgrade", "fetch"]),
    ("apt", &["install", "update", "upgrade"]),
    ("apt-get", &["install", "update", "upgrade"]),
    ("brew", &["install", "update", "upgrade"]),
    ("bundle", &["install", "update"]),
    ("cargo", &["install", "update", "publish", "search", "login"]),
    ("composer", &["install", "update", "require"]),
    ("dnf", &["install", "update", "upgrade"]),
    ("docker", &["pull", "push", "login"]),
    ("gem", &["install", "update", "push"]),
    ("git", &["clone", "fetch", "pull", "push", "ls-remote", "remote"]),
    ("go", &["get", "install"]),
    ("npm", &["install", "i", "ci", "update", "publish", "audit", "add"]),
    ("pip", &["install", "download"]),
    ("pnpm", &["install", "i", "add", "update", "publish"]),
    ("poetry", &["install", "add", "update", "publish"]),
    ("uv", &["sync", "add", "pip", "publish"]),
    ("yarn", &["install", "add", "upgrade", "publish"]),
    ("yum", &["install", "update", "upgrade"]),
];

/// The host in a word such as `https://user@host:1/path`, `user@host:path` or `host`.
fn host(word: &str) -> Option<&str> {
    let behind = word.split_once("://").map_or(word, |(_, rest)| rest);
    let behind = behind.rsplit_once('@').map_or(behind, |(_, rest)| rest);
    let end = behind.find(['/', ':', '?', '#']).unwrap_or(behind.len());
    let end = if behind.starts_with('[') { behind.find(']').map_or(behind.len(), |at| at + 1) } else { end };
    Some(&behind[..end]).filter(|host| !host.is_empty() && !host.starts_with('-'))
}

fn loopback(host: &str) -> bool {
    matches!(host, "localhost" | "[::1]" | "::1" | "0.0.0.0" | "ip6-localhost")
        || host.starts_with("127.")
        || host.ends_with(".localhost")
}

/// How a call relates to a rule that lets checks reach only these hosts (and this machine).
pub(super) fn network(scene: &Scene<'_>, allowed: &[String]) -> Relation {
    let program = scene.program();
    if scene.only_tells() {
        return Relation::None;
    }
    let operands = || scene.operands.iter().copied();
    let permitted = |host: &str| {
        loopback(host)
            || allowed.iter().any(|name| {
                host == name || host.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
            })
    };
    if let Some((_, verbs)) = FETCHES.iter().find(|(name, _)| *name == program) {
        let offline = scene.has(&["--offline", "--frozen-offline", "--prefer-offline"]);
        if offline
            || !scene.operands.first().is_some_and(|word| verbs.contains(word))
            || scene.is(&["remote"]) && !scene.is(&["remote", "update"])
        {
            return Relation::None;
        }
        let named: Vec<&str> = operands()
            .skip(1)
            .filter(|word| word.contains("://") || word.contains('@'))
            .filter_map(host)
            .collect();
        if !named.is_empty() && named.iter().all(|host| permitted(host)) {
            return Relation::None;
        }
        // Which hosts a package manager asks is set elsewhere.
        return if allowed.is_empty() || !named.is_empty() { Relation::Is } else { Relation::May };
    }
    if !CLIENTS.contains(&program) {
        return Relation::None;
    }
    if program == "rsync" && !operands().any(|word| word.contains(':'))
        || matches!(program, "gh" | "aws" | "gcloud" | "az")
            && (scene.operands.is_empty() || scene.is(&["auth", "status"]))
    {
        return Relation::None;
    }
    let urls: Vec<&str> = operands().filter(|word| word.contains("://")).collect();
    let mut named: Vec<&str> = match program {
        "rsync" | "scp" => operands().filter(|word| word.contains(':')).filter_map(host).collect(),
        _ if !urls.is_empty() => urls.into_iter().filter_map(host).collect(),
        "nc" | "ncat" | "netcat" if scene.has(&["-l"]) => return Relation::None,
        _ => operands().filter_map(host).filter(|word| !word.is_empty()).take(1).collect(),
    };
    named.retain(|host| !permitted(host));
    let computed =
        scene.invocation.words().iter().any(|word| word.text.is_none() && !word.prefix.contains("://"));
    if !named.is_empty() {
        Relation::Is
    } else if computed || matches!(program, "gh" | "glab" | "aws" | "gcloud" | "az") {
        Relation::May
    } else {
        Relation::None
    }
}

/// Files that hold a user's credentials, below the home directory or in the system.
const CREDENTIALS: &[&str] = &[
    ".aws/credentials",
    ".azure/",
    ".config/gcloud",
    ".config/gh/hosts.yml",
    ".docker/config.json",
    ".gem/credentials",
    ".git-credentials",
    ".gnupg",
    ".kube/config",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".ssh/id_",
    ".ssh",
    ".vault-token",
    ".terraform.d/credentials",
    ".bash_history",
    ".zsh_history",
    ".password-store",
    "Library/Keychains",
];

/// It reads or sends what only the user should have.
pub(super) fn reads_credentials(scene: &Scene<'_>) -> Relation {
    if scene.invocation.elsewhere || scene.only_tells() {
        return Relation::None;
    }
    let program = scene.program();
    let says = [
        "echo", "printf", "git", "gh", "test", "[", "mkdir", "ls", "stat", "chmod", "export", "cd", "man",
        "[[",
    ];
    let secret = |text: &str| {
        let text = text.trim_start_matches('@');
        let text = text.strip_prefix("file://").unwrap_or(text);
        if !text.starts_with(['~', '$', '/']) {
            return false;
        }
        let below_home = text
            .strip_prefix("~/")
            .or_else(|| text.strip_prefix("$HOME/"))
            .or_else(|| {
                let rest = text.strip_prefix("/home/").or_else(|| text.strip_prefix("/Users/"))?;
                rest.split_once('/').map(|(_, rest)| rest)
            })
            .or_else(|| text.strip_prefix("/root/"));
        let public = text.rsplit('.').next() == Some("pub")
            || text.ends_with("known_hosts")
            || text.ends_with(".ssh/config");
        below_home.is_some_and(|rest| !public && CREDENTIALS.iter().any(|known| rest.starts_with(known)))
            || matches!(text, "/etc/shadow" | "/etc/gshadow" | "/etc/sudoers")
            || text.starts_with("/proc/") && text.ends_with("/environ")
    };
    // `curl --netrc-file ~/.netrc` uses them for what they are for.
    let uses = ["--cacert", "--cert", "--key", "--netrc-file", "-E"];
    let given = scene.invocation.words();
    let used = |at: usize| {
        program == "curl"
            && at
                .checked_sub(1)
                .and_then(|at| given[at].text.as_deref())
                .is_some_and(|text| uses.contains(&text))
    };
    let words = given.iter().enumerate().filter(|(at, _)| !used(*at)).any(|(_, word)| {
        let home =
            word.variable.as_ref().is_some_and(|(name, rest)| name == "HOME" && secret(&format!("~{rest}")));
        home || word.text.as_deref().is_some_and(secret)
    });
    let key_file = matches!(
        program,
        "ssh" | "scp" | "rsync" | "sftp" | "ssh-add" | "ssh-keygen" | "kubectl" | "helm" | "docker"
    );
    if words && !says.contains(&program) && !key_file {
        return Relation::Is;
    }
    let stores = matches!(program, "security")
        && scene.operands.first().is_some_and(|word| word.starts_with("find-"))
        || program == "secret-tool" && scene.is(&["lookup"])
        || program == "pass" && scene.is(&["show"])
        || program == "gh" && scene.is(&["auth", "token"])
        || program == "gcloud" && scene.is(&["auth", "print-access-token"])
        || program == "op" && scene.is(&["read"])
        || program == "vault" && scene.is(&["kv", "get"]);
    let input = scene.command.redirections.iter().any(|redirection| {
        !redirection.writes && redirection.feeds() && redirection.target.text.as_deref().is_some_and(secret)
    });
    if input {
        Relation::Is
    } else if stores {
        Relation::May
    } else {
        Relation::None
    }
}

/// It looks for a way out of the sandbox: other namespaces, the container's host, kernel modules, another root.
pub(super) fn leaves_sandbox(scene: &Scene<'_>) -> bool {
    let words = || scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
    if scene.invocation.elsewhere && scene.program() != "docker" || scene.only_tells() {
        return false;
    }
    match scene.program() {
        "nsenter" => words().any(|word| word == "1" || word == "-t1" || word == "--target=1"),
        "insmod" | "modprobe" | "rmmod" | "kexec" | "pivot_root" => {
            !words().all(|word| word.starts_with('-')) || scene.program() == "pivot_root"
        }
        "docker" => {
            let run =
                scene.operands.first().is_some_and(|word| matches!(*word, "run" | "create" | "container"));
            let host = |word: &str| {
                matches!(
                    word,
                    "--privileged"
                        | "--pid=host"
                        | "--ipc=host"
                        | "--userns=host"
                        | "--cap-add=ALL"
                        | "--cap-add=SYS_ADMIN"
                ) || word.starts_with("/:/")
                    || word.contains("docker.sock:")
                    || word.starts_with("-v/:")
                    || word.starts_with("--volume=/:")
            };
            run && words().take_while(|word| *word != "--").any(host)
        }
        _ => false,
    }
}

/// How a call relates to a rule against more rights.
pub(super) fn privileges(scene: &Scene<'_>) -> Relation {
    let first = scene.invocation.words().first().and_then(|word| word.text.as_deref());
    match scene.program() {
        "sudo" | "doas" | "su" | "pkexec" | "runuser"
            if !matches!(first, Some("-V" | "-h" | "--version" | "--help")) =>
        {
            Relation::Is
        }
        "setcap" | "visudo" | "usermod" | "passwd" | "chroot" | "nsenter" => Relation::May,
        "chmod"
            if scene.operands.first().is_some_and(|mode| {
                mode.contains("+s") || mode.len() == 4 && mode.starts_with(['2', '4', '6'])
            }) =>
        {
            Relation::Is
        }
        _ => Relation::None,
    }
}

/// How a call relates to a rule against installing.
pub(super) fn installs(scene: &Scene<'_>) -> Relation {
    if scene.only_tells() {
        return Relation::None;
    }
    let first = scene.operands.first().copied().unwrap_or_default();
    let adds: &[&str] = match scene.program() {
        "apt" | "apt-get" | "dnf" | "yum" | "zypper" | "apk" | "brew" | "port" | "snap" | "flatpak"
        | "choco" | "winget" | "scoop" => {
            &["install", "add", "in", "upgrade", "dist-upgrade", "reinstall", "remove", "purge", "uninstall"]
        }
        "pacman" => {
            return if scene
                .flags
                .iter()
                .any(|flag| ["-S", "-R", "-U"].iter().any(|start| flag.name.starts_with(start)))
            {
                Relation::Is
            } else {
                Relation::None
            };
        }
        "pip" | "pip3" | "pipx" | "gem" | "conda" | "mamba" | "cpan" | "cpanm" | "luarocks" | "go" | "uv"
        | "rustup" => &["install", "get", "add", "inject", "toolchain", "component", "target", "tool", "pip"],
        "cargo" => &["install", "add", "binstall"],
        "npm" | "pnpm" | "bun" | "yarn" => {
            let adds = first == "add"
                || matches!(first, "install" | "i") && scene.operands.len() > 1
                || first == "global"
                || scene.has(&["-g", "--global"])
                    && matches!(first, "install" | "i" | "add" | "update" | "upgrade" | "link" | "uninstall");
            return if adds { Relation::Is } else { Relation::None };
        }
        "poetry" | "composer" | "pdm" => &["add", "require"],
        "python" if scene.has(&["-m"]) && scene.operands.contains(&"install") => return Relation::Is,
        _ => return Relation::None,
    };
    // What the project itself declares is no new program.
    let declared = scene.has(&["-r", "--requirement", "-e", "--editable"])
        && !scene.operands.iter().skip(1).any(|word| word.rsplit('.').next() != Some("txt") && *word != ".");
    if adds.contains(&first) && !declared { Relation::Is } else { Relation::None }
}
