//! Projects: making, showing, listing, deleting.

pub use minato_db::project::Detail;
use minato_types::id::ProjectId;
use minato_types::name::ProjectName;
use minato_types::permission::{Action, Resource};
use minato_types::project::Role;
use minato_types::query::Query;

use crate::audit::{self, Event, EventType};
use crate::authz::{self, ProjectDelete, ProjectGrant, ProjectRead, Public, SignedIn};
use crate::{App, Error, Noun, Result, Window, settings};

/// A window of a list, and how long the whole is.
pub struct Page<T> {
    /// What is in the window.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: i64,
}

/// Makes a project; who makes it becomes its owner and administrator.
pub async fn create(app: &App, who: &SignedIn, name: &ProjectName, public: bool) -> Result<ProjectId> {
    let outcome = add(app, who, name, public).await;
    let event = Event::new(EventType::CreateProject, name.as_str());
    let event = event.within(outcome.as_ref().map_or(ProjectId(0), |id| *id));
    audit::note(app, who.principal.name(), event, outcome.is_ok());
    outcome
}

async fn add(app: &App, who: &SignedIn, name: &ProjectName, public: bool) -> Result<ProjectId> {
    let crate::principal::Principal::User { id: owner, .. } = who.principal else {
        return Err(Error::Denied { authenticated: false });
    };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let id = match minato_db::project::insert(&mut tx, name, owner, public, now).await {
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("the project named {name} already exists")));
        }
        outcome => outcome?,
    };
    let hard = settings::current(app).await?.number("storage_per_project");
    minato_db::quota::insert(&mut tx, id, hard, now).await?;
    minato_db::member::insert_user(&mut tx, id, owner, Role::ProjectAdmin, now).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(id)
}

/// Shows a project.
pub async fn get(app: &App, grant: &ProjectGrant<ProjectRead>) -> Result<Detail> {
    let mut conn = app.db.read().await?;
    let user = grant.principal.user_id();
    minato_db::project::detail(&mut conn, grant.project, user).await?.ok_or(Error::NotFound(Noun::Project))
}

/// Whether there is a project of that name which the caller may see. (Harbor tells everybody who
/// is signed in about private projects as well.)
pub async fn exists(app: &App, who: &SignedIn, name: &str) -> Result<bool> {
    let mut conn = app.db.read().await?;
    let found = minato_db::project::standing(&mut conn, name, None, who.principal.user_id()).await?;
    let visible =
        |standing| authz::principal_holds(&who.principal, standing, Resource::Project, Action::Read);
    Ok(found.as_ref().is_some_and(visible))
}

/// Lists the projects that the caller may see, by name.
pub async fn list(app: &App, who: &Public, query: &Query, window: Window) -> Result<Page<Detail>> {
    let mut conn = app.db.read().await?;
    let viewer = authz::viewer(&who.principal);
    let (items, total) = minato_db::project::list(&mut conn, &viewer, query, window).await?;
    Ok(Page { items, total })
}

/// Deletes a project; refused while it has repositories.
pub async fn delete(app: &App, grant: &ProjectGrant<ProjectDelete>) -> Result<()> {
    let event = Event::new(EventType::DeleteProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, remove(app, grant)).await
}

async fn remove(app: &App, grant: &ProjectGrant<ProjectDelete>) -> Result<()> {
    let mut tx = app.db.begin().await?;
    minato_db::repository::delete_unpushed(&mut tx, grant.project).await?;
    match minato_db::project::delete(&mut tx, grant.project).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound(Noun::Project)),
        Err(minato_db::Error::Referenced) => {
            return Err(Error::Precondition(
                "the project contains repositories, can not be deleted; delete them first".to_owned(),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}
