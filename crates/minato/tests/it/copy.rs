//! Copying artifacts between repositories.

use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, digest, index, push_manifest};
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::artifact_tag::hold_tags;

async fn copy(who: &Persona, from: &str, to: &str) -> Answer {
    let (project, repository) = to.split_once('/').unwrap();
    let path = format!("/api/v2.0/projects/{project}/repositories/{repository}/artifacts?from={from}");
    who.send(who.request(Method::POST, &path)).await
}

async fn used(t: &TestApp, project: &str) -> i64 {
    let mut conn = t.db().read().await.unwrap();
    let standing = minato_db::project::standing(&mut conn, project, None, 0).await.unwrap().unwrap();
    minato_db::quota::usage(&mut conn, standing.project).await.unwrap().unwrap().1
}

#[tokio::test]
async fn within_a_project_it_costs_nothing() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 2));
    image.push(&admin, "library/app", "1").await;
    image.push(&admin, "library/app", "latest").await;
    let before = used(&t, "library").await;
    let made = copy(&admin, "library/app:1", "library/copy").await.with_status(201);
    assert_eq!(made.header("location"), "/api/v2.0/projects/library/repositories/copy/artifacts/1");
    assert_eq!(used(&t, "library").await, before);
    for tag in ["1", "latest"] {
        assert_eq!(admin.get(&format!("/v2/library/copy/manifests/{tag}")).await.body, image.manifest);
    }
    for blob in &image.blobs {
        assert_eq!(admin.get(&format!("/v2/library/copy/blobs/{}", digest(blob))).await.body, *blob);
    }
    let again = copy(&admin, &format!("library/app@{}", image.digest()), "library/copy").await;
    assert_eq!(again.with_status(409).code(), "CONFLICT");
    copy(&admin, "library/app:1", "library/app").await.expect_status(409);
    // The copy does not need the original.
    admin.delete("/api/v2.0/projects/library/repositories/app").await.expect_status(200);
    assert_eq!(admin.get("/v2/library/copy/manifests/1").await.body, image.manifest);
    assert_eq!(used(&t, "library").await, before);
}

#[tokio::test]
async fn children_and_accessories_go_along_and_are_paid_for() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let (admin, child) = (t.admin(), Image::new(1, 1));
    child.push(&admin, "library/app", child.digest().as_str()).await;
    let document = index(&[(&child.digest(), child.manifest.len())]);
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    let subject =
        json!({ "mediaType": INDEX_TYPE, "digest": digest(&document).as_str(), "size": document.len() });
    let extra = json!({ "subject": subject, "artifactType": "application/vnd.cncf.notary.signature" });
    let signature = Image::build(2, 1, &extra);
    signature.push(&admin, "library/app", signature.digest().as_str()).await;

    let by_itself = copy(&admin, &format!("library/app@{}", signature.digest()), "team/app").await;
    assert_eq!(by_itself.with_status(403).code(), "DENIED");
    copy(&admin, &format!("library/app@{}", digest(&document)), "team/app").await.expect_status(201);
    let listed =
        admin.get("/api/v2.0/projects/team/repositories/app/artifacts").await.with_status(200).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["references"][0]["child_digest"], child.digest().as_str());
    assert_eq!(listed[0]["accessories"][0]["digest"], signature.digest().as_str());
    assert_eq!(listed[0]["tags"][0]["name"], "multi");
    assert_eq!(admin.get(&format!("/v2/team/app/manifests/{}", child.digest())).await.body, child.manifest);
    assert_eq!(used(&t, "team").await, used(&t, "library").await);
    let referrers = admin.get(&format!("/v2/team/app/referrers/{}", digest(&document))).await.json();
    assert_eq!(referrers["manifests"][0]["digest"], signature.digest().as_str());
}

#[tokio::test]
async fn a_full_project_takes_no_copy() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    Image::new(1, 2).push(&t.admin(), "library/app", "1").await;
    let mut tx = t.db().begin().await.unwrap();
    let project = minato_db::project::standing(&mut tx, "team", None, 0).await.unwrap().unwrap().project;
    let (query, window) =
        (minato_types::query::Query::default(), minato_core::Window { limit: 9, offset: 0 });
    let quotas = minato_db::quota::list(&mut tx, &query, window).await.unwrap().0;
    let quota = quotas.into_iter().find(|quota| quota.project == project).unwrap();
    minato_db::quota::update(&mut tx, quota.id, 1000, minato_types::clock::Clock::now(t.clock()))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(copy(&t.admin(), "library/app:1", "team/app").await.with_status(403).code(), "DENIED");
    t.admin().get("/api/v2.0/projects/team/repositories/app").await.expect_status(404);
    assert_eq!(used(&t, "team").await, 0);
}

#[tokio::test]
async fn tags_of_the_target_move_unless_they_are_immutable() {
    let t = TestApp::start().await;
    let (admin, old, new) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    t.project("team", false).await;
    old.push(&admin, "team/app", "v1").await;
    new.push(&admin, "library/app", "v1").await;
    hold_tags(&t, "team", "v*").await;
    copy(&admin, "library/app:v1", "team/app").await.expect_status(412);
    assert_eq!(admin.get("/v2/team/app/manifests/v1").await.body, old.manifest);
    new.push(&admin, "library/other", "free").await;
    copy(&admin, "library/other:free", "team/app").await.expect_status(201);
    assert_eq!(admin.get("/v2/team/app/manifests/free").await.body, new.manifest);
}

#[tokio::test]
async fn needs_both_permissions_and_a_source() {
    let t = TestApp::start().await;
    t.project("secret", false).await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "secret/app", "1").await;
    image.push(&admin, "library/app", "1").await;
    let developer = t.member("dev", Role::Developer, "library").await;
    let guest = t.member("guest", Role::Guest, "library").await;
    for source in ["secret/app:1", "secret/none:1", "absent/app:1"] {
        copy(&developer, source, "library/copy").await.expect_status(403);
    }
    copy(&guest, "library/app:1", "library/copy").await.expect_status(403);
    copy(&t.anonymous(), "library/app:1", "library/copy").await.expect_status(401);
    copy(&developer, "library/app:1", "library/copy").await.expect_status(201);
    for (source, status) in [
        ("", 400),
        ("library/app", 400),
        ("library:1", 400),
        ("library/app@sha256:1", 400),
        ("library/app:-", 400),
        ("library/app:none", 404),
        ("library/none:1", 404),
    ] {
        copy(&developer, source, "library/copy2").await.expect_status(status);
    }
    let listed: Value = developer.get("/api/v2.0/projects/library/repositories?sort=name").await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "a refused copy leaves nothing");
    push_manifest(&admin, "library/app", "2", IMAGE_TYPE, &image.manifest).await.expect_status(201);
}

#[tokio::test]
async fn the_same_copy_several_times_at_once() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let (admin, image) = (t.admin(), Image::new(1, 3));
    image.push(&admin, "library/app", "1").await;
    let one = || copy(&admin, "library/app:1", "team/app");
    let (first, second, third) = tokio::join!(one(), one(), one());
    for answer in [&first, &second, &third] {
        assert!(matches!(answer.status, 201 | 409), "{}: {}", answer.status, answer.text());
    }
    assert_eq!(used(&t, "team").await, used(&t, "library").await);
    let (gone, pushed, copied) = tokio::join!(
        admin.delete("/api/v2.0/projects/team/repositories/app"),
        push_manifest(&admin, "team/app", "2", IMAGE_TYPE, &image.manifest),
        copy(&admin, "team/app:1", "team/other"),
    );
    for answer in [&gone, &pushed, &copied] {
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
    }
}
