//! The words of sentences that say what a code span is: run it, expect it, never run it, it was seen once.

/// Words after which a code span is a command.
pub(super) const RUN: &[&str] = phrases! {
    "run", "rerun", "re-run", "running", "execute", "executing", "invoke", "invoking", "実行", "运行", "运行：",
    "执行", "執行", "실행", "ejecuta", "ejecutar", "ejecute", "запустите", "запустить", "выполните", "executar",
    "execute", "ausführen", "führe", "exécuter", "lancer", "命令是", "命令为", "コマンドは", "명령은", "명령어는",
};
/// Verbs behind a command in languages whose verb stands at the end.
pub(super) const RUN_BEHIND: &[&str] =
    &["実行", "を走らせ", "を流す", "を叩", "运行", "执行", "執行", "실행", "돌린다", "돌려"];
/// Words right after which a code span is a command: as verbs they tell to run it, elsewhere in a sentence they are nouns.
pub(super) const RUN_NEXT: &[&str] =
    &["start", "launch", "try", "call", "issue", "command", "commands", "boot", "type", "enter"];
/// Words after which a code span is a command where it has more of one than two words.
pub(super) const BY: &[&str] = &[
    "via", "using", "with", "use", "by", "verify", "check", "confirm", "validate", "test", "through", "from",
    "under",
];
/// Words after which a code span is what a command must print.
pub(super) const EXPECT: &[&str] = phrases! {
    "expect", "expects", "expected", "expecting", "print", "prints", "printed", "report", "reports", "show", "shows",
    "return", "returns", "output", "outputs", "contain", "contains", "display", "displays", "see", "say",
    "says", "include", "includes", "emit", "emits", "yield", "yields", "list", "lists", "lacks", "lack", "omits", "omit",
    "期待", "预期", "應", "表示", "输出", "輸出", "打印", "显示", "顯示", "包含", "返回", "出力", "기대", "출력", "표시", "포함", "muestra",
    "devuelve", "imprime", "contiene", "выводит", "ожидается", "содержит", "печатает", "показывает", "gibt", "zeigt",
    "enthält", "affiche", "contient", "renvoie", "mostra", "exibe", "contém",
};
/// Verbs behind a text that is printed, in languages whose verb stands at the end.
pub(super) const EXPECT_BEHIND: &[&str] =
    &["出现", "出現", "出力", "表示", "含ま", "返す", "返る", "출력", "표시", "포함", "나온"];
/// Words that make more of a text than one that must be printed: a bound, a choice, a likeness, one of several runs.
pub(super) const RELATIVE: &[&str] = phrases! {
    "only", "except", "fewer", "within", "about", "approximately", "or", "like", "similar", "other", "under",
    "below", "above", "beside", "beneath", "most", "least", "more than", "less than", "than", "same as", "up to",
    "first run", "second run", "first time", "second time", "the second", "first call", "second call", "everything but",
    "all but", "anything but", "not just",
};
/// Joints behind a text by which another will do as well.
pub(super) const ALTERNATIVE: &[&str] = phrases! { "or ", "或", "または", "또는", "или ", "oder ", "ou " };
/// Prepositions right before code that make it a place, a name or a part of something.
pub(super) const PLACES: &[&str] = phrases! {
    "in", "from", "for", "through", "under", "at", "by", "via", "inside", "within", "per", "against", "on", "to",
    "across", "into", "between", "but", "behind", "outside", "besides", "beyond",
};
/// Nouns before "of" by which code behind it is named, and not printed.
pub(super) const NAMES: &[&str] = phrases! { "contents", "content", "list", "number", "tests", "test", "path", "name", "names", "part", "rows", "copy", "version" };
/// Things that are expected to be, or to do something, and are not printed: "expect the file `a.json`".
pub(super) const THINGS: &[&str] = phrases! {
    "test", "tests", "file", "files", "directory", "folder", "table", "class", "function", "method", "module", "suite",
    "page", "endpoint", "package", "crate",
};
/// What shows something, and is no command.
pub(super) const OTHERS: &[&str] = phrases! {
    "log", "logs", "file", "files", "page", "browser", "database", "table", "ui", "screen", "dashboard", "journal",
    "artifact", "readme", "changelog", "docs", "documentation", "config", "cache", "module", "directory", "folder",
};
/// Words behind code by which it is not printed.
pub(super) const ABSENT: &[&str] = phrases! {
    "is absent", "are absent", "is missing", "is gone", "are gone", "disappears", "to disappear", "disappear", "absent",
    "not present", "not shown", "not printed", "must disappear", "should disappear", "to be absent", "to be gone",
    "must be absent", "should be absent", "must be gone", "should be gone",
};
/// Beginnings of what is said not to be printed.
pub(super) const DENIED: &[&str] = phrases! {
    "is not ", "are not ", "isn't ", "aren't ", "must not ", "should not ", "mustn't ", "shouldn't ", "is never ",
    "are never ", "never ", "is no longer ", "are no longer ", "no longer ", "does not ", "do not ", "doesn't ", "don't ",
    "must never ", "should never ", "not to ", "to not ", "may not ", "cannot ",
};
/// Negations behind code in languages whose verb stands at the end, or that have no blanks.
pub(super) const DENIED_BEHIND: &[&str] = &[
    "ない",
    "ません",
    "なし",
    "無い",
    "されず",
    "せず",
    "없",
    "않",
    "안 ",
    "不出现",
    "不应",
    "不得",
    "不会",
    "不存在",
    "不再",
    "没有",
    "消失",
    "缺失",
];
/// Words that turn what stands behind them into its opposite.
pub(super) const NEGATION_WORDS: &[&str] = phrases! {
    "not", "no", "never", "without", "cannot", "nothing", "neither", "nor", "lacks", "lack", "lacking", "omits", "omit",
    "none", "kein", "keine", "keinen", "nicht", "ohne", "pas", "aucun", "aucune", "sans", "não", "sem", "nenhum",
    "nenhuma", "nunca", "sin", "ningún", "ninguna", "не", "без", "нет", "ни",
};
/// The same in scripts without blanks between words.
const NEGATION_SIGNS: &[&str] =
    &["不", "未", "无", "無", "没", "沒", "勿", "別", "없", "않", "ない", "ません", "なし"];
/// First words of a predicate that a command has for itself: in "`a` prints nothing, and `b` is clean" the second is no
/// text that the first prints.
pub(super) const OWN_VERBS: &[&str] = phrases! {
    "passes", "pass", "succeeds", "succeed", "exits", "exit", "completes", "complete", "finishes", "finish", "fails",
    "fail", "returns", "return", "reports", "report", "prints", "print", "shows", "show", "lists", "list", "finds",
    "find", "outputs", "produces", "works", "work", "runs", "remains", "stays", "still", "must", "should", "emits",
    "yields", "gives", "contains",
};
/// Nouns that look like verbs behind a command: "the `make check` results".
pub(super) const NOUNS: &[&str] = phrases! {
    "tests", "checks", "results", "commands", "suites", "gates", "steps", "errors", "warnings", "flags", "options",
    "outputs", "scripts", "files", "cases", "times", "unless", "across", "always", "besides", "towards", "versus",
    "hooks", "targets", "tasks", "rules", "modes", "lines", "examples", "processes", "settings", "defaults", "this",
};
/// What joins one clause to the next: what stands before it says nothing of a command that begins the next.
pub(super) const CLAUSE_ENDS: &[&str] =
    &[", and", ", but", ", then", ", and then", ", while", ";", "; and", "；", "，", " and"];
/// Verbs behind code that make it what a sentence is about, so that nothing prints it.
pub(super) const SUBJECT_VERBS: &[&str] = phrases! {
    "exists", "exist", "contains", "contain", "includes", "include", "shows", "show", "is", "are", "was", "were", "has",
    "have", "mentions", "mention", "stays", "stay", "remains", "remain", "points", "resolves", "returns", "opens",
    "becomes", "lists", "does", "do", "can", "cannot", "no", "now", "still", "works", "passes", "matches", "declares",
    "defines", "uses", "loads", "renders", "appears", "be", "disappears", "changes", "keeps", "succeeds", "produces",
    "gains", "holds", "gets", "reads", "starts", "reports", "fails", "equals", "prints", "outputs", "creates", "writes",
};
/// Verbs behind the path of a script that say what is written in the file, and nothing of its run.
pub(super) const OF_A_FILE: &[&str] = phrases! {
    "define", "defines", "use", "uses", "resolve", "resolves", "contain", "contains", "declare", "declares", "set", "sets",
    "source", "sources", "include", "includes", "has", "have", "exist", "exists", "import", "imports", "reference",
    "references", "mention", "mentions", "document", "documents", "keep", "keeps", "export", "exports", "is", "gains", "lives",
};
/// Verbs behind code by which it is printed.
pub(super) const PASSIVE: &[&str] = phrases! {
    "is printed", "is shown", "is displayed", "is reported", "is listed", "is logged", "is returned", "is output",
    "is emitted", "is visible", "is present", "is in", "are printed", "are shown", "are displayed", "are reported",
    "are listed", "are logged", "are returned", "be printed", "be shown", "be displayed", "be reported", "be listed",
    "be in", "appears", "appear", "to be printed", "to appear", "are present", "are visible", "are in", "be visible",
    "be present", "exist in", "are found", "is found",
};
/// Where a printed text stands.
pub(super) const OF_OUTPUT: &[&str] = phrases! { "output", "stdout", "stderr", "terminal", "console", "log", "transcript", "summary", "once", "twice" };
/// Words behind code that add nothing to it.
pub(super) const BESIDE: &[&str] = phrases! {
    "and", "then", "for", "from", "with", "without", "when", "where", "while", "after", "before", "because", "once",
    "twice", "instead", "again", "there", "but", "nor", "per", "via", "into", "onto", "among", "near", "first", "last",
    "followed", "plus", "exactly", "only", "rather", "aus", "since", "until", "that", "which", "rows", "lines", "passed",
};
/// Verbs of what happens, which only people write below "Expected:".
pub(super) const HAPPENS: &[&str] = phrases! {
    "exits", "exit 0", "succeeds", "should", "must", "passes", "pass", "fails", "is displayed", "appears", "renders",
    "opens", "completes", "returns", "shows", "prints", "reports",
};
/// Words of a condition under which something is only to be repaired.
pub(super) const FAILS: &[&str] = phrases! {
    "fail", "fails", "failed", "failure", "failures", "breaks", "broken", "wrong", "conflict", "conflicts", "stale",
    "blocked", "errors",
};
/// Verbs that begin an order to edit a text, in which a command is only written.
pub(super) const EDITS: &[&str] = phrases! {
    "replace", "rename", "change", "document", "mention", "describe", "swap", "note", "rewrite", "refer", "point",
    "edit", "see",
};
/// Verbs of what tells somebody else to run a command.
pub(super) const TELLS: &[&str] = phrases! {
    "tells", "tell", "asks", "ask", "says", "say", "instructs", "instruct", "suggests", "suggest", "recommends",
    "recommend", "advises", "advise", "prompts", "prompt", "reminds", "directs", "hints", "explains", "mentions",
};
/// What runs commands by itself, and not for who reads the plan.
pub(super) const MACHINES: &[&str] = phrases! {
    "ci", "workflow", "workflows", "pipeline", "hook", "hooks", "github actions", "cron", "scheduler", "bot",
};
/// Words right before a command that stands in for another.
pub(super) const INSTEAD: &[&str] = &[
    "ideally",
    "optionally",
    "optional:",
    "optional",
    "preferably",
    " or",
    "(or",
    "fallback:",
    "fallback",
    "fall back to",
    "alternatively",
    "alternative:",
    "or else",
    "otherwise",
    "if needed:",
    "备选：",
    "或者",
    "または",
    "또는",
];
/// Verbs of a clause that states something.
pub(super) const STATES: &[&str] = phrases! {
    "is", "are", "was", "were", "has", "have", "can", "cannot", "does", "do", "no longer", "gets", "be",
};
/// Words of a sentence all of whose clauses must hold.
pub(super) const FRAMES: &[&str] = phrases! {
    "accepted", "acceptance", "met when", "done when", "complete when", "finished when", "requires", "require",
    "successful when", "succeeds when", "satisfied when", "success means",
};
/// Subjects that speak of all that a command does.
pub(super) const ALL_OF_IT: &[&str] = phrases! { "all ", "every ", "both ", "each ", "existing " };
/// What a command that tests comes to.
pub(super) const TESTS: &[&str] = phrases! {
    "test", "tests", "suite", "suites", "check", "checks", "build", "builds", "command", "commands", "it",
    "everything", "gate", "gates", "lint", "run",
};
/// Beginnings of a sentence that asks a person to do or to look at something.
pub(super) const OF_A_PERSON: &[&str] = phrases! {
    "open ", "click ", "tap ", "confirm ", "verify ", "check ", "inspect ", "observe ", "ensure ", "make sure ", "visit ",
    "navigate ", "review ", "manually ", "manual ", "compare ", "select ", "press ", "look ", "log in", "sign in", "play ",
    "hover ", "scroll ", "toggle ", "spot-check ", "browse ", "validate ", "in the browser", "in a browser", "on the page",
};
/// Words of such a sentence in languages whose verb stands at the end, or that have no blanks.
pub(super) const OF_A_PERSON_END: &[&str] = phrases! { "確認する", "確認します", "こと。", "确认", "確認", "验证", "检查", "必须", "应当", "확인", "해야" };
/// Words that turn a command into one that must not be run.
pub(super) const NEGATION: &[&str] = phrases! {
    "must not", "mustn't", "should not", "shouldn't", "cannot", "can't", "not to ", "do not", "don't",
    "never", "not run", "avoid", "instead of", "without running", "rather than", "no longer", "no need to",
    "equivalent of", "equivalent to", "similar to", "unlike", "not needed", "ne pas lancer", "ne pas exécuter",
    "nicht ausführen", "não execut", "しない", "禁止", "不要", "不得", "하지 마", "no ejecut",
    "не запуск",
};
/// Words behind a command that forbid it.
pub(super) const FORBIDDEN: &[&str] = phrases! {
    "must not be run", "must never be run", "should not be run", "should never be run",
    "must not be executed", "should not be executed", "is not run", "is never run", "is forbidden",
    "is not allowed", "was not run", "is not required", "is not needed", "is not necessary", "could not be run", "cannot be run", "were not run",
};
/// Beginnings of what stands behind a command that is not to be run.
pub(super) const FORBIDS: &[&str] = phrases! {
    "do not run", "don't run", "never run", "do not execute", "is out of scope", "are out of scope", "is not in scope",
};
/// The same in languages whose verb stands at the end.
pub(super) const FORBIDS_BEHIND: &[&str] =
    &["実行しない", "を走らせない", "실행하지", "不要运行", "不要执行"];
/// Words of a lead-in to what is not to be run.
pub(super) const FORBIDS_BELOW: &[&str] = phrases! {
    "do not run", "don't run", "never run", "must not be run", "must never be run", "should not be run", "do not execute",
    "must not be executed", "avoid running", "ne pas lancer", "ne pas exécuter", "nicht ausführen", "no ejecut",
    "não execut", "не запуск", "実行しない", "不要运行", "不要执行", "실행하지",
};
/// Phrases that expect no output.
pub(super) const NOTHING: &[&str] = phrases! {
    "prints nothing", "print nothing", "prints no row", "prints no line", "prints no text", "prints no match",
    "prints no result", "prints no entries", "returns no row", "returns no line", "print no row", "print no line", "no output", "no matches", "returns nothing", "return nothing",
    "shows nothing", "show nothing", "is empty", "be empty", "empty output", "returns no results",
    "return no results", "returns no hits", "zero matches", "zero hits", "0 matches", "0 hits",
    "nothing is printed", "nothing printed", "is silent", "are silent", "produces no diff", "shows no diff", "no diff", "出力なし", "何も表示", "无输出", "無輸出", "无匹配", "输出为空", "が空", "結果なし", "비어 있",
    "출력 없음", "sin salida", "ничего не выводит",
};
/// Phrases that expect a search to find nothing.
pub(super) const NOT_FOUND: &[&str] = phrases! {
    "no hits", "no references", "no occurrences", "no results", "finds nothing", "find nothing",
    "found nothing", "matches nothing", "match nothing", "nothing found", "nothing is found", "zero results",
    "zero references", "zero occurrences", "0 results", "0 references", "0 occurrences", "no remaining",
};
/// What a search finds, as the noun of "no live references": up to three words may stand between.
pub(super) const FOUND: &[&str] = phrases! {
    "reference", "references", "match", "matches", "hit", "hits", "result", "results", "occurrence", "occurrences",
    "usage", "usages", "uses", "mention", "mentions", "import", "imports", "callers", "calls", "leftovers", "remnants",
    "entries", "lines",
};
/// Words that except something from nothing.
pub(super) const EXCEPTS: &[&str] = phrases! {
    "outside", "except", "other than", "beyond", "besides", "apart from", "aside from", "unless", "but", "new", "indicating",
    "unexpected", "unrelated",
};
/// Words that state nothing but success.
pub(super) const SUCCESS: &[&str] = phrases! {
    "pass", "passes", "passing", "succeed", "succeeds", "success", "complete", "completes", "green", "clean",
    "cleanly", "successfully", "without errors", "without error", "without any errors", "without any error", "no errors",
    "without failures", "no failures", "zero errors", "0 errors", "zero failures", "0 failures", "exits normally",
    "terminates normally", "is successful", "are successful", "be successful", "successful build", "successful run",
    "successful completion", "通过",
    "通過", "全绿", "全綠", "无报错", "无错误", "没有错误", "没有报错", "不报错", "零错误", "0 错误", "0错误", "零报错", "エラーなし", "エラーなく", "エラー無く", "エラーがない",
    "エラーが無い", "エラーが出ない", "エラーゼロ", "エラー 0", "エラー0", "グリーン", "成功", "通る",
    "パス", "通ること", "통과", "성공", "오류 없이", "에러 없이", "오류없이", "오류가 없", "에러가 없", "pasa", "pasan", "sin errores", "sin error", "sin fallos", "sin fallar", "debe pasar", "deben pasar", "correctamente", "exitosamente", "no produce errores",
    "con éxito", "sans erreur", "sans erreurs", "doit passer", "doivent passer", "doit réussir", "doivent réussir", "réussit", "réussissent", "avec succès", "ohne fehler", "fehlerfrei", "ist grün", "sind grün", "läuft durch", "laufen durch", "muss bestehen", "müssen bestehen",
    "erfolgreich", "sem erros", "sem erro", "deve passar", "devem passar", "com sucesso", "passa", "passam", "проходит", "проходят", "успешно",
    "без ошибок", "зелёный", "зелёные", "berhasil", "lulus", "senza errori", "bez błędów", "przechodzi", "przechodzą", "başarılı",
    "thành công",
};
/// Words behind success that make it one of two ends, or bind it to a condition: "passes unless a warning is listed".
pub(super) const BOUND: &[&str] =
    phrases! { "unless", "otherwise", "apart from", "aside from", "except", "other than", "if possible" };
/// Words of another end behind "or". "Without errors or warnings" has none of them.
pub(super) const OTHER_END: &[&str] = phrases! {
    "is", "are", "was", "were", "has", "have", "reports", "report", "shows", "prints", "fails", "fail", "skips", "skip",
    "skipped", "documents", "explains", "explain", "records", "lists", "returns", "warns",
};
/// Words that a clause with a subject of its own begins with.
pub(super) const SUBJECTS: &[&str] = phrases! {
    "the ", "a ", "an ", "all ", "every ", "each ", "no ", "there ", "that ", "both ", "its ", "their ", "only ",
    "existing ", "these ", "those ",
};
/// Phrases that state failure. A command that must fail is no less exact than one that must not.
pub(super) const FAILURE: &[&str] = phrases! {
    "fails", "must fail", "should fail", "to fail", "expected to fail", "will fail", "fail before",
    "is rejected", "be rejected", "is refused", "be refused", "errors out", "must error", "should error",
    "expect failure", "expect a failure", "expect failures", "falla", "失败", "失敗",
};
/// Phrases of a lead-in by which the commands below it must fail.
pub(super) const REJECTS: &[&str] = phrases! {
    "is rejected", "are rejected", "be rejected", "rejects", "refuses", "is refused", "are refused", "be refused",
    "errors out", "fails", "fail", "must error",
};
/// Words of what a command comes to only as long as the work is not done.
pub(super) const RED: &[&str] = phrases! {
    "before", "(red)", "red phase", "red step", "initially", "at first", "not yet", "not implemented", "not defined",
    "does not exist", "do not exist", "doesn't exist", "don't exist", "no such", "on main", "on `main`", "on master",
    "on `master`", "without the patch", "without the change", "without the fix", "without this", "pre-change", "pre-fix",
    "on the old", "as of today", "变更前", "実装前", "实现前", "实施前",
};
/// Words that state something else of what a command does, which nothing can compare.
pub(super) const CLAIM: &[&str] = phrases! {
    "should", "must", "shows", "show", "reports", "report", "prints", "print", "returns", "return",
    "contains", "contain", "produces", "produce", "proves", "confirms", "demonstrates", "lists", "includes",
    "include", "outputs", "displays", "emits", "expect", "expected", "expects", "writes", "creates",
    "generates", "installs", "starts", "opens", "matches", "match", "refuses", "rejects", "remains", "stays",
    "keeps", "yields", "logs", "renders", "responds", "no longer", "still", "works", "covers", "verifies",
    "finds", "appear", "appears", "not see", "never see", "to confirm", "to ensure", "to verify that", "ensure", "confirm that", "verify that", "check that", "see that", "observe that",
    "make sure", "resolves", "validates", "detects", "idempotent", "changes nothing", "compiles", "builds", "finishes", "=>", "==>", "期待", "预期", "應", "기대", "表示", "muestra",
    "debe", "должен", "expecting", "vérifier que", "comprobar que", "verificar que", "проверить, что", "убедиться, что", "убедитесь, что", "dass",
};
/// Verbs of what a command says. Success that stands behind one of them is a part of what must be seen, and more than an
/// exit status can show.
pub(super) const SPEAKS: &[&str] = phrases! {
    "show", "shows", "log", "logs", "contain", "contains", "list", "lists", "display", "displays", "render",
    "renders", "observe", "observing", "reports", "report", "include", "includes", "prove",
};
/// Words of an expectation in languages whose verb stands at the end.
pub(super) const EXPECTATION_END: &[&str] = &["期待", "预期", "預期", "기대", "예상"];
/// Words before success that make more of it than an exit status, in languages without blanks between words.
pub(super) const MORE: &[&str] = &["なし", "以上", "のみ", "だけ", "没有", "没", "至少", "없이", "이상"];
/// Words behind success that join a second statement to it.
pub(super) const AND_MORE: &[&str] = &["ことと", "ことおよび", "こと、"];
/// Verbs that make a command the judge of what stands behind them: in "`make smoke` proves that the page loads" its own
/// success is the proof, and not a text that it prints.
pub(super) const PROVES: &[&str] = phrases! { "proves ", "confirms ", "verifies ", "demonstrates " };
/// The same verbs where they deny that.
pub(super) const PROVES_NOT: &[&str] = phrases! {
    "proves nothing", "proves no ", "confirms nothing", "confirms no ", "verifies nothing", "verifies no ",
    "demonstrates nothing", "demonstrates no ",
};
/// Beginnings of a sentence that says what is expected of the commands before it.
pub(super) const EXPECTATION: &[&str] = phrases! {
    "expect", "expected", "it should", "it must", "this should", "this must", "they should", "they must",
    "you should", "should", "the output", "the command should", "the command must", "the test should",
    "the tests should", "tests should", "all tests", "all existing tests", "existing tests", "there should be no ", "there must be no ", "no output ",
    "confirm the output", "confirm that the output", "verify the output", "verify that the output", "check that the output",
    "ensure the output", "ensure that the output", "make sure the output", "make sure that the output", "the exit code",
    "the exit status", "both should", "both must", "all should", "all must",
    "each should", "each must", "output should", "all `", "no line ", "no lines ", "nothing in the output", "success", "passing", "期待", "预期", "預期", "기대", "se espera",
    "ожидается",
};
/// Words with which a sentence begins that asks for something only under a condition.
pub(super) const CONDITIONAL: &[&str] = phrases! {
    "if ", "only if ", "only when ", "only where ", "in case ", "whenever ", "if any ",
};
/// Words with which a sentence begins that speaks of another place than the workspace.
pub(super) const ELSEWHERE: &[&str] = phrases! {
    "inside the container", "in the container", "inside a container", "on the device", "on a device",
    "on a physical device", "on the server", "on the target", "on the raspberry", "on a raspberry", "on the pi",
    "on the host machine", "on the vm", "inside the vm", "in the vm", "as root", "on windows", "on macos", "on a mac",
    "on staging", "on production", "in production",
};
/// Words right behind a command that say what it is to be given.
pub(super) const GIVEN: &[&str] = phrases! {
    "on touched", "on the touched", "on changed", "on the changed", "on modified", "on the modified", "on affected",
    "on the affected", "on new files", "on the new files", "on the files", "on all changed", "on all touched",
    "against the changed", "against changed", "for the changed", "for changed", "for touched", "for the touched",
    "for modified", "for the modified", "over the changed", "with the changed",
};
/// Words behind which a message or a status stands that a command ends with.
pub(super) const ENDS_WITH: &[&str] = phrases! {
    "rejected with", "rejects with", "fails with", "fail with", "failed with", "exits with", "exit with", "errors with",
    "responds with", "replies with", "answers with", "returns with", "refused with", "refuses with", "ends with",
    "aborts with", "stops with", "the message", "the error", "error message",
};
/// Words of a lead-in to a text that must not be there.
pub(super) const UNWANTED: &[&str] =
    phrases! { "no longer", "unexpected", "wrong", "vanish", "disappear", "gone" };
/// Words that turn a status or a count round, or bound it, so that the number alone is not what is stated.
pub(super) const TURNED: &[&str] = phrases! {
    "not exit", "never exit", "n't exit", "not return", "never return", "n't return", "no longer pass",
    "no longer succeed", "no test pass", "no tests pass", "no tests to pass", "no success", "stops passing", "stop passing",
    "ceases to", "cease to", "fewer than", "less than", "no more than", "at most", "up to ", "isn't zero", "not zero",
    "is not 0", "unless", "otherwise", "not show", "not print", "not report", "expect no ", "0 or ", "1 or ", "不为", "не 0",
    "でない", "しない",
};
/// Words of a subject: "the script runs it".
pub(super) const SUBJECT_ARTICLES: &[&str] = phrases! {
    "the", "a", "an", "it", "this", "that", "which", "ci", "script", "hook", "workflow", "target", "command", "job",
};
/// Words behind a command that make it optional: nobody can tell here whether it has to run.
pub(super) const OPTIONAL: &[&str] = phrases! {
    "if available", "if practical", "if feasible", "if possible", "if installed", "if present",
    "if supported", "if configured", "where available", "where possible", "when available", "(optional",
    "as applicable", "可选", "任意", "選択",
};
/// Whether a text says that something is wanted only where it can be had: "if available", "if Docker is available".
pub(super) fn is_optional(text: &str) -> bool {
    /// The most words that stand between the two.
    const MOST: usize = 5;
    let had = |word: &str| {
        matches!(
            word.trim_matches([',', '.', ':', ';', ')', '*']),
            "available"
                | "installed"
                | "present"
                | "configured"
                | "supported"
                | "possible"
                | "accessible"
                | "missing"
                | "unavailable"
                | "absent"
                | "needed"
                | "necessary"
                | "desired"
        )
    };
    let mut reach = 0;
    says(text, OPTIONAL)
        || text.split_whitespace().any(|word| {
            if matches!(word.trim_start_matches('('), "if" | "when" | "where") {
                reach = MOST;
                return false;
            }
            reach =
                if word.ends_with(['.', ';']) && !had(word) { 0 } else { usize::saturating_sub(reach, 1) };
            reach > 0 && had(word)
        })
}

/// Words that leave the decision to a person.
pub(super) const APPROVAL: &[&str] = phrases! {
    "only after approval", "after explicit approval", "explicit approval", "with approval",
    "only with permission", "requires approval", "needs approval", "user approval", "explicit authorization",
    "only after", "operator-approved", "manual approval", "once approved", "经批准", "承認後",
};
/// Words of a lead-in that what follows verifies, as beginnings of words.
pub(super) const VERIFY: &[&str] = phrases! {
    "validat", "verif", "test", "check", "expect", "gate", "confirm", "prove", "proof", "accept", "smoke",
    "lint", "ensure", "assert", "regression", "検証", "確認", "テスト", "验证", "验收", "测试", "检查", "검증", "확인", "테스트",
    "провер", "тест", "comprob", "prueba",
};
/// Beginnings of a lead-in to what was seen once. What was seen is no proof that it still holds.
pub(super) const RECORDED: &[&str] = phrases! {
    "result:", "results:", "observed", "recorded", "completed on", "passed:", "validation performed",
    "validated on", "verified on", "actual output", "actual result", "evidence:", "evidence captured",
    "captured output", "last run", "status:", "already ran", "ran ", "executed ", "result was", "実行結果",
    "结果：", "结果:", "已执行", "已通过", "결과:", "known failure", "known failing", "known issue", "known:",
    "known pre-existing", "known preexisting", "known/pre-existing", "known unrelated", "known flake",
    "known limitation", "pre-existing failure", "pre-existing issue", "pre-existing:", "preexisting failure",
    "preexisting:", "existing failure", "existing failures",
};
/// Verdicts that close a record.
pub(super) const VERDICTS: &[&str] = phrases! {
    "— pass", "– pass", "- pass", "-> pass", "→ pass", "=> pass", ": pass", ": passed", "— passed",
    "– passed", "- passed", "-> passed", "→ passed", "=> passed", "(pass)", "(passed", "passed on ",
    "passed with ", "passed at ", "passed in ", "passed.", "passed,", "passed;", "passed (", "was green",
    "was run", "were run", "was executed", "succeeded.", "succeeded on", "has passed", "have passed",
    "all passed", "结果：通过", "结果: 通过", "已通过", "✅ pass", "ok ✅",
};

/// Lower case, with `’` as `'`, so that words are found however they are typed.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    // Nearly all text is ASCII, and needs no second copy.
    if lower.is_ascii() { lower } else { lower.replace('\u{2019}', "'") }
}

/// Where a word stands last in a text: as a whole word, or anywhere in a script without blanks between words.
///
/// An ASCII word ends where such a script begins: "`make test` が全てPASS", "通过CI".
pub(super) fn rfind_word(text: &str, word: &str) -> Option<usize> {
    let joined =
        |character: char| (character.is_alphanumeric() || character == '_') && !is_of_east_asia(character);
    places_from_last(text, word).find(|&at| {
        !word.is_ascii()
            || !text[..at].chars().next_back().is_some_and(joined)
                && !text[at + word.len()..].chars().next().is_some_and(joined)
    })
}

/// Whether a letter is Han, kana or hangul, none of which forms a word with Latin letters.
fn is_of_east_asia(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Where a short phrase stands in a text, from the last place on. Most do not stand there at all, so the bytes are looked
/// through for the first of each.
fn places_from_last<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = usize> + 't {
    let (bytes, wanted) = (text.as_bytes(), phrase.as_bytes());
    let searched =
        bytes.len().checked_sub(wanted.len()).map_or(&bytes[..0], |last| &bytes[..bytes.len().min(last + 1)]);
    let first = wanted.first().copied().unwrap_or_default();
    memchr::memrchr_iter(first, searched).filter(move |&at| bytes[at..].starts_with(wanted))
}

/// Whether any of some words stands in a text.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    word_places(text, words).next().is_some()
}

/// Where those of some words that stand in a text stand last.
pub(super) fn word_places<'a>(text: &'a str, words: &'a [&'a str]) -> impl Iterator<Item = usize> + 'a {
    held(text, words).filter_map(|word| rfind_word(text, word))
}

/// Whether any of some phrases stands in a text, at any place.
pub(super) fn says(text: &str, phrases: &[&str]) -> bool {
    held(text, phrases).any(|phrase| find(text, phrase).is_some())
}

/// Those of some phrases that a text may hold. Most of a list do not stand in a sentence, and that it lacks their first or
/// last two bytes is sooner told than where they stand.
fn held<'a>(text: &str, phrases: &'a [&'a str]) -> impl Iterator<Item = &'a str> + 'a {
    /// To look for so few costs less than to look at all of the text first.
    const FEW: usize = 3;
    let pairs = (phrases.len() > FEW).then(|| Pairs::of(text));
    // Nor do those of other scripts stand in plain ASCII.
    let is_ascii = phrases.len() > FEW && text.is_ascii();
    let of_script =
        move |phrase: &&str| !is_ascii || phrase.bytes().next().is_none_or(|first| first.is_ascii());
    let may_stand = move |phrase: &&str| pairs.as_ref().is_none_or(|pairs| pairs.may_hold(phrase));
    phrases.iter().copied().filter(of_script).filter(may_stand)
}

/// The pairs of neighbouring bytes in a text, each by the low five bits of both, which tell letters apart.
struct Pairs([u64; 16]);

impl Pairs {
    fn of(text: &str) -> Self {
        let mut seen = [0; 16];
        for pair in text.as_bytes().windows(2) {
            let (word, bit) = Self::place(pair[0], pair[1]);
            seen[word] |= bit;
        }
        Self(seen)
    }

    fn place(first: u8, second: u8) -> (usize, u64) {
        let index = usize::from(first & 31) | usize::from(second & 31) << 5;
        (index / 64, 1 << (index % 64))
    }

    /// False only where the phrase does not stand in the text.
    fn may_hold(&self, phrase: &str) -> bool {
        let bytes = phrase.as_bytes();
        let holds = |&[first, second]: &[u8; 2]| {
            let (word, bit) = Self::place(first, second);
            self.0[word] & bit != 0
        };
        bytes.first_chunk().is_none_or(holds) && bytes.last_chunk().is_none_or(holds)
    }
}

/// Where a short phrase stands first in a text. Most do not, and for each of many a search that prepares itself first
/// costs more than to look for its first byte.
pub(super) fn find(text: &str, phrase: &str) -> Option<usize> {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    let last = text.len().checked_sub(phrase.len())?;
    memchr::memchr_iter(*phrase.first()?, &text[..=last]).find(|&at| text[at..].starts_with(phrase))
}

/// Whether a text begins with one of some phrases, marks of lists and emphasis aside.
pub(super) fn begins(text: &str, phrases: &[&str]) -> bool {
    beginning(text, phrases).is_some()
}

/// The phrase of some that a text begins with.
pub(super) fn beginning<'p>(text: &str, phrases: &[&'p str]) -> Option<&'p str> {
    let text = text.trim_start_matches(['*', '_', ' ', '-', '[', ']', 'x', '(', '→', '=', '>']);
    // Nearly every phrase begins with another letter.
    let first = text.bytes().next();
    phrases.iter().copied().find(|phrase| phrase.bytes().next() == first && text.starts_with(phrase))
}

/// Whether a text ends with a colon, emphasis aside, so that it leads to what stands below it.
pub(super) fn leads_on(text: &str) -> bool {
    text.trim_end_matches(['*', '_', ' ']).ends_with([':', '：'])
}

/// Whether a word ends as most verbs of a third person do: "creates", "turns". Nouns in the plural do, too.
pub(super) fn ends_as_verb(word: &str) -> bool {
    word.ends_with('s') && !word.ends_with("ss") && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a lower-case text has a word that begins as one of verification does.
pub(super) fn verifies(text: &str) -> bool {
    held(text, VERIFY).any(|stem| {
        places_from_last(text, stem).any(|at| {
            !stem.is_ascii() || text[..at].chars().next_back().is_none_or(|before| !before.is_alphabetic())
        })
    })
}

/// Whether words turn what they expect into its opposite.
pub(super) fn negates(words: &str) -> bool {
    // Beside code alone there are none.
    if !words.contains(char::is_alphabetic) {
        return false;
    }
    let words = plain(words);
    words.contains("n't ")
        || held(&words, NEGATION_WORDS).any(|word| ends_with_word(&words, word).is_some())
        || (!words.is_ascii() && says(&words, NEGATION_SIGNS))
}

/// Where a word that has blanks or marks around it ends last in a text, in any script: "не" does not stand in "значение".
pub(super) fn ends_with_word(text: &str, word: &str) -> Option<usize> {
    if word.is_ascii() {
        return rfind_word(text, word).map(|at| at + word.len());
    }
    places_from_last(text, word).map(|at| (at, at + word.len())).find_map(|(start, end)| {
        let joined = |letter: char| letter.is_alphanumeric();
        let whole = !text[..start].chars().next_back().is_some_and(joined)
            && !text[end..].chars().next().is_some_and(joined);
        whole.then_some(end)
    })
}

/// The first clause of a sentence, where the next has a subject of its own: in "prints nothing, the tests pass, and …" the
/// tests are not what prints.
pub(super) fn first_clause(lower: &str) -> &str {
    let mut from = 0;
    while let Some(at) = lower[from..].find(", ") {
        let rest = &lower[from + at + 2..];
        let rest = ["and ", "but ", "while ", "then "]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .unwrap_or(rest);
        if SUBJECTS.iter().any(|word| rest.starts_with(word)) {
            return &lower[..from + at];
        }
        from += at + 2;
    }
    lower
}

/// The sentences of a text, as byte ranges; a full stop ends one only before a blank.
pub(super) fn sentences(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let stops = match character {
            '.' | '!' | '?' => {
                bytes.get(end).is_none_or(|byte| *byte == b' ') && !is_abbreviation(&text[start..at])
            }
            '。' | '！' | '？' => true,
            _ => false,
        };
        if stops {
            found.push(start..end);
            start = end;
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

/// Whether a full stop here ends an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    ["e.g", "i.e", "etc", "vs", "cf", "..", " no"].iter().any(|ending| before.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_a_full_stop_before_a_blank() {
        let text = "Run src/a.rs e.g. twice. Expect 0.5 s! ok";
        let parts: Vec<&str> = sentences(text).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(parts, ["Run src/a.rs e.g. twice.", "Expect 0.5 s!", "ok"]);
    }

    #[test]
    fn a_word_is_met_whole_and_the_last_one_first() {
        assert_eq!(rfind_word("全てpass", "pass"), Some("全て".len()));
        assert_eq!(rfind_word("passする、통과pass하고 übpass", "pass"), Some("passする、통과".len()));
        assert_eq!(rfind_word("pass, then pass。", "pass"), Some(11));
        assert_eq!(rfind_word("passes bypass über_pass", "pass"), None);
        assert_eq!(rfind_word("", "pass"), None);
        assert_eq!(rfind_word("テストが通る", "通る"), Some(12));
    }

    #[test]
    fn a_stem_is_met_at_the_start_of_a_word() {
        assert!(verifies("formatting and verification:"));
        assert!(verifies("run the tests"));
        assert!(!verifies("the latest build"));
    }
}
