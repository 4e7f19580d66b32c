//! Robot accounts: making, showing, changing, new secrets, deleting.
//!
//! Nobody gets more by making a robot: what it may be given is Harbor's list
//! (`authz::robots`), a project's robot gets it in its own project only, and a robot that makes
//! another hands on no more than it holds itself.

mod wanted;

use minato_db::robot::NewRobot;
use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RobotId};
use minato_types::query::{Pattern, Query};
use minato_types::robot::{Creator, Level, Lifetime, Owner, Robot, RobotName, full_name};
use minato_types::secret::Secret;
use minato_types::user::is_acceptable_password;
pub use wanted::{WantedAccess, WantedPermission};

use crate::audit::{self, Event, EventType};
use crate::authn::password;
use crate::authz::{
    self, ProjectRef, RobotCreate, RobotDelete, RobotList, RobotRead, RobotUpdate, RobotsGrant, SignedIn,
};
use crate::principal::Principal;
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window, settings};

/// Letters of a made-up secret (187 bits).
const SECRET_LENGTH: usize = 32;
/// Most characters of a description; as many as Harbor keeps.
const MAX_DESCRIPTION: usize = 1024;

/// A robot as it is shown.
pub struct Detail {
    /// The account.
    pub robot: Robot,
    /// The name to sign in with.
    pub full_name: String,
}

/// A robot just made.
pub struct Created {
    /// Row id.
    pub id: RobotId,
    /// The name to sign in with.
    pub full_name: String,
    /// Its secret, which is not shown again.
    pub secret: Secret,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, in seconds since the epoch; -1 for never.
    pub expires_at: i64,
}

/// What is asked for a new robot, in Harbor's words.
pub struct Wanted {
    /// `system` or `project`.
    pub level: String,
    /// Its own name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Whether it may not sign in for now.
    pub disabled: bool,
    /// Days, or -1; nothing for the system's default.
    pub duration: Option<i64>,
    /// What it is to be given.
    pub permissions: Vec<WantedPermission>,
}

/// What is asked to be changed of a robot.
pub struct Change {
    /// Its level; it can't be changed.
    pub level: Option<String>,
    /// Its full name; it can't be changed.
    pub name: Option<String>,
    /// Free text.
    pub description: String,
    /// Whether it may not sign in for now.
    pub disabled: bool,
    /// Days, or -1; nothing to keep it.
    pub duration: Option<i64>,
    /// What it may do from now on; nothing to keep it.
    pub permissions: Option<Vec<WantedPermission>>,
}

/// Lists the robots of the system, or with `Level=project,ProjectID=1` those of a project.
pub async fn list(app: &App, who: &SignedIn, mut query: Query, window: Window) -> Result<Page<Detail>> {
    let (level, project) = (query.take("Level"), query.take("ProjectID"));
    let owner = match level {
        None => None,
        Some(Pattern::Equal(level)) => match parse_level(&level)? {
            Level::System => None,
            Level::Project => Some(asked_project(project)?),
        },
        Some(_) => return Err(Error::invalid("q", "`Level` must be `system` or `project`")),
    };
    let grant = authz::robots::<RobotList>(app, &who.principal, owner.map(ProjectRef::Id)).await?;
    let prefix = prefix(app).await?;
    let mut conn = app.db.read().await?;
    let (robots, total) = minato_db::robot::list(&mut conn, grant.owner, &query, window).await?;
    let items = robots.into_iter().map(|robot| detail(robot, &prefix)).collect();
    Ok(Page { items, total })
}

/// Shows a robot.
pub async fn get(app: &App, grant: &RobotsGrant<RobotRead>, id: RobotId) -> Result<Detail> {
    let prefix = prefix(app).await?;
    let mut conn = app.db.read().await?;
    let found = minato_db::robot::get(&mut conn, grant.owner, id).await?;
    Ok(detail(found.ok_or(Error::NotFound(Noun::Robot))?, &prefix))
}

/// Makes a robot, with a secret that is told only now.
pub async fn create(app: &App, who: &SignedIn, wanted: &Wanted) -> Result<Created> {
    let settings = settings::current(app).await?;
    let prefix = settings.text("robot_name_prefix");
    let permitted = permit(app, who, wanted).await;
    let event = match &permitted {
        Ok((grant, project)) => {
            noted(EventType::CreateRobot, grant.owner, full_name(&prefix, *project, &wanted.name))
        }
        Err(_) => Event::new(EventType::CreateRobot, wanted.name.as_str()),
    };
    audit::of(app, who.principal.name(), event, async {
        let (grant, project) = permitted?;
        let name: RobotName = wanted.name.parse().map_err(|why| invalid("name", &why))?;
        check_description(&wanted.description)?;
        let days = wanted.duration.unwrap_or_else(|| settings.number("robot_token_duration"));
        let duration = Lifetime::from_days(days).map_err(|why| invalid("duration", &why))?;
        let permissions = wanted::resolve(app, &who.principal, grant.owner, &wanted.permissions).await?;
        let secret = password::generate(SECRET_LENGTH)?;
        let now = app.clock.now();
        let new = NewRobot {
            owner: grant.owner,
            name: &name,
            description: &wanted.description,
            secret_hash: &password::hash_in_background(&secret).await?,
            duration,
            disabled: wanted.disabled,
            creator: creator(&grant.principal)?,
        };
        let mut tx = app.db.begin().await?;
        let id = match minato_db::robot::insert(&mut tx, &new, now).await {
            Err(minato_db::Error::Conflict) => {
                return Err(Error::Conflict(format!("the robot account named {name} already exists")));
            }
            outcome => outcome.map_err(gone)?,
        };
        minato_db::robot::set_permissions(&mut tx, id, &permissions).await.map_err(gone)?;
        tx.commit().await?;
        let full_name = full_name(&prefix, project, name.as_str());
        Ok(Created { id, full_name, secret, created_at: now, expires_at: duration.ends_at(now) })
    })
    .await
}

/// Decides whether a robot may be made; of a project with that project's name.
async fn permit<'a>(
    app: &App,
    who: &SignedIn,
    wanted: &'a Wanted,
) -> Result<(RobotsGrant<RobotCreate>, Option<&'a str>)> {
    let project = match parse_level(&wanted.level)? {
        Level::System => None,
        Level::Project => Some(wanted::only_namespace(&wanted.permissions)?),
    };
    Ok((authz::robots(app, &who.principal, project.map(ProjectRef::Name)).await?, project))
}

/// What is noted of a robot: of a project's where the project's administrators see it.
fn noted(kind: EventType, owner: Owner, name: String) -> Event {
    match owner {
        Owner::System => Event::new(kind, name),
        Owner::Project(project) => Event::new(kind, name).within(project),
    }
}

/// Changes a robot. When it ends is counted anew from when it was made.
pub async fn update(app: &App, grant: &RobotsGrant<RobotUpdate>, id: RobotId, change: &Change) -> Result<()> {
    let prefix = prefix(app).await?;
    let mut conn = app.db.read().await?;
    let found = minato_db::robot::get(&mut conn, grant.owner, id).await?;
    drop(conn);
    let mut robot = found.ok_or(Error::NotFound(Noun::Robot))?;
    let other = |asked: &Option<String>, is: &str| asked.as_ref().is_some_and(|asked| asked != is);
    if other(&change.level, robot.level().as_str()) || other(&change.name, &robot.full_name(&prefix)) {
        return Err(Error::invalid("name", "level and name of a robot can't be changed; make another robot"));
    }
    check_description(&change.description)?;
    if let Some(days) = change.duration {
        robot.duration = Lifetime::from_days(days).map_err(|why| invalid("duration", &why))?;
    }
    robot.description.clone_from(&change.description);
    robot.disabled = change.disabled;
    let permissions = match &change.permissions {
        Some(wanted) => Some(wanted::resolve(app, &grant.principal, grant.owner, wanted).await?),
        None => None,
    };
    let mut tx = app.db.begin().await?;
    if !minato_db::robot::update(&mut tx, grant.owner, &robot, app.clock.now()).await? {
        return Err(Error::NotFound(Noun::Robot));
    }
    if let Some(permissions) = permissions {
        minato_db::robot::set_permissions(&mut tx, id, &permissions).await.map_err(gone)?;
    }
    tx.commit().await?;
    Ok(())
}

/// Gives a robot a new secret: the given one, or one made up, which is returned.
pub async fn refresh(
    app: &App,
    grant: &RobotsGrant<RobotUpdate>,
    id: RobotId,
    given: Option<Secret>,
) -> Result<Option<Secret>> {
    if given.as_ref().is_some_and(|secret| !is_acceptable_password(secret.expose())) {
        return Err(Error::invalid(
            "secret",
            "needs 8 to 128 characters with an upper-case letter, a lower-case letter and a digit",
        ));
    }
    let made_up = if given.is_none() { Some(password::generate(SECRET_LENGTH)?) } else { None };
    let Some(secret) = given.as_ref().or(made_up.as_ref()) else { return Ok(None) };
    let hash = password::hash_in_background(secret).await?;
    let now = app.clock.now();
    let old_until = now.plus(app.startup.robot_secret_overlap);
    let mut tx = app.db.begin().await?;
    if !minato_db::robot::update_secret(&mut tx, grant.owner, id, &hash, old_until, now).await? {
        return Err(Error::NotFound(Noun::Robot));
    }
    tx.commit().await?;
    Ok(made_up)
}

/// Deletes a robot; it can't sign in from then on.
pub async fn delete(app: &App, grant: &RobotsGrant<RobotDelete>, id: RobotId) -> Result<()> {
    // The database may be away: that somebody tried is noted all the same.
    let called = async {
        let prefix = prefix(app).await?;
        let found = minato_db::robot::get(&mut app.db.read().await?, grant.owner, id).await?;
        Ok::<_, Error>(found.map(|robot| robot.full_name(&prefix)))
    };
    let name = called.await.ok().flatten().unwrap_or_else(|| id.to_string());
    let event = noted(EventType::DeleteRobot, grant.owner, name);
    audit::of(app, grant.principal.name(), event, async {
        let mut tx = app.db.begin().await?;
        if !minato_db::robot::delete(&mut tx, grant.owner, id).await? {
            return Err(Error::NotFound(Noun::Robot));
        }
        tx.commit().await?;
        Ok(())
    })
    .await
}

async fn prefix(app: &App) -> Result<String> {
    Ok(settings::current(app).await?.text("robot_name_prefix"))
}

fn detail(robot: Robot, prefix: &str) -> Detail {
    Detail { full_name: robot.full_name(prefix), robot }
}

fn invalid(field: &'static str, why: &impl ToString) -> Error {
    Error::invalid(field, why.to_string())
}

/// A project that was deleted while its robot was being written.
fn gone(error: minato_db::Error) -> Error {
    match error {
        minato_db::Error::Referenced => Error::NotFound(Noun::Project),
        error => error.into(),
    }
}

fn creator(principal: &Principal) -> Result<Creator> {
    match principal {
        Principal::User { id, .. } => Ok(Creator::User(*id)),
        Principal::Robot(robot) => Ok(Creator::Robot(robot.id)),
        Principal::Anonymous => Err(Error::Denied { authenticated: false }),
    }
}

fn check_description(text: &str) -> Result<()> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Error::invalid("description", format!("may have at most {MAX_DESCRIPTION} characters")));
    }
    Ok(())
}

fn parse_level(text: &str) -> Result<Level> {
    let wrong = || Error::invalid("level", format!("is `{text}`, expected `system` or `project`"));
    Level::from_name(text).ok_or_else(wrong)
}

fn asked_project(pattern: Option<Pattern>) -> Result<ProjectId> {
    let id = match pattern {
        Some(Pattern::Equal(text)) => text.parse().ok().map(ProjectId),
        _ => None,
    };
    id.ok_or_else(|| Error::invalid("q", "with `Level=project`, add the project as `ProjectID=<number>`"))
}
