//! What is inside of artifacts.

use std::io::Write as _;

use minato_testkit::content::{IMAGE_TYPE, Image, digest, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use serde_json::{Value, json};

const ARTIFACTS: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

fn tgz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Pushes a manifest of one configuration and one layer.
async fn push(who: &Persona, tag: &str, config: (&str, &[u8]), layer: (&str, &[u8])) -> Vec<u8> {
    for blob in [config.1, layer.1] {
        push_blob(who, "library/app", blob).await;
    }
    let describe = |(media_type, blob): (&str, &[u8])| json!({ "mediaType": media_type, "digest": digest(blob).as_str(), "size": blob.len() });
    let manifest = json!({ "schemaVersion": 2, "mediaType": IMAGE_TYPE, "config": describe(config), "layers": [describe(layer)] });
    let manifest = manifest.to_string().into_bytes();
    push_manifest(who, "library/app", tag, IMAGE_TYPE, &manifest).await.expect_status(201);
    manifest
}

async fn push_chart(who: &Persona, tag: &str, chart: &[u8]) {
    let config =
        ("application/vnd.cncf.helm.config.v1+json", br#"{"name":"web","version":"1.0.0"}"#.as_slice());
    push(who, tag, config, ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", chart)).await;
}

#[tokio::test]
async fn the_history_of_an_image() {
    let t = TestApp::start().await;
    let history = json!([{ "created_by": "RUN x" }, { "empty_layer": true }]);
    let config = json!({ "os": "linux", "history": history }).to_string();
    let config = ("application/vnd.oci.image.config.v1+json", config.as_bytes());
    push(&t.admin(), "1", config, ("application/vnd.oci.image.layer.v1.tar", b"layer")).await;
    let shown = t.anonymous().get(&format!("{ARTIFACTS}/1/additions/build_history")).await.with_status(200);
    assert_eq!(shown.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(shown.json(), history);
    Image::new(2, 1).push(&t.admin(), "library/app", "2").await;
    assert_eq!(t.admin().get(&format!("{ARTIFACTS}/2/additions/build_history")).await.json(), json!([]));
    for (addition, status) in [("values.yaml", 400), ("files", 400), ("vulnerabilities", 404), ("other", 422)]
    {
        t.admin().get(&format!("{ARTIFACTS}/1/additions/{addition}")).await.expect_status(status);
    }
    t.admin().get(&format!("{ARTIFACTS}/none/additions/build_history")).await.expect_status(404);
}

#[tokio::test]
async fn a_manifest_that_is_looked_at_is_not_pulled() {
    let t = TestApp::start().await;
    let image = Image::new(1, 2);
    image.push(&t.admin(), "library/app", "1").await;
    for reference in ["1", image.digest().as_str()] {
        let shown = t.anonymous().get(&format!("{ARTIFACTS}/{reference}/additions/manifest")).await;
        assert_eq!(shown.with_status(200).body, image.manifest);
    }
    minato_core::audit::flush(t.app()).await.unwrap();
    let log =
        t.admin().get("/api/v2.0/projects/library/auditlog-exts?q=operation%3Dpull").await.with_status(200);
    assert_eq!(log.json(), json!([]));
    t.anonymous().get(&format!("{ARTIFACTS}/none/additions/manifest")).await.expect_status(404);
}

#[tokio::test]
async fn the_files_of_a_chart() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let chart = tgz(&[
        ("web/charts/sub/values.yaml", b"sub: 1"),
        ("web/Chart.yaml", b"name: web\ndependencies:\n- name: redis\n  version: 1.x\n  repository: oci://example\n  condition: redis.enabled\n"),
        ("web/values.yaml", b"replicas: 1\n"),
        ("web/Readme.md", b"# Web\n"),
    ]);
    push_chart(&admin, "1", &chart).await;
    let shown = admin.get(&format!("{ARTIFACTS}/1")).await.json();
    assert_eq!(shown["type"], "CHART");
    assert_eq!(shown["extra_attrs"], json!({ "name": "web", "version": "1.0.0" }));
    let links: Vec<_> = shown["addition_links"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(links, ["dependencies", "readme.md", "values.yaml"]);
    for (name, content_type, text) in [
        ("values.yaml", "text/plain; charset=utf-8", "replicas: 1\n"),
        ("readme.md", "text/markdown; charset=utf-8", "# Web\n"),
    ] {
        let href = shown["addition_links"][name]["href"].as_str().unwrap();
        let found = t.anonymous().get(href).await.with_status(200);
        assert_eq!((found.header("content-type"), found.text().as_str()), (content_type, text));
    }
    let needs = admin.get(&format!("{ARTIFACTS}/1/additions/dependencies")).await.with_status(200);
    assert_eq!(needs.header("content-type"), "application/json; charset=utf-8");
    let redis = json!({ "name": "redis", "version": "1.x", "repository": "oci://example", "condition": "redis.enabled" });
    assert_eq!(needs.json(), json!([redis]));
    admin.get(&format!("{ARTIFACTS}/1/additions/build_history")).await.expect_status(400);
}

#[tokio::test]
async fn charts_that_are_none() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let old = tgz(&[
        ("web/Chart.yaml", b"name: web"),
        ("web/requirements.yaml", b"dependencies: [{name: a, version: '1'}]"),
    ]);
    push_chart(&admin, "old", &old).await;
    let needs = admin.get(&format!("{ARTIFACTS}/old/additions/dependencies")).await.with_status(200).json();
    assert_eq!(needs, json!([{ "name": "a", "version": "1", "repository": "" }]));
    admin.get(&format!("{ARTIFACTS}/old/additions/readme.md")).await.expect_status(404);

    push_chart(&admin, "noise", &minato_testkit::content::bytes(1, 5000)).await;
    let broken = tgz(&[("web/Chart.yaml", b"dependencies: {a: [")]);
    push_chart(&admin, "broken", &broken).await;
    let large = tgz(&[("web/values.yaml", &vec![b'a'; 5 << 20])]);
    push_chart(&admin, "large", &large).await;
    // A gigabyte of zeros, in a megabyte.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_path("web/filler").unwrap();
    header.set_size(200 << 20);
    header.set_cksum();
    encoder.write_all(header.as_bytes()).unwrap();
    for _ in 0..200 {
        encoder.write_all(&zeros).unwrap();
    }
    push_chart(&admin, "bomb", &encoder.finish().unwrap()).await;
    for (tag, addition) in [
        ("noise", "values.yaml"),
        ("broken", "dependencies"),
        ("large", "values.yaml"),
        ("bomb", "values.yaml"),
    ] {
        let answer = admin.get(&format!("{ARTIFACTS}/{tag}/additions/{addition}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{tag}");
    }
}

#[tokio::test]
async fn a_bill_of_materials() {
    let t = TestApp::start().await;
    let kind = "application/vnd.goharbor.harbor.sbom.v1";
    let bill = json!({ "spdxVersion": "SPDX-2.3" }).to_string();
    push(&t.admin(), "bill", (kind, b"{}"), (kind, bill.as_bytes())).await;
    let shown: Value = t.admin().get(&format!("{ARTIFACTS}/bill")).await.with_status(200).json();
    let href = shown["addition_links"]["sbom"]["href"].as_str().unwrap();
    let found = t.admin().get(href).await.with_status(200);
    assert_eq!((found.header("content-type"), found.text()), (kind, bill));
}

#[tokio::test]
async fn what_is_in_a_model() {
    // Given a model with a folder, a file that is not there any more, and two texts,
    let t = TestApp::start().await;
    let admin = t.admin();
    let mut packed = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(7);
    packed.append_data(&mut header, "README.md", b"# Model".as_slice()).unwrap();
    let packed = packed.into_inner().unwrap();
    let layers: [(&str, &str, &[u8]); 4] = [
        ("application/vnd.cncf.model.doc.v1.tar", "README.md", &packed),
        ("application/vnd.cncf.model.doc.v1.raw", "LICENSE", b"Do as you like."),
        ("application/vnd.cncf.model.weight.v1.raw", "weights/large/one.bin", b"0123456789"),
        ("application/vnd.cncf.model.weight.config.v1.tar", "config/", b"folder"),
    ];
    for blob in layers.iter().map(|(_, _, blob)| *blob).chain([b"{}".as_slice()]) {
        push_blob(&admin, "library/app", blob).await;
    }
    let describe = |(kind, path, blob): &(&str, &str, &[u8])| {
        json!({
            "mediaType": kind, "digest": digest(blob).as_str(), "size": blob.len(),
            "annotations": { "org.cncf.model.filepath": path },
        })
    };
    let manifest = json!({
        "schemaVersion": 2, "mediaType": IMAGE_TYPE,
        "artifactType": "application/vnd.cncf.model.manifest.v1+json",
        "config": { "mediaType": "application/vnd.cncf.model.config.v1+json", "digest": digest(b"{}").as_str(), "size": 2 },
        "layers": layers.iter().map(describe).collect::<Vec<_>>(),
    });
    push_manifest(&admin, "library/app", "model", IMAGE_TYPE, manifest.to_string().as_bytes())
        .await
        .expect_status(201);
    // then its parts are shown, and named in its detail.
    let part = async |name: &str| admin.get(&format!("{ARTIFACTS}/model/additions/{name}")).await;
    assert_eq!(part("readme.md").await.with_status(200).text(), "# Model");
    let license = part("license").await.with_status(200);
    assert_eq!(
        (license.text().as_str(), license.header("content-type")),
        ("Do as you like.", "text/plain; charset=utf-8")
    );
    let files = json!([
        { "name": "config", "type": "directory", "size": 6 },
        { "name": "weights", "type": "directory", "children": [
            { "name": "large", "type": "directory", "children": [{ "name": "one.bin", "type": "file", "size": 10 }] },
        ] },
        { "name": "LICENSE", "type": "file", "size": 15 },
        { "name": "README.md", "type": "file", "size": packed.len() },
    ]);
    assert_eq!(part("files").await.with_status(200).json(), files);
    part("values.yaml").await.expect_status(400);
    let shown = admin.get(&format!("{ARTIFACTS}/model")).await.with_status(200).json();
    let links: Vec<&String> = shown["addition_links"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["files", "license", "readme.md"]);
}
