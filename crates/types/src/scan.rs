//! Words and wire formats of scanning: what scanners say of themselves, how bad a vulnerability is,
//! and what a project demands. The names are those of Harbor and of its pluggable scanner API 1.x.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// The kind of artifact that scanners are asked about, in Harbor's word.
const IMAGE: &str = "IMAGE";

/// What a scanner is asked to find.
pub const VULNERABILITY: &str = "vulnerability";

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportKind {
    /// The first form.
    Native,
    /// The same with scores and weaknesses.
    Generic,
}

impl ReportKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Native, Self::Generic];

    /// Its media type, by which answers are keyed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0",
            Self::Generic => "application/vnd.security.vulnerability.report; version=1.1",
        }
    }

    /// The form with this media type.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a scanner says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Who it is.
    pub scanner: Identity,
    /// What it can do.
    #[serde(deserialize_with = "or_default")]
    pub capabilities: Vec<Capability>,
    /// What else there is to know.
    #[serde(deserialize_with = "or_default")]
    pub properties: BTreeMap<String, String>,
}

/// Who a scanner is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

/// Something that a scanner can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capability {
    /// `vulnerability`, which is meant where nothing stands, or `sbom`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Media types of what it looks into.
    #[serde(deserialize_with = "or_default")]
    pub consumes_mime_types: Vec<String>,
    /// Media types of its reports.
    #[serde(deserialize_with = "or_default")]
    pub produces_mime_types: Vec<String>,
}

/// Scanners written in Go say `null` for an empty list.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Capability {
    fn finds_vulnerabilities(&self) -> bool {
        self.kind.is_empty() || self.kind == VULNERABILITY
    }
}

impl Metadata {
    /// What is wrong with it, if anything, by Harbor's rules.
    pub fn fault(&self) -> Option<&'static str> {
        const REQUIRED: &str = "application/vnd.docker.distribution.manifest.v2+json";
        const REPORTS: [&str; 3] = [
            ReportKind::Native.as_str(),
            ReportKind::Generic.as_str(),
            "application/vnd.security.sbom.report+json; version=1.0",
        ];
        let Identity { name, vendor, version } = &self.scanner;
        if name.is_empty() || vendor.is_empty() || version.is_empty() {
            return Some("it does not say its name, vendor and version");
        }
        if self.capabilities.is_empty() {
            return Some("it names no capabilities");
        }
        for capability in &self.capabilities {
            if !capability.consumes_mime_types.iter().any(|known| known == REQUIRED) {
                return Some("a capability of it does not consume manifests of docker");
            }
            if !capability.produces_mime_types.iter().any(|known| REPORTS.contains(&known.as_str())) {
                return Some("a capability of it produces no report that can be read");
            }
        }
        None
    }

    /// The forms of reports on vulnerabilities that it makes of an artifact of this kind whose manifest
    /// has this media type; none where it can't.
    pub fn reports(&self, kind: &str, media_type: &str) -> Vec<ReportKind> {
        let fits = |capability: &&Capability| {
            capability.finds_vulnerabilities()
                && capability.consumes_mime_types.iter().any(|consumed| consumed == media_type)
        };
        if kind != IMAGE {
            return Vec::new();
        }
        let Some(capability) = self.capabilities.iter().find(fits) else { return Vec::new() };
        let makes = |kind: &ReportKind| capability.produces_mime_types.iter().any(|t| t == kind.as_str());
        ReportKind::ALL.into_iter().filter(makes).collect()
    }

    /// Whether it finds vulnerabilities, and whether it makes bills of materials.
    pub fn supports(&self) -> (bool, bool) {
        let has = |wanted: &str| self.capabilities.iter().any(|capability| capability.kind == wanted);
        let is_old = self.capabilities.iter().all(|capability| capability.kind.is_empty());
        (is_old || has(VULNERABILITY), has("sbom"))
    }

    /// Whether it wants to be given a registry token rather than a name and a password.
    pub fn wants_bearer(&self) -> bool {
        let wanted = self.properties.get("harbor.scanner-adapter/registry-authorization-type");
        wanted.is_some_and(|wanted| wanted == "Bearer")
    }
}

/// How bad a severity is, for comparing. One that nobody knows is the worst.
pub fn rank(severity: &str) -> u8 {
    match severity {
        "None" | "Unknown" | "" => 0,
        "Negligible" => 1,
        "Low" => 2,
        "Medium" => 3,
        "High" => 4,
        "Critical" => 5,
        _ => 99,
    }
}

/// From which severity on a project does not let go what has vulnerabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// The project does not say; any counts.
    Unknown,
    /// Any.
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Threshold {
    /// By the project's setting `severity`.
    pub fn parse(setting: &str) -> Self {
        match setting {
            "none" => Self::None,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => Self::Unknown,
        }
    }

    /// Harbor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::None => "None",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// Whether this severity is as bad or worse.
    pub fn is_reached_by(self, severity: &str) -> bool {
        rank(severity) >= rank(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_reach_thresholds() {
        for (threshold, severity, reached) in [
            ("high", "High", true),
            ("high", "Medium", false),
            ("critical", "Catastrophic", true),
            ("none", "Unknown", true),
            ("", "Negligible", true),
            ("low", "Negligible", false),
        ] {
            assert_eq!(
                Threshold::parse(threshold).is_reached_by(severity),
                reached,
                "{threshold} {severity}"
            );
        }
    }

    #[test]
    fn capabilities_say_what_can_be_scanned() {
        let text = r#"{"scanner":{"name":"s","vendor":"v","version":"1"},"properties":null,"capabilities":[
            {"consumes_mime_types":["application/vnd.docker.distribution.manifest.v2+json"],
             "produces_mime_types":["application/vnd.security.vulnerability.report; version=1.1","raw"]}]}"#;
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        let docker = "application/vnd.docker.distribution.manifest.v2+json";
        assert_eq!(metadata.fault(), None);
        assert_eq!(metadata.reports("IMAGE", docker), [ReportKind::Generic]);
        assert_eq!(metadata.reports("CHART", docker), []);
        assert_eq!(metadata.reports("IMAGE", "application/vnd.oci.image.manifest.v1+json"), []);
        assert_eq!((metadata.supports(), metadata.wants_bearer()), ((true, false), false));
        assert!(Metadata::default().fault().is_some());
    }
}
