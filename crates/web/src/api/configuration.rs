//! Settings that administrators change while Minato runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use http::StatusCode;
use minato_core::App;
use minato_core::authz::{ConfigurationRead, ConfigurationUpdate};
use minato_core::settings::keys::{KEYS, Key, Kind};
use minato_core::settings::{self, Changes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::grant::{SignedIn, System};
use super::operation::{Operation, Verb};
use super::paging::Body;
use crate::codes::Code;
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/configurations", "getConfigurations", "configure")
            .answers::<SettingsView>()
            .fails(&[401, 403, 500])
            .by(get_configurations),
        Operation::new(Verb::Put, "/configurations", "updateConfigurations", "configure")
            .body::<SettingsRequest>()
            .fails(&[400, 401, 403, 422, 500])
            .by(update_configurations),
        Operation::new(Verb::Get, "/internalconfig", "getInternalconfig", "configure")
            .answers::<InternalView>()
            .fails(&[401, 403, 500])
            .by(get_internal),
    ]
}

/// Every setting, secrets too, for processes of the installation's own.
#[derive(Serialize, ToSchema)]
#[schema(as = InternalConfigurationsResponse)]
struct InternalView(BTreeMap<String, InternalItemView>);

#[derive(Serialize, ToSchema)]
#[schema(as = InternalConfigurationValue)]
struct InternalItemView {
    #[schema(value_type = Object)]
    value: Value,
    editable: bool,
}

/// Every setting that is no secret, by name.
#[derive(Serialize)]
pub(super) struct SettingsView(BTreeMap<&'static str, ItemView>);

/// A setting; its value is a text, a number or a switch.
#[derive(Serialize)]
struct ItemView {
    value: Value,
    editable: bool,
}

/// The settings to be changed. A map, so that one that is not known can be told.
#[derive(Deserialize)]
pub(super) struct SettingsRequest(Changes);

impl PartialSchema for SettingsView {
    fn schema() -> RefOr<Schema> {
        let shown = KEYS.iter().filter(|key| key.is_shown());
        let object = shown.fold(ObjectBuilder::new(), |object, key| {
            object.property(key.name, Ref::from_schema_name(item_name(key)))
        });
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for SettingsView {
    fn name() -> std::borrow::Cow<'static, str> {
        "ConfigurationsResponse".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for key in KEYS {
            let item = ObjectBuilder::new()
                .property("value", plain(value_type(key)))
                .property("editable", plain(Type::Boolean));
            schemas.push((item_name(key).to_owned(), RefOr::T(Schema::Object(item.build()))));
        }
    }
}

impl PartialSchema for SettingsRequest {
    fn schema() -> RefOr<Schema> {
        let object = KEYS
            .iter()
            .fold(ObjectBuilder::new(), |object, key| object.property(key.name, plain(value_type(key))));
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for SettingsRequest {
    fn name() -> std::borrow::Cow<'static, str> {
        "Configurations".into()
    }
}

fn plain(kind: Type) -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(SchemaType::new(kind)).build())
}

fn value_type(key: &Key) -> Type {
    match key.kind {
        Kind::Flag => Type::Boolean,
        Kind::Number(..) => Type::Integer,
        Kind::Text
        | Kind::Name
        | Kind::Word(_)
        | Kind::Secret
        | Kind::Object
        | Kind::Banner
        | Kind::Endpoint
        | Kind::EventTypes => Type::String,
    }
}

fn item_name(key: &Key) -> &'static str {
    match key.kind {
        Kind::Flag => "BoolConfigItem",
        Kind::Number(..) => "IntegerConfigItem",
        _ => "StringConfigItem",
    }
}

/// Shows the settings (getConfigurations).
pub(super) async fn get_configurations(
    State(app): State<Arc<App>>,
    System(grant): System<ConfigurationRead>,
) -> Result<Json<SettingsView>, Failure> {
    let items = settings::list(&app, &grant).await?;
    let views =
        items.into_iter().map(|item| (item.name, ItemView { value: item.value, editable: item.editable }));
    Ok(Json(SettingsView(views.collect())))
}

/// Changes some of the settings (updateConfigurations).
pub(super) async fn update_configurations(
    State(app): State<Arc<App>>,
    System(grant): System<ConfigurationUpdate>,
    Body(SettingsRequest(changes)): Body<SettingsRequest>,
) -> Result<StatusCode, Failure> {
    settings::update(&app, &grant, &changes).await?;
    Ok(StatusCode::OK)
}

/// Refuses everybody (`getInternalconfig`): Harbor's processes ask each other for its settings this way, and
/// Minato is one process.
async fn get_internal(SignedIn(_): SignedIn) -> Result<Json<InternalView>, Failure> {
    Err(Failure::new(Code::Forbidden, "only internal service is allowed to call this API"))
}
