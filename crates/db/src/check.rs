//! What checks of the store look at and note: blobs by where their bytes are, the marks on damaged
//! ones, manifests with their bytes, and how far each kind of check has come.
//!
//! A mark names the bytes that it is about: what was stored anew meanwhile is never marked.

use std::collections::HashSet;

use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, BlobId};

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, json_texts, row, with_list,
};
use crate::{Conn, Result};

row! {
    struct Row { id: i64, digest: String, size: i64, storage_key: String, damage: Option<String> }
}

row! {
    struct KeyRow { storage_key: String }
}

row! {
    struct DamageRow { damage: Option<String> }
}

row! {
    struct SizeRow { id: i64, manifest_size: i64 }
}

row! {
    struct ManifestRow { id: i64, repository: String, digest: String, manifest: Vec<u8> }
}

row! {
    struct StateRow { kind: String, position: i64, findings: i64, bytes: i64, ended_at: Option<i64>, found: i64 }
}

row! {
    struct NumberRow { n: i64 }
}

row! {
    struct BytesRow { before: i64, total: i64 }
}

/// A blob as a check sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Row id.
    pub id: BlobId,
    /// Its digest.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Where the store keeps the bytes.
    pub storage_key: String,
    /// What an earlier check found wrong.
    pub damage: Option<String>,
}

/// A manifest as a check sees it.
pub struct Manifest {
    /// Row id.
    pub id: ArtifactId,
    /// Full name of its repository.
    pub repository: String,
    /// What its bytes should hash to, as text: it may be damaged as well.
    pub digest: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// How far a kind of check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The blob that was read last in this round.
    pub position: BlobId,
    /// What was found in this round.
    pub findings: i64,
    /// Bytes read since the beginning.
    pub bytes: i64,
    /// When the last whole round ended.
    pub ended_at: Option<Timestamp>,
    /// What that one found.
    pub found: i64,
}

impl Default for State {
    fn default() -> Self {
        Self { position: BlobId(0), findings: 0, bytes: 0, ended_at: None, found: 0 }
    }
}

impl TryFrom<Row> for Checked {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: BlobId(row.id),
            digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
            size: u64::try_from(row.size).map_err(|_| corrupt("a blob's size"))?,
            storage_key: row.storage_key,
            damage: row.damage,
        })
    }
}

/// Blobs by where their bytes are, from behind `after`.
pub async fn list_by_key(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Checked>> {
    const SQL: &str = "SELECT id, digest, size, storage_key, damage FROM blob
         WHERE storage_key > $1 ORDER BY storage_key LIMIT $2";
    fetch_all!(conn, Row, SQL, after, limit)?.into_iter().map(Checked::try_from).collect()
}

/// Blobs by id, from behind `after`.
pub async fn list_by_id(conn: &mut Conn, after: BlobId, limit: i64) -> Result<Vec<Checked>> {
    const SQL: &str = "SELECT id, digest, size, storage_key, damage FROM blob
         WHERE id > $1 ORDER BY id LIMIT $2";
    fetch_all!(conn, Row, SQL, after.0, limit)?.into_iter().map(Checked::try_from).collect()
}

/// The greatest ids of blobs and of artifacts: about as many as there are, or more.
pub async fn count_about(conn: &mut Conn) -> Result<(i64, i64)> {
    const BLOBS: &str = "SELECT COALESCE(MAX(id), 0) AS n FROM blob";
    const ARTIFACTS: &str = "SELECT COALESCE(MAX(id), 0) AS n FROM artifact";
    Ok((fetch_one!(conn, NumberRow, BLOBS)?.n, fetch_one!(conn, NumberRow, ARTIFACTS)?.n))
}

/// Bytes of the blobs up to this one, and of all. Looks at each row.
pub async fn sum_bytes(conn: &mut Conn, up_to: BlobId) -> Result<(i64, i64)> {
    const SQL: &str =
        "SELECT CAST(COALESCE(SUM(CASE WHEN id <= $1 THEN size ELSE 0 END), 0) AS BIGINT) AS before,
            CAST(COALESCE(SUM(size), 0) AS BIGINT) AS total FROM blob";
    let BytesRow { before, total } = fetch_one!(conn, BytesRow, SQL, up_to.0)?;
    Ok((before, total))
}

/// Those of the keys that a row names: of a blob, of garbage, of what was set aside.
pub async fn list_known(conn: &mut Conn, keys: &[&str]) -> Result<HashSet<String>> {
    const BLOBS: Sql = with_list!("SELECT storage_key FROM blob WHERE storage_key IN (", text "$1", ")");
    const GARBAGE: Sql = with_list!("SELECT storage_key FROM garbage WHERE storage_key IN (", text "$1", ")");
    const ASIDE: Sql =
        with_list!("SELECT storage_key FROM quarantine WHERE storage_key IN (", text "$1", ")");
    let list = json_texts(keys.iter().copied());
    let mut known = HashSet::new();
    // Garbage last: what is a blob when it is looked for, and garbage a moment later, is found there.
    for sql in [BLOBS, ASIDE, GARBAGE] {
        known.extend(fetch_all!(conn, KeyRow, sql, list.as_str())?.into_iter().map(|row| row.storage_key));
    }
    Ok(known)
}

/// What is known to be wrong with a blob, if it still has its bytes under this key.
pub async fn get_damage(conn: &mut Conn, blob: BlobId, key: &str) -> Result<Option<Option<String>>> {
    const SQL: &str = "SELECT damage FROM blob WHERE id = $1 AND storage_key = $2";
    Ok(fetch_optional!(conn, DamageRow, SQL, blob.0, key)?.map(|row| row.damage))
}

/// What is known to be wrong with the blob of this digest.
pub async fn get_damage_of(conn: &mut Conn, digest: &Digest) -> Result<Option<String>> {
    const SQL: &str = "SELECT damage FROM blob WHERE digest = $1";
    Ok(fetch_optional!(conn, DamageRow, SQL, digest.as_str())?.and_then(|row| row.damage))
}

/// Marks a blob as damaged, if it still has its bytes under this key; whether it has.
pub async fn mark(conn: &mut Conn, blob: BlobId, key: &str, damage: &str) -> Result<bool> {
    const SQL: &str = "UPDATE blob SET damage = $3 WHERE id = $1 AND storage_key = $2";
    Ok(execute!(conn, SQL, blob.0, key, damage)? > 0)
}

/// Takes the mark from a blob whose bytes under this key were found to be right.
pub async fn unmark(conn: &mut Conn, blob: BlobId, key: &str, damage: &str) -> Result<bool> {
    const SQL: &str = "UPDATE blob SET damage = NULL
         WHERE id = $1 AND storage_key = $2 AND damage = $3";
    Ok(execute!(conn, SQL, blob.0, key, damage)? > 0)
}

/// Manifests by id, from behind `after`: as many as fit into `most_bytes`, but one at least.
pub async fn list_manifests(conn: &mut Conn, after: ArtifactId, most_bytes: i64) -> Result<Vec<Manifest>> {
    const SIZES: &str = "SELECT id, manifest_size FROM artifact WHERE id > $1 ORDER BY id LIMIT 500";
    const SQL: Sql = with_list!(
        "SELECT a.id, r.name AS repository, a.digest, a.manifest
         FROM artifact a JOIN repository r ON r.id = a.repository_id WHERE a.id IN (",
        int "$1",
        ") ORDER BY a.id"
    );
    let mut room = most_bytes;
    let fits = |row: &SizeRow| {
        let is_first = room == most_bytes;
        room -= row.manifest_size.max(1);
        is_first || room >= 0
    };
    let ids: Vec<i64> =
        fetch_all!(conn, SizeRow, SIZES, after.0)?.into_iter().take_while(fits).map(|row| row.id).collect();
    let rows = fetch_all!(conn, ManifestRow, SQL, json_ints(ids))?;
    Ok(rows
        .into_iter()
        .map(|row| Manifest {
            id: ArtifactId(row.id),
            repository: row.repository,
            digest: row.digest,
            bytes: row.manifest,
        })
        .collect())
}

impl From<&StateRow> for State {
    fn from(row: &StateRow) -> Self {
        Self {
            position: BlobId(row.position),
            findings: row.findings,
            bytes: row.bytes,
            ended_at: row.ended_at.map(Timestamp::from_micros),
            found: row.found,
        }
    }
}

/// How far kinds of checks have come.
pub async fn list_states(conn: &mut Conn, kinds: &[&'static str]) -> Result<Vec<(&'static str, State)>> {
    const SQL: &str = "SELECT kind, position, findings, bytes, ended_at, found FROM check_state";
    let rows = fetch_all!(conn, StateRow, SQL)?;
    let state = |kind: &'static str| {
        let row = rows.iter().find(|row| row.kind == kind);
        (kind, row.map(State::from).unwrap_or_default())
    };
    Ok(kinds.iter().map(|kind| state(kind)).collect())
}

/// How far a kind of check has come.
pub async fn get_state(conn: &mut Conn, kind: &'static str) -> Result<State> {
    Ok(list_states(conn, &[kind]).await?.into_iter().map(|(_, state)| state).next().unwrap_or_default())
}

/// Notes it.
pub async fn put_state(conn: &mut Conn, kind: &str, state: &State) -> Result<()> {
    const SQL: &str = "INSERT INTO check_state (kind, position, findings, bytes, ended_at, found)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (kind) DO UPDATE SET position = excluded.position, findings = excluded.findings,
            bytes = excluded.bytes, ended_at = excluded.ended_at, found = excluded.found";
    let ended_at = state.ended_at.map(Timestamp::as_micros);
    execute!(conn, SQL, kind, state.position.0, state.findings, state.bytes, ended_at, state.found)?;
    Ok(())
}
