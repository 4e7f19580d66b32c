//! Upload sessions: opening, appending, finishing.
//!
//! Order of durability: the store makes the bytes durable (`seal`), then one
//! transaction makes the blob known and ends the session, then the answer goes out.

use minato_db::blob::Hold;
use minato_db::upload::NewUpload;
use minato_store::{ByteStream, Sealed, Stale};
use minato_types::clock::Timestamp;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::{RepositoryId, UploadId};

use crate::authz::{Push, RepoGrant};
use crate::cache::OpenSession;
use crate::{App, Error, Noun, Result, quota};

/// Opens a session whose content will be hashed with `algorithm`.
pub async fn start(app: &App, grant: &RepoGrant<Push>, algorithm: Algorithm) -> Result<UploadId> {
    quota::check_room(app, grant).await?;
    let id = UploadId::random();
    let created_at = app.clock.now();
    let new = NewUpload {
        id,
        repository: &grant.name,
        owner: &grant.caller.owner(),
        created_at,
        expires_at: created_at.plus(app.startup.upload_lifetime),
    };
    app.store.begin(&id, algorithm).await?;
    let mut tx = app.db.begin().await?;
    minato_db::upload::insert(&mut tx, grant.project, &new).await?;
    // A session is worth nothing after a power cut, so nobody waits for the disk. Until readers see
    // its row, memory knows it.
    tx.commit_soon().await?;
    let session = OpenSession {
        project: grant.project,
        repository: grant.name.clone(),
        owner: grant.caller.owner(),
        expires_at: new.expires_at,
    };
    app.cache.put_session(&id, session);
    Ok(id)
}

/// How many bytes a session holds.
pub async fn offset(app: &App, grant: &RepoGrant<Push>, id: &UploadId) -> Result<u64> {
    check_owner(app, grant, id).await?;
    app.store.offset(id).await.map_err(session_error)
}

/// Appends a chunk and returns the new size. `at` is where the chunk says that it begins.
pub async fn append(
    app: &App,
    grant: &RepoGrant<Push>,
    id: &UploadId,
    at: Option<u64>,
    body: ByteStream,
) -> Result<u64> {
    check_owner(app, grant, id).await?;
    app.store.append(id, at, body).await.map_err(session_error)
}

/// Appends the last chunk, which may be empty, and makes the whole a blob of the repository.
pub async fn finish(
    app: &App,
    grant: &RepoGrant<Push>,
    id: &UploadId,
    digest: &Digest,
    at: Option<u64>,
    body: ByteStream,
) -> Result<()> {
    check_owner(app, grant, id).await?;
    quota::check_room(app, grant).await?;
    let sealed = app.store.seal(id, digest, at, body).await.map_err(session_error)?;
    record(app, grant, digest, &sealed, Some(id)).await
}

/// Stores a blob that came whole, without a session.
pub async fn put_whole(app: &App, grant: &RepoGrant<Push>, digest: &Digest, body: ByteStream) -> Result<()> {
    quota::check_room(app, grant).await?;
    let sealed = app.store.put(digest, body).await?;
    let outcome = record(app, grant, digest, &sealed, None).await;
    // The project went meanwhile: nobody else has the key, so the bytes are garbage. After other
    // failures a row may have been written all the same; and bytes of a session may be another's
    // that closed it too.
    if matches!(outcome, Err(Error::NotFound(_))) {
        let mut tx = app.db.begin().await?;
        minato_db::garbage::insert(&mut tx, digest, &sealed.key.0, sealed.size, app.clock.now()).await?;
        tx.commit().await?;
    }
    outcome
}

/// Drops a session and its bytes.
pub async fn cancel(app: &App, grant: &RepoGrant<Push>, id: &UploadId) -> Result<()> {
    check_owner(app, grant, id).await?;
    remove(app, id).await
}

/// Drops sessions whose time is over, and bytes of sessions that no row knows; how many.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    const BATCH: i64 = 100;
    let (now, mut swept) = (app.clock.now(), 0);
    loop {
        let expired = list_expired(app, now, BATCH).await?;
        if expired.is_empty() {
            break;
        }
        for id in &expired {
            remove(app, id).await?;
            swept += 1;
            tracing::debug!(upload = %id, "dropped an expired upload");
        }
    }
    let before = now.minus(app.startup.upload_lifetime);
    for stale in list_forgotten(app, before).await? {
        swept += u64::from(app.store.remove_stale(&stale, before).await?);
    }
    Ok(swept)
}

/// The first `limit` sessions whose time was over at `now`.
pub(crate) async fn list_expired(app: &App, now: Timestamp, limit: i64) -> Result<Vec<UploadId>> {
    let mut conn = app.db.read().await?;
    Ok(minato_db::upload::list_expired(&mut conn, now, limit).await?)
}

/// What the store has of uploads that nobody has worked on since `before`, and that no row knows.
pub(crate) async fn list_forgotten(app: &App, before: Timestamp) -> Result<Vec<Stale>> {
    const BATCH: usize = 1000;
    let stale = app.store.list_stale(before).await?;
    let mut forgotten = Vec::new();
    for batch in stale.chunks(BATCH) {
        let sessions = batch.iter().filter_map(Stale::session).copied();
        let mut conn = app.db.read().await?;
        let known = minato_db::upload::list_known(&mut conn, sessions).await?;
        let is_known = |stale: &Stale| stale.session().is_some_and(|id| known.contains(id));
        forgotten.extend(batch.iter().filter(|stale| !is_known(stale)).cloned());
    }
    Ok(forgotten)
}

/// Drops a session and its bytes, whoever opened it.
pub(crate) async fn remove(app: &App, id: &UploadId) -> Result<()> {
    match app.store.abort(id).await {
        Ok(()) | Err(minato_store::Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let mut tx = app.db.begin().await?;
    minato_db::upload::delete(&mut tx, id).await?;
    tx.commit().await?;
    app.cache.session_ended(id);
    Ok(())
}

/// A session belongs to who opened it, and to its repository.
async fn check_owner(app: &App, grant: &RepoGrant<Push>, id: &UploadId) -> Result<()> {
    let (owner, now) = (grant.caller.owner(), app.clock.now());
    let is_owner = if let Some(known) = app.cache.session(id) {
        known.project == grant.project
            && known.repository == grant.name
            && known.owner == owner
            && known.expires_at > now
    } else {
        let mut conn = app.db.read().await?;
        let found = minato_db::upload::get_owner(&mut conn, grant.project, &grant.name, id, now).await?;
        found.is_some_and(|found| found == owner)
    };
    if is_owner { Ok(()) } else { Err(Error::NotFound(Noun::Upload)) }
}

fn session_error(error: minato_store::Error) -> Error {
    match error {
        minato_store::Error::NotFound => Error::NotFound(Noun::Upload),
        other => other.into(),
    }
}

/// Makes durable bytes a blob of the repository and ends the session.
async fn record(
    app: &App,
    grant: &RepoGrant<Push>,
    digest: &Digest,
    sealed: &Sealed,
    session: Option<&UploadId>,
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let repository = match grant.repository {
        Some(known) => known,
        None => minato_db::repository::ensure(&mut tx, grant.project, &grant.name, false, now).await?,
    };
    if let Some(id) = session
        && !minato_db::upload::delete(&mut tx, id).await?
    {
        return already_recorded(&mut tx, repository, digest).await;
    }
    let blob = minato_db::blob::upsert(&mut tx, digest, sealed.size, &sealed.key.0, now).await?;
    let hold = Hold { by: &grant.caller.push(), until: now.plus(app.startup.gc.hold) };
    match minato_db::blob::link(&mut tx, repository, blob.id, now, hold).await {
        // Somebody has just deleted the project.
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Repository)),
        outcome => outcome?,
    }
    if blob.storage_key != sealed.key.0 {
        // The same content was stored already; ours is not needed.
        minato_db::garbage::insert(&mut tx, digest, &sealed.key.0, sealed.size, now).await?;
    }
    tx.commit().await?;
    if let Some(id) = session {
        app.cache.session_ended(id);
    }
    Ok(())
}

/// Two requests closed the same session at once. The first one's outcome is the answer to both.
async fn already_recorded(tx: &mut minato_db::Tx, repository: RepositoryId, digest: &Digest) -> Result<()> {
    match minato_db::blob::get(tx, repository, digest).await? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound(Noun::Upload)),
    }
}
