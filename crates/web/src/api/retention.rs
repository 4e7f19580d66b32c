//! Retention policies of projects, their runs, and what those did.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::job::history::{Execution, Task};
use minato_core::retention::{self, ACTION, Policy, Rule, Template};
use minato_core::{App, Error};
use minato_types::id::{ExecutionId, ProjectId, RetentionId, TaskId};
use minato_types::job::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::grant::Anybody;
use super::immutable::{SelectorView, all};
use super::operation::{Operation, PAGE, Verb};
use super::paging::{Body, Paging, RowId, time};
use super::run::plain;
use crate::codes::Code;
use crate::error::Failure;

const ONE: &str = "/retentions/{id}";
const RUNS: &str = "/retentions/{id}/executions";
const RUN: &str = "/retentions/{id}/executions/{eid}";
const TASKS: &str = "/retentions/{id}/executions/{eid}/tasks";
const TASK: &str = "/retentions/{id}/executions/{eid}/tasks/{tid}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/retentions/metadatas", "getRentenitionMetadata", "Retention")
            .answers::<MetadataView>()
            .fails(&[401, 500])
            .by(get_metadata),
        Operation::new(Verb::Post, "/retentions", "createRetention", "Retention")
            .body::<PolicyView>()
            .creates()
            .fails(&[400, 401, 403, 500])
            .by(create_retention),
        Operation::new(Verb::Get, ONE, "getRetention", "Retention")
            .answers::<PolicyView>()
            .fails(&[401, 403, 500])
            .by(get_retention),
        Operation::new(Verb::Put, ONE, "updateRetention", "Retention")
            .body::<PolicyView>()
            .fails(&[401, 403, 500])
            .by(update_retention),
        Operation::new(Verb::Delete, ONE, "deleteRetention", "Retention")
            .fails(&[401, 403, 500])
            .by(delete_retention),
        Operation::new(Verb::Post, RUNS, "triggerRetentionExecution", "Retention")
            .body::<RunRequest>()
            .creates()
            .fails(&[401, 403, 500])
            .by(run_retention),
        Operation::new(Verb::Get, RUNS, "listRetentionExecutions", "Retention")
            .takes(PAGE)
            .lists::<ExecutionView>()
            .fails(&[401, 403, 500])
            .by(list_runs),
        Operation::new(Verb::Patch, RUN, "operateRetentionExecution", "Retention")
            .body::<ActionRequest>()
            .fails(&[401, 403, 500])
            .by(stop_run),
        Operation::new(Verb::Get, TASKS, "listRetentionTasks", "Retention")
            .takes(PAGE)
            .lists::<TaskView>()
            .fails(&[401, 403, 500])
            .by(list_tasks),
        Operation::new(Verb::Get, TASK, "getRetentionTaskLog", "Retention")
            .answers_text("text/plain")
            .fails(&[401, 403, 500])
            .by(get_task_log),
    ]
}

/// What rules may be made of.
#[derive(Serialize, ToSchema)]
#[schema(as = RetentionMetadata)]
struct MetadataView {
    templates: Vec<TemplateView>,
    scope_selectors: Vec<SelectorKindView>,
    tag_selectors: Vec<SelectorKindView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RetentionRuleMetadata)]
struct TemplateView {
    rule_template: &'static str,
    display_text: &'static str,
    action: &'static str,
    params: Vec<ParamView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RetentionRuleParamMetadata)]
struct ParamView {
    #[serde(rename = "type")]
    kind: &'static str,
    unit: &'static str,
    required: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RetentionSelectorMetadata)]
struct SelectorKindView {
    display_text: &'static str,
    kind: &'static str,
    decorations: [&'static str; 2],
}

/// A policy as it is shown and sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = RetentionPolicy)]
struct PolicyView {
    #[serde(default)]
    id: i64,
    #[serde(default = "algorithm")]
    algorithm: String,
    #[serde(default)]
    rules: Vec<RuleView>,
    trigger: Option<TriggerView>,
    scope: Option<ScopeView>,
}

fn algorithm() -> String {
    "or".to_owned()
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = RetentionPolicyScope)]
struct ScopeView {
    #[serde(default)]
    level: String,
    #[serde(default, rename = "ref")]
    reference: i64,
}

#[derive(Default, Serialize, Deserialize, ToSchema)]
#[schema(as = RetentionRuleTrigger)]
struct TriggerView {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    #[serde(default)]
    #[schema(value_type = Object)]
    references: Map<String, Value>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = RetentionRule)]
struct RuleView {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    priority: i64,
    #[serde(default)]
    disabled: bool,
    #[serde(default = "action")]
    action: String,
    #[serde(default)]
    template: String,
    #[serde(default)]
    params: BTreeMap<String, Value>,
    #[serde(default)]
    tag_selectors: Vec<SelectorView>,
    #[serde(default)]
    scope_selectors: BTreeMap<String, Vec<SelectorView>>,
}

fn action() -> String {
    ACTION.to_owned()
}

impl From<Rule> for RuleView {
    fn from(rule: Rule) -> Self {
        Self {
            id: rule.id,
            priority: rule.priority,
            disabled: rule.disabled,
            action: rule.action,
            template: rule.template,
            params: rule.params,
            tag_selectors: all(rule.tag_selectors),
            scope_selectors: rule.scope_selectors.into_iter().map(|(name, list)| (name, all(list))).collect(),
        }
    }
}

impl From<RuleView> for Rule {
    fn from(view: RuleView) -> Self {
        Self {
            id: view.id,
            priority: view.priority,
            disabled: view.disabled,
            action: view.action,
            template: view.template,
            params: view.params,
            tag_selectors: all(view.tag_selectors),
            scope_selectors: view.scope_selectors.into_iter().map(|(name, list)| (name, all(list))).collect(),
        }
    }
}

impl From<Policy> for PolicyView {
    fn from(policy: Policy) -> Self {
        let mut settings = Map::from_iter([("cron".to_owned(), json!(policy.cron))]);
        if let Some(next) = policy.next_at {
            settings.insert("next_scheduled_time".to_owned(), json!(time(next)));
        }
        Self {
            id: policy.id.0,
            algorithm: algorithm(),
            rules: policy.rules.into_iter().map(RuleView::from).collect(),
            trigger: Some(TriggerView { kind: policy.trigger_kind, settings, references: Map::new() }),
            scope: Some(ScopeView { level: "project".to_owned(), reference: policy.project.0 }),
        }
    }
}

impl PolicyView {
    fn into_policy(self) -> Result<Policy, Error> {
        if self.algorithm != algorithm() {
            return Err(Error::invalid("algorithm", "must be `or`"));
        }
        let trigger = self.trigger.unwrap_or_default();
        let cron = match trigger.settings.get("cron") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(cron)) => cron.clone(),
            Some(_) => return Err(Error::invalid("trigger.settings.cron", "expected a text")),
        };
        let kind = if trigger.kind.is_empty() { "Schedule".to_owned() } else { trigger.kind };
        if kind != "Schedule" {
            return Err(Error::invalid("trigger.kind", "must be `Schedule`"));
        }
        let scope = self.scope.ok_or_else(|| Error::invalid("scope", "expected the project"))?;
        if scope.level != "project" {
            return Err(Error::invalid("scope.level", "must be `project`"));
        }
        Ok(Policy {
            id: RetentionId(self.id),
            project: ProjectId(scope.reference),
            rules: self.rules.into_iter().map(Rule::from).collect(),
            trigger_kind: kind,
            cron,
            next_at: None,
        })
    }
}

/// How to carry a policy out.
#[derive(Deserialize, ToSchema)]
struct RunRequest {
    /// Only tell what would go.
    #[serde(default)]
    dry_run: bool,
}

/// What to do with a run.
#[derive(Deserialize, ToSchema)]
struct ActionRequest {
    #[serde(default)]
    action: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RetentionExecution)]
struct ExecutionView {
    id: i64,
    policy_id: i64,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    status: &'static str,
    trigger: &'static str,
    dry_run: bool,
}

impl From<Execution> for ExecutionView {
    fn from(run: Execution) -> Self {
        let known: Map<String, Value> = serde_json::from_str(&run.attributes).unwrap_or_default();
        Self {
            id: run.id.0,
            policy_id: run.vendor_id,
            start_time: time(run.started_at),
            end_time: run.ended_at.map(time),
            status: run.status.as_str(),
            trigger: run.trigger.as_str(),
            dry_run: known.get("dry_run") == Some(&Value::Bool(true)),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = RetentionExecutionTask)]
struct TaskView {
    id: i64,
    execution_id: i64,
    repository: String,
    job_id: String,
    status: &'static str,
    status_code: i64,
    /// How often it began.
    status_revision: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    total: i64,
    retained: i64,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        let known: Map<String, Value> = serde_json::from_str(&task.attributes).unwrap_or_default();
        let number = |name: &str| known.get(name).and_then(Value::as_i64).unwrap_or(0);
        let code = match task.status {
            Status::Pending => 0,
            Status::Scheduled => 1,
            Status::Running => 2,
            Status::Success | Status::Error | Status::Stopped => 3,
        };
        Self {
            id: task.id.0,
            execution_id: task.execution.0,
            repository: known.get("repository").and_then(Value::as_str).unwrap_or_default().to_owned(),
            job_id: task.id.to_string(),
            status: task.status.as_str(),
            status_code: code,
            status_revision: task.attempts,
            start_time: task.started_at.map(time),
            end_time: task.ended_at.map(time),
            total: number("total"),
            retained: number("retained"),
        }
    }
}

/// What rules may be made of (getRentenitionMetadata, as the contract spells it).
async fn get_metadata(Anybody(who, caller): Anybody) -> Result<Json<MetadataView>, Failure> {
    drop(who);
    if !caller.is_authenticated() {
        return Err(Error::Denied { authenticated: false }.into());
    }
    let templates = Template::ALL.into_iter().filter_map(|template| {
        let (display_text, unit) = template.offer()?;
        let params = unit.map(|unit| ParamView { kind: "int", unit, required: true }).into_iter().collect();
        Some(TemplateView { rule_template: template.as_str(), display_text, action: ACTION, params })
    });
    Ok(Json(MetadataView {
        templates: templates.collect(),
        scope_selectors: vec![SelectorKindView {
            display_text: "Repositories",
            kind: "doublestar",
            decorations: ["repoMatches", "repoExcludes"],
        }],
        tag_selectors: vec![SelectorKindView {
            display_text: "Tags",
            kind: "doublestar",
            decorations: ["matches", "excludes"],
        }],
    }))
}

/// Makes a policy (createRetention).
async fn create_retention(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    OriginalUri(uri): OriginalUri,
    Body(new): Body<PolicyView>,
) -> Result<Response, Failure> {
    let id = retention::create(&app, &who, &new.into_policy()?).await?;
    let location = format!("{}/{id}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Shows a policy (getRetention).
async fn get_retention(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
) -> Result<Json<PolicyView>, Failure> {
    Ok(Json(retention::get(&app, &who, RetentionId(id)).await?.into()))
}

/// Replaces a policy's rules and time (updateRetention).
async fn update_retention(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
    Body(new): Body<PolicyView>,
) -> Result<StatusCode, Failure> {
    let policy = Policy { id: RetentionId(id), ..new.into_policy()? };
    retention::update(&app, &who, &policy).await?;
    Ok(StatusCode::OK)
}

/// Drops a policy (deleteRetention).
async fn delete_retention(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    retention::delete(&app, &who, RetentionId(id)).await?;
    Ok(StatusCode::OK)
}

/// Carries a policy out (triggerRetentionExecution).
async fn run_retention(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
    OriginalUri(uri): OriginalUri,
    Body(how): Body<RunRequest>,
) -> Result<Response, Failure> {
    let run = retention::run(&app, &who, RetentionId(id), how.dry_run).await?;
    let location = format!("{}/{run}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Lists a policy's runs (listRetentionExecutions).
async fn list_runs(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
    paging: Paging,
) -> Result<Response, Failure> {
    let page = retention::list_runs(&app, &who, RetentionId(id), paging.window()).await?;
    Ok(paging.page::<_, ExecutionView>(page))
}

/// The ids in a path, those of a policy and of what belongs to it.
fn ids<const N: usize>(texts: [String; N]) -> Result<[i64; N], Failure> {
    let mut ids = [0; N];
    for (id, text) in ids.iter_mut().zip(texts) {
        *id = text
            .parse()
            .map_err(|_| Failure::new(Code::UnprocessableEntity, "the ids in the path must be numbers"))?;
    }
    Ok(ids)
}

/// Stops a run (operateRetentionExecution).
async fn stop_run(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    Path(path): Path<(String, String)>,
    Body(asked): Body<ActionRequest>,
) -> Result<StatusCode, Failure> {
    let [id, run] = ids([path.0, path.1])?;
    if asked.action != "stop" {
        return Err(Error::invalid("action", "must be `stop`").into());
    }
    retention::stop(&app, &who, RetentionId(id), ExecutionId(run)).await?;
    Ok(StatusCode::OK)
}

/// Lists what a run does (listRetentionTasks).
async fn list_tasks(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    Path(path): Path<(String, String)>,
    paging: Paging,
) -> Result<Response, Failure> {
    let [id, run] = ids([path.0, path.1])?;
    let (id, run) = (RetentionId(id), ExecutionId(run));
    let page = retention::list_tasks(&app, &who, id, run, paging.window()).await?;
    Ok(paging.page::<_, TaskView>(page))
}

/// What was logged for a repository (getRetentionTaskLog).
async fn get_task_log(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    Path(path): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let [id, run, task] = ids([path.0, path.1, path.2])?;
    let (id, run, task) = (RetentionId(id), ExecutionId(run), TaskId(task));
    Ok(plain(retention::log(&app, &who, id, run, task).await?))
}
