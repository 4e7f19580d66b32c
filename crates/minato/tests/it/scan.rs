//! Scans: from the request to the report, what is shown meanwhile, and what becomes of it.

use std::time::Duration;

use minato_testkit::content::{INDEX_TYPE, Image, index, push_manifest};
use minato_testkit::receiver::{Received, Receiver};
use minato_testkit::scanner::{GENERIC, NATIVE, Said, Scanner, metadata};
use minato_testkit::{Answer, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::scanner::register;

const APP: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

async fn get(t: &TestApp, path: &str) -> Value {
    t.admin().get(path).await.with_status(200).json()
}

/// Has something scanned.
pub(crate) async fn scan(t: &TestApp, reference: &str) -> Answer {
    t.admin().post_json(&format!("{APP}/{reference}/scan"), &json!({})).await
}

/// How the scan of something stands, in one of the forms.
pub(crate) async fn overview(t: &TestApp, reference: &str) -> Value {
    let shown = get(t, &format!("{APP}/{reference}?with_scan_overview=true")).await;
    shown["scan_overview"].as_object().map_or(Value::Null, |of| of.values().next().unwrap().clone())
}

/// Whether anything waits to be scanned or is: a report is there before all of that has ended.
async fn is_scanning(t: &TestApp) -> bool {
    let mut conn = t.db().read().await.unwrap();
    let open = minato_db::task::tally_open(&mut conn).await.unwrap();
    open.iter().any(|tally| tally.kind == "IMAGE_SCAN")
}

/// The same once it is over.
pub(crate) async fn ended(t: &TestApp, reference: &str) -> Value {
    loop {
        let over = !is_scanning(t).await;
        let found = overview(t, reference).await;
        let status = found["scan_status"].as_str().unwrap_or_default().to_owned();
        if over && ["Success", "Error", "Stopped"].contains(&status.as_str()) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The scanner pulls as it was told to.
async fn pull(t: &TestApp, request: &Received, path: &str) -> u16 {
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let authorization = body["registry"]["authorization"].as_str().unwrap().to_owned();
    let who = t.anonymous();
    who.send(who.request(Method::GET, path).header("authorization", authorization)).await.status
}

/// What the scanner is told of an image.
fn expect_told(t: &TestApp, request: &Received, digest: &str) {
    let told = request.json();
    assert_eq!(told["registry"]["url"], format!("http://{}", t.address()));
    assert_eq!(told["registry"]["insecure"], true);
    assert_eq!(told["artifact"]["repository"], "library/app");
    assert_eq!(told["artifact"]["digest"], digest);
    assert_eq!(told["artifact"]["tag"], "v1");
    assert_eq!(told["artifact"]["mime_type"], "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(told["enabled_capabilities"][0]["type"], "vulnerability");
}

#[tokio::test]
async fn an_image_is_scanned_and_its_report_shown() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    t.project("hidden", false).await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    image.push(&t.admin(), "library/other", "v1").await;
    let shown = get(&t, &format!("{APP}/v1?with_scan_overview=true")).await;
    assert_eq!(shown["scan_overview"], Value::Null);
    let found = shown["addition_links"]["vulnerabilities"]["href"].as_str().unwrap().to_owned();
    assert_eq!(get(&t, &found).await, json!({}));

    scanner.finds(&[("CVE-1", "Critical", "2.0"), ("CVE-2", "Low", ""), ("CVE-2", "Low", "")]);
    scanner.next(Said::not_yet());
    scanner.next(Said::not_yet());
    scan(&t, "v1").await.expect_status(202);
    let done = ended(&t, "v1").await;
    assert_eq!(
        (&done["scan_status"], &done["severity"], &done["complete_percent"]),
        (&json!("Success"), &json!("Critical"), &json!(100))
    );
    let summary = json!({ "total": 2, "fixable": 1, "summary": { "Critical": 1, "Low": 1 } });
    assert_eq!(done["summary"], summary);
    assert_eq!(done["scanner"], json!({ "name": "Fake", "vendor": "Nobody", "version": "1.2" }));

    let (request, digest) = (scanner.received("post /api/v1/scan").remove(0), image.digest());
    expect_told(&t, &request, digest.as_str());
    for (path, status) in [
        (format!("/v2/library/app/manifests/{digest}"), 200),
        ("/v2/library/other/manifests/v1".to_owned(), 401),
        ("/v2/hidden/app/manifests/v1".to_owned(), 401),
        ("/v2/_catalog".to_owned(), 401),
        ("/api/v2.0/projects/hidden".to_owned(), 401),
    ] {
        assert_eq!(pull(&t, &request, &path).await, status, "{path}");
    }

    // The report, in the form that is asked for.
    let report = get(&t, &found).await;
    assert_eq!(report[GENERIC]["vulnerabilities"].as_array().unwrap().len(), 2);
    let first = &report[GENERIC]["vulnerabilities"][0];
    assert_eq!((&first["id"], &first["artifact_digests"]), (&json!("CVE-1"), &json!([digest.as_str()])));
    assert_eq!(first["preferred_cvss"]["score_v3"], 3.2);
    let admin = t.admin();
    let native = admin.request(Method::GET, &found).header("x-accept-vulnerabilities", NATIVE);
    let native = admin.send(native).await.with_status(200).json();
    assert!(native[NATIVE].is_object() && native[GENERIC].is_null());
    let list = get(&t, &format!("{APP}?with_scan_overview=true")).await;
    assert_eq!(list[0]["scan_overview"][GENERIC]["severity"], "Critical");

    // What was logged has no secret.
    let log = format!("{APP}/v1/scan/{}/log", done["report_id"].as_str().unwrap());
    let log = t.admin().get(&log).await.with_status(200).text();
    assert!(log.contains("took the work as work-1") && log.contains("no report yet"), "{log}");
    assert!(!log.contains("eyJ"), "{log}");
    t.admin().get(&format!("{APP}/v1/scan/none/log")).await.expect_status(404);
    // Of the same digest elsewhere the report is known, but not what was logged for another place.
    let other =
        get(&t, "/api/v2.0/projects/library/repositories/other/artifacts/v1?with_scan_overview=true").await;
    assert_eq!(other["scan_overview"][GENERIC]["severity"], "Critical");
}

#[tokio::test]
async fn a_scanner_that_knows_only_passwords_pulls_as_well() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    let mut said = metadata(&[NATIVE]);
    said["properties"] = json!({});
    scanner.is(Said::json("200 OK", &said));
    register(&t, "one", &scanner).await;
    let image = Image::new(2, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    scan(&t, "v1").await.expect_status(202);
    assert_eq!(ended(&t, "v1").await["severity"], "None");
    let request = scanner.received("post /api/v1/scan").remove(0);
    assert!(request.json()["registry"]["authorization"].as_str().unwrap().starts_with("Basic "));
    let manifest = "/v2/library/app/manifests/v1";
    assert_eq!(pull(&t, &request, manifest).await, 200);
    assert_eq!(pull(&t, &request, "/v2/library/other/tags/list").await, 401);
    // As clients do it: by the token service, which gives it no more than it has.
    let authorization = request.json()["registry"]["authorization"].as_str().unwrap().to_owned();
    let who = t.anonymous();
    let path = "/service/token?service=harbor-registry&scope=repository:library/app:pull,push";
    let token = who.send(who.request(Method::GET, path).header("authorization", &authorization)).await;
    let token = token.with_status(200).json()["token"].as_str().unwrap().to_owned();
    let bearer = who.with_bearer(&token);
    bearer.get(manifest).await.expect_status(200);
    bearer.send_bytes(Method::POST, "/v2/library/app/blobs/uploads/", "").await.expect_status(401);
    // Not for long, and not by any other token.
    t.clock().advance(Duration::from_mins(31));
    assert_eq!(pull(&t, &request, manifest).await, 401);
    let own = t.admin().token(&["repository:library/app:pull"]).await;
    let forged = minato_testkit::Persona::user(t.address(), "~scanner~", own["token"].as_str().unwrap());
    forged.get(manifest).await.expect_status(401);
}

#[tokio::test]
async fn what_can_not_be_scanned_is_refused() {
    let t = TestApp::start_telling().await;
    Image::new(3, 1).push(&t.admin(), "library/app", "v1").await;
    scan(&t, "v1").await.expect_status(412);
    let scanner = Scanner::start().await;
    register(&t, "spare", &Scanner::start().await).await;
    let path = register(&t, "one", &scanner).await;
    let uuid = path.rsplit('/').next().unwrap();
    t.admin()
        .put_json("/api/v2.0/projects/library/scanner", &json!({ "uuid": uuid }))
        .await
        .expect_status(200);
    scan(&t, "none").await.expect_status(404);
    let sbom = json!({ "scan_type": "sbom" });
    let refused = t.admin().post_json(&format!("{APP}/v1/scan"), &sbom).await.with_status(400);
    assert!(refused.text().contains("does not support"), "{}", refused.text());
    t.admin().post_json(&format!("{APP}/v1/scan/stop"), &sbom).await.expect_status(400);
    t.admin().post_json(&format!("{APP}/v1/scan/stop"), &json!({})).await.expect_status(400);
    t.admin().send_bytes(Method::POST, &format!("{APP}/v1/scan"), "[").await.expect_status(422);
    // A chart is nothing that it looks into.
    let chart = json!({ "schemaVersion": 2, "mediaType": minato_testkit::content::IMAGE_TYPE,
        "config": { "mediaType": "application/vnd.cncf.helm.config.v1+json",
            "digest": minato_testkit::content::push_blob(&t.admin(), "library/app", b"{}").await.as_str(), "size": 2 },
        "layers": [] });
    let chart = chart.to_string().into_bytes();
    push_manifest(&t.admin(), "library/app", "chart", minato_testkit::content::IMAGE_TYPE, &chart)
        .await
        .expect_status(201);
    scan(&t, "chart").await.expect_status(400);
    t.admin().get(&format!("{APP}/chart/additions/vulnerabilities")).await.expect_status(404);
    // The first waits for a worker, as there is none; the second would do the same.
    scan(&t, "v1").await.expect_status(202);
    scan(&t, "v1").await.expect_status(409);
    assert_eq!(overview(&t, "v1").await["scan_status"], "Pending");
    let off = json!({ "name": "one", "url": scanner.url, "disabled": true });
    t.admin().put_json(&path, &off).await.expect_status(200);
    scan(&t, "v1").await.expect_status(412);
}

#[tokio::test]
async fn a_scan_can_be_stopped_and_begun_again() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let (scanner, receiver) = (Scanner::start().await, Receiver::start().await);
    register(&t, "one", &scanner).await;
    let events = ["SCANNING_STOPPED", "SCANNING_COMPLETED", "SCANNING_FAILED"];
    let body = json!({ "name": "all", "enabled": true, "event_types": events,
        "targets": [{ "type": "http", "address": receiver.url }] });
    t.admin().post_json("/api/v2.0/projects/library/webhook/policies", &body).await.expect_status(201);
    let image = Image::new(4, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    scanner.wait("get /api/v1/scan/work-1/report", 1).await;
    scan(&t, "v1").await.expect_status(409);
    t.admin().post_json(&format!("{APP}/v1/scan/stop"), &json!({})).await.expect_status(202);
    assert_eq!(ended(&t, "v1").await["scan_status"], "Stopped");
    let stopped = receiver.wait(1).await.remove(0).json();
    assert_eq!((&stopped["type"], &stopped["operator"]), (&json!("SCANNING_STOPPED"), &json!("admin")));
    assert_eq!(stopped["event_data"]["scan"]["scan_type"], "vulnerability");

    scanner.waits(false);
    scanner.finds(&[("CVE-1", "High", "")]);
    scan(&t, "v1").await.expect_status(202);
    assert_eq!(ended(&t, "v1").await["severity"], "High");
    let done = receiver.wait(2).await.remove(1).json();
    assert_eq!(done["type"], "SCANNING_COMPLETED");
    let resource = &done["event_data"]["resources"][0];
    assert_eq!((&resource["digest"], &resource["tag"]), (&json!(image.digest().as_str()), &json!("v1")));
    let told = resource["scan_overview"].as_object().unwrap().values().next().unwrap();
    assert_eq!((&told["scan_status"], &told["summary"]["total"]), (&json!("Success"), &json!(1)));

    // One that fails says so; what was found before is not taken for its outcome.
    scanner.next(Said::json("500 Oh", &json!({ "error": { "message": "no database" } })));
    scan(&t, "v1").await.expect_status(202);
    let failed = ended(&t, "v1").await;
    assert_eq!((&failed["scan_status"], &failed["summary"]), (&json!("Error"), &Value::Null));
    assert_eq!(receiver.wait(3).await.remove(2).json()["type"], "SCANNING_FAILED");
    let log = format!("{APP}/v1/scan/{}/log", failed["report_id"].as_str().unwrap());
    let log = t.admin().get(&log).await.with_status(200).text();
    assert!(log.contains("the scanner answered 500: no database"), "{log}");
}

#[tokio::test]
async fn an_index_is_scanned_by_its_parts() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let (one, two) = (Image::new(5, 1), Image::new(6, 1));
    // What holds statements only is not looked into.
    let statement = Image::build(7, 0, &json!({ "layers": [] }));
    let layer = minato_testkit::content::push_blob(&t.admin(), "library/app", b"statement").await;
    let mut manifest: Value = serde_json::from_slice(&statement.manifest).unwrap();
    manifest["layers"] =
        json!([{ "mediaType": "application/vnd.in-toto+json", "digest": layer.as_str(), "size": 9 }]);
    let statement = Image { manifest: manifest.to_string().into_bytes(), ..statement };
    for image in [&one, &two, &statement] {
        image.push(&t.admin(), "library/app", image.digest().as_str()).await;
    }
    let parts = [&one, &two, &statement].map(|image| (image.digest(), image.manifest.len()));
    let parts: Vec<_> = parts.iter().map(|(digest, size)| (digest, *size)).collect();
    push_manifest(&t.admin(), "library/app", "all", INDEX_TYPE, &index(&parts)).await.expect_status(201);
    scanner.finds(&[("CVE-1", "Medium", "2"), ("CVE-2", "High", "")]);
    scan(&t, "all").await.expect_status(202);
    let done = loop {
        let done = ended(&t, "all").await;
        if done["complete_percent"] == 100 {
            break done;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    // In numbers what is in both counts in each; the report has it once.
    assert_eq!(done["summary"], json!({ "total": 4, "fixable": 2, "summary": { "High": 2, "Medium": 2 } }));
    assert_eq!(scanner.received("post /api/v1/scan").len(), 2);
    let log = format!("{APP}/all/scan/{}/log", done["report_id"].as_str().unwrap().replace('=', "%3D"));
    let log = t.admin().get(&log).await.with_status(200).text();
    assert_eq!(log.matches("---------- Logs of report").count(), 2, "{log}");
    let report = get(&t, &format!("{APP}/all/additions/vulnerabilities")).await;
    let items = report[GENERIC]["vulnerabilities"].as_array().unwrap().clone();
    assert_eq!((items.len(), items[0]["artifact_digests"].as_array().unwrap().len()), (2, 2));
    // A page costs as much as one of its rows.
    let before = t.app().statements();
    get(&t, &format!("{APP}?with_scan_overview=true&page_size=1")).await;
    let for_one = t.app().statements() - before;
    for i in 0..5 {
        Image::new(70 + i, 1).push(&t.admin(), "library/app", &format!("t{i}")).await;
    }
    let before = t.app().statements();
    get(&t, &format!("{APP}?with_scan_overview=true&page_size=100")).await;
    assert!(t.app().statements() - before <= for_one + 1);
}

#[tokio::test]
async fn what_is_pushed_is_scanned_where_the_project_says_so() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let dev = t.member("dev", Role::Developer, "library").await;
    Image::new(8, 1).push(&dev, "library/app", "before").await;
    let path = "/api/v2.0/projects/library/metadatas/";
    t.admin().post_json(path, &json!({ "auto_scan": "true" })).await.expect_status(200);
    Image::new(9, 1).push(&dev, "library/app", "after").await;
    // Queued with the push: it is known before any worker has looked.
    assert_eq!(overview(&t, "before").await, Value::Null);
    assert_eq!(overview(&t, "after").await["scan_status"], "Pending");
    let _work = t.work();
    assert_eq!(ended(&t, "after").await["scan_status"], "Success");
    let request = scanner.received("post /api/v1/scan").remove(0).json();
    assert_eq!(request["artifact"]["tag"], "after");
    assert_eq!(request["registry"]["url"], format!("http://{}", t.address()));
    // A copy is a push as well.
    t.admin().post_json(&format!("{APP}?from=library/app:before"), &json!({})).await.expect_status(409);
    t.project("elsewhere", true).await;
    Image::new(11, 1).push(&t.admin(), "elsewhere/app", "copied").await;
    t.admin().post_json(&format!("{APP}?from=elsewhere/app:copied"), &json!({})).await.expect_status(201);
    assert_eq!(ended(&t, "copied").await["scan_status"], "Success");
}

#[tokio::test]
async fn pulls_of_scanners_need_not_count() {
    for (skips, counts) in [(true, false), (false, true)] {
        let t = TestApp::start_telling().await;
        let scanner = Scanner::start().await;
        t.set("scanner_skip_update_pulltime", &json!(skips)).await;
        let _work = t.work();
        register(&t, "one", &scanner).await;
        Image::new(12, 1).push(&t.admin(), "library/app", "v1").await;
        scan(&t, "v1").await.expect_status(202);
        ended(&t, "v1").await;
        let request = scanner.received("post /api/v1/scan").remove(0);
        assert_eq!(pull(&t, &request, "/v2/library/app/manifests/v1").await, 200);
        minato_core::pull::flush(t.app()).await.unwrap();
        let pulled = get(&t, &format!("{APP}/v1")).await["pull_time"].as_str().unwrap().to_owned();
        assert_eq!(!pulled.starts_with("0001"), counts, "{pulled}");
    }
}

#[tokio::test]
async fn a_report_goes_with_the_last_that_has_its_digest() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let image = Image::new(10, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    t.project("release", true).await;
    image.push(&t.admin(), "release/app", "v1").await;
    scan(&t, "v1").await.expect_status(202);
    ended(&t, "v1").await;
    t.admin().delete(&format!("{APP}/v1")).await.expect_status(200);
    let kept = "/api/v2.0/projects/release/repositories/app/artifacts/v1";
    let shown = get(&t, &format!("{kept}?with_scan_overview=true")).await;
    assert_eq!(shown["scan_overview"][GENERIC]["scan_status"], "Success");
    t.admin().delete("/api/v2.0/projects/release/repositories/app").await.expect_status(200);
    image.push(&t.admin(), "library/app", "v1").await;
    assert_eq!(overview(&t, "v1").await, Value::Null);
    // And with its artifact ends a scan that is under way.
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    t.admin().delete(&format!("{APP}/v1")).await.expect_status(200);
    image.push(&t.admin(), "library/app", "v1").await;
    scan(&t, "v1").await.expect_status(202);
    scanner.waits(false);
    assert_eq!(ended(&t, "v1").await["scan_status"], "Success");
}
