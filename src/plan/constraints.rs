//! `Constraints & Safety` as rules with their places; what cannot be read is told, never taken for absent.

use crate::diagnostic::Diagnostic;
use crate::document::{BlockKind, CodeSpan, CodeSpans, Document, Lines, Span, spans_in};

use super::check::Stated;
use super::field::{Field, FieldName, Piece, named_by, pieces};
use super::heading::SectionKind;
use super::inline;
use super::section::Section;

/// The rules of one plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// The section's heading.
    pub heading: Span,
    /// Globs that a plan may write to; `None` where the field is missing.
    pub allowed_directories: Option<Vec<Stated<String>>>,
    /// Commands that must not be run, as written in code.
    pub forbidden: Vec<Stated<String>>,
    /// What else must not be done, in words.
    pub forbidden_in_words: Vec<Stated<String>>,
    /// What is said about deployments.
    pub deployment: Vec<Worded>,
    /// What is said about credentials.
    pub secrets: Vec<Worded>,
    /// What is said about the network.
    pub network: Vec<Worded>,
    /// What alone may be run; `None` where the field is missing.
    pub allowed_operations: Option<Worded>,
    /// Rules in words outside of these fields.
    pub prose: Vec<Stated<String>>,
    /// Why some of the section could not be read; every check then needs a person.
    pub unreadable: Vec<Diagnostic>,
}

/// What a field says in words and in code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worded {
    /// The whole text, on one line.
    pub text: String,
    /// Each code span, and each line of a code block.
    pub code: Vec<Stated<String>>,
    /// What is said beside the code.
    pub words: Vec<Stated<String>>,
    /// Where it stands.
    pub span: Span,
}

/// The rules of a plan, or `None` where it has no such section.
pub(super) fn read(document: &Document, sections: &[Section]) -> Option<Constraints> {
    let mut all = sections.iter().filter(|section| section.kind == SectionKind::Constraints);
    let first = all.next()?;
    let mut constraints = Constraints { heading: first.heading_span, ..Constraints::default() };
    read_section(document, first, &mut constraints);
    for section in all {
        read_section(document, section, &mut constraints);
        if section.heading_span.start >= first.whole.end && section.own_kind == SectionKind::Constraints {
            constraints.unreadable.push(
                Diagnostic::warning(
                    "two-constraints",
                    section.heading_span,
                    "this plan has two sections of constraints",
                )
                .related(first.heading_span, "the first one")
                .help("put all rules into one section; until then every check needs a yes"),
            );
        }
    }
    if says_nothing(&constraints) {
        constraints.unreadable.push(
            Diagnostic::warning(
                "empty-constraints",
                first.heading_span,
                "this section of constraints says nothing",
            )
            .help("state `Allowed Directories` and `Forbidden Operations`, or remove the section"),
        );
    }
    Some(constraints)
}

fn says_nothing(constraints: &Constraints) -> bool {
    *constraints == Constraints { heading: constraints.heading, ..Constraints::default() }
}

fn read_section(document: &Document, section: &Section, constraints: &mut Constraints) {
    let mut pieces = pieces(document, section.blocks.clone());
    if let Some(name) = named_by(&section.heading) {
        pieces = vec![Piece::Field(whole_section(document, section, name, pieces))];
    }
    for piece in pieces {
        match piece {
            Piece::Field(field) => read_field(document, &field, constraints),
            Piece::Text { lines, code, .. } => read_prose(document, &lines, &code, constraints),
            Piece::Code(index) | Piece::Table(index) => {
                constraints.unreadable.push(unreadable(document.blocks()[index].span));
            }
        }
    }
    let quoted = document.blocks()[section.blocks.clone()].iter().find(|block| {
        block.quoted
            && matches!(block.kind, BlockKind::Paragraph | BlockKind::Fence(_) | BlockKind::Indented(_))
    });
    constraints.unreadable.extend(quoted.map(|block| unreadable(block.span)));
}

/// A rule whose form is not one that planproof reads.
fn unreadable(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "unreadable-constraint",
        span,
        "this part of the constraints cannot be read as a rule",
    )
    .help(
        "write it as `- **Forbidden Operations**: ` or `- **Allowed Directories**: ` with code in backticks",
    )
}

/// A rule in words. One that names a command has lost its field, and is not to be taken for a remark.
fn read_prose(document: &Document, lines: &[Span], code: &[CodeSpan], constraints: &mut Constraints) {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let span = first.to(*last);
    if code.iter().any(|code| inline::looks_like_command(&code.text, false)) {
        constraints.unreadable.push(unreadable(span));
    }
    let words: Vec<&str> = lines.iter().map(|line| document.source().slice(*line)).collect();
    if let Some(label) = label_like(words.first().copied().unwrap_or_default()) {
        constraints.unreadable.push(
            Diagnostic::warning(
                "unknown-constraint",
                Span::new(first.start, first.end),
                format!("`{label}` is no field of the constraints"),
            )
            .help("the fields are `Allowed Directories`, `Forbidden Operations`, `Allowed Operations`, `Deployment`, \
                   `Secrets` and `Network`; write a remark without a label"),
        );
    }
    constraints.prose.push(Stated::new(words.join(" "), span));
}

/// A label with a colon whose words are those of the fields: it was meant as one of them.
fn label_like(line: &str) -> Option<&str> {
    const STEMS: [&str; 14] = [
        "allow",
        "forbid",
        "forbiden",
        "permit",
        "prohibit",
        "deny",
        "denied",
        "block",
        "directori",
        "operation",
        "secret",
        "deploy",
        "network",
        "restrict",
    ];
    let line = line.trim_start_matches(|c: char| "-*+_ \t`".contains(c));
    let (label, _) = line.split_once([':', '：'])?;
    let label = label.trim_matches(|c: char| "*_` ".contains(c));
    let mut words = label.split_whitespace();
    let meant = words.clone().any(|word| STEMS.iter().any(|stem| word.to_lowercase().starts_with(stem)));
    (meant && words.by_ref().count() <= 4).then_some(label)
}

/// All that stands below a heading such as `### Forbidden Operations`, as the value of that field.
fn whole_section<'d>(
    document: &Document,
    section: &Section,
    name: FieldName,
    pieces: Vec<Piece<'d>>,
) -> Field<'d> {
    let mut field = Field {
        name,
        qualifier: None,
        block: section.blocks.start.saturating_sub(1),
        label: section.heading_span,
        lines: Lines::new(),
        inline: false,
        code: CodeSpans::new(),
        blocks: Vec::new(),
    };
    for piece in pieces {
        match piece {
            Piece::Text { lines, code, .. } => {
                field.lines.extend(lines);
                field.code.extend(code);
            }
            Piece::Field(inner) => {
                field.lines.push(inner.label.to(inner.value_span(document)));
                field.code.extend(inner.code);
                field.blocks.extend(inner.blocks);
            }
            Piece::Code(index) | Piece::Table(index) => field.blocks.push(index),
        }
    }
    field
}

fn read_field(document: &Document, field: &Field, constraints: &mut Constraints) {
    if field.is_empty() {
        constraints.unreadable.push(super::empty_field(document, field));
        return;
    }
    match field.name {
        FieldName::AllowedDirectories => {
            let globs = literal_values(document, field);
            let (globs, rest) = if globs.is_empty() {
                let (paths, rest): (Vec<_>, Vec<_>) =
                    words(document, field).into_iter().partition(|part| looks_like_path(&part.value));
                (paths, rest)
            } else {
                (globs, words(document, field))
            };
            if globs.is_empty() {
                constraints.unreadable.push(
                    Diagnostic::warning(
                        "unreadable-constraint",
                        field.value_span(document),
                        "these allowed directories name no path",
                    )
                    .help("write each directory in backticks, such as `src/**`"),
                );
            }
            constraints.allowed_directories.get_or_insert_default().extend(globs);
            constraints.prose.extend(rest);
        }
        FieldName::ForbiddenOperations => {
            constraints.forbidden.extend(literal_values(document, field));
            constraints.forbidden_in_words.extend(words(document, field));
        }
        FieldName::Deployment => constraints.deployment.push(worded(document, field)),
        FieldName::Secrets => constraints.secrets.push(worded(document, field)),
        FieldName::Network => constraints.network.push(worded(document, field)),
        FieldName::AllowedOperations => {
            let more = worded(document, field);
            match &mut constraints.allowed_operations {
                Some(operations) => {
                    operations.code.extend(more.code);
                    operations.words.extend(more.words);
                }
                None => constraints.allowed_operations = Some(more),
            }
        }
        FieldName::Verification
        | FieldName::ExpectedOutput
        | FieldName::ExpectedStderr
        | FieldName::ExpectedExitCode
        | FieldName::MustNotOutput
        | FieldName::WorkingDirectory
        | FieldName::Timeout
        | FieldName::Background
        | FieldName::ReadyWhen
        | FieldName::Deliverables => {
            let label = document.source().slice(field.label).trim_matches(['*', '_']);
            let text = format!("{label}: {}", field.text(document));
            constraints.prose.push(Stated::new(text, field.value_span(document)));
        }
    }
}

fn worded(document: &Document, field: &Field) -> Worded {
    Worded {
        text: field.text(document),
        code: literal_values(document, field),
        words: words(document, field),
        span: field.value_span(document),
    }
}

/// What is given in code: each code span, each line of a code block.
fn literal_values(document: &Document, field: &Field) -> Vec<Stated<String>> {
    let spans = field.code.iter().map(|CodeSpan { inner, text, .. }| Stated::new(text.to_string(), *inner));
    let blocks = field.blocks.iter().flat_map(|&index| document.lines_of(&document.blocks()[index]));
    let lines = blocks
        .map(|line| Stated::new(document.source().slice(line).trim().to_owned(), line))
        .filter(|line| !line.value.is_empty() && !line.value.starts_with('#'));
    spans.chain(lines).collect()
}

/// What is said in words beside the code, split at commas and semicolons.
fn words(document: &Document, field: &Field) -> Vec<Stated<String>> {
    let source = document.source();
    let mut parts: Vec<Stated<String>> = Vec::new();
    for line in &field.lines {
        let mut start = line.start;
        let code = spans_in(&field.code, *line).iter().map(|span| span.outer);
        let separators = source
            .slice(*line)
            .match_indices([',', ';', '、', '，'])
            .map(|(at, separator)| Span::new(line.start + at, line.start + at + separator.len()));
        let mut cuts: Vec<Span> = code.chain(separators).collect();
        cuts.sort_unstable();
        cuts.push(Span::new(line.end, line.end));
        for cut in cuts {
            if cut.start >= start {
                parts.push(Stated::new(
                    source.slice(Span::new(start, cut.start)).to_owned(),
                    Span::new(start, cut.start),
                ));
            }
            start = start.max(cut.end.min(line.end));
        }
    }
    parts.retain_mut(|part| {
        let trimmed = part.value.trim_matches([' ', '.', '(', ')', '*', '_', '-']);
        let at = part.value.find(trimmed).unwrap_or(0);
        part.span = Span::new(part.span.start + at, part.span.start + at + trimmed.len());
        part.value = trimmed.to_owned();
        !is_filler(&part.value) && part.value.chars().any(char::is_alphabetic)
    });
    parts
}

/// Words that say nothing beside the code that they introduce: "do not run `…`", "and", "any use of `…`".
fn is_filler(text: &str) -> bool {
    const FILLERS: [&str; 27] = [
        "and",
        "or",
        "only",
        "no",
        "not",
        "do",
        "don't",
        "never",
        "run",
        "running",
        "any",
        "use",
        "of",
        "the",
        "e.g",
        "eg",
        "like",
        "such",
        "as",
        "command",
        "commands",
        "must",
        "also",
        "using",
        "either",
        "plus",
        "including",
    ];
    let mut words = text.split([' ', ':', '.', '\t']).filter(|word| !word.is_empty());
    words.all(|word| FILLERS.contains(&word.to_lowercase().as_str()))
}

fn looks_like_path(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.contains(['/', '*', '.'])
}
