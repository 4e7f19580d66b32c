//! Rows of reports: what scanners found in what has a digest, and how far a scan is. A report belongs to
//! the digest, as in Harbor, so that what is copied or pushed elsewhere need not be scanned again.

use std::collections::BTreeMap;

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ExecutionId, ProjectId, RepositoryId, ScannerId, TaskId};
use minato_types::job::Status;
use minato_types::scan::{Identity, ReportKind};

use crate::dialect::{Sql, corrupt, execute, fetch_all, fetch_optional, json_texts, row, with_list};
use crate::slice::bounds;
use crate::{Conn, Result};

row! {
    struct IdRow { id: i64 }
}

row! {
    struct Row {
        uuid: String,
        digest: String,
        mime_type: String,
        status: String,
        started_at: Option<i64>,
        ended_at: Option<i64>,
        kept: bool,
        severity: String,
        total: i64,
        fixable: i64,
        counts: String,
        identity: String,
        findings: Option<String>,
    }
}

row! {
    struct TextRow { digest: String, report: String }
}

row! {
    struct CandidateRow { id: i64, project_id: i64, repository_id: i64, name: String }
}

row! {
    struct LogRow { uuid: String, task_id: i64, share: i64, digest: String }
}

/// A vulnerability as far as it is counted: its name, a hash of its package and version, its severity,
/// and whether there is a fix.
pub type Finding = (String, i64, String, bool);

/// What was found, in numbers.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The worst severity.
    pub severity: String,
    /// How many vulnerabilities.
    pub total: i64,
    /// How many of them have a fix.
    pub fixable: i64,
    /// How many of each severity.
    pub by_severity: BTreeMap<String, i64>,
}

/// How a scan stands, and what it or the one before found.
#[derive(Clone, Debug)]
pub struct Report {
    /// By what clients know it.
    pub uuid: String,
    /// Of what.
    pub digest: Digest,
    /// In which form.
    pub kind: ReportKind,
    /// How far the scan is.
    pub status: Status,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether there are findings: of this scan if it has succeeded, else of one before.
    pub kept: bool,
    /// In numbers.
    pub counts: Counts,
    /// Who found them.
    pub identity: Identity,
    /// One by one, where that was asked for.
    pub findings: Vec<Finding>,
}

impl TryFrom<Row> for Report {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let unreadable = |_| corrupt("a report");
        let findings = row.findings.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
        Ok(Self {
            uuid: row.uuid,
            digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
            kind: ReportKind::parse(&row.mime_type).ok_or_else(|| corrupt("a report's form"))?,
            status: Status::parse(&row.status).ok_or_else(|| corrupt("a task's status"))?,
            started_at: row.started_at.map(Timestamp::from_micros),
            ended_at: row.ended_at.map(Timestamp::from_micros),
            kept: row.kept,
            counts: Counts {
                severity: row.severity,
                total: row.total,
                fixable: row.fixable,
                by_severity: serde_json::from_str(&row.counts).map_err(unreadable)?,
            },
            identity: serde_json::from_str(&row.identity).map_err(unreadable)?,
            findings: findings.unwrap_or_default(),
        })
    }
}

/// How the scans of these digests by a scanner stand; with `findings` each vulnerability as well.
pub async fn list<'a>(
    conn: &mut Conn,
    scanner: ScannerId,
    digests: impl IntoIterator<Item = &'a Digest>,
    findings: bool,
) -> Result<Vec<Report>> {
    // A task that is gone was of an execution that somebody deleted.
    const SQL: Sql = with_list!(
        "SELECT r.uuid, r.digest, r.mime_type,
            CASE WHEN r.done THEN 'Success' ELSE COALESCE(t.status, 'Error') END AS status,
            CASE WHEN r.done THEN r.started_at ELSE t.started_at END AS started_at,
            CASE WHEN r.done THEN r.ended_at ELSE t.ended_at END AS ended_at,
            r.report IS NOT NULL AS kept, r.severity, r.total, r.fixable, r.counts, r.identity,
            CASE WHEN $3 THEN r.findings END AS findings
         FROM scan_report r LEFT JOIN task t ON t.execution_id = r.execution_id AND t.uniqueness = r.work
         WHERE r.scanner_id = $1 AND r.digest IN (",
        text "$2",
        ")"
    );
    let list = json_texts(digests.into_iter().map(Digest::as_str));
    let rows = fetch_all!(conn, Row, SQL, scanner.0, list, findings)?;
    rows.into_iter().map(Report::try_from).collect()
}

/// The reports themselves, of these digests.
pub async fn list_texts<'a>(
    conn: &mut Conn,
    scanner: ScannerId,
    kind: ReportKind,
    digests: impl IntoIterator<Item = &'a Digest>,
) -> Result<Vec<(String, String)>> {
    const SQL: Sql = with_list!(
        "SELECT digest, report FROM scan_report
         WHERE scanner_id = $1 AND mime_type = $2 AND report IS NOT NULL AND digest IN (",
        text "$3",
        ")"
    );
    let list = json_texts(digests.into_iter().map(Digest::as_str));
    let rows = fetch_all!(conn, TextRow, SQL, scanner.0, kind.as_str(), list)?;
    Ok(rows.into_iter().map(|row| (row.digest, row.report)).collect())
}

/// The task that made, or is to make, a report.
pub struct Work {
    /// The report.
    pub uuid: String,
    /// The task.
    pub task: TaskId,
    /// The project that the task is for.
    pub project: i64,
    /// Of what the report is.
    pub digest: String,
}

/// The tasks of these reports.
pub async fn list_work(conn: &mut Conn, uuids: &[String]) -> Result<Vec<Work>> {
    const SQL: Sql = with_list!(
        "SELECT r.uuid, t.id AS task_id, t.share, r.digest
         FROM scan_report r JOIN task t ON t.execution_id = r.execution_id AND t.uniqueness = r.work
         WHERE r.uuid IN (",
        text "$1",
        ")"
    );
    let rows = fetch_all!(conn, LogRow, SQL, serde_json::json!(uuids).to_string())?;
    let work = |row: LogRow| Work {
        uuid: row.uuid,
        task: TaskId(row.task_id),
        project: row.share,
        digest: row.digest,
    };
    Ok(rows.into_iter().map(work).collect())
}

/// A report that is yet to be made.
pub struct Placeholder {
    /// By what clients will know it.
    pub uuid: String,
    /// Of what.
    pub digest: Digest,
    /// In which form.
    pub kind: ReportKind,
    /// What is unique about the task that makes it.
    pub work: String,
}

/// Says that these reports are to be made by a scanner; what was found before stays until then.
/// `Referenced` when the scanner is gone.
pub async fn expect(
    conn: &mut Conn,
    scanner: ScannerId,
    execution: ExecutionId,
    new: &[Placeholder],
) -> Result<()> {
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO scan_report
            (scanner_id, execution_id, digest, mime_type, uuid, work, done, severity, total, fixable, counts,
             identity)
         SELECT $1, $2, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
            json_extract(value, '$[3]'), FALSE, '', 0, 0, '{}', '{}' FROM json_each($3) WHERE TRUE
         ON CONFLICT (digest, scanner_id, mime_type) DO UPDATE SET uuid = excluded.uuid,
            execution_id = excluded.execution_id, work = excluded.work, done = FALSE",
        postgres: "INSERT INTO scan_report
            (scanner_id, execution_id, digest, mime_type, uuid, work, done, severity, total, fixable, counts,
             identity)
         SELECT $1, $2, e->>0, e->>1, e->>2, e->>3, FALSE, '', 0, 0, '{}', '{}'
         FROM json_array_elements($3::json) e
         ON CONFLICT (digest, scanner_id, mime_type) DO UPDATE SET uuid = excluded.uuid,
            execution_id = excluded.execution_id, work = excluded.work, done = FALSE",
    };
    let row =
        |new: &Placeholder| serde_json::json!([new.digest.as_str(), new.kind.as_str(), new.uuid, new.work]);
    // In one order always, for others that do the same.
    let mut new: Vec<&Placeholder> = new.iter().collect();
    new.sort_unstable_by(|one, other| (&one.work, one.kind).cmp(&(&other.work, other.kind)));
    let rows = serde_json::Value::Array(new.into_iter().map(row).collect()).to_string();
    execute!(conn, SQL, scanner.0, execution.0, rows)?;
    Ok(())
}

/// A report that was made.
pub struct Made<'a> {
    /// Of what.
    pub digest: &'a Digest,
    /// By whom.
    pub scanner: ScannerId,
    /// In which form.
    pub kind: ReportKind,
    /// The execution that it was made for,
    pub execution: ExecutionId,
    /// and the task.
    pub work: &'a str,
    /// When that began.
    pub started_at: Timestamp,
    /// In numbers.
    pub counts: &'a Counts,
    /// Who made it.
    pub identity: &'a Identity,
    /// One by one.
    pub findings: &'a [Finding],
    /// Itself, as JSON.
    pub report: &'a str,
}

/// Keeps a report in place of the one before; whether it is still wanted.
pub async fn store(conn: &mut Conn, made: &Made<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE scan_report SET done = TRUE, started_at = $6, ended_at = $7, severity = $8,
            total = $9, fixable = $10, counts = $11, identity = $12, findings = $13, report = $14
         WHERE digest = $1 AND scanner_id = $2 AND mime_type = $3 AND execution_id = $4 AND work = $5";
    let json = |value: serde_json::Result<String>| value.map_err(|_| corrupt("a report"));
    let counts = json(serde_json::to_string(&made.counts.by_severity))?;
    let identity = json(serde_json::to_string(made.identity))?;
    let findings = json(serde_json::to_string(made.findings))?;
    let changed = execute!(
        conn,
        SQL,
        made.digest.as_str(),
        made.scanner.0,
        made.kind.as_str(),
        made.execution.0,
        made.work,
        made.started_at.as_micros(),
        now.as_micros(),
        made.counts.severity.as_str(),
        made.counts.total,
        made.counts.fixable,
        counts,
        identity,
        findings,
        made.report
    )?;
    Ok(changed > 0)
}

/// An artifact on the way through all of them.
pub struct Candidate {
    /// Row id.
    pub artifact: ArtifactId,
    /// Its project.
    pub project: ProjectId,
    /// Its repository.
    pub repository: RepositoryId,
    /// The repository's full name.
    pub name: String,
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        Self {
            artifact: ArtifactId(row.id),
            project: ProjectId(row.project_id),
            repository: RepositoryId(row.repository_id),
            name: row.name,
        }
    }
}

/// The next artifacts behind this one, of those that lists show.
pub async fn list_candidates(conn: &mut Conn, after: ArtifactId, limit: i64) -> Result<Vec<Candidate>> {
    const SQL: &str = "SELECT a.id, a.project_id, a.repository_id, r.name
         FROM artifact a JOIN repository r ON r.id = a.repository_id
         WHERE a.id > $1 AND a.listed ORDER BY a.id LIMIT $2";
    Ok(fetch_all!(conn, CandidateRow, SQL, after.0, limit)?.into_iter().map(Candidate::from).collect())
}

/// The artifact itself or, where it is gone, another of this digest whose project has this scanner.
pub async fn find_candidate(
    conn: &mut Conn,
    scanner: ScannerId,
    digest: &Digest,
    artifact: ArtifactId,
) -> Result<Option<Candidate>> {
    const SQL: &str = "SELECT a.id, a.project_id, a.repository_id, r.name
         FROM artifact a JOIN repository r ON r.id = a.repository_id
            LEFT JOIN project_scanner s ON s.project_id = a.project_id
         WHERE a.digest = $1 AND (a.id = $2 OR $3 = COALESCE(s.scanner_id,
            (SELECT d.id FROM scanner d WHERE d.is_default)))
         ORDER BY CASE WHEN a.id = $2 THEN 0 ELSE 1 END, a.id LIMIT 1";
    let row = fetch_optional!(conn, CandidateRow, SQL, digest.as_str(), artifact.0, scanner.0)?;
    Ok(row.map(Candidate::from))
}

/// Says that a task is for no project any more, as it is of use to others: what it logs is shown to none.
pub async fn detach(conn: &mut Conn, task: TaskId) -> Result<()> {
    execute!(conn, "UPDATE task SET share = 0 WHERE id = $1", task.0)?;
    Ok(())
}

/// Gives unfinished scans to another artifact that has a digest which they look into, if its project has the
/// same scanner. `$3` is a repository that goes as a whole, or 0.
macro_rules! give_away {
    ($which:literal) => {
        concat!(
            "UPDATE execution SET vendor_id = COALESCE((SELECT MIN(a.id)
                FROM task t JOIN scan_report r ON r.execution_id = t.execution_id AND r.work = t.uniqueness
                    JOIN artifact a ON a.digest = r.digest
                    LEFT JOIN project_scanner s ON s.project_id = a.project_id
                WHERE t.execution_id = execution.id AND t.ended_at IS NULL AND a.repository_id <> $3
                    AND r.scanner_id = COALESCE(s.scanner_id, (SELECT d.id FROM scanner d WHERE d.is_default))),
                vendor_id)
             WHERE ended_at IS NULL AND vendor_type = $2 AND ",
            $which
        )
    };
}

/// Drops what is known of the scans of an artifact that has just gone, and its reports if no other has
/// its digest. Its scan ends if one is under way that is of no use to others.
pub async fn forget(conn: &mut Conn, vendor_type: &str, artifact: ArtifactId, digest: &Digest) -> Result<()> {
    const REPORTS: &str = "DELETE FROM scan_report
         WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.digest = $1)";
    const GIVE: &str = give_away!("vendor_id = $1");
    execute!(conn, REPORTS, digest.as_str())?;
    execute!(conn, GIVE, artifact.0, vendor_type, 0_i64)?;
    crate::execution::delete_all(conn, vendor_type, artifact.0).await
}

/// As [`forget`], for all artifacts of a repository, before they go.
pub async fn forget_all(conn: &mut Conn, vendor_type: &str, repository: RepositoryId) -> Result<()> {
    const IDS: &str = "SELECT id FROM artifact WHERE repository_id = $1 ORDER BY id";
    const REPORTS: &str = "DELETE FROM scan_report WHERE digest IN (
            SELECT a.digest FROM artifact a WHERE a.repository_id = $1 AND a.id BETWEEN $2 AND $3 AND NOT EXISTS (
                SELECT 1 FROM artifact o WHERE o.digest = a.digest AND o.repository_id <> $1))";
    const GIVE: &str = give_away!(
        "vendor_id IN (SELECT id FROM artifact WHERE repository_id = $1 AND id BETWEEN $4 AND $5)"
    );
    const RUNS: &str = "DELETE FROM execution WHERE vendor_type = $2 AND vendor_id IN
            (SELECT id FROM artifact WHERE repository_id = $1 AND id BETWEEN $3 AND $4)";
    let ids = fetch_all!(conn, IdRow, IDS, repository.0)?;
    for (first, last) in bounds(&ids) {
        execute!(conn, REPORTS, repository.0, first.id, last.id)?;
        execute!(conn, GIVE, repository.0, vendor_type, repository.0, first.id, last.id)?;
        execute!(conn, RUNS, repository.0, vendor_type, first.id, last.id)?;
    }
    Ok(())
}
