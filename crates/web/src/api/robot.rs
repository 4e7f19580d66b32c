//! Robot accounts.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::App;
use minato_core::authz::{RobotDelete, RobotRead, RobotUpdate};
use minato_core::robot::{Change, Created, Detail, Wanted, WantedAccess, WantedPermission};
use minato_types::robot::{Permission, RobotGrant};
use minato_types::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{OneRobot, SignedIn};
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/robots", "ListRobot", "robot")
            .takes(LIST)
            .lists::<RobotView>()
            .fails(&[400, 404, 500])
            .by(list_robots),
        Operation::new(Verb::Post, "/robots", "CreateRobot", "robot")
            .body::<NewRobotRequest>()
            .answers::<CreatedView>()
            .creates()
            .fails(&[400, 401, 403, 404, 500])
            .by(create_robot),
        Operation::new(Verb::Get, "/robots/{robot_id}", "GetRobotByID", "robot")
            .answers::<RobotView>()
            .fails(&[401, 403, 404, 500])
            .by(get_robot),
        Operation::new(Verb::Put, "/robots/{robot_id}", "UpdateRobot", "robot")
            .body::<RobotView>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(update_robot),
        Operation::new(Verb::Patch, "/robots/{robot_id}", "RefreshSec", "robot")
            .body::<SecretRequest>()
            .answers::<SecretView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(refresh_secret),
        Operation::new(Verb::Delete, "/robots/{robot_id}", "DeleteRobot", "robot")
            .fails(&[400, 401, 403, 404, 500])
            .by(delete_robot),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Robot)]
pub(super) struct RobotView {
    id: i64,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    level: &'static str,
    duration: i64,
    editable: bool,
    disable: bool,
    expires_at: i64,
    permissions: Vec<PermissionView>,
    creator_type: &'static str,
    creator_ref: i64,
    creation_time: String,
    update_time: String,
}

/// What a robot may do in one namespace.
#[derive(Serialize, ToSchema)]
#[schema(as = RobotPermission)]
struct PermissionView {
    kind: &'static str,
    namespace: String,
    access: Vec<AccessView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Access)]
struct AccessView {
    resource: &'static str,
    action: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    effect: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RobotCreated)]
pub(super) struct CreatedView {
    id: i64,
    name: String,
    secret: String,
    creation_time: String,
    expires_at: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RobotSec)]
pub(super) struct SecretView {
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The body of a new robot. A secret in it counts for nothing: it is made here, as in Harbor.
#[derive(Deserialize, ToSchema)]
#[schema(as = RobotCreate)]
pub(super) struct NewRobotRequest {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    disable: bool,
    duration: Option<i64>,
    #[serde(default)]
    permissions: Vec<PermissionRequest>,
}

/// What counts of a robot that is sent back changed; the rest of it may be there.
#[derive(Deserialize)]
pub(super) struct RobotRequest {
    name: Option<String>,
    #[serde(default)]
    description: String,
    level: Option<String>,
    #[serde(default)]
    disable: bool,
    duration: Option<i64>,
    permissions: Option<Vec<PermissionRequest>>,
}

#[derive(Deserialize, ToSchema)]
struct PermissionRequest {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    access: Vec<AccessRequest>,
}

#[derive(Deserialize, ToSchema)]
struct AccessRequest {
    #[serde(default)]
    resource: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    effect: String,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SecretRequest {
    #[serde(default)]
    secret: String,
}

impl From<Detail> for RobotView {
    fn from(Detail { robot, full_name }: Detail) -> Self {
        Self {
            id: robot.id.0,
            name: full_name,
            level: robot.level().as_str(),
            description: robot.description,
            duration: robot.duration.days(),
            editable: true,
            disable: robot.disabled,
            expires_at: robot.duration.ends_at(robot.created_at),
            permissions: by_namespace(robot.permissions),
            creator_type: robot.creator.kind(),
            creator_ref: robot.creator.id(),
            creation_time: time(robot.created_at),
            update_time: time(robot.updated_at),
        }
    }
}

/// Puts the permissions of each kind and namespace together.
fn by_namespace(permissions: Vec<Permission>) -> Vec<PermissionView> {
    let mut views: Vec<PermissionView> = Vec::new();
    for Permission { grant, project_name, effect } in permissions {
        let (kind, namespace, resource, action) = match grant {
            RobotGrant::System(resource, action) => ("system", "/".to_owned(), resource.as_str(), action),
            RobotGrant::Project(_, resource, action) => {
                ("project", project_name.unwrap_or_else(|| "*".to_owned()), resource.as_str(), action)
            }
        };
        let access = AccessView { resource, action: action.as_str(), effect };
        match views.iter_mut().find(|view| view.kind == kind && view.namespace == namespace) {
            Some(view) => view.access.push(access),
            None => views.push(PermissionView { kind, namespace, access: vec![access] }),
        }
    }
    views
}

impl From<Created> for CreatedView {
    fn from(created: Created) -> Self {
        Self {
            id: created.id.0,
            name: created.full_name,
            secret: created.secret.expose().to_owned(),
            creation_time: time(created.created_at),
            expires_at: created.expires_at,
        }
    }
}

impl From<PermissionRequest> for WantedPermission {
    fn from(request: PermissionRequest) -> Self {
        let access = request
            .access
            .into_iter()
            .map(|AccessRequest { resource, action, effect }| WantedAccess { resource, action, effect });
        Self { kind: request.kind, namespace: request.namespace, access: access.collect() }
    }
}

impl From<NewRobotRequest> for Wanted {
    fn from(request: NewRobotRequest) -> Self {
        Self {
            level: request.level,
            name: request.name,
            description: request.description,
            disabled: request.disable,
            duration: request.duration,
            permissions: request.permissions.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<RobotRequest> for Change {
    fn from(request: RobotRequest) -> Self {
        let permissions = request.permissions.map(|list| list.into_iter().map(Into::into).collect());
        Self {
            level: request.level,
            name: request.name,
            description: request.description,
            disabled: request.disable,
            duration: request.duration,
            permissions,
        }
    }
}

/// Lists robots of the system or of a project (`ListRobot`).
pub(super) async fn list_robots(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = minato_core::robot::list(&app, &who, query, paging.window()).await?;
    Ok(paging.page::<_, RobotView>(page))
}

/// Makes a robot (`CreateRobot`).
pub(super) async fn create_robot(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    Body(request): Body<NewRobotRequest>,
) -> Result<Response, Failure> {
    let created = minato_core::robot::create(&app, &who, &request.into()).await?;
    let location = [(LOCATION, format!("/api/v2.0/robots/{}", created.id))];
    Ok((StatusCode::CREATED, location, Json(CreatedView::from(created))).into_response())
}

/// Shows a robot (`GetRobotByID`).
pub(super) async fn get_robot(
    State(app): State<Arc<App>>,
    OneRobot(grant, id): OneRobot<RobotRead>,
) -> Result<Json<RobotView>, Failure> {
    Ok(Json(minato_core::robot::get(&app, &grant, id).await?.into()))
}

/// Changes a robot (`UpdateRobot`).
pub(super) async fn update_robot(
    State(app): State<Arc<App>>,
    OneRobot(grant, id): OneRobot<RobotUpdate>,
    Body(request): Body<RobotRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::robot::update(&app, &grant, id, &request.into()).await?;
    Ok(StatusCode::OK)
}

/// Gives a robot a new secret (`RefreshSec`).
pub(super) async fn refresh_secret(
    State(app): State<Arc<App>>,
    OneRobot(grant, id): OneRobot<RobotUpdate>,
    Body(request): Body<SecretRequest>,
) -> Result<Json<SecretView>, Failure> {
    let given = Some(request.secret).filter(|secret| !secret.is_empty()).map(Secret::new);
    let made_up = minato_core::robot::refresh(&app, &grant, id, given).await?;
    Ok(Json(SecretView { secret: made_up.map(|secret| secret.expose().to_owned()) }))
}

/// Deletes a robot (`DeleteRobot`).
pub(super) async fn delete_robot(
    State(app): State<Arc<App>>,
    OneRobot(grant, id): OneRobot<RobotDelete>,
) -> Result<StatusCode, Failure> {
    minato_core::robot::delete(&app, &grant, id).await?;
    Ok(StatusCode::OK)
}
