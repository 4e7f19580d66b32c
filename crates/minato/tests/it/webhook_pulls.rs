//! Webhooks of pulls, which change nothing: what waits for what, how many wait, and what is lost.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_testkit::receiver::Receiver;
use serde_json::json;

use crate::webhook::{http, policy, tell};

const MANIFEST: &str = "/v2/library/app/manifests/v1";

async fn pull(t: &TestApp) {
    t.admin().get(MANIFEST).await.expect_status(200);
}

/// Starts what goes on beside requests and stops it.
async fn work_and_stop(t: &TestApp) {
    t.work().stop().await;
    // What SQLite may write a moment later is written with this.
    t.db().begin().await.unwrap().commit().await.unwrap();
}

/// How many deliveries of a policy there are.
async fn count(t: &TestApp, policy: &str) -> String {
    let page = t.admin().get(&format!("{policy}/executions?page_size=1")).await.with_status(200);
    page.header("x-total-count").to_owned()
}

#[tokio::test]
async fn a_pull_waits_for_no_other() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PULL_ARTIFACT"])).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    receiver.answer("503 Service Unavailable");
    pull(&t).await;
    receiver.wait(1).await;
    // The first is due again in ten seconds, which do not pass.
    pull(&t).await;
    receiver.wait(2).await;
    t.clock().advance(Duration::from_secs(11));
    receiver.wait(3).await;
}

#[tokio::test]
async fn a_graceful_stop_loses_no_pull() {
    let t = TestApp::start_telling().await;
    let receiver = Receiver::start().await;
    let path = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PULL_ARTIFACT"])).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    // Which of stop and pull is seen first is chance; every time by chance is none.
    for round in 1..=10 {
        pull(&t).await;
        work_and_stop(&t).await;
        assert_eq!(count(&t, &path).await, round.to_string());
    }
}

#[tokio::test]
async fn pulls_do_not_pile_up_for_a_receiver_that_is_away() {
    let t = TestApp::start_telling().await;
    // Nobody listens there.
    let targets = json!([http("http://127.0.0.1:9/hook", "")]);
    let path = tell(&t, &policy("away", &targets, &["PULL_ARTIFACT", "PUSH_ARTIFACT"])).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    for _ in 0..1_010 {
        pull(&t).await;
    }
    work_and_stop(&t).await;
    assert_eq!(count(&t, &path).await, "1000");
    // What changes something is told all the same.
    Image::new(2, 1).push(&t.admin(), "library/app", "v2").await;
    assert_eq!(count(&t, &path).await, "1001");
}

#[tokio::test]
async fn a_failing_database_loses_no_pull() {
    let t = TestApp::start_telling().await;
    let receiver = Receiver::start().await;
    let path = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PULL_ARTIFACT"])).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    for _ in 0..3 {
        pull(&t).await;
    }
    t.backend().execute("ALTER TABLE webhook_policy RENAME TO away").await;
    work_and_stop(&t).await;
    t.backend().execute("ALTER TABLE away RENAME TO webhook_policy").await;
    assert_eq!(count(&t, &path).await, "0");
    work_and_stop(&t).await;
    assert_eq!(count(&t, &path).await, "3");
}
