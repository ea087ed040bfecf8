//! Commands that drop databases, tables or all data in them, as SQL and as programs.

use std::sync::LazyLock;

use super::Relation;
use super::scene::Scene;
use crate::policy::names::{Names, Phrases};

/// Clients with the options whose values are SQL, and whether an operand after the database is SQL as well.
const CLIENTS: &[(&str, &[&str], bool)] = &[
    ("bq", &[], true),
    ("clickhouse-client", &["-q", "--query", "--queries"], false),
    ("clickhouse", &["-q", "--query"], false),
    ("cockroach", &["-e", "--execute"], false),
    ("beeline", &["-e"], false),
    ("cqlsh", &["-e", "--execute"], false),
    ("duckdb", &["-c", "-s", "-cmd"], true),
    ("hive", &["-e"], false),
    ("impala-shell", &["-q", "--query"], false),
    ("influx", &["-execute"], false),
    ("isql", &[], false),
    ("litecli", &["-e", "--execute"], false),
    ("mssql-cli", &["-Q", "-q"], false),
    ("mycli", &["-e", "--execute"], false),
    ("mariadb", &["-e", "--execute"], false),
    ("mysql", &["-e", "--execute", "--init-command"], false),
    ("presto", &["--execute"], false),
    ("pgcli", &["-c", "--command"], false),
    ("psql", &["-c", "--command"], false),
    ("snow", &["-q", "--query"], false),
    ("snowsql", &["-q", "--query"], false),
    ("spark-sql", &["-e"], false),
    ("sqlcmd", &["-Q", "-q"], false),
    ("sqlite", &["-cmd"], true),
    ("sqlite3", &["-cmd"], true),
    ("sqlplus", &[], false),
    ("trino", &["--execute"], false),
    ("usql", &["-c", "--command"], false),
    ("ysqlsh", &["-c", "--command"], false),
];

/// Programs and their words that drop; `;` between phrases.
const DROPS: &[(&str, &str)] = &[
    (
        "rails",
        "db:drop;db:reset;db:drop:all;db:migrate:reset;db:schema:load;db:purge;db:purge:all;db:truncate_all",
    ),
    (
        "rake",
        "db:drop;db:reset;db:drop:all;db:migrate:reset;db:schema:load;db:purge;db:purge:all;db:truncate_all",
    ),
    ("prisma", "migrate reset;db push --force-reset"),
    ("wp", "db reset;db drop;db clean;site empty"),
    ("sqlx", "database drop;database reset;db drop;db reset"),
    ("diesel", "database reset;database drop;db reset"),
    ("sequelize", "db:drop;db:migrate:undo:all"),
    ("sequelize-cli", "db:drop;db:migrate:undo:all"),
    ("typeorm", "schema:drop"),
    ("mikro-orm", "schema:drop;schema:fresh"),
    ("knex", "migrate:rollback --all"),
    ("sea-orm-cli", "migrate fresh;migrate reset"),
    ("mvn", "flyway:clean;liquibase:dropAll"),
    ("mvnw", "flyway:clean;liquibase:dropAll"),
    ("gradle", "flywayClean;dropAll"),
    ("gradlew", "flywayClean;dropAll"),
    ("artisan", "migrate:fresh;migrate:reset;migrate:refresh;db:wipe"),
    ("mix", "ecto.drop;ecto.drop,;ecto.reset;ecto.reset,"),
    ("console", "doctrine:database:drop;doctrine:schema:drop;d:d:d"),
    ("manage.py", "flush;reset_db;sqlflush"),
    ("django-admin", "flush;reset_db"),
    ("supabase", "db reset"),
    ("flyway", "clean"),
    ("liquibase", "drop-all;dropAll"),
    ("dbmate", "drop"),
    ("mysqladmin", "drop"),
    ("mariadb-admin", "drop"),
    ("az", "sql db delete;mysql db delete;postgres db delete;postgres flexible-server db delete"),
    ("hasura", "metadata clear"),
    ("drizzle-kit", "drop"),
    ("atlas", "schema clean"),
    ("goose", "reset"),
    ("migrate", "drop"),
    ("heroku", "pg:reset"),
    ("influx", "bucket delete"),
    ("aws", "dynamodb delete-table;rds delete-db-instance;rds delete-db-cluster;redshift delete-cluster"),
    ("gcloud", "sql instances delete;sql databases delete;spanner databases delete;spanner instances delete"),
    ("gcloud-sql", "delete"),
    ("doctl", "databases delete;databases db delete"),
    ("pscale", "database delete;branch delete"),
    ("turso", "db destroy"),
    ("wrangler", "d1 delete"),
    ("neonctl", "projects delete;databases delete;branches delete"),
    ("medusa", "db:drop"),
];

/// Programs and their words that may drop: they undo what has been migrated, or delete what a database is for some.
const MAY_DROP: &[(&str, &str)] = &[
    ("alembic", "downgrade base"),
    ("flask", "db downgrade base"),
    ("diesel", "migration revert --all"),
    ("mongorestore", "--drop"),
    ("influx", "delete"),
    ("aws", "glue delete-table;glue delete-database"),
    ("az", "cosmosdb sql"),
];

/// Programs that run what stands in their words or input, in a language of their own.
const LANGUAGES: [&str; 9] = ["bun", "deno", "node", "perl", "php", "python", "rails", "ruby", "tsx"];

/// Programs to which SQL is a text like any other: they print it, look for it, keep it, or name tests after it.
static TEXT: LazyLock<Names> = LazyLock::new(|| {
    const LIST: &str = "[ ag awk bash cargo cat cd cmp comm cp cut dash diff echo egrep emacs env export false fgrep find gh git \
    glab go grep head jest jq just ksh less local ls make man mkdir mv mysqldump nano npm npx pg_dump pnpm printf pytest rg rm \
    rspec sed set sh sort sqlfluff sqlfmt sqlite3_dump squawk tail tee test touch tr true uniq vi vim wc which xargs yarn yq \
    zsh pgformatter pg_format gawk perl declare readonly typeset read : [[ ssh docker kubectl sudo timeout time jq";
    Names::of(&[LIST])
});

/// The phrases of each table by program.
static DROPPING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(DROPS));
static MAYBE_DROPPING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(MAY_DROP));

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

/// The text drops something by name, whatever quotes are around it.
fn names_drop(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let mut words = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if word == "DROP" && matches!(words.peek(), Some(&("TABLE" | "DATABASE" | "SCHEMA" | "KEYSPACE"))) {
            return true;
        }
    }
    false
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

/// How a client reads quotes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// A backslash in a text is a backslash, `"…"` is a name, and `--` begins a comment.
    Standard,
    /// A backslash escapes, `"…"` is a text, `#` begins a comment, and `--` only with a blank behind it.
    MySql,
    /// A backslash escapes; the rest is as in the standard.
    Escapes,
}

impl Dialect {
    fn of(program: &str) -> Dialect {
        match program {
            "mysql" | "mariadb" | "mycli" => Dialect::MySql,
            "beeline" | "bq" | "clickhouse" | "clickhouse-client" | "hive" | "impala-shell" | "snow"
            | "snowsql" | "spark-sql" => Dialect::Escapes,
            _ => Dialect::Standard,
        }
    }
}

/// What SQL does: text in quotes and comments is data, but for what `EXECUTE` is given.
fn sql(text: &str, dialect: Dialect) -> Relation {
    let (plain, texts) = lexed(text, dialect);
    let stated = plain.split(';').map(statement).max().unwrap_or(Relation::None);
    let mut words = plain.split(|c: char| !c.is_alphanumeric() && c != '_');
    let runs = words.any(|word| matches!(word, "EXECUTE" | "EXEC" | "PREPARE" | "SP_EXECUTESQL"));
    if runs && texts.iter().any(|text| names_drop(text)) { Relation::Is } else { stated }
}

/// The text in capitals without quotes and comments, and what was in quotes.
fn lexed(text: &str, dialect: Dialect) -> (String, Vec<String>) {
    let (mut plain, mut texts) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' | '`' => {
                // `E'…'` of PostgreSQL escapes in any case.
                let escapes =
                    c != '`' && (dialect != Dialect::Standard || c == '\'' && matches!(before, 'e' | 'E'));
                let mut inner = String::new();
                while let Some(next) = rest.next() {
                    if escapes && next == '\\' {
                        inner.extend(rest.next());
                    } else if next == c {
                        break;
                    } else {
                        inner.push(next);
                    }
                }
                plain.push_str(" ? ");
                texts.push(inner);
            }
            '#' if dialect == Dialect::MySql => while rest.next().is_some_and(|c| c != '\n') {},
            '-' if rest.peek() == Some(&'-') => {
                rest.next();
                let comments = dialect != Dialect::MySql || rest.peek().is_none_or(|c| c.is_whitespace());
                if comments {
                    while rest.next().is_some_and(|c| c != '\n') {}
                    plain.push(' ');
                }
            }
            '/' if rest.peek() == Some(&'*') => {
                // MySQL runs `/*! … */`.
                rest.next();
                if rest.peek() == Some(&'!') {
                    rest.next();
                    while rest.peek().is_some_and(char::is_ascii_digit) {
                        rest.next();
                    }
                    plain.push(' ');
                    continue;
                }
                let mut before = ' ';
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
                plain.push(' ');
            }
            '[' | ']' | '(' | ')' | ',' => plain.push(' '),
            _ => plain.extend(c.to_uppercase()),
        }
        before = c;
    }
    (plain, texts)
}

fn statement(statement: &str) -> Relation {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let objects = ["DATABASE", "SCHEMA", "TABLE", "KEYSPACE", "TABLESPACE", "DATABASES", "OWNED"];
    let after = |verb: &str| {
        words
            .iter()
            .enumerate()
            .filter(|(_, word)| **word == verb)
            .map(|(at, _)| words.get(at + 1).copied().unwrap_or_default())
            .collect::<Vec<_>>()
    };
    // `CREATE TABLE drop …` is odd enough to be asked about by nobody.
    let drops = after("DROP");
    if drops.iter().any(|object| objects.contains(object))
        || drops.iter().any(|object| matches!(*object, "EXTERNAL" | "FOREIGN" | "TEMPORARY"))
    {
        return Relation::Is;
    }
    if words.first() == Some(&"TRUNCATE") || after("TRUNCATE").contains(&"TABLE") {
        return Relation::Is;
    }
    // An index, a view or a function holds no data.
    let light = |object: &&str| {
        matches!(
            *object,
            "INDEX" | "VIEW" | "FUNCTION" | "TRIGGER" | "PROCEDURE" | "CONSTRAINT" | "POLICY" | "EXTENSION"
        )
    };
    if words.first() == Some(&"DROP") && !drops.iter().all(light) || drops.contains(&"COLUMN") {
        return Relation::May;
    }
    let deletes = after("DELETE").contains(&"FROM") && !words.contains(&"WHERE");
    let all = words.contains(&"WHERE")
        && (statement.contains("1=1") || statement.contains("1 = 1"))
        && after("DELETE").contains(&"FROM");
    if deletes || all { Relation::May } else { Relation::None }
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
