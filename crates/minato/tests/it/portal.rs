//! The console's files. They are built beforehand: `make portal`.

use minato_testkit::{Answer, TestApp};
use reqwest::Method;

/// A file that the page asks for, named after its content.
async fn script(t: &TestApp) -> String {
    let page = t.anonymous().get("/").await.with_status(200).text();
    let start = page.find("/assets/").expect("the console was built: `make portal`");
    page[start..].split('"').next().unwrap().to_owned()
}

async fn ask(t: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let anonymous = t.anonymous();
    let mut request = anonymous.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    anonymous.send(request).await
}

#[tokio::test]
async fn a_deep_link_is_answered_with_the_page() {
    let t = TestApp::start().await;
    let page = t.anonymous().get("/").await.with_status(200);
    for path in
        ["/projects/library", "/projects/library/repositories/a%2Fb/artifacts/1.0", "/harbor/projects/1"]
    {
        let answer = t.anonymous().get(path).await.with_status(200);
        assert_eq!(answer.text(), page.text(), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("style-src 'self';"), "{policy}");
    }
    ask(&t, Method::POST, "/projects", &[]).await.expect_status(405);
}

#[tokio::test]
async fn a_file_of_a_release_is_kept_for_ever_and_one_that_is_gone_is_not_the_page() {
    let t = TestApp::start().await;
    let path = script(&t).await;
    let answer = t.anonymous().get(&path).await.with_status(200);
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert!(answer.header("cache-control").contains("immutable"));
    t.anonymous().get("/assets/index-of-an-older-release.js").await.expect_status(404);
}

#[tokio::test]
async fn files_come_in_the_form_that_the_browser_understands() {
    let t = TestApp::start().await;
    let path = script(&t).await;
    for (accept, encoding) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("deflate", ""), ("", "")]
    {
        let answer = ask(&t, Method::GET, &path, &[("accept-encoding", accept)]).await.with_status(200);
        assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    // The compressed forms are not pages of their own.
    let page = t.anonymous().get("/").await.text();
    assert_eq!(t.anonymous().get("/index.html.gz").await.text(), page);
}

#[tokio::test]
async fn a_browser_that_has_the_page_is_told_so() {
    let t = TestApp::start().await;
    let tag = t.anonymous().get("/").await.header("etag").to_owned();
    let again = ask(&t, Method::GET, "/", &[("if-none-match", &tag)]).await.with_status(304);
    assert_eq!(again.text(), "");
    let head = ask(&t, Method::HEAD, "/", &[]).await.with_status(200);
    assert!(head.header("content-length").parse::<u64>().unwrap() > 0 && head.text().is_empty());
}

#[tokio::test]
async fn a_page_without_a_session_gets_a_token_by_asking_for_it() {
    let t = TestApp::start().await;
    let asked = ask(&t, Method::GET, "/api/v2.0/systeminfo", &[("x-harbor-csrf-token", "")]).await;
    assert!(!asked.with_status(200).header("x-harbor-csrf-token").is_empty());
    let plain = t.anonymous().get("/api/v2.0/systeminfo").await.with_status(200);
    assert_eq!(plain.header("x-harbor-csrf-token"), "");
}
