//! Input that nobody sends by accident: it gets a clear error, never a 500.

use minato_testkit::content::IMAGE_TYPE;
use minato_testkit::content::{Image, digest, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use serde_json::json;

/// `PostgreSQL` can't keep a NUL in text.
#[tokio::test]
async fn a_nul_in_any_text() {
    let t = TestApp::start().await;
    let admin = t.admin();
    Image::new(1, 1).push(&admin, "library/app", "1").await;
    let of = digest(b"x");
    for path in [
        "/v2/library/app/tags/list?last=%00",
        "/v2/_catalog?last=%00",
        &format!("/v2/library/app/referrers/{of}?artifactType=%00"),
        &format!("/v2/library/app/referrers/{of}?last=%00"),
        "/api/v2.0/projects?name=%00",
        "/api/v2.0/projects/%00",
        "/v2/library/%00/tags/list",
    ] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
    }
    admin.head("/api/v2.0/projects?project_name=%00").await.expect_status(400);
    let nul = Persona::user(t.address(), "a\0b", "x");
    for path in ["/v2/", "/service/token?service=harbor-registry", "/api/v2.0/users/current"] {
        nul.get(path).await.expect_status(401);
    }
    for field in ["realname", "comment", "email"] {
        let mut user =
            json!({ "username": "n", "email": "n@x.org", "realname": "N", "password": "Correct1horse" });
        user[field] = json!("a\0@b");
        admin.post_json("/api/v2.0/users", &user).await.expect_status(400);
    }
    let typed = Image::build(2, 0, &json!({ "artifactType": "a\0b" }));
    push_blob(&admin, "library/app", &typed.blobs[0]).await;
    let answer =
        push_manifest(&admin, "library/app", "nul", IMAGE_TYPE, &typed.manifest).await.with_status(400);
    assert_eq!(answer.code(), "MANIFEST_INVALID");
}

#[tokio::test]
async fn numbers_at_their_ends() {
    let t = TestApp::start().await;
    let admin = t.admin();
    for path in [
        "/api/v2.0/projects?page=9223372036854775807&page_size=100",
        "/api/v2.0/projects?page_size=0",
        "/api/v2.0/projects/9223372036854775807",
        "/api/v2.0/projects/99999999999999999999",
        "/api/v2.0/users/-1",
        "/v2/library/app/tags/list?n=18446744073709551615",
    ] {
        let answer = admin.get(path).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn bodies_of_another_form() {
    let t = TestApp::start().await;
    // A list of what the fields would hold is no object, and a refusal speaks of JSON.
    for (body, why) in [
        (json!(["team", null, null]), "the body must be a JSON object"),
        (json!({ "project_name": 7 }), "invalid type: integer `7`, expected a string"),
        (json!({ "project_name": "team", "metadata": [] }), "expected an object"),
    ] {
        let refused = t.admin().post_json("/api/v2.0/projects", &body).await.with_status(422);
        assert!(refused.text().contains(why), "{}", refused.text());
    }
    // Too much at once is told apart from what has the wrong form.
    let large = json!({ "project_name": "a".repeat(3 << 20) });
    let refused = t.admin().post_json("/api/v2.0/projects", &large).await.with_status(413);
    assert_eq!(refused.code(), "REQUEST_ENTITY_TOO_LARGE");
}
