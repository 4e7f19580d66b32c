//! Tags: listing and deleting. They are made by pushing a manifest.

use minato_types::reference::Tag;

use crate::audit::{self, Event, EventType};
use crate::authz::{Pull, RepoGrant, RepositoryDelete};
use crate::{App, Error, Noun, Result};

/// A window of names, and whether there are more behind it.
#[derive(Debug)]
pub struct NamePage {
    /// The names, in byte order.
    pub names: Vec<String>,
    /// Whether more follow.
    pub more: bool,
}

impl NamePage {
    /// Cuts a list that was read one longer than asked.
    pub(crate) fn cut(mut names: Vec<String>, limit: usize) -> Self {
        let more = names.len() > limit;
        names.truncate(limit);
        Self { names, more }
    }
}

/// Lists the names of tags after `after`, at most `limit`.
pub async fn list(app: &App, grant: &RepoGrant<Pull>, after: &str, limit: usize) -> Result<NamePage> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let names = minato_db::tag::list_names(&mut conn, repository, after, one_more).await?;
    if names.is_empty() && !minato_db::repository::is_pushed(&mut conn, repository).await? {
        return Err(Error::NotFound(Noun::Repository));
    }
    Ok(NamePage::cut(names, limit))
}

/// Deletes a tag; the manifest and its other tags stay.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>, tag: &Tag) -> Result<()> {
    let event = Event::new(EventType::DeleteTag, format!("{}:{tag}", grant.name)).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let mut tx = app.db.begin().await?;
        if !minato_db::tag::delete(&mut tx, repository, tag).await? {
            return Err(Error::NotFound(Noun::Manifest));
        }
        tx.commit().await?;
        app.cache.repository_changed(repository);
        Ok(())
    })
    .await
}
