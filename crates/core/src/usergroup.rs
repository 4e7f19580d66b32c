//! Groups of users: making, showing, listing, renaming, deleting.
//!
//! Who is in a group is known to whoever signs people in: a directory, a proxy, a provider. Here a
//! group is a name that can be a member of projects.

use minato_types::id::GroupId;
use minato_types::member::Entity;
use minato_types::query::Query;
use minato_types::usergroup::{GroupKind, GroupName, UserGroup};

use crate::authz::{
    SignedIn, SystemGrant, UserGroupCreate, UserGroupDelete, UserGroupList, UserGroupRead, UserGroupUpdate,
};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// What a new group is made of.
pub struct NewUserGroup {
    /// Its name.
    pub name: GroupName,
    /// Where its members are known.
    pub kind: GroupKind,
    /// The name by which a directory knows it; counts for that kind only.
    pub ldap_group_dn: String,
}

/// Makes a group.
pub async fn create(app: &App, _: &SystemGrant<UserGroupCreate>, new: &NewUserGroup) -> Result<GroupId> {
    let dn = match new.kind {
        GroupKind::Ldap => new.ldap_group_dn.trim(),
        GroupKind::Http | GroupKind::Oidc => "",
    };
    if new.kind == GroupKind::Ldap && !is_distinguished_name(dn) {
        return Err(Error::invalid(
            "ldap_group_dn",
            "an LDAP group needs its DN, like `cn=dev,dc=example,dc=com`",
        ));
    }
    let mut tx = app.db.begin().await?;
    let id = match minato_db::usergroup::insert(&mut tx, &new.name, new.kind, dn, app.clock.now()).await {
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("the user group {} or its DN already exists", new.name)));
        }
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(id)
}

/// Shows a group.
pub async fn get(app: &App, _: &SystemGrant<UserGroupRead>, id: GroupId) -> Result<UserGroup> {
    let mut conn = app.db.read().await?;
    minato_db::usergroup::get(&mut conn, id).await?.ok_or(Error::NotFound(Noun::Group))
}

/// Lists groups by name.
pub async fn list(
    app: &App,
    _: &SystemGrant<UserGroupList>,
    query: &Query,
    window: Window,
) -> Result<Page<UserGroup>> {
    page(app, query, window).await
}

/// Finds groups, for choosing members.
pub async fn search(app: &App, _: &SignedIn, query: &Query, window: Window) -> Result<Page<UserGroup>> {
    page(app, query, window).await
}

/// Gives a group another name; kind and DN stay.
pub async fn rename(
    app: &App,
    _: &SystemGrant<UserGroupUpdate>,
    id: GroupId,
    name: &GroupName,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    match minato_db::usergroup::update_name(&mut tx, id, name, app.clock.now()).await {
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("the user group {name} already exists")));
        }
        Ok(false) => return Err(Error::NotFound(Noun::Group)),
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(())
}

/// Deletes a group; it is no member of any project then.
pub async fn delete(app: &App, _: &SystemGrant<UserGroupDelete>, id: GroupId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !minato_db::usergroup::delete(&mut tx, id).await? {
        return Err(Error::NotFound(Noun::Group));
    }
    minato_db::member::delete_of_entity(&mut tx, Entity::Group(id)).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

async fn page(app: &App, query: &Query, window: Window) -> Result<Page<UserGroup>> {
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::usergroup::list(&mut conn, query, window).await?;
    Ok(Page { items, total })
}

/// Whether each part has an attribute and a value. What it names, only the directory knows.
fn is_distinguished_name(text: &str) -> bool {
    let is_pair = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty())
    };
    // An escaped comma belongs to a value.
    text.replace("\\,", "").split(',').all(is_pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguished_names() {
        for right in ["cn=dev,dc=example,dc=com", "cn=a\\,b,dc=x", "CN=Dev Team, DC=x"] {
            assert!(is_distinguished_name(right), "{right}");
        }
        for wrong in ["", "dev", "cn=", "cn=a,", "=a"] {
            assert!(!is_distinguished_name(wrong), "{wrong}");
        }
    }
}
