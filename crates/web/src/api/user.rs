//! Users.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use minato_core::authz::{self, Held, UserDelete, UserList, UserRead, UserUpdate};
use minato_core::user::{NewAccount, PasswordChange};
use minato_core::{App, Error};
use minato_types::id::{ProjectId, UserId};
use minato_types::query::{Pattern, Query};
use minato_types::secret::Secret;
use minato_types::user::{InvalidProfile, InvalidUsername, Profile, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{Account, Registrar, SignedIn, System};
use super::operation::{LIST, Operation, PAGE, Verb, flag, text};
use super::paging::{Body, ListQuery, Paging, RowId, parameter, required_parameter, switch, time};
use crate::client::Client;
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/users", "listUsers", "user")
            .takes(LIST)
            .lists::<UserView>()
            .fails(&[401, 403, 500])
            .by(list_users),
        Operation::new(Verb::Post, "/users", "createUser", "user")
            .body::<UserRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_user),
        Operation::new(Verb::Get, "/users/current", "getCurrentUserInfo", "user")
            .answers::<UserView>()
            .fails(&[401, 412, 500])
            .by(get_current_user),
        Operation::new(Verb::Get, "/users/current/permissions", "getCurrentUserPermissions", "user")
            .takes([text("scope"), flag("relative")])
            .answers_all::<PermissionView>()
            .fails(&[401, 500])
            .by(get_current_permissions),
        Operation::new(Verb::Get, "/users/search", "searchUsers", "user")
            .takes(PAGE)
            .takes([text("username").required()])
            .lists::<UserSearchView>()
            .fails(&[401, 500])
            .by(search_users),
        Operation::new(Verb::Get, "/users/{user_id}", "getUser", "user")
            .answers::<UserView>()
            .fails(&[401, 403, 404, 500])
            .by(get_user),
        Operation::new(Verb::Put, "/users/{user_id}", "updateUserProfile", "user")
            .body::<ProfileRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_profile),
        Operation::new(Verb::Delete, "/users/{user_id}", "deleteUser", "user")
            .fails(&[401, 403, 404, 500])
            .by(delete_user),
        Operation::new(Verb::Put, "/users/{user_id}/sysadmin", "setUserSysAdmin", "user")
            .body::<SysAdminRequest>()
            .fails(&[401, 403, 404, 500])
            .by(set_sysadmin),
        Operation::new(Verb::Put, "/users/{user_id}/password", "updateUserPassword", "user")
            .body::<PasswordRequest>()
            .fails(&[400, 401, 403, 500])
            .by(update_password),
        Operation::new(Verb::Put, "/users/{user_id}/cli_secret", "setCliSecret", "user")
            .body::<CliSecretRequest>()
            .fails(&[400, 401, 403, 404, 412, 500])
            .by(set_cli_secret),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserResp)]
pub(super) struct UserView {
    user_id: i64,
    username: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    email: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    realname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
    sysadmin_flag: bool,
    admin_role_in_auth: bool,
    creation_time: String,
    update_time: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.0,
            username: user.username.to_string(),
            email: user.email,
            realname: user.realname,
            comment: user.comment,
            sysadmin_flag: user.sysadmin,
            admin_role_in_auth: false,
            creation_time: time(user.created_at),
            update_time: time(user.updated_at),
        }
    }
}

/// As much of a user as everybody may know who chooses members.
#[derive(Serialize, ToSchema)]
#[schema(as = UserSearchRespItem)]
pub(super) struct UserSearchView {
    user_id: i64,
    username: String,
}

impl From<User> for UserSearchView {
    fn from(user: User) -> Self {
        Self { user_id: user.id.0, username: user.username.to_string() }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
pub(super) struct PermissionView {
    resource: String,
    action: &'static str,
}

impl PermissionView {
    /// With the resource under `scope`, or relative to it.
    fn new(held: Held, scope: &str, relative: bool) -> Self {
        let resource = match (held.resource, relative) {
            ("", true) => ".".to_owned(),
            ("", false) => scope.to_owned(),
            (resource, true) => resource.to_owned(),
            (resource, false) => format!("{scope}/{resource}"),
        };
        Self { resource, action: held.action.as_str() }
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = UserCreationReq)]
pub(super) struct UserRequest {
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    realname: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    password: String,
}

impl UserRequest {
    fn check(self) -> Result<NewAccount, Error> {
        let username = self
            .username
            .parse()
            .map_err(|why: InvalidUsername| Error::invalid("username", why.to_string()))?;
        let profile = profile(self.email, self.realname, self.comment)?;
        Ok(NewAccount { username, profile, password: Secret::new(self.password) })
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = UserProfile)]
pub(super) struct ProfileRequest {
    #[serde(default)]
    email: String,
    #[serde(default)]
    realname: String,
    #[serde(default)]
    comment: String,
}

fn profile(email: String, realname: String, comment: String) -> Result<Profile, Error> {
    Profile::new(email, realname, comment)
        .map_err(|why: InvalidProfile| Error::invalid(why.field(), why.to_string()))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = UserSysAdminFlag)]
pub(super) struct SysAdminRequest {
    #[serde(default)]
    sysadmin_flag: bool,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordReq)]
pub(super) struct PasswordRequest {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    new_password: String,
}

impl PasswordRequest {
    fn change(self, address: IpAddr) -> PasswordChange {
        PasswordChange { old: Secret::new(self.old_password), new: Secret::new(self.new_password), address }
    }
}

/// The body of a CLI secret. Nobody can have one yet, so that its value is not even read.
#[derive(Deserialize, ToSchema)]
#[schema(as = OIDCCliSecretReq)]
pub(super) struct CliSecretRequest {
    #[serde(default, rename = "secret")]
    _secret: String,
}

/// Lists users (listUsers).
pub(super) async fn list_users(
    State(app): State<Arc<App>>,
    System(grant): System<UserList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = minato_core::user::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, UserView>(page))
}

/// Makes a user (createUser).
pub(super) async fn create_user(
    State(app): State<Arc<App>>,
    Registrar(grant): Registrar,
    Body(new): Body<UserRequest>,
) -> Result<Response, Failure> {
    let id = minato_core::user::create(&app, &grant, &new.check()?).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/users/{id}"))]).into_response())
}

/// Finds users by a part of the name (searchUsers).
pub(super) async fn search_users(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    paging: Paging,
    uri: Uri,
) -> Result<Response, Failure> {
    let mut query = Query::default();
    query.require("username", Pattern::Contains(required_parameter(&uri, "username")?));
    let page = minato_core::user::search(&app, &who, &query, paging.window()).await?;
    Ok(paging.page::<_, UserSearchView>(page))
}

/// Shows a user (getUser).
pub(super) async fn get_user(
    State(app): State<Arc<App>>,
    Account(grant): Account<UserRead>,
) -> Result<Json<UserView>, Failure> {
    Ok(Json(minato_core::user::get(&app, &grant).await?.into()))
}

/// Shows the caller (getCurrentUserInfo).
pub(super) async fn get_current_user(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
) -> Result<Json<UserView>, Failure> {
    Ok(Json(minato_core::user::current(&app, &who).await?.into()))
}

/// Tells the caller what it may do in a project, or on the system (getCurrentUserPermissions). In a
/// scope of another kind there is nothing to do.
pub(super) async fn get_current_permissions(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    uri: Uri,
) -> Result<Json<Vec<PermissionView>>, Failure> {
    let relative = switch(&uri, "relative", false)?;
    let scope = parameter(&uri, "scope").filter(|scope| !scope.is_empty());
    let scope = scope.as_deref().map_or("/system", |scope| scope.trim_end_matches('/'));
    let project = scope.strip_prefix("/project/").and_then(|id| id.parse().ok()).map(ProjectId);
    if project.is_none() && scope != "/system" {
        return Ok(Json(Vec::new()));
    }
    let held = authz::held(&app, &who, project).await?;
    Ok(Json(held.into_iter().map(|held| PermissionView::new(held, scope, relative)).collect()))
}

/// Changes what a user says of itself (updateUserProfile).
pub(super) async fn update_profile(
    State(app): State<Arc<App>>,
    Account(grant): Account<UserUpdate>,
    Body(new): Body<ProfileRequest>,
) -> Result<StatusCode, Failure> {
    let profile = profile(new.email, new.realname, new.comment)?;
    minato_core::user::set_profile(&app, &grant, &profile).await?;
    Ok(StatusCode::OK)
}

/// Deletes a user (deleteUser).
pub(super) async fn delete_user(
    State(app): State<Arc<App>>,
    System(grant): System<UserDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    minato_core::user::delete(&app, &grant, UserId(id)).await?;
    Ok(StatusCode::OK)
}

/// Makes a user a system administrator, or no longer one (setUserSysAdmin).
pub(super) async fn set_sysadmin(
    State(app): State<Arc<App>>,
    System(grant): System<UserUpdate>,
    RowId(id): RowId,
    Body(new): Body<SysAdminRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::user::set_sysadmin(&app, &grant, UserId(id), new.sysadmin_flag).await?;
    Ok(StatusCode::OK)
}

/// Changes a password (updateUserPassword).
pub(super) async fn update_password(
    State(app): State<Arc<App>>,
    Account(grant): Account<UserUpdate>,
    Extension(client): Extension<Client>,
    Body(new): Body<PasswordRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::user::set_password(&app, &grant, &new.change(client.address)).await?;
    Ok(StatusCode::OK)
}

/// Sets the password for command lines (setCliSecret).
pub(super) async fn set_cli_secret(
    State(app): State<Arc<App>>,
    Account(grant): Account<UserUpdate>,
    Body(_): Body<CliSecretRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::user::set_cli_secret(&app, &grant).await?;
    Ok(StatusCode::OK)
}
