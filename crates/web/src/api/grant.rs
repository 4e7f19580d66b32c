//! Grants as arguments of handlers: who is calling is found out, and whether they may,
//! before the handler runs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use minato_core::authz::{self, ProjectGrant, ProjectPermission, ProjectRef, SystemGrant, SystemPermission};
use minato_core::principal::Principal;
use minato_core::{App, Error};
use minato_types::id::ProjectId;

use crate::auth::Credentials;
use crate::client::Client;
use crate::error::Failure;

/// A permission in the project that the path names.
pub(super) struct Project<P>(pub(super) ProjectGrant<P>);

/// A permission on the system.
pub(super) struct System<P>(pub(super) SystemGrant<P>);

/// Somebody who has signed in.
pub(super) struct SignedIn(pub(super) authz::SignedIn);

/// Anybody.
pub(super) struct Anybody(pub(super) authz::Public, pub(super) Principal);

async fn principal(parts: &Parts, app: &App) -> Result<Principal, Error> {
    let client = parts.extensions.get::<Client>();
    let address =
        client.map_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |client| client.address);
    Credentials::of(&parts.headers).sign_in(app, address).await
}

impl<P: ProjectPermission> FromRequestParts<Arc<App>> for Project<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let Path(name_or_id) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Error::NotFound(minato_core::Noun::Project))?;
        let is_name = parts.headers.get("x-is-resource-name").is_some_and(|value| value == "true");
        let project = match name_or_id.parse::<i64>() {
            Ok(id) if !is_name => ProjectRef::Id(ProjectId(id)),
            _ => ProjectRef::Name(&name_or_id),
        };
        Ok(Self(authz::project(app, &principal, project).await?))
    }
}

impl<P: SystemPermission> FromRequestParts<Arc<App>> for System<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Ok(Self(authz::system(&principal(parts, app).await?)?))
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Ok(Self(authz::signed_in(&principal(parts, app).await?)?))
    }
}

impl FromRequestParts<Arc<App>> for Anybody {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        Ok(Self(authz::public(&principal), principal))
    }
}
