//! What one worker was promised, and what may or may not have happened.
//!
//! A worker does one thing after another, and no other touches its tags and manifests. So at
//! most one operation is unanswered when the process dies, and either outcome of it is right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use minato_testkit::content::{self, digest};
use serde_json::json;

/// A repository and a tag or a digest in it.
pub(super) type Place = (&'static str, String);

/// A blob, and the repositories that are known to hold it.
pub(super) struct Layer {
    pub(super) digest: String,
    pub(super) bytes: Vec<u8>,
    pub(super) homes: Mutex<BTreeSet<&'static str>>,
}

/// A manifest and what it names.
pub(super) struct Image {
    pub(super) digest: String,
    pub(super) manifest: Vec<u8>,
    /// The configuration first.
    pub(super) blobs: Vec<Arc<Layer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    Gone,
    Unsure,
}

pub(super) struct Entry {
    pub(super) image: Arc<Image>,
    pub(super) presence: Presence,
}

/// The state as one worker knows it.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) manifests: BTreeMap<Place, Entry>,
    /// Where a tag may point; `None` is nowhere.
    pub(super) tags: BTreeMap<Place, BTreeSet<Option<String>>>,
    /// Blobs whose deletion was acknowledged.
    pub(super) deleted_blobs: BTreeSet<Place>,
}

impl Layer {
    pub(super) fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { digest: digest(&bytes).to_string(), bytes, homes: Mutex::default() })
    }
}

impl Image {
    /// An image with a configuration that no other has.
    pub(super) fn new(name: &str, layers: Vec<Arc<Layer>>) -> Arc<Self> {
        let config = Layer::new(json!({ "name": name }).to_string().into_bytes());
        let describe = |kind: &str, blob: &Layer| json!({ "mediaType": kind, "digest": blob.digest, "size": blob.bytes.len() });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": content::IMAGE_TYPE,
            "config": describe("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers.iter().map(|layer| describe("application/vnd.oci.image.layer.v1.tar", layer)).collect::<Vec<_>>(),
        });
        let manifest = manifest.to_string().into_bytes();
        let blobs = [vec![config], layers].concat();
        Arc::new(Self { digest: digest(&manifest).to_string(), manifest, blobs })
    }
}

impl Ledger {
    /// A push of a manifest by tag.
    pub(super) fn pushed(&mut self, repo: &'static str, tag: &str, image: &Arc<Image>, answered: bool) {
        let entry = self
            .manifests
            .entry((repo, image.digest.clone()))
            .or_insert_with(|| Entry { image: Arc::clone(image), presence: Presence::Gone });
        let targets = self.tags.entry((repo, tag.to_owned())).or_insert_with(|| [None].into());
        if answered {
            entry.presence = Presence::Here;
            targets.clear();
        } else if entry.presence == Presence::Gone {
            entry.presence = Presence::Unsure;
        }
        targets.insert(Some(image.digest.clone()));
    }

    /// A deletion of a tag.
    pub(super) fn untagged(&mut self, place: &Place, answered: bool) {
        let Some(targets) = self.tags.get_mut(place) else { return };
        if answered {
            targets.clear();
        }
        targets.insert(None);
    }

    /// A deletion of a manifest, which takes its tags with it.
    pub(super) fn deleted(&mut self, place: &Place, answered: bool) {
        let Some(entry) = self.manifests.get_mut(place) else { return };
        entry.presence = if answered { Presence::Gone } else { Presence::Unsure };
        let target = Some(place.1.clone());
        let tags =
            self.tags.iter_mut().filter(|((repo, _), targets)| *repo == place.0 && targets.contains(&target));
        for (_, targets) in tags {
            targets.insert(None);
            if answered {
                targets.remove(&target);
            }
        }
    }

    /// Places of manifests that are there for sure.
    pub(super) fn here(&self) -> Vec<Place> {
        let here = self.manifests.iter().filter(|(_, entry)| entry.presence == Presence::Here);
        here.map(|(place, _)| place.clone()).collect()
    }

    /// Forgets the longest list of what is gone, so that checking does not take ever longer.
    pub(super) fn trim(&mut self, keep: usize) {
        let gone = self.manifests.iter().filter(|(_, entry)| entry.presence == Presence::Gone);
        let places: Vec<Place> = gone.map(|(place, _)| place.clone()).collect();
        for place in places.iter().skip(keep) {
            self.manifests.remove(place);
        }
        while self.deleted_blobs.len() > keep {
            self.deleted_blobs.pop_first();
        }
    }
}
