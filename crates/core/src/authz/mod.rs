//! The one place where it is decided who may do what.
//!
//! A grant is the proof of that decision: it can be built only here, names the
//! permission in its type, and carries the resolved ids, so that what was checked is
//! what is touched. Core functions demand the grant they need; a handler that has
//! not asked for it does not compile:
//!
//! ```compile_fail,E0308
//! # use minato_core::{App, authz::{Pull, RepoGrant}, upload};
//! # use minato_types::digest::Algorithm;
//! async fn handler(app: &App, may_pull: RepoGrant<Pull>) {
//!     let _ = upload::start(app, &may_pull, Algorithm::Sha256).await;
//! }
//! ```
//!
//! nor can one be made elsewhere:
//!
//! ```compile_fail
//! # use minato_core::authz::{Public, Push, SystemGrant};
//! let grant: SystemGrant<Push> = SystemGrant { permission: std::marker::PhantomData };
//! ```

mod account;
mod held;
mod permission;
mod robots;
pub(crate) mod roles;
mod scopes;

use std::marker::PhantomData;

use minato_db::project::Standing;
use minato_types::id::{ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::permission::{Action, Resource, SystemResource};

pub use account::{AccountGrant, Registrar, account, registrar};
pub use held::{Held, held};
pub use permission::*;
pub use robots::{Catalogue, OfRobots, RobotsGrant, catalogue, robot, robots};
pub(crate) use robots::{is_grantable, is_grantable_in_system};
pub use scopes::trim;

use crate::principal::{Caller, Principal, RobotGrant};
use crate::token::Claims;
use crate::{App, Error, Noun, Result, audit};

/// May do `P` in one project.
pub struct ProjectGrant<P> {
    pub(crate) principal: Principal,
    pub(crate) project: ProjectId,
    standing: Standing,
    /// The project's name.
    pub(crate) name: String,
    permission: PhantomData<P>,
}

/// May do `P` to one repository, which need not exist yet.
pub struct RepoGrant<P> {
    pub(crate) caller: Caller,
    pub(crate) name: RepositoryName,
    pub(crate) project: ProjectId,
    /// The repository's row, once something was pushed to it.
    pub(crate) repository: Option<RepositoryId>,
    /// What else the check has learned of the project.
    pub(crate) standing: Standing,
    permission: PhantomData<P>,
}

/// May do `P` to the system as a whole.
pub struct SystemGrant<P> {
    pub(crate) principal: Principal,
    permission: PhantomData<P>,
}

/// Is signed in, which is all that some operations ask.
pub struct SignedIn {
    pub(crate) principal: Principal,
}

/// Open to everybody. Every use of this type is an operation without a permission.
pub struct Public {
    pub(crate) principal: Principal,
}

impl<P> ProjectGrant<P> {
    /// Whether the caller holds this in the project as well.
    pub(crate) fn holds(&self, resource: Resource, action: Action) -> bool {
        principal_holds(&self.principal, &self.standing, resource, action)
    }
}

impl<P> RepoGrant<P> {
    /// The repository's name.
    pub fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// The repository's row, for operations on what must exist.
    pub(crate) fn existing(&self) -> Result<RepositoryId> {
        self.repository.ok_or(Error::NotFound(Noun::Repository))
    }
}

/// How a project is named in a path.
#[derive(Clone, Copy, Debug)]
pub enum ProjectRef<'a> {
    /// By its name.
    Name(&'a str),
    /// By its id.
    Id(ProjectId),
}

/// Asks for a permission in one repository.
pub async fn repository<P: ProjectPermission>(
    app: &App,
    caller: &Caller,
    name: &RepositoryName,
) -> Result<RepoGrant<P>> {
    let standing = match caller {
        Caller::Token(_) => shared_standing(app, name).await?,
        Caller::Direct(principal) => {
            let mut conn = app.db.read().await?;
            let user = principal.user_id();
            minato_db::project::standing(&mut conn, name.project(), Some(name.as_str()), user).await?
        }
    };
    let denied = Error::Denied { authenticated: caller.is_authenticated() };
    let Some(standing) = standing else { return Err(denied) };
    if !caller_holds(caller, name, &standing, P::RESOURCE, P::ACTION) {
        tracing::debug!(caller = caller.name(), repository = %name, permission = P::NAME, "denied");
        let pair = (P::RESOURCE, P::ACTION);
        audit::denied(app, caller.name(), pair, standing.project, name.as_str());
        return Err(denied);
    }
    Ok(RepoGrant {
        caller: caller.clone(),
        name: name.clone(),
        project: standing.project,
        repository: standing.repository,
        standing,
        permission: PhantomData,
    })
}

/// As [`repository`], for the management API: to who may see all, an unknown project is not there.
pub async fn repository_by_api<P: ProjectPermission>(
    app: &App,
    principal: &Principal,
    name: &RepositoryName,
) -> Result<RepoGrant<P>> {
    let grant = repository(app, &Caller::Direct(principal.clone()), name).await;
    if matches!(grant, Err(Error::Denied { .. })) && principal.is_sysadmin() {
        return Err(Error::NotFound(Noun::Project));
    }
    grant
}

/// Asks for a permission in a repository known to hold something, if the caller has it.
pub(crate) fn caller_holds(
    caller: &Caller,
    name: &RepositoryName,
    standing: &Standing,
    resource: Resource,
    action: Action,
) -> bool {
    match caller {
        Caller::Direct(principal) => principal_holds(principal, standing, resource, action),
        Caller::Token(claims) => token_holds(claims, name, standing.project, resource, action),
    }
}

/// Asks for a permission in one project. An unknown project looks like a forbidden one,
/// except to those who may see all.
pub async fn project<P: ProjectPermission>(
    app: &App,
    principal: &Principal,
    project: ProjectRef<'_>,
) -> Result<ProjectGrant<P>> {
    let mut conn = app.db.read().await?;
    let name = match project {
        ProjectRef::Name(name) => Some(name.to_owned()),
        ProjectRef::Id(id) => minato_db::project::name_of(&mut conn, id).await?,
    };
    let standing = match name {
        Some(name) => {
            let user = principal.user_id();
            minato_db::project::standing(&mut conn, &name, None, user).await?.map(|standing| (name, standing))
        }
        None => None,
    };
    let denied = Error::Denied { authenticated: principal.is_authenticated() };
    let Some((name, standing)) = standing else {
        return Err(if principal.is_sysadmin() { Error::NotFound(Noun::Project) } else { denied });
    };
    if !principal_holds(principal, &standing, P::RESOURCE, P::ACTION) {
        tracing::debug!(caller = principal.name(), project = %standing.project, permission = P::NAME, "denied");
        audit::denied(app, principal.name(), (P::RESOURCE, P::ACTION), standing.project, name);
        return Err(denied);
    }
    let (project, principal) = (standing.project, principal.clone());
    Ok(ProjectGrant { principal, project, name, standing, permission: PhantomData })
}

/// Asks for a permission on the system: system administrators hold all, robots what they were given.
pub fn system<P: SystemPermission>(app: &App, principal: &Principal) -> Result<SystemGrant<P>> {
    if !principal_holds_in_system(principal, P::RESOURCE, P::ACTION) {
        tracing::debug!(caller = principal.name(), permission = P::NAME, "denied");
        audit::denied_in_system(app, principal.name(), P::RESOURCE, P::ACTION);
        return Err(Error::Denied { authenticated: principal.is_authenticated() });
    }
    Ok(SystemGrant { principal: principal.clone(), permission: PhantomData })
}

/// Whether a principal holds a pair on the system.
fn principal_holds_in_system(principal: &Principal, resource: SystemResource, action: Action) -> bool {
    match principal {
        Principal::Robot(robot) => robot.holds_in_system(resource, action),
        Principal::User { sysadmin, .. } => *sysadmin,
        Principal::Anonymous => false,
    }
}

/// Asks whether the caller of the registry protocol may list all repositories. A token says so
/// with `registry:catalog:*`.
pub fn catalog(app: &App, caller: &Caller) -> Result<SystemGrant<CatalogRead>> {
    match caller {
        Caller::Direct(principal) => system(app, principal),
        Caller::Token(claims) if claims.grants("registry", "catalog", "*") => {
            Ok(SystemGrant { principal: Principal::Anonymous, permission: PhantomData })
        }
        Caller::Token(_) => Err(Error::Denied { authenticated: caller.is_authenticated() }),
    }
}

/// Asks for being signed in.
pub fn signed_in(principal: &Principal) -> Result<SignedIn> {
    if principal.is_authenticated() {
        Ok(SignedIn { principal: principal.clone() })
    } else {
        Err(Error::Denied { authenticated: false })
    }
}

/// Which projects a principal sees: lists are cut by it.
pub(crate) fn viewer(principal: &Principal) -> minato_db::project::Viewer {
    use minato_db::project::Viewer;
    let to_projects = |robot: &crate::principal::Robot| {
        let grants = robot.grants.iter().filter_map(|grant| match grant {
            RobotGrant::Project(scope, ..) => Some(*scope),
            RobotGrant::System(..) => None,
        });
        grants.collect::<Vec<_>>()
    };
    match principal {
        Principal::Anonymous => Viewer::Public,
        Principal::User { sysadmin: true, .. } => Viewer::All,
        Principal::User { id, .. } => Viewer::User(*id),
        Principal::Robot(robot) => {
            let scopes = to_projects(robot);
            if scopes.contains(&None) || robot.holds_in_system(SystemResource::Project, Action::List) {
                Viewer::All
            } else {
                Viewer::Projects(scopes.into_iter().flatten().collect())
            }
        }
    }
}

/// Takes note that everybody may.
pub fn public(principal: &Principal) -> Public {
    Public { principal: principal.clone() }
}

/// Whether a principal, by itself, holds a pair in a project.
pub(crate) fn principal_holds(
    principal: &Principal,
    standing: &Standing,
    resource: Resource,
    action: Action,
) -> bool {
    if let Principal::Robot(robot) = principal {
        return robot.holds(standing.project, resource, action)
            || (standing.public && roles::public_holds(resource, action));
    }
    principal.is_sysadmin()
        || standing.role.is_some_and(|role| roles::role_holds(role, resource, action))
        || (standing.public && roles::public_holds(resource, action))
}

/// Whether a token says so, and was issued for this very project.
fn token_holds(
    claims: &Claims,
    name: &RepositoryName,
    project: ProjectId,
    resource: Resource,
    action: Action,
) -> bool {
    resource == Resource::Repository
        && claims.access.iter().any(|access| {
            access.kind == "repository"
                && access.name == name.as_str()
                && access.project == Some(project.0)
                && access.actions.iter().any(|granted| granted == action.as_str())
        })
}

/// Where a repository stands, for a caller whose own role does not matter.
async fn shared_standing(app: &App, name: &RepositoryName) -> Result<Option<Standing>> {
    if let Some(known) = app.cache.standing(name) {
        return Ok(Some(known));
    }
    let version = app.cache.projects_version();
    let mut conn = app.db.read().await?;
    let found = minato_db::project::standing(&mut conn, name.project(), Some(name.as_str()), 0).await?;
    if let Some(standing) = found {
        app.cache.put_standing(name, version, standing);
    }
    Ok(found)
}
