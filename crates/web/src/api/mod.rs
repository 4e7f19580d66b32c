//! Harbor's management API, `/api/v2.0`. Each noun's file opens with its operations, as the
//! contract has them; this is the list of the nouns. What is not built answers 404.

mod allowlist;
mod artifact;
mod audit;
mod configuration;
mod explorer;
mod gc;
mod grant;
mod health;
mod icon;
mod immutable;
mod jobservice;
mod label;
mod member;
mod metadata;
mod operation;
mod paging;
mod permission;
mod project;
mod purge;
mod quota;
mod repository;
mod retention;
mod robot;
mod run;
mod scan;
mod scan_all;
mod scanner;
mod search;
mod statistic;
mod systeminfo;
mod user;
mod usergroup;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::response::Json;
use axum::routing::get;
use minato_core::App;
use utoipa::openapi::OpenApi;

use crate::codes::Code;
use crate::error::Failure;
use operation::Operation;

/// What Harbor's clients take this for.
pub(crate) const HARBOR_VERSION: &str = concat!("v2.16.0-minato-", env!("CARGO_PKG_VERSION"));

fn operations() -> Vec<Operation> {
    let nouns = [
        health::operations(),
        systeminfo::operations(),
        project::operations(),
        user::operations(),
        repository::operations(),
        artifact::operations(),
        icon::operations(),
        member::operations(),
        usergroup::operations(),
        robot::operations(),
        permission::operations(),
        metadata::operations(),
        label::operations(),
        immutable::operations(),
        quota::operations(),
        allowlist::operations(),
        search::operations(),
        statistic::operations(),
        configuration::operations(),
        audit::operations(),
        jobservice::operations(),
        gc::operations(),
        purge::operations(),
        retention::operations(),
        webhook::operations(),
        scanner::operations(),
        scan::operations(),
        scan_all::operations(),
    ];
    nouns.into_iter().flatten().collect()
}

/// The routes, and the operationIds that answers are marked with by their place.
pub(crate) fn router(app: Arc<App>) -> (Router, Vec<&'static str>) {
    let operations = operations();
    let description: OpenApi = operation::describe(&operations);
    let router = Router::new()
        .nest("/api/v2.0", operation::routes(&operations))
        .route("/api/version", get(|| async { Json(serde_json::json!({ "version": "v2.0" })) }))
        .route("/api/openapi.json", get(|| async { Json(description) }))
        .merge(explorer::router())
        .fallback(|| async { Failure::new(Code::NotFound, "path not found") })
        .method_not_allowed_fallback(|| async {
            Failure::new(Code::MethodNotAllowed, "the path does not know this method")
        })
        .with_state(app);
    (router, operation::ids(&operations))
}
