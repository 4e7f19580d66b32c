//! Users through the management API.

use minato_testkit::TestApp;
use minato_testkit::app::PASSWORD;
use minato_testkit::persona::Persona;
use minato_types::project::Role;
use serde_json::json;

async fn path_of(who: &Persona) -> String {
    let current = who.get("/api/v2.0/users/current").await.with_status(200).json();
    format!("/api/v2.0/users/{}", current["user_id"])
}

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

#[tokio::test]
async fn found_by_name_without_more_of_them() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    t.user("Devon").await;
    let found = dev.get("/api/v2.0/users/search?username=DEV").await.with_status(200);
    assert_eq!(found.header("x-total-count"), "2");
    let first = &found.json()[0];
    assert_eq!(*first, json!({ "user_id": first["user_id"], "username": "Devon" }));
    dev.get("/api/v2.0/users/search").await.expect_status(422);
    t.anonymous().get("/api/v2.0/users/search?username=dev").await.expect_status(401);
    let list = t.admin().get("/api/v2.0/users?q=username=~dev&sort=-username").await.with_status(200).json();
    assert_eq!((&list[0]["username"], &list[1]["username"]), (&json!("dev"), &json!("Devon")));
}

#[tokio::test]
async fn profiles_are_changed_by_their_owners_and_administrators() {
    let t = TestApp::start().await;
    let (dev, other) = (t.user("dev").await, t.user("other").await);
    let path = path_of(&dev).await;
    let body = json!({ "email": "d@x.org", "realname": "D", "comment": "c" });
    for (who, status) in [(&dev, 200), (&t.admin(), 200), (&other, 403), (&t.anonymous(), 401)] {
        who.put_json(&path, &body).await.expect_status(status);
        who.get(&path).await.expect_status(status);
    }
    let shown = dev.get(&path).await.json();
    assert_eq!(
        (&shown["email"], &shown["realname"], &shown["comment"]),
        (&json!("d@x.org"), &json!("D"), &json!("c"))
    );
    for body in [
        json!({ "email": "nowhere", "realname": "D" }),
        json!({ "email": "d@x.org" }),
        json!({ "email": "d@x.org", "realname": "D", "comment": "x".repeat(31) }),
    ] {
        dev.put_json(&path, &body).await.expect_status(400);
    }
    let taken = json!({ "email": "other@example.com", "realname": "D" });
    assert_eq!(dev.put_json(&path, &taken).await.with_status(409).code(), "CONFLICT");
    t.admin().put_json("/api/v2.0/users/99", &body).await.expect_status(404);
    dev.put_json("/api/v2.0/users/99", &body).await.expect_status(403);
}

#[tokio::test]
async fn a_deleted_user_leaves_its_name_and_no_rights() {
    // Given a member of a project, and a project of its own,
    let t = TestApp::start().await;
    t.project("team", false).await;
    let dev = t.member("dev", Role::Developer, "team").await;
    dev.post_json("/api/v2.0/projects", &json!({ "project_name": "own" })).await.expect_status(201);
    let path = path_of(&dev).await;
    dev.delete(&path).await.expect_status(403);
    t.anonymous().delete(&path).await.expect_status(401);
    // when it is deleted, then it can't sign in, is nowhere a member, and is shown nowhere,
    t.admin().delete(&path).await.expect_status(200);
    dev.get("/api/v2.0/users/current").await.expect_status(401);
    t.admin().get(&path).await.expect_status(404);
    t.admin().delete(&path).await.expect_status(404);
    assert_eq!(t.admin().get("/api/v2.0/users").await.header("x-total-count"), "1");
    let members = t.admin().get("/api/v2.0/projects/team/members").await.json();
    assert_eq!(members.as_array().unwrap().len(), 1);
    // while its project goes on naming it,
    let id = path.rsplit('/').next().unwrap();
    let own = t.admin().get("/api/v2.0/projects/own").await.with_status(200).json();
    assert_eq!(own["owner_name"], format!("dev#{id}"));
    // and somebody else may have the name, without the rights.
    let again = t.user("dev").await;
    again.get("/api/v2.0/projects/team").await.expect_status(403);
    again.get("/api/v2.0/projects/own").await.expect_status(403);
}

#[tokio::test]
async fn the_first_administrator_and_oneself_stay() {
    let t = TestApp::start().await;
    let root = t.user("root").await;
    let path = path_of(&root).await;
    t.admin()
        .put_json(&format!("{path}/sysadmin"), &json!({ "sysadmin_flag": true }))
        .await
        .expect_status(200);
    for path in ["/api/v2.0/users/1", &path] {
        assert_eq!(root.delete(path).await.with_status(403).code(), "FORBIDDEN");
    }
    let off = json!({ "sysadmin_flag": false });
    root.put_json("/api/v2.0/users/1/sysadmin", &off).await.expect_status(403);
}

#[tokio::test]
async fn administrators_are_made_and_unmade_at_once() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    let path = format!("{}/sysadmin", path_of(&dev).await);
    let (on, off) = (json!({ "sysadmin_flag": true }), json!({ "sysadmin_flag": false }));
    dev.put_json(&path, &on).await.expect_status(403);
    t.anonymous().put_json(&path, &on).await.expect_status(401);
    t.admin().put_json(&path, &on).await.expect_status(200);
    dev.get("/api/v2.0/users").await.expect_status(200);
    t.admin().put_json(&path, &off).await.expect_status(200);
    dev.get("/api/v2.0/users").await.expect_status(403);
    t.admin().put_json("/api/v2.0/users/99/sysadmin", &on).await.expect_status(404);
}

#[tokio::test]
async fn passwords_are_changed_by_who_knows_the_old_one_or_administers() {
    let t = TestApp::start().await;
    let (dev, other) = (t.user("dev").await, t.user("other").await);
    let path = format!("{}/password", path_of(&dev).await);
    let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    for (body, status) in [
        (change("Wrong1horse", "Another2horse"), 403),
        (json!({ "new_password": "Another2horse" }), 403),
        (change(PASSWORD, PASSWORD), 400),
        (change(PASSWORD, "short1A"), 400),
        (change(PASSWORD, "alllowercase1"), 400),
    ] {
        let answer = dev.put_json(&path, &body).await.with_status(status);
        assert!(!answer.text().contains("horse"), "no password in an answer");
    }
    other.put_json(&path, &change(PASSWORD, "Another2horse")).await.expect_status(403);
    t.anonymous().put_json(&path, &change(PASSWORD, "Another2horse")).await.expect_status(401);
    dev.put_json(&path, &change(PASSWORD, "Another2horse")).await.expect_status(200);
    dev.get("/api/v2.0/users/current").await.expect_status(401);
    let dev = Persona::user(t.address(), "dev", "Another2horse");
    dev.get("/api/v2.0/users/current").await.expect_status(200);
    // An administrator need not know it, but for its own.
    t.admin().put_json(&path, &json!({ "new_password": "Another2horse" })).await.expect_status(400);
    t.admin().put_json(&path, &json!({ "new_password": "Third3horse" })).await.expect_status(200);
    Persona::user(t.address(), "dev", "Third3horse").get("/v2/").await.expect_status(200);
    let own = "/api/v2.0/users/1/password";
    t.admin().put_json(own, &json!({ "new_password": "Third3horse" })).await.expect_status(403);
    t.admin()
        .put_json("/api/v2.0/users/99/password", &json!({ "new_password": "Third3horse" }))
        .await
        .expect_status(404);
}

#[tokio::test]
async fn a_cli_secret_is_for_another_mode() {
    let t = TestApp::start().await;
    let (dev, other) = (t.user("dev").await, t.user("other").await);
    let path = format!("{}/cli_secret", path_of(&dev).await);
    let body = json!({ "secret": "Another2horse" });
    for (who, status) in [(&dev, 412), (&t.admin(), 412), (&other, 403), (&t.anonymous(), 401)] {
        who.put_json(&path, &body).await.expect_status(status);
    }
}

#[tokio::test]
async fn everybody_is_told_what_it_may() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let id = t.admin().get("/api/v2.0/projects/team").await.json()["project_id"].as_i64().unwrap();
    let path = "/api/v2.0/users/current/permissions";
    let scope = format!("{path}?scope=/project/{id}");
    let (admin, outsider) = (t.admin(), t.user("outsider").await);
    for (role, count) in Role::ALL.into_iter().zip([75, 53, 36, 20, 14]) {
        let member = t.member(role.name(), role, "team").await;
        let list = member.get(&format!("{scope}&relative=true")).await.with_status(200).json();
        let list = list.as_array().unwrap();
        assert_eq!(list.len(), count, "{}", role.name());
        assert!(list.contains(&json!({ "resource": ".", "action": "read" })));
        assert!(list.contains(&json!({ "resource": "repository", "action": "pull" })));
    }
    let list = admin.get(&scope).await.with_status(200).json();
    assert!(
        list.as_array()
            .unwrap()
            .contains(&json!({ "resource": format!("/project/{id}"), "action": "delete" }))
    );
    assert!(
        list.as_array()
            .unwrap()
            .contains(&json!({ "resource": format!("/project/{id}/member"), "action": "list" }))
    );
    for scope in ["", "?scope=/system"] {
        let list = admin.get(&format!("{path}{scope}")).await.with_status(200).json();
        assert_eq!(list.as_array().unwrap().len(), 53);
        assert!(
            list.as_array().unwrap().contains(&json!({ "resource": "/system/user", "action": "create" }))
        );
        assert_eq!(outsider.get(&format!("{path}{scope}")).await.with_status(200).json(), json!([]));
    }
    for who in [&admin, &outsider] {
        for scope in ["/project/99", "/project/x", "/registry/1"] {
            assert_eq!(who.get(&format!("{path}?scope={scope}")).await.with_status(200).json(), json!([]));
        }
    }
    assert_eq!(outsider.get(&scope).await.with_status(200).json(), json!([]));
    let public = t.admin().get("/api/v2.0/projects/library").await.json()["project_id"].as_i64().unwrap();
    let list = outsider.get(&format!("{path}?scope=/project/{public}")).await.json();
    assert_eq!(list.as_array().unwrap().len(), 12);
    t.anonymous().get(path).await.expect_status(401);
}
