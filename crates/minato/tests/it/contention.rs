//! Pushes, moves of tags and deletions of the same things at once. What they lock they must lock in
//! one order: a database that finds them waiting for each other fails one of them.

use minato_testkit::content::{IMAGE_TYPE, Image, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const ROUNDS: usize = 60;

/// One after the other, each `kind` in an order of its own; the statuses that are no answer to
/// what was asked.
async fn work(who: Persona, images: Vec<Image>, kind: usize) -> Vec<(String, u16)> {
    let mut wrong = Vec::new();
    for round in 0..ROUNDS {
        let pick = round * (2 * kind + 1) + kind;
        let (image, repository) = (&images[pick % images.len()], ["team/one", "team/two"][pick / 2 % 2]);
        let tag = ["latest", "stable", "edge"][pick % 3];
        let at = |reference: &str| format!("/v2/{repository}/manifests/{reference}");
        let answer = match (kind + round) % 5 {
            0 | 1 => push_manifest(&who, repository, tag, IMAGE_TYPE, &image.manifest).await,
            2 => who.send_bytes(Method::DELETE, &at(image.digest().as_str()), "").await,
            3 => who.get(&at(tag)).await,
            _ => who.send_bytes(Method::DELETE, &at(tag), "").await,
        };
        if !matches!(answer.status, 200 | 201 | 202 | 404) {
            wrong.push((answer.text(), answer.status));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_moves_and_deletions_never_wait_for_each_other_crosswise() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    // Two have the same layers each.
    let images: Vec<Image> =
        (0..4).map(|i| Image::build(i / 2, 3, &json!({ "annotations": { "i": i.to_string() } }))).collect();
    for repository in ["team/one", "team/two"] {
        for blob in images.iter().flat_map(|image| &image.blobs) {
            push_blob(&t.admin(), repository, blob).await;
        }
    }
    let who = t
        .admin()
        .with_token(&["repository:team/one:pull,push,delete", "repository:team/two:pull,push,delete"])
        .await;
    let mut workers = JoinSet::new();
    for kind in 0..12 {
        workers.spawn(work(who.clone(), images.clone(), kind));
    }
    // Pull times are written meanwhile, far more often than they would be.
    let app = std::sync::Arc::clone(t.app());
    let writer = tokio::spawn(async move {
        loop {
            minato_core::pull::flush(&app).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
    let wrong: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(!writer.is_finished(), "writing pull times failed");
    writer.abort();
    for repository in ["one", "two"] {
        expect_known_tags(&t, repository).await;
    }
}

/// Of two that make one tag at once, the second moves it from the first's artifact.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_tag_of_two_artifacts_at_once() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let image = |i: usize| Image::build(1, 1, &json!({ "annotations": { "i": i.to_string() } }));
    image(0).push(&t.admin(), "team/one", "first").await;
    let who = t.admin().with_token(&["repository:team/one:pull,push"]).await;
    for round in 0..40 {
        let mut pushes = JoinSet::new();
        for side in 0..2 {
            let (who, image) = (who.clone(), image(1 + round * 2 + side));
            pushes.spawn(async move {
                push_manifest(&who, "team/one", &format!("t{round}"), IMAGE_TYPE, &image.manifest)
                    .await
                    .status
            });
        }
        assert_eq!(pushes.join_all().await, [201, 201]);
    }
    expect_known_tags(&t, "one").await;
}

/// Lists by tags are of the artifacts that have them.
async fn expect_known_tags(t: &TestApp, repository: &str) {
    let artifacts = format!("/api/v2.0/projects/team/repositories/{repository}/artifacts?page_size=100");
    let digests = async |filter: &str, wanted: fn(&Value) -> bool| {
        let all = t.admin().get(&format!("{artifacts}{filter}")).await.with_status(200).json();
        let found = all.as_array().unwrap().iter().filter(|artifact| wanted(artifact));
        found.map(|artifact| artifact["digest"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(digests("&q=tags%3Dnil", |_| true).await, digests("", |it| it["tags"].is_null()).await);
    assert_eq!(digests("&q=tags%3D*", |_| true).await, digests("", |it| !it["tags"].is_null()).await);
}
