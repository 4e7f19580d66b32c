//! What an installation tells of itself.

use minato_testkit::TestApp;
use reqwest::Method;
use serde_json::json;

const PATH: &str = "/api/v2.0/systeminfo";

#[tokio::test]
async fn strangers_learn_only_what_signing_in_needs() {
    let t = TestApp::start().await;
    let banner = json!({ "message": "down at noon", "type": "warning" }).to_string();
    let changes = json!({ "banner_message": banner, "self_registration": true, "primary_auth_mode": true });
    let admin = t.admin();
    let request =
        admin.request(Method::PUT, "/api/v2.0/configurations").header("content-type", "application/json");
    admin.send(request.body(changes.to_string())).await.expect_status(200);
    let outside = t.anonymous().get(PATH).await.with_status(200).json();
    let expected = json!({
        "auth_mode": "db_auth", "primary_auth_mode": true, "self_registration": true, "banner_message": banner, "oidc_provider_name": "",
    });
    assert_eq!(outside, expected);
}

#[tokio::test]
async fn who_is_signed_in_learns_the_rest() {
    let t = TestApp::start().await;
    let inside = t.user("dev").await.get(PATH).await.with_status(200).json();
    assert!(inside["harbor_version"].as_str().unwrap().starts_with("v2.16.0"));
    assert_eq!(inside["registry_url"], t.address().to_string());
    assert_eq!(inside["external_url"], format!("http://{}", t.address()));
    assert_eq!((&inside["read_only"], &inside["has_ca_root"]), (&json!(false), &json!(false)));
    assert_eq!(inside["project_creation_restriction"], "everyone");
    assert_eq!(inside["notification_enable"], true);
    let storage = if t.is_on_s3() { "s3" } else { "filesystem" };
    assert_eq!(inside["registry_storage_provider_name"], storage);
    assert!(inside["current_time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(inside["banner_message"], "", "there is none, and clients expect the field");
}

#[tokio::test]
async fn without_an_authority_of_its_own_there_is_no_certificate() {
    let t = TestApp::start().await;
    let answer = t.anonymous().get(&format!("{PATH}/getcert")).await.with_status(404);
    assert_eq!(answer.code(), "NOT_FOUND");
    assert_eq!(t.admin().get(PATH).await.json()["has_ca_root"], false);
}

#[tokio::test]
async fn administrators_learn_how_much_room_there_is() {
    let t = TestApp::start().await;
    let path = format!("{PATH}/volumes");
    let volume = t.admin().get(&path).await.with_status(200).json()["storage"][0].clone();
    let (total, free) = (volume["total"].as_u64().unwrap(), volume["free"].as_u64().unwrap());
    if t.is_on_s3() {
        assert_eq!((total, free), (0, 0), "a bucket has no end");
    } else {
        assert!(total >= free && total > 0, "{volume}");
    }
    t.user("dev").await.get(&path).await.expect_status(403);
    t.anonymous().get(&path).await.expect_status(401);
}
