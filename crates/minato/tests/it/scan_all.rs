//! Scans of everything: now, by schedule, how far they are, and stopping them.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::content::{INDEX_TYPE, Image, index, push_manifest};
use minato_testkit::scanner::Scanner;
use reqwest::Method;
use serde_json::{Value, json};

use crate::scanner::register;

const SCHEDULE: &str = "/api/v2.0/system/scanAll/schedule";
const STATS: &str = "/api/v2.0/scans/all/metrics";
const STOP: &str = "/api/v2.0/system/scanAll/stop";

fn when(kind: &str) -> Value {
    json!({ "schedule": { "type": kind } })
}

/// How far it is, once it is over.
async fn ended(t: &TestApp, path: &str) -> Value {
    loop {
        let stats = t.admin().get(path).await.with_status(200).json();
        if stats["ongoing"] == false && stats["trigger"].is_string() {
            return stats;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn everything_that_can_be_is_scanned() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    t.admin().post_json(SCHEDULE, &when("Manual")).await.expect_status(412);
    register(&t, "one", &scanner).await;
    t.admin().post_json(STOP, &json!({})).await.expect_status(400);
    let none = t.admin().get(STATS).await.with_status(200).json();
    assert_eq!(none, json!({ "total": 0, "completed": 0, "ongoing": false }));

    t.project("other", false).await;
    let (one, two, part) = (Image::new(1, 1), Image::new(2, 1), Image::new(3, 1));
    one.push(&t.admin(), "library/app", "v1").await;
    two.push(&t.admin(), "other/app", "v1").await;
    part.push(&t.admin(), "library/app", part.digest().as_str()).await;
    let list = index(&[(&part.digest(), part.manifest.len())]);
    push_manifest(&t.admin(), "library/app", "all", INDEX_TYPE, &list).await.expect_status(201);
    scanner.waits(true);
    t.admin().post_json(SCHEDULE, &when("Manual")).await.expect_status(201);
    scanner.wait("get /api/v1/scan/work-1/report", 1).await;
    t.admin().post_json(SCHEDULE, &when("Manual")).await.expect_status(409);
    scanner.waits(false);
    let stats = ended(&t, STATS).await;
    assert_eq!(
        (&stats["total"], &stats["completed"], &stats["trigger"]),
        (&json!(3), &json!(3), &json!("Manual"))
    );
    assert_eq!(stats["metrics"]["Success"], 3);
    let scheduled = t.admin().get("/api/v2.0/scans/schedule/metrics").await.with_status(200).json();
    assert_eq!(scheduled["total"], 0);
    let shown = "/api/v2.0/projects/other/repositories/app/artifacts/v1?with_scan_overview=true";
    let shown = t.admin().get(shown).await.with_status(200).json();
    assert_eq!(
        shown["scan_overview"].as_object().unwrap().values().next().unwrap()["scan_status"],
        "Success"
    );
    let request = scanner.received("post /api/v1/scan").remove(0).json();
    assert_eq!(request["registry"]["url"], format!("http://{}", t.address()));

    // Stopped, those that wait and those that run end.
    scanner.waits(true);
    t.admin().post_json(SCHEDULE, &when("Manual")).await.expect_status(201);
    scanner.wait("post /api/v1/scan", 4).await;
    t.admin().post_json(STOP, &json!({})).await.expect_status(202);
    let stats = ended(&t, STATS).await;
    assert!(stats["metrics"]["Stopped"].as_i64().unwrap() >= 1, "{stats}");
}

#[tokio::test]
async fn by_schedule() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    Image::new(4, 1).push(&t.admin(), "library/app", "v1").await;
    let admin = t.admin();
    assert_eq!(admin.get(SCHEDULE).await.with_status(200).json(), json!({}));
    admin.post_json(SCHEDULE, &when("None")).await.expect_status(201);
    admin.post_json(SCHEDULE, &when("Often")).await.expect_status(400);
    admin.post_json(SCHEDULE, &when("Daily")).await.expect_status(201);
    admin.post_json(SCHEDULE, &when("Daily")).await.expect_status(412);
    admin.put_json(SCHEDULE, &when("Manual")).await.expect_status(400);
    admin.put_json(SCHEDULE, &when("Hourly")).await.expect_status(200);
    let shown = admin.get(SCHEDULE).await.with_status(200).json();
    assert_eq!(
        (&shown["schedule"]["type"], &shown["schedule"]["cron"]),
        (&json!("Hourly"), &json!("0 0 * * * *"))
    );
    let _work = t.work();
    t.clock().advance(Duration::from_hours(1));
    let stats = ended(&t, "/api/v2.0/scans/schedule/metrics").await;
    assert_eq!((&stats["trigger"], &stats["metrics"]["Success"]), (&json!("Schedule"), &json!(1)));
    admin.put_json(SCHEDULE, &when("None")).await.expect_status(200);
    assert_eq!(admin.get(SCHEDULE).await.with_status(200).json(), json!({}));
    for (who, status) in [(t.anonymous(), 401), (t.user("dev").await, 403)] {
        who.get(STATS).await.expect_status(status);
        who.get(SCHEDULE).await.expect_status(status);
        who.post_json(SCHEDULE, &when("Manual")).await.expect_status(status);
        who.send_json(Method::PUT, SCHEDULE, &when("None")).await.expect_status(status);
        who.post_json(STOP, &json!({})).await.expect_status(status);
    }
}
