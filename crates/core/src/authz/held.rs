//! What somebody may do, told to itself: a console shows its parts by it. Never asked when it is
//! decided whether something may be done.

use minato_types::id::ProjectId;
use minato_types::permission::{Action, Resource};

use super::{SignedIn, principal_holds, principal_holds_in_system, roles};
use crate::{App, Result};

/// A pair that the caller holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Harbor's word for the resource; empty for the project itself.
    pub resource: &'static str,
    /// What may be done to it.
    pub action: Action,
}

/// The pairs that the caller holds in a project, or on the system. In a project that does not exist
/// nobody holds any.
pub async fn held(app: &App, who: &SignedIn, project: Option<ProjectId>) -> Result<Vec<Held>> {
    let principal = &who.principal;
    let Some(project) = project else {
        let pairs = roles::SYSTEM.iter().flat_map(|(resource, actions)| {
            let held =
                actions.iter().filter(|&&action| principal_holds_in_system(principal, *resource, action));
            held.map(|&action| Held { resource: resource.as_str(), action })
        });
        return Ok(pairs.collect());
    };
    let mut conn = app.db.read().await?;
    let Some(name) = minato_db::project::name_of(&mut conn, project).await? else { return Ok(Vec::new()) };
    let standing = minato_db::project::standing(&mut conn, &name, None, principal.user_id()).await?;
    let Some(standing) = standing else { return Ok(Vec::new()) };
    let pairs = roles::MATRIX.iter().flat_map(|(resource, actions, _)| {
        let held = actions.iter().filter(|&&action| principal_holds(principal, &standing, *resource, action));
        let resource = if *resource == Resource::Project { "" } else { resource.as_str() };
        held.map(move |&action| Held { resource, action })
    });
    Ok(pairs.collect())
}
