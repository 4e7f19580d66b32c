//! Artifacts through the management API: how they look, what belongs to them, who deletes them.

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, digest, index, push_manifest};
use minato_types::project::Role;
use serde_json::{Value, json};

const ARTIFACTS: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

fn subject_of(image: &Image) -> Value {
    json!({ "mediaType": IMAGE_TYPE, "digest": image.digest().as_str(), "size": image.manifest.len() })
}

fn digests(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["digest"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_image_looks_as_in_harbor() {
    let t = TestApp::start().await;
    let image = Image::build(1, 2, &json!({ "annotations": { "k": "v" } }));
    image.push(&t.admin(), "library/team/app", "1").await;
    let base = "/api/v2.0/projects/library/repositories/team%252Fapp/artifacts";
    let shown = t.admin().get(&format!("{base}/1")).await.with_status(200).json();
    let size: usize = image.blobs.iter().map(Vec::len).sum::<usize>() + image.manifest.len();
    let digest = image.digest();
    assert_eq!(shown["type"], "IMAGE");
    assert_eq!(shown["media_type"], "application/vnd.oci.image.config.v1+json");
    assert_eq!(shown["manifest_media_type"], IMAGE_TYPE);
    assert_eq!(shown["digest"], digest.as_str());
    assert_eq!(shown["repository_name"], "library/team/app");
    assert_eq!(shown["size"], size);
    assert_eq!(shown["annotations"], json!({ "k": "v" }));
    assert_eq!(shown["pull_time"], "0001-01-01T00:00:00.000Z");
    assert_eq!(shown["tags"][0]["name"], "1");
    assert_eq!(
        (&shown["labels"], &shown["references"], &shown["accessories"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let history = format!("{base}/{digest}/additions/build_history");
    assert_eq!(shown["addition_links"], json!({ "build_history": { "href": history, "absolute": false } }));
    assert_eq!(t.admin().get(&format!("{base}/{digest}")).await.with_status(200).json(), shown);
    assert_eq!(t.admin().get(&format!("{base}/{digest}?with_tag=false")).await.json()["tags"], Value::Null);
    for unknown in ["none", "sha256:abc", "-x"] {
        let answer = t.admin().get(&format!("{base}/{unknown}")).await.with_status(404);
        assert_eq!(answer.code(), "NOT_FOUND");
    }
    t.admin().get(&format!("{base}/1?with_tag=maybe")).await.expect_status(422);
}

#[tokio::test]
async fn an_index_shows_its_children_and_lists_hide_them() {
    let t = TestApp::start().await;
    let (admin, one, two) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    for image in [&one, &two] {
        image.push(&admin, "library/app", image.digest().as_str()).await;
    }
    let mut document: Value = serde_json::from_slice(&index(&[
        (&one.digest(), one.manifest.len()),
        (&two.digest(), two.manifest.len()),
    ]))
    .unwrap();
    document["manifests"][0]["platform"] = json!({ "architecture": "arm64", "os": "linux", "variant": "v8" });
    document["manifests"][1]["annotations"] = json!({ "a": "b" });
    let document = document.to_string().into_bytes();
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);

    let listed = admin.get(ARTIFACTS).await.with_status(200);
    assert_eq!(listed.header("x-total-count"), "1");
    let whole = listed.json()[0].clone();
    assert_eq!(whole["digest"], digest(&document).as_str());
    assert!(whole.get("addition_links").is_none(), "an index has no history");
    let mut references = whole["references"].as_array().unwrap().clone();
    references.sort_by_key(|reference| reference["child_digest"] != one.digest().as_str());
    assert_eq!(references.len(), 2);
    assert_eq!(references[0]["platform"], json!({ "architecture": "arm64", "os": "linux", "variant": "v8" }));
    assert_eq!(references[1]["annotations"], json!({ "a": "b" }));
    assert_eq!(references[0]["parent_id"], whole["id"]);
    let all = admin.get(&format!("{ARTIFACTS}?q=base%3D*")).await.with_status(200);
    assert_eq!(all.header("x-total-count"), "3");

    // With the index go the children that nothing else names; a tagged one stays.
    push_manifest(&admin, "library/app", "kept", IMAGE_TYPE, &two.manifest).await.expect_status(201);
    let child = format!("{ARTIFACTS}/{}", one.digest());
    assert_eq!(admin.delete(&child).await.with_status(412).code(), "PRECONDITION");
    admin.delete(&format!("{ARTIFACTS}/multi")).await.expect_status(200);
    admin.get(&child).await.expect_status(404);
    assert_eq!(digests(&admin.get(ARTIFACTS).await.json()), [two.digest().as_str()]);
}

#[tokio::test]
async fn signatures_belong_to_what_they_sign() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "1").await;
    let by_subject = Image::build(
        2,
        1,
        &json!({ "subject": subject_of(&image), "artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json" }),
    );
    by_subject.push(&admin, "library/app", by_subject.digest().as_str()).await;
    let mut by_tag = Image::new(3, 1);
    let mut manifest: Value = serde_json::from_slice(&by_tag.manifest).unwrap();
    manifest["layers"][0]["mediaType"] = json!("application/vnd.dev.cosign.simplesigning.v1+json");
    by_tag.manifest = manifest.to_string().into_bytes();
    let tag = format!("sha256-{}.sig", image.digest().hex());
    by_tag.push(&admin, "library/app", &tag).await;
    let note = Image::build(4, 1, &json!({ "subject": subject_of(&image), "artifactType": "application/x" }));
    note.push(&admin, "library/app", note.digest().as_str()).await;

    let listed = admin.get(ARTIFACTS).await.json();
    assert_eq!(digests(&listed), [image.digest().as_str()]);
    let nested = listed[0]["accessories"].as_array().unwrap();
    assert_eq!(nested.len(), 3);
    assert_eq!(
        admin.get(&format!("{ARTIFACTS}?with_accessory=false")).await.json()[0]["accessories"],
        Value::Null
    );
    let accessories = format!("{ARTIFACTS}/1/accessories");
    let found = admin.get(&format!("{accessories}?sort=id")).await.with_status(200);
    assert_eq!(found.header("x-total-count"), "3");
    let found = found.json();
    assert_eq!(
        digests(&found),
        [by_subject.digest().as_str(), by_tag.digest().as_str(), note.digest().as_str()]
    );
    let types: Vec<_> = found.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["signature.cosign", "signature.cosign", "subject.accessory"]);
    assert_eq!(found[0]["subject_artifact_digest"], image.digest().as_str());
    assert_eq!(found[0]["subject_artifact_id"], listed[0]["id"]);
    assert_eq!(found[0]["subject_artifact_repo"], "library/app");
    let notes = admin.get(&format!("{accessories}?q=type%3Dsubject.accessory")).await.json();
    assert_eq!(digests(&notes), [note.digest().as_str()]);

    // Signatures go with what they sign, a note stays.
    admin.delete(&format!("{ARTIFACTS}/1")).await.expect_status(200);
    admin.get(&format!("{ARTIFACTS}/{}", by_subject.digest())).await.expect_status(404);
    admin.get(&format!("{ARTIFACTS}/{tag}")).await.expect_status(404);
    admin.get(&format!("{ARTIFACTS}/{}", note.digest())).await.expect_status(200);
}

#[tokio::test]
async fn a_child_inherits_the_signatures_of_its_index() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", image.digest().as_str()).await;
    let document = index(&[(&image.digest(), image.manifest.len())]);
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    let subject =
        json!({ "mediaType": INDEX_TYPE, "digest": digest(&document).as_str(), "size": document.len() });
    let extra = json!({ "subject": subject, "artifactType": "application/vnd.cncf.notary.signature" });
    let signature = Image::build(2, 1, &extra);
    signature.push(&admin, "library/app", signature.digest().as_str()).await;
    let child = format!("{ARTIFACTS}/{}", image.digest());
    assert!(admin.get(&child).await.json().get("inherited_accessories").is_none());
    let shown = admin.get(&format!("{child}?with_inherited_accessory=true")).await.json();
    let inherited = &shown["inherited_accessories"][0];
    assert_eq!(
        (&inherited["type"], &inherited["subject_artifact_digest"]),
        (&json!("signature.notation"), &json!(digest(&document).as_str()))
    );
}

#[tokio::test]
async fn labels_are_shown_when_asked_for() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    let shown = t.admin().get(&format!("{ARTIFACTS}/1?with_label=true")).await.with_status(200).json();
    assert_eq!(shown["labels"], Value::Null);
}

#[tokio::test]
async fn who_sees_and_who_deletes() {
    let t = TestApp::start().await;
    t.project("secret", false).await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "1").await;
    image.push(&t.admin(), "secret/app", "1").await;
    let guest = t.member("guest", Role::Guest, "library").await;
    let developer = t.member("dev", Role::Developer, "library").await;
    let maintainer = t.member("main", Role::Maintainer, "library").await;
    let one = format!("{ARTIFACTS}/1");
    t.anonymous().get(ARTIFACTS).await.expect_status(200);
    t.anonymous().get(&one).await.expect_status(200);
    t.anonymous().get(&format!("{one}/accessories")).await.expect_status(200);
    for repository in ["secret/repositories/app", "absent/repositories/app"] {
        let hidden = format!("/api/v2.0/projects/{repository}/artifacts");
        for path in [hidden.clone(), format!("{hidden}/1"), format!("{hidden}/1/tags")] {
            t.anonymous().get(&path).await.expect_status(401);
            guest.get(&path).await.expect_status(403);
        }
    }
    t.admin().get("/api/v2.0/projects/library/repositories/none/artifacts").await.expect_status(404);
    t.anonymous().delete(&one).await.expect_status(401);
    guest.delete(&one).await.expect_status(403);
    developer.delete(&one).await.expect_status(403);
    maintainer.delete(&one).await.expect_status(200);
    maintainer.delete(&one).await.expect_status(404);
    t.admin().get("/v2/secret/app/manifests/1").await.expect_status(200);
}
