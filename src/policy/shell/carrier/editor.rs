//! Commands of `vim` and its like: what they write, and what they run.

use std::sync::LazyLock;

use super::super::text::Text;
use super::super::{Invocation, ScopeKind, Word};
use super::{Reader, code_of};
use crate::policy::names::Names;

/// Commands that look, or change only the text in memory.
static HARMLESS: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[
        "= P b bn bp buffers co colorscheme copy cq cquit d delete e echo echom edit filetype h help j join l list ls m \
        messages move nu number p print q qa qall quit quita quitall redraw retab s scriptnames se set setlocal sort substitute \
        sy syn syntax t u undo ver version che checkhealth noh nohlsearch",
    ])
});

/// Commands that write the file that they name, or the one that is edited.
static WRITES: LazyLock<Names> =
    LazyLock::new(|| Names::of(&["exit sav saveas up update w wa wall wn wq wqa write x xa xit"]));

/// Functions and commands with which text is run, and settings that name programs.
const RUNNING: [&str; 10] =
    ["system(", "systemlist(", "job_start", "jobstart", "termopen", "\\=", "execute", "prg", "shell", "expr"];

impl Reader<'_> {
    /// The commands of an editor in one word, with `|` between them.
    pub(super) fn ex(&mut self, word: &Word, invocation: &Invocation) {
        let (text, computed) = code_of(word);
        let whole = text.as_str();
        if computed {
            self.ask(&word.span, "a command of an editor that is computed at run time");
        }
        if RUNNING.iter().any(|name| whole.contains(name)) {
            self.foreign("vim", &text, invocation);
            return self.ask(&word.span, "a command of an editor, which may run programs");
        }
        let mut start = 0;
        for piece in whole.split_inclusive('|') {
            let command = piece.trim_end_matches('|');
            let ranged = command.trim_start_matches([':', ' ']);
            let ranged = ranged
                .strip_prefix("silent")
                .or(ranged.strip_prefix("sil"))
                .map_or(ranged, |rest| rest.strip_prefix('!').unwrap_or(rest).trim_start());
            let plain = ranged.trim_start_matches(|c: char| c.is_ascii_digit() || "%$.,+ ".contains(c));
            let at = start + command.len() - plain.len();
            // What stands behind `!` is the shell's, with every `|` in it.
            if let Some(from) = shell_text(plain) {
                let code = text.slice(at + from..whole.len());
                return self.code(code, Some(ScopeKind::Subshell), true, invocation, " !");
            }
            let length = plain.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(plain.len());
            let (name, rest) = plain.split_at(length);
            if WRITES.has(name) {
                let file = rest.strip_prefix('!').unwrap_or(rest).trim_start_matches(['>', ' ']).trim_end();
                if file.is_empty() {
                    self.edited(invocation);
                } else {
                    let from = at + plain.len() - rest.len() + rest.find(file).unwrap_or(0);
                    let file = text.slice(from..from + file.len());
                    let span = file.span();
                    self.carried.writes.push(((!computed).then_some(file), span, invocation.program.clone()));
                }
            } else if !(name.is_empty() && rest.trim().is_empty()
                || HARMLESS.has(name)
                || matches!(name, "r" | "read"))
            {
                self.ask(&word.span, "a command of an editor, which may write files or run programs");
            }
            start += piece.len();
        }
    }

    /// The files that the editor was started with.
    fn edited(&mut self, invocation: &Invocation) {
        let mut words = invocation.words().iter();
        while let Some(word) = words.next() {
            let text = word.text.as_deref().unwrap_or(&word.prefix);
            if text.starts_with('-') && text.len() > 1 {
                // `-sc 'x'`: the last of a cluster takes the next word.
                let takes = matches!(text, "--cmd" | "-S" | "-u" | "-i" | "-T" | "-w" | "-W")
                    || !text.starts_with("--") && text.ends_with('c');
                if takes {
                    words.next();
                }
            } else if !text.starts_with('+') {
                let file = word.text.as_ref().map(|text| Text::copied(text, &word.places));
                self.carried.writes.push((file, word.span.clone(), invocation.program.clone()));
            }
        }
    }
}

/// Where the shell text begins in `!cmd`, `r !cmd` and `w !cmd`; `w!` only insists.
fn shell_text(command: &str) -> Option<usize> {
    if command.starts_with('!') {
        return Some(1);
    }
    let name = command.find(|c: char| !c.is_ascii_alphabetic())?;
    let rest = &command[name..];
    let bang = rest.trim_start();
    let runs = match &command[..name] {
        "r" | "read" => bang.starts_with('!'),
        "w" | "write" => rest.starts_with(' ') && bang.starts_with('!'),
        _ => false,
    };
    runs.then(|| command.len() - bang.len() + 1)
}
