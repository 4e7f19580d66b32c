//! The catalog of all repositories.

use minato_testkit::TestApp;
use minato_testkit::content::{Image, push_blob};
use serde_json::json;

#[tokio::test]
async fn for_system_administrators_only() {
    let t = TestApp::start().await;
    let stranger = t.user("stranger").await;
    stranger.get("/v2/_catalog").await.expect_status(401);
    t.anonymous().get("/v2/_catalog").await.expect_status(401);
    let token = t.admin().with_token(&["registry:catalog:*"]).await;
    for who in [t.admin(), token] {
        assert_eq!(who.get("/v2/_catalog").await.with_status(200).json(), json!({ "repositories": [] }));
    }
}

#[tokio::test]
async fn lists_what_holds_something() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    for repository in ["library/b", "library/a", "library/c"] {
        image.push(&admin, repository, "1").await;
    }
    push_blob(&admin, "library/only-a-blob", b"x").await;
    admin.delete(&format!("/v2/library/c/manifests/{}", image.digest())).await.expect_status(202);
    let all = admin.get("/v2/_catalog").await.json();
    assert_eq!(all, json!({ "repositories": ["library/a", "library/b"] }));
    let page = admin.get("/v2/_catalog?n=1").await;
    assert_eq!(page.header("link"), "</v2/_catalog?last=library%2Fa&n=1>; rel=\"next\"");
}
