//! Rows of immutability rules. Selectors and parameters are JSON.

use minato_types::clock::Timestamp;
use minato_types::id::{ImmutableRuleId, ProjectId};
use minato_types::query::Query;

use crate::dialect::{execute, fetch_all, fetch_one, row};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result};

row! {
    struct Row {
        id: i64,
        project_id: i64,
        priority: i64,
        disabled: bool,
        action: String,
        template: String,
        params: String,
        tag_selectors: String,
        scope_selectors: String,
    }
}

/// A rule that keeps tags from being moved and deleted.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Row id.
    pub id: ImmutableRuleId,
    /// Its project.
    pub project: ProjectId,
    /// Rank among the project's rules; it decides nothing.
    pub priority: i64,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Always `immutable`.
    pub action: String,
    /// Always `immutable_template`.
    pub template: String,
    /// A JSON object.
    pub params: String,
    /// A JSON array of selectors.
    pub tag_selectors: String,
    /// A JSON object of arrays of selectors.
    pub scope_selectors: String,
}

const LIST: Spec = Spec {
    base: "immutable_rule i",
    from: "immutable_rule i",
    columns: "i.id, i.project_id, i.priority, i.disabled, i.action, i.template, i.params,
        i.tag_selectors, i.scope_selectors",
    key: "i.id",
    fields: &[
        Field { name: "id", sql: "i.id", kind: Kind::Int, sortable: true },
        Field { name: "disabled", sql: "i.disabled", kind: Kind::Flag, sortable: false },
    ],
    order: &[("i.id", false)],
};

impl From<Row> for Rule {
    fn from(row: Row) -> Self {
        Self {
            id: ImmutableRuleId(row.id),
            project: ProjectId(row.project_id),
            priority: row.priority,
            disabled: row.disabled,
            action: row.action,
            template: row.template,
            params: row.params,
            tag_selectors: row.tag_selectors,
            scope_selectors: row.scope_selectors,
        }
    }
}

/// A window of a project's rules, and how many there are.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    query: &Query,
    window: Window,
) -> Result<(Vec<Rule>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and("i.project_id = ?", [Arg::Int(project.0)]);
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Rule::from).collect(), total))
}

/// The rules of a project that are in force.
pub async fn list_enabled(conn: &mut Conn, project: ProjectId) -> Result<Vec<Rule>> {
    const SQL: &str = "SELECT id, project_id, priority, disabled, action, template, params, tag_selectors,
            scope_selectors FROM immutable_rule WHERE project_id = $1 AND NOT disabled";
    Ok(fetch_all!(conn, Row, SQL, project.0)?.into_iter().map(Rule::from).collect())
}

/// Adds a rule; the id in it counts for nothing.
pub async fn insert(conn: &mut Conn, rule: &Rule, now: Timestamp) -> Result<ImmutableRuleId> {
    row! {
        struct IdRow { id: i64 }
    }
    const SQL: &str = "INSERT INTO immutable_rule (project_id, priority, disabled, action, template, params,
            tag_selectors, scope_selectors, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    let row = fetch_one!(
        conn,
        IdRow,
        SQL,
        rule.project.0,
        rule.priority,
        rule.disabled,
        rule.action.as_str(),
        rule.template.as_str(),
        rule.params.as_str(),
        rule.tag_selectors.as_str(),
        rule.scope_selectors.as_str(),
        now.as_micros()
    )?;
    Ok(ImmutableRuleId(row.id))
}

/// Replaces a rule of its project; whether there was one.
pub async fn update(conn: &mut Conn, rule: &Rule) -> Result<bool> {
    const SQL: &str = "UPDATE immutable_rule SET priority = $3, disabled = $4, action = $5, template = $6,
            params = $7, tag_selectors = $8, scope_selectors = $9 WHERE id = $1 AND project_id = $2";
    let touched = execute!(
        conn,
        SQL,
        rule.id.0,
        rule.project.0,
        rule.priority,
        rule.disabled,
        rule.action.as_str(),
        rule.template.as_str(),
        rule.params.as_str(),
        rule.tag_selectors.as_str(),
        rule.scope_selectors.as_str()
    )?;
    Ok(touched > 0)
}

/// Switches a rule of the project off or on; whether there is one.
pub async fn update_disabled(
    conn: &mut Conn,
    project: ProjectId,
    id: ImmutableRuleId,
    disabled: bool,
) -> Result<bool> {
    const SQL: &str = "UPDATE immutable_rule SET disabled = $3 WHERE id = $1 AND project_id = $2";
    Ok(execute!(conn, SQL, id.0, project.0, disabled)? > 0)
}

/// Removes a rule of a project; whether there was one.
pub async fn delete(conn: &mut Conn, project: ProjectId, id: ImmutableRuleId) -> Result<bool> {
    const SQL: &str = "DELETE FROM immutable_rule WHERE id = $1 AND project_id = $2";
    Ok(execute!(conn, SQL, id.0, project.0)? > 0)
}
