//! What a request costs the database.

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, Image, push_blob, push_manifest};

#[tokio::test]
async fn pushing_the_manifest_of_eight_layers_takes_at_most_ten_statements() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 8));
    for blob in &image.blobs {
        push_blob(&admin, "library/app", blob).await;
    }
    let token = admin.with_token(&["repository:library/app:pull,push"]).await;
    let before = t.app().statements();
    push_manifest(&token, "library/app", "1", IMAGE_TYPE, &image.manifest).await.expect_status(201);
    let used = t.app().statements() - before;
    assert!(used <= 10, "{used} statements");
}

#[tokio::test]
async fn lists_take_the_same_number_whatever_is_in_them() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "first").await;
    let mut counts = Vec::new();
    for round in 0..2 {
        let before = t.app().statements();
        admin.get("/v2/library/app/tags/list").await.expect_status(200);
        admin.get("/v2/_catalog").await.expect_status(200);
        admin.get("/api/v2.0/projects").await.expect_status(200);
        counts.push(t.app().statements() - before);
        for i in 0..20 {
            t.project(&format!("p{round}-{i}"), true).await;
            image.push(&admin, &format!("library/app{i}"), "1").await;
            image.push(&admin, "library/app", &format!("t{i}")).await;
        }
    }
    assert_eq!(counts[0], counts[1]);
}
