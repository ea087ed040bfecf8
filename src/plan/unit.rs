//! Where the pieces of a section stand: the units they form, the places they name, the criteria among them.

use crate::document::{BlockKind, CodeSpan, Document, Span};

use super::check::Stated;
use super::directory::{self, Place};
use super::draft::shortened;
use super::extract::Reader;
use super::field::Piece;
use super::inline;
use super::keyed;
use super::literal;
use super::predicate::Said;
use super::text::Text;
use super::words::{EXPECTATION, FAILS, RUN, begins, has_word, leads_on, plain, says, sentences};

/// The pieces of one top-level item, or of the text between lists.
pub(super) struct Unit<'p, 'd> {
    /// The top-level item.
    pub item: Option<usize>,
    pub pieces: &'p [Piece<'d>],
}

/// The top-level item of each block, found in one pass however deep blocks nest.
pub(super) fn top_items(document: &Document) -> Vec<Option<usize>> {
    let mut tops: Vec<Option<usize>> = Vec::with_capacity(document.blocks().len());
    for (index, block) in document.blocks().iter().enumerate() {
        let above = block.parent.and_then(|parent| tops[parent]);
        let own = matches!(block.kind, BlockKind::Item { .. }).then_some(index);
        tops.push(above.or(own));
    }
    tops
}

impl Reader<'_, '_, '_> {
    /// Whether a text without a command is something that must hold, so that it needs a person: an innermost item,
    /// or a paragraph that does not just lead to what follows.
    pub(super) fn states_a_criterion(&self, block: usize, text: &str, commentary: bool) -> bool {
        let blocks = self.document.blocks();
        let leads = leads_on(text);
        let parent = blocks[block].parent;
        match parent.map(|parent| &blocks[parent].kind) {
            Some(BlockKind::Item { ticked }) => {
                parent == block.checked_sub(1) && !leads && (!commentary || ticked.is_some())
            }
            _ => !leads && !commentary && !is_advice(&plain(text)),
        }
    }

    /// Whether a text is the first of an item.
    pub(super) fn is_item(&self, block: usize) -> bool {
        let blocks = self.document.blocks();
        let parent = blocks[block].parent.filter(|parent| Some(*parent) == block.checked_sub(1));
        parent.is_some_and(|parent| matches!(blocks[parent].kind, BlockKind::Item { .. }))
    }

    /// The place for a command in these lines: the nearest that says one wins.
    pub(super) fn place_of(&self, lines: &[Span], code: &[CodeSpan<'_>]) -> Option<Place> {
        let own = self.place_in(lines, code, false);
        own.or_else(|| self.place_around())
    }

    /// The place that what stands around a text says: the title of its item, the text above its list, or the section.
    pub(super) fn place_around(&self) -> Option<Place> {
        let near = self.item_place.as_ref().or(self.list_place.as_ref());
        near.or(self.section_place.as_ref()).cloned()
    }

    /// The place that these lines name; `value` where they are the value of `Working directory`, which needs no word
    /// such as "in" before it.
    pub(super) fn place_in(&self, lines: &[Span], code: &[CodeSpan<'_>], value: bool) -> Option<Place> {
        let source = self.document.source();
        let named = lines.iter().find_map(|line| {
            directory::named(source.slice(*line), line.start, crate::document::spans_in(code, *line))
        });
        named.or_else(|| {
            let line = lines.first().filter(|_| value)?;
            directory::stated(code.first().map_or(source.slice(*line), |code| code.text.as_ref()), *line)
        })
    }

    /// Lays "The last command must exit with status 2" on the check above it, whatever else is known of that one.
    fn is_status_of_open(&mut self, lower: &str, text: &Text<'_>) -> bool {
        let Some(open) = self.open.as_mut().filter(|open| !open.bare && open.draft.is_told()) else {
            return false;
        };
        let speaks = begins(lower, EXPECTATION) || subject_of(lower).is_some();
        if !speaks || open.draft.check.exit_status.is_some() || !text.code.is_empty() {
            return false;
        }
        let span = text.lines.iter().copied().reduce(Span::to).unwrap_or_default();
        let mut said = Said::default();
        said.sentence(lower, span, open.draft.last_command());
        let states = said.exit_status.is_some() && said.output.is_none();
        if states {
            open.draft.say(Said { prose: None, ..said });
        }
        states
    }

    /// Lays a sentence such as "Expect all tests to pass" on the check before it, if that one has none yet.
    pub(super) fn is_expectation_of_open(&mut self, lower: &str, text: &Text<'_>) -> bool {
        let below = self.below_commands;
        let words = if below { self.words(text.lines) } else { String::new() };
        if below && self.is_status_of_open(lower, text) {
            return true;
        }
        let Some(open) = self.open.as_mut().filter(|open| !open.bare && !open.draft.is_told()) else {
            return false;
        };
        let leads = leads_on(lower);
        let goes_on = below && lower.trim_start().starts_with("and ");
        let subject = (below && !begins(lower, EXPECTATION)).then(|| subject_of(lower)).flatten();
        let fails = below && !leads && says(lower, MUST_FAIL) && open.draft.check.steps.len() == 1;
        if fails {
            open.draft.must_fail(text.lines, shortened(&words));
            return true;
        }
        if leads || !(begins(lower, EXPECTATION) || goes_on || subject.is_some()) {
            return false;
        }
        // "Expect `make a` to print nothing; `make b` shows a row" says it of each, and not of all that the block prints.
        if keyed::lay_clauses(&mut open.draft.check, self.document, text.lines, text.code) {
            return true;
        }
        // What a page or a section must show may be anywhere; only of what is printed a text can be looked for.
        let printed = subject.is_none_or(|subject| has_word(subject, &["output", "response", "line"]));
        let code = if printed { text.code } else { &[] };
        let mut said = literal::expectation(self.document, text.lines, code, open.draft.last_command());
        if said.is_silent() && subject.is_some() {
            let span = text.lines.iter().copied().reduce(Span::to).unwrap_or_default();
            said.prose = Some(Stated::new(shortened(lower), span));
        }
        // What is seen once a service runs is seen by a person, where it is not printed.
        if open.draft.is_service() && said.output.is_none() && !below {
            return false;
        }
        let told = !said.is_silent();
        let literals = text.code.iter().filter(|code| !inline::looks_like_command(&code.text, false));
        if said.output.is_some()
            && keyed::lay(&mut open.draft.check, || keyed::parts_of(self.document, text.lines, literals))
        {
            // What the sentence says beside its code is of the other commands, too.
            let span = text.lines.iter().copied().reduce(Span::to).unwrap_or_default();
            let prose = Stated::new(
                shortened(&inline::text_between(self.document, text.lines, span.start, span.end)),
                span,
            );
            open.draft.say(Said { prose: Some(prose), ..Said::default() });
            return true;
        }
        open.draft.say(said);
        told
    }
}

/// What a sentence below a command says of one that must not work.
const MUST_FAIL: &[&str] = phrases! {
    " must fail", " should fail", " must refuse to", " should refuse to", " must not start", " should not start",
    " is expected to fail", " must exit with an error", " should exit with an error",
};

/// Whether a sentence advises, and asks for nothing: what to do without a tool, that something need not be tested, or
/// what the items below it are.
fn is_advice(lower: &str) -> bool {
    /// What is lacking where advice is for.
    const LACKS: &[&str] = &[
        "unavailable",
        "not available",
        "not installed",
        "isn't installed",
        "isn't available",
        "is missing",
    ];
    let first = sentences(lower).into_iter().next().map_or(lower, |range| &lower[range]);
    let without =
        first.starts_with("if ") && (says(first, LACKS) || (has_word(first, FAILS) && has_word(first, RUN)));
    let tests =
        ["test", "tests", "testing", "smoke", "verification", "validation", "check", "checks", "approval"];
    let needless = first.starts_with("no ")
        && has_word(first, &tests)
        && says(first, &[" is required", " are required", " is needed", " are needed"]);
    let frames = ["every item below", "each item below", "all items below", "the items below", "items below"];
    // "수용 기준은 다음과 같다." leads to what follows, though no colon says so.
    let leads = [
        "as follows",
        "다음과 같다",
        "아래와 같다",
        "다음과 같습니다",
        "如下",
        "以下の通り",
        "以下のとおり",
        "次の通り",
        "次のとおり",
    ];
    let end = first.trim_end_matches(['.', '。', ' ', '*', '_', ':', '：', '、', 'だ', 'で', 'す']);
    without || needless || begins(first, &frames) || leads.iter().any(|words| end.ends_with(words))
}

/// What a sentence such as "The only remaining hit should be in docs" is about, where that is what commands end with.
/// Right below commands it speaks of them, and to leave it out would let them pass by their exit status alone.
fn subject_of(lower: &str) -> Option<&str> {
    /// What comes of a command, and what people look at when it is done.
    const OUTCOMES: &[&str] = phrases! {
        "hit", "hits", "match", "matches", "output", "outputs", "count", "counts", "section", "sections",
        "page", "pages", "both", "result", "results", "command", "commands", "response", "line", "lines",
        "summary", "number", "total", "diff", "status", "report", "log", "logs", "test", "tests", "suite", "suites",
        "check", "checks", "gate", "gates", "build", "run",
    };
    let ends = [" should ", " must ", " may "].iter().filter_map(|verb| lower.find(verb));
    let subject = &lower[..ends.min()?];
    has_word(subject, OUTCOMES).then_some(subject)
}

/// Whether a text does no more than to say where commands run.
pub(super) fn is_about_place(lower: &str) -> bool {
    let speaks = [
        "commands",
        "run from",
        "run everything",
        "work from",
        "working dir",
        "working from",
        "cwd",
        "コマンド",
        "命令",
        "명령",
        "comandos",
        "команды",
    ];
    says(lower, &speaks) && !lower.trim_end().ends_with([':', '：'])
}
