//! The system's list of vulnerabilities that are put up with.

use minato_testkit::TestApp;
use reqwest::Method;
use serde_json::json;

const PATH: &str = "/api/v2.0/system/CVEAllowlist";

#[tokio::test]
async fn replaced_as_a_whole() {
    let t = TestApp::start().await;
    let (admin, user) = (t.admin(), t.user("dev").await);
    assert_eq!(user.get(PATH).await.with_status(200).json(), json!({ "items": [] }));
    let first =
        json!({ "items": [{ "cve_id": "CVE-1" }, { "cve_id": "CVE-2" }], "expires_at": 1_900_000_000 });
    admin.send_json(Method::PUT, PATH, &first).await.expect_status(200);
    let shown = user.get(PATH).await.with_status(200).json();
    assert_eq!((&shown["items"], &shown["expires_at"]), (&first["items"], &first["expires_at"]));
    assert!(shown["creation_time"].as_str().unwrap().ends_with('Z'));
    admin.send_json(Method::PUT, PATH, &json!({ "items": [] })).await.expect_status(200);
    let shown = user.get(PATH).await.with_status(200).json();
    assert!(shown["items"] == json!([]) && shown.get("expires_at").is_none());
}

#[tokio::test]
async fn who_may_and_what_is_refused() {
    let t = TestApp::start().await;
    t.anonymous().get(PATH).await.expect_status(401);
    let list = json!({ "items": [{ "cve_id": "CVE-1" }] });
    t.anonymous().send_json(Method::PUT, PATH, &list).await.expect_status(401);
    t.user("dev").await.send_json(Method::PUT, PATH, &list).await.expect_status(403);
    for items in [json!([{ "cve_id": "A" }, { "cve_id": "A" }]), json!([{ "cve_id": " " }]), json!([{}])] {
        let body = json!({ "items": items });
        let answer = t.admin().send_json(Method::PUT, PATH, &body).await.with_status(400);
        assert_eq!(answer.code(), "BAD_REQUEST", "{body}");
    }
    t.admin().send_json(Method::PUT, PATH, &json!({ "items": ["A"] })).await.expect_status(422);
}
