//! The audit log.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{Json, Response};
use minato_core::App;
use minato_core::audit::{self, Entry};
use minato_core::authz::{AuditLogList, LogList};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::{Project, SignedIn, System};
use super::operation::{LIST, Operation, Verb};
use super::paging::{ListQuery, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/audit-logs", "listAuditLogs", "auditlog")
            .takes(LIST)
            .lists::<OldEntryView>()
            .fails(&[400, 401, 500])
            .by(list_audit_logs),
        Operation::new(Verb::Get, "/auditlog-exts", "listAuditLogExts", "auditlog")
            .takes(LIST)
            .lists::<EntryView>()
            .fails(&[400, 401, 500])
            .by(list_audit_log_exts),
        Operation::new(Verb::Get, "/auditlog-exts/events", "listAuditLogEventTypes", "auditlog")
            .answers_all::<EventTypeView>()
            .fails(&[401, 403, 500])
            .by(list_audit_log_event_types),
        Operation::new(Verb::Get, "/projects/{project_name}/logs", "getLogs", "project")
            .takes(LIST)
            .lists::<OldEntryView>()
            .fails(&[400, 401, 500])
            .by(get_logs),
        Operation::new(Verb::Get, "/projects/{project_name}/auditlog-exts", "getLogExts", "project")
            .takes(LIST)
            .lists::<EntryView>()
            .fails(&[400, 401, 500])
            .by(get_log_exts),
    ]
}

/// An entry in the shape of Harbor's older log, which had no outcome: only what succeeded is in it.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditLog)]
pub(super) struct OldEntryView {
    id: i64,
    username: String,
    resource: String,
    resource_type: String,
    operation: String,
    op_time: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditLogExt)]
pub(super) struct EntryView {
    id: i64,
    username: String,
    resource: String,
    resource_type: String,
    operation: String,
    operation_description: String,
    operation_result: bool,
    op_time: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditLogEventType)]
pub(super) struct EventTypeView {
    event_type: &'static str,
}

impl From<Entry> for OldEntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            username: entry.username,
            resource: entry.resource,
            resource_type: entry.resource_type,
            operation: entry.operation,
            op_time: time(entry.at),
        }
    }
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            username: entry.username,
            resource: entry.resource,
            resource_type: entry.resource_type,
            operation: entry.operation,
            operation_description: entry.description,
            operation_result: entry.succeeded,
            op_time: time(entry.at),
        }
    }
}

/// Lists what was done, in the older shape (listAuditLogs).
pub(super) async fn list_audit_logs(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = audit::list(&app, &who, &audit::succeeded(query), paging.window()).await?;
    Ok(paging.page::<_, OldEntryView>(page))
}

/// Lists what was done or tried (listAuditLogExts).
pub(super) async fn list_audit_log_exts(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = audit::list(&app, &who, &query, paging.window()).await?;
    Ok(paging.page::<_, EntryView>(page))
}

/// Lists the types of events that can be switched off (listAuditLogEventTypes).
pub(super) async fn list_audit_log_event_types(
    System(grant): System<AuditLogList>,
) -> Json<Vec<EventTypeView>> {
    let types = audit::event_types(&grant);
    Json(types.map(|event| EventTypeView { event_type: event.as_str() }).collect())
}

/// Lists what was done in a project, in the older shape (getLogs).
pub(super) async fn get_logs(
    State(app): State<Arc<App>>,
    Project(grant): Project<LogList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = audit::list_of_project(&app, &grant, &audit::succeeded(query), paging.window()).await?;
    Ok(paging.page::<_, OldEntryView>(page))
}

/// Lists what was done or tried in a project (getLogExts).
pub(super) async fn get_log_exts(
    State(app): State<Arc<App>>,
    Project(grant): Project<LogList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = audit::list_of_project(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, EntryView>(page))
}
