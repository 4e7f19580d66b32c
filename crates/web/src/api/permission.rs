//! What robots may be given.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use minato_core::App;
use minato_core::authz::{self, Catalogue};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::SignedIn;
use super::operation::{Operation, Verb};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/permissions", "getPermissions", "permissions")
            .answers::<PermissionsView>()
            .fails(&[401, 403, 404, 500])
            .by(get_permissions),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Permissions)]
pub(super) struct PermissionsView {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<PermissionView>,
    project: Vec<PermissionView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
struct PermissionView {
    resource: &'static str,
    action: &'static str,
}

impl From<Catalogue> for PermissionsView {
    fn from(catalogue: Catalogue) -> Self {
        let view = |resource, action| PermissionView { resource, action };
        let system = catalogue.system.into_iter().map(|(r, a)| view(r.as_str(), a.as_str()));
        let project = catalogue.project.into_iter().map(|(r, a)| view(r.as_str(), a.as_str()));
        Self { system: system.collect(), project: project.collect() }
    }
}

/// Shows what robots may be given (getPermissions).
pub(super) async fn get_permissions(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
) -> Result<Json<PermissionsView>, Failure> {
    Ok(Json(authz::catalogue(&app, &who).await?.into()))
}
