//! Groups of users.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use minato_core::authz::{UserGroupCreate, UserGroupDelete, UserGroupList, UserGroupRead, UserGroupUpdate};
use minato_core::usergroup::NewUserGroup;
use minato_core::{App, Error};
use minato_types::id::GroupId;
use minato_types::query::{Pattern, Query};
use minato_types::usergroup::{GroupKind, GroupName, InvalidGroupName, UserGroup};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{SignedIn, System};
use super::operation::{Operation, PAGE, Verb, text};
use super::paging::{Body, Paging, RowId, parameter, required_parameter};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/usergroups", "listUserGroups", "usergroup")
            .takes(PAGE)
            .takes([text("ldap_group_dn"), text("group_name")])
            .lists::<UserGroupView>()
            .fails(&[401, 403, 500])
            .by(list_user_groups),
        Operation::new(Verb::Post, "/usergroups", "createUserGroup", "usergroup")
            .body::<UserGroupRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_user_group),
        Operation::new(Verb::Get, "/usergroups/search", "searchUserGroups", "usergroup")
            .takes(PAGE)
            .takes([text("groupname").required()])
            .lists::<UserGroupSearchView>()
            .fails(&[401, 409, 500])
            .by(search_user_groups),
        Operation::new(Verb::Get, "/usergroups/{group_id}", "getUserGroup", "usergroup")
            .answers::<UserGroupView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_user_group),
        Operation::new(Verb::Put, "/usergroups/{group_id}", "updateUserGroup", "usergroup")
            .body::<UserGroupRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_user_group),
        Operation::new(Verb::Delete, "/usergroups/{group_id}", "deleteUserGroup", "usergroup")
            .fails(&[400, 401, 403, 500])
            .by(delete_user_group),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserGroup)]
pub(super) struct UserGroupView {
    id: i64,
    group_name: String,
    group_type: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    ldap_group_dn: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserGroupSearchItem)]
pub(super) struct UserGroupSearchView {
    id: i64,
    group_name: String,
    group_type: i64,
}

impl From<UserGroup> for UserGroupView {
    fn from(group: UserGroup) -> Self {
        Self {
            id: group.id.0,
            group_name: group.name.to_string(),
            group_type: group.kind.id(),
            ldap_group_dn: group.ldap_group_dn,
        }
    }
}

impl From<UserGroup> for UserGroupSearchView {
    fn from(group: UserGroup) -> Self {
        Self { id: group.id.0, group_name: group.name.to_string(), group_type: group.kind.id() }
    }
}

/// The body of a new group; of a change only the name counts. It also says which group shall be a
/// member of a project, and there the id counts first.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = UserGroup)]
pub(super) struct UserGroupRequest {
    #[serde(default)]
    pub(super) id: i64,
    #[serde(default)]
    pub(super) group_name: String,
    #[serde(default)]
    pub(super) group_type: i64,
    #[serde(default)]
    pub(super) ldap_group_dn: String,
}

impl UserGroupRequest {
    fn name(&self) -> Result<GroupName, Error> {
        self.group_name.parse().map_err(|why: InvalidGroupName| Error::invalid("group_name", why.to_string()))
    }

    fn check(self) -> Result<NewUserGroup, Error> {
        let name = self.name()?;
        let kind = kind(self.group_type)?;
        Ok(NewUserGroup { name, kind, ldap_group_dn: self.ldap_group_dn })
    }
}

/// The kind with Harbor's number.
pub(super) fn kind(id: i64) -> Result<GroupKind, Error> {
    let expected = || format!("is {id}, expected 1 (LDAP), 2 (HTTP) or 3 (OIDC)");
    GroupKind::from_id(id).ok_or_else(|| Error::invalid("group_type", expected()))
}

/// Lists groups (listUserGroups).
pub(super) async fn list_user_groups(
    State(app): State<Arc<App>>,
    System(grant): System<UserGroupList>,
    paging: Paging,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut query = Query::default();
    let asked = |name| parameter(&uri, name).filter(|value| !value.is_empty());
    if let Some(name) = asked("group_name") {
        query.require("group_name", Pattern::Contains(name));
    }
    if let Some(dn) = asked("ldap_group_dn") {
        query.require("ldap_group_dn", Pattern::Equal(dn));
    }
    let page = minato_core::usergroup::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, UserGroupView>(page))
}

/// Makes a group (createUserGroup).
pub(super) async fn create_user_group(
    State(app): State<Arc<App>>,
    System(grant): System<UserGroupCreate>,
    Body(new): Body<UserGroupRequest>,
) -> Result<Response, Failure> {
    let id = minato_core::usergroup::create(&app, &grant, &new.check()?).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/usergroups/{id}"))]).into_response())
}

/// Finds groups by a part of the name (searchUserGroups).
pub(super) async fn search_user_groups(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    paging: Paging,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut query = Query::default();
    query.require("group_name", Pattern::Contains(required_parameter(&uri, "groupname")?));
    let page = minato_core::usergroup::search(&app, &who, &query, paging.window()).await?;
    Ok(paging.page::<_, UserGroupSearchView>(page))
}

/// Shows a group (getUserGroup).
pub(super) async fn get_user_group(
    State(app): State<Arc<App>>,
    System(grant): System<UserGroupRead>,
    RowId(id): RowId,
) -> Result<Json<UserGroupView>, Failure> {
    Ok(Json(minato_core::usergroup::get(&app, &grant, GroupId(id)).await?.into()))
}

/// Renames a group (updateUserGroup).
pub(super) async fn update_user_group(
    State(app): State<Arc<App>>,
    System(grant): System<UserGroupUpdate>,
    RowId(id): RowId,
    Body(change): Body<UserGroupRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::usergroup::rename(&app, &grant, GroupId(id), &change.name()?).await?;
    Ok(StatusCode::OK)
}

/// Deletes a group (deleteUserGroup).
pub(super) async fn delete_user_group(
    State(app): State<Arc<App>>,
    System(grant): System<UserGroupDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    minato_core::usergroup::delete(&app, &grant, GroupId(id)).await?;
    Ok(StatusCode::OK)
}
