//! Projects.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};
use minato_core::activity::{self, Use};
use minato_core::allowlist::NewAllowlist;
use minato_core::authz::{ProjectDelete, ProjectRead, ProjectUpdate};
use minato_core::metadata::PUBLIC;
use minato_core::project::{Detail, NewProject, Summary};
use minato_core::{App, Error};
use minato_types::name::InvalidProjectName;
use minato_types::project::Role;
use minato_types::query::Pattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::allowlist::AllowlistView;
use super::grant::{Anybody, Project, SignedIn};
use super::metadata::Metadata;
use super::operation::{LIST, Operation, Verb, flag, header_flag, text};
use super::paging::{Body, ListQuery, parameter, switch, time};
use super::quota::StorageView;
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
        Operation::new(Verb::Put, "/projects/{project_name_or_id}", "updateProject", "project")
            .body::<ProjectRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_project),
        Operation::new(Verb::Delete, "/projects/{project_name_or_id}", "deleteProject", "project")
            .fails(&[400, 403, 404, 412, 500])
            .by(delete_project),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/_deletable",
            "getProjectDeletable",
            "project",
        )
        .answers::<DeletableView>()
        .fails(&[401, 403, 404, 500])
        .by(get_project_deletable),
        Operation::new(Verb::Get, "/projects/{project_name_or_id}/summary", "getProjectSummary", "project")
            .answers::<SummaryView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_project_summary),
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
    #[serde(skip_serializing_if = "Option::is_none")]
    current_user_role_id: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    current_user_role_ids: Vec<i64>,
    repo_count: i64,
    metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve_allowlist: Option<AllowlistView>,
    /// In lists, to its members. Harbor has nothing like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<UseView>,
}

/// What a project uses, in bytes, and how many manifests were pushed and pulled in the last 14 days.
#[derive(Serialize, ToSchema)]
#[schema(as = ProjectActivity)]
struct UseView {
    used: i64,
    pushes: i64,
    pulls: i64,
}

impl From<Use> for UseView {
    fn from(Use { used, pushes, pulls }: Use) -> Self {
        Self { used, pushes, pulls }
    }
}

impl From<Detail> for ProjectView {
    fn from(detail: Detail) -> Self {
        let project = detail.project;
        let role = detail.role.map(Role::id);
        let public = (PUBLIC.to_owned(), project.public.to_string());
        Self {
            project_id: project.id.0,
            name: project.name.to_string(),
            owner_id: project.owner_id.0,
            owner_name: detail.owner_name,
            creation_time: time(project.created_at),
            update_time: time(project.updated_at),
            current_user_role_id: role,
            current_user_role_ids: role.into_iter().collect(),
            repo_count: detail.repository_count,
            metadata: detail.metadata.into_iter().chain([public]).collect(),
            cve_allowlist: Some(detail.allowlist.into()),
            activity: None,
        }
    }
}

impl ProjectView {
    /// Without what is asked for with `with_detail`.
    fn brief(self) -> Self {
        Self { current_user_role_id: None, current_user_role_ids: Vec::new(), cve_allowlist: None, ..self }
    }
}

/// The body of a project to be made or changed. In a change the name and the limit say nothing, as
/// in Harbor.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProjectReq)]
pub(super) struct ProjectRequest {
    #[serde(default)]
    project_name: String,
    public: Option<bool>,
    metadata: Option<Metadata>,
    cve_allowlist: Option<AllowlistView>,
    storage_limit: Option<i64>,
    registry_id: Option<i64>,
}

impl ProjectRequest {
    /// The settings, with `public` wherever it stands.
    fn take_settings(&mut self) -> Result<BTreeMap<String, String>, Error> {
        if self.registry_id.is_some_and(|id| id != 0) {
            return Err(Error::invalid("registry_id", "the proxy cache is not built yet; leave this out"));
        }
        let mut settings = self.metadata.take().unwrap_or_default().into_settings();
        if let Some(public) = self.public {
            settings.entry(PUBLIC.to_owned()).or_insert_with(|| public.to_string());
        }
        Ok(settings)
    }

    fn check(mut self) -> Result<NewProject, Error> {
        let metadata = self.take_settings()?;
        let name = self
            .project_name
            .parse()
            .map_err(|why: InvalidProjectName| Error::invalid("project_name", why.to_string()))?;
        let allowlist = self.cve_allowlist.map(NewAllowlist::from);
        Ok(NewProject { name, metadata, allowlist, storage_limit: self.storage_limit })
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProjectDeletable)]
pub(super) struct DeletableView {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deletable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

/// A count that is 0 is left out, and so is what the caller may not see.
#[derive(Serialize, ToSchema)]
#[schema(as = ProjectSummary)]
pub(super) struct SummaryView {
    repo_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_admin_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintainer_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    developer_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_guest_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<SummaryQuotaView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProjectSummaryQuota)]
struct SummaryQuotaView {
    hard: StorageView,
    used: StorageView,
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        let members = summary.members.unwrap_or_default();
        let count = |wanted: Role| members.iter().find(|(role, _)| *role == wanted).map(|(_, n)| *n);
        Self {
            repo_count: summary.repositories,
            project_admin_count: count(Role::ProjectAdmin),
            maintainer_count: count(Role::Maintainer),
            developer_count: count(Role::Developer),
            guest_count: count(Role::Guest),
            limited_guest_count: count(Role::LimitedGuest),
            quota: summary.quota.map(|(hard, used)| SummaryQuotaView {
                hard: StorageView { storage: hard },
                used: StorageView { storage: used },
            }),
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
    let detailed = switch(&uri, "with_detail", true)?;
    if !detailed {
        let views: Vec<_> = page.items.into_iter().map(|item| ProjectView::from(item).brief()).collect();
        return Ok(paging.answer(&views, page.total));
    }
    let uses = activity::of_listed(&app, &who, &page.items).await?;
    let views = page.items.into_iter().map(|item| {
        let lately = uses.get(&item.project.id).copied().map(UseView::from);
        ProjectView { activity: lately, ..item.into() }
    });
    Ok(paging.answer(&views.collect::<Vec<_>>(), page.total))
}

/// Makes a project (createProject).
pub(super) async fn create_project(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    headers: HeaderMap,
    Body(new): Body<ProjectRequest>,
) -> Result<Response, Failure> {
    let new = new.check()?;
    let id = minato_core::project::create(&app, &who, &new).await?;
    let by_name = headers.get("x-resource-name-in-location").is_some_and(|value| value == "true");
    let location = if by_name { new.name.to_string() } else { id.to_string() };
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/projects/{location}"))]).into_response())
}

/// Tells whether a project exists (headProject).
pub(super) async fn head_project(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    uri: Uri,
) -> Result<StatusCode, Failure> {
    let name = parameter(&uri, "project_name").ok_or_else(|| Error::invalid("project_name", "is missing"))?;
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

/// Changes a project (updateProject).
pub(super) async fn update_project(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectUpdate>,
    Body(mut new): Body<ProjectRequest>,
) -> Result<StatusCode, Failure> {
    let settings = new.take_settings()?;
    let allowlist = new.cve_allowlist.map(NewAllowlist::from);
    minato_core::project::update(&app, &grant, &settings, allowlist.as_ref()).await?;
    Ok(StatusCode::OK)
}

/// Tells whether a project can be deleted (getProjectDeletable).
pub(super) async fn get_project_deletable(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectDelete>,
) -> Result<Json<DeletableView>, Failure> {
    let message = minato_core::project::obstacle(&app, &grant).await?;
    Ok(Json(DeletableView { deletable: message.is_none(), message }))
}

/// Sums a project up (getProjectSummary).
pub(super) async fn get_project_summary(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectRead>,
) -> Result<Json<SummaryView>, Failure> {
    Ok(Json(minato_core::project::summary(&app, &grant).await?.into()))
}

/// Deletes a project (deleteProject).
pub(super) async fn delete_project(
    State(app): State<Arc<App>>,
    Project(grant): Project<ProjectDelete>,
) -> Result<StatusCode, Failure> {
    minato_core::project::delete(&app, &grant).await?;
    Ok(StatusCode::OK)
}
