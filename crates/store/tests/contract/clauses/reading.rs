//! Reading, deleting, sweeping.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use minato_store::{BlobStore, Error, StorageKey};
use minato_types::clock::{Clock as _, SystemClock};
use minato_types::digest::Algorithm;
use minato_types::id::UploadId;

use crate::place::{SomePlace, body, collect, content, read_all, sha256, sweep};

const KIB: u64 = 1024;
const MIB: usize = 1024 * 1024;

pub(crate) async fn ranges_are_exact(place: SomePlace) {
    let (store, bytes) = (place.open(), content(3 * MIB + 11));
    let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    let end = sealed.size;
    for range in [
        0..1,
        end - 1..end,
        1000..1000,
        0..0,
        end..end,
        5..128 * KIB + 5,
        5..128 * KIB + 6,
        0..256 * KIB,
        1..512 * KIB + 1,
        100_000..end,
        0..end,
    ] {
        let read = collect(store.read(&sealed.key, range.clone()).await.unwrap()).await;
        let expected = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        assert!(read == bytes[expected], "{range:?}");
    }
}

pub(crate) async fn a_stream_may_be_dropped_early(place: SomePlace) {
    let (store, bytes) = (place.open(), content(4 * MIB));
    let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    for _ in 0..20 {
        let mut stream = store.read(&sealed.key, 0..sealed.size).await.unwrap();
        stream.next().await.unwrap().unwrap();
    }
    // Buffers that were in use then are whole again now.
    assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes);
}

pub(crate) async fn missing_blobs_are_not_found(place: SomePlace) {
    let (store, bytes) = (place.open(), content(10));
    let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    let sibling = StorageKey(format!("{}0", sealed.key.0));
    for key in [sibling, StorageKey("no/such/key".to_owned()), StorageKey(String::new())] {
        for length in [0, 1, 10, 10_000_000] {
            let read = store.read(&key, 0..length).await;
            assert!(matches!(read, Err(Error::NotFound)), "{key:?} {length}");
        }
    }
}

pub(crate) async fn deleting_is_idempotent_and_exact(place: SomePlace) {
    let (store, bytes) = (place.open(), content(1000));
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(store.put(&sha256(&bytes), body(&bytes)).await.unwrap().key);
    }
    let kept = keys.pop().unwrap();
    store.delete(&[]).await.unwrap();
    store.delete(&keys).await.unwrap();
    store.delete(&keys).await.unwrap();
    for key in &keys {
        assert!(matches!(store.read(key, 0..1000).await, Err(Error::NotFound)));
    }
    assert!(read_all(&store, &kept, 1000).await == bytes);
    assert_eq!(place.sealed().await.len(), 1);
}

pub(crate) async fn many_blobs_are_deleted_at_once(place: SomePlace) {
    let (store, bytes) = (place.open(), content(10));
    let digest = sha256(&bytes);
    let puts = futures_util::stream::iter(0..30).map(|_| store.put(&digest, body(&bytes)));
    let keys: Vec<_> = puts.buffered(10).map(|sealed| sealed.unwrap().key).collect().await;
    store.delete(&keys).await.unwrap();
    assert_eq!(place.sealed().await, Vec::<String>::new());
}

pub(crate) async fn a_sweep_takes_only_old_unknown_sessions(place: SomePlace) {
    let store = place.open();
    let bytes = content(9 * MIB);
    let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    let ids: Vec<_> = (0..4).map(|_| UploadId::random()).collect();
    for (id, size) in ids.iter().zip([0, 10, 9 * MIB, 9 * MIB]) {
        store.begin(id, Algorithm::Sha256).await.unwrap();
        store.append(id, None, body(&bytes.slice(..size))).await.unwrap();
    }
    assert_eq!(sweep(&*store, 3600, |_| false).await, 0);
    let known = ids[3];
    assert_eq!(sweep(&*store, 0, |id| *id == known).await, 3);
    for id in &ids[..3] {
        assert!(matches!(store.offset(id).await, Err(Error::NotFound)));
    }
    assert_eq!(store.offset(&known).await.unwrap(), bytes.len() as u64);
    store.seal(&known, &sha256(&bytes), None, crate::place::empty()).await.unwrap();
    assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes);
    assert_eq!(sweep(&*store, 0, |_| false).await, 0);
}

pub(crate) async fn blobs_are_listed_in_order(place: SomePlace) {
    let store = place.open();
    let mut expected = Vec::new();
    for size in [0, 10, 100, 9 * MIB, 11, 12, 13] {
        let bytes = content(size);
        let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
        assert_eq!(sealed.key.digest(), Some(sha256(&bytes)));
        expected.push((sealed.key, sealed.size));
    }
    // The same content once more, and a session that becomes a blob.
    let bytes = content(9 * MIB);
    let again = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
    let (id, digest) = (UploadId::random(), sha256(&bytes));
    store.begin(&id, Algorithm::Sha256).await.unwrap();
    store.append(&id, None, body(&bytes)).await.unwrap();
    assert_eq!(listed(&store, 100).await.len(), 8, "a session is no blob");
    let from_session = store.seal(&id, &digest, None, crate::place::empty()).await.unwrap();
    expected.extend([(again.key, again.size), (from_session.key, from_session.size)]);
    expected.sort_by(|(one, _), (other, _)| one.0.cmp(&other.0));
    for limit in [1, 2, 3, 9, 10, 1000] {
        assert_eq!(listed(&store, limit).await, expected, "pages of {limit}");
    }
    for (key, size) in &expected {
        assert_eq!(store.stat(key).await.unwrap(), Some(*size));
        assert_eq!(collect(store.read_afresh(key, *size).await.unwrap()).await.len() as u64, *size);
    }
    let (gone, _) = expected.remove(4);
    store.delete(std::slice::from_ref(&gone)).await.unwrap();
    assert_eq!(store.stat(&gone).await.unwrap(), None);
    assert_eq!(store.stat(&StorageKey("blobs/../x".to_owned())).await.unwrap(), None);
    assert_eq!(listed(&store, 3).await, expected);
}

/// All pages of a listing.
async fn listed(store: &Arc<dyn BlobStore>, limit: usize) -> Vec<(StorageKey, u64)> {
    let (mut all, mut after) = (Vec::new(), None);
    let around = SystemClock.now().minus(Duration::from_mins(1));
    loop {
        let page = store.list(after.as_ref(), limit).await.unwrap();
        assert!(page.found.len() <= limit);
        for stored in page.found {
            assert!(stored.modified > around, "{stored:?}");
            all.push((stored.key, stored.size));
        }
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

pub(crate) async fn a_usable_store_says_so(place: SomePlace) {
    place.open().check().await.unwrap();
    assert_eq!(place.sealed().await, Vec::<String>::new());
}
