//! How much there is.

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_types::project::Role;
use serde_json::json;

#[tokio::test]
async fn one_counts_what_one_sees() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("team", false).await;
    t.project("other", false).await;
    image.push(&admin, "library/a", "1").await;
    image.push(&admin, "library/b", "1").await;
    image.push(&admin, "team/a", "1").await;
    let guest = t.member("guest", Role::Guest, "team").await;
    let path = "/api/v2.0/statistics";
    let bytes: usize = image.blobs.iter().map(Vec::len).sum();
    let expected = |private: i64, private_repositories: i64, bytes: usize| {
        json!({
            "public_project_count": 1, "public_repo_count": 2,
            "private_project_count": private, "private_repo_count": private_repositories,
            "total_project_count": 1 + private, "total_repo_count": 2 + private_repositories,
            "total_storage_consumption": bytes,
        })
    };
    assert_eq!(admin.get(path).await.with_status(200).json(), expected(2, 1, 2 * bytes));
    assert_eq!(guest.get(path).await.with_status(200).json(), expected(1, 1, 0));
    assert_eq!(t.user("new").await.get(path).await.with_status(200).json(), expected(0, 0, 0));
    t.anonymous().get(path).await.expect_status(401);
}
