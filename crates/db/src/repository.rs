//! Rows of repositories.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::query::{Pattern, Query};
use minato_types::repository::Repository;

use crate::dialect::{Sql, corrupt, execute, fetch_all, fetch_optional, row};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::project::Viewer;
use crate::slice::bounds;
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        pushed_at: Option<i64>,
    }
}

row! {
    struct NameRow { name: String }
}

row! {
    struct IdRow { id: i64 }
}

row! {
    struct DetailRow {
        id: i64,
        project_id: i64,
        name: String,
        description: String,
        pull_count: i64,
        artifact_count: i64,
        created_at: i64,
        updated_at: i64,
    }
}

const LIST: Spec = Spec {
    base: "repository r",
    from: "repository r",
    columns: "r.id, r.project_id, r.name, r.description, r.pull_count, r.created_at, r.updated_at,
        (SELECT COUNT(*) FROM artifact a WHERE a.repository_id = r.id AND a.listed) AS artifact_count",
    key: "r.id",
    fields: &[
        Field { name: "id", sql: "r.id", kind: Kind::Int, sortable: true },
        Field { name: "repositoryid", sql: "r.id", kind: Kind::Int, sortable: true },
        Field { name: "projectid", sql: "r.project_id", kind: Kind::Int, sortable: false },
        Field { name: "name", sql: "r.name", kind: Kind::Text, sortable: true },
        Field { name: "pullcount", sql: "r.pull_count", kind: Kind::Int, sortable: true },
        Field { name: "creationtime", sql: "r.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "r.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("r.created_at", true), ("r.id", true)],
};

/// Whose repositories a list is about.
pub enum Scope<'a> {
    /// Those of a project.
    Project(ProjectId),
    /// Those of all projects that somebody sees.
    Visible(&'a Viewer),
}

impl From<DetailRow> for Repository {
    fn from(row: DetailRow) -> Self {
        Self {
            id: RepositoryId(row.id),
            project: ProjectId(row.project_id),
            name: row.name,
            description: row.description,
            artifact_count: row.artifact_count,
            pull_count: row.pull_count,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

/// A window of the repositories that hold or held something, and how many there are. Known besides
/// the fields: `blob_digest`, a blob that the repository holds.
pub async fn list(
    conn: &mut Conn,
    scope: Scope<'_>,
    query: &Query,
    window: Window,
) -> Result<(Vec<Repository>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    match scope {
        Scope::Project(id) => listing.and("r.project_id = ?", [Arg::Int(id.0)]),
        Scope::Visible(Viewer::All) => {}
        Scope::Visible(viewer) => listing
            .and(&format!("r.project_id IN (SELECT p.id FROM project p WHERE {})", viewer.condition()), []),
    }
    listing.and("r.pushed_at IS NOT NULL", []);
    if let Some(Pattern::Equal(digest)) = query.pattern("blob_digest") {
        listing.and(
            "r.id IN (SELECT rb.repository_id FROM blob b JOIN repository_blob rb ON rb.blob_id = b.id
                WHERE b.digest = ?)",
            [Arg::Text(digest.clone())],
        );
    }
    let (rows, total) = listing.read::<DetailRow>(conn, window).await?;
    Ok((rows.into_iter().map(Repository::from).collect(), total))
}

/// A repository that holds or held something.
pub async fn get(conn: &mut Conn, project: ProjectId, id: RepositoryId) -> Result<Option<Repository>> {
    let mut query = Query::default();
    query.require("id", Pattern::Equal(id.to_string()));
    let (found, _) = list(conn, Scope::Project(project), &query, Window { limit: 1, offset: 0 }).await?;
    Ok(found.into_iter().next())
}

/// Changes the description; whether there is such a repository.
pub async fn update_description(
    conn: &mut Conn,
    project: ProjectId,
    id: RepositoryId,
    description: &str,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE repository SET description = $3, updated_at = $4
         WHERE project_id = $1 AND id = $2 AND pushed_at IS NOT NULL";
    Ok(execute!(conn, SQL, project.0, id.0, description, now.as_micros())? > 0)
}

// Who adds to a repository locks tags, then what they pointed to; a deletion locks an artifact,
// then its tags and blobs. So that they never wait for each other crosswise, the first take one
// lock of the repository together, before any other, and a deletion takes it alone. It is none of
// the row's: blobs come and go meanwhile. SQLite has one writer at a time.

/// Keeps artifacts from being deleted until the transaction ends. Comes before all other locks.
pub async fn lock_shared(conn: &mut Conn, id: RepositoryId) -> Result<()> {
    if conn.is_postgres() {
        execute!(conn, "SELECT pg_advisory_xact_lock_shared(-$1::bigint)", id.0)?;
    }
    Ok(())
}

/// Keeps all others from changing artifacts and tags until the transaction ends. Comes before all
/// other locks.
pub async fn lock(conn: &mut Conn, id: RepositoryId) -> Result<()> {
    if conn.is_postgres() {
        execute!(conn, "SELECT pg_advisory_xact_lock(-$1::bigint)", id.0)?;
    }
    Ok(())
}

/// As [`lock`], and keeps blobs out too; whether there is a repository to which something was pushed.
pub async fn lock_whole(conn: &mut Conn, project: ProjectId, id: RepositoryId) -> Result<bool> {
    const SQL: Sql = Sql {
        sqlite: "SELECT id, pushed_at FROM repository WHERE project_id = $1 AND id = $2",
        postgres: "SELECT id, pushed_at FROM repository WHERE project_id = $1 AND id = $2 FOR UPDATE",
    };
    lock(conn, id).await?;
    let found = fetch_optional!(conn, Row, SQL, project.0, id.0)?;
    Ok(found.is_some_and(|row| row.pushed_at.is_some()))
}

/// Removes a repository that holds no artifact, with its blob links. Garbage collection looks at
/// `review_at` whether anybody else has the blobs.
pub async fn delete(
    conn: &mut Conn,
    project: ProjectId,
    id: RepositoryId,
    review_at: Timestamp,
) -> Result<()> {
    const LINKS: &str = "SELECT blob_id AS id FROM repository_blob WHERE repository_id = $1 ORDER BY blob_id";
    const REVIEW: &str = "INSERT INTO blob_review (blob_id, due_at)
         SELECT blob_id, $2 FROM repository_blob WHERE repository_id = $1 AND blob_id BETWEEN $3 AND $4";
    const UNLINK: &str = "DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id BETWEEN $2 AND $3";
    let links = fetch_all!(conn, IdRow, LINKS, id.0)?;
    for (first, last) in bounds(&links) {
        execute!(conn, REVIEW, id.0, review_at.as_micros(), first.id, last.id)?;
        execute!(conn, UNLINK, id.0, first.id, last.id)?;
    }
    execute!(conn, "DELETE FROM repository WHERE project_id = $1 AND id = $2", project.0, id.0)?;
    Ok(())
}

/// The repository `name` of a project, made when it does not exist. `pushed` says that a
/// manifest comes with it, which makes it visible in lists and takes [`lock_shared`].
pub async fn ensure(
    conn: &mut Conn,
    project: ProjectId,
    name: &RepositoryName,
    pushed: bool,
    now: Timestamp,
) -> Result<RepositoryId> {
    const FIND: &str = "SELECT id, pushed_at FROM repository WHERE project_id = $1 AND name = $2";
    // The lock as well in one statement, as each is a way to the database and back.
    const LOCK: Sql = Sql {
        sqlite: FIND,
        postgres: "SELECT r.id, r.pushed_at FROM repository r, pg_advisory_xact_lock_shared(-r.id)
             WHERE r.project_id = $1 AND r.name = $2",
    };
    const INSERT: &str = "INSERT INTO repository
            (project_id, name, description, pull_count, pushed_at, created_at, updated_at)
         VALUES ($1, $2, '', 0, NULL, $3, $3) ON CONFLICT (name) DO NOTHING";
    const PUSHED: &str = "UPDATE repository SET pushed_at = $2 WHERE id = $1 AND pushed_at IS NULL";
    let find = if pushed { LOCK } else { Sql::from(FIND) };
    let found = if let Some(row) = fetch_optional!(conn, Row, find, project.0, name.as_str())? {
        row
    } else {
        execute!(conn, INSERT, project.0, name.as_str(), now.as_micros())?;
        fetch_optional!(conn, Row, find, project.0, name.as_str())?
            .ok_or_else(|| corrupt("a repository's project"))?
    };
    if pushed && found.pushed_at.is_none() {
        execute!(conn, PUSHED, found.id, now.as_micros())?;
    }
    Ok(RepositoryId(found.id))
}

/// The full name of a repository of the project.
pub async fn get_name(conn: &mut Conn, project: ProjectId, id: RepositoryId) -> Result<Option<String>> {
    const SQL: &str = "SELECT name FROM repository WHERE project_id = $1 AND id = $2";
    Ok(fetch_optional!(conn, NameRow, SQL, project.0, id.0)?.map(|row| row.name))
}

/// When a repository was made.
pub async fn created_at(conn: &mut Conn, id: RepositoryId) -> Result<Option<Timestamp>> {
    row! {
        struct Made { created_at: i64 }
    }
    let row = fetch_optional!(conn, Made, "SELECT created_at FROM repository WHERE id = $1", id.0)?;
    Ok(row.map(|row| Timestamp::from_micros(row.created_at)))
}

/// Whether a manifest was ever pushed to the repository.
pub async fn is_pushed(conn: &mut Conn, id: RepositoryId) -> Result<bool> {
    let found = fetch_optional!(conn, Row, "SELECT id, pushed_at FROM repository WHERE id = $1", id.0)?;
    Ok(found.is_some_and(|row| row.pushed_at.is_some()))
}

/// Full names of all repositories that hold something, by name, after `after`.
pub async fn list_names(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<String>> {
    const SQL: &str = "SELECT r.name FROM repository r
         WHERE r.name > $1 AND EXISTS (SELECT 1 FROM artifact a WHERE a.repository_id = r.id)
         ORDER BY r.name LIMIT $2";
    let rows = fetch_all!(conn, NameRow, SQL, after, limit)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Removes the repositories of a project that never got a manifest, with their blob links; see
/// [`delete`].
pub async fn delete_unpushed(conn: &mut Conn, project: ProjectId, review_at: Timestamp) -> Result<()> {
    const REVIEW: &str = "INSERT INTO blob_review (blob_id, due_at)
         SELECT blob_id, $2 FROM repository_blob WHERE repository_id IN
            (SELECT id FROM repository WHERE project_id = $1 AND pushed_at IS NULL)";
    const LINKS: &str = "DELETE FROM repository_blob WHERE repository_id IN
            (SELECT id FROM repository WHERE project_id = $1 AND pushed_at IS NULL)";
    const ROWS: &str = "DELETE FROM repository WHERE project_id = $1 AND pushed_at IS NULL";
    const LOCK: &str = "SELECT id, pushed_at FROM repository
         WHERE project_id = $1 AND pushed_at IS NULL ORDER BY id FOR UPDATE";
    // First those who upload, as they end their session before they touch the repository.
    execute!(conn, "DELETE FROM upload WHERE project_id = $1", project.0)?;
    if conn.is_postgres() {
        fetch_all!(conn, Row, LOCK, project.0)?;
    }
    execute!(conn, REVIEW, project.0, review_at.as_micros())?;
    execute!(conn, LINKS, project.0)?;
    execute!(conn, ROWS, project.0)?;
    Ok(())
}
