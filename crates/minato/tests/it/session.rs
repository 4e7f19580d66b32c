//! Browsers' sessions, and requests that foreign pages make browsers send.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::app::PASSWORD;
use minato_testkit::browser::Browser;
use minato_web::Ingress;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::json;

const CURRENT: &str = "/api/v2.0/users/current";
const PROJECTS: &str = "/api/v2.0/projects";

async fn signed_in(t: &TestApp, name: &str) -> Browser {
    let mut browser = t.browser();
    browser.sign_in(name, PASSWORD).await.expect_status(200);
    browser
}

#[tokio::test]
async fn from_signing_in_to_signing_out() {
    // Given somebody who has signed in,
    let t = TestApp::start().await;
    t.user("dev").await;
    let mut browser = signed_in(&t, "dev").await;
    // then the cookie opens what the account may see,
    assert_eq!(browser.get(CURRENT).await.with_status(200).json()["username"], "dev");
    browser.get("/api/v2.0/users").await.expect_status(403);
    // and what changes something needs the token as well.
    let mut foreign = browser.clone();
    foreign.token.clear();
    let refused = foreign.post_json(PROJECTS, &json!({ "project_name": "team" })).await.with_status(403);
    assert_eq!(refused.code(), "FORBIDDEN");
    assert!(refused.text().contains("CSRF token not found in request"));
    browser.post_json(PROJECTS, &json!({ "project_name": "team" })).await.expect_status(201);
    // When it signs out, then the cookie is worth nothing.
    let before = browser.clone();
    browser.get("/c/log_out").await.expect_status(200);
    assert!(!browser.cookies.contains_key("sid"));
    before.clone().get(CURRENT).await.expect_status(401);
    browser.get(CURRENT).await.expect_status(401);
}

#[tokio::test]
async fn a_refused_request_learns_the_token() {
    let t = TestApp::start().await;
    let mut browser = t.browser();
    let form = [("principal", "admin"), ("password", PASSWORD)];
    browser.post_form("/c/login", &form).await.expect_status(403);
    browser.post_form("/c/login", &form).await.expect_status(200);
    // Each answer masks the token anew, and older ones stay good.
    let first = browser.token.clone();
    browser.get(CURRENT).await.expect_status(200);
    assert_ne!(browser.token, first);
    browser.token = first;
    browser.post_json(PROJECTS, &json!({ "project_name": "one" })).await.expect_status(201);
    for wrong in ["x", "AAAA", &"A".repeat(88)] {
        browser.token = wrong.to_owned();
        let refused = browser.post_json(PROJECTS, &json!({ "project_name": "two" })).await.with_status(403);
        assert!(refused.text().contains("CSRF token invalid"));
    }
}

#[tokio::test]
async fn wrong_passwords_and_methods() {
    let t = TestApp::start().await;
    let mut browser = t.browser();
    for (name, password) in [("admin", "Wrong1horse"), ("nobody", PASSWORD), ("", ""), ("a%00", "b")] {
        let answer = browser.sign_in(name, password).await;
        assert_eq!(answer.status, if name == "a%00" { 400 } else { 401 }, "{name}");
        assert!(!browser.cookies.contains_key("sid"));
    }
    browser.get("/c/login").await.expect_status(405);
    browser.get("/c/nothing").await.expect_status(404);
    // A cookie that is no session's is as good as none.
    for value in ["x", &"x".repeat(5000)] {
        browser.cookies.insert("sid".to_owned(), value.to_owned());
        browser.get(CURRENT).await.expect_status(401);
        browser.get("/api/v2.0/projects/library").await.expect_status(200);
    }
}

#[tokio::test]
async fn credentials_in_the_header_come_first() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    let browser = signed_in(&t, "admin").await;
    let cookie = format!("sid={}", browser.cookies["sid"]);
    let current = dev.get_with(CURRENT, "cookie", &cookie).await.with_status(200).json();
    assert_eq!(current["username"], "dev");
    // Harbor's clients that keep the cookie have to give the token, whatever their header says.
    let request = dev.request(reqwest::Method::POST, PROJECTS).header("cookie", &cookie);
    let request = request.header("content-type", "application/json").body("{\"project_name\":\"team\"}");
    dev.send(request).await.expect_status(403);
    dev.post_json(PROJECTS, &json!({ "project_name": "team" })).await.expect_status(201);
}

#[tokio::test]
async fn a_session_goes_on_while_it_is_used() {
    let t = TestApp::start().await;
    let mut used = signed_in(&t, "admin").await;
    let mut idle = signed_in(&t, "admin").await;
    let mut polling = signed_in(&t, "admin").await;
    for _ in 0..4 {
        t.clock().advance(Duration::from_mins(19));
        used.get(CURRENT).await.expect_status(200);
        let answer = polling.get_with(CURRENT, "x-harbor-no-session-renewal", "true").await;
        assert!(answer.status == 200 || answer.status == 401);
    }
    used.get(CURRENT).await.expect_status(200);
    idle.get(CURRENT).await.expect_status(401);
    polling.get(CURRENT).await.expect_status(401);
    // And is not written anew with each request.
    let before = t.app().statements();
    used.get(CURRENT).await.expect_status(200);
    let once = t.app().statements() - before;
    assert!(once <= 3, "{once} statements");
    t.clock().advance(Duration::from_mins(61));
    used.get(CURRENT).await.expect_status(401);
}

/// A job drops what has expired: sessions, and uploads that nobody finished.
#[tokio::test]
async fn what_is_over_goes() {
    let t = TestApp::start_sweeping().await;
    // Given an old session and a younger one, and an upload that was begun,
    signed_in(&t, "admin").await;
    t.clock().advance(Duration::from_mins(30));
    let mut younger = signed_in(&t, "admin").await;
    let begin = "/v2/library/app/blobs/uploads/";
    t.admin().send_bytes(Method::POST, begin, "").await.expect_status(202);
    // when the time of the first session is over, then it goes, and only that.
    t.clock().advance(Duration::from_mins(31));
    let work = t.work();
    until(async || sessions(&t).await == 1).await;
    younger.get(CURRENT).await.expect_status(200);
    let uploads = async || {
        let mut conn = t.db().read().await.unwrap();
        minato_db::upload::list_all(&mut conn).await.unwrap().len()
    };
    assert_eq!(uploads().await, 1);
    // So does the upload a day later, and the job tells.
    t.clock().advance(Duration::from_hours(25));
    until(async || uploads().await == 0).await;
    assert_eq!(sessions(&t).await, 0);
    let queues = t.admin().get("/api/v2.0/jobservice/queues").await.with_status(200).text();
    assert!(queues.contains("SYSTEM_CLEANUP"), "{queues}");
    work.stop().await;
}

async fn until(holds: impl AsyncFn() -> bool) {
    for _ in 0..1000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that");
}

/// How many sessions are kept.
async fn sessions(t: &TestApp) -> usize {
    let mut conn = t.db().read().await.unwrap();
    minato_db::session::count(&mut conn).await.unwrap()
}

#[tokio::test]
async fn the_timeout_is_a_setting() {
    let t = TestApp::start().await;
    t.set("session_timeout", &json!(1)).await;
    let mut browser = signed_in(&t, "admin").await;
    for _ in 0..3 {
        t.clock().advance(Duration::from_secs(40));
        browser.get(CURRENT).await.expect_status(200);
    }
    t.clock().advance(Duration::from_secs(61));
    browser.get(CURRENT).await.expect_status(401);
}

#[tokio::test]
async fn a_new_password_and_deletion_end_all_sessions() {
    let t = TestApp::start().await;
    let dev = t.user("dev").await;
    let id = dev.get(CURRENT).await.json()["user_id"].as_i64().unwrap();
    let (mut here, mut there) = (signed_in(&t, "dev").await, signed_in(&t, "dev").await);
    let body = json!({ "old_password": PASSWORD, "new_password": "Another2horse" });
    dev.put_json(&format!("/api/v2.0/users/{id}/password"), &body).await.expect_status(200);
    for browser in [&mut here, &mut there] {
        browser.get(CURRENT).await.expect_status(401);
    }
    let mut again = t.browser();
    again.sign_in("dev", PASSWORD).await.expect_status(401);
    again.sign_in("dev", "Another2horse").await.expect_status(200);
    again.get(CURRENT).await.expect_status(200);
    t.admin().delete(&format!("/api/v2.0/users/{id}")).await.expect_status(200);
    again.get(CURRENT).await.expect_status(401);
}

#[tokio::test]
async fn signing_in_again_is_a_new_session() {
    let t = TestApp::start().await;
    let mut browser = signed_in(&t, "admin").await;
    let before = browser.clone();
    browser.sign_in("admin", PASSWORD).await.expect_status(200);
    assert_ne!(browser.cookies["sid"], before.cookies["sid"]);
    browser.get(CURRENT).await.expect_status(200);
    before.clone().get(CURRENT).await.expect_status(401);
}

#[tokio::test]
async fn cookies_keep_to_where_they_belong() {
    let ingress = Ingress { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..Ingress::default() };
    let t = TestApp::start_with(ingress).await;
    let mut browser = t.browser();
    let answer = browser.sign_in("admin", PASSWORD).await;
    let cookies = |answer: &minato_testkit::Answer| {
        let lines = answer.headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let line = cookies(&answer).remove(0);
    assert!(line.starts_with("sid=") && line.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{line}");
    let answer = t.browser().get_with("/c/log_out", "x-forwarded-proto", "https").await;
    for line in cookies(&answer) {
        assert!(line.contains("; HttpOnly; SameSite=") && line.ends_with("; Secure"), "{line}");
    }
    assert_eq!(cookies(&answer).len(), 2);
    assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "Cookie"));
}

#[tokio::test]
async fn nothing_in_the_database_is_the_cookie() {
    let t = TestApp::start().await;
    let browser = signed_in(&t, "admin").await;
    let mut conn = t.db().read().await.unwrap();
    let now = minato_types::clock::Clock::now(t.clock());
    let found = minato_db::session::get(&mut conn, &browser.cookies["sid"], now).await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn another_replica_knows_the_session() {
    let one = TestApp::start().await;
    let Some(two) = one.replica().await else { return };
    let browser = signed_in(&one, "admin").await;
    let mut there = browser.at(two.address());
    there.get(CURRENT).await.expect_status(200);
    there.post_json(PROJECTS, &json!({ "project_name": "team" })).await.expect_status(201);
    there.get("/c/log_out").await.expect_status(200);
    browser.clone().get(CURRENT).await.expect_status(401);
}

#[tokio::test]
async fn people_register_themselves_from_a_page_where_they_may() {
    let t = TestApp::start().await;
    t.set("self_registration", &json!(true)).await;
    let body = json!({ "username": "new", "email": "new@x.org", "realname": "N", "password": PASSWORD });
    // Given a page, which asks whether the name is free,
    let mut browser = t.browser();
    browser.get("/c/login").await;
    let form = [("target", "username"), ("value", "new")];
    assert_eq!(browser.post_form("/c/userExists", &form).await.with_status(200).text(), "false");
    // when it registers, then there is an account like any other; a script can't.
    let refused = t.anonymous().post_json("/api/v2.0/users", &body).await.with_status(403);
    assert!(refused.text().contains("cannot be triggered via API"));
    browser.post_json("/api/v2.0/users", &body).await.expect_status(201);
    browser.sign_in("new", PASSWORD).await.expect_status(200);
    assert_eq!(browser.get(CURRENT).await.json()["sysadmin_flag"], false);
    for (target, value) in [("username", "new"), ("email", "new@x.org")] {
        let form = [("target", target), ("value", value)];
        assert_eq!(browser.post_form("/c/userExists", &form).await.with_status(200).text(), "true");
    }
    browser.post_form("/c/userExists", &[("target", "x")]).await.expect_status(400);
    // Who has an account does not make others.
    browser.post_json("/api/v2.0/users", &body).await.expect_status(403);
}

#[tokio::test]
async fn elsewhere_nobody_registers_or_asks_for_names() {
    let t = TestApp::start().await;
    let body = json!({ "username": "new", "email": "new@x.org", "realname": "N", "password": PASSWORD });
    let form = [("target", "username"), ("value", "admin")];
    let mut browser = t.browser();
    browser.get("/c/login").await;
    browser.post_json("/api/v2.0/users", &body).await.expect_status(401);
    assert_eq!(browser.post_form("/c/userExists", &form).await.with_status(412).code(), "PRECONDITION");
    let mut admin = signed_in(&t, "admin").await;
    assert_eq!(admin.post_form("/c/userExists", &form).await.with_status(200).text(), "true");
}
