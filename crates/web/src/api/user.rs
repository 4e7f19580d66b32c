//! Users.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::authz::{UserCreate, UserList, UserRead};
use minato_core::user::NewAccount;
use minato_core::{App, Error};
use minato_types::id::UserId;
use minato_types::secret::Secret;
use minato_types::user::{InvalidUsername, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{SignedIn, System};
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, RowId, time};
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
        Operation::new(Verb::Get, "/users/{user_id}", "getUser", "user")
            .answers::<UserView>()
            .fails(&[401, 403, 404, 500])
            .by(get_user),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserResp)]
pub(super) struct UserView {
    user_id: i64,
    username: String,
    email: String,
    realname: String,
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
        let (local, domain) = self.email.split_once('@').unwrap_or_default();
        if local.is_empty() || domain.is_empty() || self.email.contains(char::is_whitespace) {
            return Err(Error::invalid("email", "is no mail address"));
        }
        if self.realname.is_empty() || self.realname.contains(|c: char| ",\"~#%$".contains(c)) {
            return Err(Error::invalid("realname", "must not be empty or contain any of `,\"~#%$`"));
        }
        if self.comment.chars().count() > 30 {
            return Err(Error::invalid("comment", "may have at most 30 characters"));
        }
        let password = Secret::new(self.password);
        Ok(NewAccount {
            username,
            email: self.email,
            realname: self.realname,
            comment: self.comment,
            password,
        })
    }
}

/// Lists users (listUsers).
pub(super) async fn list_users(
    State(app): State<Arc<App>>,
    System(grant): System<UserList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = minato_core::user::list(&app, &grant, &query, paging.window()).await?;
    let views: Vec<UserView> = page.items.into_iter().map(UserView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Makes a user (createUser).
pub(super) async fn create_user(
    State(app): State<Arc<App>>,
    System(grant): System<UserCreate>,
    Body(new): Body<UserRequest>,
) -> Result<Response, Failure> {
    let id = minato_core::user::create(&app, &grant, &new.check()?).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/users/{id}"))]).into_response())
}

/// Shows a user (getUser).
pub(super) async fn get_user(
    State(app): State<Arc<App>>,
    System(grant): System<UserRead>,
    RowId(id): RowId,
) -> Result<Json<UserView>, Failure> {
    Ok(Json(minato_core::user::get(&app, &grant, UserId(id)).await?.into()))
}

/// Shows the caller (getCurrentUserInfo).
pub(super) async fn get_current_user(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
) -> Result<Json<UserView>, Failure> {
    Ok(Json(minato_core::user::current(&app, &who).await?.into()))
}
