//! How much was stored when. Harbor has nothing like it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::Uri;
use minato_core::App;
use minato_core::authz::{QuotaRead, SystemQuotaList};
use minato_core::growth::{self, Day};
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
