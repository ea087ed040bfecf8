//! Where the pieces of a section stand: the units they form, the places they name, the criteria among them.

use crate::document::{BlockKind, CodeSpan, Document, Span};

use super::beside;
use super::check::Stated;
use super::directory::{self, Place};
use super::draft::{Draft, shortened};
use super::extract::{Open, Reader};
use super::field::Piece;
use super::found_by::FoundBy;
use super::heading::SectionKind;
use super::inline;
use super::keyed;
use super::lexicon::{EXPECTED, EXPECTED_OUTPUT};
use super::literal;
use super::predicate;
use super::refusal::Refusal;
use super::said::Said;
use super::script;
use super::section::Section;
use super::text::Text;
use super::words::{
    ELSEWHERE, EXPECTATION, FAILS, RECORDED, RUN, begins, has_word, leads_on, plain, says, sentences,
};

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
        let above = block.parent().and_then(|parent| tops[parent]);
        let own = matches!(block.kind, BlockKind::Item { .. }).then_some(index);
        tops.push(above.or(own));
    }
    tops
}

/// Whether a section says under a heading of its own what is expected of the commands of the section before it.
pub(super) fn is_expected_of(section: &Section, before: &Section) -> bool {
    let heading = plain(&section.heading);
    let name = heading
        .trim_matches(|mark: char| mark.is_ascii_digit() || matches!(mark, '.' | ')' | ' ' | ':' | '*'));
    // One that is never read is one that the project itself has called a record.
    let recorded = section.own_kind == SectionKind::Never;
    section.level >= before.level
        && !recorded
        && [EXPECTED, EXPECTED_OUTPUT].iter().any(|names| names.contains(&name))
}

impl Reader<'_, '_, '_> {
    /// Reads a section whose heading says that what stands in it is expected of the check above.
    pub(super) fn expects(&mut self, section: &Section, top_items: &[Option<usize>]) {
        self.is_expected = true;
        self.below_expected = true;
        "expected output:".clone_into(&mut self.lead_in);
        self.units(section, top_items);
    }

    /// Lays a text below such a heading, or an item below such a label, on the check above it.
    pub(super) fn is_expected_here(&mut self, text: &Text<'_>) -> bool {
        let expects = self.is_expected || (self.label_expects && self.is_item(text.block));
        let Some(open) = self.open.as_mut().filter(|open| expects && !open.bare) else {
            return false;
        };
        let span = Span::over(text.lines);
        let words = inline::text_between(self.document, text.lines, span.start, span.end);
        if leads_on(&words) {
            return false;
        }
        let mut said = literal::expectation(self.document, text.lines, text.code, open.draft.last_command());
        if said.is_silent() {
            said.prose = Some(Stated::new(shortened(&words), span));
        }
        open.draft.say_more(said);
        true
    }

    /// Lays a block below such a heading on the check above it, in whatever language it calls itself: what stands there is
    /// printed, and a command among it is one that was run already. False where the text above the block says otherwise.
    pub(super) fn is_expected_block(&mut self, block: usize) -> bool {
        let lead = plain(&self.lead_in);
        if !self.below_expected || !self.reads_blocks() || begins(&lead, RECORDED) || has_word(&lead, RUN) {
            return false;
        }
        let source = self.document.source();
        let lines = self.document.lines_of(&self.document.blocks()[block]);
        let (Some(first), Some(end)) = (lines.first(), lines.last()) else { return true };
        let whole = first.to(*end);
        let seen = script::is_transcript(source, &lines).then(|| script::steps(source, &lines));
        let seen = seen.unwrap_or_default();
        let takes = |open: &&mut Open| !open.draft.check.steps.is_empty() && !open.draft.expects();
        if let Some(open) = self.open.as_mut().filter(takes) {
            if seen.is_empty() {
                open.draft.printed_block(script::text(source, &lines), whole);
                return true;
            }
            let own = &mut open.draft.check.steps;
            if own.iter().map(|step| &step.command).eq(seen.iter().map(|step| &step.command)) {
                for (step, seen) in own.iter_mut().zip(seen) {
                    step.output = seen.output;
                }
                return true;
            }
        }
        let refusal = if seen.is_empty() { Refusal::SecondOutput } else { Refusal::UnclearBlock };
        let title = if self.lead_in.is_empty() { &*self.section.heading } else { &self.lead_in }.to_owned();
        self.begin(Draft::manual(whole, FoundBy::Criterion, refusal), title);
        true
    }

    /// Whether a text without a command is something that must hold, so that it needs a person: an innermost item,
    /// or a paragraph that does not just lead to what follows.
    pub(super) fn states_a_criterion(&self, block: usize, text: &str, commentary: bool) -> bool {
        let blocks = self.document.blocks();
        let leads = leads_on(text);
        let parent = blocks[block].parent();
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
        let parent = blocks[block].parent().filter(|parent| Some(*parent) == block.checked_sub(1));
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
        let span = Span::over(text.lines);
        let mut said = Said::default();
        said.sentence(lower, span, open.draft.last_command());
        let states = said.exit_status.is_some() && said.output.is_none();
        if states {
            open.draft.say(Said { prose: None, ..said });
        }
        states
    }

    /// Lays "All of the above must pass" below a list or block on each of its commands of which nothing was said. What else
    /// such a sentence says needs a person.
    pub(super) fn is_success_of_all(&mut self, lower: &str, words: &str, text: &Text<'_>) -> bool {
        // "Expected signal:" above a list leads to what is said of the commands above both.
        let in_list = self.is_in_list();
        let Some(end) = success_of_all(lower).filter(|_| !in_list || self.list_expects) else { return false };
        let span = Span::over(text.lines);
        // Once for each list, however many such sentences stand below it.
        let from = if in_list { usize::MAX } else { std::mem::replace(&mut self.list_from, usize::MAX) };
        let earlier = self.extractor.checks_from(from);
        let open = self.open.as_mut().filter(|open| !open.bare).map(|open| &mut open.draft.check);
        if !keyed::lay_success(earlier.iter_mut().chain(open), span) {
            return false;
        }
        let rest = words.get(end..).unwrap_or_default().trim_start_matches([' ', ',', ';', '.']);
        let rest = rest.strip_prefix("and ").unwrap_or(rest);
        let adds_nothing = ["too", "as well", "again"].contains(&rest.trim_end_matches(['.', ' ', '!']));
        if rest.contains(char::is_alphanumeric) && !adds_nothing {
            let draft = Draft::manual(span, FoundBy::Criterion, Refusal::NoCommand);
            self.begin(draft, rest.to_owned());
        }
        true
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
        // An arrow right below commands leads to what comes of them, as it does behind one.
        let goes_on =
            below && (lower.trim_start().starts_with("and ") || predicate::begins_with_arrow(lower));
        let subject = (below && !begins(lower, EXPECTATION)).then(|| subject_of(lower)).flatten();
        if below
            && !leads
            && let Some(said) = said_in_sentences(lower, &words, text, &open.draft)
        {
            open.draft.say(said);
            return true;
        }
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
            let span = Span::over(text.lines);
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
            let span = Span::over(text.lines);
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

/// Where the clause ends by which a text says that all commands above it end well, if it begins so; at its start, where the
/// clause itself asks for more than that.
fn success_of_all(lower: &str) -> Option<usize> {
    /// The most words of such a clause.
    const MOST: usize = 9;
    const FRAMES: &[&str] = phrases! { "success means that ", "success means ", "acceptance means ", "done means ", "acceptance requires that ", "expect " };
    let own = FRAMES.iter().find_map(|frame| lower.strip_prefix(frame)).unwrap_or(lower);
    let start = lower.len() - own.len();
    if !speaks_of_all(own) {
        return None;
    }
    let ends = [", ", ". ", "; ", " and "].iter().filter_map(|joint| own.find(joint));
    let clause = &own[..ends.min().unwrap_or(own.len())];
    let mut said = Said::default();
    said.sentence(clause, Span::default(), "");
    if !said.succeeds() || said.output.is_some() {
        return None;
    }
    // "Twice in a row" is more than each of them shows, and so is what must hold on another machine.
    if said.prose.is_some() || says(clause, ELSEWHERE) {
        return Some(0);
    }
    (clause.split_whitespace().count() <= MOST).then_some(start + clause.len())
}

/// Words that begin what is said of all commands above.
const ALL_OF_THEM: &[&str] = phrases! {
    "all commands", "all the commands", "all of the commands", "all of these", "all these", "all of the above", "all the above",
    "all above", "each command", "every command", "each of these", "every one of these",
    "both commands", "these commands", "the commands above", "the above commands", "all of them", "they must all",
    "they should all",
};

/// Whether a text begins with what is said of all commands above it.
pub(super) fn speaks_of_all(lower: &str) -> bool {
    /// What commands that verify are called.
    const NOUNS: &[&str] = &["commands", "checks", "gates"];
    /// Words before it, which say no more than that these are the ones.
    const THESE: &[&str] = phrases! { "listed", "required", "mandatory", "validation", "verification", "quality", "repository", "final", "the" };
    /// Verbs of how they end. With anything else in between, other checks are meant: "all checks of the form pass".
    const VERBS: &[&str] = phrases! { "pass", "must", "should", "exit", "succeed", "are", "complete", "end", "finish", "return", "to" };
    let own = lower.trim_start();
    let mut words = own.strip_prefix("all ").into_iter().flat_map(|rest| rest.split(' '));
    let noun = words.by_ref().take(3).find(|word| !THESE.contains(word)).unwrap_or_default();
    let verb = words.next().unwrap_or_default().trim_end_matches([',', '.', ';']);
    // "On the pull request", "by the auditor": what is done elsewhere, no command here shows.
    let elsewhere = has_word(own, &["in", "on", "by", "of"]);
    begins(own, ALL_OF_THEM) || (NOUNS.contains(&noun) && VERBS.contains(&verb) && !elsewhere)
}

/// What a text right below commands says of them in sentences that begin with something else.
fn said_in_sentences(lower: &str, words: &str, text: &Text<'_>, draft: &Draft) -> Option<Said> {
    let span = Span::over(text.lines);
    let read = |words: &str| {
        let mut said = Said::default();
        said.sentences(words, span, draft.last_command());
        (!said.is_silent()).then_some(said)
    };
    // "The new tests fail before this change and pass after it": what must hold of one command is the second half, and of
    // several nobody says which they are.
    if says(lower, FAILS_NOW) && predicate::passes_later(lower) {
        let told = read(words).filter(|_| draft.check.steps.len() == 1);
        let prose = Some(Stated::new(shortened(words), span));
        return Some(told.unwrap_or(Said { prose, ..Said::default() }));
    }
    // "This compiles the crate. It should pass": the first sentence explains, and the second is what is expected.
    let rest = behind_explanation(lower, words).filter(|_| text.code.is_empty())?;
    let mut said = read(rest)?;
    // "This compiles the crate, and the page must show three rows" asks for something itself.
    let first = words[..words.len() - rest.len()].trim_matches([' ', '.']);
    if beside::goes_on(&plain(first)) {
        said.keep(first, span);
    }
    Some(said)
}

/// How a sentence says that tests fail as long as the work is not done.
const FAILS_NOW: &[&str] = phrases! { " fails before", " fail before", " failed before", " fails on main", " fail on main", " fails without", " fail without" };

/// What a text says behind a first sentence that explains the commands above it, where that is an expectation.
fn behind_explanation<'w>(lower: &str, words: &'w str) -> Option<&'w str> {
    if !begins(lower, &["this ", "it ", "these ", "that "]) {
        return None;
    }
    let all = sentences(words);
    let next = all.get(1)?;
    begins(plain(&words[next.clone()]).trim(), EXPECTATION).then(|| words[next.start..].trim_start())
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
        "summary", "number", "total", "diff", "status", "exit", "code", "report", "log", "logs", "test", "tests", "suite", "suites",
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
