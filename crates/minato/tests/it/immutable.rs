//! Immutability rules, and what they keep from happening.

use minato_testkit::content::{IMAGE_TYPE, Image, push_manifest};
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const RULES: &str = "/api/v2.0/projects/library/immutabletagrules";

fn rule(repositories: &str, tags: &str) -> Value {
    json!({
        "action": "immutable", "template": "immutable_template", "disabled": false, "priority": 0,
        "params": {},
        "tag_selectors": [{ "kind": "doublestar", "decoration": "matches", "pattern": tags }],
        "scope_selectors": { "repository": [
            { "kind": "doublestar", "decoration": "repoMatches", "pattern": repositories },
        ] },
    })
}

async fn make(who: &Persona, rule: &Value) -> String {
    let made = who.post_json(RULES, rule).await.with_status(201);
    made.header("location").to_owned()
}

async fn put(who: &Persona, image: &Image, tag: &str) -> minato_testkit::Answer {
    push_manifest(who, "library/app", tag, IMAGE_TYPE, &image.manifest).await
}

#[tokio::test]
async fn a_held_tag_stays_what_it_is() {
    let t = TestApp::start().await;
    let (admin, old, new) = (t.admin(), Image::new(1, 1), Image::new(2, 1));
    old.push(&admin, "library/app", "v1").await;
    new.push(&admin, "library/app", "latest").await;
    let location = make(&admin, &rule("a*", "v*")).await;

    let refused = put(&admin, &new, "v1").await.with_status(412);
    assert_eq!(refused.code(), "PRECONDITION");
    assert!(refused.text().contains("configured as immutable"), "{}", refused.text());
    put(&admin, &old, "v1").await.expect_status(412);
    admin.delete("/v2/library/app/manifests/v1").await.expect_status(412);
    admin.delete(&format!("/v2/library/app/manifests/{}", old.digest())).await.expect_status(412);
    let pulled = admin.get("/v2/library/app/manifests/v1").await.with_status(200);
    assert_eq!(pulled.body, old.manifest);
    // What is new may come, once; what no rule holds may move.
    put(&admin, &new, "v2").await.expect_status(201);
    put(&admin, &new, "v2").await.expect_status(412);
    put(&admin, &old, "latest").await.expect_status(201);
    admin.delete("/v2/library/app/manifests/latest").await.expect_status(202);
    admin.delete("/v2/library/app/manifests/v9").await.expect_status(404);
    old.push(&admin, "library/other", "v1").await;
    admin.delete("/v2/library/other/manifests/v1").await.expect_status(202);

    let mut off = rule("a*", "v*");
    off["disabled"] = json!(true);
    admin.send_json(Method::PUT, &location, &off).await.expect_status(200);
    put(&admin, &new, "v1").await.expect_status(201);
    // Clients may switch it without telling it again.
    admin.send_json(Method::PUT, &location, &json!({ "disabled": false })).await.expect_status(200);
    put(&admin, &old, "v1").await.expect_status(412);
    admin.send_json(Method::PUT, &location, &json!({ "disabled": true })).await.expect_status(200);
    put(&admin, &new, "v1").await.expect_status(201);
    admin.send_json(Method::PUT, &location, &rule("a*", "v*")).await.expect_status(200);
    put(&admin, &old, "v1").await.expect_status(412);
    admin.delete(&location).await.expect_status(200);
    admin.delete(&format!("/v2/library/app/manifests/{}", new.digest())).await.expect_status(202);
}

/// As harbor-cli sends it: without `kind`, which has one value only, and without action and template.
#[tokio::test]
async fn a_rule_without_kinds_holds() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let spare = json!({
        "tag_selectors": [{ "decoration": "matches", "pattern": "v*" }],
        "scope_selectors": { "repository": [{ "decoration": "repoMatches", "pattern": "**" }] },
    });
    make(&admin, &spare).await;
    image.push(&admin, "library/app", "v1").await;
    admin.delete("/v2/library/app/manifests/v1").await.expect_status(412);
    let shown = admin.get(RULES).await.with_status(200).json();
    assert_eq!(shown[0]["tag_selectors"][0]["kind"], "doublestar");
}

#[tokio::test]
async fn patterns_may_say_what_is_not_held() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    let mut but = rule("{other,third}", "dev-*");
    but["tag_selectors"][0]["decoration"] = json!("excludes");
    but["scope_selectors"]["repository"][0]["decoration"] = json!("repoExcludes");
    make(&admin, &but).await;
    image.push(&admin, "library/app", "1").await;
    image.push(&admin, "library/app", "dev-1").await;
    put(&admin, &image, "1").await.expect_status(412);
    put(&admin, &image, "dev-1").await.expect_status(201);
    image.push(&admin, "library/other", "1").await;
    image.push(&admin, "library/other", "1").await;
}

#[tokio::test]
async fn shown_changed_and_only_by_their_project() {
    let t = TestApp::start().await;
    let admin = t.admin();
    t.project("team", false).await;
    let location = make(&admin, &rule("**", "v*")).await;
    let (base, id) = location.rsplit_once('/').unwrap();
    assert_eq!(base, RULES);
    make(&admin, &rule("**", "w*")).await;
    let list = admin.get(&format!("{RULES}?page_size=1")).await.with_status(200);
    assert_eq!(list.header("x-total-count"), "2");
    let shown = &list.json()[0];
    assert_eq!(shown["id"].to_string(), id);
    for field in ["action", "template", "tag_selectors", "scope_selectors"] {
        assert_eq!(shown[field], rule("**", "v*")[field], "{field}");
    }
    let foreign = format!("/api/v2.0/projects/team/immutabletagrules/{id}");
    admin.send_json(Method::PUT, &foreign, &rule("**", "z*")).await.expect_status(404);
    admin.send_json(Method::PUT, &foreign, &json!({ "disabled": true })).await.expect_status(404);
    admin.delete(&foreign).await.expect_status(404);
    assert_eq!(admin.post_json(RULES, &rule("**", "w*")).await.with_status(409).code(), "CONFLICT");
    admin.send_json(Method::PUT, &location, &rule("**", "w*")).await.expect_status(409);
    admin.delete(&location).await.expect_status(200);
    admin.delete(&location).await.expect_status(404);
}

#[tokio::test]
async fn what_is_refused() {
    let t = TestApp::start().await;
    let changed = |path: &[&str], value: Value| {
        let mut rule = rule("**", "v*");
        let mut place = &mut rule;
        for step in path {
            place = match step.parse::<usize>() {
                Ok(index) => &mut place[index],
                Err(_) => &mut place[step],
            };
        }
        *place = value;
        rule
    };
    let repository = ["scope_selectors", "repository", "0"];
    for bad in [
        json!({}),
        changed(&["action"], json!("retain")),
        changed(&["template"], json!("always")),
        changed(&["tag_selectors"], json!([])),
        changed(&["tag_selectors", "0", "kind"], json!("regex")),
        changed(&["tag_selectors", "0", "decoration"], json!("repoMatches")),
        changed(&["tag_selectors", "0", "pattern"], json!("")),
        changed(&["tag_selectors", "0", "pattern"], json!("[a")),
        changed(&["scope_selectors"], json!({})),
        changed(&[repository[0], repository[1], repository[2], "decoration"], json!("matches")),
        changed(&[repository[0], repository[1], repository[2], "pattern"], json!("{a")),
    ] {
        let answer = t.admin().post_json(RULES, &bad).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{bad}");
    }
    t.admin().post_json(RULES, &json!({ "tag_selectors": "v*" })).await.expect_status(422);
}

#[tokio::test]
async fn who_may() {
    let t = TestApp::start().await;
    let location = make(&t.admin(), &rule("**", "v*")).await;
    for (who, status) in [
        (t.anonymous(), 401),
        (t.member("developer", Role::Developer, "library").await, 403),
        (t.member("maintainer", Role::Maintainer, "library").await, 200),
    ] {
        who.get(RULES).await.expect_status(status);
        who.send_json(Method::PUT, &location, &rule("**", "w*")).await.expect_status(status);
        who.delete(&location).await.expect_status(status);
        let made = if status == 200 { 201 } else { status };
        who.post_json(RULES, &rule("**", "x*")).await.expect_status(made);
    }
}
