//! Referrers: signatures and the like, found by what they are about.

use minato_testkit::TestApp;
use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, digest, push_manifest};
use serde_json::{Value, json};

fn subject_of(image: &Image) -> Value {
    json!({ "mediaType": IMAGE_TYPE, "digest": image.digest().as_str(), "size": image.manifest.len() })
}

#[tokio::test]
async fn found_in_either_order_of_arrival() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let list = format!("/v2/library/app/referrers/{}", image.digest());
    let empty = admin.get(&list).await.with_status(200);
    assert_eq!(empty.header("content-type"), INDEX_TYPE);
    assert_eq!(empty.json(), json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [] }));

    let extra = json!({ "subject": subject_of(&image), "artifactType": "application/x.sig", "annotations": { "k": "v" } });
    let signature = Image::build(2, 1, &extra);
    let pushed = signature.push(&admin, "library/app", signature.digest().as_str()).await;
    assert_eq!(pushed.header("oci-subject"), image.digest().as_str());
    image.push(&admin, "library/app", "1").await;
    let plain = Image::build(3, 1, &json!({ "subject": subject_of(&image) }));
    plain.push(&admin, "library/app", plain.digest().as_str()).await;

    let found = admin.get(&list).await.with_status(200).json();
    let mut expected = vec![
        json!({ "mediaType": IMAGE_TYPE, "digest": signature.digest().as_str(), "size": signature.manifest.len(),
                "artifactType": "application/x.sig", "annotations": { "k": "v" } }),
        json!({ "mediaType": IMAGE_TYPE, "digest": plain.digest().as_str(), "size": plain.manifest.len(),
                "artifactType": "application/vnd.oci.image.config.v1+json" }),
    ];
    expected.sort_by_key(|descriptor| descriptor["digest"].as_str().unwrap().to_owned());
    assert_eq!(found["manifests"], json!(expected));

    let filtered = admin.get(&format!("{list}?artifactType=application/x.sig")).await;
    assert_eq!(filtered.header("oci-filters-applied"), "artifactType");
    assert_eq!(filtered.json()["manifests"].as_array().unwrap().len(), 1);

    admin.delete(&format!("/v2/library/app/manifests/{}", signature.digest())).await.expect_status(202);
    assert_eq!(admin.get(&list).await.json()["manifests"].as_array().unwrap().len(), 1);
    admin.get("/v2/library/app/referrers/sha256:1").await.expect_status(400);
}

#[tokio::test]
async fn an_index_without_a_type_shows_none() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "1").await;
    let document = json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [], "subject": subject_of(&image) });
    let document = document.to_string().into_bytes();
    let reference = digest(&document);
    push_manifest(&admin, "library/app", reference.as_str(), INDEX_TYPE, &document).await.expect_status(201);
    let found = admin.get(&format!("/v2/library/app/referrers/{}", image.digest())).await.json();
    assert!(found["manifests"][0].get("artifactType").is_none());
}

#[tokio::test]
async fn page_by_page() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    for seed in 10..15 {
        let extra = json!({ "subject": subject_of(&image), "artifactType": "application/x" });
        let referrer = Image::build(seed, 0, &extra);
        referrer.push(&admin, "library/app", referrer.digest().as_str()).await;
    }
    let mut next = format!("/v2/library/app/referrers/{}?n=2&artifactType=application/x", image.digest());
    let mut seen = std::collections::BTreeSet::new();
    while !next.is_empty() {
        let page = admin.get(&next).await.with_status(200);
        for descriptor in page.json()["manifests"].as_array().unwrap() {
            assert!(seen.insert(descriptor["digest"].as_str().unwrap().to_owned()), "listed twice");
        }
        next = page.header("link").split(['<', '>']).nth(1).unwrap_or("").to_owned();
    }
    assert_eq!(seen.len(), 5);
}
