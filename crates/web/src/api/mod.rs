//! Harbor's management API, `/api/v2.0`. Each noun's file opens with its operations, as the
//! contract has them; this is the list of the nouns. What is not built answers 404.

mod allowlist;
mod artifact;
mod audit;
mod check;
mod configuration;
mod deletion;
mod explorer;
mod gc;
mod grant;
mod growth;
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

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use minato_core::{App, Error};

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
        growth::operations(),
        deletion::operations(),
        check::operations(),
        purge::operations(),
        retention::operations(),
        webhook::operations(),
        scanner::operations(),
        scan::operations(),
        scan_all::operations(),
    ];
    nouns.into_iter().flatten().collect()
}

/// Minato's own description of this API. Made when somebody asks for it first, as it takes megabytes to
/// make; then kept as it is sent.
async fn description() -> Result<Response, Failure> {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = if let Some(known) = TEXT.get() {
        known.clone()
    } else {
        let made = operation::describe(&operations()).to_json();
        let made = made.map_err(|error| Error::Internal(error.into()))?;
        TEXT.get_or_init(|| made.into()).clone()
    };
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// The routes, and the operations that answers are marked with by their place: operationId and path.
pub(crate) fn router(app: Arc<App>) -> (Router, Vec<(&'static str, String)>) {
    let operations = operations();
    let router = Router::new()
        .nest("/api/v2.0", operation::routes(&operations))
        .route("/api/version", get(|| async { Json(serde_json::json!({ "version": "v2.0" })) }))
        .route("/api/openapi.json", get(description))
        .merge(explorer::router())
        .fallback(|| async { Failure::new(Code::NotFound, "path not found") })
        .method_not_allowed_fallback(|| async {
            Failure::new(Code::MethodNotAllowed, "the path does not know this method")
        })
        .with_state(app);
    (router, operation::names(&operations))
}
