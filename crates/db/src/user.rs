//! Rows of user accounts.

use minato_types::clock::Timestamp;
use minato_types::id::UserId;
use minato_types::query::Query;
use minato_types::user::{Profile, User};

use crate::dialect::{corrupt, execute, fetch_one, fetch_optional, row};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        username: String,
        email: Option<String>,
        realname: String,
        comment: String,
        password_hash: Option<String>,
        sysadmin: bool,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct Number { n: i64 }
}

const LIST: Spec = Spec {
    base: "users u",
    from: "users u",
    columns: "u.id, u.username, u.email, u.realname, u.comment, u.password_hash, u.sysadmin, u.created_at,
        u.updated_at",
    key: "u.id",
    fields: &[
        Field { name: "userid", sql: "u.id", kind: Kind::Int, sortable: true },
        Field { name: "username", sql: "u.username", kind: Kind::Text, sortable: true },
        Field { name: "email", sql: "u.email", kind: Kind::Text, sortable: true },
        Field { name: "realname", sql: "u.realname", kind: Kind::Text, sortable: false },
        Field { name: "sysadminflag", sql: "u.sysadmin", kind: Kind::Flag, sortable: false },
        Field { name: "creationtime", sql: "u.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "u.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("u.username", false), ("u.id", false)],
};

/// A user and the hash of the password, for sign-in only.
pub struct Credentials {
    /// The account.
    pub user: User,
    /// PHC string; `None` when the user can't sign in by password.
    pub password_hash: Option<String>,
}

/// What a new account is made of.
pub struct NewUser<'a> {
    /// Sign-in name.
    pub username: &'a str,
    /// Mail address, `None` when there is none.
    pub email: Option<&'a str>,
    /// Full name.
    pub realname: &'a str,
    /// Free text.
    pub comment: &'a str,
    /// PHC string.
    pub password_hash: &'a str,
    /// Whether the user is a system administrator.
    pub sysadmin: bool,
}

impl TryFrom<Row> for Credentials {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let user = User {
            id: UserId(row.id),
            username: row.username.parse().map_err(|_| corrupt("a user name"))?,
            email: row.email.unwrap_or_default(),
            realname: row.realname,
            comment: row.comment,
            sysadmin: row.sysadmin,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        };
        Ok(Self { user, password_hash: row.password_hash })
    }
}

/// The account named `username`.
pub async fn get_by_name(conn: &mut Conn, username: &str) -> Result<Option<Credentials>> {
    const SQL: &str =
        "SELECT id, username, email, realname, comment, password_hash, sysadmin, created_at, updated_at
         FROM users WHERE username = $1 AND NOT deleted";
    fetch_optional!(conn, Row, SQL, username)?.map(Credentials::try_from).transpose()
}

/// The account with this id and its password's hash, for checking and changing the password.
pub async fn get_credentials(conn: &mut Conn, id: UserId) -> Result<Option<Credentials>> {
    const SQL: &str =
        "SELECT id, username, email, realname, comment, password_hash, sysadmin, created_at, updated_at
         FROM users WHERE id = $1 AND NOT deleted";
    fetch_optional!(conn, Row, SQL, id.0)?.map(Credentials::try_from).transpose()
}

/// The account with this id.
pub async fn get(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    Ok(get_credentials(conn, id).await?.map(|credentials| credentials.user))
}

/// A window of the accounts, and how many there are. Deleted ones are not shown.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<User>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("NOT u.deleted", []);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    let users = rows.into_iter().map(|row| Ok(Credentials::try_from(row)?.user));
    Ok((users.collect::<Result<_>>()?, total))
}

/// Whether there is an account beside the one named `username`.
pub async fn has_others(conn: &mut Conn, username: &str) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) AS n
         FROM (SELECT id FROM users WHERE username <> $1 AND NOT deleted LIMIT 1) others";
    Ok(fetch_one!(conn, Number, SQL, username)?.n > 0)
}

/// Adds an account; `Conflict` when the name or the mail address is taken.
pub async fn insert(conn: &mut Conn, new: &NewUser<'_>, now: Timestamp) -> Result<UserId> {
    const SQL: &str = "INSERT INTO users
            (username, email, realname, comment, password_hash, sysadmin, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id AS n";
    let row = fetch_one!(
        conn,
        Number,
        SQL,
        new.username,
        new.email,
        new.realname,
        new.comment,
        new.password_hash,
        new.sysadmin,
        now.as_micros()
    )?;
    Ok(UserId(row.n))
}

/// Replaces the hash of a password, unless it has been changed since `old` was read.
pub async fn update_password_hash(conn: &mut Conn, id: UserId, old: &str, new: &str) -> Result<()> {
    execute!(
        conn,
        "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        id.0,
        old,
        new
    )?;
    Ok(())
}

/// Changes what a user says of itself; whether there is such an account. `Conflict` when the mail
/// address is taken.
pub async fn update_profile(conn: &mut Conn, id: UserId, profile: &Profile, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE users SET email = $2, realname = $3, comment = $4, updated_at = $5
         WHERE id = $1 AND NOT deleted";
    let (email, realname, comment) = (profile.email(), profile.realname(), profile.comment());
    Ok(execute!(conn, SQL, id.0, email, realname, comment, now.as_micros())? > 0)
}

/// Makes an account a system administrator, or no longer one; whether there is such an account.
pub async fn update_sysadmin(conn: &mut Conn, id: UserId, sysadmin: bool, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE users SET sysadmin = $2, updated_at = $3 WHERE id = $1 AND NOT deleted";
    Ok(execute!(conn, SQL, id.0, sysadmin, now.as_micros())? > 0)
}

/// Sets a new password by its hash; whether there is such an account.
pub async fn set_password_hash(conn: &mut Conn, id: UserId, hash: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1 AND NOT deleted";
    Ok(execute!(conn, SQL, id.0, hash, now.as_micros())? > 0)
}

/// Marks an account as deleted and frees its name and mail address; whether there was one. The new
/// name has a `#` in it, which no name to sign in with has.
pub async fn delete(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE users SET deleted = TRUE, sysadmin = FALSE, password_hash = NULL,
            username = username || '#' || id, email = email || '#' || id, updated_at = $2
         WHERE id = $1 AND NOT deleted";
    Ok(execute!(conn, SQL, id.0, now.as_micros())? > 0)
}

/// Whether a name is taken.
pub async fn exists_name(conn: &mut Conn, username: &str) -> Result<bool> {
    let found = fetch_optional!(conn, Number, "SELECT id AS n FROM users WHERE username = $1", username)?;
    Ok(found.is_some())
}

/// Whether a mail address is taken.
pub async fn exists_email(conn: &mut Conn, email: &str) -> Result<bool> {
    let found = fetch_optional!(conn, Number, "SELECT id AS n FROM users WHERE email = $1", email)?;
    Ok(found.is_some())
}

/// The system administrator with the lowest id.
pub async fn first_sysadmin(conn: &mut Conn) -> Result<Option<UserId>> {
    const SQL: &str = "SELECT id AS n FROM users WHERE sysadmin AND NOT deleted ORDER BY id LIMIT 1";
    Ok(fetch_optional!(conn, Number, SQL)?.map(|row| UserId(row.n)))
}
