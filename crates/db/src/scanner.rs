//! Rows of scanners, and which one a project uses.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, ScannerId};
use minato_types::query::Query;
use minato_types::scan::Metadata;

use crate::dialect::{Sql, corrupt, execute, fetch_one, fetch_optional, row};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        uuid: String,
        name: String,
        description: String,
        url: String,
        auth: String,
        credential: String,
        disabled: bool,
        is_default: bool,
        skip_cert_verify: bool,
        use_internal_addr: bool,
        metadata: String,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct Number { n: i64 }
}

/// A scanner.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the API")]
pub struct Scanner {
    /// Row id; counts for nothing in a new one.
    pub id: ScannerId,
    /// By what clients know it.
    pub uuid: String,
    /// Its name, one of a kind.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// Where it is, one of a kind.
    pub url: String,
    /// How it knows us, in Harbor's word.
    pub auth: String,
    /// By what; a secret.
    pub credential: String,
    /// Whether it is not to be used.
    pub disabled: bool,
    /// Whether projects use it that have chosen none.
    pub is_default: bool,
    /// Whether any certificate of it will do.
    pub skip_cert_verify: bool,
    /// Whether it comes by the address inside.
    pub use_internal_addr: bool,
    /// What it said of itself last.
    pub metadata: Metadata,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl TryFrom<Row> for Scanner {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ScannerId(row.id),
            uuid: row.uuid,
            name: row.name,
            description: row.description,
            url: row.url,
            auth: row.auth,
            credential: row.credential,
            disabled: row.disabled,
            is_default: row.is_default,
            skip_cert_verify: row.skip_cert_verify,
            use_internal_addr: row.use_internal_addr,
            metadata: serde_json::from_str(&row.metadata).map_err(|_| corrupt("a scanner"))?,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        })
    }
}

const LIST: Spec = Spec {
    base: "scanner s",
    from: "scanner s",
    columns: "s.id, s.uuid, s.name, s.description, s.url, s.auth, s.credential, s.disabled, s.is_default,
        s.skip_cert_verify, s.use_internal_addr, s.metadata, s.created_at, s.updated_at",
    key: "s.id",
    fields: &[
        Field { name: "uuid", sql: "s.uuid", kind: Kind::Text, sortable: false },
        Field { name: "name", sql: "s.name", kind: Kind::Text, sortable: true },
        Field { name: "description", sql: "s.description", kind: Kind::Text, sortable: false },
        Field { name: "url", sql: "s.url", kind: Kind::Text, sortable: true },
        Field { name: "disabled", sql: "s.disabled", kind: Kind::Flag, sortable: false },
        Field { name: "isdefault", sql: "s.is_default", kind: Kind::Flag, sortable: false },
        Field { name: "createtime", sql: "s.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "s.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("s.is_default", true), ("s.created_at", true), ("s.id", true)],
};

/// A window of the scanners that `query` asks for, and how many there are; the default one first.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<Scanner>, i64)> {
    let listing = Listing::new(&LIST, query)?;
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Scanner::try_from).collect::<Result<_>>()?, total))
}

/// The scanner that clients know by this.
pub async fn get(conn: &mut Conn, uuid: &str) -> Result<Option<Scanner>> {
    const SQL: &str = "SELECT id, uuid, name, description, url, auth, credential, disabled, is_default,
            skip_cert_verify, use_internal_addr, metadata, created_at, updated_at
         FROM scanner WHERE uuid = $1";
    fetch_optional!(conn, Row, SQL, uuid)?.map(Scanner::try_from).transpose()
}

/// A scanner by its row.
pub async fn get_by_id(conn: &mut Conn, id: ScannerId) -> Result<Option<Scanner>> {
    const SQL: &str = "SELECT id, uuid, name, description, url, auth, credential, disabled, is_default,
            skip_cert_verify, use_internal_addr, metadata, created_at, updated_at
         FROM scanner WHERE id = $1";
    fetch_optional!(conn, Row, SQL, id.0)?.map(Scanner::try_from).transpose()
}

/// The scanner that a project uses: its own, else the default one.
pub async fn get_of_project(conn: &mut Conn, project: ProjectId) -> Result<Option<Scanner>> {
    const SQL: &str = "SELECT id, uuid, name, description, url, auth, credential, disabled, is_default,
            skip_cert_verify, use_internal_addr, metadata, created_at, updated_at
         FROM scanner WHERE id = COALESCE(
            (SELECT scanner_id FROM project_scanner WHERE project_id = $1),
            (SELECT d.id FROM scanner d WHERE d.is_default))";
    fetch_optional!(conn, Row, SQL, project.0)?.map(Scanner::try_from).transpose()
}

/// Keeps a scanner from being deleted until the transaction ends; whether it is still there.
pub async fn hold(conn: &mut Conn, id: ScannerId) -> Result<bool> {
    const SQL: Sql = Sql {
        sqlite: "SELECT id AS n FROM scanner WHERE id = $1",
        postgres: "SELECT id AS n FROM scanner WHERE id = $1 FOR KEY SHARE",
    };
    Ok(fetch_optional!(conn, Number, SQL, id.0)?.is_some())
}

/// Whether there is a default scanner.
pub async fn has_default(conn: &mut Conn) -> Result<bool> {
    const SQL: &str = "SELECT id AS n FROM scanner WHERE is_default";
    Ok(fetch_optional!(conn, Number, SQL)?.is_some())
}

/// Whether there is any scanner.
pub async fn is_any(conn: &mut Conn) -> Result<bool> {
    Ok(fetch_optional!(conn, Number, "SELECT id AS n FROM scanner LIMIT 1")?.is_some())
}

fn text(metadata: &Metadata) -> Result<String> {
    serde_json::to_string(metadata).map_err(|_| corrupt("a scanner"))
}

/// Adds a scanner; `Conflict` when one has its name or address, or both are to be the default.
pub async fn insert(conn: &mut Conn, new: &Scanner) -> Result<ScannerId> {
    const SQL: &str = "INSERT INTO scanner
            (uuid, name, description, url, auth, credential, disabled, is_default, skip_cert_verify,
             use_internal_addr, metadata, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id AS n";
    let metadata = text(&new.metadata)?;
    let row = fetch_one!(
        conn,
        Number,
        SQL,
        new.uuid.as_str(),
        new.name.as_str(),
        new.description.as_str(),
        new.url.as_str(),
        new.auth.as_str(),
        new.credential.as_str(),
        new.disabled,
        new.is_default,
        new.skip_cert_verify,
        new.use_internal_addr,
        metadata,
        new.created_at.as_micros()
    )?;
    Ok(ScannerId(row.n))
}

/// Changes a scanner, but for whether it is the default; whether it is there. `Conflict` when another
/// has its name or address.
pub async fn update(conn: &mut Conn, scanner: &Scanner) -> Result<bool> {
    const SQL: &str = "UPDATE scanner SET name = $2, description = $3, url = $4, auth = $5, credential = $6,
            disabled = $7, skip_cert_verify = $8, use_internal_addr = $9, metadata = $10, updated_at = $11
         WHERE id = $1";
    let metadata = text(&scanner.metadata)?;
    let changed = execute!(
        conn,
        SQL,
        scanner.id.0,
        scanner.name.as_str(),
        scanner.description.as_str(),
        scanner.url.as_str(),
        scanner.auth.as_str(),
        scanner.credential.as_str(),
        scanner.disabled,
        scanner.skip_cert_verify,
        scanner.use_internal_addr,
        metadata,
        scanner.updated_at.as_micros()
    )?;
    Ok(changed > 0)
}

/// Keeps what a scanner says of itself.
pub async fn update_metadata(conn: &mut Conn, id: ScannerId, metadata: &Metadata) -> Result<()> {
    let metadata = text(metadata)?;
    execute!(conn, "UPDATE scanner SET metadata = $2 WHERE id = $1", id.0, metadata)?;
    Ok(())
}

/// Makes a scanner the default one, in place of the one that was.
pub async fn set_default(conn: &mut Conn, id: ScannerId) -> Result<()> {
    execute!(conn, "UPDATE scanner SET is_default = FALSE WHERE is_default AND id <> $1", id.0)?;
    execute!(conn, "UPDATE scanner SET is_default = TRUE WHERE id = $1", id.0)?;
    Ok(())
}

/// Drops a scanner with what it found; projects that used it use the default one.
pub async fn delete(conn: &mut Conn, id: ScannerId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM scanner WHERE id = $1", id.0)? > 0)
}

/// Chooses a scanner for a project; `Referenced` when one of them is gone.
pub async fn choose(conn: &mut Conn, project: ProjectId, scanner: ScannerId) -> Result<()> {
    const SQL: &str = "INSERT INTO project_scanner (project_id, scanner_id) VALUES ($1, $2)
         ON CONFLICT (project_id) DO UPDATE SET scanner_id = excluded.scanner_id";
    execute!(conn, SQL, project.0, scanner.0)?;
    Ok(())
}
