//! Prevention: what is not let go because of what scanners found in it, and to whom it is all the same.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::content::{INDEX_TYPE, Image, index, push_manifest};
use minato_testkit::scanner::{Said, Scanner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::scan::{ended, scan};
use crate::scanner::register;

const MANIFEST: &str = "/v2/library/app/manifests/v1";

async fn set(t: &TestApp, metadata: Value) {
    let body = json!({ "metadata": metadata });
    t.admin().put_json("/api/v2.0/projects/library", &body).await.expect_status(200);
}

/// Pulls; `None` when that goes well, else what it is refused with.
async fn refusal(t: &TestApp, path: &str) -> Option<String> {
    let puller = t.admin().with_token(&["repository:library/app:pull"]).await;
    let answer = puller.get(path).await;
    if answer.status == 200 {
        return None;
    }
    assert_eq!((answer.status, answer.code().as_str()), (412, "PROJECTPOLICYVIOLATION"));
    Some(answer.json()["errors"][0]["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_too_bad_is_not_let_go() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "v1").await;
    set(&t, json!({ "prevent_vul": "true", "severity": "high" })).await;
    assert_eq!(refusal(&t, MANIFEST).await, None, "nobody can scan it");
    register(&t, "one", &scanner).await;
    let why = refusal(&t, MANIFEST).await.unwrap();
    assert!(why.contains("without vulnerability scanning") && why.contains("severity of \"High\""), "{why}");

    scanner.finds(&[("CVE-1", "High", "2"), ("CVE-2", "Critical", ""), ("CVE-3", "Low", "")]);
    scan(&t, "v1").await.expect_status(202);
    ended(&t, "v1").await;
    let why = refusal(&t, MANIFEST).await.unwrap();
    assert!(why.starts_with("current image with 3 vulnerabilities cannot be pulled"), "{why}");
    let puller = t.admin().with_token(&["repository:library/app:pull"]).await;
    puller.send_bytes(Method::HEAD, MANIFEST, "").await.expect_status(412);

    // The scanner itself pulls, and so does a tool that signs for somebody who may push.
    let told = scanner.received("post /api/v1/scan").remove(0).json();
    let authorization = told["registry"]["authorization"].as_str().unwrap();
    let who = t.anonymous();
    let pull = who.request(Method::GET, MANIFEST).header("authorization", authorization);
    who.send(pull).await.expect_status(200);
    let signer = t.admin().with_token(&["repository:library/app:pull,push"]).await;
    let pull = signer.request(Method::GET, MANIFEST).header("user-agent", "cosign/2");
    signer.send(pull).await.expect_status(200);
    let pull = puller.request(Method::GET, MANIFEST).header("user-agent", "cosign/2");
    puller.send(pull).await.expect_status(412);

    // What is put up with does not count, as long as the list does.
    let system = "/api/v2.0/system/CVEAllowlist";
    let allow = |items: &[&str], until: Option<i64>| {
        let items: Vec<Value> = items.iter().map(|id| json!({ "cve_id": id })).collect();
        json!({ "items": items, "expires_at": until })
    };
    t.admin().put_json(system, &allow(&["CVE-1", "CVE-2"], None)).await.expect_status(200);
    assert_eq!(refusal(&t, MANIFEST).await, None);
    t.admin().put_json(system, &allow(&["CVE-2"], None)).await.expect_status(200);
    assert!(refusal(&t, MANIFEST).await.unwrap().starts_with("current image with 2 vulnerabilities"));
    t.admin().put_json(system, &allow(&["CVE-1", "CVE-2"], Some(1))).await.expect_status(200);
    assert!(refusal(&t, MANIFEST).await.is_some());
    let own = json!({ "metadata": { "reuse_sys_cve_allowlist": "false" },
        "cve_allowlist": allow(&["CVE-1", "CVE-2", "CVE-3"], None) });
    t.admin().put_json("/api/v2.0/projects/library", &own).await.expect_status(200);
    assert_eq!(refusal(&t, MANIFEST).await, None);
    set(&t, json!({ "reuse_sys_cve_allowlist": "true" })).await;
    assert!(refusal(&t, MANIFEST).await.is_some());
    set(&t, json!({ "prevent_vul": "false" })).await;
    assert_eq!(refusal(&t, MANIFEST).await, None);
}

#[tokio::test]
async fn severities_below_the_line_and_clean_images_are_let_go() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    Image::new(2, 1).push(&t.admin(), "library/app", "v1").await;
    for (found, severity, free) in [
        (vec![("CVE-1", "Medium", "")], "high", true),
        (vec![("CVE-1", "Medium", "")], "medium", false),
        (vec![("CVE-1", "Unknown", "")], "low", true),
        (vec![("CVE-1", "Unknown", "")], "none", false),
        (vec![("CVE-1", "Dreadful", "")], "critical", false),
        (vec![], "none", true),
    ] {
        scanner.finds(&found);
        set(&t, json!({ "prevent_vul": "true", "severity": severity })).await;
        scan(&t, "v1").await.expect_status(202);
        ended(&t, "v1").await;
        t.clock().advance(Duration::from_secs(2));
        let why = refusal(&t, MANIFEST).await;
        assert_eq!(why.is_none(), free, "{found:?} {severity} {why:?}");
    }
}

#[tokio::test]
async fn while_it_is_scanned_anew_what_was_found_counts() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    Image::new(3, 1).push(&t.admin(), "library/app", "v1").await;
    set(&t, json!({ "prevent_vul": "true", "severity": "low" })).await;
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    scanner.wait("get /api/v1/scan/work-1/report", 1).await;
    let why = refusal(&t, MANIFEST).await.unwrap();
    assert!(why.contains("with \"Running\" status") || why.contains("with \"Pending\" status"), "{why}");
    scanner.waits(false);
    ended(&t, "v1").await;
    assert_eq!(refusal(&t, MANIFEST).await, None);
    scanner.waits(true);
    scan(&t, "v1").await.expect_status(202);
    scanner.wait("post /api/v1/scan", 2).await;
    assert_eq!(refusal(&t, MANIFEST).await, None, "it was clean a moment ago");
    scanner.next(Said::new("500 Oh", ""));
    scanner.waits(false);
    assert_eq!(ended(&t, "v1").await["scan_status"], "Error");
    assert!(refusal(&t, MANIFEST).await.unwrap().contains("with \"Error\" status"));
    // One that is away keeps nobody from deciding.
    drop(scanner);
    assert!(refusal(&t, MANIFEST).await.is_some());
}

#[tokio::test]
async fn an_index_is_let_go_once_a_part_was_scanned() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let image = Image::new(4, 1);
    image.push(&t.admin(), "library/app", image.digest().as_str()).await;
    let list = index(&[(&image.digest(), image.manifest.len())]);
    push_manifest(&t.admin(), "library/app", "v1", INDEX_TYPE, &list).await.expect_status(201);
    set(&t, json!({ "prevent_vul": "true", "severity": "low" })).await;
    assert!(refusal(&t, MANIFEST).await.unwrap().contains("without vulnerability scanning"));
    scanner.finds(&[("CVE-1", "High", "")]);
    scan(&t, "v1").await.expect_status(202);
    ended(&t, "v1").await;
    assert_eq!(refusal(&t, MANIFEST).await, None);
    let part = format!("/v2/library/app/manifests/{}", image.digest());
    assert!(refusal(&t, &part).await.unwrap().starts_with("current image with 1 vulnerability cannot"));
}

#[tokio::test]
async fn a_project_without_the_policy_pays_nothing() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    Image::new(5, 1).push(&t.admin(), "library/app", "v1").await;
    let puller = t.admin().with_token(&["repository:library/app:pull"]).await;
    let cost = || async {
        // Settings are read anew now and then where others can change them; not while it is counted.
        t.clock().advance(Duration::from_secs(1));
        puller.get(MANIFEST).await.expect_status(200);
        let before = t.app().statements();
        puller.get(MANIFEST).await.expect_status(200);
        t.app().statements() - before
    };
    let before = cost().await;
    register(&t, "one", &scanner).await;
    assert_eq!(cost().await, before);
}
