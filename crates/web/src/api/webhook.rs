//! Webhooks of projects, and what was told by them.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use minato_core::authz::{
    NotificationPolicyCreate, NotificationPolicyDelete, NotificationPolicyList, NotificationPolicyRead,
    NotificationPolicyUpdate,
};
use minato_core::job::history::Task;
use minato_core::webhook::{self, Delivery, FORMATS, Policy, TARGET_KINDS, Target, Wish};
use minato_core::{App, Error};
use minato_types::id::{ExecutionId, TaskId, WebhookId};
use minato_types::job::Status;
use minato_types::webhook::EventType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::grant::Project;
use super::operation::{LIST, Operation, Verb, number, texts};
use super::paging::{Body, ListQuery, RowId, parameter, time};
use super::run::plain;
use crate::codes::Code;
use crate::error::Failure;

const ALL: &str = "/projects/{project_name_or_id}/webhook/policies";
const ONE: &str = "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}";
const RUNS: &str = "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions";
const TASKS: &str =
    "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions/{execution_id}/tasks";
const LOG: &str = "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions/{execution_id}/tasks/{task_id}/log";
const AGAIN: &str = "/projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}/executions/{execution_id}/redelivery";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "ListWebhookPoliciesOfProject", "webhook")
            .takes(LIST)
            .lists::<PolicyView>()
            .fails(&[400, 401, 403, 500])
            .by(list_policies),
        Operation::new(Verb::Post, ALL, "CreateWebhookPolicyOfProject", "webhook")
            .body::<PolicyView>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_policy),
        Operation::new(Verb::Get, ONE, "GetWebhookPolicyOfProject", "webhook")
            .answers::<PolicyView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_policy),
        Operation::new(Verb::Put, ONE, "UpdateWebhookPolicyOfProject", "webhook")
            .body::<PolicyView>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(update_policy),
        Operation::new(Verb::Delete, ONE, "DeleteWebhookPolicyOfProject", "webhook")
            .fails(&[400, 401, 403, 404, 500])
            .by(delete_policy),
        Operation::new(Verb::Get, RUNS, "ListExecutionsOfWebhookPolicy", "webhook")
            .takes(LIST)
            .lists::<ExecutionView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_executions),
        Operation::new(Verb::Get, TASKS, "ListTasksOfWebhookExecution", "webhook")
            .takes(LIST)
            .lists::<TaskView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_tasks),
        Operation::new(Verb::Get, LOG, "GetLogsOfWebhookTask", "webhook")
            .answers_text("text/plain")
            .with_header("Content-Type")
            .fails(&[400, 401, 403, 404, 500])
            .by(get_log),
    ]
    .into_iter()
    .chain(more_operations())
    .collect()
}

fn more_operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, AGAIN, "redeliverWebhook", "webhook")
            .creates()
            .fails(&[401, 403, 404, 500])
            .by(redeliver),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/webhook/lasttrigger",
            "LastTrigger",
            "webhook",
        )
        .answers_all::<LastView>()
        .fails(&[400, 401, 403, 500])
        .by(list_last),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/webhook/jobs",
            "ListWebhookJobs",
            "webhookjob",
        )
        .takes(LIST)
        .takes([number("policy_id"), texts("status")])
        .lists::<JobView>()
        .fails(&[400, 401, 403, 500])
        .by(list_jobs),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/webhook/events",
            "GetSupportedEventTypes",
            "webhook",
        )
        .answers::<SupportedView>()
        .fails(&[401, 403, 500])
        .by(get_supported),
    ]
}

/// A policy as it is shown and sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookPolicy)]
struct PolicyView {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    project_id: i64,
    #[serde(default)]
    targets: Vec<TargetView>,
    #[serde(default)]
    event_types: Vec<String>,
    #[serde(default)]
    creator: String,
    #[serde(default)]
    creation_time: String,
    #[serde(default)]
    update_time: String,
    #[serde(default)]
    enabled: bool,
}

/// Whom to tell. `auth_header` is taken and never shown; one that is sent without it keeps what it had,
/// as long as its address is the same.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookTargetObject)]
struct TargetView {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    address: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    auth_header: String,
    #[serde(default)]
    skip_cert_verify: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    payload_format: String,
}

impl From<Target> for TargetView {
    fn from(target: Target) -> Self {
        Self {
            kind: target.kind,
            address: target.address,
            // A secret.
            auth_header: String::new(),
            skip_cert_verify: target.skip_cert_verify,
            payload_format: target.payload_format,
        }
    }
}

impl From<Policy> for PolicyView {
    fn from(policy: Policy) -> Self {
        Self {
            id: policy.id.0,
            name: policy.name,
            description: policy.description,
            project_id: policy.project.0,
            targets: policy.targets.into_iter().map(TargetView::from).collect(),
            event_types: policy.event_types,
            creator: policy.creator,
            creation_time: time(policy.created_at),
            update_time: time(policy.updated_at),
            enabled: policy.enabled,
        }
    }
}

impl PolicyView {
    fn into_wish(self) -> Wish {
        let target = |view: TargetView| Target {
            kind: view.kind,
            address: view.address,
            auth_header: view.auth_header,
            skip_cert_verify: view.skip_cert_verify,
            payload_format: view.payload_format,
        };
        Wish {
            name: self.name,
            description: self.description,
            targets: self.targets.into_iter().map(target).collect(),
            event_types: self.event_types,
            enabled: self.enabled,
        }
    }
}

/// Something that was told.
#[derive(Serialize, ToSchema)]
#[schema(as = Execution)]
struct ExecutionView {
    id: i64,
    vendor_type: String,
    vendor_id: i64,
    status: &'static str,
    status_message: String,
    metrics: MetricsView,
    trigger: &'static str,
    #[schema(value_type = Object)]
    extra_attrs: Map<String, Value>,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

/// How many jobs have come how far. A delivery has one.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Metrics)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct MetricsView {
    task_count: i64,
    success_task_count: i64,
    error_task_count: i64,
    pending_task_count: i64,
    running_task_count: i64,
    scheduled_task_count: i64,
    stopped_task_count: i64,
}

impl MetricsView {
    fn of(status: Status) -> Self {
        let mut metrics = Self { task_count: 1, ..Self::default() };
        match status {
            Status::Success => metrics.success_task_count = 1,
            Status::Error => metrics.error_task_count = 1,
            Status::Stopped => metrics.stopped_task_count = 1,
            Status::Pending => metrics.pending_task_count = 1,
            Status::Scheduled => metrics.scheduled_task_count = 1,
            Status::Running => metrics.running_task_count = 1,
        }
        metrics
    }
}

fn attributes(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

impl From<Delivery> for ExecutionView {
    fn from(Delivery { execution, status, .. }: Delivery) -> Self {
        Self {
            id: execution.id.0,
            vendor_type: execution.vendor_type,
            vendor_id: execution.vendor_id,
            status: execution.status.as_str(),
            status_message: execution.message,
            metrics: MetricsView::of(status),
            trigger: execution.trigger.as_str(),
            extra_attrs: attributes(&execution.attributes),
            start_time: time(execution.started_at),
            end_time: execution.ended_at.map(time),
        }
    }
}

/// A job.
#[derive(Serialize, ToSchema)]
#[schema(as = Task)]
struct TaskView {
    id: i64,
    execution_id: i64,
    status: &'static str,
    status_message: String,
    run_count: i64,
    #[schema(value_type = Object)]
    extra_attrs: Map<String, Value>,
    creation_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    update_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        Self {
            id: task.id.0,
            execution_id: task.execution.0,
            status: task.status.as_str(),
            status_message: task.message,
            run_count: task.attempts,
            extra_attrs: attributes(&task.attributes),
            creation_time: time(task.created_at),
            start_time: task.started_at.map(time),
            update_time: time(task.updated_at),
            end_time: task.ended_at.map(time),
        }
    }
}

/// A delivery in its older form.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookJob)]
struct JobView {
    id: i64,
    policy_id: i64,
    event_type: String,
    notify_type: &'static str,
    status: &'static str,
    job_detail: String,
    creation_time: String,
    update_time: String,
}

impl From<Delivery> for JobView {
    fn from(delivery: Delivery) -> Self {
        let Delivery { execution, event_type, payload, .. } = delivery;
        Self {
            id: execution.id.0,
            policy_id: execution.vendor_id,
            event_type,
            notify_type: if execution.vendor_type == "SLACK" { "slack" } else { "http" },
            status: execution.status.as_str(),
            job_detail: payload,
            creation_time: time(execution.started_at),
            update_time: time(execution.updated_at),
        }
    }
}

/// When a policy told last of a kind of event.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookLastTrigger)]
struct LastView {
    policy_name: String,
    enabled: bool,
    event_type: String,
    creation_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_trigger_time: Option<String>,
}

/// What there is to choose from.
#[derive(Serialize, ToSchema)]
#[schema(as = SupportedWebhookEventTypes)]
struct SupportedView {
    event_type: Vec<&'static str>,
    notify_type: Vec<&'static str>,
    payload_formats: Vec<FormatsView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PayloadFormat)]
struct FormatsView {
    notify_type: &'static str,
    formats: Vec<&'static str>,
}

/// Lists the policies of a project (`ListWebhookPoliciesOfProject`).
async fn list_policies(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = webhook::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, PolicyView>(page))
}

/// Makes a policy (`CreateWebhookPolicyOfProject`).
async fn create_policy(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyCreate>,
    OriginalUri(uri): OriginalUri,
    Body(new): Body<PolicyView>,
) -> Result<Response, Failure> {
    let id = webhook::create(&app, &grant, new.into_wish()).await?;
    let location = format!("{}/{id}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Shows a policy (`GetWebhookPolicyOfProject`).
async fn get_policy(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyRead>,
    RowId(id): RowId,
) -> Result<Json<PolicyView>, Failure> {
    Ok(Json(webhook::get(&app, &grant, WebhookId(id)).await?.into()))
}

/// Replaces a policy (`UpdateWebhookPolicyOfProject`).
async fn update_policy(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyUpdate>,
    RowId(id): RowId,
    Body(new): Body<PolicyView>,
) -> Result<StatusCode, Failure> {
    webhook::update(&app, &grant, WebhookId(id), new.into_wish()).await?;
    Ok(StatusCode::OK)
}

/// Drops a policy (`DeleteWebhookPolicyOfProject`).
async fn delete_policy(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyDelete>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    webhook::delete(&app, &grant, WebhookId(id)).await?;
    Ok(StatusCode::OK)
}

/// Lists what was told (`ListExecutionsOfWebhookPolicy`).
async fn list_executions(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyRead>,
    RowId(id): RowId,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = webhook::list_deliveries(&app, &grant, WebhookId(id), &query, paging.window()).await?;
    Ok(paging.page::<_, ExecutionView>(page))
}

fn id(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::new(Code::UnprocessableEntity, "the ids in the path must be numbers"))
}

/// Lists the jobs of a delivery (`ListTasksOfWebhookExecution`).
async fn list_tasks(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyRead>,
    Path((_, policy, execution)): Path<(String, String, String)>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let of = (WebhookId(id(&policy)?), ExecutionId(id(&execution)?));
    let page = webhook::list_tasks(&app, &grant, of, &query, paging.window()).await?;
    Ok(paging.page::<_, TaskView>(page))
}

/// What was sent and what came back (`GetLogsOfWebhookTask`).
async fn get_log(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyRead>,
    Path((_, policy, execution, task)): Path<(String, String, String, String)>,
) -> Result<Response, Failure> {
    let of = (WebhookId(id(&policy)?), ExecutionId(id(&execution)?));
    Ok(plain(webhook::log(&app, &grant, of, TaskId(id(&task)?)).await?))
}

/// Tells the same once more; Minato's own.
async fn redeliver(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyUpdate>,
    Path((_, policy, execution)): Path<(String, String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Failure> {
    let (policy, execution) = (WebhookId(id(&policy)?), ExecutionId(id(&execution)?));
    let new = webhook::redeliver(&app, &grant, policy, execution).await?;
    let all = uri.path().trim_end_matches('/').trim_end_matches("/redelivery");
    let all = all.rsplit_once('/').map_or(all, |(all, _)| all);
    Ok((StatusCode::CREATED, [(LOCATION, format!("{all}/{new}/tasks"))]).into_response())
}

/// When each policy told last of each kind of event (`LastTrigger`).
async fn list_last(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyRead>,
) -> Result<Json<Vec<LastView>>, Failure> {
    let mut views = Vec::new();
    for (policy, events) in webhook::list_last(&app, &grant).await? {
        views.extend(events.into_iter().map(|(event_type, last)| LastView {
            policy_name: policy.name.clone(),
            enabled: policy.enabled,
            event_type,
            creation_time: time(policy.created_at),
            last_trigger_time: last.map(time),
        }));
    }
    Ok(Json(views))
}

/// Lists what was told, in its older form (`ListWebhookJobs`).
async fn list_jobs(
    State(app): State<Arc<App>>,
    Project(grant): Project<NotificationPolicyList>,
    ListQuery { query, paging }: ListQuery,
    uri: Uri,
) -> Result<Response, Failure> {
    let policy = parameter(&uri, "policy_id").filter(|id| !id.is_empty()).map(|id| id.parse().map(WebhookId));
    let policy = policy.transpose().map_err(|_| Error::invalid("policy_id", "expected a number"))?;
    let pairs = form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    let statuses = pairs.filter(|(name, _)| name == "status");
    let statuses: Vec<String> =
        statuses.flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    let how = (&query, paging.window());
    let page = webhook::list_all_deliveries(&app, &grant, policy, statuses, how).await?;
    Ok(paging.page::<_, JobView>(page))
}

/// What there is to choose from (`GetSupportedEventTypes`).
async fn get_supported(Project(_): Project<NotificationPolicyRead>) -> Json<SupportedView> {
    Json(SupportedView {
        event_type: EventType::ALL.map(EventType::as_str).to_vec(),
        notify_type: TARGET_KINDS.to_vec(),
        payload_formats: vec![FormatsView { notify_type: "http", formats: FORMATS.to_vec() }],
    })
}
