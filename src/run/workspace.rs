//! What the checks of a plan may write to, as paths that exist.
//!
//! The sandbox's rules name files and folders, not globs, so a glob becomes the folder that it covers whole, or the
//! files that match it now.

use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::plan::{Constraints, Stated};
use crate::policy::PROTECTED;

/// Ignored names that build tools make as folders, whether or not `.gitignore` says so with a `/` at the end.
const BUILD_FOLDERS: &[&str] =
    &["target", "build", "dist", "out", "node_modules", "coverage", "bin", "obj", "venv", "__pycache__"];

/// At most this many single files are granted for one glob; more would make every start of a check slow.
const MOST_FILES: usize = 4096;

/// The writable paths, and the folders that were made so that they can be named. Those that are still empty are
/// removed when it is dropped.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    /// What decides about this run and later ones; never writable.
    protected: Vec<PathBuf>,
    writable: Vec<PathBuf>,
    made: Vec<PathBuf>,
    /// What could not be granted, one line each.
    pub notes: Vec<String>,
}

impl Workspace {
    /// Looks at the workspace at `root`, an absolute path with links resolved.
    ///
    /// Writable are the allowed directories of the plan and the folders that git ignores, which is where builds put
    /// their results. Folders that are named but missing are made. The plan itself, `.git`, `planproof.toml` and
    /// `.agent-locks.yaml` are never writable: a check could change what later runs do, or have git run commands.
    /// Nor is anything `hidden`, which could then be read.
    pub fn prepare(root: &Path, plan: &Path, constraints: Option<&Constraints>, hidden: &[PathBuf]) -> Self {
        let mut protected: Vec<PathBuf> = PROTECTED.iter().map(|name| root.join(name)).collect();
        protected.extend(plan.canonicalize());
        protected.extend(hidden.iter().filter_map(|path| path.canonicalize().ok()));
        let mut workspace = Self {
            root: root.to_owned(),
            protected,
            writable: Vec::new(),
            made: Vec::new(),
            notes: Vec::new(),
        };
        for glob in constraints.and_then(|rules| rules.allowed_directories.as_ref()).into_iter().flatten() {
            workspace.allow(glob);
        }
        if root.join(".git").exists() {
            workspace.allow_ignored();
        }
        workspace.writable.sort();
        workspace.writable.dedup();
        workspace
    }

    /// The paths that may be written to: folders with everything in them, and single files.
    pub fn writable(&self) -> &[PathBuf] {
        &self.writable
    }

    /// Whether a path exists only because it was made so that it can be named, and holds nothing yet.
    pub fn only_made(&self, path: &str) -> bool {
        let path = self.root.join(path.trim_start_matches("./").trim_end_matches('/'));
        self.made.contains(&path) && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// The folders that exist only because they were made, relative to the workspace.
    pub fn made_and_empty(&self) -> impl Iterator<Item = String> + '_ {
        let relative = self.made.iter().filter_map(|path| path.strip_prefix(&self.root).ok()?.to_str());
        relative.filter(|path| self.only_made(path)).map(str::to_owned)
    }

    fn allow(&mut self, glob: &Stated<String>) {
        let pattern = glob.value.trim().trim_start_matches("./");
        let folder = pattern.strip_suffix("/**").or_else(|| pattern.strip_suffix('/')).unwrap_or(pattern);
        if matches!(pattern, "**" | "*" | "." | "") {
            self.grant(&self.root.clone(), &glob.value);
        } else if !folder.contains(['*', '?', '[', '{']) {
            let path = self.root.join(folder);
            if !path.exists() {
                self.make(folder);
            }
            self.grant(&path, &glob.value);
        } else {
            self.grant_matching_files(pattern);
        }
    }

    fn make(&mut self, folder: &str) {
        if Path::new(folder).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
            return;
        }
        let mut path = self.root.clone();
        for part in Path::new(folder).components() {
            path.push(part);
            if fs::create_dir(&path).is_ok() {
                self.made.push(path.clone());
            }
        }
    }

    /// Grants a path if, links resolved, it lies inside the workspace.
    fn grant(&mut self, path: &Path, rule: &str) {
        match fs::canonicalize(path) {
            Ok(real) if real.starts_with(&self.root) => self.grant_around_protected(&real),
            Ok(real) => {
                self.notes
                    .push(format!("`{rule}` leads out of the workspace to {}: not writable", real.display()));
            }
            Err(error) => self.notes.push(format!("`{rule}` cannot be made writable: {error}")),
        }
    }

    /// Grants a folder; where something protected lies below it, all else in it, one by one, since a grant covers
    /// everything beneath.
    fn grant_around_protected(&mut self, path: &Path) {
        if self.protected.iter().any(|protected| path.starts_with(protected)) {
            let name = path.strip_prefix(&self.root).unwrap_or(path).display();
            self.notes.push(format!("`{name}` decides about what runs: not writable"));
        } else if self.protected.iter().any(|protected| protected.starts_with(path)) {
            let name = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
            let name = if name.is_empty() { "the workspace".to_owned() } else { format!("`{name}`") };
            self.notes.push(format!(
                "new files right in {name} cannot be made, since the plan, `.git` or a secret is there"
            ));
            let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
            for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink())) {
                self.grant_around_protected(&entry.path());
            }
        } else {
            self.writable.push(path.to_owned());
        }
    }

    fn grant_matching_files(&mut self, pattern: &str) {
        let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else { return };
        let matcher = glob.compile_matcher();
        let before = self.writable.len();
        let walk = ignore::WalkBuilder::new(&self.root).standard_filters(false).follow_links(false).build();
        for entry in walk.filter_map(Result::ok) {
            let Ok(relative) = entry.path().strip_prefix(&self.root) else { continue };
            let plain_file = entry.file_type().is_some_and(|kind| kind.is_file())
                && !self.protected.iter().any(|protected| entry.path().starts_with(protected));
            if plain_file && matcher.is_match(relative) && self.writable.len() - before < MOST_FILES {
                self.writable.push(entry.path().to_owned());
            }
        }
        self.notes.push(format!(
            "`{pattern}` does not end in `/**`, so only the {} files that match it now are writable",
            self.writable.len() - before
        ));
    }

    /// Grants the folders that git ignores. git itself is not asked: a repository's own configuration can make it
    /// run commands.
    fn allow_ignored(&mut self) {
        let root = self.root.clone();
        let ignored = root_ignores(&root);
        for name in plain_names(&root) {
            let path = root.join(&name);
            if !path.exists() && ignored.matched_path_or_any_parents(&name, true).is_ignore() {
                self.make(&name);
            }
        }
        let mut folders = vec![(root, vec![ignored])];
        while let Some((folder, ignores)) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.filter_map(Result::ok) {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if !is_folder || entry.file_name() == ".git" {
                    continue;
                }
                let path = entry.path();
                if is_ignored(&ignores, &path) {
                    self.grant_around_protected(&path);
                    continue;
                }
                let mut inner = ignores.clone();
                let (own, _) = Gitignore::new(path.join(".gitignore"));
                if !own.is_empty() {
                    inner.push(own);
                }
                folders.push((path, inner));
            }
        }
    }
}

/// All ignore rules of a workspace, those of the root first, without those in ignored folders.
pub(super) fn ignores(root: &Path) -> Vec<Gitignore> {
    let mut all = vec![root_ignores(root)];
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let path = entry.path();
            if !is_folder || entry.file_name() == ".git" || is_ignored(&all, &path) {
                continue;
            }
            let (own, _) = Gitignore::new(path.join(".gitignore"));
            if !own.is_empty() {
                all.push(own);
            }
            folders.push(path);
        }
    }
    all
}

/// The ignore rules at the root of a repository: `.gitignore` and `.git/info/exclude`.
fn root_ignores(root: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    builder.add(root.join(".git/info/exclude"));
    builder.add(root.join(".gitignore"));
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The nearest `.gitignore` that says anything about a folder decides
/// (<https://git-scm.com/docs/gitignore#_description>).
fn is_ignored(ignores: &[Gitignore], folder: &Path) -> bool {
    let near = ignores.iter().rev().filter(|rules| folder.starts_with(rules.path()));
    let decision = near.map(|rules| rules.matched(folder, true)).find(|found| !found.is_none());
    decision.is_some_and(|found| found.is_ignore())
}

/// The entries of the root `.gitignore` that name one folder without wildcards, such as `/target` or `results/`: on a
/// fresh checkout they do not exist yet, and a build is going to make them.
fn plain_names(root: &Path) -> Vec<String> {
    let Ok(text) = fs::read_to_string(root.join(".gitignore")) else { return Vec::new() };
    let plain = |line: &&str| {
        let name = line.trim_matches('/');
        let folder = line.ends_with('/') || BUILD_FOLDERS.contains(&name);
        folder && !name.is_empty() && !name.contains(['*', '?', '[', '\\', '!', '#', ' ', '.', '/'])
    };
    text.lines().map(str::trim).filter(plain).map(|line| line.trim_matches('/').to_owned()).collect()
}

impl Drop for Workspace {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // Fails where something was put into it, which is then meant to stay.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Span;

    fn names(workspace: &Workspace) -> Vec<String> {
        let relative =
            |path: &PathBuf| path.strip_prefix(&workspace.root).unwrap().to_string_lossy().into_owned();
        workspace.writable().iter().map(relative).collect()
    }

    fn allowing(globs: &[&str]) -> Constraints {
        let globs = globs.iter().map(|glob| Stated::new((*glob).to_owned(), Span::default())).collect();
        Constraints { allowed_directories: Some(globs), ..Constraints::default() }
    }

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        (folder, root)
    }

    #[test]
    fn allowed_directories_are_made_and_removed_again_if_they_stay_empty() {
        let (_keep, root) = folder();
        let workspace =
            Workspace::prepare(&root, &root.join("PLANS.md"), Some(&allowing(&["src/**", "./tests/"])), &[]);
        assert_eq!(names(&workspace), ["src", "tests"]);
        fs::write(root.join("src/kept"), "").unwrap();
        drop(workspace);
        assert!(root.join("src/kept").exists() && !root.join("tests").exists());
    }

    #[test]
    fn a_link_that_leads_out_of_the_workspace_is_not_writable() {
        let (_keep, root) = folder();
        let (_other, outside) = folder();
        std::os::unix::fs::symlink(&outside, root.join("src")).unwrap();
        let workspace =
            Workspace::prepare(&root, &root.join("PLANS.md"), Some(&allowing(&["src/**", "../x/**"])), &[]);
        assert_eq!(names(&workspace), [""; 0]);
        assert_eq!(workspace.notes.len(), 2);
    }

    #[test]
    fn a_glob_inside_a_folder_grants_only_the_files_it_matches() {
        let (_keep, root) = folder();
        fs::create_dir(root.join("src")).unwrap();
        fs::write(root.join("src/a.rs"), "").unwrap();
        fs::write(root.join("src/b.txt"), "").unwrap();
        let workspace =
            Workspace::prepare(&root, &root.join("PLANS.md"), Some(&allowing(&["src/*.rs"])), &[]);
        assert_eq!(names(&workspace), ["src/a.rs"]);
    }

    #[test]
    fn what_decides_about_later_runs_is_never_writable() {
        let (_keep, root) = folder();
        for made in [".git/hooks", "src", "docs/plans"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        for file in ["planproof.toml", "README.md", "docs/plans/PLANS.md", "docs/guide.md"] {
            fs::write(root.join(file), "").unwrap();
        }
        let plan = root.join("docs/plans/PLANS.md");
        let workspace = Workspace::prepare(&root, &plan, Some(&allowing(&["**", ".git/**"])), &[]);
        assert_eq!(names(&workspace), ["README.md", "docs/guide.md", "src"]);
    }

    #[test]
    fn folders_that_git_ignores_are_writable_files_are_not() {
        let (_keep, root) = folder();
        for made in [".git", "node_modules", "app/out", "app/src"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        fs::write(root.join(".gitignore"), "/target\nnode_modules/\n.env\n*.log\n").unwrap();
        fs::write(root.join("app/.gitignore"), "out/\n").unwrap();
        fs::write(root.join(".env"), "SECRET=1").unwrap();
        let workspace = Workspace::prepare(&root, &root.join("PLANS.md"), None, &[]);
        assert_eq!(names(&workspace), ["app/out", "node_modules", "target"]);
        drop(workspace);
        assert!(!root.join("target").exists());
    }
}
