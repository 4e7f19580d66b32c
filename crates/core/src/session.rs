//! Browsers' sessions: signing in once, and being known by a cookie from then on.
//!
//! What the cookie holds is random and kept nowhere; the table has its SHA-256. A session ends when
//! it is not used for as long as the setting `session_timeout` says, by signing out, and with a new
//! password or the deletion of the account. Any replica knows it.

use std::net::IpAddr;
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use minato_types::secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::audit::{self, Event, EventType};
use crate::principal::Principal;
use crate::{App, Error, Result, authn, settings};

/// How far the end of a session may lie behind before it is written anew.
const RENEWAL_STEP: Duration = Duration::from_mins(1);

/// Signs in with a user name and a password, from `address`; what the cookie shall hold. A robot has
/// no sessions.
pub async fn start(app: &App, username: &str, password: &Secret, address: IpAddr) -> Result<Secret> {
    let Principal::User { id: user, .. } = authn::login(app, username, password, address).await? else {
        return Err(Error::BadCredentials);
    };
    audit::note(app, username, Event::new(EventType::LoginUser, username), true);
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| Error::internal(error.to_string()))?;
    let id = Secret::new(BASE64URL_NOPAD.encode(&random));
    let now = app.clock.now();
    let ends = now.plus(lifetime(app).await?);
    let mut tx = app.db.begin().await?;
    minato_db::session::insert(&mut tx, &hash(&id), user, now, ends).await?;
    tx.commit().await?;
    Ok(id)
}

/// Whose session it is; nobody's when it has ended. With `renew` it goes on from now.
pub async fn resume(app: &App, id: &Secret, renew: bool) -> Result<Principal> {
    let (id_hash, now) = (hash(id), app.clock.now());
    let mut conn = app.db.read().await?;
    let Some(found) = minato_db::session::get(&mut conn, &id_hash, now).await? else {
        return Ok(Principal::Anonymous);
    };
    drop(conn);
    let lifetime = lifetime(app).await?;
    let ends = now.plus(lifetime);
    if renew && ends.since(found.expires_at) >= RENEWAL_STEP.min(lifetime / 4) {
        let mut tx = app.db.begin().await?;
        minato_db::session::extend(&mut tx, &id_hash, ends).await?;
        tx.commit().await?;
    }
    Ok(Principal::User { id: found.user, name: found.username, sysadmin: found.sysadmin })
}

/// Ends a session.
pub async fn end(app: &App, id: &Secret) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if let Some(found) = minato_db::session::get(&mut tx, &hash(id), app.clock.now()).await? {
        audit::note(app, &found.username, Event::new(EventType::LogoutUser, found.username.as_str()), true);
    }
    minato_db::session::delete(&mut tx, &hash(id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Drops sessions whose time is over; how many.
pub(crate) async fn sweep(app: &App) -> Result<u64> {
    let mut tx = app.db.begin().await?;
    let dropped = minato_db::session::delete_expired(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(dropped)
}

async fn lifetime(app: &App) -> Result<Duration> {
    let minutes = settings::current(app).await?.number("session_timeout");
    Ok(Duration::from_secs(u64::try_from(minutes).unwrap_or(0).saturating_mul(60)))
}

fn hash(id: &Secret) -> String {
    HEXLOWER.encode(&Sha256::digest(id.expose().as_bytes()))
}
