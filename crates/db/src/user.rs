//! Rows of user accounts.

use minato_types::clock::Timestamp;
use minato_types::id::UserId;
use minato_types::user::User;

use crate::dialect::{corrupt, execute, fetch_all, fetch_one, fetch_optional, row};
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
         FROM users WHERE username = $1";
    fetch_optional!(conn, Row, SQL, username)?.map(Credentials::try_from).transpose()
}

/// The account with this id.
pub async fn get(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    const SQL: &str =
        "SELECT id, username, email, realname, comment, password_hash, sysadmin, created_at, updated_at
         FROM users WHERE id = $1";
    let found = fetch_optional!(conn, Row, SQL, id.0)?;
    Ok(found.map(Credentials::try_from).transpose()?.map(|credentials| credentials.user))
}

/// A window of all accounts, by name.
pub async fn list(conn: &mut Conn, limit: i64, offset: i64) -> Result<Vec<User>> {
    const SQL: &str =
        "SELECT id, username, email, realname, comment, password_hash, sysadmin, created_at, updated_at
         FROM users ORDER BY username LIMIT $1 OFFSET $2";
    let rows = fetch_all!(conn, Row, SQL, limit, offset)?;
    rows.into_iter().map(|row| Ok(Credentials::try_from(row)?.user)).collect()
}

/// The number of accounts.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    Ok(fetch_one!(conn, Number, "SELECT COUNT(*) AS n FROM users")?.n)
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
