//! Content trust: what is not signed is not handed out, where a project wants it so.

use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, index, push_blob, push_manifest};
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::json;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const NOTATION: &str = "application/vnd.cncf.notary.signature";

async fn demand(t: &TestApp, name: &str, value: &str) {
    let body = json!({ "metadata": { name: value } });
    t.admin().send_json(Method::PUT, "/api/v2.0/projects/library", &body).await.expect_status(200);
}

/// A signature of the kind on what has that digest.
async fn sign(who: &Persona, seed: u64, digest: &str, size: usize, kind: &str) -> String {
    let subject = json!({ "mediaType": IMAGE_TYPE, "digest": digest, "size": size });
    let signature = Image::build(seed, 0, &json!({ "subject": subject, "artifactType": kind }));
    signature.push(who, "library/app", signature.digest().as_str()).await;
    format!("/v2/library/app/manifests/{}", signature.digest())
}

#[track_caller]
fn refused(answer: Answer, tool: &str) {
    let answer = answer.with_status(412);
    assert_eq!(answer.code(), "PROJECTPOLICYVIOLATION");
    assert!(answer.text().contains(&format!("The image is not signed by {tool}.")), "{}", answer.text());
}

#[tokio::test]
async fn pulls_need_the_signatures_that_the_project_demands() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "1").await;
    let reader = t.user("reader").await.with_token(&["repository:library/app:pull"]).await;
    let by_digest = format!("/v2/library/app/manifests/{}", image.digest());
    let paths = ["/v2/library/app/manifests/1", by_digest.as_str()];
    for path in paths {
        reader.get(path).await.expect_status(200);
    }
    demand(&t, "enable_content_trust_cosign", "true").await;
    for path in paths {
        refused(reader.get(path).await, "cosign");
        refused(admin.get(path).await, "cosign");
        reader.head(path).await.expect_status(412);
    }
    let digest = image.digest();
    let first = sign(&admin, 2, digest.as_str(), image.manifest.len(), BUNDLE).await;
    for path in paths {
        reader.get(path).await.expect_status(200);
        reader.head(path).await.expect_status(200);
    }
    reader.get(&first).await.expect_status(200);

    demand(&t, "enable_content_trust", "true").await;
    refused(reader.get(paths[0]).await, "notation");
    reader.get(&first).await.expect_status(200);
    let second = sign(&admin, 3, digest.as_str(), image.manifest.len(), NOTATION).await;
    reader.get(paths[0]).await.expect_status(200);
    // What is taken away counts no more, and what nobody demands is not asked for.
    admin.delete(&first).await.expect_status(202);
    refused(reader.get(paths[0]).await, "cosign");
    demand(&t, "enable_content_trust_cosign", "false").await;
    reader.get(paths[0]).await.expect_status(200);
    admin.delete(&second).await.expect_status(202);
    refused(reader.get(paths[0]).await, "notation");
    admin.delete("/api/v2.0/projects/library/metadatas/enable_content_trust").await.expect_status(200);
    reader.get(paths[0]).await.expect_status(200);
}

#[tokio::test]
async fn who_demands_nothing_pays_nothing() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    let reader = t.user("reader").await.with_token(&["repository:library/app:pull"]).await;
    reader.get("/v2/library/app/manifests/1").await.expect_status(200);
    let before = t.app().statements();
    reader.get("/v2/library/app/manifests/1").await.expect_status(200);
    let used = t.app().statements() - before;
    // None where memory is exact, else the manifest's own.
    assert!(used <= 1, "{used} statements");
}

#[tokio::test]
async fn cosigns_old_tags_count() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "1").await;
    demand(&t, "enable_content_trust_cosign", "true").await;
    let payload = b"payload".to_vec();
    let payload_digest = push_blob(&admin, "library/app", &payload).await;
    let layers = json!([{
        "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
        "digest": payload_digest.as_str(), "size": payload.len(),
    }]);
    let signature = Image::build(2, 0, &json!({ "layers": layers }));
    let tag = format!("{}.sig", image.digest().as_str().replace(':', "-"));
    signature.push(&admin, "library/app", &tag).await;
    admin.get("/v2/library/app/manifests/1").await.expect_status(200);
    admin.get(&format!("/v2/library/app/manifests/{tag}")).await.expect_status(200);
}

#[tokio::test]
async fn a_signed_index_vouches_for_what_it_lists() {
    let t = TestApp::start().await;
    let (admin, image, stray) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    image.push(&admin, "library/app", image.digest().as_str()).await;
    stray.push(&admin, "library/app", "stray").await;
    let list = index(&[(&image.digest(), image.manifest.len())]);
    push_manifest(&admin, "library/app", "1", INDEX_TYPE, &list).await.expect_status(201);
    demand(&t, "enable_content_trust_cosign", "true").await;
    let child = format!("/v2/library/app/manifests/{}", image.digest());
    refused(admin.get(&child).await, "cosign");
    sign(&admin, 3, minato_testkit::content::digest(&list).as_str(), list.len(), BUNDLE).await;
    admin.get("/v2/library/app/manifests/1").await.expect_status(200);
    admin.get(&child).await.expect_status(200);
    refused(admin.get("/v2/library/app/manifests/stray").await, "cosign");
}

#[tokio::test]
async fn tools_that_sign_may_look_at_what_they_may_push() {
    let t = TestApp::start().await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "1").await;
    demand(&t, "enable_content_trust_cosign", "true").await;
    let developer = t.member("developer", Role::Developer, "library").await;
    let as_tool = async |who: &Persona, agent: &str| {
        who.get_with("/v2/library/app/manifests/1", "user-agent", agent).await.status
    };
    let pusher = developer.with_token(&["repository:library/app:pull,push"]).await;
    let puller = developer.with_token(&["repository:library/app:pull"]).await;
    assert_eq!(as_tool(&pusher, "cosign/v3.0.1 (linux; amd64)").await, 200);
    assert_eq!(as_tool(&pusher, "notation/1.3").await, 200);
    assert_eq!(as_tool(&pusher, "docker/28").await, 412);
    assert_eq!(as_tool(&puller, "cosign/v3.0.1").await, 412);
    assert_eq!(as_tool(&developer, "cosign/v3.0.1").await, 412, "without a token");
}
