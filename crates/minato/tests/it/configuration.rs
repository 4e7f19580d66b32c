//! Settings that are changed while Minato runs, and what they change.

use std::time::Duration;

use minato_testkit::content::Image;
use minato_testkit::{Answer, Persona, TestApp, forge};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::process::Place;

const PATH: &str = "/api/v2.0/configurations";

async fn put(who: &Persona, changes: Value) -> Answer {
    let request = who.request(Method::PUT, PATH).header("content-type", "application/json");
    who.send(request.body(changes.to_string())).await
}

#[tokio::test]
async fn all_are_shown_but_secrets() {
    let t = TestApp::start().await;
    let shown = t.admin().get(PATH).await.with_status(200).json();
    assert_eq!(shown.as_object().unwrap().len(), 59, "61 without two secrets");
    assert_eq!(shown["token_expiration"], json!({ "value": 30, "editable": true }));
    assert_eq!(shown["robot_name_prefix"], json!({ "value": "robot$", "editable": true }));
    assert_eq!(shown["read_only"], json!({ "value": false, "editable": true }));
    for name in ["ldap_search_password", "oidc_client_secret", "uaa_client_secret"] {
        put(&t.admin(), json!({ name: "Hunter2hunter2" })).await.expect_status(200);
    }
    let shown = t.admin().get(PATH).await;
    assert!(!shown.text().contains("Hunter2"));
    assert_eq!(shown.json()["uaa_client_secret"], json!({ "value": "", "editable": true }));
}

#[tokio::test]
async fn only_administrators_see_and_change_them() {
    let t = TestApp::start().await;
    let owner = t.member("dev", Role::ProjectAdmin, "library").await;
    for (who, status) in [(&owner, 403), (&t.anonymous(), 401)] {
        who.get(PATH).await.expect_status(status);
        put(who, json!({ "read_only": true })).await.expect_status(status);
    }
}

#[tokio::test]
async fn what_is_not_named_stays() {
    let t = TestApp::start().await;
    let admin = t.admin();
    put(&admin, json!({ "session_timeout": "15", "self_registration": true })).await.expect_status(200);
    let answer = put(&admin, json!({ "session_timeout": null, "ldap_scope": 1 })).await.with_status(200);
    assert!(answer.body.is_empty());
    let shown = admin.get(PATH).await.json();
    for (name, value) in
        [("session_timeout", json!(15)), ("self_registration", json!(true)), ("ldap_scope", json!(1))]
    {
        assert_eq!(shown[name]["value"], value, "{name}");
    }
}

#[tokio::test]
async fn wrong_values_change_nothing_and_are_named() {
    let t = TestApp::start().await;
    for (changes, named) in [
        (json!({ "read_onyl": true }), "read_onyl"),
        (json!({ "token_expiration": 0 }), "token_expiration"),
        (json!({ "read_only": "perhaps" }), "read_only"),
        (json!({ "project_creation_restriction": "nobody" }), "everyone, adminonly"),
        (json!({ "robot_name_prefix": "" }), "robot_name_prefix"),
        (json!({ "storage_per_project": -2 }), "storage_per_project"),
        (json!({ "disabled_audit_log_event_types": "create_user,nap" }), "nap"),
        (json!({ "audit_log_forward_endpoint": "nowhere" }), "host:port"),
        (json!({ "audit_log_forward_endpoint": "127.0.0.1:1" }), "can't be reached"),
        (json!({ "skip_audit_log_database": true }), "audit_log_forward_endpoint"),
        (json!({ "banner_message": "plain text" }), "banner_message"),
        (json!({ "auth_mode": "magic" }), "auth_mode"),
        (json!({ "auth_mode": "ldap_auth" }), "auth_mode"),
    ] {
        let mut changes = changes;
        changes["session_timeout"] = json!(7);
        let answer = put(&t.admin(), changes.clone()).await.with_status(400);
        assert_eq!(answer.code(), "BAD_REQUEST");
        assert!(answer.text().contains(named), "{changes}: {}", answer.text());
    }
    put(&t.admin(), json!([])).await.expect_status(422);
    assert_eq!(t.admin().get(PATH).await.json()["session_timeout"]["value"], 60);
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = server.local_addr().unwrap().to_string();
    let both = json!({ "skip_audit_log_database": true, "audit_log_forward_endpoint": endpoint });
    put(&t.admin(), both).await.expect_status(200);
    drop(server);
    put(&t.admin(), json!({ "audit_log_forward_endpoint": "" })).await.expect_status(400);
}

#[tokio::test]
async fn the_way_of_signing_in_is_fixed_once_there_are_users() {
    let t = TestApp::start().await;
    assert_eq!(
        t.admin().get(PATH).await.json()["auth_mode"],
        json!({ "value": "db_auth", "editable": true })
    );
    t.user("dev").await;
    assert_eq!(
        t.admin().get(PATH).await.json()["auth_mode"],
        json!({ "value": "db_auth", "editable": false })
    );
    put(&t.admin(), json!({ "auth_mode": "db_auth" })).await.expect_status(200);
}

#[tokio::test]
async fn what_the_installation_sets_can_not_be_changed() {
    let place = Place::new().await;
    let minato = place.start(&[("CONFIG_OVERWRITE_JSON", r#"{"session_timeout":"5"}"#)]).await;
    let admin = minato.admin();
    let shown = admin.get(PATH).await.json();
    assert_eq!(shown["session_timeout"], json!({ "value": 5, "editable": false }));
    assert!(shown.as_object().unwrap().values().all(|item| item["editable"] == false));
    let answer = put(&admin, json!({ "read_only": true })).await.with_status(403);
    assert!(answer.text().contains("CONFIG_OVERWRITE_JSON"), "{}", answer.text());
    // Without it they stay as they are, and can be changed again.
    minato.stop().await;
    let minato = place.start(&[]).await;
    let shown = minato.admin().get(PATH).await.json();
    assert_eq!(shown["session_timeout"], json!({ "value": 5, "editable": true }));
    minato.expect_no_defect();
}

#[tokio::test]
async fn tokens_live_as_long_as_is_set() {
    let t = TestApp::start().await;
    put(&t.admin(), json!({ "token_expiration": 2 })).await.expect_status(200);
    let answer = t.admin().token(&["repository:library/app:pull"]).await;
    assert_eq!(answer["expires_in"], 120);
    let token = answer["token"].as_str().unwrap();
    let claims = forge::claims(token);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    t.clock().advance(Duration::from_secs(121));
    t.anonymous().with_bearer(token).get("/v2/").await.expect_status(401);
}

#[tokio::test]
async fn read_only_stops_changes_and_nothing_else() {
    // Given a registry that was set to read-only,
    let t = TestApp::start().await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "1").await;
    put(&t.admin(), json!({ "read_only": true })).await.expect_status(200);
    // when something is to be changed, then it is refused, to administrators as well,
    let admin = t.admin().with_token(&["repository:library/app:pull,push,delete"]).await;
    let started = admin.send_bytes(Method::POST, "/v2/library/app/blobs/uploads/", "").await.with_status(403);
    assert_eq!(started.code(), "DENIED");
    assert!(started.text().contains("read-only"));
    admin.delete("/v2/library/app/manifests/1").await.expect_status(403);
    let body = json!({ "project_name": "team" });
    assert_eq!(t.admin().post_json("/api/v2.0/projects", &body).await.with_status(403).code(), "DENIED");
    // but it can be read,
    admin.get("/v2/library/app/manifests/1").await.expect_status(200);
    assert_eq!(t.admin().get("/api/v2.0/systeminfo").await.json()["read_only"], true);
    // and the setting be taken back.
    put(&t.admin(), json!({ "read_only": false })).await.expect_status(200);
    t.admin().post_json("/api/v2.0/projects", &body).await.expect_status(201);
}

#[tokio::test]
async fn pulls_are_not_counted_when_that_is_switched_off() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    put(&t.admin(), json!({ "pull_count_update_disable": true })).await.expect_status(200);
    for expected in [0, 1] {
        t.admin().get("/v2/library/app/manifests/1").await.expect_status(200);
        minato_core::pull::flush(t.app()).await.unwrap();
        let mut conn = t.db().read().await.unwrap();
        let name = "library/app".parse().unwrap();
        assert_eq!(minato_db::pull::count(&mut conn, &name).await.unwrap(), Some(expected));
        drop(conn);
        put(&t.admin(), json!({ "pull_count_update_disable": false })).await.expect_status(200);
    }
}

#[tokio::test]
async fn every_replica_follows_within_a_second() {
    let one = TestApp::start().await;
    let Some(two) = one.replica().await else { return };
    let there = one.admin().at(two.address());
    assert_eq!(there.get(PATH).await.json()["session_timeout"]["value"], 60);
    put(&one.admin(), json!({ "session_timeout": 5 })).await.expect_status(200);
    assert_eq!(one.admin().get(PATH).await.json()["session_timeout"]["value"], 5, "here at once");
    two.clock().advance(Duration::from_secs(1));
    assert_eq!(there.get(PATH).await.json()["session_timeout"]["value"], 5);
}
