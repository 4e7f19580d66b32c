//! All orders in which the steps of a push, a mount or an upload, a deletion and a collector can
//! come, on the real statements: none may fail the client, and none may lose or leak bytes.
//!
//! A step is a transaction, so these are all that can be told apart on `SQLite`. What transactions
//! do to each other from inside on `PostgreSQL` is for the soak in `gc.rs`.

use std::collections::BTreeSet;
use std::time::Duration;

use minato_core::GcTimes;
use minato_store::{BlobStore, StorageKey};
use minato_testkit::content::{IMAGE_TYPE, bytes, digest, push_blob, push_manifest};
use minato_testkit::{Persona, TestApp};
use minato_types::clock::Clock as _;
use reqwest::Method;
use serde_json::json;

/// Who does the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Client,
    Deleter,
    Collector,
}

/// How a client comes by the layer of its image.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Asks whether the repository has it, and uploads it if not.
    Asks,
    /// Mounts it from the repository that has it, and uploads it if that fails.
    Mounts,
    /// Uploads it into a repository of its own, without asking.
    Uploads,
    /// As `Asks`, while another push of the same image goes on, whose manifest comes and is deleted.
    Beside,
}

impl Way {
    /// How many steps of deleter and collector there are: beside another push the deleter does that
    /// push's last step first, and the collector's are done in a row.
    fn steps(self) -> (usize, usize) {
        if matches!(self, Self::Beside) { (2, 1) } else { (1, Collector::STEPS) }
    }
}

/// All orders of so many steps of each actor.
fn orders(client: usize, deleter: usize, collector: usize) -> Vec<Vec<Actor>> {
    if client + deleter + collector == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    let mut begin = |actor: Actor, rest: Vec<Vec<Actor>>| {
        all.extend(rest.into_iter().map(|mut order| {
            order.insert(0, actor);
            order
        }));
    };
    if client > 0 {
        begin(Actor::Client, orders(client - 1, deleter, collector));
    }
    if deleter > 0 {
        begin(Actor::Deleter, orders(client, deleter - 1, collector));
    }
    if collector > 0 {
        begin(Actor::Collector, orders(client, deleter, collector - 1));
    }
    all
}

/// The collector, one transaction or one call to the store at a time.
struct Collector<'a> {
    t: &'a TestApp,
    store: &'a dyn BlobStore,
    step: usize,
}

impl Collector<'_> {
    const STEPS: usize = 3;

    async fn go(&mut self) {
        let now = self.t.clock().now();
        let mut tx = self.t.db().begin().await.unwrap();
        match self.step % Self::STEPS {
            0 => {
                let due = minato_db::garbage::list_due_links(&mut tx, now, 1000).await.unwrap();
                minato_db::garbage::review_links(&mut tx, &due, now).await.unwrap();
            }
            1 => {
                let due = minato_db::garbage::list_due_blobs(&mut tx, now, 1000).await.unwrap();
                minato_db::garbage::collect_blobs(&mut tx, &due, now).await.unwrap();
            }
            // Who refers to garbage? Nobody can any more, so these are one.
            _ => {
                let taken = minato_db::garbage::take(&mut tx, now, now, 1000).await.unwrap();
                let keys: Vec<_> = taken.iter().map(|g| StorageKey(g.storage_key.clone())).collect();
                self.store.delete(&keys).await.unwrap();
                minato_db::garbage::forget(&mut tx, &taken).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        self.step += 1;
    }

    async fn finish(&mut self) {
        while !self.step.is_multiple_of(Self::STEPS) {
            self.go().await;
        }
    }
}

/// One client and its image, whose layer another image has that somebody deletes.
struct Client<'a> {
    who: &'a Persona,
    way: Way,
    source: String,
    target: String,
    layer: Vec<u8>,
    manifest: Vec<u8>,
    step: usize,
    has_layer: bool,
}

impl Client<'_> {
    const STEPS: usize = 3;

    async fn go(&mut self) {
        let digest = digest(&self.layer);
        match (self.step, self.way) {
            (0, Way::Asks | Way::Beside) => {
                let path = format!("/v2/{}/blobs/{digest}", self.target);
                self.has_layer = self.who.head(&path).await.status == 200;
            }
            (0, Way::Mounts) => {
                let (target, source) = (&self.target, &self.source);
                let path = format!("/v2/{target}/blobs/uploads/?mount={digest}&from={source}");
                self.has_layer = self.who.send_bytes(Method::POST, &path, "").await.status == 201;
            }
            (0, Way::Uploads) => {}
            (1, _) => {
                if !self.has_layer {
                    push_blob(self.who, &self.target, &self.layer).await;
                }
            }
            _ => {
                push_manifest(self.who, &self.target, "new", IMAGE_TYPE, &self.manifest)
                    .await
                    .expect_status(201);
            }
        }
        self.step += 1;
    }
}

fn manifest(config: &[u8], layer: &[u8], note: &str) -> Vec<u8> {
    json!({
        "schemaVersion": 2, "mediaType": IMAGE_TYPE, "annotations": { "note": note },
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config).as_str(), "size": config.len() },
        "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(layer).as_str(), "size": layer.len() }],
    })
    .to_string()
    .into_bytes()
}

/// Plays one order in repositories and with a layer of its own; the layer's path.
async fn play(t: &TestApp, store: &dyn BlobStore, way: Way, number: usize, order: &[Actor]) {
    let admin = t.admin();
    let source = format!("library/source-{number}");
    let scope = format!("repository:{source}:pull,push");
    let target = match way {
        Way::Asks | Way::Beside => source.clone(),
        Way::Mounts | Way::Uploads => format!("library/target-{number}"),
    };
    let config = b"{}".to_vec();
    let layer = bytes(u64::try_from(number).unwrap() + 1000, 64);
    let other = admin.with_token(&[&scope]).await;
    for blob in [&config, &layer] {
        push_blob(&other, &source, blob).await;
    }
    let old = manifest(&config, &layer, "old");
    let (who, mut deleter_steps) = if let Way::Beside = way {
        (admin.with_token(&[&scope]).await, ["push", "delete"].iter())
    } else {
        push_manifest(&other, &source, "old", IMAGE_TYPE, &old).await.expect_status(201);
        (admin.clone(), ["delete"].iter())
    };
    push_blob(&admin, &target, &config).await;
    let mut collector = Collector { t, store, step: 0 };
    let new = manifest(&config, &layer, "new");
    let mut client = Client {
        who: &who,
        way,
        source: source.clone(),
        target: target.clone(),
        layer: layer.clone(),
        manifest: new,
        step: 0,
        has_layer: false,
    };
    for actor in order {
        match actor {
            Actor::Client => client.go().await,
            Actor::Collector => {
                collector.go().await;
                if let Way::Beside = way {
                    collector.finish().await;
                }
            }
            Actor::Deleter if deleter_steps.next() == Some(&"push") => {
                push_manifest(&other, &source, "old", IMAGE_TYPE, &old).await.expect_status(201);
            }
            Actor::Deleter => {
                let path = format!("/v2/{source}/manifests/{}", digest(&old));
                admin.send_bytes(Method::DELETE, &path, "").await.expect_status(202);
            }
        }
    }
    collector.finish().await;
    // A whole round afterwards takes nothing that is needed.
    t.clock().advance(Duration::from_hours(2));
    for _ in 0..Collector::STEPS {
        collector.go().await;
    }
    check_whole(&admin, &target, &layer, &format!("{way:?} in the order {order:?}")).await;
}

async fn check_whole(who: &Persona, repository: &str, layer: &Vec<u8>, when: &str) {
    let answer = who.get(&format!("/v2/{repository}/blobs/{}", digest(layer))).await;
    assert_eq!((answer.status, &answer.body), (200, layer), "lost by {when}");
    who.get(&format!("/v2/{repository}/manifests/new")).await.expect_status(200);
}

#[tokio::test]
async fn in_no_order_is_anything_lost_or_left() {
    let gc = GcTimes { delay: Duration::ZERO, ..GcTimes::default() };
    let t = TestApp::start_collecting(gc).await;
    let store = t.store();
    let mut number = 0;
    for way in [Way::Asks, Way::Mounts, Way::Uploads, Way::Beside] {
        let (deleter, collector) = way.steps();
        for order in orders(Client::STEPS, deleter, collector) {
            play(&t, store.as_ref(), way, number, &order).await;
            number += 1;
        }
    }
    // Then all is deleted.
    let names: BTreeSet<_> =
        (0..number).flat_map(|n| [format!("source-{n}"), format!("target-{n}")]).collect();
    for name in names {
        t.admin().delete(&format!("/api/v2.0/projects/library/repositories/{name}")).await;
    }
    t.clock().advance(Duration::from_hours(2));
    let mut collector = Collector { t: &t, store: store.as_ref(), step: 0 };
    for _ in 0..2 * Collector::STEPS {
        collector.go().await;
    }
    println!("{number} orders");
    assert_eq!(t.stored().await, Vec::<String>::new(), "bytes are left over");
}
