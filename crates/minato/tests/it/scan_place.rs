//! Where scanners are sent, and what becomes of scans when what they look into, or who does it, goes.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, Image};
use minato_testkit::receiver::Receiver;
use minato_testkit::scanner::{Said, Scanner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::scan::{ended, overview, scan};
use crate::scanner::register;

const LIBRARY: &str = "/api/v2.0/projects/library/repositories/app";
const RELEASE: &str = "/api/v2.0/projects/release/repositories/app";

async fn scan_pushes(t: &TestApp) {
    let path = "/api/v2.0/projects/library/metadatas/";
    t.admin().post_json(path, &json!({ "auto_scan": "true" })).await.expect_status(200);
}

/// How the scan of the image in the other project stands, once it is over.
async fn ended_in_release(t: &TestApp) -> Value {
    loop {
        let shown = t.admin().get(&format!("{RELEASE}/artifacts/v1?with_scan_overview=true")).await;
        let shown = shown.with_status(200).json();
        let found = shown["scan_overview"].as_object().unwrap().values().next().unwrap().clone();
        if !["Pending", "Running"].contains(&found["scan_status"].as_str().unwrap()) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An instance with a scanner, and an image that two projects have.
async fn two_copies(seed: u64) -> (TestApp, Scanner) {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    t.project("release", true).await;
    let image = Image::new(seed, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    image.push(&t.admin(), "release/app", "v1").await;
    (t, scanner)
}

#[tokio::test]
async fn nobody_sends_a_scanner_elsewhere() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    scan_pushes(&t).await;
    let admin = t.admin();
    let push = admin.request(Method::PUT, "/v2/library/app/manifests/v2").header("host", "evil.example");
    let push = push.header("content-type", IMAGE_TYPE).body(image.manifest.clone());
    admin.send(push).await.expect_status(201);
    ended(&t, "v1").await;
    let asked = admin.request(Method::POST, &format!("{LIBRARY}/artifacts/v1/scan"));
    admin.send(asked.header("host", "evil.example")).await.expect_status(202);
    for request in scanner.wait("post /api/v1/scan", 2).await {
        assert_eq!(request.json()["registry"]["url"], format!("http://{}", t.address()));
    }
}

#[tokio::test]
async fn without_an_address_nothing_is_scanned() {
    let t = TestApp::start_unknown().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    scan_pushes(&t).await;
    Image::new(2, 1).push(&t.admin(), "library/app", "v1").await;
    let done = ended(&t, "v1").await;
    assert_eq!(done["scan_status"], "Error");
    let log = format!("{LIBRARY}/artifacts/v1/scan/{}/log", done["report_id"].as_str().unwrap());
    let log = t.admin().get(&log).await.with_status(200).text();
    assert!(log.contains("set `external_url`"), "{log}");
    let refused = scan(&t, "v1").await.with_status(412);
    assert!(refused.text().contains("set `external_url`"), "{}", refused.text());
    let now = json!({ "schedule": { "type": "Manual" } });
    t.admin().post_json("/api/v2.0/system/scanAll/schedule", &now).await.expect_status(412);
    assert_eq!(scanner.received("post /api/v1/scan").len(), 0);
}

#[tokio::test]
async fn a_push_goes_on_when_the_scanner_is_deleted_under_it() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    scan_pushes(&t).await;
    let mut tx = t.db().begin().await.unwrap();
    let library = minato_db::project::standing(&mut tx, "library", None, 0).await.unwrap().unwrap().project;
    let known = minato_db::scanner::get_of_project(&mut tx, library).await.unwrap().unwrap();
    minato_db::scanner::delete(&mut tx, known.id).await.unwrap();
    let (admin, image) = (t.admin(), Image::new(3, 1));
    let push = image.push(&admin, "library/app", "v1");
    let delete = async {
        // So that the push waits for this; it must do whichever comes first.
        tokio::time::sleep(Duration::from_millis(200)).await;
        tx.commit().await.unwrap();
    };
    tokio::join!(push, delete);
    assert_eq!(overview(&t, "v1").await, Value::Null);
}

#[tokio::test]
async fn a_scan_that_waits_goes_on_with_another_copy() {
    for gone in ["/artifacts/v1", ""] {
        let (t, scanner) = two_copies(4).await;
        scan(&t, "v1").await.expect_status(202);
        let again = t.admin().post_json(&format!("{RELEASE}/artifacts/v1/scan"), &json!({})).await;
        again.expect_status(409);
        t.admin().delete(&format!("{LIBRARY}{gone}")).await.expect_status(200);
        let _work = t.work();
        let done = ended_in_release(&t).await;
        assert_eq!(done["scan_status"], "Success");
        let told = scanner.received("post /api/v1/scan").remove(0).json();
        assert_eq!(told["artifact"]["repository"], "release/app");
        // What was logged is of two projects, and shown to neither.
        let log = format!("{RELEASE}/artifacts/v1/scan/{}/log", done["report_id"].as_str().unwrap());
        t.admin().get(&log).await.expect_status(404);
    }
}

#[tokio::test]
async fn a_scan_that_runs_begins_again_with_another_copy() {
    let (t, scanner) = two_copies(5).await;
    let _work = t.work();
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    scanner.wait("get /api/v1/scan/work-1/report", 1).await;
    t.admin().delete(&format!("{LIBRARY}/artifacts/v1")).await.expect_status(200);
    // It can't pull any more.
    scanner.next(Said::new("500 Oh", ""));
    scanner.waits(false);
    assert_eq!(ended_in_release(&t).await["scan_status"], "Success");
    let told = scanner.received("post /api/v1/scan");
    assert_eq!(told.len(), 2);
    assert_eq!(told[1].json()["artifact"]["repository"], "release/app");
}

#[tokio::test]
async fn nobody_is_told_of_a_report_that_is_not_wanted_any_more() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let (scanner, receiver) = (Scanner::start().await, Receiver::start().await);
    register(&t, "one", &scanner).await;
    let policy = json!({ "name": "all", "enabled": true, "event_types": ["SCANNING_COMPLETED"],
        "targets": [{ "type": "http", "address": receiver.url }] });
    t.admin().post_json("/api/v2.0/projects/library/webhook/policies", &policy).await.expect_status(201);
    let (first, second) = (Image::new(6, 1), Image::new(7, 1));
    first.push(&t.admin(), "library/app", "v1").await;
    second.push(&t.admin(), "library/app", "v2").await;
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    scanner.wait("get /api/v1/scan/work-1/report", 1).await;
    t.admin().delete(&format!("{LIBRARY}/artifacts/v1")).await.expect_status(200);
    scanner.waits(false);
    scan(&t, "v2").await.expect_status(202);
    let told = receiver.wait(1).await;
    let digest = told[0].json()["event_data"]["resources"][0]["digest"].clone();
    assert_eq!((told.len(), digest), (1, json!(second.digest().as_str())));
}
