//! Quotas of projects.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{Json, Response};
use http::{StatusCode, Uri};
use minato_core::authz::{SystemQuotaList, SystemQuotaRead, SystemQuotaUpdate};
use minato_core::quota::{self, Quota};
use minato_core::{App, Error};
use minato_types::id::{ProjectId, QuotaId};
use minato_types::query::Pattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::System;
use super::operation::{LIST, Operation, Verb, text};
use super::paging::{Body, ListQuery, RowId, parameter, time};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/quotas", "listQuotas", "quota")
            .takes(LIST)
            .takes([text("reference"), text("reference_id")])
            .lists::<QuotaView>()
            .fails(&[400, 401, 403, 500])
            .by(list_quotas),
        Operation::new(Verb::Get, "/quotas/{id}", "getQuota", "quota")
            .answers::<QuotaView>()
            .fails(&[401, 403, 404, 500])
            .by(get_quota),
        Operation::new(Verb::Put, "/quotas/{id}", "updateQuota", "quota")
            .body::<QuotaRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(update_quota),
    ]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Quota)]
pub(super) struct QuotaView {
    id: i64,
    #[serde(rename = "ref")]
    reference: ReferenceView,
    hard: StorageView,
    used: StorageView,
    undo: StorageView,
    creation_time: String,
    update_time: String,
}

/// What a quota is for.
#[derive(Serialize, ToSchema)]
#[schema(as = QuotaRefObject)]
struct ReferenceView {
    id: i64,
    name: String,
    owner_name: String,
}

/// An amount of each resource, of which there is one: storage, in bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = ResourceList)]
pub(super) struct StorageView {
    pub(super) storage: i64,
}

impl From<Quota> for QuotaView {
    fn from(quota: Quota) -> Self {
        Self {
            id: quota.id.0,
            reference: ReferenceView {
                id: quota.project.0,
                name: quota.project_name,
                owner_name: quota.owner_name,
            },
            hard: StorageView { storage: quota.hard },
            used: StorageView { storage: quota.used },
            undo: StorageView { storage: quota.undo },
            creation_time: time(quota.created_at),
            update_time: time(quota.updated_at),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[schema(as = QuotaUpdateReq)]
pub(super) struct QuotaRequest {
    #[serde(default)]
    hard: BTreeMap<String, i64>,
}

impl QuotaRequest {
    fn bytes(&self) -> Result<i64, Error> {
        match self.hard.get("storage") {
            Some(bytes) if self.hard.len() == 1 => Ok(*bytes),
            _ => Err(Error::invalid("hard", "expected `storage`, in bytes, and nothing else")),
        }
    }
}

/// Lists quotas (listQuotas).
pub(super) async fn list_quotas(
    State(app): State<Arc<App>>,
    System(grant): System<SystemQuotaList>,
    ListQuery { mut query, paging }: ListQuery,
    uri: Uri,
) -> Result<Response, Failure> {
    // There are quotas of projects only.
    if parameter(&uri, "reference").is_some_and(|kind| !kind.is_empty() && kind != "project") {
        query.require("id", Pattern::AnyOf(Vec::new()));
    }
    let project = parameter(&uri, "reference_id").filter(|id| !id.is_empty());
    let project = project.map(|id| id.parse().map(ProjectId)).transpose();
    let project = project.map_err(|_| Error::invalid("reference_id", "expected a project's id"))?;
    let page = quota::list(&app, &grant, project, &query, paging.window()).await?;
    Ok(paging.page::<_, QuotaView>(page))
}

/// Shows a quota (getQuota).
pub(super) async fn get_quota(
    State(app): State<Arc<App>>,
    System(grant): System<SystemQuotaRead>,
    RowId(id): RowId,
) -> Result<Json<QuotaView>, Failure> {
    Ok(Json(quota::get(&app, &grant, QuotaId(id)).await?.into()))
}

/// Changes a limit (updateQuota).
pub(super) async fn update_quota(
    State(app): State<Arc<App>>,
    System(grant): System<SystemQuotaUpdate>,
    RowId(id): RowId,
    Body(new): Body<QuotaRequest>,
) -> Result<StatusCode, Failure> {
    quota::update(&app, &grant, QuotaId(id), new.bytes()?).await?;
    Ok(StatusCode::OK)
}
