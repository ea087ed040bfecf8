//! What a code span behind a command says of its output: texts that must be printed or must not, and what is kept in words.

use crate::document::{CodeSpan, Document, Span};

use super::check::Stated;
use super::inline::{Reader, looks_like_command, text_between, without_code};
use super::position::{Position, joins};
use super::printed;
use super::refusal;
use super::said::Said;
use super::standing::{Standing, standing};
use super::words::{ALTERNATIVE, BESIDE, NOTHING, RELATIVE, SUCCESS, begins, has_word, negates, plain, says};

/// What a sentence that begins with "Expect" says of the commands before it: its code must be printed, its words are a
/// status or nothing that can be compared.
pub(super) fn expectation(document: &Document, lines: &[Span], code: &[CodeSpan<'_>], command: &str) -> Said {
    let span = Span::over(lines);
    let text = text_between(document, lines, span.start, span.end);
    // What the sentences behind that of the last code say is no part of it.
    let told = code.last().map_or(0, |code| code.outer.end);
    let told = text_between(document, lines, span.start, told).len();
    let behind = text.get(told..).unwrap_or_default();
    let end = behind.find(". ").map_or(text.len(), |at| told + at);
    let lower = without_code(&plain(&text[..end]));
    let mut said = Said::default();
    let standings = printed::standings(document, lines, code);
    let told = || code.iter().zip(&standings).filter(|(code, _)| !looks_like_command(&code.text, false));
    let all_told = told().next().is_some()
        && !prints_into_a_file(command)
        && !told().any(|(code, _)| stands_for_more(&code.text))
        && standings.iter().all(|stood| matches!(stood.is, Standing::Printed | Standing::Absent));
    let denies = standings.iter().any(|stood| stood.is == Standing::Absent);
    // Where a verb stands at the end, its negation was looked for behind each text.
    let is_ascii = text.is_ascii();
    if all_told && (denies || !((is_ascii && negates(&lower)) || has_word(&lower, RELATIVE))) {
        for (code, stood) in told() {
            if stood.is == Standing::Absent {
                said.must_not_output.push(Stated::new(code.text.to_string(), code.inner));
            } else {
                said.prints(code);
            }
        }
        // "Expect `ok`; the page must be calm": the second is no less asked for.
        said.rest(behind, span, command);
        return said;
    }
    // "Contains `CLEAN` and no errors in `build.log`": what a verb prints is compared, and all of it is kept in words.
    for (code, stood) in told() {
        if stood.is == Standing::Printed
            && stood.by_verb
            && !prints_into_a_file(command)
            && !stands_for_more(&code.text)
            && !has_word(&lower, RELATIVE)
        {
            said.prints(code);
        }
    }
    if said.output.is_some() {
        said.prose = Some(Stated::new(super::draft::shortened(&text), span));
        return said;
    }
    said.sentences(super::draft::shortened(&text).as_str(), span, command);
    // What is said in code by no verb that is known is kept in its words.
    if said.is_silent() && !standings.is_empty() {
        said.prose = Some(Stated::new(super::draft::shortened(&text), span));
    }
    said
}

impl Reader<'_> {
    /// "After `make`, `out.txt` contains `ok`": what the sentence says of code that is no command, it says of no output.
    pub(super) fn subject(&mut self, span: &CodeSpan<'_>, place: &Position<'_>) {
        const CONDITIONS: &[&str] =
            phrases! { "if", "when", "where", "because", "since", "while", "unless", "so", "whose" };
        let Some(command) = self.found.last_mut() else { return };
        let conditional = has_word(&place.sentence, CONDITIONS) || has_word(&place.sentence, SUCCESS);
        if conditional
            || command.said.prose.is_some()
            || standing(None, &place.sentence, &place.after, &span.text) != Standing::Subject
        {
            return;
        }
        self.described = true;
        let text = format!("`{}`{}", span.text, place.after.trim_end().trim_end_matches('.'));
        command.said.prose = Some(Stated::new(text, span.inner));
    }

    /// A literal that the command before must print, or must not; it only `goes_on` where no verb of its own leads to it.
    pub(super) fn literal(&mut self, span: &CodeSpan<'_>, place: &Position<'_>, goes_on: bool) {
        let Some(command) = self.found.last_mut() else { return };
        // A new sentence with a subject of its own says nothing of the command before it, to its end.
        if place.before.contains(". ") {
            self.elsewhere = place.begins_another_matter();
        }
        if self.elsewhere {
            return;
        }
        // "Prints nothing on `stderr`" is whole without it.
        if says(&place.sentence, NOTHING) {
            return;
        }
        // Of "`a` and `b` to pass" both are spoken of.
        let shared = place.predicate.trim_start();
        let shares = joins(place.after.trim()) && shared.starts_with("to ");
        let after = if shares { &place.predicate } else { &place.after };
        let previous = self.standing.filter(|_| !place.before.contains(". "));
        let mut is = standing(previous, &place.sentence, after, &span.text);
        if goes_on && is == Standing::Printed {
            is = Standing::Named;
        }
        let told = is == Standing::Named && is_told_by_the_output(place, &span.text);
        if told {
            is = Standing::Printed;
        }
        // Of "`a`, `b` or `c`" none need be printed.
        let joint = place.sentence.trim();
        let one_of =
            is_alternative(joint) || (joins(joint) && begins(after.trim_start_matches(','), ALTERNATIVE));
        if is == Standing::Named && previous == Some(Standing::Printed) && one_of {
            let output = command.said.output.take();
            let texts = output.map(|output| output.value.text.replace('\n', "`, `"));
            self.passed_over = texts.or(self.passed_over.take());
        }
        self.standing = Some(is);
        // How the command ends is read with the rest of its words.
        if is == Standing::Status || begins(shared, ENDS_WELL) && is != Standing::Printed {
            self.passed_over = Some(span.text.to_string());
            return;
        }
        // What a sentence says of code that nobody prints, it says with the rest of its code, too.
        self.described = (self.described && !place.before.contains(". ")) || is == Standing::Subject;
        self.described |= has_word(&place.sentence, &["only", "except"]);
        // "Emits `dist/app.js`" names what is written, and a page that is visited is not printed by what serves it.
        let verbs = ["emit", "emits", "outputs", "yields", "yield"];
        self.described |= (span.text.contains('/')
            && verbs.iter().any(|verb| place.sentence.trim_end().ends_with(verb)))
            || (command.service.is_some()
                && has_word(
                    &place.sentence,
                    &["http", "visit", "open", "browser", "page", "navigate", "load"],
                ));
        let counted = after.trim_start().split([' ', ',', '.']).next().unwrap_or_default();
        let is_count = span.text.bytes().all(|byte| byte.is_ascii_digit())
            && (begins(counted, COUNTED)
                || (counted.len() > 2 && counted.ends_with('s') && !BESIDE.contains(&counted)));
        let in_words = begins(place.predicate.trim_start(), CONTENTS)
            || stands_for_more(&span.text)
            || self.described
            || prints_into_a_file(&command.code.text)
            || is_count
            || (places_a_file(place.sentence.trim()) && span.text.contains(['/', '\\']));
        match is {
            Standing::Absent if !stands_for_more(&span.text) && !self.described => {
                command.said.must_not_output.push(Stated::new(span.text.to_string(), span.inner));
            }
            Standing::Printed if !in_words => {
                command.said.prints(span);
                // That it is printed is compared, and how often, or what is told of it, is kept.
                if told
                    || has_word(&place.sentence, &["exactly", "precisely"])
                    || begins(after.trim_start(), OFTEN)
                {
                    self.in_words(span, place);
                }
            }
            Standing::Printed | Standing::Absent | Standing::Status | Standing::Named | Standing::Subject => {
                self.in_words(span, place);
            }
        }
    }

    /// Keeps what is said of a code span that nothing can compare, with the words around it.
    pub(super) fn in_words(&mut self, span: &CodeSpan<'_>, place: &Position<'_>) {
        let described = self.described;
        let passed_over = self.passed_over.take();
        let Some(command) = self.found.last_mut() else { return };
        // What closes the sentence belongs to it: "`5 passed` or more."
        let closes = place.after.trim_end().ends_with('.');
        let behind = if described || closes { place.after.trim_end() } else { "" };
        match &mut command.said.prose {
            None => {
                // The sentence before, if there is one, is read with the command.
                let before = place.before.rsplit_once(". ").map_or(place.before, |(_, own)| own);
                command.said_beyond = before.len() < place.before.len();
                let first = passed_over.filter(|_| !command.said_beyond).map(|code| format!("`{code}`"));
                let first = first.unwrap_or_default();
                let blank = if before.starts_with([',', '、', '，']) { "" } else { " " };
                let gap = if before.trim_end().ends_with('(') { "" } else { " " };
                let text = format!("{first}{blank}{}{gap}`{}`{behind}", before.trim(), span.text);
                let text = text.trim_matches([' ', ',', '.', ';', ':']).to_owned();
                command.said.prose = Some(Stated::new(text, span.inner));
            }
            Some(prose) => {
                let before = if described { "" } else { place.before.trim() };
                let blank = if before.is_empty() || before.starts_with([',', ';', '.']) { "" } else { " " };
                prose.value.extend([blank, before, " `", &span.text, "`", behind.trim_end_matches('.')]);
                prose.span = prose.span.to(span.inner);
            }
        }
    }
}

/// Whether an address is the one text in code of what the output is said to tell: "expect console output indicating that
/// the server listens on `http://127.0.0.1:5000`". Other code behind a preposition may be named without being printed.
fn is_told_by_the_output(place: &Position<'_>, text: &str) -> bool {
    const TELLS: &[&str] = phrases! { "output indicating", "output showing", "output saying", "output stating", "output telling", "output that says", "output that shows" };
    let sentence = place.sentence.trim_end();
    let ends = place.after.trim_matches(['.', ' ', ')']).is_empty();
    ends && text.contains("://")
        && says(sentence, TELLS)
        && [" on", " at", " under"].iter().any(|end| sentence.ends_with(end))
        && !negates(sentence)
}

/// Whether all that a command prints goes into a file, so that what is said of its text is said of that file: "run
/// `make schema > schema.graphql`; it should contain `Book`".
fn prints_into_a_file(command: &str) -> bool {
    let last = command.rsplit(['\n', ';', '|']).next().unwrap_or(command);
    let last = last.rsplit("&& ").next().unwrap_or(last);
    let mut quote = None;
    let mut before = ' ';
    let mut arrow = false;
    for letter in last.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            // "2>", "->" and "<host>" are none, nor are ">&2" and ">(…)".
            (None, '>') => arrow = matches!(before, ' ' | '1' | '&' | '>'),
            (None, ' ') if arrow => {}
            (None, '&' | '(') if arrow => arrow = false,
            (None, _) if arrow && letter != '>' => return true,
            _ => {}
        }
        before = letter;
    }
    false
}

/// Whether a joint between two texts lets one of them do.
fn is_alternative(joint: &str) -> bool {
    matches!(joint, "or" | ", or" | "或" | "または" | "또는" | "или" | "oder" | "ou")
}

/// How tests end well that are named in code.
const ENDS_WELL: &[&str] = phrases! {
    "to pass", "to succeed", "to be green", "to stay green", "to complete", "tests to pass", "test to pass", "tests pass",
    "suite to pass", "to be clean",
};
/// What a number counts, so that it is no text of the output.
const COUNTED: &[&str] =
    phrases! { "line", "row", "time", "byte", "character", "file", "entries", "occurrence" };
/// How often a text must be printed.
const OFTEN: &[&str] = phrases! { "once", "twice", "exactly", "times", "three times", "two times" };

/// Words behind a text that make it the name of what is printed: "prints the `/health` and `/ready` bodies".
const CONTENTS: &[&str] = &[
    "body",
    "bodies",
    "content",
    "contents",
    "response",
    "responses",
    "page",
    "pages",
    "endpoint",
    "payload",
];

/// Whether a text has something in it that only a run fills in: `http://localhost:$(PORT)/`, `<version>`.
fn stands_for_more(text: &str) -> bool {
    text.contains("$(")
        || text.contains("${")
        // "[unity-check] CLEAN" begins as lines of a log do.
        || refusal::placeholder(text).is_some_and(|name| !name.starts_with('['))
        || text.split(|letter: char| !letter.is_alphanumeric()).any(is_a_count)
}

/// Whether a word is what people write where a number will stand: "`N passed`", or two and more of another letter.
fn is_a_count(word: &str) -> bool {
    let all = |letter: u8| !word.is_empty() && word.bytes().all(|byte| byte == letter);
    all(b'N') || (word.len() > 1 && all(b'X'))
}

/// Whether only an arrow leads to a text: where that is a path, it can be what a command writes as well as what it prints.
fn places_a_file(words: &str) -> bool {
    matches!(words, "→" | "->" | "=>" | "⇒")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_a_file_is_not_printed() {
        for command in ["app schema > a.graphql", "app >>log", "cd x && app 2>&1 > out"] {
            assert!(prints_into_a_file(command), "{command}");
        }
        for command in [
            "app 2> err",
            "app >&2",
            "app > f && cat f",
            "rg 'a > b' src",
            "app > f | cat",
            "app -> x",
            "app",
        ] {
            assert!(!prints_into_a_file(command), "{command}");
        }
    }
}
