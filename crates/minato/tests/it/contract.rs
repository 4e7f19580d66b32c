//! Minato's own description of its API, held against Harbor's contract (Swagger 2.0): each
//! operation that is built has the contract's name, parameters, bodies, headers and statuses.
//!
//! The contract is not part of this repository. It is read from `MINATO_TEST_CONTRACT`, or from
//! where it lies beside the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minato_testkit::TestApp;
use serde_json::Value;

use crate::process::not_run;

/// Where Minato deliberately differs: operation, how the difference begins, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("listProjects", "answer", "not all of a project is built yet"),
    ("getProject", "answer", "not all of a project is built yet"),
    ("getSystemInfo", "answer: .undo_period", "for how long deletions can be undone"),
    ("getSystemInfo", "answer: .authproxy_settings", "this way of signing in is not built"),
    ("getConfigurations", "answer: .pull_", "Harbor has these settings, its contract forgot them"),
    ("updateConfigurations", "body: .pull_", "Harbor has these settings, its contract forgot them"),
    (
        "getConfigurations",
        "answer: .scan_all_policy",
        "a setting like the others: text and whether it can be changed",
    ),
    ("updateConfigurations", "body: .scan_all_policy", "Harbor has this setting, its contract forgot it"),
    ("CreateRobot", "body: .secret", "the server makes it, as Harbor does"),
    ("UpdateRobot", "body: .secret", "the server makes it, as Harbor does"),
    ("GetRobotByID", "answer: .secret", "a secret is never shown again"),
    ("ListRobot", "answer: [].secret", "a secret is never shown again"),
    ("CreateImmuRule", "failure: 409", "the same rule twice"),
    ("UpdateImmuRule", "failure: 409", "the same rule twice"),
    ("listQuotas", "failure: 400", "bad input is told"),
    ("listQuotas", "parameter: q", "as every list: the quotas of some projects in one request"),
    ("listQuotas", "answer: [].undo", "what deletions can give back is counted by itself"),
    ("getQuota", "answer: .undo", "what deletions can give back is counted by itself"),
    ("putSystemCVEAllowlist", "failure: 400", "bad input is told"),
    ("search", "failure: 422", "bad input is told"),
    ("search", "answer: .project[].activity", "in lists only, what Harbor has nothing like"),
    ("search", "answer: .project[].deleted", "not all of a project is built yet"),
    ("search", "answer: .project[].registry_id", "not all of a project is built yet"),
    ("search", "answer: .project[].togglable", "not all of a project is built yet"),
    ("getProjectSummary", "answer: .registry", "proxy caches are not built"),
    ("getProjectMetadata", "answer: .*", "free text under names of Harbor's"),
    ("listProjectMetadatas", "answer: .*", "free text under names of Harbor's"),
    ("getArtifact", "answer: .extra_attrs.*", "whatever the kind of artifact tells"),
    ("listArtifacts", "answer: [].extra_attrs.*", "whatever the kind of artifact tells"),
    ("listArtifactsOfProject", "answer: [].extra_attrs.*", "whatever the kind of artifact tells"),
    ("getArtifact", "answer: .sbom_overview", "no scanner is asked for bills of materials"),
    ("listArtifacts", "answer: [].sbom_overview", "no scanner is asked for bills of materials"),
    ("listArtifactsOfProject", "answer: [].sbom_overview", "no scanner is asked for bills of materials"),
    ("createScanner", "failure: 409", "the same name or address twice"),
    ("updateScanner", "failure: 409", "the same name or address twice"),
    ("updateScanner", "failure: 400", "bad input is told"),
    ("setScannerAsDefault", "failure: 404", "there is no such scanner, in Harbor as here"),
    ("setScannerAsDefault", "failure: 412", "a disabled one can't be the default"),
    ("getScannerMetadata", "failure: 404", "there is no such scanner, in Harbor as here"),
    ("getScannerMetadata", "failure: 412", "the scanner does not answer"),
    ("scanArtifact", "failure: 409", "it is being scanned already, in Harbor as here"),
    ("scanArtifact", "failure: 412", "there is no scanner, in Harbor as here"),
    ("createScanAllSchedule", "body: .", "the rest is what the contract says is only read"),
    ("updateScanAllSchedule", "body: .", "the rest is what the contract says is only read"),
    ("getScanAllSchedule", "answer: .status", "it has none but that it is there"),
    ("getScanAllSchedule", "answer: .parameters", "the job has none that anybody chooses"),
    ("stopScanAll", "failure: 412", "there is no scanner, in Harbor as here"),
    ("updateRepository", "body", "only the description can be changed, in Harbor as here"),
    ("listUsers", "answer: [].oidc_user_meta", "not built yet"),
    ("getUser", "answer: .oidc_user_meta", "not built yet"),
    ("getCurrentUserInfo", "answer: .oidc_user_meta", "not built yet"),
    ("triggerRetentionExecution", "success: 200", "it is 201, in Harbor as here"),
    ("CreateWebhookPolicyOfProject", "failure: 409", "the same name twice"),
    ("UpdateWebhookPolicyOfProject", "failure: 409", "the same name twice"),
    ("ListExecutionsOfWebhookPolicy", "answer: [].extra_attrs.*", "whatever the event tells"),
    ("ListTasksOfWebhookExecution", "answer: [].extra_attrs.*", "whatever the job tells"),
    ("ListWebhookJobs", "parameter: policy_id", "without it those of all policies are listed"),
    ("createGCSchedule", "body: .", "the rest is what the contract says is only read"),
    ("updateGCSchedule", "body: .", "the rest is what the contract says is only read"),
    ("createPurgeSchedule", "body: .", "the rest is what the contract says is only read"),
    ("updatePurgeSchedule", "body: .", "the rest is what the contract says is only read"),
];

/// What Harbor has nothing like.
const OWN: &[&str] = &[
    "createFsckSchedule",
    "createScrubSchedule",
    "deleteQuarantined",
    "getBlobReasons",
    "getFsck",
    "getFsckHistory",
    "getFsckLog",
    "getFsckSchedule",
    "getGrowth",
    "getProjectActivity",
    "getProjectGrowth",
    "getScrub",
    "getScrubHistory",
    "getScrubLog",
    "getScrubSchedule",
    "getThroughput",
    "keepQuarantined",
    "listDeletions",
    "listQuarantine",
    "purgeDeletion",
    "purgeDeletions",
    "redeliverWebhook",
    "restoreDeletion",
    "stopFsck",
    "stopScrub",
    "updateFsckSchedule",
    "updateScrubSchedule",
];

/// How deep bodies are compared.
const DEPTH: usize = 8;
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// An operation, reduced to what is compared.
#[derive(Debug, PartialEq, Eq)]
struct Outline {
    place: String,
    parts: BTreeSet<String>,
}

#[tokio::test]
async fn every_operation_is_as_the_contract_has_it() {
    let Some(contract) = contract() else {
        return not_run("Harbor's API contract is not on this machine; see MINATO_TEST_CONTRACT");
    };
    let t = TestApp::start().await;
    let ours = t.anonymous().get("/api/openapi.json").await.with_status(200).json();
    let (theirs, ours) = (outlines(&contract), outlines(&ours));
    let mut unused: BTreeSet<_> = EXCEPTIONS.iter().map(|(id, start, _)| (*id, *start)).collect();
    let mut wrong = Vec::new();
    for (id, outline) in ours.iter().filter(|(id, _)| !OWN.contains(&id.as_str())) {
        let Some(expected) = theirs.get(id) else {
            wrong.push(format!("{id}: the contract has no such operation"));
            continue;
        };
        for difference in differences(expected, outline) {
            let excepted = EXCEPTIONS
                .iter()
                .find(|(operation, start, _)| operation == id && difference[1..].trim().starts_with(start));
            match excepted {
                Some((operation, start, _)) => drop(unused.remove(&(*operation, *start))),
                None => wrong.push(format!("{id}: {difference}")),
            }
        }
    }
    wrong.extend(unused.iter().map(|(id, start)| format!("{id}: the exception `{start}` is not needed")));
    println!("contract: {} of {} operations match", ours.len() - OWN.len() - failed(&wrong), theirs.len());
    assert!(wrong.is_empty(), "`-` the contract has, `+` Minato has:\n{}", wrong.join("\n"));
}

/// How many operations the lines are about.
fn failed(lines: &[String]) -> usize {
    lines.iter().filter_map(|line| line.split(':').next()).collect::<BTreeSet<_>>().len()
}

fn contract() -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/harbor-api-v2.0.yaml");
    let path = std::env::var_os("MINATO_TEST_CONTRACT").map_or(beside, Into::into);
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_norway::from_str(&text).unwrap())
}

fn differences(expected: &Outline, actual: &Outline) -> Vec<String> {
    let mut found = Vec::new();
    if expected.place != actual.place {
        found.push(format!("- {}", expected.place));
        found.push(format!("+ {}", actual.place));
    }
    let (mut missing, mut added): (Vec<_>, Vec<_>) = (
        expected.parts.difference(&actual.parts).collect(),
        actual.parts.difference(&expected.parts).collect(),
    );
    // Where the contract has a map, properties with names say more, not something else.
    missing.retain(|part| {
        let Some((object, kind)) = part.split_once(".* ") else { return true };
        let before = added.len();
        added.retain(|part| !is_property(part, object, kind));
        before == added.len()
    });
    found.extend(missing.into_iter().map(|part| format!("- {part}")));
    found.extend(added.into_iter().map(|part| format!("+ {part}")));
    found
}

/// Whether the part is a property of this object and of this type; an object may be anything.
fn is_property(part: &str, object: &str, kind: &str) -> bool {
    let rest = part.strip_prefix(object).and_then(|rest| rest.strip_prefix('.'));
    let property = rest.and_then(|rest| rest.split_once(' '));
    property.is_some_and(|(_, actual)| kind == actual || kind == "object")
}

/// All operations of a description, by operationId.
fn outlines(document: &Value) -> BTreeMap<String, Outline> {
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                let place = format!("{} {path}", method.to_uppercase());
                let outline = Outline { place, parts: parts(document, item, operation) };
                assert!(found.insert(id, outline).is_none(), "an operationId twice");
            }
        }
    }
    found
}

fn parts(document: &Value, item: &Value, operation: &Value) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    parts.insert(format!("tag: {}", operation["tags"][0].as_str().unwrap()));
    let parameters = [&item["parameters"], &operation["parameters"]];
    for parameter in parameters.into_iter().filter_map(Value::as_array).flatten() {
        let parameter = resolve(document, parameter);
        if parameter["in"] == "body" {
            body(document, &parameter["schema"], &mut parts);
        } else if parameter["name"] != "X-Request-Id" {
            parts.insert(describe(document, parameter));
        }
    }
    let request = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !request.is_null() {
        body(document, request, &mut parts);
    }
    for (status, response) in operation["responses"].as_object().unwrap() {
        if status.starts_with('2') {
            success(document, status, resolve(document, response), &mut parts);
        } else {
            parts.insert(format!("failure: {status}"));
        }
    }
    parts
}

fn describe(document: &Value, parameter: &Value) -> String {
    let schema = if parameter["schema"].is_null() { parameter } else { &parameter["schema"] };
    let (name, place) = (&parameter["name"], &parameter["in"]);
    let required = if parameter["required"] == true { "required" } else { "optional" };
    let kind = kind(resolve(document, schema));
    format!("parameter: {} in {}, {required} {kind}", name.as_str().unwrap(), place.as_str().unwrap())
}

fn body(document: &Value, schema: &Value, parts: &mut BTreeSet<String>) {
    parts.insert("body".to_owned());
    shape(document, schema, "body: ", DEPTH, parts);
}

fn success(document: &Value, status: &str, response: &Value, parts: &mut BTreeSet<String>) {
    parts.insert(format!("success: {status}"));
    for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        if name != "X-Request-Id" {
            parts.insert(format!("header: {name}"));
        }
    }
    let content = response["content"].as_object().and_then(|content| content.values().next());
    let schema = content.map_or(&response["schema"], |content| &content["schema"]);
    if !schema.is_null() {
        shape(document, schema, "answer: ", DEPTH, parts);
    }
}

/// Writes down every property under its path, with its type.
fn shape(document: &Value, schema: &Value, path: &str, depth: usize, parts: &mut BTreeSet<String>) {
    let schema = resolve(document, schema);
    if let Some(all) = schema["allOf"].as_array() {
        for one in all {
            shape(document, one, path, depth, parts);
        }
        return;
    }
    let kind = kind(schema);
    parts.insert(format!("{path} {kind}"));
    if depth == 0 {
        return;
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        shape(document, property, &format!("{path}.{name}"), depth - 1, parts);
    }
    if kind == "array" {
        shape(document, &schema["items"], &format!("{path}[]"), depth - 1, parts);
    }
    if schema["additionalProperties"].is_object() {
        shape(document, &schema["additionalProperties"], &format!("{path}.*"), depth - 1, parts);
    }
}

/// The type; what may be missing has the type that it has when it is there. A file, as the contract's
/// format calls it, is a text in later ones.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) if kind == "file" => "string",
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap(),
        _ => "object",
    }
}

/// Follows references, also those of what may be missing.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return resolve(document, target.unwrap_or_else(|| panic!("{reference} leads nowhere")));
    }
    match schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        Some(one) => resolve(document, one),
        None => schema,
    }
}

#[test]
fn differences_are_told_from_both_sides() {
    let outline = |place: &str, parts: &[&str]| Outline {
        place: place.to_owned(),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
    };
    let (theirs, ours) = (outline("GET /a", &["x", "y"]), outline("GET /b", &["y", "z"]));
    assert_eq!(differences(&theirs, &ours), ["- GET /a", "+ GET /b", "- x", "+ z"]);
    let (theirs, ours) = (outline("", &["a.* integer"]), outline("", &["a.b integer", "a.c string"]));
    assert_eq!(differences(&theirs, &ours), ["+ a.c string"], "a map's values are named");
}
