//! Scanners that answer badly: too much, nonsense, elsewhere, or nothing. A scan of theirs fails and says
//! why; nothing else is touched.

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_testkit::scanner::{Said, Scanner, report};
use serde_json::{Value, json};

use crate::scan::{ended, scan};
use crate::scanner::register;

const APP: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

/// Scans once more; how it ended, and what was logged.
async fn outcome(t: &TestApp) -> (Value, String) {
    scan(t, "v1").await.expect_status(202);
    let done = ended(t, "v1").await;
    let log = format!("{APP}/v1/scan/{}/log", done["report_id"].as_str().unwrap());
    (done["scan_status"].clone(), t.admin().get(&log).await.with_status(200).text())
}

#[tokio::test]
async fn what_is_no_report_is_not_kept() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    let mut odd = report(&[("CVE-1", "High", "")]);
    odd["vulnerabilities"][0]["severity"] = json!(7);
    // Small as they come, large where they are read.
    let many = format!("{{\"vulnerabilities\":[{}{{}}]}}", "{},".repeat(200_000));
    let links = format!("{{\"vulnerabilities\":[{{\"links\":[{}\"\"]}}]}}", "\"\",".repeat(1_000_000));
    for (said, why) in [
        (Said::new("200 OK", ""), "can't be read"),
        (Said::new("200 OK", "<html>"), "can't be read"),
        (Said::new("200 OK", "[".repeat(100_000)), "can't be read"),
        (Said::json("200 OK", &odd), "can't be read"),
        (Said::new("200 OK", many), "more than 100000 vulnerabilities"),
        (Said::new("200 OK", links), "more than 1000000 values"),
        (Said::new("200 OK", vec![b' '; (32 << 20) + 1]), "more than"),
        (Said::new("301 Moved\r\nlocation: http://169.254.169.254/latest", ""), "answered 301"),
        (Said::new("404 Not Found", "<html>"), "answered 404"),
    ] {
        scanner.next(said);
        let (status, log) = outcome(&t).await;
        assert_eq!(status, "Error");
        assert!(log.contains(why), "{why}: {log}");
    }
    // Words that nobody knows, and texts that databases stumble over, are kept as they are.
    scanner.finds(&[("CVE-\u{0}\u{1f600}", "Cata\u{0}strophic and far too long to be a severity", "2\u{0}")]);
    assert_eq!(outcome(&t).await.0, "Success");
    let done = ended(&t, "v1").await;
    assert_eq!(done["severity"], "Catastrophic and far too long to");
    t.admin().get(&format!("{APP}/v1/additions/vulnerabilities")).await.expect_status(200);
}

#[tokio::test]
async fn what_is_no_receipt_is_not_followed() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    Image::new(2, 1).push(&t.admin(), "library/app", "v1").await;
    for said in [
        Said::json("202 Accepted", &json!({ "id": "../../admin" })),
        Said::json("202 Accepted", &json!({ "id": "" })),
        Said::json("202 Accepted", &json!({ "id": 1 })),
        Said::new("202 Accepted", "no"),
        Said::json("200 OK", &json!({ "id": "work-1" })),
        Said::new("307 Temporary Redirect\r\nlocation: http://169.254.169.254/", ""),
    ] {
        scanner.takes(said);
        assert_eq!(outcome(&t).await.0, "Error");
    }
    assert_eq!(scanner.received("get /api/v1/scan/").len(), 0);
    // A secret that the scanner says again is not told on.
    let echo = json!({ "error": { "message": "who is Bearer?" } });
    scanner.takes(Said::json("422 No", &echo));
    let (_, log) = outcome(&t).await;
    assert!(log.contains("the scanner answered 422: who is Bearer?") && !log.contains("eyJ"), "{log}");
    // What it was, it is no more.
    scanner.is(Said::new("200 OK", "{}"));
    let (status, log) = outcome(&t).await;
    assert!(status == "Error" && log.contains("can't be used"), "{log}");
}

#[tokio::test]
async fn nobody_but_the_installation_is_told_its_settings() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    for (who, status) in [(t.anonymous(), 401), (dev, 403), (t.admin(), 403)] {
        who.get("/api/v2.0/internalconfig").await.expect_status(status);
    }
}
