//! How artifacts, tags and accessories look on the wire.
//!
//! As Harbor writes them: a list without entries is `null`, other empty fields are left out, and what
//! was never pulled has the zero time of Go.

use std::collections::BTreeMap;

use minato_core::artifact::{Shown, ShownAccessory, ShownTag, addition};
use minato_core::scan::{Counts, Overview};
use minato_types::artifact::{AttachedLabel, Child};
use minato_types::clock::Timestamp;
use minato_types::manifest::Platform;
use minato_types::name::RepositoryName;
use minato_types::scan::Identity;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::{icon, paging};

const NEVER: &str = "0001-01-01T00:00:00.000Z";
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Serialize, ToSchema)]
#[schema(as = Artifact)]
pub(in crate::api) struct ArtifactView {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    media_type: String,
    manifest_media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    project_id: i64,
    repository_id: i64,
    repository_name: String,
    digest: String,
    size: u64,
    icon: String,
    push_time: String,
    pull_time: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    extra_attrs: Map<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    references: Option<Vec<ReferenceView>>,
    tags: Option<Vec<TagView>>,
    labels: Option<Vec<LabelView>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    addition_links: BTreeMap<&'static str, AdditionLinkView>,
    accessories: Option<Vec<AccessoryView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited_accessories: Option<Vec<AccessoryView>>,
    /// By the media type of the report.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    scan_overview: BTreeMap<&'static str, ScanView>,
}

/// How a scan stands.
#[derive(Serialize, ToSchema)]
#[schema(as = NativeReportSummary)]
struct ScanView {
    report_id: String,
    scan_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    duration: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<SummaryView>,
    start_time: String,
    end_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner: Option<IdentityView>,
    complete_percent: i64,
}

/// What was found, in numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = VulnerabilitySummary)]
struct SummaryView {
    total: i64,
    fixable: i64,
    summary: BTreeMap<String, i64>,
}

/// Who a scanner is.
#[derive(Serialize, ToSchema)]
#[schema(as = Scanner)]
pub(in crate::api) struct IdentityView {
    name: String,
    vendor: String,
    version: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AdditionLink)]
struct AdditionLinkView {
    href: String,
    absolute: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Tag)]
pub(in crate::api) struct TagView {
    id: i64,
    repository_id: i64,
    artifact_id: i64,
    name: String,
    push_time: String,
    pull_time: String,
    immutable: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Accessory)]
pub(in crate::api) struct AccessoryView {
    id: i64,
    artifact_id: i64,
    subject_artifact_id: i64,
    subject_artifact_digest: String,
    subject_artifact_repo: String,
    size: u64,
    digest: String,
    #[serde(rename = "type")]
    kind: &'static str,
    icon: String,
    creation_time: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reference)]
struct ReferenceView {
    parent_id: i64,
    child_id: i64,
    child_digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<PlatformView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
    urls: Option<Vec<String>>,
}

/// The apostrophes are the contract's.
#[derive(Serialize, ToSchema)]
#[schema(as = Platform)]
struct PlatformView {
    #[serde(skip_serializing_if = "String::is_empty")]
    architecture: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    os: String,
    #[serde(rename = "'os.version'", skip_serializing_if = "Option::is_none")]
    os_version: Option<String>,
    #[serde(rename = "'os.features'", skip_serializing_if = "Option::is_none")]
    os_features: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<String>,
}

/// A label as an artifact shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = AttachedLabel)]
struct LabelView {
    id: i64,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    color: String,
    scope: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    creation_time: String,
    update_time: String,
}

/// The address of a repository; its name is encoded twice, as clients send it.
pub(super) fn repository_path(name: &RepositoryName) -> String {
    let once = utf8_percent_encode(name.within_project(), ESCAPED).to_string();
    let twice = utf8_percent_encode(&once, ESCAPED);
    format!("/api/v2.0/projects/{}/repositories/{twice}", name.project())
}

fn time_or_never(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), paging::time)
}

/// The views, or `null` where there are none.
fn some<T, V: From<T>>(items: Vec<T>) -> Option<Vec<V>> {
    let views: Vec<V> = items.into_iter().map(V::from).collect();
    Some(views).filter(|views| !views.is_empty())
}

fn links(shown: &Shown) -> BTreeMap<&'static str, AdditionLinkView> {
    let Ok(name) = shown.artifact.repository_name.parse() else { return BTreeMap::new() };
    let base = format!("{}/artifacts/{}", repository_path(&name), shown.artifact.digest);
    let link = |part: &addition::Part| {
        let href = format!("{base}/additions/{}", part.as_str());
        (part.as_str(), AdditionLinkView { href, absolute: false })
    };
    let mut links: BTreeMap<_, _> = addition::parts(&shown.artifact).iter().map(link).collect();
    if shown.scannable {
        let href = format!("{base}/additions/vulnerabilities");
        links.insert("vulnerabilities", AdditionLinkView { href, absolute: false });
    }
    links
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        Self { name: identity.name, vendor: identity.vendor, version: identity.version }
    }
}

impl From<Counts> for SummaryView {
    fn from(counts: Counts) -> Self {
        Self { total: counts.total, fixable: counts.fixable, summary: counts.by_severity }
    }
}

impl From<Overview> for ScanView {
    fn from(overview: Overview) -> Self {
        Self {
            duration: overview.duration(),
            report_id: overview.report_id,
            scan_status: overview.status.as_str(),
            severity: overview.counts.as_ref().map(|counts| counts.severity.clone()),
            summary: overview.counts.map(SummaryView::from),
            start_time: time_or_never(overview.started_at),
            end_time: time_or_never(overview.ended_at),
            scanner: overview.scanner.map(IdentityView::from),
            complete_percent: overview.complete_percent,
        }
    }
}

impl From<Shown> for ArtifactView {
    fn from(shown: Shown) -> Self {
        let addition_links = links(&shown);
        let artifact = shown.artifact;
        Self {
            id: artifact.id.0,
            icon: icon::of(&artifact),
            kind: artifact.kind,
            media_type: artifact.config_type,
            manifest_media_type: artifact.media_type,
            artifact_type: artifact.artifact_type,
            project_id: artifact.project.0,
            repository_id: artifact.repository.0,
            repository_name: artifact.repository_name,
            digest: artifact.digest.to_string(),
            size: artifact.size,
            push_time: paging::time(artifact.push_time),
            pull_time: time_or_never(artifact.pull_time),
            // Kept as an object; what can't be read is shown as nothing.
            extra_attrs: serde_json::from_str(&artifact.attributes).unwrap_or_default(),
            annotations: artifact.annotations,
            references: some(shown.children),
            tags: some(shown.tags),
            labels: some(shown.labels),
            addition_links,
            accessories: some(shown.accessories),
            inherited_accessories: some(shown.inherited),
            scan_overview: shown.scan.into_iter().map(|scan| (scan.kind.as_str(), scan.into())).collect(),
        }
    }
}

impl From<ShownTag> for TagView {
    fn from(shown: ShownTag) -> Self {
        let tag = shown.tag;
        Self {
            id: tag.id.0,
            repository_id: tag.repository.0,
            artifact_id: tag.artifact.0,
            name: tag.name,
            push_time: paging::time(tag.push_time),
            pull_time: time_or_never(tag.pull_time),
            immutable: shown.immutable,
        }
    }
}

impl From<ShownAccessory> for AccessoryView {
    fn from(shown: ShownAccessory) -> Self {
        let artifact = shown.artifact;
        Self {
            id: artifact.id.0,
            artifact_id: artifact.id.0,
            subject_artifact_id: shown.subject.0,
            subject_artifact_digest: shown.subject_digest.to_string(),
            icon: icon::of_accessory(&artifact, shown.kind),
            subject_artifact_repo: artifact.repository_name,
            size: artifact.size,
            digest: artifact.digest.to_string(),
            kind: shown.kind.as_str(),
            creation_time: paging::time(artifact.push_time),
        }
    }
}

impl From<Child> for ReferenceView {
    fn from(child: Child) -> Self {
        Self {
            parent_id: child.parent.0,
            child_id: child.child.0,
            child_digest: child.digest.to_string(),
            platform: child.description.platform.map(PlatformView::from),
            annotations: child.description.annotations,
            urls: child.description.urls,
        }
    }
}

impl From<Platform> for PlatformView {
    fn from(platform: Platform) -> Self {
        Self {
            architecture: platform.architecture,
            os: platform.os,
            os_version: platform.os_version,
            os_features: platform.os_features,
            variant: platform.variant,
        }
    }
}

impl From<AttachedLabel> for LabelView {
    fn from(label: AttachedLabel) -> Self {
        Self {
            id: label.id.0,
            name: label.name,
            description: label.description,
            color: label.color,
            scope: if label.project.is_some() { "p" } else { "g" },
            project_id: label.project.map(|project| project.0),
            creation_time: paging::time(label.created_at),
            update_time: paging::time(label.updated_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_twice() {
        let path = repository_path(&"library/a/b.c".parse().unwrap());
        assert_eq!(path, "/api/v2.0/projects/library/repositories/a%252Fb.c");
    }
}
