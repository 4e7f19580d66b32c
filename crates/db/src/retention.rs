//! Rows of retention policies: what a project keeps of its artifacts; and the artifacts, as such a
//! policy sees them.

use minato_types::clock::Timestamp;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId, RetentionId};

use crate::dialect::{execute, fetch_all, fetch_one, fetch_optional, row};
use crate::{Conn, Result};

row! {
    struct Row { id: i64, project_id: i64, rules: String, cron: String, trigger_kind: String }
}

row! {
    struct IdRow { id: i64 }
}

row! {
    struct RepositoryRow { id: i64, name: String }
}

row! {
    struct CandidateRow { id: i64, digest: String, push_time: i64, pull_time: i64, touched_at: i64 }
}

row! {
    struct LabelRow { artifact_id: i64, name: String }
}

row! {
    struct TagRow { artifact_id: i64, name: String, push_time: i64, pull_time: i64 }
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Row id; counts for nothing in a new one.
    pub id: RetentionId,
    /// Its project.
    pub project: ProjectId,
    /// A JSON array.
    pub rules: String,
    /// When it is carried out by itself; empty for never.
    pub cron: String,
    /// What the client called that.
    pub trigger_kind: String,
}

/// An artifact that a policy decides about.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Row id.
    pub id: ArtifactId,
    /// Its digest.
    pub digest: String,
    /// When it was pushed.
    pub pushed_at: Timestamp,
    /// When it was pulled last.
    pub pulled_at: Option<Timestamp>,
    /// When it was pushed last, also unchanged, or lost its last tag.
    pub touched_at: Timestamp,
}

/// A tag of such an artifact.
#[derive(Clone, Debug)]
pub struct CandidateTag {
    /// What it points to.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// When it was pushed.
    pub pushed_at: Timestamp,
    /// When it was pulled last.
    pub pulled_at: Option<Timestamp>,
}

impl From<Row> for Policy {
    fn from(row: Row) -> Self {
        Self {
            id: RetentionId(row.id),
            project: ProjectId(row.project_id),
            rules: row.rules,
            cron: row.cron,
            trigger_kind: row.trigger_kind,
        }
    }
}

/// Zero is never.
fn pulled(at: i64) -> Option<Timestamp> {
    (at > 0).then_some(Timestamp::from_micros(at))
}

/// Adds a policy; `Conflict` when the project has one, `Referenced` when it is gone.
pub async fn insert(conn: &mut Conn, new: &Policy, now: Timestamp) -> Result<RetentionId> {
    const SQL: &str = "INSERT INTO retention_policy
            (project_id, rules, cron, trigger_kind, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) RETURNING id";
    let (rules, cron, kind) = (new.rules.as_str(), new.cron.as_str(), new.trigger_kind.as_str());
    let row = fetch_one!(conn, IdRow, SQL, new.project.0, rules, cron, kind, now.as_micros())?;
    Ok(RetentionId(row.id))
}

/// A policy by its id.
pub async fn get(conn: &mut Conn, id: RetentionId) -> Result<Option<Policy>> {
    const SQL: &str = "SELECT id, project_id, rules, cron, trigger_kind FROM retention_policy WHERE id = $1";
    Ok(fetch_optional!(conn, Row, SQL, id.0)?.map(Policy::from))
}

/// The policy of a project.
pub async fn get_of(conn: &mut Conn, project: ProjectId) -> Result<Option<Policy>> {
    const SQL: &str =
        "SELECT id, project_id, rules, cron, trigger_kind FROM retention_policy WHERE project_id = $1";
    Ok(fetch_optional!(conn, Row, SQL, project.0)?.map(Policy::from))
}

/// Changes a policy; whether there is one.
pub async fn update(conn: &mut Conn, policy: &Policy, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE retention_policy SET rules = $3, cron = $4, trigger_kind = $5, updated_at = $6
         WHERE id = $1 AND project_id = $2";
    let (rules, cron, kind) = (policy.rules.as_str(), policy.cron.as_str(), policy.trigger_kind.as_str());
    Ok(execute!(conn, SQL, policy.id.0, policy.project.0, rules, cron, kind, now.as_micros())? > 0)
}

/// Drops a policy.
pub async fn delete(conn: &mut Conn, project: ProjectId, id: RetentionId) -> Result<bool> {
    const SQL: &str = "DELETE FROM retention_policy WHERE project_id = $1 AND id = $2";
    Ok(execute!(conn, SQL, project.0, id.0)? > 0)
}

/// The repositories of a project to which something was pushed: id and full name.
pub async fn list_repositories(conn: &mut Conn, project: ProjectId) -> Result<Vec<(RepositoryId, String)>> {
    const SQL: &str = "SELECT id, name FROM repository
         WHERE project_id = $1 AND pushed_at IS NOT NULL ORDER BY name";
    let rows = fetch_all!(conn, RepositoryRow, SQL, project.0)?;
    Ok(rows.into_iter().map(|row| (RepositoryId(row.id), row.name)).collect())
}

/// The artifacts that lists show of a repository, by id.
pub async fn list_candidates(conn: &mut Conn, repository: RepositoryId) -> Result<Vec<Candidate>> {
    const SQL: &str = "SELECT id, digest, push_time, pull_time, touched_at FROM artifact
         WHERE repository_id = $1 AND listed ORDER BY id";
    let rows = fetch_all!(conn, CandidateRow, SQL, repository.0)?;
    Ok(rows.into_iter().map(Candidate::from).collect())
}

/// One of them with its tags, by name.
pub async fn get_candidate(
    conn: &mut Conn,
    repository: RepositoryId,
    id: ArtifactId,
) -> Result<Option<(Candidate, Vec<CandidateTag>)>> {
    const SQL: &str = "SELECT id, digest, push_time, pull_time, touched_at FROM artifact
         WHERE repository_id = $1 AND id = $2 AND listed";
    const TAGS: &str = "SELECT artifact_id, name, push_time, pull_time FROM tag
         WHERE artifact_id = $1 ORDER BY name";
    let Some(row) = fetch_optional!(conn, CandidateRow, SQL, repository.0, id.0)? else { return Ok(None) };
    let tags = fetch_all!(conn, TagRow, TAGS, id.0)?;
    Ok(Some((row.into(), tags.into_iter().map(CandidateTag::from).collect())))
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        Self {
            id: ArtifactId(row.id),
            digest: row.digest,
            pushed_at: Timestamp::from_micros(row.push_time),
            pulled_at: pulled(row.pull_time),
            touched_at: Timestamp::from_micros(row.touched_at),
        }
    }
}

impl From<TagRow> for CandidateTag {
    fn from(row: TagRow) -> Self {
        Self {
            artifact: ArtifactId(row.artifact_id),
            name: row.name,
            pushed_at: Timestamp::from_micros(row.push_time),
            pulled_at: pulled(row.pull_time),
        }
    }
}

/// All tags of a repository, by name.
pub async fn list_tags(conn: &mut Conn, repository: RepositoryId) -> Result<Vec<CandidateTag>> {
    const SQL: &str = "SELECT artifact_id, name, push_time, pull_time FROM tag
         WHERE repository_id = $1 ORDER BY name";
    let rows = fetch_all!(conn, TagRow, SQL, repository.0)?;
    Ok(rows.into_iter().map(CandidateTag::from).collect())
}

/// The names of the labels on artifacts of a repository, by name.
pub async fn list_labels(conn: &mut Conn, repository: RepositoryId) -> Result<Vec<(ArtifactId, String)>> {
    const SQL: &str = "SELECT l.artifact_id, n.name FROM artifact a
         JOIN artifact_label l ON l.artifact_id = a.id JOIN label n ON n.id = l.label_id
         WHERE a.repository_id = $1 AND a.listed ORDER BY n.name, n.id";
    let rows = fetch_all!(conn, LabelRow, SQL, repository.0)?;
    Ok(rows.into_iter().map(|row| (ArtifactId(row.artifact_id), row.name)).collect())
}
