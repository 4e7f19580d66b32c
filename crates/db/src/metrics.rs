//! Figures of the whole installation. Each is one statement that reads an index, or a table that is
//! small; together they are to be asked for seldom (see `core::metrics`).

use minato_types::id::ProjectId;

use crate::dialect::{fetch_all, fetch_one, row};
use crate::{Conn, Result};

row! {
    struct ProjectRow { id: i64, name: String, public: bool, hard: i64, used: i64 }
}

row! {
    struct CountRow { project_id: i64, n: i64 }
}

row! {
    struct RepositoryRow { project_id: i64, n: i64, pulls: i64 }
}

row! {
    struct ArtifactRow { project_id: i64, kind: String, n: i64 }
}

row! {
    struct GarbageRow { n: i64, bytes: i64 }
}

row! {
    struct DamagedRow { n: i64, aside: i64, bytes: i64 }
}

row! {
    struct RunningRow { kind: String, worker: Option<String>, n: i64 }
}

row! {
    struct NumberRow { n: i64 }
}

/// A project and its quota.
pub struct Project {
    /// Row id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Whether everyone may pull.
    pub public: bool,
    /// Bytes that may be used, -1 for no limit.
    pub hard: i64,
    /// Bytes that are used.
    pub used: i64,
}

/// The repositories of a project.
pub struct Repositories {
    /// The project.
    pub project: ProjectId,
    /// How many were ever pushed to.
    pub count: i64,
    /// How often something was pulled from them.
    pub pulls: i64,
}

/// The artifacts of one kind in a project, as lists show them.
pub struct Artifacts {
    /// The project.
    pub project: ProjectId,
    /// The kind, such as `IMAGE`.
    pub kind: String,
    /// How many there are.
    pub count: i64,
}

/// Bytes that wait to be deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Blobs.
    pub blobs: i64,
    /// Their bytes.
    pub bytes: i64,
}

/// What checks of the store have marked or set aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damaged {
    /// Blobs that are marked as damaged.
    pub blobs: i64,
    /// Blobs that are set aside.
    pub aside: i64,
    /// Their bytes.
    pub aside_bytes: i64,
}

/// The tasks of a kind that one worker has.
pub struct Running {
    /// The kind.
    pub kind: String,
    /// The worker.
    pub worker: String,
    /// How many there are.
    pub count: i64,
}

/// All projects.
pub async fn list_projects(conn: &mut Conn) -> Result<Vec<Project>> {
    const SQL: &str = "SELECT p.id, p.name, p.public, COALESCE(q.hard, -1) AS hard,
            CAST(COALESCE((SELECT SUM(s.used) FROM quota_slot s WHERE s.project_id = p.id), 0) AS BIGINT) AS used
         FROM project p LEFT JOIN quota q ON q.project_id = p.id ORDER BY p.id";
    let rows = fetch_all!(conn, ProjectRow, SQL)?;
    Ok(rows
        .into_iter()
        .map(|row| Project {
            id: ProjectId(row.id),
            name: row.name,
            public: row.public,
            hard: row.hard,
            used: row.used,
        })
        .collect())
}

/// How many users are members of each project.
pub async fn count_members(conn: &mut Conn) -> Result<Vec<(ProjectId, i64)>> {
    const SQL: &str = "SELECT project_id, COUNT(*) AS n FROM project_member
         WHERE entity_type = 'u' GROUP BY project_id";
    let rows = fetch_all!(conn, CountRow, SQL)?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.project_id), row.n)).collect())
}

/// How many repositories each project has.
pub async fn count_repositories(conn: &mut Conn) -> Result<Vec<Repositories>> {
    const SQL: &str = "SELECT project_id, COUNT(*) AS n, CAST(SUM(pull_count) AS BIGINT) AS pulls
         FROM repository WHERE pushed_at IS NOT NULL GROUP BY project_id";
    let rows = fetch_all!(conn, RepositoryRow, SQL)?;
    Ok(rows
        .into_iter()
        .map(|row| Repositories { project: ProjectId(row.project_id), count: row.n, pulls: row.pulls })
        .collect())
}

/// How many artifacts each project has of each kind.
pub async fn count_artifacts(conn: &mut Conn) -> Result<Vec<Artifacts>> {
    const SQL: &str = "SELECT project_id, kind, COUNT(*) AS n FROM artifact
         WHERE listed GROUP BY project_id, kind";
    let rows = fetch_all!(conn, ArtifactRow, SQL)?;
    Ok(rows
        .into_iter()
        .map(|row| Artifacts { project: ProjectId(row.project_id), kind: row.kind, count: row.n })
        .collect())
}

/// How much garbage waits.
pub async fn count_garbage(conn: &mut Conn) -> Result<Waiting> {
    const SQL: &str = "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM garbage";
    let GarbageRow { n, bytes } = fetch_one!(conn, GarbageRow, SQL)?;
    Ok(Waiting { blobs: n, bytes })
}

/// How much is damaged or set aside.
pub async fn count_damaged(conn: &mut Conn) -> Result<Damaged> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM blob WHERE damage IS NOT NULL) AS n,
            COUNT(*) AS aside, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM quarantine";
    let DamagedRow { n, aside, bytes } = fetch_one!(conn, DamagedRow, SQL)?;
    Ok(Damaged { blobs: n, aside, aside_bytes: bytes })
}

/// How many tasks each worker runs of each kind.
pub async fn count_running(conn: &mut Conn) -> Result<Vec<Running>> {
    const SQL: &str = "SELECT kind, worker, COUNT(*) AS n FROM task
         WHERE status = 'Running' GROUP BY kind, worker ORDER BY kind, worker";
    let rows = fetch_all!(conn, RunningRow, SQL)?;
    Ok(rows
        .into_iter()
        .map(|row| Running { kind: row.kind, worker: row.worker.unwrap_or_default(), count: row.n })
        .collect())
}

/// How many tasks wait for their time.
pub async fn count_scheduled(conn: &mut Conn) -> Result<i64> {
    // Counting what only one index has keeps SQLite from reading a longer one.
    Ok(fetch_one!(conn, NumberRow, "SELECT COUNT(due_at) AS n FROM task WHERE status = 'Scheduled'")?.n)
}
