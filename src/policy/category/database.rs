//! Commands that drop databases, tables or all data in them, as SQL and as programs.

mod sql;
mod table;

use super::Relation;
use super::scene::Scene;
use sql::{Dialect, names_drop, sql};
use table::{CLIENTS, DROPPING, LANGUAGES, MAYBE_DROPPING, TEXT};

/// How a call relates to a rule against dropping databases or tables.
pub(super) fn relation(scene: &Scene<'_>) -> Relation {
    let program = scene.program();
    if scene.only_tells() {
        return Relation::None;
    }
    match program {
        "dropdb" | "dropuser" => return Relation::Is,
        "redis-cli" | "valkey-cli" | "keydb-cli" => {
            let flushes = |word: &str| matches!(word.to_ascii_uppercase().as_str(), "FLUSHALL" | "FLUSHDB");
            let given = scene.operands.iter().any(|word| flushes(word))
                || scene
                    .command
                    .input_text
                    .as_deref()
                    .is_some_and(|text| text.to_ascii_uppercase().contains("FLUSH"));
            return if given { Relation::May } else { Relation::None };
        }
        "mongosh" | "mongo" => return mongo(scene),
        "docker" | "docker-compose" => {
            let volumes = scene.is(&["volume", "rm"])
                || scene.is(&["volume", "prune"])
                || scene.operands.contains(&"down") && scene.has(&["-v", "--volumes"])
                || scene.is(&["system", "prune"]) && scene.has(&["--volumes"]);
            return if volumes { Relation::May } else { Relation::None };
        }
        "curl" | "http" | "xh" => {
            let deletes = scene
                .flags
                .iter()
                .any(|flag| matches!(&*flag.name, "-X" | "--request") && flag.value == Some("DELETE"));
            let database = scene.operands.iter().any(|word| word.contains(":9200") || word.contains(":5984"));
            return if deletes && database { Relation::May } else { Relation::None };
        }
        _ => {}
    }
    if drops(scene) {
        return Relation::Is;
    }
    let open = computed_drop(scene) || may_drop(scene);
    let least = if open { Relation::May } else { Relation::None };
    if LANGUAGES.contains(&program) {
        return in_code(scene).max(least);
    }
    let Some((_, options, operand)) = CLIENTS.iter().find(|(name, ..)| *name == program) else {
        return in_operands(scene).max(least);
    };
    sql_given(scene, options, *operand).max(least)
}

/// Its words are those of a phrase that may drop.
fn may_drop(scene: &Scene<'_>) -> bool {
    let says = |word: &str| scene.invocation.words().iter().any(|given| given.text.as_deref() == Some(word));
    MAYBE_DROPPING.about(scene.program()).any(|phrase| phrase.split_ascii_whitespace().all(says))
}

/// A computed word that may become the one that drops: `mysqladmin $VERB app`, `python manage.py $TASK`.
fn computed_drop(scene: &Scene<'_>) -> bool {
    let of = |program: &str| DROPPING.about(program).chain(MAYBE_DROPPING.about(program));
    let own = scene.may_become(of(scene.program()));
    let first = scene.operands.first().copied().unwrap_or_default();
    let script = first.rsplit('/').next().unwrap_or(first);
    let runs = scene.operands.get(1).is_some_and(|word| word.is_empty())
        && of(script).next().is_some()
        && scene.computes(1);
    own || runs
}

/// SQL in the words or the input of a program that is no known client: nobody passes it for another purpose than to have
/// it run, unless the program is about text.
fn in_operands(scene: &Scene<'_>) -> Relation {
    let program = scene.program();
    if TEXT.has(program) {
        return Relation::None;
    }
    let words = scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
    let texts = words.chain(scene.command.input_text.as_deref());
    let drops = |text: &str| names_drop(text) && sql(text, Dialect::of(program)) == Relation::Is;
    // These send it to a database by their own words: `aws athena …`, `heroku pg:psql -c`, `wrangler d1 execute`.
    let sends = ["aws", "fly", "flyctl", "gcloud", "heroku", "prisma", "supabase", "turso", "wrangler"];
    match (texts.into_iter().any(drops), sends.contains(&program)) {
        (true, true) => Relation::Is,
        (true, false) => Relation::May,
        (false, _) => Relation::None,
    }
}

/// Code that has a database run it: `python -c "… .execute('DROP TABLE t')"`.
fn in_code(scene: &Scene<'_>) -> Relation {
    let words = scene.invocation.words().iter().filter_map(|word| word.text.as_deref());
    let mut relation = Relation::None;
    for text in words.chain(scene.command.input_text.as_deref()) {
        let calls = [
            "execute",
            ".query(",
            ".exec(",
            ".run(",
            ".raw(",
            "->do(",
            "->query(",
            "executescript",
            "Unsafe(",
        ];
        let runs = calls.iter().any(|call| text.contains(call));
        let prints = ["print", "console.log", "puts ", "echo ", "assert", "re."];
        let shows = prints.iter().any(|call| text.contains(call));
        if names_drop(text) && runs || text.contains("drop_all()") {
            return Relation::Is;
        }
        if names_drop(text) && !shows || text.contains("drop_table(") || text.contains("dropTable(") {
            relation = Relation::May;
        }
    }
    relation
}

/// Programs whose words say it, also as `bundle exec rake db:drop`, `php artisan migrate:fresh`, `cargo sqlx …`.
fn drops(scene: &Scene<'_>) -> bool {
    let words: Vec<&str> = scene.invocation.words().iter().filter_map(|word| word.text.as_deref()).collect();
    let says = |name: &str, rest: &[&str]| {
        let name = name.rsplit('/').next().unwrap_or(name);
        DROPPING.about(name).any(|phrase| {
            let mut plain = rest.iter().filter(|word| !word.starts_with('-') || phrase.contains(**word));
            phrase.split_ascii_whitespace().all(|word| plain.by_ref().take(4).any(|given| *given == word))
        })
    };
    if says(scene.program(), &words) {
        return true;
    }
    // The first words may be another program's: `php artisan`, `python manage.py`, `cargo sqlx`, `bin/rails`.
    let runs = ["php", "python", "cargo", "ruby", "dotnet", "node", "npm", "yarn", "pnpm", "symfony"];
    let runner = scene.program().trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if runner == "dotnet" && scene.is(&["ef", "database", "drop"]) {
        return true;
    }
    runs.contains(&runner) && words.iter().take(3).enumerate().any(|(at, word)| says(word, &words[at + 1..]))
}

fn sql_given(scene: &Scene<'_>, options: &[&str], operand: bool) -> Relation {
    let words = scene.invocation.words();
    let mut relation = Relation::None;
    let mut texts: Vec<&str> = Vec::new();
    let mut file = false;
    let mut at = 0;
    let mut operands = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let text = word.text.as_deref().unwrap_or(&word.prefix);
        let attached = options.iter().find_map(|option| {
            let rest = text.strip_prefix(option)?;
            if option.starts_with("--") {
                rest.strip_prefix('=')
            } else {
                (!rest.is_empty() && option.len() == 2).then_some(rest)
            }
        });
        // `-Atc 'SQL'`: the last of a cluster.
        let last = text.len() > 2
            && text.starts_with('-')
            && !text.starts_with("--")
            && options.iter().any(|option| option.len() == 2 && text.ends_with(&option[1..]));
        if options.contains(&text) || last {
            if let Some(value) = words.get(at) {
                match &value.text {
                    Some(text) => texts.push(text),
                    None => relation = Relation::May,
                }
                at += 1;
            }
        } else if let Some(sql) = attached {
            if word.text.is_none() {
                relation = Relation::May;
            }
            texts.push(sql);
        } else if matches!(text, "-f" | "--file" | "--queries-file" | "-i") || text.starts_with("--file=") {
            file = true;
        } else if !text.starts_with('-') {
            operands += 1;
            if operand && operands > 1 {
                match &word.text {
                    Some(text) => texts.push(text),
                    None => relation = Relation::May,
                }
            }
        }
    }
    if file || scene.hidden && texts.is_empty() {
        relation = Relation::May;
    }
    let fed = scene.command.pipeline.fed
        || scene.command.redirections.iter().any(crate::policy::shell::Redirection::feeds);
    match &scene.command.input_text {
        Some(text) => texts.push(text),
        None if fed && texts.is_empty() => relation = Relation::May,
        None => {}
    }
    let dialect = Dialect::of(scene.program());
    texts.into_iter().map(|text| sql(text, dialect)).fold(relation, Ord::max)
}

fn mongo(scene: &Scene<'_>) -> Relation {
    let words = scene.invocation.words();
    let computed = words.iter().any(|word| word.text.is_none() && scene.has(&["--eval"]));
    let texts =
        words.iter().filter_map(|word| word.text.as_deref()).chain(scene.command.input_text.as_deref());
    // What a file of its own does is not read.
    let file =
        scene.operands.iter().any(|word| word.rsplit_once('.').is_some_and(|(_, ending)| ending == "js"))
            || scene.has(&["-f", "--file"]);
    let mut relation = if computed || file { Relation::May } else { Relation::None };
    for text in texts {
        let text = &without_texts(text);
        if text.contains("dropDatabase") || text.contains(".drop(") {
            relation = Relation::Is;
        } else if text.contains("deleteMany({})")
            || text.contains(".remove({})")
            || text.contains("dropIndex")
        {
            relation = relation.max(Relation::May);
        }
    }
    relation
}

/// JavaScript without its comments and without what it has in quotes, but for names in brackets: `db["dropDatabase"]()`.
fn without_texts(code: &str) -> String {
    let mut plain = String::with_capacity(code.len());
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('/', Some('/')) => {
                plain.push(' ');
                rest.by_ref().find(|c| *c == '\n');
            }
            ('/', Some('*')) => {
                let mut before = ' ';
                rest.next();
                rest.by_ref().find(|c| std::mem::replace(&mut before, *c) == '*' && *c == '/');
            }
            ('"' | '\'' | '`', _) => {
                let named = plain.ends_with('[');
                while let Some(next) = rest.next().filter(|next| *next != c) {
                    let next = if next == '\\' { rest.next().unwrap_or(next) } else { next };
                    if named {
                        plain.push(next);
                    }
                }
            }
            _ => plain.push(c),
        }
    }
    plain
}
