//! Deletions that can be undone, as lists show them.

use minato_types::clock::Timestamp;
use minato_types::deletion::Deletion;
use minato_types::id::{DeletionId, ProjectId};
use minato_types::query::{Pattern, Query};

use super::Row;
use crate::dialect::{Sql, fetch_all, json_ints, row, with_list};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window, contains};
use crate::{Conn, Error, Result};

/// Most tags of a deletion that are told.
const MOST_TAGS: i64 = 100;

row! {
    struct TagRow { deletion_id: i64, name: String }
}

const LIST: Spec = Spec {
    base: "deletion d",
    from: "deletion d",
    columns: "d.id, d.project_id, d.repository, d.kind, d.name, d.description, d.artifacts, d.size,
        d.deleted_by, d.deleted_at, d.expires_at",
    key: "d.id",
    fields: &[
        Field { name: "id", sql: "d.id", kind: Kind::Int, sortable: true },
        Field { name: "repository", sql: "d.repository", kind: Kind::Text, sortable: false },
        Field { name: "kind", sql: "d.kind", kind: Kind::Text, sortable: false },
        Field { name: "name", sql: "d.name", kind: Kind::Text, sortable: false },
        Field { name: "deletedby", sql: "d.deleted_by", kind: Kind::Text, sortable: false },
        Field { name: "deletiontime", sql: "d.deleted_at", kind: Kind::Time, sortable: false },
    ],
    order: &[("d.id", true)],
};

/// A window of the project's deletions that can be undone at `now`, and how many there are.
///
/// Known besides the fields: `tags`, a name or `~part` of one, of what was deleted by itself or with a repository.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    now: Timestamp,
    query: &Query,
    window: Window,
) -> Result<(Vec<Deletion>, i64)> {
    let mut query = query.clone();
    // Ids rise with the time, and have an index.
    for order in &mut query.order {
        if order.key == "deletiontime" || order.key == "creationtime" {
            "id".clone_into(&mut order.key);
        }
    }
    let mut listing = Listing::new(&LIST, &query)?;
    listing.and("d.project_id = ? AND d.expires_at > ?", [Arg::Int(project.0), Arg::Int(now.as_micros())]);
    if let Some(pattern) = query.pattern("tags").or_else(|| query.pattern("tag")) {
        and_tags(&mut listing, pattern)?;
    }
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Deletion::try_from).collect::<Result<_>>()?, total))
}

fn and_tags(listing: &mut Listing, pattern: &Pattern) -> Result<()> {
    let (condition, text) = match pattern {
        Pattern::Equal(name) => ("t.name = ?", name.clone()),
        Pattern::Contains(part) => ("t.name ILIKE ? ESCAPE '\\'", contains(part)),
        _ => return Err(Error::Query("tags can be asked for by name or `~part`".to_owned())),
    };
    let sql = format!("EXISTS (SELECT 1 FROM deleted_tag t WHERE t.deletion_id = d.id AND {condition})");
    listing.and(&sql, [Arg::Text(text)]);
    Ok(())
}

/// The tags that each of these deletions took, by name: the first `MOST_TAGS` of each.
pub async fn list_tags(conn: &mut Conn, deletions: &[DeletionId]) -> Result<Vec<(DeletionId, String)>> {
    const SQL: Sql = with_list!(
        "SELECT deletion_id, name FROM
            (SELECT deletion_id, name, ROW_NUMBER() OVER (PARTITION BY deletion_id ORDER BY name) AS place
             FROM deleted_tag WHERE deletion_id IN (",
        int "$1",
        ")) t WHERE place <= $2 ORDER BY deletion_id, name"
    );
    let list = json_ints(deletions.iter().map(|id| id.0));
    let rows = fetch_all!(conn, TagRow, SQL, list, MOST_TAGS)?;
    Ok(rows.into_iter().map(|row| (DeletionId(row.deletion_id), row.name)).collect())
}

/// A deletion of the project that can be undone at `now`.
pub async fn get(
    conn: &mut Conn,
    project: ProjectId,
    id: DeletionId,
    now: Timestamp,
) -> Result<Option<Deletion>> {
    let mut query = Query::default();
    query.require("id", Pattern::Equal(id.to_string()));
    let (found, _) = list(conn, project, now, &query, Window { limit: 1, offset: 0 }).await?;
    Ok(found.into_iter().next())
}
