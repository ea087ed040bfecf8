//! What SQL does, read as its client reads it.

use crate::policy::category::Relation;

/// How a client reads quotes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A backslash in a text is a backslash, `"…"` is a name, and `--` begins a comment.
    Standard,
    /// A backslash escapes, `"…"` is a text, `#` begins a comment, and `--` only with a blank behind it.
    MySql,
    /// A backslash escapes; the rest is as in the standard.
    Escapes,
}

impl Dialect {
    pub(super) fn of(program: &str) -> Dialect {
        match program {
            "mysql" | "mariadb" | "mycli" => Dialect::MySql,
            "beeline" | "bq" | "clickhouse" | "clickhouse-client" | "hive" | "impala-shell" | "snow"
            | "snowsql" | "spark-sql" => Dialect::Escapes,
            _ => Dialect::Standard,
        }
    }
}

/// What SQL does: text in quotes and comments is data, but for what `EXECUTE` is given.
pub(super) fn sql(text: &str, dialect: Dialect) -> Relation {
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

/// The text drops something by name, whatever quotes are around it.
pub(super) fn names_drop(text: &str) -> bool {
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
