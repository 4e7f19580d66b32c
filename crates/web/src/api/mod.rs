//! Harbor's management API, `/api/v2.0`: the table of contents, one line for each
//! operation of the contract that is built. What is not built answers 404.

mod grant;
mod health;
mod paging;
mod project;
mod systeminfo;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use minato_core::App;

use crate::codes::Code;
use crate::error::Failure;

pub(crate) fn router(app: Arc<App>) -> Router {
    let v2 = Router::new()
        .route("/health", get(health::get_health))
        .route("/ping", get(health::get_ping))
        .route("/systeminfo", get(systeminfo::get_systeminfo))
        .route(
            "/projects",
            get(project::list_projects).post(project::create_project).head(project::head_project),
        )
        .route("/projects/{project_name_or_id}", get(project::get_project).delete(project::delete_project))
        .route("/users", get(user::list_users).post(user::create_user))
        .route("/users/current", get(user::get_current_user))
        .route("/users/{user_id}", get(user::get_user));
    Router::new()
        .nest("/api/v2.0", v2)
        .fallback(|| async { Failure::new(Code::NotFound, "path not found") })
        .method_not_allowed_fallback(|| async {
            Failure::new(Code::MethodNotAllowed, "the path does not know this method")
        })
        .with_state(app)
}
