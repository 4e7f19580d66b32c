//! Pushing, pulling and deleting manifests.

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, Image, bytes, digest, digest512, push_blob, push_manifest};
use serde_json::json;

#[tokio::test]
async fn by_tag_and_by_digest() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 2));
    let pushed = image.push(&admin, "library/app", "v1").await;
    assert_eq!(pushed.header("docker-content-digest"), image.digest().as_str());
    assert_eq!(pushed.header("location"), format!("/v2/library/app/manifests/{}", image.digest()));
    for reference in ["v1", image.digest().as_str()] {
        let path = format!("/v2/library/app/manifests/{reference}");
        let (get, head) = (admin.get(&path).await.with_status(200), admin.head(&path).await.with_status(200));
        assert_eq!(get.body, image.manifest, "byte by byte");
        for name in ["content-type", "content-length", "docker-content-digest", "etag"] {
            assert_eq!(get.header(name), head.header(name), "{name}");
        }
        assert_eq!(get.header("content-type"), IMAGE_TYPE);
        let known = admin.get_with(&path, "if-none-match", get.header("etag")).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
    }
    let missing = admin.get("/v2/library/app/manifests/v2").await.with_status(404);
    assert_eq!(missing.code(), "MANIFEST_UNKNOWN");
    assert_eq!(admin.get("/v2/library/none/manifests/v1").await.with_status(404).code(), "NAME_UNKNOWN");
}

#[tokio::test]
async fn a_tag_moves_and_the_old_manifest_stays() {
    let t = TestApp::start().await;
    let (admin, old, new) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    old.push(&admin, "library/app", "latest").await;
    assert_eq!(admin.get("/v2/library/app/manifests/latest").await.body, old.manifest);
    new.push(&admin, "library/app", "latest").await;
    assert_eq!(admin.get("/v2/library/app/manifests/latest").await.body, new.manifest);
    admin.get(&format!("/v2/library/app/manifests/{}", old.digest())).await.expect_status(200);
}

#[tokio::test]
async fn what_a_manifest_names_must_be_in_its_repository() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 2));
    for blob in &image.blobs {
        push_blob(&admin, "library/elsewhere", blob).await;
    }
    push_blob(&admin, "library/app", &image.blobs[0]).await;
    let answer =
        push_manifest(&admin, "library/app", "1", IMAGE_TYPE, &image.manifest).await.with_status(400);
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let missing: Vec<&str> = errors.iter().map(|error| error["detail"]["digest"].as_str().unwrap()).collect();
    assert_eq!(missing, [digest(&image.blobs[1]).as_str(), digest(&image.blobs[2]).as_str()]);
    assert!(errors.iter().all(|error| error["code"] == "MANIFEST_BLOB_UNKNOWN"));
    admin.get("/v2/library/app/manifests/1").await.expect_status(404);
    admin.get("/v2/library/app/tags/list").await.expect_status(404);
}

#[tokio::test]
async fn a_manifest_is_known_by_the_digest_it_was_pushed_by() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 0));
    push_blob(&admin, "library/app", &image.blobs[0]).await;
    let right = digest512(&image.manifest);
    let wrong = digest(b"other");
    let answer = push_manifest(&admin, "library/app", wrong.as_str(), IMAGE_TYPE, &image.manifest).await;
    assert_eq!(answer.with_status(400).code(), "DIGEST_INVALID");
    let reference = format!("{right}?tag=a&tag=b");
    let answer =
        push_manifest(&admin, "library/app", &reference, IMAGE_TYPE, &image.manifest).await.with_status(201);
    let tags: Vec<_> = answer.headers.get_all("oci-tag").iter().collect();
    assert_eq!(tags, ["a", "b"]);
    for reference in ["a", "b", right.as_str()] {
        let path = format!("/v2/library/app/manifests/{reference}");
        assert_eq!(admin.get(&path).await.with_status(200).header("docker-content-digest"), right.as_str());
    }
}

#[tokio::test]
async fn bad_documents_get_clear_errors() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 0));
    push_blob(&admin, "library/app", &image.blobs[0]).await;
    let signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    let both = String::from_utf8(image.manifest.clone())
        .unwrap()
        .replace("\"layers\"", "\"manifests\":[],\"layers\"");
    for (content_type, document, says) in [
        (signed, "{}", "schema 1"),
        (IMAGE_TYPE, "not json", "not a valid manifest"),
        (IMAGE_TYPE, both.as_str(), "not both"),
        ("text/plain", "{}", "not supported"),
    ] {
        let answer = push_manifest(&admin, "library/app", "1", content_type, document.as_bytes()).await;
        let answer = answer.with_status(400);
        assert_eq!(answer.code(), "MANIFEST_INVALID");
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    let answer = push_manifest(&admin, "library/app", "1", IMAGE_TYPE, &bytes(1, (4 << 20) + 1)).await;
    assert_eq!(answer.with_status(413).code(), "SIZE_INVALID");
}

#[tokio::test]
async fn deleting_a_manifest_takes_its_tags_along() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "a").await;
    image.push(&admin, "library/app", "b").await;
    // A tag alone,
    admin.delete("/v2/library/app/manifests/a").await.expect_status(202);
    admin.get("/v2/library/app/manifests/a").await.expect_status(404);
    admin.get("/v2/library/app/manifests/b").await.expect_status(200);
    admin.delete("/v2/library/app/manifests/a").await.expect_status(404);
    // and all of it.
    let path = format!("/v2/library/app/manifests/{}", image.digest());
    admin.delete(&path).await.expect_status(202);
    for path in [path.as_str(), "/v2/library/app/manifests/b"] {
        admin.get(path).await.expect_status(404);
    }
    assert_eq!(admin.get("/v2/library/app/tags/list").await.with_status(200).json()["tags"], json!([]));
}
