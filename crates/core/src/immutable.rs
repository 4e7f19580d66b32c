//! Immutability: tags that a project's rules keep from being moved and deleted.
//!
//! A rule chooses repositories by their name inside the project, and tags. Of each only the
//! first selector counts, as in Harbor. A tag that does not exist yet may always be made.

use minato_db::Tx;
use minato_db::immutable::Rule;
use minato_types::artifact::Artifact;
use minato_types::id::ProjectId;
use minato_types::name::RepositoryName;
use minato_types::reference::Tag;
use serde::Deserialize;

use crate::selector::Selector;
use crate::{Error, Result};

/// A rule's patterns, ready to be compared.
struct Patterns {
    repositories: Selector,
    tags: Selector,
}

#[derive(Deserialize)]
struct Choice {
    decoration: String,
    pattern: String,
}

#[derive(Deserialize)]
struct Scope {
    repository: Vec<Choice>,
}

impl Choice {
    fn selector(&self) -> Result<Selector> {
        Selector::new(&self.pattern, matches!(self.decoration.as_str(), "excludes" | "repoExcludes"))
    }
}

impl Patterns {
    fn of(rule: &Rule) -> Result<Option<Self>> {
        let scope: Scope = serde_json::from_str(&rule.scope_selectors).map_err(Error::internal)?;
        let tags: Vec<Choice> = serde_json::from_str(&rule.tag_selectors).map_err(Error::internal)?;
        let (Some(repository), Some(tag)) = (scope.repository.first(), tags.first()) else { return Ok(None) };
        Ok(Some(Self { repositories: repository.selector()?, tags: tag.selector()? }))
    }
}

/// The rules of a project that are in force.
pub(crate) struct Rules(Vec<Patterns>);

impl Rules {
    /// Reads them.
    pub(crate) async fn read(conn: &mut minato_db::Conn, project: ProjectId) -> Result<Self> {
        let rules = minato_db::immutable::list_enabled(conn, project).await?;
        Ok(Self(rules.iter().filter_map(|rule| Patterns::of(rule).transpose()).collect::<Result<_>>()?))
    }

    /// Whether one of them holds the tag.
    pub(crate) fn hold(&self, repository: &RepositoryName, tag: &str) -> bool {
        let name = repository.within_project();
        self.0.iter().any(|rule| rule.repositories.chooses(name) && rule.tags.chooses(tag))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses to touch a tag that one of them holds.
    pub(crate) fn check(&self, repository: &RepositoryName, tag: &str) -> Result<()> {
        if self.hold(repository, tag) {
            return Err(Error::Precondition(format!(
                "the tag {tag} of {repository} is configured as immutable; push under another tag, or ask a maintainer of the project to change the rule"
            )));
        }
        Ok(())
    }
}

/// Refuses to touch an existing tag that a rule holds.
pub(crate) async fn check_in(
    tx: &mut Tx,
    project: ProjectId,
    repository: &RepositoryName,
    tag: &Tag,
) -> Result<()> {
    Rules::read(tx, project).await?.check(repository, tag.as_str())
}

/// Refuses to delete an artifact that has a tag which a rule holds.
pub(crate) async fn check_artifact_in(tx: &mut Tx, project: ProjectId, artifact: &Artifact) -> Result<()> {
    let rules = Rules::read(tx, project).await?;
    if rules.is_empty() {
        return Ok(());
    }
    let name: RepositoryName = artifact.repository_name.parse().map_err(Error::internal)?;
    for tag in minato_db::tag::list_of(tx, &[artifact.id]).await? {
        rules.check(&name, &tag.name)?;
    }
    Ok(())
}
