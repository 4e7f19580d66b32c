//! Signing in: challenges, tokens, passwords.

use minato_testkit::app::PASSWORD;
use minato_testkit::persona::Persona;
use minato_testkit::{TestApp, forge};

#[tokio::test]
async fn docker_login_as_recorded() {
    // Given a registry, when a client asks without credentials,
    let t = TestApp::start().await;
    let ping = t.anonymous().get("/v2/").await.with_status(401);
    // then it learns where to get a token, by the address that it used.
    let realm = format!("Bearer realm=\"http://{}/service/token\",service=\"harbor-registry\"", t.address());
    assert_eq!(ping.header("www-authenticate"), realm);
    assert_eq!(ping.header("docker-distribution-api-version"), "registry/2.0");
    assert_eq!(ping.code(), "UNAUTHORIZED");

    // When it signs in there, then the token opens the registry.
    let path = "/service/token?account=admin&client_id=docker&offline_token=true&service=harbor-registry";
    let answer = t.admin().get(path).await.with_status(200).json();
    assert_eq!(answer["token"], answer["access_token"]);
    assert_eq!(answer["expires_in"], 1800);
    assert!(answer["issued_at"].as_str().unwrap().ends_with('Z'));
    let token = answer["token"].as_str().unwrap();
    t.anonymous().with_bearer(token).get("/v2/").await.expect_status(200);
}

#[tokio::test]
async fn a_wrong_password_is_told_at_once() {
    let t = TestApp::start().await;
    let wrong = Persona::user(t.address(), "admin", "Wrong1horse");
    let nobody = Persona::user(t.address(), "nobody", PASSWORD);
    for path in ["/service/token?service=harbor-registry", "/v2/", "/api/v2.0/projects"] {
        let (wrong, nobody) =
            (wrong.get(path).await.with_status(401), nobody.get(path).await.with_status(401));
        assert_eq!(wrong.body, nobody.body, "an unknown user must look like a wrong password");
    }
}

#[tokio::test]
async fn guessing_is_slowed_and_then_refused() {
    let t = TestApp::start().await;
    let app = t.app();
    let address = std::net::IpAddr::from([192, 0, 2, 1]);
    let started = std::time::Instant::now();
    for _ in 0..5 {
        let password = minato_types::secret::Secret::new("Wrong1horse");
        minato_core::authn::login(app, "admin", &password, address).await.unwrap_err();
    }
    assert!(started.elapsed() >= std::time::Duration::from_millis(125), "the fifth try had to wait");
    // Somebody else, elsewhere, is not hindered.
    t.admin().get("/v2/").await.expect_status(200);
}

#[tokio::test]
async fn basic_works_directly_and_is_refused_with_a_basic_challenge() {
    let t = TestApp::start().await;
    t.admin().get("/v2/").await.expect_status(200);
    let wrong = Persona::user(t.address(), "admin", "Wrong1horse").get("/v2/").await.with_status(401);
    assert_eq!(wrong.header("www-authenticate"), "Basic realm=\"harbor\"");
}

#[tokio::test]
async fn the_token_has_the_recorded_form() {
    let t = TestApp::start().await;
    let answer = t.admin().token(&["repository:library/app:pull,push"]).await;
    let token = answer["token"].as_str().unwrap();
    let (header, claims) = (forge::header(token), forge::claims(token));
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("JWT"), Some("RS256")));
    let groups: Vec<&str> = header["kid"].as_str().unwrap().split(':').collect();
    assert!(groups.len() == 12 && groups.iter().all(|group| group.len() == 4), "{groups:?}");
    assert_eq!(claims["iss"], "harbor-token-issuer");
    assert_eq!(claims["aud"], "harbor-registry", "a plain string");
    assert_eq!(claims["sub"], "admin");
    assert_eq!(claims["nbf"], claims["iat"]);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 1800);
    assert_eq!(claims["access"][0]["type"], "repository");
    assert_eq!(claims["access"][0]["name"], "library/app");
    assert_eq!(claims["access"][0]["actions"], serde_json::json!(["pull", "push"]));
}
