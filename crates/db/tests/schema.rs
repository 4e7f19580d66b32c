//! Opening the database: migrations, replicas that start together, newer schemas. And that
//! no query of the registry reads a whole table.
#![expect(clippy::unwrap_used, reason = "a test may give up")]

use std::path::Path;

use minato_db::{Db, Error, Options};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

fn sqlite(folder: &tempfile::TempDir) -> Options {
    Options::Sqlite { path: folder.path().join("minato.db") }
}

/// A database of its own on the server that the tests were given, if any.
#[expect(clippy::disallowed_methods, reason = "how a test run names its servers")]
async fn postgres() -> Option<Options> {
    let server = std::env::var("MINATO_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
    let name = format!("schema_{}", std::process::id());
    let mut conn = PgConnection::connect(&server).await.unwrap();
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
    }
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(Options::Postgres { url: format!("{base}/{name}"), max_connections: 4 })
}

#[tokio::test]
async fn replicas_that_start_together_agree() {
    let Some(options) = postgres().await else { return };
    let starts: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn({
                let options = options.clone();
                async move { Db::open(&options).await }
            })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap().check().await.unwrap();
    }
    let Options::Postgres { url, .. } = &options else { unreachable!() };
    let mut conn = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql("INSERT INTO schema_migration VALUES (999, 'from_the_future', 0)")
        .execute(&mut conn)
        .await
        .unwrap();
    let refused = Db::open(&options).await.err().unwrap();
    assert!(matches!(refused, Error::NewerSchema { found: 999, .. }), "{refused}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    Db::open(&sqlite(&folder)).await.unwrap().close().await;
    Db::open(&sqlite(&folder)).await.unwrap().close().await;
    let path = folder.path().join("minato.db");
    let mut conn = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql("INSERT INTO schema_migration VALUES (999, 'from_the_future', 0)")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let text = Db::open(&sqlite(&folder)).await.err().unwrap().to_string();
    assert!(text.contains("999") && text.contains("start a newer Minato"), "{text}");
}

/// The texts of the statements in a source file: every string that begins like one.
fn statements(path: &Path) -> Vec<String> {
    let source = std::fs::read_to_string(path).unwrap();
    let words = ["\"SELECT ", "\"UPDATE ", "\"DELETE "];
    let mut found = Vec::new();
    for (start, _) in
        source.match_indices('"').filter(|(at, _)| words.iter().any(|word| source[*at..].starts_with(word)))
    {
        let mut strings = source[start + 1..].split('"').step_by(2);
        let text = strings.next().unwrap();
        // What `with_list!` puts together ends in an open bracket; behind it stand the marker and
        // the rest.
        let whole = if text.trim_end().ends_with('(') {
            let rest = strings.nth(1).unwrap();
            format!("{text} SELECT value FROM json_each('[]'){rest}")
        } else if text.ends_with("SET ") {
            // What a macro sets does not decide which rows are found.
            format!("{text}review_at = 0{}", strings.next().unwrap())
        } else if text.ends_with("AND ") {
            // Whose executions, which a macro is told.
            format!("{text}vendor_id = $1")
        } else {
            text.to_owned()
        };
        found.push(whole);
    }
    found
}

#[tokio::test]
async fn no_query_of_the_registry_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    Db::open(&sqlite(&folder)).await.unwrap().close().await;
    let path = folder.path().join("minato.db");
    let mut conn = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let mut looked_at = 0;
    let nouns = [
        "allowlist",
        "artifact/mod",
        "blob",
        "immutable",
        "label",
        "member",
        "metadata",
        "quota",
        "repository",
        "scan",
        "secret",
        "tag",
        "upload",
    ];
    for noun in nouns {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{noun}.rs"));
        for text in statements(&source) {
            // Only for dropping leftovers of uploads, and for an administrator's statistics.
            let is_whole = text == "SELECT id FROM upload" || text.ends_with("AS used FROM quota_slot");
            // PostgreSQL's own.
            let is_postgres = ["::", "FOR UPDATE", "FOR NO KEY", "pg_"].iter().any(|own| text.contains(own));
            if is_whole || text.starts_with("SELECT value") || is_postgres {
                continue;
            }
            let plan =
                sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"))).fetch_all(&mut conn).await;
            for row in plan.unwrap_or_else(|error| panic!("{noun}: {error}: {text}")) {
                let step: String = row.get("detail");
                // The index of the default scanner holds one row at most.
                let is_small = step.contains("json_each")
                    || step.ends_with("scanner_default")
                    || step.contains("(subquery")
                    || step.contains("CONSTANT")
                    || step.starts_with("SCAN h")
                    || step == "SCAN numbered";
                assert!(!step.starts_with("SCAN") || is_small, "{noun}: {step}\n{text}");
            }
            looked_at += 1;
        }
    }
    assert!(looked_at >= 20, "only {looked_at} statements were found");
}

/// As with a database that was closed when it was almost empty, and has grown since.
#[tokio::test]
async fn queries_are_planned_for_what_is_there() {
    const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
         INSERT INTO blob (digest, size, storage_key, created_at) SELECT 'd' || i, 1, 'k' || i, 0 FROM n";
    const QUERY: &str =
        "EXPLAIN QUERY PLAN SELECT size FROM blob WHERE id IN (SELECT value FROM json_each('[1,2]'))";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("minato.db");
    Db::open(&sqlite(&folder)).await.unwrap().close().await;
    let mut conn = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::query(ROWS).bind(1).bind(11).execute(&mut conn).await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(&mut conn).await.unwrap();
    sqlx::query(ROWS).bind(12).bind(50_000).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();

    let db = Db::open(&sqlite(&folder)).await.unwrap();
    db.refresh_statistics().await.unwrap();
    db.close().await;
    let mut conn = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let plan = sqlx::query(QUERY).fetch_all(&mut conn).await.unwrap();
    let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
    assert!(steps.iter().any(|step| step.starts_with("SEARCH blob")), "{steps:?}");
    let known: String = sqlx::query("SELECT stat FROM sqlite_stat1 WHERE tbl = 'blob'")
        .fetch_one(&mut conn)
        .await
        .unwrap()
        .get(0);
    assert!(
        known.starts_with("50000") || known.split(' ').next().unwrap().parse::<i64>().unwrap() > 10_000,
        "{known}"
    );
}
