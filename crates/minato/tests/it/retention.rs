//! Retention: what is kept, what goes, and how it is asked for.

use std::time::Duration;

use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, index, push_manifest};
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const ALL: &str = "/api/v2.0/retentions";

fn rule(template: &str, number: u64, tags: &str) -> Value {
    json!({
        "action": "retain", "template": template, "params": { template: number },
        "tag_selectors": [{ "kind": "doublestar", "decoration": "matches", "pattern": tags, "extras": "{\"untagged\":true}" }],
        "scope_selectors": { "repository": [{ "kind": "doublestar", "decoration": "repoMatches", "pattern": "**" }] },
    })
}

fn policy(project: i64, rules: &[Value], cron: &str) -> Value {
    json!({
        "algorithm": "or", "rules": rules, "scope": { "level": "project", "ref": project },
        "trigger": { "kind": "Schedule", "settings": { "cron": cron }, "references": {} },
    })
}

async fn project_id(t: &TestApp, name: &str) -> i64 {
    t.admin().get(&format!("/api/v2.0/projects/{name}")).await.with_status(200).json()["project_id"]
        .as_i64()
        .unwrap()
}

/// Makes the policy of `library`; its path.
async fn keep(t: &TestApp, rules: &[Value]) -> String {
    let body = policy(project_id(t, "library").await, rules, "");
    let made = t.admin().post_json(ALL, &body).await.with_status(201);
    made.header("location").to_owned()
}

/// Carries it out; the path of the run and its jobs.
async fn run(t: &TestApp, policy: &str, dry_run: bool) -> (String, Vec<Value>) {
    let path = format!("{policy}/executions");
    let made = t.admin().post_json(&path, &json!({ "dry_run": dry_run })).await.with_status(201);
    let run = made.header("location").to_owned();
    let id: i64 = run.rsplit('/').next().unwrap().parse().unwrap();
    loop {
        let runs = t.admin().get(&path).await.with_status(200).json();
        let found = runs.as_array().unwrap().iter().find(|run| run["id"] == id).unwrap().clone();
        if found["status"] != "Running" {
            assert_eq!(found["status"], "Success", "{found}");
            assert_eq!(found["dry_run"], dry_run);
            let tasks = t.admin().get(&format!("{run}/tasks?page_size=100")).await.with_status(200).json();
            return (run, tasks.as_array().unwrap().clone());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn image(n: u64) -> Image {
    Image::build(100 + n, 1, &json!({}))
}

async fn tags(t: &TestApp, repository: &str) -> Vec<String> {
    let list = t.admin().get(&format!("/v2/library/{repository}/tags/list")).await;
    let tags = list.json()["tags"].as_array().cloned().unwrap_or_default();
    tags.iter().map(|tag| tag.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_no_rule_keeps_goes() {
    let t = TestApp::start().await;
    let _work = t.work();
    for n in 0..5 {
        image(n).push(&t.admin(), "library/app", &format!("v{n}")).await;
        t.clock().advance(Duration::from_hours(24));
    }
    image(9).push(&t.admin(), "library/other", "only").await;
    for name in ["rc", "a | b"] {
        let label = json!({ "name": name, "scope": "g" });
        let made = t.admin().post_json("/api/v2.0/labels", &label).await.with_status(201);
        let id: i64 = made.header("location").rsplit('/').next().unwrap().parse().unwrap();
        let path = "/api/v2.0/projects/library/repositories/app/artifacts/v1/labels";
        t.admin().post_json(path, &json!({ "id": id })).await.expect_status(200);
    }
    let policy = keep(&t, &[rule("latestPushedK", 2, "v*"), rule("always", 0, "v0")]).await;

    let (dry, tasks) = run(&t, &policy, true).await;
    assert_eq!(tasks.len(), 2);
    let app = tasks.iter().find(|task| task["repository"] == "app").unwrap();
    assert_eq!((&app["total"], &app["retained"], &app["status"]), (&json!(5), &json!(3), &json!("Success")));
    assert_eq!(app["status_code"], 3);
    let log = t.admin().get(&format!("{dry}/tasks/{}", app["id"])).await.with_status(200).text();
    assert!(log.contains("| Digest | Tag | Kind | Labels | PushedTime | PulledTime |"), "{log}");
    assert!(log.contains("| v1 | image | a   b,rc | 20"), "{log}");
    assert!(log.contains("| v2 | image |  | 20") && log.contains("| DEL | no rule keeps it |"), "{log}");
    assert!(log.contains("| RETAIN | rule 2: always 0 |"), "{log}");
    assert_eq!(tags(&t, "app").await, ["v0", "v1", "v2", "v3", "v4"]);

    let (_, tasks) = run(&t, &policy, false).await;
    let app = tasks.iter().find(|task| task["repository"] == "app").unwrap();
    assert_eq!((&app["total"], &app["retained"]), (&json!(5), &json!(3)));
    assert_eq!(tags(&t, "app").await, ["v0", "v3", "v4"]);
    // The rule is about all repositories, and no tag there is like `v*`.
    assert_eq!(tags(&t, "other").await, Vec::<String>::new());

    minato_core::audit::flush(t.app()).await.unwrap();
    let log = t.admin().get("/api/v2.0/auditlog-exts?q=username=harbor-jobservice").await.with_status(200);
    assert_eq!(log.header("x-total-count"), "3");
}

#[tokio::test]
async fn what_must_stay_stays() {
    let t = TestApp::start().await;
    let _work = t.work();
    let admin = t.admin();
    let (child, signed, fixed, gone) = (image(1), image(2), image(3), image(4));
    child.push(&admin, "library/app", "child").await;
    let list = index(&[(&child.digest(), child.manifest.len())]);
    push_manifest(&admin, "library/app", "keep-list", INDEX_TYPE, &list).await.expect_status(201);
    signed.push(&admin, "library/app", "keep-signed").await;
    let about = Image::build(
        5,
        1,
        &json!({ "subject": {
        "mediaType": IMAGE_TYPE, "digest": signed.digest().as_str(), "size": signed.manifest.len() } }),
    );
    about.push(&admin, "library/app", about.digest().as_str()).await;
    fixed.push(&admin, "library/app", "fixed").await;
    gone.push(&admin, "library/app", "gone").await;
    let rule_body = json!({
        "tag_selectors": [{ "kind": "doublestar", "decoration": "matches", "pattern": "fixed" }],
        "scope_selectors": { "repository": [{ "kind": "doublestar", "decoration": "repoMatches", "pattern": "**" }] },
    });
    admin.post_json("/api/v2.0/projects/library/immutabletagrules", &rule_body).await.expect_status(201);
    let policy = keep(&t, &[rule("always", 0, "keep-*")]).await;
    for dry_run in [true, false] {
        let (path, tasks) = run(&t, &policy, dry_run).await;
        assert_eq!((&tasks[0]["total"], &tasks[0]["retained"]), (&json!(5), &json!(4)), "{dry_run}");
        let log = admin.get(&format!("{path}/tasks/{}", tasks[0]["id"])).await.with_status(200).text();
        assert!(log.contains("| IMMUTABLE |") && log.contains("| ERR |"), "{log}");
    }
    assert_eq!(tags(&t, "app").await, ["child", "fixed", "keep-list", "keep-signed"]);
    for image in [&child, &signed, &fixed, &about] {
        admin.get(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(200);
    }
    // What is pulled while it is looked at stays: these pulls were before.
    minato_core::pull::flush(t.app()).await.unwrap();

    // When the index goes, what it listed goes with it.
    let update = policy_of(&t, &policy, &[rule("always", 0, "keep-signed")]).await;
    admin.put_json(&policy, &update).await.expect_status(200);
    run(&t, &policy, false).await;
    assert_eq!(tags(&t, "app").await, ["fixed", "keep-signed"]);
}

async fn policy_of(t: &TestApp, path: &str, rules: &[Value]) -> Value {
    let mut known = t.admin().get(path).await.with_status(200).json();
    known["rules"] = json!(rules);
    known
}

#[tokio::test]
async fn policies_as_harbor_has_them() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let library = project_id(&t, "library").await;
    let meta = admin.get(&format!("{ALL}/metadatas")).await.with_status(200).json();
    assert_eq!(meta["templates"][0]["rule_template"], "latestPushedK");
    assert_eq!(meta["templates"][0]["params"], json!([{ "type": "int", "unit": "COUNT", "required": true }]));
    assert_eq!(meta["tag_selectors"][0]["decorations"], json!(["matches", "excludes"]));

    let body = policy(library, &[rule("latestPushedK", 3, "**")], "0 0 0 * * *");
    let path = admin.post_json(ALL, &body).await.with_status(201).header("location").to_owned();
    let shown = admin.get(&path).await.with_status(200).json();
    assert_eq!(shown["rules"][0]["params"]["latestPushedK"], 3);
    assert_eq!(shown["rules"][0]["tag_selectors"][0]["extras"], "{\"untagged\":true}");
    assert_eq!(shown["scope"], json!({ "level": "project", "ref": library }));
    assert_eq!(shown["trigger"]["settings"]["cron"], "0 0 0 * * *");
    assert!(shown["trigger"]["settings"]["next_scheduled_time"].is_string());
    let project = admin.get("/api/v2.0/projects/library").await.with_status(200).json();
    assert_eq!(project["metadata"]["retention_id"], path.rsplit('/').next().unwrap());
    // Sent back with the others it changes nothing; it can't be set by itself.
    admin
        .put_json("/api/v2.0/projects/library", &json!({ "metadata": project["metadata"] }))
        .await
        .expect_status(200);
    let metadata = "/api/v2.0/projects/library/metadatas/retention_id";
    admin.put_json(metadata, &json!({ "retention_id": "77" })).await.expect_status(400);
    admin.delete(metadata).await.expect_status(400);
    admin.post_json(ALL, &body).await.expect_status(400);

    for (wrong, status) in [
        (policy(library, &vec![rule("latestPushedK", 3, "**"); 16], ""), 400),
        (policy(library, &[rule("latestPushedK", 3, "**"), rule("latestPushedK", 3, "**")], ""), 409),
        (policy(library, &[rule("nonsense", 3, "**")], ""), 400),
        (policy(library, &[rule("always", 0, "[")], ""), 400),
        (policy(library, &[], "*/5 * * * * *"), 400),
        (json!({ "rules": [] }), 400),
        (json!([]), 422),
    ] {
        assert_eq!(admin.put_json(&path, &wrong).await.status, status, "{wrong}");
    }
    admin.delete(&path).await.expect_status(200);
    admin.get(&path).await.expect_status(404);
    let project = admin.get("/api/v2.0/projects/library").await.with_status(200).json();
    assert_eq!(project["metadata"].get("retention_id"), None);
    let schedules = admin.get("/api/v2.0/schedules").await.with_status(200).json();
    assert!(schedules.as_array().unwrap().iter().all(|schedule| schedule["vendor_type"] != "RETENTION"));
}

#[tokio::test]
async fn a_schedule_carries_it_out() {
    let t = TestApp::start().await;
    t.advance_to_noon();
    let _work = t.work();
    for n in 0..3 {
        image(n).push(&t.admin(), "library/app", &format!("v{n}")).await;
    }
    let body = policy(project_id(&t, "library").await, &[rule("latestPushedK", 1, "**")], "0 0 3 * * *");
    let path = t.admin().post_json(ALL, &body).await.with_status(201).header("location").to_owned();
    t.clock().advance(Duration::from_hours(25));
    let runs = loop {
        let runs = t.admin().get(&format!("{path}/executions")).await.with_status(200).json();
        if runs[0]["status"] == "Success" {
            break runs;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["trigger"]), (1, &json!("SCHEDULE")));
    assert_eq!(tags(&t, "app").await, ["v2"]);
    // With the project all of it goes.
    t.admin().delete("/api/v2.0/projects/library/repositories/app").await.expect_status(200);
    t.admin().delete("/api/v2.0/projects/library").await.expect_status(200);
    t.admin().get(&path).await.expect_status(404);
}

#[tokio::test]
async fn runs_are_stopped() {
    let t = TestApp::start().await;
    image(1).push(&t.admin(), "library/app", "v1").await;
    let policy = keep(&t, &[rule("latestPushedK", 0, "**")]).await;
    // Nobody works.
    let made = t.admin().post_json(&format!("{policy}/executions"), &json!({})).await.with_status(201);
    let run = made.header("location").to_owned();
    t.admin().send_json(Method::PATCH, &run, &json!({ "action": "hurry" })).await.expect_status(400);
    t.admin().send_json(Method::PATCH, &run, &json!({ "action": "stop" })).await.expect_status(200);
    let runs = t.admin().get(&format!("{policy}/executions")).await.with_status(200).json();
    assert_eq!(runs[0]["status"], "Stopped");
    let work = t.work();
    super::gc::collect(&t, json!({})).await;
    assert_eq!(tags(&t, "app").await, ["v1"]);
    work.stop().await;
}

async fn statuses(who: &Persona, policy: &str, run: &str) -> [u16; 8] {
    [
        who.get(policy).await.status,
        who.put_json(policy, &json!({ "scope": { "level": "project", "ref": 1 } })).await.status,
        who.get(&format!("{policy}/executions")).await.status,
        who.post_json(&format!("{policy}/executions"), &json!({ "dry_run": true })).await.status,
        who.get(&format!("{run}/tasks")).await.status,
        who.get(&format!("{run}/tasks/1")).await.status,
        who.send_json(Method::PATCH, run, &json!({ "action": "stop" })).await.status,
        who.delete(policy).await.status,
    ]
}

#[tokio::test]
async fn a_policy_is_for_those_of_its_project() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let body = policy(project_id(&t, "team").await, &[rule("always", 0, "**")], "");
    let policy = t.admin().post_json(ALL, &body).await.with_status(201).header("location").to_owned();
    let library = keep(&t, &[rule("always", 0, "**")]).await;
    let made = t.admin().post_json(&format!("{policy}/executions"), &json!({})).await.with_status(201);
    let run = made.header("location").to_owned();
    let stranger = t.user("stranger").await;
    let guest = t.member("guest", Role::Guest, "team").await;
    let developer = t.member("developer", Role::Developer, "team").await;
    // What may not be seen looks like what is not there.
    let unknown = format!("{ALL}/999999");
    assert_eq!(statuses(&stranger, &policy, &run).await, [404; 8]);
    assert_eq!(statuses(&stranger, &unknown, &format!("{unknown}/executions/1")).await, [404; 8]);
    assert_eq!(statuses(&guest, &policy, &run).await, [404; 8]);
    assert_eq!(statuses(&t.anonymous(), &policy, &run).await, [401; 8]);
    stranger.post_json(ALL, &body).await.expect_status(403);
    // A run of another policy is not there, though both may be seen.
    let crossed = run.replace(&policy, &library);
    t.admin().get(&format!("{crossed}/tasks")).await.expect_status(404);
    t.admin().send_json(Method::PATCH, &crossed, &json!({ "action": "stop" })).await.expect_status(404);
    assert_eq!(statuses(&developer, &policy, &run).await, [200, 200, 200, 201, 200, 404, 200, 200]);
}
