//! The job dashboard: processes, places, queues, and what can be done with them.

use std::time::Duration;

use minato_testkit::TestApp;
use serde_json::{Value, json};

const JOBS: &str = "/api/v2.0/jobservice";

async fn queue(t: &TestApp, kind: &str) -> Value {
    let queues = t.admin().get(&format!("{JOBS}/queues")).await.with_status(200).json();
    queues.as_array().unwrap().iter().find(|queue| queue["job_type"] == kind).unwrap().clone()
}

async fn act(t: &TestApp, kind: &str, action: &str) {
    let path = format!("{JOBS}/queues/{kind}");
    t.admin().put_json(&path, &json!({ "action": action })).await.expect_status(200);
}

#[tokio::test]
async fn processes_and_their_places() {
    let t = TestApp::start().await;
    let work = t.work();
    let pools = loop {
        let pools = t.admin().get(&format!("{JOBS}/pools")).await.with_status(200).json();
        if pools != json!([]) {
            break pools;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!((&pools[0]["concurrency"], &pools[0]["pid"]), (&json!(10), &json!(std::process::id())));
    let pool = pools[0]["worker_pool_id"].as_str().unwrap();
    for pool in [pool, "all", "ALL"] {
        let places = t.admin().get(&format!("{JOBS}/pools/{pool}/workers")).await.with_status(200).json();
        assert_eq!(places.as_array().unwrap().len(), 10);
        assert_eq!(places[0]["pool_id"], pools[0]["worker_pool_id"]);
    }
    t.admin().get(&format!("{JOBS}/pools/unknown/workers")).await.expect_status(404);
    work.stop().await;
    assert_eq!(t.admin().get(&format!("{JOBS}/pools")).await.with_status(200).json(), json!([]));
}

#[tokio::test]
async fn queues_are_paused_resumed_and_emptied() {
    let t = TestApp::start().await;
    let _work = t.work();
    super::gc::collect(&t, json!({})).await;
    act(&t, "garbage_collection", "pause").await;
    assert_eq!(queue(&t, "GARBAGE_COLLECTION").await["paused"], true);
    assert_eq!(queue(&t, "PURGE_AUDIT_LOG").await["paused"], false);
    let manual = json!({ "schedule": { "type": "Manual" } });
    let start = async || t.admin().post_json("/api/v2.0/system/gc/schedule", &manual).await.with_status(201);
    let run = start().await.header("location").to_owned();
    t.clock().advance(Duration::from_secs(5));
    let waiting = queue(&t, "GARBAGE_COLLECTION").await;
    assert_eq!(waiting["count"], 1);
    assert!(waiting["latency"].as_u64().unwrap() >= 5);
    act(&t, "GARBAGE_COLLECTION", "stop").await;
    assert_eq!(t.admin().get(&run).await.with_status(200).json()["job_status"], "Stopped");
    assert_eq!(queue(&t, "GARBAGE_COLLECTION").await["count"], 0);
    let run = start().await.header("location").to_owned();
    act(&t, "all", "resume").await;
    let status = async || t.admin().get(&run).await.with_status(200).json()["job_status"].clone();
    while status().await == "Running" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(status().await, "Success");

    let path = format!("{JOBS}/queues/NONSENSE");
    t.admin().put_json(&path, &json!({ "action": "stop" })).await.expect_status(404);
    t.admin().put_json(&format!("{JOBS}/queues/all"), &json!({ "action": "hurry" })).await.expect_status(422);
}

#[tokio::test]
async fn schedules_are_paused_together() {
    let t = TestApp::start().await;
    let _work = t.work();
    super::gc::collect(&t, json!({})).await;
    let user = t.user("somebody").await;
    let paused =
        async || user.get("/api/v2.0/schedules/all/paused").await.with_status(200).json()["paused"].clone();
    assert_eq!(paused().await, false);
    act(&t, "SCHEDULER", "pause").await;
    assert_eq!(paused().await, true);
    act(&t, "SCHEDULER", "resume").await;
    assert_eq!(paused().await, false);
    user.get("/api/v2.0/schedules/GARBAGE_COLLECTION/paused").await.expect_status(400);
    t.anonymous().get("/api/v2.0/schedules/all/paused").await.expect_status(401);
}

#[tokio::test]
async fn jobs_that_are_not_there_and_people_who_may_not() {
    let t = TestApp::start().await;
    for job in ["999999", "nonsense"] {
        t.admin().get(&format!("{JOBS}/jobs/{job}/log")).await.expect_status(404);
        t.admin().put_json(&format!("{JOBS}/jobs/{job}"), &json!({})).await.expect_status(404);
    }
    for all in ["all", "ALL"] {
        t.admin().put_json(&format!("{JOBS}/jobs/{all}"), &json!({})).await.expect_status(200);
    }
    let user = t.user("somebody").await;
    for path in ["pools", "pools/all/workers", "queues", "jobs/1/log"] {
        user.get(&format!("{JOBS}/{path}")).await.expect_status(403);
        t.anonymous().get(&format!("{JOBS}/{path}")).await.expect_status(401);
    }
}
