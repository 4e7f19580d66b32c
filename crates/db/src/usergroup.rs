//! Rows of groups of users.

use minato_types::clock::Timestamp;
use minato_types::id::GroupId;
use minato_types::query::Query;
use minato_types::usergroup::{GroupKind, GroupName, UserGroup};

use crate::dialect::{corrupt, execute, fetch_one, fetch_optional, row};
use crate::listing::{Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        name: String,
        kind: i64,
        ldap_group_dn: String,
    }
}

row! {
    struct IdRow { id: i64 }
}

const LIST: Spec = Spec {
    base: "user_group g",
    from: "user_group g",
    columns: "g.id, g.name, g.kind, g.ldap_group_dn",
    key: "g.id",
    fields: &[
        Field { name: "groupname", sql: "g.name", kind: Kind::Text, sortable: true },
        Field { name: "ldapgroupdn", sql: "g.ldap_group_dn", kind: Kind::Text, sortable: false },
    ],
    order: &[("g.name", false), ("g.id", false)],
};

impl TryFrom<Row> for UserGroup {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: GroupId(row.id),
            name: row.name.parse().map_err(|_| corrupt("a group's name"))?,
            kind: GroupKind::from_id(row.kind).ok_or_else(|| corrupt("a group's kind"))?,
            ldap_group_dn: row.ldap_group_dn,
        })
    }
}

/// A window of the groups, and how many there are.
pub async fn list(conn: &mut Conn, query: &Query, window: Window) -> Result<(Vec<UserGroup>, i64)> {
    let (rows, total) = Listing::new(&LIST, query)?.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(UserGroup::try_from).collect::<Result<_>>()?, total))
}

/// The group with this id.
pub async fn get(conn: &mut Conn, id: GroupId) -> Result<Option<UserGroup>> {
    const SQL: &str = "SELECT id, name, kind, ldap_group_dn FROM user_group WHERE id = $1";
    fetch_optional!(conn, Row, SQL, id.0)?.map(UserGroup::try_from).transpose()
}

/// The group of this name.
pub async fn get_by_name(conn: &mut Conn, name: &str) -> Result<Option<UserGroup>> {
    const SQL: &str = "SELECT id, name, kind, ldap_group_dn FROM user_group WHERE name = $1";
    fetch_optional!(conn, Row, SQL, name)?.map(UserGroup::try_from).transpose()
}

/// The group that a directory knows by this name, which is not empty.
pub async fn get_by_dn(conn: &mut Conn, dn: &str) -> Result<Option<UserGroup>> {
    const SQL: &str = "SELECT id, name, kind, ldap_group_dn FROM user_group
         WHERE ldap_group_dn = $1 AND ldap_group_dn <> ''";
    fetch_optional!(conn, Row, SQL, dn)?.map(UserGroup::try_from).transpose()
}

/// Adds a group; `Conflict` when the name or the directory's name is taken.
pub async fn insert(
    conn: &mut Conn,
    name: &GroupName,
    kind: GroupKind,
    ldap_group_dn: &str,
    now: Timestamp,
) -> Result<GroupId> {
    const SQL: &str = "INSERT INTO user_group (name, kind, ldap_group_dn, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $4) RETURNING id";
    let row = fetch_one!(conn, IdRow, SQL, name.as_str(), kind.id(), ldap_group_dn, now.as_micros())?;
    Ok(GroupId(row.id))
}

/// Gives a group another name; whether there is such a group. `Conflict` when the name is taken.
pub async fn update_name(conn: &mut Conn, id: GroupId, name: &GroupName, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE user_group SET name = $2, updated_at = $3 WHERE id = $1";
    Ok(execute!(conn, SQL, id.0, name.as_str(), now.as_micros())? > 0)
}

/// Removes a group; whether there was one.
pub async fn delete(conn: &mut Conn, id: GroupId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM user_group WHERE id = $1", id.0)? > 0)
}
