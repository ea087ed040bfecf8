//! Clients of databases, and programs whose words drop something.

use std::sync::LazyLock;

use crate::policy::names::{Names, Phrases};

/// Clients with the options whose values are SQL, and whether an operand after the database is SQL as well.
pub(super) const CLIENTS: &[(&str, &[&str], bool)] = &[
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
pub(super) const LANGUAGES: [&str; 9] =
    ["bun", "deno", "node", "perl", "php", "python", "rails", "ruby", "tsx"];

/// Programs to which SQL is a text like any other: they print it, look for it, keep it, or name tests after it.
pub(super) static TEXT: LazyLock<Names> = LazyLock::new(|| {
    const LIST: &str = "[ ag awk bash cargo cat cd cmp comm cp cut dash diff echo egrep emacs env export false fgrep find gh git \
    glab go grep head jest jq just ksh less local ls make man mkdir mv mysqldump nano npm npx pg_dump pnpm printf pytest rg rm \
    rspec sed set sh sort sqlfluff sqlfmt sqlite3_dump squawk tail tee test touch tr true uniq vi vim wc which xargs yarn yq \
    zsh pgformatter pg_format gawk perl declare readonly typeset read : [[ ssh docker kubectl sudo timeout time jq";
    Names::of(&[LIST])
});

/// The phrases of each table by program.
pub(super) static DROPPING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(DROPS));
pub(super) static MAYBE_DROPPING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(MAY_DROP));
