//! Garbage collection: what goes, what stays, and how it is asked for. That nobody loses by it is
//! in `gc_model` and `gc_soak`.

use std::time::Duration;

use minato_core::GcTimes;
use minato_testkit::content::{
    IMAGE_TYPE, INDEX_TYPE, Image, bytes, digest, index, push_blob, push_manifest,
};
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const GC: &str = "/api/v2.0/system/gc";
const SCHEDULE: &str = "/api/v2.0/system/gc/schedule";

/// Collects now and waits until that is done; the run.
pub(super) async fn collect(t: &TestApp, parameters: Value) -> Value {
    let body = json!({ "schedule": { "type": "Manual" }, "parameters": parameters });
    let made = t.admin().post_json(SCHEDULE, &body).await.with_status(201);
    let run = made.header("location").to_owned();
    loop {
        let found = t.admin().get(&run).await.with_status(200).json();
        if found["job_status"] != "Running" {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) fn found(run: &Value) -> Value {
    assert_eq!(run["job_status"], "Success", "{run}");
    serde_json::from_str(run["job_parameters"].as_str().unwrap()).unwrap()
}

async fn delete(who: &Persona, path: &str) {
    who.send_bytes(Method::DELETE, path, "").await.expect_status(202);
}

#[tokio::test]
async fn bytes_of_what_was_deleted_come_back() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let (one, two) = (Image::new(1, 2), Image::build(1, 2, &json!({ "annotations": { "other": "1" } })));
    one.push(&t.admin(), "library/app", "one").await;
    two.push(&t.admin(), "library/app", "two").await;
    one.push(&t.admin(), "library/other", "one").await;
    // Layers that came more than once.
    found(&collect(&t, json!({})).await);
    let all = t.stored().await.len();
    let path = |repository: &str, image: &Image| format!("/v2/{repository}/manifests/{}", image.digest());

    // Another image, and another repository, have the layers still.
    delete(&t.admin(), &path("library/app", &one)).await;
    t.clock().advance(Duration::from_hours(2));
    let run = found(&collect(&t, json!({})).await);
    assert_eq!((&run["purged_blobs"], &run["freed_space"]), (&json!(0), &json!(0)));
    t.admin().get("/v2/library/app/manifests/two").await.expect_status(200);

    delete(&t.admin(), &path("library/app", &two)).await;
    delete(&t.admin(), &path("library/other", &one)).await;
    // Those who are reading have time to end.
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    t.clock().advance(Duration::from_mins(3));
    let run = found(&collect(&t, json!({})).await);
    assert_eq!(run["purged_blobs"], json!(all));
    let blobs = one.blobs.iter().chain(&two.blobs).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(run["freed_space"], json!(blobs.into_iter().map(Vec::len).sum::<usize>()));
    assert_eq!(t.stored().await, Vec::<String>::new());

    // What is gone can come again.
    one.push(&t.admin(), "library/app", "one").await;
    for blob in &one.blobs {
        let answer = t.admin().get(&format!("/v2/library/app/blobs/{}", digest(blob))).await.with_status(200);
        assert_eq!(answer.body, *blob);
    }
}

#[tokio::test]
async fn repositories_projects_and_single_blobs_as_well() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    t.project("team", false).await;
    Image::new(2, 2).push(&t.admin(), "team/app", "1").await;
    push_blob(&t.admin(), "team/unused", b"never named by a manifest").await;
    let single = push_blob(&t.admin(), "library/app", b"single").await;
    delete(&t.admin(), &format!("/v2/library/app/blobs/{single}")).await;
    t.admin().delete("/api/v2.0/projects/team/repositories/app").await.expect_status(200);
    t.admin().delete("/api/v2.0/projects/team").await.expect_status(200);
    t.clock().advance(Duration::from_mins(3));
    found(&collect(&t, json!({})).await);
    assert_eq!(t.stored().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_push_has_named_stays_for_a_while() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let pusher = t.member("pusher", Role::Developer, "library").await;
    let reader = t.member("reader", Role::Guest, "library").await;
    let named = push_blob(&pusher, "library/app", b"named").await;
    let blob = format!("/v2/library/app/blobs/{named}");
    t.clock().advance(Duration::from_mins(50));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);

    // Asking whether it is there, by who may push, is naming it.
    pusher.head(&blob).await.expect_status(200);
    t.clock().advance(Duration::from_mins(50));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    // So is mounting it, in the other repository.
    let mount = format!("/v2/library/other/blobs/uploads/?mount={named}&from=library/app");
    let token =
        pusher.with_token(&["repository:library/app:pull", "repository:library/other:pull,push"]).await;
    token.send_bytes(Method::POST, &mount, "").await.expect_status(201);
    // Reading it is not.
    reader.head(&blob).await.expect_status(200);
    reader.get(&blob).await.expect_status(200);
    t.clock().advance(Duration::from_mins(45));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    pusher.head(&blob).await.expect_status(404);
    pusher.head(&format!("/v2/library/other/blobs/{named}")).await.expect_status(200);
    t.clock().advance(Duration::from_mins(100));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 1);
    pusher.head(&format!("/v2/library/other/blobs/{named}")).await.expect_status(404);
}

#[tokio::test]
async fn what_came_a_moment_ago_goes_with_its_manifest() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let scope = ["repository:library/app:pull,push"];
    let image = Image::new(4, 3);
    let path = format!("/v2/library/app/manifests/{}", image.digest());
    for who in [t.admin(), t.admin().with_token(&scope).await] {
        image.push(&who, "library/app", "1").await;
        // The next push of the same layers asks first.
        for blob in &image.blobs {
            who.head(&format!("/v2/library/app/blobs/{}", digest(blob))).await.expect_status(200);
        }
        image.push(&who, "library/app", "2").await;
        delete(&t.admin(), &path).await;
        t.clock().advance(Duration::from_mins(3));
        found(&collect(&t, json!({})).await);
        assert_eq!(t.stored().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn one_push_does_not_end_the_hold_of_another() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let scope = ["repository:library/app:pull,push"];
    let (one, two) = (t.admin().with_token(&scope).await, t.admin().with_token(&scope).await);
    let image = Image::new(5, 2);
    let head = |blob: &[u8]| format!("/v2/library/app/blobs/{}", digest(blob));
    for blob in &image.blobs {
        push_blob(&one, "library/app", blob).await;
        two.head(&head(blob)).await.expect_status(200);
    }
    push_manifest(&one, "library/app", "1", IMAGE_TYPE, &image.manifest).await.expect_status(201);
    delete(&t.admin(), &format!("/v2/library/app/manifests/{}", image.digest())).await;
    t.clock().advance(Duration::from_mins(20));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    // It has its manifest at last, and then nobody needs them.
    push_manifest(&two, "library/app", "1", IMAGE_TYPE, &image.manifest).await.expect_status(201);
    delete(&t.admin(), &format!("/v2/library/app/manifests/{}", image.digest())).await;
    t.clock().advance(Duration::from_mins(3));
    found(&collect(&t, json!({})).await);
    assert_eq!(t.stored().await, Vec::<String>::new());
}

#[tokio::test]
async fn very_many_pushes_of_one_layer_are_held_together() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let named = push_blob(&t.admin(), "library/app", b"named by many").await;
    let blob = format!("/v2/library/app/blobs/{named}");
    for _ in 0..40 {
        let who = t.admin().with_token(&["repository:library/app:pull,push"]).await;
        who.head(&blob).await.expect_status(200);
    }
    t.clock().advance(Duration::from_mins(59));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    t.clock().advance(Duration::from_mins(40));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 1);
}

#[tokio::test]
async fn content_pushed_twice_is_stored_once() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let image = Image::new(3, 1);
    image.push(&t.admin(), "library/app", "1").await;
    image.push(&t.admin(), "library/other", "1").await;
    found(&collect(&t, json!({})).await);
    assert_eq!(t.stored().await.len(), image.blobs.len());
    t.admin().get(&format!("/v2/library/app/blobs/{}", digest(&image.blobs[0]))).await.expect_status(200);
}

#[tokio::test]
async fn manifests_without_tags_go_on_request() {
    let t = start_without_delay().await;
    let _work = t.work();
    let admin = t.admin();
    let image = |n: u64| Image::build(10 + n, 1, &json!({}));
    let (old, child, tagged) = (image(1), image(2), image(3));
    old.push(&admin, "library/app", old.digest().as_str()).await;
    child.push(&admin, "library/app", child.digest().as_str()).await;
    tagged.push(&admin, "library/app", "keep").await;
    let list = index(&[(&child.digest(), child.manifest.len())]);
    push_manifest(&admin, "library/app", "list", INDEX_TYPE, &list).await.expect_status(201);
    let about = Image::build(
        14,
        1,
        &json!({ "subject": {
        "mediaType": IMAGE_TYPE, "digest": tagged.digest().as_str(), "size": tagged.manifest.len() } }),
    );
    about.push(&admin, "library/app", about.digest().as_str()).await;
    t.clock().advance(Duration::from_mins(90));
    let fresh = image(5);
    fresh.push(&admin, "library/app", fresh.digest().as_str()).await;

    let plan = collect(&t, json!({ "delete_untagged": true, "dry_run": true })).await;
    assert_eq!(found(&plan)["purged_manifests"], 1);
    let log = admin.get(&format!("{GC}/{}/log", plan["id"])).await.with_status(200);
    assert_eq!(log.header("content-type"), "text/plain; charset=utf-8");
    assert!(log.text().contains(&format!("would remove library/app@{}", old.digest())), "{}", log.text());
    assert_eq!(found(&collect(&t, json!({})).await)["purged_manifests"], 0);

    let run = found(&collect(&t, json!({ "delete_untagged": true, "workers": 3 })).await);
    assert_eq!(run["purged_manifests"], 1);
    assert_eq!(
        (&run["delete_untagged"], &run["dry_run"], &run["workers"]),
        (&json!(true), &json!(false), &json!(3))
    );
    let status = async |image: &Image| {
        t.admin().get(&format!("/v2/library/app/manifests/{}", image.digest())).await.status
    };
    assert_eq!(status(&old).await, 404);
    for kept in [&child, &tagged, &about, &fresh] {
        assert_eq!(status(kept).await, 200);
    }
    assert_eq!(run["purged_blobs"], json!(old.blobs.len()));
}

/// A run that need not wait for those who are reading.
async fn start_without_delay() -> TestApp {
    let day = Duration::from_hours(24);
    TestApp::start_collecting(GcTimes { delay: Duration::ZERO, interval: day, ..GcTimes::default() }).await
}

/// What was pushed again a moment ago, or has just lost its tag, may be on its way somewhere.
#[tokio::test]
async fn manifests_that_were_touched_a_moment_ago_stay() {
    let t = start_without_delay().await;
    let _work = t.work();
    let admin = t.admin();
    let (again, moved) = (image_of(20), image_of(21));
    again.push(&admin, "library/app", again.digest().as_str()).await;
    moved.push(&admin, "library/app", "latest").await;
    t.clock().advance(Duration::from_mins(90));
    again.push(&admin, "library/app", again.digest().as_str()).await;
    image_of(22).push(&admin, "library/app", "latest").await;
    let untagged = json!({ "delete_untagged": true });
    assert_eq!(found(&collect(&t, untagged.clone()).await)["purged_manifests"], 0);
    t.clock().advance(Duration::from_mins(90));
    assert_eq!(found(&collect(&t, untagged).await)["purged_manifests"], 2);
}

/// Layers that need not be here are kept when they are.
#[tokio::test]
async fn foreign_layers_that_were_pushed_stay() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let admin = t.admin();
    let (config, layer) =
        (push_blob(&admin, "library/win", b"{}").await, push_blob(&admin, "library/win", b"base").await);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": IMAGE_TYPE,
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config.as_str(), "size": 2 },
        "layers": [{ "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": layer.as_str(), "size": 4 }],
    });
    push_manifest(&admin, "library/win", "1", IMAGE_TYPE, manifest.to_string().as_bytes())
        .await
        .expect_status(201);
    t.clock().advance(Duration::from_hours(2));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    admin.get(&format!("/v2/library/win/blobs/{layer}")).await.expect_status(200);
}

fn image_of(n: u64) -> Image {
    Image::build(n, 1, &json!({}))
}

#[tokio::test]
async fn a_plan_tells_what_would_go_and_why() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let image = Image::new(4, 1);
    image.push(&t.admin(), "library/app", "1").await;
    delete(&t.admin(), &format!("/v2/library/app/manifests/{}", image.digest())).await;
    t.clock().advance(Duration::from_hours(2));
    let plan = collect(&t, json!({ "dry_run": true })).await;
    let size: usize = image.blobs.iter().map(Vec::len).sum();
    assert_eq!(found(&plan)["freed_space"], json!(size));
    let log = t.admin().get(&format!("{GC}/{}/log", plan["id"])).await.with_status(200).text();
    for blob in &image.blobs {
        let line = format!(
            "would delete {} ({} bytes): no manifest in library/app needs it",
            digest(blob),
            blob.len()
        );
        assert!(log.contains(&line), "{log}");
    }
    assert_eq!(t.stored().await.len(), image.blobs.len());
}

#[tokio::test]
async fn why_a_blob_is_kept() {
    let t = TestApp::start().await;
    let image = Image::new(5, 1);
    image.push(&t.admin(), "library/app", "1").await;
    let layer = digest(&image.blobs[0]);
    let ask = async |digest: &str| t.admin().get(&format!("{GC}/blobs/{digest}")).await;
    let reasons = ask(layer.as_str()).await.with_status(200).json();
    assert_eq!(reasons["kept_by"][0]["repository"], "library/app");
    assert_eq!(reasons["kept_by"][0]["artifacts"], json!([image.digest().as_str()]));
    assert_eq!(reasons["garbage"], false);
    let alone = push_blob(&t.admin(), "library/app", b"alone").await;
    let reasons = ask(alone.as_str()).await.with_status(200).json();
    assert_eq!(reasons["kept_by"][0]["artifacts"], json!([]));
    assert!(reasons["kept_by"][0]["held_until"].is_string());
    for unknown in [digest(b"unknown").to_string(), "nonsense".to_owned()] {
        ask(&unknown).await.expect_status(404);
    }
    t.user("curious").await.get(&format!("{GC}/blobs/{layer}")).await.expect_status(403);
}

#[tokio::test]
async fn schedules_and_history_as_harbor_has_them() {
    let t = TestApp::start().await;
    let admin = t.admin();
    assert_eq!(admin.get(SCHEDULE).await.with_status(200).json(), json!({}));
    let put = async |body: Value| -> Answer { admin.put_json(SCHEDULE, &body).await };
    let daily = json!({ "schedule": { "type": "Custom", "cron": "0 30 2 * * *" }, "parameters": { "delete_untagged": true, "workers": 2 } });
    admin.post_json(SCHEDULE, &daily).await.expect_status(201);
    let shown = admin.get(SCHEDULE).await.with_status(200).json();
    assert_eq!(
        (&shown["schedule"]["type"], &shown["schedule"]["cron"]),
        (&json!("Custom"), &json!("0 30 2 * * *"))
    );
    assert!(shown["schedule"]["next_scheduled_time"].as_str().unwrap().ends_with("T02:30:00.000Z"));
    let kept: Value = serde_json::from_str(shown["job_parameters"].as_str().unwrap()).unwrap();
    assert_eq!(kept, json!({ "delete_untagged": true, "delete_tag": false, "dry_run": false, "workers": 2 }));
    let all = admin.get("/api/v2.0/schedules").await.with_status(200);
    // And the one that nobody has to make.
    assert_eq!(all.header("x-total-count"), "2");
    assert_eq!(
        (&all.json()[1]["vendor_type"], &all.json()[1]["cron"]),
        (&json!("GARBAGE_COLLECTION"), &json!("0 30 2 * * *"))
    );

    for (wrong, status) in [
        (json!({ "schedule": { "type": "Custom", "cron": "*/5 * * * * *" } }), 400),
        (json!({ "schedule": { "type": "Custom", "cron": "30 2 * * *" } }), 400),
        (json!({ "schedule": { "type": "Sometimes" } }), 400),
        (json!({ "schedule": { "type": "Manual" }, "parameters": { "workers": 11 } }), 400),
        (json!({ "schedule": { "type": "Manual" }, "parameters": { "workers": "two" } }), 400),
        (json!({}), 400),
        (json!([]), 422),
    ] {
        assert_eq!(put(wrong.clone()).await.status, status, "{wrong}");
    }
}

#[tokio::test]
async fn a_schedule_that_was_missed_fires_once() {
    let t = TestApp::start().await;
    t.advance_to_noon();
    let admin = t.admin();
    let daily = json!({ "schedule": { "type": "Daily", "cron": "0 0 0 * * *" } });
    admin.put_json(SCHEDULE, &daily).await.expect_status(200);
    // It fires once, though it was missed for days.
    let work = t.work();
    t.clock().advance(Duration::from_hours(72));
    let history = loop {
        let history = admin.get(GC).await.with_status(200);
        if history.header("x-total-count") != "0" && history.json()[0]["job_status"] == "Success" {
            break history;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(history.header("x-total-count"), "1");
    let run = &history.json()[0];
    assert_eq!(
        (&run["job_name"], &run["job_kind"], &run["schedule"]["type"], &run["deleted"]),
        (&json!("GARBAGE_COLLECTION"), &json!("SCHEDULE"), &json!("Schedule"), &json!(false))
    );
    let none = json!({ "schedule": { "type": "None" } });
    admin.put_json(SCHEDULE, &none).await.expect_status(200);
    assert_eq!(admin.get(SCHEDULE).await.with_status(200).json(), json!({}));
    work.stop().await;
}

#[tokio::test]
async fn what_waits_can_be_stopped() {
    let t = TestApp::start().await;
    let admin = t.admin();
    // Nobody runs jobs: what is started waits, a second is refused, and it can be stopped.
    let body = json!({ "schedule": { "type": "Manual" } });
    let run = admin.post_json(SCHEDULE, &body).await.with_status(201).header("location").to_owned();
    admin.post_json(SCHEDULE, &body).await.expect_status(409);
    assert_eq!(admin.get(&run).await.with_status(200).json()["job_status"], "Running");
    admin.put_json(&run, &json!({})).await.expect_status(200);
    assert_eq!(admin.get(&run).await.with_status(200).json()["job_status"], "Stopped");
    admin.put_json(&run, &json!({})).await.expect_status(200);
    for unknown in [format!("{GC}/999999"), format!("{GC}/999999/log")] {
        admin.get(&unknown).await.expect_status(404);
    }
    admin.get(&format!("{GC}/nonsense")).await.expect_status(422);
    let nobody = t.user("nobody").await;
    for path in [GC, SCHEDULE, "/api/v2.0/schedules"] {
        nobody.get(path).await.expect_status(403);
        t.anonymous().get(path).await.expect_status(401);
    }
}

#[tokio::test]
async fn what_cannot_be_deleted_now_is_deleted_later() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    // As if a collector had died with these in its hands.
    let blob = bytes(9, 100);
    let digest = push_blob(&t.admin(), "library/app", &blob).await;
    delete(&t.admin(), &format!("/v2/library/app/blobs/{digest}")).await;
    t.clock().advance(Duration::from_mins(3));
    let now = minato_types::clock::Clock::now(t.clock());
    let mut tx = t.db().begin().await.unwrap();
    let due = minato_db::garbage::list_due_blobs(&mut tx, now, 10).await.unwrap();
    minato_db::garbage::collect_blobs(&mut tx, &due, now).await.unwrap();
    let taken = minato_db::garbage::take(&mut tx, now, now.plus(Duration::from_mins(5)), 10).await.unwrap();
    assert_eq!(taken.len(), 1);
    tx.commit().await.unwrap();
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 0);
    t.clock().advance(Duration::from_mins(6));
    assert_eq!(found(&collect(&t, json!({})).await)["purged_blobs"], 1);
    assert_eq!(t.stored().await, Vec::<String>::new());
}
