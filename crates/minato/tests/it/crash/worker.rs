//! Somebody who pushes, mounts, moves tags, deletes and pulls until the process dies.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use minato_testkit::content::IMAGE_TYPE;
use minato_testkit::{Answer, Persona};
use reqwest::{Method, RequestBuilder};

use super::ledger::{Image, Layer, Ledger};
use crate::process::attempt;

pub(super) const REPOSITORIES: [&str; 4] = ["library/a", "library/b", "library/c/d", "library/e"];
const TAGS: u64 = 6;
/// Manifests that one worker keeps before it prefers to delete.
const KEPT_MANIFESTS: usize = 10;

/// The connection ended without a whole answer.
pub(super) struct Cut;

type Outcome = Result<(), Cut>;

/// What was acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) pushes: u64,
    pub(super) moves: u64,
    pub(super) mounts: u64,
    pub(super) manifest_deletes: u64,
    pub(super) tag_deletes: u64,
    pub(super) blob_deletes: u64,
    pub(super) pulls: u64,
    pub(super) sent_bytes: u64,
}

/// What the workers share.
#[derive(Default)]
pub(super) struct Stage {
    pub(super) layers: Mutex<Vec<Arc<Layer>>>,
    pub(super) killed: AtomicBool,
    /// How many pushes were acknowledged, over all cycles.
    pub(super) pushes: AtomicU64,
}

pub(super) struct Worker {
    pub(super) number: u64,
    pub(super) who: Persona,
    pub(super) random: Random,
    pub(super) stage: Arc<Stage>,
    pub(super) ledger: Ledger,
    pub(super) tally: Tally,
    /// What should not have happened.
    pub(super) complaints: Vec<String>,
    pub(super) made: u64,
}

/// Numbers that a seed decides (`SplitMix64`).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let bound = u64::try_from(from.len()).unwrap();
        if bound == 0 { None } else { from.get(usize::try_from(self.below(bound)).unwrap()).cloned() }
    }
}

impl Worker {
    /// Works until the process is gone.
    pub(super) async fn work(mut self) -> Self {
        while self.complaints.is_empty() && !self.stage.killed.load(Ordering::SeqCst) {
            if self.one_thing().await.is_err() {
                break;
            }
        }
        self.ledger.trim(30);
        self
    }

    async fn one_thing(&mut self) -> Outcome {
        let crowded = self.ledger.here().len() > KEPT_MANIFESTS;
        match self.random.below(100) {
            0..45 if !crowded => self.push_new().await,
            45..50 => self.abandon().await,
            50..62 => self.move_tag().await,
            62..70 => self.delete_tag().await,
            70..85 => self.pull().await,
            _ => self.delete_manifest().await,
        }
    }

    async fn push_new(&mut self) -> Outcome {
        self.made += 1;
        let count = 1 + self.random.below(3);
        let known = self.stage.layers.lock().unwrap().clone();
        let layers = (0..count).filter_map(|_| self.random.pick(&known)).collect();
        let image =
            Image::new(&format!("{}-{}-{}", self.number, self.made, self.random.below(1 << 40)), layers);
        let repo = self.random.pick(&REPOSITORIES).unwrap_or("library/a");
        for blob in &image.blobs {
            self.push_blob(repo, blob).await?;
        }
        self.push_manifest(repo, &image).await?;
        self.tally.pushes += 1;
        self.stage.pushes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn move_tag(&mut self) -> Outcome {
        let Some(place) = self.random.pick(&self.ledger.here()) else { return Ok(()) };
        let image = Arc::clone(&self.ledger.manifests[&place].image);
        self.push_manifest(place.0, &image).await?;
        self.tally.moves += 1;
        Ok(())
    }

    async fn push_manifest(&mut self, repo: &'static str, image: &Arc<Image>) -> Outcome {
        let tag = format!("w{}-{}", self.number, self.random.below(TAGS));
        let path = format!("/v2/{repo}/manifests/{tag}");
        let request = self.who.request(Method::PUT, &path).header("content-type", IMAGE_TYPE);
        let answer = self.send(request.body(image.manifest.clone())).await;
        self.ledger.pushed(repo, &tag, image, answer.is_ok());
        self.expect(201, &path, &answer?);
        Ok(())
    }

    async fn delete_manifest(&mut self) -> Outcome {
        let Some(place) = self.random.pick(&self.ledger.here()) else { return Ok(()) };
        let path = format!("/v2/{}/manifests/{}", place.0, place.1);
        let answer = self.send(self.who.request(Method::DELETE, &path)).await;
        self.ledger.deleted(&place, answer.is_ok());
        self.expect(202, &path, &answer?);
        self.tally.manifest_deletes += 1;
        // Nobody else has this configuration.
        let config = self.ledger.manifests[&place].image.blobs[0].digest.clone();
        let path = format!("/v2/{}/blobs/{config}", place.0);
        let answer = self.send(self.who.request(Method::DELETE, &path)).await?;
        self.expect(202, &path, &answer);
        self.ledger.deleted_blobs.insert((place.0, config));
        self.tally.blob_deletes += 1;
        Ok(())
    }

    async fn delete_tag(&mut self) -> Outcome {
        let sure = self.ledger.tags.iter().filter(|(_, targets)| !targets.contains(&None));
        let places: Vec<_> = sure.map(|(place, _)| place.clone()).collect();
        let Some(place) = self.random.pick(&places) else { return Ok(()) };
        let path = format!("/v2/{}/manifests/{}", place.0, place.1);
        let answer = self.send(self.who.request(Method::DELETE, &path)).await;
        self.ledger.untagged(&place, answer.is_ok());
        self.expect(202, &path, &answer?);
        self.tally.tag_deletes += 1;
        Ok(())
    }

    async fn pull(&mut self) -> Outcome {
        let Some(place) = self.random.pick(&self.ledger.here()) else { return Ok(()) };
        let image = Arc::clone(&self.ledger.manifests[&place].image);
        let path = format!("/v2/{}/manifests/{}", place.0, place.1);
        let answer = self.send(self.who.request(Method::GET, &path)).await?;
        self.expect(200, &path, &answer);
        if answer.body != image.manifest {
            self.complain("the manifest differs", &path);
        }
        let Some(blob) = self.random.pick(&image.blobs) else { return Ok(()) };
        let path = format!("/v2/{}/blobs/{}", place.0, blob.digest);
        let answer = self.send(self.who.request(Method::GET, &path)).await?;
        self.expect(200, &path, &answer);
        if answer.body != blob.bytes {
            self.complain("the blob differs", &path);
        }
        self.tally.pulls += 1;
        Ok(())
    }

    /// Leaves a session behind, with something in it or not.
    async fn abandon(&mut self) -> Outcome {
        let repo = self.random.pick(&REPOSITORIES).unwrap_or("library/a");
        let Some(location) = self.open(repo).await? else { return Ok(()) };
        let known = self.stage.layers.lock().unwrap().clone();
        if let Some(layer) = self.random.pick(&known) {
            let answer = self.send(self.body(Method::PATCH, &location, &layer.bytes)).await?;
            self.expect(202, &location, &answer);
        }
        Ok(())
    }

    /// Brings a blob into a repository, in one of the ways that there are.
    async fn push_blob(&mut self, repo: &'static str, blob: &Arc<Layer>) -> Outcome {
        let path = format!("/v2/{repo}/blobs/{}", blob.digest);
        if self.random.below(4) == 0 && self.send(self.who.request(Method::HEAD, &path)).await?.status == 200
        {
            return Ok(());
        }
        let homes: Vec<_> = blob.homes.lock().unwrap().iter().copied().filter(|home| *home != repo).collect();
        let home = self.random.pick(&homes);
        let whole = format!("/v2/{repo}/blobs/uploads/?digest={}", blob.digest);
        match (self.random.below(5), home) {
            (0 | 1, Some(home)) => {
                let path = format!("/v2/{repo}/blobs/uploads/?mount={}&from={home}", blob.digest);
                let answer = self.send(self.body(Method::POST, &path, b"")).await?;
                self.expect(201, &path, &answer);
                self.tally.mounts += 1;
            }
            (0 | 1, None) => {
                let answer = self.send(self.body(Method::POST, &whole, &blob.bytes)).await?;
                self.expect(201, &whole, &answer);
                self.sent(blob);
            }
            (style, _) => {
                let Some(location) = self.open(repo).await? else { return Ok(()) };
                self.fill(&location, blob, style - 2).await?;
                self.sent(blob);
            }
        }
        blob.homes.lock().unwrap().insert(repo);
        Ok(())
    }

    fn sent(&mut self, blob: &Layer) {
        self.tally.sent_bytes += u64::try_from(blob.bytes.len()).unwrap();
    }

    async fn open(&mut self, repo: &str) -> Result<Option<String>, Cut> {
        let path = format!("/v2/{repo}/blobs/uploads/");
        let answer = self.send(self.body(Method::POST, &path, b"")).await?;
        self.expect(202, &path, &answer);
        Ok((answer.status == 202).then(|| answer.header("location").to_owned()))
    }

    /// Fills a session: 0 with the closing request, 1 with one chunk, 2 with several.
    async fn fill(&mut self, location: &str, blob: &Layer, style: u64) -> Outcome {
        let chunks: Vec<&[u8]> = match style {
            0 => Vec::new(),
            1 => vec![&blob.bytes],
            _ => blob.bytes.chunks(blob.bytes.len() / 3 + 1).collect(),
        };
        let mut offset = 0;
        for chunk in &chunks {
            let mut request = self.body(Method::PATCH, location, chunk);
            if style == 2 {
                request = request.header("content-range", format!("{offset}-{}", offset + chunk.len() - 1));
                offset += chunk.len();
            }
            let answer = self.send(request).await?;
            self.expect(202, location, &answer);
        }
        let close = format!("{location}?digest={}", blob.digest);
        let rest: &[u8] = if style == 0 { &blob.bytes } else { b"" };
        let answer = self.send(self.body(Method::PUT, &close, rest)).await?;
        self.expect(201, &close, &answer);
        Ok(())
    }

    fn body(&self, method: Method, path: &str, bytes: &[u8]) -> RequestBuilder {
        let request = self.who.request(method, path).header("content-type", "application/octet-stream");
        request.body(bytes.to_vec())
    }

    /// Sends a request. That there is no answer is a defect as long as nobody killed the process.
    async fn send(&mut self, request: RequestBuilder) -> Result<Answer, Cut> {
        match attempt(request).await {
            Some(answer) => Ok(answer),
            None if self.stage.killed.load(Ordering::SeqCst) => Err(Cut),
            None => {
                self.complain("no answer from a process that nobody killed", "");
                Err(Cut)
            }
        }
    }

    fn expect(&mut self, status: u16, path: &str, answer: &Answer) {
        if answer.status != status {
            self.complain(format!("{} instead of {status}: {}", answer.status, answer.text()), path);
        }
    }

    fn complain(&mut self, what: impl Display, path: &str) {
        self.complaints.push(format!("worker {}: {what} ({path})", self.number));
    }
}
