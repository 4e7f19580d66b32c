//! Labels: for everybody or for one project, and on artifacts.
//!
//! The path of a label does not say whose it is, so who may touch it is asked here, once its row
//! tells. A label that the caller may not see is not there.

use minato_db::Tx;
pub use minato_db::label::LabelText;
use minato_types::id::{ArtifactId, LabelId, ProjectId, RepositoryId};
use minato_types::label::Label;
use minato_types::query::Query;
use minato_types::reference::Reference;

use crate::authz::{
    self, ArtifactLabelCreate, ArtifactLabelDelete, LabelCreate, LabelDelete, LabelList, LabelRead,
    LabelUpdate, ProjectPermission, ProjectRef, Public, RepoGrant, SystemLabelCreate, SystemLabelDelete,
    SystemLabelUpdate, SystemPermission,
};
use crate::principal::Principal;
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// Whose labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Global,
    /// One project's.
    Project(ProjectId),
}

impl Scope {
    const fn project(self) -> Option<ProjectId> {
        match self {
            Self::Global => None,
            Self::Project(id) => Some(id),
        }
    }
}

/// What a label says, checked.
fn check(text: &LabelText) -> Result<()> {
    /// Longest word, and longest colour.
    const LENGTHS: (usize, usize) = (128, 16);
    let name = text.name.trim();
    if name.is_empty() || name.chars().count() > LENGTHS.0 {
        return Err(Error::invalid("name", "needs 1 to 128 characters"));
    }
    // A console puts it into a style sheet.
    let is_color = |c: char| c.is_ascii_alphanumeric() || c == '#';
    if text.color.len() > LENGTHS.1 || !text.color.chars().all(is_color) {
        return Err(Error::invalid("color", "is like `#FF8000`"));
    }
    Ok(())
}

/// Asks for `S` in the system or for `P` in the project, by whose the labels are.
async fn ask<S: SystemPermission, P: ProjectPermission>(
    app: &App,
    principal: &Principal,
    project: Option<ProjectId>,
) -> Result<()> {
    match project {
        None => authz::system::<S>(app, principal).map(drop),
        Some(id) => authz::project::<P>(app, principal, ProjectRef::Id(id)).await.map(drop),
    }
}

/// Lists labels by name.
pub async fn list(
    app: &App,
    who: &Public,
    scope: Scope,
    query: &Query,
    window: Window,
) -> Result<Page<Label>> {
    if let Scope::Project(id) = scope {
        authz::project::<LabelList>(app, &who.principal, ProjectRef::Id(id)).await?;
    }
    let mut conn = app.db.read().await?;
    let (items, total) = minato_db::label::list(&mut conn, scope.project(), query, window).await?;
    Ok(Page { items, total })
}

/// Makes a label.
pub async fn create(app: &App, who: &Public, scope: Scope, text: &LabelText) -> Result<LabelId> {
    ask::<SystemLabelCreate, LabelCreate>(app, &who.principal, scope.project()).await?;
    check(text)?;
    let mut tx = app.db.begin().await?;
    let made = minato_db::label::insert(&mut tx, scope.project(), text, app.clock.now()).await;
    let id = match made {
        Err(minato_db::Error::Conflict) => return Err(taken(text)),
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(id)
}

/// Shows a label.
pub async fn get(app: &App, who: &Public, id: LabelId) -> Result<Label> {
    let mut conn = app.db.read().await?;
    let found = minato_db::label::get(&mut conn, id).await?;
    drop(conn);
    let label = found.ok_or(Error::NotFound(Noun::Label))?;
    if let Some(project) = label.project {
        match authz::project::<LabelRead>(app, &who.principal, ProjectRef::Id(project)).await {
            Err(Error::Denied { .. }) => return Err(Error::NotFound(Noun::Label)),
            outcome => outcome?,
        };
    }
    Ok(label)
}

/// Changes what a label says; whose it is stays.
pub async fn update(app: &App, who: &Public, id: LabelId, text: &LabelText) -> Result<()> {
    let label = get(app, who, id).await?;
    ask::<SystemLabelUpdate, LabelUpdate>(app, &who.principal, label.project).await?;
    check(text)?;
    let mut tx = app.db.begin().await?;
    match minato_db::label::update(&mut tx, id, text, app.clock.now()).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::NotFound(Noun::Label)),
        Err(minato_db::Error::Conflict) => return Err(taken(text)),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(())
}

/// Deletes a label, also from the artifacts that have it.
pub async fn delete(app: &App, who: &Public, id: LabelId) -> Result<()> {
    let label = get(app, who, id).await?;
    ask::<SystemLabelDelete, LabelDelete>(app, &who.principal, label.project).await?;
    let mut tx = app.db.begin().await?;
    if !minato_db::label::delete(&mut tx, id).await? {
        return Err(Error::NotFound(Noun::Label));
    }
    tx.commit().await?;
    Ok(())
}

fn taken(text: &LabelText) -> Error {
    Error::Conflict(format!("the label {} already exists", text.name))
}

/// Puts a label of the project, or one for everybody, on an artifact.
pub async fn add_to_artifact(
    app: &App,
    grant: &RepoGrant<ArtifactLabelCreate>,
    reference: &Reference,
    id: LabelId,
) -> Result<()> {
    let repository = grant.existing()?;
    let mut tx = app.db.begin().await?;
    let artifact = find_artifact(&mut tx, repository, reference).await?;
    match minato_db::label::attach(&mut tx, grant.project, artifact, id).await {
        Ok(true) => {}
        // In the second case somebody has just deleted it, or the artifact.
        Ok(false) | Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Label)),
        Err(minato_db::Error::Conflict) => {
            return Err(Error::Conflict(format!("the artifact has the label {id} already")));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a label from an artifact.
pub async fn remove_from_artifact(
    app: &App,
    grant: &RepoGrant<ArtifactLabelDelete>,
    reference: &Reference,
    id: LabelId,
) -> Result<()> {
    let repository = grant.existing()?;
    let mut tx = app.db.begin().await?;
    let artifact = find_artifact(&mut tx, repository, reference).await?;
    if !minato_db::label::detach(&mut tx, artifact, id).await? {
        return Err(Error::NotFound(Noun::Label));
    }
    tx.commit().await?;
    Ok(())
}

async fn find_artifact(tx: &mut Tx, repository: RepositoryId, reference: &Reference) -> Result<ArtifactId> {
    let found = match reference {
        Reference::Tag(tag) => minato_db::tag::get(tx, repository, tag).await?.map(|tag| tag.artifact),
        Reference::Digest(digest) => {
            let found = minato_db::artifact::list_present(tx, repository, [digest]).await?;
            found.first().map(|artifact| artifact.id)
        }
    };
    found.ok_or(Error::NotFound(Noun::Artifact))
}
