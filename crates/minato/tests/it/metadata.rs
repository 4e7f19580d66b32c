//! Settings of projects, one at a time.

use minato_testkit::TestApp;
use minato_types::project::Role;
use reqwest::Method;
use serde_json::json;

const ALL: &str = "/api/v2.0/projects/library/metadatas/";

fn one(name: &str) -> String {
    format!("{ALL}{name}")
}

#[tokio::test]
async fn set_changed_and_taken_back() {
    let t = TestApp::start().await;
    let admin = t.admin();
    assert_eq!(admin.get(ALL).await.with_status(200).json(), json!({ "public": "true" }));
    admin.get(&one("severity")).await.expect_status(404);
    admin.send_json(Method::PUT, &one("severity"), &json!({ "severity": "low" })).await.expect_status(404);
    admin.post_json(ALL, &json!({ "severity": "high" })).await.expect_status(200);
    assert_eq!(admin.post_json(ALL, &json!({ "severity": "low" })).await.with_status(409).code(), "CONFLICT");
    admin.post_json(ALL, &json!({ "public": "false" })).await.expect_status(409);
    assert_eq!(admin.get(&one("severity")).await.with_status(200).json(), json!({ "severity": "high" }));
    admin.send_json(Method::PUT, &one("severity"), &json!({ "severity": "low" })).await.expect_status(200);
    let both = json!({ "public": "true", "severity": "low" });
    // The slash at the end is the contract's; clients leave it out.
    assert_eq!(admin.get(ALL.trim_end_matches('/')).await.with_status(200).json(), both);
    admin.delete(&one("severity")).await.expect_status(200);
    admin.delete(&one("severity")).await.expect_status(404);
}

#[tokio::test]
async fn public_is_the_projects_own() {
    let t = TestApp::start().await;
    let (admin, nobody) = (t.admin(), t.anonymous());
    let is_seen = async || nobody.get("/api/v2.0/projects/library").await.status == 200;
    assert!(is_seen().await);
    admin.send_json(Method::PUT, &one("public"), &json!({ "public": "false" })).await.expect_status(200);
    assert!(!is_seen().await);
    admin.send_json(Method::PUT, &one("public"), &json!({ "public": "true" })).await.expect_status(200);
    assert!(is_seen().await);
    admin.delete(&one("public")).await.expect_status(200);
    assert!(!is_seen().await, "what is not said to be public is private");
}

#[tokio::test]
async fn what_is_refused() {
    let t = TestApp::start().await;
    let admin = t.admin();
    for body in [
        json!({}),
        json!({ "severity": "low", "auto_scan": "false" }),
        json!({ "what": "true" }),
        json!({ "severity": "dreadful" }),
        json!({ "enable_content_trust": "yes" }),
        json!({ "prevent_vul": "perhaps" }),
        json!({ "proxy_speed_kb": "10" }),
        json!({ "retention_id": "1" }),
    ] {
        let answer = admin.post_json(ALL, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body}");
    }
    admin.post_json(ALL, &json!({ "auto_scan": "false" })).await.expect_status(200);
    admin.post_json(ALL, &json!({ "severity": 3 })).await.expect_status(422);
    let other = json!({ "severity": "low" });
    admin.send_json(Method::PUT, &one("auto_scan"), &other).await.expect_status(400);
    admin.delete(&one("what")).await.expect_status(400);
}

#[tokio::test]
async fn the_description_names_them_all() {
    let t = TestApp::start().await;
    let description = t.anonymous().get("/api/openapi.json").await.with_status(200).json();
    let schemas = &description["components"]["schemas"];
    let properties = schemas["ProjectMetadata"]["properties"].as_object().unwrap();
    assert_eq!(properties.len(), 15);
    assert_eq!(properties["severity"]["type"], "string");
    assert_eq!(schemas["Project"]["properties"]["metadata"]["$ref"], "#/components/schemas/ProjectMetadata");
}

#[tokio::test]
async fn who_may() {
    let t = TestApp::start().await;
    let project_admin = t.member("admin1", Role::ProjectAdmin, "library").await;
    let maintainer = t.member("maintainer", Role::Maintainer, "library").await;
    let developer = t.member("developer", Role::Developer, "library").await;
    let body = json!({ "severity": "low" });
    // No role holds the list, as in Harbor.
    for (who, list, read, change) in [
        (t.anonymous(), 401, 401, 401),
        (developer, 403, 403, 403),
        (maintainer, 403, 200, 403),
        (project_admin, 403, 200, 200),
    ] {
        who.get(ALL).await.expect_status(list);
        who.get(&one("public")).await.expect_status(read);
        who.post_json(ALL, &body).await.expect_status(change);
    }
}
