//! Users: making, showing, listing, changing, deleting.

use std::net::IpAddr;

use minato_db::user::NewUser;
use minato_types::id::UserId;
use minato_types::member::Entity;
use minato_types::query::Query;
use minato_types::secret::Secret;
use minato_types::user::{Profile, User, Username, is_acceptable_password};

use crate::audit::{self, Event, EventType};
use crate::authn::{self, password};
use crate::authz::{
    AccountGrant, Public, Registrar, SignedIn, SystemGrant, UserDelete, UserList, UserRead, UserUpdate,
};
use crate::principal::Principal;
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, settings};

/// The account that always stays and always administers, so that nobody can lock everybody out.
const FIRST: UserId = UserId(1);

/// What a new account is made of.
#[derive(Debug)]
pub struct NewAccount {
    /// Sign-in name.
    pub username: Username,
    /// What the user says of itself.
    pub profile: Profile,
    /// The password.
    pub password: Secret,
}

/// A new password, and the one before it.
pub struct PasswordChange {
    /// The password until now; only counts when somebody changes its own.
    pub old: Secret,
    /// The new one.
    pub new: Secret,
    /// Where the caller is, as wrong passwords slow it down.
    pub address: IpAddr,
}

/// A value that accounts are unique by.
pub enum Unique {
    /// The sign-in name.
    Username,
    /// The mail address.
    Email,
}

/// Makes an account.
pub async fn create(app: &App, registrar: &Registrar, new: &NewAccount) -> Result<UserId> {
    let event = Event::new(EventType::CreateUser, new.username.as_str());
    audit::of(app, registrar.principal.name(), event, add(app, new)).await
}

async fn add(app: &App, new: &NewAccount) -> Result<UserId> {
    check_password("password", &new.password)?;
    let password_hash = password::hash_in_background(&new.password).await?;
    let mut tx = app.db.begin().await?;
    let row = NewUser {
        username: new.username.as_str(),
        email: Some(new.profile.email()),
        realname: new.profile.realname(),
        comment: new.profile.comment(),
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
pub async fn get(app: &App, grant: &AccountGrant<UserRead>) -> Result<User> {
    let mut conn = app.db.read().await?;
    minato_db::user::get(&mut conn, grant.account).await?.ok_or(Error::NotFound(Noun::User))
}

/// Shows the caller's own account; a robot has none.
pub async fn current(app: &App, who: &SignedIn) -> Result<User> {
    let Principal::User { id, .. } = who.principal else {
        let why = "a robot has no user account; ask with a user's credentials";
        return Err(Error::Precondition(why.to_owned()));
    };
    let mut conn = app.db.read().await?;
    minato_db::user::get(&mut conn, id).await?.ok_or(Error::NotFound(Noun::User))
}

/// Lists accounts by name.
pub async fn list(app: &App, _: &SystemGrant<UserList>, query: &Query, window: Window) -> Result<Page<User>> {
    page(app, query, window).await
}

/// Finds accounts, for choosing members.
pub async fn search(app: &App, _: &SignedIn, query: &Query, window: Window) -> Result<Page<User>> {
    page(app, query, window).await
}

/// Whether a name or a mail address is taken: for who registers, where people may do so themselves.
pub async fn exists(app: &App, who: &Public, unique: Unique, value: &str) -> Result<bool> {
    if !who.principal.is_sysadmin() && !settings::current(app).await?.flag("self_registration") {
        let why = "only a system administrator may ask, as self-registration is off";
        return Err(Error::Precondition(why.to_owned()));
    }
    let mut conn = app.db.read().await?;
    Ok(match unique {
        Unique::Username => minato_db::user::exists_name(&mut conn, value).await?,
        Unique::Email => minato_db::user::exists_email(&mut conn, value).await?,
    })
}

/// Changes what a user says of itself.
pub async fn set_profile(app: &App, grant: &AccountGrant<UserUpdate>, profile: &Profile) -> Result<()> {
    let event = Event::new(EventType::UpdateUser, called(app, grant.account).await).told("profile");
    audit::of(app, grant.principal.name(), event, async {
        let mut tx = app.db.begin().await?;
        match minato_db::user::update_profile(&mut tx, grant.account, profile, app.clock.now()).await {
            Err(minato_db::Error::Conflict) => {
                return Err(Error::Conflict("the email belongs to another user".to_owned()));
            }
            Ok(false) => return Err(Error::NotFound(Noun::User)),
            outcome => outcome?,
        };
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Makes an account a system administrator, or no longer one.
pub async fn set_sysadmin(
    app: &App,
    grant: &SystemGrant<UserUpdate>,
    id: UserId,
    sysadmin: bool,
) -> Result<()> {
    let event = Event::new(EventType::UpdateUser, called(app, id).await).told(if sysadmin {
        "administrator"
    } else {
        "no administrator"
    });
    audit::of(app, grant.principal.name(), event, async {
        if id == FIRST && !sysadmin {
            return Err(Error::Forbidden("the first administrator always stays one".to_owned()));
        }
        let mut tx = app.db.begin().await?;
        if !minato_db::user::update_sysadmin(&mut tx, id, sysadmin, app.clock.now()).await? {
            return Err(Error::NotFound(Noun::User));
        }
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Changes a password; all sessions of the account end. Who changes its own has to know the one
/// before.
pub async fn set_password(
    app: &App,
    grant: &AccountGrant<UserUpdate>,
    change: &PasswordChange,
) -> Result<()> {
    let event = Event::new(EventType::UpdateUser, called(app, grant.account).await).told("password");
    audit::of(app, grant.principal.name(), event, async {
        let mut conn = app.db.read().await?;
        let found = minato_db::user::get_credentials(&mut conn, grant.account).await?;
        drop(conn);
        let found = found.ok_or(Error::NotFound(Noun::User))?;
        let username = found.user.username.as_str();
        if grant.is_own() {
            authn::login(app, username, &change.old, change.address).await.map_err(|error| match error {
                Error::BadCredentials => Error::Forbidden("the current password is incorrect".to_owned()),
                other => other,
            })?;
        }
        check_password("new_password", &change.new)?;
        let known = app.verified.verify(username, &change.new, found.password_hash.as_deref()).await?;
        if matches!(known, password::Outcome::Right { .. }) {
            return Err(Error::invalid("new_password", "is the same as the current one; choose another"));
        }
        let hash = password::hash_in_background(&change.new).await?;
        let mut tx = app.db.begin().await?;
        if !minato_db::user::set_password_hash(&mut tx, grant.account, &hash, app.clock.now()).await? {
            return Err(Error::NotFound(Noun::User));
        }
        minato_db::session::delete_of_user(&mut tx, grant.account).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Sets the password that a user of an identity provider has for command lines. No account comes
/// from such a provider yet, so there is none that could have one.
pub async fn set_cli_secret(app: &App, _: &AccountGrant<UserUpdate>) -> Result<()> {
    let why = if settings::current(app).await?.text("auth_mode") == "oidc_auth" {
        "the account does not come from an OIDC provider; use its password instead"
    } else {
        "a CLI secret is for auth mode `oidc_auth` only; use the password instead"
    };
    Err(Error::Precondition(why.to_owned()))
}

/// Deletes an account: it can't sign in any more and is no member of any project. Its row stays
/// under another name, as projects and records name it.
pub async fn delete(app: &App, grant: &SystemGrant<UserDelete>, id: UserId) -> Result<()> {
    let event = Event::new(EventType::DeleteUser, called(app, id).await);
    audit::of(app, grant.principal.name(), event, async {
        if id == FIRST || grant.principal.user_id() == id.0 {
            return Err(Error::Forbidden(format!("user with ID {id} cannot be deleted")));
        }
        let mut tx = app.db.begin().await?;
        if !minato_db::user::delete(&mut tx, id, app.clock.now()).await? {
            return Err(Error::NotFound(Noun::User));
        }
        minato_db::session::delete_of_user(&mut tx, id).await?;
        minato_db::member::delete_of_entity(&mut tx, Entity::User(id)).await?;
        tx.commit().await?;
        app.cache.projects_changed();
        Ok(())
    })
    .await
}

/// What the audit log calls an account: its id if there is none, or the database is away.
async fn called(app: &App, id: UserId) -> String {
    let found = async { minato_db::user::get(&mut app.db.read().await?, id).await };
    found.await.ok().flatten().map_or_else(|| id.to_string(), |user| user.username.to_string())
}

async fn page(app: &App, query: &Query, window: Window) -> Result<Page<User>> {
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::user::list(&mut conn, query, window).await?;
    Ok(Page { items, total })
}

fn check_password(field: &'static str, password: &Secret) -> Result<()> {
    if is_acceptable_password(password.expose()) {
        return Ok(());
    }
    let rule = "needs 8 to 128 characters with an upper-case letter, a lower-case letter and a digit";
    Err(Error::invalid(field, rule))
}
