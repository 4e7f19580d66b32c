//! Purging the audit log.

use std::time::Duration;

use minato_testkit::TestApp;
use serde_json::{Value, json};

const PURGE: &str = "/api/v2.0/system/purgeaudit";
const SCHEDULE: &str = "/api/v2.0/system/purgeaudit/schedule";

fn manual(parameters: &Value) -> Value {
    json!({ "schedule": { "type": "Manual" }, "parameters": parameters })
}

async fn purge(t: &TestApp, parameters: Value) -> (Value, String) {
    let made = t.admin().post_json(SCHEDULE, &manual(&parameters)).await.with_status(201);
    let run = made.header("location").to_owned();
    loop {
        let found = t.admin().get(&run).await.with_status(200).json();
        if found["job_status"] != "Running" {
            assert_eq!(found["job_status"], "Success", "{found}");
            let log = t.admin().get(&format!("{run}/log")).await.with_status(200).text();
            return (serde_json::from_str(found["job_parameters"].as_str().unwrap()).unwrap(), log);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn entries(t: &TestApp, operation: &str) -> usize {
    minato_core::audit::flush(t.app()).await.unwrap();
    let path = format!("/api/v2.0/auditlog-exts?page_size=100&q=operation={operation}");
    t.admin().get(&path).await.with_status(200).json().as_array().unwrap().len()
}

#[tokio::test]
async fn old_entries_of_the_chosen_kinds_go() {
    let t = TestApp::start().await;
    let _work = t.work();
    for name in ["one", "two"] {
        t.project(name, false).await;
        t.admin().delete(&format!("/api/v2.0/projects/{name}")).await.expect_status(200);
    }
    assert_eq!((entries(&t, "create").await, entries(&t, "delete").await), (2, 2));
    t.clock().advance(Duration::from_hours(30));
    t.project("new", false).await;
    let chosen = |hours: i64, types: &str, dry_run: bool| json!({ "audit_retention_hour": hours, "include_event_types": types, "dry_run": dry_run });

    let (told, log) = purge(&t, chosen(24, "create_project,delete_user", true)).await;
    assert_eq!(told["purged"], 2);
    assert!(log.contains("2 entries older than 24 hours would go"), "{log}");
    assert_eq!(purge(&t, chosen(48, "create_project", false)).await.0["purged"], 0);
    assert_eq!(purge(&t, chosen(0, "create_project", false)).await.0["purged"], 0);
    assert_eq!(purge(&t, chosen(24, "create_artifact", false)).await.0["purged"], 0);
    assert_eq!(purge(&t, chosen(24, "create_project", false)).await.0["purged"], 2);
    assert_eq!((entries(&t, "create").await, entries(&t, "delete").await), (1, 2));
    assert_eq!(purge(&t, chosen(24, "other", false)).await.0["purged"], 2);
    assert_eq!((entries(&t, "create").await, entries(&t, "delete").await), (1, 0));
    assert_eq!(t.admin().get(PURGE).await.with_status(200).header("x-total-count"), "6");
}

#[tokio::test]
async fn what_is_asked_for_is_checked() {
    let t = TestApp::start().await;
    for parameters in [
        json!({}),
        json!({ "audit_retention_hour": 24 }),
        json!({ "include_event_types": "create_artifact" }),
        json!({ "audit_retention_hour": 240_001, "include_event_types": "create_artifact" }),
        json!({ "audit_retention_hour": "24", "include_event_types": "create_artifact" }),
        json!({ "audit_retention_hour": 24, "include_event_types": " " }),
    ] {
        assert_eq!(t.admin().post_json(SCHEDULE, &manual(&parameters)).await.status, 400, "{parameters}");
    }
    let weekly = json!({ "schedule": { "type": "Weekly", "cron": "0 0 0 * * 0" },
        "parameters": { "audit_retention_hour": 168, "include_event_types": "pull_artifact" } });
    t.admin().put_json(SCHEDULE, &weekly).await.expect_status(200);
    let shown = t.admin().get(SCHEDULE).await.with_status(200).json();
    assert_eq!(shown["schedule"]["type"], "Weekly");
    // Words of Harbor's older releases, as Terraform sends them.
    let older = json!({ "schedule": { "type": "Daily", "cron": "0 0 0 * * *" },
        "parameters": { "audit_retention_hour": 24, "include_event_types": "push,pull" } });
    t.admin().put_json(SCHEDULE, &older).await.expect_status(200);
    t.admin().put_json(SCHEDULE, &json!({ "schedule": { "type": "None" } })).await.expect_status(200);
    assert_eq!(t.admin().get(SCHEDULE).await.with_status(200).json(), json!({}));
    // A run of another kind is not there.
    let gc = json!({ "schedule": { "type": "Manual" } });
    let run = t.admin().post_json("/api/v2.0/system/gc/schedule", &gc).await.with_status(201);
    let id = run.header("location").rsplit('/').next().unwrap();
    t.admin().get(&format!("{PURGE}/{id}")).await.expect_status(404);
    t.admin().put_json(&format!("{PURGE}/{id}"), &json!({})).await.expect_status(404);
    t.admin().get(&format!("{PURGE}/{id}/log")).await.expect_status(404);
    t.user("somebody").await.get(PURGE).await.expect_status(403);
}
