//! How long a plan takes to read: generated ones of 14 kB and 5 MB beside comrak alone on the same text, and hostile
//! Markdown at 5 and 10 MB, which must take no more than twice the time for twice the text.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use planproof::document::{Document, Source};
use planproof::plan::Plan;

/// A plan of about `size` bytes with everything that plans hold: criteria, blocks, tables, prose, living sections.
fn plan(size: usize) -> String {
    let mut text = String::from("# ExecPlan: bench\n\n## Acceptance Criteria (MUST)\n");
    let mut number = 0;
    while text.len() < size {
        number += 1;
        let _ = write!(
            text,
            "- [ ] Criterion {number} speaks of `src/file_{number}.rs` and *others*\n  \
             - Verification: `echo hello-{number}`\n  - Expected Output: `hello-{number}`\n\n"
        );
        if number % 10 == 0 {
            text.push_str(
                "## Validation and Acceptance\n\nRun `cargo test` in the root and expect `12 passed`.\n\n\
                 ```sh\ncargo build --release\n./target/release/app --check\n```\n\n\
                 | Command | Expected |\n|---|---|\n| `make lint` | `ok` |\n\n\
                 ## Progress\n\n- [x] (2026-11-22 14:00Z) did a thing with `code` and [a link](https://example.org)\n\n",
            );
            for _ in 0..20 {
                text.push_str(
                    "Prose goes on for a while, with `spans`, **emphasis** and nothing to verify at all.\n",
                );
            }
            text.push_str("\n## Acceptance Criteria\n");
        }
    }
    text
}

fn read(text: &str) -> Plan {
    let source = Source::from_bytes("PLANS.md", text.as_bytes().to_vec()).expect("the text is UTF-8");
    Plan::read(Document::parse(source))
}

fn comrak_alone(text: &str) -> usize {
    let arena = comrak::Arena::new();
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    comrak::parse_document(&arena, text, &options).descendants().count()
}

fn bench(criterion: &mut Criterion) {
    for (name, size) in [("14 kB", 14_000), ("5 MB", 5_000_000)] {
        let text = plan(size);
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("planproof", |bencher| bencher.iter(|| read(black_box(&text)).checks.len()));
        group.bench_function("comrak alone", |bencher| bencher.iter(|| comrak_alone(black_box(&text))));
        group.finish();
    }
}

/// Text that parsers with a recursion or a search back at every mark never come to the end of.
fn hostile(criterion: &mut Criterion) {
    let section = "# ExecPlan: hostile\n\n## Validation\n\n";
    for (name, unit) in [
        ("quotes", ">"),
        ("lists", "- "),
        ("backticks", "`"),
        ("brackets", "["),
        ("one line of words", "run the tests, "),
        ("one line of code", "run `make test`, "),
        ("lines of code", "run `make test`\n"),
        ("runs of backticks", "`a``b```c````d"),
        ("stars", "*a **b "),
        ("cells", "|a"),
    ] {
        let mut group = criterion.benchmark_group(format!("hostile/{name}"));
        group.sample_size(10);
        for size in [5_000_000, 10_000_000] {
            let text = section.to_owned() + &unit.repeat(size / unit.len());
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(format!("{} MB", size / 1_000_000), |bencher| {
                bencher.iter(|| read(black_box(&text)).checks.len());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bench, hostile);
criterion_main!(benches);
