//! Immutability rules of projects.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::App;
use minato_core::authz::{ImmutableTagCreate, ImmutableTagDelete, ImmutableTagList, ImmutableTagUpdate};
use minato_core::immutable::{self, Choice, TagRule};
use minato_types::id::ImmutableRuleId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::grant::Project;
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, RowId, is_zero};
use crate::error::Failure;

const ALL: &str = "/projects/{project_name_or_id}/immutabletagrules";
const ONE: &str = "/projects/{project_name_or_id}/immutabletagrules/{immutable_rule_id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "ListImmuRules", "immutable")
            .takes(LIST)
            .lists::<RuleView>()
            .fails(&[400, 401, 403, 500])
            .by(list_rules),
        Operation::new(Verb::Post, ALL, "CreateImmuRule", "immutable")
            .body::<RuleView>()
            .creates()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(create_rule),
        Operation::new(Verb::Put, ONE, "UpdateImmuRule", "immutable")
            .body::<RuleView>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(update_rule),
        Operation::new(Verb::Delete, ONE, "DeleteImmuRule", "immutable")
            .fails(&[400, 401, 403, 404, 500])
            .by(delete_rule),
    ]
}

/// A rule as it is shown and sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ImmutableRule)]
pub(super) struct RuleView {
    #[serde(default)]
    id: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    priority: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    disabled: bool,
    #[serde(default = "action")]
    action: String,
    #[serde(default = "template")]
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    tag_selectors: Vec<SelectorView>,
    #[serde(default)]
    scope_selectors: BTreeMap<String, Vec<SelectorView>>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = ImmutableSelector)]
pub(super) struct SelectorView {
    /// harbor-cli leaves it out; there is no other.
    #[serde(default = "kind")]
    kind: String,
    #[serde(default)]
    decoration: String,
    #[serde(default)]
    pattern: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    extras: String,
}

fn kind() -> String {
    immutable::SELECTOR_KIND.to_owned()
}

fn action() -> String {
    immutable::ACTION.to_owned()
}

fn template() -> String {
    immutable::TEMPLATE.to_owned()
}

impl From<Choice> for SelectorView {
    fn from(choice: Choice) -> Self {
        let Choice { kind, decoration, pattern, extras } = choice;
        Self { kind, decoration, pattern, extras }
    }
}

impl From<SelectorView> for Choice {
    fn from(view: SelectorView) -> Self {
        let SelectorView { kind, decoration, pattern, extras } = view;
        Self { kind, decoration, pattern, extras }
    }
}

/// The same list in another type.
pub(super) fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<TagRule> for RuleView {
    fn from(rule: TagRule) -> Self {
        Self {
            id: rule.id.0,
            priority: rule.priority,
            disabled: rule.disabled,
            action: rule.action,
            template: rule.template,
            params: None,
            tag_selectors: all(rule.tags),
            scope_selectors: rule.scope.into_iter().map(|(name, list)| (name, all(list))).collect(),
        }
    }
}

impl RuleView {
    fn into_rule(self, id: ImmutableRuleId) -> TagRule {
        TagRule {
            id,
            priority: self.priority,
            disabled: self.disabled,
            action: self.action,
            template: self.template,
            tags: all(self.tag_selectors),
            scope: self.scope_selectors.into_iter().map(|(name, list)| (name, all(list))).collect(),
        }
    }
}

/// Lists the rules of a project (`ListImmuRules`).
pub(super) async fn list_rules(
    State(app): State<Arc<App>>,
    Project(grant): Project<ImmutableTagList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = immutable::list(&app, &grant, &query, paging.window()).await?;
    let views: Vec<RuleView> = all(page.items);
    Ok(paging.answer(&views, page.total))
}

/// Makes a rule (`CreateImmuRule`).
pub(super) async fn create_rule(
    State(app): State<Arc<App>>,
    Project(grant): Project<ImmutableTagCreate>,
    OriginalUri(uri): OriginalUri,
    Body(new): Body<RuleView>,
) -> Result<Response, Failure> {
    let id = immutable::create(&app, &grant, &new.into_rule(ImmutableRuleId(0))).await?;
    let location = format!("{}/{id}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Replaces a rule (`UpdateImmuRule`). Without selectors it is only switched off or on: Harbor's
/// clients send no more for that.
pub(super) async fn update_rule(
    State(app): State<Arc<App>>,
    Project(grant): Project<ImmutableTagUpdate>,
    RowId(id): RowId,
    Body(new): Body<RuleView>,
) -> Result<StatusCode, Failure> {
    let id = ImmutableRuleId(id);
    if new.tag_selectors.is_empty() && new.scope_selectors.is_empty() {
        immutable::switch(&app, &grant, id, new.disabled).await?;
    } else {
        immutable::update(&app, &grant, &new.into_rule(id)).await?;
    }
    Ok(StatusCode::OK)
}

/// Deletes a rule (`DeleteImmuRule`).
pub(super) async fn delete_rule(
    State(app): State<Arc<App>>,
    Project(grant): Project<ImmutableTagDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    immutable::delete(&app, &grant, ImmutableRuleId(id)).await?;
    Ok(StatusCode::OK)
}
