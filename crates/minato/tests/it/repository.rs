//! Repositories through the management API.

use minato_testkit::content::{Image, push_blob};
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::artifact_tag::hold_tags;

const APP: &str = "/api/v2.0/projects/library/repositories/app";

fn names(answer: Answer) -> Vec<String> {
    let list = answer.with_status(200).json();
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn put(who: &Persona, path: &str, body: &Value) -> Answer {
    let request = who.request(Method::PUT, path).header("content-type", "application/json");
    who.send(request.body(body.to_string())).await
}

async fn used(t: &TestApp) -> i64 {
    let mut conn = t.db().read().await.unwrap();
    minato_db::quota::total(&mut conn).await.unwrap()
}

#[tokio::test]
async fn shown_and_described() {
    let t = TestApp::start().await;
    let admin = t.admin();
    Image::new(1, 1).push(&admin, "library/app", "1").await;
    Image::new(2, 1).push(&admin, "library/app", "2").await;
    push_blob(&admin, "library/unfinished", b"only a blob").await;
    let shown = admin.get(APP).await.with_status(200).json();
    assert_eq!(
        (&shown["name"], &shown["artifact_count"], &shown["pull_count"]),
        (&json!("library/app"), &json!(2), &json!(0))
    );
    assert!(shown.get("description").is_none() && shown["creation_time"].as_str().unwrap().ends_with('Z'));
    for unknown in ["unfinished", "none", "Bad%20Name"] {
        let path = format!("/api/v2.0/projects/library/repositories/{unknown}");
        assert_eq!(admin.get(&path).await.with_status(404).code(), "NOT_FOUND");
        put(&admin, &path, &json!({ "description": "x" })).await.expect_status(404);
        admin.delete(&path).await.expect_status(404);
    }
    put(&admin, APP, &json!({ "description": "<b>it's</b>" })).await.expect_status(200);
    assert_eq!(admin.get(APP).await.json()["description"], "&lt;b&gt;it&#39;s&lt;/b&gt;");
    assert_eq!(names(admin.get("/api/v2.0/projects/library/repositories").await), ["library/app"]);
}

#[tokio::test]
async fn a_name_of_several_parts_is_encoded_once_or_twice() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/team/app", "1").await;
    for name in ["team%252Fapp", "team%2Fapp"] {
        let path = format!("/api/v2.0/projects/library/repositories/{name}");
        assert_eq!(t.admin().get(&path).await.with_status(200).json()["name"], "library/team/app");
    }
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_paged() {
    let t = TestApp::start().await;
    let admin = t.admin();
    for (seed, name) in ["b", "a", "c"].into_iter().enumerate() {
        Image::new(seed as u64, 1).push(&admin, &format!("library/{name}"), "1").await;
        t.clock().advance(std::time::Duration::from_mins(1));
    }
    let of = |query: &str| format!("/api/v2.0/projects/library/repositories?{query}");
    for (query, expected) in [
        ("", vec!["library/c", "library/a", "library/b"]),
        ("sort=name", vec!["library/a", "library/b", "library/c"]),
        ("sort=-id", vec!["library/c", "library/a", "library/b"]),
        ("sort=creation_time", vec!["library/b", "library/a", "library/c"]),
        ("sort=-pull_count&page_size=1", vec!["library/c"]),
        ("q=name%3D~RY/A", vec!["library/a"]),
        ("q=name%3Dlibrary/a", vec!["library/a"]),
        ("q=unknown%3Dx", vec!["library/c", "library/a", "library/b"]),
        ("sort=name&page=2&page_size=2", vec!["library/c"]),
    ] {
        assert_eq!(names(admin.get(&of(query)).await), expected, "{query}");
    }
    for bad in ["q=name", "q=name%3Da%00", "q=name%3D~%00"] {
        admin.get(&of(bad)).await.expect_status(400);
    }
    admin.get("/api/v2.0/projects/%00/repositories").await.expect_status(400);
    let layer = minato_testkit::content::digest(&Image::new(1, 1).blobs[1]);
    assert_eq!(
        names(admin.get(&format!("/api/v2.0/repositories?q=blob_digest%3D{layer}")).await),
        ["library/a"]
    );
}

#[tokio::test]
async fn everybody_sees_what_they_may() {
    let t = TestApp::start().await;
    t.project("secret", false).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    Image::new(1, 1).push(&t.admin(), "secret/app", "1").await;
    let guest = t.member("guest", Role::Guest, "secret").await;
    let stranger = t.user("stranger").await;
    let all = "/api/v2.0/repositories?sort=name";
    assert_eq!(names(t.admin().get(all).await), ["library/app", "secret/app"]);
    assert_eq!(names(guest.get(all).await), ["library/app", "secret/app"]);
    let seen = stranger.get(all).await;
    assert_eq!(seen.header("x-total-count"), "1");
    assert_eq!(names(seen), ["library/app"]);
    assert_eq!(names(t.anonymous().get(all).await), ["library/app"]);
    t.anonymous().get("/api/v2.0/projects/library/repositories").await.expect_status(200);
    t.anonymous().get(APP).await.expect_status(401);
    for project in ["secret", "absent"] {
        let path = format!("/api/v2.0/projects/{project}/repositories");
        t.anonymous().get(&path).await.expect_status(401);
        stranger.get(&path).await.expect_status(403);
        stranger.get(&format!("{path}/app")).await.expect_status(403);
    }
    t.admin().get("/api/v2.0/projects/absent/repositories").await.expect_status(404);
}

#[tokio::test]
async fn deleted_with_all_that_it_holds() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let (one, two) = (Image::new(1, 2), Image::new(2, 1));
    one.push(&admin, "library/app", "1").await;
    let children = [(&one.digest(), one.manifest.len())];
    let document = minato_testkit::content::index(&children);
    let index_type = minato_testkit::content::INDEX_TYPE;
    minato_testkit::content::push_manifest(&admin, "library/app", "all", index_type, &document)
        .await
        .expect_status(201);
    two.push(&admin, "library/other", "1").await;
    let before = used(&t).await;
    let developer = t.member("dev", Role::Developer, "library").await;
    developer.delete(APP).await.expect_status(403);
    t.anonymous().delete(APP).await.expect_status(401);
    put(&developer, APP, &json!({ "description": "" })).await.expect_status(200);
    let maintainer = t.member("main", Role::Maintainer, "library").await;
    maintainer.delete(APP).await.expect_status(200);
    let freed: usize = one.blobs.iter().map(Vec::len).sum();
    assert_eq!(used(&t).await, before - i64::try_from(freed).unwrap());
    admin.get(APP).await.expect_status(404);
    admin.get("/v2/library/app/manifests/1").await.expect_status(404);
    let layer = minato_testkit::content::digest(&one.blobs[1]);
    admin.head(&format!("/v2/library/app/blobs/{layer}")).await.expect_status(404);
    admin.get("/v2/library/other/manifests/1").await.expect_status(200);
    // And it can be made anew.
    one.push(&admin, "library/app", "1").await;
    assert_eq!(used(&t).await, before);
}

#[tokio::test]
async fn an_immutable_tag_keeps_its_repository() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    hold_tags(&t, "library", "v*").await;
    assert_eq!(t.admin().delete(APP).await.with_status(412).code(), "PRECONDITION");
    t.admin().get("/v2/library/app/manifests/v1").await.expect_status(200);
}
