//! The public entry: routes, headers, and what is believed of proxies.

use minato_testkit::TestApp;
use minato_web::Ingress;

#[tokio::test]
async fn harbors_route_table() {
    let t = TestApp::start().await;
    for (path, status) in [
        ("/", 200),
        ("/v1/", 404),
        ("/v1/users/", 404),
        ("/service/notifications", 404),
        ("/service/notifications/jobs/1", 404),
        ("/c/login", 405),
        ("/c/oidc/login", 404),
        ("/chartrepo/library/index.yaml", 404),
        ("/projects/library/summary", 200),
        ("/assets/nothing.js", 404),
        ("/v2/", 401),
        ("/api/v2.0/ping", 200),
        ("/v2", 308),
    ] {
        let answer = t.anonymous().get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    assert!(t.anonymous().get("/").await.text().contains("<title>Minato</title>"));
    assert_eq!(t.anonymous().get("/api/v2.0/ping").await.text(), "Pong");
}

#[tokio::test]
async fn health_tells_of_each_part() {
    let t = TestApp::start().await;
    let health = async || t.anonymous().get("/api/v2.0/health").await.with_status(200).json();
    let jobs = |health: &serde_json::Value| {
        let parts = health["components"].as_array().unwrap().clone();
        parts.into_iter().find(|part| part["name"] == "jobservice").unwrap()
    };
    // Given that no process runs jobs, then that is told;
    let told = health().await;
    assert_eq!(told["status"], "unhealthy");
    assert_eq!(
        (&jobs(&told)["status"], &jobs(&told)["error"]),
        (&"unhealthy".into(), &"no process runs jobs".into())
    );
    // when one does, then all is well, and names are Harbor's;
    let work = t.work();
    let told = health().await;
    assert_eq!(told["status"], "healthy");
    let names: Vec<_> = told["components"].as_array().unwrap().iter().map(|part| &part["name"]).collect();
    assert_eq!(names, ["core", "database", "jobservice", "portal", "registry"]);
    // and no more a minute after it has ended.
    work.stop().await;
    t.clock().advance(std::time::Duration::from_mins(1));
    assert_eq!(jobs(&health().await)["status"], "unhealthy");
}

#[tokio::test]
async fn a_tls_handshake_on_a_plain_port_is_answered_in_plain_http() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let t = TestApp::start().await;
    let mut stream = tokio::net::TcpStream::connect(t.address()).await.unwrap();
    stream.write_all(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn forwarded_headers_count_only_from_trusted_proxies() {
    let realm = |answer: minato_testkit::Answer| answer.header("www-authenticate").to_owned();
    let forwarded = |t: &TestApp| {
        let anonymous = t.anonymous();
        let request = anonymous
            .request(reqwest::Method::GET, "/v2/")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "registry.example.com");
        async move { realm(anonymous.send(request).await) }
    };
    let direct = TestApp::start().await;
    assert!(forwarded(&direct).await.contains(&format!("http://{}/", direct.address())));
    let ingress = Ingress { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..Ingress::default() };
    let behind = TestApp::start_with(ingress).await;
    assert!(forwarded(&behind).await.contains("https://registry.example.com/service/token"));
    let fixed = Ingress { external_url: Some("https://r.example.com".to_owned()), ..Ingress::default() };
    let fixed = TestApp::start_with(fixed).await;
    assert!(forwarded(&fixed).await.contains("https://r.example.com/service/token"));
}

#[tokio::test]
async fn system_info_tells_more_after_signing_in() {
    let t = TestApp::start().await;
    let open = t.anonymous().get("/api/v2.0/systeminfo").await.with_status(200).json();
    assert_eq!(open["auth_mode"], "db_auth");
    assert!(open.get("harbor_version").is_none());
    let full = t.admin().get("/api/v2.0/systeminfo").await.with_status(200).json();
    assert!(full["harbor_version"].as_str().unwrap().starts_with("v2."));
    assert_eq!(full["registry_url"], t.address().to_string());
}

#[tokio::test]
async fn the_explorer_of_the_api_brings_all_that_it_needs() {
    let t = TestApp::start().await;
    let anonymous = t.anonymous();
    assert_eq!(anonymous.get("/api/explorer").await.with_status(308).header("location"), "/api/explorer/");
    let page = anonymous.get("/api/explorer/").await.with_status(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    let page = page.text();
    let files: Vec<&str> = page.split('"').filter_map(|part| part.strip_prefix("./")).collect();
    assert!(files.contains(&"swagger-ui-bundle.js"), "{files:?}");
    for file in files {
        let file = anonymous.get(&format!("/api/explorer/{file}")).await.with_status(200);
        assert!(!file.text().contains("https://unpkg.com"));
    }
    let start = anonymous.get("/api/explorer/swagger-initializer.js").await.with_status(200).text();
    assert!(start.contains("/api/openapi.json"), "{start}");
    anonymous.get("/api/explorer/nothing.js").await.expect_status(404);
}
