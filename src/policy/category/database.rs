//! Commands that drop databases, tables or all data in them, as SQL and as programs.

use super::Relation;
use super::scene::Scene;

/// Clients with the options whose values are SQL, and whether an operand after the database is SQL as well.
const CLIENTS: &[(&str, &[&str], bool)] = &[
    ("bq", &[], true),
    ("clickhouse-client", &["-q", "--query", "--queries"], false),
    ("clickhouse", &["-q", "--query"], false),
    ("cockroach", &["-e", "--execute"], false),
    ("cqlsh", &["-e", "--execute"], false),
    ("duckdb", &["-c", "-s", "-cmd"], true),
    ("isql", &[], false),
    ("mariadb", &["-e", "--execute"], false),
    ("mysql", &["-e", "--execute", "--init-command"], false),
    ("presto", &["--execute"], false),
    ("pgcli", &[], false),
    ("psql", &["-c", "--command"], false),
    ("snowsql", &["-q", "--query"], false),
    ("sqlcmd", &["-Q", "-q"], false),
    ("sqlite", &["-cmd"], true),
    ("sqlite3", &["-cmd"], true),
    ("sqlplus", &[], false),
    ("trino", &["--execute"], false),
    ("usql", &["-c", "--command"], false),
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
    ("sqlx", "database drop;database reset;db drop;db reset"),
    ("diesel", "database reset;database drop;db reset"),
    ("sequelize", "db:drop;db:migrate:undo:all"),
    ("sequelize-cli", "db:drop;db:migrate:undo:all"),
    ("typeorm", "schema:drop"),
    ("artisan", "migrate:fresh;migrate:reset;migrate:refresh;db:wipe"),
    ("mix", "ecto.drop;ecto.reset"),
    ("console", "doctrine:database:drop;doctrine:schema:drop;d:d:d"),
    ("manage.py", "flush;reset_db;sqlflush"),
    ("django-admin", "flush;reset_db"),
    ("supabase", "db reset"),
    ("flyway", "clean"),
    ("liquibase", "drop-all;dropAll"),
    ("dbmate", "drop"),
    ("mysqladmin", "drop"),
    ("hasura", "metadata clear"),
    ("drizzle-kit", "drop"),
    ("atlas", "schema clean"),
    ("goose", "reset"),
    ("migrate", "drop"),
    ("heroku", "pg:reset"),
    ("influx", "bucket delete"),
    ("aws", "dynamodb delete-table;rds delete-db-instance;rds delete-db-cluster;redshift delete-cluster"),
    ("gcloud", "sql instances delete;sql databases delete"),
    ("gcloud-sql", "delete"),
    ("doctl", "databases delete;databases db delete"),
    ("pscale", "database delete;branch delete"),
    ("turso", "db destroy"),
    ("wrangler", "d1 delete"),
    ("neonctl", "projects delete;databases delete;branches delete"),
    ("medusa", "db:drop"),
];

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
                .any(|(name, value)| matches!(name.as_str(), "-X" | "--request") && *value == Some("DELETE"));
            let database = scene.operands.iter().any(|word| word.contains(":9200") || word.contains(":5984"));
            return if deletes && database { Relation::May } else { Relation::None };
        }
        _ => {}
    }
    if drops(scene) {
        return Relation::Is;
    }
    let Some((_, options, operand)) = CLIENTS.iter().find(|(name, ..)| *name == program) else {
        return Relation::None;
    };
    sql_given(scene, options, *operand)
}

/// Programs whose words say it, also as `bundle exec rake db:drop`, `php artisan migrate:fresh`, `cargo sqlx …`.
fn drops(scene: &Scene<'_>) -> bool {
    let words: Vec<&str> = scene.invocation.words().iter().filter_map(|word| word.text.as_deref()).collect();
    let says = |name: &str, rest: &[&str]| {
        let name = name.rsplit('/').next().unwrap_or(name);
        DROPS.iter().filter(|(known, _)| *known == name).any(|(_, phrases)| {
            phrases.split(';').any(|phrase| {
                let mut plain = rest.iter().filter(|word| !word.starts_with('-') || phrase.contains(**word));
                phrase.split_ascii_whitespace().all(|word| plain.by_ref().take(4).any(|given| *given == word))
            })
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
    texts.into_iter().map(sql).fold(relation, Ord::max)
}

/// What SQL does: text in quotes and comments is data.
pub(super) fn sql(text: &str) -> Relation {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                plain.push('?');
                while let Some(c) = rest.next() {
                    if c == '\\' {
                        rest.next();
                    } else if c == '\'' {
                        break;
                    }
                }
            }
            '-' if rest.peek() == Some(&'-') => while rest.next().is_some_and(|c| c != '\n') {},
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
            '"' | '`' | '[' | ']' | '(' | ')' | ',' => plain.push(' '),
            _ => plain.extend(c.to_uppercase()),
        }
    }
    plain.split(';').map(statement).max().unwrap_or(Relation::None)
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
    if words.first() == Some(&"DROP") || drops.contains(&"COLUMN") {
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
    let mut relation = if computed { Relation::May } else { Relation::None };
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
