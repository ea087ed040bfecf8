//! Tables: a row is a check where a column holds commands, else a criterion.

use crate::document::{BlockKind, CodeSpans, Document, Span, code_spans, span_holding, spans_in};

use super::check::Stated;
use super::draft::Draft;
use super::extract::Reader;
use super::found_by::FoundBy;
use super::inline::{self, Trust};
use super::literal;
use super::printed;
use super::refusal::Refusal;
use super::said::Said;
use super::script;
use super::shape;
use super::standing::Standing;
use super::words::{plain, says};
use super::zone::Zone;
use crate::expectation::{Expectation, Mode};

/// Names of the column of commands, as parts of the name.
const COMMAND: &[&str] = phrases! {
    "command", "cmd", "how to verify", "verification", "verify", "validation", "命令", "コマンド", "検証", "验证",
    "명령", "comando", "команда", "befehl", "commande",
};
/// Names of the column of what is expected.
const EXPECTED: &[&str] = phrases! {
    "expect", "criteri", "result", "期待", "预期", "預期", "기대", "esperado", "ожида", "erwart", "attendu",
};
/// Names of a column of what was seen once.
const RECORD: &[&str] = &["actual", "observed", "status", "evidence", "实际", "実際", "状态", "証拠"];

/// One cell.
struct Cell<'d> {
    span: Span,
    text: String,
    code: CodeSpans<'d>,
}

impl<'d> Reader<'_, 'd, '_> {
    /// A table: every row of the column of commands, or every row as a criterion.
    pub(super) fn table(&mut self, table: usize) {
        if matches!(self.zone, Zone::Fields | Zone::Recorded) {
            return;
        }
        let mut rows = self.rows(table).into_iter();
        let Some(header) = rows.next() else { return };
        let column = |names: &[&str]| header.iter().position(|cell| says(&plain(&cell.text), names));
        let command = column(COMMAND);
        let expected = column(EXPECTED).filter(|index| Some(*index) != command);
        if header.iter().any(|cell| says(&plain(&cell.text), RECORD)) && command.is_none() {
            return;
        }
        // Below "Commands you will need" a table is checks where it says what each command must come to.
        if self.zone == Zone::Verifies && (command.is_none() || expected.is_none()) {
            return;
        }
        for row in rows {
            self.row(&row, command, expected);
        }
    }

    fn rows(&self, table: usize) -> Vec<Vec<Cell<'d>>> {
        let blocks = self.document.blocks();
        let source = self.document.source();
        let mut rows: Vec<(usize, Vec<Cell<'d>>)> = Vec::new();
        for (index, block) in blocks.iter().enumerate().take(blocks[table].end).skip(table + 1) {
            match block.kind {
                BlockKind::TableRow => rows.push((index, Vec::new())),
                BlockKind::TableCell => {
                    let lines = self.document.lines_of(block);
                    let span = lines.iter().copied().reduce(Span::to).unwrap_or(block.span);
                    let code = self.document.code_spans_of(block, &lines);
                    let cell = Cell { span, text: source.slice(span).trim().to_owned(), code };
                    if let Some((_, row)) = rows.last_mut() {
                        row.push(cell);
                    }
                }
                _ => {}
            }
        }
        let columns = rows.first().map_or(0, |(_, header)| header.len());
        let whole = |(row, cells): (usize, Vec<Cell<'d>>)| {
            let is_cut = cells.iter().any(|cell| cell.text.matches('`').count() % 2 == 1);
            let kept = is_cut.then(|| self.with_code_whole(row)).filter(|cells| cells.len() == columns);
            kept.unwrap_or(cells)
        };
        rows.into_iter().map(whole).collect()
    }

    /// The cells of a row with its code left whole. Markdown cuts a row at every bare pipe, also in code, and drops what is
    /// too much; people write `a|b` all the same, which shows by there being as many cells as columns without such cuts.
    fn with_code_whole(&self, row: usize) -> Vec<Cell<'d>> {
        let source = self.document.source();
        let line = source.line(source.line_index(self.document.blocks()[row].span.start));
        let code = code_spans(source, &[line]);
        let text = source.slice(line);
        let is_bar =
            |at: usize| span_holding(&code, line.start + at).is_none() && !text[..at].ends_with('\\');
        let bars = text.match_indices('|').map(|(at, _)| at).filter(|at| is_bar(*at));
        let bars: Vec<usize> = bars.collect();
        let cells = bars.windows(2).map(|pair| {
            let span = Span::new(line.start + pair[0] + 1, line.start + pair[1]);
            let said = source.slice(span);
            let start = span.start + (said.len() - said.trim_start().len());
            let span = Span::new(start, start + said.trim().len());
            let mut code = CodeSpans::from(spans_in(&code, span));
            for code in code.iter_mut().filter(|code| code.text.contains('\\')) {
                code.text = code.text.replace("\\|", "|").into();
            }
            Cell { span, text: said.trim().to_owned(), code }
        });
        cells.collect()
    }

    fn row(&mut self, row: &[Cell<'_>], command: Option<usize>, expected: Option<usize>) {
        let said: Vec<&str> =
            row.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        let Some(first) = row.first().filter(|_| !said.is_empty()) else { return };
        let title =
            row.iter().enumerate().find(|(index, cell)| Some(*index) != command && !cell.text.is_empty());
        let title = title.map_or_else(|| first.text.clone(), |(_, cell)| cell.text.clone());
        let expected = expected.and_then(|index| row.get(index));
        let Some(cell) = command.and_then(|index| row.get(index)) else {
            let commands = row
                .iter()
                .flat_map(|cell| inline::commands(self.document, &[cell.span], &cell.code, Trust::Inferred));
            let commands: Vec<_> = commands.collect();
            if commands.is_empty() {
                self.begin(
                    Draft::manual(first.span, FoundBy::TableRow, Refusal::NoCommand),
                    said.join(" · "),
                );
            }
            for mut command in commands {
                command.found_by = FoundBy::TableRow;
                self.begin(Draft::inline(command), title.clone());
            }
            return;
        };
        let mut drafts: Vec<Draft> = Vec::new();
        for mut command in inline::commands(self.document, &[cell.span], &cell.code, Trust::Inferred) {
            command.found_by = FoundBy::TableRow;
            drafts.push(Draft::inline(command));
        }
        if drafts.is_empty() && cell.code.is_empty() && shape::is_command_line(&cell.text) {
            drafts.push(Draft::steps(
                vec![script::one_step(&cell.text.replace("\\|", "|"), cell.span)],
                FoundBy::TableRow,
            ));
        }
        if drafts.is_empty() {
            self.begin(Draft::manual(first.span, FoundBy::TableRow, Refusal::NoCommand), said.join(" · "));
        }
        for mut draft in drafts {
            if let Some(expected) = expected {
                draft.say(said_by(self.document, expected, draft.last_command()));
            }
            draft.runs_in(self.place_of(&[], &[]).as_ref());
            self.begin(draft, title.clone());
        }
    }
}

/// What a cell of the column of what is expected says: its code literally, else its words.
fn said_by(document: &Document, cell: &Cell<'_>, command: &str) -> Said {
    let mut said = Said::default();
    said.sentence(&cell.text, cell.span, command);
    // "`x` absent" and "prints `x`, never `y`" say more than that a text is printed.
    let stood = printed::standings(document, &[cell.span], &cell.code);
    if stood.iter().any(|stood| stood.is == Standing::Absent) {
        said = literal::expectation(document, &[cell.span], &cell.code, command);
    } else if let [code] = cell.code.as_slice()
        && said.exit_status.is_none()
        && !super::words::negates(&cell.text)
        && stood.iter().all(|stood| stood.is == Standing::Printed)
    {
        let expectation = Expectation { mode: Mode::Lines, text: code.text.to_string() };
        said = Said { output: Some(Stated::new(expectation, code.inner)), ..Said::default() };
    }
    if said.is_silent() && !cell.text.is_empty() {
        said.prose = Some(Stated::new(cell.text.clone(), cell.span));
    }
    said
}
