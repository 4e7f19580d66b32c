//! What a run of garbage collection tells: its plan, what waits for its time, its numbers and its log.

use std::time::Duration;

use minato_core::GcTimes;
use minato_testkit::TestApp;
use minato_testkit::content::{INDEX_TYPE, Image, digest, index, push_blob, push_manifest};
use serde_json::{Value, json};

use crate::gc::{collect, found};

const GC: &str = "/api/v2.0/system/gc";

/// Short, as a process that sees the clock leap for longer takes the job for lost.
const DELAY: Duration = Duration::from_secs(10);

async fn start() -> TestApp {
    let day = Duration::from_hours(24);
    TestApp::start_collecting(GcTimes { delay: DELAY, interval: day, ..GcTimes::default() }).await
}

async fn log(t: &TestApp, run: &str) -> String {
    t.admin().get(&format!("{run}/log")).await.with_status(200).text()
}

/// A plan; its numbers and its log.
async fn plan(t: &TestApp, delete_untagged: bool) -> (Value, String) {
    let run = collect(t, json!({ "dry_run": true, "delete_untagged": delete_untagged })).await;
    let log = log(t, &format!("{GC}/{}", run["id"])).await;
    (found(&run), log)
}

/// Two images without tags that share their layers with each other, an index of one more, and one that
/// shares a layer with an image that has a tag. What only they need.
async fn push_untagged(t: &TestApp) -> Vec<Vec<u8>> {
    let admin = t.admin();
    let extra = json!({ "annotations": { "another": "1" } });
    let (one, two, child) = (Image::new(1, 2), Image::build(1, 2, &extra), Image::new(2, 1));
    let (tagged, beside) = (Image::new(3, 1), Image::build(3, 1, &extra));
    for image in [&one, &two, &child, &beside] {
        image.push(&admin, "library/app", image.digest().as_str()).await;
    }
    tagged.push(&admin, "library/other", "keep").await;
    let list = index(&[(&child.digest(), child.manifest.len())]);
    let name = digest(&list).to_string();
    push_manifest(&admin, "library/app", &name, INDEX_TYPE, &list).await.expect_status(201);
    t.clock().advance(Duration::from_hours(2));
    // What was pushed twice is stored once.
    found(&collect(t, json!({})).await);
    one.blobs.into_iter().chain(child.blobs).collect()
}

#[tokio::test]
async fn a_plan_and_the_run_after_it_have_the_same_numbers() {
    // Given manifests without tags and what they need,
    let t = start().await;
    let _work = t.work();
    let freed = push_untagged(&t).await;
    let bytes: usize = freed.iter().map(Vec::len).sum();
    let numbers = |run: &Value| {
        ["purged_manifests", "purged_blobs", "freed_space"].map(|name| run[name].as_u64().unwrap())
    };
    let expected = [5, freed.len() as u64, bytes as u64];
    // when somebody asks what would go, then it counts their blobs and names them,
    let (planned, told) = plan(&t, true).await;
    assert_eq!(numbers(&planned), expected, "{told}");
    for blob in &freed {
        let line =
            format!("would delete {} ({} bytes): only manifests without tags", digest(blob), blob.len());
        assert!(told.contains(&line), "{told}");
    }
    assert!(told.contains("5 blobs and 5 manifests eligible for deletion"), "{told}");
    assert_eq!(numbers(&plan(&t, false).await.0), [0, 0, 0]);

    // and a run lets those who are reading come to their end,
    let body = json!({ "schedule": { "type": "Manual" }, "parameters": { "delete_untagged": true } });
    let made = t.admin().post_json(&format!("{GC}/schedule"), &body).await.with_status(201);
    let run = made.header("location").to_owned();
    while !log(&t, &run).await.contains("waits 10 s for those who are reading") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let blob = format!("/v2/library/app/blobs/{}", digest(&freed[0]));
    t.admin().get(&blob).await.expect_status(200);
    t.clock().advance(DELAY);
    // and then has the same numbers.
    let ended = loop {
        let ended = t.admin().get(&run).await.with_status(200).json();
        if ended["job_status"] != "Running" {
            break found(&ended);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(numbers(&ended), expected);
    assert_eq!(
        (&ended["progress"]["done"], &ended["progress"]["total"]),
        (&json!(freed.len()), &json!(freed.len()))
    );
    let told = log(&t, &run).await;
    for blob in &freed {
        assert!(told.contains(&format!("delete blob from storage: {}", digest(blob))), "{told}");
    }
    assert!(told.contains("workers: 1") && told.contains("5 blobs and 5 manifests eligible"), "{told}");
    t.admin().get(&blob).await.expect_status(404);
}

#[tokio::test]
async fn what_waits_for_its_time_is_told_with_it() {
    // Given a blob that a push has named, and a repository that was deleted a moment ago,
    let t = start().await;
    let _work = t.work();
    let (named, image) = (push_blob(&t.admin(), "library/app", b"named").await, Image::new(1, 1));
    image.push(&t.admin(), "library/gone", "1").await;
    t.admin().delete("/api/v2.0/projects/library/repositories/gone").await.expect_status(200);
    // when somebody asks what would go,
    let (planned, told) = plan(&t, false).await;
    // then nothing does yet, and the log says what waits, and until when.
    assert_eq!(planned["purged_blobs"], 0);
    let waits = |digest: &str, why: &str| {
        told.lines().any(|line| line.contains("waits until") && line.contains(digest) && line.ends_with(why))
    };
    assert!(waits(named.as_str(), "a push to library/app has named it"), "{told}");
    for blob in &image.blobs {
        assert!(waits(digest(blob).as_str(), "no repository holds it"), "{told}");
    }
    let all = image.blobs.iter().map(Vec::len).sum::<usize>() + "named".len();
    let sum = format!("{} blobs, {all} bytes that no manifest needs wait", image.blobs.len() + 1);
    assert!(told.contains(&sum), "{told}");
    // What is due counts, whoever will take it.
    t.clock().advance(DELAY);
    assert_eq!(plan(&t, false).await.0["purged_blobs"], json!(image.blobs.len()));
}

#[tokio::test]
async fn a_plan_knows_that_deletions_can_be_undone() {
    // Given an image without a tag, where deletions can be undone,
    let t = TestApp::start_undoing(Duration::from_hours(24)).await;
    let _work = t.work();
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", image.digest().as_str()).await;
    t.clock().advance(Duration::from_hours(2));
    // when somebody asks what would go, then its manifest would, and its bytes would wait;
    let (planned, told) = plan(&t, true).await;
    assert_eq!((&planned["purged_manifests"], &planned["freed_space"]), (&json!(1), &json!(0)), "{told}");
    assert!(told.contains("whose deletion can be undone"), "{told}");
    // and the run does not wait with them.
    let run = found(&collect(&t, json!({ "delete_untagged": true })).await);
    assert_eq!((&run["purged_manifests"], &run["freed_space"]), (&json!(1), &json!(0)));
}
