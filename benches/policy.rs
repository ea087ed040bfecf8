//! How many commands a second get their verdict, from text on; and commands that are hostile by their length or depth.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use planproof::document::{Document, Source};
use planproof::plan::{Check, Plan};
use planproof::policy::{Policy, ProjectRules};

/// What verifications usually run.
const ORDINARY: [&str; 20] = [
    "cargo test --workspace",
    "npm test tests/feature_x.test.ts",
    "pytest -q tests/unit",
    "go test ./... -race",
    "make lint",
    "cargo clippy --all-targets -- -D warnings",
    "grep -rn 'TODO' src | wc -l",
    "git diff --stat origin/main",
    "docker compose config -q",
    "node --version",
    "curl -fsS http://localhost:8080/health | jq -r .status",
    "cd tests && ls -la",
    "test -f target/release/app",
    "cargo build --release && ./target/release/app --help",
    "npx eslint src --max-warnings=0",
    "RUST_LOG=debug cargo run -- --config tests/a.toml",
    "diff -u tests/expected.txt tests/actual.txt",
    "kubectl get pods -n staging",
    "terraform plan -out=plan.bin",
    "python3 -m pytest tests/ -k 'not slow'",
];

fn plan(commands: &[&str]) -> Plan {
    let mut text = String::from(
        "# ExecPlan: bench\n\n## Constraints & Safety (MUST)\n- **Allowed Directories**: `src/**`, `tests/**`\n\
         - **Forbidden Operations**: `rm -rf`, direct infra changes, production deployment\n\
         - **Deployment**: Staging only via script\n- **Secrets**: No hardcoded secrets; use env vars\n\n\
         ## Acceptance Criteria (MUST)\n",
    );
    for (number, command) in commands.iter().enumerate() {
        let _ = writeln!(text, "- [ ] Criterion {number}\n  - Verification: `{command}`");
    }
    let source = Source::from_bytes("PLANS.md", text.into_bytes()).expect("the text is UTF-8");
    Plan::read(Document::parse(source))
}

/// A check whose only step is this text.
fn check(of: &Plan, command: String) -> Check {
    let mut check = of.checks[0].clone();
    check.steps.truncate(1);
    check.steps[0].command = command;
    check
}

fn bench(criterion: &mut Criterion) {
    let plan = plan(&ORDINARY);
    let policy = Policy::new(&plan, &ProjectRules::default());
    let mut group = criterion.benchmark_group("ordinary commands");
    group.throughput(Throughput::Elements(plan.checks.len() as u64));
    group.bench_function("verdicts", |bencher| {
        bencher.iter(|| {
            plan.checks.iter().map(|check| policy.judge(black_box(check)).findings().len()).sum::<usize>()
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("hostile commands");
    group.sample_size(10);
    let hostile = [
        ("half a megabyte of words", "a ".repeat(1 << 18)),
        ("a megabyte of words", "a ".repeat((1 << 19) - 1)),
        ("a megabyte of one word", "a".repeat(1 << 20)),
        ("a megabyte of commands", "true a b c;".repeat(19_000)),
        ("10,000 nested `$(`", "$(".repeat(10_000)),
        ("50,000 `{`", "{".repeat(50_000)),
        ("50,000 `{ `", "{ ".repeat(50_000)),
        ("20,000 pipes", "a | ".repeat(20_000) + "a"),
        ("20,000 assignments", "A=b B=$A ".repeat(20_000)),
        ("20,000 values of one variable", "A+=b; ".repeat(15_000)),
    ];
    for (name, text) in hostile {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let check = check(&plan, text);
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.judge(black_box(&check)).findings().len());
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
