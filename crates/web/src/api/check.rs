//! Checks of what is stored: now, by schedule, their history; and what they have set aside. All of it
//! Minato's own, in the form of Harbor's garbage collection.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::App;
use minato_core::authz::{
    SystemFsckCreate, SystemFsckList, SystemFsckRead, SystemFsckStop, SystemFsckUpdate, SystemGcList,
    SystemGcUpdate, SystemScrubCreate, SystemScrubList, SystemScrubRead, SystemScrubStop, SystemScrubUpdate,
};
use minato_core::check::quarantine::{self, Aside};
use minato_core::check::{self, Order};
use minato_core::job::history::OfRuns;
use minato_types::id::QuarantineId;
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::System;
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, RowId, time};
use super::run::{self, RunView, ScheduleRequest};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    let fsck =
        ["/system/fsck", "/system/fsck/{fsck_id}", "/system/fsck/{fsck_id}/log", "/system/fsck/schedule"];
    let scrub = [
        "/system/scrub",
        "/system/scrub/{scrub_id}",
        "/system/scrub/{scrub_id}/log",
        "/system/scrub/schedule",
    ];
    let mut all = history::<SystemFsckList, SystemFsckRead, SystemFsckStop>(
        fsck,
        ["getFsckHistory", "getFsck", "stopFsck", "getFsckLog", "getFsckSchedule"],
    );
    all.extend(orders::<SystemFsckCreate, SystemFsckUpdate>(
        fsck[3],
        ["createFsckSchedule", "updateFsckSchedule"],
    ));
    all.extend(history::<SystemScrubList, SystemScrubRead, SystemScrubStop>(
        scrub,
        ["getScrubHistory", "getScrub", "stopScrub", "getScrubLog", "getScrubSchedule"],
    ));
    all.extend(orders::<SystemScrubCreate, SystemScrubUpdate>(
        scrub[3],
        ["createScrubSchedule", "updateScrubSchedule"],
    ));
    all.extend(aside());
    all
}

/// What was done.
fn history<L: OfRuns, R: OfRuns, S: OfRuns>(
    paths: [&'static str; 4],
    ids: [&'static str; 5],
) -> Vec<Operation> {
    let ([all, one, log, schedule], [list, get, stop, read_log, get_schedule]) = (paths, ids);
    vec![
        Operation::new(Verb::Get, all, list, "check")
            .takes(LIST)
            .lists::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::list_runs::<L>),
        Operation::new(Verb::Get, one, get, "check")
            .answers::<RunView>()
            .fails(&[401, 403, 404, 500])
            .by(run::get_run::<R>),
        Operation::new(Verb::Put, one, stop, "check").fails(&[401, 403, 404, 500]).by(run::stop_run::<S>),
        Operation::new(Verb::Get, log, read_log, "check")
            .answers_text("text/plain")
            .fails(&[401, 403, 404, 500])
            .by(run::get_run_log::<R>),
        Operation::new(Verb::Get, schedule, get_schedule, "check")
            .answers::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::get_schedule::<R>),
    ]
}

/// What is to be done.
fn orders<C: Order, U: Order>(path: &'static str, [create, update]: [&'static str; 2]) -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, path, create, "check")
            .body::<ScheduleRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_schedule::<C>),
        Operation::new(Verb::Put, path, update, "check")
            .body::<ScheduleRequest>()
            .fails(&[400, 401, 403, 409, 500])
            .by(update_schedule::<U>),
    ]
}

/// What was set aside.
fn aside() -> Vec<Operation> {
    const ONE: &str = "/system/quarantine/{quarantine_id}";
    vec![
        Operation::new(Verb::Get, "/system/quarantine", "listQuarantine", "check")
            .takes(LIST)
            .lists::<AsideView>()
            .fails(&[401, 403, 500])
            .by(list_quarantine),
        Operation::new(Verb::Put, ONE, "keepQuarantined", "check")
            .fails(&[401, 403, 404, 500])
            .by(keep_quarantined),
        Operation::new(Verb::Delete, ONE, "deleteQuarantined", "check")
            .fails(&[401, 403, 404, 409, 500])
            .by(delete_quarantined),
    ]
}

/// Bytes that a check has set aside.
#[derive(Serialize, ToSchema)]
#[schema(as = Quarantined)]
struct AsideView {
    id: i64,
    /// `orphan`: no row named them; `size`, `content`: they were a blob's, and are damaged.
    reason: String,
    /// Where the store keeps them.
    storage_key: String,
    /// What they hash to, or should.
    #[serde(skip_serializing_if = "String::is_empty")]
    digest: String,
    size: i64,
    creation_time: String,
    /// They are deleted then; without it when somebody says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_time: Option<String>,
}

impl From<Aside> for AsideView {
    fn from(aside: Aside) -> Self {
        Self {
            id: aside.id.0,
            reason: aside.reason,
            storage_key: aside.storage_key,
            digest: aside.digest,
            size: aside.size,
            creation_time: time(aside.found_at),
            deletion_time: aside.due_at.map(time),
        }
    }
}

/// Checks now or by schedule (createFsckSchedule, createScrubSchedule).
async fn create_schedule<P: Order>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    OriginalUri(uri): OriginalUri,
    Body(asked): Body<ScheduleRequest>,
) -> Result<Response, Failure> {
    let run = check::schedule(&app, &grant, &asked.wish()?, asked.parameters()?).await?;
    let location = uri.path().trim_end_matches('/').trim_end_matches("schedule");
    let location = format!("{location}{}", run.unwrap_or(0));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Changes or drops the schedule, or checks now (updateFsckSchedule, updateScrubSchedule).
async fn update_schedule<P: Order>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    Body(asked): Body<ScheduleRequest>,
) -> Result<StatusCode, Failure> {
    check::schedule(&app, &grant, &asked.wish()?, asked.parameters()?).await?;
    Ok(StatusCode::OK)
}

/// Lists bytes that are set aside (listQuarantine).
async fn list_quarantine(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = quarantine::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, AsideView>(page))
}

/// Keeps bytes until somebody lets them go (keepQuarantined).
async fn keep_quarantined(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcUpdate>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    quarantine::keep(&app, &grant, QuarantineId(id)).await?;
    Ok(StatusCode::OK)
}

/// Lets bytes go (deleteQuarantined).
async fn delete_quarantined(
    State(app): State<Arc<App>>,
    System(grant): System<SystemGcUpdate>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    quarantine::let_go(&app, &grant, QuarantineId(id)).await?;
    Ok(StatusCode::OK)
}
