//! Rows of quotas: what a project may use, and what it uses.
//!
//! What is used is the sum over a few rows, the slots, so that pushes into one project do not
//! wait for each other. Each slot has an allowance, and the allowances add up to the limit; a
//! push charges a slot that has room and that nobody else holds. Only when none has, all slots
//! are locked and what is left is dealt out anew. So two pushes never share the last free bytes.

use minato_types::clock::Timestamp;
use minato_types::id::{BlobId, ProjectId, QuotaId};
use minato_types::query::{Pattern, Query};

use crate::dialect::{Sql, execute, fetch_all, fetch_optional, json_ints, row, with_list};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::slice::SLICE;
use crate::{Conn, Result};

/// How many rows a project's usage is spread over.
const SLOTS: i64 = 8;
/// A slot's allowance where there is no limit; the sum of all still fits a number.
const BOUNDLESS: i64 = i64::MAX / (2 * SLOTS);

row! {
    struct Size { size: i64 }
}

row! {
    struct Sum { used: i64 }
}

row! {
    struct Hard { hard: i64 }
}

row! {
    struct Row {
        id: i64,
        project_id: i64,
        project_name: String,
        owner_name: String,
        hard: i64,
        used: i64,
        undo: i64,
        created_at: i64,
        updated_at: i64,
    }
}

/// A project's quota as lists show it.
#[derive(Clone, Debug)]
pub struct Quota {
    /// Row id.
    pub id: QuotaId,
    /// The project that it is for.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Name of the project's owner.
    pub owner_name: String,
    /// Bytes that may be used, -1 for no limit.
    pub hard: i64,
    /// Bytes that are used.
    pub used: i64,
    /// Bytes that were used by what was deleted and can be had back.
    pub undo: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// It is counted.
    Done,
    /// It would exceed the limit.
    Exceeded {
        /// Bytes that may be used.
        hard: i64,
        /// Bytes that are used.
        used: i64,
    },
}

const LIST: Spec = Spec {
    base: "quota q",
    from: "quota q JOIN project p ON p.id = q.project_id JOIN users u ON u.id = p.owner_id",
    columns: "q.id, q.project_id, p.name AS project_name, u.username AS owner_name, q.hard,
        (SELECT CAST(SUM(s.used) AS BIGINT) FROM quota_slot s WHERE s.project_id = q.project_id) AS used,
        (SELECT CAST(SUM(s.undo) AS BIGINT) FROM quota_slot s WHERE s.project_id = q.project_id) AS undo,
        q.created_at, q.updated_at",
    key: "q.id",
    fields: &[
        Field { name: "id", sql: "q.id", kind: Kind::Int, sortable: true },
        Field { name: "referenceid", sql: "q.project_id", kind: Kind::Int, sortable: true },
        Field { name: "creationtime", sql: "q.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "q.updated_at", kind: Kind::Time, sortable: true },
        Field { name: "hard.storage", sql: "q.hard", kind: Kind::Int, sortable: true },
        Field {
            name: "used.storage",
            sql: "(SELECT SUM(s.used) FROM quota_slot s WHERE s.project_id = q.project_id)",
            kind: Kind::Int,
            sortable: true,
        },
    ],
    order: &[("q.id", false)],
};

impl From<Row> for Quota {
    fn from(row: Row) -> Self {
        Self {
            id: QuotaId(row.id),
            project: ProjectId(row.project_id),
            project_name: row.project_name,
            owner_name: row.owner_name,
            hard: row.hard,
            used: row.used,
            undo: row.undo,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

/// Gives a new project its quota.
pub async fn insert(conn: &mut Conn, project: ProjectId, hard: i64, now: Timestamp) -> Result<()> {
    const QUOTA: &str =
        "INSERT INTO quota (project_id, hard, created_at, updated_at) VALUES ($1, $2, $3, $3)";
    const SLOT: Sql = with_list!(
        "INSERT INTO quota_slot (project_id, slot, used, allowance) SELECT $1, v.value, 0, 0 FROM (",
        int "$2",
        ") v"
    );
    execute!(conn, QUOTA, project.0, hard, now.as_micros())?;
    execute!(conn, SLOT, project.0, json_ints(0..SLOTS))?;
    deal(conn, project, hard, 0, 0).await
}

/// Changes the limit; whether there is such a quota.
pub async fn update(conn: &mut Conn, id: QuotaId, hard: i64, now: Timestamp) -> Result<bool> {
    row! {
        struct Project { project_id: i64 }
    }
    const SQL: &str = "UPDATE quota SET hard = $2, updated_at = $3 WHERE id = $1 RETURNING project_id";
    let Some(found) = fetch_optional!(conn, Project, SQL, id.0, hard, now.as_micros())? else {
        return Ok(false);
    };
    let project = ProjectId(found.project_id);
    let used = lock(conn, project).await?;
    deal(conn, project, hard, used, 0).await?;
    Ok(true)
}

/// Locks all slots of a project until the transaction ends; the bytes that are used.
async fn lock(conn: &mut Conn, project: ProjectId) -> Result<i64> {
    const SQL: Sql = Sql {
        sqlite: "SELECT used FROM quota_slot WHERE project_id = $1 ORDER BY slot",
        postgres: "SELECT used FROM quota_slot WHERE project_id = $1 ORDER BY slot FOR UPDATE",
    };
    let slots = fetch_all!(conn, Sum, SQL, project.0)?;
    Ok(slots.iter().map(|slot| slot.used).sum())
}

/// Charges `bytes` to the first slot and deals what is left of the limit out to all of them, which
/// must be locked. `used` is without `bytes`.
async fn deal(conn: &mut Conn, project: ProjectId, hard: i64, used: i64, bytes: i64) -> Result<()> {
    const SQL: &str = "UPDATE quota_slot SET
            used = used + CASE WHEN slot = 0 THEN $2 ELSE 0 END,
            allowance = used + CASE WHEN slot = 0 THEN $2 + $4 ELSE $3 END
         WHERE project_id = $1";
    let free = hard - used - bytes;
    let (share, first) = if hard < 0 {
        (BOUNDLESS, BOUNDLESS)
    } else {
        let share = free.div_euclid(SLOTS);
        (share, free - share * (SLOTS - 1))
    };
    execute!(conn, SQL, project.0, bytes, share, first)?;
    Ok(())
}

/// Counts `bytes` more for a project, unless that exceeds its limit. `seed` spreads charges over
/// the slots.
pub async fn charge(conn: &mut Conn, project: ProjectId, bytes: i64, seed: i64) -> Result<Charge> {
    const FAST: Sql = Sql {
        sqlite: "UPDATE quota_slot SET used = used + $2 WHERE project_id = $1 AND slot =
            (SELECT slot FROM quota_slot WHERE project_id = $1 AND used + $2 <= allowance
             ORDER BY (slot + $3) % 8 LIMIT 1)",
        postgres: "UPDATE quota_slot SET used = used + $2 WHERE project_id = $1 AND slot =
            (SELECT slot FROM quota_slot WHERE project_id = $1 AND used + $2 <= allowance
             ORDER BY (slot + $3) % 8 LIMIT 1 FOR UPDATE SKIP LOCKED)",
    };
    if bytes == 0 || execute!(conn, FAST, project.0, bytes, seed.rem_euclid(SLOTS))? > 0 {
        return Ok(Charge::Done);
    }
    let used = lock(conn, project).await?;
    let hard = fetch_optional!(conn, Hard, "SELECT hard FROM quota WHERE project_id = $1", project.0)?;
    let hard = hard.map_or(-1, |quota| quota.hard);
    if hard >= 0 && used.saturating_add(bytes) > hard {
        return Ok(Charge::Exceeded { hard, used });
    }
    deal(conn, project, hard, used, bytes).await?;
    Ok(Charge::Done)
}

/// Counts bytes more, or less, for a project, whatever its limit: those that are used, and those that
/// were used by what was deleted and can be had back.
pub async fn count(conn: &mut Conn, project: ProjectId, (used, undo): (i64, i64), seed: i64) -> Result<()> {
    const FREE_SLOT: Sql = Sql {
        sqlite: ONE_SLOT,
        postgres: "UPDATE quota_slot SET used = used + $2, undo = undo + $4 WHERE project_id = $1 AND slot =
            (SELECT slot FROM quota_slot WHERE project_id = $1
             ORDER BY (slot + $3) % 8 LIMIT 1 FOR UPDATE SKIP LOCKED)",
    };
    const ONE_SLOT: &str =
        "UPDATE quota_slot SET used = used + $2, undo = undo + $4 WHERE project_id = $1 AND slot = $3";
    let slot = seed.rem_euclid(SLOTS);
    if (used, undo) != (0, 0) && execute!(conn, FREE_SLOT, project.0, used, slot, undo)? == 0 {
        execute!(conn, ONE_SLOT, project.0, used, slot, undo)?;
    }
    Ok(())
}

/// Limit and use of a project, in bytes.
pub async fn usage(conn: &mut Conn, project: ProjectId) -> Result<Option<(i64, i64)>> {
    row! {
        struct Usage { hard: i64, used: i64 }
    }
    const SQL: &str = "SELECT q.hard,
            (SELECT CAST(SUM(s.used) AS BIGINT) FROM quota_slot s WHERE s.project_id = q.project_id) AS used
         FROM quota q WHERE q.project_id = $1";
    Ok(fetch_optional!(conn, Usage, SQL, project.0)?.map(|row| (row.hard, row.used)))
}

/// What projects use, in bytes, by their ids.
pub async fn list_usage(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, i64)>> {
    row! {
        struct Used { project_id: i64, used: i64 }
    }
    const SQL: Sql = with_list!(
        "SELECT project_id, CAST(SUM(used) AS BIGINT) AS used FROM quota_slot WHERE project_id IN (",
        int "$1",
        ") GROUP BY project_id"
    );
    let rows = fetch_all!(conn, Used, SQL, json_ints(projects.iter().map(|id| id.0)))?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.project_id), row.used)).collect())
}

/// Notes that an artifact of the project needs these blobs; the bytes that are new to it.
pub async fn add_blobs(conn: &mut Conn, project: ProjectId, blobs: &[BlobId]) -> Result<i64> {
    // By id, so that two pushes of the same new blobs never wait for each other crosswise. Those
    // that are there are kept from going at once, not only when the artifact refers to them: a
    // push holds a slot by then, for which a deletion that holds the blobs may wait.
    const SQL: Sql = Sql {
        sqlite: "INSERT INTO project_blob (project_id, blob_id, size)
             SELECT $1, b.id, b.size FROM blob b WHERE b.id IN (SELECT value FROM json_each($2))
             ORDER BY b.id ON CONFLICT (project_id, blob_id) DO NOTHING RETURNING size",
        postgres: "WITH wanted AS (SELECT value::bigint AS id FROM json_array_elements_text($2::json)),
             held AS (SELECT blob_id FROM project_blob
                WHERE project_id = $1 AND blob_id IN (SELECT id FROM wanted) ORDER BY blob_id FOR KEY SHARE),
             added AS (INSERT INTO project_blob (project_id, blob_id, size)
                SELECT $1, b.id, b.size FROM blob b WHERE b.id IN (SELECT id FROM wanted)
                ORDER BY b.id ON CONFLICT (project_id, blob_id) DO NOTHING RETURNING size)
             SELECT 0::bigint AS size FROM held UNION ALL SELECT size FROM added",
    };
    let mut bytes = 0;
    for slice in blobs.chunks(SLICE) {
        let list = json_ints(slice.iter().map(|blob| blob.0));
        let added = fetch_all!(conn, Size, SQL, project.0, list)?;
        bytes += added.iter().map(|blob| blob.size).sum::<i64>();
    }
    Ok(bytes)
}

/// Forgets those of these blobs that no artifact of the project needs any more; their bytes.
pub async fn drop_blobs(conn: &mut Conn, project: ProjectId, blobs: &[BlobId]) -> Result<i64> {
    // Waits for pushes that rely on them; the next statement then sees what those have added.
    const LOCK: Sql = with_list!(
        "SELECT size FROM project_blob WHERE project_id = $1 AND blob_id IN (",
        int "$2",
        ") ORDER BY blob_id FOR UPDATE"
    );
    const DROP: Sql = with_list!(
        "DELETE FROM project_blob WHERE project_id = $1
            AND NOT EXISTS (SELECT 1 FROM artifact_blob ab
                WHERE ab.project_id = $1 AND ab.blob_id = project_blob.blob_id)
            AND blob_id IN (",
        int "$2",
        ") RETURNING size"
    );
    let mut bytes = 0;
    for slice in blobs.chunks(SLICE) {
        let list = json_ints(slice.iter().map(|blob| blob.0));
        if conn.is_postgres() {
            fetch_all!(conn, Size, LOCK, project.0, list.as_str())?;
        }
        let dropped = fetch_all!(conn, Size, DROP, project.0, list)?;
        bytes += dropped.iter().map(|blob| blob.size).sum::<i64>();
    }
    Ok(bytes)
}

/// A window of all quotas, and how many there are.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<Quota>, i64)> {
    let (rows, total) = Listing::new(&LIST, query)?.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Quota::from).collect(), total))
}

/// A quota by its id.
pub async fn get(conn: &mut Conn, id: QuotaId) -> Result<Option<Quota>> {
    let mut query = Query::default();
    query.require("id", Pattern::Equal(id.to_string()));
    let (found, _) = list(conn, &query, Window { limit: 1, offset: 0 }).await?;
    Ok(found.into_iter().next())
}

/// Bytes that deletions of all projects can give back together.
pub async fn total_undo(conn: &mut Conn) -> Result<i64> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(undo), 0) AS BIGINT) AS used FROM quota_slot";
    Ok(fetch_optional!(conn, Sum, SQL)?.map_or(0, |row| row.used))
}

/// Bytes that all projects use together.
pub async fn total(conn: &mut Conn) -> Result<i64> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) AS used FROM quota_slot";
    Ok(fetch_optional!(conn, Sum, SQL)?.map_or(0, |row| row.used))
}
