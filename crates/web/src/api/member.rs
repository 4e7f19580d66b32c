//! Members of projects.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use minato_core::authz::{MemberCreate, MemberDelete, MemberList, MemberRead, MemberUpdate};
use minato_core::member::Candidate;
use minato_core::{App, Error};
use minato_types::id::{GroupId, MemberId, UserId};
use minato_types::member::Member;
use minato_types::project::Role;
use minato_types::query::{Pattern, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::Project;
use super::operation::{Operation, PAGE, Verb, text};
use super::paging::{Body, Paging, RowId, parameter};
use super::usergroup::{UserGroupRequest, kind};
use crate::error::Failure;

const MEMBERS: &str = "/projects/{project_name_or_id}/members";
const MEMBER: &str = "/projects/{project_name_or_id}/members/{mid}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, MEMBERS, "listProjectMembers", "member")
            .takes(PAGE)
            .takes([text("entityname")])
            .lists::<MemberView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_members),
        Operation::new(Verb::Post, MEMBERS, "createProjectMember", "member")
            .body::<MemberRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_member),
        Operation::new(Verb::Get, MEMBER, "getProjectMember", "member")
            .answers::<MemberView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_member),
        Operation::new(Verb::Put, MEMBER, "updateProjectMember", "member")
            .body::<RoleRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_member),
        Operation::new(Verb::Delete, MEMBER, "deleteProjectMember", "member")
            .fails(&[400, 401, 403, 404, 500])
            .by(delete_member),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProjectMemberEntity)]
pub(super) struct MemberView {
    id: i64,
    project_id: i64,
    entity_name: String,
    entity_type: &'static str,
    entity_id: i64,
    role_id: i64,
    role_name: &'static str,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            id: member.id.0,
            project_id: member.project.0,
            entity_name: member.name,
            entity_type: member.entity.letter(),
            entity_id: member.entity.id(),
            role_id: member.role.id(),
            role_name: member.role.name(),
        }
    }
}

/// The body of a new member: a user or a group, and its role.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProjectMember)]
pub(super) struct MemberRequest {
    #[serde(default)]
    role_id: i64,
    member_user: Option<MemberUser>,
    member_group: Option<UserGroupRequest>,
}

#[derive(Default, Deserialize, ToSchema)]
#[schema(as = UserEntity)]
struct MemberUser {
    #[serde(default)]
    user_id: i64,
    #[serde(default)]
    username: String,
}

/// The body of a change.
#[derive(Deserialize, ToSchema)]
pub(super) struct RoleRequest {
    #[serde(default)]
    role_id: i64,
}

impl MemberRequest {
    /// Who is meant. Clients send empty fields along, so the first that says something counts, in
    /// Harbor's order.
    fn candidate(self) -> Result<Candidate, Error> {
        let user = self.member_user.unwrap_or_default();
        let group = self.member_group.unwrap_or_default();
        if user.user_id > 0 {
            Ok(Candidate::UserId(UserId(user.user_id)))
        } else if group.id > 0 {
            Ok(Candidate::GroupId(GroupId(group.id)))
        } else if !user.username.is_empty() {
            Ok(Candidate::Username(user.username))
        } else if !group.ldap_group_dn.is_empty() {
            Ok(Candidate::GroupDn(group.ldap_group_dn))
        } else if !group.group_name.is_empty() {
            Ok(Candidate::GroupName(group.group_name, kind(group.group_type)?))
        } else {
            let why = "name a user by `user_id` or `username`, or give `member_group`";
            Err(Error::invalid("member_user", why))
        }
    }
}

fn role(id: i64) -> Result<Role, Error> {
    Role::from_id(id).ok_or_else(|| Error::invalid("role_id", format!("is {id}, expected 1 to 5")))
}

/// Lists the members of a project (listProjectMembers).
pub(super) async fn list_members(
    State(app): State<Arc<App>>,
    Project(grant): Project<MemberList>,
    paging: Paging,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut query = Query::default();
    if let Some(name) = parameter(&uri, "entityname").filter(|name| !name.is_empty()) {
        query.require("entityname", Pattern::Contains(name));
    }
    let page = minato_core::member::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, MemberView>(page))
}

/// Makes a user or a group a member (createProjectMember).
pub(super) async fn create_member(
    State(app): State<Arc<App>>,
    Project(grant): Project<MemberCreate>,
    OriginalUri(uri): OriginalUri,
    Body(new): Body<MemberRequest>,
) -> Result<Response, Failure> {
    let role = role(new.role_id)?;
    let id = minato_core::member::create(&app, &grant, &new.candidate()?, role).await?;
    let location = format!("{}/{id}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Shows a member (getProjectMember).
pub(super) async fn get_member(
    State(app): State<Arc<App>>,
    Project(grant): Project<MemberRead>,
    RowId(id): RowId,
) -> Result<Json<MemberView>, Failure> {
    Ok(Json(minato_core::member::get(&app, &grant, MemberId(id)).await?.into()))
}

/// Gives a member another role (updateProjectMember).
pub(super) async fn update_member(
    State(app): State<Arc<App>>,
    Project(grant): Project<MemberUpdate>,
    RowId(id): RowId,
    Body(change): Body<RoleRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::member::set_role(&app, &grant, MemberId(id), role(change.role_id)?).await?;
    Ok(StatusCode::OK)
}

/// Removes a member (deleteProjectMember).
pub(super) async fn delete_member(
    State(app): State<Arc<App>>,
    Project(grant): Project<MemberDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    minato_core::member::delete(&app, &grant, MemberId(id)).await?;
    Ok(StatusCode::OK)
}
