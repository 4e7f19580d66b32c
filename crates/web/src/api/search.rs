//! Finding projects and repositories.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::Uri;
use minato_core::App;
use minato_core::search::{self, Found, Results};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::Anybody;
use super::operation::{Operation, Verb, text};
use super::paging::{is_zero, parameter};
use super::project::ProjectView;
use crate::codes::Code;
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/search", "search", "search")
            .takes([text("q").required()])
            .answers::<SearchView>()
            .fails(&[422, 500])
            .by(find),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Search)]
pub(super) struct SearchView {
    project: Vec<ProjectView>,
    repository: Vec<RepositoryView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SearchRepository)]
struct RepositoryView {
    project_id: i64,
    project_name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    project_public: bool,
    repository_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    pull_count: i64,
    #[serde(skip_serializing_if = "is_zero")]
    artifact_count: i64,
}

impl From<Found> for RepositoryView {
    fn from(found: Found) -> Self {
        Self {
            project_id: found.project.0,
            project_name: found.project_name,
            project_public: found.public,
            repository_name: found.name,
            pull_count: found.pull_count,
            artifact_count: found.artifact_count,
        }
    }
}

impl From<Results> for SearchView {
    fn from(results: Results) -> Self {
        Self {
            project: results.projects.into_iter().map(ProjectView::from).collect(),
            repository: results.repositories.into_iter().map(RepositoryView::from).collect(),
        }
    }
}

/// Finds projects and repositories by a part of their name (search).
pub(super) async fn find(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    uri: Uri,
) -> Result<Json<SearchView>, Failure> {
    let part = parameter(&uri, "q")
        .ok_or_else(|| Failure::new(Code::UnprocessableEntity, "q in query is required"))?;
    Ok(Json(search::find(&app, &who, &part).await?.into()))
}
