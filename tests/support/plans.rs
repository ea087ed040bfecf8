//! Generated plans: real-looking ones whose parts are known, and nearly arbitrary Markdown.
#![allow(dead_code, reason = "every test file uses its own part of it")]

use proptest::prelude::*;
use proptest::sample::select;

/// To whom a piece of a plan belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Not planproof's: must stay byte for byte. Headings are among it.
    Outside,
    /// The body of Progress.
    Progress,
    /// The body of Outcomes & Retrospective, deeper headings included.
    Outcomes,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Lf,
    CrLf,
    /// Each line as the bits of the number say.
    Mixed(u64),
}

/// A plan in pieces; the text is all of them, one after the other.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "there is no better word for them")]
pub(crate) struct Pieces {
    pub(crate) pieces: Vec<(Part, String)>,
    pub(crate) ending: Ending,
    /// Whether the whole plan stands inside one fence.
    pub(crate) wrapped: bool,
}

impl Pieces {
    pub(crate) fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Blocks that stand in real plans outside the two sections, among them all that is hard to read.
const BLOCKS: &[&str] = &[
    "A user can sign in with a password, then sees `Welcome`.\n",
    "Terms: *repository root* is where `Cargo.toml` stands.  \nA line after a hard break.\n",
    "- one\n- two\n  - nested `code`\n\n    a paragraph of it\n- three\n",
    "1. first\n2. second\n   ```sh\n   cargo build\n   ```\n3. third\n",
    "10) ten\n11) eleven\n",
    "```rust\nfn main() {}\n# not a heading\n## Progress\n```\n",
    "~~~~\n```\nnested fence\n```\n~~~~\n",
    "    indented code\n    ## Outcomes & Retrospective\n",
    "\tcode after a tab\n",
    "-\titem with a tab\n\n\tits paragraph\n",
    "| a | b |\n|---|:-:|\n| `x \\| y` | 2 |\n",
    "> quoted text\n> ## Progress\n> - [ ] quoted item\n",
    "<details>\n<summary>Original request</summary>\n\n- [ ] old criterion\n  - Verification: `false`\n\n</details>\n",
    "<!-- a comment\nover lines, with ## Progress in it\n-->\n",
    "<!-- one line -->\n",
    "[ref]: https://example.com/a \"title\"\n[^1]: not a footnote\n",
    "See [ref] and ``Use ``` fences`` before `code`.\n",
    "日本語の段落、そして`コード`。 Ünïcödé — ✓ \u{1f600}\u{200d}\u{1f4bb}\n",
    "* * *\n",
    "a line with trailing blanks   \t\nand `half a span\n",
    "Escapes: \\`x\\` \\# \\- &amp; &#35; <https://example.com/`>\n",
    "Term\n: with a colon line\n",
    "### A heading below\n\nText below it.\n",
];

/// What stands in Progress.
const PROGRESS: &[&str] = &[
    "- [x] 2026-11-20T10:00:00Z - Begun (Author: somebody)\n",
    "- [x] (2026-11-20 10:00Z) Schema done\n- [ ] Tests; remaining: `npm test`\n",
    "* [x] star one\n* [ ] star two\n",
    "+ [ ] plus\n",
    "  - [ ] indented by two\n  - [x] second\n",
    "   * indented by three\n",
    "- [x] with nested\n  - a note\n    - deeper\n\n      paragraph in it\n",
    "- [x] with a fence\n  ```text\n  - not an item\n  ```\n",
    "- [x] lazy\ncontinuation of the item\n",
    "- [ ] loose one\n\n- [ ] loose two\n",
    "-   [ ] wide marker\n",
    "-\t[ ] tab after the marker\n",
    "1. [x] numbered\n2. [ ] more\n",
    "Nothing yet.\n",
    "Done so far:\n- [x] right below a paragraph\n\nAnd a closing remark.\n",
    "- [x] bullets\n\n1. then numbers\n",
    "- [x] bullets\n\n* other bullets\n",
    "<!-- add entries below -->\n\n- [ ] first\n",
    "| when | what |\n|---|---|\n| today | begun |\n",
    "> - [ ] only a quoted item\n",
    "### Milestone 1\n\n- [x] below a heading\n",
    "- [x] before a heading\n\n### Later\n\n- [ ] after it\n",
    "<details>\n<summary>Older</summary>\n\n- [x] old\n\n</details>\n",
    "- [x] trailing blanks  \t\n\n\n",
    "- [x] 進捗：完了 ✓\n",
    "- [x] an item\n\n      code in the item\n",
    "- [x] an item\n  > quoted in it\n",
    "- [x] closes with a table\n\n  | a |\n  |---|\n  | b |\n",
    "-\n",
    "- [ ]\n",
    "- [x] entry\n\n---\n",
    "- [x] see [ref]\n\n[later]: https://example.com/later\n",
    "Text, then code:\n\n    - indented so far that it is code\n",
    "- # a heading in an item\n",
];

/// A block that an earlier run left, with one item in its list.
pub(crate) const OLD_BLOCK: &str = "\
<!-- planproof: begin -->\n**Verified: 1 of 1 check passed** — 2026-11-01T00:00:00Z by planproof 0.0.9, sandbox: off\n\n\
- AC-1 passed: old\n<!-- planproof: end -->\n";

/// What stands in Outcomes & Retrospective.
const OUTCOMES: &[&str] = &[
    "None yet.\n",
    "- shipped\n- learned `much`\n",
    "- a list whose last item has a fence\n  ```\n  text\n  ```\n",
    "### What went well\n\nAll of it.\n\n### What did not\n\n- nothing\n",
    "#### Deep\n\n##### Deeper\ntext\n",
    "```text\nrecorded output\n```\n",
    "    indented code at the end\n",
    "<!-- filled in at the end -->\n",
    "| milestone | outcome |\n|---|---|\n| 1 | done |\n",
    "> a quotation\n",
    "1. numbered\n",
    "A paragraph\nof two lines  \n",
    "[end]: https://example.com/end\n",
    "<details>\n\nhidden\n\n</details>\n",
    "終わり。\n",
    "***\n",
];

/// Sections that hold checks; commands are never run by the tests that use them.
const CHECKED: &[&str] = &[
    "- [ ] User can sign in\n  - Verification: `npm test tests/a.test.ts`\n  - Expected Output: `✓ all tests passed`\n",
    "- [ ] Two commands\n  - Verification: `true` and `echo ok`\n  - Expected Output (exact): `ok`\n- [x] Done\n  - **Verification**: `true`\n",
    "* [ ] A block\n  * Verification:\n    ```sh\n    cd crates/a\n    make test\n    ```\n  * Expected Output:\n    ```text\n    ok\n    ```\n",
    "- [ ] Needs eyes\n  - Verification: look at the page\n",
    "- [ ] With a timeout\n  - Verification: `sleep 0`\n  - Timeout: 10s\n  - Expected Exit Code: 0\n  - Working Directory: `src`\n",
    "Run `cargo test` and expect `12 passed`.\n",
    "From the repository root:\n\n    $ make check\n    ok\n",
    "Run:\n\n```bash\ncargo fmt --check\ncargo clippy\n```\n",
    "1. Run `true`.\n2. Run `echo \"# no heading\"` and see `# no heading`.\n",
];

const NAMES: &[&[&str]] = &[
    &["Purpose / Big Picture", "purpose/big picture", "Purpose"],
    &["Context and Orientation", "Context & Orientation"],
    &["Surprises & Discoveries", "Surprises and Discoveries"],
    &["Decision Log", "DECISION LOG"],
    &["Plan Revision History", "Revision History"],
    &["Idempotence and Recovery"],
    &["Artifacts and Notes"],
    &["Concrete Steps", "Plan of Work"],
];
const CHECKED_NAMES: &[&str] = &[
    "Acceptance Criteria",
    "ACCEPTANCE CRITERIA",
    "Validation and Acceptance",
    "Validation & Acceptance",
    "検証",
];
const PROGRESS_NAMES: &[&str] = &["Progress", "PROGRESS", "progress", "**Progress**", "Progress:"];
const OUTCOMES_NAMES: &[&str] = &[
    "Outcomes & Retrospective",
    "Outcomes and Retrospective",
    "outcomes&retrospective",
    "Outcomes / & Retrospective",
    "Outcomes",
    "Retrospective",
];

/// A heading of level 2 in all its forms, with the line ending; whether it may follow text without a blank line.
fn heading(names: &'static [&'static str]) -> impl Strategy<Value = (String, bool)> {
    let suffix = select(&["", "", " (MUST)", " (SHOULD)", " (must)"][..]);
    (select(names), suffix, 0..8_u8, 1..10_u8).prop_map(|(name, suffix, form, number)| match form {
        0 => (format!("{name}{suffix}\n---\n"), false),
        1 => (format!("## {name}{suffix} ##\n"), true),
        2 => (format!("## {number}. {name}{suffix}\n"), true),
        3 => (format!("##\t{name}{suffix}\n"), true),
        4 => (format!(" ##   {name}{suffix}  \n"), true),
        _ => (format!("## {name}{suffix}\n"), true),
    })
}

/// Blocks with a blank line between them.
fn blocks(from: &'static [&'static str], count: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(select(from), count).prop_map(|blocks| blocks.join("\n"))
}

/// A section: its heading, its body, its part.
#[derive(Debug, Clone)]
struct Written {
    heading: (String, bool),
    part: Part,
    body: String,
}

fn section(
    names: &'static [&'static str],
    part: Part,
    body: impl Strategy<Value = String>,
) -> impl Strategy<Value = Written> {
    (heading(names), 0..3_usize, body, 0..3_usize).prop_map(move |(heading, before, body, after)| {
        let blanks = if body.is_empty() { 0 } else { before };
        Written { heading, part, body: format!("{}{body}{}", "\n".repeat(blanks), "\n".repeat(after)) }
    })
}

fn outcomes_body() -> impl Strategy<Value = String> {
    let said = || blocks(OUTCOMES, 0..3);
    prop_oneof![
        4 => said(),
        1 => (said(), said()).prop_map(|(before, after)| {
            let gap = |text: &str| if text.is_empty() { "" } else { "\n" };
            format!("{before}{}{OLD_BLOCK}{}{after}", gap(&before), gap(&after))
        }),
    ]
}

fn sections() -> impl Strategy<Value = Vec<Written>> {
    let others: Vec<_> = NAMES
        .iter()
        .map(|names| prop::option::weighted(0.4, section(names, Part::Outside, blocks(BLOCKS, 0..4))))
        .collect();
    let checked = section(CHECKED_NAMES, Part::Outside, blocks(CHECKED, 1..4));
    let milestones = section(
        &["Milestones", "MILESTONES", "Milestone 1: Schema"],
        Part::Outside,
        Just("### Milestone 1: Schema\n\n- Deliverables: `src/a.rs`\n- Verify by: `true`\n".to_owned()),
    );
    let constraints = section(
        &["Constraints & Safety", "Constraints and safety"],
        Part::Outside,
        Just(
            "- **Allowed Directories**: `src/**`\n- **Forbidden Operations**: `rm -rf`, deployment\n"
                .to_owned(),
        ),
    );
    let progress = section(PROGRESS_NAMES, Part::Progress, blocks(PROGRESS, 0..3));
    let outcomes = section(OUTCOMES_NAMES, Part::Outcomes, outcomes_body());
    let both = prop_oneof![
        8 => (progress, outcomes).prop_map(|(progress, outcomes)| vec![progress, outcomes]),
        1 => section(PROGRESS_NAMES, Part::Progress, blocks(PROGRESS, 0..2)).prop_map(|one| vec![one]),
        1 => section(OUTCOMES_NAMES, Part::Outcomes, outcomes_body()).prop_map(|one| vec![one]),
    ];
    (others, checked, prop::option::of(milestones), prop::option::of(constraints), both)
        .prop_map(|(others, checked, milestones, constraints, both)| {
            let mut all: Vec<Written> = others.into_iter().flatten().collect();
            all.push(checked);
            all.extend(milestones);
            all.extend(constraints);
            all.extend(both);
            all
        })
        .prop_shuffle()
}

/// A plan as people write them, with its parts known.
pub(crate) fn real_looking() -> impl Strategy<Value = Pieces> {
    let front = select(
        &[
            "",
            "",
            "",
            "---\ntitle: plan\nprogress: |\n  ## Progress\n---\n\n",
            "<!-- planproof reads this -->\n\n",
            "[ref]: https://example.com\n\n",
        ][..],
    );
    let title =
        select(&["# ExecPlan: Sign-in\n", "ExecPlan: Sign-in\n=======\n", "# Plan ✓ of `code`\n", ""][..]);
    let ending = prop_oneof![3 => Just(Ending::Lf), 2 => Just(Ending::CrLf), 1 => any::<u64>().prop_map(Ending::Mixed)];
    (front, title, sections(), ending, any::<bool>(), any::<bool>(), prop::bool::weighted(0.15)).prop_map(
        |(front, title, sections, ending, mark, last_newline, wrapped)| {
            let mut pieces = vec![(Part::Outside, String::new())];
            let mut add = |part: Part, text: &str| match pieces.last_mut() {
                Some((last, before)) if *last == part => before.push_str(text),
                _ => pieces.push((part, text.to_owned())),
            };
            if mark {
                add(Part::Outside, "\u{feff}");
            }
            if wrapped {
                add(Part::Outside, "````md\n");
            } else if !(front.starts_with("---") && matches!(ending, Ending::Mixed(_))) {
                // comrak 0.59 ends front matter at the first `---` with CR LF, wherever that is, and looks for one
                // with LF only if there is none: with mixed endings it can swallow the plan.
                add(Part::Outside, front);
            }
            add(Part::Outside, title);
            let mut before: Option<&Written> = None;
            for written in &sections {
                let (heading, joins) = &written.heading;
                let said = before.map_or("", |before| before.body.as_str());
                // A setext heading would go on with the text above it, and raw HTML swallows whatever follows it.
                let swallows = said.lines().last().is_some_and(|line| line.starts_with('<') || line == "-->");
                if swallows || !(*joins || said.is_empty()) {
                    add(before.map_or(Part::Outside, |before| before.part), "\n");
                }
                add(Part::Outside, heading);
                add(written.part, &written.body);
                before = Some(written);
            }
            if wrapped {
                add(Part::Outside, "````\n");
            }
            end_lines(&mut pieces, ending);
            if !last_newline {
                for (_, last) in pieces.iter_mut().rev() {
                    last.truncate(last.trim_end_matches(['\r', '\n']).len());
                    if !last.is_empty() {
                        break;
                    }
                }
            }
            Pieces { pieces, ending, wrapped }
        },
    )
}

fn end_lines(pieces: &mut [(Part, String)], ending: Ending) {
    let mut line = 0;
    for (_, text) in pieces {
        let mut ended = String::with_capacity(text.len() + 16);
        for piece in text.split_inclusive('\n') {
            let crlf = match ending {
                Ending::Lf => false,
                Ending::CrLf => true,
                Ending::Mixed(bits) => bits >> (line % 64) & 1 == 1,
            };
            line += 1;
            match piece.strip_suffix('\n') {
                Some(said) => {
                    ended.push_str(said);
                    ended.push_str(if crlf { "\r\n" } else { "\n" });
                }
                None => ended.push_str(piece),
            }
        }
        *text = ended;
    }
}

/// Text that is Markdown only by accident, with the headings that planproof looks for strewn in.
pub(crate) fn nearly_arbitrary() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        3 => select(&[
            "## Progress", "## Outcomes & Retrospective", "# Progress", "### Outcomes", "## Acceptance Criteria",
            "## Validation and Acceptance", "## Milestone 1: x", "Progress\n---", "Outcomes\n===", "## Decision Log",
            "> ## Progress", "- ## Progress", "## Constraints & Safety",
        ][..]).prop_map(str::to_owned),
        4 => select(&[
            "- [ ] item", "  - Verification: `true`", "  - Expected Output: `ok`", "- [x] done", "```", "~~~", "````md",
            "<!--", "-->", "<details>", "</details>", "<div>", "| a | b |", "|---|---|", "1. one", "* star", "+ plus",
            "    code", "\tcode", "---", "===", "", "", "", "> quote", "[x]: /y", "<!-- planproof: begin -->",
            "<!-- planproof: end -->", "-", "-\t", "  ", "Run `true` and expect `ok`.", "<script>", "<pre>", "<?", "]]>",
            "- - - x", "- > - x", "* * *", "\\", "`", "``", "&nbsp;", "\u{feff}", "\u{a0}", "\u{2028}", "\u{b}", "\u{c}",
        ][..]).prop_map(str::to_owned),
        1 => "[ -~äß✓`*_\\[\\]<>#|\t-]{0,24}",
        1 => any::<String>(),
    ];
    let ending = select(&["\n", "\n", "\n", "\r\n", "\r", ""][..]);
    (any::<bool>(), prop::collection::vec((line, ending), 0..40)).prop_map(|(mark, lines)| {
        let body: String = lines.into_iter().map(|(line, ending)| line + ending).collect();
        if mark { format!("\u{feff}{body}") } else { body }
    })
}

/// Text from a command or an author that would act in Markdown if it could.
pub(crate) fn nasty() -> impl Strategy<Value = String> {
    let fixed = select(
        &[
            "",
            "exit status 1",
            "expected `ok`, got ``` and `",
            "--> <!-- planproof: end -->",
            "<!-- planproof: begin -->",
            "line one\n## Progress\n- [ ] item\r\n\r\n# x",
            "\n\n## Acceptance Criteria\n- [ ] x\n  - Verification: `rm -rf /`\n",
            "a | b |\n|---|---|",
            "</details><script>",
            "[link](x) [ref]: y",
            "```\nfence\n~~~",
            "\u{1b}[31mred\u{1b}[0m \u{0}\u{7}",
            "\u{2028}## Progress\u{2029}x\u{85}y",
            "\\",
            "ends with a backslash \\",
            "日本語 ✓ ünïcödé",
            "    ",
        ][..],
    );
    prop_oneof![3 => fixed.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[`<>!#|\n\r*_~ -]{0,30}"]
}
