//! Projects.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};
use minato_core::authz::{ProjectDelete, ProjectRead};
use minato_core::project::Detail;
use minato_core::{App, Error};
use minato_types::name::{InvalidProjectName, ProjectName};
use minato_types::project::Role;
use minato_types::query::Pattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{Anybody, Project, SignedIn};
use super::operation::{LIST, Operation, Verb, flag, header_flag, text};
use super::paging::{Body, ListQuery, parameter, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/projects", "listProjects", "project")
            .takes(LIST)
            .takes([text("name"), flag("public"), text("owner"), flag("with_detail")])
            .lists::<ProjectView>()
            .fails(&[400, 401, 422, 500])
            .by(list_projects),
        Operation::new(Verb::Head, "/projects", "headProject", "project")
            .takes([text("project_name").required()])
            .fails(&[400, 404, 500])
            .by(head_project),
        Operation::new(Verb::Post, "/projects", "createProject", "project")
            .takes([header_flag("X-Resource-Name-In-Location")])
            .body::<ProjectRequest>()
            .creates()
            .fails(&[400, 401, 409, 500])
            .by(create_project),
        Operation::new(Verb::Get, "/projects/{project_name_or_id}", "getProject", "project")
            .answers::<ProjectView>()
            .fails(&[401, 403, 404, 500])
            .by(get_project),
        Operation::new(Verb::Delete, "/projects/{project_name_or_id}", "deleteProject", "project")
            .fails(&[400, 403, 404, 412, 500])
            .by(delete_project),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Project)]
pub(super) struct ProjectView {
    project_id: i64,
    name: String,
    owner_id: i64,
    owner_name: String,
    creation_time: String,
    update_time: String,
    current_user_role_id: i64,
    current_user_role_ids: Vec<i64>,
    repo_count: i64,
    metadata: MetadataView,
}

/// Settings of a project; all values are text, in Harbor as here.
#[derive(Serialize, ToSchema)]
struct MetadataView {
    public: String,
}

impl From<Detail> for ProjectView {
    fn from(detail: Detail) -> Self {
        let project = detail.project;
        let role = detail.role.map(Role::id);
        Self {
            project_id: project.id.0,
            name: project.name.to_string(),
            owner_id: project.owner_id.0,
            owner_name: detail.owner_name,
            creation_time: time(project.created_at),
            update_time: time(project.updated_at),
            current_user_role_id: role.unwrap_or(0),
            current_user_role_ids: role.into_iter().collect(),
            repo_count: detail.repository_count,
            metadata: MetadataView { public: project.public.to_string() },
        }
    }
}

/// The body of a new project. A setting that is not built is refused, not ignored: who sets a
/// policy must not believe that it holds.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProjectReq)]
pub(super) struct ProjectRequest {
    #[serde(default)]
    project_name: String,
    public: Option<bool>,
    metadata: Option<MetadataRequest>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MetadataRequest {
    public: Option<String>,
}

impl ProjectRequest {
    fn is_public(&self) -> Result<bool, Error> {
        match self.metadata.as_ref().and_then(|metadata| metadata.public.as_deref()) {
            None => Ok(self.public.unwrap_or(false)),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => {
                Err(Error::invalid("metadata.public", format!("is `{other}`, expected `true` or `false`")))
            }
        }
    }
}

/// Lists projects (listProjects).
pub(super) async fn list_projects(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    ListQuery { mut query, paging }: ListQuery,
    uri: Uri,
) -> Result<Response, Failure> {
    for name in ["name", "public", "owner"] {
        if let Some(value) = parameter(&uri, name).filter(|value| !value.is_empty()) {
            let pattern = if name == "name" { Pattern::Contains(value) } else { Pattern::Equal(value) };
            query.require(name, pattern);
        }
    }
    let page = minato_core::project::list(&app, &who, &query, paging.window()).await?;
    let views: Vec<ProjectView> = page.items.into_iter().map(ProjectView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Makes a project (createProject).
pub(super) async fn create_project(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    headers: HeaderMap,
    Body(new): Body<ProjectRequest>,
) -> Result<Response, Failure> {
    let name: ProjectName = new
        .project_name
        .parse()
        .map_err(|why: InvalidProjectName| Error::invalid("project_name", why.to_string()))?;
    let id = minato_core::project::create(&app, &who, &name, new.is_public()?).await?;
    let by_name = headers.get("x-resource-name-in-location").is_some_and(|value| value == "true");
    let location = if by_name { name.to_string() } else { id.to_string() };
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/projects/{location}"))]).into_response())
}

/// Tells whether a project exists (headProject).
pub(super) async fn head_project(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    uri: Uri,
) -> Result<StatusCode, Failure> {
    let name = parameter(&uri, "project_name").unwrap_or_default();
    let found = minato_core::project::exists(&app, &who, &name).await?;
    Ok(if found { StatusCode::OK } else { StatusCode::NOT_FOUND })
}

/// Shows a project (getProject).
pub(super) async fn get_project(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectRead>,
) -> Result<Json<ProjectView>, Failure> {
    Ok(Json(minato_core::project::get(&app, &grant).await?.into()))
}

/// Deletes a project (deleteProject).
pub(super) async fn delete_project(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectDelete>,
) -> Result<StatusCode, Failure> {
    minato_core::project::delete(&app, &grant).await?;
    Ok(StatusCode::OK)
}
