//! Repositories: listing, describing, deleting. They are made by pushing.

use minato_db::repository::Scope;
use minato_types::deletion::DeletionKind;
use minato_types::query::Query;
use minato_types::repository::Repository;

use crate::audit::{self, Event, EventType};
use crate::authz::{
    self, CatalogRead, ProjectGrant, Public, RepoGrant, RepositoryDelete, RepositoryList, RepositoryRead,
    RepositoryUpdate, SystemGrant,
};
use crate::immutable::Rules;
use crate::job::JobKind;
use crate::project::Page;
use crate::tag::NamePage;
use crate::webhook::tell::{self, Place};
use crate::{App, Error, Noun, Result, Window, deletion};

/// Lists the names of all repositories that hold something, after `after`, at most `limit`.
pub async fn catalog(app: &App, _: &SystemGrant<CatalogRead>, after: &str, limit: usize) -> Result<NamePage> {
    let mut conn = app.db.read().await?;
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let names = minato_db::repository::list_names(&mut conn, after, one_more).await?;
    Ok(NamePage::cut(names, limit))
}

/// Lists the repositories of all projects that the caller may see.
pub async fn list_visible(
    app: &App,
    who: &Public,
    query: &Query,
    window: Window,
) -> Result<Page<Repository>> {
    let viewer = authz::viewer(&who.principal);
    let mut conn = app.db.read().await?;
    let (items, total) =
        minato_db::repository::list(&mut conn, Scope::Visible(&viewer), query, window).await?;
    Ok(Page { items, total })
}

/// Lists the repositories of a project.
pub async fn list(
    app: &App,
    grant: &ProjectGrant<RepositoryList>,
    query: &Query,
    window: Window,
) -> Result<Page<Repository>> {
    let mut conn = app.db.read().await?;
    let scope = Scope::Project(grant.project);
    let (items, total) = minato_db::repository::list(&mut conn, scope, query, window).await?;
    Ok(Page { items, total })
}

/// Shows a repository.
pub async fn get(app: &App, grant: &RepoGrant<RepositoryRead>) -> Result<Repository> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let found = minato_db::repository::get(&mut conn, grant.project, repository).await?;
    found.ok_or(Error::NotFound(Noun::Repository))
}

/// Changes what people say of a repository. Kept HTML-escaped, as Harbor's clients expect.
pub async fn describe(app: &App, grant: &RepoGrant<RepositoryUpdate>, description: &str) -> Result<()> {
    let repository = grant.existing()?;
    let (text, now) = (escape(description), app.clock.now());
    let mut tx = app.db.begin().await?;
    if !minato_db::repository::update_description(&mut tx, grant.project, repository, &text, now).await? {
        return Err(Error::NotFound(Noun::Repository));
    }
    tx.commit().await?;
    Ok(())
}

/// Deletes a repository with all that it holds; refused while it has a tag that must not go. The
/// bytes of its blobs stay until nobody holds them.
pub async fn delete(app: &App, grant: &RepoGrant<RepositoryDelete>) -> Result<()> {
    let event = Event::new(EventType::DeleteRepository, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.caller.name(), event, async {
        let repository = grant.existing()?;
        let told = tell::is_told(app, grant).await?;
        let mut tx = app.db.begin().await?;
        if !minato_db::repository::lock_whole(&mut tx, grant.project, repository).await? {
            return Err(Error::NotFound(Noun::Repository));
        }
        let rules = Rules::read(&mut tx, grant.project).await?;
        if !rules.is_empty() {
            for tag in minato_db::tag::list_names(&mut tx, repository, "", i64::MAX).await? {
                rules.check(&grant.name, &tag)?;
            }
        }
        if told {
            let gone = tell::all_going(&mut tx, repository).await?;
            let place = Place::of(grant, repository);
            tell::deleted_in(&mut tx, app, &place, grant.caller.name(), &gone).await?;
        }
        let (place, what) = ((grant.project, grant.name.as_str()), (DeletionKind::Repository, ""));
        let kept = deletion::open_in(&mut tx, app, place, what, grant.caller.name()).await?;
        if let Some(id) = kept {
            minato_db::deletion::keep_all(&mut tx, id, repository).await?;
        }
        minato_db::scan::forget_all(&mut tx, JobKind::ImageScan.as_str(), repository).await?;
        let blobs = minato_db::artifact::delete_all(&mut tx, repository).await?;
        let bytes = minato_db::quota::drop_blobs(&mut tx, grant.project, &blobs).await?;
        deletion::account_in(&mut tx, grant.project, kept, bytes).await?;
        let review_at = app.clock.now().plus(app.startup.gc.delay);
        minato_db::repository::delete(&mut tx, grant.project, repository, review_at).await?;
        tx.commit().await?;
        app.cache.repository_changed(repository);
        // Where a repository stands is remembered with its row's id.
        app.cache.projects_changed();
        Ok(())
    })
    .await
}

/// Text as it may stand in HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<b> & \"it's\""), "&lt;b&gt; &amp; &#34;it&#39;s&#34;");
    }
}
