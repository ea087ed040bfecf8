//! An overlay in a namespace of its own, reached through `/proc`; its directories stay when it has gone.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{super::View, directory, sh};

pub(super) struct Overlay {
    // Ends the namespace, before its directories are removed.
    holder: Child,
    files: tempfile::TempDir,
}

impl Overlay {
    /// With this script run in the real workspace first; `None`, said why, where there can be no overlay.
    pub(super) fn over(setup: &str) -> Option<Self> {
        let files = tempfile::tempdir().unwrap();
        for name in ["lower", "upper", "work", "view"] {
            std::fs::create_dir(files.path().join(name)).unwrap();
        }
        sh(&files.path().join("lower"), setup);
        let options = "userxattr,lowerdir=lower,upperdir=upper,workdir=work";
        let script = format!("mount -t overlay overlay -o {options} view && echo ready && exec cat");
        let mut holder = Command::new("unshare")
            .args(["-Urm", "sh", "-c", &script])
            .current_dir(files.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.trim() != "ready" {
            let output = holder.wait_with_output().unwrap();
            println!("skipped, no overlay: {}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        Some(Self { holder, files })
    }

    /// The workspace as its commands see it.
    pub(super) fn merged(&self) -> PathBuf {
        let path = self.files.path().strip_prefix("/").unwrap().join("view");
        Path::new(&format!("/proc/{}/root", self.holder.id())).join(path)
    }

    pub(super) fn lower(&self) -> PathBuf {
        self.files.path().join("lower")
    }

    pub(super) fn upper(&self) -> PathBuf {
        self.files.path().join("upper")
    }

    pub(super) fn view(&self) -> View {
        View::new(directory(&self.upper()), directory(&self.lower())).unwrap()
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
        // Closed directories, and the one that the overlay works in.
        let _ = Command::new("chmod").args(["-R", "u+rwx"]).arg(self.files.path()).output();
        let _ = Command::new("rm").arg("-rf").arg(self.files.path()).output();
    }
}
