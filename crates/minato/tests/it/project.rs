//! Projects through the management API.

use minato_testkit::TestApp;
use minato_testkit::content::{Image, push_blob};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn made_shown_and_deleted() {
    let t = TestApp::start().await;
    let user = t.user("dev").await;
    let body = json!({ "project_name": "team", "metadata": { "public": "false" } });
    let made = user.post_json("/api/v2.0/projects", &body).await.with_status(201);
    let location = made.header("location").to_owned();
    assert!(location.starts_with("/api/v2.0/projects/"));
    for path in [location.as_str(), "/api/v2.0/projects/team"] {
        let shown = user.get(path).await.with_status(200).json();
        assert_eq!(shown["name"], "team");
        assert_eq!(shown["owner_name"], "dev");
        assert_eq!(shown["metadata"], json!({ "public": "false" }));
        assert_eq!((&shown["current_user_role_id"], &shown["repo_count"]), (&json!(1), &json!(0)));
        assert!(shown["creation_time"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(user.post_json("/api/v2.0/projects", &body).await.with_status(409).code(), "CONFLICT");
    user.head("/api/v2.0/projects?project_name=team").await.expect_status(200);
    user.head("/api/v2.0/projects?project_name=none").await.expect_status(404);
    t.anonymous().head("/api/v2.0/projects?project_name=team").await.expect_status(401);
    user.delete("/api/v2.0/projects/team").await.expect_status(200);
    t.admin().get("/api/v2.0/projects/team").await.expect_status(404);
}

#[tokio::test]
async fn bad_requests_get_the_apis_own_errors() {
    let t = TestApp::start().await;
    let admin = t.admin();
    for (body, status, code) in [
        (json!({ "project_name": "Bad Name" }), 400, "BAD_REQUEST"),
        (json!({}), 400, "BAD_REQUEST"),
        (json!({ "project_name": 5 }), 422, "UNPROCESSABLE_ENTITY"),
        (json!({ "project_name": "x", "metadata": { "public": "maybe" } }), 400, "BAD_REQUEST"),
        (json!({ "project_name": "x", "metadata": { "proxy_speed_kb": "10" } }), 400, "BAD_REQUEST"),
        (json!({ "project_name": "x", "metadata": { "what": "true" } }), 400, "BAD_REQUEST"),
        (json!({ "project_name": "x", "metadata": { "public": true } }), 422, "UNPROCESSABLE_ENTITY"),
        (json!({ "project_name": "x", "registry_id": 3 }), 400, "BAD_REQUEST"),
        (json!({ "project_name": "x", "storage_limit": -2 }), 400, "BAD_REQUEST"),
        (
            json!({ "project_name": "x", "cve_allowlist": { "items": [{ "cve_id": "" }] } }),
            400,
            "BAD_REQUEST",
        ),
    ] {
        let answer = admin.post_json("/api/v2.0/projects", &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
    let request = admin.request(reqwest::Method::POST, "/api/v2.0/projects").body("x");
    assert_eq!(admin.send(request).await.with_status(415).code(), "UNSUPPORTED_MEDIA_TYPE");
    let answer = admin.send_bytes(reqwest::Method::PUT, "/api/v2.0/projects", "").await;
    assert_eq!(answer.with_status(405).code(), "METHOD_NOT_ALLOWED");
    admin.head("/api/v2.0/projects?project_name=x").await.expect_status(404);
    assert_eq!(admin.get("/api/v2.0/nothing").await.with_status(404).code(), "NOT_FOUND");
    admin.get("/api/v2.0/projects?page_size=101").await.expect_status(422);
    admin.get("/api/v2.0/projects/?page_size=10").await.expect_status(200);
    admin.get("/api/v2.0/projects/library/").await.expect_status(200);
    let first = admin.get("/api/v2.0/projects?page=0&page_size=0").await.with_status(200);
    assert_eq!(first.json(), admin.get("/api/v2.0/projects?page_size=0").await.json());
}

#[tokio::test]
async fn a_project_with_repositories_stays() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    Image::new(1, 1).push(&t.admin(), "team/app", "1").await;
    let answer = t.admin().delete("/api/v2.0/projects/team").await.with_status(412);
    assert_eq!(answer.code(), "PRECONDITION");
    t.admin().get("/v2/team/app/manifests/1").await.expect_status(200);
}

#[tokio::test]
async fn the_list_shows_what_one_may_see() {
    let t = TestApp::start().await;
    for name in ["p1", "p2", "p_3"] {
        t.project(name, false).await;
    }
    let member = t.member("dev", Role::LimitedGuest, "p2").await;
    let names = |answer: minato_testkit::Answer| {
        let list = answer.with_status(200);
        let names: Vec<String> =
            list.json().as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
        (list.header("x-total-count").to_owned(), names.join(" "))
    };
    let of = |total: &str, names: &str| (total.to_owned(), names.to_owned());
    assert_eq!(names(t.admin().get("/api/v2.0/projects").await), of("4", "library p1 p2 p_3"));
    assert_eq!(names(member.get("/api/v2.0/projects").await), of("2", "library p2"));
    assert_eq!(names(t.anonymous().get("/api/v2.0/projects").await), of("1", "library"));
    assert_eq!(names(t.admin().get("/api/v2.0/projects?name=P").await), of("3", "p1 p2 p_3"));
    assert_eq!(names(t.admin().get("/api/v2.0/projects?name=_").await), of("1", "p_3"), "no wildcard");
    assert_eq!(names(t.admin().get("/api/v2.0/projects?public=true").await), of("1", "library"));
    let page = t.admin().get("/api/v2.0/projects?page=2&page_size=1").await;
    let links = "</api/v2.0/projects?page=1&page_size=1>; rel=\"prev\" , </api/v2.0/projects?page=3&page_size=1>; rel=\"next\"";
    assert_eq!(page.header("link"), links);
    assert_eq!(names(page), of("4", "p1"));
}

#[tokio::test]
async fn made_and_changed_with_all_that_belongs_to_it() {
    let t = TestApp::start().await;
    let user = t.user("dev").await;
    let body = json!({
        "project_name": "team", "public": true, "registry_id": null, "storage_limit": 5,
        "metadata": { "severity": "High", "auto_scan": "false", "retention_id": null },
        "cve_allowlist": { "items": [{ "cve_id": "CVE-1" }], "expires_at": 1_900_000_000 },
    });
    user.post_json("/api/v2.0/projects", &body).await.expect_status(201);
    let shown = user.get("/api/v2.0/projects/team").await.with_status(200).json();
    let metadata = json!({ "public": "true", "severity": "high", "auto_scan": "false" });
    assert_eq!(shown["metadata"], metadata);
    assert_eq!(shown["cve_allowlist"]["items"], json!([{ "cve_id": "CVE-1" }]));
    assert_eq!(shown["cve_allowlist"]["expires_at"], 1_900_000_000);
    let role = &shown["current_user_role_ids"];
    assert_eq!((role, &shown["repo_count"]), (&json!([1]), &json!(0)));
    let as_seen = |who: minato_testkit::Persona, query: &'static str| async move {
        who.get(&format!("/api/v2.0/projects?name=team{query}")).await.with_status(200).json()[0].clone()
    };
    let mut listed = as_seen(user.clone(), "").await;
    let activity = listed.as_object_mut().unwrap().remove("activity");
    assert_eq!(activity, Some(json!({ "used": 0, "pushes": 0, "pulls": 0 })));
    assert_eq!(listed, shown, "the list shows the same beside that");
    let brief = as_seen(user.clone(), "&with_detail=false").await;
    assert!(brief.get("current_user_role_id").is_none() && brief.get("cve_allowlist").is_none());
    assert!(as_seen(t.anonymous(), "").await.get("current_user_role_id").is_none());

    let change = json!({
        "metadata": { "public": "false", "enable_content_trust": "true" },
        "cve_allowlist": { "items": [{ "cve_id": "CVE-2" }] },
    });
    let path = "/api/v2.0/projects/team";
    user.send_json(Method::PUT, path, &change).await.expect_status(200);
    let shown = user.get(path).await.with_status(200).json();
    assert_eq!(shown["metadata"]["public"], "false");
    assert_eq!(shown["metadata"]["severity"], "high", "what is not named stays");
    assert_eq!(shown["metadata"]["enable_content_trust"], "true");
    assert_eq!(shown["cve_allowlist"]["items"], json!([{ "cve_id": "CVE-2" }]));
    assert!(shown["cve_allowlist"].get("expires_at").is_none(), "a new list has its own end");
    for (who, status) in [
        (t.anonymous(), 401),
        (t.user("stranger").await, 403),
        (t.member("maintainer", Role::Maintainer, "team").await, 403),
        (t.member("second", Role::ProjectAdmin, "team").await, 200),
    ] {
        who.send_json(Method::PUT, path, &json!({})).await.expect_status(status);
    }
    let wrong = json!({ "metadata": { "proxy_speed_kb": "10" } });
    let answer = user.send_json(Method::PUT, path, &wrong).await.with_status(400);
    assert!(answer.text().contains("not built"), "{}", answer.text());
    t.admin().send_json(Method::PUT, "/api/v2.0/projects/none", &json!({})).await.expect_status(404);
}

#[tokio::test]
async fn who_may_make_one_and_how_large() {
    let t = TestApp::start().await;
    let (admin, user) = (t.admin(), t.user("dev").await);
    let of = |name: &str| json!({ "project_name": name, "storage_limit": 4096 });
    admin.post_json("/api/v2.0/projects", &of("by-admin")).await.expect_status(201);
    user.post_json("/api/v2.0/projects", &of("by-user")).await.expect_status(201);
    for (who, name, hard) in [(&admin, "by-admin", 4096), (&user, "by-user", -1)] {
        let summary = who.get(&format!("/api/v2.0/projects/{name}/summary")).await.with_status(200).json();
        assert_eq!(summary["quota"]["hard"]["storage"], hard, "only a system administrator sets a limit");
    }
    // None said is what is configured, and harbor-cli says none by 0.
    admin
        .put_json("/api/v2.0/configurations", &json!({ "storage_per_project": 77 }))
        .await
        .expect_status(200);
    let none = json!({ "project_name": "usual", "storage_limit": 0 });
    admin.post_json("/api/v2.0/projects", &none).await.expect_status(201);
    let summary = admin.get("/api/v2.0/projects/usual/summary").await.with_status(200).json();
    assert_eq!(summary["quota"]["hard"]["storage"], 77);
    t.anonymous().post_json("/api/v2.0/projects", &of("no")).await.expect_status(401);
}

#[tokio::test]
async fn a_robot_makes_one_for_the_first_administrator() {
    use minato_core::authz;
    use minato_core::principal::{Principal, Robot, RobotGrant};
    use minato_types::permission::{Action, SystemResource};
    let t = TestApp::start().await;
    let robot = |grants: Vec<RobotGrant>| {
        let id = minato_types::id::RobotId(1);
        Principal::Robot(std::sync::Arc::new(Robot {
            id,
            name: "robot$ci".to_owned(),
            project: None,
            grants,
        }))
    };
    let new = minato_core::project::NewProject {
        name: "made".parse().unwrap(),
        metadata: std::collections::BTreeMap::new(),
        allowlist: None,
        storage_limit: Some(1),
    };
    let make = async |principal: Principal| {
        minato_core::project::create(t.app(), &authz::signed_in(&principal).unwrap(), &new).await
    };
    let may_list = vec![RobotGrant::System(SystemResource::Project, Action::List)];
    assert!(matches!(make(robot(may_list)).await, Err(minato_core::Error::Denied { .. })));
    make(robot(vec![RobotGrant::System(SystemResource::Project, Action::Create)])).await.unwrap();
    let shown = t.admin().get("/api/v2.0/projects/made").await.with_status(200).json();
    assert_eq!((&shown["owner_name"], &shown["current_user_role_id"]), (&json!("admin"), &json!(1)));
    let summary = t.admin().get("/api/v2.0/projects/made/summary").await.with_status(200).json();
    assert_eq!(summary["quota"]["hard"]["storage"], -1, "a robot sets no limit");
}

#[tokio::test]
async fn the_summary_tells_what_one_may_know() {
    let t = TestApp::start().await;
    t.project("team", true).await;
    Image::new(1, 1).push(&t.admin(), "team/app", "1").await;
    let guest = t.member("guest", Role::Guest, "team").await;
    let limited = t.member("limited", Role::LimitedGuest, "team").await;
    let path = "/api/v2.0/projects/team/summary";
    let whole = guest.get(path).await.with_status(200).json();
    assert_eq!((&whole["repo_count"], &whole["project_admin_count"]), (&json!(1), &json!(1)));
    assert_eq!((&whole["guest_count"], &whole["limited_guest_count"]), (&json!(1), &json!(1)));
    assert!(whole.get("developer_count").is_none());
    assert_eq!(whole["quota"], json!({ "hard": { "storage": -1 }, "used": { "storage": 2048 + 10 } }));
    let limited = limited.get(path).await.with_status(200).json();
    assert!(limited.get("guest_count").is_none() && limited.get("quota").is_some());
    assert_eq!(t.anonymous().get(path).await.with_status(200).json(), json!({ "repo_count": 1 }));
    t.user("stranger").await.get("/api/v2.0/projects/none/summary").await.expect_status(403);
}

#[tokio::test]
async fn deleting_takes_everything_along() {
    let t = TestApp::start().await;
    let admin = t.admin();
    t.project("team", true).await;
    Image::new(1, 1).push(&admin, "team/app", "1").await;
    let deletable = "/api/v2.0/projects/team/_deletable";
    let no = admin.get(deletable).await.with_status(200).json();
    assert!(no.get("deletable").is_none() && no["message"].as_str().unwrap().contains("repositories"));
    t.member("dev", Role::Developer, "team").await.get(deletable).await.expect_status(403);
    let id = admin.get("/api/v2.0/projects/team").await.json()["project_id"].as_i64().unwrap();
    t.project("other", false).await;
    let id_of_other = admin.get("/api/v2.0/projects/other").await.json()["project_id"].as_i64().unwrap();
    assert!(id_of_other > id);

    let path = "/api/v2.0/projects/other";
    assert_eq!(admin.get(&format!("{path}/_deletable")).await.json(), json!({ "deletable": true }));
    let label = json!({ "name": "l", "scope": "p", "project_id": id_of_other });
    let label = admin.post_json("/api/v2.0/labels", &label).await.with_status(201);
    let change =
        json!({ "metadata": { "severity": "low" }, "cve_allowlist": { "items": [{ "cve_id": "A" }] } });
    admin.send_json(Method::PUT, path, &change).await.expect_status(200);
    push_blob(&admin, "other/half", b"never named").await;
    admin.send_bytes(Method::POST, "/v2/other/half/blobs/uploads/", "").await.expect_status(202);
    admin.delete(path).await.expect_status(200);
    admin.get(label.header("location")).await.expect_status(404);
    let quotas = format!("/api/v2.0/quotas?reference_id={id_of_other}");
    assert_eq!(admin.get(&quotas).await.with_status(200).json(), json!([]));
    // The name is free, and nothing of the old project is in the new one.
    t.project("other", false).await;
    let shown = admin.get(path).await.with_status(200).json();
    assert!(shown["project_id"].as_i64().unwrap() > id_of_other);
    assert_eq!(shown["metadata"], json!({ "public": "false" }));
    assert_eq!(shown["cve_allowlist"]["items"], json!([]));
}

#[tokio::test]
async fn administrators_alone_may_make_one_where_that_is_set() {
    let t = TestApp::start().await;
    let (admin, user) = (t.admin(), t.user("dev").await);
    let change = json!({ "project_creation_restriction": "adminonly" });
    admin.put_json("/api/v2.0/configurations", &change).await.expect_status(200);
    let of = |name: &str| json!({ "project_name": name });
    assert_eq!(user.post_json("/api/v2.0/projects", &of("a")).await.with_status(403).code(), "FORBIDDEN");
    admin.post_json("/api/v2.0/projects", &of("b")).await.expect_status(201);
    t.anonymous().post_json("/api/v2.0/projects", &of("c")).await.expect_status(401);
}

#[tokio::test]
async fn a_name_of_digits_is_a_name_where_the_contract_takes_no_id() {
    // Given a project that is named like the number of another,
    let t = TestApp::start().await;
    let admin = t.admin();
    admin.post_json("/api/v2.0/projects", &json!({ "project_name": "shop" })).await.expect_status(201);
    let shop = admin.get("/api/v2.0/projects/shop").await.with_status(200).json();
    let digits = shop["project_id"].to_string();
    admin.post_json("/api/v2.0/projects", &json!({ "project_name": digits })).await.expect_status(201);
    Image::new(1, 1).push(&admin, "shop/web", "1").await;
    // when its lists are asked for, they are its own,
    for list in ["repositories", "logs?q=resource=shop/web:1", "auditlog-exts?q=resource=shop/web:1"] {
        let found = admin.get(&format!("/api/v2.0/projects/{digits}/{list}")).await.with_status(200).json();
        assert_eq!(found, json!([]), "{list}");
    }
    // and an id is one where ids are taken.
    let by_id = admin.get(&format!("/api/v2.0/projects/{digits}")).await.with_status(200).json();
    assert_eq!(by_id["name"], "shop");
}
