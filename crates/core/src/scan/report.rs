//! Reports: reading what a scanner sends, counting it, and putting together what was found in the parts
//! of an index. What can't be read is no report; what Harbor's reports do not have is left out.

use std::collections::{HashMap, HashSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minato_db::scan::{Counts, Finding, Report as Row};
use minato_types::clock::Timestamp;
use minato_types::job::Status;
use minato_types::scan::{Identity, ReportKind, rank};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Most vulnerabilities in a report: one takes some hundred bytes, however few it was sent in.
const MOST_ITEMS: usize = 100_000;

/// Most values in a report, of whatever kind, for the same reason.
const MOST_VALUES: usize = 1_000_000;

/// Most characters of a severity.
const MOST_SEVERITY: usize = 32;

/// A report as Harbor shows it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    #[serde(deserialize_with = "or_default")]
    pub(crate) generated_at: String,
    pub(crate) scanner: Option<Identity>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) severity: String,
    #[serde(deserialize_with = "items")]
    pub(crate) vulnerabilities: Vec<Item>,
}

/// A vulnerability in a version of a package.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Item {
    #[serde(deserialize_with = "or_default")]
    id: String,
    #[serde(deserialize_with = "or_default")]
    package: String,
    #[serde(deserialize_with = "or_default")]
    version: String,
    #[serde(deserialize_with = "or_default")]
    fix_version: String,
    #[serde(deserialize_with = "or_default")]
    severity: String,
    #[serde(deserialize_with = "or_default")]
    status: String,
    #[serde(deserialize_with = "or_default")]
    description: String,
    links: Option<Vec<String>>,
    artifact_digests: Option<Vec<String>>,
    #[serde(deserialize_with = "or_default")]
    preferred_cvss: Cvss,
    cwe_ids: Option<Vec<String>>,
    vendor_attributes: Option<Map<String, Value>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cvss {
    score_v3: Option<f64>,
    score_v2: Option<f64>,
    #[serde(deserialize_with = "or_default")]
    vector_v3: String,
    #[serde(deserialize_with = "or_default")]
    vector_v2: String,
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Reads vulnerabilities one after another, and stops where there are too many.
fn items<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Item>, D::Error> {
    struct Items;
    impl<'de> Visitor<'de> for Items {
        type Value = Vec<Item>;

        fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
            text.write_str("a list of vulnerabilities")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = from.next_element()? {
                if items.len() == MOST_ITEMS {
                    return Err(A::Error::custom(format!("more than {MOST_ITEMS} vulnerabilities")));
                }
                items.push(item);
            }
            Ok(items)
        }
    }
    from.deserialize_any(Items)
}

/// How many values JSON has at most: each but the first stands behind one of these, outside of any text.
fn count_values(json: &[u8]) -> usize {
    let (mut count, mut in_text, mut is_escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b':' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

/// What is the same vulnerability, as in Harbor.
type Key = (String, String, String);

impl Report {
    /// Reads a report of what has this digest; what is wrong with it, if it is none.
    pub(crate) fn read(bytes: &[u8], digest: &str) -> Result<Self, String> {
        // A list would be read as a report without anything.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err("the report can't be read: it is no JSON object".to_owned());
        }
        let mut report: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("the report can't be read: {error}"))?;
        let mut seen: HashSet<Key> = HashSet::new();
        report.vulnerabilities.retain(|item| seen.insert(item.key()));
        for item in &mut report.vulnerabilities {
            item.severity = item.severity.chars().filter(|c| *c != '\0').take(MOST_SEVERITY).collect();
            item.artifact_digests = Some(vec![digest.to_owned()]);
        }
        Ok(report)
    }

    /// It in numbers, and one by one.
    pub(crate) fn count(&self) -> (Counts, Vec<Finding>) {
        let finding = |item: &Item| {
            (item.id.clone(), item.place(), item.severity.clone(), !item.fix_version.is_empty())
        };
        let findings: Vec<Finding> = self.vulnerabilities.iter().map(finding).collect();
        (counts(findings.iter()), findings)
    }

    /// Takes in what was found in another part of the same index.
    fn merge(&mut self, other: Self) {
        let mut places: HashMap<Key, usize> =
            self.vulnerabilities.iter().enumerate().map(|(place, item)| (item.key(), place)).collect();
        for item in other.vulnerabilities {
            let known = places.get(&item.key()).and_then(|place| self.vulnerabilities.get_mut(*place));
            if let Some(known) = known {
                let digests = item.artifact_digests.unwrap_or_default();
                known.artifact_digests.get_or_insert_default().extend(digests);
            } else {
                places.insert(item.key(), self.vulnerabilities.len());
                self.vulnerabilities.push(item);
            }
        }
        if other.generated_at > self.generated_at {
            (self.generated_at, self.scanner) = (other.generated_at, other.scanner);
        }
        if rank(&other.severity) > rank(&self.severity) || self.severity.is_empty() {
            self.severity = other.severity;
        }
    }
}

impl Item {
    fn key(&self) -> Key {
        (self.id.clone(), self.package.clone(), self.version.clone())
    }

    /// A number for the package and its version; always the same one, as it is kept.
    fn place(&self) -> i64 {
        let hash = Sha256::new().chain_update(&self.package).chain_update([0]).chain_update(&self.version);
        hash.finalize().iter().take(8).fold(0, |all, byte| (all << 8) | i64::from(*byte))
    }
}

/// Reads what a scanner has sent of what has this digest, on a thread for such work; what is wrong with it, if
/// it is no report.
pub(super) async fn receive(bytes: Vec<u8>, digest: String) -> crate::Result<Result<Report, String>> {
    let work = move || {
        if count_values(&bytes) > MOST_VALUES {
            return Err(format!("the report can't be read: more than {MOST_VALUES} values"));
        }
        Report::read(&bytes, &digest)
    };
    tokio::task::spawn_blocking(work).await.map_err(crate::Error::internal)
}

/// Reads a report of what has this digest and adds it to what is known, on a thread for such work; what is
/// wrong with it, if it is none.
pub(super) async fn add(
    known: Option<Report>,
    bytes: Vec<u8>,
    digest: String,
) -> crate::Result<Result<Report, String>> {
    let work = move || {
        let report = Report::read(&bytes, &digest)?;
        Ok(match known {
            Some(mut known) => {
                known.merge(report);
                known
            }
            None => report,
        })
    };
    tokio::task::spawn_blocking(work).await.map_err(crate::Error::internal)
}

/// Findings in numbers.
pub(super) fn counts<'a>(findings: impl Iterator<Item = &'a Finding>) -> Counts {
    let mut counts = Counts { severity: "None".to_owned(), ..Counts::default() };
    for (_, _, severity, is_fixable) in findings {
        counts.total += 1;
        counts.fixable += i64::from(*is_fixable);
        *counts.by_severity.entry(severity.clone()).or_default() += 1;
        if rank(severity) > rank(&counts.severity) {
            counts.severity.clone_from(severity);
        }
    }
    counts
}

/// The numbers of several reports together.
fn sum<'a>(all: impl Iterator<Item = &'a Counts>) -> Counts {
    let mut sum = Counts { severity: "None".to_owned(), ..Counts::default() };
    for counts in all {
        sum.total += counts.total;
        sum.fixable += counts.fixable;
        for (severity, count) in &counts.by_severity {
            *sum.by_severity.entry(severity.clone()).or_default() += count;
        }
        if rank(&counts.severity) > rank(&sum.severity) {
            sum.severity.clone_from(&counts.severity);
        }
    }
    sum
}

/// How the scan of an artifact stands.
#[derive(Clone, Debug)]
pub struct Overview {
    /// In which form its report is.
    pub kind: ReportKind,
    /// By what clients know the report; of an index, those of its parts together.
    pub report_id: String,
    /// How far it is.
    pub status: Status,
    /// What was found, once it was.
    pub counts: Option<Counts>,
    /// Who found it.
    pub scanner: Option<Identity>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How much of it is done, in hundredths.
    pub complete_percent: i64,
}

impl Overview {
    /// That of one report.
    fn of(row: &Row) -> Self {
        let is_done = row.status == Status::Success;
        Self {
            kind: row.kind,
            report_id: row.uuid.clone(),
            status: row.status,
            counts: is_done.then(|| row.counts.clone()),
            scanner: is_done.then(|| row.identity.clone()),
            started_at: row.started_at,
            ended_at: row.ended_at,
            complete_percent: if is_done { 100 } else { 0 },
        }
    }

    /// That of an index, from the reports of its parts in one form: what is in several of them counts in each.
    fn merged(rows: &[&Row]) -> Option<Self> {
        let first = rows.first()?;
        if rows.len() == 1 {
            return Some(Self::of(first));
        }
        let ids: Vec<&str> = rows.iter().map(|row| row.uuid.as_str()).collect();
        let done: Vec<&&Row> = rows.iter().filter(|row| row.status == Status::Success).collect();
        let status = rows.iter().map(|row| row.status).reduce(worse)?;
        let is_known = status != Status::Running && !done.is_empty();
        let newest = done.iter().max_by_key(|row| row.started_at);
        let percent = (done.len() * 100).checked_div(rows.len()).and_then(|n| i64::try_from(n).ok());
        Some(Self {
            kind: first.kind,
            report_id: STANDARD.encode(ids.join("|")),
            status,
            counts: is_known.then(|| sum(done.iter().map(|row| &row.counts))),
            scanner: newest.map(|row| row.identity.clone()),
            started_at: rows.iter().filter_map(|row| row.started_at).min(),
            ended_at: rows.iter().filter_map(|row| row.ended_at).max(),
            complete_percent: percent.unwrap_or_default(),
        })
    }

    /// How long it took, in whole seconds.
    pub fn duration(&self) -> i64 {
        let (Some(from), Some(to)) = (self.started_at, self.ended_at) else { return 0 };
        (to.as_secs() - from.as_secs()).max(0)
    }

    /// As webhooks tell it, in Harbor's words.
    pub(super) fn told(&self) -> Value {
        let time = |at: Option<Timestamp>| {
            at.map(|at| jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default().to_string())
        };
        let summary = self.counts.as_ref().map(|counts| {
            json!({ "total": counts.total, "fixable": counts.fixable, "summary": counts.by_severity })
        });
        json!({ self.kind.as_str(): {
            "report_id": self.report_id,
            "scan_status": self.status.as_str(),
            "severity": self.counts.as_ref().map_or("", |counts| &counts.severity),
            "duration": self.duration(),
            "summary": summary,
            "start_time": time(self.started_at),
            "end_time": time(self.ended_at),
            "scanner": self.scanner,
            "complete_percent": self.complete_percent,
        } })
    }

    /// The one in the first form of those wanted in which there is any; `rows` are of the artifact, or
    /// of the parts of an index.
    pub(super) fn choose(rows: &[&Row], wanted: &[ReportKind]) -> Option<Self> {
        wanted.iter().find_map(|kind| {
            let of_kind: Vec<&Row> = rows.iter().copied().filter(|row| row.kind == *kind).collect();
            Self::merged(&of_kind)
        })
    }
}

/// The status of two scans together, as in Harbor: a success of one is one of both.
fn worse(one: Status, other: Status) -> Status {
    let has = |status: Status| one == status || other == status;
    [Status::Running, Status::Stopped, Status::Success]
        .into_iter()
        .find(|status| has(*status))
        .unwrap_or(other)
}

/// The ids of the reports that are meant by one.
pub(super) fn ids(text: &str) -> Vec<String> {
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.as_deref().unwrap_or(text).split('|').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(digest: &str, items: &[(&str, &str, &str)]) -> Report {
        let items: Vec<Value> = items
            .iter()
            .map(|(id, severity, fix)| {
                serde_json::json!({ "id": id, "package": "p", "version": "1", "severity": severity,
                    "fix_version": fix, "links": null, "unknown": 1 })
            })
            .collect();
        let text =
            serde_json::json!({ "generated_at": "2026", "severity": "High", "vulnerabilities": items });
        Report::read(text.to_string().as_bytes(), digest).unwrap()
    }

    #[test]
    fn the_same_counts_once() {
        let one = report("a", &[("CVE-1", "High", "2"), ("CVE-1", "High", "2"), ("CVE-2", "Odd", "")]);
        let (counts, findings) = one.count();
        assert_eq!((counts.total, counts.fixable, counts.severity.as_str()), (2, 1, "Odd"));
        assert_eq!(findings.len(), 2);
        let mut all = one;
        all.merge(report("b", &[("CVE-2", "Odd", ""), ("CVE-3", "Low", "")]));
        let digests: Vec<_> =
            all.vulnerabilities.iter().map(|item| item.artifact_digests.clone().unwrap().len()).collect();
        assert_eq!(digests, [1, 2, 1]);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for text in ["", "[]", "{\"vulnerabilities\": 7}", "{\"vulnerabilities\": [null]}", "<html>"] {
            assert!(Report::read(text.as_bytes(), "a").is_err(), "{text}");
        }
        let empty = Report::read(b"{\"vulnerabilities\": null}", "a").unwrap();
        assert_eq!(empty.count().0.severity, "None");
        assert!(serde_json::to_string(&empty).unwrap().contains("\"vulnerabilities\":[]"));
    }

    #[test]
    fn values_are_counted_outside_of_texts() {
        assert_eq!(count_values(br#"{"a,[:": "x,\",:[", "b": [1, {}]}"#), 6);
    }

    #[test]
    fn ids_of_an_index_are_those_of_its_parts() {
        assert_eq!(ids(&STANDARD.encode("a-1|b-2")), ["a-1", "b-2"]);
        assert_eq!(ids("3fa85f64-5717-4562-b3fc-2c963f66afa6"), ["3fa85f64-5717-4562-b3fc-2c963f66afa6"]);
    }
}
