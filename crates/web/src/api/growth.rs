//! How much was stored when, and how often something was pushed and pulled. Harbor has nothing like it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::Uri;
use minato_core::authz::{QuotaRead, SystemQuotaList};
use minato_core::growth::{self, Day};
use minato_core::{App, activity};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::{Project, System};
use super::operation::{Operation, Verb, number};
use super::paging::{count, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/projects/{project_name_or_id}/growth", "getProjectGrowth", "project")
            .takes([number("days")])
            .answers_all::<DayView>()
            .fails(&[401, 403, 404, 422, 500])
            .by(get_project_growth),
        Operation::new(Verb::Get, "/statistics/growth", "getGrowth", "statistic")
            .takes([number("days")])
            .answers_all::<DayView>()
            .fails(&[401, 403, 422, 500])
            .by(get_growth),
        Operation::new(Verb::Get, "/projects/{project_name_or_id}/activity", "getProjectActivity", "project")
            .takes([number("days")])
            .answers_all::<ActivityView>()
            .fails(&[401, 403, 404, 422, 500])
            .by(get_project_activity),
    ]
}

/// What was used at the end of the day that began at `time`, in bytes; what is used now for the last
/// one.
#[derive(Serialize, ToSchema)]
#[schema(as = StorageOfDay)]
struct DayView {
    time: String,
    used: i64,
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        Self { time: time(day.from), used: day.used }
    }
}

/// How many manifests were pushed and pulled on the day that began at `time`.
#[derive(Serialize, ToSchema)]
#[schema(as = ActivityOfDay)]
struct ActivityView {
    time: String,
    pushes: i64,
    pulls: i64,
}

impl From<activity::Day> for ActivityView {
    fn from(activity::Day { from, pushes, pulls }: activity::Day) -> Self {
        Self { time: time(from), pushes, pulls }
    }
}

fn days(uri: &Uri) -> Result<i64, Failure> {
    count(uri, "days", 90, 1..=growth::MOST_DAYS)
}

/// Tells what a project used on each of the last days (getProjectGrowth).
async fn get_project_growth(
    State(app): State<Arc<App>>,
    Project(grant): Project<QuotaRead>,
    uri: Uri,
) -> Result<Json<Vec<DayView>>, Failure> {
    let days = growth::of_project(&app, &grant, days(&uri)?).await?;
    Ok(Json(days.into_iter().map(DayView::from).collect()))
}

/// Tells what all projects together used on each of the last days (getGrowth).
async fn get_growth(
    State(app): State<Arc<App>>,
    System(grant): System<SystemQuotaList>,
    uri: Uri,
) -> Result<Json<Vec<DayView>>, Failure> {
    let days = growth::of_all(&app, &grant, days(&uri)?).await?;
    Ok(Json(days.into_iter().map(DayView::from).collect()))
}

/// Tells how often something was pushed to a project and pulled from it on each of the last days
/// (getProjectActivity).
async fn get_project_activity(
    State(app): State<Arc<App>>,
    Project(grant): Project<QuotaRead>,
    uri: Uri,
) -> Result<Json<Vec<ActivityView>>, Failure> {
    let days = activity::of_project(&app, &grant, days(&uri)?).await?;
    Ok(Json(days.into_iter().map(ActivityView::from).collect()))
}
