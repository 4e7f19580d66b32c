//! Indexes: manifests of manifests.

use minato_testkit::TestApp;
use minato_testkit::content::{INDEX_TYPE, Image, index, push_manifest};

#[tokio::test]
async fn children_must_be_there_and_stay() {
    let t = TestApp::start().await;
    let (admin, one, two) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    let (first, second) = (one.digest(), two.digest());
    let document = index(&[(&first, one.manifest.len()), (&second, two.manifest.len())]);
    one.push(&admin, "library/app", first.as_str()).await;
    let answer = push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.with_status(400);
    assert_eq!(answer.json()["errors"][0]["detail"]["digest"], second.as_str());
    two.push(&admin, "library/app", second.as_str()).await;
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    assert_eq!(admin.get("/v2/library/app/manifests/multi").await.body, document);

    // A child can't be deleted before the index is.
    let child = format!("/v2/library/app/manifests/{first}");
    assert_eq!(admin.delete(&child).await.with_status(405).code(), "UNSUPPORTED");
    let whole = format!("/v2/library/app/manifests/{}", minato_testkit::content::digest(&document));
    admin.delete(&whole).await.expect_status(202);
    admin.delete(&child).await.expect_status(202);
}

#[tokio::test]
async fn an_index_may_list_a_manifest_twice() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let digest = image.digest();
    image.push(&admin, "library/app", digest.as_str()).await;
    let document = index(&[(&digest, image.manifest.len()), (&digest, image.manifest.len())]);
    push_manifest(&admin, "library/app", "twice", INDEX_TYPE, &document).await.expect_status(201);
}
