//! Code blocks in a section that says what must hold: commands, what they must print, or what was printed once.

use crate::document::{BlockKind, Document, Source, Span};

use super::check::{ExitStatus, Stated, Step};
use super::draft::Draft;
use super::extract::Reader;
use super::found_by::FoundBy;
use super::refusal::Refusal;
use super::said::Said;
use super::step::Lead;
use super::words::{
    EXPECTATION, RECORDED, RED, REJECTS, RUN, UNWANTED, begins, has_word, is_optional, leads_on, negates,
    plain, says, word_places,
};
use super::zone::Zone;
use super::{printed, script, shape};

/// What a code block in a check section is.
enum BlockRole {
    /// Commands to run.
    Commands,
    /// What the commands above it must print.
    Output,
    /// What was printed once.
    Record,
    /// Commands for a shell that planproof does not run.
    Foreign(String),
    /// Sentences, an item of a list each, that say what must be seen.
    Sentences,
    /// Something else.
    Unclear,
}

/// What the info string of a fence says of its language.
enum Language {
    Shell,
    /// Another shell.
    Foreign,
    /// None, or plain text.
    Plain,
    Other,
}

/// Words of a lead-in to what a command prints.
const PRINTS: &[&str] = &[
    "expect",
    "expected",
    "print",
    "prints",
    "output",
    "outputs",
    "see",
    "show",
    "shows",
    "looks",
    "look like",
    "observe",
    "returns",
    "return",
    "produces",
    "produce",
    "response",
    "report",
    "reports",
    "contain",
    "contains",
    "yields",
    "期待",
    "預期",
    "预期",
    "出力",
    "输出",
    "기대",
    "출력",
];
/// Those of them that no sentence has which tells to run something.
const AWAITS: &[&str] = phrases! {
    "expected", "prints", "output", "outputs", "looks", "look like", "returns", "produces", "response", "reports",
    "contains", "yields", "期待", "預期", "预期", "出力", "输出", "기대", "출력",
};
/// Programs that end well whatever they are answered.
const ASKS: &[&str] =
    &["curl", "http", "cat", "echo", "grep", "rg", "head", "tail", "git", "psql", "sqlite3"];
/// Words of a lead-in to commands.
const RUNS: &[&str] = phrases! {
    "run", "execute", "commands", "command", "実行", "运行", "执行", "命令", "コマンド", "실행", "명령", "ejecutar",
    "запустить",
};

impl Reader<'_, '_, '_> {
    /// A code block that belongs to no field.
    pub(super) fn block(&mut self, block: usize) {
        if !self.reads_blocks() {
            return;
        }
        let source = self.document.source();
        let lines = self.document.lines_of(&self.document.blocks()[block]);
        let (Some(first), Some(end)) = (lines.first(), lines.last()) else { return };
        let whole = first.to(*end);
        let title = self.lead_in.clone();
        match self.block_role(block, &lines) {
            BlockRole::Commands => {
                let steps = script::steps(source, &lines);
                let found_by = match self.document.blocks()[block].kind {
                    _ if script::is_transcript(source, &lines) => FoundBy::Transcript,
                    BlockKind::Fence(_) => FoundBy::Fence,
                    _ => FoundBy::IndentedBlock,
                };
                self.steps(steps, found_by);
            }
            BlockRole::Output => {
                let text = script::text(source, &lines);
                let lead = plain(&title);
                match &mut self.open {
                    // What it prints as long as the work is not done is no proof of it.
                    Some(open) if !open.bare && is_before_the_work(&lead, &text) => open.draft.fails_before(),
                    Some(open) if !open.bare && !open.draft.expects() => {
                        open.draft.printed_block(text, whole);
                    }
                    _ if self.zone == Zone::Holds => {
                        self.begin(Draft::manual(whole, FoundBy::Criterion, Refusal::SecondOutput), title);
                    }
                    _ => {}
                }
            }
            BlockRole::Foreign(language) => {
                // Each is a check of its own, though none is run here.
                for (span, command) in foreign_commands(source, &lines) {
                    let refusal = Refusal::Language(language.clone());
                    let lead = self.lead().filter(|lead| *lead == Lead::Ordered);
                    self.begin_step(Draft::manual(span, FoundBy::Fence, refusal), command, lead);
                }
            }
            BlockRole::Sentences if self.has_one_step() => {
                let prose = Stated::new(script::text(source, &lines), whole);
                if let Some(open) = &mut self.open {
                    open.draft.say(Said { prose: Some(prose), ..Said::default() });
                }
            }
            BlockRole::Sentences | BlockRole::Unclear if self.zone == Zone::Holds => {
                self.begin(Draft::manual(whole, FoundBy::Criterion, Refusal::UnclearBlock), title);
            }
            BlockRole::Record | BlockRole::Sentences | BlockRole::Unclear => {}
        }
    }

    /// Whether the check that is open is one command of which nothing is said yet.
    fn has_one_step(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| !open.bare && open.draft.check.steps.len() == 1 && !open.draft.expects())
    }

    fn block_role(&self, block: usize, lines: &[Span]) -> BlockRole {
        let source = self.document.source();
        let lead = plain(&self.lead_in);
        let (language, name) = language(&self.document.blocks()[block].kind);
        let recorded = begins(&lead, RECORDED)
            || says(
                &lead,
                phrases! {
                    "observed:", "observed output", "recorded output", "recorded result", "completed on",
                    "result was", "already produced",
                },
            );
        // What a prompt stands before is a command in whatever language the fence calls itself.
        match language {
            _ if recorded => BlockRole::Record,
            Language::Foreign if reads_the_same(source, lines) => BlockRole::Commands,
            Language::Foreign => BlockRole::Foreign(name),
            Language::Shell => BlockRole::Commands,
            Language::Plain if script::is_transcript(source, lines) => BlockRole::Commands,
            Language::Plain => plain_role(source, lines, &lead),
            Language::Other if has_word(last_sentence(&lead), PRINTS) => BlockRole::Output,
            Language::Other => BlockRole::Unclear,
        }
    }
}

/// What a block without a language is, by what leads to it and by its lines.
fn plain_role(source: &Source, lines: &[Span], lead: &str) -> BlockRole {
    let last = last_sentence(lead);
    // "It should no longer print:" and "Output today, which is wrong:" show what must not be there.
    if has_word(last, PRINTS) && (negates(last) || says(last, UNWANTED)) {
        return if all_commands(source, lines, false) { BlockRole::Commands } else { BlockRole::Unclear };
    }
    let expects = has_word(last, PRINTS);
    let runs = has_word(last, RUNS);
    let awaits = !lead.trim_end_matches(['*', '_', ' ']).ends_with(['.', '。'])
        && (begins(last.trim_start(), EXPECTATION) || has_word(last, AWAITS))
        && said_before(lead, Span::default(), "").is_none();
    // "Expect a clean build." is whole without the commands below it, and "Print it:" leads to one that prints.
    if expects && printed::are_sentences(source, lines, last) {
        BlockRole::Sentences
    } else if expects && !runs && (awaits || !all_commands(source, lines, false)) {
        BlockRole::Output
    } else if all_commands(source, lines, runs) {
        BlockRole::Commands
    } else if expects {
        BlockRole::Output
    } else if is_for_windows(source, lines) {
        BlockRole::Foreign("powershell".to_owned())
    } else {
        BlockRole::Unclear
    }
}

/// The language of a block as its info string tells it, and what that calls it.
fn language(kind: &BlockKind) -> (Language, String) {
    let BlockKind::Fence(fence) = kind else {
        return (Language::Plain, String::new());
    };
    let name = fence.info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    let language = match name.as_str() {
        "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "shellsession" | "terminal"
        | "shellscript" => Language::Shell,
        "powershell" | "ps1" | "pwsh" | "cmd" | "bat" | "batch" | "fish" | "nu" => Language::Foreign,
        "" | "text" | "plaintext" | "txt" | "plain" => Language::Plain,
        _ => Language::Other,
    };
    (language, name)
}

/// Whether a block says by itself that it is commands: by its language, or by every line of it.
pub(super) fn reads_as_commands(document: &Document, block: usize) -> bool {
    let block = &document.blocks()[block];
    match language(&block.kind).0 {
        Language::Shell | Language::Foreign => true,
        Language::Plain => {
            let lines = document.lines_of(block);
            let source = document.source();
            script::is_transcript(source, &lines) || all_commands(source, &lines, false)
        }
        Language::Other => false,
    }
}

/// Whether every command in a block without a language has the shape of one.
///
/// The first line of each command is looked at, since the rest may be anything: the body of a here-document, the
/// arguments below a backslash. Below a lead-in that says "run" the shape is enough; elsewhere it must have what
/// prose has not, since people put much else into blocks.
pub(super) fn all_commands(source: &Source, lines: &[Span], runs: bool) -> bool {
    let steps = script::steps(source, lines);
    let is_path = |step: &Step| {
        shape::shape(step.command.trim()) == shape::Shape::Path && shape::is_among_programs(&step.command)
    };
    // A program by its path alone, `build/unit-tests`, is one beside what can be nothing but commands.
    let vouched = steps.iter().any(|step| !is_path(step));
    !steps.is_empty()
        && steps.iter().all(|step| {
            let first = step.command.lines().next().unwrap_or_default().trim();
            let compound = ["for ", "if ", "while ", "(", "{ ", "set ", "[ ", "[[ ", "! "]
                .iter()
                .any(|start| first.starts_with(start));
            let assigns = shape::program(first).is_none() && first.contains('=');
            compound
                || assigns
                || shape::is_command_line(first)
                || first.starts_with("$EDITOR")
                || first.starts_with("$HOME/")
                || (runs && shape::shape(first) != shape::Shape::None)
                || (vouched && is_path(step))
        })
}

/// Whether a lead-in such as "If Docker is available:" asks for the commands below it only where they can be had.
pub(super) fn is_led_by_condition(lead: &str) -> bool {
    let last = last_sentence(lead);
    leads_on(last) && is_optional(last)
}

/// The commands of a block for another shell, a line each; `^` and `` ` `` continue one there as `\` does here.
fn foreign_commands(source: &Source, lines: &[Span]) -> Vec<(Span, String)> {
    let mut found: Vec<(Span, String)> = Vec::new();
    let mut goes_on = false;
    for &line in lines {
        let said = source.slice(line).trim();
        if said.is_empty() || said.starts_with('#') || said.starts_with("REM ") {
            continue;
        }
        match found.last_mut() {
            Some((span, command)) if goes_on => {
                *span = span.to(line);
                command.push(' ');
                command.push_str(said);
            }
            _ => found.push((line, said.to_owned())),
        }
        goes_on = said.ends_with(['^', '`', '\\', '|', '{', '(']);
    }
    found
}

/// Whether every command of a block for another shell is the same command in every shell: a program that everybody knows,
/// that no shell has a command of its own for, and words without a sign that means something to one of them.
fn reads_the_same(source: &Source, lines: &[Span]) -> bool {
    /// What PowerShell, `cmd` or `nu` have another command for.
    const OWN: &[&str] = &[
        "cat", "cd", "cp", "curl", "date", "diff", "echo", "export", "find", "kill", "less", "ls", "man",
        "mkdir", "more", "mv", "popd", "ps", "pushd", "pwd", "rm", "rmdir", "set", "sleep", "sort", "source",
        "start", "tee", "test", "time", "touch", "type", "wget", "where", "which",
    ];
    let commands = foreign_commands(source, lines);
    !commands.is_empty()
        && commands.iter().all(|(span, command)| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" -_./:=+\"".contains(&byte);
            let program = command.split(' ').next().unwrap_or_default();
            // A line that goes on does so by a sign of its own in each shell.
            source.slice(*span).trim() == command
                && command.bytes().all(is_plain)
                && shape::is_familiar(command)
                && !OWN.contains(&program)
        })
}

/// Whether a block without a language is commands for a shell of Windows.
fn is_for_windows(source: &Source, lines: &[Span]) -> bool {
    const STARTS: &[&str] = phrases! {
        ".\\", "$env:", "get-", "set-", "test-path", "invoke-", "new-item", "remove-item", "select-string",
        "copy-item", "powershell", "pwsh", "cmd /c", "cmd.exe", "c:\\",
    };
    lines.iter().any(|line| {
        let said = plain(source.slice(*line).trim_start());
        STARTS.iter().any(|start| said.starts_with(start)) || said.contains(".ps1")
    })
}

/// Whether an expected output is that of a step before the work is done: its lead-in says so, or it is the verdict of a
/// test that fails, with which no plan ends.
fn is_before_the_work(lead: &str, text: &str) -> bool {
    let last = last_sentence(lead);
    let before = has_word(last, &["before", "initially"]) && !says(last, &["as before", "after"]);
    before || text.trim_start().starts_with("FAIL ")
}

/// What a lead-in such as "Run the tests (expect a failure):" or "This must fail:" says of the commands below it.
pub(super) fn said_before(lead: &str, span: Span, command: &str) -> Option<Said> {
    let last = last_sentence(lead);
    if orders_and_expects(lead) {
        let mut said = Said::default();
        said.sentence(last, span, command);
        if said.is_silent() {
            said.prose = Some(Stated::new(last.to_owned(), span));
        }
        return Some(said);
    }
    // Only what ends with a colon leads to the block; what stands above it may speak of something else. "次のコマンドが全て
    // 成功する。" says of the commands themselves that they come next.
    if !leads_on(last) && !passes_next(last) {
        return None;
    }
    let expects = ["expect ", "expecting ", "expected to "].iter().filter_map(|word| last.find(word)).min();
    let Some(at) = expects else {
        if passes(last) {
            let exit_status = Some(Stated::new(ExitStatus::Code(0), span));
            let prose = bounds(last).then(|| Stated::new(last.to_owned(), span));
            return Some(Said { exit_status, prose, ..Said::default() });
        }
        return rejects(last, command).then(|| Said {
            exit_status: Some(Stated::new(ExitStatus::NonZero, span)),
            red: has_word(last, RED) && !says(last, &["as before"]),
            ..Said::default()
        });
    };
    let words = last[at..].trim_end_matches([' ', ':', ')', '*']);
    // "What to expect:" and "Expect this output:" lead to a block.
    let leads =
        words.split_whitespace().count() < 2 || has_word(words, &["following", "output", "below", "like"]);
    let mut said = Said::default();
    if !leads {
        said.sentence(words, span, command);
    }
    (!said.is_silent()).then_some(said)
}

/// Whether a lead-in says that what stands below it passes: "The change must pass:", "All of these succeed:", "Run the gates
/// and observe a clean run:".
pub(super) fn passes(last: &str) -> bool {
    const CLEAN: &[&str] =
        phrases! { "a clean run", "clean runs", "a green run", "clean results", "all green" };
    let last = last.trim_end_matches(['*', '_', ' ', ':', '：', '。', '.']);
    if CLEAN.iter().any(|end| last.ends_with(end))
        && has_word(last, &["expect", "observe", "see", "must", "should"])
    {
        return !negates(last);
    }
    [
        "pass",
        "succeed",
        "be green",
        "are green",
        "complete successfully",
        "exit 0",
        "exit with 0",
        "通过",
        "成功",
        "成功する",
        "成功すること",
        "成功します",
        "通る",
        "通ること",
        "パスする",
        "パスすること",
        "통과한다",
        "통과해야 한다",
        "통과합니다",
        "성공한다",
        "성공해야 한다",
    ]
    .iter()
    .any(|end| last.ends_with(end))
        && has_word(
            last,
            &[
                "must",
                "should",
                "all",
                "these",
                "both",
                "every",
                "following",
                "commands",
                "必须",
                "全部",
                "全て",
                "すべて",
                "모두",
                "모든",
            ],
        )
        && !negates(last)
}

/// Whether a sentence in a language whose verb stands at the end bounds success before it: 全て3秒以内に成功する.
fn bounds(last: &str) -> bool {
    const BOUNDS: &[&str] = phrases! {
        "以内", "以上", "未満", "未满", "秒", "分钟", "回", "遍", "%", "％", "이내", "이상", "미만", "초",
    };
    !last.is_ascii() && last.contains(|digit: char| digit.is_ascii_digit()) && says(last, BOUNDS)
}

/// Whether a sentence says of the commands that come next that they pass, with a full stop and no colon.
fn passes_next(last: &str) -> bool {
    const NEXT: &[&str] = phrases! { "the following commands", "the commands below", "次の", "以下の", "下記の", "以下命令", "下列命令", "다음", "아래" };
    has_word(last, NEXT) && passes(last)
}

/// Whether a lead-in says no more than what the commands below it come to, so that it is no criterion beside them.
pub(super) fn tells_all(lead: &str) -> bool {
    orders_and_expects(lead) || (passes_next(lead) && last_sentence(lead).len() == lead.len())
}

/// Whether a lead-in says that the commands below it fail: "This must fail:", "Check that an unknown flag is rejected:".
///
/// Where something else than the commands is rejected, a command that tests shows it by its success, and so does one that
/// only asks or looks.
fn rejects(last: &str, command: &str) -> bool {
    let Some(at) = word_places(last, REJECTS).min() else { return false };
    let before = &last[..at];
    let conditional = begins(last, &["if ", "when ", "should ", "in case"])
        || says(last, &["tests that", "that fail", "which fail", "whether", "what fail"])
        || negates(before);
    let orders = has_word(before, &["must", "should", "will"]) && !has_word(before, &["that"]);
    let names_commands = has_word(before, &["this", "it", "these", "they", "both", "command", "commands"]);
    let asks = shape::program(command).is_some_and(|(program, _)| ASKS.contains(&shape::base(program)));
    !conditional && !asks && (orders || names_commands || !shape::verifies(command))
}

/// Whether a lead-in such as "Run the suite. Expect every suite to pass." tells to do what the commands below it do, and
/// closes with what is expected of them: it leads to them though it ends like any sentence.
pub(super) fn orders_and_expects(lead: &str) -> bool {
    let first = lead.split_whitespace().next().map(|word| word.trim_matches(['*', '_']));
    // "Run `make a`. Expect …" has its command, and leads to none.
    first.is_some_and(|word| RUN.contains(&word))
        && !lead.contains('`')
        && begins(last_sentence(lead), EXPECTATION)
}

/// The last sentence of a lead-in: what stands right before the block.
fn last_sentence(lead: &str) -> &str {
    lead.trim_end().trim_end_matches('.').rsplit_once(". ").map_or(lead, |(_, last)| last)
}
