//! Deletions of a project that can be undone. Harbor has nothing like it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{Json, Response};
use http::StatusCode;
use minato_core::App;
use minato_core::authz::ArtifactDelete;
use minato_core::deletion::{self, Listed, Restored};
use minato_types::id::DeletionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::Project;
use super::operation::{LIST, Operation, Verb};
use super::paging::{ListQuery, RowId, time};
use crate::error::Failure;

const ALL: &str = "/projects/{project_name_or_id}/deletions";
const ONE: &str = "/projects/{project_name_or_id}/deletions/{deletion_id}";
const RESTORE: &str = "/projects/{project_name_or_id}/deletions/{deletion_id}/restore";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "listDeletions", "deletion")
            .takes(LIST)
            .lists::<DeletionView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_deletions),
        Operation::new(Verb::Delete, ALL, "purgeDeletions", "deletion")
            .fails(&[401, 403, 404, 500])
            .by(purge_deletions),
        Operation::new(Verb::Delete, ONE, "purgeDeletion", "deletion")
            .fails(&[400, 401, 403, 404, 500])
            .by(purge_deletion),
        Operation::new(Verb::Post, RESTORE, "restoreDeletion", "deletion")
            .answers::<RestoredView>()
            .fails(&[400, 401, 403, 404, 412, 500])
            .by(restore_deletion),
    ]
}

/// Something that was deleted. `kind` is `tag`, `artifact` or `repository`; `name` the tag or the
/// digest; `tags` the tags that went with it, a hundred at most, of a repository none; `size` the bytes that the
/// project's quota counted less afterwards.
#[derive(Serialize, ToSchema)]
#[schema(as = Deletion)]
struct DeletionView {
    id: i64,
    repository: String,
    kind: &'static str,
    name: String,
    tags: Vec<String>,
    artifact_count: i64,
    size: i64,
    deleted_by: String,
    deletion_time: String,
    expiration_time: String,
}

impl From<Listed> for DeletionView {
    fn from(Listed { deletion, tags }: Listed) -> Self {
        Self {
            id: deletion.id.0,
            repository: deletion.repository,
            kind: deletion.kind.as_str(),
            name: deletion.name,
            tags,
            artifact_count: deletion.artifacts,
            size: deletion.size,
            deleted_by: deletion.by,
            deletion_time: time(deletion.deleted_at),
            expiration_time: time(deletion.expires_at),
        }
    }
}

/// What came back. `tags_left` counts those that were not made again, as there are others of their
/// names by now.
#[derive(Serialize, ToSchema)]
#[schema(as = RestoredDeletion)]
struct RestoredView {
    artifacts: usize,
    tags: usize,
    tags_left: usize,
}

/// Lists what was deleted and can be had back, the latest first (listDeletions).
async fn list_deletions(
    State(app): State<Arc<App>>,
    Project(grant): Project<ArtifactDelete>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = deletion::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, DeletionView>(page))
}

/// Undoes a deletion (restoreDeletion).
async fn restore_deletion(
    State(app): State<Arc<App>>,
    Project(grant): Project<ArtifactDelete>,
    RowId(id): RowId,
) -> Result<Json<RestoredView>, Failure> {
    let Restored { artifacts, tags, tags_left } = deletion::restore(&app, &grant, DeletionId(id)).await?;
    Ok(Json(RestoredView { artifacts, tags, tags_left }))
}

/// Ends a deletion for good: its bytes go (purgeDeletion).
async fn purge_deletion(
    State(app): State<Arc<App>>,
    Project(grant): Project<ArtifactDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    deletion::purge(&app, &grant, DeletionId(id)).await?;
    Ok(StatusCode::OK)
}

/// Ends all deletions of the project for good (purgeDeletions).
async fn purge_deletions(
    State(app): State<Arc<App>>,
    Project(grant): Project<ArtifactDelete>,
) -> Result<StatusCode, Failure> {
    deletion::purge_all(&app, &grant).await?;
    Ok(StatusCode::OK)
}
