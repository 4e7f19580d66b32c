//! Icons: of kinds, and of artifacts.

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, Image, digest, push_blob, push_manifest};
use serde_json::{Value, json};

const ARTIFACTS: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

#[tokio::test]
async fn the_icon_of_a_kind() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    let shown = t.admin().get(&format!("{ARTIFACTS}/1")).await.json();
    let icon = shown["icon"].as_str().unwrap();
    let found = t.anonymous().get(&format!("/api/v2.0/icons/{icon}")).await.with_status(200).json();
    assert_eq!(found["content-type"], "image/svg+xml");
    assert!(found["content"].as_str().unwrap().starts_with("PHN2Zy"));
    for unknown in [digest(b"x").to_string(), "x".to_owned()] {
        t.anonymous().get(&format!("/api/v2.0/icons/{unknown}")).await.expect_status(404);
    }
}

#[tokio::test]
async fn the_icon_that_an_artifact_brings() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let gif = b"GIF89a and so on".as_slice();
    for (tag, picture) in [("gif", gif), ("html", b"<script>".as_slice())] {
        let mut image = Image::new(1, 1);
        let mut manifest: Value = serde_json::from_slice(&image.manifest).unwrap();
        manifest["layers"][0] = json!({
            "mediaType": "image/gif", "digest": digest(picture).as_str(), "size": picture.len(),
            "annotations": { "io.goharbor.artifact.v1alpha1.icon": "" },
        });
        image.manifest = manifest.to_string().into_bytes();
        push_blob(&admin, "library/app", &image.blobs[0]).await;
        push_blob(&admin, "library/app", picture).await;
        push_manifest(&admin, "library/app", tag, IMAGE_TYPE, &image.manifest).await.expect_status(201);
        assert_eq!(admin.get(&format!("{ARTIFACTS}/{tag}")).await.json()["icon"], digest(picture).as_str());
    }
    let found = t.anonymous().get(&format!("/api/v2.0/icons/{}", digest(gif))).await.with_status(200).json();
    assert_eq!(found, json!({ "content-type": "image/gif", "content": "R0lGODlhIGFuZCBzbyBvbg==" }));
    // What is no picture is not shown, nor a blob that is nobody's icon.
    t.anonymous().get(&format!("/api/v2.0/icons/{}", digest(b"<script>"))).await.expect_status(404);
    let layer = push_blob(&admin, "library/app", b"GIF89a of nobody").await;
    t.anonymous().get(&format!("/api/v2.0/icons/{layer}")).await.expect_status(404);
}
