//! Immutability: tags that a project's rules keep from being moved and deleted.
//!
//! A rule chooses repositories by their name inside the project, and tags. Of each only the
//! first selector counts, as in Harbor; a rule with more than one is refused here. A tag that does
//! not exist yet may always be made.

use minato_db::Tx;
use minato_db::immutable::Rule;
use minato_types::artifact::Artifact;
use minato_types::id::{ImmutableRuleId, ProjectId};
use minato_types::name::RepositoryName;
use minato_types::query::Query;
use minato_types::reference::Tag;

use crate::authz::{
    ImmutableTagCreate, ImmutableTagDelete, ImmutableTagList, ImmutableTagUpdate, ProjectGrant,
};
use crate::project::Page;
use crate::selector::Selector;
use crate::{App, Error, Noun, Result, Window};

pub use crate::selector::{Choice, SELECTOR_KIND, Scope};

/// A rule's patterns, ready to be compared.
struct Patterns {
    repositories: Selector,
    tags: Selector,
}

/// What scopes are about.
const REPOSITORY: &str = "repository";
/// What a rule does to the tags that it holds.
pub const ACTION: &str = "immutable";
/// The one template of rules.
pub const TEMPLATE: &str = "immutable_template";

/// A rule as it is made, shown and changed.
#[derive(Clone, Debug)]
pub struct TagRule {
    /// Row id; counts for nothing in a new one.
    pub id: ImmutableRuleId,
    /// Rank among the project's rules; it decides nothing.
    pub priority: i64,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Always `immutable`.
    pub action: String,
    /// Always `immutable_template`.
    pub template: String,
    /// Which tags.
    pub tags: Vec<Choice>,
    /// Which repositories.
    pub scope: Scope,
}

impl TagRule {
    fn of(rule: &Rule) -> Result<Self> {
        Ok(Self {
            id: rule.id,
            priority: rule.priority,
            disabled: rule.disabled,
            action: rule.action.clone(),
            template: rule.template.clone(),
            tags: serde_json::from_str(&rule.tag_selectors).map_err(Error::internal)?,
            scope: serde_json::from_str(&rule.scope_selectors).map_err(Error::internal)?,
        })
    }

    fn check(&self) -> Result<()> {
        for (field, given, expected) in
            [("action", &self.action, ACTION), ("template", &self.template, TEMPLATE)]
        {
            if given != expected {
                return Err(Error::invalid(field, format!("must be `{expected}`")));
            }
        }
        let [tag] = self.tags.as_slice() else {
            return Err(Error::invalid("tag_selectors", "expected exactly one selector"));
        };
        tag.check("tag_selectors", ["matches", "excludes"])?;
        match self.scope.get(REPOSITORY).map(Vec::as_slice) {
            Some([repository]) if self.scope.len() == 1 => {
                repository.check("scope_selectors", ["repoMatches", "repoExcludes"])
            }
            _ => Err(Error::invalid("scope_selectors", "expected exactly one selector, of `repository`")),
        }
    }

    /// Whether it holds the same tags.
    fn is_same(&self, other: &Self) -> bool {
        let meaning = |rule: &Self| {
            let choices = rule.tags.iter().chain(rule.scope.values().flatten());
            choices.map(|choice| (choice.decoration.clone(), choice.pattern.clone())).collect::<Vec<_>>()
        };
        meaning(self) == meaning(other)
    }

    fn row(&self, project: ProjectId) -> Result<Rule> {
        Ok(Rule {
            id: self.id,
            project,
            priority: self.priority,
            disabled: self.disabled,
            action: self.action.clone(),
            template: self.template.clone(),
            params: "{}".to_owned(),
            tag_selectors: serde_json::to_string(&self.tags).map_err(Error::internal)?,
            scope_selectors: serde_json::to_string(&self.scope).map_err(Error::internal)?,
        })
    }
}

/// Lists the rules of a project.
pub async fn list(
    app: &App,
    grant: &ProjectGrant<ImmutableTagList>,
    query: &Query,
    window: Window,
) -> Result<Page<TagRule>> {
    let mut conn = app.db.read().await?;
    let (rules, total) = minato_db::immutable::list(&mut conn, grant.project, query, window).await?;
    Ok(Page { items: rules.iter().map(TagRule::of).collect::<Result<_>>()?, total })
}

/// Makes a rule.
pub async fn create(
    app: &App,
    grant: &ProjectGrant<ImmutableTagCreate>,
    rule: &TagRule,
) -> Result<ImmutableRuleId> {
    rule.check()?;
    let mut tx = app.db.begin().await?;
    check_unlike_others(&mut tx, grant.project, rule, None).await?;
    let row = rule.row(grant.project)?;
    let id = match minato_db::immutable::insert(&mut tx, &row, app.clock.now()).await {
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(id)
}

/// Replaces a rule.
pub async fn update(app: &App, grant: &ProjectGrant<ImmutableTagUpdate>, rule: &TagRule) -> Result<()> {
    rule.check()?;
    let mut tx = app.db.begin().await?;
    check_unlike_others(&mut tx, grant.project, rule, Some(rule.id)).await?;
    if !minato_db::immutable::update(&mut tx, &rule.row(grant.project)?).await? {
        return Err(Error::NotFound(Noun::Rule));
    }
    tx.commit().await?;
    Ok(())
}

/// Switches a rule off or on.
pub async fn switch(
    app: &App,
    grant: &ProjectGrant<ImmutableTagUpdate>,
    id: ImmutableRuleId,
    disabled: bool,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !minato_db::immutable::update_disabled(&mut tx, grant.project, id, disabled).await? {
        return Err(Error::NotFound(Noun::Rule));
    }
    tx.commit().await?;
    Ok(())
}

/// Deletes a rule.
pub async fn delete(app: &App, grant: &ProjectGrant<ImmutableTagDelete>, id: ImmutableRuleId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !minato_db::immutable::delete(&mut tx, grant.project, id).await? {
        return Err(Error::NotFound(Noun::Rule));
    }
    tx.commit().await?;
    Ok(())
}

/// Refuses a rule that the project has already under another id than `own`.
async fn check_unlike_others(
    tx: &mut Tx,
    project: ProjectId,
    rule: &TagRule,
    own: Option<ImmutableRuleId>,
) -> Result<()> {
    let all = Window { limit: i64::MAX, offset: 0 };
    let (others, _) = minato_db::immutable::list(tx, project, &Query::default(), all).await?;
    for other in others.iter().filter(|other| Some(other.id) != own) {
        if TagRule::of(other)?.is_same(rule) {
            return Err(Error::Conflict(format!("the rule {} of the project is the same", other.id)));
        }
    }
    Ok(())
}

impl Patterns {
    fn of(rule: &Rule) -> Result<Option<Self>> {
        let rule = TagRule::of(rule)?;
        let repositories = rule.scope.get(REPOSITORY).and_then(|choices| choices.first());
        let (Some(repository), Some(tag)) = (repositories, rule.tags.first()) else { return Ok(None) };
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
