// Validates what `planproof check --sarif` writes with Microsoft's SARIF Multitool, which checks the SARIF 2.1.0 schema
// and the rules of the standard that no schema can say.
//
//     node .ci/validate-sarif.mjs PLANPROOF FOLDER
//
// FOLDER is where npm installed @microsoft/sarif-multitool. Its exit status is 0 even for a file that is no JSON, and
// of some broken files it says nothing at all. So neither is trusted: it must first reject files that are broken on
// purpose; about ours it must say what it says of every sound file of a tool without a home page, and no error; and it
// must have read as many results as planproof says that there are.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [planproof, folder] = process.argv.slice(2).map((path) => resolve(path));
const multitool = createRequire(join(folder, "package.json"))("@microsoft/sarif-multitool");
const there = mkdtempSync(join(tmpdir(), "sarif-"));
process.on("exit", () => rmSync(there, { recursive: true, force: true }));

const PLAN = `# ExecPlan: Everything that a report can hold

## Constraints & Safety
- **Allowed Directories**: \`src/**\`
- **Forbidden Operations**: \`rm -rf\`, whatever is unkind

## Acceptance Criteria
- [ ] Denied through others
  - Verification: \`echo 'äöü 👩‍💻'; sudo bash -c 'rm --recursive -f /'\`
- [ ] Denied twice in one check
  - Verification:
    \`\`\`sh
    echo a > ../a
    echo a > ../a
    \`\`\`
- [ ] Needs a yes
  - Verification: \`$UNKNOWN x\`
- [ ] Needs a yes that is given
  - Verification: \`$UNKNOWN y\`
- [ ] Allowed
  - Verification: \`true\`
`;

function run(program, args) {
  const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" };
  const done = spawnSync(program, args, { cwd: there, env, encoding: "utf8", maxBuffer: 1 << 26 });
  assert.ifError(done.error);
  return done;
}

/** What the validator says of every file that it read to the end: the tool has no `informationUri`. */
const READ = "SARIF2005";

/** What the validator holds against a file. */
function faults(file) {
  const about = join(there, "about.sarif");
  rmSync(about, { force: true });
  const said = run(multitool, ["validate", file, "--output", about]);
  const [log] = JSON.parse(readFileSync(about, "utf8")).runs;
  assert.equal(log.tool.driver.name, "Sarif.Multitool", said.stdout);
  const results = log.results ?? [];
  const found = results.filter((result) => result.level === "error");
  const told = found.map((result) => `${result.ruleId} ${JSON.stringify(result.message)}`);
  return results.some((result) => result.ruleId === READ) ? told : [...told, "it was not read to the end"];
}

/** How many results the validator's own reader finds in a file. */
function count(file) {
  const said = run(multitool, ["query", file, "--expression", "RuleId != ''"]);
  return Number(/Found (\d+) of \1 results/.exec(said.stdout)?.[1] ?? `none: ${said.stdout}${said.stderr}`);
}

writeFileSync(join(there, "PLANS.md"), PLAN);
const approve = ["check", "PLANS.md", "--approve", "AC-4", "--reason", "it is a test", "--by", "CI"];
assert.equal(run(planproof, approve).status, 0);
const said = run(planproof, ["check", "PLANS.md", "--sarif", "report.sarif", "--output-format", "json"]);
assert.equal(said.status, 3, said.stderr);
const lines = said.stdout.trim().split("\n").map((line) => JSON.parse(line));
const findings = lines.flatMap((line) => (line.type === "check" ? line.findings : []));
const expected = findings.length + lines.filter((line) => line.type === "diagnostic").length;
assert.ok(expected >= 6, `too few findings to prove anything: ${expected}`);

const report = readFileSync(join(there, "report.sarif"), "utf8");
const broken = {
  "a tool without a name": (log) => delete log.runs[0].tool.driver.name,
  "a level that there is none": (log) => (log.runs[0].results[0].level = "fatal"),
  "a line before the first": (log) => (log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0),
  "a rule that is not listed": (log) => (log.runs[0].results[0].ruleIndex = 999),
};
for (const [what, spoil] of Object.entries(broken)) {
  const log = JSON.parse(report);
  spoil(log);
  writeFileSync(join(there, "broken.sarif"), JSON.stringify(log));
  assert.notDeepEqual(faults("broken.sarif"), [], `the validator takes ${what}`);
}
writeFileSync(join(there, "broken.sarif"), report.slice(0, -100));
assert.notDeepEqual(faults("broken.sarif"), [], "the validator takes half a file");

assert.deepEqual(faults("report.sarif"), []);
assert.equal(count("report.sarif"), expected, "the validator did not read every result");
console.log(`sarif: ${expected} results are valid, and 5 broken files are not`);
