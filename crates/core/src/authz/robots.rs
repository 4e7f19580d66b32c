//! What robots may be given, and who may do what to robots.
//!
//! The tables are Harbor 2.16's: 70 pairs in the system, 70 in a project. A robot of the system
//! asks for a permission on the system, a robot of a project for one in that project; which it is
//! turns out when the robot is known, so the grant carries the owner that it holds for.

use std::marker::PhantomData;

use minato_types::id::RobotId;
use minato_types::permission::Action::{self, Create, Delete, List, Pull, Push, Read, Stop, Update};
use minato_types::permission::{Resource, SystemResource};
use minato_types::robot::Owner;

use super::{
    ProjectPermission, ProjectRead, ProjectRef, RobotCreate, RobotDelete, RobotList, RobotRead, RobotUpdate,
    SignedIn, SystemPermission, SystemRobotCreate, SystemRobotDelete, SystemRobotList, SystemRobotRead,
    SystemRobotUpdate,
};
use crate::principal::Principal;
use crate::{App, Error, Noun, Result};

const ALL: &[Action] = &[Create, Read, Update, Delete, List];

/// What a robot of the system may be given in the system.
const SYSTEM: &[(SystemResource, &[Action])] = &[
    (SystemResource::AuditLog, &[List]),
    (SystemResource::PreheatInstance, ALL),
    (SystemResource::Project, &[List, Create]),
    (SystemResource::ReplicationPolicy, ALL),
    (SystemResource::Replication, &[Read, Create, List]),
    (SystemResource::ReplicationAdapter, &[List]),
    (SystemResource::Registry, ALL),
    (SystemResource::ScanAll, &[Read, Update, Stop, Create]),
    (SystemResource::SystemVolumes, &[Read]),
    (SystemResource::GarbageCollection, &[Read, Create, List, Update, Stop]),
    (SystemResource::PurgeAudit, &[Read, Create, List, Update, Stop]),
    (SystemResource::JobServiceMonitor, &[List, Stop]),
    (SystemResource::Scanner, ALL),
    (SystemResource::Label, &[Read, Create, Delete, Update]),
    (SystemResource::SecurityHub, &[Read, List]),
    (SystemResource::Catalog, &[Read]),
    (SystemResource::Quota, &[Read, List, Update]),
    (SystemResource::Robot, &[Read, Create, List, Delete]),
    (SystemResource::User, ALL),
    (SystemResource::LdapUser, &[Create, List]),
    (SystemResource::UserGroup, ALL),
];

/// What a robot may be given in a project.
const PROJECT: &[(Resource, &[Action])] = &[
    (Resource::Log, &[List]),
    (Resource::Project, &[Read, Delete, Update]),
    (Resource::Metadata, ALL),
    (Resource::Repository, &[Read, Update, Delete, List, Pull, Push]),
    (Resource::Artifact, &[Read, Create, List, Delete]),
    (Resource::Scan, &[Create, Read, Stop]),
    (Resource::Sbom, &[Create, Read, Stop]),
    (Resource::Tag, &[Create, List, Delete]),
    (Resource::Accessory, &[List]),
    (Resource::ArtifactAddition, &[Read]),
    (Resource::ArtifactLabel, &[Create, Delete]),
    (Resource::Scanner, &[Create, Read]),
    (Resource::PreheatPolicy, ALL),
    (Resource::ImmutableTag, &[Create, Delete, List, Update]),
    (Resource::NotificationPolicy, ALL),
    (Resource::TagRetention, ALL),
    (Resource::Label, ALL),
    (Resource::Quota, &[Read]),
    (Resource::Robot, &[Read, Create, List, Delete]),
    (Resource::ExportCve, &[Create, Read]),
    (Resource::Member, ALL),
];

/// Everything that robots may be given, as far as the caller may know of it.
pub struct Catalogue {
    /// In the system; empty for who can't make robots of the system.
    pub system: Vec<(SystemResource, Action)>,
    /// In a project.
    pub project: Vec<(Resource, Action)>,
}

/// May do `P` to the robots of one owner.
pub struct RobotsGrant<P> {
    pub(crate) principal: Principal,
    pub(crate) owner: Owner,
    permission: PhantomData<P>,
}

/// A permission on robots, which is spoken of in the system and in projects alike.
pub trait OfRobots: ProjectPermission {
    /// Its counterpart in the system.
    type InSystem: SystemPermission;
}

impl OfRobots for RobotList {
    type InSystem = SystemRobotList;
}

impl OfRobots for RobotCreate {
    type InSystem = SystemRobotCreate;
}

impl OfRobots for RobotRead {
    type InSystem = SystemRobotRead;
}

impl OfRobots for RobotUpdate {
    type InSystem = SystemRobotUpdate;
}

impl OfRobots for RobotDelete {
    type InSystem = SystemRobotDelete;
}

/// Asks for a permission on the robots of the system, or of a project.
pub async fn robots<P: OfRobots>(
    app: &App,
    principal: &Principal,
    project: Option<ProjectRef<'_>>,
) -> Result<RobotsGrant<P>> {
    let owner = match project {
        None => {
            super::system::<P::InSystem>(app, principal)?;
            Owner::System
        }
        Some(project) => Owner::Project(super::project::<P>(app, principal, project).await?.project),
    };
    Ok(RobotsGrant { principal: principal.clone(), owner, permission: PhantomData })
}

/// Asks for a permission on the robot with this id. One of a project that the caller may not see
/// looks like one that is not there.
pub async fn robot<P: OfRobots>(app: &App, principal: &Principal, id: RobotId) -> Result<RobotsGrant<P>> {
    super::signed_in(principal)?;
    let mut conn = app.db.read().await?;
    let owner = minato_db::robot::owner(&mut conn, id).await?.ok_or(Error::NotFound(Noun::Robot))?;
    drop(conn);
    let project = owner.project().map(ProjectRef::Id);
    match (robots(app, principal, project).await, project) {
        (Err(Error::Denied { .. } | Error::NotFound(Noun::Project)), Some(project)) => {
            let sees = super::project::<ProjectRead>(app, principal, project).await.is_ok();
            Err(if sees { Error::Denied { authenticated: true } } else { Error::NotFound(Noun::Robot) })
        }
        (outcome, _) => outcome,
    }
}

/// Tells what robots may be given: to system administrators all of it, to who administers a project
/// what a project's robots may be given.
pub async fn catalogue(app: &App, who: &SignedIn) -> Result<Catalogue> {
    let project = pairs(PROJECT).collect();
    let Principal::User { id, sysadmin, .. } = &who.principal else {
        return Err(Error::Denied { authenticated: true });
    };
    if *sysadmin {
        return Ok(Catalogue { system: pairs(SYSTEM).collect(), project });
    }
    let mut conn = app.db.read().await?;
    if minato_db::member::administers_any(&mut conn, *id).await? {
        return Ok(Catalogue { system: Vec::new(), project });
    }
    Err(Error::Denied { authenticated: true })
}

/// Whether a robot may be given the pair in a project.
pub(crate) fn is_grantable(resource: Resource, action: Action) -> bool {
    pairs(PROJECT).any(|pair| pair == (resource, action))
}

/// Whether a robot of the system may be given the pair in the system.
pub(crate) fn is_grantable_in_system(resource: SystemResource, action: Action) -> bool {
    pairs(SYSTEM).any(|pair| pair == (resource, action))
}

fn pairs<R: Copy>(table: &'static [(R, &'static [Action])]) -> impl Iterator<Item = (R, Action)> {
    table.iter().flat_map(|(resource, actions)| actions.iter().map(|action| (*resource, *action)))
}

/// The tables as the documentation has them.
#[cfg(test)]
pub(super) fn rendered() -> String {
    let row = |name: &str, actions: &[Action]| {
        let words: Vec<&str> = actions.iter().map(|action| action.as_str()).collect();
        format!("| {name} | {} |", words.join(", "))
    };
    let project: Vec<String> = PROJECT.iter().map(|(of, actions)| row(of.as_str(), actions)).collect();
    let system: Vec<String> = SYSTEM.iter().map(|(of, actions)| row(of.as_str(), actions)).collect();
    format!(
        "\n## Robots\n\n\
         A robot may be given these pairs in a project, or in all of them; a robot of a project only in its\n\
         own. There, who may push may pull.\n\n\
         | resource | actions |\n|---|---|\n{}\n\n\
         A robot of the system may be given these in the system, too:\n\n\
         | resource | actions |\n|---|---|\n{}\n",
        project.join("\n"),
        system.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_harbors_size() {
        assert_eq!((pairs(SYSTEM).count(), pairs(PROJECT).count()), (70, 70));
    }

    #[test]
    fn no_pair_stands_twice() {
        for (i, pair) in pairs(PROJECT).enumerate() {
            assert!(!pairs(PROJECT).skip(i + 1).any(|other| other == pair), "{pair:?}");
        }
        for (i, pair) in pairs(SYSTEM).enumerate() {
            assert!(!pairs(SYSTEM).skip(i + 1).any(|other| other == pair), "{pair:?}");
        }
    }
}
