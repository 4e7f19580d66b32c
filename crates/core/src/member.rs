//! Members of projects: who has which role. A change holds from the next request on.

use minato_db::Tx;
use minato_types::id::{GroupId, MemberId, UserId};
use minato_types::member::{Entity, Member};
use minato_types::project::Role;
use minato_types::query::Query;
use minato_types::usergroup::GroupKind;

use crate::audit::{self, Event, EventType};
use crate::authz::{MemberCreate, MemberDelete, MemberList, MemberRead, MemberUpdate, ProjectGrant};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// Who shall become a member.
#[derive(Clone, Debug)]
pub enum Candidate {
    /// The user with this id.
    UserId(UserId),
    /// The user of this name.
    Username(String),
    /// The group with this id.
    GroupId(GroupId),
    /// The group that a directory knows by this name.
    GroupDn(String),
    /// The group of this name and kind.
    GroupName(String, GroupKind),
}

/// Lists a project's members by name.
pub async fn list(
    app: &App,
    grant: &ProjectGrant<MemberList>,
    query: &Query,
    window: Window,
) -> Result<Page<Member>> {
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::member::list(&mut conn, grant.project, query, window).await?;
    Ok(Page { items, total })
}

/// Shows a member.
pub async fn get(app: &App, grant: &ProjectGrant<MemberRead>, id: MemberId) -> Result<Member> {
    let mut conn = app.db.read().await?;
    minato_db::member::get(&mut conn, grant.project, id).await?.ok_or(Error::NotFound(Noun::Member))
}

/// Makes a user or a group a member.
pub async fn create(
    app: &App,
    grant: &ProjectGrant<MemberCreate>,
    candidate: &Candidate,
    role: Role,
) -> Result<MemberId> {
    let event =
        Event::new(EventType::CreateMember, grant.name.as_str()).within(grant.project).told(role.name());
    audit::of(app, grant.principal.name(), event, async {
        let mut tx = app.db.begin().await?;
        let entity = find(&mut tx, candidate).await?;
        let id = match minato_db::member::insert(&mut tx, grant.project, entity, role, app.clock.now()).await
        {
            Err(minato_db::Error::Conflict) => {
                let who = "the project member already exists; change its role instead";
                return Err(Error::Conflict(who.to_owned()));
            }
            // The project was deleted meanwhile.
            Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
            outcome => outcome?,
        };
        tx.commit().await?;
        app.cache.projects_changed();
        Ok(id)
    })
    .await
}

/// Gives a member another role.
pub async fn set_role(app: &App, grant: &ProjectGrant<MemberUpdate>, id: MemberId, role: Role) -> Result<()> {
    let event = Event::new(EventType::UpdateMember, format!("{}/members/{id}", grant.name))
        .within(grant.project)
        .told(role.name());
    audit::of(app, grant.principal.name(), event, async {
        let mut tx = app.db.begin().await?;
        if !minato_db::member::update_role(&mut tx, grant.project, id, role).await? {
            return Err(Error::NotFound(Noun::Member));
        }
        tx.commit().await?;
        app.cache.projects_changed();
        Ok(())
    })
    .await
}

/// Removes a member.
pub async fn delete(app: &App, grant: &ProjectGrant<MemberDelete>, id: MemberId) -> Result<()> {
    let event =
        Event::new(EventType::DeleteMember, format!("{}/members/{id}", grant.name)).within(grant.project);
    audit::of(app, grant.principal.name(), event, async {
        let mut tx = app.db.begin().await?;
        if !minato_db::member::delete(&mut tx, grant.project, id).await? {
            return Err(Error::NotFound(Noun::Member));
        }
        tx.commit().await?;
        app.cache.projects_changed();
        Ok(())
    })
    .await
}

async fn find(tx: &mut Tx, candidate: &Candidate) -> Result<Entity> {
    let user = |id: Option<UserId>| id.map(Entity::User).ok_or(Error::NotFound(Noun::User));
    let group = |id: Option<GroupId>| id.map(Entity::Group).ok_or(Error::NotFound(Noun::Group));
    match candidate {
        Candidate::UserId(id) => user(minato_db::user::get(tx, *id).await?.map(|user| user.id)),
        Candidate::Username(name) => {
            let found = minato_db::user::get_by_name(tx, name).await?;
            user(found.map(|credentials| credentials.user.id))
        }
        Candidate::GroupId(id) => group(minato_db::usergroup::get(tx, *id).await?.map(|group| group.id)),
        Candidate::GroupDn(dn) => group(minato_db::usergroup::get_by_dn(tx, dn).await?.map(|group| group.id)),
        Candidate::GroupName(name, kind) => {
            let found = minato_db::usergroup::get_by_name(tx, name).await?;
            group(found.filter(|group| group.kind == *kind).map(|group| group.id))
        }
    }
}
