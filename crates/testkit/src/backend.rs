//! Which database and store a test runs on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use minato_db::Options;
use minato_store::BlobStore;
use minato_store::disk::DiskStore;
use minato_store::s3::{S3Config, S3Credentials, S3Store};
use minato_types::secret::Secret;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

/// A place of its own for one test; several instances may share it.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The database.
    pub database: Options,
    /// `s3://…`, or nothing for a folder.
    pub s3_url: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "how a test run names its servers")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Backend {
    /// A new place, with an empty database.
    pub async fn new(folder: &Path) -> Self {
        let unique = uuid::Uuid::new_v4().simple().to_string();
        let database = match variable("MINATO_TEST_DATABASE_URL") {
            None => Options::Sqlite { path: folder.join("minato.db") },
            Some(server) => {
                Options::Postgres { url: make_database(&server, &unique).await, max_connections: 10 }
            }
        };
        let s3_url = variable("MINATO_TEST_S3_URL").map(|url| match url.split_once('?') {
            Some((base, query)) => format!("{base}/{unique}?{query}"),
            None => format!("{url}/{unique}"),
        });
        Self { database, s3_url }
    }

    /// Whether several instances can run on it.
    pub fn is_shared(&self) -> bool {
        matches!(self.database, Options::Postgres { .. }) && self.s3_url.is_some()
    }

    /// Opens the store.
    pub fn store(&self, folder: &Path) -> Arc<dyn BlobStore> {
        match self.s3() {
            None => Arc::new(DiskStore::open(&folder.join("storage")).unwrap()),
            Some(config) => Arc::new(S3Store::new(&config).unwrap()),
        }
    }

    /// The bucket, if it is not a folder.
    pub fn s3(&self) -> Option<S3Config> {
        let url = self.s3_url.as_ref()?;
        let credentials = S3Credentials {
            access_key_id: variable("AWS_ACCESS_KEY_ID").expect("AWS_ACCESS_KEY_ID"),
            secret_access_key: Secret::new(variable("AWS_SECRET_ACCESS_KEY").expect("AWS_SECRET_ACCESS_KEY")),
            session_token: None,
        };
        Some(S3Config::parse(url, credentials).unwrap())
    }

    /// Lets the time of all upload sessions be over.
    pub async fn expire_uploads(&self) {
        self.execute("UPDATE upload SET expires_at = 0").await;
    }

    /// Runs a statement past everything.
    pub async fn execute(&self, sql: &'static str) {
        match &self.database {
            Options::Sqlite { path } => {
                let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(5));
                let mut conn = options.connect().await.unwrap();
                sqlx::query(sql).execute(&mut conn).await.unwrap();
                conn.close().await.unwrap();
            }
            Options::Postgres { url, .. } => {
                let mut conn = PgConnection::connect(url).await.unwrap();
                sqlx::query(sql).execute(&mut conn).await.unwrap();
                conn.close().await.unwrap();
            }
        }
    }
}

async fn make_database(server: &str, unique: &str) -> String {
    let name = format!("test_{unique}");
    let mut conn = PgConnection::connect(server).await.expect("MINATO_TEST_DATABASE_URL");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').expect("a URL that ends in /database");
    format!("{base}/{name}")
}
