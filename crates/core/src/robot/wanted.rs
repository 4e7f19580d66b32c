//! What is asked for a robot, in Harbor's words, and what of it can be given.

use minato_types::id::ProjectId;
use minato_types::name::ProjectName;
use minato_types::permission::{Action, Resource, SystemResource};
use minato_types::robot::{Level, Owner, Permission, RobotGrant};

use crate::principal::{Principal, Robot};
use crate::{App, Error, Noun, Result, authz};

/// What is asked in one namespace.
pub struct WantedPermission {
    /// `system` or `project`.
    pub kind: String,
    /// `/`, the name of a project, or `*` for all of them.
    pub namespace: String,
    /// The pairs.
    pub access: Vec<WantedAccess>,
}

/// A pair that is asked for.
pub struct WantedAccess {
    /// What it is about.
    pub resource: String,
    /// What is done to it.
    pub action: String,
    /// `allow` or nothing.
    pub effect: String,
}

/// The name of the project that a project's robot is for: its one permission says it.
pub(super) fn only_namespace(wanted: &[WantedPermission]) -> Result<&str> {
    match wanted {
        [one] if one.kind == Level::Project.as_str() && one.namespace != "*" => Ok(&one.namespace),
        _ => Err(Error::invalid(
            "permissions",
            "bad request permission: a robot of a project has exactly one, of kind `project` with the project's name as namespace",
        )),
    }
}

/// Checks what is asked and finds the projects that it names. Each pair is kept once.
pub(super) async fn resolve(
    app: &App,
    principal: &Principal,
    owner: Owner,
    wanted: &[WantedPermission],
) -> Result<Vec<Permission>> {
    if wanted.is_empty() || wanted.iter().any(|permission| permission.access.is_empty()) {
        return Err(Error::invalid(
            "permissions",
            "bad request permission: name at least one access in each",
        ));
    }
    if owner != Owner::System {
        only_namespace(wanted)?;
    }
    // Only who may see all projects is told that there is none of that name.
    let unseen = |error| match (error, owner, principal) {
        (Error::NotFound(Noun::Project), Owner::Project(_), _) => moved(),
        (Error::NotFound(Noun::Project), Owner::System, Principal::Robot(_)) => beyond(),
        (error, ..) => error,
    };
    let projects = projects_of(app, wanted).await?;
    let mut permissions: Vec<Permission> = Vec::new();
    for permission in wanted {
        let scope = Scope::of(permission, &projects).map_err(unseen)?;
        for access in &permission.access {
            let grant = scope.grant(access)?;
            if !permissions.iter().any(|known| known.grant == grant) {
                let effect = access.effect.clone();
                permissions.push(Permission { grant, project_name: None, effect });
            }
        }
    }
    let in_other_project = |permission: &Permission| match (permission.grant, owner) {
        (RobotGrant::Project(project, ..), Owner::Project(own)) => project != Some(own),
        _ => false,
    };
    if permissions.iter().any(in_other_project) {
        return Err(moved());
    }
    if let Principal::Robot(robot) = principal
        && !permissions.iter().all(|permission| covers(robot, owner, permission.grant))
    {
        return Err(beyond());
    }
    Ok(permissions)
}

/// Whether a robot holds all that the grant means for a robot of `owner`: in a project's own robot,
/// push means pull as well.
fn covers(robot: &Robot, owner: Owner, grant: RobotGrant) -> bool {
    let implied = match (owner, grant) {
        (Owner::Project(_), RobotGrant::Project(project, Resource::Repository, Action::Push)) => {
            RobotGrant::Project(project, Resource::Repository, Action::Pull)
        }
        _ => grant,
    };
    robot.covers(grant) && robot.covers(implied)
}

fn moved() -> Error {
    Error::invalid("permissions", "a robot can't be moved to another project; make another robot")
}

fn beyond() -> Error {
    Error::Refused("a robot can't give more permissions than it has itself".to_owned())
}

async fn projects_of(app: &App, wanted: &[WantedPermission]) -> Result<Vec<(String, ProjectId)>> {
    let of_project = wanted.iter().filter(|permission| permission.kind == Level::Project.as_str());
    let names: Vec<ProjectName> =
        of_project.filter_map(|permission| permission.namespace.parse().ok()).collect();
    let mut conn = app.db.read().await?;
    Ok(minato_db::project::ids_of(&mut conn, &names).await?)
}

/// Where a permission is to hold.
enum Scope {
    System,
    Project(Option<ProjectId>),
}

impl Scope {
    fn of(wanted: &WantedPermission, projects: &[(String, ProjectId)]) -> Result<Self> {
        match (parse_kind(&wanted.kind)?, wanted.namespace.as_str()) {
            (Level::System, "/" | "*" | "") => Ok(Self::System),
            (Level::System, other) => {
                Err(Error::invalid("namespace", format!("is `{other}`, expected `/` for kind `system`")))
            }
            (Level::Project, "*") => Ok(Self::Project(None)),
            (Level::Project, name) => match projects.iter().find(|(known, _)| known == name) {
                Some((_, id)) => Ok(Self::Project(Some(*id))),
                None => Err(Error::NotFound(Noun::Project)),
            },
        }
    }

    fn grant(&self, access: &WantedAccess) -> Result<RobotGrant> {
        let WantedAccess { resource, action, effect } = access;
        if !matches!(effect.as_str(), "" | "allow") {
            return Err(Error::invalid("effect", format!("is `{effect}`, expected `allow`")));
        }
        let known = Action::from_name(action).and_then(|action| match self {
            Self::System => SystemResource::from_name(resource)
                .filter(|resource| authz::is_grantable_in_system(*resource, action))
                .map(|resource| RobotGrant::System(resource, action)),
            Self::Project(project) => Resource::from_name(resource)
                .filter(|resource| authz::is_grantable(*resource, action))
                .map(|resource| RobotGrant::Project(*project, resource, action)),
        });
        known.ok_or_else(|| {
            Error::invalid("permissions", format!("bad request permission: {resource}:{action}"))
        })
    }
}

fn parse_kind(text: &str) -> Result<Level> {
    let wrong = || Error::invalid("kind", format!("is `{text}`, expected `system` or `project`"));
    Level::from_name(text).ok_or_else(wrong)
}
