//! Reading blobs again: what is not what it was is found, set aside and healed.

use std::time::Duration;

use minato_testkit::TestApp;
use minato_testkit::content::{Image, bytes, push_blob};
use serde_json::{Value, json};

use crate::fsck::{aside, begin, check, finish, is_pulled, is_unknown, look, row};

/// The same with one bit of it the other way.
fn flipped(blob: &[u8]) -> Vec<u8> {
    let mut flipped = blob.to_vec();
    flipped[blob.len() / 2] ^= 1;
    flipped
}

#[tokio::test]
async fn a_flipped_bit_is_found_set_aside_and_healed() {
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    let image = Image::new(1, 3);
    let large = bytes(9, 3_000_000);
    image.push(&t.admin(), "library/app", "1").await;
    image.push(&t.admin(), "library/other", "1").await;
    push_blob(&t.admin(), "library/app", &large).await;
    let fast = || json!({ "rate": 1000 });
    let report = check(&t, "scrub", fast()).await;
    let all = image.blobs.iter().map(Vec::len).sum::<usize>() + large.len();
    assert_eq!((&report["found"], &report["blobs"], &report["bytes"]), (&json!({}), &json!(5), &json!(all)));

    for blob in [&image.blobs[2], &large] {
        t.overwrite(&row(&t, blob).await.storage_key, &flipped(blob)).await;
    }
    // Their sizes are right.
    assert_eq!(check(&t, "fsck", json!({})).await["found"], json!({}));
    let report = check(&t, "scrub", json!({ "rate": 1000, "repair": false })).await;
    assert_eq!((&report["found"], &report["repaired"]), (&json!({ "content": 2 }), &json!(0)));
    assert_eq!(aside(&t).await, Vec::<Value>::new());
    let report = check(&t, "scrub", fast()).await;
    assert_eq!((&report["found"], &report["repaired"]), (&json!({ "content": 2 }), &json!(2)));
    is_unknown(&t, "library/app", &large).await;
    is_unknown(&t, "library/other", &image.blobs[2]).await;
    let kept = aside(&t).await;
    assert!(kept.len() == 2 && kept.iter().all(|aside| aside["reason"] == "content"), "{kept:?}");
    assert_eq!(check(&t, "fsck", json!({ "repair": true })).await["found"], json!({ "content": 2 }), "known");

    // One is pushed again, the other gets its bytes back.
    let damaged = row(&t, &image.blobs[2]).await.storage_key;
    image.push(&t.admin(), "library/new", "1").await;
    let healed = row(&t, &image.blobs[2]).await;
    assert!(healed.damage.is_none() && healed.storage_key != damaged);
    t.overwrite(&row(&t, &large).await.storage_key, &large).await;
    assert_eq!(check(&t, "scrub", fast()).await["found"], json!({ "recovered": 1 }));
    for repository in ["library/app", "library/other", "library/new"] {
        is_pulled(&t, repository, &image.blobs[2]).await;
    }
    is_pulled(&t, "library/app", &large).await;
    let kept = aside(&t).await;
    assert_eq!((kept.len(), &kept[0]["storage_key"]), (1, &json!(damaged)), "for whoever wants to know why");
}

#[tokio::test]
async fn a_round_goes_on_where_it_was_stopped() {
    /// So many that the round is not over before it is stopped.
    const BLOBS: u64 = 30;
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    for seed in 0..BLOBS {
        push_blob(&t.admin(), "library/app", &bytes(seed, 1 << 20)).await;
    }
    // A second for each.
    let run = begin(&t, "scrub", json!({ "rate": 1 })).await;
    while look(&t, &run).await.0["blobs"].as_u64().unwrap_or(0) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    t.admin().put_json(&run, &json!({})).await.expect_status(200);
    let first = loop {
        let (report, status) = look(&t, &run).await;
        if status != "Running" {
            assert_eq!(status, "Stopped", "{report}");
            break report["blobs"].as_u64().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!((1..BLOBS).contains(&first), "{first}");
    let run = begin(&t, "scrub", json!({ "rate": 1000 })).await;
    assert_eq!(finish(&t, &run).await["blobs"], BLOBS - first);
    let log = t.admin().get(&format!("{run}/log")).await.with_status(200).text();
    assert!(log.contains("goes on behind blob"), "{log}");
    assert_eq!(check(&t, "scrub", json!({ "rate": 1000 })).await["blobs"], BLOBS, "the next round");
    for rate in [json!(0), json!(-1), json!("fast"), json!(100_001)] {
        let body = json!({ "schedule": { "type": "Manual" }, "parameters": { "rate": rate } });
        t.admin().post_json("/api/v2.0/system/scrub/schedule", &body).await.expect_status(400);
    }
}

#[tokio::test]
async fn a_large_blob_tells_how_far_it_is_read() {
    // Given a blob that takes ten seconds to read, behind a small one,
    const LARGE: u64 = 10 << 20;
    let t = TestApp::start_untidy().await;
    let _work = t.work();
    push_blob(&t.admin(), "library/app", b"small").await;
    push_blob(&t.admin(), "library/app", &bytes(1, usize::try_from(LARGE).unwrap())).await;
    // when it is being read, then bytes are counted within it, and what is left at that rate.
    let run = begin(&t, "scrub", json!({ "rate": 1 })).await;
    let progress = loop {
        let shown = t.admin().get(&run).await.with_status(200).json();
        assert_eq!(shown["job_status"], "Running", "{shown}");
        let told: Value = serde_json::from_str(shown["job_parameters"].as_str().unwrap()).unwrap();
        if told["progress"]["done"].as_u64().is_some_and(|done| done > 5) {
            break told["progress"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let (done, total) = (progress["done"].as_u64().unwrap(), progress["total"].as_u64().unwrap());
    assert_eq!((total, &progress["unit"]), (LARGE + 5, &json!("bytes")));
    let left = (total - done).div_ceil(1 << 20);
    let is_left = |seconds: f64| Duration::from_secs_f64(seconds) >= Duration::from_secs(left);
    assert!(done < total && is_left(progress["eta_seconds"].as_f64().unwrap()), "{progress}");
    let log = t.admin().get(&format!("{run}/log")).await.with_status(200).text();
    assert!(log.contains(&format!("reads {total} bytes, 1 MiB in a second at most")), "{log}");
    t.admin().put_json(&run, &json!({})).await.expect_status(200);
}
