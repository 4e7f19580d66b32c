//! Vulnerabilities that are put up with.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::StatusCode;
use minato_core::App;
use minato_core::allowlist::{self, NewAllowlist};
use minato_core::authz::ConfigurationUpdate;
use minato_types::allowlist::CveAllowlist;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{SignedIn, System};
use super::operation::{Operation, Verb};
use super::paging::{Body, is_zero, time};
use crate::error::Failure;

const PATH: &str = "/system/CVEAllowlist";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, PATH, "getSystemCVEAllowlist", "SystemCVEAllowlist")
            .answers::<AllowlistView>()
            .fails(&[401, 500])
            .by(get_allowlist),
        Operation::new(Verb::Put, PATH, "putSystemCVEAllowlist", "SystemCVEAllowlist")
            .body::<AllowlistView>()
            .fails(&[400, 401, 403, 500])
            .by(put_allowlist),
    ]
}

/// A list as it is shown, and as it is sent: then only `items` and `expires_at` count.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = CVEAllowlist)]
pub(super) struct AllowlistView {
    #[serde(default, skip_serializing_if = "is_zero")]
    id: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    project_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    items: Option<Vec<ItemView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_time: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = CVEAllowlistItem)]
struct ItemView {
    #[serde(default)]
    cve_id: String,
}

impl From<CveAllowlist> for AllowlistView {
    fn from(list: CveAllowlist) -> Self {
        Self {
            // A project has one list, and it is found by the project only.
            id: list.project.0,
            project_id: list.project.0,
            expires_at: list.expires_at,
            items: Some(list.items.into_iter().map(|cve_id| ItemView { cve_id }).collect()),
            creation_time: list.created_at.map(time),
            update_time: list.updated_at.map(time),
        }
    }
}

impl From<AllowlistView> for NewAllowlist {
    fn from(view: AllowlistView) -> Self {
        let items = view.items.unwrap_or_default();
        Self { items: items.into_iter().map(|item| item.cve_id).collect(), expires_at: view.expires_at }
    }
}

/// Shows the system's list (getSystemCVEAllowlist).
pub(super) async fn get_allowlist(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
) -> Result<Json<AllowlistView>, Failure> {
    Ok(Json(allowlist::get(&app, &who).await?.into()))
}

/// Replaces the system's list (putSystemCVEAllowlist).
pub(super) async fn put_allowlist(
    State(app): State<Arc<App>>,
    System(grant): System<ConfigurationUpdate>,
    Body(new): Body<AllowlistView>,
) -> Result<StatusCode, Failure> {
    allowlist::put(&app, &grant, &new.into()).await?;
    Ok(StatusCode::OK)
}
