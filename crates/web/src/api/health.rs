//! Whether it works.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::header::CONTENT_TYPE;
use minato_core::App;
use serde::Serialize;
use utoipa::ToSchema;

use super::operation::{Operation, Verb};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/health", "getHealth", "health")
            .answers::<HealthView>()
            .fails(&[500])
            .by(get_health),
        Operation::new(Verb::Get, "/ping", "getPing", "ping").answers_text("text/plain").by(get_ping),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = OverallHealthStatus)]
pub(super) struct HealthView {
    status: &'static str,
    components: Vec<ComponentView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ComponentHealthStatus)]
struct ComponentView {
    name: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

fn word(healthy: bool) -> &'static str {
    if healthy { "healthy" } else { "unhealthy" }
}

/// Checks the health of all parts (getHealth). Always 200, as in Harbor: the body tells.
pub(super) async fn get_health(State(app): State<Arc<App>>) -> Json<HealthView> {
    let components = minato_core::health::check(&app).await;
    let status = word(components.iter().all(|component| component.error.is_none()));
    let view = |component: minato_core::health::Component| ComponentView {
        name: component.name,
        status: word(component.error.is_none()),
        error: component.error,
    };
    Json(HealthView { status, components: components.into_iter().map(view).collect() })
}

/// Answers (getPing), without asking any other part.
pub(super) async fn get_ping() -> ([(http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], "Pong")
}
