//! What this installation is.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Json};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use minato_core::authz::SystemVolumesRead;
use minato_core::settings::Values;
use minato_core::{App, system};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::{Anybody, System};
use super::operation::{Operation, Verb};
use super::paging::time;
use crate::client::Client;
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/systeminfo", "getSystemInfo", "systeminfo")
            .answers::<SystemInfoView>()
            .fails(&[500])
            .by(get_systeminfo),
        Operation::new(Verb::Get, "/systeminfo/volumes", "getVolumes", "systeminfo")
            .answers::<VolumesView>()
            .fails(&[401, 403, 404, 500])
            .by(get_volumes),
        Operation::new(Verb::Get, "/systeminfo/getcert", "getCert", "systeminfo")
            .answers_text("application/octet-stream")
            .with_header("Content-Disposition")
            .fails(&[404, 500])
            .by(get_cert),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = GeneralInfo)]
pub(super) struct SystemInfoView {
    auth_mode: String,
    primary_auth_mode: bool,
    self_registration: bool,
    banner_message: String,
    /// Empty while nobody signs in by OIDC.
    oidc_provider_name: &'static str,
    #[serde(flatten)]
    inside: Option<InsideView>,
}

/// What is told to those who are signed in.
#[derive(Serialize, ToSchema)]
struct InsideView {
    harbor_version: &'static str,
    registry_url: String,
    external_url: String,
    project_creation_restriction: String,
    read_only: bool,
    has_ca_root: bool,
    registry_storage_provider_name: &'static str,
    notification_enable: bool,
    current_time: String,
    /// For how many seconds deletions can be undone; not at all when 0. Harbor has nothing like it.
    undo_period: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SystemInfo)]
pub(super) struct VolumesView {
    storage: Vec<VolumeView>,
}

/// The room for blobs, in bytes; both are 0 where it has no end.
#[derive(Serialize, ToSchema)]
#[schema(as = Storage)]
struct VolumeView {
    total: u64,
    free: u64,
}

impl InsideView {
    fn new(info: &system::Info, client: &Client, now: String) -> Self {
        let settings: &Values = &info.settings;
        let authority = client.base_url.split_once("://").map_or("", |(_, authority)| authority);
        Self {
            harbor_version: super::HARBOR_VERSION,
            registry_url: authority.to_owned(),
            external_url: client.base_url.clone(),
            project_creation_restriction: settings.text("project_creation_restriction"),
            read_only: settings.flag("read_only"),
            has_ca_root: info.has_authority,
            registry_storage_provider_name: info.storage,
            notification_enable: settings.flag("notification_enable"),
            current_time: now,
            undo_period: info.undo_period.as_secs(),
        }
    }
}

/// Describes the system (getSystemInfo); to who is not signed in only what the sign-in needs.
pub(super) async fn get_systeminfo(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Client>,
    Anybody(who, principal): Anybody,
) -> Result<Json<SystemInfoView>, Failure> {
    let info = system::info(&app, &who).await?;
    let inside =
        principal.is_authenticated().then(|| InsideView::new(&info, &client, time(app.clock().now())));
    let settings = info.settings;
    Ok(Json(SystemInfoView {
        auth_mode: settings.text("auth_mode"),
        primary_auth_mode: settings.flag("primary_auth_mode"),
        self_registration: settings.flag("self_registration"),
        banner_message: settings.text("banner_message"),
        oidc_provider_name: "",
        inside,
    }))
}

/// Gives the certificate that docker has to trust (getCert).
pub(super) async fn get_cert(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
) -> Result<impl IntoResponse, Failure> {
    let headers =
        [(CONTENT_TYPE, "application/octet-stream"), (CONTENT_DISPOSITION, "attachment; filename=ca.crt")];
    Ok((headers, system::authority(&app, &who)?.to_owned()))
}

/// Tells how much room there is (getVolumes).
pub(super) async fn get_volumes(
    State(app): State<Arc<App>>,
    System(grant): System<SystemVolumesRead>,
) -> Result<Json<VolumesView>, Failure> {
    let space = system::space(&app, &grant).await?;
    let volume = space.map_or(VolumeView { total: 0, free: 0 }, |space| VolumeView {
        total: space.total,
        free: space.free,
    });
    Ok(Json(VolumesView { storage: vec![volume] }))
}
