//! Grants as arguments of handlers: who is calling is found out, and whether they may,
//! before the handler runs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use minato_core::authz::{
    self, AccountGrant, OfRobots, ProjectGrant, ProjectPermission, ProjectRef, RepoGrant, RobotsGrant,
    SystemGrant, SystemPermission,
};
use minato_core::principal::Principal;
use minato_core::{App, Error, Noun};
use minato_types::id::{ProjectId, RobotId, UserId};
use minato_types::name::RepositoryName;
use percent_encoding::percent_decode_str;

use super::operation::ByName;
use super::paging::RowId;
use crate::client::Client;
use crate::csrf::FromPage;
use crate::error::Failure;
use crate::session;

/// A permission in the project that the path names.
pub(super) struct Project<P>(pub(super) ProjectGrant<P>);

/// A permission in the repository that the path names.
pub(super) struct Repository<P>(pub(super) RepoGrant<P>);

/// The repository that the path names, and who asks, where only the body says which permission that needs.
pub(super) struct RepositoryFor {
    principal: Principal,
    project: String,
    /// `None` for what can't be a name.
    name: Option<RepositoryName>,
}

/// The scanner that the path names.
pub(super) struct ScannerId(pub(super) String);

/// The report that the path names.
pub(super) struct ReportId(pub(super) String);

/// A permission on the system.
pub(super) struct System<P>(pub(super) SystemGrant<P>);

/// A permission on the account that the path names.
pub(super) struct Account<P>(pub(super) AccountGrant<P>);

/// Somebody who may make accounts.
pub(super) struct Registrar(pub(super) authz::Registrar);

/// A permission on the robot that the path names, and its id.
pub(super) struct OneRobot<P>(pub(super) RobotsGrant<P>, pub(super) RobotId);

/// Somebody who has signed in.
pub(super) struct SignedIn(pub(super) authz::SignedIn);

/// Anybody.
pub(super) struct Anybody(pub(super) authz::Public, pub(super) Principal);

async fn principal(parts: &Parts, app: &App) -> Result<Principal, Error> {
    let client = parts.extensions.get::<Client>();
    if let Some(client) = client {
        app.note_address(&client.base_url);
    }
    let address =
        client.map_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |client| client.address);
    session::principal(app, &parts.headers, address).await
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
        // The contract says for each path whether an id will do; where it does, a name of digits only can be
        // told by the header.
        let is_named = parts.extensions.get::<ByName>().is_some();
        let is_name =
            is_named || parts.headers.get("x-is-resource-name").is_some_and(|value| value == "true");
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
        let asked = RepositoryFor::from_request_parts(parts, app).await?;
        Ok(Self(asked.grant(app).await?))
    }
}

impl FromRequestParts<Arc<App>> for RepositoryFor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let unknown = || Error::NotFound(Noun::Repository);
        let project = parameter(parts, app, "project").await.ok_or_else(unknown)?;
        let repository = parameter(parts, app, "repository_name").await.ok_or_else(unknown)?;
        // Clients encode the name twice, as proxies undo one encoding of slashes; some only once.
        let repository = percent_decode_str(&repository).decode_utf8().map_err(|_| unknown())?;
        let name = format!("{project}/{repository}").parse::<RepositoryName>().ok();
        Ok(Self { principal, project, name })
    }
}

impl RepositoryFor {
    /// Asks for a permission on the repository.
    pub(super) async fn grant<P: ProjectPermission>(&self, app: &App) -> Result<RepoGrant<P>, Failure> {
        let Some(name) = &self.name else {
            // What can't be a name is refused as one that is not there, by who may ask.
            authz::project::<P>(app, &self.principal, ProjectRef::Name(&self.project)).await?;
            return Err(Error::NotFound(Noun::Repository).into());
        };
        Ok(authz::repository_by_api(app, &self.principal, name).await?)
    }
}

impl FromRequestParts<Arc<App>> for ScannerId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let id = parameter(parts, app, "registration_id").await;
        Ok(Self(id.ok_or(Error::NotFound(Noun::Scanner))?))
    }
}

impl FromRequestParts<Arc<App>> for ReportId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let id = parameter(parts, app, "report_id").await;
        Ok(Self(id.ok_or(Error::NotFound(Noun::Report))?))
    }
}

impl<P: SystemPermission> FromRequestParts<Arc<App>> for System<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Ok(Self(authz::system(app, &principal(parts, app).await?)?))
    }
}

impl<P: SystemPermission> FromRequestParts<Arc<App>> for Account<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let RowId(id) = RowId::from_request_parts(parts, app).await?;
        Ok(Self(authz::account(&principal, UserId(id))?))
    }
}

impl FromRequestParts<Arc<App>> for Registrar {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let from_page = parts.extensions.get::<FromPage>().is_some();
        let principal = principal(parts, app).await?;
        Ok(Self(authz::registrar(app, &principal, from_page).await?))
    }
}

impl<P: OfRobots> FromRequestParts<Arc<App>> for OneRobot<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let principal = principal(parts, app).await?;
        let RowId(id) = RowId::from_request_parts(parts, app).await?;
        let id = RobotId(id);
        Ok(Self(authz::robot(app, &principal, id).await?, id))
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
