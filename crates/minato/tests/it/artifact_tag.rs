//! Tags of artifacts through the management API, and what keeps them.

use minato_db::immutable::Rule;
use minato_testkit::TestApp;
use minato_testkit::content::{INDEX_TYPE, Image, index, push_manifest};
use minato_types::id::ImmutableRuleId;
use minato_types::project::Role;
use serde_json::json;

const ARTIFACTS: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

/// Makes a rule that holds the tags of a project that look like `pattern`.
pub(crate) async fn hold_tags(t: &TestApp, project: &str, pattern: &str) {
    let mut tx = t.db().begin().await.unwrap();
    let standing = minato_db::project::standing(&mut tx, project, None, 0).await.unwrap().unwrap();
    let choice = |decoration: &str, pattern: &str| json!({ "kind": "doublestar", "decoration": decoration, "pattern": pattern });
    let rule = Rule {
        id: ImmutableRuleId(0),
        project: standing.project,
        priority: 0,
        disabled: false,
        action: "immutable".to_owned(),
        template: "immutable_template".to_owned(),
        params: "{}".to_owned(),
        tag_selectors: json!([choice("matches", pattern)]).to_string(),
        scope_selectors: json!({ "repository": [choice("repoMatches", "**")] }).to_string(),
    };
    minato_db::immutable::insert(&mut tx, &rule, minato_types::clock::Clock::now(t.clock())).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn made_listed_and_deleted() {
    let t = TestApp::start().await;
    let (admin, image, other) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    image.push(&admin, "library/app", "1").await;
    other.push(&admin, "library/app", "other").await;
    let tags = format!("{ARTIFACTS}/{}/tags", image.digest());
    let made = admin.post_json(&tags, &json!({ "name": "stable" })).await.with_status(201);
    assert_eq!(made.header("location"), format!("{tags}/stable"));
    assert_eq!(
        admin.post_json(&tags, &json!({ "name": "stable" })).await.with_status(409).code(),
        "CONFLICT"
    );
    admin.post_json(&tags, &json!({ "name": "other" })).await.expect_status(409);
    assert_eq!(admin.post_json(&tags, &json!({ "name": "-x" })).await.with_status(400).code(), "BAD_REQUEST");
    admin.post_json(&tags, &json!({})).await.expect_status(422);
    admin.post_json(&format!("{ARTIFACTS}/none/tags"), &json!({ "name": "x" })).await.expect_status(404);

    let listed = admin.get(&format!("{tags}?sort=name")).await.with_status(200);
    assert_eq!(listed.header("x-total-count"), "2");
    let listed = listed.json();
    assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("1"), &json!("stable")));
    assert_eq!(
        (&listed[0]["pull_time"], &listed[0]["immutable"]),
        (&json!("0001-01-01T00:00:00.000Z"), &json!(false))
    );
    let asked = admin.get(&format!("{tags}?q=name%3D~STA")).await.json();
    assert_eq!((asked.as_array().unwrap().len(), &asked[0]["name"]), (1, &json!("stable")));

    // A tag of another artifact is none of this one.
    admin.delete(&format!("{tags}/other")).await.expect_status(404);
    admin.delete(&format!("{tags}/none")).await.expect_status(404);
    admin.delete(&format!("{tags}/stable")).await.expect_status(200);
    admin.get("/v2/library/app/manifests/stable").await.expect_status(404);
    admin.get("/v2/library/app/manifests/1").await.expect_status(200);
}

#[tokio::test]
async fn who_may() {
    let t = TestApp::start().await;
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    let tags = format!("{ARTIFACTS}/1/tags");
    let guest = t.member("guest", Role::Guest, "library").await;
    let developer = t.member("dev", Role::Developer, "library").await;
    let maintainer = t.member("main", Role::Maintainer, "library").await;
    t.anonymous().get(&tags).await.expect_status(200);
    t.anonymous().post_json(&tags, &json!({ "name": "2" })).await.expect_status(401);
    guest.post_json(&tags, &json!({ "name": "2" })).await.expect_status(403);
    developer.post_json(&tags, &json!({ "name": "2" })).await.expect_status(201);
    t.anonymous().delete(&format!("{tags}/2")).await.expect_status(401);
    developer.delete(&format!("{tags}/2")).await.expect_status(403);
    maintainer.delete(&format!("{tags}/2")).await.expect_status(200);
}

#[tokio::test]
async fn immutable_tags_stay() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "v1").await;
    image.push(&admin, "library/app", "latest").await;
    hold_tags(&t, "library", "v*").await;
    let tags = format!("{ARTIFACTS}/{}/tags", image.digest());
    assert_eq!(admin.delete(&format!("{tags}/v1")).await.with_status(412).code(), "PRECONDITION");
    admin.delete("/v2/library/app/manifests/v1").await.expect_status(412);
    admin.delete(&format!("{ARTIFACTS}/latest")).await.expect_status(412);
    admin.delete(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(412);
    admin.delete("/v2/library/app/manifests/latest").await.expect_status(202);
    admin.post_json(&tags, &json!({ "name": "v2" })).await.expect_status(201);
    let listed = admin.get(&format!("{tags}?with_immutable_status=true&sort=name")).await.json();
    assert_eq!((&listed[0]["name"], &listed[0]["immutable"]), (&json!("v1"), &json!(true)));
    let shown = admin.get(&format!("{ARTIFACTS}?with_immutable_status=true")).await.json();
    assert_eq!(shown[0]["tags"][0]["immutable"], true);
    let plain = admin.get(ARTIFACTS).await.json();
    assert_eq!(plain[0]["tags"][0]["immutable"], false);
}

#[tokio::test]
async fn a_child_of_an_index_is_listed_while_it_has_a_tag() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    image.push(&admin, "library/app", "child").await;
    let document = index(&[(&image.digest(), image.manifest.len())]);
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    let count = async || admin.get(ARTIFACTS).await.with_status(200).header("x-total-count").to_owned();
    assert_eq!(count().await, "2");
    admin.delete("/v2/library/app/manifests/child").await.expect_status(202);
    assert_eq!(count().await, "1");
    let tags = format!("{ARTIFACTS}/{}/tags", image.digest());
    admin.post_json(&tags, &json!({ "name": "again" })).await.expect_status(201);
    assert_eq!(count().await, "2");
    admin.delete(&format!("{tags}/again")).await.expect_status(200);
    assert_eq!(count().await, "1");
}
