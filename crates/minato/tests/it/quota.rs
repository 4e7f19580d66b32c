//! Quotas: what is counted, and that nobody gets more than there is.

use minato_testkit::content::{IMAGE_TYPE, Image, bytes, digest, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

async fn quota(t: &TestApp, project: &str) -> Value {
    let shown = t.admin().get(&format!("/api/v2.0/projects/{project}")).await.json();
    let path = format!("/api/v2.0/quotas?reference=project&reference_id={}", shown["project_id"]);
    t.admin().get(&path).await.with_status(200).json()[0].clone()
}

async fn used(t: &TestApp, project: &str) -> i64 {
    quota(t, project).await["used"]["storage"].as_i64().unwrap()
}

async fn limit(t: &TestApp, project: &str, bytes: i64) {
    let path = format!("/api/v2.0/quotas/{}", quota(t, project).await["id"]);
    let body = json!({ "hard": { "storage": bytes } });
    t.admin().send_json(Method::PUT, &path, &body).await.expect_status(200);
}

fn size(images: &[&Image]) -> i64 {
    let blobs: std::collections::BTreeSet<_> = images.iter().flat_map(|image| &image.blobs).collect();
    blobs.iter().map(|blob| i64::try_from(blob.len()).unwrap()).sum()
}

#[tokio::test]
async fn what_is_used_is_each_blob_once() {
    let t = TestApp::start().await;
    let (admin, one, two) = (t.admin(), Image::new(1, 2), Image::new(2, 1));
    t.project("team", false).await;
    one.push(&admin, "team/app", "1").await;
    assert_eq!(used(&t, "team").await, size(&[&one]));
    one.push(&admin, "team/app", "1").await;
    push_manifest(&admin, "team/app", "copy", IMAGE_TYPE, &one.manifest).await.expect_status(201);
    one.push(&admin, "team/other", "1").await;
    assert_eq!(used(&t, "team").await, size(&[&one]), "the same content again costs nothing");
    two.push(&admin, "team/app", "2").await;
    assert_eq!(used(&t, "team").await, size(&[&one, &two]));
    one.push(&admin, "library/app", "1").await;
    assert_eq!(used(&t, "library").await, size(&[&one]), "each project pays for itself");

    admin.delete("/v2/team/app/manifests/copy").await.expect_status(202);
    admin.delete(&format!("/v2/team/app/manifests/{}", one.digest())).await.expect_status(202);
    assert_eq!(used(&t, "team").await, size(&[&one, &two]), "another repository still needs it");
    admin.delete(&format!("/v2/team/other/manifests/{}", one.digest())).await.expect_status(202);
    assert_eq!(used(&t, "team").await, size(&[&two]));
    admin.delete(&format!("/v2/team/app/manifests/{}", two.digest())).await.expect_status(202);
    assert_eq!(used(&t, "team").await, 0);
}

#[tokio::test]
async fn what_comes_to_nothing_costs_nothing() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let uploads = "/v2/library/app/blobs/uploads/";
    let location = admin.send_bytes(Method::POST, uploads, "").await.with_status(202);
    let location = location.header("location").to_owned();
    admin.send_bytes(Method::PATCH, &location, bytes(1, 5000)).await.expect_status(202);
    let wrong = format!("{location}?digest={}", digest(b"other"));
    admin.send_bytes(Method::PUT, &wrong, "").await.expect_status(400);
    push_blob(&admin, "library/app", &image.blobs[0]).await;
    push_manifest(&admin, "library/app", "1", IMAGE_TYPE, &image.manifest).await.expect_status(400);
    push_manifest(&admin, "library/app", "1", IMAGE_TYPE, b"{}").await.expect_status(400);
    assert_eq!(used(&t, "library").await, 0);
}

#[tokio::test]
async fn a_refusal_says_by_how_much() {
    let t = TestApp::start().await;
    let (admin, one, two) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    limit(&t, "library", size(&[&one]) + 100).await;
    one.push(&admin, "library/app", "1").await;
    for blob in &two.blobs {
        push_blob(&admin, "library/app", blob).await;
    }
    let token = admin.with_token(&["repository:library/app:pull,push"]).await;
    let refused = push_manifest(&token, "library/app", "2", IMAGE_TYPE, &two.manifest).await.with_status(403);
    assert_eq!(refused.code(), "DENIED");
    for part in ["project library", &size(&[&two]).to_string(), &size(&[&one]).to_string()] {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
    assert_eq!(used(&t, "library").await, size(&[&one]));
    admin.get("/v2/library/app/manifests/2").await.expect_status(404);
    // With more room it goes through; below what is used nothing does, but what is there stays.
    limit(&t, "library", size(&[&one, &two])).await;
    push_manifest(&token, "library/app", "2", IMAGE_TYPE, &two.manifest).await.expect_status(201);
    limit(&t, "library", 1).await;
    push_manifest(&token, "library/app", "again", IMAGE_TYPE, &two.manifest).await.expect_status(201);
    assert_eq!(token.get("/v2/library/app/manifests/1").await.with_status(200).body, one.manifest);
    admin.delete(&format!("/v2/library/app/manifests/{}", two.digest())).await.expect_status(202);
    assert_eq!(used(&t, "library").await, size(&[&one]));
}

#[tokio::test]
async fn a_full_project_takes_no_uploads() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let uploads = "/v2/library/app/blobs/uploads/";
    let open = admin.send_bytes(Method::POST, uploads, "").await.with_status(202);
    image.push(&admin, "library/app", "1").await;
    limit(&t, "library", size(&[&image])).await;
    let new = bytes(9, 10);
    assert_eq!(admin.send_bytes(Method::POST, uploads, "").await.with_status(403).code(), "DENIED");
    let whole = format!("{uploads}?digest={}", digest(&new));
    assert_eq!(admin.send_bytes(Method::POST, &whole, new.clone()).await.with_status(403).code(), "DENIED");
    let close = format!("{}?digest={}", open.header("location"), digest(&new));
    let refused = admin.send_bytes(Method::PUT, &close, new.clone()).await.with_status(403);
    assert!(refused.text().contains("library"), "{}", refused.text());
    limit(&t, "library", -1).await;
    admin.send_bytes(Method::PUT, &close, new).await.expect_status(201);
}

#[tokio::test]
async fn the_last_free_bytes_are_given_once() {
    const PUSHES: u64 = 64;
    const FIT: i64 = 21;
    let t = TestApp::start().await;
    let admin = t.admin();
    t.project("team", false).await;
    let images: Vec<Image> = (100..100 + PUSHES).map(|seed| Image::new(seed, 1)).collect();
    let each = size(&[&images[0]]);
    for (i, image) in images.iter().enumerate() {
        for blob in &image.blobs {
            push_blob(&admin, &format!("team/app{}", i % 4), blob).await;
        }
    }
    limit(&t, "team", each * FIT + each / 2).await;
    // Half of them to another instance, where there can be one.
    let other = t.replica().await;
    let second = other.as_ref().map_or_else(|| admin.clone(), |other| admin.at(other.address()));
    let mut pushes = JoinSet::new();
    for (i, image) in images.into_iter().enumerate() {
        let who: Persona = if i % 2 == 0 { admin.clone() } else { second.clone() };
        pushes.spawn(async move {
            let repository = format!("team/app{}", i % 4);
            push_manifest(&who, &repository, &format!("t{i}"), IMAGE_TYPE, &image.manifest).await.status
        });
    }
    let statuses = pushes.join_all().await;
    let count =
        |wanted: u16| i64::try_from(statuses.iter().filter(|status| **status == wanted).count()).unwrap();
    assert_eq!((count(201), count(403)), (FIT, 64 - FIT), "{statuses:?}");
    assert_eq!(used(&t, "team").await, each * FIT);
}

/// Prints how fast it goes with a limit and without; both have to be exact. See with --nocapture.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_into_a_limited_project_run_side_by_side() {
    const PUSHES: u32 = 64;
    let t = TestApp::start().await;
    let admin = t.admin();
    for (project, hard) in [("free", -1), ("limited", 1 << 40)] {
        t.project(project, false).await;
        limit(&t, project, hard).await;
        let images: Vec<Image> = (0..PUSHES).map(|seed| Image::new(seed.into(), 2)).collect();
        for blob in images.iter().flat_map(|image| &image.blobs) {
            push_blob(&admin, &format!("{project}/app"), blob).await;
        }
        let (name, whole) = (format!("{project}/app"), size(&images.iter().collect::<Vec<_>>()));
        let who = admin.with_token(&[&format!("repository:{name}:pull,push")]).await;
        let started = std::time::Instant::now();
        let mut pushes = JoinSet::new();
        for (i, image) in images.into_iter().enumerate() {
            let (who, name) = (who.clone(), name.clone());
            pushes.spawn(async move {
                push_manifest(&who, &name, &format!("t{i}"), IMAGE_TYPE, &image.manifest).await.status
            });
        }
        let statuses = pushes.join_all().await;
        let seconds = started.elapsed().as_secs_f64();
        assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
        println!("quota: {PUSHES} pushes at once into `{project}`: {:.0} per s", f64::from(PUSHES) / seconds);
        assert_eq!(used(&t, project).await, whole);
    }
}

#[tokio::test]
async fn listed_sorted_and_changed_by_administrators() {
    let t = TestApp::start().await;
    let (admin, user) = (t.admin(), t.user("dev").await);
    t.project("small", false).await;
    t.project("large", false).await;
    limit(&t, "small", 10_000).await;
    limit(&t, "large", 1 << 50).await;
    Image::new(1, 1).push(&admin, "small/app", "1").await;
    let order = async |query: &str| {
        let list = admin.get(&format!("/api/v2.0/quotas?{query}")).await.with_status(200).json();
        let names =
            list.as_array().unwrap().iter().map(|quota| quota["ref"]["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order("").await, "library small large");
    assert_eq!(order("sort=hard.storage").await, "library small large");
    assert_eq!(order("sort=-hard.storage").await, "large small library");
    assert_eq!(order("sort=-used.storage&page_size=1").await, "small");
    assert_eq!(order("reference=project").await, "library small large");
    assert_eq!(order("reference=user").await, "");
    let one = quota(&t, "small").await;
    assert_eq!((&one["hard"], &one["ref"]["owner_name"]), (&json!({ "storage": 10_000 }), &json!("admin")));
    let path = format!("/api/v2.0/quotas/{}", one["id"]);
    assert_eq!(admin.get(&path).await.with_status(200).json(), one);
    for body in [
        json!({}),
        json!({ "hard": {} }),
        json!({ "hard": { "storage": 0 } }),
        json!({ "hard": { "storage": -2 } }),
        json!({ "hard": { "storage": (1_i64 << 50) + 1 } }),
        json!({ "hard": { "count": 5 } }),
    ] {
        let answer = admin.send_json(Method::PUT, &path, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body}");
    }
    let body = json!({ "hard": { "storage": 1 } });
    admin.send_json(Method::PUT, "/api/v2.0/quotas/999999", &body).await.expect_status(404);
    admin.get("/api/v2.0/quotas/999999").await.expect_status(404);
    admin.get("/api/v2.0/quotas?reference_id=x").await.expect_status(400);
    for (who, status) in [(user, 403), (t.anonymous(), 401)] {
        who.get("/api/v2.0/quotas").await.expect_status(status);
        who.get(&path).await.expect_status(status);
        who.send_json(Method::PUT, &path, &body).await.expect_status(status);
    }
}
