//! Settings of projects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Json;
use http::StatusCode;
use minato_core::authz::{MetadataCreate, MetadataDelete, MetadataList, MetadataRead, MetadataUpdate};
use minato_core::{App, metadata};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::grant::Project;
use super::operation::{Operation, Verb};
use super::paging::Body;
use crate::error::Failure;

const ALL: &str = "/projects/{project_name_or_id}/metadatas/";
const ONE: &str = "/projects/{project_name_or_id}/metadatas/{meta_name}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "listProjectMetadatas", "projectMetadata")
            .answers_object()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_metadata),
        Operation::new(Verb::Post, ALL, "addProjectMetadatas", "projectMetadata")
            .body::<Metadata>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(add_metadata),
        Operation::new(Verb::Get, ONE, "getProjectMetadata", "projectMetadata")
            .answers_object()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_metadata),
        Operation::new(Verb::Put, ONE, "updateProjectMetadata", "projectMetadata")
            .body::<Metadata>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(update_metadata),
        Operation::new(Verb::Delete, ONE, "deleteProjectMetadata", "projectMetadata")
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(delete_metadata),
    ]
}

/// Settings by name; all values are text, in Harbor as here, and null is as good as left out.
#[derive(Serialize, Deserialize, Default)]
#[serde(transparent)]
pub(super) struct Metadata(BTreeMap<String, Option<String>>);

impl Metadata {
    /// What is set.
    pub(super) fn into_settings(self) -> BTreeMap<String, String> {
        self.0.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl FromIterator<(String, String)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(settings: I) -> Self {
        Self(settings.into_iter().map(|(name, value)| (name, Some(value))).collect())
    }
}

impl PartialSchema for Metadata {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).build();
        let object = ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
        let object = metadata::names().fold(object, |object, name| object.property(name, text()));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for Metadata {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProjectMetadata")
    }
}

/// Lists what is set in a project (listProjectMetadatas).
pub(super) async fn list_metadata(
    State(app): State<Arc<App>>,
    Project(grant): Project<MetadataList>,
) -> Result<Json<BTreeMap<String, String>>, Failure> {
    Ok(Json(metadata::list(&app, &grant).await?))
}

/// Sets what was not set before (addProjectMetadatas).
pub(super) async fn add_metadata(
    State(app): State<Arc<App>>,
    Project(grant): Project<MetadataCreate>,
    Body(asked): Body<Metadata>,
) -> Result<StatusCode, Failure> {
    metadata::add(&app, &grant, &asked.into_settings()).await?;
    Ok(StatusCode::OK)
}

/// Shows one setting (getProjectMetadata).
pub(super) async fn get_metadata(
    State(app): State<Arc<App>>,
    Project(grant): Project<MetadataRead>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Json<BTreeMap<String, String>>, Failure> {
    Ok(Json(metadata::get(&app, &grant, &name).await?))
}

/// Changes one setting (updateProjectMetadata).
pub(super) async fn update_metadata(
    State(app): State<Arc<App>>,
    Project(grant): Project<MetadataUpdate>,
    Path((_, name)): Path<(String, String)>,
    Body(asked): Body<Metadata>,
) -> Result<StatusCode, Failure> {
    metadata::update(&app, &grant, &name, &asked.into_settings()).await?;
    Ok(StatusCode::OK)
}

/// Takes one setting back (deleteProjectMetadata).
pub(super) async fn delete_metadata(
    State(app): State<Arc<App>>,
    Project(grant): Project<MetadataDelete>,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    metadata::delete(&app, &grant, &name).await?;
    Ok(StatusCode::OK)
}
