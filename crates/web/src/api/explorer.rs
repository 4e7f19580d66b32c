//! The explorer: Swagger UI on Minato's own description of its API. Its files are in the binary.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use utoipa_swagger_ui::Config;

use crate::codes::Code;
use crate::error::Failure;

/// Everything from here; it styles itself, and has small pictures in its style sheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The page and its files.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let config = Arc::new(Config::from("/api/openapi.json"));
    let start = Arc::clone(&config);
    Router::new()
        .route("/api/explorer", get(|| async { Redirect::permanent("/api/explorer/") }))
        .route("/api/explorer/", get(|| async move { file("", start) }))
        .route("/api/explorer/{file}", get(|Path(name): Path<String>| async move { file(&name, config) }))
}

fn file(name: &str, config: Arc<Config<'_>>) -> Response {
    match utoipa_swagger_ui::serve(name, config) {
        Ok(Some(file)) => {
            let mut response = file.bytes.into_owned().into_response();
            let headers = response.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
                headers.insert(CONTENT_TYPE, kind);
            }
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(CONTENT_SECURITY_POLICY, POLICY);
            response
        }
        Ok(None) => Failure::new(Code::NotFound, "there is nothing here").into_response(),
        Err(error) => Failure::new(Code::Unknown, error.to_string()).into_response(),
    }
}
