//! What goes in comes out, however it was cut.

use std::sync::Arc;

use minato_types::digest::Algorithm;
use minato_types::id::UploadId;

use crate::place::{SomePlace, body, content, digest_of, empty, read_all, sha256};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Around every limit that an implementation has: small bodies, batches, parts.
const SIZES: [usize; 14] = [
    0,
    1,
    64 * KIB - 1,
    64 * KIB,
    64 * KIB + 1,
    128 * KIB + 1,
    256 * KIB,
    MIB + 7,
    5 * MIB - 1,
    5 * MIB + 1,
    8 * MIB - 1,
    8 * MIB,
    8 * MIB + 1,
    17 * MIB + 3,
];

pub(crate) async fn a_body_sealed_at_once_is_read_back_at_any_size(place: SomePlace) {
    let store = place.open();
    for size in SIZES {
        let (id, bytes) = (UploadId::random(), content(size));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        assert_eq!(store.offset(&id).await.unwrap(), 0);
        let sealed = store.seal(&id, &sha256(&bytes), None, body(&bytes)).await.unwrap();
        assert_eq!(sealed.size, size as u64);
        assert!(read_all(&store, &sealed.key, size).await == bytes, "{size} bytes");
    }
    assert_eq!(place.sealed().await.len(), SIZES.len());
}

pub(crate) async fn a_put_is_read_back_at_any_size(place: SomePlace) {
    let store = place.open();
    for size in SIZES {
        let bytes = content(size);
        let sealed = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
        assert_eq!(sealed.size, size as u64);
        assert!(read_all(&store, &sealed.key, size).await == bytes, "{size} bytes");
    }
    assert_eq!(place.sealed().await.len(), SIZES.len());
}

pub(crate) async fn appends_of_odd_sizes_by_alternating_replicas_add_up(place: SomePlace) {
    let bytes = content(32 * MIB + 12_345);
    let id = UploadId::random();
    place.open().begin(&id, Algorithm::Sha256).await.unwrap();
    let sizes = [0, 1, 63, 70_000, 5 * MIB, 3, 300_001, 3 * MIB, 8 * MIB - 1, 1, 8 * MIB + 1, 0];
    let mut offset = 0;
    for (number, size) in sizes.into_iter().enumerate() {
        let chunk = bytes.slice(offset..offset + size);
        let at = (number % 2 == 0).then_some(offset as u64);
        offset += size;
        assert_eq!(place.open().append(&id, at, body(&chunk)).await.unwrap(), offset as u64);
        assert_eq!(place.open().offset(&id).await.unwrap(), offset as u64);
    }
    let rest = bytes.slice(offset..);
    assert_eq!(place.open().append(&id, None, body(&rest)).await.unwrap(), bytes.len() as u64);
    let store = place.open();
    let sealed = store.seal(&id, &sha256(&bytes), Some(bytes.len() as u64), empty()).await.unwrap();
    assert_eq!(sealed.size, bytes.len() as u64);
    assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes);
}

pub(crate) async fn the_last_chunk_may_come_with_the_seal(place: SomePlace) {
    for (first, last) in [(10, 10), (100_000, 10), (10, 9 * MIB), (9 * MIB, 10), (9 * MIB, 9 * MIB)] {
        let bytes = content(first + last);
        let id = UploadId::random();
        let store = place.open();
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, Some(0), body(&bytes.slice(..first))).await.unwrap();
        let digest = sha256(&bytes);
        let rest = body(&bytes.slice(first..));
        let sealed = place.open().seal(&id, &digest, Some(first as u64), rest).await.unwrap();
        assert_eq!(sealed.size, (first + last) as u64);
        assert!(read_all(&store, &sealed.key, first + last).await == bytes, "{first} + {last}");
    }
}

pub(crate) async fn sha512_content_is_sealed(place: SomePlace) {
    for size in [0, 100, 9 * MIB] {
        let bytes = content(size);
        let digest = digest_of(Algorithm::Sha512, &bytes);
        let (id, store) = (UploadId::random(), place.open());
        store.begin(&id, Algorithm::Sha512).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..size / 2))).await.unwrap();
        let rest = body(&bytes.slice(size / 2..));
        let sealed = place.open().seal(&id, &digest, None, rest).await.unwrap();
        assert!(read_all(&store, &sealed.key, size).await == bytes, "{size} bytes");
        let put = store.put(&digest, body(&bytes)).await.unwrap();
        assert!(read_all(&store, &put.key, size).await == bytes, "{size} bytes put");
    }
}

pub(crate) async fn another_algorithm_at_the_seal_is_checked_over_everything(place: SomePlace) {
    for (begun, sealed_with) in
        [(Algorithm::Sha256, Algorithm::Sha512), (Algorithm::Sha512, Algorithm::Sha256)]
    {
        for (first, last) in [(0, 100), (100, 0), (100, 100), (9 * MIB, 0), (9 * MIB, 9 * MIB), (0, 9 * MIB)]
        {
            let bytes = content(first + last);
            let (id, store) = (UploadId::random(), place.open());
            store.begin(&id, begun).await.unwrap();
            store.append(&id, None, body(&bytes.slice(..first))).await.unwrap();
            let rest = bytes.slice(first..);
            let wrong = digest_of(sealed_with, b"something else");
            store.seal(&id, &wrong, None, body(&rest)).await.unwrap_err();
            let offset = usize::try_from(store.offset(&id).await.unwrap()).unwrap();
            let digest = digest_of(sealed_with, &bytes);
            let sealed = store.seal(&id, &digest, None, body(&bytes.slice(offset..))).await.unwrap();
            assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes, "{first} + {last}");
        }
    }
}

pub(crate) async fn sealing_the_same_content_twice_gives_two_keys(place: SomePlace) {
    for size in [1000, 9 * MIB] {
        let (bytes, store) = (content(size), place.open());
        let one = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
        let two = store.put(&sha256(&bytes), body(&bytes)).await.unwrap();
        let id = UploadId::random();
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        let three = store.seal(&id, &sha256(&bytes), None, body(&bytes)).await.unwrap();
        assert!(one.key != two.key && two.key != three.key && one.key != three.key);
        store.delete(std::slice::from_ref(&one.key)).await.unwrap();
        for left in [two, three] {
            assert!(read_all(&store, &left.key, size).await == bytes);
        }
    }
}

pub(crate) async fn puts_of_one_content_at_once_all_succeed(place: SomePlace) {
    let bytes = content(200_000);
    let store = place.open();
    let puts = (0..16).map(|_| {
        let (store, bytes) = (Arc::clone(&store), bytes.clone());
        tokio::spawn(async move { store.put(&sha256(&bytes), body(&bytes)).await.unwrap() })
    });
    let mut keys = std::collections::HashSet::new();
    for put in puts.collect::<Vec<_>>() {
        let sealed = put.await.unwrap();
        assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes);
        keys.insert(sealed.key);
    }
    assert_eq!(keys.len(), 16);
}

pub(crate) async fn a_sealed_session_is_gone(place: SomePlace) {
    for size in [10, 9 * MIB] {
        let (id, store, bytes) = (UploadId::random(), place.open(), content(size));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes)).await.unwrap();
        store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
        assert!(matches!(store.offset(&id).await, Err(minato_store::Error::NotFound)));
        let again = store.seal(&id, &sha256(&bytes), None, empty()).await;
        assert!(matches!(again, Err(minato_store::Error::NotFound)));
    }
}
