//! `kill -9` of those who run jobs, again and again: each job ends once, none is lost, and what they
//! tell arrives, in order. On `PostgreSQL` two processes share the work.
//!
//! `MINATO_TEST_CRASH_CYCLES` says how often, `MINATO_TEST_SEED` when.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use minato_testkit::Persona;
use minato_testkit::content::{IMAGE_TYPE, Image, push_blob, push_manifest};
use minato_testkit::receiver::Receiver;
use serde_json::{Value, json};

use crate::process::{Minato, Place, variable};

const POLICIES: &str = "/api/v2.0/projects/library/webhook/policies";
/// A lost job is another's after this time.
const LEASE: Duration = Duration::from_secs(2);
/// Images whose pushes are told, each in its order.
const IMAGES: u64 = 4;
/// Ended deliveries that are remembered.
const KEPT: usize = 50;
/// Pushes before each kill.
const PUSHES: u64 = 6;

/// What was pushed and acknowledged: tags, by the digest that they were put on.
type Ledger = BTreeMap<String, Vec<String>>;

async fn start(place: &Place) -> Vec<Minato> {
    let lease = format!("{}s", LEASE.as_secs());
    let settings = [("MINATO_OUTBOUND_ALLOW", "127.0.0.0/8"), ("MINATO_JOB_LEASE", lease.as_str())];
    let mut running = vec![place.start(&settings).await];
    if place.backend.is_shared() {
        running.push(place.start(&settings).await);
    }
    running
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_no_job_and_ends_each_once() {
    let number = |name: &str| variable(name).map(|text| text.parse::<u64>().unwrap());
    let cycles = number("MINATO_TEST_CRASH_CYCLES").unwrap_or(8);
    let mut random = number("MINATO_TEST_SEED").unwrap_or(1);
    let (place, receiver) = (Place::new().await, Receiver::start_slow(Duration::from_millis(150)).await);
    let policy = prepare(&place, &receiver).await;
    let mut ledger = Ledger::new();
    for cycle in 0..cycles {
        // Given work that is queued while others are at it,
        let running = start(&place).await;
        push(&running[0].admin(), cycle, &mut ledger).await;
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis((random >> 33) % 400)).await;
        // when all of them are killed,
        for minato in running {
            minato.expect_no_defect();
            minato.kill();
        }
    }
    // then those who come after them finish it.
    let running = start(&place).await;
    let told = ledger.values().map(Vec::len).sum::<usize>();
    let deliveries = ended(&running[0].admin(), &policy).await;
    assert_eq!(deliveries.len(), told.min(KEPT), "one job for each push");
    let failed: Vec<_> = deliveries.iter().filter(|job| job["status"] != "Success").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let again = check_told(&receiver, &ledger);
    println!("jobs: {cycles} cycles, {told} told, {again} of them more than once");
    for minato in running {
        minato.expect_no_defect();
        minato.stop().await;
    }
}

/// Says whom to tell, and brings the layers; the policy's path.
async fn prepare(place: &Place, receiver: &Receiver) -> String {
    let running = start(place).await;
    let admin = running[0].admin();
    let target = json!({ "type": "http", "address": receiver.url, "payload_format": "CloudEvents" });
    let policy =
        json!({ "name": "all", "enabled": true, "event_types": ["PUSH_ARTIFACT"], "targets": [target] });
    let path = admin.post_json(POLICIES, &policy).await.with_status(201).header("location").to_owned();
    for image in 0..IMAGES {
        for blob in Image::new(image, 1).blobs {
            push_blob(&admin, "library/app", &blob).await;
        }
    }
    for minato in running {
        minato.stop().await;
    }
    path
}

async fn push(admin: &Persona, cycle: u64, ledger: &mut Ledger) {
    for number in 0..PUSHES {
        let (image, tag) = (Image::new(number % IMAGES, 1), format!("{cycle:04}-{number}"));
        push_manifest(admin, "library/app", &tag, IMAGE_TYPE, &image.manifest).await.expect_status(201);
        ledger.entry(image.digest().to_string()).or_default().push(tag);
    }
}

/// All deliveries that are remembered, when none is under way any more and the older ones are forgotten.
async fn ended(admin: &Persona, policy: &str) -> Vec<Value> {
    let (mut left, mut since) = (usize::MAX, Instant::now());
    loop {
        let mut all = Vec::new();
        for page in 1.. {
            let path = format!("{policy}/executions?page_size=100&page={page}");
            let found = admin.get(&path).await.with_status(200).json();
            let found = found.as_array().unwrap().clone();
            let is_last = found.len() < 100;
            all.extend(found);
            if is_last {
                break;
            }
        }
        let running = all.iter().filter(|job| job["status"] == "Running").count();
        // What is too much is forgotten some time after the end of the last.
        let expected = running + all.len().saturating_sub(KEPT);
        if expected == 0 {
            return all;
        }
        if expected < left {
            (left, since) = (expected, Instant::now());
        }
        assert!(since.elapsed() < Duration::from_mins(1), "no more end: {all:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything was told, of each image in the order of its pushes; how much came more than once.
fn check_told(receiver: &Receiver, ledger: &Ledger) -> usize {
    let mut heard = Ledger::new();
    let mut again = 0;
    for received in receiver.received() {
        let resource = received.json()["data"]["resources"][0].clone();
        let (digest, tag) = (resource["digest"].as_str().unwrap(), resource["tag"].as_str().unwrap());
        let tags = heard.entry(digest.to_owned()).or_default();
        if tags.iter().any(|known| known == tag) {
            again += 1;
        } else {
            tags.push(tag.to_owned());
        }
    }
    assert_eq!(&heard, ledger);
    again
}
