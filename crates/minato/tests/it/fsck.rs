//! Comparing database and store: each kind of damage is made by hand, found, repaired and healed.

use std::time::Duration;

use minato_core::GcTimes;
use minato_db::blob::Hold;
use minato_db::check::Checked;
use minato_db::execution::NewExecution;
use minato_db::task::{NewTask, Round};
use minato_testkit::content::{IMAGE_TYPE, Image, bytes, digest, push_blob, push_manifest};
use minato_testkit::{TestApp, bucket};
use minato_types::id::UploadId;
use minato_types::job::Trigger;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gc;

const FSCK: &str = "/api/v2.0/system/fsck";
const QUARANTINE: &str = "/api/v2.0/system/quarantine";

/// Begins a check of a kind, `fsck` or `scrub`; where its run is.
pub(super) async fn begin(t: &TestApp, kind: &str, parameters: Value) -> String {
    let body = json!({ "schedule": { "type": "Manual" }, "parameters": parameters });
    let path = format!("/api/v2.0/system/{kind}/schedule");
    t.admin().post_json(&path, &body).await.with_status(201).header("location").to_owned()
}

/// What a run tells, and how it stands.
pub(super) async fn look(t: &TestApp, run: &str) -> (Value, String) {
    let found = t.admin().get(run).await.with_status(200).json();
    let told: Value = serde_json::from_str(found["job_parameters"].as_str().unwrap()).unwrap();
    (told["report"].clone(), found["job_status"].as_str().unwrap().to_owned())
}

/// Waits until a run has ended; its report.
pub(super) async fn finish(t: &TestApp, run: &str) -> Value {
    loop {
        let (report, status) = look(t, run).await;
        if status != "Running" && status != "Pending" {
            assert_eq!(status, "Success", "{report}");
            return report;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Checks now; the report.
pub(super) async fn check(t: &TestApp, kind: &str, parameters: Value) -> Value {
    let run = begin(t, kind, parameters).await;
    finish(t, &run).await
}

/// The row of a blob.
pub(super) async fn row(t: &TestApp, blob: &[u8]) -> Checked {
    let mut conn = t.db().read().await.unwrap();
    let rows = minato_db::check::list_by_key(&mut conn, "", 1000).await.unwrap();
    rows.into_iter().find(|row| row.digest == digest(blob)).unwrap()
}

pub(super) async fn is_pulled(t: &TestApp, repository: &str, blob: &[u8]) {
    let answer = t.admin().get(&format!("/v2/{repository}/blobs/{}", digest(blob))).await.with_status(200);
    assert!(answer.body == blob, "{repository}");
}

/// That a blob is not there, for whoever asks in whichever way.
pub(super) async fn is_unknown(t: &TestApp, repository: &str, blob: &[u8]) {
    let path = format!("/v2/{repository}/blobs/{}", digest(blob));
    t.admin().head(&path).await.expect_status(404);
    assert_eq!(t.admin().get(&path).await.with_status(404).code(), "BLOB_UNKNOWN");
    for from in [format!("&from={repository}"), String::new()] {
        let mount = format!("/v2/library/mounts/blobs/uploads/?mount={}{from}", digest(blob));
        t.admin().send_bytes(Method::POST, &mount, "").await.expect_status(202);
    }
}

pub(super) async fn aside(t: &TestApp) -> Vec<Value> {
    t.admin().get(QUARANTINE).await.with_status(200).json().as_array().unwrap().clone()
}

fn orphan_key(content: &[u8]) -> String {
    let digest = digest(content);
    format!("blobs/sha256/{}/{}.0123456789ab", &digest.hex()[..2], digest.hex())
}

/// Everything that is stored, in order.
async fn stored(t: &TestApp) -> Vec<String> {
    let mut stored = t.stored().await;
    stored.sort();
    stored
}

/// An image in two repositories, one of whose layers is missing and another truncated; another image
/// whose manifest is not what it was; an orphan; leftovers of uploads.
struct Wrecked {
    image: Image,
    orphan: String,
    uploads: u64,
}

async fn wreck(t: &TestApp) -> Wrecked {
    let image = Image::new(1, 3);
    image.push(&t.admin(), "library/app", "1").await;
    image.push(&t.admin(), "library/other", "1").await;
    let broken = Image::new(2, 0);
    broken.push(&t.admin(), "library/broken", "1").await;
    gc::found(&gc::collect(t, json!({})).await);
    assert_eq!(check(t, "fsck", json!({})).await["found"], json!({}), "before");

    let (missing, short) = (row(t, &image.blobs[1]).await, row(t, &image.blobs[2]).await);
    t.store().delete(&[minato_store::StorageKey(missing.storage_key)]).await.unwrap();
    t.overwrite(&short.storage_key, &image.blobs[2][..100]).await;
    t.backend()
        .execute(
            "UPDATE artifact SET manifest = SUBSTR(manifest, 2) WHERE repository_id =
        (SELECT id FROM repository WHERE name = 'library/broken')",
        )
        .await;
    let orphan = orphan_key(b"orphan");
    t.overwrite(&orphan, b"orphan").await;
    t.overwrite(&format!("uploads/{}", UploadId::random()), b"left").await;
    let mut uploads = 1;
    if let Some(config) = t.backend().s3() {
        bucket::begin_multipart(&config, &format!("blobs/uploads/{}", UploadId::random())).await;
        uploads += 1;
    }
    t.clock().advance(Duration::from_hours(26));
    Wrecked { image, orphan, uploads }
}

#[tokio::test]
async fn each_damage_is_found_repaired_and_healed() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let Wrecked { image, orphan, uploads } = wreck(&t).await;
    let expected = json!({ "orphan": 1, "missing": 1, "size": 1, "manifest": 1, "upload": uploads });

    // Asked only to look, it changes nothing.
    let before = stored(&t).await;
    let run = begin(&t, "fsck", json!({ "repair": false })).await;
    let report = finish(&t, &run).await;
    assert_eq!((&report["found"], &report["repaired"]), (&expected, &json!(0)), "{report}");
    let log = t.admin().get(&format!("{run}/log")).await.with_status(200).text();
    let told = format!("missing: {} (2048 bytes)", digest(&image.blobs[1]));
    assert!(log.contains(&told), "{log}");
    for repository in ["library/app", "library/other"] {
        assert!(log.contains(&format!("{repository}@{}", image.digest())), "{log}");
    }
    assert!(log.contains(&format!("at {orphan}")) && log.contains("library/broken"), "{log}");
    assert_eq!(stored(&t).await, before);
    assert_eq!(aside(&t).await, Vec::<Value>::new());
    let missing = format!("/v2/library/app/blobs/{}", digest(&image.blobs[1]));
    t.admin().head(&missing).await.expect_status(200);
    assert_eq!(check(&t, "fsck", json!({})).await["found"], expected, "once more");

    let report = check(&t, "fsck", json!({ "repair": true })).await;
    assert_eq!((&report["found"], &report["repaired"]), (&expected, &json!(3 + uploads)), "{report}");
    // No byte of a blob is deleted for it.
    assert_eq!(stored(&t).await, before);
    for blob in &image.blobs[1..3] {
        is_unknown(&t, "library/app", blob).await;
        is_unknown(&t, "library/other", blob).await;
    }
    is_pulled(&t, "library/app", &image.blobs[3]).await;
    let why = format!("/api/v2.0/system/gc/blobs/{}", digest(&image.blobs[1]));
    assert_eq!(t.admin().get(&why).await.with_status(200).json()["damage"], "missing");
    // A tag that points at missing bytes stays, and nobody makes another.
    t.admin().get("/v2/library/app/manifests/1").await.expect_status(200);
    let again = push_manifest(&t.admin(), "library/app", "2", IMAGE_TYPE, &image.manifest).await;
    assert_eq!((again.status, again.code().as_str()), (400, "MANIFEST_BLOB_UNKNOWN"));
    let copy = "/api/v2.0/projects/library/repositories/copied/artifacts?from=library/app:1";
    t.admin().send_bytes(Method::POST, copy, "").await.expect_status(409);

    // What is pushed anywhere is whole everywhere.
    push_blob(&t.admin(), "library/elsewhere", &image.blobs[1]).await;
    image.push(&t.admin(), "library/other", "2").await;
    for repository in ["library/app", "library/other"] {
        for blob in &image.blobs {
            is_pulled(&t, repository, blob).await;
        }
    }
    let report = check(&t, "fsck", json!({ "repair": true })).await;
    assert_eq!(report["found"], json!({ "manifest": 1 }), "{report}");
}

#[tokio::test]
async fn what_is_set_aside_goes_in_time_or_when_somebody_says_so() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let Wrecked { image, orphan, .. } = wreck(&t).await;
    let kept = orphan_key(b"kept");
    t.overwrite(&kept, b"kept").await;
    t.clock().advance(Duration::from_hours(2));
    check(&t, "fsck", json!({ "repair": true })).await;
    let found = aside(&t).await;
    let of = |key: &str| found.iter().find(|aside| aside["storage_key"] == key).unwrap().clone();
    let short = row(&t, &image.blobs[2]).await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!((&of(&orphan)["reason"], &of(&orphan)["size"]), (&json!("orphan"), &json!(6)));
    assert_eq!(of(&orphan)["digest"], digest(b"orphan").as_str());
    assert!(of(&orphan)["deletion_time"].as_str().unwrap() > of(&orphan)["creation_time"].as_str().unwrap());
    assert_eq!(
        (&of(&short.storage_key)["reason"], &of(&short.storage_key)["deletion_time"]),
        (&json!("size"), &Value::Null)
    );

    // A blob's own bytes can't be let go; an orphan can be kept.
    let path = |aside: &Value| format!("{QUARANTINE}/{}", aside["id"]);
    t.admin().delete(&path(&of(&short.storage_key))).await.expect_status(409);
    t.admin().put_json(&path(&of(&kept)), &json!({})).await.expect_status(200);
    gc::found(&gc::collect(&t, json!({})).await);
    assert_eq!(aside(&t).await.len(), 3);
    push_blob(&t.admin(), "library/app", &image.blobs[2]).await;
    t.clock().advance(Duration::from_hours(8 * 24));
    gc::found(&gc::collect(&t, json!({})).await);
    let left = |stored: &[String], key: &str| stored.iter().any(|name| name.ends_with(key));
    let there = stored(&t).await;
    assert!(!left(&there, &orphan) && left(&there, &kept) && left(&there, &short.storage_key), "{there:?}");

    for aside in aside(&t).await {
        t.admin().delete(&path(&aside)).await.expect_status(200);
    }
    gc::found(&gc::collect(&t, json!({})).await);
    let there = stored(&t).await;
    assert!(!left(&there, &kept) && !left(&there, &short.storage_key), "{there:?}");
    assert_eq!(aside(&t).await, Vec::<Value>::new());
    t.admin().delete(&format!("{QUARANTINE}/77")).await.expect_status(404);
    t.admin().put_json(&format!("{QUARANTINE}/77"), &json!({})).await.expect_status(404);
    is_pulled(&t, "library/other", &image.blobs[2]).await;
}

#[tokio::test]
async fn damaged_bytes_go_with_their_blob() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let image = Image::new(3, 1);
    image.push(&t.admin(), "library/app", "1").await;
    let short = row(&t, &image.blobs[1]).await;
    t.overwrite(&short.storage_key, b"short").await;
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({ "size": 1 }));
    assert_eq!(aside(&t).await.len(), 1);
    let path = format!("/v2/library/app/manifests/{}", image.digest());
    t.admin().send_bytes(Method::DELETE, &path, "").await.expect_status(202);
    t.clock().advance(Duration::from_hours(2));
    gc::found(&gc::collect(&t, json!({})).await);
    assert_eq!(stored(&t).await, Vec::<String>::new());
    assert_eq!(aside(&t).await, Vec::<Value>::new());
}

#[tokio::test]
async fn bytes_that_come_back_are_served_again() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let blob = bytes(1, 3000);
    push_blob(&t.admin(), "library/app", &blob).await;
    let key = row(&t, &blob).await.storage_key;
    t.store().delete(&[minato_store::StorageKey(key.clone())]).await.unwrap();
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["repaired"], 1);
    let report = check(&t, "fsck", json!({ "repair": true })).await;
    assert_eq!(
        (&report["found"], &report["repaired"]),
        (&json!({ "missing": 1 }), &json!(0)),
        "known already"
    );
    // As when a disk was not mounted.
    t.overwrite(&key, &blob).await;
    assert_eq!(check(&t, "fsck", json!({})).await["found"], json!({ "recovered": 1 }));
    t.admin().head(&format!("/v2/library/app/blobs/{}", digest(&blob))).await.expect_status(404);
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({ "recovered": 1 }));
    is_pulled(&t, "library/app", &blob).await;
    assert_eq!(check(&t, "fsck", json!({})).await["found"], json!({}));
}

/// Both a push that was long on its way, and a database that was restored and then restored right.
#[tokio::test]
async fn an_orphan_that_a_row_names_after_all_is_never_deleted() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let key = orphan_key(b"late");
    t.overwrite(&key, b"late").await;
    // Young ones may be named any moment.
    let report = check(&t, "fsck", json!({ "repair": true })).await;
    assert_eq!((&report["found"], &report["young"]), (&json!({}), &json!(1)));
    t.clock().advance(Duration::from_hours(2));
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({ "orphan": 1 }));
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({}), "it is known now");
    push_blob(&t.admin(), "library/app", b"another").await;
    let now = minato_types::clock::Clock::now(t.clock());
    let mut tx = t.db().begin().await.unwrap();
    let blob = minato_db::blob::upsert(&mut tx, &digest(b"late"), 4, &key, now).await.unwrap();
    let repository = minato_types::id::RepositoryId(1);
    let hold = Hold { by: "nobody", until: now.plus(Duration::from_hours(1000)) };
    minato_db::blob::link(&mut tx, repository, blob.id, now, hold).await.unwrap();
    tx.commit().await.unwrap();
    t.clock().advance(Duration::from_hours(8 * 24));
    gc::found(&gc::collect(&t, json!({})).await);
    assert_eq!(aside(&t).await, Vec::<Value>::new());
    is_pulled(&t, "library/app", b"late").await;
}

/// In a bucket a blob of several parts has the name of its session, which tells of a push under way
/// however old its first part is.
#[tokio::test]
async fn what_an_open_session_has_sealed_is_no_orphan() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    if !t.is_on_s3() {
        return;
    }
    let opened =
        t.admin().send_bytes(Method::POST, "/v2/library/app/blobs/uploads/", "").await.with_status(202);
    let session = opened.header("location").to_owned();
    let id = session.split('?').next().unwrap().rsplit('/').next().unwrap();
    t.overwrite(&format!("blobs/uploads/{id}"), b"sealed").await;
    t.clock().advance(Duration::from_hours(2));
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({}));
    t.admin().send_bytes(Method::DELETE, &session, "").await.expect_status(204);
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({ "orphan": 1 }));
    assert_eq!(aside(&t).await[0].get("digest"), None);
    t.clock().advance(Duration::from_hours(8 * 24));
    gc::found(&gc::collect(&t, json!({})).await);
    assert_eq!(stored(&t).await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_found_while_others_push_and_collect() {
    let gc = GcTimes { delay: Duration::ZERO, interval: Duration::from_millis(10), ..GcTimes::default() };
    let t = TestApp::start_collecting(gc).await;
    let _work = t.work();
    let pushing = async {
        for seed in 100..130 {
            let image = Image::new(seed, 3);
            // The second time all bytes come again, and are garbage at once.
            for repository in ["library/app", "library/other"] {
                image.push(&t.admin(), repository, "1").await;
            }
            let path = format!("/v2/library/app/manifests/{}", image.digest());
            t.admin().send_bytes(Method::DELETE, &path, "").await.expect_status(202);
        }
    };
    let done = std::cell::Cell::new(false);
    let checking = async {
        let mut checks = 0;
        while !done.get() || checks == 0 {
            let report = check(&t, "fsck", json!({ "repair": true })).await;
            assert_eq!(report["found"], json!({}), "{report}");
            checks += 1;
        }
    };
    let pushing = async {
        pushing.await;
        done.set(true);
    };
    tokio::join!(pushing, checking);
    assert_eq!(aside(&t).await, Vec::<Value>::new());
}

#[tokio::test]
async fn another_goes_on_where_a_lost_worker_was() {
    let t = TestApp::start_untidy().await;
    Image::new(4, 2).push(&t.admin(), "library/app", "1").await;
    t.store().delete(&[minato_store::StorageKey(row(&t, b"{\"seed\":4}").await.storage_key)]).await.unwrap();
    // As it wrote it down last: behind the blobs, with one finding.
    let report = json!({ "blobs": 41, "found": { "orphan": 1 }, "repaired": 1, "place": { "at": "manifests", "after": 0 } });
    let now = minato_types::clock::Clock::now(t.clock());
    let mut tx = t.db().begin().await.unwrap();
    let new = NewExecution { vendor_type: "FSCK", vendor_id: 0, trigger: Trigger::Manual, attributes: "{}" };
    let task = NewTask {
        kind: "FSCK",
        share: 0,
        sequence: None,
        uniqueness: Some("FSCK".to_owned()),
        parameters: json!({ "repair": true }).to_string(),
        attributes: "{}".to_owned(),
        due_at: now,
    };
    let id = minato_db::execution::insert(&mut tx, &new, now).await.unwrap();
    minato_db::task::insert(&mut tx, id, &[task], now).await.unwrap();
    let lease = now.plus(Duration::from_secs(30));
    let round = Round { kind: "FSCK", after: -1, at_once_per_share: 1, limit: 1 };
    let claimed = minato_db::task::claim(&mut tx, &round, "lost", (now, lease)).await.unwrap();
    let attributes = json!({ "report": report }).to_string();
    minato_db::task::update_attributes(&mut tx, claimed[0].id, "lost", &attributes, now).await.unwrap();
    tx.commit().await.unwrap();
    t.clock().advance(Duration::from_mins(1));
    let _work = t.work();
    let report = finish(&t, &format!("{FSCK}/{id}")).await;
    assert_eq!((&report["blobs"], &report["manifests"]), (&json!(41), &json!(1)), "{report}");
    assert_eq!(report["found"], json!({ "orphan": 1 }));
    // The next one begins at the beginning.
    assert_eq!(check(&t, "fsck", json!({})).await["found"], json!({ "missing": 1 }));
}

#[tokio::test]
async fn it_is_asked_for_as_garbage_collection_is() {
    let t = TestApp::start_untidy().await;
    let schedule = format!("{FSCK}/schedule");
    let weekly = json!({ "schedule": { "type": "Weekly" }, "parameters": { "repair": true } });
    t.admin().put_json(&schedule, &weekly).await.expect_status(200);
    let shown = t.admin().get(&schedule).await.with_status(200).json();
    assert_eq!(
        (&shown["schedule"]["cron"], &shown["job_parameters"]),
        (&json!("0 0 0 * * 0"), &json!("{\"repair\":true}"))
    );
    for wrong in [json!({ "repair": "yes" }), json!({ "repiar": true })] {
        let body = json!({ "schedule": { "type": "Manual" }, "parameters": wrong });
        t.admin().post_json(&schedule, &body).await.expect_status(400);
    }
    // Nobody works, so that it waits.
    let run = begin(&t, "fsck", json!({})).await;
    let manual = json!({ "schedule": { "type": "Manual" } });
    t.admin().post_json(&schedule, &manual).await.expect_status(409);
    assert_eq!(t.admin().get(FSCK).await.with_status(200).header("x-total-count"), "1");
    t.admin().put_json(&run, &json!({})).await.expect_status(200);
    assert_eq!(look(&t, &run).await.1, "Stopped");
    let user = t.user("somebody").await;
    for path in [FSCK, QUARANTINE, &schedule, &run, "/api/v2.0/system/scrub"] {
        user.get(path).await.expect_status(403);
        t.anonymous().get(path).await.expect_status(401);
    }
    user.post_json(&schedule, &manual).await.expect_status(403);
    user.put_json(&run, &json!({})).await.expect_status(403);
    user.delete(&format!("{QUARANTINE}/1")).await.expect_status(403);
    user.put_json(&format!("{QUARANTINE}/1"), &json!({})).await.expect_status(403);
    // A run of another kind is not there.
    t.admin().get(&run.replace("fsck", "scrub")).await.expect_status(404);
}

#[tokio::test]
async fn figures_tell_of_it() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let (reader, _stop) = t.metrics().await;
    let (short, lost) = (bytes(5, 1000), bytes(6, 1000));
    for blob in [&short, &lost] {
        push_blob(&t.admin(), "library/app", blob).await;
    }
    check(&t, "scrub", json!({ "rate": 1000 })).await;
    t.overwrite(&row(&t, &short).await.storage_key, b"short").await;
    t.store().delete(&[minato_store::StorageKey(row(&t, &lost).await.storage_key)]).await.unwrap();
    check(&t, "fsck", json!({ "repair": true })).await;
    let told = reader.get("/metrics?comp=minato").await.with_status(200).text();
    for line in [
        "minato_scrub_bytes_total 2000",
        "minato_check_findings{type=\"FSCK\"} 2",
        "minato_check_findings{type=\"SCRUB\"} 0",
        "minato_damaged_blobs 2",
        "minato_quarantine_blobs 1",
        "minato_quarantine_bytes 5",
    ] {
        assert!(told.lines().any(|found| found == line), "{line}: {told}");
    }
    assert!(told.contains("minato_check_end_timestamp_seconds{type=\"FSCK\"}"));
}
