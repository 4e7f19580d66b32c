//! Garbage collection: now, by schedule, its history, and why a blob is kept.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::authz::{SystemGcCreate, SystemGcList, SystemGcRead, SystemGcStop, SystemGcUpdate};
use minato_core::deletion::Deletion;
use minato_core::gc::{self, Holder, Parameters};
use minato_core::{App, Error, Noun};
use minato_types::digest::Digest;
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::System;
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, time};
use super::run::{self, RunView, ScheduleRequest};
use crate::error::Failure;

const ALL: &str = "/system/gc";
const ONE: &str = "/system/gc/{gc_id}";
const LOG: &str = "/system/gc/{gc_id}/log";
const SCHEDULE: &str = "/system/gc/schedule";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "getGCHistory", "gc")
            .takes(LIST)
            .lists::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::list_runs::<SystemGcList>),
        Operation::new(Verb::Get, ONE, "getGC", "gc")
            .answers::<RunView>()
            .fails(&[401, 403, 404, 500])
            .by(run::get_run::<SystemGcRead>),
        Operation::new(Verb::Put, ONE, "stopGC", "gc")
            .fails(&[401, 403, 404, 500])
            .by(run::stop_run::<SystemGcStop>),
        Operation::new(Verb::Get, LOG, "getGCLog", "gc")
            .answers_text("text/plain")
            .fails(&[400, 401, 403, 404, 500])
            .by(run::get_run_log::<SystemGcRead>),
        Operation::new(Verb::Get, SCHEDULE, "getGCSchedule", "gc")
            .answers::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::get_schedule::<SystemGcRead>),
        Operation::new(Verb::Post, SCHEDULE, "createGCSchedule", "gc")
            .body::<ScheduleRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_gc_schedule),
        Operation::new(Verb::Put, SCHEDULE, "updateGCSchedule", "gc")
            .body::<ScheduleRequest>()
            .fails(&[400, 401, 403, 500])
            .by(update_gc_schedule),
        Operation::new(Verb::Get, "/system/gc/blobs/{digest}", "getBlobReasons", "gc")
            .answers::<ReasonsView>()
            .fails(&[401, 403, 404, 500])
            .by(get_blob_reasons),
    ]
}

/// Why the bytes of a blob are there.
#[derive(Serialize, ToSchema)]
#[schema(as = BlobReasons)]
pub(super) struct ReasonsView {
    digest: String,
    /// The repositories that hold it.
    kept_by: Vec<HolderView>,
    /// Deletions that can be undone and need it then, the latest first.
    deletions: Vec<KeptView>,
    /// Bytes with this digest wait to be deleted.
    garbage: bool,
    /// What a check found wrong with its bytes: `missing`, `size` or `content`. It is not served then.
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<String>,
}

/// A repository that holds a blob.
#[derive(Serialize, ToSchema)]
#[schema(as = BlobHolder)]
struct HolderView {
    repository: String,
    /// Digests of the manifests that need it.
    artifacts: Vec<String>,
    /// Garbage collection looks then whether a manifest needs it; it stays until then, as a push has
    /// named it or its manifest was deleted a moment ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<String>,
}

/// A deletion that can be undone.
#[derive(Serialize, ToSchema)]
#[schema(as = BlobDeletion)]
struct KeptView {
    id: i64,
    project_id: i64,
    repository: String,
    expiration_time: String,
}

impl From<Deletion> for KeptView {
    fn from(deletion: Deletion) -> Self {
        Self {
            id: deletion.id.0,
            project_id: deletion.project.0,
            repository: deletion.repository,
            expiration_time: time(deletion.expires_at),
        }
    }
}

impl From<Holder> for HolderView {
    fn from(holder: Holder) -> Self {
        let held_until = holder.held_until.map(time);
        Self { repository: holder.repository, artifacts: holder.artifacts, held_until }
    }
}

/// Collects garbage now or by schedule (createGCSchedule).
async fn create_gc_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcCreate>,
    OriginalUri(uri): OriginalUri,
    Body(asked): Body<ScheduleRequest>,
) -> Result<Response, Failure> {
    let run = gc::schedule(&app, &grant, &asked.wish()?, asked.parameters::<Parameters>()?).await?;
    let location = uri.path().trim_end_matches('/').trim_end_matches("schedule");
    let location = format!("{location}{}", run.unwrap_or(0));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Changes or drops the schedule, or collects now (updateGCSchedule).
async fn update_gc_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcUpdate>,
    Body(asked): Body<ScheduleRequest>,
) -> Result<StatusCode, Failure> {
    gc::schedule(&app, &grant, &asked.wish()?, asked.parameters::<Parameters>()?).await?;
    Ok(StatusCode::OK)
}

/// Tells why a blob is kept; Minato's own.
async fn get_blob_reasons(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcRead>,
    Path(digest): Path<String>,
) -> Result<Json<ReasonsView>, Failure> {
    let digest: Digest = digest.parse().map_err(|_| Error::NotFound(Noun::Blob))?;
    let reasons = gc::reasons(&app, &grant, &digest).await?;
    Ok(Json(ReasonsView {
        digest: digest.to_string(),
        kept_by: reasons.holders.into_iter().map(HolderView::from).collect(),
        deletions: reasons.deletions.into_iter().map(KeptView::from).collect(),
        garbage: reasons.is_garbage,
        damage: reasons.damage,
    }))
}
