//! Scans of everything: now, by schedule, and how far they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::StatusCode;
use minato_core::App;
use minato_core::authz::{SystemScanAllCreate, SystemScanAllRead, SystemScanAllStop, SystemScanAllUpdate};
use minato_core::scan::all::{self, Stats};
use minato_types::job::{Status, Trigger};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::System;
use super::operation::{Operation, Verb};
use super::paging::Body;
use super::run::{ScheduleRequest, SystemScheduleView};
use crate::error::Failure;

const SCHEDULE: &str = "/system/scanAll/schedule";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/scans/all/metrics", "getLatestScanAllMetrics", "scanAll")
            .answers::<StatsView>()
            .fails(&[401, 403, 412, 500])
            .by(get_stats),
        Operation::new(Verb::Get, "/scans/schedule/metrics", "getLatestScheduledScanAllMetrics", "scanAll")
            .answers::<StatsView>()
            .fails(&[401, 403, 412, 500])
            .by(get_scheduled_stats),
        Operation::new(Verb::Get, SCHEDULE, "getScanAllSchedule", "scanAll")
            .answers::<SystemScheduleView>()
            .fails(&[401, 403, 412, 500])
            .by(get_schedule),
        Operation::new(Verb::Put, SCHEDULE, "updateScanAllSchedule", "scanAll")
            .body::<ScheduleRequest>()
            .fails(&[400, 401, 403, 412, 500])
            .by(update_schedule),
        Operation::new(Verb::Post, SCHEDULE, "createScanAllSchedule", "scanAll")
            .body::<ScheduleRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 412, 500])
            .by(create_schedule),
        Operation::new(Verb::Post, "/system/scanAll/stop", "stopScanAll", "scanAll")
            .accepts()
            .fails(&[400, 401, 403, 412, 500])
            .by(stop),
    ]
}

/// How far a scan of everything is.
#[derive(Serialize, ToSchema)]
#[schema(as = Stats)]
struct StatsView {
    total: i64,
    completed: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metrics: BTreeMap<&'static str, i64>,
    ongoing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'static str>,
}

impl From<Stats> for StatsView {
    fn from(stats: Stats) -> Self {
        let of = |wanted: Status| {
            stats.counts.iter().filter(|(status, _)| *status == wanted).map(|(_, count)| count).sum::<i64>()
        };
        let words = [Status::Pending, Status::Running, Status::Success, Status::Error, Status::Stopped];
        let metrics: BTreeMap<&str, i64> = words.map(|status| (status.as_str(), of(status))).into();
        let ended = words.into_iter().filter(|status| status.is_final());
        Self {
            total: stats.counts.iter().map(|(_, count)| count).sum(),
            completed: ended.map(of).sum(),
            metrics: if stats.trigger.is_some() { metrics } else { BTreeMap::new() },
            ongoing: stats.ongoing,
            trigger: stats.trigger.map(|trigger| match trigger {
                Trigger::Manual => "Manual",
                Trigger::Schedule => "Schedule",
                Trigger::Event => "Event",
            }),
        }
    }
}

/// How far the latest is (getLatestScanAllMetrics).
async fn get_stats(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllRead>,
) -> Result<Json<StatsView>, Failure> {
    Ok(Json(all::stats(&app, &grant, None).await?.into()))
}

/// How far the latest of the schedule is (getLatestScheduledScanAllMetrics).
async fn get_scheduled_stats(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllRead>,
) -> Result<Json<StatsView>, Failure> {
    Ok(Json(all::stats(&app, &grant, Some(Trigger::Schedule)).await?.into()))
}

/// Shows the schedule (getScanAllSchedule); an empty object when there is none.
async fn get_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllRead>,
) -> Result<Json<SystemScheduleView>, Failure> {
    Ok(Json(all::get(&app, &grant).await?.map(SystemScheduleView::from).unwrap_or_default()))
}

/// Changes or drops the schedule (updateScanAllSchedule).
async fn update_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllUpdate>,
    Body(request): Body<ScheduleRequest>,
) -> Result<StatusCode, Failure> {
    all::update(&app, &grant, &request.wish()?).await?;
    Ok(StatusCode::OK)
}

/// Begins, or makes a schedule (createScanAllSchedule).
async fn create_schedule(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllCreate>,
    Body(request): Body<ScheduleRequest>,
) -> Result<(StatusCode, [(http::HeaderName, &'static str); 1]), Failure> {
    all::create(&app, &grant, &request.wish()?).await?;
    // There is one, which has no number.
    Ok((StatusCode::CREATED, [(http::header::LOCATION, "/api/v2.0/system/scanAll/schedule")]))
}

/// Stops the latest (stopScanAll).
async fn stop(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScanAllStop>,
) -> Result<StatusCode, Failure> {
    all::stop(&app, &grant).await?;
    Ok(StatusCode::ACCEPTED)
}
