//! Downloading, mounting and deleting blobs.

use minato_testkit::content::{Image, bytes, digest, push_blob};
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;

#[tokio::test]
async fn get_and_head_have_the_same_headers() {
    let t = TestApp::start().await;
    let blob = bytes(1, 2048);
    let digest = push_blob(&t.admin(), "library/app", &blob).await;
    let path = format!("/v2/library/app/blobs/{digest}");
    let (get, head) =
        (t.admin().get(&path).await.with_status(200), t.admin().head(&path).await.with_status(200));
    for name in
        ["content-length", "content-type", "docker-content-digest", "etag", "accept-ranges", "cache-control"]
    {
        assert_eq!(get.header(name), head.header(name), "{name}");
        assert!(!get.header(name).is_empty(), "{name}");
    }
    assert_eq!(get.header("content-type"), "application/octet-stream");
    assert_eq!(get.header("x-content-type-options"), "nosniff");
    assert_eq!(get.body, blob);
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn parts_of_a_blob() {
    let t = TestApp::start().await;
    let blob = bytes(2, 2048);
    let digest = push_blob(&t.admin(), "library/app", &blob).await;
    let path = format!("/v2/library/app/blobs/{digest}");
    for (range, part, content_range) in [
        ("bytes=500-1499", &blob[500..1500], "bytes 500-1499/2048"),
        ("bytes=500-", &blob[500..], "bytes 500-2047/2048"),
        ("bytes=-500", &blob[1548..], "bytes 1548-2047/2048"),
        ("bytes=2000-5000", &blob[2000..], "bytes 2000-2047/2048"),
    ] {
        let answer = t.admin().get_with(&path, "range", range).await.with_status(206);
        assert_eq!(answer.header("content-range"), content_range);
        assert_eq!(answer.body, part, "{range}");
    }
    let answer = t.admin().get_with(&path, "range", "bytes=5000-10000").await.with_status(416);
    assert_eq!(answer.header("content-range"), "bytes */2048");
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let t = TestApp::start().await;
    let digest = push_blob(&t.admin(), "library/app", b"x").await;
    let path = format!("/v2/library/app/blobs/{digest}");
    let answer = t.admin().get_with(&path, "if-none-match", &format!("\"{digest}\"")).await.with_status(304);
    assert!(answer.body.is_empty());
    t.admin().get_with(&path, "if-none-match", "\"other\"").await.expect_status(200);
}

async fn mount(who: &Persona, repository: &str, digest: &minato_types::digest::Digest, from: &str) -> u16 {
    let path = format!("/v2/{repository}/blobs/uploads/?mount={digest}{from}");
    who.send_bytes(Method::POST, &path, "").await.status
}

#[tokio::test]
async fn mounting_needs_the_right_to_pull_from_the_source() {
    let t = TestApp::start().await;
    t.project("secret", false).await;
    t.project("team", false).await;
    let developer = t.member("dev", Role::Developer, "team").await;
    let hidden = push_blob(&t.admin(), "secret/app", b"hidden").await;
    let open = push_blob(&t.admin(), "library/app", b"open").await;
    let own = push_blob(&developer, "team/app", b"own").await;
    // Given a developer of one project, then blobs of own and public projects can be mounted,
    assert_eq!(mount(&developer, "team/b", &own, "&from=team/app").await, 201);
    assert_eq!(mount(&developer, "team/b", &open, "&from=library/app").await, 201);
    assert_eq!(mount(&developer, "team/c", &open, "").await, 201, "without naming the source");
    // and those of others can't, nor is it told whether they exist.
    let absent = digest(b"absent");
    for (digest, from) in
        [(&hidden, "&from=secret/app"), (&absent, "&from=secret/app"), (&hidden, ""), (&absent, "")]
    {
        assert_eq!(mount(&developer, "team/b", digest, from).await, 202);
    }
    developer.head(&format!("/v2/team/b/blobs/{hidden}")).await.expect_status(404);
    developer.head(&format!("/v2/team/b/blobs/{open}")).await.expect_status(200);
    // A source that can't be a name is one that can't be mounted from.
    assert_eq!(mount(&developer, "team/b", &open, "&from=..").await, 202);
}

#[tokio::test]
async fn a_token_that_was_not_asked_for_the_source_is_told_what_to_ask_for() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let developer = t.member("dev", Role::Developer, "team").await;
    let blob = push_blob(&developer, "team/a", b"shared").await;
    let path = format!("/v2/team/b/blobs/uploads/?mount={blob}&from=team/a");
    let narrow = developer.with_token(&["repository:team/b:pull,push"]).await;
    let answer = narrow.send_bytes(Method::POST, &path, "").await.with_status(401);
    let scope = "scope=\"repository:team/b:pull,push repository:team/a:pull\"";
    assert!(answer.header("www-authenticate").contains(scope));
    let both = developer.with_token(&["repository:team/b:pull,push", "repository:team/a:pull"]).await;
    both.send_bytes(Method::POST, &path, "").await.expect_status(201);
    // Asked and not granted means no, and the client uploads.
    t.project("secret", false).await;
    push_blob(&t.admin(), "secret/a", b"shared").await;
    let denied = developer.with_token(&["repository:team/b:pull,push", "repository:secret/a:pull"]).await;
    let path = format!("/v2/team/b/blobs/uploads/?mount={blob}&from=secret/a");
    denied.send_bytes(Method::POST, &path, "").await.expect_status(202);
}

/// On disk there is nowhere to send a client, and nothing to test.
#[tokio::test]
async fn clients_of_named_networks_fetch_blobs_from_s3_themselves() {
    let Some(t) = TestApp::start_redirecting(minato_web::Ingress::default()).await else { return };
    let digest = push_blob(&t.admin(), "library/app", b"far away").await;
    let path = format!("/v2/library/app/blobs/{digest}");
    let answer = t.admin().get(&path).await.with_status(307);
    let fetched = reqwest::get(answer.header("location")).await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), "far away");
    t.admin().head(&path).await.expect_status(200);

    let elsewhere = minato_web::Ingress { redirect_clients: Some(Vec::new()), ..Default::default() };
    let t = TestApp::start_redirecting(elsewhere).await.unwrap();
    let digest = push_blob(&t.admin(), "library/app", b"near").await;
    let answer = t.admin().get(&format!("/v2/library/app/blobs/{digest}")).await.with_status(200);
    assert_eq!(answer.body, b"near");
}

#[tokio::test]
async fn a_blob_is_seen_only_through_repositories_that_hold_it() {
    let t = TestApp::start().await;
    let digest = push_blob(&t.admin(), "library/a", b"x").await;
    push_blob(&t.admin(), "library/b", b"y").await;
    t.admin().get(&format!("/v2/library/b/blobs/{digest}")).await.expect_status(404);
    t.admin().get(&format!("/v2/library/nothing/blobs/{digest}")).await.expect_status(404);
}

#[tokio::test]
async fn a_blob_that_a_manifest_needs_stays() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "1").await;
    let path = format!("/v2/library/app/blobs/{}", digest(&image.blobs[1]));
    assert_eq!(admin.delete(&path).await.with_status(405).code(), "UNSUPPORTED");
    admin.get(&path).await.expect_status(200);
    admin.delete(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(202);
    admin.delete(&path).await.expect_status(202);
    admin.get(&path).await.expect_status(404);
    admin.delete(&path).await.expect_status(404);
}
