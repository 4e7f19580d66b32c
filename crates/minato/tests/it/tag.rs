//! Listing tags.

use minato_testkit::content::{IMAGE_TYPE, Image, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use serde_json::json;

async fn tagged(who: &Persona, tags: &[&str]) {
    let image = Image::new(1, 0);
    push_blob(who, "library/app", &image.blobs[0]).await;
    let query: Vec<String> = tags.iter().map(|tag| format!("tag={tag}")).collect();
    let reference = format!("{}?{}", image.digest(), query.join("&"));
    push_manifest(who, "library/app", &reference, IMAGE_TYPE, &image.manifest).await.expect_status(201);
}

#[tokio::test]
async fn in_byte_order_page_by_page() {
    let t = TestApp::start().await;
    let admin = t.admin();
    tagged(&admin, &["b", "a", "B", "1.0", "1.10", "1.9", "_x"]).await;
    let sorted = ["1.0", "1.10", "1.9", "B", "_x", "a", "b"];
    let all = admin.get("/v2/library/app/tags/list").await.with_status(200);
    assert_eq!(all.json(), json!({ "name": "library/app", "tags": sorted }));
    assert_eq!(all.header("link"), "");

    let mut seen: Vec<String> = Vec::new();
    let mut next = "/v2/library/app/tags/list?n=3".to_owned();
    while !next.is_empty() {
        let page = admin.get(&next).await.with_status(200);
        let names = page.json()["tags"].as_array().unwrap().clone();
        assert!(names.len() <= 3);
        seen.extend(names.iter().map(|name| name.as_str().unwrap().to_owned()));
        let link = page.header("link");
        assert!(link.is_empty() || link.ends_with("; rel=\"next\""), "{link}");
        next = link.split(['<', '>']).nth(1).unwrap_or("").to_owned();
    }
    assert_eq!(seen, sorted);
}

/// As clients push all tags of an image at once. They would wait for each other crosswise if one
/// of them locked the artifact harder after it had referred to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tags_of_one_manifest_at_once() {
    let t = TestApp::start().await;
    let image = Image::new(1, 2);
    image.push(&t.admin(), "library/app", "first").await;
    let who = t.admin().with_token(&["repository:library/app:pull,push"]).await;
    for round in 0..20 {
        let pushes: Vec<_> = (0..8)
            .map(|number| {
                let (who, manifest) = (who.clone(), image.manifest.clone());
                let tag = format!("t{round}-{number}");
                tokio::spawn(async move {
                    push_manifest(&who, "library/app", &tag, IMAGE_TYPE, &manifest).await.status
                })
            })
            .collect();
        for push in pushes {
            assert_eq!(push.await.unwrap(), 201);
        }
    }
}

#[tokio::test]
async fn windows_at_the_edges() {
    let t = TestApp::start().await;
    let admin = t.admin();
    tagged(&admin, &["a", "b"]).await;
    for (query, expected, more) in [
        ("n=0", json!([]), false),
        ("n=2", json!(["a", "b"]), false),
        ("n=1", json!(["a"]), true),
        ("last=a", json!(["b"]), false),
        ("last=aa&n=1", json!(["b"]), false),
        ("last=z", json!([]), false),
        ("n=99999999", json!(["a", "b"]), false),
    ] {
        let page = admin.get(&format!("/v2/library/app/tags/list?{query}")).await.with_status(200);
        assert_eq!(page.json()["tags"], expected, "{query}");
        assert_eq!(!page.header("link").is_empty(), more, "{query}");
    }
    let bad = admin.get("/v2/library/app/tags/list?n=x").await.with_status(400);
    assert_eq!(bad.code(), "PAGINATION_NUMBER_INVALID");
    admin.get("/v2/library/none/tags/list").await.expect_status(404);
}
