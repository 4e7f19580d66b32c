//! What goes wrong around Minato: a full disk, no file handles, servers that are down, clients
//! that hang up. It says so in clean answers, loses nothing, and goes on when it is over.

mod disconnect;
mod full_disk;
mod open_files;
mod outage;
mod servers;

use minato_testkit::content::{IMAGE_TYPE, Image};
use minato_testkit::{Answer, Persona};
use reqwest::{Method, RequestBuilder};

fn upload(who: &Persona, digest: &str, blob: &[u8]) -> RequestBuilder {
    let path = format!("/v2/library/app/blobs/uploads/?digest={digest}");
    who.request(Method::POST, &path).header("content-type", "application/octet-stream").body(blob.to_vec())
}

fn put_manifest(who: &Persona, tag: &str, manifest: &[u8]) -> RequestBuilder {
    let path = format!("/v2/library/app/manifests/{tag}");
    who.request(Method::PUT, &path).header("content-type", IMAGE_TYPE).body(manifest.to_vec())
}

/// Pulls an image of `library/app` and compares every byte.
async fn check_image(who: &Persona, image: &Image) {
    let path = format!("/v2/library/app/manifests/{}", image.digest());
    assert!(who.get(&path).await.with_status(200).body == image.manifest, "{path}");
    for blob in &image.blobs {
        let path = format!("/v2/library/app/blobs/{}", minato_testkit::content::digest(blob));
        assert!(who.get(&path).await.with_status(200).body == *blob, "{path}");
    }
}

/// An answer that tells the client to come back, and nothing else.
#[track_caller]
fn expect_unavailable(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (503, "UNAVAILABLE"), "{what}");
    let seconds: u64 = answer.header("retry-after").parse().unwrap_or_default();
    assert!(seconds > 0, "{what}: `Retry-After` is `{}`", answer.header("retry-after"));
}
