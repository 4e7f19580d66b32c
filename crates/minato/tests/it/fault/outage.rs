//! `PostgreSQL` or S3 away for a while: refusing, or silent. Runs where the tests have them.

use std::time::{Duration, Instant};

use minato_db::Options;
use minato_testkit::backend::Backend;
use minato_testkit::content::{bytes, digest};
use minato_testkit::{Answer, Image, Persona};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::servers::Server;
use super::{check_image, expect_unavailable, put_manifest, upload};
use crate::process::{Minato, Place, attempt, variable};

/// How long any request may take while a server is away.
const PATIENCE: Duration = Duration::from_secs(25);

struct Scene {
    postgres: Server,
    s3: Server,
    minato: Minato,
    image: Image,
    place: Place,
}

impl Scene {
    /// `None` where the tests run without servers.
    async fn new() -> Option<Self> {
        variable("MINATO_TEST_DATABASE_URL").and(variable("MINATO_TEST_S3_URL"))?;
        let postgres = Server::start("postgres", "data/postmaster.pid");
        let s3 = Server::start("s3", "pid");
        let database = Options::Postgres { url: postgres.address.clone(), max_connections: 10 };
        let s3_url = Some(format!("s3://minato/outage?endpoint={}&path-style=true", s3.address));
        let backend = Backend { database, s3_url };
        let place = Place { folder: tempfile::tempdir().unwrap(), backend };
        let minato = place.start(&[]).await;
        let image = Image::new(1, 3);
        image.push(&minato.admin(), "library/app", "old").await;
        check_image(&minato.admin(), &image).await;
        Some(Self { postgres, s3, minato, image, place })
    }

    /// What clients do, each once; each with whether it needs the database and the store.
    fn requests(&self, who: &Persona, seed: u64) -> Vec<(&'static str, bool, RequestBuilder)> {
        let (small, large) = (bytes(seed, 2000), bytes(seed + 1, 9_000_000));
        let blob = format!("/v2/library/app/blobs/{}", digest(&self.image.blobs[1]));
        vec![
            ("login", false, who.request(Method::GET, "/service/token?service=harbor-registry")),
            ("manifest", false, who.request(Method::GET, "/v2/library/app/manifests/old")),
            ("manifest head", false, who.request(Method::HEAD, "/v2/library/app/manifests/old")),
            ("blob head", false, who.request(Method::HEAD, &blob)),
            ("manifest push", false, put_manifest(who, "again", &self.image.manifest)),
            ("blob", true, who.request(Method::GET, &blob)),
            ("upload", true, who.request(Method::POST, "/v2/library/app/blobs/uploads/")),
            ("small push", true, upload(who, digest(&small).as_str(), &small)),
            ("large push", true, upload(who, digest(&large).as_str(), &large)),
        ]
    }

    /// Everything that needs what is away is refused in time; the rest is done.
    async fn expect_away(&self, component: &str, everything: bool, seed: u64) {
        let who = self.minato.admin();
        let tasks: Vec<_> = self
            .requests(&who, seed)
            .into_iter()
            .map(|(what, needs_store, request)| {
                tokio::spawn(async move { (what, needs_store, timed(request).await) })
            })
            .collect();
        for task in tasks {
            let (what, needs_store, (answer, took)) = task.await.unwrap();
            println!("outage of {component}: {what}: {} after {:.1} s", answer.status, took.as_secs_f32());
            // A whole part may take its time on the way to S3.
            let patience = if what == "large push" { PATIENCE * 2 } else { PATIENCE };
            assert!(took < patience, "{what} took {took:?}");
            if !(everything || needs_store) {
                assert!(matches!(answer.status, 200 | 201), "{what}: {}", answer.status);
            } else if what.ends_with("head") {
                assert_eq!(answer.status, 503, "{what}");
                assert!(!answer.header("retry-after").is_empty(), "{what}");
            } else {
                expect_unavailable(&answer, what);
            }
        }
        let asked = Instant::now();
        let health = self.minato.health().await;
        assert!(asked.elapsed() < PATIENCE);
        assert_eq!(health["status"], "unhealthy");
        assert_eq!(status_of(&health, component), "unhealthy", "{health}");
    }

    /// Without a restart, all is well again, and nothing is lost.
    async fn expect_recovery(&self, seed: u64) {
        let started = Instant::now();
        let who = self.minato.admin();
        while !(self.minato.health().await["status"] == "healthy" && takes_blobs(&who, seed).await) {
            assert!(started.elapsed() < Duration::from_secs(30), "no recovery:\n{}", self.minato.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("outage: healthy again after {:.1} s", started.elapsed().as_secs_f32());
        check_image(&who, &self.image).await;
        for (what, _, request) in self.requests(&who, seed) {
            let (answer, _) = timed(request).await;
            assert!(matches!(answer.status, 200..=202), "{what}: {}", answer.text());
        }
        let image = Image::new(seed, 3);
        image.push(&who, "library/app", "new").await;
        check_image(&who, &image).await;
        self.minato.expect_no_defect();
    }
}

/// Whether the servers themselves are ready: S3 answers some time before it takes and gives bytes.
async fn takes_blobs(who: &Persona, seed: u64) -> bool {
    let blob = bytes(seed + 7, 100);
    let digest = digest(&blob);
    let taken = attempt(upload(who, digest.as_str(), &blob)).await.is_some_and(|answer| answer.status == 201);
    let path = format!("/v2/library/app/blobs/{digest}");
    taken && attempt(who.request(Method::GET, &path)).await.is_some_and(|answer| answer.status == 200)
}

async fn timed(request: RequestBuilder) -> (Answer, Duration) {
    let started = Instant::now();
    let answer = attempt(request).await.expect("an answer");
    (answer, started.elapsed())
}

fn status_of(health: &Value, component: &str) -> String {
    let components = health["components"].as_array().unwrap();
    let found = components.iter().find(|found| found["name"] == component).unwrap();
    found["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_away() {
    let Some(mut scene) = Scene::new().await else { return };
    scene.postgres.freeze();
    scene.expect_away("database", true, 100).await;
    scene.postgres.thaw();
    scene.expect_recovery(200).await;
    scene.postgres.stop();
    scene.expect_away("database", true, 300).await;
    scene.postgres.restart();
    scene.expect_recovery(400).await;
    let Scene { minato, place, .. } = &scene;
    assert!(place.upload_files().is_empty() && minato.resident_mib() < 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3_away() {
    let Some(mut scene) = Scene::new().await else { return };
    scene.s3.freeze();
    scene.expect_away("registry", false, 100).await;
    scene.s3.thaw();
    scene.expect_recovery(200).await;
    scene.s3.stop();
    scene.expect_away("registry", false, 300).await;
    scene.s3.restart();
    scene.expect_recovery(400).await;
}

/// Requests that are under way when the database falls silent end in time as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_falls_silent_under_load() {
    let Some(scene) = Scene::new().await else { return };
    let until = Instant::now() + Duration::from_secs(18);
    let clients: Vec<_> = (0..12)
        .map(|number| {
            let who = scene.minato.admin();
            tokio::spawn(async move {
                let mut slowest = Duration::ZERO;
                for seed in 0.. {
                    if Instant::now() > until {
                        break;
                    }
                    let blob = bytes(number * 1_000_000 + seed, 1000);
                    let (answer, took) = timed(upload(&who, digest(&blob).as_str(), &blob)).await;
                    if answer.status != 201 {
                        expect_unavailable(&answer, "a push under load");
                    }
                    slowest = slowest.max(took);
                }
                slowest
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    scene.postgres.freeze();
    // Longer than anybody may wait.
    tokio::time::sleep(PATIENCE + Duration::from_secs(5)).await;
    scene.postgres.thaw();
    let mut slowest = Duration::ZERO;
    for client in clients {
        slowest = slowest.max(client.await.unwrap());
    }
    println!("outage under load: the slowest answer took {:.1} s", slowest.as_secs_f32());
    scene.expect_recovery(500).await;
    assert!(slowest < PATIENCE, "{slowest:?}");
}
