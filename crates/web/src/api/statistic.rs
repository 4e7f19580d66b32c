//! How much there is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use minato_core::App;
use minato_core::statistic::{self, Statistic};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::SignedIn;
use super::operation::{Operation, Verb};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/statistics", "getStatistic", "statistic")
            .answers::<StatisticView>()
            .fails(&[401, 500])
            .by(get_statistic),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Statistic)]
pub(super) struct StatisticView {
    private_project_count: i64,
    private_repo_count: i64,
    public_project_count: i64,
    public_repo_count: i64,
    total_project_count: i64,
    total_repo_count: i64,
    total_storage_consumption: i64,
}

impl From<Statistic> for StatisticView {
    fn from(Statistic { public, private, bytes }: Statistic) -> Self {
        Self {
            private_project_count: private.projects,
            private_repo_count: private.repositories,
            public_project_count: public.projects,
            public_repo_count: public.repositories,
            total_project_count: public.projects + private.projects,
            total_repo_count: public.repositories + private.repositories,
            total_storage_consumption: bytes,
        }
    }
}

/// Counts what the caller sees (getStatistic).
pub(super) async fn get_statistic(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
) -> Result<Json<StatisticView>, Failure> {
    Ok(Json(statistic::get(&app, &who).await?.into()))
}
