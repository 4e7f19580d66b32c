//! Several instances on one database and one store. On `SQLite` there is only one, and
//! the whole file has nothing to say.

use minato_testkit::TestApp;
use minato_testkit::content::{Image, bytes, digest};
use reqwest::Method;

#[tokio::test]
async fn each_chunk_to_another_replica() {
    let one = TestApp::start().await;
    let Some(two) = one.replica().await else { return };
    let blob = bytes(1, 20_000_000);
    let admin = one.admin();
    let started = admin.send_bytes(Method::POST, "/v2/library/app/blobs/uploads/", "").await.with_status(202);
    let location = started.header("location").to_owned();
    for (i, chunk) in blob.chunks(3_000_000).enumerate() {
        let who = if i % 2 == 0 { admin.at(two.address()) } else { admin.clone() };
        who.send_bytes(Method::PATCH, &location, chunk).await.expect_status(202);
    }
    let close = format!("{location}?digest={}", digest(&blob));
    admin.at(two.address()).send_bytes(Method::PUT, &close, "").await.expect_status(201);
    let pulled = admin.get(&format!("/v2/library/app/blobs/{}", digest(&blob))).await.with_status(200);
    assert!(pulled.body == blob);
}

#[tokio::test]
async fn what_one_answers_the_other_knows_at_once() {
    let one = TestApp::start().await;
    let Some(two) = one.replica().await else { return };
    let (here, there) = (one.admin(), one.admin().at(two.address()));
    let token = here.with_token(&["repository:library/app:pull,push,delete"]).await.at(two.address());
    for seed in 0..30 {
        let image = Image::new(seed, 1);
        image.push(&here, "library/app", "moving").await;
        for who in [&there, &token] {
            assert_eq!(
                who.get("/v2/library/app/manifests/moving").await.with_status(200).body,
                image.manifest
            );
        }
        here.delete("/v2/library/app/manifests/moving").await.expect_status(202);
        there.get("/v2/library/app/manifests/moving").await.expect_status(404);
        here.delete(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(202);
        there.get(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(404);
    }
}
