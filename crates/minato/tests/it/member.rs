//! Members of projects.

use minato_testkit::persona::Persona;
use minato_testkit::{Answer, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const MEMBERS: &str = "/api/v2.0/projects/team/members";

fn by_name(name: &str, role: i64) -> Value {
    json!({ "role_id": role, "member_user": { "username": name } })
}

fn names(answer: &Answer) -> Vec<String> {
    answer.json().as_array().unwrap().iter().map(|m| m["entity_name"].as_str().unwrap().to_owned()).collect()
}

async fn id_of(who: &Persona) -> i64 {
    who.get("/api/v2.0/users/current").await.with_status(200).json()["user_id"].as_i64().unwrap()
}

#[tokio::test]
async fn from_making_to_removing() {
    // Given a private project and somebody outside,
    let t = TestApp::start().await;
    t.project("team", false).await;
    let (admin, dev) = (t.admin(), t.user("dev").await);
    dev.get("/api/v2.0/projects/team").await.expect_status(403);
    // when it becomes a member, then it may at once what its role says.
    let made = admin.post_json(MEMBERS, &by_name("dev", 2)).await.with_status(201);
    let path = made.header("location").to_owned();
    assert!(path.starts_with(MEMBERS), "{path}");
    dev.get("/api/v2.0/projects/team").await.expect_status(200);
    let shown = admin.get(&path).await.with_status(200).json();
    let expected = json!({
        "id": shown["id"], "project_id": shown["project_id"], "entity_name": "dev", "entity_type": "u",
        "entity_id": id_of(&dev).await, "role_id": 2, "role_name": "developer",
    });
    assert_eq!(shown, expected);
    // Another role counts at once as well, and so does its end.
    dev.send_bytes(Method::POST, "/v2/team/app/blobs/uploads/", "").await.expect_status(202);
    admin.put_json(&path, &json!({ "role_id": 3 })).await.expect_status(200);
    dev.send_bytes(Method::POST, "/v2/team/app/blobs/uploads/", "").await.expect_status(401);
    assert_eq!(admin.get(&path).await.json()["role_name"], "guest");
    admin.delete(&path).await.expect_status(200);
    dev.get("/api/v2.0/projects/team").await.expect_status(403);
    admin.get(&path).await.expect_status(404);
    admin.delete(&path).await.expect_status(404);
}

#[tokio::test]
async fn groups_are_members_too() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let admin = t.admin();
    let make = |body: Value| {
        let admin = admin.clone();
        async move {
            let made = admin.post_json("/api/v2.0/usergroups", &body).await.with_status(201);
            made.header("location").rsplit('/').next().unwrap().parse::<i64>().unwrap()
        }
    };
    let http = make(json!({ "group_name": "http", "group_type": 2 })).await;
    let dn = "cn=ldap,dc=example,dc=com";
    make(json!({ "group_name": "ldap", "group_type": 1, "ldap_group_dn": dn })).await;
    make(json!({ "group_name": "oidc", "group_type": 3 })).await;
    for group in [
        json!({ "id": http }),
        json!({ "ldap_group_dn": dn, "group_type": 1 }),
        json!({ "group_name": "oidc", "group_type": 3 }),
    ] {
        let body = json!({ "role_id": 4, "member_group": group });
        admin.post_json(MEMBERS, &body).await.expect_status(201);
        assert_eq!(admin.post_json(MEMBERS, &body).await.with_status(409).code(), "CONFLICT");
    }
    let list = admin.get(MEMBERS).await.with_status(200);
    assert_eq!(names(&list), ["admin", "http", "ldap", "oidc"]);
    assert_eq!(
        (&list.json()[1]["entity_type"], &list.json()[1]["role_name"]),
        (&json!("g"), &json!("maintainer"))
    );
    // A group that is deleted is no member any more.
    admin.delete(&format!("/api/v2.0/usergroups/{http}")).await.expect_status(200);
    assert_eq!(names(&admin.get(MEMBERS).await), ["admin", "ldap", "oidc"]);
}

#[tokio::test]
async fn what_is_refused() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let dev = t.user("dev").await;
    let admin = t.admin();
    for (body, status, code) in [
        (by_name("dev", 0), 400, "BAD_REQUEST"),
        (by_name("dev", 6), 400, "BAD_REQUEST"),
        (json!({ "role_id": 1 }), 400, "BAD_REQUEST"),
        (json!({ "role_id": 1, "member_user": {} }), 400, "BAD_REQUEST"),
        (json!({ "role_id": 1, "member_group": { "group_name": "x", "group_type": 9 } }), 400, "BAD_REQUEST"),
        (json!({ "role_id": "x" }), 422, "UNPROCESSABLE_ENTITY"),
        (by_name("nobody", 1), 404, "NOT_FOUND"),
        (json!({ "role_id": 1, "member_user": { "user_id": 99 } }), 404, "NOT_FOUND"),
        (json!({ "role_id": 1, "member_group": { "id": 99 } }), 404, "NOT_FOUND"),
        (json!({ "role_id": 1, "member_group": { "ldap_group_dn": "cn=x" } }), 404, "NOT_FOUND"),
        (json!({ "role_id": 1, "member_group": { "group_name": "x", "group_type": 2 } }), 404, "NOT_FOUND"),
    ] {
        let answer = admin.post_json(MEMBERS, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
    let by_id = json!({ "role_id": 5, "member_user": { "user_id": id_of(&dev).await } });
    let path = admin.post_json(MEMBERS, &by_id).await.with_status(201).header("location").to_owned();
    admin.post_json(MEMBERS, &by_name("dev", 1)).await.expect_status(409);
    admin.put_json(&path, &json!({ "role_id": 9 })).await.expect_status(400);
    admin.get("/api/v2.0/projects/none/members").await.expect_status(404);
    admin.get(&format!("{MEMBERS}/x")).await.expect_status(422);
    // A member of this project is none of another.
    t.project("other", false).await;
    let elsewhere = path.replace("/team/", "/other/");
    admin.get(&elsewhere).await.expect_status(404);
    admin.put_json(&elsewhere, &json!({ "role_id": 1 })).await.expect_status(404);
    admin.delete(&elsewhere).await.expect_status(404);
    assert_eq!(admin.get(&path).await.with_status(200).json()["role_name"], "limitedGuest");
}

#[tokio::test]
async fn what_each_role_may() {
    let t = TestApp::start().await;
    t.project("team", true).await;
    t.user("new").await;
    let member = t.member("member", Role::Guest, "team").await;
    let path = {
        let list = t.admin().get(&format!("{MEMBERS}?entityname=member")).await.json();
        format!("{MEMBERS}/{}", list[0]["id"])
    };
    member.get(&path).await.expect_status(200);
    for (who, read, change) in [
        (t.member("lead", Role::ProjectAdmin, "team").await, 200, true),
        (t.member("maintainer", Role::Maintainer, "team").await, 200, false),
        (t.member("developer", Role::Developer, "team").await, 200, false),
        (t.member("guest", Role::Guest, "team").await, 200, false),
        (t.member("limited", Role::LimitedGuest, "team").await, 403, false),
        (t.user("outsider").await, 403, false),
        (t.anonymous(), 401, false),
    ] {
        let refused = if read == 401 { 401 } else { 403 };
        who.get(MEMBERS).await.expect_status(read);
        who.get(&path).await.expect_status(read);
        let status = |granted: u16| if change { granted } else { refused };
        let made = who.post_json(MEMBERS, &by_name("new", 3)).await.with_status(status(201));
        who.put_json(&path, &json!({ "role_id": 3 })).await.expect_status(status(200));
        if change {
            who.delete(made.header("location")).await.expect_status(200);
        } else {
            who.delete(&path).await.expect_status(refused);
        }
    }
}

#[tokio::test]
async fn the_list_is_cut_into_pages_and_found_by_name() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    for name in ["ann", "bob", "an_a"] {
        t.member(name, Role::Guest, "team").await;
    }
    let page = t.admin().get(&format!("{MEMBERS}?page=2&page_size=3")).await.with_status(200);
    assert_eq!((page.header("x-total-count"), names(&page)), ("4", vec!["bob".to_owned()]));
    assert!(page.header("link").contains("rel=\"prev\""));
    for (asked, found) in [("AN", vec!["an_a", "ann"]), ("_", vec!["an_a"]), ("x", vec![])] {
        let list = t.admin().get(&format!("{MEMBERS}?entityname={asked}")).await.with_status(200);
        assert_eq!(names(&list), found, "{asked}");
    }
    let mut counts = Vec::new();
    for size in [1, 4] {
        let before = t.app().statements();
        t.admin().get(&format!("{MEMBERS}?page_size={size}")).await.expect_status(200);
        counts.push(t.app().statements() - before);
    }
    assert_eq!(counts[0], counts[1]);
}
