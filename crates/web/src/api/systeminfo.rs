//! What this installation is.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Json;
use minato_core::App;
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::Anybody;
use super::operation::{Operation, Verb};
use crate::client::Client;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/systeminfo", "getSystemInfo", "systeminfo")
            .answers::<SystemInfoView>()
            .fails(&[500])
            .by(get_systeminfo),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = GeneralInfo)]
pub(super) struct SystemInfoView {
    auth_mode: &'static str,
    self_registration: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    harbor_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_creation_restriction: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_ca_root: Option<bool>,
}

/// Describes the system (getSystemInfo); to who is not signed in only what the sign-in needs.
pub(super) async fn get_systeminfo(
    State(_): State<Arc<App>>,
    Extension(client): Extension<Client>,
    Anybody(_, principal): Anybody,
) -> Json<SystemInfoView> {
    let signed_in = principal.is_authenticated();
    let authority = client.base_url.split_once("://").map(|(_, authority)| authority.to_owned());
    Json(SystemInfoView {
        auth_mode: "db_auth",
        self_registration: false,
        harbor_version: signed_in.then(|| concat!("v2.16.0-minato-", env!("CARGO_PKG_VERSION")).to_owned()),
        registry_url: authority.filter(|_| signed_in),
        external_url: signed_in.then(|| client.base_url.clone()),
        project_creation_restriction: signed_in.then_some("everyone"),
        read_only: signed_in.then_some(false),
        has_ca_root: signed_in.then_some(false),
    })
}
