//! The lexicon of headings: every name that gives a section its meaning, as data in one place.
//!
//! Names come from the standard schema and from how 462 public `ExecPlan`s are written: 93 % have a section that says
//! what must hold, under one of 164 spellings. To teach planproof another language, add words here; a project adds its
//! own in `planproof.toml` ([`Headings`]). All words are in the form that [`super::heading::normalise`] gives. A word
//! in a script that separates words is met as a whole word, one of any other as a part of the name.

use super::heading::SectionKind;

/// Headings that a project names in `planproof.toml`, besides those that planproof knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headings {
    /// Sections that say what must hold.
    pub verification: Vec<String>,
    /// Sections of commands in order, most of which set up and build.
    pub steps: Vec<String>,
    /// Sections that never hold a check.
    pub never: Vec<String>,
}

/// Names that must be met whole.
pub(super) const EXACT: &[(&str, SectionKind)] = &[
    ("constraints and safety", SectionKind::Constraints),
    ("constraints", SectionKind::Constraints),
    ("safety and constraints", SectionKind::Constraints),
    ("safety constraints", SectionKind::Constraints),
    ("acceptance criteria", SectionKind::Criteria),
    ("milestones", SectionKind::Milestones),
    ("progress", SectionKind::Progress),
    ("进度", SectionKind::Progress),
    ("进展", SectionKind::Progress),
    ("進捗", SectionKind::Progress),
    ("진행 상황", SectionKind::Progress),
    ("progreso", SectionKind::Progress),
    ("прогресс", SectionKind::Progress),
    ("進度", SectionKind::Progress),
    ("fortschritt", SectionKind::Progress),
    ("fortschrittslog", SectionKind::Progress),
    ("fortschrittsprotokoll", SectionKind::Progress),
    ("progrès", SectionKind::Progress),
    ("avancement", SectionKind::Progress),
    ("progression", SectionKind::Progress),
    ("progresso", SectionKind::Progress),
    ("progressi", SectionKind::Progress),
    ("avanzamento", SectionKind::Progress),
    // Tests alone, and not `Tests to write`.
    ("tests", SectionKind::Validation),
    ("test", SectionKind::Validation),
    ("checks", SectionKind::Validation),
    ("tests and checks", SectionKind::Validation),
    ("how to test", SectionKind::Validation),
    ("test strategy", SectionKind::Validation),
    ("测试", SectionKind::Validation),
    ("テスト", SectionKind::Validation),
    ("테스트", SectionKind::Validation),
    ("pruebas", SectionKind::Validation),
    ("testes", SectionKind::Validation),
    ("essais", SectionKind::Validation),
    ("prove", SectionKind::Validation),
    ("測試", SectionKind::Validation),
    ("測試策略", SectionKind::Validation),
    ("测试策略", SectionKind::Validation),
    ("テスト戦略", SectionKind::Validation),
    ("teststrategie", SectionKind::Validation),
    ("testkonzept", SectionKind::Validation),
    ("stratégie de test", SectionKind::Validation),
    ("stratégie de tests", SectionKind::Validation),
    ("estrategia de pruebas", SectionKind::Validation),
    ("estratégia de testes", SectionKind::Validation),
    ("тесты", SectionKind::Validation),
    ("тестирование", SectionKind::Validation),
    // Commands alone: `命令行` is the command line, which a plan can be about.
    ("命令", SectionKind::Steps),
    ("具体命令", SectionKind::Steps),
    ("执行命令", SectionKind::Steps),
    ("运行命令", SectionKind::Steps),
    ("コマンド", SectionKind::Steps),
    ("実行コマンド", SectionKind::Steps),
    ("명령", SectionKind::Steps),
    ("명령어", SectionKind::Steps),
    ("comandos", SectionKind::Steps),
    ("команды", SectionKind::Steps),
    ("指令", SectionKind::Steps),
    ("執行指令", SectionKind::Steps),
    ("執行命令", SectionKind::Steps),
    ("befehle", SectionKind::Steps),
    ("commandes", SectionKind::Steps),
    ("comandi", SectionKind::Steps),
    ("belege", SectionKind::Never),
    ("outcomes and retrospective", SectionKind::Outcomes),
    ("outcomes and retrospectives", SectionKind::Outcomes),
    ("outcome and retrospective", SectionKind::Outcomes),
    ("outcomes", SectionKind::Outcomes),
    ("retrospective", SectionKind::Outcomes),
];

/// Words of sections that say what must hold.
pub(super) const CHECK: &[&str] = phrases! {
    "validation", "validations", "validate", "verification", "verifications", "verify", "verifying", "acceptance",
    "proof", "quality gate", "quality gates", "review gate", "review gates", "validation gates", "quality bar",
    "definition of done", "definition of completion", "dod", "done when", "done criteria", "done means",
    "completion criteria", "success criteria", "success criterion", "success bar", "success conditions",
    "success indicators", "success metrics", "exit criteria", "exit gate", "exit gates", "release gate",
    "release gates", "promotion gate", "promotion gates", "merge gate", "merge gates", "launch bar", "launch gate",
    "launch criteria", "evidence gate", "evidence gates", "go no go", "do not merge until", "do not ship until",
    "do not release until", "evaluation criteria", "test plan", "testing plan", "testplan", "test criteria",
    "manual tests", "manual test checklist", "testing", "test commands", "tests to run", "required tests",
    "required checks", "final checks", "smoke test", "smoke tests",
    // Japanese
    "検証", "受け入れ", "受入", "完了条件", "完了の定義", "合格条件", "動作確認", "確認方法", "テスト計画", "手動テスト", "成功基準", "成功条件", "終了条件", "準拠確認",
    "品質ゲート", "リリースゲート",
    // Chinese
    "验证", "驗證", "验收", "驗收", "必跑命令", "完成标准", "完成定义", "完成條件", "成功标准", "测试计划", "測試計劃", "手动测试", "退出标准", "发布门禁", "質量門",
    "质量门",
    // Korean
    "검증", "완료 기준", "완료 조건", "인수 기준", "수용 기준", "테스트 계획", "종료 조건", "종료 기준", "성공 기준", "수동 테스트", "동작 확인",
    // Spanish and Portuguese
    "validación", "verificación", "aceptación", "criterios", "plan de pruebas", "pruebas manuales",
    "condiciones de salida", "plano de testes", "testes manuais", "validação", "verificação", "aceitação",
    "critérios",
    // Russian
    "валидация", "проверка", "верификация", "план тестирования", "тест план", "условия завершения",
    "условие завершения", "критерии", "приемка", "приёмка",
    // German, French, Italian
    "validierung", "verifizierung", "verifikation", "überprüfung", "abnahme", "abnahmekriterien",
    "akzeptanzkriterien", "erfolgskriterien", "prüfplan", "prüfung", "prüfungen", "prüfkriterien", "vérification",
    "critères", "plan de test", "plan de tests", "conditions de sortie", "recette", "verifica", "criteri",
    "piano di test",
    // Spanish and Portuguese, with and without their accents
    "validaciones", "validacion", "verificaciones", "verificacion", "comprobación", "comprobaciones", "aceptacion",
    "definición de terminado", "definición de hecho", "pruebas de aceptación", "validações", "validacao",
    "verificações", "verificacao", "aceitacao", "aceite", "definição de pronto", "definição de concluído",
    "testes de aceitação",
    // German
    "validierungen", "validierungsplan", "validierungsschritte", "validierungskriterien", "validierungsbefehle",
    "verifikationen", "verifikationsplan", "verifikationsschritte", "verifizierungen", "nachprüfung", "ueberpruefung",
    "überprüfungen", "pruefung", "prüfschritte", "prüfbefehle", "prüfliste", "prüfkommandos", "abnahmetest",
    "abnahmetests", "abnahmeprüfung", "abnahmebedingungen", "akzeptanz", "akzeptanztest", "akzeptanztests",
    "abschlusskriterien", "fertigstellungskriterien", "freigabekriterien", "ausstiegskriterien", "qualitätskriterien",
    "qualitätssicherung", "qualitätsgate", "qualitätsgates", "testbefehle", "manuelle tests", "fertig wenn",
    "definition von fertig",
    // French
    "vérifications", "vérifier", "acceptation", "critère", "criteres", "plan de validation", "tests manuels",
    "tests d acceptation", "définition de terminé", "définition du fini", "contrôle qualité", "contrôles qualité",
    // Italian
    "validazione", "convalida", "verifiche", "accettazione", "collaudo", "piano dei test", "test manuali",
    "definizione di completato", "definizione di fatto",
    // Chinese in traditional characters
    "完成標準", "完成定義", "成功標準", "成功條件", "測試計畫", "測試方案", "手動測試", "退出標準", "必跑指令", "品質門檻", "品質關卡", "發布門檻",
};

/// Words of sections that give commands in order. Most of those set up, build or look around, so only what verifies
/// is read there.
pub(super) const STEPS: &[&str] = phrases! {
    "steps", "commands", "runbook", "procedure", "手順", "步骤", "步驟", "구체적인 단계", "절차", "pasos", "passos", "шаги",
    "schritte", "étapes", "ablauf", "arbeitsschritte", "befehle", "vorgehen", "commandes", "procédure",
    "procedimento", "procedimiento", "passi", "passaggi", "comandi", "procedura", "執行步驟", "具體步驟",
};

/// Words of records: what was seen, done or decided once. They win over the words of a check, since `Validation
/// results` holds what was seen, not what must hold.
pub(super) const RECORD: &[&str] = phrases! {
    "progress", "surprises", "surprise", "discoveries", "decision", "decisions", "outcomes", "outcome",
    "retrospective", "artifacts", "artefacts", "evidence", "revision", "revisions", "history", "changelog", "ledger",
    "log", "logs", "notes", "note", "results", "result", "transcript", "transcripts", "verification report",
    "validation report", "acceptance report", "test report", "status report", "completion report",
    "completion summary", "verification summary", "validation summary", "validated", "verified", "completed", "已验证",
    "验证结果", "验证报告", "測試報告", "测试报告", "进度", "进展", "进捗", "進捗", "決定", "决策", "决定", "发现", "発見", "驚き", "振り返り", "回顾", "复盘",
    "证据", "証拠", "記録", "検証報告", "検証サマリー", "完了報告", "记录", "日志", "結果", "结果", "成果物", "진행", "결정", "발견", "결과", "회고", "증거",
    "기록", "검증 보고", "완료 보고", "progreso", "sorpresas", "descubrimientos", "decisiones", "resultados",
    "informe de pruebas", "informe de validación", "relatório de testes", "retrospectiva", "evidencia", "artefactos",
    "progresso", "decisões", "прогресс", "решения", "решений", "журнал", "сюрпризы", "открытия", "итоги",
    "ретроспектива", "результаты", "отчет о тестировании", "отчёт о тестировании", "отчет о проверке",
    "отчёт о проверке", "артефакты", "fortschritt", "entscheidungen", "überraschungen", "ergebnisse", "prüfbericht",
    "testbericht", "rückblick", "décisions", "résultats", "rapport de test", "rapport de tests",
    "rapport de validation",
    // German
    "fortschritte", "fortschrittslog", "fortschrittsprotokoll", "entscheidung", "entscheidungslog",
    "entscheidungsprotokoll", "überraschung", "ueberraschungen", "erkenntnisse", "entdeckungen", "ergebnis",
    "testergebnis", "testergebnisse", "testprotokoll", "prüfprotokoll", "prüfergebnis", "prüfergebnisse",
    "validierungsbericht", "validierungsprotokoll", "validierungsergebnis", "validierungsergebnisse",
    "verifikationsbericht", "verifikationsprotokoll", "verifikationsergebnisse", "abnahmebericht", "abnahmeprotokoll",
    "retrospektive", "artefakte", "notizen", "änderungsprotokoll", "änderungshistorie", "nachweis", "nachweise",
    "testnachweise", "validierungsnachweise", "evidenz", "evidenzen",
    // French
    "progrès", "avancement", "décision", "découvertes", "résultat", "journal des décisions",
    "journal de décisions", "journal d exécution", "journal des modifications", "compte rendu", "rétrospective",
    "bilan", "preuves",
    // Spanish and Portuguese
    "decisión", "hallazgos", "resultado", "evidencias", "bitácora", "decisão", "surpresas", "descobertas",
    "evidência", "evidências", "artefatos", "diário de decisões",
    // Italian
    "progressi", "avanzamento", "decisione", "decisioni", "sorprese", "scoperte", "risultato", "risultati", "esito",
    "esiti", "retrospettiva", "evidenze", "artefatti", "rapporto di test",
    // Chinese in traditional characters, and Japanese
    "進度", "進展", "決策", "發現", "回顧", "檢討", "證據", "紀錄", "記錄", "日誌", "已驗證", "驗證報告", "エビデンス", "作業ログ", "実行ログ", "検証ログ",
    "テストログ",
};

/// Words of sections that explain. They win over the words of a check only where they stand before them: `Validation
/// and rollback` still says what must hold, `Context of the validation` explains.
pub(super) const ASIDE: &[&str] = phrases! {
    "context", "orientation", "background", "interfaces", "dependencies", "idempotence", "idempotency", "recovery",
    "rollback", "risks", "背景", "上下文", "文脈", "依赖", "依存", "冪等", "幂等", "回滚", "リスク", "风险", "배경", "맥락", "위험", "contexto",
    "riesgos", "контекст", "риски", "kontext", "risiken", "contexte", "risques", "hintergrund", "abhängigkeiten",
    "schnittstellen", "wiederherstellung", "idempotenz", "dépendances", "idempotence et reprise", "reprise", "riscos",
    "dependências", "dependencias", "contesto", "dipendenze", "rischi", "ripristino", "依賴", "冪等性", "回滾", "風險", "脈絡",
};

/// Names of what is expected, though the noun of some is that of a record: headings and labels of what must hold.
pub(super) const EXPECTED: &[&str] = phrases! {
    "expected outcome", "expected outcomes", "expected result", "expected results", "expected visible result",
    "expected behavior", "expected behaviour", "expected observation", "expected observations", "expected signal",
    "expected signals", "期待結果", "期待される結果",
    "期待する結果", "期待される出力", "预期结果", "預期結果", "期望结果", "기대 결과", "예상 결과", "resultado esperado", "resultados esperados",
    "résultat attendu", "résultats attendus", "erwartetes ergebnis", "erwartete ergebnisse", "ожидаемый результат",
    "ожидаемые результаты", "risultato atteso", "risultati attesi", "期望結果",
};
/// Names of what is printed: labels, and headings right below those of the commands. A section of its own is none of them.
pub(super) const EXPECTED_OUTPUT: &[&str] = phrases! {
    "expected", "expect", "expected output", "expected outputs", "expected stdout", "expected shape", "期待", "期待値",
    "期待出力", "预期", "预期输出", "期望输出", "기대", "예상 출력", "salida esperada", "saída esperada", "saida esperada",
    "sortie attendue", "erwartete ausgabe", "ожидаемый вывод", "ожидается", "erwartet", "output atteso", "attendu",
    "預期", "預期輸出", "期望輸出",
};

/// Names of what proves that something held. Behind the name of a check and "and" they ask for it; alone they are a record.
pub(super) const EVIDENCE: &[&str] = phrases! {
    "evidence", "nachweis", "nachweise", "belege", "evidenz", "evidenzen", "preuves", "evidencia", "evidencias", "evidência",
    "evidências", "evidenze", "доказательства", "证据", "證據", "証拠", "エビデンス", "증거",
};
/// Words for "and" between two names of a heading, the way that [`super::heading::normalise`] leaves them.
pub(super) const AND: &[&str] = phrases! { " and ", " und ", " et ", " y ", " e ", " и ", " 및 ", "与", "與", "和", "及", "と", "および" };
/// What is done with evidence that is still to come: a heading such as `Validation and evidence capture`.
pub(super) const GATHERED: &[&str] =
    phrases! { "capture", "collection", "required", "requirements", "plan", "needed", "to" };

/// Last words that make a list of what must hold of a name that speaks of a record: a `Validation evidence checklist`
/// asks for evidence, and in English the last noun says what a thing is.
pub(super) const LIST_NOUNS: &[&str] =
    &["checklist", "criteria", "gate", "gates", "plan", "requirements", "commands", "steps"];

/// Words that say no more in a name that is otherwise made of the words of a check: `Phase 4: Final validation`.
pub(super) const FILLER: &[&str] = phrases! {
    "and", "or", "the", "of", "for", "plan", "final", "full", "steps", "commands", "criteria", "checks", "gate",
    "gates", "testing", "tests", "test", "checklist", "docs", "end", "to", "e2e", "run", "how", "und", "et", "e", "y",
};

/// Words that a part of the work begins with, before its number.
pub(super) const PARTS: &[&str] = phrases! {
    "milestone", "phase", "stage", "task", "step", "slice", "wave", "sprint", "workstream", "iteration", "part",
    "マイルストーン", "フェーズ", "里程碑", "阶段", "任务", "마일스톤", "단계", "hito", "fase", "etapa", "этап", "meilenstein", "étape",
    "jalon", "階段", "任務", "tarea", "tarefa", "aufgabe", "tâche", "schritt", "passo", "paso",
};

/// Words of sections of rules.
pub(super) const RULES: &[&str] = &["constraint", "constraints", "safety", "guardrails"];

/// What a sentence of a milestone says that is its own acceptance, in whatever section it stands.
pub(super) const COMPLETES: &[&str] = phrases! {
    "is done when", "is complete when", "is completed when", "is accepted when", "is finished when", "are done when",
    "is considered done when", "is considered complete when", "完了条件は", "終了条件は", "受け入れ条件は", "合格条件は", "完成条件是", "完成条件为",
    "完成标准是", "完成标准为", "验收标准是", "验收标准为", "완료 조건은", "완료 기준은", "종료 조건은", "se considera terminado cuando",
    "está terminado cuando", "está completo cuando", "está concluído quando", "está completo quando",
    "est terminé quand", "est terminée quand", "est terminé lorsque", "est terminée lorsque", "ist fertig, wenn",
    "ist abgeschlossen, wenn", "считается завершённым, когда", "считается завершенным, когда", "завершён, когда",
    "завершен, когда", "завершена, когда", "è completo quando", "è completata quando", "完成條件是", "完成條件為", "驗收標準是",
    "驗收標準為",
};

/// What a lead-in with a day in it says that was done on that day: "Executado em 2026-08-07: …" tells what was seen once.
pub(super) const DONE: &[&str] = phrases! {
    "executed", "ran", "was run", "were run", "performed", "completed", "checked", "verified", "validated", "passed", "tested",
    "executado", "executada", "executados", "executadas", "validado", "verificado", "concluído", "rodado", "ejecutado",
    "ejecutada", "ejecutados", "ejecutadas", "realizado", "realizada", "comprobado", "exécuté", "exécutée", "exécutés",
    "effectué", "effectuée", "vérifié", "validé", "ausgeführt", "durchgeführt", "geprüft", "verifiziert", "eseguito",
    "выполнено", "выполнен", "проверено", "запущено", "実行済", "実施済", "確認済", "実行した", "実施した", "已执行", "已运行", "已验证",
    "실행함", "실행 완료", "확인 완료", "실행했",
};
