//! The list of credentials that commands must not read, in one place.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Below the home directory.
const IN_HOME: &[&str] = &[
    // Remote access and signing
    ".ssh",
    ".gnupg",
    ".gpg",
    ".pki",
    ".netrc",
    "_netrc",
    ".authinfo",
    ".authinfo.gpg",
    ".putty",
    ".config/age",
    ".config/sops",
    ".age",
    ".vault-token",
    ".krb5",
    // Version control and forges
    ".git-credentials",
    ".config/git/credentials",
    ".config/gh",
    ".config/glab-cli",
    ".config/hub",
    ".config/tea",
    ".hgrc",
    ".subversion/auth",
    ".config/jj",
    // Clouds and orchestration
    ".aws",
    ".azure",
    ".config/gcloud",
    ".config/doctl",
    ".config/hcloud",
    ".config/scaleway",
    ".config/fly",
    ".fly",
    ".oci",
    ".kube",
    ".docker/config.json",
    ".config/containers/auth.json",
    ".config/helm",
    ".helm",
    ".terraform.d",
    ".terraformrc",
    ".pulumi",
    ".config/heroku",
    ".config/netlify",
    ".vercel",
    ".local/share/com.vercel.cli",
    ".config/wrangler",
    ".wrangler",
    ".railway",
    ".config/op",
    ".boto",
    ".s3cfg",
    ".rclone.conf",
    ".config/rclone",
    ".snowflake",
    ".databrickscfg",
    ".minikube",
    ".supabase",
    // Package registries
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pypirc",
    ".config/pypoetry/auth.toml",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".local/share/gem/credentials",
    ".m2/settings.xml",
    ".m2/settings-security.xml",
    ".gradle/gradle.properties",
    ".composer/auth.json",
    ".config/composer/auth.json",
    ".nuget/NuGet/NuGet.Config",
    ".config/NuGet/NuGet.Config",
    ".condarc",
    ".hex/hex.config",
    ".pub-cache/credentials.json",
    ".config/dart/pub-credentials.json",
    // Data and models
    ".pgpass",
    ".my.cnf",
    ".mylogin.cnf",
    ".redisclirc",
    ".cache/huggingface/token",
    ".huggingface/token",
    ".kaggle",
    ".config/openai",
    ".config/anthropic",
    ".claude/.credentials.json",
    ".codex/auth.json",
    ".config/github-copilot",
    ".gemini",
    ".cursor",
    // Password stores, keyrings, browsers, mail
    ".password-store",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".config/keepassxc",
    ".config/Bitwarden",
    ".config/1Password",
    ".mozilla",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
    ".config/vivaldi",
    ".thunderbird",
    ".config/Signal",
    ".config/Slack",
    ".msmtprc",
    ".config/msmtp",
    // What was typed
    ".bash_history",
    ".zsh_history",
    ".local/share/fish/fish_history",
    ".python_history",
    ".psql_history",
    ".mysql_history",
    ".node_repl_history",
];

/// Wherever the home directory is.
const OF_THE_SYSTEM: &[&str] = &[
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/security/opasswd",
    "/etc/ssl/private",
    "/etc/letsencrypt",
    "/etc/wireguard",
    "/etc/ipsec.secrets",
    "/etc/ppp/chap-secrets",
    "/etc/ppp/pap-secrets",
    "/etc/NetworkManager/system-connections",
    "/etc/kubernetes",
    "/etc/rancher",
    "/etc/krb5.keytab",
    "/run/secrets",
    "/run/credentials",
    "/var/run/secrets",
    "/var/lib/kubelet",
];

/// Host keys; each by name, because the rest of their directory must stay readable.
const HOST_KEYS: &[&str] = &["rsa", "ecdsa", "ed25519", "dsa"];

/// The paths that hold credentials for the user whose home directory is `home`, whether they exist or not.
///
/// Meant for [`Settings::hidden`](crate::Settings::hidden); a host may add to it or take from it.
pub fn default_hidden(home: &Path) -> Vec<PathBuf> {
    let host_keys = HOST_KEYS.iter().map(|kind| format!("/etc/ssh/ssh_host_{kind}_key").into());
    IN_HOME
        .iter()
        .map(|path| home.join(path))
        .chain(OF_THE_SYSTEM.iter().map(PathBuf::from))
        .chain(host_keys)
        .collect()
}

/// Directories that hold what was fetched or built, often many files, and no settings of the project.
const FETCHED: &[&str] = &[".git", "node_modules", "target", "vendor", ".venv", "venv", "__pycache__"];

/// Endings of `.env` files that are made to be read by everybody.
const EXAMPLES: &[&str] = &["example", "sample", "template", "dist", "defaults", "schema"];

/// At most so many directories are looked into.
const MOST_DIRECTORIES: usize = 10_000;

/// The files of a workspace that by their names hold its secrets: `.env`, `.env.local` and their like, but not
/// `.env.example`; `.netrc` and keys. Directories of fetched and built things are not searched, and in a very large
/// workspace only those nearest to the top, 10,000 of them.
///
/// Meant for [`Settings::hidden`](crate::Settings::hidden), with [`default_hidden`].
pub fn secrets_in(workspace: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = std::collections::VecDeque::from([workspace.to_owned()]);
    let mut searched = 0;
    while let Some(directory) = directories.pop_front() {
        searched += 1;
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if kind.is_dir() && !FETCHED.contains(&name) && searched + directories.len() < MOST_DIRECTORIES {
                directories.push_back(entry.path());
            } else if kind.is_file() && is_secret(name) {
                found.push(entry.path());
            }
        }
    }
    found
}

/// Whether a file of a workspace holds secrets, by its name.
fn is_secret(name: &str) -> bool {
    let environment = name == ".env"
        || name
            .strip_prefix(".env.")
            .is_some_and(|rest| !EXAMPLES.iter().any(|example| rest.ends_with(example)));
    environment
        || name == ".netrc"
        || name == ".envrc.local"
        || ["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_workspace_are_found_by_name() {
        let root = tempfile::tempdir().unwrap();
        for directory in ["app", "node_modules/x"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        for file in [".env", "app/.env.local", ".env.example", "node_modules/x/.env", "env", ".environment"] {
            fs::write(root.path().join(file), "").unwrap();
        }
        let mut found = secrets_in(root.path());
        found.sort();
        assert_eq!(found, [".env", "app/.env.local"].map(|path| root.path().join(path)));
    }
}
