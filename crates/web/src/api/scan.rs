//! Scans of artifacts, and what they found.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use minato_core::authz::{ArtifactAdditionRead, SbomCreate, SbomStop, ScanCreate, ScanRead, ScanStop};
use minato_core::{App, scan};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::artifact::{Accepted, Named};
use super::grant::{ReportId, Repository, RepositoryFor};
use super::operation::{Operation, Verb, header};
use super::paging::read;
use crate::codes::Code;
use crate::error::Failure;

const SCAN: &str = "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/scan";
const STOP: &str = "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/scan/stop";
const LOG: &str =
    "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/scan/{report_id}/log";
const FOUND: &str =
    "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/additions/vulnerabilities";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, SCAN, "scanArtifact", "scan")
            .body::<WhatView>()
            .accepts()
            .fails(&[400, 401, 403, 404, 409, 412, 422, 500])
            .by(scan_artifact),
        Operation::new(Verb::Post, STOP, "stopScanArtifact", "scan")
            .body::<WhatView>()
            .accepts()
            .fails(&[400, 401, 403, 404, 422, 500])
            .by(stop_scan),
        Operation::new(Verb::Get, LOG, "getReportLog", "scan")
            .answers_text("text/plain")
            .fails(&[400, 401, 403, 404, 500])
            .by(get_log),
        Operation::new(Verb::Get, FOUND, "getVulnerabilitiesAddition", "artifact")
            .takes([header("X-Accept-Vulnerabilities")])
            .answers_text("application/json")
            .with_header("Content-Type")
            .fails(&[400, 401, 403, 404, 500])
            .by(get_vulnerabilities),
    ]
}

/// What to look for: `vulnerability`, which is meant where nothing is said, or `sbom`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScanType)]
struct WhatView {
    #[serde(default)]
    scan_type: Option<String>,
}

/// Whether a bill of materials is meant. The body may be missing, and says nothing when its word is none of
/// the two, as in Harbor.
fn is_sbom(body: &Bytes) -> Result<bool, Failure> {
    if body.is_empty() {
        return Ok(false);
    }
    let what: Value = serde_json::from_slice(body)
        .map_err(|error| Failure::new(Code::UnprocessableEntity, error.to_string()))?;
    if what.is_null() {
        return Ok(false);
    }
    Ok(read::<WhatView>(what)?.scan_type.as_deref() == Some("sbom"))
}

/// Has an artifact scanned (scanArtifact).
async fn scan_artifact(
    State(app): State<Arc<App>>,
    asked: RepositoryFor,
    Named(reference): Named,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    if is_sbom(&body)? {
        scan::start_sbom(&app, &asked.grant::<SbomCreate>(&app).await?, &reference).await?;
    } else {
        let grant = asked.grant::<ScanCreate>(&app).await?;
        scan::start(&app, &grant, &reference).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Stops the scan of an artifact (stopScanArtifact).
async fn stop_scan(
    State(app): State<Arc<App>>,
    asked: RepositoryFor,
    Named(reference): Named,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    if is_sbom(&body)? {
        scan::stop_sbom(&app, &asked.grant::<SbomStop>(&app).await?, &reference).await?;
    } else {
        scan::stop(&app, &asked.grant::<ScanStop>(&app).await?, &reference).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// What was logged while a report was made (getReportLog).
async fn get_log(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ScanRead>,
    Named(reference): Named,
    ReportId(report): ReportId,
) -> Result<Response, Failure> {
    let log = scan::log(&app, &grant, &reference, &report).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], log).into_response())
}

/// What a scanner found in an artifact (getVulnerabilitiesAddition).
async fn get_vulnerabilities(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactAdditionRead>,
    Named(reference): Named,
    Accepted(wanted): Accepted,
) -> Result<Response, Failure> {
    let found = scan::vulnerabilities(&app, &grant, &reference, wanted).await?;
    // The report is JSON already.
    let body =
        found.map_or_else(|| "{}".to_owned(), |(kind, report)| format!("{{\"{}\":{report}}}", kind.as_str()));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
