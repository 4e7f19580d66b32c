//! Scanners: making them known, what is shown of them, and which one a project uses.

use minato_testkit::scanner::{GENERIC, NATIVE, Said, Scanner, metadata};
use minato_testkit::{Answer, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const SCANNERS: &str = "/api/v2.0/scanners";
const OF_LIBRARY: &str = "/api/v2.0/projects/library/scanner";

/// Makes a scanner known; its path.
pub(crate) async fn register(t: &TestApp, name: &str, scanner: &Scanner) -> String {
    let body = json!({ "name": name, "url": scanner.url });
    let made = t.admin().post_json(SCANNERS, &body).await.with_status(201);
    made.header("location").to_owned()
}

async fn get(t: &TestApp, path: &str) -> Value {
    t.admin().get(path).await.with_status(200).json()
}

#[tokio::test]
async fn the_first_is_the_default_and_another_can_be() {
    let t = TestApp::start_telling().await;
    let (one, other) = (Scanner::start().await, Scanner::start().await);
    assert_eq!(get(&t, OF_LIBRARY).await, json!({}));
    let first = register(&t, "one", &one).await;
    let second = register(&t, "other", &other).await;
    let shown = get(&t, &first).await;
    for (field, expected) in [
        ("name", json!("one")),
        ("url", json!(one.url)),
        ("is_default", json!(true)),
        ("disabled", json!(false)),
        ("auth", json!("")),
        ("health", json!("healthy")),
        ("adapter", json!("Fake")),
        ("vendor", json!("Nobody")),
        ("version", json!("1.2")),
        ("capabilities", json!({ "support_vulnerability": true, "support_sbom": false })),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
    assert_eq!(get(&t, &second).await["is_default"], false);
    assert_eq!(get(&t, OF_LIBRARY).await["name"], "one");

    let patch = |path: String| {
        let admin = t.admin();
        async move { admin.send_json(Method::PATCH, &path, &json!({ "is_default": true })).await }
    };
    patch(second.clone()).await.expect_status(200);
    let listed = t.admin().get(SCANNERS).await.with_status(200);
    assert_eq!(listed.header("x-total-count"), "2");
    let names: Vec<Value> = listed.json().as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["other", "one"], "the default first");
    assert_eq!(get(&t, &format!("{SCANNERS}?q=name=~on")).await.as_array().unwrap().len(), 1);
    patch(format!("{SCANNERS}/none")).await.expect_status(404);

    // One that is away is shown all the same.
    drop(other);
    let shown = get(&t, &second).await;
    assert_eq!((&shown["health"], &shown["capabilities"]), (&json!("unhealthy"), &Value::Null));
    t.admin().get(&format!("{second}/metadata")).await.expect_status(412);
    let said = get(&t, &format!("{first}/metadata")).await;
    assert_eq!(said, metadata(&[NATIVE, GENERIC]));

    let gone = t.admin().delete(&second).await.with_status(200).json();
    assert_eq!(gone["name"], "other");
    t.admin().get(&second).await.expect_status(404);
    assert_eq!(get(&t, OF_LIBRARY).await, json!({}), "there is no default any more");
}

#[tokio::test]
async fn what_is_no_scanner_is_refused() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    register(&t, "one", &scanner).await;
    let other = Scanner::start().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "two", "url": other.url });
        body[field] = value;
        body
    };
    for (body, status) in [
        (with("name", json!("one")), 409),
        (with("url", json!(format!("{}/", scanner.url))), 409),
        (with("name", json!(" ")), 400),
        (with("name", json!("x".repeat(129))), 400),
        (with("url", json!("ftp://example.com")), 400),
        (with("url", json!("http://127.0.0.1:1")), 400),
        (with("auth", json!("Magic")), 400),
        (with("auth", json!("Bearer")), 400),
        (with("use_internal_addr", json!(true)), 400),
        (json!({ "name": "two" }), 422),
    ] {
        t.admin().post_json(SCANNERS, &body).await.expect_status(status);
        if status == 400 {
            let ping = format!("{SCANNERS}/ping");
            let answer = t.admin().post_json(&ping, &body).await;
            assert!([200, 400].contains(&answer.status), "{}", answer.text());
        }
    }
    for said in [
        Said::new("500 Oh", ""),
        Said::new("200 OK", "<html>"),
        Said::new("200 OK", "[".repeat(60_000)),
        Said::new("200 OK", "x".repeat(100_000)),
        Said::new("302 Found\r\nlocation: http://169.254.169.254/", ""),
        Said::json("200 OK", &json!({ "scanner": { "name": "Fake" } })),
        Said::json("200 OK", &metadata(&["text/plain"])),
    ] {
        other.is(said);
        let refused = t.admin().post_json(SCANNERS, &with("name", json!("two"))).await.with_status(400);
        assert!(refused.text().contains("no scanner answers there"), "{}", refused.text());
        t.admin()
            .post_json(&format!("{SCANNERS}/ping"), &with("name", json!("two")))
            .await
            .expect_status(400);
    }
    assert_eq!(get(&t, SCANNERS).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_it_knows_us_by_goes_to_it_and_nowhere_else() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    let body = |auth: &str, url: &str, credential: &str| json!({ "name": "one", "url": url, "auth": auth, "access_credential": credential, "description": "d" });
    let made =
        t.admin().post_json(SCANNERS, &body("Basic", &scanner.url, "me:s3cret")).await.with_status(201);
    let path = made.header("location").to_owned();
    let seen = |scanner: &Scanner| scanner.received("get /api/v1/metadata").last().unwrap().clone();
    assert_eq!(seen(&scanner).header("authorization"), "basic bwu6cznjcmv0");
    for page in [path.as_str(), SCANNERS, OF_LIBRARY, "/api/v2.0/projects/library/scanner/candidates"] {
        let text = t.admin().get(page).await.with_status(200).text();
        assert!(!text.contains("s3cret") && !text.contains("access_credential"), "{page}: {text}");
    }
    // Sent back as it was shown, it stays; another kind takes another.
    let put = |body: Value| {
        let (admin, path) = (t.admin(), path.clone());
        async move { admin.put_json(&path, &body).await }
    };
    put(body("Bearer", &scanner.url, "")).await.expect_status(200);
    assert_eq!(seen(&scanner).header("authorization"), "bearer me:s3cret");
    put(body("APIKey", &scanner.url, "k3y")).await.expect_status(200);
    assert_eq!(seen(&scanner).header("x-scanneradapter-api-key"), "k3y");
    // To a new address it does not go by itself.
    let elsewhere = Scanner::start().await;
    put(body("APIKey", &elsewhere.url, "")).await.expect_status(400);
    assert_eq!(elsewhere.received("").len(), 0);
    put(body("", &elsewhere.url, "")).await.expect_status(200);
    get(&t, &path).await;
    assert_eq!(seen(&elsewhere).header("x-scanneradapter-api-key"), "");
    // The default one stays enabled.
    let mut off = body("", &elsewhere.url, "");
    off["disabled"] = json!(true);
    put(off).await.expect_status(400);
}

#[tokio::test]
async fn a_project_may_use_another() {
    let t = TestApp::start_telling().await;
    let (one, other) = (Scanner::start().await, Scanner::start().await);
    register(&t, "one", &one).await;
    let second = register(&t, "other", &other).await;
    let uuid = second.rsplit('/').next().unwrap();
    let lead = t.member("lead", Role::ProjectAdmin, "library").await;
    let dev = t.member("dev", Role::Developer, "library").await;
    let choose = |body: Value| {
        let lead = lead.clone();
        async move { lead.put_json(OF_LIBRARY, &body).await }
    };
    let candidates = format!("{OF_LIBRARY}/candidates");
    assert_eq!(lead.get(&candidates).await.with_status(200).json().as_array().unwrap().len(), 2);
    dev.get(&candidates).await.expect_status(403);
    dev.put_json(OF_LIBRARY, &json!({ "uuid": uuid })).await.expect_status(403);
    choose(json!({ "uuid": "none" })).await.expect_status(404);
    choose(json!({})).await.expect_status(422);
    choose(json!({ "uuid": uuid })).await.expect_status(200);
    assert_eq!(dev.get(OF_LIBRARY).await.with_status(200).json()["name"], "other");
    t.project("elsewhere", true).await;
    assert_eq!(get(&t, "/api/v2.0/projects/elsewhere/scanner").await["name"], "one");
    // When it goes, the default one takes its place.
    t.admin().delete(&second).await.expect_status(200);
    assert_eq!(get(&t, OF_LIBRARY).await["name"], "one");
}

#[tokio::test]
async fn who_may_do_what_with_scanners() {
    let t = TestApp::start_telling().await;
    let scanner = Scanner::start().await;
    let path = register(&t, "one", &scanner).await;
    let dev = t.user("dev").await;
    let access =
        json!([{ "resource": "scanner", "action": "read" }, { "resource": "scanner", "action": "list" }]);
    let permissions = json!([{ "kind": "system", "namespace": "/", "access": access }]);
    let body = json!({ "name": "looks", "level": "system", "duration": -1, "permissions": permissions });
    let robot = t.robot_of(&body).await;
    let new = json!({ "name": "two", "url": scanner.url });
    let status = |answer: Answer| answer.status;
    for (who, reads, writes) in [(t.anonymous(), 401, 401), (dev, 403, 403), (robot, 200, 403)] {
        assert_eq!(status(who.get(SCANNERS).await), reads);
        assert_eq!(status(who.get(&path).await), reads);
        assert_eq!(status(who.get(&format!("{path}/metadata")).await), reads);
        assert_eq!(status(who.post_json(&format!("{SCANNERS}/ping"), &new).await), reads);
        assert_eq!(status(who.post_json(SCANNERS, &new).await), writes);
        assert_eq!(status(who.put_json(&path, &new).await), writes);
        assert_eq!(status(who.delete(&path).await), writes);
        let default = json!({ "is_default": true });
        assert_eq!(status(who.send_json(Method::PATCH, &path, &default).await), writes);
    }
}

/// Without a word from an administrator nothing on this machine can be called.
#[tokio::test]
async fn addresses_that_only_the_server_can_reach_are_not_called() {
    let t = TestApp::start().await;
    let scanner = Scanner::start().await;
    for url in [
        scanner.url.clone(),
        scanner.url.replace("127.0.0.1", "localhost"),
        "http://169.254.169.254".to_owned(),
    ] {
        let refused =
            t.admin().post_json(SCANNERS, &json!({ "name": "inside", "url": url })).await.with_status(400);
        assert!(refused.text().contains("must not be called"), "{}", refused.text());
    }
    assert_eq!(scanner.received("").len(), 0);
}
