//! Pushes, mounts, pulls and deletions of the same layers while garbage is collected: nothing fails,
//! nothing is lost, nothing is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use minato_core::GcTimes;
use minato_testkit::content::{IMAGE_TYPE, Image, digest, push_manifest};
use minato_testkit::{Persona, TestApp};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::gc::{collect, found};

const CLIENTS: usize = 6;

/// Pushes an image whose layers others push and delete as well; what went wrong.
async fn push_checked(who: &Persona, repository: &str, tag: &str, image: &Image) -> Result<(), String> {
    for blob in &image.blobs {
        let digest = digest(blob);
        let head = who.head(&format!("/v2/{repository}/blobs/{digest}")).await.status;
        if head == 200 {
            continue;
        }
        // As docker does: from another repository if it can be, else the bytes.
        let mount = format!("/v2/{repository}/blobs/uploads/?mount={digest}&from=soak/base");
        let answer = who.send_bytes(Method::POST, &mount, "").await;
        if answer.status == 201 {
            continue;
        }
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        let answer = who.send_bytes(Method::POST, &path, blob.as_slice()).await;
        if answer.status != 201 {
            return Err(format!("blob: {} {}", answer.status, answer.text()));
        }
    }
    let answer = push_manifest(who, repository, tag, IMAGE_TYPE, &image.manifest).await;
    if answer.status == 201 { Ok(()) } else { Err(format!("manifest: {} {}", answer.status, answer.text())) }
}

/// One client: pushes, pulls all of it again, deletes it now and then.
async fn client(
    who: Persona,
    number: usize,
    images: Arc<Vec<Image>>,
    until: Instant,
    counts: Arc<[AtomicUsize; 3]>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut round = number;
    while Instant::now() < until {
        round += 7;
        let image = &images[round % images.len()];
        // Each its own, so that nobody else deletes what is pulled.
        let repository = format!("soak/app-{number}");
        if let Err(why) = push_checked(&who, &repository, "latest", image).await {
            wrong.push(format!("push: {why}"));
            continue;
        }
        counts[0].fetch_add(1, Ordering::Relaxed);
        for blob in &image.blobs {
            let answer = who.get(&format!("/v2/{repository}/blobs/{}", digest(blob))).await;
            if answer.status != 200 || answer.body != *blob {
                wrong.push(format!("pull: {} of a blob just pushed", answer.status));
            }
        }
        counts[1].fetch_add(1, Ordering::Relaxed);
        if !round.is_multiple_of(3) {
            let path = format!("/v2/{repository}/manifests/{}", image.digest());
            let answer = who.send_bytes(Method::DELETE, &path, "").await;
            if answer.status != 202 {
                wrong.push(format!("delete: {} {}", answer.status, answer.text()));
            }
            counts[2].fetch_add(1, Ordering::Relaxed);
        }
    }
    wrong
}

/// One whose layers others mount, and which comes and goes.
async fn base(who: Persona, images: Arc<Vec<Image>>, ended: Arc<AtomicBool>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut round = 0;
    while !ended.load(Ordering::SeqCst) {
        let image = &images[round % images.len()];
        if let Err(why) = push_checked(&who, "soak/base", "base", image).await {
            wrong.push(format!("base: {why}"));
        }
        let path = format!("/v2/soak/base/manifests/{}", image.digest());
        who.send_bytes(Method::DELETE, &path, "").await;
        round += 1;
    }
    wrong
}

/// What is tagged is whole; then it is deleted.
async fn check_and_delete(t: &TestApp) {
    for number in 0..CLIENTS {
        let repository = format!("soak/app-{number}");
        let answer = t.admin().get(&format!("/v2/{repository}/manifests/latest")).await;
        if answer.status == 200 {
            for layer in answer.json()["layers"].as_array().unwrap() {
                let path = format!("/v2/{repository}/blobs/{}", layer["digest"].as_str().unwrap());
                t.admin().get(&path).await.expect_status(200);
            }
        }
        let path = format!("/api/v2.0/projects/soak/repositories/app-{number}");
        t.admin().delete(&path).await.expect_status(200);
    }
}

/// Garbage is collected all the time, and at once, while everybody pushes, mounts, pulls and deletes
/// the same layers. `MINATO_TEST_SOAK_SECONDS` is for how long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how a test run is told for how long")]
async fn nothing_fails_and_nothing_is_lost_while_garbage_is_collected() {
    let seconds = std::env::var("MINATO_TEST_SOAK_SECONDS").ok().and_then(|text| text.parse().ok());
    let seconds = seconds.unwrap_or(30);
    let hold = Duration::from_secs(30);
    let interval = Duration::from_millis(100);
    let t = TestApp::start_collecting(GcTimes { delay: Duration::ZERO, hold, interval }).await;
    let work = t.work();
    t.project("soak", false).await;
    let image = |n: u64| Image::build(n / 2, 3, &json!({ "annotations": { "n": n.to_string() } }));
    let images: Arc<Vec<Image>> = Arc::new((0..6).map(image).collect());
    let counts: Arc<[AtomicUsize; 3]> = Arc::default();
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(client(t.admin(), number, Arc::clone(&images), until, Arc::clone(&counts)));
    }
    let ended = Arc::new(AtomicBool::new(false));
    let base = tokio::spawn(base(t.admin(), images, Arc::clone(&ended)));
    let mut wrong: Vec<String> = clients.join_all().await.into_iter().flatten().collect();
    ended.store(true, Ordering::SeqCst);
    wrong.extend(base.await.unwrap());
    assert!(wrong.is_empty(), "{} went wrong, first {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);

    check_and_delete(&t).await;
    t.clock().advance(hold * 2);
    found(&collect(&t, json!({})).await);
    // The collector beside may have the last of it in its hands.
    let asked = Instant::now();
    while !t.stored().await.is_empty() && asked.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(interval).await;
    }
    work.stop().await;
    let [pushes, pulls, deletes] = [0, 1, 2].map(|n| counts[n].load(Ordering::Relaxed));
    println!("{pushes} pushes, {pulls} pulls, {deletes} deletions in {seconds} s");
    assert_eq!(t.stored().await, Vec::<String>::new(), "bytes are left over");
}
