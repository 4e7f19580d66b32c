//! Uploading blobs in every way that the specification knows.

use std::time::Duration;

use minato_testkit::content::{bytes, digest, digest512, push_blob};
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;

const UPLOADS: &str = "/v2/library/app/blobs/uploads/";

async fn start(who: &Persona) -> String {
    let answer = who.send_bytes(Method::POST, UPLOADS, "").await.with_status(202);
    assert_eq!(answer.header("range"), "0-0");
    assert!(!answer.header("docker-upload-uuid").is_empty());
    answer.header("location").to_owned()
}

async fn patch(who: &Persona, location: &str, range: Option<&str>, chunk: &[u8]) -> Answer {
    let mut request = who.request(Method::PATCH, location).body(chunk.to_vec());
    if let Some(range) = range {
        request = request.header("content-range", range);
    }
    who.send(request).await
}

#[tokio::test]
async fn a_session_with_one_put() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(1, 100_000));
    let location = start(&admin).await;
    assert!(location.starts_with(UPLOADS), "relative, and the state in the path: {location}");
    let done =
        admin.send_bytes(Method::PUT, &format!("{location}?digest={}", digest(&blob)), blob.clone()).await;
    let done = done.with_status(201);
    assert_eq!(done.header("location"), format!("/v2/library/app/blobs/{}", digest(&blob)));
    assert_eq!(done.header("docker-content-digest"), digest(&blob).as_str());
    assert_eq!(admin.get(done.header("location")).await.with_status(200).body, blob);
    admin.get(&location).await.expect_status(404);
}

#[tokio::test]
async fn chunks_in_order() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(2, 3000));
    let location = start(&admin).await;
    let answer = patch(&admin, &location, Some("0-999"), &blob[..1000]).await.with_status(202);
    assert_eq!(answer.header("range"), "0-999");
    // An out-of-order chunk and a repeated one are refused, and the session survives.
    patch(&admin, &location, Some("2000-2999"), &blob[2000..]).await.expect_status(416);
    patch(&admin, &location, Some("0-999"), &blob[..1000]).await.expect_status(416);
    patch(&admin, &location, Some("1000-5"), b"x").await.expect_status(416);
    let status = admin.get(&location).await.with_status(204);
    assert_eq!(status.header("range"), "0-999");
    patch(&admin, &location, Some("1000-1999"), &blob[1000..2000]).await.expect_status(202);
    // The last chunk comes with the closing request; a wrong place is refused there too.
    let close = format!("{location}?digest={}", digest(&blob));
    let last =
        admin.request(Method::PUT, &close).header("content-range", "1999-2999").body(blob[1999..].to_vec());
    admin.send(last).await.expect_status(416);
    let last =
        admin.request(Method::PUT, &close).header("content-range", "2000-2999").body(blob[2000..].to_vec());
    admin.send(last).await.expect_status(201);
}

#[tokio::test]
async fn a_stream_without_ranges_as_docker_sends_it() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(3, 300_000));
    let location = start(&admin).await;
    patch(&admin, &location, None, &blob[..1]).await.expect_status(202);
    let answer = patch(&admin, &location, None, &blob[1..]).await.with_status(202);
    assert_eq!(answer.header("range"), format!("0-{}", blob.len() - 1));
    admin
        .send_bytes(Method::PUT, &format!("{location}?digest={}", digest(&blob)), "")
        .await
        .expect_status(201);
}

#[tokio::test]
async fn a_wrong_digest_makes_no_blob() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(4, 1000));
    let wrong = digest(b"something else");
    let answer = admin.send_bytes(Method::POST, &format!("{UPLOADS}?digest={wrong}"), blob.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "DIGEST_INVALID"));
    let location = start(&admin).await;
    let answer = admin.send_bytes(Method::PUT, &format!("{location}?digest={wrong}"), blob.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "DIGEST_INVALID"));
    for digest in [wrong, digest(&blob)] {
        admin.head(&format!("/v2/library/app/blobs/{digest}")).await.expect_status(404);
    }
    admin.send_bytes(Method::PUT, &location, blob).await.expect_status(400);
}

#[tokio::test]
async fn sha512_throughout() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(5, 200_000));
    let digest = digest512(&blob);
    // Chunked with the algorithm announced, and without it.
    for query in ["?digest-algorithm=sha512", ""] {
        let answer = admin.send_bytes(Method::POST, &format!("{UPLOADS}{query}"), "").await.with_status(202);
        let location = answer.header("location").to_owned();
        patch(&admin, &location, None, &blob).await.expect_status(202);
        admin.send_bytes(Method::PUT, &format!("{location}?digest={digest}"), "").await.expect_status(201);
    }
    let pulled = admin.get(&format!("/v2/library/app/blobs/{digest}")).await.with_status(200);
    assert_eq!(pulled.header("docker-content-digest"), digest.as_str());
    assert_eq!(pulled.body, blob);
    admin.send_bytes(Method::POST, &format!("{UPLOADS}?digest-algorithm=md5"), "").await.expect_status(400);
}

#[tokio::test]
async fn a_session_can_be_cancelled() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let location = start(&admin).await;
    admin.delete(&location).await.expect_status(204);
    admin.get(&location).await.expect_status(404);
    admin.delete(&location).await.expect_status(404);
    patch(&admin, &location, None, b"x").await.expect_status(404);
}

#[tokio::test]
async fn a_session_belongs_to_who_opened_it_and_to_its_repository() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let (one, two) =
        (t.member("one", Role::Developer, "team").await, t.member("two", Role::Developer, "team").await);
    let answer = one.send_bytes(Method::POST, "/v2/team/app/blobs/uploads/", "").await.with_status(202);
    let location = answer.header("location").to_owned();
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        two.send_bytes(method, &location, "").await.expect_status(404);
    }
    let elsewhere = location.replace("team/app", "team/other");
    one.get(&elsewhere).await.expect_status(404);
    let token = one.with_token(&["repository:team/app:push"]).await;
    token.get(&location).await.expect_status(204);
}

#[tokio::test]
async fn a_session_expires_with_its_bytes() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let location = start(&admin).await;
    patch(&admin, &location, None, b"half of it").await.expect_status(202);
    t.clock().advance(Duration::from_hours(25));
    admin.get(&location).await.expect_status(404);
}

#[tokio::test]
async fn what_is_stored_already_is_stored_once() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(6, 5000));
    for repository in ["library/a", "library/b", "library/a"] {
        push_blob(&admin, repository, &blob).await;
    }
    for repository in ["library/a", "library/b"] {
        let path = format!("/v2/{repository}/blobs/{}", digest(&blob));
        assert_eq!(admin.get(&path).await.with_status(200).body, blob);
    }
}

#[tokio::test]
async fn an_empty_blob_is_a_blob() {
    let t = TestApp::start().await;
    let digest = push_blob(&t.admin(), "library/app", b"").await;
    let pulled = t.admin().get(&format!("/v2/library/app/blobs/{digest}")).await.with_status(200);
    assert_eq!((pulled.header("content-length"), pulled.body.len()), ("0", 0));
}

#[tokio::test]
async fn a_large_blob_in_uneven_chunks() {
    let t = TestApp::start().await;
    let (admin, blob) = (t.admin(), bytes(7, 21_000_001));
    let location = start(&admin).await;
    for chunk in [&blob[..9_000_000], &blob[9_000_000..9_000_001], &blob[9_000_001..20_000_000]] {
        patch(&admin, &location, None, chunk).await.expect_status(202);
    }
    let close = format!("{location}?digest={}", digest(&blob));
    admin.send_bytes(Method::PUT, &close, blob[20_000_000..].to_vec()).await.expect_status(201);
    let pulled = admin.get(&format!("/v2/library/app/blobs/{}", digest(&blob))).await.with_status(200);
    assert!(pulled.body == blob, "the pulled blob differs");
}
