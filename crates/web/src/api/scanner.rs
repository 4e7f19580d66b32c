//! Scanners, and which of them a project uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Json, Response};
use http::StatusCode;
use http::header::LOCATION;
use minato_core::App;
use minato_core::authz::{
    ScannerCreate, ScannerRead, SystemScannerCreate, SystemScannerDelete, SystemScannerList,
    SystemScannerRead, SystemScannerUpdate,
};
use minato_core::scanner::{self, Scanner, Shown, Wish};
use minato_types::scan::Metadata;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::artifact::IdentityView;
use super::grant::{Project, ScannerId, SignedIn, System};
use super::operation::{LIST, Operation, Verb};
use super::paging::{Body, ListQuery, time};
use crate::error::Failure;

const ALL: &str = "/scanners";
const ONE: &str = "/scanners/{registration_id}";
const OF_PROJECT: &str = "/projects/{project_name_or_id}/scanner";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, ALL, "listScanners", "scanner")
            .takes(LIST)
            .lists::<ScannerView>()
            .fails(&[400, 401, 403, 500])
            .by(list_scanners),
        Operation::new(Verb::Post, ALL, "createScanner", "scanner")
            .body::<ScannerRequest>()
            .creates()
            .fails(&[400, 401, 403, 409, 500])
            .by(create_scanner),
        Operation::new(Verb::Post, "/scanners/ping", "pingScanner", "scanner")
            .body::<PingRequest>()
            .fails(&[400, 401, 403, 500])
            .by(ping_scanner),
        Operation::new(Verb::Get, ONE, "getScanner", "scanner")
            .answers::<ScannerView>()
            .fails(&[401, 403, 404, 500])
            .by(get_scanner),
        Operation::new(Verb::Put, ONE, "updateScanner", "scanner")
            .body::<ScannerRequest>()
            .fails(&[400, 401, 403, 404, 409, 500])
            .by(update_scanner),
        Operation::new(Verb::Delete, ONE, "deleteScanner", "scanner")
            .answers::<ScannerView>()
            .fails(&[401, 403, 404, 500])
            .by(delete_scanner),
        Operation::new(Verb::Patch, ONE, "setScannerAsDefault", "scanner")
            .body::<DefaultRequest>()
            .fails(&[401, 403, 404, 412, 500])
            .by(set_default),
        Operation::new(Verb::Get, "/scanners/{registration_id}/metadata", "getScannerMetadata", "scanner")
            .answers::<MetadataView>()
            .fails(&[401, 403, 404, 412, 500])
            .by(get_metadata),
        Operation::new(Verb::Get, OF_PROJECT, "getScannerOfProject", "project")
            .answers::<ScannerView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_scanner_of_project),
        Operation::new(Verb::Put, OF_PROJECT, "setScannerOfProject", "project")
            .body::<ChoiceRequest>()
            .fails(&[400, 401, 403, 404, 500])
            .by(set_scanner_of_project),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/scanner/candidates",
            "listScannerCandidatesOfProject",
            "project",
        )
        .takes(LIST)
        .lists::<ScannerView>()
        .fails(&[400, 401, 403, 500])
        .by(list_candidates),
    ]
}

/// A scanner as it is shown; never with what it knows us by.
#[derive(Serialize, ToSchema)]
#[schema(as = ScannerRegistration)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's fields")]
struct ScannerView {
    uuid: String,
    name: String,
    description: String,
    url: String,
    disabled: bool,
    is_default: bool,
    auth: String,
    /// Taken, and never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_credential: Option<String>,
    #[serde(rename = "skip_certVerify")]
    skip_cert_verify: bool,
    use_internal_addr: bool,
    create_time: String,
    update_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    adapter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    capabilities: Map<String, Value>,
}

impl From<Scanner> for ScannerView {
    fn from(scanner: Scanner) -> Self {
        Self {
            uuid: scanner.uuid,
            name: scanner.name,
            description: scanner.description,
            url: scanner.url,
            disabled: scanner.disabled,
            is_default: scanner.is_default,
            auth: scanner.auth,
            access_credential: None,
            skip_cert_verify: scanner.skip_cert_verify,
            use_internal_addr: scanner.use_internal_addr,
            create_time: time(scanner.created_at),
            update_time: time(scanner.updated_at),
            adapter: None,
            vendor: None,
            version: None,
            health: None,
            capabilities: Map::new(),
        }
    }
}

impl From<Shown> for ScannerView {
    fn from(Shown { scanner, said }: Shown) -> Self {
        let mut view = Self::from(scanner);
        view.health = Some(if said.is_some() { "healthy" } else { "unhealthy" });
        if let Some(said) = said {
            let (vulnerabilities, sbom) = said.supports();
            view.capabilities.insert("support_vulnerability".to_owned(), json!(vulnerabilities));
            view.capabilities.insert("support_sbom".to_owned(), json!(sbom));
            view.adapter = Some(said.scanner.name);
            view.vendor = Some(said.scanner.vendor);
            view.version = Some(said.scanner.version);
        }
        view
    }
}

/// A scanner as it is sent.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScannerRegistrationReq)]
struct ScannerRequest {
    name: String,
    #[serde(default)]
    description: String,
    url: String,
    #[serde(default)]
    auth: String,
    #[serde(default)]
    access_credential: String,
    #[serde(default, rename = "skip_certVerify")]
    skip_cert_verify: bool,
    #[serde(default)]
    use_internal_addr: bool,
    #[serde(default)]
    disabled: bool,
}

/// What would be a scanner.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScannerRegistrationSettings)]
struct PingRequest {
    name: String,
    url: String,
    #[serde(default)]
    auth: String,
    #[serde(default)]
    access_credential: String,
}

impl From<ScannerRequest> for Wish {
    fn from(request: ScannerRequest) -> Self {
        Self {
            name: request.name,
            description: request.description,
            url: request.url,
            auth: request.auth,
            credential: request.access_credential,
            disabled: request.disabled,
            skip_cert_verify: request.skip_cert_verify,
            use_internal_addr: request.use_internal_addr,
        }
    }
}

impl From<PingRequest> for Wish {
    fn from(request: PingRequest) -> Self {
        Self {
            name: request.name,
            description: String::new(),
            url: request.url,
            auth: request.auth,
            credential: request.access_credential,
            disabled: false,
            skip_cert_verify: false,
            use_internal_addr: false,
        }
    }
}

/// Whether a scanner is to be the default one; `false` changes nothing, as in Harbor.
#[derive(Deserialize, ToSchema)]
#[schema(as = IsDefault)]
struct DefaultRequest {
    #[serde(default)]
    is_default: bool,
}

/// The scanner that a project is to use.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProjectScanner)]
struct ChoiceRequest {
    uuid: String,
}

/// What a scanner says of itself.
#[derive(Serialize, ToSchema)]
#[schema(as = ScannerAdapterMetadata)]
struct MetadataView {
    scanner: IdentityView,
    capabilities: Vec<CapabilityView>,
    properties: BTreeMap<String, String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ScannerCapability)]
struct CapabilityView {
    #[serde(rename = "type")]
    kind: String,
    consumes_mime_types: Vec<String>,
    produces_mime_types: Vec<String>,
}

impl From<Metadata> for MetadataView {
    fn from(metadata: Metadata) -> Self {
        let capability = |one: minato_types::scan::Capability| CapabilityView {
            kind: one.kind,
            consumes_mime_types: one.consumes_mime_types,
            produces_mime_types: one.produces_mime_types,
        };
        Self {
            scanner: metadata.scanner.into(),
            capabilities: metadata.capabilities.into_iter().map(capability).collect(),
            properties: metadata.properties,
        }
    }
}

/// Lists the scanners (listScanners).
async fn list_scanners(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerList>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = scanner::list(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, ScannerView>(page))
}

/// Makes a scanner known (createScanner).
async fn create_scanner(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerCreate>,
    OriginalUri(uri): OriginalUri,
    Body(new): Body<ScannerRequest>,
) -> Result<Response, Failure> {
    let uuid = scanner::create(&app, &grant, new.into()).await?;
    let location = format!("{}/{uuid}", uri.path().trim_end_matches('/'));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Tries what would be a scanner (pingScanner).
async fn ping_scanner(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerRead>,
    Body(new): Body<PingRequest>,
) -> Result<StatusCode, Failure> {
    scanner::ping(&app, &grant, new.into()).await?;
    Ok(StatusCode::OK)
}

/// Shows a scanner (getScanner).
async fn get_scanner(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerRead>,
    ScannerId(uuid): ScannerId,
) -> Result<Json<ScannerView>, Failure> {
    Ok(Json(scanner::get(&app, &grant, &uuid).await?.into()))
}

/// Changes a scanner (updateScanner).
async fn update_scanner(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerUpdate>,
    ScannerId(uuid): ScannerId,
    Body(new): Body<ScannerRequest>,
) -> Result<StatusCode, Failure> {
    scanner::update(&app, &grant, &uuid, new.into()).await?;
    Ok(StatusCode::OK)
}

/// Drops a scanner (deleteScanner).
async fn delete_scanner(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerDelete>,
    ScannerId(uuid): ScannerId,
) -> Result<Json<ScannerView>, Failure> {
    Ok(Json(scanner::delete(&app, &grant, &uuid).await?.into()))
}

/// Makes a scanner the default one (setScannerAsDefault).
async fn set_default(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerUpdate>,
    ScannerId(uuid): ScannerId,
    Body(wish): Body<DefaultRequest>,
) -> Result<StatusCode, Failure> {
    if wish.is_default {
        scanner::set_default(&app, &grant, &uuid).await?;
    }
    Ok(StatusCode::OK)
}

/// What a scanner says of itself (getScannerMetadata).
async fn get_metadata(
    State(app): State<Arc<App>>,
    System(grant): System<SystemScannerRead>,
    ScannerId(uuid): ScannerId,
) -> Result<Json<MetadataView>, Failure> {
    Ok(Json(scanner::metadata(&app, &grant, &uuid).await?.into()))
}

/// Shows the scanner of a project (getScannerOfProject); an empty object where there is none. Needs signing
/// in, for a public project as well, as in Harbor.
async fn get_scanner_of_project(
    State(app): State<Arc<App>>,
    SignedIn(_): SignedIn,
    Project(grant): Project<ScannerRead>,
) -> Result<Response, Failure> {
    let found = scanner::of_project(&app, &grant).await?;
    Ok(found.map_or_else(
        || Json(json!({})).into_response(),
        |found| Json(ScannerView::from(found)).into_response(),
    ))
}

/// Chooses the scanner of a project (setScannerOfProject).
async fn set_scanner_of_project(
    State(app): State<Arc<App>>,
    Project(grant): Project<ScannerCreate>,
    Body(choice): Body<ChoiceRequest>,
) -> Result<StatusCode, Failure> {
    scanner::choose(&app, &grant, &choice.uuid).await?;
    Ok(StatusCode::OK)
}

/// Lists the scanners that a project may use (listScannerCandidatesOfProject).
async fn list_candidates(
    State(app): State<Arc<App>>,
    Project(grant): Project<ScannerCreate>,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let page = scanner::list_candidates(&app, &grant, &query, paging.window()).await?;
    Ok(paging.page::<_, ScannerView>(page))
}
