//! Users: making, showing, listing.

use minato_db::user::NewUser;
use minato_types::id::UserId;
use minato_types::query::Query;
use minato_types::secret::Secret;
use minato_types::user::{User, Username, is_acceptable_password};

use crate::audit::{self, Event, EventType};
use crate::authn::password;
use crate::authz::{SignedIn, SystemGrant, UserCreate, UserList, UserRead};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// What a new account is made of.
#[derive(Debug)]
pub struct NewAccount {
    /// Sign-in name.
    pub username: Username,
    /// Mail address.
    pub email: String,
    /// Full name.
    pub realname: String,
    /// Free text.
    pub comment: String,
    /// The password.
    pub password: Secret,
}

/// Makes an account.
pub async fn create(app: &App, grant: &SystemGrant<UserCreate>, new: &NewAccount) -> Result<UserId> {
    let event = Event::new(EventType::CreateUser, new.username.as_str());
    audit::of(app, grant.principal.name(), event, add(app, new)).await
}

async fn add(app: &App, new: &NewAccount) -> Result<UserId> {
    if !is_acceptable_password(new.password.expose()) {
        return Err(Error::invalid(
            "password",
            "needs 8 to 128 characters with an upper-case letter, a lower-case letter and a digit",
        ));
    }
    let password_hash = password::hash_in_background(&new.password).await?;
    let mut tx = app.db.begin().await?;
    let row = NewUser {
        username: new.username.as_str(),
        email: Some(new.email.as_str()),
        realname: &new.realname,
        comment: &new.comment,
        password_hash: &password_hash,
        sysadmin: false,
    };
    let id = match minato_db::user::insert(&mut tx, &row, app.clock.now()).await {
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("user {} or its email already exists", new.username)));
        }
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(id)
}

/// Shows an account.
pub async fn get(app: &App, _: &SystemGrant<UserRead>, id: UserId) -> Result<User> {
    let mut conn = app.db.read().await?;
    minato_db::user::get(&mut conn, id).await?.ok_or(Error::NotFound(Noun::User))
}

/// Shows the caller's own account.
pub async fn current(app: &App, who: &SignedIn) -> Result<User> {
    let mut conn = app.db.read().await?;
    let id = UserId(who.principal.user_id());
    minato_db::user::get(&mut conn, id).await?.ok_or(Error::NotFound(Noun::User))
}

/// Lists accounts by name.
pub async fn list(app: &App, _: &SystemGrant<UserList>, query: &Query, window: Window) -> Result<Page<User>> {
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::user::list(&mut conn, query, window).await?;
    Ok(Page { items, total })
}
