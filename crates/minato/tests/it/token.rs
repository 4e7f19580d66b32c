//! What tokens grant, and which are refused.

use minato_testkit::content::Image;
use minato_testkit::{Persona, TestApp, forge};
use minato_types::project::Role;
use serde_json::{Value, json};

async fn granted(who: &Persona, scope: &str) -> Value {
    let token = who.token(&[scope]).await;
    forge::claims(token["token"].as_str().unwrap())["access"][0]["actions"].clone()
}

#[tokio::test]
async fn granted_is_what_was_asked_and_is_held() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let developer = t.member("dev", Role::Developer, "team").await;
    let guest = t.member("guest", Role::Guest, "team").await;
    let stranger = t.user("stranger").await;
    let (admin, anonymous) = (t.admin(), t.anonymous());
    for (who, scope, expected) in [
        (&admin, "repository:team/app:pull", json!(["pull"])),
        (&admin, "repository:team/app:*", json!(["pull", "push", "delete"])),
        (&developer, "repository:team/app:pull,push,delete", json!(["pull", "push"])),
        (&guest, "repository:team/app:pull,push", json!(["pull"])),
        (&stranger, "repository:team/app:pull,push", json!([])),
        (&stranger, "repository:library/app:pull,push", json!(["pull"])),
        (&anonymous, "repository:library/app:pull,push", json!(["pull"])),
        (&anonymous, "repository:team/app:pull", json!([])),
        (&admin, "repository:nowhere/app:pull", json!([])),
        (&admin, "repository:hello:pull", json!([])),
        (&admin, "registry:other:*", json!([])),
        (&admin, "registry:catalog:*", json!(["*"])),
        (&developer, "registry:catalog:*", json!([])),
        (&admin, "unknown:x:pull", json!([])),
    ] {
        assert_eq!(granted(who, scope).await, expected, "{scope}");
    }
}

#[tokio::test]
async fn several_scopes_repeated_or_joined() {
    let t = TestApp::start().await;
    let scopes = ["repository:library/a:push,pull", "repository:library/b:pull%20repository:library/c:pull"];
    let token = t.admin().token(&scopes).await;
    let claims = forge::claims(token["token"].as_str().unwrap());
    let names: Vec<&str> =
        claims["access"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["library/a", "library/b", "library/c"]);
}

#[tokio::test]
async fn the_service_answers_as_harbors() {
    let t = TestApp::start().await;
    let answer = t.admin().send_bytes(reqwest::Method::POST, "/service/token", "grant_type=password").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET"));
    t.admin().get("/service/token?service=other").await.expect_status(400);
    t.anonymous().get("/service/token?service=harbor-registry").await.expect_status(401);
    t.anonymous().token(&["repository:library/x:pull"]).await;
}

#[tokio::test]
async fn a_token_is_good_for_its_scope_only() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    let pull = t.admin().with_token(&["repository:library/app:pull"]).await;
    pull.get("/v2/library/app/manifests/1").await.expect_status(200);
    let other = pull.get("/v2/library/other/manifests/1").await.with_status(401);
    assert!(other.header("www-authenticate").contains("scope=\"repository:library/other:pull\""));
    assert!(other.header("www-authenticate").ends_with("error=\"insufficient_scope\""));
    pull.send_bytes(reqwest::Method::POST, "/v2/library/app/blobs/uploads/", "").await.expect_status(401);
    pull.delete("/v2/library/app/manifests/1").await.expect_status(401);
    pull.get("/v2/_catalog").await.expect_status(401);
}

#[tokio::test]
async fn forged_and_stale_tokens_are_refused() {
    let t = TestApp::start().await;
    let good = t.admin().token(&["repository:library/app:pull"]).await["token"].as_str().unwrap().to_owned();
    let (header, claims) = (forge::header(&good), forge::claims(&good));
    let with = |key: &str, value: Value| {
        let mut changed = claims.clone();
        changed[key] = value;
        changed
    };
    let without = |key: &str| {
        let mut changed = claims.clone();
        changed.as_object_mut().unwrap().remove(key);
        changed
    };
    let now = claims["iat"].as_i64().unwrap();
    let signed = |header: Value, claims: Value| {
        let t = &t;
        async move { forge::sign(t, &header, &claims).await }
    };
    let message = forge::unsigned(&json!({ "typ": "JWT", "alg": "none" }), &claims);
    let hs256 = forge::unsigned(&json!({ "typ": "JWT", "alg": "HS256" }), &claims);
    let jwk = json!({ "typ": "JWT", "alg": "RS256", "jwk": { "kty": "RSA", "n": "AQAB", "e": "AQAB" } });
    let cases = [
        ("none", format!("{message}.")),
        ("hs256", format!("{hs256}.AAAA")),
        ("cut", good[..good.len() - 4].to_owned()),
        ("other key", other_key(&header, &claims)),
        ("jwk", signed(jwk, claims.clone()).await),
        ("audience", signed(header.clone(), with("aud", json!("other"))).await),
        ("issuer", signed(header.clone(), with("iss", json!("other"))).await),
        ("expired", signed(header.clone(), with("exp", json!(now - 1))).await),
        ("not yet", signed(header.clone(), with("nbf", json!(now + 600))).await),
        ("issued later", signed(header.clone(), with("iat", json!(now + 600))).await),
        ("no iat", signed(header.clone(), without("iat")).await),
        ("no exp", signed(header.clone(), without("exp")).await),
        ("no aud", signed(header.clone(), without("aud")).await),
        ("garbage", "garbage".to_owned()),
    ];
    // The forger itself works: the unchanged claims are accepted.
    let same = signed(header.clone(), claims.clone()).await;
    t.anonymous().with_bearer(&same).get("/v2/").await.expect_status(200);
    for (name, token) in cases {
        let answer = t.anonymous().with_bearer(&token).get("/v2/").await;
        assert_eq!(answer.status, 401, "{name}");
        assert!(answer.header("www-authenticate").ends_with("error=\"invalid_token\""), "{name}");
    }
}

fn other_key(header: &Value, claims: &Value) -> String {
    let mut rng = getrandom_rng();
    let key = rsa::PrivateKey::new(&mut rng, 2048).unwrap();
    let der = rsa::pkcs8::EncodePrivateKey::to_pkcs8_der(&key).unwrap();
    let pair = ring::signature::RsaKeyPair::from_pkcs8(der.as_bytes()).unwrap();
    forge::sign_with(&pair, header, claims)
}

fn getrandom_rng() -> rsa::rand_core::UnwrapErr<getrandom::SysRng> {
    rsa::rand_core::UnwrapErr(getrandom::SysRng)
}

#[tokio::test]
async fn a_token_ends_with_its_time_and_with_its_project() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let scope = "repository:team/app:pull,push";
    let holder = t.admin().with_token(&[scope]).await;
    let start = "/v2/team/app/blobs/uploads/";
    holder.send_bytes(reqwest::Method::POST, start, "").await.expect_status(202);

    // Given that the project is deleted and made again, then the old token is not good for the new one.
    t.admin().delete("/api/v2.0/projects/team").await.expect_status(200);
    holder.send_bytes(reqwest::Method::POST, start, "").await.expect_status(401);
    t.project("team", false).await;
    holder.send_bytes(reqwest::Method::POST, start, "").await.expect_status(401);

    let holder = t.admin().with_token(&[scope]).await;
    holder.send_bytes(reqwest::Method::POST, start, "").await.expect_status(202);
    t.clock().advance(std::time::Duration::from_mins(31));
    holder.send_bytes(reqwest::Method::POST, start, "").await.expect_status(401);
}
