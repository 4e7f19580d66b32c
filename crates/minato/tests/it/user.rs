//! Users through the management API.

use minato_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn made_by_the_administrator_and_shown_without_secrets() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    let current = dev.get("/api/v2.0/users/current").await.with_status(200).json();
    assert_eq!((&current["username"], &current["sysadmin_flag"]), (&json!("dev"), &json!(false)));
    assert!(current.get("password").is_none() && current.get("password_hash").is_none());
    let list = t.admin().get("/api/v2.0/users").await.with_status(200);
    assert_eq!(list.header("x-total-count"), "2");
    assert!(!list.text().contains("argon2"));
    dev.get("/api/v2.0/users").await.expect_status(403);
    t.anonymous().get("/api/v2.0/users").await.expect_status(401);
    t.anonymous().get("/api/v2.0/users/current").await.expect_status(401);
    let admin = t.admin().get("/api/v2.0/users/1").await.with_status(200).json();
    assert_eq!(admin["username"], "admin", "Harbor's scripts expect id 1");
    t.admin().get("/api/v2.0/users/99").await.expect_status(404);
    t.admin().get("/api/v2.0/users/x").await.expect_status(422);
}

#[tokio::test]
async fn rules_for_new_users() {
    let t = TestApp::start().await;
    let good = json!({ "username": "a", "email": "a@x.org", "realname": "A", "password": "Correct1horse" });
    let changed = |key: &str, value: &str| {
        let mut body = good.clone();
        body[key] = json!(value);
        body
    };
    for body in [
        changed("username", ""),
        changed("username", "robot$x"),
        changed("email", "nowhere"),
        changed("realname", ""),
        changed("password", "short1A"),
        changed("password", "alllowercase1"),
        changed("comment", &"x".repeat(31)),
    ] {
        let answer = t.admin().post_json("/api/v2.0/users", &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body}");
    }
    t.admin().post_json("/api/v2.0/users", &good).await.expect_status(201);
    for body in [good.clone(), changed("username", "b"), changed("email", "b@x.org")] {
        t.admin().post_json("/api/v2.0/users", &body).await.expect_status(409);
    }
}
