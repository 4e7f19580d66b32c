//! Connections break; sessions go on from where they stand.

use std::time::Duration;

use bytes::Bytes;
use minato_store::{Error, Sealed};
use minato_types::digest::Algorithm;
use minato_types::id::UploadId;

use crate::place::{SomePlace, body, broken, content, empty, read_all, sha256, stuck};

const MIB: usize = 1024 * 1024;

/// Session bytes before the break, and how many come before it.
const BREAKS: [(usize, usize); 6] =
    [(0, 0), (0, 1000), (10, 200_000), (0, 9 * MIB), (9 * MIB, 10), (7 * MIB, 7 * MIB)];

pub(crate) async fn an_interrupted_append_keeps_its_bytes(place: SomePlace) {
    for (before, arrived) in BREAKS {
        let (id, store, bytes) = (UploadId::random(), place.open(), content(before + arrived + 77));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..before))).await.unwrap();
        let cut = before + arrived;
        let result = store.append(&id, Some(before as u64), broken(&bytes.slice(before..cut))).await;
        assert!(matches!(result, Err(Error::Interrupted(_))), "{result:?}");
        let other = place.open();
        assert_eq!(other.offset(&id).await.unwrap(), cut as u64);
        other.append(&id, Some(cut as u64), body(&bytes.slice(cut..))).await.unwrap();
        let sealed = store.seal(&id, &sha256(&bytes), None, empty()).await.unwrap();
        assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes, "{before} + {arrived}");
    }
}

pub(crate) async fn an_interrupted_seal_keeps_its_bytes(place: SomePlace) {
    for (before, arrived) in BREAKS {
        let sealed_before = place.sealed().await.len();
        let (id, store, bytes) = (UploadId::random(), place.open(), content(before + arrived + 77));
        let digest = sha256(&bytes);
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..before))).await.unwrap();
        let cut = before + arrived;
        let result = store.seal(&id, &digest, None, broken(&bytes.slice(before..cut))).await;
        assert!(matches!(result, Err(Error::Interrupted(_))), "{result:?}");
        assert_eq!(place.sealed().await.len(), sealed_before);
        assert_eq!(store.offset(&id).await.unwrap(), cut as u64);
        let rest = body(&bytes.slice(cut..));
        let sealed = place.open().seal(&id, &digest, Some(cut as u64), rest).await.unwrap();
        assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes, "{before} + {arrived}");
    }
}

pub(crate) async fn an_interrupted_put_leaves_nothing(place: SomePlace) {
    let store = place.open();
    for size in [0, 1000, MIB, 9 * MIB] {
        let bytes = content(size);
        let result = store.put(&sha256(&bytes), broken(&bytes)).await;
        assert!(matches!(result, Err(Error::Interrupted(_))), "{result:?}");
    }
    assert_eq!(place.sealed().await, Vec::<String>::new());
}

/// Seals from wherever the session stands, as a client does that is told `Busy` or another
/// offset: what arrived before the cancellation may be recorded a little later.
async fn seal_from_where_it_stands(place: &SomePlace, id: &UploadId, bytes: &Bytes, least: usize) -> Sealed {
    for _ in 0..200 {
        let store = place.open();
        let offset = usize::try_from(store.offset(id).await.unwrap()).unwrap();
        assert!((least..bytes.len()).contains(&offset), "{offset} of {least}..{}", bytes.len());
        let rest = body(&bytes.slice(offset..));
        match store.seal(id, &sha256(bytes), Some(offset as u64), rest).await {
            Ok(sealed) => return sealed,
            Err(Error::Busy | Error::WrongOffset { .. }) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("the session stays busy")
}

pub(crate) async fn a_cancelled_append_can_be_resumed(place: SomePlace) {
    for (before, arrived) in BREAKS {
        let (id, store, bytes) = (UploadId::random(), place.open(), content(before + arrived + 77));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..before))).await.unwrap();
        let cut = before + arrived;
        let append = store.append(&id, None, stuck(&bytes.slice(before..cut)));
        tokio::time::timeout(Duration::from_millis(300), append).await.unwrap_err();
        let sealed = seal_from_where_it_stands(&place, &id, &bytes, before).await;
        assert!(read_all(&store, &sealed.key, bytes.len()).await == bytes, "{before} + {arrived}");
    }
}

pub(crate) async fn a_cancelled_put_leaves_nothing(place: SomePlace) {
    for size in [1000, MIB, 9 * MIB] {
        let (store, bytes) = (place.open(), content(size));
        let digest = sha256(&bytes);
        let put = store.put(&digest, stuck(&bytes));
        tokio::time::timeout(Duration::from_millis(300), put).await.unwrap_err();
    }
    assert_eq!(place.sealed().await, Vec::<String>::new());
}
