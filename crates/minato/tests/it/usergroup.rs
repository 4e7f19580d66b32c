//! Groups of users.

use minato_testkit::TestApp;
use serde_json::{Value, json};

const GROUPS: &str = "/api/v2.0/usergroups";

#[tokio::test]
async fn from_making_to_deleting() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let body = json!({ "group_name": "dev", "group_type": 1, "ldap_group_dn": "cn=dev,dc=example,dc=com" });
    let path = admin.post_json(GROUPS, &body).await.with_status(201).header("location").to_owned();
    let shown = admin.get(&path).await.with_status(200).json();
    assert_eq!(path, format!("{GROUPS}/{}", shown["id"]));
    assert_eq!((&shown["group_name"], &shown["group_type"]), (&json!("dev"), &json!(1)));
    assert_eq!(shown["ldap_group_dn"], "cn=dev,dc=example,dc=com");
    // Only the name can be changed.
    let change = json!({ "group_name": "ops", "group_type": 2, "ldap_group_dn": "cn=x" });
    admin.put_json(&path, &change).await.expect_status(200);
    let shown = admin.get(&path).await.with_status(200).json();
    assert_eq!((&shown["group_name"], &shown["group_type"]), (&json!("ops"), &json!(1)));
    admin.delete(&path).await.expect_status(200);
    admin.get(&path).await.expect_status(404);
    admin.put_json(&path, &change).await.expect_status(404);
    admin.delete(&path).await.expect_status(404);
}

#[tokio::test]
async fn what_is_refused() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let group = |name: &str, kind: i64, dn: &str| json!({ "group_name": name, "group_type": kind, "ldap_group_dn": dn });
    for body in [
        group("", 2, ""),
        group(" ", 2, ""),
        group(&"x".repeat(256), 2, ""),
        group("a", 0, ""),
        group("a", 4, ""),
        group("a", 1, ""),
        group("a", 1, "dev"),
    ] {
        let answer = admin.post_json(GROUPS, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body}");
    }
    admin.post_json(GROUPS, &group("a", 2, "")).await.expect_status(201);
    admin.post_json(GROUPS, &group("a", 3, "")).await.expect_status(409);
    admin.post_json(GROUPS, &group("b", 1, "cn=b,dc=x")).await.expect_status(201);
    admin.post_json(GROUPS, &group("c", 1, "cn=b,dc=x")).await.expect_status(409);
    let path = admin.post_json(GROUPS, &group("c", 3, "cn=b,dc=x")).await.with_status(201);
    let path = path.header("location").to_owned();
    assert!(admin.get(&path).await.json().get("ldap_group_dn").is_none(), "only LDAP groups have one");
    admin.put_json(&path, &group("a", 3, "")).await.expect_status(409);
    admin.put_json(&path, &group("", 3, "")).await.expect_status(400);
    admin.get(&format!("{GROUPS}/x")).await.expect_status(422);
}

#[tokio::test]
async fn lists_and_who_may_see_them() {
    let t = TestApp::start().await;
    let (admin, dev, anonymous) = (t.admin(), t.user("dev").await, t.anonymous());
    for (name, dn) in [("alpha", "cn=alpha,dc=x"), ("beta", "cn=beta,dc=x")] {
        let body = json!({ "group_name": name, "group_type": 1, "ldap_group_dn": dn });
        admin.post_json(GROUPS, &body).await.expect_status(201);
    }
    let names = |list: Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|g| g["group_name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let list = admin.get(GROUPS).await.with_status(200);
    assert_eq!(
        (list.header("x-total-count"), names(list.json())),
        ("2", vec!["alpha".into(), "beta".into()])
    );
    assert_eq!(names(admin.get(&format!("{GROUPS}?group_name=ALP")).await.json()), ["alpha"]);
    assert_eq!(names(admin.get(&format!("{GROUPS}?ldap_group_dn=cn=beta,dc=x")).await.json()), ["beta"]);
    // Everybody who has signed in may search, and learns no more than names.
    let found = dev.get(&format!("{GROUPS}/search?groupname=et")).await.with_status(200).json();
    assert_eq!(found, json!([{ "id": found[0]["id"], "group_name": "beta", "group_type": 1 }]));
    dev.get(&format!("{GROUPS}/search")).await.expect_status(422);
    anonymous.get(&format!("{GROUPS}/search?groupname=et")).await.expect_status(401);
    let body = json!({ "group_name": "gamma", "group_type": 2 });
    for (who, status) in [(&dev, 403), (&anonymous, 401)] {
        who.get(GROUPS).await.expect_status(status);
        who.post_json(GROUPS, &body).await.expect_status(status);
        who.get(&format!("{GROUPS}/1")).await.expect_status(status);
        who.put_json(&format!("{GROUPS}/1"), &body).await.expect_status(status);
        who.delete(&format!("{GROUPS}/1")).await.expect_status(status);
    }
}
