//! Scripts and targets of a project that put something out, as their names tell it.

use super::Way;
use crate::policy::category::scene::Scene;
use crate::policy::category::target::pieces;

/// Words in the name of a script or target that say that it deploys, and that it releases.
pub(super) const DEPLOY_NAMES: [&str; 12] = [
    "deploy",
    "deployer",
    "deployment",
    "promote",
    "rollout",
    "ship",
    "golive",
    "provision",
    "rollback",
    "deployall",
    "redeploy",
    "undeploy",
];
const RELEASE_NAMES: [&str; 4] = ["publish", "release", "upload", "pushimage"];

/// The names by which projects call their own scripts and targets.
pub(in crate::policy::category) fn script_names<'s>(scene: &'s Scene<'_>) -> Vec<&'s str> {
    let program = scene.program();
    let operands = &scene.operands;
    let base = |text: &'s str| text.rsplit('/').next().unwrap_or(text);
    match program {
        "make" | "gmake" if scene.has(&["-n", "-q", "-p"]) => Vec::new(),
        "rake" if scene.has(&["-T", "-P", "-D", "-W", "--tasks", "--prereqs", "--describe", "--where"]) => {
            Vec::new()
        }
        "just" if scene.has(&["-n", "--dry-run", "--list", "-l", "--show", "--summary"]) => Vec::new(),
        "make" | "gmake" | "just" | "task" | "rake" | "invoke" | "inv" | "fab" | "nox" | "tox" | "mage"
        | "ninja" | "grunt" | "gulp" | "ant" | "thor" => {
            operands.iter().copied().filter(|word| !word.contains('=')).collect()
        }
        "npm" | "pnpm" | "yarn" | "bun" | "composer" | "deno" | "mise" | "lerna" | "nx" | "turbo" | "pdm"
        | "hatch" => {
            // What stands behind `--` is the script's own.
            let words: Vec<&str> = operands
                .iter()
                .copied()
                .filter(|word| !matches!(*word, "run" | "run-script" | "task"))
                .take_while(|word| !word.starts_with('-'))
                .collect();
            let runs = operands.first().is_some_and(|word| matches!(*word, "run" | "run-script" | "task"))
                || matches!(program, "yarn" | "pnpm" | "bun" | "turbo" | "nx" | "composer");
            if runs { words.into_iter().take(2).collect() } else { Vec::new() }
        }
        "bash" | "sh" | "zsh" | "dash" | "ksh" | "source" => {
            if scene.has(&["-n", "-c"])
                || scene.invocation.words().iter().any(|word| word.text.as_deref() == Some("-n"))
            {
                Vec::new()
            } else {
                operands.first().map(|word| base(word)).into_iter().collect()
            }
        }
        "python" | "python3" | "node" | "ruby" | "perl" | "php" | "tsx" | "ts-node" => {
            if scene.has(&["-m", "-c", "-e"]) {
                Vec::new()
            } else {
                operands.first().map(|word| base(word)).into_iter().collect()
            }
        }
        _ if scene.invocation.is_path() => {
            let path = scene.invocation.word().text.as_deref().unwrap_or_default();
            // What was built by a tool is named after the project.
            if path.contains("target/") || path.contains("node_modules/") {
                Vec::new()
            } else {
                vec![base(path)]
            }
        }
        _ => Vec::new(),
    }
}

pub(super) fn script(scene: &Scene<'_>) -> Way {
    let names = script_names(scene);
    let says = |list: &[&str]| {
        names.iter().any(|name| {
            pieces(name.trim_end_matches(".sh")).iter().any(|piece| list.contains(&piece.as_str()))
        })
    };
    let looks = names.iter().any(|name| {
        let words = pieces(name);
        // `build-and-deploy` does both, and so does `build-deploy`.
        let also = words.iter().any(|piece| matches!(piece.as_str(), "and" | "n" | "then"));
        !also
            && words.iter().any(|piece| {
                matches!(
                    piece.as_str(),
                    "test"
                        | "tests"
                        | "check"
                        | "lint"
                        | "verify"
                        | "dry"
                        | "validate"
                        | "plan"
                        | "preview"
                        | "notes"
                        | "status"
                )
            })
    });
    // `npm run deploy -- --dry-run`
    let tries = scene.operands.iter().any(|word| matches!(*word, "--dry-run" | "--dryrun" | "--help"));
    if looks || tries {
        return Way::None;
    }
    if says(&DEPLOY_NAMES) {
        return Way::Named;
    }
    // `build-release` makes what a release would have in it.
    if says(&["build"]) && !says(&["and", "n", "then"]) {
        return Way::None;
    }
    if says(&RELEASE_NAMES) {
        return Way::Starts;
    }
    // `make production`: a target that is named after the place. `npm run production` makes a build for it.
    let place = |name: &&str| {
        pieces(name).iter().all(|piece| matches!(piece.as_str(), "prod" | "production" | "live"))
    };
    let targets =
        matches!(scene.program(), "make" | "gmake" | "just" | "task" | "rake" | "invoke" | "inv" | "fab");
    if targets && names.iter().any(|name| !name.is_empty() && place(name)) {
        return Way::Named;
    }
    // A target of another name, told to work on production: `make all ENV=production` may be anything.
    Way::None
}
