//! Pull times and counts.

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_types::name::RepositoryName;

#[tokio::test]
async fn counted_behind_the_answer() {
    let t = TestApp::start().await;
    let admin = t.admin();
    Image::new(1, 1).push(&admin, "library/app", "1").await;
    for _ in 0..3 {
        admin.get("/v2/library/app/manifests/1").await.expect_status(200);
    }
    admin.head("/v2/library/app/manifests/1").await.expect_status(200);
    // Ending writes what is still in memory.
    minato_core::pull::flush(t.app()).await.unwrap();
    let name: RepositoryName = "library/app".parse().unwrap();
    let mut conn = t.db().read().await.unwrap();
    assert_eq!(minato_db::pull::count(&mut conn, &name).await.unwrap(), Some(3), "HEAD is no pull");
}
