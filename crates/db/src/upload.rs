//! Rows of upload sessions. How far a session has come is not here but with its bytes,
//! so that a chunk costs no write to the database.

use std::collections::HashSet;

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, UploadId};
use minato_types::name::RepositoryName;

use crate::dialect::{Sql, corrupt, execute, fetch_all, fetch_optional, json_texts, row, with_list};
use crate::{Conn, Result};

row! {
    struct OwnerRow { owner: String }
}

row! {
    struct IdRow { id: String }
}

/// A session to be opened.
pub struct NewUpload<'a> {
    /// Its id.
    pub id: UploadId,
    /// The repository that the blob is for.
    pub repository: &'a RepositoryName,
    /// Who opens it.
    pub owner: &'a str,
    /// Now.
    pub created_at: Timestamp,
    /// When its time is over.
    pub expires_at: Timestamp,
}

/// Opens a session.
pub async fn insert(conn: &mut Conn, project: ProjectId, new: &NewUpload<'_>) -> Result<()> {
    const SQL: &str = "INSERT INTO upload (id, project_id, repository, owner, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(
        conn,
        SQL,
        new.id.to_string(),
        project.0,
        new.repository.as_str(),
        new.owner,
        new.created_at.as_micros(),
        new.expires_at.as_micros()
    )?;
    Ok(())
}

/// Who opened the session, if it belongs to this repository and has not expired.
pub async fn get_owner(
    conn: &mut Conn,
    project: ProjectId,
    repository: &RepositoryName,
    id: &UploadId,
    now: Timestamp,
) -> Result<Option<String>> {
    const SQL: &str = "SELECT owner FROM upload
         WHERE id = $3 AND project_id = $1 AND repository = $2 AND expires_at > $4";
    let found = fetch_optional!(
        conn,
        OwnerRow,
        SQL,
        project.0,
        repository.as_str(),
        id.to_string(),
        now.as_micros()
    )?;
    Ok(found.map(|row| row.owner))
}

/// Ends a session; whether there was one.
pub async fn delete(conn: &mut Conn, id: &UploadId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM upload WHERE id = $1", id.to_string())? > 0)
}

/// Sessions whose time is over, oldest first.
pub async fn list_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<UploadId>> {
    const SQL: &str = "SELECT id FROM upload WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
    let rows = fetch_all!(conn, IdRow, SQL, now.as_micros(), limit)?;
    rows.into_iter().map(|row| row.id.parse().map_err(|_| corrupt("an upload id"))).collect()
}

/// Those of the sessions that have a row.
pub async fn list_known(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = UploadId>,
) -> Result<HashSet<UploadId>> {
    const SQL: Sql = with_list!("SELECT id FROM upload WHERE id IN (", text "$1", ")");
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    let rows = fetch_all!(conn, IdRow, SQL, json_texts(ids.iter().map(String::as_str)))?;
    rows.into_iter().map(|row| row.id.parse().map_err(|_| corrupt("an upload id"))).collect()
}

/// Every session there is.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<UploadId>> {
    let rows = fetch_all!(conn, IdRow, "SELECT id FROM upload")?;
    rows.into_iter().map(|row| row.id.parse().map_err(|_| corrupt("an upload id"))).collect()
}
