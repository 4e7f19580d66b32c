//! Purging the audit log: now, by schedule, and its history.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::audit::purge::{self, Parameters};
use minato_core::authz::{
    SystemPurgeCreate, SystemPurgeList, SystemPurgeRead, SystemPurgeStop, SystemPurgeUpdate,
};
use minato_core::{App, Error};

use super::grant::System;
use super::operation::{LIST, Operation, Verb};
use super::paging::Body;
use super::run::{self, RunView, ScheduleRequest};
use crate::error::Failure;

const ALL: &str = "/system/purgeaudit";
const ONE: &str = "/system/purgeaudit/{purge_id}";
const LOG: &str = "/system/purgeaudit/{purge_id}/log";
const SCHEDULE: &str = "/system/purgeaudit/schedule";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "getPurgeHistory", "purge")
            .takes(LIST)
            .lists::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::list_runs::<SystemPurgeList>),
        Operation::new(Verb::Get, ONE, "getPurgeJob", "purge")
            .answers::<RunView>()
            .fails(&[401, 403, 404, 500])
            .by(run::get_run::<SystemPurgeRead>),
        Operation::new(Verb::Put, ONE, "stopPurge", "purge")
            .fails(&[401, 403, 404, 500])
            .by(run::stop_run::<SystemPurgeStop>),
        Operation::new(Verb::Get, LOG, "getPurgeJobLog", "purge")
            .answers_text("text/plain")
            .fails(&[400, 401, 403, 404, 500])
            .by(run::get_run_log::<SystemPurgeRead>),
        Operation::new(Verb::Get, SCHEDULE, "getPurgeSchedule", "purge")
            .answers::<RunView>()
            .fails(&[401, 403, 500])
            .by(run::get_schedule::<SystemPurgeRead>),
        Operation::new(Verb::Post, SCHEDULE, "createPurgeSchedule", "purge")
            .body::<ScheduleRequest>()
            .creates()
            .fails(&[400, 401, 403, 500])
            .by(create_purge_schedule),
        Operation::new(Verb::Put, SCHEDULE, "updatePurgeSchedule", "purge")
            .body::<ScheduleRequest>()
            .fails(&[400, 401, 403, 500])
            .by(update_purge_schedule),
    ]
}

/// Purges now or by schedule (createPurgeSchedule).
async fn create_purge_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemPurgeCreate>,
    OriginalUri(uri): OriginalUri,
    Body(asked): Body<ScheduleRequest>,
) -> Result<Response, Failure> {
    for wanted in ["audit_retention_hour", "include_event_types"] {
        if !asked.parameters.as_ref().is_some_and(|given| given.contains_key(wanted)) {
            return Err(Error::invalid("parameters", format!("`{wanted}` is missing")).into());
        }
    }
    let run = purge::schedule(&app, &grant, &asked.wish()?, asked.parameters::<Parameters>()?).await?;
    let location = uri.path().trim_end_matches('/').trim_end_matches("schedule");
    let location = format!("{location}{}", run.unwrap_or(0));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Changes or drops the schedule, or purges now (updatePurgeSchedule).
async fn update_purge_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemPurgeUpdate>,
    Body(asked): Body<ScheduleRequest>,
) -> Result<StatusCode, Failure> {
    purge::schedule(&app, &grant, &asked.wish()?, asked.parameters::<Parameters>()?).await?;
    Ok(StatusCode::OK)
}
