//! Runs and schedules of jobs of the whole system, in the one shape that Harbor has for them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use minato_core::job::history::{self, OfRuns, Run};
use minato_core::job::schedule::{self, Schedule, Wish};
use minato_core::{App, Error};
use minato_types::id::ExecutionId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::grant::System;
use super::paging::{ListQuery, RowId, is_zero, time};
use crate::error::Failure;

/// A run of a job, or what it is scheduled to do.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = GCHistory)]
pub(super) struct RunView {
    #[serde(skip_serializing_if = "is_zero")]
    id: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    job_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    job_kind: String,
    /// A JSON object as text, as in Harbor.
    #[serde(skip_serializing_if = "String::is_empty")]
    job_parameters: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleView>,
    #[serde(skip_serializing_if = "String::is_empty")]
    job_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_time: Option<String>,
}

/// When something begins by itself.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[schema(as = ScheduleObj)]
pub(super) struct ScheduleView {
    #[serde(default, rename = "type", skip_serializing_if = "String::is_empty")]
    kind: String,
    // Terraform's `harbor_tasks` says `Schedule` and `Cron`; Harbor takes names in any case.
    #[serde(default, alias = "Cron", skip_serializing_if = "String::is_empty")]
    cron: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_scheduled_time: Option<String>,
}

/// When something of the whole system begins by itself.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = SystemSchedule)]
pub(super) struct SystemScheduleView {
    #[serde(skip_serializing_if = "is_zero")]
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleView>,
}

impl From<Schedule> for SystemScheduleView {
    fn from(schedule: Schedule) -> Self {
        Self {
            id: schedule.id.0,
            creation_time: Some(time(schedule.created_at)),
            update_time: Some(time(schedule.updated_at)),
            schedule: Some(ScheduleView {
                kind: schedule.cron_type,
                cron: schedule.cron,
                next_scheduled_time: Some(time(schedule.next_at)),
            }),
        }
    }
}

/// What is asked for in a schedule.
#[derive(Deserialize, ToSchema)]
#[schema(as = Schedule)]
pub(super) struct ScheduleRequest {
    #[serde(alias = "Schedule")]
    schedule: Option<ScheduleView>,
    #[serde(default)]
    pub(super) parameters: Option<Map<String, Value>>,
}

impl ScheduleRequest {
    /// When it is to be.
    pub(super) fn wish(&self) -> Result<Wish, Error> {
        let missing = || Error::invalid("schedule", "expected `type`, and `cron` for `Custom`");
        let asked = self.schedule.as_ref().ok_or_else(missing)?;
        if asked.kind.is_empty() {
            return Err(missing());
        }
        Wish::parse(&asked.kind, &asked.cron)
    }

    /// The parameters as the job has them.
    pub(super) fn parameters<P: serde::de::DeserializeOwned>(&self) -> Result<P, Error> {
        let given = self.parameters.clone().unwrap_or_default();
        serde_json::from_value(Value::Object(given))
            .map_err(|error| Error::invalid("parameters", error.to_string()))
    }
}

impl From<Run> for RunView {
    fn from(run: Run) -> Self {
        let parameters = run.parameters().to_string();
        let execution = run.execution;
        let trigger = execution.trigger.as_str();
        // As in Harbor: `MANUAL` there, `Manual` here.
        let (first, rest) = trigger.split_at(1);
        let kind = format!("{first}{}", rest.to_lowercase());
        Self {
            id: execution.id.0,
            job_name: execution.vendor_type,
            job_kind: trigger.to_owned(),
            job_parameters: parameters,
            schedule: Some(ScheduleView { kind, ..ScheduleView::default() }),
            job_status: execution.status.as_str().to_owned(),
            deleted: Some(false),
            creation_time: Some(time(execution.started_at)),
            update_time: Some(time(execution.updated_at)),
        }
    }
}

impl From<Schedule> for RunView {
    fn from(schedule: Schedule) -> Self {
        Self {
            id: schedule.id.0,
            job_kind: schedule.cron.clone(),
            job_parameters: schedule.parameters,
            schedule: Some(ScheduleView {
                kind: schedule.cron_type,
                cron: schedule.cron,
                next_scheduled_time: Some(time(schedule.next_at)),
            }),
            deleted: Some(false),
            creation_time: Some(time(schedule.created_at)),
            update_time: Some(time(schedule.updated_at)),
            ..Self::default()
        }
    }
}

/// Lists runs, newest first.
pub(super) async fn list_runs<P: OfRuns>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = history::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, RunView>(page))
}

/// Shows a run.
pub(super) async fn get_run<P: OfRuns>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    RowId(id): RowId,
) -> Result<Json<RunView>, Failure> {
    Ok(Json(history::get(&app, &grant, ExecutionId(id)).await?.into()))
}

/// Stops a run.
pub(super) async fn stop_run<P: OfRuns>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    history::stop(&app, &grant, ExecutionId(id)).await?;
    Ok(StatusCode::OK)
}

/// What a run logged.
pub(super) async fn get_run_log<P: OfRuns>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
    RowId(id): RowId,
) -> Result<Response, Failure> {
    Ok(plain(history::log(&app, &grant, ExecutionId(id)).await?))
}

/// A log.
pub(super) fn plain(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Shows a schedule; an empty object when there is none.
pub(super) async fn get_schedule<P: OfRuns>(
    State(app): State<Arc<App>>,
    System(grant): System<P>,
) -> Result<Json<RunView>, Failure> {
    let found = schedule::get(&app, &grant).await?;
    Ok(Json(found.map(RunView::from).unwrap_or_default()))
}
