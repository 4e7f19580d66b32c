//! Repositories.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{Json, Response};
use http::StatusCode;
use minato_core::App;
use minato_core::authz::{RepositoryDelete, RepositoryList, RepositoryRead, RepositoryUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{Anybody, Project, Repository};
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    const ALL: &str = "/projects/{project_name}/repositories";
    const ONE: &str = "/projects/{project_name}/repositories/{repository_name}";
    vec![
        Operation::new(Verb::Get, "/repositories", "listAllRepositories", "repository")
            .takes(LIST)
            .lists::<RepositoryView>()
            .fails(&[400, 500])
            .by(list_all_repositories),
        Operation::new(Verb::Get, ALL, "listRepositories", "repository")
            .takes(LIST)
            .lists::<RepositoryView>()
            .fails(&[400, 401, 403, 404, 422, 500])
            .by(list_repositories),
        Operation::new(Verb::Get, ONE, "getRepository", "repository")
            .answers::<RepositoryView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_repository),
        Operation::new(Verb::Put, ONE, "updateRepository", "repository")
            .body::<RepositoryRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_repository),
        Operation::new(Verb::Delete, ONE, "deleteRepository", "repository")
            .fails(&[400, 401, 403, 404, 412, 500])
            .by(delete_repository),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Repository)]
struct RepositoryView {
    id: i64,
    project_id: i64,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    artifact_count: i64,
    pull_count: i64,
    creation_time: String,
    update_time: String,
}

impl From<minato_types::repository::Repository> for RepositoryView {
    fn from(repository: minato_types::repository::Repository) -> Self {
        Self {
            id: repository.id.0,
            project_id: repository.project.0,
            name: repository.name,
            description: repository.description,
            artifact_count: repository.artifact_count,
            pull_count: repository.pull_count,
            creation_time: time(repository.created_at),
            update_time: time(repository.updated_at),
        }
    }
}

/// What may be changed of a repository; clients send all of it.
#[derive(Deserialize, ToSchema)]
#[schema(as = RepositoryUpdate)]
struct RepositoryRequest {
    #[serde(default)]
    description: String,
}

/// Lists the repositories of all projects that the caller may see (listAllRepositories).
async fn list_all_repositories(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = minato_core::repository::list_visible(&app, &who, &query, paging.window()).await?;
    Ok(paging.page::<_, RepositoryView>(page))
}

/// Lists the repositories of a project (listRepositories).
async fn list_repositories(
    State(app): State<Arc<App>>,
    Project(grant): Project<RepositoryList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = minato_core::repository::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, RepositoryView>(page))
}

/// Shows a repository (getRepository).
async fn get_repository(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<RepositoryRead>,
) -> Result<Json<RepositoryView>, Failure> {
    Ok(Json(minato_core::repository::get(&app, &grant).await?.into()))
}

/// Changes a repository's description (updateRepository).
async fn update_repository(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<RepositoryUpdate>,
    Body(change): Body<RepositoryRequest>,
) -> Result<StatusCode, Failure> {
    minato_core::repository::describe(&app, &grant, &change.description).await?;
    Ok(StatusCode::OK)
}

/// Deletes a repository with all that it holds (deleteRepository).
async fn delete_repository(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<RepositoryDelete>,
) -> Result<StatusCode, Failure> {
    minato_core::repository::delete(&app, &grant).await?;
    Ok(StatusCode::OK)
}
