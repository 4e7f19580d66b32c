//! Labels.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Json, Response};
use http::header::LOCATION;
use http::{StatusCode, Uri};
use minato_core::authz::{ArtifactLabelCreate, ArtifactLabelDelete};
use minato_core::label::{self, LabelText, Scope};
use minato_core::{App, Error, Noun};
use minato_types::id::{LabelId, ProjectId};
use minato_types::label::Label;
use minato_types::query::Pattern;
use minato_types::reference::Reference;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{Anybody, Repository};
use super::operation::{LIST, Operation, Verb, number, text};
use super::paging::{Body, ListQuery, RowId, parameter, time};
use crate::error::Failure;

const ON_ARTIFACT: &str =
    "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/labels";
const ONE_ON_ARTIFACT: &str =
    "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/labels/{label_id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/labels", "ListLabels", "label")
            .takes(LIST)
            .takes([text("name"), text("scope"), number("project_id")])
            .lists::<LabelView>()
            .fails(&[400, 401, 500])
            .by(list_labels),
        Operation::new(Verb::Post, "/labels", "CreateLabel", "label")
            .body::<LabelView>()
            .creates()
            .fails(&[400, 401, 409, 415, 500])
            .by(create_label),
        Operation::new(Verb::Get, "/labels/{label_id}", "GetLabelByID", "label")
            .answers::<LabelView>()
            .fails(&[401, 404, 500])
            .by(get_label),
        Operation::new(Verb::Put, "/labels/{label_id}", "UpdateLabel", "label")
            .body::<LabelView>()
            .fails(&[400, 401, 404, 409, 500])
            .by(update_label),
        Operation::new(Verb::Delete, "/labels/{label_id}", "DeleteLabel", "label")
            .fails(&[400, 401, 404, 500])
            .by(delete_label),
        Operation::new(Verb::Post, ON_ARTIFACT, "addLabel", "artifact")
            .body::<LabelView>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(add_label),
        Operation::new(Verb::Delete, ONE_ON_ARTIFACT, "removeLabel", "artifact")
            .fails(&[401, 403, 404, 409, 500])
            .by(remove_label),
    ]
}

/// A label as it is shown, and as it is sent: then times count for nothing.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Label)]
pub(super) struct LabelView {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    color: String,
    #[serde(default)]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    #[serde(default)]
    creation_time: String,
    #[serde(default)]
    update_time: String,
}

impl From<Label> for LabelView {
    fn from(label: Label) -> Self {
        Self {
            id: label.id.0,
            name: label.name,
            description: label.description,
            color: label.color,
            scope: if label.project.is_some() { "p" } else { "g" }.to_owned(),
            project_id: label.project.map(|id| id.0),
            creation_time: time(label.created_at),
            update_time: time(label.updated_at),
        }
    }
}

impl LabelView {
    fn into_text(self) -> LabelText {
        LabelText { name: self.name.trim().to_owned(), description: self.description, color: self.color }
    }
}

/// Whose labels are meant.
fn scope(scope: &str, project: Option<i64>) -> Result<Scope, Error> {
    match (scope, project) {
        ("g", _) => Ok(Scope::Global),
        ("p", Some(id)) if id > 0 => Ok(Scope::Project(ProjectId(id))),
        ("p", _) => Err(Error::invalid("project_id", "scope `p` needs the project's id")),
        _ => Err(Error::invalid("scope", "expected `g` for everybody's labels or `p` for a project's")),
    }
}

/// Lists labels (`ListLabels`).
pub(super) async fn list_labels(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    ListQuery { mut query, paging }: ListQuery,
    uri: Uri,
) -> Result<Response, Failure> {
    let project = parameter(&uri, "project_id").and_then(|id| id.parse().ok());
    let scope = scope(&parameter(&uri, "scope").unwrap_or_default(), project)?;
    if let Some(part) = parameter(&uri, "name").filter(|part| !part.is_empty()) {
        query.require("name", Pattern::Contains(part));
    }
    let page = label::list(&app, &who, scope, &query, paging.window()).await?;
    Ok(paging.page::<_, LabelView>(page))
}

/// Makes a label (`CreateLabel`).
pub(super) async fn create_label(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    Body(new): Body<LabelView>,
) -> Result<Response, Failure> {
    let scope = scope(&new.scope, new.project_id)?;
    let id = label::create(&app, &who, scope, &new.into_text()).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/api/v2.0/labels/{id}"))]).into_response())
}

/// Shows a label (`GetLabelByID`).
pub(super) async fn get_label(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
) -> Result<Json<LabelView>, Failure> {
    Ok(Json(label::get(&app, &who, LabelId(id)).await?.into()))
}

/// Changes what a label says (`UpdateLabel`).
pub(super) async fn update_label(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
    Body(new): Body<LabelView>,
) -> Result<StatusCode, Failure> {
    label::update(&app, &who, LabelId(id), &new.into_text()).await?;
    Ok(StatusCode::OK)
}

/// Deletes a label (`DeleteLabel`).
pub(super) async fn delete_label(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    label::delete(&app, &who, LabelId(id)).await?;
    Ok(StatusCode::OK)
}

fn reference(text: &str) -> Result<Reference, Error> {
    text.parse().map_err(|_| Error::NotFound(Noun::Artifact))
}

/// Puts a label on an artifact (addLabel).
pub(super) async fn add_label(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactLabelCreate>,
    Path((_, _, artifact)): Path<(String, String, String)>,
    Body(label): Body<LabelView>,
) -> Result<StatusCode, Failure> {
    label::add_to_artifact(&app, &grant, &reference(&artifact)?, LabelId(label.id)).await?;
    Ok(StatusCode::OK)
}

/// Takes a label from an artifact (removeLabel).
pub(super) async fn remove_label(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactLabelDelete>,
    Path((_, _, artifact, _)): Path<(String, String, String, String)>,
    RowId(id): RowId,
) -> Result<StatusCode, Failure> {
    label::remove_from_artifact(&app, &grant, &reference(&artifact)?, LabelId(id)).await?;
    Ok(StatusCode::OK)
}
