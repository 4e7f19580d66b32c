//! Projects.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};
use minato_core::authz::{ProjectDelete, ProjectRead};
use minato_core::project::{Detail, ListFilter};
use minato_core::{App, Error};
use minato_types::name::{InvalidProjectName, ProjectName};
use minato_types::project::Role;
use serde::{Deserialize, Serialize};

use super::grant::{Anybody, Project, SignedIn};
use super::paging::{Body, Paging, parameter, time};
use crate::codes::Code;
use crate::error::Failure;

#[derive(Serialize)]
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
#[derive(Serialize)]
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
#[derive(Deserialize)]
pub(super) struct ProjectRequest {
    #[serde(default)]
    project_name: String,
    public: Option<bool>,
    metadata: Option<MetadataRequest>,
}

#[derive(Deserialize)]
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
    paging: Paging,
    uri: Uri,
) -> Result<Response, Failure> {
    let public = match parameter(&uri, "public").as_deref() {
        None | Some("") => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            return Err(Failure::new(Code::UnprocessableEntity, "public in query must be true or false"));
        }
    };
    let filter = ListFilter { name: parameter(&uri, "name").filter(|name| !name.is_empty()), public };
    let page = minato_core::project::list(&app, &who, &filter, paging.limit(), paging.offset()).await?;
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
