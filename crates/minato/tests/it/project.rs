//! Projects through the management API.

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_types::project::Role;
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
        (json!({ "project_name": "x", "metadata": { "prevent_vul": "true" } }), 422, "UNPROCESSABLE_ENTITY"),
    ] {
        let answer = admin.post_json("/api/v2.0/projects", &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
    let request = admin.request(reqwest::Method::POST, "/api/v2.0/projects").body("x");
    assert_eq!(admin.send(request).await.with_status(415).code(), "UNSUPPORTED_MEDIA_TYPE");
    let answer = admin.send_bytes(reqwest::Method::PUT, "/api/v2.0/projects", "").await;
    assert_eq!(answer.with_status(405).code(), "METHOD_NOT_ALLOWED");
    assert_eq!(admin.get("/api/v2.0/nothing").await.with_status(404).code(), "NOT_FOUND");
    admin.get("/api/v2.0/projects?page_size=101").await.expect_status(422);
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
