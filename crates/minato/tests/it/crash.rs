//! `kill -9` at any moment: what was acknowledged is there afterwards, byte by byte, what was
//! deleted stays deleted, and nothing half done is left for ever.
//!
//! `MINATO_TEST_CRASH_CYCLES` says how often the process is killed, `MINATO_TEST_SEED` what the
//! workers do. When it is killed is a matter of time, so a seed does not repeat a run exactly.

mod ledger;
mod worker;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use minato_testkit::content::{bytes, digest};
use minato_testkit::{Persona, bucket};

use self::ledger::{Entry, Ledger, Presence};
use self::worker::{REPOSITORIES, Random, Stage, Tally, Worker};
use crate::process::{Minato, Place, variable};

const WORKERS: u64 = 6;
/// Layers that workers choose from.
const POOL: usize = 24;
/// All blobs are read again after this many cycles, and after the last; in between only new ones.
const CYCLES_PER_AUDIT: u64 = 25;

/// What was looked at after the kills.
#[derive(Debug, Default)]
struct Found {
    manifests: u64,
    gone: u64,
    tags: u64,
    blobs: u64,
    bytes: u64,
    /// Blobs read since the last audit.
    read: BTreeSet<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_acknowledged() {
    let number = |name: &str| variable(name).map(|text| text.parse::<u64>().unwrap());
    let cycles = number("MINATO_TEST_CRASH_CYCLES").unwrap_or(8);
    let seed = number("MINATO_TEST_SEED").unwrap_or(1);
    println!("crash: seed {seed}, {cycles} cycles");
    let place = Place::new().await;
    let stage = Arc::<Stage>::default();
    let mut random = Random(seed);
    let mut found = Found::default();
    let mut crew = hire(&place, &stage, seed).await;
    for cycle in 0..cycles {
        add_layers(&stage, &mut random, cycle);
        let minato = place.start(&[]).await;
        if cycle.is_multiple_of(CYCLES_PER_AUDIT) {
            found.read.clear();
        }
        check_all(&minato, &mut crew, &mut found).await;
        stage.killed.store(false, Ordering::SeqCst);
        let at_work: Vec<_> = crew.drain(..).map(|worker| tokio::spawn(worker.work())).collect();
        tokio::time::sleep(Duration::from_millis(50 + random.below(1450))).await;
        // On a busy machine that may be too soon for anything to have been acknowledged.
        let deadline = Instant::now() + PATIENCE;
        while stage.pushes.load(Ordering::SeqCst) < cycle + 2 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stage.killed.store(true, Ordering::SeqCst);
        minato.expect_no_defect();
        minato.kill();
        for worker in at_work {
            crew.push(worker.await.unwrap());
        }
        let complaints: Vec<_> = crew.iter().flat_map(|worker| &worker.complaints).collect();
        assert!(complaints.is_empty(), "seed {seed}, cycle {cycle}: {complaints:#?}");
    }
    let minato = place.start(&[]).await;
    found.read.clear();
    check_all(&minato, &mut crew, &mut found).await;
    minato.kill();
    let left = check_leftovers(&place).await;
    check_store(&place).await;
    report(cycles, &crew, &found, &left);
}

async fn hire(place: &Place, stage: &Arc<Stage>, seed: u64) -> Vec<Worker> {
    let minato = place.start(&[]).await;
    let worker = |number| Worker {
        number,
        who: minato.admin(),
        random: Random(seed * 1000 + number),
        stage: Arc::clone(stage),
        ledger: Ledger::default(),
        tally: Tally::default(),
        complaints: Vec::new(),
        made: 0,
    };
    let crew = (0..WORKERS).map(worker).collect();
    minato.stop().await;
    crew
}

/// How long a cycle waits for a push to be acknowledged. A worker with a complaint pushes no more.
const PATIENCE: Duration = Duration::from_secs(30);

/// New layers for everybody, of sizes on both sides of every limit: 64 KiB for small bodies on
/// disk, 8 MiB for parts of an object.
fn add_layers(stage: &Stage, random: &mut Random, cycle: u64) {
    let mut layers = stage.layers.lock().unwrap();
    let mut sizes = vec![1, 300, 5_000, 65_535, 65_536, 65_537, 300_000, 1_500_000];
    if cycle.is_multiple_of(3) {
        sizes.extend([0, 8 << 20, (8 << 20) + 1, 10_000_000]);
    }
    for size in sizes {
        layers.push(ledger::Layer::new(bytes(random.below(1 << 40), size)));
    }
    let excess = layers.len().saturating_sub(POOL);
    layers.drain(..excess);
}

/// Compares everything with what the workers know, and makes sure that what they were not told
/// is one of the two things that it can be.
async fn check_all(minato: &Minato, crew: &mut [Worker], found: &mut Found) {
    let who = minato.admin();
    let mut tags = BTreeSet::new();
    for worker in crew.iter_mut() {
        worker.who = who.clone();
        check_manifests(&who, &mut worker.ledger, found).await;
        check_tags(&who, &mut worker.ledger, &mut tags).await;
    }
    let listed = list(&who).await;
    assert_eq!(listed, tags, "the lists show just the tags that can be pulled");
    found.tags += u64::try_from(tags.len()).unwrap();
    minato.expect_no_defect();
}

async fn check_manifests(who: &Persona, ledger: &mut Ledger, found: &mut Found) {
    for ((repo, digest), entry) in &mut ledger.manifests {
        let path = format!("/v2/{repo}/manifests/{digest}");
        let answer = who.get(&path).await;
        match (entry.presence, answer.status) {
            (Presence::Here | Presence::Unsure, 200) => entry.presence = Presence::Here,
            (Presence::Gone | Presence::Unsure, 404) => entry.presence = Presence::Gone,
            (expected, status) => panic!("{path}: {expected:?}, but {status}"),
        }
        if entry.presence == Presence::Gone {
            found.gone += 1;
            continue;
        }
        assert!(answer.body == entry.image.manifest, "{path}: the manifest differs");
        found.manifests += 1;
        check_blobs(who, repo, entry, found).await;
    }
    for (repo, digest) in &ledger.deleted_blobs {
        who.head(&format!("/v2/{repo}/blobs/{digest}")).await.expect_status(404);
        found.gone += 1;
    }
}

async fn check_blobs(who: &Persona, repo: &str, entry: &Entry, found: &mut Found) {
    for blob in &entry.image.blobs {
        let path = format!("/v2/{repo}/blobs/{}", blob.digest);
        found.blobs += 1;
        if !found.read.insert(blob.digest.clone()) {
            let answer = who.head(&path).await.with_status(200);
            assert_eq!(answer.header("content-length"), blob.bytes.len().to_string());
            continue;
        }
        let answer = who.get(&path).await.with_status(200);
        assert_eq!(digest(&answer.body).as_str(), blob.digest, "{path}: the blob differs");
        found.bytes += u64::try_from(answer.body.len()).unwrap();
    }
}

async fn check_tags(who: &Persona, ledger: &mut Ledger, present: &mut BTreeSet<(String, String)>) {
    for ((repo, tag), targets) in &mut ledger.tags {
        let path = format!("/v2/{repo}/manifests/{tag}");
        let answer = who.get(&path).await;
        let target = match answer.status {
            200 => Some(digest(&answer.body).to_string()),
            404 => None,
            status => panic!("{path}: {status}: {}", answer.text()),
        };
        assert!(targets.contains(&target), "{path}: points to {target:?}, not to one of {targets:?}");
        if let Some(target) = &target {
            assert_eq!(ledger.manifests[&(*repo, target.clone())].presence, Presence::Here, "{path}");
            present.insert(((*repo).to_owned(), tag.clone()));
        }
        *targets = [target].into();
    }
}

/// All tags that catalogue and lists show.
async fn list(who: &Persona) -> BTreeSet<(String, String)> {
    let catalog = who.get("/v2/_catalog?n=1000").await.with_status(200).json();
    let mut listed = BTreeSet::new();
    for repo in catalog["repositories"].as_array().unwrap() {
        let repo = repo.as_str().unwrap();
        assert!(REPOSITORIES.contains(&repo), "an unknown repository {repo}");
        let tags = who.get(&format!("/v2/{repo}/tags/list?n=1000")).await.with_status(200).json();
        for tag in tags["tags"].as_array().into_iter().flatten() {
            listed.insert((repo.to_owned(), tag.as_str().unwrap().to_owned()));
        }
    }
    listed
}

/// What is left of uploads before and after their time.
#[derive(Debug)]
struct Left {
    before: [usize; 3],
    after: [usize; 3],
}

/// Lets the time of all sessions be over, and waits until nothing of them is left.
async fn check_leftovers(place: &Place) -> Left {
    let before = leftovers(place).await;
    place.backend.expire_uploads().await;
    let settings = [("MINATO_UPLOAD_LIFETIME", "1s"), ("MINATO_SWEEP_INTERVAL", "500ms")];
    let minato = place.start(&settings).await;
    let mut after = leftovers(place).await;
    for _ in 0..100 {
        if after == [0; 3] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        after = leftovers(place).await;
    }
    assert_eq!(after, [0; 3], "rows, files or objects, and unfinished multipart uploads\n{}", minato.log());
    minato.expect_no_defect();
    minato.stop().await;
    Left { before, after }
}

/// What a process left in the store that died between storing and naming is young, and the only
/// difference between store and database.
async fn check_store(place: &Place) {
    let output = place.run(&["fsck", "--json"]).await;
    let (told, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{told}{why}");
    println!("crash: fsck {told}");
}

/// Rows of uploads, their files or objects, and unfinished multipart uploads.
///
/// Not counted is what a put without a session left in a bucket: for a day nobody can tell it
/// from one that is under way.
async fn leftovers(place: &Place) -> [usize; 3] {
    let db = minato_db::Db::open(&place.backend.database).await.unwrap();
    let rows = minato_db::upload::list_all(&mut db.read().await.unwrap()).await.unwrap().len();
    db.close().await;
    let Some(config) = place.backend.s3() else { return [rows, place.upload_files().len(), 0] };
    let objects = bucket::list_objects(&config, "uploads/").await;
    let sessions = objects.iter().filter(|name| !name.contains("/put-")).count();
    let multiparts = bucket::list_multiparts(&config).await;
    let of_sessions = multiparts.iter().filter(|target| target.starts_with("blobs/uploads/")).count();
    [rows, sessions, of_sessions]
}

fn report(cycles: u64, crew: &[Worker], found: &Found, left: &Left) {
    let sum = |part: fn(&Tally) -> u64| crew.iter().map(|worker| part(&worker.tally)).sum::<u64>();
    let pushes = sum(|tally| tally.pushes);
    println!(
        "crash: {cycles} kills; acknowledged {pushes} pushes ({} MB), {} tag moves, {} mounts, {} manifest, {} tag and {} blob deletes, {} pulls",
        sum(|tally| tally.sent_bytes) / 1_000_000,
        sum(|tally| tally.moves),
        sum(|tally| tally.mounts),
        sum(|tally| tally.manifest_deletes),
        sum(|tally| tally.tag_deletes),
        sum(|tally| tally.blob_deletes),
        sum(|tally| tally.pulls),
    );
    println!(
        "crash: verified {} manifests, {} tags, {} blobs ({} MB read again), {} deletions; uploads left [rows, files, multiparts]: {:?}, after their time {:?}",
        found.manifests,
        found.tags,
        found.blobs,
        found.bytes / 1_000_000,
        found.gone,
        left.before,
        left.after,
    );
    assert!(pushes > cycles, "there was work to lose");
}
