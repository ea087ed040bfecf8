//! The variables that commands may see: an allow-list, because secrets have any name.

use std::ffi::{OsStr, OsString};

const NAMES: &[&str] = &[
    // The user and the terminal
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "CI",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "SOURCE_DATE_EPOCH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NIX_PATH",
    "NIX_PROFILES",
    // Toolchains: where they stand, never what they may log in to
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_TERM_COLOR",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTFLAGS",
    "RUST_BACKTRACE",
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "PKG_CONFIG_PATH",
    "LD_LIBRARY_PATH",
    "GOPATH",
    "GOROOT",
    "GOCACHE",
    "GOMODCACHE",
    "GOBIN",
    "GOFLAGS",
    "GOTOOLCHAIN",
    "GOENV",
    "CGO_ENABLED",
    "JAVA_HOME",
    "GRADLE_USER_HOME",
    "MAVEN_HOME",
    "M2_HOME",
    "ANDROID_HOME",
    "ANDROID_SDK_ROOT",
    "KOTLIN_HOME",
    "SDKMAN_DIR",
    "NVM_DIR",
    "NVM_BIN",
    "FNM_DIR",
    "VOLTA_HOME",
    "PNPM_HOME",
    "BUN_INSTALL",
    "DENO_DIR",
    "NODE_PATH",
    "NODE_ENV",
    "COREPACK_HOME",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
    "UV_CACHE_DIR",
    "UV_PYTHON_INSTALL_DIR",
    "PIPX_HOME",
    "POETRY_HOME",
    "RBENV_ROOT",
    "RBENV_VERSION",
    "GEM_HOME",
    "GEM_PATH",
    "BUNDLE_PATH",
    "RUBYLIB",
    "PERL5LIB",
    "COMPOSER_HOME",
    "DOTNET_ROOT",
    "DOTNET_CLI_HOME",
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
    "JULIA_DEPOT_PATH",
    "ZIG_GLOBAL_CACHE_DIR",
    "SWIFTENV_ROOT",
    "PUB_CACHE",
    "FLUTTER_ROOT",
    "PLAYWRIGHT_BROWSERS_PATH",
];

/// Those of the host's variables that commands may see: who and where, language and time, and where toolchains
/// stand. `LC_*` too. Everything else is left out, and so is every value that carries a user and password
/// in a URL.
///
/// Meant for [`Settings::environment`](crate::Settings::environment).
pub fn default_environment(
    outer: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    outer
        .into_iter()
        .filter(|(name, value)| is_allowed(name) && !carries_password(&value.to_string_lossy()))
        .collect()
}

fn is_allowed(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("LC_") || NAMES.contains(&name))
}

/// `scheme://user:password@host`, as in a proxy or index address.
pub(crate) fn carries_password(value: &str) -> bool {
    value.match_indices("://").any(|(at, mark)| {
        let authority =
            value[at + mark.len()..].split(['/', ' ', '?', '#', '"', '\n']).next().unwrap_or_default();
        authority.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_variables_pass_and_no_password_in_an_address() {
        let outer = [
            ("PATH", "/bin"),
            ("LC_ALL", "C"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("GITHUB_TOKEN", "x"),
            ("SSH_AUTH_SOCK", "/tmp/agent"),
            ("GOFLAGS", "-proxy=https://me:secret@proxy/"),
        ];
        let kept = default_environment(outer.map(|(name, value)| (name.into(), value.into())));
        assert_eq!(kept, [("PATH", "/bin"), ("LC_ALL", "C")].map(|(n, v)| (n.into(), v.into())));
    }
}
