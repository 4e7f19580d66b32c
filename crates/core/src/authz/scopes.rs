//! What of the asked scopes a token may carry.
//!
//! Granted is what was asked *and* is held. (Harbor hands out everything held in the
//! project, whatever was asked; that is a defect, listed in the differences.) What does
//! not exist, can't be named or is unknown gets no actions, never an error: the answer
//! to "does this exist?" must not depend on who asks.

use minato_types::name::RepositoryName;
use minato_types::permission::{Action, Resource};
use minato_types::token::{Access, Scope};

use super::{CatalogRead, principal_holds};
use crate::principal::Principal;
use crate::{App, Result};

/// The words that a token may carry for a repository.
const REPOSITORY_ACTIONS: [Action; 3] = [Action::Pull, Action::Push, Action::Delete];

/// Most scopes that one token may be asked for. docker asks for a few, one for each mount source.
const MAX_SCOPES: usize = 64;

/// Trims what was asked to what is held.
pub async fn trim(app: &App, principal: &Principal, asked: &[Scope]) -> Result<Vec<Access>> {
    let mut granted = Vec::with_capacity(asked.len().min(MAX_SCOPES));
    for scope in asked.iter().take(MAX_SCOPES) {
        let access = match scope.kind.as_str() {
            "repository" => repository(app, principal, scope).await?,
            "registry" => catalog(app, principal, scope),
            _ => nothing(scope),
        };
        granted.push(access);
    }
    Ok(granted)
}

async fn repository(app: &App, principal: &Principal, scope: &Scope) -> Result<Access> {
    let Ok(name) = scope.name.parse::<RepositoryName>() else { return Ok(nothing(scope)) };
    let mut conn = app.db.read().await?;
    let found = minato_db::project::standing(&mut conn, name.project(), None, principal.user_id()).await?;
    let Some(standing) = found else { return Ok(nothing(scope)) };
    let asked = |action: Action| scope.actions.iter().any(|word| word == action.as_str() || word == "*");
    let held = |action: Action| principal_holds(principal, &standing, Resource::Repository, action);
    let actions = REPOSITORY_ACTIONS.into_iter().filter(|&action| asked(action) && held(action));
    Ok(Access {
        actions: actions.map(|action| action.as_str().to_owned()).collect(),
        project: Some(standing.project.0),
        ..nothing(scope)
    })
}

fn catalog(app: &App, principal: &Principal, scope: &Scope) -> Access {
    let may = super::system::<CatalogRead>(app, principal).is_ok()
        && scope.name == "catalog"
        && scope.actions.iter().any(|word| word == "*");
    Access { actions: if may { vec!["*".to_owned()] } else { Vec::new() }, ..nothing(scope) }
}

fn nothing(scope: &Scope) -> Access {
    Access { kind: scope.kind.clone(), name: scope.name.clone(), actions: Vec::new(), project: None }
}
