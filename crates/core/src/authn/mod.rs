//! Who is calling: names and passwords into principals.

pub mod password;
mod robot;
pub(crate) mod throttle;

use std::net::IpAddr;

use minato_types::secret::Secret;

use crate::audit::{self, Event, EventType};
use crate::principal::Principal;
use crate::{App, Error, Result};

/// Signs in with a user name and a password, from `address`.
///
/// A wrong name and a wrong password look and take the same. After a few failures further
/// tries for the same account or from the same address are slowed, then refused.
pub async fn login(app: &App, username: &str, password: &Secret, address: IpAddr) -> Result<Principal> {
    let mut conn = app.db.read().await?;
    let found = minato_db::user::get_by_name(&mut conn, username).await?;
    drop(conn);
    if found.is_none()
        && let Some(robot) = robot::find(app, username).await?
    {
        return robot.sign_in(app, username, password, address).await;
    }
    let (user, hash) = match found {
        Some(credentials) => (Some(credentials.user), credentials.password_hash),
        None => (None, None),
    };
    if let (Some(user), Some(hash)) = (&user, &hash)
        && app.verified.contains(username, password, hash)
    {
        return Ok(principal(user));
    }
    app.throttle.wait(app.clock(), username, address).await?;
    let outcome = app.verified.verify(username, password, hash.as_deref()).await?;
    if let (Some(user), password::Outcome::Right { upgraded }) = (user, outcome) {
        app.throttle.succeeded(username, address);
        if let (Some(new), Some(old)) = (upgraded, hash) {
            let mut tx = app.db.begin().await?;
            minato_db::user::update_password_hash(&mut tx, user.id, &old, &new).await?;
            tx.commit().await?;
        }
        Ok(principal(&user))
    } else {
        app.throttle.failed(app.clock(), username, address);
        audit::note(app, username, Event::new(EventType::LoginUser, username), false);
        Err(Error::BadCredentials)
    }
}

fn principal(user: &minato_types::user::User) -> Principal {
    Principal::User { id: user.id, name: user.username.as_str().to_owned(), sysadmin: user.sysadmin }
}
