//! Webhooks: what is told, in which form, how often, and to whom not.

use std::time::Duration;

use minato_testkit::content::{Image, push_blob, push_manifest};
use minato_testkit::receiver::Receiver;
use minato_testkit::{Answer, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const POLICIES: &str = "/api/v2.0/projects/library/webhook/policies";

pub(crate) fn policy(name: &str, targets: &Value, events: &[&str]) -> Value {
    json!({ "name": name, "targets": targets, "event_types": events, "enabled": true })
}

pub(crate) fn http(url: &str, format: &str) -> Value {
    json!({ "type": "http", "address": url, "auth_header": "Bearer very-secret", "payload_format": format })
}

/// Makes a policy; its path.
pub(crate) async fn tell(t: &TestApp, body: &Value) -> String {
    let made = t.admin().post_json(POLICIES, body).await.with_status(201);
    made.header("location").to_owned()
}

pub(crate) async fn get(t: &TestApp, path: &str) -> Value {
    t.admin().get(path).await.with_status(200).json()
}

/// The deliveries of a policy when none is under way any more, newest first.
async fn deliveries(t: &TestApp, policy: &str) -> Vec<Value> {
    loop {
        let found = get(t, &format!("{policy}/executions?page_size=100")).await;
        let found = found.as_array().unwrap().clone();
        if found.iter().all(|delivery| delivery["status"] != "Running") {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn log(t: &TestApp, policy: &str, delivery: &Value) -> String {
    let tasks = format!("{policy}/executions/{}/tasks", delivery["id"]);
    let task = get(t, &tasks).await[0]["id"].clone();
    t.admin().get(&format!("{tasks}/{task}/log")).await.with_status(200).text()
}

#[tokio::test]
async fn pushes_pulls_and_deletions_are_told() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let events = ["PUSH_ARTIFACT", "PULL_ARTIFACT", "DELETE_ARTIFACT"];
    let path = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &events)).await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/deep/app", "v1").await;
    receiver.wait(1).await;
    t.admin().get("/v2/library/deep/app/manifests/v1").await.expect_status(200);
    receiver.wait(2).await;
    let manifest = format!("/v2/library/deep/app/manifests/{}", image.digest());
    t.admin().send_bytes(Method::DELETE, &manifest, "").await.expect_status(202);
    let told = receiver.wait(3).await;

    let push = told[0].json();
    assert_eq!((&push["type"], &push["operator"]), (&json!("PUSH_ARTIFACT"), &json!("admin")));
    assert!(push["occur_at"].as_i64().unwrap() > 1_700_000_000);
    let host = t.address();
    assert_eq!(
        push["event_data"]["resources"],
        json!([{ "digest": image.digest().as_str(), "tag": "v1", "resource_url": format!("{host}/library/deep/app:v1") }])
    );
    let repository = &push["event_data"]["repository"];
    assert_eq!(
        (
            &repository["name"],
            &repository["namespace"],
            &repository["repo_full_name"],
            &repository["repo_type"]
        ),
        (&json!("deep/app"), &json!("library"), &json!("library/deep/app"), &json!("public"))
    );
    assert!(repository["date_created"].is_i64());
    assert_eq!(told[0].header("content-type"), "application/json");
    assert_eq!(told[0].header("authorization"), "bearer very-secret");
    assert_eq!(told[1].json()["type"], "PULL_ARTIFACT");
    assert_eq!(told[1].json()["event_data"]["resources"][0]["tag"], "v1");
    assert_eq!(told[2].json()["type"], "DELETE_ARTIFACT");
    assert_eq!(told[2].json()["event_data"]["resources"], push["event_data"]["resources"]);

    // What was sent and what came back is on record, without the secret.
    let done = deliveries(&t, &path).await;
    assert_eq!(done.len(), 3);
    let push = &done[2];
    assert_eq!(
        (&push["status"], &push["trigger"], &push["vendor_type"]),
        (&json!("Success"), &json!("EVENT"), &json!("WEBHOOK"))
    );
    assert_eq!(push["extra_attrs"]["event_type"], "PUSH_ARTIFACT");
    assert_eq!(push["extra_attrs"]["payload"], json!(told[0].body));
    let log = log(&t, &path, push).await;
    assert!(log.contains("authorization: ******") && log.contains("answered 200: thanks"), "{log}");
    assert!(!log.contains("very-secret"));
    let last = get(&t, "/api/v2.0/projects/library/webhook/lasttrigger").await;
    assert!(last.as_array().unwrap().iter().all(|event| event["last_trigger_time"].is_string()), "{last}");
    let jobs = t.admin().get("/api/v2.0/projects/library/webhook/jobs?status=Success").await.with_status(200);
    assert_eq!(jobs.header("x-total-count"), "3");
    assert_eq!(jobs.json()[0]["notify_type"], "http");
}

/// Whatever a deletion was asked by, it names the newest of the tags that the artifact had.
#[tokio::test]
async fn a_deletion_is_told_by_the_newest_tag() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["DELETE_ARTIFACT"])).await;
    let mut told = 0;
    for how in ["manifest", "artifact", "tag", "repository", "untagged"] {
        let image = Image::new(12, 1);
        let tags: &[&str] = if how == "untagged" { &[] } else { &["w2", "w1"] };
        image.push(&t.admin(), "library/app", image.digest().as_str()).await;
        for tag in tags {
            t.clock().advance(Duration::from_secs(1));
            image.push(&t.admin(), "library/app", tag).await;
        }
        let digest = image.digest();
        let artifacts = "/api/v2.0/projects/library/repositories/app/artifacts";
        match how {
            "manifest" => {
                let manifest = format!("/v2/library/app/manifests/{digest}");
                t.admin().send_bytes(Method::DELETE, &manifest, "").await.expect_status(202);
            }
            "tag" => t.admin().delete(&format!("{artifacts}/w2")).await.expect_status(200),
            "repository" => {
                t.admin().delete("/api/v2.0/projects/library/repositories/app").await.expect_status(200);
            }
            _ => t.admin().delete(&format!("{artifacts}/{digest}")).await.expect_status(200),
        }
        told += 1;
        let host = t.address();
        let (tag, url) = match tags.last() {
            Some(tag) => ((*tag).to_owned(), format!("{host}/library/app:{tag}")),
            None => (digest.to_string(), format!("{host}/library/app@{digest}")),
        };
        let event = receiver.wait(told).await[told - 1].json();
        let expected = json!([{ "digest": digest.as_str(), "tag": tag, "resource_url": url }]);
        assert_eq!(event["event_data"]["resources"], expected, "{how}");
    }
}

/// Some receivers answer with what they got.
#[tokio::test]
async fn a_secret_that_comes_back_is_not_logged() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let path = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PUSH_ARTIFACT"])).await;
    let body = r#"you sent {"authorization":"Bearer very-secret"}"#;
    receiver.answer(&format!("200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    Image::new(13, 1).push(&t.admin(), "library/app", "v1").await;
    receiver.wait(1).await;
    let done = deliveries(&t, &path).await;
    let log = log(&t, &path, &done[0]).await;
    assert!(log.contains(r#"answered 200: you sent {"authorization":"******"}"#), "{log}");
}

#[tokio::test]
async fn cloud_events_and_slack() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let (cloud, slack) = (Receiver::start().await, Receiver::start().await);
    let targets = json!([http(&cloud.url, "CloudEvents"), { "type": "slack", "address": slack.url }]);
    let path = tell(&t, &policy("both", &targets, &["PUSH_ARTIFACT"])).await;
    Image::new(2, 1).push(&t.admin(), "library/app", "v1").await;
    let event = cloud.wait(1).await.remove(0);
    assert_eq!(event.header("content-type"), "application/cloudevents+json");
    let event = event.json();
    for (field, expected) in [
        ("specversion", "1.0"),
        ("type", "harbor.artifact.pushed"),
        ("datacontenttype", "application/json"),
        ("operator", "admin"),
    ] {
        assert_eq!(event[field], expected, "{field}");
    }
    let id = path.rsplit('/').next().unwrap();
    let project = get(&t, "/api/v2.0/projects/library").await["project_id"].clone();
    assert_eq!(event["source"], format!("/projects/{project}/webhook/policies/{id}"));
    assert!(event["time"].as_str().unwrap().ends_with('Z') && event["id"].as_str().unwrap().len() == 36);
    assert_eq!(event["data"]["resources"][0]["tag"], "v1");

    let blocks = slack.wait(1).await[0].json()["blocks"].as_array().unwrap().clone();
    let texts: Vec<&str> = blocks.iter().map(|block| block["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts[0], "*Harbor webhook events*");
    assert_eq!(texts[1], "*event_type:* PUSH_ARTIFACT");
    assert_eq!(texts[3], "*operator:* admin");
    // As Harbor writes it: with tabs, in the order of its structures.
    let lines: Vec<&str> = texts[5].lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(lines[..4], ["```{", "\t\"resources\"", "\t\t{", "\t\t\t\"digest\""], "{}", texts[5]);
    assert_eq!(lines[4..8], ["\t\t\t\"tag\"", "\t\t\t\"resource_url\"", "\t\t}", "\t],"], "{}", texts[5]);
    assert_eq!(lines[8..10], ["\t\"repository\"", "\t\t\"date_created\""], "{}", texts[5]);
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_again_and_can_be_told_once_more() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let path = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PUSH_ARTIFACT"])).await;
    receiver.answer("503 Service Unavailable");
    // Not followed: the next address was nobody's choice.
    receiver.answer(&format!("302 Found\r\nlocation: {}", receiver.url));
    let image = Image::new(3, 1);
    image.push(&t.admin(), "library/app", "v1").await;
    receiver.wait(1).await;
    // The second push of the artifact waits for the first to be told; another artifact does not.
    push_manifest(&t.admin(), "library/app", "v2", minato_testkit::content::IMAGE_TYPE, &image.manifest)
        .await
        .expect_status(201);
    Image::new(4, 1).push(&t.admin(), "library/app", "other").await;
    receiver.wait(2).await;
    // Two that failed wait for their time, and one for another.
    let waiting = async || {
        let all = get(&t, &format!("{path}/executions")).await;
        let sum = |name: &str| -> i64 {
            all.as_array().unwrap().iter().map(|one| one["metrics"][name].as_i64().unwrap()).sum()
        };
        (sum("scheduled_task_count"), sum("pending_task_count"), sum("running_task_count"))
    };
    while waiting().await != (2, 1, 0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    t.clock().advance(Duration::from_mins(1));
    receiver.wait(3).await;
    t.clock().advance(Duration::from_mins(1));
    let told = receiver.wait(4).await;
    let tags: Vec<_> =
        told.iter().map(|told| told.json()["event_data"]["resources"][0]["tag"].clone()).collect();
    assert_eq!(tags[0], "v1");
    let done = deliveries(&t, &path).await;
    assert!(done.iter().all(|delivery| delivery["status"] == "Success"), "{done:?}");
    let tags: Vec<_> = receiver
        .received()
        .iter()
        .map(|told| told.json()["event_data"]["resources"][0]["tag"].clone())
        .collect();
    let places = |wanted: &str| tags.iter().rposition(|tag| tag == wanted).unwrap();
    assert!(places("v1") < places("v2"), "{tags:?}");

    let count = receiver.received().len();
    let again = format!("{path}/executions/{}/redelivery", done[0]["id"]);
    let made = t.admin().post_json(&again, &json!({})).await.with_status(201);
    let told = receiver.wait(count + 1).await;
    assert_eq!(json!(told[count].body), done[0]["extra_attrs"]["payload"]);
    let tasks = get(&t, made.header("location")).await;
    assert_eq!(tasks.as_array().unwrap().len(), 1);
    t.admin().post_json(&format!("{path}/executions/999999/redelivery"), &json!({})).await.expect_status(404);
}

#[tokio::test]
async fn quotas_and_retention_are_told() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let events = ["QUOTA_EXCEED", "QUOTA_WARNING", "TAG_RETENTION"];
    tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &events)).await;
    let project = get(&t, "/api/v2.0/projects/library").await["project_id"].clone();
    let quotas = get(&t, &format!("/api/v2.0/quotas?reference=project&reference_id={project}")).await;
    let quota = format!("/api/v2.0/quotas/{}", quotas[0]["id"]);
    let (small, large) = (Image::new(5, 1), Image::new(6, 8));
    let size: usize = small.blobs.iter().map(Vec::len).sum();
    t.admin().put_json(&quota, &json!({ "hard": { "storage": size + 10 } })).await.expect_status(200);
    t.clock().advance(Duration::from_secs(2));
    small.push(&t.admin(), "library/app", "v1").await;
    let warning = receiver.wait(1).await[0].json();
    assert_eq!(warning["type"], "QUOTA_WARNING");
    assert!(warning["event_data"]["custom_attributes"]["Details"].as_str().unwrap().contains("85%"));
    let pushed = json!([{ "digest": small.digest().as_str(), "tag": "v1" }]);
    assert_eq!(warning["event_data"]["resources"], pushed);
    for blob in &large.blobs {
        push_blob(&t.admin(), "library/app", blob).await;
    }
    let refused =
        push_manifest(&t.admin(), "library/app", "v2", minato_testkit::content::IMAGE_TYPE, &large.manifest)
            .await;
    refused.expect_status(403);
    let exceeded = receiver.wait(2).await[1].json();
    assert_eq!(exceeded["type"], "QUOTA_EXCEED");
    assert_eq!(exceeded["event_data"]["repository"]["repo_full_name"], "library/app");
    let refused = json!([{ "digest": large.digest().as_str(), "tag": "v2" }]);
    assert_eq!(exceeded["event_data"]["resources"], refused);

    let rules = json!([{ "template": "latestPushedK", "params": { "latestPushedK": 0 },
        "tag_selectors": [{ "kind": "doublestar", "decoration": "matches", "pattern": "**" }],
        "scope_selectors": { "repository": [{ "kind": "doublestar", "decoration": "repoMatches", "pattern": "**" }] } }]);
    let body = json!({ "algorithm": "or", "rules": rules, "scope": { "level": "project", "ref": project },
        "trigger": { "kind": "Schedule", "settings": { "cron": "" } } });
    let made = t.admin().post_json("/api/v2.0/retentions", &body).await.with_status(201);
    let run = format!("{}/executions", made.header("location"));
    let boss = t.member("boss", Role::ProjectAdmin, "library").await;
    boss.post_json(&run, &json!({ "dry_run": false })).await.expect_status(201);
    let told = receiver.wait(3).await[2].json();
    assert_eq!((&told["type"], &told["operator"]), (&json!("TAG_RETENTION"), &json!("boss")));
    let retention = &told["event_data"]["retention"];
    assert_eq!(retention["harbor_hostname"], "127.0.0.1");
    assert_eq!(
        (&retention["total"], &retention["retained"], &retention["project_name"]),
        (&json!(1), &json!(0), &json!("library"))
    );
    assert_eq!(
        retention["deleted_artifact"],
        json!([{ "type": "image", "status": "Success", "name_tag": "app:v1" }])
    );
    assert_eq!(retention["retention_rule"][0]["template"], "latestPushedK");
}

#[tokio::test]
async fn nobody_is_told_who_should_not_be() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let off = json!({ "name": "off", "targets": [http(&receiver.url, "")], "event_types": ["PUSH_ARTIFACT"], "enabled": false });
    let off = tell(&t, &off).await;
    let other = tell(&t, &policy("other", &json!([http(&receiver.url, "")]), &["DELETE_ARTIFACT"])).await;
    Image::new(7, 1).push(&t.admin(), "library/app", "v1").await;
    assert_eq!(deliveries(&t, &off).await.len() + deliveries(&t, &other).await.len(), 0);
    t.set("notification_enable", &json!(false)).await;
    let all = tell(&t, &policy("all", &json!([http(&receiver.url, "")]), &["PUSH_ARTIFACT"])).await;
    let fresh = TestApp::start_telling().await;
    fresh.set("notification_enable", &json!(false)).await;
    let silent = tell(&fresh, &policy("all", &json!([http(&receiver.url, "")]), &["PUSH_ARTIFACT"])).await;
    Image::new(8, 1).push(&fresh.admin(), "library/app", "v1").await;
    assert_eq!(deliveries(&fresh, &silent).await.len(), 0);
    drop(all);
    assert_eq!(receiver.received().len(), 0);
}

/// Without a word from an administrator nothing on this machine can be called.
#[tokio::test]
async fn addresses_that_only_the_server_can_reach_are_not_called() {
    let t = TestApp::start().await;
    let _work = t.work();
    let receiver = Receiver::start().await;
    let by_name = receiver.url.replace("127.0.0.1", "localhost");
    let targets =
        json!([http(&receiver.url, ""), http(&by_name, ""), http("http://169.254.169.254/latest", "")]);
    let path = tell(&t, &policy("inside", &targets, &["PUSH_ARTIFACT"])).await;
    Image::new(9, 1).push(&t.admin(), "library/app", "v1").await;
    loop {
        let done = deliveries(&t, &path).await;
        if done.len() == 3 {
            for delivery in &done {
                assert_eq!(delivery["status"], "Error");
                assert!(
                    delivery["status_message"].as_str().unwrap().contains("must not be called"),
                    "{delivery}"
                );
            }
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test]
async fn policies_as_harbor_has_them() {
    let t = TestApp::start_telling().await;
    let admin = t.admin();
    let body = json!({ "name": "one", "description": "d", "enabled": true, "event_types": ["PUSH_ARTIFACT"],
        "targets": [{ "type": "http", "address": "hooks.example.com/a?token=x", "auth_header": "Bearer secret", "skip_cert_verify": true }] });
    let path = tell(&t, &body).await;
    let shown = get(&t, &path).await;
    assert_eq!(
        (&shown["name"], &shown["creator"], &shown["enabled"]),
        (&json!("one"), &json!("admin"), &json!(true))
    );
    assert_eq!(
        shown["targets"],
        json!([{ "type": "http", "address": "http://hooks.example.com/a", "skip_cert_verify": true, "payload_format": "Default" }])
    );
    assert_eq!(get(&t, &format!("{POLICIES}?q=name=one")).await.as_array().unwrap().len(), 1);
    admin.post_json(POLICIES, &body).await.expect_status(409);
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body["name"] = json!("other");
        body[field] = value;
        body
    };
    let target = |target: Value| with("targets", json!([target]));
    for wrong in [
        with("name", json!("")),
        with("targets", json!([])),
        with("event_types", json!([])),
        with("event_types", json!(["UPLOAD_CHART"])),
        target(json!({ "type": "mail", "address": "http://a" })),
        target(json!({ "type": "http", "address": "ftp://a" })),
        target(json!({ "type": "http", "address": "" })),
        target(json!({ "type": "http", "address": "http://a", "payload_format": "XML" })),
        target(json!({ "type": "slack", "address": "http://a", "payload_format": "Default" })),
        target(json!({ "type": "http", "address": "http://a", "auth_header": "a\nb: c" })),
    ] {
        let answer: Answer = admin.post_json(POLICIES, &wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(!answer.text().contains("Bearer secret"));
    }
    let events = get(&t, "/api/v2.0/projects/library/webhook/events").await;
    assert_eq!(events["event_type"].as_array().unwrap().len(), 10);
    assert_eq!(events["notify_type"], json!(["http", "slack"]));
    assert_eq!(events["payload_formats"][0]["formats"], json!(["CloudEvents", "Default"]));

    // Another project's, and people who may not.
    t.project("team", false).await;
    let crossed = path.replace("/library/", "/team/");
    admin.get(&crossed).await.expect_status(404);
    admin.delete(&crossed).await.expect_status(404);
    admin.get(&format!("{crossed}/executions")).await.expect_status(404);
    t.member("dev", Role::Developer, "library").await.get(&path).await.expect_status(403);
    let maintainer = t.member("maintainer", Role::Maintainer, "library").await;
    maintainer.get(&path).await.expect_status(200);
    maintainer.delete(&path).await.expect_status(403);
    admin.delete(&path).await.expect_status(200);
    admin.get(&path).await.expect_status(404);
}

/// Who changes the address of a target has to bring a secret, or the old one would go there.
#[tokio::test]
async fn a_secret_stays_with_its_address() {
    let t = TestApp::start_telling().await;
    let _work = t.work();
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    let path = tell(&t, &policy("all", &json!([http(&old.url, "")]), &["PUSH_ARTIFACT"])).await;
    let mut shown = get(&t, &path).await;
    shown["description"] = json!("sent back as it was shown");
    t.admin().put_json(&path, &shown).await.expect_status(200);
    Image::new(10, 1).push(&t.admin(), "library/app", "v1").await;
    assert_eq!(old.wait(1).await[0].header("authorization"), "bearer very-secret");
    // As Terraform sends it, which was not shown any.
    shown["targets"][0]["auth_header"] = json!("");
    t.admin().put_json(&path, &shown).await.expect_status(200);
    Image::new(14, 1).push(&t.admin(), "library/app", "v3").await;
    assert_eq!(old.wait(2).await[1].header("authorization"), "bearer very-secret");
    shown["targets"][0]["address"] = json!(new.url);
    t.admin().put_json(&path, &shown).await.expect_status(200);
    Image::new(11, 1).push(&t.admin(), "library/app", "v2").await;
    assert_eq!(new.wait(1).await[0].header("authorization"), "");
    // So it goes when the address comes back.
    shown["targets"][0]["address"] = json!(old.url);
    t.admin().put_json(&path, &shown).await.expect_status(200);
    Image::new(15, 1).push(&t.admin(), "library/app", "v4").await;
    assert_eq!(old.wait(3).await[2].header("authorization"), "");
}
