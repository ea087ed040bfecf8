//! Arguments to plan files: files as they are, directories searched for what looks like a plan.

use std::path::{Path, PathBuf};

use anyhow::Result;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::problem::Problem;

/// Where plans are kept, relative to the directory that is searched.
const PLACES: &[&str] = &[
    "**/PLANS.md",
    "**/*ExecPlan*.md",
    "**/*exec_plan*.md",
    "**/.agent/**/*.md",
    "**/.agents/**/*.md",
    "**/plans/**/*.md",
    "**/docs/**/exec*plans/**/*.md",
];

/// The plans that the arguments name, each once, in order.
///
/// # Errors
/// When an argument does not exist, or a directory holds no plan.
pub fn plans(arguments: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = Vec::new();
    for argument in arguments {
        if argument.is_dir() {
            let below = search(argument)?;
            if below.is_empty() {
                let message = format!("{}: no plan in this directory", argument.display());
                return Err(Problem::new(message)
                    .help(
                        "name a plan file, or keep plans as `PLANS.md`, `*ExecPlan*.md`, in `.agent/`, `.agents/`, \
                         `plans/` or `docs/exec-plans/`",
                    )
                    .into());
            }
            found.extend(below);
        } else {
            found.push(argument.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    Ok(found)
}

/// Searches below a directory; what git ignores is left out. The directory's own name counts, so that everything in
/// `plans/` is found when `plans/` itself is named.
fn search(directory: &Path) -> Result<Vec<PathBuf>> {
    let places = places()?;
    let named = if directory.is_relative() {
        directory.to_owned()
    } else {
        directory.file_name().map(PathBuf::from).unwrap_or_default()
    };
    let mut found = Vec::new();
    let walk = ignore::WalkBuilder::new(directory)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "node_modules")))
        .sort_by_file_path(Ord::cmp)
        .build();
    for entry in walk.filter_map(Result::ok) {
        let relative = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        if entry.file_type().is_some_and(|kind| !kind.is_dir()) && places.is_match(named.join(relative)) {
            let path = entry.path();
            found.push(path.strip_prefix(".").unwrap_or(path).to_owned());
        }
    }
    Ok(found)
}

fn places() -> Result<GlobSet> {
    let mut builder = GlobSetBuilder::new();
    for place in PLACES {
        builder.add(GlobBuilder::new(place).case_insensitive(true).literal_separator(true).build()?);
    }
    Ok(builder.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_searched_where_plans_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let plans_at = [
            "PLANS.md",
            ".agent/execplan.md",
            ".agents/a/b.md",
            "plans/one.md",
            "app/docs/2026/exec-plans/two.md",
            "docs/My-ExecPlan-3.md",
        ];
        for file in
            plans_at.iter().chain(&["README.md", "docs/guide.md", "node_modules/x/PLANS.md", ".git/PLANS.md"])
        {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "# x\n").unwrap();
        }
        let mut found = plans(&[folder.path().to_owned()]).unwrap();
        let mut wanted: Vec<PathBuf> = plans_at.iter().map(|file| folder.path().join(file)).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);
    }
}
