//! Who is asking.

use std::sync::Arc;

use minato_types::id::{ProjectId, RobotId, UserId};
use minato_types::permission::{Action, Resource, SystemResource};
pub use minato_types::robot::RobotGrant;

use crate::token::Claims;

/// Somebody whose identity was proven, or nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// No credentials were given.
    Anonymous,
    /// A user who gave the right password.
    User {
        /// The account.
        id: UserId,
        /// Its name, for logs.
        name: String,
        /// Whether it is a system administrator.
        sysadmin: bool,
    },
    /// A robot that gave the right secret.
    Robot(Arc<Robot>),
}

/// A robot and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Robot {
    /// The account.
    pub id: RobotId,
    /// Its full name, prefix and project included.
    pub name: String,
    /// The project that it belongs to; the system's have none.
    pub project: Option<ProjectId>,
    /// What it was given.
    pub grants: Vec<RobotGrant>,
}

impl Robot {
    /// Whether it may do this in the system.
    pub(crate) fn holds_in_system(&self, resource: SystemResource, action: Action) -> bool {
        self.grants.contains(&RobotGrant::System(resource, action))
    }

    /// Whether it may do this in a project. Who may push may pull, if the robot is a project's own
    /// (as in Harbor).
    pub(crate) fn holds(&self, project: ProjectId, resource: Resource, action: Action) -> bool {
        let granted = |wanted: Action| {
            self.grants.iter().any(|grant| match grant {
                RobotGrant::Project(scope, r, a) => {
                    *r == resource && *a == wanted && scope.is_none_or(|scope| scope == project)
                }
                RobotGrant::System(..) => false,
            })
        };
        let pulls_by_push =
            resource == Resource::Repository && action == Action::Pull && self.project.is_some();
        granted(action) || (pulls_by_push && granted(Action::Push))
    }

    /// Whether it holds what another is to be given.
    pub(crate) fn covers(&self, wanted: RobotGrant) -> bool {
        match wanted {
            RobotGrant::System(resource, action) => self.holds_in_system(resource, action),
            RobotGrant::Project(Some(project), resource, action) => self.holds(project, resource, action),
            RobotGrant::Project(None, ..) => self.grants.contains(&wanted),
        }
    }
}

impl Principal {
    /// Whom something belongs to. By id, so that an account made later under the same name does
    /// not inherit it.
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::Anonymous => "nobody".to_owned(),
            Self::User { id, .. } => format!("user:{id}"),
            Self::Robot(robot) => format!("robot:{}", robot.id),
        }
    }

    /// The user's id for queries, where 0 is nobody or a robot.
    pub(crate) fn user_id(&self) -> i64 {
        match self {
            Self::Anonymous | Self::Robot(_) => 0,
            Self::User { id, .. } => id.0,
        }
    }

    /// Whether the caller has signed in.
    pub fn is_authenticated(&self) -> bool {
        !matches!(self, Self::Anonymous)
    }

    /// Whether the caller is a system administrator.
    pub fn is_sysadmin(&self) -> bool {
        matches!(self, Self::User { sysadmin: true, .. })
    }

    /// The name as logs show it; empty for nobody.
    pub fn name(&self) -> &str {
        match self {
            Self::Anonymous => "",
            Self::User { name, .. } => name,
            Self::Robot(robot) => &robot.name,
        }
    }
}

/// How a caller of the registry protocol proves who it is and what it may do.
#[derive(Clone, Debug)]
pub enum Caller {
    /// By itself: what it may do is looked up.
    Direct(Principal),
    /// By a token: what it may do was decided when the token was issued.
    Token(Arc<Claims>),
}

impl Caller {
    /// The name as logs show it; empty for nobody.
    pub fn name(&self) -> &str {
        match self {
            Self::Direct(principal) => principal.name(),
            Self::Token(claims) => &claims.sub,
        }
    }

    /// Whether the caller is somebody.
    pub fn is_authenticated(&self) -> bool {
        !self.name().is_empty()
    }

    /// Whether it is a scanner that does its work.
    pub(crate) fn is_scanner(&self) -> bool {
        matches!(self, Self::Token(claims) if claims.is_scanners())
    }

    /// Whom an upload session belongs to.
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::Direct(principal) => principal.owner(),
            Self::Token(claims) => claims.own.clone(),
        }
    }

    /// What tells this push from others that go on at the same time, as far as can be told: clients
    /// fetch a token for each push, but whoever comes without one may push many things at once.
    pub(crate) fn push(&self) -> String {
        match self {
            Self::Direct(principal) => principal.owner(),
            Self::Token(claims) => claims.jti.clone(),
        }
    }
}
