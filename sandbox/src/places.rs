//! The lists of places that are private and of those that stay readable in them, in one place.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

/// Belongs to everybody or to other users, wherever the home directory is.
const PRIVATE: &[&str] = &["/tmp", "/var/tmp", "/run", "/home", "/root", "/mnt", "/media"];

/// Below the home directory: toolchains, and what they have fetched before.
const IN_HOME: &[&str] = &[
    // Programs and their libraries
    "bin",
    ".local/bin",
    ".local/lib",
    ".local/share/mise",
    ".local/share/fnm",
    ".local/share/pnpm",
    ".local/share/uv",
    ".local/share/pipx",
    ".local/share/virtualenvs",
    ".local/share/gem",
    ".local/state/nix",
    ".nix-profile",
    // By language
    ".cargo",
    ".rustup",
    "go",
    ".go",
    ".goenv",
    ".nvm",
    ".fnm",
    ".volta",
    ".bun",
    ".deno",
    "n",
    ".yarn",
    ".config/yarn",
    ".npm",
    ".pnpm-store",
    ".pyenv",
    ".virtualenvs",
    ".conda",
    "miniconda3",
    "anaconda3",
    "miniforge3",
    ".poetry",
    ".rye",
    ".rbenv",
    ".rvm",
    ".gem",
    ".bundle",
    ".sdkman",
    ".jenv",
    ".m2",
    ".gradle",
    ".konan",
    ".ivy2",
    ".sbt",
    ".asdf",
    ".mise",
    ".dotnet",
    ".nuget",
    ".mix",
    ".hex",
    ".ghcup",
    ".stack",
    ".cabal",
    ".opam",
    ".juliaup",
    ".julia",
    ".pub-cache",
    ".swiftly",
    ".zvm",
    ".elan",
    ".cache/ms-playwright",
    ".cache/puppeteer",
    ".cache/pip",
    ".cache/uv",
    ".cache/pypoetry",
    ".cache/node",
    ".cache/deno",
    ".cache/bazelisk",
    // Who commits, and how
    ".gitconfig",
    ".config/git/config",
    ".config/git/ignore",
    ".config/git/attributes",
];

/// Variables that say where a toolchain stands.
const VARIABLES: &[&str] = &[
    "CARGO_HOME",
    "RUSTUP_HOME",
    "GOROOT",
    "GOPATH",
    "GOMODCACHE",
    "JAVA_HOME",
    "GRADLE_USER_HOME",
    "MAVEN_HOME",
    "ANDROID_HOME",
    "ANDROID_SDK_ROOT",
    "SDKMAN_DIR",
    "NVM_DIR",
    "NVM_BIN",
    "FNM_DIR",
    "VOLTA_HOME",
    "PNPM_HOME",
    "BUN_INSTALL",
    "DENO_DIR",
    "NODE_PATH",
    "PYENV_ROOT",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONHOME",
    "UV_PYTHON_INSTALL_DIR",
    "RBENV_ROOT",
    "GEM_HOME",
    "DOTNET_ROOT",
    "NUGET_PACKAGES",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    "MIX_HOME",
    "HEX_HOME",
    "STACK_ROOT",
    "GHCUP_INSTALL_BASE_PREFIX",
    "OPAMROOT",
    "OPAM_SWITCH_PREFIX",
    "PUB_CACHE",
    "FLUTTER_ROOT",
    "PLAYWRIGHT_BROWSERS_PATH",
];

/// Directories that belong to the user or to everybody: the home directory, `/tmp`, `/run` and the like, whether they
/// exist or not.
///
/// Meant for [`Settings::private`](crate::Settings::private).
pub fn default_private(home: &Path) -> Vec<PathBuf> {
    let home = Some(home).filter(|home| home.is_absolute() && *home != Path::new("/"));
    PRIVATE.iter().map(PathBuf::from).chain(home.map(Path::to_owned)).collect()
}

/// What stays readable of the home directory and its like: the usual homes of toolchains, those that `environment`
/// names, and the directories of its `PATH` (with what stands beside a `bin`, which its programs need).
///
/// Git's configuration of the user is among it, unless it holds a password in an address.
///
/// Meant for [`Settings::readable`](crate::Settings::readable).
pub fn default_readable(home: &Path, environment: &[(OsString, OsString)]) -> Vec<PathBuf> {
    let value = |wanted: &str| {
        environment
            .iter()
            .find(|(name, _)| name == wanted)
            .map_or(OsStr::new(""), |(_, value)| value.as_os_str())
    };
    let from_path = std::env::split_paths(value("PATH")).map(|path| with_its_libraries(path, home));
    let named = VARIABLES.iter().flat_map(|name| std::env::split_paths(value(name)));
    let usual = IN_HOME.iter().map(|path| home.join(path));
    let kept = from_path.chain(named).chain(usual).filter(|path| {
        // Never the home directory as a whole, nor what holds it, nor a directory that everybody writes to.
        path.is_absolute() && !home.starts_with(path) && !PRIVATE.iter().any(|all| path == Path::new(all))
    });
    kept.filter(|path| !is_git_configuration(path) || !holds_password(path)).collect()
}

/// `tools/node/bin` is of no use without `tools/node/lib`.
fn with_its_libraries(path: PathBuf, home: &Path) -> PathBuf {
    let of_programs =
        path.file_name().is_some_and(|name| ["bin", "sbin", "shims"].iter().any(|own| name == *own));
    match path.parent() {
        Some(parent) if of_programs && parent != home && !parent.ends_with(".local") => parent.to_owned(),
        _ => path,
    }
}

fn is_git_configuration(path: &Path) -> bool {
    path.ends_with(".gitconfig") || path.ends_with("git/config")
}

fn holds_password(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| crate::environment::carries_password(&String::from_utf8_lossy(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolchains_are_readable_and_the_home_directory_itself_is_not() {
        let environment =
            [("PATH", "/home/me/tools/node/bin:/home/me/bin:/home/me:/usr/bin"), ("CARGO_HOME", "/home/me")];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let readable = default_readable(Path::new("/home/me"), &environment);
        for path in ["/home/me/tools/node", "/home/me/bin", "/home/me/.rustup", "/usr"] {
            assert!(readable.contains(&path.into()), "{path}");
        }
        assert!(!readable.contains(&"/home/me".into()) && !readable.contains(&"/home/me/tools".into()));
    }

    #[test]
    fn a_git_configuration_with_a_password_is_not_readable() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(".gitconfig");
        fs::write(&file, "[user]\n\tname = Me\n").unwrap();
        assert!(default_readable(home.path(), &[]).contains(&file));
        fs::write(&file, "[url \"https://me:secret@host/\"]\n\tinsteadOf = https://host/\n").unwrap();
        assert!(!default_readable(home.path(), &[]).contains(&file));
    }
}
