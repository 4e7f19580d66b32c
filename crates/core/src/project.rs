//! Projects: making, showing, listing, changing, deleting.

use std::collections::BTreeMap;

use minato_db::Tx;
pub use minato_db::project::Detail;
use minato_types::id::{ProjectId, UserId};
use minato_types::name::ProjectName;
use minato_types::permission::{Action, Resource};
use minato_types::project::Role;
use minato_types::query::Query;

use crate::allowlist::NewAllowlist;
use crate::audit::{self, Event, EventType};
use crate::authz::{
    self, ProjectDelete, ProjectGrant, ProjectRead, ProjectUpdate, Public, SignedIn, SystemProjectCreate,
};
use crate::metadata::Settings;
use crate::principal::Principal;
use crate::{App, Error, Noun, Result, Window, deletion, quota, retention, settings, webhook};

/// A window of a list, and how long the whole is.
pub struct Page<T> {
    /// What is in the window.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: i64,
}

/// A project to be made.
#[derive(Debug)]
pub struct NewProject {
    /// Its name.
    pub name: ProjectName,
    /// Its settings, `public` among them.
    pub metadata: BTreeMap<String, String>,
    /// The vulnerabilities that it puts up with.
    pub allowlist: Option<NewAllowlist>,
    /// What it may use, in bytes: -1 for no limit, 0 for what is configured, as in Harbor. Counts only when
    /// a system administrator says it.
    pub storage_limit: Option<i64>,
}

/// Makes a project; who makes it becomes its owner and administrator. What a robot makes belongs to
/// the first system administrator, as in Harbor.
pub async fn create(app: &App, who: &SignedIn, new: &NewProject) -> Result<ProjectId> {
    let outcome = add(app, who, new).await;
    let event = Event::new(EventType::CreateProject, new.name.as_str());
    let event = event.within(outcome.as_ref().map_or(ProjectId(0), |id| *id));
    audit::note(app, who.principal.name(), event, outcome.is_ok());
    outcome
}

async fn add(app: &App, who: &SignedIn, new: &NewProject) -> Result<ProjectId> {
    let values = settings::current(app).await?;
    let owner = owner(app, &who.principal, &values.text("project_creation_restriction")).await?;
    let asked = new.storage_limit.filter(|bytes| *bytes != 0 && who.principal.is_sysadmin());
    let hard = match asked {
        Some(bytes) => quota::check_limit("storage_limit", bytes)?,
        None => values.number("storage_per_project"),
    };
    let chosen = Settings::check(&new.metadata)?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let public = chosen.public.unwrap_or(false);
    let id = match minato_db::project::insert(&mut tx, &new.name, owner, public, now).await {
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("the project named {} already exists", new.name)));
        }
        outcome => outcome?,
    };
    minato_db::quota::insert(&mut tx, id, hard, now).await?;
    minato_db::member::insert_user(&mut tx, id, owner, Role::ProjectAdmin, now).await?;
    store_in(app, &mut tx, id, &chosen, new.allowlist.as_ref()).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(id)
}

/// Whom a new project belongs to, if the principal may make one.
async fn owner(app: &App, principal: &Principal, restriction: &str) -> Result<UserId> {
    match principal {
        Principal::Anonymous => Err(Error::Denied { authenticated: false }),
        Principal::User { sysadmin: false, .. } if restriction == "adminonly" => {
            Err(Error::Denied { authenticated: true })
        }
        Principal::User { id, .. } => Ok(*id),
        Principal::Robot(_) => {
            authz::system::<SystemProjectCreate>(app, principal)?;
            let mut conn = app.db.read().await?;
            let first = minato_db::user::first_sysadmin(&mut conn).await?;
            first.ok_or_else(|| Error::internal("there is no system administrator"))
        }
    }
}

/// Writes settings and allowlist of a project.
async fn store_in(
    app: &App,
    tx: &mut Tx,
    id: ProjectId,
    chosen: &Settings,
    allowlist: Option<&NewAllowlist>,
) -> Result<()> {
    chosen.store_in(tx, id).await?;
    if let Some(list) = allowlist {
        list.check()?;
        minato_db::allowlist::upsert(tx, id, &list.items, list.expires_at, app.clock.now()).await?;
    }
    Ok(())
}

/// Changes settings of a project, and replaces its allowlist; what is not given stays.
pub async fn update(
    app: &App,
    grant: &ProjectGrant<ProjectUpdate>,
    metadata: &BTreeMap<String, String>,
    allowlist: Option<&NewAllowlist>,
) -> Result<()> {
    let event = Event::new(EventType::UpdateProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, async {
        let chosen = Settings::check(metadata)?;
        let mut tx = app.db.begin().await?;
        if !minato_db::project::update(&mut tx, grant.project, chosen.public, app.clock.now()).await? {
            return Err(Error::NotFound(Noun::Project));
        }
        store_in(app, &mut tx, grant.project, &chosen, allowlist).await?;
        tx.commit().await?;
        app.cache.projects_changed();
        Ok(())
    })
    .await
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

/// What a project holds, as far as the caller may know.
pub struct Summary {
    /// Repositories with at least one push.
    pub repositories: i64,
    /// Members by role; `None` when the caller may not see members.
    pub members: Option<Vec<(Role, i64)>>,
    /// Limit and use in bytes; `None` when the caller may not see them.
    pub quota: Option<(i64, i64)>,
}

/// Sums a project up.
pub async fn summary(app: &App, grant: &ProjectGrant<ProjectRead>) -> Result<Summary> {
    let mut conn = app.db.read().await?;
    let repositories = minato_db::project::count_repositories(&mut conn, grant.project).await?;
    let members = if grant.holds(Resource::Member, Action::List) {
        Some(minato_db::member::count_by_role(&mut conn, grant.project).await?)
    } else {
        None
    };
    let quota = if grant.holds(Resource::Quota, Action::Read) {
        minato_db::quota::usage(&mut conn, grant.project).await?
    } else {
        None
    };
    Ok(Summary { repositories, members, quota })
}

/// Why a project with repositories can't be deleted.
const HOLDS_REPOSITORIES: &str = "the project contains repositories, can not be deleted; delete them first";

/// What keeps a project from being deleted, if anything does.
pub async fn obstacle(app: &App, grant: &ProjectGrant<ProjectDelete>) -> Result<Option<&'static str>> {
    let mut conn = app.db.read().await?;
    let repositories = minato_db::project::count_repositories(&mut conn, grant.project).await?;
    Ok((repositories > 0).then_some(HOLDS_REPOSITORIES))
}

/// Deletes a project with its members, robots, labels, rules and quota; refused while it has
/// repositories.
pub async fn delete(app: &App, grant: &ProjectGrant<ProjectDelete>) -> Result<()> {
    let event = Event::new(EventType::DeleteProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, remove(app, grant)).await
}

async fn remove(app: &App, grant: &ProjectGrant<ProjectDelete>) -> Result<()> {
    let mut tx = app.db.begin().await?;
    retention::remove_in(&mut tx, grant.project).await?;
    webhook::remove_in(&mut tx, grant.project).await?;
    deletion::remove_in(&mut tx, app, grant.project).await?;
    minato_db::repository::delete_unpushed(
        &mut tx,
        grant.project,
        app.clock.now().plus(app.startup.gc.delay),
    )
    .await?;
    match minato_db::project::delete(&mut tx, grant.project).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound(Noun::Project)),
        Err(minato_db::Error::Referenced) => {
            return Err(Error::Precondition(HOLDS_REPOSITORIES.to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}
