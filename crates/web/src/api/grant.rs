//! Grants as arguments of handlers: who is calling is found out, and whether they may,
//! before the handler runs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use minato_core::authz::{
    self, ProjectGrant, ProjectPermission, ProjectRef, RepoGrant, SystemGrant, SystemPermission,
};
use minato_core::principal::Principal;
use minato_core::{App, Error, Noun};
use minato_types::id::ProjectId;
use minato_types::name::RepositoryName;
use percent_encoding::percent_decode_str;

use crate::auth::Credentials;
use crate::client::Client;
use crate::error::Failure;

/// A permission in the project that the path names.
pub(super) struct Project<P>(pub(super) ProjectGrant<P>);

/// A permission in the repository that the path names.
pub(super) struct Repository<P>(pub(super) RepoGrant<P>);

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

/// A parameter of the path, decoded once.
pub(super) async fn parameter(parts: &mut Parts, app: &Arc<App>, wanted: &str) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, app).await.ok()?;
    let found = parameters.iter().find(|(name, _)| *name == wanted)?;
    Some(found.1.to_owned())
}

impl<P: ProjectPermission> FromRequestParts<Arc<App>> for Project<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let name_or_id = parameter(parts, app, "project").await.ok_or(Error::NotFound(Noun::Project))?;
        let is_name = parts.headers.get("x-is-resource-name").is_some_and(|value| value == "true");
        // The contract says for each path whether an id will do; a project's name of digits only can
        // always be told by the header.
        let project = match name_or_id.parse::<i64>() {
            Ok(id) if !is_name => ProjectRef::Id(ProjectId(id)),
            _ => ProjectRef::Name(&name_or_id),
        };
        Ok(Self(authz::project(app, &principal, project).await?))
    }
}

impl<P: ProjectPermission> FromRequestParts<Arc<App>> for Repository<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let unknown = || Error::NotFound(Noun::Repository);
        let project = parameter(parts, app, "project").await.ok_or_else(unknown)?;
        let repository = parameter(parts, app, "repository_name").await.ok_or_else(unknown)?;
        // Clients encode the name twice, as proxies undo one encoding of slashes; some only once.
        let repository = percent_decode_str(&repository).decode_utf8().map_err(|_| unknown())?;
        let name = format!("{project}/{repository}").parse::<RepositoryName>();
        let grant = match name {
            Ok(name) => authz::repository_by_api(app, &principal, &name).await?,
            // What can't be a name is refused as one that is not there, by who may ask.
            Err(_) => {
                authz::project::<P>(app, &principal, ProjectRef::Name(&project)).await?;
                return Err(unknown().into());
            }
        };
        Ok(Self(grant))
    }
}

impl<P: SystemPermission> FromRequestParts<Arc<App>> for System<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Ok(Self(authz::system(app, &principal(parts, app).await?)?))
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
