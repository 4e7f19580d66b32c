//! What is wrong is refused and leaves no blob.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use minato_store::{ByteStream, Error};
use minato_types::digest::Algorithm;
use minato_types::id::UploadId;
use tokio::sync::mpsc;

use crate::place::{SomePlace, body, content, empty, forbidden, read_all, sha256};

const MIB: usize = 1024 * 1024;

pub(crate) async fn a_chunk_in_the_wrong_place_is_refused_unread(place: SomePlace) {
    for size in [10, 9 * MIB] {
        let (id, store, bytes) = (UploadId::random(), place.open(), content(size));
        let size = size as u64;
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        let early = store.append(&id, Some(1), forbidden()).await;
        assert!(matches!(early, Err(Error::WrongOffset { offset: 0 })));
        store.append(&id, Some(0), body(&bytes)).await.unwrap();
        for at in [0, size - 1, size + 1] {
            let append = store.append(&id, Some(at), forbidden()).await;
            assert!(matches!(append, Err(Error::WrongOffset { offset }) if offset == size));
            let seal = store.seal(&id, &sha256(&bytes), Some(at), forbidden()).await;
            assert!(matches!(seal, Err(Error::WrongOffset { offset }) if offset == size));
        }
        assert_eq!(store.offset(&id).await.unwrap(), size);
        store.seal(&id, &sha256(&bytes), Some(size), empty()).await.unwrap();
    }
}

pub(crate) async fn a_wrong_digest_never_becomes_a_blob(place: SomePlace) {
    for (first, last) in [(0, 10), (10, 0), (10, 10), (9 * MIB, 0), (10, 9 * MIB), (9 * MIB, 9 * MIB)] {
        let before = place.sealed().await.len();
        let (id, store, bytes) = (UploadId::random(), place.open(), content(first + last));
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&bytes.slice(..first))).await.unwrap();
        let wrong = sha256(b"something else");
        let result = store.seal(&id, &wrong, None, body(&bytes.slice(first..))).await;
        let Err(Error::DigestMismatch { actual }) = result else { panic!("{result:?}") };
        assert_eq!(actual, sha256(&bytes));
        assert_eq!(place.sealed().await.len(), before);
        // The session goes on from wherever it says that it stands.
        let offset = usize::try_from(store.offset(&id).await.unwrap()).unwrap();
        assert!((first..=first + last).contains(&offset));
        let rest = body(&bytes.slice(offset..));
        let sealed = place.open().seal(&id, &sha256(&bytes), None, rest).await.unwrap();
        assert!(read_all(&store, &sealed.key, first + last).await == bytes);
    }
}

pub(crate) async fn a_put_with_a_wrong_digest_leaves_nothing(place: SomePlace) {
    let store = place.open();
    for size in [0, 10, MIB, 9 * MIB] {
        let bytes = content(size);
        let result = store.put(&sha256(b"something else"), body(&bytes)).await;
        let Err(Error::DigestMismatch { actual }) = result else { panic!("{result:?}") };
        assert_eq!(actual, sha256(&bytes));
    }
    assert_eq!(place.sealed().await, Vec::<String>::new());
}

pub(crate) async fn unknown_sessions_are_not_found(place: SomePlace) {
    let (id, store) = (UploadId::random(), place.open());
    let digest = sha256(b"");
    assert!(matches!(store.offset(&id).await, Err(Error::NotFound)));
    assert!(matches!(store.append(&id, Some(0), forbidden()).await, Err(Error::NotFound)));
    for size in [10, 9 * MIB] {
        let bytes = content(size);
        assert!(matches!(store.append(&id, None, body(&bytes)).await, Err(Error::NotFound)));
        assert!(matches!(store.seal(&id, &digest, None, body(&bytes)).await, Err(Error::NotFound)));
    }
    store.abort(&id).await.unwrap();
    assert_eq!(place.sealed().await, Vec::<String>::new());
}

pub(crate) async fn an_aborted_session_is_gone(place: SomePlace) {
    for size in [0, 10, 9 * MIB] {
        let (id, store) = (UploadId::random(), place.open());
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&content(size))).await.unwrap();
        store.abort(&id).await.unwrap();
        assert!(matches!(store.offset(&id).await, Err(Error::NotFound)));
        store.abort(&id).await.unwrap();
    }
    assert_eq!(place.sealed().await, Vec::<String>::new());
}

/// A body that is fed by hand.
fn fed() -> (mpsc::UnboundedSender<io::Result<Bytes>>, ByteStream) {
    let (feed, rest) = mpsc::unbounded_channel();
    let stream = stream::unfold(rest, |mut rest| async move { rest.recv().await.map(|item| (item, rest)) });
    (feed, stream.boxed())
}

pub(crate) async fn racing_appends_never_mix(place: SomePlace) {
    for size in [100_000, 9 * MIB] {
        let (id, store) = (UploadId::random(), place.open());
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        let (slow_bytes, fast_bytes) = (content(size), content(size + 1));
        let (feed, slow_body) = fed();
        let slow_store = place.open();
        let slow = tokio::spawn(async move { slow_store.append(&id, None, slow_body).await });
        feed.send(Ok(slow_bytes.slice(..size / 2))).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let fast = store.append(&id, None, body(&fast_bytes)).await;
        feed.send(Ok(slow_bytes.slice(size / 2..))).unwrap();
        drop(feed);
        let slow = slow.await.unwrap();
        let winner = match (slow, fast) {
            (Ok(_), Err(Error::Busy)) => slow_bytes,
            (Err(Error::Busy), Ok(_)) => fast_bytes,
            // A small body may be received before the session is looked at: one after the other.
            (Ok(_), Ok(_)) => Bytes::from([&fast_bytes[..], &slow_bytes[..]].concat()),
            other => panic!("{other:?}"),
        };
        assert_eq!(store.offset(&id).await.unwrap(), winner.len() as u64);
        let sealed = store.seal(&id, &sha256(&winner), None, empty()).await.unwrap();
        assert!(read_all(&store, &sealed.key, winner.len()).await == winner);
    }
}

pub(crate) async fn a_seal_racing_an_append_makes_no_mixed_blob(place: SomePlace) {
    for size in [1000, 9 * MIB] {
        let (id, store) = (UploadId::random(), place.open());
        let first = content(size);
        store.begin(&id, Algorithm::Sha256).await.unwrap();
        store.append(&id, None, body(&first)).await.unwrap();
        let (feed, slow_body) = fed();
        let slow_store = place.open();
        let slow = tokio::spawn(async move { slow_store.append(&id, None, slow_body).await });
        feed.send(Ok(content(size + 5))).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let sealed = Arc::clone(&store).seal(&id, &sha256(&first), None, empty()).await;
        drop(feed);
        let slow = slow.await.unwrap();
        match (slow, sealed) {
            (Ok(_), Err(Error::Busy)) => {
                let both = Bytes::from([&first[..], &content(size + 5)[..]].concat());
                let sealed = store.seal(&id, &sha256(&both), None, empty()).await.unwrap();
                assert!(read_all(&store, &sealed.key, both.len()).await == both);
            }
            (Err(Error::Busy | Error::NotFound), Ok(sealed)) => {
                assert!(read_all(&store, &sealed.key, first.len()).await == first);
            }
            other => panic!("{other:?}"),
        }
    }
}
